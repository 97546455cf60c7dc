import BlackScholes
import Glibc
import SampleTask
import Testing

/// Prices printed in the literature.
struct PublishedPrice: CustomTestStringConvertible, Sendable {
  let option: EuropeanOption
  let price: Double
  let tolerance: Double
  let source: String
  var testDescription: String { "\(source): \(option)" }

  /// Haug, The Complete Guide to Option Pricing Formulas (1998), as QuantLib's tests quote it.
  private static func haug(
    _ isPut: Bool, _ spot: Double, _ strike: Double, _ q: Double, _ r: Double, _ t: Double,
    _ volatility: Double, _ price: Double
  ) -> PublishedPrice {
    PublishedPrice(
      option: EuropeanOption(
        spot: spot, strike: strike, rate: r, dividend: q, volatility: volatility, maturity: t,
        isPut: isPut), price: price, tolerance: 1e-4, source: "Haug 1998")
  }

  static let all = [
    haug(false, 60, 65, 0, 0.08, 0.25, 0.30, 2.1334),
    haug(true, 100, 95, 0.05, 0.10, 0.5, 0.20, 2.4648),
    haug(true, 19, 19, 0.10, 0.10, 0.75, 0.28, 1.7011),
    haug(false, 19, 19, 0.10, 0.10, 0.75, 0.28, 1.7011),
    haug(false, 1.56, 1.60, 0.08, 0.06, 0.5, 0.12, 0.0291),
    haug(true, 75, 70, 0.05, 0.10, 0.5, 0.35, 4.0870),
    PublishedPrice(
      option: EuropeanOption(spot: 42, strike: 40, rate: 0.1, volatility: 0.2, maturity: 0.5),
      price: 4.76, tolerance: 5e-3, source: "Hull, example 15.6"),
    PublishedPrice(
      option: EuropeanOption(
        spot: 42, strike: 40, rate: 0.1, volatility: 0.2, maturity: 0.5, isPut: true),
      price: 0.81, tolerance: 5e-3, source: "Hull, example 15.6"),
  ]
}

@Suite("Option kernels")
struct OptionKernelTests {
  static let variants = InstructionSet.allCases.compactMap(Kernels.variant)

  @Test("Published prices come out", arguments: PublishedPrice.all)
  func publishedPrices(_ published: PublishedPrice) {
    let answers = OptionTable([published.option]).priced(by: .best)
    #expect(answers.status == [RowStatus.ok.rawValue])
    #expect((answers.price(0) - published.price).magnitude <= published.tolerance)
  }

  @Test("Prices and greeks agree with 60-digit arithmetic, extremes included")
  func goldenTable() throws {
    let golden = try GoldenOptions.load()
    try #require(golden.count == 1040)
    let summaries = AccuracySummary.table(of: golden, by: .best)
    #expect(summaries.count == 78)
    for summary in summaries {
      let worst = summary.worstRow.map { "\(golden[$0].option)" } ?? ""
      #expect(summary.count == 80)
      #expect(summary.close == summary.count, "\(summary) \(worst)")
      #expect(Double(summary.tight) >= 0.95 * Double(summary.count), "\(summary) \(worst)")
    }
    let answers = Kernels.best.price(golden.map(\.option))
    #expect(answers.allSatisfy { $0.status == .ok })
  }

  @Test("Ordinary options agree with the scalar reference")
  func scalarReference() {
    let seed = PropertySeed.next
    var generator = SeededGenerator(seed: seed)
    let options = (0..<2000).map { _ in
      EuropeanOption.random(extreme: false, using: &generator)
    }
    let answers = OptionTable(options).priced(by: .best)
    for (row, option) in options.enumerated() {
      let expected = OptionReference.price(option)
      // The reference subtracts: its error is a few units of what it subtracts from.
      let size = 1e-13 * max(option.spot, option.strike)
      #expect((answers.price(row) - expected.price).magnitude <= size, "seed \(seed) \(option)")
      #expect((answers[row, 1] - expected.delta).magnitude <= 1e-13, "seed \(seed) \(option)")
      #expect(
        (answers[row, 3] - expected.vega).magnitude <= 1e-11 * (1 + expected.vega),
        "seed \(seed) \(option)")
    }
  }

  @Test("Every instruction set gives the same bytes", arguments: [false, true])
  func sameBytes(extreme: Bool) {
    let seed = PropertySeed.next
    var generator = SeededGenerator(seed: seed)
    let table = OptionTable(
      (0..<1003).map { _ in EuropeanOption.random(extreme: extreme, using: &generator) })
    let expected = table.priced(by: .best).bits
    for kernels in Self.variants {
      #expect(
        table.priced(by: kernels).bits == expected, "seed \(seed) \(kernels.instructionSet)")
    }
  }

  @Test("A row's bytes depend neither on its neighbours nor on its place")
  func shuffledRows() {
    let seed = PropertySeed.next
    var generator = SeededGenerator(seed: seed)
    let options = (0..<611).map { row in
      EuropeanOption.random(extreme: row % 5 == 0, using: &generator)
    }
    let ordered = OptionTable(options).priced(by: .best)
    for _ in 0..<4 {
      let places = Array(options.indices).shuffled(using: &generator)
      let shuffled = OptionTable(places.map { options[$0] }).priced(by: .best)
      for (place, row) in places.enumerated() {
        #expect(shuffled.bits(ofRow: place) == ordered.bits(ofRow: row), "seed \(seed) row \(row)")
      }
    }
    for row in 0..<20 {
      let alone = OptionTable([options[row]]).priced(by: .best)
      #expect(alone.bits(ofRow: 0) == ordered.bits(ofRow: row), "seed \(seed) row \(row)")
    }
  }

  @Test("The kernel for prices alone gives the bytes of the one with greeks")
  func pricesOnly() {
    let seed = PropertySeed.next
    var generator = SeededGenerator(seed: seed)
    let table = OptionTable(
      (0..<515).map { row in EuropeanOption.random(extreme: row % 3 == 0, using: &generator) })
    let full = table.priced(by: .best)
    for kernels in Self.variants {
      let (prices, status) = table.pricesOnly(by: kernels)
      #expect(prices.map(\.bitPattern) == full.bits.prefix(table.count).map { $0 }, "seed \(seed)")
      #expect(status == full.status)
    }
  }

  @Test("Call less put is the discounted forward less the discounted strike")
  func putCallParity() {
    let seed = PropertySeed.next
    var generator = SeededGenerator(seed: seed)
    let calls = (0..<1000).map { row in
      var option = EuropeanOption.random(extreme: row % 2 == 0, using: &generator)
      option.isPut = false
      return option
    }
    let puts = calls.map { call in
      var put = call
      put.isPut = true
      return put
    }
    let (call, put) = (OptionTable(calls).priced(by: .best), OptionTable(puts).priced(by: .best))
    for (row, option) in calls.enumerated() {
      let forward = option.spot * exp(-option.dividend * option.maturity)
      let strike = option.strike * exp(-option.rate * option.maturity)
      let gap = call.price(row) - put.price(row) - (forward - strike)
      #expect(gap.magnitude <= 4e-15 * (forward + strike), "seed \(seed) \(option)")
      #expect(call[row, 2] == put[row, 2] && call[row, 3] == put[row, 3], "seed \(seed) \(option)")
    }
  }
}
