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

  /// The finished items, a half-open range of input indices.
  public let items: Range<Int>
  public let bytes: ByteBuffer
  public let failures: [FailedItem]

  public init(items: Range<Int>, bytes: ByteBuffer, failures: [FailedItem]) {
    self.items = items
    self.bytes = bytes
    self.failures = failures
  }

  /// About how much memory the part holds, in bytes.
  package var weight: Int { bytes.count + failures.count * 512 }
}
