/// Where a task puts its records; it hands them on in parts and knows when to stop.
///
/// Used by one thread. Finished records wait in an outbox, from which they are handed over about
/// twice a second even while the next item is at work, so that a finished item is never far from
/// being committed.
public final class BatchOutput {
  /// The records since the last `finish`; a task appends here.
  public private(set) var buffer: ByteBuffer

  /// The item whose record is written next.
  public private(set) var nextItem: Int
  private let end: Int
  private var failures: [Part.FailedItem] = []

  private let outbox: Outbox
  private var rule: DeadlineRule
  private let now: () -> Double
  private let coarseNow: () -> Double
  private let cancelled: () -> Bool
  private let heartbeat: (SignOfLife, Double) -> Void
  private let permits: Permits?
  private var lastStep: Double
  /// The times of the items finished so far.
  private(set) var times = ItemTimes()
  /// What the next batch of the lane is to know; nil when the task has nothing to say.
  private(set) var laneState: [UInt8]?
  private(set) var laneWaitSeconds = 0.0

  /// - Parameters:
  ///   - coarseNow: The same time as `now`, some milliseconds old; nil for `now` itself.
  ///   - heartbeat: Called whenever the batch gets on, with the time.
  package init(
    items: Range<Int>, rule: DeadlineRule, outbox: Outbox, now: @escaping () -> Double,
    coarseNow: (() -> Double)? = nil, cancelled: @escaping () -> Bool, permits: Permits? = nil,
    heartbeat: @escaping (SignOfLife, _ time: Double) -> Void
  ) {
    nextItem = items.lowerBound
    end = items.upperBound
    self.rule = rule
    self.outbox = outbox
    self.now = now
    self.coarseNow = coarseNow ?? now
    self.cancelled = cancelled
    self.permits = permits
    self.heartbeat = heartbeat
    buffer = outbox.takeBuffer()
    lastStep = now()
    heartbeat(.reached(next: nextItem, step: 1), lastStep)
  }

  /// Whether the task must return before it starts another item: the deadline is near, or the run
  /// was interrupted.
  public var shouldStop: Bool {
    // Asked before every item: the clock would cost more than the rest of it.
    cancelled() || !rule.mayStartNext(now: max(lastStep, coarseNow()))
  }

  /// Says that the records of the next `count` items stand in `buffer`, which is empty afterwards.
  public func finish(_ count: Int = 1) {
    precondition(nextItem + count <= end, "more records than items")
    let time = now()
    let first = nextItem
    nextItem += count
    let step = time - lastStep
    lastStep = time
    times.add(count: count, totalSeconds: step)
    rule.finished(items: count, seconds: step)
    buffer = outbox.add(first..<nextItem, bytes: buffer, failures: failures, now: time)
    if !failures.isEmpty { failures = [] }
    heartbeat(.reached(next: nextItem, step: count), time)
  }

  /// Notes that `failure.item` failed for good; its record is at `record` in `buffer`.
  ///
  /// Called before the `finish` that covers the item, in the order of the items.
  public func fail(_ failure: ItemFailure, record: Range<Int>) {
    failures.append(Part.FailedItem(failure: failure, record: record))
  }

  /// Says that `buffer` holds the record of the next item, a failure, and nothing else.
  ///
  /// A transient failure travels in a part of its own: the runner keeps the record only when no
  /// attempt is left.
  public func finish(failedWith failure: ItemFailure) {
    fail(failure, record: 0..<buffer.count)
    guard failure.isTransient else { return finish() }
    outbox.handOver(now: now())
    finish()
    outbox.handOver(now: now())
  }

  /// Leaves what the next batch of the same lane gets as `BatchInput.laneState`, wherever it runs.
  ///
  /// - Precondition: At most `BatchInput.mostLaneStateBytes`.
  ///
  /// - Parameter waitSeconds: For how long no item of the lane can get on, wherever it runs, so that no
  ///   worker need be kept for them meanwhile.
  public func leave(_ laneState: [UInt8], waitSeconds: Double = 0) {
    precondition(laneState.count <= BatchInput.mostLaneStateBytes, "the state of a lane is bounded")
    self.laneState = laneState
    laneWaitSeconds = max(0, waitSeconds)
  }

  // MARK: - Items that finish in any order

  /// Says that `buffer` holds the record of `item` and nothing else; it is empty afterwards.
  ///
  /// For tasks whose items finish in any order; a batch uses either this or `finish(_:)`.
  ///
  /// - Parameters:
  ///   - marks: What the record is counted under; see `PreparedTask.marks`.
  ///   - failure: Why the item failed, if it did. A transient failure travels in a part of its own.
  public func finish(item: Int, marks: UInt8 = 0, failedWith failure: ItemFailure? = nil) {
    let time = now()
    let step = time - lastStep
    lastStep = time
    times.add(step)
    rule.finished(items: 1, seconds: step)
    let isTransient = failure?.isTransient == true
    if isTransient { outbox.handOver(now: time) }
    let failed = failure.map { [Part.FailedItem(failure: $0, record: 0..<buffer.count)] } ?? []
    let record = Part.Record(item: item, length: buffer.count, marks: marks)
    outbox.add(record, bytes: buffer, failures: failed, now: time)
    if isTransient { outbox.handOver(now: time) }
    heartbeat(.waiting, time)
  }

  /// Computes something for one item, when one of the permits to compute is free.
  ///
  /// Many batches may be open at once in a process, and wait for something outside; not more of them
  /// than there are workers compute at the same time. An item that crashes or hangs the worker is
  /// found only when its work is done in here.
  public func compute<R, E: Error>(_ item: Int, _ body: () throws(E) -> R) throws(E) -> R {
    guard let permits else { return try marked(item, body) }
    return try permits.hold(
      whileWaiting: { waits() },
      { () throws(E) -> R in try marked(item, body) })
  }

  private func marked<R, E: Error>(_ item: Int, _ body: () throws(E) -> R) throws(E) -> R {
    heartbeat(.computing(item), now())
    defer { waits() }
    return try body()
  }

  /// Says that the batch is alive and waits for something outside; at least once a second.
  public func waits() { heartbeat(.waiting, now()) }
}
