// The iterative method as one system. For a window of days the unknowns are s = σ_V √T and, for each
// day, p = log(V/E). Each round takes a Halley step on every day's call equation, and Newton's step on
//   s = f(s) = √(252 T) · sample deviation of the log returns of V,
// whose slope follows from dp/ds = -n(d1)/N(d1) =: -λ. All days then follow s to the second order, so
// that days and volatility converge together, in four or five rounds.

/// Eight windows that begin on consecutive days, solved side by side.
@safe struct MertonWindows {
  private let days: MertonDays
  private let length: Int
  private let tolerance: Vector
  /// 252 T.
  private let annualMaturity: Double
  /// Per day of the window: log(V/E) and λ.
  private let logValue: UnsafeMutablePointer<Vector>
  private let hazard: UnsafeMutablePointer<Vector>

  /// The solution: s, log(V/E) on the last day, mean daily log return of V, residual.
  private(set) var deviation = Vector(repeating: .nan)
  private(set) var lastLogValue = Vector(repeating: .nan)
  private(set) var meanReturn = Vector(repeating: .nan)
  private(set) var residual = Vector(repeating: .nan)
  private(set) var isSolved = Vector() .< 0

  init(_ days: MertonDays, length: Int, maturity: Double, tolerance: Double) {
    self.days = days
    self.length = length
    self.tolerance = Vector(repeating: tolerance)
    annualMaturity = tradingDays * maturity
    unsafe logValue = UnsafeMutablePointer<Vector>.allocate(capacity: length)
    unsafe hazard = UnsafeMutablePointer<Vector>.allocate(capacity: length)
  }

  func deallocate() {
    unsafe logValue.deallocate()
    unsafe hazard.deallocate()
  }

  /// Solves the windows that begin on `first` and the seven days after it.
  ///
  /// - Parameters:
  ///   - moments: of the windows' equity returns.
  ///   - start: the s to begin with.
  mutating func solve(from first: Int, moments: EquityMoments, start: Vector) {
    isSolved = Vector() .< 0
    var s = larger(start, Vector(repeating: 1e-12))
    for k in 0..<length {
      unsafe logValue[k] = window(days.bound + first, k)
      unsafe hazard[k] = Vector()
    }
    var move = Vector()
    for round in 0..<200 {
      let worst = stepDays(first, from: s - move, by: move)
      let fit = fitReturns(first, moments.mean)
      let target = squareRoot(annualMaturity * fit.variance)
      let slope = annualMaturity * fit.slope / larger(target, Vector(repeating: 1e-300))
      // Until the days are near their roots, f is not known, and s waits for them.
      let isSettled = worst .< 0.05
      let isSmooth = isSettled .& (slope .< 0.9)
      let newton = (target - s) / select(isSmooth, 1 - slope, Vector(repeating: 1))
      accept(s, target: target, step: newton, worst: worst, fit: fit)
      if all(isSolved) { return }
      // Newton may wander; the plain iteration of the textbook has the last word.
      let isStep = isSmooth .& (magnitude(newton) .< (round < 30 ? 0.9 : 0) * s)
      let next = select(isSettled, select(isStep, s + newton, target), s)
      let following = larger(select(isSolved, s, next), Vector(repeating: 1e-12))
      move = following - s
      s = following
    }
  }

  /// Records the windows that are solved in this round; what was recorded before stays.
  private mutating func accept(
    _ s: Vector, target: Vector, step: Vector, worst: Vector, fit: ReturnFit
  ) {
    let miss = magnitude(target - s)
    // Without any variance, s only has to be as small as what the returns' rounding makes.
    let isStill = (s .<= 1e-12) .& (target .<= 1e-12)
    let isNew =
      not(isSolved) .& (worst .<= 1e-10) .& (isStill .| (miss .<= tolerance * s))
    let change = select(isStill, target - s, step)
    deviation = select(isNew, s + change, deviation)
    let last = unsafe fused(-hazard[length - 1], change, plus: logValue[length - 1])
    lastLogValue = select(isNew, last, lastLogValue)
    meanReturn = select(isNew, fit.mean, meanReturn)
    residual = select(isNew, larger(worst, select(isStill, Vector(), miss / s)), residual)
    isSolved = isSolved .| isNew
  }
}

/// The sample variance of the log returns of V, and half its slope in s.
struct ReturnFit {
  let mean: Vector
  let variance: Vector
  let slope: Vector
}

// MARK: - The two passes of a round

extension MertonWindows {
  /// Moves each day's log(V/E) with s, then by one Halley step on its call equation.
  ///
  /// - Returns: the largest Newton step in log(V/E), which is the relative error of the equation.
  @inline(never)
  private func stepDays(_ first: Int, from old: Vector, by move: Vector) -> Vector {
    let s = old + move
    let (perOld, per) = (1 / old, 1 / s)
    let bend = 0.5 * move * move * perOld
    var worst = Vector()
    for k in 0..<length {
      let leverage = unsafe window(days.leverage + first, k)
      let logShare = unsafe window(days.logShare + first, k)
      let bound = unsafe window(days.bound + first, k)
      let (was, slope) = unsafe (logValue[k], hazard[k])
      let d1 = fused(was + logShare, perOld, plus: 0.5 * old)
      let curvature = slope * (d1 + slope) * (d1 - old + slope)
      let moved = fused(-bend, curvature, plus: fused(-slope, move, plus: was))
      let day = MertonDay(
        smaller(larger(moved, Vector()), bound), leverage: leverage, logShare: logShare,
        deviation: s, inverseDeviation: per)
      unsafe logValue[k] = day.logValue
      unsafe hazard[k] = day.hazard
      worst = larger(magnitude(day.miss), worst)
    }
    return worst
  }

  @inline(never)
  private func fitReturns(_ first: Int, _ meanEquityReturn: Vector) -> ReturnFit {
    let count = length - 1
    let drift = unsafe (logValue[count] - logValue[0]) * (1 / Double(count))
    let mean = meanEquityReturn + drift
    var (before, hazardBefore) = unsafe (logValue[0], hazard[0])
    var (squares, slopes) = (Vector(), Vector())
    for k in 1...count {
      let (value, slope) = unsafe (logValue[k], hazard[k])
      let excess = unsafe (window(days.equityReturn + first, k) - mean) + (value - before)
      squares = fused(excess, excess, plus: squares)
      slopes = fused(excess, hazardBefore - slope, plus: slopes)
      (before, hazardBefore) = (value, slope)
    }
    let scale = 1 / Double(count - 1)
    return ReturnFit(mean: mean, variance: squares * scale, slope: slopes * scale)
  }
}

/// One day's call equation E = V N(d1) - F N(d2) at a given s, and one Halley step on it.
struct MertonDay {
  let logValue: Vector
  /// λ = n(d1) / N(d1).
  let hazard: Vector
  /// Newton's step in log(V/E): the relative error of the equation over N(d1) V/E.
  let miss: Vector

  @inline(__always)
  init(
    _ p: Vector, leverage: Vector, logShare: Vector, deviation s: Vector, inverseDeviation: Vector
  ) {
    let d1 = fused(p + logShare, inverseDeviation, plus: 0.5 * s)
    let d2 = d1 - s
    let z2 = smaller(magnitude(d2), Vector(repeating: 37.6))
    let shrinkage = exponentialInRange(-p)
    let density2 = leverage * (inverseRootTwoPi * exponentialInRange(-0.5 * z2 * z2))
    let tail2 = MillsFraction(z2)
    let beyond = density2 * tail2.numerator / tail2.denominator
    let claim = 1 + select(d2 .> 0, leverage - beyond, beyond)

    let density1 = density2 * shrinkage
    let tail1 = MillsFraction(smaller(magnitude(d1), Vector(repeating: 64)))
    let inverse = tail1.denominator / tail1.scaledDistribution(d1, density: density1)
    let hazard = density1 * inverse
    let newton = fused(claim * shrinkage, inverse, plus: -1)
    let bend = 0.5 * newton * fused(hazard, inverseDeviation, plus: 1)
    let halley = newton / larger(1 + bend, Vector(repeating: 0.5))
    self.hazard = hazard
    logValue = p + halley
    // A density beyond the range of a double makes the equation worthless; nothing real comes near.
    miss = select(d2 .< -37, Vector(repeating: 1), newton)
  }
}
