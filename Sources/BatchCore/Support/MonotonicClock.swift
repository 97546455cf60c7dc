internal import Glibc

/// The clock of a run: seconds since it began, which no change of the date disturbs.
public struct MonotonicClock: Sendable {
  private let origin: Double

  public init() { origin = Self.reading() }

  public var now: Double { Self.reading() - origin }

  private static func reading() -> Double {
    var time = timespec()
    unsafe clock_gettime(CLOCK_MONOTONIC, &time)
    return Double(time.tv_sec) + Double(time.tv_nsec) * 1e-9
  }
}
