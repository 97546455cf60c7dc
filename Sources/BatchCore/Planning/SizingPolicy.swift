/// The constants of the sizing policy, found by simulation (see `benchmarks`).
package struct SizingPolicy: Sendable, Equatable {
  /// With nothing known and start-up paid once, the first wave is handed this share of all items.
  package var firstShareWarm = 0.5
  /// With nothing known and start-up paid by every batch, the first wave is handed this share.
  package var firstShareCold = 1.0
  /// The first wave stops after this many set-up times of work.
  package var firstBudgetWarm = 4.0
  package var firstBudgetCold = 12.0
  /// A share is split when the expected imbalance exceeds this many set-up times.
  package var splitAbove = 1.0
  /// A split batch keeps back this many times the expected imbalance.
  package var keepBack = 1.0
  /// A split batch is at least this many set-up times of work long.
  package var floor = 1.0
  /// A batch may run past the common finish by this many set-up times before it gives up the rest.
  package var overrun = 1.0
  /// What would be left of a range is taken too when it is shorter than this many set-up times.
  package var crumb = 0.3

  package init() {}
}
