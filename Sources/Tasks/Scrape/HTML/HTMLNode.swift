internal import CXML2
internal import Glibc

/// A node of a parsed page: an element, a text, or something that is neither.
///
/// It is a place in the tree of an ``HTMLDocument`` and must not outlive it; whoever keeps nodes keeps the
/// document beside them. Copying costs nothing.
@safe
package struct HTMLNode: Equatable {
  private let node: xmlNodePtr

  init(_ node: xmlNodePtr) { unsafe self.node = node }

  init?(_ node: xmlNodePtr?) {
    guard let node = unsafe node else { return nil }
    unsafe self.node = node
  }

  /// For libxml2's own functions, in this folder only.
  var pointer: xmlNodePtr { unsafe node }

  package static func == (first: HTMLNode, second: HTMLNode) -> Bool {
    unsafe first.node == second.node
  }

  // MARK: - Kind

  package var isElement: Bool { unsafe node.pointee.type == XML_ELEMENT_NODE }

  /// Text that a reader may see, or the contents of a script or a style.
  package var isText: Bool {
    unsafe node.pointee.type == XML_TEXT_NODE || node.pointee.type == XML_CDATA_SECTION_NODE
  }

  // MARK: - Neighbours

  package var parent: HTMLNode? {
    guard let parent = unsafe HTMLNode(node.pointee.parent) else { return nil }
    return unsafe parent.node.pointee.type == XML_HTML_DOCUMENT_NODE ? nil : parent
  }
  package var firstChild: HTMLNode? { unsafe HTMLNode(node.pointee.children) }
  package var lastChild: HTMLNode? { unsafe HTMLNode(node.pointee.last) }
  package var next: HTMLNode? { unsafe HTMLNode(node.pointee.next) }
  package var previous: HTMLNode? { unsafe HTMLNode(node.pointee.prev) }

  package var nextElement: HTMLNode? {
    var node = next
    while let current = node, !current.isElement { node = current.next }
    return node
  }

  package var previousElement: HTMLNode? {
    var node = previous
    while let current = node, !current.isElement { node = current.previous }
    return node
  }

  package var firstElement: HTMLNode? {
    guard let child = firstChild else { return nil }
    return child.isElement ? child : child.nextElement
  }

  /// The node behind this one in the order of the page, inside `root`.
  package func following(within root: HTMLNode?) -> HTMLNode? {
    firstChild ?? followingSkippingChildren(within: root)
  }

  /// The node behind this one and all that it holds, inside `root`.
  package func followingSkippingChildren(within root: HTMLNode?) -> HTMLNode? {
    var node = self
    while node != root {
      if let next = node.next { return next }
      guard let parent = node.parent else { return nil }
      node = parent
    }
    return nil
  }

  /// Whether there are no more than `count` nodes inside of it; looks at no more than these.
  package func holdsAtMost(_ count: Int) -> Bool {
    var left = count
    var node = following(within: self)
    while let current = node {
      left -= 1
      if left < 0 { return false }
      node = current.following(within: self)
    }
    return true
  }

  // MARK: - Names

  package func isNamed(_ name: ByteName) -> Bool {
    guard isElement, let own = unsafe node.pointee.name else { return false }
    return unsafe name.bytes.withUnsafeBufferPointer { wanted in
      guard let start = wanted.baseAddress else { return false }
      return unsafe strcmp(
        UnsafeRawPointer(own).assumingMemoryBound(to: CChar.self),
        UnsafeRawPointer(start).assumingMemoryBound(to: CChar.self)) == 0
    }
  }

  package func isNamed(_ name: StaticString) -> Bool {
    guard isElement, let own = unsafe node.pointee.name else { return false }
    return unsafe strcmp(
      UnsafeRawPointer(own).assumingMemoryBound(to: CChar.self),
      UnsafeRawPointer(name.utf8Start).assumingMemoryBound(to: CChar.self)) == 0
  }

  /// Whether two elements have the same tag.
  package func hasSameName(as other: HTMLNode) -> Bool {
    guard isElement, other.isElement else { return false }
    return unsafe xmlStrEqual(node.pointee.name, other.node.pointee.name) == 1
  }

  /// The tag of an element, in lower case; empty for anything else.
  package var name: String {
    guard isElement, let name = unsafe node.pointee.name else { return "" }
    return unsafe String(cString: name)
  }

  /// The name of an element as a number, see ``NameCode``; zero for anything else.
  package var nameCode: NameCode {
    guard isElement, let name = unsafe node.pointee.name else { return NameCode() }
    return unsafe NameCode(name)
  }

  // MARK: - Attributes

  /// The bits of those `names` that attributes of the element may have: all that it has, and perhaps
  /// some that only begin alike.
  package func attributeBits(among names: [NameCode]) -> UInt32 {
    guard isElement else { return 0 }
    var bits: UInt32 = 0
    var attribute = unsafe node.pointee.properties
    while let current = unsafe attribute {
      if let name = unsafe current.pointee.name {
        let code = unsafe NameCode(name)
        for place in names.indices where names[place] == code { bits |= 1 << UInt32(place) }
      }
      unsafe attribute = current.pointee.next
    }
    return bits
  }

  /// Hands over the bytes of an attribute's value; `nil` when there is no such attribute.
  ///
  /// - Parameter name: the attribute's name, in lower case.
  package func withAttribute<R>(
    _ name: ByteName, _ body: (UnsafeBufferPointer<UInt8>) -> R
  ) -> R? {
    guard isElement else { return nil }
    return unsafe name.bytes.withUnsafeBufferPointer { wanted in
      guard let start = wanted.baseAddress else { return nil }
      return unsafe Self.withValue(
        of: node, UnsafeRawPointer(start).assumingMemoryBound(to: CChar.self), body)
    }
  }

  package func withAttribute<R>(
    _ name: StaticString, _ body: (UnsafeBufferPointer<UInt8>) -> R
  ) -> R? {
    guard isElement else { return nil }
    return unsafe Self.withValue(
      of: node, UnsafeRawPointer(name.utf8Start).assumingMemoryBound(to: CChar.self), body)
  }

  package func attribute(_ name: StaticString) -> String? {
    unsafe withAttribute(name) { unsafe String(decoding: $0, as: UTF8.self) }
  }

  package func attribute(_ name: ByteName) -> String? {
    unsafe withAttribute(name) { unsafe String(decoding: $0, as: UTF8.self) }
  }

  package func hasAttribute(_ name: StaticString) -> Bool {
    unsafe withAttribute(name) { _ in true } ?? false
  }

  private static func withValue<R>(
    of node: xmlNodePtr, _ name: UnsafePointer<CChar>, _ body: (UnsafeBufferPointer<UInt8>) -> R
  ) -> R? {
    var attribute = unsafe node.pointee.properties
    while let current = unsafe attribute {
      if let own = unsafe current.pointee.name,
        unsafe strcmp(UnsafeRawPointer(own).assumingMemoryBound(to: CChar.self), name) == 0
      {
        guard let text = unsafe current.pointee.children?.pointee.content else {
          return unsafe body(UnsafeBufferPointer(start: nil, count: 0))
        }
        return unsafe body(UnsafeBufferPointer(start: text, count: Int(xmlStrlen(text))))
      }
      unsafe attribute = current.pointee.next
    }
    return nil
  }

  // MARK: - Text

  /// Hands over the bytes of a text; nothing for an element.
  package func withText<R>(_ body: (UnsafeBufferPointer<UInt8>) -> R) -> R {
    guard isText, let text = unsafe node.pointee.content else {
      return unsafe body(UnsafeBufferPointer(start: nil, count: 0))
    }
    return unsafe body(UnsafeBufferPointer(start: text, count: Int(xmlStrlen(text))))
  }

  /// The characters of a text as they stand in the page; empty for an element.
  package var text: String {
    unsafe withText { unsafe String(decoding: $0, as: UTF8.self) }
  }
}

/// The first eight bytes of a name, to tell most names apart at once.
package struct NameCode: Hashable, Comparable, Sendable {
  private var bytes: UInt64 = 0

  init() {}

  package init(_ name: ByteName) {
    for byte in name.bytes.prefix(8) where byte != 0 { bytes = bytes << 8 | UInt64(byte) }
  }

  /// - Parameter name: ends in a zero.
  init(_ name: UnsafePointer<UInt8>) {
    for place in 0..<8 {
      let byte = unsafe name[place]
      if byte == 0 { return }
      bytes = bytes << 8 | UInt64(byte)
    }
  }

  package static func < (first: NameCode, second: NameCode) -> Bool { first.bytes < second.bytes }
}
