import CText

/// Where a pass over CSV text stands: knows rows, lines and quotes, and keeps no bytes.
///
/// The text may be handed over in pieces of any size; the result does not depend on the cuts. Rules (RFC 4180,
/// and for what it leaves open): a quote opens a quoted field only as the field's first byte; a doubled quote
/// inside stays inside; after a closing quote the rest of the field is plain. Rows end at LF, with CR before it
/// or not, outside quotes. A line without any bytes is no row.
struct RowCursor {
  /// Offset in the text of the next byte to look at.
  private(set) var offset: Int
  /// How many rows have ended.
  private(set) var rows: Int
  /// How many line feeds have passed, in quotes or not.
  private(set) var lines: Int
  /// Where the line begins that holds the start of the current row.
  private(set) var rowStart: Int
  /// The bytes of the row that ended last, without its line ending.
  private(set) var lastRow = 0..<0
  /// How many line feeds come before the row that ended last.
  private(set) var lastRowLines = 0
  /// Whether a quoted field is open.
  private(set) var isQuoted = false
  /// The value of `lines` where the last quoted field was opened.
  private(set) var quoteLine = 0

  private let separator: UInt8
  private var lastClosingQuote = -2
  /// The value of `lines` at `rowStart`.
  private var rowLines: Int
  private var previous: UInt8 = 0x0A

  init(separator: UInt8, offset: Int = 0, rows: Int = 0, lines: Int = 0) {
    self.separator = separator
    self.offset = offset
    self.rows = rows
    self.lines = lines
    rowLines = lines
    rowStart = offset
  }

  /// Looks at bytes that begin at `offset`, until they end or `rows` reaches `limit`.
  ///
  /// - Returns: how many bytes were used; less than all only where the limit came first, and then the last one
  ///   used is the line feed that ended the row.
  mutating func advance(_ bytes: UnsafeRawBufferPointer, untilRow limit: Int) -> Int {
    guard let base = bytes.baseAddress, rows < limit else { return 0 }
    let text = unsafe base.assumingMemoryBound(to: UInt8.self)
    var used = 0
    while used < bytes.count {
      let length = min(64, bytes.count - used)
      let step = unsafe advanceBlock(text + used, length, limit)
      used += step
      if rows == limit { break }
    }
    return used
  }

  /// Ends the text: a last row without a line feed is a row.
  mutating func finish() {
    let end = previous == 0x0D ? offset - 1 : offset
    if end > rowStart { endRow(end, next: offset) }
  }

  // MARK: - Blocks

  @inline(__always)
  private mutating func advanceBlock(
    _ block: UnsafePointer<UInt8>, _ length: Int, _ limit: Int
  ) -> Int {
    let (feeds, quotes) = unsafe Self.masks(block, length)
    if quotes == 0, !isQuoted {
      let blanks = unsafe blankLines(block, length, feeds)
      let ended = feeds.nonzeroBitCount &- blanks
      if rows &+ ended < limit {
        rows &+= ended
        lines &+= feeds.nonzeroBitCount
        if feeds != 0 {
          rowStart = offset &+ 64 &- feeds.leadingZeroBitCount
          rowLines = lines
        }
        offset &+= length
        previous = unsafe block[length &- 1]
        return length
      }
    }
    return unsafe walk(block, length, feeds, quotes, limit)
  }

  @inline(__always)
  private static func masks(
    _ block: UnsafePointer<UInt8>, _ length: Int
  ) -> (feeds: UInt64, quotes: UInt64) {
    if length == 64 {
      return unsafe (text_equal_mask(block, 0x0A), text_equal_mask(block, 0x22))
    }
    var (feeds, quotes) = (UInt64(0), UInt64(0))
    for index in 0..<length {
      let byte = unsafe block[index]
      if byte == 0x0A { feeds |= 1 &<< UInt64(index) }
      if byte == 0x22 { quotes |= 1 &<< UInt64(index) }
    }
    return (feeds, quotes)
  }

  /// How many of a block's line feeds end a line without bytes; the block has no quotes.
  @inline(__always)
  private func blankLines(_ block: UnsafePointer<UInt8>, _ length: Int, _ feeds: UInt64) -> Int {
    // Most blocks: no feed follows another within two bytes, and the line began well before the block.
    if feeds & (feeds &<< 1 | feeds &<< 2) == 0, rowStart < offset &- 1 { return 0 }
    var blanks = 0
    var start = rowStart
    var rest = feeds
    while rest != 0 {
      let index = rest.trailingZeroBitCount
      rest &= rest &- 1
      if unsafe isBlank(from: start, to: offset &+ index, block) { blanks += 1 }
      start = offset &+ index &+ 1
    }
    return blanks
  }

  /// Whether a line from `start` to a feed at `end` has no bytes but perhaps the CR of its ending.
  @inline(__always)
  private func isBlank(from start: Int, to end: Int, _ block: UnsafePointer<UInt8>) -> Bool {
    if end == start { return true }
    return unsafe end == start &+ 1 && byte(before: end, block) == 0x0D
  }

  @inline(__always)
  private func byte(before position: Int, _ block: UnsafePointer<UInt8>) -> UInt8 {
    unsafe position == offset ? previous : block[position &- 1 &- offset]
  }

  /// One quote or line feed after the other.
  @inline(never)
  private mutating func walk(
    _ block: UnsafePointer<UInt8>, _ length: Int, _ feeds: UInt64, _ quotes: UInt64, _ limit: Int
  ) -> Int {
    var rest = feeds | quotes
    while rest != 0 {
      let index = rest.trailingZeroBitCount
      rest &= rest &- 1
      let position = offset &+ index
      if quotes &>> UInt64(index) & 1 != 0 {
        unsafe passQuote(position, byte(before: position, block))
        continue
      }
      lines &+= 1
      if isQuoted { continue }
      if unsafe isBlank(from: rowStart, to: position, block) {
        rowStart = position &+ 1
        rowLines = lines
        continue
      }
      let end = unsafe byte(before: position, block) == 0x0D ? position &- 1 : position
      endRow(end, next: position &+ 1)
      if rows == limit {
        offset = position &+ 1
        previous = 0x0A
        return index &+ 1
      }
    }
    offset &+= length
    previous = unsafe block[length &- 1]
    return length
  }

  private mutating func passQuote(_ position: Int, _ before: UInt8) {
    if isQuoted {
      isQuoted = false
      lastClosingQuote = position
    } else if lastClosingQuote == position &- 1 {
      isQuoted = true
    } else if position == rowStart || before == separator {
      isQuoted = true
      quoteLine = lines
    }
  }

  private mutating func endRow(_ end: Int, next: Int) {
    lastRow = rowStart..<end
    lastRowLines = rowLines
    rows &+= 1
    rowStart = next
    rowLines = lines
  }
}
