import Glibc

/// What is known of the time of an item: moments, extremes and a logarithmic histogram.
///
/// Items may come one by one or as the total of a batch of which only the sum is known. Two values
/// can be merged. The size does not depend on the number of items.
package struct ItemTimes: Sendable, Equatable {
  /// How many items these times stand for.
  package private(set) var count = 0
  /// How many independent observations: single items, or batches known by their sum only.
  package private(set) var observations = 0
  /// The mean, in seconds.
  package private(set) var meanSeconds = 0.0
  /// The longest observation, in seconds.
  package private(set) var maxSeconds = 0.0
  /// The weighted sum of squared deviations; its expectation is variance × (observations − 1).
  private var squares = 0.0
  /// Counts per bin; empty until the first observation.
  private var bins: [UInt32] = []

  package init() {}

  /// A stand-in for `count` items of which only mean, deviation and longest are known, in seconds.
  package init(count: Int, mean: Double, deviation: Double, longest: Double? = nil) {
    guard count > 0 else { return }
    self.count = count
    observations = count
    meanSeconds = mean
    squares = deviation * deviation * Double(max(count - 1, 1))
    maxSeconds = longest ?? (mean + 3 * deviation)
    fillBins()
  }

  /// The total, in seconds.
  package var totalSeconds: Double { meanSeconds * Double(count) }

  /// The standard deviation of one item, in seconds; zero until two observations are there.
  package var deviationSeconds: Double {
    observations > 1 ? (max(0, squares) / Double(observations - 1)).squareRoot() : 0
  }

  // MARK: - Adding

  /// Adds the time of one item.
  package mutating func add(_ seconds: Double) {
    insert(count: 1, total: seconds, longest: seconds)
  }

  /// Adds a batch of which only the sum is known.
  package mutating func add(count items: Int, totalSeconds: Double) {
    guard items > 0 else { return }
    insert(count: items, total: totalSeconds, longest: totalSeconds / Double(items))
  }

  /// Adds everything that `other` has seen.
  package mutating func merge(_ other: ItemTimes) {
    guard other.count > 0 else { return }
    guard count > 0 else { return self = other }
    let delta = other.meanSeconds - meanSeconds
    let (n, k) = (Double(count), Double(other.count))
    squares += other.squares + delta * delta * n * k / (n + k)
    meanSeconds += delta * k / (n + k)
    count += other.count
    observations += other.observations
    maxSeconds = max(maxSeconds, other.maxSeconds)
    for index in bins.indices { bins[index] &+= other.bins[index] }
  }

  /// Notes that one item took this long without counting it again.
  package mutating func noteLongest(_ seconds: Double) {
    maxSeconds = max(maxSeconds, seconds)
  }

  /// The same distribution with the weight of at most `limit` items, for knowledge of earlier runs.
  package func weighted(atMost limit: Int) -> ItemTimes {
    guard count > limit else { return self }
    return ItemTimes(
      count: limit, mean: meanSeconds, deviation: deviationSeconds, longest: maxSeconds)
  }

  private mutating func insert(count items: Int, total: Double, longest: Double) {
    let mean = total / Double(items)
    let delta = mean - meanSeconds
    let (n, k) = (Double(count), Double(items))
    squares += delta * delta * n * k / (n + k)
    meanSeconds += delta * k / (n + k)
    count += items
    observations += 1
    maxSeconds = max(maxSeconds, longest)
    if bins.isEmpty { bins = [UInt32](repeating: 0, count: Self.binCount) }
    bins[Self.bin(of: mean)] &+= UInt32(truncatingIfNeeded: items)
  }

  // MARK: - Quantiles

  /// The time that a share `probability` of the items stays below, in seconds.
  ///
  /// Read from the histogram, whose bins are 19 % wide, and interpolated within the bin.
  package func quantile(_ probability: Double) -> Double {
    guard count > 0, !bins.isEmpty else { return 0 }
    let total = bins.reduce(0.0) { $0 + Double($1) }
    var left = probability * total
    for (index, inBin) in bins.enumerated() where inBin > 0 {
      if left <= Double(inBin) {
        let edge = Self.lowerEdge(of: index) * exp2(left / Double(inBin) / Self.binsPerOctave)
        return min(edge, maxSeconds)
      }
      left -= Double(inBin)
    }
    return maxSeconds
  }

  /// A time that hardly any item exceeds, in seconds.
  ///
  /// The longest seen with a margin that shrinks with the number of observations, or the tail of the
  /// log-normal with the same mean and deviation at one in twenty times the observations, whichever is
  /// longer; at most twice the longest once 100 were seen.
  package var upperSeconds: Double { upperSeconds(among: 0) }

  /// The same for so many items that are still to come, where these are more than were seen.
  package func upperSeconds(among items: Int) -> Double {
    guard count > 0, meanSeconds > 0 else { return maxSeconds }
    let seen = Double(observations)
    let ratio = deviationSeconds / meanSeconds
    let variance = log1p(ratio * ratio)
    let score = NormalScore.score(of: 1 - 1 / (20 * (max(seen, Double(items)) + 10)))
    let tail = meanSeconds * exp(score * variance.squareRoot() - variance / 2)
    let few = 1 + 3 / seen.squareRoot()
    return max(maxSeconds * max(1.1, few), min(tail, maxSeconds * (2 + 100 / seen)))
  }

  /// Four bins an octave: quarters of the binary logarithm.
  private static let binsPerOctave = 4.0
  private static let binCount = 160
  /// The lower edge of bin 0: 1e-7 s; the last bin begins at about 93,000 s.
  private static let smallestSeconds = 1e-7

  private static func bin(of seconds: Double) -> Int {
    guard seconds > smallestSeconds else { return 0 }
    // Every item of every batch comes by here: the exponent and three comparisons, no logarithm.
    let ratio = seconds / smallestSeconds
    let octave = Int(ratio.bitPattern >> 52) - 1023
    let fraction = Double(bitPattern: ratio.bitPattern & (1 << 52 - 1) | 1023 << 52)
    let quarter =
      (fraction >= 0x1.306fe0a31b715p0 ? 1 : 0) + (fraction >= 0x1.6a09e667f3bcdp0 ? 1 : 0)
      + (fraction >= 0x1.ae89f995ad3adp0 ? 1 : 0)
    return min(binCount - 1, 4 * octave + quarter)
  }

  private static func lowerEdge(of bin: Int) -> Double {
    smallestSeconds * exp2(Double(bin) / binsPerOctave)
  }

  /// Spreads the count over the quantiles of the log-normal with this mean and deviation.
  private mutating func fillBins() {
    bins = [UInt32](repeating: 0, count: Self.binCount)
    guard meanSeconds > 0 else { return bins[0] = UInt32(truncatingIfNeeded: count) }
    let variance = log1p(squares / Double(max(count - 1, 1)) / (meanSeconds * meanSeconds))
    let centre = log(meanSeconds) - variance / 2
    let spread = variance.squareRoot()
    let pieces = min(count, 64)
    for piece in 0..<pieces {
      let probability = (Double(piece) + 0.5) / Double(pieces)
      let share = count * (piece + 1) / pieces - count * piece / pieces
      let seconds = exp(centre + spread * NormalScore.score(of: probability))
      bins[Self.bin(of: seconds)] &+= UInt32(truncatingIfNeeded: share)
    }
  }
}

// MARK: - Between processes

extension ItemTimes {
  /// Writes everything that is known; only bins with something in them.
  package func write(to writer: MessageWriter) {
    writer.add(count)
    writer.add(observations)
    writer.add(meanSeconds)
    writer.add(maxSeconds)
    writer.add(squares)
    let filled = bins.indices.filter { bins[$0] > 0 }
    writer.add(filled.count)
    for bin in filled {
      writer.add(bin)
      writer.add(Int(bins[bin]))
    }
  }

  package init(_ reader: inout MessageReader) throws(MessageReader.Malformed) {
    self.init()
    count = try reader.integer()
    observations = try reader.integer()
    meanSeconds = try reader.double()
    maxSeconds = try reader.double()
    squares = try reader.double()
    let filled = try reader.integer()
    guard count >= 0, (0...Self.binCount).contains(filled) else { throw MessageReader.Malformed() }
    if count > 0 { bins = [UInt32](repeating: 0, count: Self.binCount) }
    for _ in 0..<filled {
      let bin = try reader.integer()
      guard bins.indices.contains(bin) else { throw MessageReader.Malformed() }
      bins[bin] = UInt32(truncatingIfNeeded: try reader.integer())
    }
  }
}
