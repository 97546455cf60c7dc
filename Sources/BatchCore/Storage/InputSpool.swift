internal import Glibc

/// A copy of an input that cannot be read in pieces: standard input, a pipe, a compressed file.
///
/// Batches are ranges of a file, read when their turn comes; a stream becomes a file first. The copy
/// loses its name as soon as it is made, so that no death of the process can leave it behind; it is
/// there for as long as this object.
package final class InputSpool {
  /// The copy, by a path that other processes of the user can open too.
  package let file: InputFile
  private let copy: DurableFile

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
    do {
      copy = try Self.makeCopy(in: directory)
      file = InputFile(path: copy.pathOfDescriptor, displayName: name)
      var length = 0
      unsafe try ByteStream.read(source, name: name, compression) { bytes in
        try unsafe copy.write(bytes, at: length)
        length += bytes.count
      }
    } catch {
      throw error as? TaskError ?? TaskError(.cannotRun, "\(error)")
    }
  }

  /// An empty file without a name, on the file system of `directory`.
  private static func makeCopy(in directory: String?) throws(SystemError) -> DurableFile {
    let isNew = unsafe directory == nil && mkdir(".batchrun", 0o700) == 0
    let name = "batchrun-spool-\(getpid())-\(String(UInt64.random(in: 0 ... .max), radix: 36))"
    let path = "\(directory ?? ".batchrun")/\(name)"
    // Somebody else's file or link of that name is not written to.
    let copy = try DurableFile(path: path, role: "spool.copy", flags: O_RDWR | O_CREAT | O_EXCL)
    DirectoryEntry.remove(path)
    if isNew { unsafe rmdir(".batchrun") }
    return copy
  }

  private static func isStream(_ path: String) -> Bool {
    var status = stat()
    guard unsafe stat(path, &status) == 0 else { return false }
    return [S_IFIFO, S_IFCHR, S_IFSOCK].contains(status.st_mode & S_IFMT)
  }
}
