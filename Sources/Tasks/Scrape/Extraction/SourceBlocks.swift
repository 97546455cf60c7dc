internal import BatchCore

/// The source of a page as it arrives, cut into blocks, with what the scan has found in each.
///
/// Where the blocks are cut depends on the page alone, never on how it arrived: everything that is decided
/// block by block is decided the same way each time.
struct SourceBlocks {
  struct Block {
    /// Offsets in the whole page, in bytes of UTF-8; half-open.
    let range: Range<Int>
    /// The groups of the literals that begin in it.
    let groups: UInt64
    /// Whether the head ends where this block ends, by the look of the source.
    let endsHead: Bool
  }

  /// Bytes of a block, but for those that end earlier because the head does.
  static let blockBytes = 4096
  /// Bytes of `</textarea`, the longest end tag of an element whose content is no HTML.
  private static let longestEndTag = 10
  /// How many bytes behind a block have to be there before it is cut: literals may reach over its end.
  private static let margin = 128
  /// How many bytes stay before the first block that is needed: a literal looks for its tag there.
  private static let history = 2048

  /// More scripts than any page has that means well.
  private static let mostScripts = 64

  private(set) var blocks: [Block] = []
  /// Bytes of text behind the announcement of JSON-LD, up to the end of the script.
  private(set) var scripts: [[UInt8]] = []
  private let buffer: ByteBuffer
  /// The offset in the page of the buffer's first byte.
  private var base = 0
  private var openScript: Int?
  private var headEnded = false
  private let scan: LiteralScan

  init(_ scan: LiteralScan, buffer: ByteBuffer) {
    self.scan = scan
    self.buffer = buffer
  }

  /// The bytes that have arrived.
  var endOffset: Int { base + buffer.count }
  /// Where the next block begins.
  var cutOffset: Int { blocks.last?.range.upperBound ?? 0 }

  /// Cuts the next block if all of it has arrived, and some bytes more; at the end of the page, anyway.
  ///
  /// - Parameter wanted: the groups of the rules that are still open; rules never open again.
  /// - Returns: whether there was one.
  mutating func cut(_ wanted: UInt64, isLast: Bool) -> Bool {
    let start = cutOffset
    guard start < endOffset, isLast || endOffset >= start + Self.blockBytes + Self.margin else {
      return false
    }
    cutBlock(from: start, wanted)
    return true
  }

  private mutating func cutBlock(from start: Int, _ wanted: UInt64) {
    unsafe buffer.withBytes { bytes in
      var range = unsafe Self.block(from: start - base, of: bytes)
      var endsHead = false
      if !headEnded, let end = unsafe SourceSearch.headEnd(in: range, of: bytes) {
        range = range.lowerBound..<end
        (headEnded, endsHead) = (true, true)
      }
      let groups = unsafe scan.groups(wanted, in: range, of: bytes)
      unsafe findScripts(in: range, of: bytes, announced: groups & RulePlan.jsonGroup != 0)
      blocks.append(
        Block(
          range: range.lowerBound + base..<range.upperBound + base, groups: groups,
          endsHead: endsHead))
    }
  }

  /// The next block, not counting the end of the head: a tag that has just begun waits for the next one.
  ///
  /// libxml2 takes half of `</script>` for a part of the script, and all that follows as well.
  private static func block(from start: Int, of bytes: UnsafeRawBufferPointer) -> Range<Int> {
    let limit = start + blockBytes
    guard limit < bytes.count else { return start..<bytes.count }
    let tail = unsafe bytes[limit - longestEndTag..<limit]
    guard let tag = unsafe tail.lastIndex(of: UInt8(ascii: "<")) else { return start..<limit }
    return start..<(unsafe bytes[tag..<limit].contains(UInt8(ascii: ">")) ? limit : tag)
  }

  /// Lends the bytes of a block that has not been dropped, ready to be parsed.
  func withBytes<R>(of block: Int, _ body: (UnsafeRawBufferPointer) -> R) -> R {
    let range = blocks[block].range
    unsafe SourceSearch.blankPageEnds(
      in: range.lowerBound - base..<range.upperBound - base, of: buffer.mutableBytes)
    return unsafe buffer.withBytes { bytes in
      unsafe body(
        UnsafeRawBufferPointer(rebasing: bytes[range.lowerBound - base..<range.upperBound - base]))
    }
  }

  /// Forgets the bytes before a block, now and then; some stay, because literals look back.
  mutating func drop(before block: Int) {
    let start = block < blocks.count ? blocks[block].range.lowerBound : cutOffset
    let kept = max(base, min(start, openScript ?? start) - Self.history)
    guard kept - base >= 256 << 10 else { return }
    buffer.removeFirst(kept - base)
    base = kept
  }

  // MARK: - JSON-LD

  /// Takes the contents of scripts from the source: the tree is not needed for them.
  private mutating func findScripts(
    in range: Range<Int>, of bytes: UnsafeRawBufferPointer, announced: Bool
  ) {
    var place = range.lowerBound
    while place < range.upperBound {
      if let open = openScript {
        let start = max(open - base, place - 8)
        guard
          let end = unsafe SourceSearch.find(
            "</script", in: start..<min(range.upperBound + 8, bytes.count), of: bytes)
        else { return }
        if scripts.count < Self.mostScripts {
          scripts.append(unsafe Array(bytes[open - base..<end]))
        }
        openScript = nil
        place = end + 8
      } else {
        guard announced,
          let next = unsafe announcement(in: place..<range.upperBound, of: bytes)
        else { return }
        openScript = next + base
        place = next
      }
    }
  }

  /// Where the contents of the next JSON-LD script begin, when its tag is there.
  private func announcement(in range: Range<Int>, of bytes: UnsafeRawBufferPointer) -> Int? {
    var place = range.lowerBound
    while place < range.upperBound,
      let found = unsafe SourceSearch.find(
        "ld+json", in: place..<min(range.upperBound + 6, bytes.count), of: bytes)
    {
      let before = unsafe bytes[max(0, found - 96)..<found]
      let behind = unsafe bytes[found..<min(bytes.count, found + 96)]
      if let open = unsafe before.lastIndex(of: UInt8(ascii: "<")),
        let close = unsafe behind.firstIndex(of: UInt8(ascii: ">")),
        unsafe SourceSearch.find("<script", in: open..<min(open + 7, bytes.count), of: bytes)
          == open
      {
        return close + 1
      }
      place = found + 7
    }
    return nil
  }
}
