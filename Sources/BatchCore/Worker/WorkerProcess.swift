internal import Glibc
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
    let watch = ItemWatch(order, clock: clock)
    watch.start(outbox) { ending in
      replies.end(
        BatchResult(
          batch: order.assignment.batch, items: items, unfinished: outbox.close(),
          ending: ending, timings: WorkerTimings(done: clock.now)))
      _exit(0)
    }
    var worker = Worker(
      task: task,
      surroundings: .init(clock: clock, host: hostName(), isCancelled: { false }))
    let result = worker.run(order, outbox: outbox, heartbeat: { watch.beat($0, at: $1) })
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
