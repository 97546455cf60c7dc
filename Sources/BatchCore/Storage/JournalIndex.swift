/// Where the record of each item stands in the journal, by its place in the input.
///
/// Twelve bytes for each item of the run, whatever the order in which they finish.
package struct JournalIndex: Sendable {
  private var offsets: [Int]
  private var lengths: [UInt32]
  /// How many items have a record.
  package private(set) var count = 0

  private static let none = -1

  package init(total: Int) {
    offsets = [Int](repeating: Self.none, count: total)
    lengths = [UInt32](repeating: 0, count: total)
  }

  package var total: Int { offsets.count }

  package func contains(_ item: Int) -> Bool { offsets[item] != Self.none }

  /// The bytes of the item's record in the journal; nil while there is none.
  package func place(of item: Int) -> Range<Int>? {
    let offset = offsets[item]
    return offset == Self.none ? nil : offset..<offset + Int(lengths[item])
  }

  /// Notes a record; false when the item has one already, which is kept.
  package mutating func insert(_ item: Int, offset: Int, length: Int) -> Bool {
    guard offsets[item] == Self.none else { return false }
    offsets[item] = offset
    lengths[item] = UInt32(length)
    count += 1
    return true
  }

  /// Notes that the items before `end` are in the output, wherever their records were.
  package mutating func markDone(before end: Int) {
    for item in 0..<end where offsets[item] == Self.none {
      offsets[item] = 0
      count += 1
    }
  }
}
