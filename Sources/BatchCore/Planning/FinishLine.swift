/// When all work would end if every worker stopped at the same moment.
///
/// Solves Σ work(T − available) = work for T, where a worker that is free for x seconds delivers
/// x − s within its first batch, and the share that the time limit leaves of it over many batches.
package struct FinishLine: Sendable, Equatable {
  /// Workers that become available at one time and pay one set-up.
  package struct Group: Sendable, Equatable {
    /// When, in seconds on the dispatcher's clock.
    package var availableSeconds: Double
    /// Start-up and overhead before the first item, in seconds.
    package var setUpSeconds: Double
    package var workers: Double
  }

  package var groups: [Group] = []
  /// Workers that do not exist yet: how many, and how many appear per second from `now` on.
  package var future = 0.0
  package var futurePerSecond = Double.infinity
  package var futureSetUpSeconds = 0.0
  package var now = 0.0
  /// The work to be done: what waits and what batches now out will bring back, in seconds.
  package var workSeconds = 0.0
  /// The most work of one invocation, in seconds.
  package var capacitySeconds = Double.infinity

  package init() {}

  /// The time at which all work is done.
  ///
  /// - Complexity: O(groups), some ten times.
  package func solve(startingAt guess: Double) -> Double {
    let work = workSeconds
    var low = now
    var high = max(guess, now + 1e-9)
    while delivered(by: high) < work {
      low = high
      high = now + (high - now) * 2 + 1e-6
      if high > 1e12 { return high }
    }
    var (atLow, atHigh) = (delivered(by: low) - work, delivered(by: high) - work)
    var lastMovedLow: Bool?
    for _ in 0..<60 where high - low > 1e-4 * (high - now) {
      // Illinois: the secant, but never one end for ever.
      let secant = (low * atHigh - high * atLow) / (atHigh - atLow)
      let middle = secant > low && secant < high ? secant : (low + high) / 2
      let value = delivered(by: middle) - work
      if value < 0 {
        (low, atLow) = (middle, value)
        if lastMovedLow == true { atHigh /= 2 }
        lastMovedLow = true
      } else {
        (high, atHigh) = (middle, value)
        if lastMovedLow == false { atLow /= 2 }
        lastMovedLow = false
      }
    }
    return high
  }

  /// The work that all workers deliver by `time`, in seconds.
  package func delivered(by time: Double) -> Double {
    var sum = 0.0
    for group in groups {
      sum += group.workers * work(within: time - group.availableSeconds, group.setUpSeconds)
    }
    return sum + futureWork(by: time)
  }

  private func work(within span: Double, _ setUp: Double) -> Double {
    if span <= setUp { return 0 }
    let first = span - setUp
    return first <= capacitySeconds
      ? first : capacitySeconds + (first - capacitySeconds) * efficiency(setUp)
  }

  private func efficiency(_ setUp: Double) -> Double {
    capacitySeconds / (capacitySeconds + setUp)
  }

  private func futureWork(by time: Double) -> Double {
    let span = time - now - futureSetUpSeconds
    guard future > 0, span > 0 else { return 0 }
    guard futurePerSecond.isFinite else {
      return future * work(within: time - now, futureSetUpSeconds)
    }
    let arrived = min(future, span * futurePerSecond)
    let meanSpan = span - arrived / futurePerSecond / 2
    return arrived * work(within: meanSpan + futureSetUpSeconds, futureSetUpSeconds)
  }
}
