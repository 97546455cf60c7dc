// The two equations as one. With F = D e^{-rT} and s = σ_V √T the call equation and Itô's lemma read
//   E = V N(d1) - F N(d2)   and   σ_E √T E = s V N(d1),
// so that s = σ_E √T / W with W = 1 + (F/E) N(d2): given d2 = x, everything else follows. The root of
//   h(x) = x s + s²/2 + log N(x + s) - log(E/F) - log W
// is wanted. The steps are taken on k = h/s, which is nearly a straight line from no debt to hopeless
// leverage (its limit for E/F → 0 is x + n(x)/N(x) - 1/(σ_E √T)).

/// Eight firms, reduced to the two numbers on which the root depends.
struct MertonFirms {
  /// F/E, the discounted debt over the equity.
  let leverage: Vector
  /// σ_E √T.
  let deviation: Vector
}

/// The equation and its slopes at one x.
struct MertonEquation {
  /// h(x); where it is far from 0, its Padé approximant, which never exceeds 2.
  let mismatch: Vector
  /// s k'(x) and s k''(x) for k = h/s.
  let slope: Vector
  let curvature: Vector
  /// 1 / W.
  let shrinkage: Vector
  /// s = σ_V √T and d1.
  let deviation: Vector
  let d1: Vector
  /// n(x) F / (E W), the relative slope of W.
  let hazard: Vector
  /// F / V and n(x).
  let debtShare: Vector
  let density: Vector
  /// The Mills fraction at the magnitude of x.
  let tail: MillsFraction

  /// Evaluates at x, within 1e-6 if `rough`.
  ///
  /// Lanes whose exponents leave the range of a double get a mismatch that is not small.
  @inline(__always)
  init(_ firms: MertonFirms, at x: Vector, rough: Bool) {
    let z = smaller(magnitude(x), Vector(repeating: 37.6))
    density = inverseRootTwoPi * Self.exponential(-0.5 * z * z, rough: rough)
    tail = rough ? MillsFraction(rough: z) : MillsFraction(z)
    let scaled = tail.scaledDistribution(x, density: density)
    shrinkage = tail.denominator / fused(firms.leverage, scaled, plus: tail.denominator)
    deviation = firms.deviation * shrinkage
    d1 = x + deviation

    let logRatio = deviation * fused(deviation, Vector(repeating: 0.5), plus: x)
    let bounded = larger(smaller(logRatio, Vector(repeating: 700)), Vector(repeating: -700))
    debtShare = Self.exponential(-bounded, rough: rough)
    let density1 = density * debtShare
    let z1 = smaller(magnitude(d1), Vector(repeating: 64))
    let tail1 = rough ? MillsFraction(rough: z1) : MillsFraction(z1)
    let scaled1 = tail1.scaledDistribution(d1, density: density1)

    // h = log(a / b), by log y ≈ 2 (y - 1) / (y + 1), which is exact to the third order.
    let a = firms.leverage * shrinkage * scaled1
    let b = debtShare * tail1.denominator
    mismatch = 2 * (a - b) / (a + b)
    hazard = firms.leverage * density * shrinkage
    let slopes = MertonSlopes(
      x: x, deviation: deviation, hazard: hazard,
      inverseMills: density1 * tail1.denominator / scaled1,
      mismatch: mismatch)
    slope = slopes.first
    curvature = slopes.second
  }

  @inline(__always)
  private static func exponential(_ x: Vector, rough: Bool) -> Vector {
    rough ? roughExponential(x) : exponentialInRange(x)
  }

  /// Newton's step to the root of k.
  @inline(__always)
  var newtonStep: Vector { -mismatch / slope }

  /// Halley's step to the root of k: the error is cubed.
  @inline(__always)
  var halleyStep: Vector {
    let square = fused(slope, slope, plus: -0.5 * mismatch * curvature)
    return -mismatch * slope / square
  }
}

/// The derivatives of k = h/s, each times s, from what is known at x.
///
/// With ρ the hazard and λ = n(d1)/N(d1): s' = -s ρ, ρ' = -ρ (x + ρ), λ' = -λ (d1 + λ).
struct MertonSlopes {
  let first: Vector
  let second: Vector

  @inline(__always)
  init(x: Vector, deviation s: Vector, hazard: Vector, inverseMills: Vector, mismatch h: Vector) {
    let d1 = x + s
    let sSlope = -s * hazard
    let d1Slope = 1 + sSlope
    let bend = fused(Vector(repeating: 2), hazard, plus: x)
    let sBend = s * hazard * bend
    let hSlope = fused(d1, sSlope, plus: s) + fused(inverseMills, d1Slope, plus: -hazard)
    let pull = fused(-inverseMills * d1Slope, d1Slope, plus: sBend)
    let hBend = fused(
      sSlope, 1 + d1Slope, plus: fused(d1 + inverseMills, pull, plus: hazard * (x + hazard)))
    first = fused(h, hazard, plus: hSlope)
    second = fused(2 * hazard, first, plus: fused(-h * hazard, bend, plus: hBend))
  }
}
