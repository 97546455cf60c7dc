/// The shortest decimal that reads back to a given double, the closest one where several are as short.
///
/// R. Giulietti, "The Schubfach way to render doubles" (2020). The three products of the paper differ by the
/// same small multiple of the power of ten, so one multiplication is enough; and where 60 bits of the fraction
/// tell the candidates apart, which they nearly always do, nothing else is needed. Which of the candidates wins
/// is as good as random, so it is computed and not branched on.
struct ShortestDecimal {
  /// Seventeen digits, the first of them not zero; the last ones may be zeros.
  let digits: UInt64
  /// The power of ten of the first digit.
  let exponent: Int

  /// - Parameter bits: the pattern of a finite, positive, non-zero double.
  @inline(__always)
  init(bits: UInt64) {
    let fraction = bits & ((1 &<< 52) - 1)
    let biased = Int(bits &>> 52)
    if fraction == 0 || biased == 0 {
      self.init(irregular: fraction, biased: biased)
    } else {
      let decimal = (biased &- 1075).floorLog10OfPowerOfTwo
      let digits = Self.regular(fraction | 1 &<< 52, biased &- 1075, decimal)
      // 16 or 17 digits: the significand has 53 bits.
      let isShort: UInt64 = digits < 10_000_000_000_000_000 ? 1 : 0
      self.init(
        digits: digits &+ (digits &* 9 & (0 &- isShort)),
        exponent: decimal &+ 16 &- Int(truncatingIfNeeded: isShort))
    }
  }

  @inline(__always)
  private init(digits: UInt64, exponent: Int) {
    self.digits = digits
    self.exponent = exponent
  }

  /// The digits for a significand whose neighbours are equally far on both sides.
  @inline(__always)
  private static func regular(_ significand: UInt64, _ binary: Int, _ decimal: Int) -> UInt64 {
    let shift = UInt64(truncatingIfNeeded: binary &+ PowersOfTen.binaryExponent(-decimal) &+ 1)
    let power = power(-decimal)
    let (whole, fraction) = product(power, significand &<< shift)
    // With four bits before the point: how far the multiple of ten below lies, the one above, and the bounds.
    let tens = whole / 10 &* 10
    let below = (whole &- tens) &<< 60 | fraction &>> 4
    let above = (10 &<< 60) &- below
    let half = power.high &>> (5 &- shift)
    let isClose = below &- half &+ 2 <= 4 || above &- half &+ 2 <= 4
    if isClose || fraction &- (1 &<< 63) &+ 2 <= 4 { return exact(significand, binary, decimal) }
    let belowFits: UInt64 = below < half ? 1 : 0
    let aboveFits: UInt64 = above < half ? 1 : 0
    let nearest = whole &+ fraction &>> 63
    let round = tens &+ 10 &* aboveFits
    return nearest ^ ((nearest ^ round) & (0 &- (belowFits | aboveFits)))
  }

  /// The first two words of a product of three.
  @inline(__always)
  private static func product(
    _ power: (high: UInt64, low: UInt64), _ factor: UInt64
  ) -> (UInt64, UInt64) {
    let upper = power.high.multipliedFullWidth(by: factor)
    let lower = power.low.multipliedFullWidth(by: factor)
    let sum = (UInt128(upper.high) &<< 64 | UInt128(upper.low)) &+ UInt128(lower.high)
    return (UInt64(truncatingIfNeeded: sum &>> 64), UInt64(truncatingIfNeeded: sum))
  }

  /// The digits by the paper's comparisons, which are right however close the candidates are.
  @inline(never)
  private static func exact(_ significand: UInt64, _ binary: Int, _ decimal: Int) -> UInt64 {
    let shift = UInt64(truncatingIfNeeded: binary &+ PowersOfTen.binaryExponent(-decimal) &+ 1)
    let power = power(-decimal)
    let value = Words192(power, times: (4 &* significand) &<< shift)
    let half = Words192(power, shiftedBy: shift &+ 1)
    let odd = significand & 1
    let lower = (value &- half).sticky &+ odd
    let upper = (value &+ half).sticky &- odd
    let middle = value.sticky
    let whole = middle &>> 2
    let below = whole / 10 &* 10
    let nearest = (middle &+ 1 &+ (whole & 1)) &>> 2
    if lower <= below &* 4 { return below }
    return below &* 4 &+ 40 <= upper ? below &+ 10 : nearest
  }

  /// Powers of two, whose lower neighbour is nearer, and subnormal numbers.
  @inline(never)
  private init(irregular fraction: UInt64, biased: Int) {
    if fraction | UInt64(biased) == 0 || biased == 0x7FF {
      self.init(digits: 0, exponent: 0)
      return
    }
    let binary = max(biased, 1) &- 1075
    let decimal: Int
    var digits: UInt64
    // The smallest normal number has neighbours at equal distances, like the subnormal ones below it.
    if biased <= 1 {
      decimal = binary.floorLog10OfPowerOfTwo
      let significand = biased == 0 ? fraction : 1 &<< 52
      digits = Self.exact(significand, binary, decimal)
    } else {
      decimal = binary.floorLog10OfThreeQuarters
      digits = Self.powerOfTwo(binary, decimal)
    }
    var exponent = decimal &+ 16
    while digits < 10_000_000_000_000_000 {
      digits &*= 10
      exponent &-= 1
    }
    self.init(digits: digits, exponent: exponent)
  }

  /// The digits of 2^52 · 2^`binary`.
  private static func powerOfTwo(_ binary: Int, _ decimal: Int) -> UInt64 {
    let shift = UInt64(truncatingIfNeeded: binary &+ PowersOfTen.binaryExponent(-decimal) &+ 1)
    let power = power(-decimal)
    let quadruple: UInt64 = 1 &<< 54
    let lower = Words192(power, times: (quadruple &- 1) &<< shift).sticky
    let middle = Words192(power, times: quadruple &<< shift).sticky
    let upper = Words192(power, times: (quadruple &+ 2) &<< shift).sticky
    let whole = middle &>> 2
    let below = whole / 10 &* 10
    if lower <= below &* 4 { return below }
    if below &* 4 &+ 40 <= upper { return below &+ 10 }
    let wholeFits = lower <= whole &* 4
    if wholeFits != (whole &* 4 &+ 4 <= upper) { return wholeFits ? whole : whole &+ 1 }
    return (middle &+ 1 &+ (whole & 1)) &>> 2
  }

  /// A power of ten as the paper wants it: larger than the true one by at most the last bit.
  @inline(__always)
  private static func power(_ exponent: Int) -> (high: UInt64, low: UInt64) {
    let power = PowersOfTen.significand(exponent)
    return (power.high, power.low &+ 1)
  }
}

extension Int {
  /// floor(log10(2^self)), for what a double's exponent can be.
  @inline(__always)
  fileprivate var floorLog10OfPowerOfTwo: Int { (self &* 1_262_611) &>> 22 }

  /// floor(log10(3/4 · 2^self)), likewise.
  @inline(__always)
  fileprivate var floorLog10OfThreeQuarters: Int { (self &* 1_262_611 &- 524_031) &>> 22 }
}

// MARK: - Arithmetic

/// An unsigned number of 192 bits.
private struct Words192 {
  var high: UInt64
  var rest: UInt128

  @inline(__always)
  init(_ power: (high: UInt64, low: UInt64), times factor: UInt64) {
    let upper = power.high.multipliedFullWidth(by: factor)
    let lower = power.low.multipliedFullWidth(by: factor)
    let product =
      (UInt128(upper.high) &<< 64 | UInt128(upper.low)) &+ UInt128(lower.high)
    high = UInt64(truncatingIfNeeded: product &>> 64)
    rest = product &<< 64 | UInt128(lower.low)
  }

  @inline(__always)
  init(_ power: (high: UInt64, low: UInt64), shiftedBy bits: UInt64) {
    high = power.high &>> (64 &- bits)
    let middle = power.high &<< bits | power.low &>> (64 &- bits)
    rest = UInt128(middle) &<< 64 | UInt128(power.low &<< bits)
  }

  private init(high: UInt64, rest: UInt128) {
    self.high = high
    self.rest = rest
  }

  /// The high word, its last bit set where anything but what the excess of the power can reach follows.
  @inline(__always)
  var sticky: UInt64 { high | (rest &>> 64 != 0 ? 1 : 0) }

  @inline(__always)
  static func &+ (a: Words192, b: Words192) -> Words192 {
    let (rest, carry) = a.rest.addingReportingOverflow(b.rest)
    return Words192(high: a.high &+ b.high &+ (carry ? 1 : 0), rest: rest)
  }

  @inline(__always)
  static func &- (a: Words192, b: Words192) -> Words192 {
    let (rest, borrow) = a.rest.subtractingReportingOverflow(b.rest)
    return Words192(high: a.high &- b.high &- (borrow ? 1 : 0), rest: rest)
  }
}
