internal import BatchCore
internal import VectorShims

/// Computes rows that depend on their firm's earlier rows.
///
/// Good rows are appended to their firm's series; the results of the new days go back to their rows. Every
/// window is computed afresh, so that the results do not depend on where a block or a batch begins.
@safe
final class SeriesEvaluator {
  private let job: PriceJob
  private let dateStyle: DateStyle?
  private let kernels: Kernels
  private let series = FirmSeries()
  /// The rows of the block whose days were appended since the last flush.
  private var newRows: [Int] = []
  /// The results of the new days, in date order.
  private let dayResults: ResultBlock
  /// The equity volatility of the new days, where the method wants one; NaN where the window is short.
  private let volatility: UnsafeMutablePointer<Double>

  init(job: PriceJob, dateStyle: DateStyle?, capacity: Int, kernels: Kernels) {
    self.job = job
    self.dateStyle = dateStyle
    self.kernels = kernels
    dayResults = ResultBlock(
      capacity: capacity, columnCount: job.resultsPerHorizon * job.horizonCount,
      horizonCount: job.horizonCount)
    unsafe volatility = .allocate(capacity: capacity)
    unsafe volatility.initialize(repeating: 0, count: capacity)
    newRows.reserveCapacity(capacity)
  }

  deinit { unsafe volatility.deallocate() }

  func beginBatch() { series.reset() }

  /// Takes in all rows, and fills the results of those from `firstWanted` on.
  func evaluate(_ rows: PriceRows, from firstWanted: Int, into results: ResultBlock) {
    series.trim(window: job.options.window)
    for row in 0..<rows.count where rows.isGood(row) {
      guard namesFirm(rows, row) else {
        rows.reject(row, .field)
        continue
      }
      guard let date = unsafe date(rows.text(.date, row: row)) else {
        rows.reject(row, .field)
        continue
      }
      unsafe begin(rows.text(.firm, row: row), rows, firstWanted, results)
      guard series.advances(to: date) else {
        rows.reject(row, .dateOrder)
        continue
      }
      series.append(row: row, of: rows)
      newRows.append(row)
    }
    flush(firstWanted, results)
  }

  // MARK: - Rows into days

  /// Whether the row names a firm, where rows do.
  private func namesFirm(_ rows: PriceRows, _ row: Int) -> Bool {
    unsafe !job.columns.has(.firm) || !rows.text(.firm, row: row).isEmpty
  }

  /// Ends the series of the firm before when the row is of another.
  private func begin(
    _ firm: UnsafeRawBufferPointer, _ rows: PriceRows, _ firstWanted: Int, _ results: ResultBlock
  ) {
    if unsafe series.holds(firm) { return }
    if unsafe firm.first == UInt8(ascii: "\"") {
      let content = unsafe CSVQuoting.content(firm)
      return unsafe content.withUnsafeBytes { name in
        if unsafe series.holds(name) { return }
        flush(firstWanted, results)
        unsafe series.begin(name)
      }
    }
    flush(firstWanted, results)
    unsafe series.begin(firm)
  }

  private func date(_ text: UnsafeRawBufferPointer) -> Int? {
    unsafe dateStyle?.order(of: text)
  }

  // MARK: - Days into results

  /// Computes the new days and gives their results to their rows.
  private func flush(_ firstWanted: Int, _ results: ResultBlock) {
    defer { newRows.removeAll(keepingCapacity: true) }
    let context = newRows.prefix { $0 < firstWanted }.count
    let count = newRows.count - context
    guard count > 0 else { return }
    compute(from: series.days - count, count)
    for index in 0..<count {
      results.copyRow(index, of: dayResults, to: newRows[context + index])
    }
  }

  private func compute(from first: Int, _ count: Int) {
    if job.question == .merton(.iterative) {
      for (index, years) in job.options.horizons.enumerated() {
        unsafe kernels.solveIterative(
          days(first, maturity: years), into: dayResults.firms(horizon: index))
      }
    } else {
      solveWithOwnVolatility(from: first, count)
    }
  }

  /// Each new day by itself, with the equity volatility of its window.
  private func solveWithOwnVolatility(from first: Int, _ count: Int) {
    guard case .merton(let method) = job.question else { return }
    unsafe kernels.rollingEquityVolatility(
      series.equity.start, days: series.days, first: first, window: job.options.window,
      into: volatility)
    let columns = unsafe MertonColumns(
      equity: series.equity.start + first, equityVolatility: volatility,
      debt: series.debt.start + first, rate: series.rate.start + first,
      drift: job.columns.has(.drift) ? series.drift.start + first : nil)
    for (index, years) in job.options.horizons.enumerated() {
      unsafe kernels.solve(
        method, columns, count, maturity: years, into: dayResults.firms(horizon: index))
      let status = unsafe dayResults.status(horizon: index)
      for day in 0..<count where unsafe volatility[day].isNaN {
        unsafe status[day] = RowStatus.windowShort.rawValue
      }
    }
  }

  private func days(_ first: Int, maturity: Double) -> MertonSeries {
    unsafe MertonSeries(
      equity: series.equity.start, debt: series.debt.start, rate: series.rate.start,
      drift: job.columns.has(.drift) ? series.drift.start : nil, days: series.days, first: first,
      window: job.options.window, maturity: maturity, tolerance: job.options.tolerance,
      estimatesDrift: job.options.estimatesDrift)
  }
}

extension ResultBlock {
  /// Copies the results and statuses of a row of another block of the same shape.
  func copyRow(_ row: Int, of other: ResultBlock, to target: Int) {
    for index in 0..<columnCount {
      unsafe column(index)[target] = other.column(index)[row]
    }
    for horizon in 0..<horizonCount {
      unsafe status(horizon: horizon)[target] = other.status(horizon: horizon)[row]
    }
  }
}
