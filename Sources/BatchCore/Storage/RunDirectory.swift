internal import Glibc

/// The directory beside an output that holds everything a run must remember.
///
/// One process at a time owns it, by a lock that dies with the process.
public final class RunDirectory: Sendable {
  public let path: String
  private let lockDescriptor: Int32

  /// The directory of a run whose output is the file `output`: `OUT.run`.
  public static func path(forOutput output: String) -> String { output + ".run" }

  /// The directory of a run whose output is a stream: `.batchrun/DIGEST`.
  public static func path(forStreamOf id: RunID) -> String { ".batchrun/\(id.short)" }

  /// Makes the directory when it is not there, and takes its lock.
  ///
  /// - Throws: `TaskError` when another process has it, or it cannot be made.
  public init(path: String) throws(TaskError) {
    self.path = path
    try Self.make(path)
    let lockPath = path + "/lock"
    lockDescriptor = unsafe open(lockPath, O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
    guard lockDescriptor >= 0 else {
      throw TaskError(.cannotRun, SystemError.last("open", lockPath).description)
    }
    guard flock(lockDescriptor, LOCK_EX | LOCK_NB) == 0 else {
      let owner = Self.readOwner(lockDescriptor).map { " (process \($0))" } ?? ""
      throw TaskError(
        .cannotRun,
        "another batchrun\(owner) is working on \(path); wait for it, or give another output with -o"
      )
    }
    Self.writeOwner(lockDescriptor)
  }

  deinit {
    // A child that is just being started still holds the descriptor.
    flock(lockDescriptor, LOCK_UN)
    close(lockDescriptor)
  }

  /// Whether a process holds the lock of the directory at `path`.
  static func isLocked(_ path: String) -> Bool {
    let descriptor = unsafe open(path + "/lock", O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { return false }
    defer { close(descriptor) }
    return flock(descriptor, LOCK_SH | LOCK_NB) != 0
  }

  func file(_ name: Name) -> String { path + "/" + name.rawValue }

  /// The files of a run directory.
  enum Name: String, CaseIterable {
    case ledger = "ledger.sqlite"
    case ledgerLog = "ledger.sqlite-wal"
    case ledgerIndex = "ledger.sqlite-shm"
    /// The output while it grows, in input order.
    case output
    /// Results that wait for earlier ones.
    case early
    /// The output that is made of the records, while it is made.
    case assembled
    /// What the task found out about its input; it says itself which input that is.
    case taskIndex = "index"
    /// The output with the retried items spliced in, while it is made.
    case spliced
    case events = "events.jsonl"
    case failures = "failures.jsonl"
    case failuresDraft = "failures.jsonl.new"
    /// What each worker has in hand, for the time after a sudden death.
    case inFlight = "in-flight"
    /// Room for the last results when the disk is full.
    case reserve
  }

  /// Removes all that belongs to an earlier run; the lock stays.
  func clear() {
    for name in Name.allCases where name != .taskIndex { DirectoryEntry.remove(file(name)) }
  }

  /// Removes the directory when it holds nothing but its lock.
  func removeIfUnused() {
    let others = Name.allCases.filter { $0 != .taskIndex }
    guard !others.contains(where: { DirectoryEntry.exists(file($0)) }) else { return }
    DirectoryEntry.remove(file(.taskIndex))
    DirectoryEntry.remove(path + "/lock")
    unsafe rmdir(path)
  }

  private static func make(_ path: String) throws(TaskError) {
    let parts = path.split(separator: "/", omittingEmptySubsequences: false)
    if parts.count == 2, parts[0] == ".batchrun" { unsafe mkdir(".batchrun", 0o700) }
    guard unsafe mkdir(path, 0o700) != 0 else { return }
    guard errno == EEXIST else {
      throw TaskError(.cannotRun, SystemError.last("make the run directory", path).description)
    }
    var status = stat()
    guard unsafe stat(path, &status) == 0, status.st_mode & S_IFMT == S_IFDIR else {
      throw TaskError(
        .cannotRun, "\(path) is needed as the run directory, but is a file; move it away")
    }
  }

  private static func readOwner(_ descriptor: Int32) -> Int? {
    var bytes = [UInt8](repeating: 0, count: 32)
    let count = unsafe pread(descriptor, &bytes, bytes.count, 0)
    guard count > 0 else { return nil }
    return Int(String(decoding: bytes[..<count], as: UTF8.self).filter(\.isNumber))
  }

  private static func writeOwner(_ descriptor: Int32) {
    let text = "\(getpid())\n"
    _ = ftruncate(descriptor, 0)
    _ = unsafe pwrite(descriptor, text, text.utf8.count, 0)
  }
}
