/// How long items take by the work that is in them, where their source can tell that beforehand.
package struct WorkPace: Sendable, Equatable {
  private var batches = 0
  private var seconds = 0.0
  private var work = 0.0
  /// The quickest batch, in seconds for a unit of work.
  private var quickest = Double.infinity

  /// So many batches tell what is possible.
  private static let leastBatches = 3

  package init() {}

  /// What an item should take, in seconds.
  package struct Estimate: Sendable, Equatable {
    /// At the mean pace.
    package var seconds: Double
    /// At the pace of the quickest batch.
    package var leastSeconds: Double
  }

  /// Takes in a batch whose items were all finished.
  package mutating func measured(work: Double, seconds: Double) {
    guard work > 0, seconds > 0 else { return }
    batches += 1
    self.work += work
    self.seconds += seconds
    quickest = min(quickest, seconds / work)
  }

  /// Nil while too little is known.
  package func estimate(ofWork work: Double) -> Estimate? {
    guard batches >= Self.leastBatches else { return nil }
    return Estimate(seconds: work * seconds / self.work, leastSeconds: work * quickest)
  }
}
