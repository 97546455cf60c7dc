internal import Glibc

/// A small file, read whole.
package enum TextFile {
  /// - Throws: `TaskError` when it cannot be read; `-` is standard input.
  package static func read(_ path: String) throws -> [UInt8] {
    let descriptor = path == "-" ? dup(0) : unsafe open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else {
      throw TaskError(.cannotRun, SystemError.last("read", path).description)
    }
    defer { close(descriptor) }
    var bytes: [UInt8] = []
    unsafe try ByteStream.read(descriptor, name: path, .none) { unsafe bytes += Array($0) }
    return bytes
  }
}
