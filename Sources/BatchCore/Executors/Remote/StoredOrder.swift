/// A batch on its way to a worker that shares nothing with the coordinator but a store.
package struct StoredOrder: Sendable {
  /// Where a worker finds the bytes of its items.
  package struct Input: Sendable, Equatable {
    package var key: BlobKey
    /// Of the object's bytes.
    package var range: Range<Int>
  }

  /// Its input is inline, or empty where `input` says where it is; its files are keys.
  package var order: BatchOrder
  package var input: Input?

  package init(order: BatchOrder, input: Input?) {
    self.order = order
    self.input = input
  }

  package var bytes: ByteBuffer {
    let writer = MessageWriter()
    order.write(to: writer)
    writer.add(input?.key.text)
    writer.add(input?.range ?? 0..<0)
    return writer.buffer
  }

  package init(_ bytes: ByteBuffer) throws(MessageReader.Malformed) {
    var reader = MessageReader(unsafe bytes.withBytes { unsafe Array($0) })
    order = try BatchOrder(&reader)
    let text = try reader.optionalText()
    let range = try reader.range()
    guard let text else { return }
    guard let key = BlobKey(text), range.lowerBound >= 0 else { throw MessageReader.Malformed() }
    input = Input(key: key, range: range)
  }
}
