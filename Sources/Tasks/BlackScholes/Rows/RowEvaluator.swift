internal import VectorShims

/// Computes the results of a block of rows with the kernels of this machine.
final class RowEvaluator {
  private let job: PriceJob
  private let kernels: Kernels
  /// Columns that a kernel fills and nobody asked for.
  private let spare: ResultBlock
  private let series: SeriesEvaluator?

  init(setup: PriceSetup, capacity: Int, kernels: Kernels = .best) {
    job = setup.job
    self.kernels = kernels
    spare = ResultBlock(capacity: capacity, columnCount: 1, horizonCount: 1)
    series =
      job.usesSeries
      ? SeriesEvaluator(
        job: job, dateStyle: setup.dateStyle, capacity: capacity, kernels: kernels) : nil
  }

  /// Forgets the rows of an earlier batch.
  func beginBatch() { series?.beginBatch() }

  /// Fills the results of the `wanted` rows; rows before them only count as their firm's earlier days.
  func evaluate(_ rows: PriceRows, _ wanted: Range<Int>, into results: ResultBlock) {
    switch job.question {
    case .price: price(rows, into: results)
    case .impliedVolatility: implyVolatility(rows, into: results)
    case .merton(let method):
      if let series {
        series.evaluate(rows, from: wanted.lowerBound, into: results)
      } else {
        solve(method, rows, into: results)
      }
    }
    markBadRows(rows, results)
    results.rejectNonsense(count: rows.count, finite: job.model == .options ? 1 : 2)
  }

  private func markBadRows(_ rows: PriceRows, _ results: ResultBlock) {
    for row in 0..<rows.count where !rows.isGood(row) {
      for horizon in 0..<results.horizonCount {
        unsafe results.status(horizon: horizon)[row] = RowStatus.badInput.rawValue
      }
    }
  }

  // MARK: - Options

  private func price(_ rows: PriceRows, into results: ResultBlock) {
    let volatility = unsafe required(rows.column(.volatility))
    unsafe kernels.priceOptions(
      options(rows, volatility), count: rows.count,
      into: optionResults(results, price: results.column(0), status: results.status(horizon: 0)))
  }

  /// The volatility in the place of the price, and the greeks at it.
  private func implyVolatility(_ rows: PriceRows, into results: ResultBlock) {
    let volatility = unsafe results.column(0)
    let status = unsafe results.status(horizon: 0)
    let columns = unsafe options(rows, volatility)
    unsafe kernels.impliedVolatility(
      columns, count: rows.count, price: required(rows.column(.price)), volatility: volatility,
      status: status)
    unsafe kernels.priceOptions(
      columns, count: rows.count,
      into: optionResults(results, price: spare.column(0), status: spare.status(horizon: 0)))
  }

  private func options(
    _ rows: PriceRows, _ volatility: UnsafeMutablePointer<Double>
  ) -> OptionColumns {
    unsafe OptionColumns(
      spot: required(rows.column(.spot)), strike: required(rows.column(.strike)),
      rate: required(rows.column(.rate)), dividend: required(rows.column(.dividend)),
      volatility: volatility, maturity: required(rows.column(.maturity)), isPut: rows.isPut)
  }

  private func optionResults(
    _ results: ResultBlock, price: UnsafeMutablePointer<Double>,
    status: UnsafeMutablePointer<UInt8>
  ) -> OptionResults {
    unsafe OptionResults(
      price: price, delta: results.column(1), gamma: results.column(2), vega: results.column(3),
      theta: results.column(4), rho: results.column(5), status: status)
  }

  // MARK: - Firms

  private func solve(_ method: MertonMethod, _ rows: PriceRows, into results: ResultBlock) {
    let columns = unsafe MertonColumns(
      equity: required(rows.column(.equity)),
      equityVolatility: required(rows.column(.equityVolatility)),
      debt: required(rows.column(.debt)), rate: required(rows.column(.rate)),
      drift: rows.column(.drift).map { unsafe UnsafePointer($0) })
    for (index, years) in job.options.horizons.enumerated() {
      unsafe kernels.solve(
        method, columns, rows.count, maturity: years, into: results.firms(horizon: index))
    }
  }

  /// A column that the job's checks have made sure of.
  private func required(
    _ column: UnsafeMutablePointer<Double>?
  ) -> UnsafeMutablePointer<Double> {
    guard let column = unsafe column else { preconditionFailure("a column that the job lacks") }
    return unsafe column
  }
}

extension ResultBlock {
  /// The columns of one horizon, from a row on.
  func firms(horizon: Int, from row: Int = 0) -> MertonResults {
    let perHorizon = columnCount / horizonCount
    let first = horizon * perHorizon
    return unsafe MertonResults(
      assetValue: column(first) + row, assetVolatility: column(first + 1) + row,
      distance: column(first + 2) + row, probability: column(first + 3) + row,
      residual: perHorizon > 4 ? column(first + 4) + row : nil,
      status: status(horizon: horizon) + row)
  }
}

extension Kernels {
  /// One firm-day per row, each by itself.
  func solve(
    _ method: MertonMethod, _ columns: MertonColumns, _ count: Int, maturity: Double,
    into results: MertonResults
  ) {
    if method == .naive {
      unsafe approximateNaive(columns, count: count, maturity: maturity, into: results)
    } else {
      unsafe solveTwoEquation(columns, count: count, maturity: maturity, into: results)
    }
  }
}
