// MARK: - Solution

extension VolatilitySearch {
  /// The volatilities after correction by the precise residual, and what became of each lane.
  ///
  /// A lane is ok once its residual moved it by so little that what remains is below rounding.
  @inline(__always)
  func solution() -> (Vector, Codes) {
    let zero = Vector()
    var sigma = v / target.rootTime.high
    var isPending = target.isOpen .& not(isSearching)
    var isSolved = zero .> 0
    for _ in 0..<4 where any(isPending) {
      let (step, bend) = target.correction(sigma)
      let next = sigma + step
      let isValid = (next .> 0) .& (next .<= Double.greatestFiniteMagnitude)
      sigma = select(isPending .& isValid, next, sigma)
      isSolved = isSolved .| (isPending .& isValid .& (magnitude(step) * bend .<= 0x1p-18 * sigma))
      isPending = isPending .& isValid .& not(isSolved)
    }
    let unsolved = select(target.isOpen, Status.noSolution, target.closedCodes)
    let codes = select(isSolved, Status.ok, unsolved)
    let isFlat = not(target.isOpen) .& mask(isOk: target.closedCodes)
    let answer = select(isFlat, zero, select(isSolved, sigma, Vector(repeating: .nan)))
    return (answer, codes)
  }
}

extension VolatilityTarget {
  /// Halley's step from a volatility, by the residual of the time value in two doubles.
  ///
  /// Beside it the size of the bend in the price there, 1 for a straight line: the error that a step
  /// leaves, relative to the volatility, is about the cube of the relative step times the bend.
  @inline(__always)
  func correction(_ sigma: Vector) -> (step: Vector, bend: Vector) {
    let v = rootTime * sigma
    let inverse = 1 / v.high
    let near = x.high * inverse
    let h = fused(fused(-near, v.high, plus: x.high), inverse, plus: near)
    let hLow = (fused(-h, v.high, plus: x.high) + fused(-h, v.low, plus: x.low)) * inverse
    let t = 0.5 * v.high
    var d1 = exactSum(h, t)
    d1.low = d1.low + fused(v.low, Vector(repeating: 0.5), plus: hLow)
    let square = Precise(product: d1.high, d1.high)
    let yieldTime = Precise(product: rows.dividend, rows.maturity)
    let squareLow = fused(2 * d1.high, d1.low, plus: square.low)
    let exponent = exactSum(-0.5 * square.high, -yieldTime.high)
    let slope = ScaledExponential(
      exponent.high,
      low: exponent.low - fused(squareLow, Vector(repeating: 0.5), plus: yieldTime.low))

    // Everything from here on is divided by the power of two of the slope.
    let core = slope.mantissa * rows.spot
    let a = magnitude(h)
    let isSmooth = isSmoothDifference(a, t)
    let isAcross = not(isSmooth) .& (a .< t)
    var ratio = smoothDifference(a, t)
    ratio.low = fused(ratio.high, v.low * inverse, plus: ratio.low)
    if any(not(isSmooth)) { ratio = select(isSmooth, ratio, Precise(directRatio(a, t), Vector())) }
    let density = Precise(
      Vector(repeating: inverseRootTwoPi), Vector(repeating: -2.49232720227773e-17))
    let reached = core * (density * ratio)
    let wanted = slope.unscaled(select(isAcross, room, timeValue))
    let residual = (wanted - reached.high) - reached.low
    let vega = inverseRootTwoPi * core.high * rootTime.high
    let newton = select(isAcross, -residual, residual) / vega
    let bend = (a - t) * (a + t)
    let slowed = larger(
      fused(0.5 * newton, bend * (rootTime.high * inverse), plus: 1), Vector(repeating: 0.5))
    return (newton / slowed, 1 + magnitude(bend))
  }

  /// R(a - t) - R(a + t), or R(t - a) + R(a + t) for the room that is left where t exceeds a.
  @inline(__always)
  private func directRatio(_ a: Vector, _ t: Vector) -> Vector {
    let inner = millsRatio(smaller(magnitude(a - t), Vector(repeating: 1e10)))
    let outer = millsRatio(smaller(a + t, Vector(repeating: 1e10)))
    return inner + select(a .< t, outer, -outer)
  }
}
