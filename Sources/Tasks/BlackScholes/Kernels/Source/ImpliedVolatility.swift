package import VectorShims

// The implied volatility in two steps: a search for v = σ√T on the normalised time value, which gets
// most digits cheaply, and a correction by the residual of the price in two doubles.

/// Volatilities at which European options have the given prices.
///
/// `columns.volatility` is not read. A price outside the bounds that arbitrage sets, or one that no
/// finite volatility reaches, has status out of bounds; a row that is not ok gets no number.
package func impliedVolatility(
  _ columns: OptionColumns, _ count: Int, price: UnsafePointer<Double>,
  volatility: UnsafeMutablePointer<Double>, status: UnsafeMutablePointer<UInt8>
) {
  // Vectors are aligned to 16 bytes only; across cache lines each access would count twice.
  let bytes = searchBlock * MemoryLayout<VolatilitySearch>.stride
  unsafe withUnsafeTemporaryAllocation(byteCount: bytes, alignment: 64) { memory in
    guard let base = memory.baseAddress else { return }
    let searches = unsafe base.assumingMemoryBound(to: VolatilitySearch.self)
    var first = 0
    while first < count {
      let size = min(searchBlock, (count - first + 7) / 8)
      for i in 0..<size {
        let row = first + 8 * i
        let rows = unsafe OptionRows(quotes: columns, row, count)
        let target = unsafe VolatilityTarget(rows, price: load(price, row, count))
        unsafe (searches + i).initialize(to: VolatilitySearch(target))
      }
      unsafe search(searches, size)
      for i in 0..<size {
        let (sigma, codes) = unsafe searches[i].solution()
        unsafe store(sigma, volatility, first + 8 * i, count)
        unsafe store(codes, status, first + 8 * i, count)
      }
      first += 8 * size
    }
  }
}

/// Eights of rows that are searched side by side.
private var searchBlock: Int { 4 }

/// Steps all searches until the slowest has converged; a converged lane stays as it is.
@inline(__always)
private func search(_ searches: UnsafeMutablePointer<VolatilitySearch>, _ size: Int) {
  for _ in 0..<VolatilitySearch.stepLimit {
    var isSearching = false
    for i in 0..<size where unsafe any(searches[i].isSearching) {
      unsafe searches[i].step()
      isSearching = true
    }
    if !isSearching { break }
  }
}

extension OptionRows {
  /// Options whose volatility is to be found.
  @inline(__always)
  fileprivate init(quotes columns: OptionColumns, _ first: Int, _ count: Int) {
    spot = unsafe load(columns.spot, first, count)
    strike = unsafe load(columns.strike, first, count)
    rate = unsafe load(columns.rate, first, count)
    dividend = unsafe load(columns.dividend, first, count)
    volatility = Vector(repeating: 1)
    maturity = unsafe load(columns.maturity, first, count)
    isPut = unsafe loadFlags(columns.isPut, first, count)
  }
}

// MARK: - Target

/// What the volatility must reproduce: the time value, the price of whichever of call and put is out
/// of the money.
struct VolatilityTarget {
  let rows: OptionRows
  /// log(forward / strike).
  let x: Precise
  /// The time value, within an ulp of the price.
  let timeValue: Vector
  /// The time value that an infinite volatility gives, less the time value.
  let room: Vector
  let rootTime: Precise
  /// Lanes with a time value that some volatility reaches.
  let isOpen: Mask
  /// The answers of the other lanes: volatility 0, or a failure.
  let closedCodes: Codes

  @inline(__always)
  init(_ given: OptionRows, price: Vector) {
    let largest = Double.greatestFiniteMagnitude
    let isUsable = usable(given) .& (price .<= largest) .& (price .>= -largest)
    rows = given.replacingUnusable(isUsable)
    x = carefulLogForward(rows)
    let rateTime = Precise(product: -rows.rate, rows.maturity)
    let yieldTime = Precise(product: -rows.dividend, rows.maturity)
    let strike = ScaledExponential(rateTime.high, low: rateTime.low).preciseTimes(rows.strike)
    var spot = Precise(rows.spot, Vector())
    if any(not(yieldTime.high .== 0)) {
      spot = ScaledExponential(yieldTime.high, low: yieldTime.low).preciseTimes(rows.spot)
    }

    let isIn = ((x.high .> 0) .^ rows.isPut) .& not(x.high .== 0)
    // Undiscounted prices are exact: so is their difference.
    let isExact = (rateTime.high .== 0) .& (yieldTime.high .== 0)
    let isNear = (magnitude(x.high) .<= 0.34) .& not(isExact)
    let apart = exactSum(spot.high, -strike.high)
    let forwardGain = select(
      isNear, strike * preciseGrowth(x), Precise(apart.high, apart.low + (spot.low - strike.low)))
    let intrinsic = select(rows.isPut, -forwardGain, forwardGain)
    let excess = exactSum(price, select(isIn, -intrinsic.high, Vector()))
    let value = excess.high + (excess.low - select(isIn, intrinsic.low, Vector()))
    let ceiling = select(x.high .> 0, strike, spot)
    let left = exactSum(ceiling.high, -value)

    timeValue = value
    room = left.high + (left.low + ceiling.low)
    rootTime = preciseRoot(select(rows.maturity .> 0, rows.maturity, Vector(repeating: 1)))
    isOpen = isUsable .& (value .> 0) .& (room .> 0) .& (rows.maturity .> 0)
    // A price at its intrinsic value may be just below it: the difference of two larger terms, it is off
    // by some roundings of the larger.
    let larger = select(spot.high .> strike.high, spot.high, strike.high)
    let isFloor = (value .<= 0) .& (value .>= larger * -0x1p-51) .& (price .>= 0)
    let closed = select(isFloor, Status.ok, Codes(repeating: Status.outOfBounds))
    closedCodes = select(not(isUsable), Status.badInput, closed)
  }
}
