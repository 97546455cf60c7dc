/// Whether a worker may start its next item: the one rule of the real worker and the simulated one.
///
/// Times are seconds on one clock of the caller's choice.
public struct DeadlineRule: Sendable, Equatable {
  /// When the worker must have returned; infinite without a limit.
  public var stopAtSeconds: Double
  /// The upper estimate of the time of one item; it grows when an item takes longer.
  public private(set) var guardSeconds: Double
  private var hasStarted = false

  public init(stopAtSeconds: Double = .infinity, guardSeconds: Double = 0) {
    self.stopAtSeconds = stopAtSeconds
    self.guardSeconds = guardSeconds
  }

  /// The first item always may start, or a batch could never get on.
  public mutating func mayStartNext(now: Double) -> Bool {
    defer { hasStarted = true }
    return !hasStarted || now + guardSeconds < stopAtSeconds
  }

  public mutating func finished(items: Int, seconds: Double) {
    hasStarted = true
    if items > 0 { guardSeconds = max(guardSeconds, seconds / Double(items)) }
  }
}
