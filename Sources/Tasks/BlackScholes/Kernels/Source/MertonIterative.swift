package import VectorShims

/// Solves the iterative (KMV) method over the rolling windows of one firm.
///
/// Every window starts afresh from its own equity volatility, so that the result for a day depends on
/// the window that ends on it and on nothing else. Days before the first full window get the status
/// for that and no values.
///
/// - Parameters:
///   - series: the firm's days; equity must be positive, debt not negative, all finite.
///   - results: `days - first` rows to fill, the first for the day `first`.
package func solveIterative(_ series: MertonSeries, into results: MertonResults) {
  let (window, wanted) = unsafe (series.window, series.days - series.first)
  precondition(window >= 3, "a window has three days or more")
  let short = unsafe min(max(window - 1 - series.first, 0), wanted)
  for row in 0..<short { unsafe skip(row, results) }
  guard short < wanted else { return }
  let start = unsafe series.first + short - (window - 1)
  let days = unsafe MertonDays(series, from: start)
  var windows = unsafe MertonWindows(
    days, length: window, maturity: series.maturity, tolerance: series.tolerance)
  for row in stride(from: short, to: wanted, by: 8) {
    unsafe solveEight(row - short, row, wanted, series, days, &windows, into: results)
  }
  windows.deallocate()
  days.deallocate()
}

private func skip(_ row: Int, _ results: MertonResults) {
  unsafe results.assetValue[row] = .nan
  unsafe results.assetVolatility[row] = .nan
  unsafe results.distance[row] = .nan
  unsafe results.probability[row] = .nan
  if let residual = unsafe results.residual { unsafe residual[row] = .nan }
  unsafe results.status[row] = UInt8(Status.windowShort)
}

/// Solves the windows of up to eight days, and writes the results of their last days.
private func solveEight(
  _ begin: Int, _ row: Int, _ wanted: Int, _ series: MertonSeries, _ days: MertonDays,
  _ windows: inout MertonWindows, into results: MertonResults
) {
  let last = unsafe series.first + row
  let total = unsafe series.days
  let equity = unsafe load(series.equity, last, total)
  let debt = unsafe load(series.debt, last, total)
  let rate = unsafe load(series.rate, last, total)
  let maturity = unsafe series.maturity
  let returns = unsafe series.window - 1
  let moments = unsafe EquityMoments(days.equityReturn + begin + 1, count: returns)
  let annual = squareRoot(Vector(repeating: tradingDays * maturity))
  windows.solve(
    from: begin, moments: moments, start: moments.deviation * annual * (equity / (equity + debt)))

  let s = windows.deviation
  let volatility = s / maturity.squareRoot()
  var excessDrift = Vector()
  if unsafe series.estimatesDrift {
    let drift = fused(volatility, 0.5 * volatility, plus: tradingDays * windows.meanReturn)
    excessDrift = (drift - rate) * maturity
  } else if let drift = unsafe series.drift {
    excessDrift = (unsafe load(drift, last, total) - rate) * maturity
  }
  let hasDebt = debt .> 0
  let logShare = unsafe window(days.logShare + begin, returns)
  let logRatio = windows.lastLogValue + logShare + excessDrift
  let distance = fused(s, Vector(repeating: -0.5), plus: logRatio / s)
  let far = Vector(repeating: .infinity)
  let known = select(distance .== distance, distance, far)
  let values = MertonValues(
    assetValue: equity * exponential(windows.lastLogValue), assetVolatility: volatility,
    distance: select(hasDebt, known, far),
    probability: select(hasDebt, normalDistribution(-known), Vector()), residual: windows.residual)
  let isSolved = windows.isSolved .& (values.assetValue .< .infinity)
  unsafe MertonValues(isSolved, values, MertonValues(repeating: .nan))
    .write(to: results, row, wanted)
  let status = select(hasDebt, Status.ok, Codes(repeating: Status.unlevered))
  unsafe store(select(not(isSolved), Status.noSolution, status), results.status, row, wanted)
}

/// The annual volatility of a firm's equity over each rolling window, √252 times the sample deviation.
///
/// - Parameters:
///   - equity: `days` positive values in date order.
///   - first: the first day wanted.
///   - window: days in a window, 3 or more.
///   - result: `days - first` rows to fill; not a number on days before the first full window.
package func rollingEquityVolatility(
  _ equity: UnsafePointer<Double>, days: Int, first: Int, window: Int,
  into result: UnsafeMutablePointer<Double>
) {
  precondition(window >= 3, "a window has three days or more")
  let short = min(max(window - 1 - first, 0), days - first)
  for row in 0..<short { unsafe result[row] = .nan }
  guard first + short < days else { return }
  let start = first + short - (window - 1)
  let size = days - start + 8
  let returns = UnsafeMutablePointer<Double>.allocate(capacity: size)
  unsafe takeLogReturns(equity + start, count: days - start, into: returns, size: size)
  for row in stride(from: short, to: days - first, by: 8) {
    let moments = unsafe EquityMoments(returns + (row - short) + 1, count: window - 1)
    unsafe store(tradingDays.squareRoot() * moments.deviation, result, row, days - first)
  }
  unsafe returns.deallocate()
}
