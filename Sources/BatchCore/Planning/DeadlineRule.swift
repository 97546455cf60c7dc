/// Whether a worker may start its next item: the one rule of the real worker and the simulated one.
///
/// Times are seconds on one clock of the caller's choice.
public struct DeadlineRule: Sendable, Equatable {
  /// When the worker must have returned; infinite without a limit.
  public var stopAtSeconds: Double
  /// After this no further item starts, though one that runs may end: the planner's time budget.
  public var budgetEndSeconds: Double
  /// The upper estimate of the time of one item; it grows when an item takes longer.
  public private(set) var guardSeconds: Double
  private var hasStarted = false

  public init(
    stopAtSeconds: Double = .infinity, budgetEndSeconds: Double = .infinity,
    guardSeconds: Double = 0
  ) {
    self.stopAtSeconds = stopAtSeconds
    self.budgetEndSeconds = budgetEndSeconds
    self.guardSeconds = guardSeconds
  }

  /// The rule of an assignment whose invocation began at `start` on the caller's clock.
  package init(_ assignment: Assignment, startedAt start: Double) {
    self.init(
      stopAtSeconds: start + assignment.deadlineSeconds,
      budgetEndSeconds: start + assignment.budgetSeconds,
      guardSeconds: assignment.guardSeconds)
  }

  /// The first item always may start, or a batch could never get on.
  public mutating func mayStartNext(now: Double) -> Bool {
    defer { hasStarted = true }
    return !hasStarted || (now < budgetEndSeconds && now + guardSeconds < stopAtSeconds)
  }

  public mutating func finished(items: Int, seconds: Double) {
    hasStarted = true
    if items > 0 { guardSeconds = max(guardSeconds, seconds / Double(items)) }
  }
}
