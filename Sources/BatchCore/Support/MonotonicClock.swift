internal import Glibc

/// The clock of a run: seconds since it began, which no change of the date disturbs.
public struct MonotonicClock: Sendable {
  private let origin: Double

  public init() { origin = Self.reading(CLOCK_MONOTONIC) }

  public var now: Double { Self.reading(CLOCK_MONOTONIC) - origin }

  /// The time of the system's last tick, some milliseconds ago at most, at a fraction of the price.
  public var coarseNow: Double { Self.reading(CLOCK_MONOTONIC_COARSE) - origin }

  private static func reading(_ clock: clockid_t) -> Double {
    var time = timespec()
    unsafe clock_gettime(clock, &time)
    return Double(time.tv_sec) + Double(time.tv_nsec) * 1e-9
  }
}
