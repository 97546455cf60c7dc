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
  private let cancelled: () -> Bool
  private let heartbeat: (_ next: Int, _ step: Int) -> Void
  private var lastStep: Double
  /// The times of the items finished so far.
  private(set) var times = ItemTimes()

  package init(
    items: Range<Int>, rule: DeadlineRule, outbox: Outbox, now: @escaping () -> Double,
    cancelled: @escaping () -> Bool, heartbeat: @escaping (_ next: Int, _ step: Int) -> Void
  ) {
    nextItem = items.lowerBound
    end = items.upperBound
    self.rule = rule
    self.outbox = outbox
    self.now = now
    self.cancelled = cancelled
    self.heartbeat = heartbeat
    buffer = outbox.takeBuffer()
    lastStep = now()
    heartbeat(nextItem, 1)
  }

  /// Whether the task must return before it starts another item: the deadline is near, or the run
  /// was interrupted.
  public var shouldStop: Bool {
    cancelled() || !rule.mayStartNext(now: now())
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
    heartbeat(nextItem, count)
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
}
