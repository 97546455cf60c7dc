import CText

/// Powers of ten as 128-bit significands, from a table made by `tools/powers-of-ten.py`.
enum PowersOfTen {
  static let exponents = -342...324

  /// The first 128 bits of 10^`exponent`, rounded towards zero, the top bit set.
  @inline(__always)
  static func significand(_ exponent: Int) -> (high: UInt64, low: UInt64) {
    assert(exponents.contains(exponent), "a power of ten outside the table")
    let words = unsafe text_powers_of_ten() + 2 * (exponent + 342)
    return unsafe (words[0], words[1])
  }

  /// The largest e with 2^e ≤ 10^`exponent`, for |exponent| ≤ 1233.
  @inline(__always)
  static func binaryExponent(_ exponent: Int) -> Int { (exponent &* 1_741_647) &>> 19 }
}
