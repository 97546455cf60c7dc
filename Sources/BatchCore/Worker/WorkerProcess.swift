internal import Glibc
internal import SystemShims

/// A worker in a process of its own: requests on standard input, the parts and the end of each on standard
/// output.
///
/// The first request names the task; those that follow are orders of the same one. Each is a frame: its
/// length, then its bytes.
public enum WorkerProcess {
  /// Runs the batches of the requests, one after the other, until there are no more.
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
      let request = try BatchOrder.read(nextFrame() ?? [])
      let task = try makeTask(request.task, request.message)
      try serve(task, request.order, replies)
      return 0
    } catch {
      replies.refuse("\(error)")
      return 2
    }
  }

  private static func serve(
    _ task: some BatchTask, _ first: BatchOrder, _ replies: ReplyStream
  ) throws {
    let clock = MonotonicClock()
    var worker = Worker(
      task: task,
      surroundings: .init(clock: clock, host: hostName(), isCancelled: { false }))
    var next: BatchOrder? = first
    while let order = next {
      carryOut(order, task, &worker, clock, replies)
      next = try nextFrame().map { bytes in
        var reader = MessageReader(bytes)
        return try BatchOrder(&reader)
      }
    }
  }

  private static func carryOut<Task: BatchTask>(
    _ order: BatchOrder, _ task: Task, _ worker: inout Worker<Task>, _ clock: MonotonicClock,
    _ replies: ReplyStream
  ) {
    let items = order.input.items
    replies.begin(task.counters)
    let outbox = Outbox(
      items: items, makeBuffer: { ByteBuffer() },
      deliver: { part, _ in replies.part(part) })
    let watch = ItemWatch(order, clock: clock)
    watch.start(outbox, onLook: { replies.counters(task.counters) }) { ending in
      replies.end(
        BatchResult(
          batch: order.assignment.batch, items: items, unfinished: outbox.close(),
          ending: ending, timings: WorkerTimings(done: clock.now)))
      _exit(0)
    }
    let result = worker.run(order, outbox: outbox, heartbeat: { watch.beat($0, at: $1) })
    watch.stop()
    replies.counters(task.counters)
    replies.end(result)
  }

  /// The next frame of standard input; nil at its end.
  private static func nextFrame() -> [UInt8]? {
    let prefix = ByteBuffer()
    guard fill(prefix, with: 8) else { return nil }
    let length = unsafe prefix.withBytes { bytes in
      unsafe Int64(littleEndian: bytes.loadUnaligned(as: Int64.self))
    }
    let frame = ByteBuffer()
    guard length >= 0, fill(frame, with: Int(length)) else { return nil }
    return unsafe frame.withBytes { unsafe Array($0) }
  }

  /// Reads so many bytes; false when there are fewer.
  private static func fill(_ buffer: ByteBuffer, with length: Int) -> Bool {
    while buffer.count < length {
      let most = min(length - buffer.count, 1 << 18)
      var count = 0
      unsafe buffer.write(atMost: most) { target in
        count = unsafe read(0, target, most)
        return max(0, count)
      }
      if count < 0, errno == EINTR { continue }
      if count <= 0 { return false }
    }
    return true
  }
}
