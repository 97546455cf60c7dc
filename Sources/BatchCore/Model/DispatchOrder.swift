/// The order in which items are handed out where it is not that of the input, cut into lanes.
///
/// Batches, and what the planner and the executors see, are ranges of positions in this order; the
/// records are put back into the order of the input when they are committed. It must follow from the
/// input and the options alone, because a run that is continued goes by the same positions.
public struct DispatchOrder: Sendable {
  /// The place in the input of each position: a permutation of all items.
  private let inputIndices: [UInt32]
  /// Ranges of positions that follow one another and together are all: the items of one server, for
  /// instance, or of several small ones.
  public let lanes: [Range<Int>]
  /// How many batches of one lane may be out at once.
  public let batchesPerLane: Int
  /// A batch is not smaller than this while its lane has more, because its items overlap.
  public let leastBatchItems: Int

  public init(
    inputIndices: [UInt32], lanes: [Range<Int>], batchesPerLane: Int, leastBatchItems: Int
  ) {
    precondition(
      lanes.reduce(0) { $0 == $1.lowerBound ? $1.upperBound : -1 } == inputIndices.count,
      "lanes follow one another and hold every position")
    self.inputIndices = inputIndices
    self.lanes = lanes
    self.batchesPerLane = max(1, batchesPerLane)
    self.leastBatchItems = max(1, leastBatchItems)
  }

  public var count: Int { inputIndices.count }

  /// The place in the input of the item at a position.
  public func inputIndex(of position: Int) -> Int { Int(inputIndices[position]) }

  /// The positions of the items for which `isWanted` says yes, as ranges in order.
  ///
  /// - Complexity: Linear in the number of all items.
  package func positions(where isWanted: (_ inputIndex: Int) -> Bool) -> [Range<Int>] {
    var result: [Range<Int>] = []
    var start: Int?
    for (position, index) in inputIndices.enumerated() {
      if isWanted(Int(index)) {
        if start == nil { start = position }
      } else if let first = start {
        result.append(first..<position)
        start = nil
      }
    }
    if let start { result.append(start..<inputIndices.count) }
    return result
  }
}

extension Part {
  /// The part with the places of its items in the input instead of their positions in `order`.
  package func translated(by order: DispatchOrder) -> Part {
    precondition(
      !records.isEmpty, "a task with a dispatch order finishes its items one by one, in any order")
    let places = records.map {
      Record(item: order.inputIndex(of: $0.item), length: $0.length, marks: $0.marks)
    }
    let moved = failures.map { failed in
      var failure = failed.failure
      failure.item = ItemID(order.inputIndex(of: failure.item.index))
      return FailedItem(failure: failure, record: failed.record)
    }
    return Part(records: places, bytes: bytes, failures: moved)
  }
}
