import BlackScholes
import Glibc
import Testing

@Suite("Iterative method")
struct MertonIterativeTests {
  let kernels = Kernels.best

  @Test("Fixed points agree with 80-digit arithmetic within 1e-9, most within 1e-12")
  func golden() throws {
    let table = try goldenRows("golden-merton-series.csv")
    let names = table.map { $0[0] }
    var (count, near) = (0, 0)
    for name in Set(names).sorted() {
      let rows = try table.filter { $0[0] == name }.map { row in
        (row, try row[1...4].map { try #require(Double($0)) })
      }
      let days = rows.map { _, values in
        MertonFirm(equity: values[1], equityVolatility: 0, debt: values[2], rate: values[3])
      }
      let maturity = rows[0].1[0]
      let found = kernels.iterative(days, window: 20, maturity: maturity)
      let drifting = kernels.iterative(days, window: 20, maturity: maturity, estimatesDrift: true)
      for (day, (row, values)) in rows.enumerated() where !row[5].isEmpty {
        let exact = try row[5...9].map { try #require(Double($0)) }
        #expect(found[day].status == (values[2] == 0 ? 1 : 0), "\(row)")
        for (number, exact) in zip(found[day].numbers, exact[..<4]) {
          let error = relativeError(number, exact)
          #expect(error <= 1e-9, "\(number) for \(exact) in \(row)")
          count += 1
          if error <= 1e-12 { near += 1 }
        }
        guard exact[2].isFinite else { continue }
        let moved = exact[2] + (exact[4] - values[3]) * maturity.squareRoot() / exact[1]
        #expect(
          abs(drifting[day].distance - moved) <= 1e-9 * max(1, abs(moved)), "\(row)")
      }
    }
    #expect(count == 112)
    #expect(Double(near) >= 0.95 * Double(count), "\(near) of \(count)")
  }

  @Test(
    "Every window agrees with the textbook's iteration",
    arguments: [(0.3, 0.25, 1.0), (1, 0.3, 5), (3, 0.2, 2), (20, 0.05, 1), (2, 1.2, 1)])
  func reference(leverage: Double, volatility: Double, maturity: Double) throws {
    var draws = MertonDraws(seed: 31)
    let days = draws.history(
      days: 110, leverage: leverage, volatility: volatility, maturity: maturity)
    let found = kernels.iterative(days, window: 60, maturity: maturity)
    for last in stride(from: 59, to: days.count, by: 5) {
      let window = days[(last - 59)...last]
      let expected = try #require(
        MertonReference.solveIterative(
          equity: window.map(\.equity), debt: window.map(\.debt), rate: window.map(\.rate),
          maturity: maturity, tolerance: 1e-13))
      #expect(found[last].status == 0 && found[last].residual <= 1e-10)
      #expect(
        relativeError(found[last].assetVolatility, expected.assetVolatility) < 1e-11
          && relativeError(found[last].assetValue, expected.assetValue) < 1e-12
          && abs(found[last].distance - expected.distance) < 1e-10 * max(1, expected.distance),
        "day \(last): \(found[last]), not \(expected)")
    }
  }

  @Test("The day on which a batch begins does not show", arguments: [0, 1, 29, 30, 37, 58, 80])
  func cut(first: Int) {
    var draws = MertonDraws(seed: 32)
    let days = draws.history(days: 90, leverage: 1.5, volatility: 0.3, maturity: 2)
    let whole = kernels.iterative(days, window: 30, maturity: 2)
    #expect(
      kernels.iterative(days, from: first, window: 30, maturity: 2) == whole[first...].map { $0 })
    // Only the days of the first window are needed as context.
    let context = max(0, first - 29)
    let tail = Array(days[context...])
    #expect(
      kernels.iterative(tail, from: first - context, window: 30, maturity: 2)
        == whole[first...].map { $0 })
  }

  /// A window that settles early stands beside one that takes many more rounds.
  @Test("A window's bytes do not depend on the windows beside it")
  func neighbours() {
    var draws = MertonDraws(seed: 33)
    let calm = draws.history(days: 40, leverage: 0.1, volatility: 0.2, maturity: 1)
    let wild = draws.history(days: 40, leverage: 8, volatility: 0.6, maturity: 1)
    let both = kernels.iterative(calm + wild, window: 10, maturity: 1)
    #expect(both[9..<40].map { $0 } == kernels.iterative(calm, from: 9, window: 10, maturity: 1))
  }

  @Test("Days before the first full window have no values")
  func short() {
    var draws = MertonDraws(seed: 34)
    let days = draws.history(days: 12, leverage: 1, volatility: 0.3, maturity: 1)
    let found = kernels.iterative(days, window: 10, maturity: 1)
    #expect(found.map(\.status) == Array(repeating: 2, count: 9) + [0, 0, 0])
    #expect(found[..<9].allSatisfy { $0.isMissing })
    #expect(kernels.iterative(days, window: 13, maturity: 1).allSatisfy { $0.status == 2 })
  }

  // MARK: - Edges

  @Test("Without debt the asset volatility is the equity's")
  func unlevered() {
    var draws = MertonDraws(seed: 35)
    var days = draws.history(days: 40, leverage: 1, volatility: 0.3, maturity: 1)
    for day in days.indices { days[day].debt = 0 }
    let found = kernels.iterative(days, window: 20, maturity: 1)
    let volatility = kernels.equityVolatility(days.map(\.equity), window: 20)
    for day in 19..<40 {
      #expect(found[day].status == 1)
      #expect(found[day].assetValue == days[day].equity)
      #expect(relativeError(found[day].assetVolatility, volatility[day]) < 1e-14)
      #expect(found[day].distance == .infinity && found[day].probability == 0)
    }
  }

  @Test("Equity that never moves leaves assets without risk")
  func still() {
    let day = MertonFirm(equity: 30, equityVolatility: 0, debt: 100, rate: 0.02)
    let found = kernels.iterative(Array(repeating: day, count: 25), window: 20, maturity: 1)
    for outcome in found[19...] {
      #expect(outcome.status == 0)
      #expect(relativeError(outcome.assetValue, 30 + 100 * exp(-0.02)) < 1e-15)
      #expect(outcome.assetVolatility == 0)
      #expect(outcome.distance == .infinity && outcome.probability == 0)
    }
  }

  @Test("A day that is not a number leaves its windows unsolved and no others")
  func poisoned() {
    var draws = MertonDraws(seed: 36)
    var days = draws.history(days: 60, leverage: 1, volatility: 0.3, maturity: 1)
    let clean = kernels.iterative(days, window: 20, maturity: 1)
    days[40].debt = .nan
    let found = kernels.iterative(days, window: 20, maturity: 1)
    for day in 19..<60 {
      if day < 40 {
        #expect(found[day] == clean[day])
      } else if day < 60 {
        #expect(found[day].status == 3 && found[day].isMissing)
      }
    }
  }

  @Test("A column of drifts moves the distance as its formula says")
  func drift() {
    var draws = MertonDraws(seed: 37)
    var days = draws.history(days: 40, leverage: 1, volatility: 0.3, maturity: 2)
    let plain = kernels.iterative(days, window: 30, maturity: 2)
    for day in days.indices { days[day].drift = 0.08 }
    let moved = kernels.iterative(days, window: 30, maturity: 2)
    for day in 29..<40 {
      let shift = (0.08 - days[day].rate) * 2.0.squareRoot() / plain[day].assetVolatility
      #expect(abs(moved[day].distance - plain[day].distance - shift) < 1e-12)
      #expect(moved[day].assetValue == plain[day].assetValue)
    }
  }

  @Test("Equity volatility is √252 times the sample deviation, wherever a batch begins")
  func equityVolatility() {
    var draws = MertonDraws(seed: 38)
    let equity = draws.history(days: 75, leverage: 1, volatility: 0.3, maturity: 1).map(\.equity)
    let whole = kernels.equityVolatility(equity, window: 21)
    #expect(whole[..<20].allSatisfy { $0.isNaN })
    for day in 20..<75 {
      let expected = MertonReference.annualVolatility(Array(equity[(day - 20)...day]))
      #expect(relativeError(whole[day], expected) < 1e-13)
    }
    for first in [5, 20, 33, 70] {
      let tail = kernels.equityVolatility(equity, from: first, window: 21)
      #expect(tail.map(\.bitPattern) == whole[first...].map(\.bitPattern))
    }
  }
}
