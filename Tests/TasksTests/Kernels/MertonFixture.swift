import BlackScholes
import FoundationEssentials
import Glibc
import VectorShims

/// A firm on a date.
struct MertonFirm {
  var equity: Double
  var equityVolatility: Double
  var debt: Double
  var rate: Double
  var drift: Double?
}

/// What a kernel found for one row; equal if all bytes are.
struct MertonOutcome: Equatable, CustomStringConvertible {
  var assetValue: Double
  var assetVolatility: Double
  var distance: Double
  var probability: Double
  var residual: Double
  var status: UInt8

  static func == (a: MertonOutcome, b: MertonOutcome) -> Bool {
    a.numbers.map(\.bitPattern) == b.numbers.map(\.bitPattern) && a.status == b.status
  }

  var numbers: [Double] { [assetValue, assetVolatility, distance, probability, residual] }

  /// Whether there are no numbers at all.
  var isMissing: Bool { numbers.allSatisfy { $0.isNaN } }

  var description: String {
    "V \(assetValue) σ_V \(assetVolatility) DD \(distance) PD \(probability) residual \(residual) "
      + "status \(status)"
  }
}

/// Columns of memory that a kernel reads and writes.
@safe final class MertonMemory {
  private let numbers: UnsafeMutablePointer<Double>
  private let statuses: UnsafeMutablePointer<UInt8>
  private let rows: Int

  init(rows: Int) {
    self.rows = rows
    unsafe numbers = UnsafeMutablePointer<Double>.allocate(capacity: max(10 * rows, 1))
    unsafe numbers.initialize(repeating: 0, count: max(10 * rows, 1))
    unsafe statuses = UnsafeMutablePointer<UInt8>.allocate(capacity: max(rows, 1))
    unsafe statuses.initialize(repeating: 255, count: max(rows, 1))
  }

  deinit {
    unsafe numbers.deallocate()
    unsafe statuses.deallocate()
  }

  func input(_ column: Int, _ values: [Double]) -> UnsafePointer<Double> {
    let place = unsafe numbers + column * rows
    for (row, value) in values.enumerated() { unsafe place[row] = value }
    return unsafe UnsafePointer(place)
  }

  var results: MertonResults {
    unsafe MertonResults(
      assetValue: numbers + 5 * rows, assetVolatility: numbers + 6 * rows,
      distance: numbers + 7 * rows, probability: numbers + 8 * rows, residual: numbers + 9 * rows,
      status: statuses)
  }

  func outcomes(_ count: Int) -> [MertonOutcome] {
    (0..<count).map { row in
      unsafe MertonOutcome(
        assetValue: numbers[5 * rows + row], assetVolatility: numbers[6 * rows + row],
        distance: numbers[7 * rows + row], probability: numbers[8 * rows + row],
        residual: numbers[9 * rows + row], status: statuses[row])
    }
  }
}

// MARK: - Calls

extension Kernels {
  func twoEquation(_ firms: [MertonFirm], maturity: Double) -> [MertonOutcome] {
    let memory = MertonMemory(rows: firms.count)
    unsafe solveTwoEquation(
      memory.columns(firms), count: firms.count, maturity: maturity, into: memory.results)
    return memory.outcomes(firms.count)
  }

  func twoEquation(_ firm: MertonFirm, maturity: Double) -> MertonOutcome {
    twoEquation([firm], maturity: maturity)[0]
  }

  func naive(_ firms: [MertonFirm], maturity: Double) -> [MertonOutcome] {
    let memory = MertonMemory(rows: firms.count)
    unsafe approximateNaive(
      memory.columns(firms), count: firms.count, maturity: maturity, into: memory.results)
    return memory.outcomes(firms.count)
  }

  /// The iterative method for a firm's days from `first` on; the equity volatility is not used.
  func iterative(
    _ days: [MertonFirm], from first: Int = 0, window: Int, maturity: Double,
    tolerance: Double = 1e-10, estimatesDrift: Bool = false
  ) -> [MertonOutcome] {
    let memory = MertonMemory(rows: days.count)
    let columns = unsafe memory.columns(days)
    let series = unsafe MertonSeries(
      equity: columns.equity, debt: columns.debt, rate: columns.rate, drift: columns.drift,
      days: days.count, first: first, window: window, maturity: maturity, tolerance: tolerance,
      estimatesDrift: estimatesDrift)
    unsafe solveIterative(series, into: memory.results)
    return memory.outcomes(days.count - first)
  }

  func equityVolatility(_ equity: [Double], from first: Int = 0, window: Int) -> [Double] {
    let memory = MertonMemory(rows: equity.count)
    unsafe rollingEquityVolatility(
      memory.input(0, equity), days: equity.count, first: first, window: window,
      into: memory.results.assetVolatility)
    return memory.outcomes(equity.count - first).map(\.assetVolatility)
  }

  /// Every variant that runs on this machine.
  static var available: [Kernels] { InstructionSet.allCases.compactMap { Kernels.variant($0) } }
}

extension MertonMemory {
  fileprivate func columns(_ firms: [MertonFirm]) -> MertonColumns {
    let drifts = firms.compactMap(\.drift)
    return unsafe MertonColumns(
      equity: input(0, firms.map(\.equity)),
      equityVolatility: input(1, firms.map(\.equityVolatility)),
      debt: input(2, firms.map(\.debt)), rate: input(3, firms.map(\.rate)),
      drift: drifts.isEmpty ? nil : input(4, drifts))
  }
}

// MARK: - Tables and draws

/// The rows of a table beside the tests, without its header.
func goldenRows(_ name: String) throws -> [[String]] {
  let path = URL(filePath: #filePath).deletingLastPathComponent().appending(path: name)
  let text = String(decoding: try Data(contentsOf: path), as: UTF8.self)
  return text.split(separator: "\n").dropFirst().map { line in
    line.split(separator: ",", omittingEmptySubsequences: false).map(String.init)
  }
}

/// The relative difference of two numbers; 0 if they are equal or one subnormal apart.
func relativeError(_ found: Double, _ exact: Double) -> Double {
  if found == exact { return 0 }
  return max(0, abs(found - exact) - .leastNonzeroMagnitude) / abs(exact)
}

/// A small seeded generator (SplitMix64).
struct MertonDraws {
  private var state: UInt64

  init(seed: UInt64) { state = seed }

  mutating func uniform(_ range: ClosedRange<Double>) -> Double {
    state &+= 0x9E37_79B9_7F4A_7C15
    var z = state
    z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
    let unit = Double((z ^ (z >> 31)) >> 11) * 0x1p-53
    return range.lowerBound + unit * (range.upperBound - range.lowerBound)
  }

  /// Uniform in the logarithm.
  mutating func magnitude(_ range: ClosedRange<Double>) -> Double {
    exp2(uniform(log2(range.lowerBound)...log2(range.upperBound)))
  }

  /// Firms from ordinary to extreme.
  mutating func firms(_ count: Int) -> [MertonFirm] {
    (0..<count).map { row in
      let debt = magnitude(1e-3...1e9)
      let isExtreme = row % 3 == 0
      return MertonFirm(
        equity: debt * (isExtreme ? magnitude(1e-6...1e9) : magnitude(0.05...50)),
        equityVolatility: isExtreme ? magnitude(5e-3...5) : uniform(0.1...1),
        debt: debt, rate: uniform(-0.05...0.15))
    }
  }

  /// Days of one firm whose assets follow a random walk.
  mutating func history(
    days: Int, leverage: Double, volatility: Double, maturity: Double
  ) -> [MertonFirm] {
    var (assets, debt, rate) = (1e6 * (1 + leverage), 1e6 * leverage, 0.03)
    return (0..<days).map { day in
      // The sum of three uniform draws is normal enough for a walk.
      let draw = uniform(-1...1) + uniform(-1...1) + uniform(-1...1)
      assets *= exp(volatility / 252.0.squareRoot() * draw)
      if day % 63 == 62 { debt *= uniform(0.97...1.03) }
      rate += uniform(-2e-4...2e-4)
      let equity = MertonReference.equity(
        assetValue: assets, assetVolatility: volatility, debt: debt, rate: rate, maturity: maturity)
      return MertonFirm(
        equity: equity.value, equityVolatility: equity.volatility, debt: debt, rate: rate)
    }
  }
}
