import CText

/// The fast way to read plain decimals of up to 16 bytes, as most fields of a table are.
///
/// All bytes at once in two registers: those before the number become zeros, the point is squeezed out, and what
/// is left must be digits. No branch depends on how long the number is.
enum ShortDecimal {
  /// - Parameters:
  ///   - base: the start of memory in which 16 bytes before `end` can be read.
  ///   - end: one past the number's last byte, at least 16.
  /// - Returns: the nearest double, or NaN where this way cannot tell: then read it by the full grammar.
  @inline(__always)
  static func parse(_ base: UnsafePointer<UInt8>, _ start: Int, _ end: Int) -> Double {
    let isNegative = unsafe base[start] == 0x2D
    let length = end &- start &- (isNegative ? 1 : 0)
    guard UInt(bitPattern: length &- 1) < 16, end >= 16 else { return .nan }
    let text = unsafe UnsafeRawPointer(base + end)
    let keepLow = text_tail_mask(length, 0)
    let keepHigh = text_tail_mask(length, 1)
    var low = unsafe (text - 16).loadUnaligned(as: UInt64.self)
    var high = unsafe (text - 8).loadUnaligned(as: UInt64.self)
    low = low & keepLow | EightDigits.zeros & ~keepLow
    high = high & keepHigh | EightDigits.zeros & ~keepHigh
    var scale = 0
    let pointHigh = firstPoint(high)
    if pointHigh != 0 {
      high = remove(pointHigh, from: high) | low &>> 56
      low = low &<< 8 | 0x30
      scale = 7 &- pointHigh.trailingZeroBitCount &>> 3
    } else {
      let pointLow = firstPoint(low)
      if pointLow != 0 {
        low = remove(pointLow, from: low) | 0x30
        scale = 15 &- pointLow.trailingZeroBitCount &>> 3
      }
    }
    let isPointOnly = length == 1 && pointHigh != 0
    guard EightDigits.isDigits(low), EightDigits.isDigits(high), !isPointOnly else { return .nan }
    let significand = EightDigits.value(low) &* 100_000_000 &+ EightDigits.value(high)
    guard significand <= 1 &<< 53 else {
      let value = DecimalToBinary.nearest(significand, -scale)
      return isNegative ? -value : value
    }
    // Both are exact, so the quotient has the one rounding.
    let value = Double(Int64(bitPattern: significand)) / text_exact_power(scale)
    return isNegative ? -value : value
  }

  /// The top bit of the first byte that is a point, or zero.
  @inline(__always)
  private static func firstPoint(_ word: UInt64) -> UInt64 {
    let difference = word ^ 0x2E2E_2E2E_2E2E_2E2E
    // The lowest bit is right; a borrow can only add bits above it.
    let points = (difference &- 0x0101_0101_0101_0101) & ~difference & 0x8080_8080_8080_8080
    return points & (0 &- points)
  }

  /// The bytes before the point one place later, over it; the first byte becomes zero.
  @inline(__always)
  private static func remove(_ point: UInt64, from word: UInt64) -> UInt64 {
    let before = (point &>> 7) &- 1
    let after = ~(point | (point &- 1))
    return word & after | (word & before) &<< 8
  }
}
