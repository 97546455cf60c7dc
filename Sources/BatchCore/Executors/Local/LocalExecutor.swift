internal import Glibc
internal import Synchronization
internal import SystemShims

/// Runs batches on threads of this process; suspicious ones, and those of a task that needs it, in child
/// processes.
package final class LocalExecutor: Executor {
  /// How the executor is set up.
  package struct Configuration: Sendable {
    /// How many batches compute at once.
    package var workers: Int
    /// The program and arguments that start a worker process.
    package var workerCommand: [String]
    /// Where the in-flight items are noted.
    package var inFlightPath: String

    package init(workers: Int, workerCommand: [String], inFlightPath: String) {
      self.workers = workers
      self.workerCommand = workerCommand
      self.inFlightPath = inFlightPath
    }
  }

  /// Threads of a run that allocate beside its workers: the one that commits, and a fetcher.
  private static let helperThreads = 2

  package var name: String { "local" }
  package let limits: ExecutorLimits
  private let site: LocalSite

  package init(
    _ configuration: Configuration, _ context: ExecutorContext
  ) throws(SystemError) {
    let overlap = context.task.task.overlap
    let threads = configuration.workers * max(1, overlap)
    var limits = ExecutorLimits.local(workers: threads)
    // Small enough that what the workers hold stays small, large enough to cost nothing.
    limits.payloadBytes = 1 << 20
    limits.workersWait = overlap > 1
    self.limits = limits
    site = LocalSite(
      task: context.task, configuration: configuration,
      inFlight: try InFlightSlots(
        path: configuration.inFlightPath, count: threads),
      clock: context.clock, buffers: context.buffers, report: context.report)
    if limits.workersWait {
      // Threads that mostly wait would spread over many heaps, each as large as its busiest moment.
      batchrun_limit_heaps(Int32(clamping: configuration.workers + Self.helperThreads))
    }
    site.startWatch()
  }

  package func submit(_ order: BatchOrder) {
    site.makeRoom()
    site.orders.post(.run(order))
  }

  package func drain() { site.isDraining.store(true, ordering: .relaxed) }

  package func shutDown(isCommitted: Bool) {
    site.isClosed.store(true, ordering: .relaxed)
    for _ in 0..<site.startedThreads { site.orders.post(.end) }
    // What their processes have used is known to this one once they are waited for.
    if site.task.task.needsOwnProcess { site.waitForThreads() }
  }
}

/// What the threads of a local executor share.
package final class LocalSite: Sendable {
  enum Order: Sendable {
    case run(BatchOrder)
    case end
  }

  let task: PreparedTask
  let configuration: LocalExecutor.Configuration
  let inFlight: InFlightSlots
  let clock: MonotonicClock
  let buffers: PartBuffers
  let report: @Sendable (ExecutorEvent) -> Void
  let host = hostName()
  let orders = Mailbox<Order>()
  let isDraining = Atomic<Bool>(false)
  let isClosed = Atomic<Bool>(false)
  /// Batches that are with the threads, or on their way to them.
  private let openBatches = Atomic<Int>(0)
  private let started = Atomic<Int>(0)
  private let ended = Atomic<Int>(0)
  private let mostThreads: Int
  /// The thread at work in each slot.
  let threads: Shared<[LocalThread?]>
  /// Held while computing, where more batches are open than may compute at once.
  let permits: Permits?

  package init(
    task: PreparedTask, configuration: LocalExecutor.Configuration, inFlight: InFlightSlots,
    clock: MonotonicClock, buffers: PartBuffers, report: @escaping @Sendable (ExecutorEvent) -> Void
  ) {
    self.task = task
    self.configuration = configuration
    self.inFlight = inFlight
    self.clock = clock
    self.buffers = buffers
    self.report = report
    let overlap = max(1, task.task.overlap)
    permits = overlap > 1 ? Permits(configuration.workers) : nil
    mostThreads = configuration.workers * overlap
    threads = Shared(Array(repeating: nil, count: mostThreads))
  }

  var startedThreads: Int { started.load(ordering: .relaxed) }

  /// Starts one more thread when all that there are have a batch; for the one that submits.
  func makeRoom() {
    let open = openBatches.add(1, ordering: .relaxed).newValue
    let slot = startedThreads
    guard open > slot, slot < mostThreads else { return }
    started.store(slot + 1, ordering: .relaxed)
    startThread(slot: slot)
  }

  /// Notes that a batch has ended; its thread takes another one.
  func batchEnded() { openBatches.subtract(1, ordering: .relaxed) }

  /// Notes that a thread has nothing left to do.
  func threadEnded() { ended.add(1, ordering: .relaxed) }

  /// Waits until all threads have ended; for a task whose threads are never given up.
  func waitForThreads() {
    while ended.load(ordering: .relaxed) < startedThreads { usleep(1000) }
  }

  func startThread(slot: Int) {
    let thread = LocalThread(slot: slot, site: self)
    threads.withLock { $0[slot] = thread }
    WorkThread.start("batchrun-\(slot)") { thread.run() }
  }

  /// Looks after all threads: one whose item hangs is given up, and another takes its place.
  func startWatch() {
    WorkThread.start("batchrun-watch") { [self] in
      while !isClosed.load(ordering: .relaxed) {
        usleep(50_000)
        for thread in threads.value {
          guard let thread, thread.look() else { continue }
          startThread(slot: thread.slot)
        }
      }
    }
  }
}
