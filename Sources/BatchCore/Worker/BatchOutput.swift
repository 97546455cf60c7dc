/// Where a task puts its records; it hands them on in parts and knows when to stop.
///
/// Used by one thread. A part is handed over about twice a second, or when it has grown to
/// `partBytes`, so that a finished item is never far from being committed.
public final class BatchOutput {
  /// Ends a part by size: large enough to write well, small enough to keep memory flat.
  static let partBytes = 4 << 20
  /// Ends a part by age, in seconds.
  static let partSeconds = 0.5

  /// The records since the last part; a task appends here.
  public private(set) var buffer: ByteBuffer

  /// The item whose record is written next.
  public private(set) var nextItem: Int
  private let end: Int
  private var firstOfPart: Int
  private var failures: [Part.FailedItem] = []
  /// Where the record of `nextItem` begins in `buffer`.
  public private(set) var recordStart = 0

  private var rule: DeadlineRule
  private let now: () -> Double
  private let deliver: (Part) -> Void
  private let makeBuffer: () -> ByteBuffer
  private let cancelled: () -> Bool
  private let heartbeat: (_ next: Int, _ step: Int) -> Void
  private var partBegan: Double
  private var lastStep: Double
  /// The times of the items finished so far.
  private(set) var times = ItemTimes()

  init(
    items: Range<Int>, rule: DeadlineRule, now: @escaping () -> Double,
    makeBuffer: @escaping () -> ByteBuffer, cancelled: @escaping () -> Bool,
    heartbeat: @escaping (_ next: Int, _ step: Int) -> Void, deliver: @escaping (Part) -> Void
  ) {
    nextItem = items.lowerBound
    firstOfPart = items.lowerBound
    end = items.upperBound
    self.rule = rule
    self.now = now
    self.deliver = deliver
    self.makeBuffer = makeBuffer
    self.cancelled = cancelled
    self.heartbeat = heartbeat
    buffer = makeBuffer()
    partBegan = now()
    lastStep = partBegan
    heartbeat(nextItem, 1)
  }

  /// Whether the task must return before it starts another item: the deadline is near, or the run
  /// was interrupted.
  public var shouldStop: Bool {
    cancelled() || !rule.mayStartNext(now: now())
  }

  /// Says that the records of the next `count` items stand in `buffer`.
  public func finish(_ count: Int = 1) {
    precondition(nextItem + count <= end, "more records than items")
    let time = now()
    nextItem += count
    recordStart = buffer.count
    let step = time - lastStep
    lastStep = time
    times.add(count: count, totalSeconds: step)
    rule.finished(items: count, seconds: step)
    heartbeat(nextItem, count)
    if buffer.count >= Self.partBytes || time - partBegan >= Self.partSeconds { handOver() }
  }

  /// Notes that `failure.item` failed for good; its record is at `record` in `buffer`.
  ///
  /// Called before the `finish` that covers the item, in the order of the items.
  public func fail(_ failure: ItemFailure, record: Range<Int>) {
    failures.append(Part.FailedItem(failure: failure, record: record))
  }

  /// Says that the record of the next item, a failure, stands at the end of `buffer`.
  ///
  /// A transient failure travels in a part of its own: the runner keeps the record only when no
  /// attempt is left.
  public func finish(failedWith failure: ItemFailure) {
    guard failure.isTransient else {
      fail(failure, record: recordStart..<buffer.count)
      return finish()
    }
    let record = buffer.copy(from: recordStart)
    buffer.truncate(to: recordStart)
    handOver()
    buffer.append(contentsOf: record)
    fail(failure, record: 0..<buffer.count)
    finish()
    handOver()
  }

  /// Hands over what is finished; called by the worker when the task returns.
  func handOver() {
    partBegan = now()
    guard nextItem > firstOfPart else { return }
    deliver(Part(items: firstOfPart..<nextItem, bytes: buffer, failures: failures))
    buffer = makeBuffer()
    failures = []
    firstOfPart = nextItem
    recordStart = 0
  }
}
