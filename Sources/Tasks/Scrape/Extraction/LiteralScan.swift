internal import ScrapeShims

/// A search for all literals of the rules at once, in a page's source.
///
/// Every literal belongs to one of 64 groups; the answer of a search is the set of groups found.
// @unchecked Sendable: after `init` the literals are only read.
@safe
final class LiteralScan: @unchecked Sendable {
  static let groupCount = 64
  private let literals: OpaquePointer?

  init(_ groups: [(literal: Literal, group: Int)]) {
    unsafe literals = batchrun_literals_new()
    for (literal, group) in groups {
      let added = unsafe literal.bytes.withUnsafeBufferPointer { bytes in
        unsafe batchrun_literals_add(
          literals, bytes.baseAddress, bytes.count, Int32(group),
          Int32(literal.surroundings.rawValue))
      }
      precondition(added == 1, "a literal has 3 to 63 bytes")
    }
  }

  deinit { unsafe batchrun_literals_free(literals) }

  /// The groups of the literals that begin in `range`; what stands around them may lie outside of it.
  ///
  /// - Parameter wanted: the groups to look for; the fewer, the faster.
  func groups(
    _ wanted: UInt64, in range: Range<Int>, of bytes: UnsafeRawBufferPointer
  ) -> UInt64 {
    guard let start = bytes.baseAddress else { return 0 }
    return unsafe batchrun_scan(
      literals, wanted, start.assumingMemoryBound(to: UInt8.self), range.lowerBound,
      range.upperBound,
      bytes.count)
  }
}

/// Searches for one thing at a time in a page's source; offsets are bytes.
enum SourceSearch {
  /// Where a literal in lower case begins first in `range`.
  static func find(
    _ literal: StaticString, in range: Range<Int>, of bytes: UnsafeRawBufferPointer
  ) -> Int? {
    guard let start = bytes.baseAddress else { return nil }
    let place = unsafe batchrun_find(
      start.assumingMemoryBound(to: UInt8.self), range.lowerBound, range.upperBound,
      UnsafeRawPointer(literal.utf8Start).assumingMemoryBound(to: CChar.self),
      literal.utf8CodeUnitCount)
    return place < range.upperBound ? place : nil
  }

  /// Where the head of the page ends: in front of `<body` or behind `</head>`.
  static func headEnd(in range: Range<Int>, of bytes: UnsafeRawBufferPointer) -> Int? {
    guard let start = bytes.baseAddress else { return nil }
    let place = unsafe batchrun_find_head_end(
      start.assumingMemoryBound(to: UInt8.self), range.lowerBound, range.upperBound, bytes.count)
    return place < range.upperBound ? place : nil
  }

  /// Blanks the end tags of the page that begin in `range`: more may follow them.
  static func blankPageEnds(in range: Range<Int>, of bytes: UnsafeMutableRawBufferPointer) {
    guard let start = bytes.baseAddress else { return }
    unsafe batchrun_blank_page_ends(
      start.assumingMemoryBound(to: UInt8.self), range.lowerBound, range.upperBound, bytes.count)
  }

  /// Blanks the control characters that parsers in C take for an end or drop.
  static func blankControls(_ bytes: UnsafeMutableRawBufferPointer) {
    guard let start = bytes.baseAddress else { return }
    unsafe batchrun_blank_controls(start.assumingMemoryBound(to: UInt8.self), bytes.count)
  }
}
