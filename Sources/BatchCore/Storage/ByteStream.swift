internal import CZstd
internal import Glibc

/// Bytes that come one after the other from a descriptor, decompressed when the name says so.
package enum ByteStream {
  package enum Compression {
    case none
    case gzip
    case zstandard

    /// By the ending of the path: `.gz`, `.zst`, or anything else.
    package init(path: String) {
      if path.hasSuffix(".gz") {
        self = .gzip
      } else {
        self = path.hasSuffix(".zst") ? .zstandard : .none
      }
    }
  }

  /// Calls `body` with the content of `descriptor`, piece by piece.
  ///
  /// - Throws: `TaskError` when it cannot be read, or is not what its ending says.
  package static func read(
    _ descriptor: Int32, name: String, _ compression: Compression,
    _ body: (UnsafeRawBufferPointer) throws -> Void
  ) throws {
    switch compression {
    case .none: unsafe try readPlain(descriptor, name, body)
    case .gzip: unsafe try readGzip(descriptor, name, body)
    case .zstandard: unsafe try readZstandard(descriptor, name, body)
    }
  }

  private static let pieceBytes = 1 << 20

  private static func readPlain(
    _ descriptor: Int32, _ name: String, _ body: (UnsafeRawBufferPointer) throws -> Void
  ) throws {
    let buffer = ByteBuffer(capacity: pieceBytes)
    while try fill(buffer, from: descriptor, name) { unsafe try body(buffer.bytes) }
  }

  /// Reads the next piece; false at the end.
  private static func fill(
    _ buffer: ByteBuffer, from descriptor: Int32, _ name: String
  ) throws(SystemError) -> Bool {
    var count = 0
    repeat {
      buffer.removeAll()
      unsafe buffer.write(atMost: pieceBytes) { target in
        count = unsafe Glibc.read(descriptor, target, pieceBytes)
        return max(0, count)
      }
    } while count < 0 && errno == EINTR
    guard count >= 0 else { throw .last("read", name) }
    return count > 0
  }

  // MARK: - Compressed

  private static func readGzip(
    _ descriptor: Int32, _ name: String, _ body: (UnsafeRawBufferPointer) throws -> Void
  ) throws {
    let compressed = ByteBuffer(capacity: pieceBytes)
    let buffer = ByteBuffer(capacity: pieceBytes)
    do {
      let decoder = try GzipDecoder()
      while try fill(compressed, from: descriptor, name) {
        try unsafe decoder.decode(compressed.bytes, pieces: buffer, of: pieceBytes, body)
      }
      try decoder.finish()
    } catch let fault as GzipDecoder.Fault {
      switch fault {
      case .noMemory: throw TaskError(.cannotRun, "cannot read \(name): no memory")
      case .notGzip:
        throw TaskError(
          .cannotRun, "\(name) is not gzip, though its name says so; take the .gz off its name")
      case .damaged(let reason): throw damaged(name, reason)
      }
    }
  }

  private static func readZstandard(
    _ descriptor: Int32, _ name: String, _ body: (UnsafeRawBufferPointer) throws -> Void
  ) throws {
    guard let stream = unsafe ZSTD_createDStream() else {
      throw TaskError(.cannotRun, "cannot read \(name): no memory")
    }
    defer { unsafe ZSTD_freeDStream(stream) }
    let compressed = ByteBuffer(capacity: pieceBytes)
    let buffer = ByteBuffer(capacity: pieceBytes)
    // What is left of the frame at hand; zero at its end.
    var expected = 0
    while try fill(compressed, from: descriptor, name) {
      var input = unsafe ZSTD_inBuffer(
        src: compressed.bytes.baseAddress, size: compressed.count, pos: 0)
      var isFull = false
      while unsafe input.pos < input.size || isFull {
        buffer.removeAll()
        var code = 0
        unsafe buffer.write(atMost: pieceBytes) { target in
          var output = unsafe ZSTD_outBuffer(dst: target, size: pieceBytes, pos: 0)
          code = unsafe ZSTD_decompressStream(stream, &output, &input)
          return unsafe output.pos
        }
        guard ZSTD_isError(code) == 0 else {
          throw damaged(name, unsafe String(cString: ZSTD_getErrorName(code)))
        }
        expected = code
        // At the end of a frame nothing is held back, however full the piece is.
        isFull = code != 0 && buffer.count == pieceBytes
        if !buffer.isEmpty { unsafe try body(buffer.bytes) }
      }
    }
    if expected != 0 { throw damaged(name, "it ends in the middle") }
  }

  private static func damaged(_ name: String, _ reason: String) -> TaskError {
    TaskError(.cannotRun, "\(name) cannot be decompressed: \(reason); get the file again")
  }
}
