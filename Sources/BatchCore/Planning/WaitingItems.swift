/// The items that wait to be handed out, in lanes where the task has them.
///
/// Of one lane only so many batches are out at once; a free worker gets the longest range of the
/// lane that has the fewest batches out and, among those, the most items waiting.
package struct WaitingItems: Sendable, Equatable {
  /// How the items are cut into lanes.
  package struct Lanes: Sendable, Equatable {
    /// Ranges of positions that follow one another and together are all.
    package var bounds: [Range<Int>]
    package var batchesPerLane: Int
    package var leastBatchItems: Int

    package init(bounds: [Range<Int>], batchesPerLane: Int, leastBatchItems: Int) {
      self.bounds = bounds
      self.batchesPerLane = batchesPerLane
      self.leastBatchItems = leastBatchItems
    }

    /// - Parameter batchesPerLane: nil for as many as the order says.
    package init(_ order: DispatchOrder, batchesPerLane: Int? = nil) {
      self.init(
        bounds: order.lanes, batchesPerLane: batchesPerLane ?? order.batchesPerLane,
        leastBatchItems: order.leastBatchItems)
    }

    /// The lane of an item, by its position.
    package func lane(of item: Int) -> Int {
      var (low, high) = (0, bounds.count - 1)
      while low < high {
        let middle = (low + high) / 2
        if bounds[middle].upperBound <= item { low = middle + 1 } else { high = middle }
      }
      return low
    }
  }

  private let lanes: Lanes?
  /// One for each lane; a single one without lanes.
  private var queues: [ItemRanges]
  /// How many batches of each lane are out.
  private var out: [Int]
  /// Before that nothing is handed out of a lane, in seconds since the run began.
  private var heldUntil: [Double]
  /// How many items wait.
  package private(set) var count = 0

  package init(_ ranges: [Range<Int>], lanes: Lanes? = nil) {
    self.lanes = lanes
    let size = max(1, lanes?.bounds.count ?? 1)
    queues = Array(repeating: ItemRanges(), count: size)
    out = Array(repeating: 0, count: size)
    heldUntil = Array(repeating: -.infinity, count: size)
    for range in ranges { insert(range) }
  }

  package var isEmpty: Bool { count == 0 }

  package var rangeCount: Int { queues.reduce(0) { $0 + $1.rangeCount } }

  /// A batch is not smaller than this while its lane has more.
  package var leastBatchItems: Int { lanes?.leastBatchItems ?? 1 }

  /// Adds a range that overlaps none of those held.
  package mutating func insert(_ range: Range<Int>) {
    guard !range.isEmpty else { return }
    count += range.count
    guard let bounds = lanes?.bounds else { return queues[0].insert(range) }
    var lane = self.lane(of: range.lowerBound)
    var rest = range
    while !rest.isEmpty {
      let part = rest.clamped(to: bounds[lane])
      queues[lane].insert(part)
      rest = part.upperBound..<rest.upperBound
      lane += 1
    }
  }

  /// Takes out the range with the lowest items; in lanes, the one that is due.
  ///
  /// - Parameter now: Seconds since the run began; lanes that are held for longer are left out.
  package mutating func popLowest(now: Double = .infinity) -> Range<Int>? {
    let range = lanes == nil ? queues[0].popLowest() : popDue(now)
    count -= range?.count ?? 0
    return range
  }

  /// Takes out the longest range; in lanes, the one that is due.
  package mutating func popLongest(now: Double = .infinity) -> Range<Int>? {
    let range = lanes == nil ? queues[0].popLongest() : popDue(now)
    count -= range?.count ?? 0
    return range
  }

  /// Notes that a batch of these items is out.
  package mutating func handedOut(_ items: Range<Int>) { out[lane(of: items.lowerBound)] += 1 }

  /// Notes that a batch of these items came back.
  package mutating func cameBack(_ items: Range<Int>) { out[lane(of: items.lowerBound)] -= 1 }

  /// Hands nothing out of the lane of these items before a moment.
  package mutating func hold(_ items: Range<Int>, until seconds: Double) {
    let lane = lane(of: items.lowerBound)
    heldUntil[lane] = max(heldUntil[lane], seconds)
  }

  private mutating func popDue(_ now: Double) -> Range<Int>? {
    guard let most = lanes?.batchesPerLane else { return nil }
    var due: Int?
    for lane in queues.indices
    where !queues[lane].isEmpty && out[lane] < most && heldUntil[lane] <= now {
      guard let best = due else {
        due = lane
        continue
      }
      let isFreer = out[lane] < out[best]
      if isFreer || (out[lane] == out[best] && queues[lane].count > queues[best].count) {
        due = lane
      }
    }
    // What was given back, single items as a rule, waits behind what was never tried.
    return due.flatMap { queues[$0].popLongest() }
  }

  /// Whether the lane of these items allows one more batch.
  package func mayHandOut(_ items: Range<Int>, now: Double) -> Bool {
    guard let lanes else { return true }
    let lane = lane(of: items.lowerBound)
    return out[lane] < lanes.batchesPerLane && heldUntil[lane] <= now
  }

  private func lane(of item: Int) -> Int { lanes?.lane(of: item) ?? 0 }
}
