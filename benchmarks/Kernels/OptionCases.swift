import BenchmarkData
import BlackScholes
import VectorShims

/// Prices, prices with greeks and implied volatilities of the same drawn options.
final class OptionCases {
  private typealias Column = UnsafePointer<Double>
  private typealias Result = UnsafeMutablePointer<Double>
  private typealias PriceFunction =
    @convention(c) (
      Column, Column, Column, Column, Column, Column, UnsafePointer<UInt8>, Result, Int
    ) -> Void
  private typealias GreeksFunction =
    @convention(c) (
      Column, Column, Column, Column, Column, Column, UnsafePointer<UInt8>, Result, Result, Result,
      Result, Result, Result, Int
    ) -> Void
  private typealias ImpliedFunction =
    @convention(c) (
      Column, Column, Column, Column, Column, UnsafePointer<UInt8>, Column, Result, Int
    ) -> Void

  /// Few enough that all columns stay in the second level of the cache.
  private static let rows = 8192

  private let options: [DrawnOption]
  private let library: ReferenceLibrary?
  /// Spot, strike, rate, dividend, volatility, maturity.
  private let inputs: ColumnMemory
  /// Six columns each.
  private let found: ColumnMemory
  private let foundByC: ColumnMemory
  private let flags: ColumnMemory
  private let status: ColumnMemory

  private init(_ options: [DrawnOption], _ library: ReferenceLibrary?) {
    self.options = options
    self.library = library
    let rows = options.count
    inputs = ColumnMemory(columns: 6, rows: rows)
    found = ColumnMemory(columns: 6, rows: rows)
    foundByC = ColumnMemory(columns: 6, rows: rows)
    flags = ColumnMemory(columns: 1, rows: rows)
    status = ColumnMemory(columns: 1, rows: rows)
    for (row, option) in options.enumerated() {
      let values = [option.spot, option.strike, option.rate, 0, option.volatility, option.maturity]
      for (column, value) in values.enumerated() { inputs[row, column] = value }
      unsafe isPut[row] = option.isPut ? 1 : 0
    }
  }

  private var isPut: UnsafeMutablePointer<UInt8> {
    unsafe UnsafeMutableRawPointer(flags[0]).assumingMemoryBound(to: UInt8.self)
  }

  private var codes: UnsafeMutablePointer<UInt8> {
    unsafe UnsafeMutableRawPointer(status[0]).assumingMemoryBound(to: UInt8.self)
  }

  private var columns: OptionColumns {
    unsafe OptionColumns(
      spot: inputs[0], strike: inputs[1], rate: inputs[2], dividend: inputs[3],
      volatility: inputs[4], maturity: inputs[5], isPut: isPut)
  }

  private var results: OptionResults {
    unsafe OptionResults(
      price: found[0], delta: found[1], gamma: found[2], vega: found[3], theta: found[4],
      rho: found[5], status: codes)
  }
}

// MARK: - Prices

extension OptionCases {
  static func price(_ library: ReferenceLibrary?) -> KernelCase {
    let cases = OptionCases(Array(OptionTable().block(0).prefix(rows)), library)
    return KernelCase(
      title: "European price", unit: "options", rows: rows,
      ours: { kernels in
        unsafe kernels.priceOnly(
          cases.columns, count: rows, price: cases.found[0], status: cases.codes)
      },
      reference: cases.referencePrice("reference_price"),
      shortReference: cases.referencePrice("reference_price_shared"),
      checkOurs: { cases.checkPrices(columns: 1) },
      checkReference: { cases.checkReference(columns: 1) })
  }

  static func greeks(_ library: ReferenceLibrary?) -> KernelCase {
    let cases = OptionCases(Array(OptionTable().block(0).prefix(rows)), library)
    return KernelCase(
      title: "price and five greeks", unit: "options", rows: rows,
      ours: { kernels in
        unsafe kernels.priceOptions(cases.columns, count: rows, into: cases.results)
      },
      reference: cases.referenceGreeks("reference_greeks"),
      shortReference: cases.referenceGreeks("reference_greeks_shared"),
      checkOurs: { cases.checkPrices(columns: 6) },
      checkReference: { cases.checkReference(columns: 6) })
  }

  private func referencePrice(_ name: String) -> (() -> Void)? {
    guard
      let function = unsafe library?.function(name, as: PriceFunction.self)
    else { return nil }
    return { [self] in
      unsafe function(
        inputs[0], inputs[1], inputs[2], inputs[3], inputs[4], inputs[5], isPut, foundByC[0],
        inputs.rows)
    }
  }

  private func referenceGreeks(_ name: String) -> (() -> Void)? {
    guard
      let function = unsafe library?.function(name, as: GreeksFunction.self)
    else { return nil }
    return { [self] in
      unsafe function(
        inputs[0], inputs[1], inputs[2], inputs[3], inputs[4], inputs[5], isPut, foundByC[0],
        foundByC[1], foundByC[2], foundByC[3], foundByC[4], foundByC[5], inputs.rows)
    }
  }

  /// Against the textbook's formulas, whose cancellation is kept out by adding one price of the spot.
  private func checkPrices(columns: Int) -> String? {
    let exact = options.map { OptionReference.price($0.european).inOrder }
    for column in 0..<columns {
      let wrong = Answers.difference(
        OptionPrice.names[column], rows: options.count, tolerance: 1e-11
      ) { row in
        (found[row, column] + options[row].spot, exact[row][column] + options[row].spot)
      }
      if let wrong { return wrong }
    }
    return nil
  }

  private func checkReference(columns: Int) -> String? {
    for column in 0..<columns {
      let wrong = Answers.difference(
        OptionPrice.names[column], rows: options.count, tolerance: 1e-11
      ) { row in
        (foundByC[row, column] + options[row].spot, found[row, column] + options[row].spot)
      }
      if let wrong { return wrong }
    }
    return nil
  }
}

// MARK: - Implied volatility

extension OptionCases {
  /// Calls of which the volatility makes at least a thousandth of the spot's price.
  static func implied(_ library: ReferenceLibrary?, _ scratch: ScratchDirectory) -> KernelCase {
    var calls: [DrawnOption] = []
    var block = 0
    while calls.count < rows {
      calls += OptionTable().block(block).filter { option in
        guard !option.isPut else { return false }
        let bounds = option.spot - option.strike * option.discount
        let price = OptionReference.price(option.european).price
        return price - max(bounds, 0) > 1e-3 * option.spot
      }
      block += 1
    }
    let cases = OptionCases(Array(calls.prefix(rows)), library)
    unsafe Kernels.best.priceOnly(
      cases.columns, count: rows, price: cases.found[1], status: cases.codes)
    return KernelCase(
      title: "implied volatility", unit: "options", rows: rows,
      ours: { kernels in
        unsafe kernels.impliedVolatility(
          cases.columns, count: rows, price: cases.found[1], volatility: cases.found[0],
          status: cases.codes)
      },
      reference: cases.referenceImplied(), peer: cases.export(to: scratch) ? "implied" : nil,
      peerBar: 3,
      checkOurs: { cases.checkVolatility(cases.found) },
      checkReference: { cases.checkVolatility(cases.foundByC) })
  }

  private func referenceImplied() -> (() -> Void)? {
    guard let function = unsafe library?.function("reference_implied", as: ImpliedFunction.self)
    else { return nil }
    return { [self] in
      unsafe function(
        inputs[0], inputs[1], inputs[2], inputs[3], inputs[5], isPut, found[1], foundByC[0],
        inputs.rows)
    }
  }

  private func checkVolatility(_ answers: ColumnMemory) -> String? {
    Answers.difference("volatility", rows: options.count, tolerance: 1e-9) { row in
      (answers[row, 0], options[row].volatility)
    }
  }

  /// Price, spot, strike, rate, maturity and the volatility to be found.
  private func export(to scratch: ScratchDirectory) -> Bool {
    let memory = ColumnMemory(columns: 6, rows: inputs.rows)
    for row in 0..<inputs.rows {
      memory[row, 0] = found[row, 1]
      for (place, column) in [0, 1, 2, 5, 4].enumerated() {
        memory[row, place + 1] = inputs[row, column]
      }
    }
    return memory.write(columns: Array(0..<6), to: scratch("implied.f64"))
  }
}
