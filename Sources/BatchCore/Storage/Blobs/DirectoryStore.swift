internal import Glibc
internal import SystemShims

/// Objects as files below one directory, which may be shared by many machines over a network.
///
/// An object is written beside its place and moved there, so that it is complete as soon as it can be
/// seen, also over NFS; it is on the disk before the call returns. Files and folders are their owner's.
package struct DirectoryStore: BlobStore {
  /// Absolute, without a slash at its end.
  package let path: String
  private let isNetworked: Bool

  /// - Parameters:
  ///   - path: Absolute.
  ///   - makes: Whether a directory that is not there is made, in a parent that is; a worker does not,
  ///     because for it that means a share which is not mounted.
  package init(path: String, makes: Bool = false) throws(BlobFailure) {
    self.path = path
    if makes, unsafe mkdir(path, 0o700) != 0, errno != EEXIST, errno != ENOENT {
      throw BlobFailure(.last("make the directory", path), store: path)
    }
    var status = stat()
    guard unsafe stat(path, &status) == 0 else {
      guard errno == ENOENT else { throw BlobFailure(.last("use", path), store: path) }
      throw BlobFailure(
        .noStore, "the directory \(path) is not there; make it, or mount the share on this machine")
    }
    guard status.st_mode & S_IFMT == S_IFDIR else {
      throw BlobFailure(.noStore, "\(path) is a file; name a directory that all machines share")
    }
    guard unsafe access(path, R_OK | W_OK | X_OK) == 0 else {
      throw BlobFailure(.last("write in", path), store: path)
    }
    isNetworked = unsafe batchrun_is_on_nfs(path) != 0
  }

  package var locator: BlobLocator { .directory(path: path) }

  /// The folder of the keys that begin with `prefix`, which ends with a slash.
  func folder(_ prefix: String) -> String { "\(path)/\(prefix.dropLast())" }

  func file(_ key: BlobKey) -> String { "\(path)/\(key.text)" }

  /// Calls `body`, again when a handle went stale under it: the path may lead to a new one.
  func attempting<R>(_ body: () throws(SystemError) -> R) throws(BlobFailure) -> R {
    var attempt = 1
    while true {
      do throws(SystemError) {
        return try body()
      } catch {
        guard error.code == ESTALE, attempt < 3 else { throw BlobFailure(error, store: path) }
        attempt += 1
        usleep(50_000)
      }
    }
  }

  // MARK: - Reading

  package func get(_ key: BlobKey, range: Range<Int>?) throws(BlobFailure) -> ByteBuffer? {
    try attempting { () throws(SystemError) in
      guard let source = try BlobFile(reading: file(key)) else { return nil }
      let range = (range ?? 0..<source.size).clamped(to: 0..<source.size)
      let bytes = ByteBuffer(capacity: range.count)
      try source.read(range, into: bytes)
      return bytes
    }
  }

  package func getFile(_ key: BlobKey, to path: String) throws(BlobFailure) -> Bool {
    try attempting { () throws(SystemError) in
      guard let source = try BlobFile(reading: file(key)) else { return false }
      let draft = Draft(of: path)
      defer { draft.remove() }
      try draft.write(mode: source.mode) { target throws(SystemError) in
        try source.forEachPiece { piece, offset throws(SystemError) in
          try unsafe target.write(piece.bytes, at: offset)
        }
      }
      try DirectoryEntry.rename(draft.path, to: path, role: Draft.role)
      return true
    }
  }

  package func path(of key: BlobKey) throws(BlobFailure) -> String? {
    try size(of: key) == nil ? nil : file(key)
  }

  package func size(of key: BlobKey) throws(BlobFailure) -> Int? {
    try attempting { () throws(SystemError) in try BlobFile.size(file(key)) }
  }

  // MARK: - Writing

  package func put(
    _ bytes: ByteBuffer, at key: BlobKey, ifAbsent: Bool
  ) throws(BlobFailure) -> Bool {
    try write(key, ifAbsent, mode: 0o600) { target throws(SystemError) in
      try unsafe target.write(bytes.bytes, at: 0)
    }
  }

  /// A program stays one: the file may be executed where the one at `path` may.
  package func putFile(
    _ path: String, at key: BlobKey, ifAbsent: Bool
  ) throws(BlobFailure) -> Bool {
    try attempting { () throws(SystemError) in
      guard let source = try BlobFile(reading: path) else {
        throw SystemError("read", path, code: ENOENT)
      }
      return try commit(key, ifAbsent, mode: source.mode) { target throws(SystemError) in
        try source.forEachPiece { piece, offset throws(SystemError) in
          try unsafe target.write(piece.bytes, at: offset)
        }
      }
    }
  }

  private func write(
    _ key: BlobKey, _ ifAbsent: Bool, mode: mode_t,
    _ fill: (borrowing DurableFile) throws(SystemError) -> Void
  ) throws(BlobFailure) -> Bool {
    try attempting { () throws(SystemError) in try commit(key, ifAbsent, mode: mode, fill) }
  }

  private func commit(
    _ key: BlobKey, _ ifAbsent: Bool, mode: mode_t,
    _ fill: (borrowing DurableFile) throws(SystemError) -> Void
  ) throws(SystemError) -> Bool {
    let target = file(key)
    if ifAbsent, try BlobFile.size(target) != nil { return false }
    let draft = Draft(of: target)
    defer { draft.remove() }
    try writeMakingFolders(draft, target, mode: mode, fill)
    if ifAbsent {
      guard try draft.publishIfAbsent() else { return false }
    } else {
      try DirectoryEntry.rename(draft.path, to: target, role: Draft.role)
    }
    try DirectoryEntry.sync(OutputTarget.directory(of: target), role: Draft.role)
    return true
  }

  private func writeMakingFolders(
    _ draft: Draft, _ target: String, mode: mode_t,
    _ fill: (borrowing DurableFile) throws(SystemError) -> Void
  ) throws(SystemError) {
    var attempt = 1
    while true {
      do throws(SystemError) {
        return try draft.write(mode: mode, sync: true, fill)
      } catch {
        // The folder is new, or another process has just removed it because it was empty.
        guard error.code == ENOENT, error.action == "open", attempt < 20 else { throw error }
        attempt += 1
        try DirectoryTree.makeFolders(of: target, below: path)
      }
    }
  }

  // MARK: - Many

  /// - Complexity: a page costs the names of the folders that it touches, and a look at each of its own.
  package func list(_ prefix: String, after: BlobKey?) throws(BlobFailure) -> BlobPage {
    try attempting { () throws(SystemError) in
      var listing = DirectoryListing(root: path, prefix: prefix, after: after)
      listing.refreshes = isNetworked
      return try listing.page()
    }
  }

  package func delete(_ keys: [BlobKey]) throws(BlobFailure) {
    try attempting { () throws(SystemError) in
      var folders: Set<String> = []
      for key in keys {
        let target = file(key)
        try DirectoryTree.remove(target)
        folders.insert(OutputTarget.directory(of: target))
      }
      for folder in folders { DirectoryTree.removeIfEmpty(folder, below: path) }
    }
  }

  package func deleteAll(_ prefix: String) throws(BlobFailure) {
    precondition(BlobKey.isPrefix(prefix), "not what keys begin with: \(prefix)")
    try attempting { () throws(SystemError) in
      try DirectoryTree.removeAll(prefix, below: path)
    }
  }
}
