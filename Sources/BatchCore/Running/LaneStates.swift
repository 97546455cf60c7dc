/// What the last batch of each lane has left to the next: bytes that only the task understands.
///
/// They are kept in memory, and are gone with the process: what they say is short-lived, and can be found
/// out again.
struct LaneStates {
  private let lanes: WaitingItems.Lanes
  private var states: [Int: [UInt8]] = [:]

  init(_ lanes: WaitingItems.Lanes) { self.lanes = lanes }

  /// The state of the lane of a batch; empty as long as no batch has left one.
  subscript(items: Range<Int>) -> [UInt8] {
    get { states[lanes.lane(of: items.lowerBound)] ?? [] }
    set { states[lanes.lane(of: items.lowerBound)] = newValue }
  }
}
