internal import ScrapeShims

/// What the bytes of a window show before any model is asked.
struct ByteFacts {
  /// Bytes beyond ASCII.
  private(set) var highCount = 0
  /// Characters of more than one byte, if the window is UTF-8; and those of three or four.
  private(set) var sequences = 0
  private(set) var longSequences = 0
  /// Places that are not valid UTF-8; an unfinished character at a cut is none.
  private(set) var invalidCount = 0

  /// NULs at even and at odd places, and the bytes that begin an escape.
  private let zeros: (even: Int, odd: Int)
  private let escapeCount: Int

  init(_ bytes: [UInt8], isWhole: Bool) {
    let counts = unsafe batchrun_count_bytes(bytes, bytes.count)
    zeros = (counts.even_zeros, counts.odd_zeros)
    escapeCount = counts.escapes
    highCount = counts.high
    guard highCount > 0 else { return }
    if unsafe batchrun_utf8_valid_prefix(bytes, bytes.count) == bytes.count {
      (sequences, longSequences) = (counts.leads, counts.long_leads)
    } else {
      countSequences(bytes, isWhole: isWhole)
    }
  }

  private mutating func countSequences(_ bytes: [UInt8], isWhole: Bool) {
    var index = 0
    while index < bytes.count {
      let lead = bytes[index]
      guard lead >= 0x80 else {
        index += 1
        continue
      }
      let wanted = UTF8Stream.length(ofLead: lead)
      var length = 1
      while index + length < bytes.count,
        UTF8Stream.canContinue(lead, bytes[index + length], at: length)
      {
        length += 1
      }
      // Bodies are cut short on the way, too: an unfinished end says little after whole characters.
      let isCut = index + length == bytes.count && (!isWhole || sequences > 1)
      if wanted > 1 && length == wanted {
        sequences += 1
        if wanted > 2 { longSequences += 1 }
      } else if wanted == 1 || !isCut {
        invalidCount += 1
      }
      index += length
    }
  }

  var isUTF8: Bool { invalidCount == 0 }

  /// Whether bytes with errors are UTF-8 all the same: a few bad bytes in a good page. Text in other
  /// encodings forms hardly any valid sequences.
  func isNearlyUTF8(isDeclared: Bool) -> Bool {
    sequences > (isDeclared ? 1 : 8) * invalidCount
  }

  // MARK: - Patterns

  /// UTF-16 by its zeros: markup is ASCII, so that every other byte of a good part of it is zero.
  func utf16(pairs: Int) -> EncodingName? {
    guard pairs >= 2 else { return nil }
    if zeros.odd * 10 >= pairs && zeros.even * 20 <= zeros.odd { return .utf16LittleEndian }
    if zeros.even * 10 >= pairs && zeros.odd * 20 <= zeros.even { return .utf16BigEndian }
    return nil
  }

  /// Whether the escapes of ISO-2022-JP occur, each followed by pairs of printable bytes.
  func hasJapaneseEscapes(_ bytes: [UInt8]) -> Bool {
    guard escapeCount > 0 else { return false }
    var index = 0
    while let escape = bytes[index...].firstIndex(of: 0x1B), escape + 5 <= bytes.count {
      let (second, third) = (bytes[escape + 1], bytes[escape + 2])
      let opens = second == 0x24 && (third == 0x42 || third == 0x40)
      let isPair = bytes[escape + 3..<escape + 5].allSatisfy { (0x21...0x7E).contains($0) }
      if opens && isPair { return true }
      index = escape + 1
    }
    return false
  }
}
