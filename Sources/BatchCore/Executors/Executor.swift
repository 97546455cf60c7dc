/// A place that runs batches.
///
/// An executor never retries and never reorders: it runs what it is given and reports what came of
/// it. The runner does the rest.
package protocol Executor: Sendable {
  var limits: ExecutorLimits { get }

  /// Takes a batch; its parts and its end are reported to the mailbox the executor was made with.
  func submit(_ order: BatchOrder)

  /// Has the workers stop after the item at hand and report what they finished.
  func drain()

  /// Ends the workers; called when no batch is out.
  func shutDown()
}

/// What an executor reports.
package enum ExecutorEvent: Sendable {
  case part(BatchIndex, Part, host: String)
  case finished(BatchResult)
}
