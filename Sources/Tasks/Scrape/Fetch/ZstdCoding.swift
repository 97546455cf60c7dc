internal import BatchCore
internal import CZstd

/// Compresses the pieces of bodies, each to a frame of its own.
@safe
final class ZstdEncoder {
  private let context: OpaquePointer

  init() {
    guard let context = unsafe ZSTD_createCCtx() else { preconditionFailure("no memory for zstd") }
    unsafe self.context = context
  }

  deinit { unsafe ZSTD_freeCCtx(context) }

  /// One frame at the fastest level, in `target`, whose old content is forgotten.
  func encode(_ piece: ByteBuffer, into target: ByteBuffer) {
    target.removeAll()
    let room = ZSTD_compressBound(piece.count)
    unsafe target.write(atMost: room) { bytes in
      let size = unsafe piece.withBytes { source in
        unsafe ZSTD_compressCCtx(context, bytes, room, source.baseAddress, source.count, 1)
      }
      precondition(ZSTD_isError(size) == 0, "zstd refuses a piece that fits")
      return size
    }
  }
}

/// Decompresses a run of frames.
@safe
final class ZstdDecoder {
  private let stream: OpaquePointer

  init() {
    guard let stream = unsafe ZSTD_createDStream() else {
      preconditionFailure("no memory for zstd")
    }
    unsafe self.stream = stream
  }

  deinit { unsafe ZSTD_freeDStream(stream) }

  /// - Returns: whether all was decompressed, or `take` wanted no more.
  func decode(
    _ bytes: ArraySlice<UInt8>, into pool: ReceivePool, _ take: (ReceivedBytes) -> Bool
  ) -> Bool {
    unsafe bytes.withUnsafeBytes { source in
      var input = unsafe ZSTD_inBuffer(src: source.baseAddress, size: source.count, pos: 0)
      var isFull = false
      var expected = 0
      while unsafe input.pos < input.size || isFull {
        let buffer = pool.take(expecting: 64 << 10)
        unsafe buffer.write(atMost: 64 << 10) { target in
          var output = unsafe ZSTD_outBuffer(dst: target, size: 64 << 10, pos: 0)
          repeat {
            expected = unsafe ZSTD_decompressStream(stream, &output, &input)
          } while unsafe ZSTD_isError(expected) == 0 && output.pos < output.size
            && input.pos < input.size
          return unsafe output.pos
        }
        guard ZSTD_isError(expected) == 0 else { return false }
        isFull = buffer.count == 64 << 10 && expected != 0
        let piece = pool.piece(buffer)
        if !buffer.isEmpty, !take(piece) { return true }
      }
      return expected == 0
    }
  }
}
