internal import Glibc

/// Files of the store that a worker has at hand: in place where the store is a directory, else as
/// copies in its temporary folder, which never fill it.
final class LocalCopies: Sendable {
  private struct Copy: Sendable {
    var key: BlobKey
    var path: String
    var bytes: Int
  }

  private struct State: Sendable {
    var folder: String?
    /// The one used last stands last.
    var copies: [Copy] = []
  }

  private let store: any BlobStore
  private let state = Shared(State())

  init(store: any BlobStore) { self.store = store }

  deinit {
    let state = state.value
    for copy in state.copies { DirectoryEntry.remove(copy.path) }
    if let folder = state.folder { unsafe rmdir(folder) }
  }

  /// Where the content of an object can be read as a file; nil when there is no such object.
  ///
  /// Called by one thread; the file stays at least until the next call.
  func path(of key: BlobKey) throws(BlobFailure) -> String? {
    if let place = try store.path(of: key) { return place }
    if let known = use(key) { return known }
    guard let bytes = try store.size(of: key) else { return nil }
    let folder = try makeFolder()
    makeRoom(for: bytes, in: folder)
    let path = "\(folder)/\(UInt64.random(in: 0 ... .max))"
    guard try store.getFile(key, to: path) else { return nil }
    state.withLock { $0.copies.append(Copy(key: key, path: path, bytes: bytes)) }
    return path
  }

  private func use(_ key: BlobKey) -> String? {
    state.withLock { state in
      guard let place = state.copies.firstIndex(where: { $0.key == key }) else { return nil }
      let copy = state.copies.remove(at: place)
      state.copies.append(copy)
      return copy.path
    }
  }

  private func makeFolder() throws(BlobFailure) -> String {
    if let folder = state.value.folder { return folder }
    let parent = unsafe getenv("TMPDIR").map { unsafe String(cString: $0) } ?? "/tmp"
    let folder = "\(parent)/batchrun-\(getpid())-\(UInt32.random(in: 0 ... .max))"
    guard unsafe mkdir(folder, 0o700) == 0 else {
      throw BlobFailure(.last("make the folder", folder), store: parent)
    }
    state.withLock { $0.folder = folder }
    return folder
  }

  /// Removes the copies used longest ago until twice the new one fits.
  private func makeRoom(for bytes: Int, in folder: String) {
    while DiskSpace.freeBytes(in: folder) < 2 * bytes {
      let oldest = state.withLock { $0.copies.isEmpty ? nil : $0.copies.removeFirst() }
      guard let oldest else { return }
      DirectoryEntry.remove(oldest.path)
    }
  }
}
