/// Whether the worker that asks has to be started first.
package enum WorkerState: Sendable, Equatable {
  /// The start-up is still to be paid.
  case cold
  /// The environment of an earlier batch is there.
  case warm
}

/// What one worker invocation receives: a range of items and the times it has to keep.
package struct Assignment: Sendable, Equatable {
  package var batch: BatchIndex
  /// A half-open range of the dispatch order.
  package var items: Range<Int>
  /// When the worker must have returned, in seconds since its invocation began; infinite without a
  /// limit.
  package var deadlineSeconds: Double
  /// After this no further item starts, in seconds since the invocation began; what is left comes
  /// back. Infinite without a budget.
  package var budgetSeconds: Double
  /// The upper estimate of one item, in seconds: no item starts with less time left to the deadline.
  package var guardSeconds: Double
  /// The same as long as the batch itself has not shown its items to be far shorter, in seconds.
  package var cautionSeconds: Double
  /// Past its budget the worker goes on while the items left should take less than this, in seconds:
  /// a further batch for them would cost more.
  package var keepSeconds: Double
  /// What fixed the size.
  package var reason: SizeReason

  package init(
    batch: BatchIndex, items: Range<Int>, deadlineSeconds: Double = .infinity,
    budgetSeconds: Double = .infinity, guardSeconds: Double = 0, cautionSeconds: Double = 0,
    keepSeconds: Double = 0, reason: SizeReason = .balance
  ) {
    self.batch = batch
    self.items = items
    self.deadlineSeconds = deadlineSeconds
    self.budgetSeconds = budgetSeconds
    self.guardSeconds = guardSeconds
    self.cautionSeconds = cautionSeconds
    self.keepSeconds = keepSeconds
    self.reason = reason
  }
}
