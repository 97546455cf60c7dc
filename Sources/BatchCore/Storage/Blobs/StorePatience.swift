/// How long whatever uses a store bears with one that does not answer.
package struct StorePatience: Sendable, Equatable {
  /// A request that sends little is given up after so long, in seconds.
  package var answerSeconds = 60.0
  /// One that reads is given up when next to nothing has come for so long, in seconds.
  package var silenceSeconds = 30.0
  /// So long after a request was first sent it is not sent again, in seconds.
  package var repeatSeconds = 60.0
  /// A run ends when for so long nothing has got through, in seconds.
  package var runSeconds = 120.0

  package init() {}

  /// That of this process: `BATCHRUN_FAULT_PATIENCE=0.05` makes it a twentieth, for tests with stores
  /// that hang.
  package static let current = StorePatience().scaled(
    by: environment("BATCHRUN_FAULT_PATIENCE").flatMap { Double($0) } ?? 1)

  package func scaled(by factor: Double) -> StorePatience {
    guard factor > 0, factor.isFinite else { return self }
    var scaled = self
    scaled.answerSeconds *= factor
    scaled.silenceSeconds *= factor
    scaled.repeatSeconds *= factor
    scaled.runSeconds *= factor
    return scaled
  }

  /// How requests are repeated by one who has this patience.
  package var backoff: AWSBackoff {
    var backoff = AWSBackoff()
    backoff.patienceSeconds = repeatSeconds
    return backoff
  }
}

/// Since when a store has not done what it was asked for, and whether a run is to bear with it.
///
/// A pure state machine; times are seconds on the caller's clock.
package struct StoreTrouble: Sendable {
  private let patience: StorePatience
  private var since: Double?
  /// Whether it was waited for in vain.
  package private(set) var isHopeless = false

  package init(_ patience: StorePatience) { self.patience = patience }

  /// Something got through.
  package mutating func passed() { since = nil }

  /// Something did not; whether the run is to end.
  ///
  /// - Parameters:
  ///   - began: When it was begun.
  ///   - isTransient: Whether it may succeed later.
  package mutating func failed(begun began: Double, now: Double, isTransient: Bool) -> Bool {
    let since = since ?? began
    self.since = since
    guard isTransient else { return true }
    isHopeless = isHopeless || now - since > patience.runSeconds
    return isHopeless
  }
}
