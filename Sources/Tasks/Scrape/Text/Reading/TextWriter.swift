/// Text as a reader sees it, put together from pieces of a page.
///
/// White space of every kind collapses to one blank; breaks are owed until something visible follows, so
/// that none stand at the beginning or the end. What cannot be seen is left out: soft hyphens, zero-width
/// blanks and control characters. Joiners (U+200C, U+200D) stay, since Persian and emoji need them, and
/// so do ligatures. A line feed of the source between two Chinese or Japanese characters is no blank.
struct TextWriter {
  private var bytes: [UInt8] = []
  private var debt = Debt.none
  private var owedBreaks = 0
  private var last: UInt32 = 0
  /// Whether every break is a blank.
  private let isSingleLine: Bool

  init(isSingleLine: Bool = false) { self.isSingleLine = isSingleLine }

  private enum Debt { case none, blank, lineFeed }

  /// Whether nothing visible has been written.
  var isEmpty: Bool { bytes.isEmpty }

  /// The last character, when the next one would stand directly behind it; else 0.
  var neighbor: UInt32 { debt == .none && owedBreaks == 0 ? last : 0 }

  /// Owes a break before the next visible character: one line feed, or two between paragraphs.
  mutating func owe(breaks: Int) { owedBreaks = max(owedBreaks, breaks) }

  /// Adds a line break; a second one in a row makes a paragraph.
  mutating func breakLine() { owedBreaks = min(owedBreaks + 1, 2) }

  mutating func oweBlank() { debt = .blank }

  mutating func append(_ text: String) {
    for scalar in text.unicodeScalars { append(scalar.value) }
  }

  /// Adds UTF-8; `keepsLines` is for text whose lines and indentation matter.
  mutating func append(utf8 text: UnsafeBufferPointer<UInt8>, keepsLines: Bool = false) {
    var index = 0
    while index < text.count {
      let byte = unsafe text[index]
      if Self.isPlain(byte) {
        let end = unsafe Self.endOfPlain(text, from: index)
        payDebts(before: UInt32(byte))
        unsafe bytes.append(contentsOf: text[index..<end])
        unsafe last = UInt32(text[end - 1])
        index = end
      } else if byte < 0x80 {
        index += 1
        if keepsLines && append(formatted: byte) { continue }
        append(UInt32(byte))
      } else {
        let (scalar, length) = unsafe Self.scalar(in: text, at: index)
        index += length
        append(scalar)
      }
    }
  }

  /// Characters of ASCII that stand for themselves and are no blanks.
  private static func isPlain(_ byte: UInt8) -> Bool { byte > 0x20 && byte < 0x7F }

  private static func endOfPlain(_ text: UnsafeBufferPointer<UInt8>, from start: Int) -> Int {
    var end = start + 1
    while end < text.count, unsafe isPlain(text[end]) { end += 1 }
    return end
  }

  /// Adds white space as it is; false for anything else.
  private mutating func append(formatted byte: UInt8) -> Bool {
    switch byte {
    case 0x0A:
      owedBreaks += 1
      debt = .none
    case 0x20, 0x09:
      guard !bytes.isEmpty else { return true }
      payBreaks()
      bytes.append(byte)
      last = UInt32(byte)
    default: return false
    }
    return true
  }

  private static func scalar(
    in text: UnsafeBufferPointer<UInt8>, at index: Int
  ) -> (scalar: UInt32, length: Int) {
    let lead = unsafe text[index]
    let length = UTF8Stream.length(ofLead: lead)
    guard length > 1, index + length <= text.count else { return (0xFFFD, 1) }
    var scalar = UInt32(lead) & (0xFF >> UInt32(length + 1))
    for offset in 1..<length { unsafe scalar = scalar << 6 | UInt32(text[index + offset] & 0x3F) }
    return (scalar, length)
  }

  mutating func append(_ scalar: UInt32) {
    switch scalar {
    case 0x0A, 0x0D: if debt == .none { debt = .lineFeed }
    case 0x20, 0x09: if debt == .none { debt = .blank }
    case 0x0B, 0x0C, 0xA0, 0x1680, 0x2000...0x200A, 0x202F, 0x205F, 0x3000: debt = .blank
    case 0x85 where isSingleLine, 0x2028...0x2029 where isSingleLine: debt = .blank
    case 0x85, 0x2028: owe(breaks: 1)
    case 0x2029: owe(breaks: 2)
    case 0..<0x20, 0x7F..<0xA0, 0xAD, 0x200B, 0x2060...0x2064, 0xFEFF: break
    default:
      payDebts(before: scalar)
      write(scalar)
      last = scalar
    }
  }

  private mutating func write(_ scalar: UInt32) {
    guard scalar >= 0x80 else { return bytes.append(UInt8(truncatingIfNeeded: scalar)) }
    let character = Unicode.Scalar(scalar) ?? "\u{FFFD}"
    bytes.append(contentsOf: UTF8.encode(character) ?? UTF8.encodedReplacementCharacter)
  }

  private mutating func payDebts(before scalar: UInt32) {
    if owedBreaks > 0 {
      payBreaks()
    } else if !bytes.isEmpty, last != 0x20 {
      let isJoined = debt == .lineFeed && Self.isIdeographic(last) && Self.isIdeographic(scalar)
      if debt != .none && !isJoined { bytes.append(0x20) }
    }
    debt = .none
  }

  private mutating func payBreaks() {
    if owedBreaks > 0 && !bytes.isEmpty {
      while bytes.last == 0x20 || bytes.last == 0x09 { bytes.removeLast() }
      for _ in 0..<owedBreaks { bytes.append(0x0A) }
    }
    owedBreaks = 0
    debt = .none
  }

  /// Characters of scripts that put no blanks between words, and their punctuation.
  private static func isIdeographic(_ scalar: UInt32) -> Bool {
    switch scalar {
    case 0x3001...0x30FF, 0x3400...0x4DBF, 0x4E00...0x9FFF, 0xF900...0xFAFF, 0xFF01...0xFF60,
      0x20000...0x3FFFF:
      true
    default: false
    }
  }

  /// The text, in normalization form C.
  func finished() -> String {
    var end = bytes.count
    while end > 0, bytes[end - 1] == 0x20 || bytes[end - 1] == 0x09 { end -= 1 }
    return PlainText.composed(String(decoding: bytes[..<end], as: UTF8.self))
  }
}
