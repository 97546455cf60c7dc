import Glibc

/// What tells whether a file is still the one that was read: identity, size and time of change.
package struct FileFingerprint: Hashable, Sendable, Codable {
  package let device: UInt64
  package let inode: UInt64
  package let sizeBytes: Int
  /// Time of the last change of content, in nanoseconds since 1970.
  package let modifiedNanoseconds: Int

  /// - Returns: nil when the system does not answer.
  package init?(descriptor: Int32) {
    var status = stat()
    guard unsafe fstat(descriptor, &status) == 0 else { return nil }
    self.init(status)
  }

  /// - Returns: nil when there is no such file, or it cannot be reached.
  package init?(path: String) {
    var status = stat()
    guard unsafe stat(path, &status) == 0 else { return nil }
    self.init(status)
  }

  private init(_ status: stat) {
    device = UInt64(status.st_dev)
    inode = UInt64(status.st_ino)
    sizeBytes = Int(status.st_size)
    modifiedNanoseconds = status.st_mtim.tv_sec * 1_000_000_000 + status.st_mtim.tv_nsec
  }
}
