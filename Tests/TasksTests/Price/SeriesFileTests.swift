import BatchCore
import BlackScholes
import Testing

@Suite("Firms' series from CSV to CSV")
struct SeriesFileTests {
  static let header = "firm,date,equity,debt,rate"
  static let options = ["window": ["5"], "horizons": ["1,3"]]

  /// Days of one firm: a random walk of equity, dates from 1 on.
  static func days(_ firm: String, _ count: Int, seed: UInt64, from first: Int = 1) -> [String] {
    var random = RandomNumbers(seed: seed)
    var equity = 100.0
    return (first..<first + count).map { day in
      equity *= 1 + 0.02 * random.next(-1...1)
      let debt = 80 + random.next(0...1)
      return "\(firm),\(day),\(equity),\(debt),0.03"
    }
  }

  static func csv(_ rows: [String], header: String = header) -> String {
    ([header] + rows).joined(separator: "\n") + "\n"
  }

  /// A row's results, without the row itself.
  static func results(_ priced: PricedFile, _ row: Int, columns: Int = 5) -> [String] {
    Array(priced.fields(row).dropFirst(columns))
  }

  // MARK: - Windows

  @Test("days before a whole window have no result and are no failure")
  func windowShort() throws {
    let rows = Self.days("A", 7, seed: 30) + Self.days("B", 4, seed: 31)
    let priced = try PricedFile(Self.csv(rows), Self.options)
    let status = rows.indices.map { priced.value("status", $0) }
    #expect(
      status == Array(repeating: "window_short", count: 4) + ["ok", "ok", "ok"]
        + Array(repeating: "window_short", count: 4))
    #expect(Self.results(priced, 0) == Array(repeating: "", count: 8) + ["window_short"])
    #expect(priced.failures.isEmpty)
  }

  @Test("a firm's results do not depend on the firms around it")
  func otherFirms() throws {
    let (a, b) = (Self.days("A", 12, seed: 32), Self.days("B", 12, seed: 33))
    let alone = try PricedFile(Self.csv(b), Self.options)
    let together = try PricedFile(Self.csv(a + b), Self.options)
    for row in 0..<12 {
      #expect(together.fields(12 + row) == alone.fields(row), "seeds 32 and 33")
    }
  }

  @Test(
    "where batches are cut does not show, whatever the method",
    arguments: [1, 7, 1000], ["iterative", "two-equation", "naive"])
  func cuts(batchSize: Int, method: String) throws {
    var rows: [String] = []
    for (index, count) in [3, 40, 1, 700, 12].enumerated() {
      rows += Self.days("firm \(index)", count, seed: UInt64(40 + index))
    }
    rows.insert("firm 3,9999,x,1,0.03", at: 300)
    rows.insert("firm", at: 301)
    rows.insert("firm 1,2,10,10,0.03", at: 20)  // moves the two above by one
    let options = Self.options.merging(["method": [method]]) { $1 }
    let whole = try PricedFile(Self.csv(rows), options)
    let cut = try PricedFile(
      Self.csv(rows), options, batchSize: batchSize, inAnotherProcess: batchSize == 7)
    #expect(cut.output == whole.output, "seeds from 40 on")
    #expect(cut.failures == whole.failures)
    #expect(whole.failures.map(\.item.index) == [20, 301, 302])
  }

  @Test("equity volatility from the firm's own days is what a given one would be")
  func ownVolatility() throws {
    let rows = Self.days("A", 9, seed: 34)
    for method in ["two-equation", "naive"] {
      let own = try PricedFile(
        Self.csv(rows), Self.options.merging(["method": [method]]) { $1 })
      let equity = rows.map { Double($0.split(separator: ",")[2]) ?? .nan }
      for day in 4..<9 {
        let volatility = Self.volatility(equity[(day - 4)...day])
        let given = try PricedFile(
          Self.csv(["\(rows[day]),\(volatility)"], header: Self.header + ",equity_volatility"),
          ["method": [method], "horizons": ["1,3"]])
        for column in ["asset_value_1", "asset_volatility_3", "default_probability_3"] {
          #expect(abs(own.number(column, day) / given.number(column) - 1) < 1e-9, "seed 34")
        }
      }
    }
  }

  /// √252 times the sample standard deviation of the log returns.
  static func volatility(_ prices: ArraySlice<Double>) -> Double {
    let returns = zip(prices.dropFirst(), prices).map { logarithm($0 / $1) }
    let mean = returns.reduce(0, +) / Double(returns.count)
    let squares = returns.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }
    return (252 * squares / Double(returns.count - 1)).squareRoot()
  }

  /// The natural logarithm of a number near 1, by its series.
  static func logarithm(_ x: Double) -> Double {
    let z = (x - 1) / (x + 1)
    return 2
      * stride(from: 1, through: 19, by: 2).reduce(0.0) { sum, power in
        sum + (0..<power).reduce(1.0) { product, _ in product * z } / Double(power)
      }
  }

  // MARK: - Bad rows

  @Test(
    "a bad row fails alone and is left out of its firm's series",
    arguments: [
      ("A,6.5,100,80,0.03", "date"), ("A,3,100,80,0.03", "date"), ("A,6,100,80,0.03", "date"),
      ("A,,100,80,0.03", "date"), ("A,2024-01-01,100,80,0.03", "date"),
      (",7,100,80,0.03", "firm"), ("A,7,-1,80,0.03", "equity"), ("A,7,1,NaN,0.03", "debt"),
      ("A,7,100,80", nil),
    ])
  func badRow(row: String, column: String?) throws {
    var rows = Self.days("A", 12, seed: 35)
    rows.remove(at: 6)
    let without = try PricedFile(Self.csv(rows), Self.options)
    rows.insert(row, at: 6)
    let with = try PricedFile(Self.csv(rows), Self.options, batchSize: 5)
    let failure = try #require(with.failures.first)
    #expect(with.failures.count == 1 && failure.code == .badInput)
    #expect(failure.item.index == 6 && failure.location.line == 8)
    #expect(failure.location.column == column, "\(failure.message)")
    #expect(Self.results(with, 6).suffix(9) == Array(repeating: "", count: 8) + ["bad_input"])
    #expect(with.lines.count == without.lines.count + 1)
    #expect(with.lines[1...6] == without.lines[1...6])
    #expect(with.lines[8...] == without.lines[7...])
  }

  @Test("a date that is not after the firm's dates before it is named with the cure")
  func dateOrder() throws {
    let rows = ["A,2020-01-03,1,1,0", "A,2020-01-02,1,1,0", "B,2020-01-01,1,1,0"]
    let priced = try PricedFile(Self.csv(rows), Self.options)
    #expect(
      priced.failures.map(\.message) == [
        "in.csv:3: column date: '2020-01-02' is not after the firm's dates before it; sort the "
          + "rows by firm and date, and keep one row for each day"
      ])
  }

  @Test(
    "dates are ISO, compact or whole numbers, one kind in a file",
    arguments: [
      (["2023-12-31", "2024-02-29", "2024-03-01"], "2024-02-30"),
      (["20231231", "20240229", "20240301"], "20230229"), (["-1", "0", "7"], "2024-01-01"),
    ])
  func dateStyles(good: [String], bad: String) throws {
    let rows = (good + [bad]).map { "A,\($0),100,80,0.03" }
    let priced = try PricedFile(Self.csv(rows), Self.options)
    #expect(priced.failures.map(\.item.index) == [3])
    #expect(priced.failures[0].message.contains("'\(bad)' is not "))
  }

  @Test("a firm that comes back after another one stops the run with both lines")
  func returningFirm() {
    let rows = Self.days("A", 2, seed: 1) + Self.days("B", 2, seed: 1) + ["A,9,1,1,0"]
    let error = #expect(throws: TaskError.self) { try PricedFile(Self.csv(rows), Self.options) }
    #expect(
      error?.message == "in.csv: the rows of firm 'A' are not together: they begin on line 2 and "
        + "again, after another firm, on line 6; sort the file by firm and date")
  }

  @Test("a firm is the same in quotes and without, and may hold separators and quotes")
  func quotedFirms() throws {
    let plain = Self.days("Q", 12, seed: 36)
    let names = ["\"a, \"\"b\"\"\"", "\"Q\"", "Q"]
    for name in names {
      let rows = plain.enumerated().map { index, row in
        (name == "Q" && index % 2 == 0 ? "\"Q\"" : name) + row.dropFirst()
      }
      let priced = try PricedFile(Self.csv(rows), Self.options, batchSize: 5)
      let expected = try PricedFile(Self.csv(plain), Self.options)
      #expect(priced.failures.isEmpty)
      for row in 0..<12 {
        #expect(
          priced.lines[row + 1] == rows[row] + expected.lines[row + 1].dropFirst(plain[row].count))
      }
    }
  }

  @Test("without a firm column all rows are one series, and that is said")
  func noFirm() throws {
    let rows = Self.days("A", 12, seed: 37)
    let named = try PricedFile(Self.csv(rows), Self.options)
    let bare = rows.map { String($0.dropFirst(2)) }
    let priced = try PricedFile(
      Self.csv(bare, header: "date,equity,debt,rate"), Self.options, batchSize: 3)
    #expect(priced.lines.dropFirst().map { "A," + $0 } == Array(named.lines.dropFirst()))
    #expect(priced.notes.contains { $0.contains("one series") })
  }

  // MARK: - The iterative method

  @Test("the asset volatility is that of the asset values of its own window")
  func fixedPoint() throws {
    let rows = Self.days("A", 30, seed: 38)
    let options = ["window": ["20"], "horizons": ["2"], "residuals": [""]]
    let priced = try PricedFile(Self.csv(rows), options)
    for day in 19..<30 {
      #expect(priced.value("status", day) == "ok")
      #expect(priced.number("asset_value_2", day) > Double(rows[day].split(separator: ",")[2]) ?? 0)
      #expect(priced.number("asset_volatility_2", day) > 0)
      #expect(abs(priced.number("residual_2", day)) < 1e-9)
      let probability = priced.number("default_probability_2", day)
      #expect(probability >= 0 && probability < 1)
    }
  }

  @Test("a firm that never owes anything is unlevered")
  func unlevered() throws {
    let rows = Self.days("A", 12, seed: 39).map { row in
      let field = row.split(separator: ",")
      return "A,\(field[1]),\(field[2]),0,0.03"
    }
    let priced = try PricedFile(Self.csv(rows), Self.options)
    for day in 4..<12 {
      #expect(priced.value("status", day) == "unlevered")
      #expect(priced.value("asset_value_1", day) == String(rows[day].split(separator: ",")[2]))
      #expect(priced.value("distance_to_default_3", day) == "inf")
      #expect(priced.value("default_probability_3", day) == "0")
    }
    #expect(priced.failures.isEmpty)
  }

  @Test("an estimated drift changes distance and probability, and not the assets")
  func estimatedDrift() throws {
    let rows = Self.days("A", 12, seed: 41)
    let neutral = try PricedFile(Self.csv(rows), Self.options)
    let drift = try PricedFile(
      Self.csv(rows), Self.options.merging(["drift": ["estimated"]]) { $1 })
    for day in 4..<12 {
      #expect(neutral.value("asset_value_1", day) == drift.value("asset_value_1", day))
      #expect(
        neutral.value("distance_to_default_1", day) != drift.value("distance_to_default_1", day))
    }
  }
}
