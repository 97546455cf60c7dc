import BenchmarkData
import BlackScholes
import Glibc
import VectorShims

/// Merton's model on drawn firms: many firms on their days, and the series of one firm.
final class FirmCases {
  private typealias Column = UnsafePointer<Double>
  private typealias Result = UnsafeMutablePointer<Double>
  private typealias TwoEquationFunction =
    @convention(c) (
      Column, Column, Column, Column, Double, Int, Result, Result, Result, Result,
      UnsafeMutablePointer<UInt8>
    ) -> Int
  private typealias IterativeFunction =
    @convention(c) (
      Column, Column, Column, Int, Int, Double, Double, Result, Result, Result, Result
    ) -> Int

  private static let maturity = 1.0
  private static let window = 252
  private static let tolerance = 1e-10

  private let library: ReferenceLibrary?
  /// Equity, volatility, debt, rate.
  private let inputs: ColumnMemory
  /// Asset value, its volatility, distance, probability, status.
  private let found: ColumnMemory
  private let foundByC: ColumnMemory
  private var rows: Int { inputs.rows }

  private init(rows: Int, _ library: ReferenceLibrary?) {
    self.library = library
    inputs = ColumnMemory(columns: 4, rows: rows)
    found = ColumnMemory(columns: 5, rows: rows)
    foundByC = ColumnMemory(columns: 5, rows: rows)
  }

  private func set(_ row: Int, _ days: FirmDays, _ day: Int) {
    inputs[row, 0] = days.equity[day]
    inputs[row, 1] = days.volatility[day]
    inputs[row, 2] = days.debt[day]
    inputs[row, 3] = days.rate[day]
  }

  private var results: MertonResults {
    unsafe MertonResults(
      assetValue: found[0], assetVolatility: found[1], distance: found[2], probability: found[3],
      residual: nil, status: Self.codes(found))
  }

  private static func codes(_ memory: ColumnMemory) -> UnsafeMutablePointer<UInt8> {
    unsafe UnsafeMutableRawPointer(memory[4]).assumingMemoryBound(to: UInt8.self)
  }

  /// What differs between both in the first rows, but for rows that the reference gave up.
  private func checkReference(rows: Int, tolerance: Double) -> String? {
    for (column, name) in ["asset value", "asset volatility", "distance"].enumerated() {
      let wrong = Answers.difference(name, rows: rows, tolerance: tolerance) { row in
        (foundByC[row, column], found[row, column])
      }
      if let wrong { return wrong }
    }
    return nil
  }
}

// MARK: - Two equations

extension FirmCases {
  /// Days of as many firms, one year ahead.
  static func twoEquation(
    _ library: ReferenceLibrary?, _ scratch: ScratchDirectory
  ) -> KernelCase {
    let cases = FirmCases(rows: 8192, library)
    let table = FirmTable()
    for firm in 0..<64 {
      let days = table.days(of: firm)
      for day in 0..<128 { cases.set(128 * firm + day, days, 19 * day) }
    }
    return KernelCase(
      title: "Merton, two equations", unit: "solutions", rows: cases.rows,
      ours: { kernels in
        let columns = unsafe MertonColumns(
          equity: cases.inputs[0], equityVolatility: cases.inputs[1], debt: cases.inputs[2],
          rate: cases.inputs[3], drift: nil)
        unsafe kernels.solveTwoEquation(
          columns, count: cases.rows, maturity: maturity, into: cases.results)
      },
      reference: cases.referenceTwoEquation(),
      peer: "two_equation", peerBar: 3,
      checkOurs: {
        cases.checkTwoEquation() ?? cases.exportFirms(to: scratch)
      },
      checkReference: { cases.checkReference(rows: cases.rows, tolerance: 1e-9) })
  }

  private func referenceTwoEquation() -> (() -> Void)? {
    guard
      let function = unsafe library?.function(
        "merton_two_equation", as: TwoEquationFunction.self)
    else { return nil }
    return { [self] in
      let left = unsafe function(
        inputs[0], inputs[1], inputs[2], inputs[3], Self.maturity, rows, foundByC[0], foundByC[1],
        foundByC[2], foundByC[3], Self.codes(foundByC))
      precondition(left >= 0)
    }
  }

  private func checkTwoEquation() -> String? {
    var exact: [MertonReference.Solution] = []
    for row in 0..<rows {
      exact.append(
        MertonReference.solveTwoEquation(
          equity: inputs[row, 0], equityVolatility: inputs[row, 1], debt: inputs[row, 2],
          rate: inputs[row, 3], maturity: Self.maturity))
    }
    return Answers.difference("asset value", rows: rows, tolerance: 1e-9) { row in
      (found[row, 0], exact[row].assetValue)
    }
      ?? Answers.difference("asset volatility", rows: rows, tolerance: 1e-9) { row in
        (found[row, 1], exact[row].assetVolatility)
      }
  }

  /// Equity, volatility, debt, rate and the asset value to be found; what went wrong.
  private func exportFirms(to scratch: ScratchDirectory) -> String? {
    let memory = ColumnMemory(columns: 5, rows: rows)
    for row in 0..<rows {
      for column in 0..<4 { memory[row, column] = inputs[row, column] }
      memory[row, 4] = found[row, 0]
    }
    return memory.write(columns: Array(0..<5), to: scratch("two_equation.f64"))
      ? nil : "the inputs for numba cannot be written"
  }
}

// MARK: - Iterative

extension FirmCases {
  /// Ninety-six windows of one firm.
  static func iterative(_ library: ReferenceLibrary?, _ scratch: ScratchDirectory) -> KernelCase {
    let windows = 96
    let cases = FirmCases(rows: window - 1 + windows, library)
    let days = FirmTable().days(of: 7)
    for day in 0..<cases.rows { cases.set(day, days, day) }
    return KernelCase(
      title: "Merton, iterative, window of 252 days", unit: "windows", rows: windows,
      ours: { kernels in
        let series = unsafe MertonSeries(
          equity: cases.inputs[0], debt: cases.inputs[2], rate: cases.inputs[3], drift: nil,
          days: cases.rows, first: window - 1, window: window, maturity: maturity,
          tolerance: tolerance, estimatesDrift: false)
        unsafe kernels.solveIterative(series, into: cases.results)
      },
      reference: cases.referenceIterative(),
      peer: "iterative", peerBar: 3,
      checkOurs: {
        cases.checkIterative(windows: windows) ?? cases.exportSeries(windows, to: scratch)
      },
      checkReference: { cases.checkReference(rows: windows, tolerance: 1e-8) })
  }

  private func referenceIterative() -> (() -> Void)? {
    guard
      let function = unsafe library?.function("merton_iterative", as: IterativeFunction.self)
    else { return nil }
    return { [self] in
      let taken = unsafe function(
        inputs[0], inputs[2], inputs[3], rows, Self.window, Self.maturity, Self.tolerance,
        foundByC[0], foundByC[1], foundByC[2], foundByC[3])
      precondition(taken > 0)
    }
  }

  private func checkIterative(windows: Int) -> String? {
    let column = { [self] (column: Int, first: Int) in
      (first..<first + Self.window).map { inputs[$0, column] }
    }
    let exact = (0..<windows).map { first in
      MertonReference.solveIterative(
        equity: column(0, first), debt: column(2, first), rate: column(3, first),
        maturity: Self.maturity, tolerance: 1e-13)
    }
    return Answers.difference("asset value", rows: windows, tolerance: 1e-9) { row in
      (found[row, 0], exact[row]?.assetValue ?? .nan)
    }
      ?? Answers.difference("asset volatility", rows: windows, tolerance: 1e-8) { row in
        (found[row, 1], exact[row]?.assetVolatility ?? .nan)
      }
  }

  /// Equity, debt and rate, and the asset values to be found; what went wrong.
  private func exportSeries(_ windows: Int, to scratch: ScratchDirectory) -> String? {
    let isWritten =
      inputs.write(columns: [0, 2, 3], to: scratch("series.f64"))
      && found.write(columns: [0], rows: windows, to: scratch("series_values.f64"))
    return isWritten ? nil : "the inputs for numba cannot be written"
  }
}
