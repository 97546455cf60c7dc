/// What became of a row, as the kernels report it in one byte.
package enum RowStatus: UInt8, CaseIterable, Sendable {
  case ok = 0
  /// A firm without debt: its assets are its equity.
  case unlevered = 1
  /// A day with fewer days before it than the window has.
  case windowShort = 2
  /// The equations have no solution that the residual confirms.
  case noSolution = 3
  /// A price that arbitrage rules out.
  case outOfBounds = 4
  /// Inputs that state no option or firm.
  case badInput = 5
}
