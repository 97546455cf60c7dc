import BlackScholes
import Testing

@Suite("Same bytes from every Merton kernel")
struct MertonVariantTests {
  @Test("Every instruction set gives the bytes of the baseline", arguments: [21, 22] as [UInt64])
  func variants(seed: UInt64) throws {
    let baseline = try #require(Kernels.variant(.baseline))
    var draws = MertonDraws(seed: seed)
    var firms = draws.firms(700)
    firms[17].debt = 0
    firms[18].equityVolatility = 0
    firms[19].equity = -1
    let maturity = draws.uniform(0.1...10)
    let history = draws.history(days: 60, leverage: 1, volatility: 0.3, maturity: maturity)
    var drifting = firms
    for row in drifting.indices { drifting[row].drift = draws.uniform(-0.1...0.2) }
    let equity = history.map(\.equity)
    for kernels in Kernels.available {
      let name = "seed \(seed), \(kernels.instructionSet)"
      #expect(
        kernels.twoEquation(firms, maturity: maturity)
          == baseline.twoEquation(firms, maturity: maturity), "\(name)")
      #expect(
        kernels.twoEquation(drifting, maturity: maturity)
          == baseline.twoEquation(drifting, maturity: maturity), "\(name)")
      #expect(
        kernels.naive(firms, maturity: maturity) == baseline.naive(firms, maturity: maturity),
        "\(name)")
      #expect(
        kernels.iterative(history, window: 21, maturity: maturity)
          == baseline.iterative(history, window: 21, maturity: maturity), "\(name)")
      #expect(
        kernels.equityVolatility(equity, window: 21).map(\.bitPattern)
          == baseline.equityVolatility(equity, window: 21).map(\.bitPattern), "\(name)")
    }
  }

  /// Extreme rows beside ordinary ones take more steps; they must not change their neighbours.
  @Test("A row's bytes do not depend on its neighbours", arguments: [23, 24, 25] as [UInt64])
  func shuffled(seed: UInt64) {
    var draws = MertonDraws(seed: seed)
    let firms = draws.firms(500)
    let order = firms.indices.sorted { ($0 * 7919) % 500 < ($1 * 7919) % 500 }
    let kernels = Kernels.best
    let straight = kernels.twoEquation(firms, maturity: 3)
    let shuffled = kernels.twoEquation(order.map { firms[$0] }, maturity: 3)
    #expect(order.map { straight[$0] } == shuffled, "seed \(seed)")
    let naive = kernels.naive(firms, maturity: 3)
    #expect(order.map { naive[$0] } == kernels.naive(order.map { firms[$0] }, maturity: 3))
  }

  @Test("How rows are cut into calls does not show", arguments: [1, 3, 8, 63, 64, 65, 200])
  func cut(size: Int) {
    var draws = MertonDraws(seed: 26)
    let firms = draws.firms(200)
    let whole = Kernels.best.twoEquation(firms, maturity: 2)
    let pieces = stride(from: 0, to: firms.count, by: size).flatMap { first in
      Kernels.best.twoEquation(
        Array(firms[first..<min(first + size, firms.count)]), maturity: 2)
    }
    #expect(whole == pieces)
  }
}
