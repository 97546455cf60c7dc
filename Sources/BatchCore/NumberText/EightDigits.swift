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

  /// The digits of a number below 10^8, each in its byte without the ASCII offset.
  ///
  /// Each step splits every number in halves, quotient below and remainder above: n·2^s + q·(1 − d·2^s).
  @inline(__always)
  static func digits(_ value: UInt64) -> UInt64 {
    let fours = (value &* 3_518_437_209) &>> 45  // value / 10^4
    let halves = value &<< 32 &+ fours &* (1 &- 10_000 &<< 32)
    let hundreds = (halves &* 10_486) &>> 20 & 0x0000_007F_0000_007F
    let pairs = halves &<< 16 &+ hundreds &* (1 &- 100 &<< 16)
    let tens = (pairs &* 103) &>> 10 & 0x000F_000F_000F_000F
    return pairs &<< 8 &+ tens &* (1 &- 10 &<< 8)
  }
}
