internal import Glibc

/// A copy of an input that cannot be read twice: standard input or a pipe.
///
/// Batches are ranges of a file, read when their turn comes; a stream becomes a file first.
final class InputSpool {
  let file: InputFile

  /// - Parameters:
  ///   - path: What the user typed; `-` is standard input.
  ///   - directory: Where the copy goes; nil for `.batchrun`.
  /// - Returns: nil for a file that can be read in place.
  init?(path: String, directory: String?) throws(TaskError) {
    guard path == "-" || Self.isStream(path) else { return nil }
    let name = path == "-" ? "standard input" : path
    let source = path == "-" ? dup(0) : unsafe open(path, O_RDONLY | O_CLOEXEC)
    guard source >= 0 else {
      throw TaskError(.cannotRun, SystemError.last("read", name).description)
    }
    defer { close(source) }
    if directory == nil { unsafe mkdir(".batchrun", 0o700) }
    let copy = (directory ?? ".batchrun") + "/spool-\(getpid())"
    file = InputFile(path: copy, displayName: name)
    do {
      try Self.copy(source, name, to: DurableFile(path: copy, role: "spool.copy"))
    } catch {
      remove()
      throw TaskError(.cannotRun, error.description)
    }
  }

  func remove() { DirectoryEntry.remove(file.path) }

  private static func isStream(_ path: String) -> Bool {
    var status = stat()
    guard unsafe stat(path, &status) == 0 else { return false }
    return [S_IFIFO, S_IFCHR, S_IFSOCK].contains(status.st_mode & S_IFMT)
  }

  private static func copy(
    _ source: Int32, _ name: String, to file: consuming DurableFile
  ) throws(SystemError) {
    let buffer = ByteBuffer(capacity: 1 << 20)
    var length = 0
    while true {
      buffer.removeAll()
      var count = 0
      unsafe buffer.write(atMost: 1 << 20) { target in
        count = unsafe read(source, target, 1 << 20)
        return max(0, count)
      }
      if count < 0, errno == EINTR { continue }
      guard count >= 0 else { throw .last("read", name) }
      guard count > 0 else { return }
      unsafe try file.write(buffer.bytes, at: length)
      length += count
    }
  }
}
