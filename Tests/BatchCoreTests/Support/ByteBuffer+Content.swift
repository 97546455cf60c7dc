import BatchCore

extension ByteBuffer {
  /// The bytes written so far.
  var content: [UInt8] { unsafe withBytes { unsafe Array($0) } }

  var text: String { String(decoding: content, as: UTF8.self) }
}
