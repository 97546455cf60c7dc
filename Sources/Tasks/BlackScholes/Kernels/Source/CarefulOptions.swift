// The careful path: every product keeps its exponent apart, what would cancel is formed without
// cancelling, and expired or riskless options get their limits.

// MARK: - Values

/// Prices and sensitivities of eight options of any kind, and what became of each.
@inline(never)
func carefulOptionValues(_ given: OptionRows) -> (OptionValues, Codes) {
  let isUsable = usable(given)
  let rows = given.replacingUnusable(isUsable)
  let x = carefulLogForward(rows).high
  let rootTime = squareRoot(rows.maturity)
  let v = smaller(rows.volatility * rootTime, Vector(repeating: 1e5))
  let t = 0.5 * v
  // A riskless option at the money forward has h = 0; any other is infinitely far from it.
  let limit = Vector(repeating: 1e5)
  let h = select(x .== 0, Vector(), larger(smaller(x / v, limit), -limit))
  let exact = exactSum(h, t)
  let d1 = exact.high
  let d2 = h - t
  let square = d1 * d1
  let squareLow = fused(d1, d1, plus: -square) + 2 * d1 * exact.low
  let density = ScaledExponential(-0.5 * square - 0.5 * squareLow)
  let tail1 = inverseRootTwoPi * millsRatio(magnitude(d1))
  let tail2 = inverseRootTwoPi * millsRatio(magnitude(d2))

  let sign = select(rows.isPut, Vector(repeating: -1), Vector(repeating: 1))
  let yieldDiscount = exponential(-rows.dividend * rows.maturity)
  let presentSpot = rows.spot * yieldDiscount
  let presentStrike = rows.strike * exponential(-rows.rate * rows.maturity)
  let above1 = (d1 .> 0) .^ rows.isPut
  let above2 = (d2 .> 0) .^ rows.isPut
  let weight1 = select(
    above1, yieldDiscount * (1 - density.times(tail1)), density.times(yieldDiscount * tail1))
  let lower2 = density.times(presentSpot * tail2)
  let weight2 = select(above2, presentStrike - lower2, lower2)
  let weightedSpot = select(
    above1, presentSpot * (1 - density.times(tail1)), density.times(presentSpot * tail1))

  var values = OptionValues()
  let core = inverseRootTwoPi * presentSpot
  values.price = carefulPrice(
    rows, x: x, h: h, t: t, d1: d1, core: core, density: density, presentSpot: presentSpot,
    presentStrike: presentStrike)
  values.delta = sign * weight1
  // Beyond this distance no factor that a double holds makes the density count.
  let isOut = magnitude(d1) .> 53
  let gamma = density.times(inverseRootTwoPi * yieldDiscount / rows.spot / v)
  values.gamma = select(isOut, Vector(), gamma)
  values.vega = density.times(core * rootTime)
  let decay = select(
    isOut .| (rows.volatility .== 0), Vector(),
    density.times(core * (rows.volatility / (2 * rootTime))))
  values.theta = carefulTheta(
    rows, price: values.price, weightedSpot: weightedSpot, weight2: weight2, decay: decay)
  // Far out of the money both terms may be subnormal, and their factors are not.
  let isTail = not(above1 .| above2 .| (v .== 0))
  let slope = fused(
    sign, rows.dividend * tail1 - rows.rate * tail2,
    plus: -inverseRootTwoPi
      * (rows.volatility / (2 * rootTime)))
  values.theta = select(isTail, density.times(presentSpot * slope), values.theta)
  values.rho =
    sign
    * select(
      above2, rows.maturity * weight2, density.times(rows.maturity * presentSpot * tail2))

  // What is worth nothing has sensitivities of 0, not -0.
  values.delta = values.delta + 0
  values.theta = values.theta + 0
  values.rho = values.rho + 0

  let unknown = Vector(repeating: .nan)
  let bad = OptionValues(all: unknown)
  let status = select(isUsable, Status.ok, Codes(repeating: Status.badInput))
  return (OptionValues(isUsable, values, bad), status)
}

/// Theta in whichever of two equal forms does not cancel for options near the money.
@inline(__always)
private func carefulTheta(
  _ rows: OptionRows, price: Vector, weightedSpot: Vector, weight2: Vector, decay: Vector
) -> Vector {
  let sign = select(rows.isPut, Vector(repeating: -1), Vector(repeating: 1))
  let direct = sign * (rows.dividend * weightedSpot - rows.rate * weight2)
  let spread = rows.dividend - rows.rate
  let viaPrice = rows.rate * price + sign * spread * weightedSpot
  let isClose = (weightedSpot .<= 2 * weight2) .& (weight2 .<= 2 * weightedSpot)
  return select(isClose, viaPrice, direct) - decay
}

/// The price as intrinsic value plus time value, each without cancellation.
@inline(__always)
private func carefulPrice(
  _ rows: OptionRows, x: Vector, h: Vector, t: Vector, d1: Vector, core: Vector,
  density: ScaledExponential, presentSpot: Vector, presentStrike: Vector
) -> Vector {
  // The time value is the price of whichever of call and put is out of the money; it has the same
  // form for both in a = |h|: core · n(d1) · (R(a - t) - R(a + t)).
  let a = magnitude(h)
  let isSmooth = isSmoothDifference(a, t)
  let isAcross = not(isSmooth) .& (a .< t)
  let (inner, outer) = (millsRatio(magnitude(a - t)), millsRatio(a + t))
  let direct = inner + select(isAcross, outer, -outer)
  let ratio = select(isSmooth, smoothDifference(a, t).high, direct)
  let scaled = density.times(core * ratio)
  let ceiling = select(x .> 0, presentStrike, presentSpot)
  let timeValue = select(isAcross, ceiling - scaled, scaled)

  let growth = exponentialMinusOne(larger(smaller(x, Vector(repeating: 1)), Vector(repeating: -1)))
  // Undiscounted prices are exact: so is their difference.
  let isExact = (presentSpot .== rows.spot) .& (presentStrike .== rows.strike)
  let forwardGain = select(
    (magnitude(x) .<= 0.5) .& not(isExact), presentStrike * growth, presentSpot - presentStrike)
  let isIn = ((x .> 0) .^ rows.isPut) .& not(x .== 0)
  return select(isIn, magnitude(forwardGain) + timeValue, timeValue)
}

// MARK: - Usable rows

/// The rows that state an option: positive finite prices, no negative time or volatility, and
/// discount factors that a double can hold.
@inline(__always)
func usable(_ rows: OptionRows) -> Mask {
  let largest = Double.greatestFiniteMagnitude
  return (rows.spot .> 0) .& (rows.spot .<= largest)
    .& (rows.strike .> 0) .& (rows.strike .<= largest)
    .& (rows.volatility .>= 0) .& (rows.volatility .<= largest)
    .& (rows.maturity .>= 0) .& (rows.maturity .<= largest)
    .& (magnitude(rows.rate * rows.maturity) .<= 700)
    .& (magnitude(rows.dividend * rows.maturity) .<= 700)
    .& (magnitude(rows.rate) .<= largest) .& (magnitude(rows.dividend) .<= largest)
}

extension OptionRows {
  /// The rows with a harmless option in place of each unusable one.
  @inline(__always)
  func replacingUnusable(_ isUsable: Mask) -> OptionRows {
    let one = Vector(repeating: 1)
    var rows = self
    rows.spot = select(isUsable, spot, one)
    rows.strike = select(isUsable, strike, one)
    rows.rate = select(isUsable, rate, Vector())
    rows.dividend = select(isUsable, dividend, Vector())
    rows.volatility = select(isUsable, volatility, one)
    rows.maturity = select(isUsable, maturity, one)
    return rows
  }
}

extension OptionValues {
  @inline(__always)
  fileprivate init(all x: Vector) {
    (price, delta, gamma) = (x, x, x)
    (vega, theta, rho) = (x, x, x)
  }
}
