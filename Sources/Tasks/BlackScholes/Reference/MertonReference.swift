import Glibc

/// Merton's model one firm at a time on the C library's functions: slow, plain, and what the kernels
/// are compared with.
package enum MertonReference {
  /// Asset value, annual asset volatility, distance to default d2 and default probability.
  package struct Solution: Sendable {
    package let assetValue: Double
    package let assetVolatility: Double
    package let distance: Double
    package let probability: Double

    package init(assetValue: Double, assetVolatility: Double, distance: Double) {
      self.assetValue = assetValue
      self.assetVolatility = assetVolatility
      self.distance = distance
      probability = normalDistribution(-distance)
    }
  }

  /// The standard normal distribution N(x).
  package static func normalDistribution(_ x: Double) -> Double {
    0.5 * erfc(-x / 2.0.squareRoot())
  }

  // MARK: - Two equations

  /// Solves E = V N(d1) - F N(d2) and σ_E E = N(d1) σ_V V by bisection on d2, for ordinary inputs.
  ///
  /// Dividing one equation by the other gives σ_V = σ_E / (1 + (F/E) N(d2)), so that d2 is the only
  /// unknown; V follows from the call equation.
  package static func solveTwoEquation(
    equity: Double, equityVolatility: Double, debt: Double, rate: Double, maturity: Double
  ) -> Solution {
    let discounted = debt * exp(-rate * maturity)
    func weight(_ d2: Double) -> Double { 1 + discounted / equity * normalDistribution(d2) }
    func volatility(_ d2: Double) -> Double { equityVolatility / weight(d2) }
    func value(_ d2: Double) -> Double {
      let d1 = d2 + volatility(d2) * maturity.squareRoot()
      return equity * weight(d2) / normalDistribution(d1)
    }
    /// The d2 that V and σ_V imply, less the one they came from.
    func mismatch(_ d2: Double) -> Double {
      let s = volatility(d2) * maturity.squareRoot()
      return log(value(d2) / discounted) / s - s / 2 - d2
    }
    var (low, high) = (-37.0, 1e6)
    while true {
      let middle = 0.5 * (low + high)
      guard middle > low, middle < high else { break }
      if mismatch(middle) > 0 { low = middle } else { high = middle }
    }
    return Solution(assetValue: value(low), assetVolatility: volatility(low), distance: low)
  }

  /// Equity and its volatility from the assets, the way that needs no solving.
  package static func equity(
    assetValue: Double, assetVolatility: Double, debt: Double, rate: Double, maturity: Double
  ) -> (value: Double, volatility: Double) {
    let discounted = debt * exp(-rate * maturity)
    let s = assetVolatility * maturity.squareRoot()
    let d1 = log(assetValue / discounted) / s + s / 2
    let value = assetValue * normalDistribution(d1) - discounted * normalDistribution(d1 - s)
    return (value, normalDistribution(d1) * assetVolatility * assetValue / value)
  }

  // MARK: - Iterative

  /// Solves the last day of a window by the textbook's iteration.
  ///
  /// Every day's call equation is inverted at the current volatility; the sample deviation of the log
  /// returns of V gives the next, until it moves by less than the tolerance.
  ///
  /// - Returns: nil if a thousand rounds are not enough.
  package static func solveIterative(
    equity: [Double], debt: [Double], rate: [Double], maturity: Double, tolerance: Double
  ) -> Solution? {
    guard let e = equity.last, let d = debt.last, let r = rate.last else { return nil }
    let discounted = zip(debt, rate).map { $0 * exp(-$1 * maturity) }
    var volatility = annualVolatility(equity) * e / (e + d)
    for _ in 0..<1000 {
      let values = zip(equity, discounted).map {
        assetValue(equity: $0, discounted: $1, deviation: volatility * maturity.squareRoot())
      }
      let next = annualVolatility(values)
      if abs(next - volatility) <= tolerance * volatility, let value = values.last {
        let s = next * maturity.squareRoot()
        let distance = (log(value / d) + r * maturity) / s - s / 2
        return Solution(assetValue: value, assetVolatility: next, distance: distance)
      }
      volatility = next
    }
    return nil
  }

  /// √252 times the sample standard deviation (n - 1) of the log returns.
  package static func annualVolatility(_ prices: [Double]) -> Double {
    let returns = zip(prices.dropFirst(), prices).map { log($0 / $1) }
    let mean = returns.reduce(0, +) / Double(returns.count)
    let squares = returns.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }
    return (252 * squares / Double(returns.count - 1)).squareRoot()
  }

  /// The asset value at which a call on it is worth the equity, by Newton's method from above.
  package static func assetValue(
    equity: Double, discounted: Double, deviation s: Double
  ) -> Double {
    guard discounted > 0 else { return equity }
    var value = equity + discounted
    for _ in 0..<200 {
      let d1 = log(value / discounted) / s + s / 2
      let call = value * normalDistribution(d1) - discounted * normalDistribution(d1 - s)
      let step = (call - equity) / normalDistribution(d1)
      value -= step
      // The call is convex in the asset value: Newton's steps only go down, until rounding stops them.
      if step <= 1e-15 * value { break }
    }
    return value
  }

  // MARK: - Naive

  /// The approximation of Bharath and Shumway (2008), which solves nothing.
  package static func approximateNaive(
    equity: Double, equityVolatility: Double, debt: Double, drift: Double, maturity: Double
  ) -> Solution {
    let value = equity + debt
    let volatility =
      equity / value * equityVolatility + debt / value * (0.05 + 0.25 * equityVolatility)
    let distance =
      (log(value / debt) + (drift - volatility * volatility / 2) * maturity)
      / (volatility * maturity.squareRoot())
    return Solution(assetValue: value, assetVolatility: volatility, distance: distance)
  }
}
