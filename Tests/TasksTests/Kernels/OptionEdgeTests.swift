import BlackScholes
import Testing

/// An option at the edge of the model, and what it is worth there.
struct EdgeCase: CustomTestStringConvertible, Sendable {
  let testDescription: String
  let option: EuropeanOption
  let price: Double
  let delta: Double
  let gamma: Double

  init(
    _ name: String, _ option: EuropeanOption, price: Double, delta: Double, gamma: Double = 0
  ) {
    testDescription = name
    (self.option, self.price, self.delta, self.gamma) = (option, price, delta, gamma)
  }

  private static func option(
    _ spot: Double, _ strike: Double, volatility: Double, maturity: Double, isPut: Bool = false,
    rate: Double = 0.05
  ) -> EuropeanOption {
    EuropeanOption(
      spot: spot, strike: strike, rate: rate, volatility: volatility, maturity: maturity,
      isPut: isPut)
  }

  static let all = [
    EdgeCase(
      "expired call in the money", option(100, 90, volatility: 0.2, maturity: 0), price: 10,
      delta: 1),
    EdgeCase(
      "expired call out of the money", option(90, 100, volatility: 0.2, maturity: 0), price: 0,
      delta: 0),
    EdgeCase(
      "expired put in the money", option(90, 100, volatility: 0.2, maturity: 0, isPut: true),
      price: 10, delta: -1),
    EdgeCase(
      "expired call at the money", option(100, 100, volatility: 0.2, maturity: 0), price: 0,
      delta: 0.5, gamma: .infinity),
    EdgeCase(
      "riskless call in the money", option(100, 90, volatility: 0, maturity: 1, rate: 0), price: 10,
      delta: 1),
    EdgeCase(
      "riskless call out of the money", option(90, 100, volatility: 0, maturity: 1, rate: 0),
      price: 0, delta: 0),
    EdgeCase(
      "riskless call, forward in the money", option(100, 100, volatility: 0, maturity: 1),
      price: 4.877057549928599, delta: 1),
    EdgeCase(
      "boundless volatility", option(100, 90, volatility: 1e300, maturity: 1), price: 100, delta: 1),
    EdgeCase(
      "almost no volatility", option(100, 100, volatility: 1e-300, maturity: 1),
      price: 4.877057549928599, delta: 1),
    EdgeCase(
      "largest spot, smallest strike",
      option(1e308, .leastNonzeroMagnitude, volatility: 0.2, maturity: 1),
      price: 1e308, delta: 1),
  ]
}

@Suite("Option kernels at the edges")
struct OptionEdgeTests {
  @Test("Expired, riskless and boundless options get their limits", arguments: EdgeCase.all)
  func limits(_ edge: EdgeCase) {
    for kernels in OptionKernelTests.variants {
      let answers = OptionTable([edge.option]).priced(by: kernels)
      #expect(answers.status == [RowStatus.ok.rawValue])
      #expect(answers.price(0) == edge.price)
      #expect(answers[0, 1] == edge.delta)
      #expect(answers[0, 2] == edge.gamma)
      #expect((0..<6).allSatisfy { !answers[0, $0].isNaN })
    }
  }

  static let badOptions: [EuropeanOption] = {
    let good = EuropeanOption(spot: 100, strike: 100, rate: 0.05, volatility: 0.2, maturity: 1)
    func changed(_ path: WritableKeyPath<EuropeanOption, Double>, _ value: Double) -> EuropeanOption
    {
      var option = good
      option[keyPath: path] = value
      return option
    }
    return [.nan, .infinity, -1, 0].flatMap { [changed(\.spot, $0), changed(\.strike, $0)] }
      + [.nan, .infinity, -0.1].flatMap { [changed(\.volatility, $0), changed(\.maturity, $0)] }
      + [.nan, .infinity, -.infinity, 1e6].flatMap {
        [changed(\.rate, $0), changed(\.dividend, $0)]
      }
  }()

  @Test("Bad input is marked and has no number", arguments: badOptions)
  func badInput(_ option: EuropeanOption) {
    for kernels in OptionKernelTests.variants {
      let answers = OptionTable([option]).priced(by: kernels)
      #expect(answers.status == [RowStatus.badInput.rawValue])
      #expect((0..<6).allSatisfy { answers[0, $0].isNaN })
    }
  }

  @Test("A bad row leaves its neighbours alone", arguments: 0..<9)
  func badNeighbour(_ place: Int) {
    let good = EuropeanOption(spot: 100, strike: 95, rate: 0.03, volatility: 0.25, maturity: 0.7)
    let expected = OptionTable([good]).priced(by: .best).bits(ofRow: 0)
    var options = Array(repeating: good, count: 9)
    options[place].spot = -100
    let answers = OptionTable(options).priced(by: .best)
    for row in options.indices where row != place {
      #expect(answers.bits(ofRow: row) == expected)
    }
    #expect(answers.status[place] == RowStatus.badInput.rawValue)
  }

  @Test("A gamma is kept where the density alone would vanish")
  func subnormalGamma() {
    // 60-digit arithmetic gives 5.363e-323, eleven of the smallest steps between doubles.
    let option = EuropeanOption(
      spot: 197.01416253395251, strike: 197.01416253395251, rate: 0.04350424421614155,
      volatility: 3.391649805321283e-05, maturity: 0.0009112645797377621, isPut: true)
    let gamma = OptionTable([option]).priced(by: .best)[0, 2]
    #expect((gamma / .leastNonzeroMagnitude - 11).magnitude <= 1)
  }

  @Test("No rows are no work")
  func noRows() {
    #expect(OptionTable([]).priced(by: .best).count == 0)
  }
}
