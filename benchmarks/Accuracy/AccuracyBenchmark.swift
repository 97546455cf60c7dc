import BlackScholes
import VectorShims

/// The kernels next to arithmetic of 60 and 80 digits, over ordinary rows and every kind of extreme.
///
/// `accuracy SEED` has Python draw and compute new rows; without a seed the committed ones are used.
enum AccuracyBenchmark {
  static func run(_ arguments: [String]) -> Bool {
    var tables = GoldenTables()
    if let text = arguments.first {
      guard let seed = Int(text), let fresh = GoldenTables(seed: seed) else {
        print("usage: benchmarks accuracy [SEED]")
        return false
      }
      tables = fresh
    }
    print("accuracy: kernels of \(Kernels.best.instructionSet.rawValue), relative errors")
    let options = ExactOption.table(csv: tables.options)
    guard !options.isEmpty, !tables.firms.isEmpty else {
      print("the tables are not there: run from the top of the repository")
      return false
    }
    let results = [
      show("option, by value", byValue(options)),
      show("option, all values by kind", byKind(options)),
      showVolatilities(options), show("two equations", twoEquation(tables.firms)),
      show("iterative, window of 20 days", iterative(tables.series)),
    ]
    return results.allSatisfy { $0 }
  }

  /// Prints shares and the worst row; false when a value is off by more than 1e-9.
  private static func show(_ title: String, _ summaries: [AccuracySummary]) -> Bool {
    var table = TextTable([title, "values", "within 1e-12", "within 1e-9", "worst"])
    for summary in summaries {
      table.add([
        summary.name, String(summary.count), share(summary.tight, summary.count),
        share(summary.close, summary.count), Digits.scientific(summary.worst),
      ])
    }
    table.show()
    return summaries.allSatisfy { $0.close == $0.count }
  }

  private static func share(_ part: Int, _ whole: Int) -> String {
    Digits.fixed(100 * Double(part) / Double(max(whole, 1)), 1) + " %"
  }
}

// MARK: - Options

extension AccuracyBenchmark {
  private static func byValue(_ options: [ExactOption]) -> [AccuracySummary] {
    let found = Kernels.best.price(options.map(\.option)).map { $0.price.inOrder }
    return OptionPrice.names.enumerated().map { column, name in
      var summary = AccuracySummary(name: name)
      for (row, option) in options.enumerated() {
        summary.add(found[row][column], exact: option.values[column], row: row)
      }
      return summary
    }
  }

  private static func byKind(_ options: [ExactOption]) -> [AccuracySummary] {
    let found = Kernels.best.price(options.map(\.option)).map { $0.price.inOrder }
    var summaries: [AccuracySummary] = []
    for (row, option) in options.enumerated() {
      if summaries.last?.name != option.kind {
        summaries.append(AccuracySummary(name: option.kind))
      }
      for column in option.values.indices {
        summaries[summaries.count - 1].add(
          found[row][column], exact: option.values[column], row: row)
      }
    }
    return summaries
  }

  /// Implied volatilities in units of the error that the price's own rounding forces.
  private static func showVolatilities(_ options: [ExactOption]) -> Bool {
    let solvable = options.filter { $0.impliedVolatility != nil && $0.forcedError != nil }
    let memory = ColumnMemory(columns: 9, rows: solvable.count)
    solveVolatilities(solvable, memory)
    var (close, worst) = (0, 0.0)
    for (row, option) in solvable.enumerated() {
      guard let exact = option.impliedVolatility, let forced = option.forcedError else { continue }
      let error = (memory[row, 7] - exact).magnitude / (forced + exact.ulp / 2)
      if error <= 4 { close += 1 }
      if !(error <= worst) { worst = error.isNaN ? .infinity : error }
    }
    var table = TextTable(["implied volatility", "values", "within 4 x forced", "worst"])
    table.add([
      "all kinds", String(solvable.count), share(close, solvable.count), Digits.text(worst),
    ])
    table.show()
    return close == solvable.count
  }

  /// Spot to maturity in columns 0 to 5, flags and status in 6 and 8, the answers in 7.
  private static func solveVolatilities(_ options: [ExactOption], _ memory: ColumnMemory) {
    let prices = ColumnMemory(columns: 1, rows: options.count)
    let flags = unsafe UnsafeMutableRawPointer(memory[6]).assumingMemoryBound(to: UInt8.self)
    let status = unsafe UnsafeMutableRawPointer(memory[8]).assumingMemoryBound(to: UInt8.self)
    for (row, exact) in options.enumerated() {
      let option = exact.option
      let values = [option.spot, option.strike, option.rate, option.dividend, 0, option.maturity]
      for (column, value) in values.enumerated() { memory[row, column] = value }
      prices[row, 0] = exact.values[0]
      unsafe flags[row] = option.isPut ? 1 : 0
    }
    let columns = unsafe OptionColumns(
      spot: memory[0], strike: memory[1], rate: memory[2], dividend: memory[3],
      volatility: memory[4], maturity: memory[5], isPut: flags)
    unsafe Kernels.best.impliedVolatility(
      columns, count: options.count, price: prices[0], volatility: memory[7], status: status)
  }
}

// MARK: - Firms

extension AccuracyBenchmark {
  private static var names: [String] {
    ["asset value", "asset volatility", "distance to default", "default probability"]
  }

  /// Rows of class, equity, volatility, debt, rate, maturity and the four results.
  private static func twoEquation(_ rows: [[Substring]]) -> [AccuracySummary] {
    var summaries = names.map { AccuracySummary(name: $0) }
    let memory = ColumnMemory(columns: 9, rows: 1)
    for (index, row) in rows.enumerated() {
      let values = row.dropFirst().map { Double($0) ?? .nan }
      guard values.count == 9 else { continue }
      for column in 0..<4 { memory[0, column] = values[column] }
      let firms = unsafe MertonColumns(
        equity: memory[0], equityVolatility: memory[1], debt: memory[2], rate: memory[3],
        drift: nil)
      unsafe Kernels.best.solveTwoEquation(
        firms, count: 1, maturity: values[4], into: results(memory))
      for column in 0..<4 {
        summaries[column].add(memory[0, 4 + column], exact: values[5 + column], row: index)
      }
    }
    return summaries
  }

  /// Rows of firm, maturity, equity, debt, rate and, on some days, the four results.
  private static func iterative(_ rows: [[Substring]]) -> [AccuracySummary] {
    let window = 20
    var summaries = names.map { AccuracySummary(name: $0) }
    for last in rows.indices where last + 1 >= window && !rows[last][5].isEmpty {
      let days = rows[last + 1 - window...last]
      let memory = ColumnMemory(columns: 9, rows: window)
      for (day, row) in days.enumerated() {
        for column in 0..<3 { memory[day, column] = Double(row[2 + column]) ?? .nan }
      }
      let series = unsafe MertonSeries(
        equity: memory[0], debt: memory[1], rate: memory[2], drift: nil, days: window,
        first: window - 1, window: window, maturity: Double(rows[last][1]) ?? .nan,
        tolerance: 1e-10, estimatesDrift: false)
      unsafe Kernels.best.solveIterative(series, into: results(memory))
      for column in 0..<4 {
        let exact = Double(rows[last][5 + column]) ?? .nan
        summaries[column].add(memory[0, 4 + column], exact: exact, row: last)
      }
    }
    return summaries
  }

  /// Results in columns 4 to 7, the status in 8.
  private static func results(_ memory: ColumnMemory) -> MertonResults {
    unsafe MertonResults(
      assetValue: memory[4], assetVolatility: memory[5], distance: memory[6],
      probability: memory[7], residual: nil,
      status: UnsafeMutableRawPointer(memory[8]).assumingMemoryBound(to: UInt8.self))
  }
}
