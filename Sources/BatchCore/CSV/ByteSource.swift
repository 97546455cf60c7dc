import Glibc

/// Bytes that can be read at any offset: a regular file, or memory.
package final class ByteSource: Sendable {
  private enum Storage: Sendable {
    case file(descriptor: Int32)
    case memory([UInt8])
  }

  /// The name for messages.
  package let name: String
  package let sizeBytes: Int
  /// The file's fingerprint when it was opened; nil for memory.
  package let fingerprint: FileFingerprint?
  private let storage: Storage

  /// Opens a regular file.
  ///
  /// - Throws: `cannotOpen`, `isDirectory`, `notRegular`.
  package init(path: String) throws(InputError) {
    try Self.checkKind(path)
    let descriptor = unsafe open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { throw InputError(.cannotOpen(errno: errno), input: path) }
    guard let fingerprint = FileFingerprint(descriptor: descriptor) else {
      let code = errno
      close(descriptor)
      throw InputError(.cannotOpen(errno: code), input: path)
    }
    name = path
    sizeBytes = fingerprint.sizeBytes
    self.fingerprint = fingerprint
    storage = .file(descriptor: descriptor)
  }

  /// Looks before opening, since opening a pipe waits for its writer.
  private static func checkKind(_ path: String) throws(InputError) {
    var status = stat()
    guard unsafe stat(path, &status) == 0 else {
      throw InputError(.cannotOpen(errno: errno), input: path)
    }
    switch status.st_mode & S_IFMT {
    case S_IFREG: return
    case S_IFDIR: throw InputError(.isDirectory, input: path)
    default: throw InputError(.notRegular, input: path)
    }
  }

  package init(bytes: [UInt8], name: String = "memory") {
    self.name = name
    sizeBytes = bytes.count
    fingerprint = nil
    storage = .memory(bytes)
  }

  deinit {
    if case .file(let descriptor) = storage { close(descriptor) }
  }

  /// Fills `target` with the bytes from `offset` on.
  ///
  /// - Throws: `cannotRead`; `changed` when the file ends before `target` is full.
  package func read(at offset: Int, into target: UnsafeMutableRawBufferPointer) throws(InputError) {
    switch storage {
    case .memory(let bytes):
      precondition(offset + target.count <= bytes.count, "read past the end of memory")
      unsafe bytes.withUnsafeBytes { source in
        unsafe target.copyMemory(
          from: UnsafeRawBufferPointer(rebasing: source[offset...].prefix(target.count)))
      }
    case .file(let descriptor):
      try unsafe readFile(descriptor, at: offset, into: target)
    }
  }

  private func readFile(
    _ descriptor: Int32, at offset: Int, into target: UnsafeMutableRawBufferPointer
  ) throws(InputError) {
    guard let start = target.baseAddress else { return }
    var done = 0
    while done < target.count {
      let count = unsafe pread(descriptor, start + done, target.count - done, offset + done)
      if count > 0 {
        done += count
      } else if count == 0 {
        throw InputError(.changed, input: name)
      } else if errno != EINTR {
        throw InputError(.cannotRead(errno: errno), input: name)
      }
    }
  }

  /// Appends the bytes of a range to a buffer.
  package func read(_ range: Range<Int>, appendingTo buffer: inout ByteBuffer) throws(InputError) {
    var failure: InputError?
    unsafe buffer.write(atMost: range.count) { target in
      let room = unsafe UnsafeMutableRawBufferPointer(start: target, count: range.count)
      do throws(InputError) {
        try unsafe read(at: range.lowerBound, into: room)
        return range.count
      } catch {
        failure = error
        return 0
      }
    }
    if let failure { throw failure }
  }

  /// Makes sure that the file, and the file that now has its name, are as they were when it was opened.
  ///
  /// - Throws: `changed`.
  package func checkUnchanged() throws(InputError) {
    guard case .file(let descriptor) = storage else { return }
    guard FileFingerprint(descriptor: descriptor) == fingerprint else {
      throw InputError(.changed, input: name)
    }
    if let named = FileFingerprint(path: name), named != fingerprint {
      throw InputError(.changed, input: name)
    }
  }
}
