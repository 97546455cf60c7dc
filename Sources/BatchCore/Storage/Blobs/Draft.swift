internal import Glibc
internal import SystemShims

/// A file on its way to its name: written beside it, then given the name at once.
package struct Draft {
  package let path: String
  private let target: String

  /// The word for drafts in fault points.
  static let role = "blob"
  /// What the names of drafts begin with, which no key's part does.
  static let namePrefix = ".draft-"

  package init(of target: String) {
    self.target = target
    let name = Self.namePrefix + String(UInt64.random(in: 0 ... .max), radix: 36)
    path = OutputTarget.directory(of: target) + "/" + name
  }

  func remove() { DirectoryEntry.remove(path) }

  /// Makes the file and has `fill` write it.
  ///
  /// - Parameter sync: whether its bytes must be on the disk before it gets its name.
  func write(
    mode: mode_t, sync: Bool = false,
    _ fill: (borrowing DurableFile) throws(SystemError) -> Void
  ) throws(SystemError) {
    let file = try DurableFile(
      path: path, role: Self.role, flags: O_RDWR | O_CREAT | O_EXCL)
    if mode & 0o100 != 0, unsafe chmod(path, mode) != 0 { throw .last("make executable", path) }
    try fill(file)
    if sync { try file.sync() }
  }

  /// Gives the file its name if no other has it.
  ///
  /// A link is the one way to do so that NFS makes atomic; where there are no links, the kernel may
  /// know a rename that replaces nothing.
  /// - Returns: whether it has it.
  package func publishIfAbsent() throws(SystemError) -> Bool {
    if let code = FaultPoint.pass("\(Self.role).link.before") {
      throw SystemError("write", target, code: code)
    }
    guard unsafe link(path, target) != 0 else { return true }
    switch errno {
    case EEXIST: return hasTwoNames
    case EPERM, EOPNOTSUPP, ENOSYS, EMLINK: return try renameIfAbsent()
    default:
      let error = SystemError.last("write", target)
      // The reply may have been lost on its way, and not the request.
      if hasTwoNames { return true }
      throw error
    }
  }

  /// Whether the name was given after all: a repeated request over NFS is told that it exists.
  private var hasTwoNames: Bool {
    var status = stat()
    return unsafe stat(path, &status) == 0 && status.st_nlink == 2
  }

  /// The same on file systems without links.
  package func renameIfAbsent() throws(SystemError) -> Bool {
    guard unsafe batchrun_rename_if_absent(path, target) != 0 else { return true }
    if errno == EEXIST { return false }
    throw .last("give its name to", target)
  }
}
