import VectorShims

// Every function here gives the same bits in every build: the order of operations is fixed, each
// fused multiply-add is written as one, and division and square root are the exact ones. A lane's
// result depends on that lane alone; a branch only decides whether the careful path is computed too.

// MARK: - Building blocks

/// The correctly rounded square root of every lane.
@inline(__always)
func squareRoot(_ x: Vector) -> Vector { batchrun_sqrt8(x) }

/// The sum a b + c of every lane, rounded once.
@inline(__always)
func fused(_ a: Vector, _ b: Vector, plus c: Vector) -> Vector { c.addingProduct(a, b) }

/// The sum a b + c of every lane with one addend for all lanes, rounded once.
@inline(__always)
func fused(_ a: Vector, _ b: Vector, plus c: Double) -> Vector {
  Vector(repeating: c).addingProduct(a, b)
}

/// The absolute value of every lane.
@inline(__always)
func magnitude(_ x: Vector) -> Vector { value(bits(x) & 0x7FFF_FFFF_FFFF_FFFF) }

/// The smaller of two values in every lane; the second where either is not a number.
@inline(__always)
func smaller(_ a: Vector, _ b: Vector) -> Vector { select(a .< b, a, b) }

/// The larger of two values in every lane; the second where either is not a number.
@inline(__always)
func larger(_ a: Vector, _ b: Vector) -> Vector { select(a .> b, a, b) }

/// A sum whose last bits hold the nearest integer: adding it rounds, its low bits are the integer.
var roundingShift: Double { 0x1.8p52 }

/// The positive doubles 2^k for integers k in -1022 ... 1023, given as the low bits of `k`.
@inline(__always)
func powerOfTwo(_ k: Bits) -> Vector { value((k &+ 1023) &<< 52) }

// MARK: - Exponential

/// The series (e^r - 1 - r) / r² on |r| ≤ ln 2 / 2; coefficients from tools/fit-kernels.py.
@inline(__always)
func exponentialTail(_ r: Vector) -> Vector {
  // Pairs are summed as a tree: where one chain of ten waits, the solvers wait with it.
  let r2 = r * r
  let r4 = r2 * r2
  let p01 = fused(r, Vector(repeating: 0.16666666666666669), plus: 0.5000000000000001)
  let p23 = fused(r, Vector(repeating: 0.008333333333330062), plus: 0.04166666666662413)
  let p45 = fused(r, Vector(repeating: 0.00019841269863053618), plus: 0.0013888888917213717)
  let p67 = fused(r, Vector(repeating: 2.7557268459997064e-06), plus: 2.4801521295954376e-05)
  let p89 = fused(r, Vector(repeating: 2.510038549551032e-08), plus: 2.7620088445409746e-07)
  let p03 = fused(p23, r2, plus: p01)
  let p47 = fused(p67, r2, plus: p45)
  return fused(fused(p89, r4, plus: p47), r4, plus: p03)
}

/// A number x as k ln 2 + r with integer k and |r| ≤ ln 2 / 2, for |x| < 10⁶.
@inline(__always)
func reduced(_ x: Vector) -> (r: Vector, k: Vector, kBits: Bits) {
  let shifted = fused(x, Vector(repeating: 1.4426950408889634), plus: roundingShift)
  let k = shifted - roundingShift
  var r = fused(k, Vector(repeating: -0.693147180559663), plus: x)
  r = fused(k, Vector(repeating: -2.8235290563031577e-13), plus: r)
  return (r, k, bits(shifted))
}

/// e^x within 1 ulp for |x| ≤ 708; any other lane gets an unspecified value.
@inline(__always)
func exponentialInRange(_ x: Vector) -> Vector {
  let (r, _, k) = reduced(x)
  let p = 1 + fused(r * r, exponentialTail(r), plus: r)
  return value(bits(p) &+ (k &<< 52))
}

/// e^x within 1 ulp for every x, subnormal results and infinities included.
@inline(__always)
func exponential(_ x: Vector) -> Vector {
  let inRange = magnitude(x) .<= 708
  if _fastPath(all(inRange)) { return exponentialInRange(x) }
  var result = x
  exponentialOfAny(&result)
  return result
}

// The rare paths take their vector in memory: passed by value, Swift would hand it over in pieces of two
// lanes, and the compiler would split what computes it accordingly.

@inline(never)
private func exponentialOfAny(_ x: inout Vector) {
  let result = ScaledExponential(x).times(Vector(repeating: 1))
  x = select(x .== x, result, x)
}

/// e^x - 1 with small relative error for |x| ≤ 708; any other lane gets an unspecified value.
@inline(__always)
func exponentialMinusOneInRange(_ x: Vector) -> Vector {
  let (r, _, k) = reduced(x)
  let p = fused(r * r, exponentialTail(r), plus: r)
  let scale = powerOfTwo(k)
  return fused(scale, p, plus: scale - 1)
}

/// e^x - 1 within 2 ulp for every x.
@inline(__always)
func exponentialMinusOne(_ x: Vector) -> Vector {
  let inRange = magnitude(x) .<= 708
  if _fastPath(all(inRange)) { return exponentialMinusOneInRange(x) }
  let ordinary = exponentialMinusOneInRange(select(inRange, x, Vector()))
  return select(inRange, ordinary, exponential(x) - 1)
}

// MARK: - Logarithm

/// The series (log((1+s)/(1-s)) - 2s) / s³ in w = s² ≤ 0.04; coefficients from tools/fit-kernels.py.
@inline(__always)
func logarithmTail(_ w: Vector) -> Vector {
  let square = w * w
  var even = Vector(repeating: 0.13209708242059462)
  even = fused(even, square, plus: 0.18181737626302938)
  even = fused(even, square, plus: 0.28571428567275936)
  even = fused(even, square, plus: 0.6666666666666666)
  var odd = Vector(repeating: 0.13609030262858499)
  odd = fused(odd, square, plus: 0.15388867805613718)
  odd = fused(odd, square, plus: 0.2222222304835159)
  odd = fused(odd, square, plus: 0.4000000000000794)
  return fused(odd, w, plus: even)
}

/// The integer k for which a / 2^k is nearest to b on the scale of their bits, and a / 2^k.
///
/// The quotient (a / 2^k) / b then lies between 2/3 and 3/2, so that their difference is exact.
@inline(__always)
func alignedExponent(_ a: Vector, _ b: Vector) -> (scaled: Vector, k: Vector) {
  // Adding (1024 + 1/2) · 2⁵² rounds to the nearest exponent and keeps it positive.
  let distance = bits(a) &- bits(b) &+ 0x4008_0000_0000_0000
  let exponent = distance &>> 52
  let k = value(exponent | 0x4330_0000_0000_0000) - (0x1p52 + 1024)
  return (value(bits(a) &- ((exponent &- 1024) &<< 52)), k)
}

/// The natural logarithm within 1 ulp of a positive, normal and finite x; else unspecified.
@inline(__always)
func logarithmInRange(_ x: Vector) -> Vector {
  let (m, k) = alignedExponent(x, Vector(repeating: 1))
  let f = m - 1
  let s = f / (f + 2)
  let w = s * s
  let half = 0.5 * f * f
  let inner = s * fused(w, logarithmTail(w), plus: half)
  let low = fused(k, Vector(repeating: 2.8235290563031577e-13), plus: inner)
  return fused(k, Vector(repeating: 0.693147180559663), plus: f - (half - low))
}

/// The natural logarithm within 1 ulp: -inf at 0, not a number below.
@inline(__always)
func logarithm(_ x: Vector) -> Vector {
  let inRange = (x .>= 0x1p-1022) .& (x .<= 0x1.fffffffffffffp1023)
  if _fastPath(all(inRange)) { return logarithmInRange(x) }
  var result = x
  logarithmOfAny(&result)
  return result
}

@inline(never)
private func logarithmOfAny(_ x: inout Vector) {
  let tiny = x .< 0x1p-1022
  let normal = select(tiny, x * 0x1p54, x)
  let usable = (normal .>= 0x1p-1022) .& (normal .<= 0x1.fffffffffffffp1023)
  let finite = logarithmInRange(select(usable, normal, Vector(repeating: 1)))
  var result = select(tiny, finite - 37.42994775023705, finite)
  result = select(x .== 0, Vector(repeating: -.infinity), result)
  result = select(x .== .infinity, x, result)
  x = select(x .>= 0, result, Vector(repeating: .nan))
}

/// The natural logarithm of a positive, normal and finite x, with an error of 2e-8 at most; else
/// unspecified.
@inline(__always)
func coarseLogarithmInRange(_ x: Vector) -> Vector {
  let (m, k) = alignedExponent(x, Vector(repeating: 1))
  let f = m - 1
  let square = f * f
  var even = fused(
    square, Vector(repeating: 0.05295107039090682), plus: 0.14972898005614102)
  even = fused(even, square, plus: 0.19979033065583654)
  even = fused(even, square, plus: 0.33333502841138074)
  even = fused(even, square, plus: 0.9999999977480479)
  var odd = fused(square, Vector(repeating: -0.11956826445928899), plus: -0.16835696043848355)
  odd = fused(odd, square, plus: -0.24992916545506963)
  odd = fused(odd, square, plus: -0.5000006865312001)
  return fused(k, Vector(repeating: 0.6931471805599453), plus: f * fused(odd, f, plus: even))
}

/// The natural logarithm of a positive and finite x, with an error of 2e-8 at most; else unspecified.
@inline(__always)
func coarseLogarithm(_ x: Vector) -> Vector {
  let coarse = coarseLogarithmInRange(x)
  let isNormal = x .>= 0x1p-1022
  if _fastPath(all(isNormal)) { return coarse }
  return select(isNormal, coarse, logarithm(x))
}

/// log(a / b) within 2 ulp, also where a is close to b, without forming the quotient.
///
/// Both lanes must be positive, normal and finite, and the quotient between 2^-1000 and 2^1000.
@inline(__always)
func logarithmOfRatio(_ a: Vector, _ b: Vector) -> Vector {
  let (m, k) = alignedExponent(a, b)
  let s = (m - b) / (m + b)
  let w = s * s
  let low = fused(k, Vector(repeating: 2.8235290563031577e-13), plus: s * w * logarithmTail(w))
  let sum = fused(s, Vector(repeating: 2), plus: low)
  return fused(k, Vector(repeating: 0.693147180559663), plus: sum)
}

/// log(1 + x) with small relative error for x > -1 with 1 + x normal and finite.
@inline(__always)
func logarithmOfOnePlus(_ x: Vector) -> Vector {
  // The rounding error of 1 + x, relative to it, is added back to first order.
  let sum = 1 + x
  let back = sum - 1
  let lost = (1 - (sum - back)) + (x - back)
  return logarithm(sum) + select(sum .== 0, Vector(), lost / sum)
}
