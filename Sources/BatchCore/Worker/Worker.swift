/// Runs batches one after another against their deadlines; the same code wherever it runs.
///
/// Used by one thread, which keeps the task's workspace from batch to batch.
struct Worker<Task: BatchTask>: ~Copyable {
  /// What a worker needs of the place where it runs.
  struct Surroundings: Sendable {
    var clock: MonotonicClock
    var host: String
    /// Whether the run was interrupted.
    var isCancelled: @Sendable () -> Bool
    /// How many threads of the process may compute at once; nil where each may.
    var permits: Permits?
  }

  private let task: Task
  private let surroundings: Surroundings
  private var workspace: Task.Workspace?

  init(task: Task, surroundings: Surroundings) {
    self.task = task
    self.surroundings = surroundings
  }

  /// Runs one batch; its records go to the outbox.
  ///
  /// - Parameter heartbeat: Called whenever the batch gets on, with the time on the clock of the
  ///   surroundings.
  mutating func run(
    _ order: BatchOrder, outbox: Outbox,
    heartbeat: @escaping (SignOfLife, _ time: Double) -> Void
  ) -> BatchResult {
    let clock = surroundings.clock
    let items = order.input.items
    var timings = WorkerTimings(
      queued: order.queuedSeconds, started: clock.now, host: surroundings.host,
      isCold: workspace == nil)
    let output = BatchOutput(
      items: items, rule: DeadlineRule(order.assignment, startedAt: timings.started),
      outbox: outbox, now: { clock.now }, coarseNow: { clock.coarseNow },
      cancelled: surroundings.isCancelled, permits: surroundings.permits, heartbeat: heartbeat)
    timings.setUp = clock.now
    let ending = attempt(order.input, output)
    let unfinished = outbox.close()
    outbox.retire(output.buffer)
    timings.done = clock.now
    return BatchResult(
      batch: order.assignment.batch, items: items,
      unfinished: unfinished, ending: ending, timings: timings,
      times: output.times, laneState: output.laneState, laneWaitSeconds: output.laneWaitSeconds)
  }

  private mutating func attempt(
    _ input: BatchInput, _ output: BatchOutput
  ) -> BatchResult.Ending {
    do {
      var ready = try workspace.take() ?? task.makeWorkspace()
      defer { workspace = ready }
      try task.run(input, in: &ready, output: output)
      return .done
    } catch {
      return .stopped("\(error)")
    }
  }
}
