import Glibc

/// Whether a worker may start its next item: the one rule of the real worker and the simulated one.
///
/// Times are seconds on one clock of the caller's choice.
public struct DeadlineRule: Sendable, Equatable {
  /// When the worker must have returned; infinite without a limit.
  public var stopAtSeconds: Double
  /// The planner's time budget: after this no further item starts, unless what is left of the batch
  /// should take less than `keepSeconds`.
  public var budgetEndSeconds: Double
  /// What a further batch for the rest would cost, in seconds.
  public var keepSeconds: Double
  /// The upper estimate of the time of one item; it grows when an item takes longer.
  public private(set) var guardSeconds: Double
  /// While little is known of the items, one is taken to last up to so many seconds, unless those of
  /// this batch have been so short that it is not plausible.
  public var cautionSeconds: Double
  private var longestSeconds = 0.0
  private var itemsLeft: Int
  private var itemsFinished = 0
  private var secondsFinished = 0.0
  /// Observations, and the sum of their squared times weighted by their items, in seconds squared.
  private var observations = 0
  private var squares = 0.0
  private var hasStarted = false

  /// - Parameter items: How many items the batch has; only the budget needs it.
  public init(
    stopAtSeconds: Double = .infinity, budgetEndSeconds: Double = .infinity,
    keepSeconds: Double = 0, guardSeconds: Double = 0, cautionSeconds: Double = 0, items: Int = 0
  ) {
    self.stopAtSeconds = stopAtSeconds
    self.budgetEndSeconds = budgetEndSeconds
    self.keepSeconds = keepSeconds
    self.guardSeconds = guardSeconds
    self.cautionSeconds = cautionSeconds
    itemsLeft = items
  }

  /// The rule of an assignment whose invocation began at `start` on the caller's clock.
  package init(_ assignment: Assignment, startedAt start: Double) {
    self.init(
      stopAtSeconds: start + assignment.deadlineSeconds,
      budgetEndSeconds: start + assignment.budgetSeconds,
      keepSeconds: assignment.keepSeconds,
      guardSeconds: assignment.guardSeconds,
      cautionSeconds: assignment.cautionSeconds,
      items: assignment.items.count)
  }

  /// The first item always may start, or a batch could never get on.
  public mutating func mayStartNext(now: Double) -> Bool {
    defer { hasStarted = true }
    guard hasStarted else { return true }
    let left = stopAtSeconds - now
    guard left > guardSeconds, left > cautionSeconds || left > doubtSeconds else { return false }
    return now < budgetEndSeconds || gainSeconds < keepSeconds
  }

  public mutating func finished(items: Int, seconds: Double) {
    hasStarted = true
    guard items > 0 else { return }
    itemsLeft -= items
    itemsFinished += items
    secondsFinished += seconds
    observations += 1
    let mean = seconds / Double(items)
    squares += seconds * mean
    longestSeconds = max(longestSeconds, mean)
    guardSeconds = max(guardSeconds, mean)
  }

  /// How long the next item may last for all that this batch has shown, in seconds.
  private var doubtSeconds: Double {
    guard observations > 1 else { return Self.unseenRatio * longestSeconds }
    let mean = secondsFinished / Double(itemsFinished)
    let variance = (squares - secondsFinished * mean) / Double(observations - 1)
    return Self.doubtSeconds(
      mean: mean, deviation: max(0, variance).squareRoot(), longest: longestSeconds,
      observations: Double(observations))
  }

  /// How long an item may last of which nothing is known but the times of others, in seconds.
  ///
  /// Where one item in a hundred is many times longer than the others, a few items say nothing of it,
  /// and a few hundred nearly all. Besides it may come from the tail of the log-normal with the same
  /// mean and deviation, the latter taken for larger the fewer items it comes from.
  ///
  /// - Parameter enough: How many observations it takes to begin to exclude rare items.
  package static func doubtSeconds(
    mean: Double, deviation: Double, longest: Double, observations: Double, enough: Double = 90
  ) -> Double {
    guard mean > 0 else { return longest }
    let few = enough / max(enough, observations)
    let rare = unseenRatio * few * few.squareRoot() * mean
    let ratio = deviation / mean
    let spread = log1p(ratio * ratio).squareRoot() * (1 + 2 / observations.squareRoot())
    let tail = mean * exp(NormalScore.oneInMillion * spread - spread * spread / 2)
    return max(1.5 * longest, rare, tail)
  }

  /// How many times as long as the others a rare item is taken to be at most.
  private static let unseenRatio = 40.0

  /// How much earlier the rest of the batch would end with a worker for each item, at the pace so far.
  private var gainSeconds: Double {
    Double(itemsLeft - 1) * secondsFinished / Double(max(1, itemsFinished))
  }
}
