// Numbers in two doubles, a rounded value and what the rounding lost: used where errors that a double
// makes would be magnified. They hold about 70 bits, less where a comment says so.

/// Eight numbers, each the sum of a double and a much smaller one.
struct Precise {
  var high: Vector
  var low: Vector

  @inline(__always)
  init(_ high: Vector, _ low: Vector) {
    self.high = high
    self.low = low
  }

  /// The product of two doubles, exactly.
  @inline(__always)
  init(product a: Vector, _ b: Vector) {
    high = a * b
    low = fused(a, b, plus: -high)
  }

  @inline(__always)
  static func * (a: Precise, b: Precise) -> Precise {
    var product = Precise(product: a.high, b.high)
    product.low = fused(a.high, b.low, plus: fused(a.low, b.high, plus: product.low))
    return product
  }

  /// The product with a double.
  @inline(__always)
  static func * (a: Precise, b: Vector) -> Precise {
    var product = Precise(product: a.high, b)
    product.low = fused(a.low, b, plus: product.low)
    return product
  }

  @inline(__always)
  static prefix func - (a: Precise) -> Precise { Precise(-a.high, -a.low) }
}

/// The sum of two doubles and what its rounding lost, exactly.
@inline(__always)
func exactSum(_ a: Vector, _ b: Vector) -> Precise {
  let sum = a + b
  let bPart = sum - a
  return Precise(sum, (a - (sum - bPart)) + (b - bPart))
}

@inline(__always)
func select(_ mask: Mask, _ a: Precise, _ b: Precise) -> Precise {
  Precise(select(mask, a.high, b.high), select(mask, a.low, b.low))
}

/// √x in two doubles, for a positive normal x.
@inline(__always)
func preciseRoot(_ x: Vector) -> Precise {
  let root = squareRoot(x)
  return Precise(root, fused(-root, root, plus: x) / (2 * root))
}

/// e^x - 1 in two doubles with about 58 bits, for |x| ≤ 0.34.
@inline(__always)
func preciseGrowth(_ x: Precise) -> Precise {
  let r = x.high
  let tail = fused(r * r, exponentialTail(r), plus: x.low * (1 + r))
  return exactSum(r, tail)
}

// MARK: - Logarithm of the forward

/// The logarithm of forward over strike, log(S/K) + (r - q)T, in two doubles.
///
/// Any positive finite spot and strike. Both terms are carried in two doubles each, since their sum may
/// be as small as v = σ√T makes interesting.
@inline(__always)
func carefulLogForward(_ rows: OptionRows) -> Precise {
  var b = rows.strike
  var (m, k) = alignedExponent(rows.spot, b)
  // The general way gives the same quotient, at the price of two more exponents.
  let sum = rows.spot + b
  if _slowPath(!all((sum .<= 0x1p500) .& (rows.spot .>= 0x1p-500) .& (b .>= 0x1p-500))) {
    alignAny(rows, &m, &b, &k)
  }

  let sizes = exactSum(m, b)
  let inverse = 1 / sizes.high
  let difference = m - b
  let s = difference * inverse
  let sLow = (fused(-s, sizes.high, plus: difference) - s * sizes.low) * inverse
  var tail = logarithmTail(Precise(s, sLow))

  let spread = exactSum(rows.rate, -rows.dividend)
  let carry = spread.high * rows.maturity
  let carryLow = fused(spread.high, rows.maturity, plus: -carry) + spread.low * rows.maturity
  let coarse = exactSum(k * 0.693147180559663, 2 * s)
  // The tail is off by up to 1e-20: much where the carry cancels the rest, and v is as small as the sum.
  let isCancelled = magnitude(coarse.high + carry) .< 0.15 * magnitude(s)
  if _slowPath(any(isCancelled)) {
    tail = select(isCancelled, logarithmTail(precisely: Precise(s, sLow)), tail)
  }
  let logRatio = exactSum(coarse.high, tail.high)
  let total = exactSum(logRatio.high, carry)
  let low = fused(
    k, Vector(repeating: 2.8235290563031577e-13), plus: (coarse.low + tail.low) + 2 * sLow)
  return exactSum(total.high, total.low + (logRatio.low + (low + carryLow)))
}

/// log((1+s)/(1-s)) - 2s for |s| ≤ 0.2: 2/3 s³ in two doubles, the rest of the series in one.
@inline(__always)
private func logarithmTail(_ s: Precise) -> Precise {
  let cube = s * s * s
  let first =
    cube * Precise(Vector(repeating: 0.6666666666666666), Vector(repeating: 3.700743415417188e-17))
  let w = s.high * s.high
  var p = Vector(repeating: 0.12196358015897052)
  p = fused(p, w, plus: 0.11652734441622657)
  p = fused(p, w, plus: 0.13337185368171767)
  p = fused(p, w, plus: 0.15384542408678797)
  p = fused(p, w, plus: 0.1818181893024815)
  p = fused(p, w, plus: 0.2222222221846005)
  p = fused(p, w, plus: 0.28571428571435764)
  p = fused(p, w, plus: 0.39999999999999997)
  return exactSum(first.high, fused(cube.high * w, p, plus: first.low))
}

/// The same to about 2e-23: the series s³ (2/3 + 2/5 s² + 2/7 s⁴ + ...), its first three coefficients in
/// two doubles.
@inline(__always)
private func logarithmTail(precisely s: Precise) -> Precise {
  let square = s * s
  let w = square.high
  // Taylor's coefficients 2/9, 2/11, ... 2/31; in two halves, that wait less for each other.
  let w2 = w * w
  var even = Vector(repeating: 0.06896551724137931)
  even = fused(even, w2, plus: 0.08)
  even = fused(even, w2, plus: 0.09523809523809523)
  even = fused(even, w2, plus: 0.11764705882352941)
  even = fused(even, w2, plus: 0.15384615384615385)
  even = fused(even, w2, plus: 0.2222222222222222)
  var odd = Vector(repeating: 0.06451612903225806)
  odd = fused(odd, w2, plus: 0.07407407407407407)
  odd = fused(odd, w2, plus: 0.08695652173913043)
  odd = fused(odd, w2, plus: 0.10526315789473684)
  odd = fused(odd, w2, plus: 0.13333333333333333)
  odd = fused(odd, w2, plus: 0.18181818181818182)
  let rest = w * fused(odd, w, plus: even)
  let seventh = exactSum(Vector(repeating: 0.2857142857142857), rest)
  let fifth = square * Precise(seventh.high, seventh.low + 1.586032892321652e-17)
  let sum = exactSum(Vector(repeating: 0.4), fifth.high)
  let outer = square * Precise(sum.high, sum.low + (fifth.low - 2.2204460492503132e-17))
  let all = exactSum(Vector(repeating: 0.6666666666666666), outer.high)
  return square * s * Precise(all.high, all.low + (outer.low + 3.700743415417188e-17))
}

/// Spot and strike of any size as two numbers of like size, and the power of two between them.
@inline(never)
private func alignAny(
  _ rows: OptionRows, _ m: inout Vector, _ b: inout Vector, _ k: inout Vector
) {
  let one = Vector(repeating: 1)
  let (spot, spotShift) = normalised(rows.spot)
  let (strike, strikeShift) = normalised(rows.strike)
  let (a, aExponent) = alignedExponent(spot, one)
  let (bScaled, bExponent) = alignedExponent(strike, one)
  let (aligned, exponent) = alignedExponent(a, bScaled)
  m = aligned
  b = bScaled
  k = exponent + ((aExponent - spotShift) - (bExponent - strikeShift))
}

/// A positive double as a normal one, and the power of two it was multiplied with.
@inline(__always)
private func normalised(_ x: Vector) -> (Vector, Vector) {
  let tiny = x .< 0x1p-1022
  return (select(tiny, x * 0x1p54, x), select(tiny, Vector(repeating: 54), Vector()))
}
