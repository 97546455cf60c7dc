internal import CXML2
internal import Glibc
internal import ScrapeShims

/// A page that is parsed while it arrives, and its tree as far as it has got.
///
/// libxml2's push parser of HTML: it reads only what it is given, prints nothing, and never fails on what a
/// page may hold. Nodes that are there stay where they are while more is read. One thread at a time.
@safe
package final class HTMLDocument {
  private let handle: OpaquePointer
  /// Nil before anything was fed.
  private var parser: htmlParserCtxtPtr? { unsafe batchrun_page_parser(handle) }

  /// libxml2, ready to be used; every use of it asks for this first.
  static let isReady: Bool = {
    batchrun_xml_prepare()
    return true
  }()

  package init() {
    precondition(Self.isReady)
    guard let handle = unsafe batchrun_page_new() else {
      preconditionFailure("no memory for a page")
    }
    unsafe self.handle = handle
  }

  deinit { unsafe batchrun_page_free(handle) }

  /// Parses more of the page, UTF-8; what is not complete yet, such as half a tag, waits for the next bytes.
  ///
  /// The tree depends on where the page was cut, in rare cases: whoever wants the same tree twice cuts at
  /// the same places.
  package func feed(_ bytes: UnsafeRawBufferPointer) {
    guard let start = bytes.baseAddress, bytes.count > 0 else { return }
    unsafe batchrun_page_feed(
      handle, start.assumingMemoryBound(to: CChar.self), Int32(clamping: bytes.count), 0)
  }

  /// Bytes that were fed and are not in the tree yet: the parser now and then waits for the end of
  /// something, such as a tag, and may go on waiting for long.
  package var pendingBytes: Int {
    guard let parser = unsafe parser, let input = unsafe parser.pointee.input,
      let end = unsafe input.pointee.end, let place = unsafe input.pointee.cur
    else { return 0 }
    return unsafe end - place
  }

  /// Tells the parser that there is no more; elements that are still open end here.
  package func finish() { unsafe batchrun_page_feed(handle, nil, 0, 1) }

  /// Forgets the page; its memory is there for others.
  package func reset() { unsafe batchrun_page_clear(handle) }

  /// The `html` element, once there is one.
  package var root: HTMLNode? {
    guard let page = unsafe parser?.pointee.myDoc else { return nil }
    return unsafe HTMLNode(xmlDocGetRootElement(page))
  }

  /// The innermost element that has not been closed yet; `nil` before the first and after the last.
  package var openElement: HTMLNode? {
    guard let node = unsafe HTMLNode(parser?.pointee.node) else { return nil }
    return node.isElement ? node : nil
  }

  /// For libxml2's own functions, in this folder only.
  var page: htmlDocPtr? { unsafe parser?.pointee.myDoc }
}
