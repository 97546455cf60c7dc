internal import Glibc

/// A copy of an input that cannot be read in pieces: standard input, a pipe, a compressed file.
///
/// Batches are ranges of a file, read when their turn comes; a stream becomes a file first.
final class InputSpool {
  let file: InputFile

  /// - Parameters:
  ///   - path: What the user typed; `-` is standard input.
  ///   - directory: Where the copy goes; nil for `.batchrun`.
  /// - Returns: nil for a file that can be read in place.
  /// - Throws: `TaskError` when it cannot be read, decompressed or copied.
  init?(path: String, directory: String?) throws(TaskError) {
    let compression = ByteStream.Compression(path: path)
    guard path == "-" || compression != .none || Self.isStream(path) else { return nil }
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
      let target = try DurableFile(path: copy, role: "spool.copy")
      var length = 0
      unsafe try ByteStream.read(source, name: name, compression) { bytes in
        try unsafe target.write(bytes, at: length)
        length += bytes.count
      }
    } catch {
      remove()
      throw error as? TaskError ?? TaskError(.cannotRun, "\(error)")
    }
  }

  func remove() { DirectoryEntry.remove(file.path) }

  private static func isStream(_ path: String) -> Bool {
    var status = stat()
    guard unsafe stat(path, &status) == 0 else { return false }
    return [S_IFIFO, S_IFCHR, S_IFSOCK].contains(status.st_mode & S_IFMT)
  }
}
