package import VectorShims

// MARK: - Entry points

/// Prices and sensitivities of European options under Black-Scholes-Merton.
///
/// A row of bad input gets values that are not numbers and the status for it.
package func priceOptions(_ columns: OptionColumns, _ count: Int, into results: OptionResults) {
  let whole = count & ~7
  unsafe priceWhole(columns, whole, into: results)
  if whole < count {
    unsafe withLastRows(columns, whole, count) { rows, last in
      unsafe priceWhole(rows, 8, into: last)
      unsafe last.copy(to: results, whole, count)
    }
  }
}

/// Prices of European options, with the bytes that `priceOptions` gives.
package func priceOnly(
  _ columns: OptionColumns, _ count: Int, price: UnsafeMutablePointer<Double>,
  status: UnsafeMutablePointer<UInt8>
) {
  let whole = count & ~7
  unsafe priceOnlyWhole(columns, whole, price, status)
  if whole < count {
    unsafe withLastRows(columns, whole, count) { rows, last in
      unsafe priceOnlyWhole(rows, 8, last.price, last.status)
      for row in whole..<count {
        unsafe price[row] = last.price[row - whole]
        unsafe status[row] = last.status[row - whole]
      }
    }
  }
}

// MARK: - Rows in eights

@inline(never)
private func priceWhole(_ columns: OptionColumns, _ count: Int, into results: OptionResults) {
  unsafe inBlocks(columns, count, greeks: true) { block, first, size in
    for i in 0..<size {
      let row = first &+ 8 &* i
      unsafe block.values(OptionRows(columns, row), i).write(to: results, row)
      unsafe store(Codes(), results.status, row)
    }
  } repair: { rows, isOrdinary, row in
    let (careful, codes) = carefulOptionValues(rows)
    let values = unsafe OptionValues(isOrdinary, OptionValues(results, row), careful)
    unsafe values.write(to: results, row)
    unsafe store(select(isOrdinary, Status.ok, codes), results.status, row)
  }
}

@inline(never)
private func priceOnlyWhole(
  _ columns: OptionColumns, _ count: Int, _ price: UnsafeMutablePointer<Double>,
  _ status: UnsafeMutablePointer<UInt8>
) {
  unsafe inBlocks(columns, count, greeks: false) { block, first, size in
    for i in 0..<size {
      let row = first &+ 8 &* i
      unsafe store(block.values(OptionRows(columns, row), i).price, price, row)
      unsafe store(Codes(), status, row)
    }
  } repair: { rows, isOrdinary, row in
    let (careful, codes) = carefulOptionValues(rows)
    unsafe store(select(isOrdinary, load(price, row), careful.price), price, row)
    unsafe store(select(isOrdinary, Status.ok, codes), status, row)
  }
}

/// Takes rows, a multiple of eight, through the stages and repairs those that are not ordinary.
@inline(__always)
private func inBlocks(
  _ columns: OptionColumns, _ count: Int, greeks: Bool,
  finish: (_ block: OrdinaryBlock, _ first: Int, _ size: Int) -> Void,
  repair: (_ rows: OptionRows, _ isOrdinary: Mask, _ row: Int) -> Void
) {
  unsafe withUnsafeTemporaryAllocation(of: Vector.self, capacity: OrdinaryBlock.capacity) {
    memory in
    guard let base = memory.baseAddress else { return }
    let block = unsafe OrdinaryBlock(base)
    var first = 0
    while first < count {
      let size = min(OrdinaryBlock.vectors, (count - first) / 8)
      let isOrdinary = unsafe block.prepare(columns, first, size: size, greeks: greeks)
      unsafe block.evaluate(columns, first, size: size)
      finish(block, first, size)
      if _slowPath(!isOrdinary) {
        for i in 0..<size {
          let rows = unsafe OptionRows(columns, first + 8 * i)
          let logRatio = logarithmOfRatio(rows.spot, rows.strike)
          let isOrdinary = OptionDistances(rows, logRatio: logRatio).isOrdinary
          if !all(isOrdinary) { repair(rows, isOrdinary, first + 8 * i) }
        }
      }
      first += 8 * size
    }
  }
}

// MARK: - The last rows

/// Calls back with the rows from `first` on, fewer than eight, padded with the last one.
@inline(never)
func withLastRows(
  _ columns: OptionColumns, _ first: Int, _ count: Int,
  _ body: (_ rows: OptionColumns, _ results: OptionResults) -> Void
) {
  unsafe withUnsafeTemporaryAllocation(of: Double.self, capacity: 15 * 8) { memory in
    guard let base = memory.baseAddress else { return }
    let bytes = unsafe UnsafeMutableRawPointer(base + 13 * 8).assumingMemoryBound(to: UInt8.self)
    for lane in 0..<8 {
      let row = min(first + lane, count - 1)
      unsafe base[lane] = columns.spot[row]
      unsafe base[lane + 8] = columns.strike[row]
      unsafe base[lane + 16] = columns.rate[row]
      unsafe base[lane + 24] = columns.dividend[row]
      unsafe base[lane + 32] = columns.volatility[row]
      unsafe base[lane + 40] = columns.maturity[row]
      unsafe bytes[lane] = columns.isPut[row]
    }
    let rows = unsafe OptionColumns(
      spot: base, strike: base + 8, rate: base + 16, dividend: base + 24, volatility: base + 32,
      maturity: base + 40, isPut: bytes)
    let results = unsafe OptionResults(
      price: base + 48, delta: base + 56, gamma: base + 64, vega: base + 72, theta: base + 80,
      rho: base + 88, status: bytes + 8)
    unsafe body(rows, results)
  }
}

extension OptionResults {
  /// Writes the first of eight rows here to those from `first` on elsewhere.
  fileprivate func copy(to results: OptionResults, _ first: Int, _ count: Int) {
    for row in first..<count {
      let lane = row - first
      unsafe results.price[row] = price[lane]
      unsafe results.delta[row] = delta[lane]
      unsafe results.gamma[row] = gamma[lane]
      unsafe results.vega[row] = vega[lane]
      unsafe results.theta[row] = theta[lane]
      unsafe results.rho[row] = rho[lane]
      unsafe results.status[row] = status[lane]
    }
  }
}

extension OptionValues {
  /// Values written before.
  @inline(__always)
  fileprivate init(_ results: OptionResults, _ first: Int) {
    price = unsafe load(results.price, first)
    delta = unsafe load(results.delta, first)
    gamma = unsafe load(results.gamma, first)
    vega = unsafe load(results.vega, first)
    theta = unsafe load(results.theta, first)
    rho = unsafe load(results.rho, first)
  }

  @inline(__always)
  fileprivate func write(to results: OptionResults, _ first: Int) {
    unsafe store(price, results.price, first)
    unsafe store(delta, results.delta, first)
    unsafe store(gamma, results.gamma, first)
    unsafe store(vega, results.vega, first)
    unsafe store(theta, results.theta, first)
    unsafe store(rho, results.rho, first)
  }
}
