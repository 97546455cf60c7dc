internal import Glibc
internal import Synchronization
internal import SystemShims

/// A worker in a process of its own: a request on standard input, its parts and its end on standard
/// output.
public enum WorkerProcess {
  /// Runs the batch of the request and ends the process.
  ///
  /// - Parameter makeTask: Makes the task of that name from its message.
  /// - Returns: The exit code; 2 for a request that cannot be carried out.
  public static func run(
    makeTask: (TaskName, [UInt8]) throws -> any BatchTask
  ) -> Int32 {
    batchrun_die_with_parent()
    // The coordinator decides what an interrupt means.
    signal(SIGINT, SIG_IGN)
    let replies = ReplyStream()
    do {
      let request = try BatchOrder.read(readStandardInput())
      let task = try makeTask(request.task, request.message)
      carryOut(request.order, task, replies)
      return 0
    } catch {
      replies.refuse("\(error)")
      return 2
    }
  }

  private static func carryOut(_ order: BatchOrder, _ task: some BatchTask, _ replies: ReplyStream)
  {
    let clock = MonotonicClock()
    let items = order.input.items
    let outbox = Outbox(
      items: items, makeBuffer: { ByteBuffer() },
      deliver: { part, _ in replies.part(part) })
    let watch = Watch(items: items, timeoutSeconds: order.timeoutSeconds, clock: clock)
    watch.start(outbox) { suspects in
      replies.end(
        BatchResult(
          batch: order.assignment.batch, items: items, unfinished: outbox.close(),
          ending: .hung(suspects), timings: WorkerTimings(done: clock.now)))
      _exit(0)
    }
    var worker = Worker(
      task: task,
      surroundings: .init(clock: clock, host: hostName(), isCancelled: { false }))
    let result = worker.run(order, outbox: outbox, heartbeat: { watch.beat($0) })
    watch.stop()
    replies.end(result)
  }

  private static func readStandardInput() -> [UInt8] {
    let buffer = ByteBuffer()
    while true {
      var count = 0
      unsafe buffer.write(atMost: 1 << 18) { target in
        count = unsafe read(0, target, 1 << 18)
        return max(0, count)
      }
      if count < 0, errno == EINTR { continue }
      if count <= 0 { return unsafe buffer.withBytes { unsafe Array($0) } }
    }
  }
}

/// Notices that an item gives no sign of life.
private final class Watch: Sendable {
  private let timeoutSeconds: Double
  private let clock: MonotonicClock
  private let end: Int
  private let next: Atomic<Int>
  private let step = Atomic<Int>(1)
  private let lastBeat: Atomic<UInt64>
  private let isOver = Atomic<Bool>(false)

  init(items: Range<Int>, timeoutSeconds: Double, clock: MonotonicClock) {
    self.timeoutSeconds = timeoutSeconds
    self.clock = clock
    end = items.upperBound
    next = Atomic(items.lowerBound)
    lastBeat = Atomic(clock.now.bitPattern)
  }

  func beat(_ sign: SignOfLife) {
    switch sign {
    case .reached(let item, let size):
      next.store(item, ordering: .relaxed)
      step.store(size, ordering: .relaxed)
    case .computing(let item):
      next.store(item, ordering: .relaxed)
      step.store(1, ordering: .relaxed)
    case .waiting: next.store(end, ordering: .relaxed)
    }
    lastBeat.store(clock.now.bitPattern, ordering: .relaxed)
  }

  func stop() { isOver.store(true, ordering: .relaxed) }

  /// Hands over what waits in the outbox; calls `onHang` once, with the items of which one hangs.
  func start(_ outbox: Outbox, onHang: @escaping @Sendable (Range<Int>) -> Void) {
    WorkThread.start("batchrun-watch") { [self] in
      while !isOver.load(ordering: .relaxed) {
        usleep(UInt32(min(max(timeoutSeconds / 8, 0.005), 0.1) * 1e6))
        outbox.handOverIfDue(now: clock.now)
        let last = Double(bitPattern: lastBeat.load(ordering: .relaxed))
        guard clock.now - last > timeoutSeconds, !isOver.load(ordering: .relaxed) else { continue }
        let first = next.load(ordering: .relaxed)
        return onHang(first..<max(first, min(end, first + max(1, step.load(ordering: .relaxed)))))
      }
    }
  }
}

/// The name of this machine.
func hostName() -> String {
  var name = [CChar](repeating: 0, count: 256)
  guard unsafe gethostname(&name, name.count - 1) == 0 else { return "localhost" }
  return String(decoding: name.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
}
