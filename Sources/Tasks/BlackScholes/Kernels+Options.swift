import KernelsBaseline
package import VectorShims

#if arch(x86_64)
  import KernelsV3
  import KernelsV4
#endif

extension Kernels {
  /// Prices and sensitivities of European options under Black-Scholes-Merton.
  ///
  /// Expired and riskless options get their limits. A row of bad input gets values that are not
  /// numbers and the status for it.
  /// - Complexity: about 3 ns a row on one core with AVX-512; 100 ns without fused multiply-add.
  package func priceOptions(
    _ columns: OptionColumns, count: Int, into results: OptionResults
  ) {
    switch instructionSet {
    case .baseline: unsafe KernelsBaseline.priceOptions(columns, count, into: results)
    #if arch(x86_64)
      case .v3: unsafe KernelsV3.priceOptions(columns, count, into: results)
      case .v4: unsafe KernelsV4.priceOptions(columns, count, into: results)
    #else
      case .v3, .v4: preconditionFailure("Kernels.variant gives no kernels that the build lacks")
    #endif
    }
  }

  /// Prices of European options alone, with the bytes that `priceOptions` gives.
  package func priceOnly(
    _ columns: OptionColumns, count: Int, price: UnsafeMutablePointer<Double>,
    status: UnsafeMutablePointer<UInt8>
  ) {
    switch instructionSet {
    case .baseline: unsafe KernelsBaseline.priceOnly(columns, count, price: price, status: status)
    #if arch(x86_64)
      case .v3: unsafe KernelsV3.priceOnly(columns, count, price: price, status: status)
      case .v4: unsafe KernelsV4.priceOnly(columns, count, price: price, status: status)
    #else
      case .v3, .v4: preconditionFailure("Kernels.variant gives no kernels that the build lacks")
    #endif
    }
  }

  /// Volatilities at which European options have the given prices; `columns.volatility` is not read.
  ///
  /// A price at its floor to within rounding has volatility 0; one outside its bounds, or at its
  /// ceiling, has status `outOfBounds`. A row that is not ok gets no number.
  package func impliedVolatility(
    _ columns: OptionColumns, count: Int, price: UnsafePointer<Double>,
    volatility: UnsafeMutablePointer<Double>, status: UnsafeMutablePointer<UInt8>
  ) {
    switch instructionSet {
    case .baseline:
      unsafe KernelsBaseline.impliedVolatility(
        columns, count, price: price, volatility: volatility, status: status)
    #if arch(x86_64)
      case .v3:
        unsafe KernelsV3.impliedVolatility(
          columns, count, price: price, volatility: volatility, status: status)
      case .v4:
        unsafe KernelsV4.impliedVolatility(
          columns, count, price: price, volatility: volatility, status: status)
    #else
      case .v3, .v4: preconditionFailure("Kernels.variant gives no kernels that the build lacks")
    #endif
    }
  }
}
