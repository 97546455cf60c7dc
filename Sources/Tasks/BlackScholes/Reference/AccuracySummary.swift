/// How far kernel results are from exact ones, as shares of rows and the worst row.
package struct AccuracySummary: Sendable {
  /// What kind of rows, and which value.
  package let name: String
  package private(set) var count = 0
  /// Rows within 1e-12, relative.
  package private(set) var tight = 0
  /// Rows within 1e-9, relative.
  package private(set) var close = 0
  /// The largest relative error.
  package private(set) var worst = 0.0
  /// The row it belongs to.
  package private(set) var worstRow: Int?

  package init(name: String) { self.name = name }

  /// Counts a value against the exact one, rounded to a double.
  ///
  /// Between subnormal numbers one unit in the last place is no error: there is none in between.
  package mutating func add(_ value: Double, exact: Double, row: Int) {
    let difference = (value - exact).magnitude
    let isExact = value == exact || difference <= .leastNonzeroMagnitude
    let error = isExact ? 0 : difference / exact.magnitude
    count += 1
    if error <= 1e-12 { tight += 1 }
    if error <= 1e-9 { close += 1 }
    if error > worst || error.isNaN {
      worst = error.isNaN ? .infinity : error
      worstRow = row
    }
  }
}
