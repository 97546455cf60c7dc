import BatchCore
import BlackScholes
import Testing

@Suite("Firms from CSV to CSV")
struct FirmFileTests {
  static let header = "equity,equity_volatility,debt,rate"

  struct Published: Sendable, CustomTestStringConvertible {
    var name: String
    /// Equity, its volatility, debt, rate.
    var row: String
    /// Asset value, asset volatility, distance to default, default probability, one year ahead.
    var expected: [Double]
    var testDescription: String { name }
  }

  /// Computed to twelve digits from the published inputs; Hull's book and MATLAB's `mertonmodel` page print
  /// the same numbers rounded.
  static let published = [
    Published(
      name: "Hull", row: "3,.80,10,.05",
      expected: [12.3953871886, 0.212304713423, 1.14082565533, 0.126971241063]),
    Published(
      name: "MATLAB 1", row: "2.6406e7,.7103,4e7,.05",
      expected: [64209834.1497, 0.300967153742, 1.58816769536, 0.0561242119535]),
    Published(
      name: "MATLAB 2", row: "2.6817e7,.3929,3.5e7,.05",
      expected: [60109267.8699, 0.175335265954, 3.28196808996, 5.15426350363e-4]),
    Published(
      name: "MATLAB 3", row: "3.977e7,.3121,3.5e7,.05",
      expected: [73063026.7600, 0.169883904524, 4.54159632773, 2.79149328293e-6]),
    Published(
      name: "MATLAB 4", row: "2.947e7,.4595,3.2e7,.05",
      expected: [59905567.9160, 0.226261833523, 2.87912606702, 0.00199389445242]),
    Published(
      name: "MATLAB 5", row: "2.528e7,.6181,4e7,.05",
      expected: [63231439.1223, 0.251094892678, 1.89728213972, 0.0288953554601]),
    Published(
      name: "negative rate", row: "50,.4,100,-.01",
      expected: [150.999460242, 0.132579420752, 2.96665517642, 0.00150529198041]),
    Published(
      name: "20x leverage", row: "5,1.2,100,.03",
      expected: [98.9365123852, 0.101926294835, 0.138469514938, 0.444934680526]),
  ]

  static let columns = [
    "asset_value_1", "asset_volatility_1", "distance_to_default_1", "default_probability_1",
  ]

  @Test("published solutions of both equations come out", arguments: published)
  func twoEquation(firm: Published) throws {
    let result = try PricedFile("\(Self.header)\n\(firm.row)\n", ["horizons": ["1"]])
    #expect(result.value("status") == "ok")
    for (column, expected) in zip(Self.columns, firm.expected) {
      let value = result.number(column)
      #expect(abs(value / expected - 1) < 2e-11, "\(firm.name) \(column) \(value)")
    }
  }

  @Test("a drift gives the distance and probability that the MATLAB page prints")
  func drift() throws {
    let drifts = [0.0306, 0.03, 0.031, 0.0302, 0.0305]
    let distances = [1.5237, 3.1679, 4.4298, 2.7916, 1.8196]
    let probabilities = [0.0638, 0.0008, 0.0000, 0.0026, 0.0344]
    var csv = "\(Self.header),mu\n"
    for (firm, drift) in zip(Self.published[1...5], drifts) { csv += "\(firm.row),\(drift)\n" }
    let result = try PricedFile(csv, ["horizons": ["1"]])
    for row in 0..<5 {
      #expect(abs(result.number("distance_to_default_1", row) - distances[row]) < 1e-4)
      #expect(abs(result.number("default_probability_1", row) - probabilities[row]) < 1e-4)
    }
  }

  @Test("Bharath and Shumway's closed form gives the published numbers")
  func naive() throws {
    let result = try PricedFile(
      "\(Self.header)\n\(Self.published[0].row)\n", ["method": ["naive"], "horizons": ["1"]])
    // σ_V and DD as published; the probability is N(-DD).
    let expected = [13, 0.3769230769, 0.6402599795, 0.2610017972]
    for (column, value) in zip(Self.columns, expected) {
      #expect(abs(result.number(column) / value - 1) < 1e-9, "\(result.text)")
    }
  }

  @Test("every horizon has its columns, and the residual when asked for")
  func horizons() throws {
    let csv = "firm,\(Self.header)\nA,3,.80,10,.05\n"
    let result = try PricedFile(csv)
    #expect(result.fields(-1).count == 5 + 4 * 5 + 1)
    let single = try PricedFile(csv, ["horizons": ["0.5,4"], "residuals": [""]])
    #expect(single.fields(-1).count == 5 + 5 * 2 + 1)
    #expect(single.value("asset_value_4") == result.value("asset_value_4"))
    #expect(abs(single.number("residual_0.5")) < 1e-9)
    #expect(abs(single.number("residual_4")) < 1e-9)
  }

  @Test("a firm without debt is unlevered: a result, not a failure")
  func unlevered() throws {
    for method in ["two-equation", "naive"] {
      let result = try PricedFile(
        "\(Self.header)\n100,.3,0,.03\n", ["method": [method], "horizons": ["1,5"]])
      #expect(result.lines[1] == "100,.3,0,.03,100,0.3,inf,0,100,0.3,inf,0,unlevered")
      #expect(result.failures.isEmpty)
    }
  }

  @Test("next to no debt gives a probability in the far tail, not NaN")
  func farTail() throws {
    let result = try PricedFile(
      "\(Self.header)\n100,.3,.001,.03\n", ["horizons": ["1"]])
    #expect(result.value("status") == "ok")
    #expect(abs(result.number("distance_to_default_1") / 38.3268254132 - 1) < 1e-10)
    #expect(result.number("default_probability_1") < 1e-300)
    #expect(result.number("default_probability_1") >= 0)
  }

  @Test("a horizon without a solution is named, and the other horizons keep their results")
  func oneHorizonFails() throws {
    // The present value of the debt, 1e307 e^(0.05 T), is beyond the doubles after 100 years, not 50.
    let csv = "\(Self.header)\n1e307,.3,1e307,-.05\n3,.80,10,.05\n"
    let result = try PricedFile(csv, ["horizons": ["1,100,50,200"]])
    #expect(result.value("status") == "no_solution:100")
    #expect(result.number("asset_value_1") > 2e307)
    #expect(result.number("asset_value_50") > 5e307)
    for name in ["asset_value_100", "default_probability_100", "asset_volatility_200"] {
      #expect(result.value(name).isEmpty)
    }
    #expect(result.value("status", 1) == "ok")
    #expect(result.failures.map(\.code.rawValue) == ["no_solution"])
    #expect(result.failures[0].message.contains("in.csv:2: no asset value"))
    #expect(result.failures[0].message.contains("horizon 100"))
  }

  @Test("firms out of their domain fail with the column's name")
  func domain() throws {
    let csv = "\(Self.header)\n0,.3,1,.03\n1,-.3,1,.03\n1,.3,-1,.03\n1,.3,1,x\n1,.3,1,.03\n"
    let result = try PricedFile(csv, ["horizons": ["1"]])
    #expect(
      result.failures.map(\.location.column) == ["equity", "equity_volatility", "debt", "rate"])
    #expect(result.value("status", 4) == "ok")
    #expect(result.fields(0).suffix(5) == ["", "", "", "", "bad_input"])
  }

  @Test("where batches are cut does not show", arguments: [1, 7, 1000])
  func cuts(batchSize: Int) throws {
    var random = RandomNumbers(seed: 21)
    var csv = Self.header + "\n"
    for _ in 0..<5000 {
      csv += "\(random.next(1...1000)),\(random.next(0.1...1)),"
      csv += "\(random.next(-20...2000)),\(random.next(-0.01...0.1))\n"
    }
    let whole = try PricedFile(csv)
    let cut = try PricedFile(csv, batchSize: batchSize, inAnotherProcess: true)
    #expect(cut.output == whole.output, "seed 21")
    #expect(cut.failures == whole.failures && !whole.failures.isEmpty)
  }
}
