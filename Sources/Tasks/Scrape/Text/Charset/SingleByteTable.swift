internal import Synchronization

/// What the 256 bytes of a single-byte encoding stand for.
final class SingleByteTable: Sendable {
  /// The UTF-16 unit for each byte; U+FFFD where the encoding has nothing, a blank for NUL.
  let units: [UInt16]

  private init(_ encoding: EncodingName) {
    let upper =
      encoding.text == "iso-8859-16" ? Self.iso8859Part16 : ICUConverter.upperHalf(of: encoding)
    let known = upper.isEmpty ? [UInt16](repeating: 0xFFFD, count: 128) : upper
    units = [0x20] + Array(1..<0x80) + known
  }

  /// The table of an encoding, made once for the process.
  static func of(_ encoding: EncodingName) -> SingleByteTable {
    cache.withLock { cache in
      if let table = cache[encoding] { return table }
      let table = SingleByteTable(encoding)
      cache[encoding] = table
      return table
    }
  }

  private static let cache = Mutex<[EncodingName: SingleByteTable]>([:])

  /// ISO/IEC 8859-16, which ICU does not have: the rows from A0 on, after the C1 controls.
  private static let iso8859Part16: [UInt16] =
    Array(0x80..<0xA0)
    + Array(
      """
      \u{A0}ĄąŁ€„Š§š©Ș«Ź\u{AD}źŻ°±ČłŽ”¶·žčș»ŒœŸż\
      ÀÁÂĂÄĆÆÇÈÉÊËÌÍÎÏĐŃÒÓÔŐÖŚŰÙÚÛÜĘȚßàáâăäćæçèéêëìíîïđńòóôőöśűùúûüęțÿ
      """.utf16)
}

extension EncodingName {
  /// Whether two single-byte encodings make the same text of these bytes.
  func readsLike(_ other: EncodingName, in bytes: [UInt8]) -> Bool {
    guard isSingleByte, other.isSingleByte else { return self == other }
    let (own, others) = (SingleByteTable.of(self).units, SingleByteTable.of(other).units)
    return bytes.allSatisfy { own[Int($0)] == others[Int($0)] }
  }
}
