internal import Glibc
internal import Synchronization

/// Looks after a batch of a worker that has its process to itself: notices that an item gives no sign
/// of life, or is still at work when the worker's time is over.
final class ItemWatch: Sendable {
  private let timeoutSeconds: Double
  /// When the worker must have returned, on the clock; infinite without a limit.
  private let endSeconds: Double
  private let clock: MonotonicClock
  private let end: Int
  private let next: Atomic<Int>
  private let step = Atomic<Int>(1)
  private let lastBeat: Atomic<UInt64>
  private let isOver = Atomic<Bool>(false)

  /// - Parameter endSeconds: When the worker must have returned, on the clock; later than the deadline
  ///   of the order, at which it only begins nothing new.
  init(_ order: BatchOrder, clock: MonotonicClock, endSeconds: Double = .infinity) {
    timeoutSeconds = order.timeoutSeconds
    self.endSeconds = endSeconds
    self.clock = clock
    end = order.input.items.upperBound
    next = Atomic(order.input.items.lowerBound)
    lastBeat = Atomic(clock.now.bitPattern)
  }

  /// Notes a sign of life, and when it was given on the clock.
  func beat(_ sign: SignOfLife, at time: Double) {
    switch sign {
    case .reached(let item, let size):
      next.store(item, ordering: .relaxed)
      step.store(size, ordering: .relaxed)
    case .computing(let item):
      next.store(item, ordering: .relaxed)
      step.store(1, ordering: .relaxed)
    case .waiting: next.store(end, ordering: .relaxed)
    }
    lastBeat.store(time.bitPattern, ordering: .relaxed)
  }

  func stop() { isOver.store(true, ordering: .relaxed) }

  /// Hands over what waits in the outbox; calls `onEnd` once when the batch cannot be waited for, with
  /// the items of which one is to blame.
  ///
  /// - Parameter onLook: Called several times a second.
  func start(
    _ outbox: Outbox, onLook: @escaping @Sendable () -> Void = {},
    onEnd: @escaping @Sendable (BatchResult.Ending) -> Void
  ) {
    WorkThread.start("batchrun-watch") { [self] in
      while !isOver.load(ordering: .relaxed) {
        usleep(UInt32(min(max(timeoutSeconds / 8, 0.005), 0.1) * 1e6))
        outbox.handOverIfDue(now: clock.now)
        onLook()
        let last = Double(bitPattern: lastBeat.load(ordering: .relaxed))
        guard !isOver.load(ordering: .relaxed) else { return }
        if clock.now - last > timeoutSeconds { return onEnd(.hung(atWork)) }
        if clock.now > endSeconds { return onEnd(.exceeded(atWork)) }
      }
    }
  }

  private var atWork: Range<Int> {
    let first = next.load(ordering: .relaxed)
    return first..<max(first, min(end, first + max(1, step.load(ordering: .relaxed))))
  }
}
