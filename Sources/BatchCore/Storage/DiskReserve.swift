internal import Glibc

/// Disk space that a run keeps for the moment when there is no more: given up then, it is room for
/// what was finished but not yet committed.
struct DiskReserve: ~Copyable {
  private let path: String

  /// What the commit thread holds back at most, and a transaction about it.
  private static let bytes = 4 << 20

  /// Takes the space; a disk that has none left gives none, and the run goes on without.
  init(path: String) {
    self.path = path
    let descriptor = unsafe open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
    guard descriptor >= 0 else { return }
    posix_fallocate(descriptor, 0, Self.bytes)
    close(descriptor)
  }

  deinit { release() }

  /// Gives the space back.
  func release() { DirectoryEntry.remove(path) }
}
