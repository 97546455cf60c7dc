import CText

/// The fast way to read plain decimals of up to 24 bytes, as most fields of a table are.
///
/// All bytes at once in one to three registers: those before the number become zeros, the point is squeezed out,
/// and what is left must be digits. But for eight bytes or more, no branch depends on how long the number is.
enum ShortDecimal {
  /// - Parameters:
  ///   - base: the start of the memory that may be read.
  ///   - end: one past the number's last byte; a number within the first 24 bytes of the memory is not read.
  /// - Returns: the nearest double, or NaN where this way cannot tell: then read it by the full grammar.
  @inline(__always)
  static func parse(_ base: UnsafePointer<UInt8>, _ start: Int, _ end: Int) -> Double {
    let isNegative = unsafe base[start] == 0x2D
    let length = end &- start &- (isNegative ? 1 : 0)
    guard UInt(bitPattern: length &- 1) < 24, end >= 24 else { return .nan }
    let text = unsafe UnsafeRawPointer(base + end)
    let last = unsafe digitBytes(text - 8)
    let value: Double
    if length <= 8 {
      value = eight(last & UInt64.max &<< UInt64(truncatingIfNeeded: 64 &- 8 &* length), length)
    } else if length <= 16 {
      let first = unsafe digitBytes(text - 16)
      value = sixteen(first & UInt64.max &<< UInt64(truncatingIfNeeded: 128 &- 8 &* length), last)
    } else {
      let first = unsafe digitBytes(text - 24)
      value = unsafe twentyFour(
        first & UInt64.max &<< UInt64(truncatingIfNeeded: 192 &- 8 &* length),
        digitBytes(text - 16), last)
    }
    return isNegative ? -value : value
  }

  /// Eight bytes of text with digits as their values; other bytes become more than nine.
  @inline(__always)
  private static func digitBytes(_ text: UnsafeRawPointer) -> UInt64 {
    unsafe text.loadUnaligned(as: UInt64.self) ^ EightDigits.zeros
  }

  /// A number in one word, zeros before it.
  @inline(__always)
  private static func eight(_ word: UInt64, _ length: Int) -> Double {
    var word = word
    var scale = 0
    let point = firstPoint(word)
    if point != 0 {
      word = remove(point, from: word)
      scale = 7 &- point.trailingZeroBitCount &>> 3
      if length == 1 { return .nan }
    }
    guard areDigits(word) else { return .nan }
    return Double(Int64(bitPattern: EightDigits.sum(word))) / text_exact_power(scale)
  }

  /// A number in two words, zeros before it.
  @inline(__always)
  private static func sixteen(_ first: UInt64, _ last: UInt64) -> Double {
    var (low, high) = (first, last)
    var scale = 0
    let pointHigh = firstPoint(high)
    if pointHigh != 0 {
      high = remove(pointHigh, from: high) | low &>> 56
      low = low &<< 8
      scale = 7 &- pointHigh.trailingZeroBitCount &>> 3
    } else {
      let pointLow = firstPoint(low)
      if pointLow != 0 {
        low = remove(pointLow, from: low)
        scale = 15 &- pointLow.trailingZeroBitCount &>> 3
      }
    }
    guard areDigits(low), areDigits(high) else { return .nan }
    let significand = EightDigits.sum(low) &* 100_000_000 &+ EightDigits.sum(high)
    guard significand <= 1 &<< 53 else { return DecimalToBinary.nearest(significand, -scale) }
    // Both are exact, so the quotient has the one rounding.
    return Double(Int64(bitPattern: significand)) / text_exact_power(scale)
  }

  /// A number in three words, zeros before it; NaN where it has too many digits for an integer of 64 bits.
  @inline(never)
  private static func twentyFour(_ first: UInt64, _ middle: UInt64, _ last: UInt64) -> Double {
    var (low, center, high) = (first, middle, last)
    var scale = 0
    let (pointLow, pointCenter, pointHigh) = (firstPoint(low), firstPoint(center), firstPoint(high))
    if pointLow != 0 {
      low = remove(pointLow, from: low)
      scale = 23 &- pointLow.trailingZeroBitCount &>> 3
    } else if pointCenter != 0 {
      center = remove(pointCenter, from: center) | low &>> 56
      low = low &<< 8
      scale = 15 &- pointCenter.trailingZeroBitCount &>> 3
    } else if pointHigh != 0 {
      high = remove(pointHigh, from: high) | center &>> 56
      center = center &<< 8 | low &>> 56
      low = low &<< 8
      scale = 7 &- pointHigh.trailingZeroBitCount &>> 3
    }
    guard areDigits(low), areDigits(center), areDigits(high) else { return .nan }
    let leading = EightDigits.sum(low)
    guard leading < 1_844 else { return .nan }  // 1844 · 10^16 is the last below 2^64
    let rest = EightDigits.sum(center) &* 100_000_000 &+ EightDigits.sum(high)
    return DecimalToBinary.nearest(leading &* 10_000_000_000_000_000 &+ rest, -scale)
  }

  /// Whether no byte is more than nine.
  @inline(__always)
  private static func areDigits(_ word: UInt64) -> Bool {
    ((word &+ 0x7676_7676_7676_7676) | word) & 0x8080_8080_8080_8080 == 0
  }

  /// The top bit of the first byte that was a point, or zero.
  @inline(__always)
  private static func firstPoint(_ word: UInt64) -> UInt64 {
    let difference = word ^ 0x1E1E_1E1E_1E1E_1E1E
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
