import CText

/// A decimal significand and exponent as the nearest double.
///
/// W. D. Clinger, "How to read floating point numbers accurately" (1990), for what is exact; D. Lemire, "Number
/// parsing at a gigabyte per second" (2021), with N. Mushtak and D. Lemire, "Fast number parsing without fallback"
/// (2023), for the rest.
enum DecimalToBinary {
  /// The result where significand and power of ten are both exact doubles: one rounding, so the nearest.
  @inline(__always)
  static func exact(_ significand: UInt64, _ exponent: Int) -> Double? {
    guard significand <= 1 &<< 53, -22 <= exponent, exponent <= 22 else { return nil }
    let value = Double(significand)
    return exponent < 0 ? value / text_exact_power(-exponent) : value * text_exact_power(exponent)
  }

  /// The nearest double to significand · 10^exponent, ties to even; infinite past the largest.
  @inline(__always)
  static func nearest(_ significand: UInt64, _ exponent: Int) -> Double {
    if significand == 0 || exponent < -342 { return 0 }
    if exponent > 308 { return .infinity }
    let zeros = significand.leadingZeroBitCount
    let (high, low) = product(significand &<< UInt64(zeros), exponent)
    let top = Int(high &>> 63)
    // 54 bits: the 53 of a double and one to round with.
    let shift = UInt64(top + 64 - 52 - 3)
    var bits = high &>> shift
    var biased = PowersOfTen.binaryExponent(exponent) + 63 + top - zeros + 1023
    if biased <= 0 { return subnormal(bits, biased) }
    // A tie can only happen for small exponents: then drop the bit that would round it up to odd.
    if low <= 1, -4 <= exponent, exponent <= 23, bits & 3 == 1, bits &<< shift == high {
      bits &= ~1
    }
    bits = (bits &+ (bits & 1)) &>> 1
    if bits == 1 &<< 53 {
      bits = 1 &<< 52
      biased += 1
    }
    if biased >= 0x7FF { return .infinity }
    return Double(bitPattern: UInt64(biased) &<< 52 | bits & ((1 &<< 52) - 1))
  }

  /// The top 128 bits of significand times the power of ten, as many of them right as rounding needs.
  @inline(__always)
  private static func product(
    _ significand: UInt64, _ exponent: Int
  ) -> (high: UInt64, low: UInt64) {
    let power = PowersOfTen.significand(exponent)
    var (high, low) = significand.multipliedFullWidth(by: power.high)
    if high & 0x1FF == 0x1FF {
      // Reciprocals of exact powers are rounded up, so that exact quotients come out exact.
      let rounded = power.low &+ (-27 <= exponent && exponent < 0 ? 1 : 0)
      let second = significand.multipliedFullWidth(by: rounded).high
      let (sum, carry) = low.addingReportingOverflow(second)
      low = sum
      if carry { high &+= 1 }
    }
    return (high, low)
  }

  private static func subnormal(_ bits: UInt64, _ biased: Int) -> Double {
    if biased <= -63 { return 0 }
    var bits = bits &>> UInt64(1 - biased)
    bits = (bits &+ (bits & 1)) &>> 1
    // Rounding up to 2^52 makes the smallest normal number, whose pattern is just that.
    return Double(bitPattern: bits)
  }
}
