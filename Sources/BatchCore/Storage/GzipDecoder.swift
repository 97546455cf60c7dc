internal import CZlib

/// The members of a gzip file one after the other, each checked to its end.
///
/// zlib's own reader of files takes whatever stands behind a member for the padding of tapes and passes
/// over it, a damaged or cut-off member included. What cannot be known is whether further members are
/// missing; only bgzip marks the end of a file.
@safe
final class GzipDecoder {
  private enum Place {
    case start
    case member
    /// Behind a member.
    case between
    /// In the zeros that fill up a tape's block.
    case padding
  }

  /// Why the bytes cannot be decompressed.
  enum Fault: Error, Equatable {
    case noMemory
    case notGzip
    case damaged(String)
  }

  // On the heap, because zlib remembers where it is.
  private let stream: UnsafeMutablePointer<z_stream>
  private var place = Place.start
  /// Whether bgzip wrote the file, whose last member holds nothing.
  private var isBlocked = false
  private var memberBytes = 0
  private var isFirst = true

  init() throws(Fault) {
    unsafe stream = .allocate(capacity: 1)
    unsafe stream.initialize(to: z_stream())
    // 15 for the largest window, 16 for gzip and nothing else.
    let code = unsafe inflateInit2_(
      stream, 15 + 16, ZLIB_VERSION, Int32(MemoryLayout<z_stream>.size))
    guard code == Z_OK else { throw .noMemory }
  }

  deinit {
    unsafe inflateEnd(stream)
    unsafe stream.deallocate()
  }

  /// Calls `body` with the content of the next bytes of the file, a full buffer or less at a time.
  func decode(
    _ bytes: UnsafeRawBufferPointer, pieces buffer: ByteBuffer, of pieceBytes: Int,
    _ body: (UnsafeRawBufferPointer) throws -> Void
  ) throws {
    if place == .start { unsafe isBlocked = Self.isFromBgzip(bytes) }
    let input = unsafe bytes.assumingMemoryBound(to: UInt8.self).baseAddress
    unsafe stream.pointee.next_in = unsafe UnsafeMutablePointer(mutating: input)
    unsafe stream.pointee.avail_in = UInt32(bytes.count)
    var mayHoldBack = false
    while try beginMember() || mayHoldBack {
      let code = inflate(into: buffer, pieceBytes)
      memberBytes += buffer.count
      if !buffer.isEmpty { unsafe try body(buffer.bytes) }
      mayHoldBack = code == Z_OK && buffer.count == pieceBytes
      switch code {
      case Z_OK, Z_BUF_ERROR: continue
      case Z_STREAM_END: place = .between
      default: throw fault
      }
    }
  }

  /// Makes sure that the file may end here.
  func finish() throws(Fault) {
    guard place != .member else { throw .damaged("it ends in the middle") }
    guard !isBlocked || memberBytes == 0 else {
      throw .damaged("the empty block that bgzip ends a file with is missing")
    }
  }

  /// Whether there are bytes of a member to go on with, which may be the first of a new one.
  private func beginMember() throws(Fault) -> Bool {
    if place == .between || place == .padding { skipPadding() }
    guard unsafe stream.pointee.avail_in > 0 else { return false }
    switch place {
    case .member: break
    case .padding: throw .damaged("something follows the zeros behind its end")
    case .start: place = .member
    case .between:
      unsafe inflateReset(stream)
      memberBytes = 0
      isFirst = false
      place = .member
    }
    return true
  }

  private func skipPadding() {
    while unsafe stream.pointee.avail_in > 0, let next = unsafe stream.pointee.next_in,
      unsafe next.pointee == 0
    {
      unsafe stream.pointee.next_in = unsafe next + 1
      unsafe stream.pointee.avail_in -= 1
      place = .padding
    }
  }

  private func inflate(into buffer: ByteBuffer, _ count: Int) -> Int32 {
    buffer.removeAll()
    var code = Z_OK
    unsafe buffer.write(atMost: count) { target in
      unsafe stream.pointee.next_out = unsafe target.assumingMemoryBound(to: UInt8.self)
      unsafe stream.pointee.avail_out = UInt32(count)
      code = unsafe CZlib.inflate(stream, Z_NO_FLUSH)
      return unsafe count - Int(stream.pointee.avail_out)
    }
    return code
  }

  private var fault: Fault {
    // The magic number is two bytes.
    if isFirst, unsafe stream.pointee.total_in <= 2 { return .notGzip }
    let message = unsafe stream.pointee.msg.map { unsafe String(cString: $0) }
    return .damaged(message ?? "it is damaged")
  }

  /// Whether the first member has the extra field in which bgzip notes the size of its blocks.
  private static func isFromBgzip(_ bytes: UnsafeRawBufferPointer) -> Bool {
    unsafe bytes.count >= 14 && bytes[3] & 4 != 0 && bytes[12] == 0x42 && bytes[13] == 0x43
  }
}
