/// The shortest decimal that reads back to a given double, the closest one where several are as short.
///
/// R. Giulietti, "The Schubfach way to render doubles" (2020). The three products of the paper differ by the
/// same small multiple of the power of ten, so one multiplication and two additions give all three.
struct ShortestDecimal {
  /// Digits without a decimal point; up to 17 of them, with trailing zeros possible.
  let digits: UInt64
  /// The power of ten of the last digit.
  let exponent: Int

  /// - Parameter bits: the pattern of a finite, positive, non-zero double.
  @inline(__always)
  init(bits: UInt64) {
    let fraction = bits & ((1 &<< 52) - 1)
    let biased = Int(bits &>> 52)
    if fraction == 0 || biased == 0 {
      self.init(irregular: fraction, biased: biased)
    } else {
      self.init(significand: fraction | 1 &<< 52, exponent: biased &- 1075)
    }
  }

  /// A significand whose neighbours are equally far on both sides.
  @inline(__always)
  private init(significand: UInt64, exponent binary: Int) {
    let decimal = (binary &* 1_262_611) &>> 22  // floor(log10(2^binary))
    let shift = UInt64(binary &+ PowersOfTen.binaryExponent(-decimal) &+ 1)  // 1...4
    let power = Self.power(-decimal)
    let value = Words192(power, times: (4 &* significand) &<< shift)
    let half = Words192(power, shiftedBy: shift &+ 1)
    let odd = significand & 1
    let lower = (value &- half).sticky &+ odd
    let upper = (value &+ half).sticky &- odd
    let middle = value.sticky
    let whole = middle &>> 2
    let below = whole / 10 &* 10
    let belowFits = lower <= below &* 4
    let aboveFits = below &* 4 &+ 40 <= upper
    let nearest = (middle &+ 1 &+ (whole & 1)) &>> 2
    let rounded = belowFits ? below : below &+ 10
    digits = belowFits || aboveFits ? rounded : nearest
    exponent = decimal
  }

  /// Powers of two, whose lower neighbour is nearer, and subnormal numbers.
  @inline(never)
  private init(irregular fraction: UInt64, biased: Int) {
    let isPower = fraction == 0
    // The smallest normal number has neighbours at equal distances, like the subnormal ones below it.
    let isRegular = !isPower || biased == 1
    let significand = biased == 0 ? fraction : fraction | 1 &<< 52
    let binary = max(biased, 1) &- 1075
    if isRegular {
      self.init(significand: significand, exponent: binary)
      return
    }
    let decimal = (binary &* 1_262_611 &- 524_031) &>> 22  // floor(log10(3/4 · 2^binary))
    let shift = UInt64(binary &+ PowersOfTen.binaryExponent(-decimal) &+ 1)
    let power = Self.power(-decimal)
    let lower = Words192(power, times: (4 &* significand &- 1) &<< shift).sticky
    let middle = Words192(power, times: (4 &* significand) &<< shift).sticky
    let upper = Words192(power, times: (4 &* significand &+ 2) &<< shift).sticky
    let whole = middle &>> 2
    let below = whole / 10 &* 10
    let chosen: UInt64
    if lower <= below &* 4 {
      chosen = below
    } else if below &* 4 &+ 40 <= upper {
      chosen = below &+ 10
    } else if (lower <= whole &* 4) != (whole &* 4 &+ 4 <= upper) {
      chosen = lower <= whole &* 4 ? whole : whole &+ 1
    } else {
      chosen = (middle &+ 1 &+ (whole & 1)) &>> 2
    }
    self.init(digits: chosen, exponent: decimal)
  }

  private init(digits: UInt64, exponent: Int) {
    self.digits = digits
    self.exponent = exponent
  }

  /// A power of ten as the paper wants it: larger than the true one by at most the last bit.
  @inline(__always)
  private static func power(_ exponent: Int) -> (high: UInt64, low: UInt64) {
    let power = PowersOfTen.significand(exponent)
    return (power.high, power.low &+ 1)
  }
}

// MARK: - Arithmetic

/// An unsigned number of 192 bits.
private struct Words192 {
  var high: UInt64
  var middle: UInt64
  var low: UInt64

  @inline(__always)
  init(_ power: (high: UInt64, low: UInt64), times factor: UInt64) {
    let upper = power.high.multipliedFullWidth(by: factor)
    let lower = power.low.multipliedFullWidth(by: factor)
    let (sum, carry) = upper.low.addingReportingOverflow(lower.high)
    (high, middle, low) = (upper.high &+ (carry ? 1 : 0), sum, lower.low)
  }

  @inline(__always)
  init(_ power: (high: UInt64, low: UInt64), shiftedBy bits: UInt64) {
    high = power.high &>> (64 &- bits)
    middle = power.high &<< bits | power.low &>> (64 &- bits)
    low = power.low &<< bits
  }

  /// The high word, its last bit set where anything but what the excess of the power can reach follows.
  @inline(__always)
  var sticky: UInt64 { high | (middle != 0 ? 1 : 0) }

  @inline(__always)
  static func &+ (a: Words192, b: Words192) -> Words192 {
    var sum = a
    let (low, carryLow) = a.low.addingReportingOverflow(b.low)
    let (partial, carryA) = a.middle.addingReportingOverflow(b.middle)
    let (middle, carryB) = partial.addingReportingOverflow(carryLow ? 1 : 0)
    sum.low = low
    sum.middle = middle
    sum.high = a.high &+ b.high &+ (carryA ? 1 : 0) &+ (carryB ? 1 : 0)
    return sum
  }

  @inline(__always)
  static func &- (a: Words192, b: Words192) -> Words192 {
    var difference = a
    let (low, borrowLow) = a.low.subtractingReportingOverflow(b.low)
    let (partial, borrowA) = a.middle.subtractingReportingOverflow(b.middle)
    let (middle, borrowB) = partial.subtractingReportingOverflow(borrowLow ? 1 : 0)
    difference.low = low
    difference.middle = middle
    difference.high = a.high &- b.high &- (borrowA ? 1 : 0) &- (borrowB ? 1 : 0)
    return difference
  }
}
