/// Which batches are to be invoked, which are, and how many may be at once: an account's limit is found
/// by being turned away.
///
/// A pure state machine; times are seconds on the caller's clock.
package struct LambdaCalls {
  private struct Call {
    var attempts = 0
    /// When it is to be invoked next; nil while an invocation is under way or lost.
    var due: Double?
    var begun: Double?
    var lost: (since: Double, sentence: String)?
  }

  /// A batch whose invocation ended without a word about it.
  package struct Lost {
    package var batch: BatchIndex
    /// When its connection broke.
    package var since: Double
    package var sentence: String
  }

  private var calls: [BatchIndex: Call] = [:]
  private let most: Int
  /// How many may be under way, between one and `most`.
  package private(set) var allowed: Double
  private var underWay = 0
  /// Nothing is invoked before.
  private var pausedUntil = 0.0

  private static let mostAttempts = 6

  package init(most: Int) {
    self.most = most
    allowed = Double(most)
  }

  package mutating func add(_ batch: BatchIndex, now: Double) { calls[batch] = Call(due: now) }

  package mutating func remove(_ batch: BatchIndex) { calls[batch] = nil }

  /// Forgets a batch whose results have come, unless its invocation has still to return.
  package mutating func finished(_ batch: BatchIndex) {
    if calls[batch]?.begun == nil { calls[batch] = nil }
  }

  package mutating func removeAll() { calls = [:] }

  /// Batches that wait for their invocation.
  package var notBegun: [BatchIndex] { calls.filter { $0.value.due != nil }.map(\.key) }

  /// The next batch to invoke now; nil when none is due, or enough are under way.
  package mutating func next(now: Double) -> BatchIndex? {
    guard now >= pausedUntil, underWay < max(1, Int(allowed)) else { return nil }
    let due = calls.filter { $0.value.due.map { $0 <= now } ?? false }
    guard let batch = due.keys.min() else { return nil }
    calls[batch]?.due = nil
    calls[batch]?.begun = now
    calls[batch]?.attempts += 1
    underWay += 1
    return batch
  }

  /// In how many seconds something is due; nil when nothing waits.
  package func secondsUntilNext(now: Double) -> Double? {
    guard underWay < max(1, Int(allowed)) else { return nil }
    return calls.values.compactMap(\.due).min().map { max(0.01, max($0, pausedUntil) - now) }
  }

  /// An invocation has returned: how long it took, in seconds; nil for one that was forgotten.
  package mutating func returned(_ batch: BatchIndex, now: Double) -> Double? {
    guard let begun = calls[batch]?.begun else { return nil }
    underWay -= 1
    calls[batch]?.begun = nil
    return now - begun
  }

  /// Forgets all invocations; how long each had been under way, in seconds.
  package mutating func endAll(now: Double) -> [Double] {
    defer { calls = [:] }
    return calls.values.compactMap { $0.begun.map { now - $0 } }
  }

  // MARK: - How many at once

  /// One more may be under way after each round without being turned away.
  package mutating func grew() { allowed = min(Double(most), allowed + 1 / max(1, allowed)) }

  /// The service has turned an invocation away.
  package mutating func throttled(_ batch: BatchIndex, _ wait: Double?, now: Double) {
    allowed = max(1, min(allowed, Double(underWay + 1)) * 0.9)
    let pause = max(wait ?? 0, Double.random(in: 0.05...0.5))
    pausedUntil = max(pausedUntil, now + min(pause, 60))
    calls[batch]?.attempts -= 1
    calls[batch]?.due = pausedUntil
  }

  // MARK: - Trouble

  /// Has a batch invoked again after a while; false when that was done often enough.
  package mutating func retry(_ batch: BatchIndex, now: Double) -> Bool {
    guard var call = calls[batch], call.attempts < Self.mostAttempts else { return false }
    call.lost = nil
    call.due = now + min(20, 0.2 * Double(1 << call.attempts)) * Double.random(in: 0.5...1)
    calls[batch] = call
    return true
  }

  package mutating func noteLost(_ batch: BatchIndex, _ sentence: String, now: Double) {
    calls[batch]?.lost = (now, sentence)
  }

  package var lost: [Lost] {
    calls.compactMap { batch, call in
      call.lost.map { Lost(batch: batch, since: $0.since, sentence: $0.sentence) }
    }
  }
}
