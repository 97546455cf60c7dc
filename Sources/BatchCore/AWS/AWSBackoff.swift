internal import Glibc

/// How often a request is repeated that failed for a passing reason, and how long to wait before.
package struct AWSBackoff: Sendable, Equatable {
  /// The first one included.
  package var attempts: Int
  /// The longest wait before the first repetition, in seconds; it doubles each time.
  package var baseSeconds: Double
  /// No wait is longer, in seconds, but one that the service asks for.
  package var longestSeconds: Double
  /// So long after the first attempt no other begins, in seconds, unless the service asks for it: one
  /// that takes connections and never answers makes each attempt long.
  package var patienceSeconds: Double

  /// About half a minute in all, where each attempt fails at once.
  package init(
    attempts: Int = 10, baseSeconds: Double = 0.1, longestSeconds: Double = 20,
    patienceSeconds: Double = 60
  ) {
    self.attempts = attempts
    self.baseSeconds = baseSeconds
    self.longestSeconds = longestSeconds
    self.patienceSeconds = patienceSeconds
  }

  /// The wait before the next attempt, in seconds; nil when none is left.
  ///
  /// Anything from nothing to the longest, so that a crowd that was turned away does not come back
  /// together (https://aws.amazon.com/blogs/architecture/exponential-backoff-and-jitter/).
  ///
  /// - Parameters:
  ///   - attempt: how many were made, at least one.
  ///   - passed: the time since the first of them began, in seconds.
  package func wait(after attempt: Int, passed: Double, _ failure: AWSFailure) -> Double? {
    guard attempt < attempts, passed < patienceSeconds || failure.retryAfterSeconds != nil else {
      return nil
    }
    let longest = min(baseSeconds * exp2(Double(min(attempt - 1, 30))), longestSeconds)
    let wait = Double.random(in: 0...longest)
    // A service that asks for a minute gets it; one that asks for a day would never be waited for.
    return max(wait, min(failure.retryAfterSeconds ?? 0, 60))
  }

  static func sleep(_ seconds: Double) { usleep(UInt32(max(0, min(seconds, 3600)) * 1e6)) }
}
