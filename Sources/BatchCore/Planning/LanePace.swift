/// How fast the items of each lane can be worked through at best, whoever does it.
package struct LanePace: Sendable {
  package let lanes: WaitingItems.Lanes
  /// In seconds; one entry for each lane.
  private let secondsPerItem: [Double]
  /// A batch is not larger than this.
  package let mostBatchItems: Int

  /// - Parameter laneSeconds: How long each lane takes; one entry for each.
  package init(_ lanes: WaitingItems.Lanes, laneSeconds: [Double], mostBatchItems: Int) {
    precondition(laneSeconds.count == lanes.bounds.count, "one time for each lane")
    self.lanes = lanes
    self.mostBatchItems = mostBatchItems
    secondsPerItem = zip(laneSeconds, lanes.bounds).map { $0 / Double(max(1, $1.count)) }
  }

  /// The mean of all items, in seconds.
  package var meanSeconds: Double {
    let items = lanes.bounds.reduce(0) { $0 + $1.count }
    let all = zip(secondsPerItem, lanes.bounds).reduce(0) { $0 + $1.0 * Double($1.1.count) }
    return all / Double(max(1, items))
  }

  /// What an item of a batch takes, in seconds.
  func seconds(perItemOf items: Range<Int>) -> Double {
    secondsPerItem[lanes.lane(of: items.lowerBound)]
  }
}
