internal import Synchronization

/// One worker thread of the local executor.
final class LocalThread: Sendable {
  /// What the thread has in hand.
  private struct Hand: Sendable {
    var order: BatchOrder?
    var outbox: Outbox?
    /// Whether the thread was given up; what it still says is not heard.
    var isAbandoned = false
  }

  let slot: Int
  private let site: LocalSite
  private let hand = Shared(Hand())
  private let next = Atomic<Int>(0)
  private let step = Atomic<Int>(1)
  private let end = Atomic<Int>(0)
  private let lastBeat = Atomic<UInt64>(0)
  private let isGivenUp = Atomic<Bool>(false)

  init(slot: Int, site: LocalSite) {
    self.slot = slot
    self.site = site
  }

  func run() { run(site.task.task) }

  private func run(_ task: some BatchTask) {
    let site = site
    var worker = Worker(
      task: task,
      surroundings: .init(
        clock: site.clock, host: site.host,
        isCancelled: { site.isDraining.load(ordering: .relaxed) }, permits: site.permits))
    var child: ChildProcess?
    while case .run(let order) = site.orders.takeFirst() {
      let outbox = begin(order)
      let result =
        runsInChild(order)
        ? runInChild(order, &child)
        : worker.run(order, outbox: outbox, heartbeat: { self.beat($0, at: $1) })
      guard end(result) else { return }
    }
    if let child = child.take() {
      child.terminate()
      _ = child.wait()
    }
    site.threadEnded()
  }

  // MARK: - Signs of life

  private func begin(_ order: BatchOrder) -> Outbox {
    let items = order.input.items
    end.store(items.upperBound, ordering: .relaxed)
    if site.task.task.overlap > 1, !runsInChild(order) {
      beat(.waiting, at: site.clock.now)
    } else {
      beat(.reached(next: items.lowerBound, step: 1), at: site.clock.now)
      site.inFlight.set(slot, next: items.lowerBound, end: items.upperBound)
    }
    let buffers = site.buffers
    let outbox = Outbox(
      items: items, makeBuffer: { buffers.take() },
      recycle: { buffers.giveBack(unused: $0) },
      deliver: { self.deliver($0, order, isLast: $1) })
    hand.withLock { hand in
      hand.order = order
      hand.outbox = outbox
    }
    return outbox
  }

  private func beat(_ sign: SignOfLife, at time: Double) {
    guard !isGivenUp.load(ordering: .relaxed) else { return }
    lastBeat.store(time.bitPattern, ordering: .relaxed)
    switch sign {
    case .reached(let item, let size):
      next.store(item, ordering: .relaxed)
      step.store(size, ordering: .relaxed)
      site.inFlight.advance(slot, to: item)
    case .computing(let item):
      next.store(item, ordering: .relaxed)
      step.store(1, ordering: .relaxed)
      site.inFlight.set(slot, next: item, end: item + 1)
    case .waiting:
      next.store(end.load(ordering: .relaxed), ordering: .relaxed)
      site.inFlight.clear(slot)
    }
  }

  private func deliver(_ part: Part, _ order: BatchOrder, isLast: Bool = false) {
    site.buffers.charge(part)
    site.report(.part(order.assignment.batch, part, host: site.host, isLast: isLast))
  }

  /// Reports the end of a batch; false when the thread was given up meanwhile and must end.
  private func end(_ result: BatchResult) -> Bool {
    let isHeard = hand.withLock { hand in
      hand.order = nil
      hand.outbox = nil
      return !hand.isAbandoned
    }
    guard isHeard else { return false }
    site.inFlight.clear(slot)
    site.batchEnded()
    site.report(.finished(result))
    return true
  }

  /// Hands over what waits, and gives the thread up when its item has been silent for longer than
  /// the time-out.
  func look() -> Bool {
    let now = site.clock.now
    let silence = now - Double(bitPattern: lastBeat.load(ordering: .relaxed))
    let (order, outbox) = hand.withLock { hand in
      (hand.isAbandoned ? nil : hand.order, hand.outbox)
    }
    guard let order, let outbox, !runsInChild(order) else { return false }
    guard silence > order.timeoutSeconds else {
      outbox.handOverIfDue(now: now)
      return false
    }
    return giveUp(order, outbox)
  }

  private func giveUp(_ order: BatchOrder, _ outbox: Outbox) -> Bool {
    let isStill = hand.withLock { hand in
      guard hand.order?.assignment.batch == order.assignment.batch else { return false }
      hand.isAbandoned = true
      return true
    }
    guard isStill else { return false }
    isGivenUp.store(true, ordering: .relaxed)
    let items = order.input.items
    let first = next.load(ordering: .relaxed)
    let last = max(
      first, min(items.upperBound, first + max(1, step.load(ordering: .relaxed))))
    let unfinished = outbox.close()
    if first < last { site.permits?.release() }
    site.inFlight.giveUp(slot, on: first..<last)
    site.batchEnded()
    let timings = WorkerTimings(
      queued: order.queuedSeconds, started: order.queuedSeconds, setUp: order.queuedSeconds,
      done: site.clock.now, host: site.host)
    site.report(
      .finished(
        BatchResult(
          batch: order.assignment.batch, items: items, unfinished: unfinished,
          ending: .hung(first..<last), timings: timings)))
    return true
  }

  // MARK: - Child processes

  private func runsInChild(_ order: BatchOrder) -> Bool {
    order.isIsolated || site.task.task.needsOwnProcess
  }

  private func runInChild(_ order: BatchOrder, _ child: inout ChildProcess?) -> BatchResult {
    var batch = IsolatedBatch(order: order, site: site)
    return batch.run(in: &child) { part in self.deliver(part, order) }
  }
}
