import BlackScholes
import Glibc
import Testing

@Suite("Edges of the Merton model")
struct MertonEdgeTests {
  let kernels = Kernels.best

  @Test("Without debt the assets are the equity and nothing can default", arguments: [nil, -0.2])
  func unlevered(drift: Double?) {
    let firm = MertonFirm(equity: 80, equityVolatility: 0.3, debt: 0, rate: 0.02, drift: drift)
    for found in [
      kernels.twoEquation(firm, maturity: 2), kernels.naive([firm], maturity: 2)[0],
    ] {
      #expect(found.assetValue == 80 && found.assetVolatility == 0.3)
      #expect(found.distance == .infinity && found.probability == 0)
      #expect(found.status == 1)
    }
  }

  /// E = V - F exactly, and V e^{μT} meets the debt or does not.
  @Test(
    "Without risk the outcome is certain",
    arguments: [(nil, 0.0), (0.05, 0.0), (-0.5, 1.0)] as [(Double?, Double)])
  func riskless(drift: Double?, probability: Double) {
    let firm = MertonFirm(equity: 20, equityVolatility: 0, debt: 100, rate: 0.05, drift: drift)
    let found = kernels.twoEquation(firm, maturity: 1)
    #expect(relativeError(found.assetValue, 20 + 100 * exp(-0.05)) < 1e-15)
    #expect(found.assetVolatility == 0 && found.probability == probability)
    #expect(found.distance == (probability == 0 ? .infinity : -.infinity))
    #expect(found.status == 0)
  }

  @Test(
    "A value out of its domain is bad input and leaves no numbers",
    arguments: [
      MertonFirm(equity: 0, equityVolatility: 0.3, debt: 10, rate: 0.02),
      MertonFirm(equity: -1, equityVolatility: 0.3, debt: 10, rate: 0.02),
      MertonFirm(equity: .nan, equityVolatility: 0.3, debt: 10, rate: 0.02),
      MertonFirm(equity: .infinity, equityVolatility: 0.3, debt: 10, rate: 0.02),
      MertonFirm(equity: 5, equityVolatility: -0.3, debt: 10, rate: 0.02),
      MertonFirm(equity: 5, equityVolatility: .nan, debt: 10, rate: 0.02),
      MertonFirm(equity: 5, equityVolatility: 0.3, debt: -10, rate: 0.02),
      MertonFirm(equity: 5, equityVolatility: 0.3, debt: .nan, rate: 0.02),
      MertonFirm(equity: 5, equityVolatility: 0.3, debt: 10, rate: .nan),
      MertonFirm(equity: 5, equityVolatility: 0.3, debt: 10, rate: -.infinity),
      MertonFirm(equity: 5, equityVolatility: 0.3, debt: 10, rate: 0.02, drift: .nan),
    ])
  func badInput(firm: MertonFirm) {
    for found in [
      kernels.twoEquation(firm, maturity: 1), kernels.naive([firm], maturity: 1)[0],
    ] {
      #expect(found.status == 5, "\(firm)")
      #expect(found.isMissing, "\(firm) gave \(found)")
    }
  }

  @Test("A horizon of no length is bad input", arguments: [0, -1, .nan, .infinity] as [Double])
  func badHorizon(maturity: Double) {
    let firm = MertonFirm(equity: 5, equityVolatility: 0.3, debt: 10, rate: 0.02)
    #expect(kernels.twoEquation(firm, maturity: maturity).status == 5)
  }

  @Test("What has no answer in doubles is reported as unsolved")
  func unsolved() {
    let firm = MertonFirm(equity: 5, equityVolatility: 0.3, debt: 10, rate: -800)
    let found = kernels.twoEquation(firm, maturity: 1)
    #expect(found.status == 3 && found.isMissing, "\(found)")
  }

  @Test("No rows are nothing to do")
  func empty() {
    #expect(kernels.twoEquation([], maturity: 1).isEmpty)
    #expect(kernels.naive([], maturity: 1).isEmpty)
  }

  /// Bharath and Shumway (2008), equations 10 to 13, on Hull's inputs; the probability in 50 digits.
  @Test("The naive distance is that of its formula")
  func naive() {
    let firm = MertonFirm(equity: 3, equityVolatility: 0.8, debt: 10, rate: 0.05)
    let found = kernels.naive([firm], maturity: 1)[0]
    #expect(found.assetValue == 13)
    #expect(relativeError(found.assetVolatility, 0.3769230769) < 2e-10)
    #expect(relativeError(found.distance, 0.6402599795) < 2e-10)
    #expect(relativeError(found.probability, 0.261001797194809) < 1e-14)
    #expect(found.status == 0)
  }

  @Test("The naive kernel agrees with the scalar reference", arguments: [11] as [UInt64])
  func naiveReference(seed: UInt64) {
    var draws = MertonDraws(seed: seed)
    var firms = draws.firms(500)
    for row in firms.indices { firms[row].drift = draws.uniform(-0.1...0.3) }
    for (firm, found) in zip(firms, kernels.naive(firms, maturity: 2)) {
      let expected = MertonReference.approximateNaive(
        equity: firm.equity, equityVolatility: firm.equityVolatility, debt: firm.debt,
        drift: firm.drift ?? 0, maturity: 2)
      #expect(
        relativeError(found.assetVolatility, expected.assetVolatility) < 1e-13
          && abs(found.distance - expected.distance) < 1e-12 * max(1, abs(expected.distance)),
        "seed \(seed): \(firm) gave \(found), not \(expected)")
    }
  }
}
