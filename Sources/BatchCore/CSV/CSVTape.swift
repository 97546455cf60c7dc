import CText

/// The places in a text where fields end, found 64 bytes at a time.
///
/// Each entry is the offset of a separator or line feed outside quotes, with `rowEnd` added for line feeds; a
/// last row without a line feed ends at the end of the text.
@safe
struct CSVTape: ~Copyable {
  /// The bit that tells the end of a row from the end of a field.
  static let rowEnd: UInt32 = 1 << 31
  /// How many bytes of text a tape can tell apart.
  static let largestText = Int(Int32.max) - 64

  /// How many entries have been found and not been dropped.
  private(set) var count = 0
  private var capacity = 1 << 12
  private var entries: UnsafeMutablePointer<UInt32>

  private let text: UnsafePointer<UInt8>
  private let length: Int
  private let separator: UInt8
  /// Offset of the next byte to look at.
  private var offset = 0
  private var isQuoted = false
  private var lastClosingQuote = -2
  private(set) var isAtEnd = false

  init(_ bytes: UnsafeRawBufferPointer, separator: UInt8) {
    precondition(
      bytes.count <= Self.largestText, "a text of 2 GiB or more cannot be scanned at once")
    unsafe entries = .allocate(capacity: capacity + 64)
    let base = bytes.baseAddress
    unsafe text = (base ?? UnsafeRawPointer(entries)).assumingMemoryBound(to: UInt8.self)
    length = bytes.count
    self.separator = separator
  }

  deinit { unsafe entries.deallocate() }

  /// The entries in order; valid until the next `fill`.
  @inline(__always)
  var start: UnsafeMutablePointer<UInt32> { unsafe entries }

  /// Drops the first `used` entries, then finds more, as many as there is room for.
  ///
  /// Makes more room when nothing was used, so that a row of any length is found whole in the end.
  @inline(never)
  mutating func fill(dropping used: Int) {
    if used == 0, count > capacity / 2 { grow() }
    count -= used
    unsafe entries.update(from: entries + used, count: count)
    while count < capacity - 64, offset + 64 <= length {
      unsafe addBlock(text + offset, 64)
      offset += 64
    }
    if count < capacity - 64, offset < length { addTail() }
    if offset == length, !isAtEnd, count < capacity { addEnd() }
  }

  private mutating func grow() {
    let larger = UnsafeMutablePointer<UInt32>.allocate(capacity: capacity * 2 + 64)
    unsafe larger.update(from: entries, count: count)
    unsafe entries.deallocate()
    unsafe entries = larger
    capacity *= 2
  }

  // MARK: - Blocks

  /// The last bytes, fewer than 64, in a block of their own.
  private mutating func addTail() {
    let rest = length - offset
    unsafe withUnsafeTemporaryAllocation(of: UInt8.self, capacity: 64) { block in
      guard let start = block.baseAddress else { return }
      unsafe start.initialize(repeating: 0, count: 64)
      unsafe start.update(from: text + offset, count: rest)
      unsafe addBlock(start, rest)
    }
    offset = length
  }

  /// The end of a text without a last line feed ends a row.
  private mutating func addEnd() {
    isAtEnd = true
    guard length > 0 else { return }
    let last = unsafe text[length - 1]
    guard isQuoted || last != 0x0A else { return }
    unsafe entries[count] = UInt32(length) | Self.rowEnd
    count += 1
  }

  @inline(__always)
  private mutating func addBlock(_ block: UnsafePointer<UInt8>, _ used: Int) {
    let valid = used == 64 ? UInt64.max : (1 &<< UInt64(used)) &- 1
    let feeds = unsafe text_equal_mask(block, 0x0A) & valid
    let separators = unsafe text_equal_mask(block, separator) & valid
    let quotes = unsafe text_equal_mask(block, 0x22) & valid
    if quotes == 0 {
      if !isQuoted { add(feeds | separators, feeds) }
    } else {
      let (open, openFeeds) = outsideQuotes(feeds, separators, quotes)
      add(open, openFeeds)
    }
  }

  /// Adds an entry for each bit of `ends`; up to 15 more are written past the count, and do not matter.
  @inline(__always)
  private mutating func add(_ ends: UInt64, _ feeds: UInt64) {
    let found = ends.nonzeroBitCount
    let target = unsafe entries + count
    let base = UInt32(truncatingIfNeeded: offset)
    var rest = ends
    unsafe Self.addEight(target, &rest, feeds, base)
    if found > 8 {
      unsafe Self.addEight(target + 8, &rest, feeds, base)
      var done = 16
      while done < found {
        unsafe Self.addEight(target + done, &rest, feeds, base)
        done &+= 8
      }
    }
    count &+= found
  }

  @inline(__always)
  private static func addEight(
    _ target: UnsafeMutablePointer<UInt32>, _ rest: inout UInt64, _ feeds: UInt64, _ base: UInt32
  ) {
    for index in 0..<8 {
      let bit = UInt64(rest.trailingZeroBitCount)
      let flag = UInt32(truncatingIfNeeded: feeds &>> bit) &<< 31
      unsafe target[index] = base &+ UInt32(truncatingIfNeeded: bit) | flag
      rest &= rest &- 1
    }
  }

  // MARK: - Quotes

  /// The separators and feeds of a block that stand outside quotes; the rules are those of `RowCursor`.
  @inline(never)
  private mutating func outsideQuotes(
    _ feeds: UInt64, _ separators: UInt64, _ quotes: UInt64
  ) -> (all: UInt64, feeds: UInt64) {
    let ends = feeds | separators
    var outside: UInt64 = 0
    var rest = quotes
    var from: UInt64 = 0
    while rest != 0 {
      let bit = UInt64(rest.trailingZeroBitCount)
      rest &= rest &- 1
      let before = (1 &<< bit) &- 1
      if !isQuoted { outside |= ends & before & ~from }
      from = before
      passQuote(offset &+ Int(bit))
    }
    if !isQuoted { outside |= ends & ~from }
    return (outside, feeds & outside)
  }

  @inline(__always)
  private mutating func passQuote(_ position: Int) {
    if isQuoted {
      isQuoted = false
      lastClosingQuote = position
    } else if lastClosingQuote == position &- 1 || isFieldStart(position) {
      isQuoted = true
    }
  }

  private func isFieldStart(_ position: Int) -> Bool {
    if position == 0 { return true }
    let before = unsafe text[position &- 1]
    return before == separator || before == 0x0A
  }
}
