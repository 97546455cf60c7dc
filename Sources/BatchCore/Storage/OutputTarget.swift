internal import Glibc

/// Where a run's records are to go.
package enum OutputTarget: Sendable, Equatable {
  /// A regular file that appears complete, by rename; the path behind any symlink.
  case file(path: String)
  /// An open pipe, device or terminal that receives the records in order as they are committed.
  case stream(descriptor: Int32, name: String)

  /// Finds out what `path` is; nil and `-` are standard output.
  ///
  /// - Throws: `TaskError` when it is a directory or cannot be written.
  package static func resolve(_ path: String?) throws(TaskError) -> OutputTarget {
    guard let path, path != "-" else { return .stream(descriptor: 1, name: "standard output") }
    // Links to open descriptors: followed, they would lead to a file that others write to as well.
    if let descriptor = openDescriptor(path) {
      return .stream(descriptor: descriptor, name: path)
    }
    let target = behindSymlinks(path)
    var status = stat()
    guard unsafe stat(target, &status) == 0 else {
      guard errno == ENOENT else {
        throw TaskError(.cannotRun, SystemError.last("write", path).description)
      }
      try checkDirectory(of: target, typed: path)
      return .file(path: target)
    }
    switch status.st_mode & S_IFMT {
    case S_IFREG:
      try checkDirectory(of: target, typed: path)
      return .file(path: target)
    case S_IFDIR:
      throw TaskError(
        .cannotRun, "the output \(path) is a directory; name a file in it, such as \(path)/out.csv")
    default:
      let descriptor = unsafe open(target, O_WRONLY | O_CLOEXEC)
      guard descriptor >= 0 else {
        throw TaskError(.cannotRun, SystemError.last("write", path).description)
      }
      return .stream(descriptor: descriptor, name: path)
    }
  }

  /// The descriptor that a path such as `/dev/stdout` or `/dev/fd/3` stands for.
  private static func openDescriptor(_ path: String) -> Int32? {
    switch path {
    case "/dev/stdout": return 1
    case "/dev/stderr": return 2
    default:
      let prefix = ["/dev/fd/", "/proc/self/fd/"].first { path.hasPrefix($0) }
      return prefix.flatMap { Int32(path.dropFirst($0.count)) }
    }
  }

  /// The path that remains when links are followed, also when the last one points to nothing yet.
  private static func behindSymlinks(_ path: String) -> String {
    var current = path
    for _ in 0..<40 {
      var bytes = [CChar](repeating: 0, count: Int(PATH_MAX))
      let count = unsafe readlink(current, &bytes, bytes.count)
      guard count > 0 else { return current }
      let link = String(decoding: bytes[..<count].map { UInt8(bitPattern: $0) }, as: UTF8.self)
      current = link.hasPrefix("/") ? link : directory(of: current) + "/" + link
    }
    return current
  }

  static func directory(of path: String) -> String {
    guard let slash = path.lastIndex(of: "/") else { return "." }
    return slash == path.startIndex ? "/" : String(path[..<slash])
  }

  private static func checkDirectory(of target: String, typed path: String) throws(TaskError) {
    let directory = directory(of: target)
    guard unsafe access(directory, W_OK | X_OK) != 0 else { return }
    let cure =
      errno == ENOENT ? "make the directory \(directory) first" : "choose another place with -o"
    let reason = SystemError.last("", "").reason
    throw TaskError(.cannotRun, "the output \(path) cannot be written: \(reason); \(cure)")
  }
}
