internal import Glibc

/// How often an item that failed for a passing reason is tried again, and how long to wait before.
package struct RetryPolicy: Sendable, Equatable {
  /// Attempts after the first.
  package var retries: Int
  /// The mean wait before the first retry, in seconds; it doubles each time.
  package var baseSeconds: Double
  /// No wait is longer, in seconds.
  package var longestSeconds: Double

  package init(retries: Int = 2, baseSeconds: Double = 0.5, longestSeconds: Double = 60) {
    self.retries = retries
    self.baseSeconds = baseSeconds
    self.longestSeconds = longestSeconds
  }

  /// The wait before the next attempt at an item, in seconds; nil when no attempt is left.
  ///
  /// Half of it is fixed and half depends on the item, so that items that failed together do not
  /// come back together.
  ///
  /// - Parameter attempts: How often the item was tried so far, at least once.
  package func wait(item: ItemID, attempts: Int) -> Double? {
    guard attempts <= retries else { return nil }
    let mean = min(baseSeconds * exp2(Double(min(attempts - 1, 30))), longestSeconds / 1.5)
    var random = SeededRandom(seed: UInt64(item.index) &* 0x9E37_79B9 &+ UInt64(attempts))
    return mean * (0.5 + random.unit())
  }
}
