internal import CXML2
internal import Glibc
internal import ScrapeShims

/// An XPath expression of a user, compiled once to know that it is one.
@safe
package struct XPathQuery: Sendable {
  /// What an expression finds: places in the page, or a value of its own, such as `count(//p)`.
  package enum Match {
    case element(HTMLNode)
    /// The value of an attribute, the characters of a text, or a computed value.
    case text(String)
  }

  package let text: String

  /// - Parameter place: set to the offset in bytes where the expression went wrong, when it did.
  package init?(_ text: String, place: inout Int) {
    precondition(HTMLDocument.isReady)
    var byte: Int32 = 0
    let compiles = unsafe Self.withBytes(of: text) { unsafe batchrun_xpath_compiles($0, &byte) }
    place = Int(byte)
    guard compiles != 0 else { return nil }
    self.text = text
  }

  /// What the expression finds in a page that has been read to its end, in the order of the page.
  ///
  /// An expression that takes too much work finds nothing.
  package func matches(in document: HTMLDocument) -> [Match] {
    guard let page = unsafe document.page, let root = unsafe xmlDocGetRootElement(page) else {
      return []
    }
    batchrun_xml_silence()
    let result = unsafe Self.withBytes(of: text) { unsafe batchrun_xpath($0, page, root) }
    guard let result = unsafe result else { return [] }
    defer { unsafe xmlXPathFreeObject(result) }
    return unsafe Self.matches(of: result)
  }

  private static func withBytes<R>(of text: String, _ body: (UnsafePointer<xmlChar>) -> R) -> R {
    let bytes = Array(text.utf8.filter { $0 != 0 }) + [0]
    return unsafe bytes.withUnsafeBufferPointer { buffer in
      guard let start = buffer.baseAddress else { preconditionFailure("a zero is always there") }
      return unsafe body(start)
    }
  }

  private static func matches(of result: xmlXPathObjectPtr) -> [Match] {
    guard unsafe result.pointee.type == XPATH_NODESET else {
      return unsafe taken(xmlXPathCastToString(result)).map { [.text($0)] } ?? []
    }
    guard let set = unsafe result.pointee.nodesetval else { return [] }
    return unsafe (0..<Int(set.pointee.nodeNr)).compactMap { index in
      guard let node = unsafe set.pointee.nodeTab[index] else { return nil }
      return unsafe match(of: node)
    }
  }

  private static func match(of node: xmlNodePtr) -> Match? {
    if unsafe node.pointee.type == XML_ELEMENT_NODE { return unsafe .element(HTMLNode(node)) }
    return unsafe taken(xmlNodeGetContent(node)).map(Match.text)
  }

  /// A string that libxml2 has allocated.
  private static func taken(_ text: UnsafeMutablePointer<xmlChar>?) -> String? {
    guard let text = unsafe text else { return nil }
    defer { unsafe batchrun_xml_free(text) }
    return unsafe String(cString: text)
  }
}
