/// A place that runs batches.
///
/// An executor never retries and never reorders: it runs what it is given and reports what came of
/// it. The runner does the rest.
package protocol Executor: Sendable {
  /// The word by which users know the place.
  var name: String { get }

  var limits: ExecutorLimits { get }

  /// What a batch costs here before anything was measured.
  var model: CostModel { get }

  /// Whether the workers are other processes, whose results reach this one through a store.
  var isRemote: Bool { get }

  /// Results that workers of an earlier process of this run have left.
  var leftovers: [Part] { get }

  /// Takes a batch; its parts and its end are reported to the mailbox the executor was made with.
  ///
  /// Of a batch and a copy of it, parts and an ordinary end are reported of one only: the one whose
  /// results are complete first. The other is reported as lost.
  func submit(_ order: BatchOrder)

  /// Says that everything which was reported of these batches is on the disk.
  func committed(_ batches: [BatchIndex])

  /// Has the workers stop after the item at hand and report what they finished.
  func drain()

  /// Ends what would go on without this process, which is about to end at once; from any thread.
  func abandon()

  /// Ends the workers; called when no batch is out.
  ///
  /// - Parameter isCommitted: Whether everything that was reported is on the disk.
  func shutDown(isCommitted: Bool)
}

/// What an executor needs of the run.
package struct ExecutorContext: Sendable {
  package var run: RunID
  package var task: PreparedTask
  package var clock: MonotonicClock
  package var buffers: PartBuffers
  package var report: @Sendable (ExecutorEvent) -> Void

  package init(
    run: RunID, task: PreparedTask, clock: MonotonicClock, buffers: PartBuffers,
    report: @escaping @Sendable (ExecutorEvent) -> Void
  ) {
    self.run = run
    self.task = task
    self.clock = clock
    self.buffers = buffers
    self.report = report
  }
}

/// What an executor reports.
package enum ExecutorEvent: Sendable {
  /// - isLast: Whether the end of the batch is reported at once after it.
  case part(BatchIndex, Part, host: String, isLast: Bool)
  case finished(BatchResult)
  /// A worker has begun with the batch, as far as that can be told.
  case began(BatchIndex)
  /// What an invocation has cost.
  case billed(seconds: Double, requests: Int)
  /// Something the user should know: a sentence.
  case note(String)
  /// No further batch can be run here: a sentence.
  case failed(String)

  /// Whether a waiting runner should look at it at once.
  var isPressing: Bool {
    if case .part(_, _, _, isLast: true) = self { false } else { true }
  }
}

extension Executor {
  package var model: CostModel { .local() }

  package var isRemote: Bool { false }

  package var leftovers: [Part] { [] }

  package func abandon() {}

  package func committed(_ batches: [BatchIndex]) {}
}
