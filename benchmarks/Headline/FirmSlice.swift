import BenchmarkData
import BlackScholes
import Glibc
import VectorShims

/// Some hundred firms with all their days in memory, solved by several threads.
// @unchecked Sendable: threads share the memory, and each touches the rows of its own firms only.
final class FirmSlice: @unchecked Sendable {
  static let horizons = [1.0, 2, 3, 4, 5]
  private static let days = FirmTable.daysPerFirm

  private let table: FirmTable
  private let capacity: Int
  private let threads: Int
  /// The firms in memory, numbered as in the table.
  private(set) var firms = 0..<0
  /// Equity, volatility, debt, rate.
  private let inputs: ColumnMemory
  /// Asset value, its volatility, distance, probability, status; of the horizon solved last.
  private let results: ColumnMemory

  init(table: FirmTable, capacity: Int, threads: Int) {
    self.table = table
    self.capacity = capacity
    self.threads = threads
    inputs = ColumnMemory(columns: 4, rows: capacity * Self.days)
    results = ColumnMemory(columns: 5, rows: capacity * Self.days)
  }

  var rows: Int { firms.count * Self.days }

  /// Draws firms into the memory.
  func load(_ firms: Range<Int>) {
    precondition(firms.count <= capacity, "a slice has a fixed size")
    self.firms = firms
    inParallel { place in
      let days = self.table.days(of: firms.lowerBound + place)
      for day in 0..<days.count {
        let row = place * Self.days + day
        self.inputs[row, 0] = days.equity[day]
        self.inputs[row, 1] = days.volatility[day]
        self.inputs[row, 2] = days.debt[day]
        self.inputs[row, 3] = days.rate[day]
      }
    }
  }

  // MARK: - Solving

  /// Solves both equations for every row and horizon; the results of the last horizon stay.
  func solveTwoEquation() {
    inParallel { place in
      for maturity in Self.horizons { self.solveTwoEquation(place, maturity) }
    }
  }

  private func solveTwoEquation(_ place: Int, _ maturity: Double) {
    let first = place * Self.days
    let columns = unsafe MertonColumns(
      equity: inputs[0] + first, equityVolatility: inputs[1] + first, debt: inputs[2] + first,
      rate: inputs[3] + first, drift: nil)
    unsafe Kernels.best.solveTwoEquation(
      columns, count: Self.days, maturity: maturity, into: answers(first))
  }

  /// Solves the iterative method over windows of a year for every firm and horizon.
  func solveIterative() {
    inParallel { place in
      let first = place * Self.days
      for maturity in Self.horizons {
        let series = unsafe MertonSeries(
          equity: self.inputs[0] + first, debt: self.inputs[2] + first,
          rate: self.inputs[3] + first, drift: nil, days: Self.days, first: 251, window: 252,
          maturity: maturity, tolerance: 1e-10, estimatesDrift: false)
        unsafe Kernels.best.solveIterative(series, into: self.answers(first))
      }
    }
  }

  private func answers(_ first: Int) -> MertonResults {
    unsafe MertonResults(
      assetValue: results[0] + first, assetVolatility: results[1] + first,
      distance: results[2] + first, probability: results[3] + first, residual: nil,
      status: UnsafeMutableRawPointer(results[4]).assumingMemoryBound(to: UInt8.self) + first)
  }

  /// Does something for every firm, by its place in the slice.
  private func inParallel(_ body: @escaping @Sendable (Int) -> Void) {
    let (threads, count) = (threads, firms.count)
    Threads.run(threads) { thread in
      for place in count * thread / threads..<count * (thread + 1) / threads { body(place) }
    }
  }
}

// MARK: - Verifying

extension FirmSlice {
  /// The largest relative error in both equations over every hundredth row and every horizon.
  ///
  /// Computed with the C library's functions, from the inputs and the asset value and volatility alone.
  func largestResidual() -> Double {
    var largest = 0.0
    for maturity in Self.horizons {
      for place in 0..<firms.count { solveTwoEquation(place, maturity) }
      for row in stride(from: 0, to: rows, by: 100) {
        let equity = MertonReference.equity(
          assetValue: results[row, 0], assetVolatility: results[row, 1], debt: inputs[row, 2],
          rate: inputs[row, 3], maturity: maturity)
        let errors = [equity.value / inputs[row, 0] - 1, equity.volatility / inputs[row, 1] - 1]
        for error in errors where !(error.magnitude <= largest) { largest = error.magnitude }
        if largest.isNaN { return .infinity }
      }
    }
    return largest
  }
}
