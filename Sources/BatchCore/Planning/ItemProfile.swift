/// How long items take by their place in the input, for times that drift along it.
///
/// The input is divided into equal sections. What is measured in one section speaks for its
/// neighbours too, the less the farther they are, and for the whole as far as sections do not
/// differ by more than chance (empirical Bayes shrinkage towards the mean).
package struct ItemProfile: Sendable, Equatable {
  private static let sections = 64
  /// The weight of a neighbouring section's measurement; 0.8 halves it about every three sections.
  private static let reach = 0.8

  private let extent: Range<Int>
  private let sectionItems: Double
  private var counts = [Double](repeating: 0, count: Self.sections)
  private var sums = [Double](repeating: 0, count: Self.sections)
  /// The items not yet handed out, by section.
  private var open = [Double](repeating: 0, count: Self.sections)
  /// The estimated seconds of an item, by section.
  private var means = [Double](repeating: 0, count: Self.sections)
  /// The relative deviation between sections that chance does not explain.
  package private(set) var drift = 0.0

  package init(extent: Range<Int>, meanSeconds: Double) {
    self.extent = extent
    sectionItems = max(1, Double(extent.count) / Double(Self.sections))
    means = [Double](repeating: meanSeconds, count: Self.sections)
  }

  /// The estimated time of the items that are not handed out, in seconds.
  package var openSeconds: Double {
    var sum = 0.0
    for index in 0..<Self.sections { sum += open[index] * means[index] }
    return sum
  }

  /// The share of that time in sections of which nothing is measured, from 0 to 1.
  package var unseenShare: Double {
    var (seen, unseen) = (0.0, 0.0)
    for index in 0..<Self.sections {
      if counts[index] > 0 {
        seen += open[index] * means[index]
      } else {
        unseen += open[index] * means[index]
      }
    }
    return unseen > 0 ? unseen / (seen + unseen) : 0
  }

  /// The estimated time of one item near `item`, in seconds.
  package func meanSeconds(at item: Int) -> Double { means[section(of: item)] }

  /// The estimated time of all of `items`, in seconds.
  package func seconds(of items: Range<Int>) -> Double {
    var sum = 0.0
    forEachPart(of: items) { index, share in sum += share * means[index] }
    return sum
  }

  /// How many of the first items of `items` take `seconds` together; a fraction, at most all.
  package func items(of items: Range<Int>, taking seconds: Double) -> Double {
    var left = seconds
    var taken = 0.0
    forEachPart(of: items) { index, share in
      guard left > 0 else { return }
      let cost = share * means[index]
      taken += cost <= left || cost == 0 ? share : share * left / cost
      left -= cost
    }
    return min(taken, Double(items.count))
  }

  // MARK: - Changing

  /// Notes that `items` wait to be handed out (`+1`) or no longer do (`-1`).
  package mutating func changeOpen(_ items: Range<Int>, by sign: Double) {
    var parts = open
    forEachPart(of: items) { index, share in parts[index] = max(0, parts[index] + sign * share) }
    open = parts
  }

  /// Takes in that `items` took `seconds` together, and estimates all sections anew.
  ///
  /// - Parameter times: What is known of all items measured so far.
  package mutating func measured(_ items: Range<Int>, seconds: Double, times: ItemTimes) {
    guard !items.isEmpty else { return }
    let each = seconds / Double(items.count)
    var (newCounts, newSums) = (counts, sums)
    forEachPart(of: items) { index, share in
      newCounts[index] += share
      newSums[index] += share * each
    }
    (counts, sums) = (newCounts, newSums)
    estimate(times)
  }

  /// Weighs each section's own and neighbouring measurements against the overall mean.
  private mutating func estimate(_ times: ItemTimes) {
    let mean = times.meanSeconds
    guard mean > 0 else { return }
    let variance = times.deviationSeconds * times.deviationSeconds
    let between = varianceBetweenSections(mean: mean, within: variance)
    drift = between.squareRoot() / mean
    let prior = between > 0 ? variance / between : .infinity
    guard prior.isFinite else {
      for index in 0..<Self.sections { means[index] = mean }
      return
    }
    var before = [(count: Double, sum: Double)](repeating: (0, 0), count: Self.sections)
    var run = (count: 0.0, sum: 0.0)
    for index in 0..<Self.sections {
      run = (run.count * Self.reach + counts[index], run.sum * Self.reach + sums[index])
      before[index] = run
    }
    run = (0, 0)
    for index in (0..<Self.sections).reversed() {
      let count = before[index].count + run.count * Self.reach
      let sum = before[index].sum + run.sum * Self.reach
      means[index] = (sum + prior * mean) / (count + prior)
      run = (run.count * Self.reach + counts[index], run.sum * Self.reach + sums[index])
    }
  }

  /// The variance of section means that is left after what chance explains, in seconds squared.
  private func varianceBetweenSections(mean: Double, within: Double) -> Double {
    var (squares, chance, weight, used) = (0.0, 0.0, 0.0, 0.0)
    for index in 0..<Self.sections where counts[index] >= 1 {
      let deviation = sums[index] / counts[index] - mean
      squares += counts[index] * deviation * deviation
      chance += within
      weight += counts[index]
      used += 1
    }
    guard used > 2 else { return 0 }
    // Twice the standard error of the chance term: noise alone seldom counts as drift.
    let threshold = chance * (1 - 1 / used) * (1 + 2 * (2 / used).squareRoot())
    return squares > threshold ? (squares - chance * (1 - 1 / used)) / weight : 0
  }

  // MARK: - Sections

  private func section(of item: Int) -> Int {
    let place = Double(item - extent.lowerBound) / sectionItems
    return min(Self.sections - 1, max(0, Int(place)))
  }

  /// Calls `body` with each section that `items` touches and how many of them lie in it.
  private func forEachPart(of items: Range<Int>, _ body: (Int, Double) -> Void) {
    guard !items.isEmpty else { return }
    let first = section(of: items.lowerBound)
    let last = section(of: items.upperBound - 1)
    if first == last { return body(first, Double(items.count)) }
    let base = Double(extent.lowerBound)
    var begin = Double(items.lowerBound)
    for index in first...last {
      let end =
        index == last
        ? Double(items.upperBound)
        : min(Double(items.upperBound), base + Double(index + 1) * sectionItems)
      if end > begin { body(index, end - begin) }
      begin = max(begin, end)
    }
  }
}
