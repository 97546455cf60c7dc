internal import FoundationEssentials

extension LambdaOrder {
  /// One JSON object.
  var bytes: ByteBuffer {
    let object = JSONValue.object([
      .init("store", .string(store)), .init("session", .string(session)),
      .init("batch", .integer(batch)),
    ])
    let buffer = ByteBuffer(capacity: 256)
    buffer.append(object)
    return buffer
  }

  /// Nil when the bytes are none.
  init?(_ bytes: ByteBuffer) {
    let data = unsafe bytes.withBytes { unsafe Data($0) }
    guard let order = try? JSONDecoder().decode(LambdaOrder.self, from: data) else { return nil }
    self = order
  }
}
