internal import Glibc

/// An object of a directory, or a local file, that is open for reading.
///
/// What was opened is read to its end, whatever takes its name meanwhile.
struct BlobFile: ~Copyable {
  private let descriptor: Int32
  private let path: String
  let size: Int
  /// The permissions of a copy: its owner's only.
  let mode: mode_t

  /// - Returns: nil when no file has that name, a folder for instance.
  init?(reading path: String) throws(SystemError) {
    // A pipe of that name must not be waited for.
    let descriptor = unsafe open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
    guard descriptor >= 0 else {
      if errno == ENOENT || errno == ENOTDIR { return nil }
      throw .last("read", path)
    }
    var status = stat()
    guard unsafe fstat(descriptor, &status) == 0 else {
      let error = SystemError.last("read", path)
      close(descriptor)
      throw error
    }
    guard status.st_mode & S_IFMT == S_IFREG else {
      close(descriptor)
      return nil
    }
    self.descriptor = descriptor
    self.path = path
    size = Int(status.st_size)
    mode = status.st_mode & 0o111 == 0 ? 0o600 : 0o700
  }

  deinit { close(descriptor) }

  func read(_ range: Range<Int>, into buffer: ByteBuffer) throws(SystemError) {
    try FileReading.append(
      descriptor, path: path, offset: range.lowerBound, count: range.count, to: buffer)
  }

  private static let pieceBytes = 1 << 20

  /// Calls `body` with the content piece by piece, and where each begins.
  func forEachPiece(
    _ body: (ByteBuffer, Int) throws(SystemError) -> Void
  ) throws(SystemError) {
    let buffer = ByteBuffer(capacity: min(size, Self.pieceBytes))
    var offset = 0
    while offset < size {
      buffer.removeAll()
      try read(offset..<min(offset + Self.pieceBytes, size), into: buffer)
      try body(buffer, offset)
      offset += buffer.count
    }
  }

  /// The length of the file of that name; nil when there is none.
  static func size(_ path: String) throws(SystemError) -> Int? {
    var status = stat()
    guard unsafe stat(path, &status) == 0 else {
      if errno == ENOENT || errno == ENOTDIR { return nil }
      throw .last("look at", path)
    }
    return status.st_mode & S_IFMT == S_IFREG ? Int(status.st_size) : nil
  }
}
