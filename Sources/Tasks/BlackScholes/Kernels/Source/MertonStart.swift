// The first guess for d2, where both equations are nearly one: with a the classical guess that all debt
// is safe, x + c n(x)/N(x) = a. It is exact for E/F → 0 with c = 1, and c = (5 - u) u / 4 with
// u = F / (E + F) stays within a few hundredths of the root elsewhere.

/// Where d2 would be if the debt were safe, and the weight c of the hazard that corrects it.
struct MertonStart {
  let safe: Vector
  let weight: Vector

  @inline(__always)
  init(_ firms: MertonFirms) {
    self.init(firms, logRatio: logarithmOfRatio(1 + firms.leverage, firms.leverage))
  }

  /// The same for leverage of any size, given its logarithm.
  @inline(__always)
  init(_ firms: MertonFirms, logLeverage: Vector) {
    self.init(firms, logRatio: logarithmOfOnePlus(firms.leverage) - logLeverage)
  }

  @inline(__always)
  private init(_ firms: MertonFirms, logRatio: Vector) {
    let total = 1 + firms.leverage
    let equityShare = 1 / total
    let share = firms.leverage * equityShare
    // log(1 + E/F) / s - s / 2 with s = σ_E √T E / (E + F).
    let first = logRatio * total / firms.deviation
    safe = fused(firms.deviation * equityShare, Vector(repeating: -0.5), plus: first)
    weight = share * fused(share, Vector(repeating: -0.25), plus: 1.25)
  }

  /// The root with n(x)/N(x) ≈ (√(x² + 8/π) - x) / 2, which is exact at 0 and far below.
  @inline(__always)
  var guess: Vector {
    let half = 0.5 * weight
    let a = fused(-weight, Vector(repeating: 1), plus: 1)
    let b = safe * (1 - half)
    let c = fused(safe, safe, plus: -(half * half) * 2.5464790894703255)
    let root = squareRoot(larger(fused(b, b, plus: -a * c), Vector()))
    return select(b .> 0, c, b - root) / select(b .> 0, b + root, a)
  }

  /// The guess after one step of Newton on x + c n(x)/N(x) = a, for inputs of any size.
  @inline(__always)
  var refinedGuess: Vector {
    let x = guess
    let z = smaller(magnitude(x), Vector(repeating: 37.6))
    let density = inverseRootTwoPi * roughExponential(-0.5 * z * z)
    let tail = MillsFraction(rough: z)
    let below = density * tail.denominator / tail.scaledDistribution(x, density: density)
    let hazard = select(x .< -37, 1 / larger(magnitude(x), Vector(repeating: 1)) - x, below)
    let miss = fused(weight, hazard, plus: x - safe)
    return x - miss / fused(-weight * hazard, x + hazard, plus: 1)
  }
}
