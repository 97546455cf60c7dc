/// Eight firms on their way through the ordinary solver: first inputs, then the iterate, then results.
struct MertonBlockRows {
  private(set) var firms: MertonFirms
  /// F, and once it is solved the asset value.
  private(set) var assetValue: Vector
  /// The iterate x, and once it is solved the distance to default.
  private(set) var distance = Vector()
  private(set) var probability = Vector()
  /// σ_V / σ_E = 1 / W.
  private(set) var shrinkage = Vector()
  private(set) var residual = Vector()
  /// All ones where the residual and the last step say that the root is found.
  private(set) var isSolved = Vector() .< 0

  @inline(__always)
  init(_ firms: MertonFirms, discountedDebt: Vector) {
    self.firms = firms
    assetValue = discountedDebt
  }

  @inline(__always)
  mutating func guess() { distance = MertonStart(firms).guess }

  @inline(__always)
  mutating func takeStep(rough: Bool) {
    distance += MertonEquation(firms, at: distance, rough: rough).halleyStep
  }

  /// Evaluates once more, checks the residual, and applies the last correction to first order.
  @inline(__always)
  mutating func conclude() {
    let x = distance
    let equation = MertonEquation(firms, at: x, rough: false)
    let step = equation.newtonStep
    residual = magnitude(equation.mismatch)
    isSolved =
      isNegligible(step, at: x) .& (residual .<= 1e-9 * equation.shrinkage)
      .& (equation.slope .>= 0x1p-9) .& (x .>= -37)
    let growth = equation.deviation * fused(-equation.hazard, equation.d1, plus: 1)
    assetValue = assetValue / equation.debtShare * fused(growth, step, plus: 1)
    shrinkage = equation.shrinkage * fused(-equation.hazard, step, plus: 1)
    let upper = equation.density * equation.tail.numerator / equation.tail.denominator
    probability = fused(-equation.density, step, plus: select(x .> 0, upper, 1 - upper))
    distance = x + step
  }
}

/// Whether a last Newton step is so small that its square does not matter.
@inline(__always)
func isNegligible(_ step: Vector, at x: Vector) -> Mask {
  let (size, move) = (magnitude(x), magnitude(step))
  return (fused(move, size, plus: move) .<= 1e-9) .| (move .<= 1e-13 * size)
}
