/// What became of a row, from best to worst; the raw value is the kernels' status code.
package enum RowStatus: UInt8, CaseIterable, Sendable {
  case ok
  /// The firm has no debt: its assets are its equity.
  case unlevered
  /// The firm has too few earlier days for the window.
  case windowShort
  case noSolution
  case outOfBounds
  case badInput

  /// The word in the status column, and the failure's code.
  package var word: String {
    switch self {
    case .ok: "ok"
    case .unlevered: "unlevered"
    case .windowShort: "window_short"
    case .noSolution: "no_solution"
    case .outOfBounds: "out_of_bounds"
    case .badInput: "bad_input"
    }
  }

  /// Whether the row has no result and counts as failed.
  package var isFailure: Bool { rawValue >= RowStatus.noSolution.rawValue }

  /// Whether the results are numbers to write.
  var hasResults: Bool { self == .ok || self == .unlevered }
}
