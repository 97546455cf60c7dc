import BlackScholes
import Glibc
import Testing

/// A published or separately computed solution; `tolerance` relative.
private struct Published: CustomTestStringConvertible {
  let name: String
  let firm: MertonFirm
  let maturity: Double
  let assetValue: Double
  let assetVolatility: Double
  let distance: Double
  let probability: Double

  init(
    _ name: String, _ equity: Double, _ volatility: Double, _ debt: Double, _ rate: Double,
    _ maturity: Double, gives values: [Double]
  ) {
    self.name = name
    firm = MertonFirm(equity: equity, equityVolatility: volatility, debt: debt, rate: rate)
    self.maturity = maturity
    (assetValue, assetVolatility, distance, probability) = (
      values[0], values[1], values[2], values[3]
    )
  }

  var testDescription: String { name }
}

@Suite("Two equations")
struct MertonTwoEquationTests {
  let kernels = Kernels.best

  /// Hull, Options, Futures and Other Derivatives, "Using equity prices to estimate default
  /// probabilities"; MATLAB Financial Toolbox, `mertonmodel`; the rest solved in 50 digits.
  @Test(
    "Published inputs give the published solutions to 12 digits",
    arguments: [
      Published(
        "Hull", 3, 0.80, 10, 0.05, 1,
        gives: [12.3953871886, 0.212304713423, 1.14082565533, 0.126971241063]),
      Published(
        "MATLAB firm 1", 2.6406e7, 0.7103, 4e7, 0.05, 1,
        gives: [64209834.1497, 0.300967153742, 1.58816769536, 0.0561242119535]),
      Published(
        "MATLAB firm 2", 2.6817e7, 0.3929, 3.5e7, 0.05, 1,
        gives: [60109267.8699, 0.175335265954, 3.28196808996, 5.15426350363e-4]),
      Published(
        "MATLAB firm 3", 3.977e7, 0.3121, 3.5e7, 0.05, 1,
        gives: [73063026.7600, 0.169883904524, 4.54159632773, 2.79149328293e-6]),
      Published(
        "MATLAB firm 4", 2.947e7, 0.4595, 3.2e7, 0.05, 1,
        gives: [59905567.9160, 0.226261833523, 2.87912606702, 0.00199389445242]),
      Published(
        "MATLAB firm 5", 2.528e7, 0.6181, 4e7, 0.05, 1,
        gives: [63231439.1223, 0.251094892678, 1.89728213972, 0.0288953554601]),
      Published(
        "negative rate", 50, 0.4, 100, -0.01, 1,
        gives: [150.999460242, 0.132579420752, 2.96665517642, 0.00150529198041]),
      Published(
        "20x leverage", 5, 1.2, 100, 0.03, 1,
        gives: [98.9365123852, 0.101926294835, 0.138469514938, 0.444934680526]),
    ])
  private func published(_ value: Published) {
    let found = kernels.twoEquation(value.firm, maturity: value.maturity)
    #expect(found.status == 0)
    #expect(relativeError(found.assetValue, value.assetValue) < 1e-11, "\(found)")
    #expect(relativeError(found.assetVolatility, value.assetVolatility) < 1e-11, "\(found)")
    #expect(relativeError(found.distance, value.distance) < 1e-11, "\(found)")
    #expect(relativeError(found.probability, value.probability) < 1e-11, "\(found)")
  }

  @Test("A firm with hardly any debt has a subnormal probability, not a missing one")
  func nearNoDebt() {
    let firm = MertonFirm(equity: 100, equityVolatility: 0.3, debt: 0.001, rate: 0.03)
    let found = kernels.twoEquation(firm, maturity: 1)
    #expect(relativeError(found.assetValue, 100.000970446) < 1e-11)
    #expect(relativeError(found.assetVolatility, 0.299997088692) < 1e-11)
    #expect(relativeError(found.distance, 38.3268254132) < 1e-11)
    // About 1.1e-321.
    #expect((220...225).contains(found.probability / .leastNonzeroMagnitude), "\(found)")
    #expect(found.status == 0)
  }

  /// The documentation of MATLAB's `mertonmodel` prints four decimals.
  @Test(
    "A drift moves distance and probability as MATLAB prints them",
    arguments: [
      (
        MertonFirm(
          equity: 2.6406e7, equityVolatility: 0.7103, debt: 4e7, rate: 0.05, drift: 0.0306), 0.0638,
        1.5237
      ),
      (
        MertonFirm(
          equity: 2.6817e7, equityVolatility: 0.3929, debt: 3.5e7, rate: 0.05, drift: 0.03), 0.0008,
        3.1679
      ),
      (
        MertonFirm(
          equity: 3.977e7, equityVolatility: 0.3121, debt: 3.5e7, rate: 0.05, drift: 0.031), 0.0000,
        4.4298
      ),
      (
        MertonFirm(
          equity: 2.947e7, equityVolatility: 0.4595, debt: 3.2e7, rate: 0.05, drift: 0.0302),
        0.0026, 2.7916
      ),
      (
        MertonFirm(equity: 2.528e7, equityVolatility: 0.6181, debt: 4e7, rate: 0.05, drift: 0.0305),
        0.0344, 1.8196
      ),
    ])
  func drift(firm: MertonFirm, probability: Double, distance: Double) {
    let found = kernels.twoEquation(firm, maturity: 1)
    #expect(abs(found.probability - probability) <= 5.001e-5, "\(found)")
    #expect(abs(found.distance - distance) <= 5.001e-5, "\(found)")
    #expect(found.status == 0)
  }

  @Test("Solutions agree with 80-digit arithmetic within 1e-9, 95 % of them within 1e-12")
  func golden() throws {
    var (count, near) = (0, 0)
    for row in try goldenRows("golden-merton.csv") {
      let values = try row.dropFirst().map { try #require(Double($0)) }
      let firm = MertonFirm(
        equity: values[0], equityVolatility: values[1], debt: values[2], rate: values[3])
      let found = kernels.twoEquation(firm, maturity: values[4])
      #expect(found.status == 0, "\(row)")
      #expect(found.residual <= 1e-9, "\(row)")
      for (number, exact) in zip(found.numbers, values[5...]) {
        let error = relativeError(number, exact)
        #expect(error <= 1e-9, "\(number) for \(exact) in \(row)")
        count += 1
        if error <= 1e-12 { near += 1 }
      }
    }
    #expect(count == 2800)
    #expect(Double(near) >= 0.95 * Double(count), "\(near) of \(count)")
  }

  // MARK: - There and back

  /// V, σ, D, r, T and what they give: equity, distance, probability (textbook cases). The equity is
  /// published as 45.1106138, by a distribution function good to 7 digits; here it is in 50 digits.
  @Test(
    "Equity computed from assets leads back to the assets",
    arguments: [
      (140.0, 0.2, 100.0, 0.05, 1.0, 45.1106097909248, 1.8323611831, 0.0334488136),
      (100.0, 0.25, 60.0, 0.04, 1.0, nil, 2.0783024951, 0.0188407534),
    ])
  func oneWay(
    value: Double, volatility: Double, debt: Double, rate: Double, maturity: Double,
    equity: Double?, distance: Double, probability: Double
  ) {
    let known = MertonReference.equity(
      assetValue: value, assetVolatility: volatility, debt: debt, rate: rate, maturity: maturity)
    if let equity { #expect(abs(known.value - equity) < 1e-13 * value) }
    let firm = MertonFirm(
      equity: known.value, equityVolatility: known.volatility, debt: debt, rate: rate)
    let found = kernels.twoEquation(firm, maturity: maturity)
    #expect(relativeError(found.assetValue, value) < 1e-13)
    #expect(relativeError(found.assetVolatility, volatility) < 1e-13)
    #expect(abs(found.distance - distance) < 6e-11)
    #expect(abs(found.probability - probability) < 6e-11)
  }

  /// Published as debt 94.8893862 and 24.5833 basis points, from the same 7 digits.
  @Test("The credit spread of the textbook case follows from the asset value")
  func spread() {
    let known = MertonReference.equity(
      assetValue: 140, assetVolatility: 0.2, debt: 100, rate: 0.05, maturity: 1)
    let firm = MertonFirm(
      equity: known.value, equityVolatility: known.volatility, debt: 100, rate: 0.05)
    let debtValue = kernels.twoEquation(firm, maturity: 1).assetValue - known.value
    #expect(abs(debtValue - 94.8893902090752) < 1e-12)
    #expect(abs(-log(debtValue / 100) - 0.05 - 24.582863158838e-4) < 1e-14)
  }

  @Test("Random assets are found again from their equity", arguments: [1, 2, 3] as [UInt64])
  func roundTrip(seed: UInt64) {
    var draws = MertonDraws(seed: seed)
    for _ in 0..<2000 {
      let (debt, rate) = (draws.magnitude(1e-2...1e8), draws.uniform(-0.05...0.12))
      let (maturity, volatility) = (draws.uniform(0.1...10), draws.uniform(0.05...0.8))
      let value = debt * draws.magnitude(0.7...30)
      let known = MertonReference.equity(
        assetValue: value, assetVolatility: volatility, debt: debt, rate: rate, maturity: maturity)
      // Below this the difference that makes the equity has lost the digits to come back with.
      guard known.value > 1e-3 * value else { continue }
      let firm = MertonFirm(
        equity: known.value, equityVolatility: known.volatility, debt: debt, rate: rate)
      let found = kernels.twoEquation(firm, maturity: maturity)
      #expect(
        relativeError(found.assetValue, value) < 1e-11
          && relativeError(found.assetVolatility, volatility) < 1e-9 && found.status == 0,
        "seed \(seed): V \(value) σ \(volatility) \(firm) T \(maturity) gave \(found)")
    }
  }

  @Test("The kernel agrees with the scalar reference", arguments: [4] as [UInt64])
  func reference(seed: UInt64) {
    var draws = MertonDraws(seed: seed)
    for firm in draws.firms(600) where firm.equity > 0.01 * firm.debt {
      let maturity = draws.uniform(0.5...5)
      let found = kernels.twoEquation(firm, maturity: maturity)
      let expected = MertonReference.solveTwoEquation(
        equity: firm.equity, equityVolatility: firm.equityVolatility, debt: firm.debt,
        rate: firm.rate, maturity: maturity)
      #expect(
        relativeError(found.assetValue, expected.assetValue) < 1e-10
          && relativeError(found.assetVolatility, expected.assetVolatility) < 1e-10
          && abs(found.distance - expected.distance) < 1e-9 * max(1, abs(expected.distance)),
        "seed \(seed): \(firm) T \(maturity) gave \(found), not \(expected)")
    }
  }

  @Test("No firm of any size and kind stays unsolved", arguments: [5, 6] as [UInt64])
  func robust(seed: UInt64) {
    var draws = MertonDraws(seed: seed)
    for _ in 0..<200 {
      let maturity = draws.magnitude(1e-2...50)
      let firms = draws.firms(100)
      for (firm, found) in zip(firms, kernels.twoEquation(firms, maturity: maturity)) {
        let most = firm.equity + firm.debt * exp(-firm.rate * maturity)
        #expect(
          found.status == 0 && found.residual <= 1e-9
            && found.assetValue >= firm.equity * (1 - 1e-15)
            && found.assetValue <= most * (1 + 1e-14)
            && found.assetVolatility <= firm.equityVolatility * (1 + 1e-15)
            && found.probability >= 0 && found.probability <= 1,
          "seed \(seed): \(firm) T \(maturity) gave \(found)")
      }
    }
  }
}
