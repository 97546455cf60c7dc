// The tail of the normal distribution as a fraction kept apart, so that the division which each
// solver needs anyway also serves the tail.

/// A Mills ratio (1 - N(z)) / n(z) as numerator and denominator.
struct MillsFraction {
  let numerator: Vector
  let denominator: Vector

  /// The fraction for 0 ≤ z ≤ 64, exact to 6e-17 below 39; coefficients from tools/fit-merton.py.
  ///
  /// All coefficients are positive: no sum cancels. Pairs are summed as a tree, to wait less.
  @inline(__always)
  init(_ z: Vector) {
    let z2 = z * z
    let z4 = z2 * z2
    let z8 = z4 * z4
    let p01 = fused(z, Vector(repeating: 5.59170950665751336e+5), plus: 3.60813175246695982e+5)
    let p23 = fused(z, Vector(repeating: 2.08791843281958657e+5), plus: 4.28681790984701206e+5)
    let p45 = fused(z, Vector(repeating: 1.70468397021479875e+4), plus: 7.05032779731689531e+4)
    let p67 = fused(z, Vector(repeating: 3.53907410023820645e+2), plus: 2.95101786803741438e+3)
    let p89 = fused(z, Vector(repeating: 9.9999999999703192e-1), plus: 2.68844684981002368e+1)
    let p03 = fused(p23, z2, plus: p01)
    let p47 = fused(p67, z2, plus: p45)
    numerator = fused(p89, z8, plus: fused(p47, z4, plus: p03))
    let q01 = fused(z, Vector(repeating: 6.75854669878436629e+5), plus: 2.87887261863597329e+5)
    let q23 = fused(z, Vector(repeating: 4.935507366068656e+5), plus: 7.37348958034830274e+5)
    let q45 = fused(z, Vector(repeating: 7.3400523531078263e+4), plus: 2.25140938430357418e+5)
    let q67 = fused(z, Vector(repeating: 2.97790233331482309e+3), plus: 1.73987472346486708e+4)
    let q89 = fused(z, Vector(repeating: 2.68844684974856739e+1), plus: 3.54907410081190671e+2)
    let q03 = fused(q23, z2, plus: q01)
    let q47 = fused(q67, z2, plus: q45)
    denominator = fused(q89 + z2, z8, plus: fused(q47, z4, plus: q03))
  }

  /// The fraction within 1e-6, enough for a first step.
  @inline(__always)
  init(rough z: Vector) {
    var p = fused(z, Vector(repeating: 9.99978130705245394e-1), plus: 6.60857878952789706)
    p = fused(p, z, plus: 1.92603213100384483e+1)
    numerator = fused(p, z, plus: 2.52876610951647635e+1)
    var q = z + 6.60707612075677964
    q = fused(q, z, plus: 2.02967243191236451e+1)
    q = fused(q, z, plus: 3.1465253960320362e+1)
    denominator = fused(q, z, plus: 2.0176654062004512e+1)
  }

  /// N(x) times the denominator, given the density n(x) at the x whose magnitude made the fraction.
  @inline(__always)
  func scaledDistribution(_ x: Vector, density: Vector) -> Vector {
    let tail = density * numerator
    return select(x .> 0, denominator - tail, tail)
  }
}

/// e^x within 1e-7 for |x| ≤ 708, enough for a first step; any other lane gets an unspecified value.
@inline(__always)
func roughExponential(_ x: Vector) -> Vector {
  let shifted = fused(x, Vector(repeating: 1.4426950408889634), plus: 0x1.8p52)
  let r = fused(shifted - 0x1.8p52, Vector(repeating: -0.6931471805599453), plus: x)
  var p = fused(r, Vector(repeating: 8.36918438229196143e-3), plus: 4.19177587591267371e-2)
  p = fused(p, r, plus: 1.66665049369635965e-1)
  p = fused(p, r, plus: 4.99988671118532373e-1)
  p = fused(p, r, plus: 1.00000001080395231)
  p = fused(p, r, plus: 1.00000007568178853)
  return value(bits(p) &+ (bits(shifted) &<< 52))
}
