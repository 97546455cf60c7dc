/// Eight decimal digits in one 64-bit word, the first digit in the lowest byte.
enum EightDigits {
  static let zeros: UInt64 = 0x3030_3030_3030_3030

  /// Whether every byte is an ASCII digit.
  @inline(__always)
  static func isDigits(_ word: UInt64) -> Bool {
    ((word &+ 0x4646_4646_4646_4646) | (word &- zeros)) & 0x8080_8080_8080_8080 == 0
  }

  /// The number that eight ASCII digits say.
  @inline(__always)
  static func value(_ word: UInt64) -> UInt64 { sum(word &- zeros) }

  /// The number that eight bytes of 0...9 say: pairs, then fours, then all eight.
  @inline(__always)
  static func sum(_ word: UInt64) -> UInt64 {
    let pairs = word &* 10 &+ word &>> 8
    let low = (pairs & 0x0000_00FF_0000_00FF) &* 0x000F_4240_0000_0064
    let high = (pairs &>> 16 & 0x0000_00FF_0000_00FF) &* 0x0000_2710_0000_0001
    return (low &+ high) &>> 32
  }
}
