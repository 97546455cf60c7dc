import VectorShims

/// Trading days in a year, by which daily variances become annual.
var tradingDays: Double { 252 }

/// What each day contributes to every window it is in, computed once.
///
/// Each column has one entry per day from the first day of the first window on, and eight more that
/// repeat the last day, so that eight windows may be read side by side up to the end.
@safe struct MertonDays {
  /// F/E, the discounted debt over the equity; 0 without debt.
  let leverage: UnsafeMutablePointer<Double>
  /// log(E/F), or a number as good as infinite.
  let logShare: UnsafeMutablePointer<Double>
  /// log(1 + F/E), the most that log(V/E) can be.
  let bound: UnsafeMutablePointer<Double>
  /// The log return of equity since the day before; meaningless on the first day.
  let equityReturn: UnsafeMutablePointer<Double>
  let count: Int

  /// The padding behind the last day.
  private static var spare: Int { 8 }

  init(_ series: MertonSeries, from start: Int) {
    count = unsafe series.days - start
    let size = count + Self.spare
    unsafe leverage = UnsafeMutablePointer<Double>.allocate(capacity: size)
    unsafe logShare = UnsafeMutablePointer<Double>.allocate(capacity: size)
    unsafe bound = UnsafeMutablePointer<Double>.allocate(capacity: size)
    unsafe equityReturn = UnsafeMutablePointer<Double>.allocate(capacity: size)
    let (equity, debt) = unsafe (series.equity + start, series.debt + start)
    let maturity = unsafe series.maturity
    for day in stride(from: 0, to: size, by: 8) {
      let e = unsafe load(equity, day, count)
      let rate = unsafe load(series.rate + start, day, count)
      let discounted = unsafe load(debt, day, count) * exponential(-rate * maturity)
      // A day that is not a firm's makes every window it is in unsolvable.
      let isValid = (e .> 0) .& (e .< .infinity) .& (discounted .>= 0) .& (discounted .< .infinity)
      let hasDebt = discounted .>= 0x1p-500
      let ratio = select(hasDebt, discounted / e, Vector())
      let shareOfDebt = select(isValid, ratio, Vector(repeating: .nan))
      let log = logarithmOfRatio(e, select(hasDebt, discounted, e))
      unsafe store(shareOfDebt, leverage, day, size)
      unsafe store(select(hasDebt, log, Vector(repeating: 700)), logShare, day, size)
      unsafe store(logarithmOfOnePlus(shareOfDebt), bound, day, size)
    }
    unsafe takeLogReturns(equity, count: count, into: equityReturn, size: size)
  }

  func deallocate() {
    unsafe leverage.deallocate()
    unsafe logShare.deallocate()
    unsafe bound.deallocate()
    unsafe equityReturn.deallocate()
  }
}

/// The log returns of a column since the day before, 0 on the first day, repeated behind the last.
func takeLogReturns(
  _ column: UnsafePointer<Double>, count: Int, into returns: UnsafeMutablePointer<Double>, size: Int
) {
  unsafe returns[0] = 0
  for day in stride(from: 0, to: size - 1, by: 8) {
    let before = unsafe load(column, day, count - 1)
    let after = unsafe load(column + 1, day, count - 1)
    unsafe store(logarithmOfRatio(after, before), returns + 1, day, size - 1)
  }
}

/// Mean and sample standard deviation of the equity returns of eight windows side by side.
struct EquityMoments {
  let mean: Vector
  let deviation: Vector

  /// Takes the returns from the second day of the first window on, and the returns per window.
  init(_ returns: UnsafePointer<Double>, count: Int) {
    var sum = Vector()
    for k in 0..<count { sum += unsafe window(returns, k) }
    let mean = sum / Double(count)
    var squares = Vector()
    for k in 0..<count {
      let excess = unsafe window(returns, k) - mean
      squares = fused(excess, excess, plus: squares)
    }
    self.mean = mean
    deviation = squareRoot(squares / Double(count - 1))
  }
}

/// Entry `k` of eight windows that begin on consecutive days.
@inline(__always)
func window(_ column: UnsafePointer<Double>, _ k: Int) -> Vector {
  unsafe UnsafeRawPointer(column + k).loadUnaligned(as: Vector.self)
}
