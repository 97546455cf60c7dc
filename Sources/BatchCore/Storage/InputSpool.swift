internal import Glibc

/// A copy of an input that cannot be read in pieces: standard input, a pipe, a compressed file.
///
/// Batches are ranges of a file, read when their turn comes; a stream becomes a file first.
package final class InputSpool {
  package let file: InputFile

  /// - Parameters:
  ///   - path: What the user typed; `-` is standard input.
  ///   - directory: Where the copy goes; nil for `.batchrun`.
  /// - Returns: nil for a file that can be read in place.
  /// - Throws: `TaskError` when it cannot be read, decompressed or copied.
  package init?(path: String, directory: String?) throws(TaskError) {
    let compression = ByteStream.Compression(path: path)
    guard path == "-" || compression != .none || Self.isStream(path) else { return nil }
    let name = path == "-" ? "standard input" : path
    let source = path == "-" ? dup(0) : unsafe open(path, O_RDONLY | O_CLOEXEC)
    guard source >= 0 else {
      throw TaskError(.cannotRun, SystemError.last("read", name).description)
    }
    defer { close(source) }
    if directory == nil { unsafe mkdir(".batchrun", 0o700) }
    let place = directory ?? ".batchrun"
    Self.removeOrphans(in: place)
    let copy = "\(place)/\(Self.prefix)\(getpid())"
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

  package func remove() { DirectoryEntry.remove(file.path) }

  private static let prefix = "batchrun-spool-"

  /// Removes copies whose process was killed before it could.
  private static func removeOrphans(in directory: String) {
    guard let list = unsafe opendir(directory) else { return }
    defer { unsafe closedir(list) }
    while let entry = unsafe readdir(list) {
      let name = unsafe withUnsafeBytes(of: entry.pointee.d_name) { bytes in
        unsafe String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
      }
      guard name.hasPrefix(prefix), let process = Int32(name.dropFirst(prefix.count)) else {
        continue
      }
      if kill(process, 0) != 0, errno == ESRCH { DirectoryEntry.remove("\(directory)/\(name)") }
    }
  }

  private static func isStream(_ path: String) -> Bool {
    var status = stat()
    guard unsafe stat(path, &status) == 0 else { return false }
    return [S_IFIFO, S_IFCHR, S_IFSOCK].contains(status.st_mode & S_IFMT)
  }
}
