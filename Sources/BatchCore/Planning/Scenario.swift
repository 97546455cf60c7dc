/// A made-up run whose item times are known to the simulation and revealed as items finish.
package struct Scenario: Sendable, Equatable {
  /// The time of every item, in seconds.
  package var itemSeconds: [Double]
  /// The start of a new environment, in seconds.
  package var startUpSeconds = 0.0
  /// What every batch costs besides start-up and items, in seconds.
  package var batchOverheadSeconds = 0.0
  /// The longest an invocation may take, start-up and overhead included, in seconds; nil: no limit.
  package var timeLimitSeconds: Double?
  package var workers = 1
  /// New workers per second: worker k exists from k / ramp on; nil: all at once.
  package var rampPerSecond: Double?
  /// Whether an environment serves further batches; otherwise every batch pays the start-up.
  package var warmReuse = true
  /// The share of an invocation that start-up and overhead may take at most; nil: as it comes.
  package var mostOverheadShare: Double?

  package init(itemSeconds: [Double]) {
    self.itemSeconds = itemSeconds
  }

  /// What the dispatcher knows at the start: everything but the times of the items.
  package var model: CostModel {
    CostModel(
      startUpSeconds: Figure(startUpSeconds, .given),
      batchOverheadSeconds: Figure(batchOverheadSeconds, .given),
      items: ItemTimes(count: 1, mean: 1, deviation: 1), itemProvenance: .guess)
  }

  package var limits: ExecutorLimits {
    var limits = ExecutorLimits(
      workers: workers, timeLimitSeconds: timeLimitSeconds,
      marginSeconds: (timeLimitSeconds ?? 0) * 0.01, rampPerSecond: rampPerSecond,
      warmReuse: warmReuse)
    limits.keepOverhead(below: mostOverheadShare)
    return limits
  }
}
