// The careful search for d2: logarithms instead of quotients, a bracket around the root, and a form of h
// that keeps its relative accuracy where the asset volatility nearly vanishes.

/// The root of both equations for eight firms with debt and risk, of any size.
struct MertonRoot {
  private(set) var x: Vector
  private(set) var deviation = Vector(repeating: .nan)
  private(set) var assetValue = Vector(repeating: .nan)
  private(set) var residual = Vector(repeating: .nan)
  private(set) var isFound = Vector() .< 0

  /// Takes E, D, r T and σ_E √T, all finite, positive but for r T.
  init(equity: Vector, debt: Vector, rateTime: Vector, deviation total: Vector) {
    let logLeverage = CarefulEquation.logRatio(debt, equity) - rateTime
    let firms = MertonFirms(leverage: debt * exponential(-rateTime) / equity, deviation: total)
    x = MertonStart(firms, logLeverage: logLeverage).refinedGuess
    var low = Vector(repeating: -.infinity)
    var high = Vector(repeating: .infinity)
    // Three or four steps are usual; a lane that is done keeps what it found.
    for _ in 0..<80 {
      let equation = CarefulEquation(firms, logLeverage: logLeverage, at: x)
      low = select(equation.mismatch .< 0, x, low)
      high = select(equation.mismatch .> 0, x, high)
      let step = equation.step
      accept(equation, step, equity: equity)
      if all(isFound) { break }
      x = select(isFound, x, Self.inside(x, x + step, low, high))
    }
  }

  private mutating func accept(_ equation: CarefulEquation, _ step: Vector, equity: Vector) {
    let miss = magnitude(equation.mismatch) * equation.weight
    let isNew = not(isFound) .& isNegligible(step, at: x) .& (miss .<= 1e-9)
    // What the last step changes, to first order.
    let shrinking = fused(-equation.hazard, step, plus: 1)
    deviation = select(isNew, equation.deviation * shrinking, deviation)
    let value = equity * (equation.weight / equation.distribution1)
    assetValue = select(isNew, fused(value * equation.growth, step, plus: value), assetValue)
    residual = select(isNew, miss, residual)
    x = select(isNew, x + step, x)
    isFound = isFound .| isNew
  }

  /// The next point if it lies between the bounds; else the middle, or a stride towards an open end.
  private static func inside(_ x: Vector, _ next: Vector, _ low: Vector, _ high: Vector) -> Vector {
    let stride = 1 + magnitude(x)
    let lower = select(low .== -.infinity, smaller(x, high) - stride, low)
    let upper = select(high .== .infinity, larger(x, low) + stride, high)
    let isInside = (next .> low) .& (next .< high) .& (magnitude(next - x) .<= 4 * stride)
    return select(isInside, next, 0.5 * lower + 0.5 * upper)
  }
}

/// The equation h(x) = 0 by logarithms.
private struct CarefulEquation {
  let mismatch: Vector
  let slope: Vector
  let curvature: Vector
  /// W, s, n(x) F/(E W), N(d1) and the relative slope of V.
  let weight: Vector
  let deviation: Vector
  let hazard: Vector
  let distribution1: Vector
  let growth: Vector

  init(_ firms: MertonFirms, logLeverage: Vector, at x: Vector) {
    let distribution2 = normalDistribution(x)
    weight = fused(firms.leverage, distribution2, plus: 1)
    deviation = firms.deviation / weight
    let d1 = x + deviation
    distribution1 = normalDistribution(d1)
    hazard = firms.leverage * normalDensity(x) / weight
    let mills = millsRatio(smaller(magnitude(d1), Vector(repeating: 1e20)))
    let inverseMills = select(d1 .> 0, normalDensity(d1) / distribution1, 1 / mills)
    growth = fused(-inverseMills, fused(-deviation, hazard, plus: 1), plus: hazard)

    let logRatio = deviation * fused(deviation, Vector(repeating: 0.5), plus: x)
    let below = fused(-0.5 * d1, d1, plus: logarithm(mills * inverseRootTwoPi))
    let log1 = select(d1 .> 0, logarithmOfOnePlus(-normalDistribution(-d1)), below)
    let plain = logRatio + logLeverage + (log1 - logarithmOfOnePlus(firms.leverage * distribution2))
    let fine = Self.fineMismatch(firms, x, deviation, distribution1, logRatio)
    let isFine = (deviation .< 0x1p-6) .& (fine .== fine)
    mismatch = select(isFine, fine, plain)
    let slopes = MertonSlopes(
      x: x, deviation: deviation, hazard: hazard, inverseMills: inverseMills, mismatch: mismatch)
    slope = slopes.first
    curvature = slopes.second
  }

  /// Halley's step, or Newton's where Halley's would leave the region it is good for.
  var step: Vector {
    let square = slope * slope
    let bent = fused(-0.5 * mismatch, curvature, plus: square)
    return -mismatch * slope / select(bent .> 0.25 * square, bent, square)
  }

  /// h for a small s as log(V/F) twice: x s + s²/2 - log(1 + (E/F - (N(d1) - N(d2))) / N(d1)).
  private static func fineMismatch(
    _ firms: MertonFirms, _ x: Vector, _ s: Vector, _ distribution1: Vector, _ logRatio: Vector
  ) -> Vector {
    let excess = 1 / firms.leverage - distributionGap(x, s)
    return logRatio - logarithmOfOnePlus(excess / distribution1)
  }

  /// N(x + s) - N(x), by its Taylor series around the middle m where |m| s is small.
  ///
  /// The terms are the even derivatives of n(m), Hermite polynomials in m.
  private static func distributionGap(_ x: Vector, _ s: Vector) -> Vector {
    let middle = fused(s, Vector(repeating: 0.5), plus: x)
    let a = middle * middle
    let b = 0.25 * s * s
    let h8 = fused(
      fused(fused(a - 28, a, plus: 210), a, plus: Vector(repeating: -420)), a, plus: 105)
    let h6 = fused(fused(a - 15, a, plus: 45), a, plus: -15)
    let h4 = fused(a - 6, a, plus: 3)
    var series = fused(b, h8 * (1.0 / 362_880), plus: h6 * (1.0 / 5040))
    series = fused(series, b, plus: h4 * (1.0 / 120))
    series = fused(series, b, plus: (a - 1) * (1.0 / 6))
    series = fused(series, b, plus: 1)
    let near = s * normalDensity(middle) * series
    let y = x + s
    let far = select(
      middle .> 0, normalDistribution(-x) - normalDistribution(-y),
      normalDistribution(y) - normalDistribution(x))
    return select(magnitude(middle) * s .<= 0.25, near, far)
  }

  /// log(a / b) for positive finite numbers of any size.
  static func logRatio(_ a: Vector, _ b: Vector) -> Vector {
    let isNear =
      (a .>= 0x1p-400) .& (a .<= 0x1p400) .& (b .>= 0x1p-400) .& (b .<= 0x1p400)
    let one = Vector(repeating: 1)
    let near = logarithmOfRatio(select(isNear, a, one), select(isNear, b, one))
    return select(isNear, near, logarithm(a) - logarithm(b))
  }
}
