internal import Glibc
internal import KernelsBaseline
internal import VectorShims

#if arch(x86_64)
  internal import KernelsV3
  internal import KernelsV4
#endif

/// The kernels of one instruction set.
struct Kernels: Sendable {
  enum InstructionSet: Sendable { case baseline, v3, v4 }

  let instructionSet: InstructionSet

  /// The widest that this processor runs.
  static let best = Kernels(
    instructionSet: batchrun_supports_v4() ? .v4 : batchrun_supports_v3() ? .v3 : .baseline)
}

// MARK: - Options

extension Kernels {
  func priceOptions(_ columns: OptionColumns, _ count: Int, into results: OptionResults) {
    switch instructionSet {
    #if arch(x86_64)
      case .v4: unsafe KernelsV4.priceOptions(columns, count, into: results)
      case .v3: unsafe KernelsV3.priceOptions(columns, count, into: results)
    #endif
    default: unsafe KernelsBaseline.priceOptions(columns, count, into: results)
    }
  }

  func priceOnly(
    _ columns: OptionColumns, _ count: Int, price: UnsafeMutablePointer<Double>,
    status: UnsafeMutablePointer<UInt8>
  ) {
    switch instructionSet {
    #if arch(x86_64)
      case .v4: unsafe KernelsV4.priceOnly(columns, count, price: price, status: status)
      case .v3: unsafe KernelsV3.priceOnly(columns, count, price: price, status: status)
    #endif
    default: unsafe KernelsBaseline.priceOnly(columns, count, price: price, status: status)
    }
  }

  /// Halves the bracket of each row's volatility until it has no number inside.
  func impliedVolatility(
    _ columns: OptionColumns, price: UnsafePointer<Double>, _ count: Int,
    volatility: UnsafeMutablePointer<Double>, status: UnsafeMutablePointer<UInt8>
  ) {
    var low = [Double](repeating: 0, count: count)
    var high = [Double](repeating: 32, count: count)
    var trial = [Double](repeating: 0, count: count)
    unsafe trial.withUnsafeMutableBufferPointer { trial in
      guard let start = trial.baseAddress else { return }
      for _ in 0..<1100 {
        var isMoving = false
        for row in 0..<count {
          let middle = low[row] + (high[row] - low[row]) / 2
          if middle > low[row] && middle < high[row] { isMoving = true }
          unsafe volatility[row] = middle
        }
        if !isMoving { break }
        unsafe priceOnly(columns, count, price: start, status: status)
        for row in 0..<count {
          let middle = unsafe volatility[row]
          if unsafe trial[row] < price[row] { low[row] = middle } else { high[row] = middle }
        }
      }
    }
    for row in 0..<count {
      let isInside = low[row] > 0 && high[row] < 32
      unsafe volatility[row] = isInside ? high[row] : .nan
      unsafe status[row] = isInside ? RowStatus.ok.rawValue : RowStatus.outOfBounds.rawValue
    }
  }
}

// MARK: - Firms

extension Kernels {
  func solveTwoEquation(
    _ firms: MertonColumns, _ count: Int, maturity: Double, into results: MertonResults
  ) {
    switch instructionSet {
    #if arch(x86_64)
      case .v4: unsafe KernelsV4.solveTwoEquation(firms, count, maturity: maturity, into: results)
      case .v3: unsafe KernelsV3.solveTwoEquation(firms, count, maturity: maturity, into: results)
    #endif
    default:
      unsafe KernelsBaseline.solveTwoEquation(firms, count, maturity: maturity, into: results)
    }
  }

  func solveIterative(_ series: MertonSeries, into results: MertonResults) {
    switch instructionSet {
    #if arch(x86_64)
      case .v4: unsafe KernelsV4.solveIterative(series, into: results)
      case .v3: unsafe KernelsV3.solveIterative(series, into: results)
    #endif
    default: unsafe KernelsBaseline.solveIterative(series, into: results)
    }
  }

  func rollingEquityVolatility(
    _ equity: UnsafePointer<Double>, days: Int, first: Int, window: Int,
    into result: UnsafeMutablePointer<Double>
  ) {
    switch instructionSet {
    #if arch(x86_64)
      case .v4:
        unsafe KernelsV4.rollingEquityVolatility(
          equity, days: days, first: first, window: window, into: result)
      case .v3:
        unsafe KernelsV3.rollingEquityVolatility(
          equity, days: days, first: first, window: window, into: result)
    #endif
    default:
      unsafe KernelsBaseline.rollingEquityVolatility(
        equity, days: days, first: first, window: window, into: result)
    }
  }

  /// The closed form of Bharath and Shumway (2008).
  func naive(
    _ firms: MertonColumns, _ count: Int, maturity: Double, into results: MertonResults
  ) {
    for row in 0..<count {
      let (equity, debt) = unsafe (firms.equity[row], firms.debt[row])
      let volatility = unsafe firms.equityVolatility[row]
      let drift = unsafe firms.drift?[row] ?? firms.rate[row]
      let value = equity + debt
      let assetVolatility =
        equity / value * volatility + debt / value * (0.05 + 0.25 * volatility)
      let spread = assetVolatility * maturity.squareRoot()
      let distance =
        (log(value / debt) + (drift - assetVolatility * assetVolatility / 2) * maturity) / spread
      unsafe results.assetValue[row] = value
      unsafe results.assetVolatility[row] = assetVolatility
      unsafe results.distance[row] = distance
      unsafe results.probability[row] = 0.5 * erfc(distance / 2.0.squareRoot())
      unsafe results.residual?[row] = 0
      let status: RowStatus = debt == 0 ? .unlevered : .ok
      unsafe results.status[row] = status.rawValue
    }
  }
}
