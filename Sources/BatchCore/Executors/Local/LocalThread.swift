internal import Synchronization

/// One worker thread of the local executor.
final class LocalThread: Sendable {
  /// What the thread has in hand.
  private struct Hand: Sendable {
    var order: BatchOrder?
    var next = 0
    var step = 1
    /// Whether the thread was given up; what it still says is not heard.
    var isAbandoned = false
  }

  let slot: Int
  private let site: LocalSite
  private let hand = Shared(Hand())
  private let next = Atomic<Int>(0)
  private let step = Atomic<Int>(1)
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
        clock: site.clock, host: site.host, makeBuffer: { site.buffers.take() },
        isCancelled: { site.isDraining.load(ordering: .relaxed) }))
    while case .run(let order) = site.orders.takeFirst() {
      begin(order)
      let result =
        order.isIsolated
        ? runInChild(order)
        : worker.run(order, heartbeat: { self.beat($0, $1) }, deliver: { self.deliver($0, order) })
      guard end(result) else { return }
    }
  }

  // MARK: - Signs of life

  private func begin(_ order: BatchOrder) {
    beat(order.input.items.lowerBound, 1)
    site.inFlight.set(
      slot, next: order.input.items.lowerBound, end: order.input.items.upperBound)
    hand.withLock { $0.order = order }
  }

  private func beat(_ item: Int, _ size: Int) {
    guard !isGivenUp.load(ordering: .relaxed) else { return }
    next.store(item, ordering: .relaxed)
    step.store(size, ordering: .relaxed)
    lastBeat.store(site.clock.now.bitPattern, ordering: .relaxed)
    site.inFlight.advance(slot, to: item)
  }

  private func deliver(_ part: Part, _ order: BatchOrder) {
    site.buffers.charge(part.bytes.count)
    let isHeard = hand.withLock { hand in
      guard !hand.isAbandoned else { return false }
      site.report(.part(order.assignment.batch, part, host: site.host))
      return true
    }
    if !isHeard { site.buffers.giveBack(part.bytes) }
  }

  /// Reports the end of a batch; false when the thread was given up meanwhile and must end.
  private func end(_ result: BatchResult) -> Bool {
    hand.withLock { hand in
      guard !hand.isAbandoned else { return false }
      hand.order = nil
      site.inFlight.clear(slot)
      site.report(.finished(result))
      return true
    }
  }

  /// Gives the thread up when its item has been silent for longer than the time-out.
  func giveUpIfHung() -> Bool {
    let silence = site.clock.now - Double(bitPattern: lastBeat.load(ordering: .relaxed))
    return hand.withLock { hand in
      guard let order = hand.order, !hand.isAbandoned, !order.isIsolated,
        silence > order.timeoutSeconds
      else { return false }
      hand.isAbandoned = true
      isGivenUp.store(true, ordering: .relaxed)
      let items = order.input.items
      let first = next.load(ordering: .relaxed)
      let last = min(items.upperBound, first + max(1, step.load(ordering: .relaxed)))
      site.inFlight.clear(slot)
      site.report(
        .finished(
          BatchResult(
            batch: order.assignment.batch, items: items, notStarted: first..<items.upperBound,
            ending: .hung(first..<last),
            timings: WorkerTimings(
              queued: order.queuedSeconds, started: order.queuedSeconds, setUp: order.queuedSeconds,
              done: site.clock.now, host: site.host))))
      return true
    }
  }

  // MARK: - Isolation

  private func runInChild(_ order: BatchOrder) -> BatchResult {
    var child = IsolatedBatch(order: order, site: site)
    return child.run { part in self.deliver(part, order) }
  }
}
