import Glibc

/// One European option, as the scalar reference takes it.
package struct EuropeanOption: Sendable {
  /// In the currency of the strike.
  package var spot: Double
  package var strike: Double
  /// Continuously compounded, per year.
  package var rate: Double
  package var dividend: Double = 0
  /// Per square root of a year.
  package var volatility: Double
  /// In years.
  package var maturity: Double
  package var isPut: Bool = false

  package init(
    spot: Double, strike: Double, rate: Double, dividend: Double = 0, volatility: Double,
    maturity: Double, isPut: Bool = false
  ) {
    (self.spot, self.strike, self.rate) = (spot, strike, rate)
    (self.dividend, self.volatility, self.maturity) = (dividend, volatility, maturity)
    self.isPut = isPut
  }
}

/// Price and sensitivities of one option.
package struct OptionPrice: Sendable {
  package var price = 0.0
  package var delta = 0.0
  package var gamma = 0.0
  /// Per 1.00 of volatility.
  package var vega = 0.0
  /// Per year.
  package var theta = 0.0
  /// Per 1.00 of the rate.
  package var rho = 0.0
}

/// The formulas as textbooks print them, one row at a time, on the C library's functions.
///
/// Plain and slow: what the kernels are compared with where cancellation does not matter.
package enum OptionReference {
  /// Black-Scholes-Merton (Hull, Options, Futures and Other Derivatives, chapters 17 and 19).
  package static func price(_ option: EuropeanOption) -> OptionPrice {
    let root = option.maturity.squareRoot()
    let deviation = option.volatility * root
    let carry = option.rate - option.dividend
    let variance = option.volatility * option.volatility
    let d1 =
      (log(option.spot / option.strike) + (carry + variance / 2) * option.maturity) / deviation
    let d2 = d1 - deviation
    let sign = option.isPut ? -1.0 : 1.0
    let yieldDiscount = exp(-option.dividend * option.maturity)
    let presentSpot = option.spot * yieldDiscount
    let presentStrike = option.strike * exp(-option.rate * option.maturity)
    let n1 = normal(sign * d1)
    let n2 = normal(sign * d2)
    let density = exp(-d1 * d1 / 2) / (2 * Double.pi).squareRoot()

    var result = OptionPrice()
    result.price = sign * (presentSpot * n1 - presentStrike * n2)
    result.delta = sign * yieldDiscount * n1
    result.gamma = yieldDiscount * density / (option.spot * deviation)
    result.vega = presentSpot * density * root
    result.theta =
      -presentSpot * density * option.volatility / (2 * root)
      + sign * (option.dividend * presentSpot * n1 - option.rate * presentStrike * n2)
    result.rho = sign * option.maturity * presentStrike * n2
    return result
  }

  /// The volatility between 0 and 100 at which an option has the price, by bisection; nil outside.
  package static func impliedVolatility(_ option: EuropeanOption, price wanted: Double) -> Double? {
    var trial = option
    func excess(_ volatility: Double) -> Double {
      trial.volatility = volatility
      return price(trial).price - wanted
    }
    var (low, high) = (1e-9, 100.0)
    guard excess(low) <= 0, excess(high) >= 0 else { return nil }
    while true {
      let middle = 0.5 * (low + high)
      if middle <= low || middle >= high { return middle }
      if excess(middle) < 0 { low = middle } else { high = middle }
    }
  }

  /// The standard normal distribution by the complementary error function.
  private static func normal(_ x: Double) -> Double { 0.5 * erfc(-x / 2.0.squareRoot()) }
}
