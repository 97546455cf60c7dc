/// A place that runs batches.
///
/// An executor never retries and never reorders: it runs what it is given and reports what came of
/// it. The runner does the rest.
package protocol Executor: Sendable {
  var limits: ExecutorLimits { get }

  /// What a batch costs here before anything was measured.
  var model: CostModel { get }

  /// Whether the workers are other processes, whose results reach this one through a store.
  var isRemote: Bool { get }

  /// Takes a batch; its parts and its end are reported to the mailbox the executor was made with.
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

/// What an executor reports.
package enum ExecutorEvent: Sendable {
  /// - isLast: Whether the end of the batch is reported at once after it.
  case part(BatchIndex, Part, host: String, isLast: Bool)
  case finished(BatchResult)
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

  package func abandon() {}

  package func committed(_ batches: [BatchIndex]) {}
}
