// Statuses as they stand in the output, from best to worst by raw value.
extension RowStatus {
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
}
