/// A quick look at how long items take, on the calling thread; nothing is written.
package struct LocalProbe {
  /// The times of the items that were tried; they are spread over the input.
  package private(set) var times = ItemTimes()
  /// The bytes of result per item.
  package private(set) var outputBytesPerItem = 0.0

  /// Where samples are taken, as shares of the input: the ends, the middle, and between.
  private static let places = [0.0, 0.5, 0.97, 0.25, 0.75]

  private static let shortestSeconds = 0.0005

  /// Runs small ranges of items until about `seconds` are used; an item that runs is not stopped.
  package init(_ prepared: PreparedTask, seconds: Double) throws {
    let clock = MonotonicClock()
    var bytes = 0
    let count = prepared.source.count
    for place in Self.places where count > 0 && clock.now < seconds {
      let first = min(count - 1, Int(place * Double(count)))
      let until = clock.now + seconds / Double(Self.places.count)
      bytes += try sample(prepared.task, prepared.source, from: first, clock, until: until)
    }
    outputBytesPerItem = times.count > 0 ? Double(bytes) / Double(times.count) : 0
  }

  /// Takes larger and larger ranges from `first` on; the bytes of their results.
  private mutating func sample(
    _ task: some BatchTask, _ source: any ItemSource, from first: Int, _ clock: MonotonicClock,
    until end: Double
  ) throws -> Int {
    var workspace = try task.makeWorkspace()
    var next = first
    var size = 1
    var bytes = 0
    // The first batch of a workspace pays for its memory; it is not typical.
    _ = try task.parts(of: source.input(for: next..<next + 1), in: &workspace)
    while next < source.count, clock.now < end {
      let items = next..<min(source.count, next + size)
      let input = try source.input(for: items)
      let began = clock.now
      let parts = try task.parts(of: input, in: &workspace)
      let passed = clock.now - began
      // A sample of some microseconds measures the call and not the items.
      if passed >= Self.shortestSeconds || items.upperBound == source.count {
        times.add(count: items.count, totalSeconds: passed)
      }
      bytes += parts.reduce(0) { $0 + $1.bytes.count }
      next = items.upperBound
      size = min(size * 4, 1 << 16)
    }
    return bytes
  }
}
