import KernelsBaseline
package import VectorShims

#if arch(x86_64)
  import KernelsV3
  import KernelsV4
#endif

// Merton's model. A result depends on its row or window alone: neither on the instruction set, nor on
// its neighbours, nor on how rows are cut into calls.
extension Kernels {
  /// Solves both of Merton's equations for asset value and volatility at one horizon.
  ///
  /// Firms without debt or without risk get their limits. A row of bad input, or without a solution
  /// that the residual confirms, gets values that are not numbers and the status for it.
  /// - Complexity: about 12 ns a row on one core with AVX-512; 300 ns without fused multiply-add.
  package func solveTwoEquation(
    _ firms: MertonColumns, count: Int, maturity: Double, into results: MertonResults
  ) {
    switch instructionSet {
    case .baseline:
      unsafe KernelsBaseline.solveTwoEquation(firms, count, maturity: maturity, into: results)
    #if arch(x86_64)
      case .v3:
        unsafe KernelsV3.solveTwoEquation(firms, count, maturity: maturity, into: results)
      case .v4:
        unsafe KernelsV4.solveTwoEquation(firms, count, maturity: maturity, into: results)
    #else
      case .v3, .v4: preconditionFailure("Kernels.variant gives no kernels that the build lacks")
    #endif
    }
  }

  /// The naive distance to default of Bharath and Shumway (2008) at one horizon.
  package func approximateNaive(
    _ firms: MertonColumns, count: Int, maturity: Double, into results: MertonResults
  ) {
    switch instructionSet {
    case .baseline:
      unsafe KernelsBaseline.approximateNaive(firms, count, maturity: maturity, into: results)
    #if arch(x86_64)
      case .v3:
        unsafe KernelsV3.approximateNaive(firms, count, maturity: maturity, into: results)
      case .v4:
        unsafe KernelsV4.approximateNaive(firms, count, maturity: maturity, into: results)
    #else
      case .v3, .v4: preconditionFailure("Kernels.variant gives no kernels that the build lacks")
    #endif
    }
  }

  /// Solves the iterative (KMV) method for the windows that end on a firm's days from `first` on.
  ///
  /// The first row of the results is that of the day `series.first`. Every window starts afresh.
  /// - Complexity: about 12 ns a day of each window on one core with AVX-512.
  package func solveIterative(_ series: MertonSeries, into results: MertonResults) {
    switch instructionSet {
    case .baseline:
      unsafe KernelsBaseline.solveIterative(series, into: results)
    #if arch(x86_64)
      case .v3:
        unsafe KernelsV3.solveIterative(series, into: results)
      case .v4:
        unsafe KernelsV4.solveIterative(series, into: results)
    #else
      case .v3, .v4: preconditionFailure("Kernels.variant gives no kernels that the build lacks")
    #endif
    }
  }

  /// The annual volatility of equity over the windows that end on a firm's days from `first` on.
  ///
  /// Days before the first full window get no number.
  package func rollingEquityVolatility(
    _ equity: UnsafePointer<Double>, days: Int, first: Int, window: Int,
    into result: UnsafeMutablePointer<Double>
  ) {
    switch instructionSet {
    case .baseline:
      unsafe KernelsBaseline.rollingEquityVolatility(
        equity, days: days, first: first, window: window, into: result)
    #if arch(x86_64)
      case .v3:
        unsafe KernelsV3.rollingEquityVolatility(
          equity, days: days, first: first, window: window, into: result)
      case .v4:
        unsafe KernelsV4.rollingEquityVolatility(
          equity, days: days, first: first, window: window, into: result)
    #else
      case .v3, .v4: preconditionFailure("Kernels.variant gives no kernels that the build lacks")
    #endif
    }
  }
}
