import Glibc

/// The clocks of the benchmarks, in seconds.
enum Stopwatch {
  /// The processor time of this process, all threads together.
  static func cpuSeconds() -> Double { reading(CLOCK_PROCESS_CPUTIME_ID) }

  static func wallSeconds() -> Double { reading(CLOCK_MONOTONIC) }

  /// The processor time that a piece of work takes.
  static func cpuSeconds(of work: () -> Void) -> Double {
    let start = cpuSeconds()
    work()
    return cpuSeconds() - start
  }

  private static func reading(_ clock: clockid_t) -> Double {
    var time = timespec()
    unsafe clock_gettime(clock, &time)
    return Double(time.tv_sec) + Double(time.tv_nsec) * 1e-9
  }
}

/// Repeated measurements of one thing.
struct Timing {
  private let sorted: [Double]

  init(_ values: [Double]) {
    precondition(!values.isEmpty, "a timing needs a measurement")
    sorted = values.sorted()
  }

  var median: Double { sorted[sorted.count / 2] }
  var low: Double { sorted[0] }
  var high: Double { sorted[sorted.count - 1] }
}

/// Things that do the same work, measured in turns: A B C A B C, so that drifts hit all of them.
struct Race {
  static let repetitions = 7

  /// What each contender's measurements gave, in the order given; nil where one failed.
  static func run(
    _ contenders: [() -> Double?], repetitions: Int = repetitions
  ) -> [Timing?] {
    var values = [[Double]](repeating: [], count: contenders.count)
    for _ in 0..<repetitions {
      for (place, measure) in contenders.enumerated() {
        if let value = measure() { values[place].append(value) }
      }
    }
    return values.map { $0.count == repetitions ? Timing($0) : nil }
  }
}
