/// Finished items of a batch, handed over together.
///
/// The records of `items` stand in `bytes` in input order, failures included: a failed item has a
/// record too, and `failures` says which range of the bytes it is, so that a later retry can splice
/// in another.
public struct Part: Sendable {
  /// A failed item and the place of its record within the part's bytes.
  public struct FailedItem: Sendable, Equatable {
    public var failure: ItemFailure
    public var record: Range<Int>

    public init(failure: ItemFailure, record: Range<Int>) {
      self.failure = failure
      self.record = record
    }
  }

  /// One record of a part whose items finished in any order.
  public struct Record: Sendable, Equatable {
    public var item: Int
    /// In bytes.
    public var length: Int
    /// The marks of the record; see `PreparedTask.marks`.
    public var marks: UInt8

    public init(item: Int, length: Int, marks: UInt8 = 0) {
      self.item = item
      self.length = length
      self.marks = marks
    }
  }

  /// The finished items, a half-open range; with `records`, the smallest range that holds them all.
  public let items: Range<Int>
  public let bytes: ByteBuffer
  public let failures: [FailedItem]
  /// The records in the order of their bytes, where items finish in any order; else empty, and
  /// `items` are all there, in order.
  public let records: [Record]

  public init(
    items: Range<Int>, bytes: ByteBuffer, failures: [FailedItem], records: [Record] = []
  ) {
    self.items = items
    self.bytes = bytes
    self.failures = failures
    self.records = records
  }

  /// A part of records in any order; at least one.
  public init(records: [Record], bytes: ByteBuffer, failures: [FailedItem]) {
    let first = records.lazy.map(\.item).min() ?? 0
    let last = records.lazy.map(\.item).max() ?? -1
    self.init(items: first..<last + 1, bytes: bytes, failures: failures, records: records)
  }

  /// How many items are finished with this part.
  public var itemCount: Int { records.isEmpty ? items.count : records.count }

  /// The finished items.
  package var itemSet: ItemSet {
    records.isEmpty
      ? ItemSet([items]) : ItemSet(records.map { $0.item..<$0.item + 1 })
  }

  /// About how much memory the part holds, in bytes.
  package var weight: Int {
    bytes.count + failures.count * 512 + records.count * MemoryLayout<Record>.stride
  }
}
