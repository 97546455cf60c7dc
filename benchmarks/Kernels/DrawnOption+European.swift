import BenchmarkData
import BlackScholes
import Glibc

extension DrawnOption {
  /// The same as the scalar reference takes it.
  var european: EuropeanOption {
    EuropeanOption(
      spot: spot, strike: strike, rate: rate, volatility: volatility, maturity: maturity,
      isPut: isPut)
  }

  /// The value today of one unit at maturity.
  var discount: Double { exp(-rate * maturity) }
}
