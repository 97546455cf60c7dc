internal import Glibc

/// A worker that runs as a task of a job array: takes one batch after another out of the shared
/// directory until there are none, or its time is nearly over.
public struct ArrayTask {
  /// What the job's script says.
  public struct Assignment: Sendable {
    /// Where the store is, as `BlobLocator` reads it.
    public var store: String
    /// What all keys of the session begin with.
    public var session: String
    /// The task's time limit, in seconds.
    public var timeLimitSeconds: Double
    /// How much of it is left unused.
    public var marginSeconds: Double

    public init(
      store: String, session: String, timeLimitSeconds: Double, marginSeconds: Double
    ) {
      self.store = store
      self.session = session
      self.timeLimitSeconds = timeLimitSeconds
      self.marginSeconds = marginSeconds
    }
  }

  /// So long it waits for another batch before it gives its place back, in seconds.
  private static let patienceSeconds = 60.0
  private static let pauseMicroseconds: UInt32 = 100_000

  /// The exit code of a worker whose store can no longer be used, for which no item is to blame; that of
  /// `EX_IOERR` in sysexits.h.
  package static let storeExitCode: Int32 = 74

  /// Runs until there is nothing left to do.
  ///
  /// - Parameter makeTask: Makes the task of that name from its message.
  /// - Throws: `TaskError` when the session cannot be joined, `BlobFailure` when its store can no longer
  ///   be used; see `storeExitCode`.
  public static func run(
    _ assignment: Assignment, makeTask: (TaskName, [UInt8]) throws -> any BatchTask
  ) throws {
    guard let keys = SessionKeys(prefix: assignment.session),
      case .directory(let path) = try BlobLocator(assignment.store)
    else {
      throw TaskError(.usage, "a worker is started by batchrun itself, with --store and --session")
    }
    let store = try DirectoryStore(path: path)
    guard let bytes = try store.get(keys.task) else {
      throw TaskError(.cannotRun, "the run is over: \(keys.task) is not in \(store.locator)")
    }
    let stored = try StoredTask(bytes)
    let clock = MonotonicClock()
    let identity = WorkerIdentity(
      name: Self.name, endSeconds: assignment.timeLimitSeconds,
      marginSeconds: assignment.marginSeconds, handOverSeconds: 1, clock: clock)
    try serve(makeTask(stored.name, stored.message), store, keys, identity)
  }

  private static func serve(
    _ task: some BatchTask, _ store: any BlobStore, _ keys: SessionKeys, _ identity: WorkerIdentity
  ) throws {
    var desk = BatchDesk(task: task, store: store, keys: keys, identity: identity)
    var idleSince: Double?
    while true {
      switch try desk.turn() {
      case .done: idleSince = nil
      case .over: return
      case .idle:
        let since = idleSince ?? identity.clock.now
        idleSince = since
        guard identity.clock.now - since < patienceSeconds else { return }
        usleep(pauseMicroseconds)
      }
    }
  }

  /// The name by which Slurm knows the task.
  private static var name: String {
    func variable(_ name: String) -> String {
      unsafe getenv(name).map { unsafe String(cString: $0) } ?? "0"
    }
    return "\(variable("SLURM_ARRAY_JOB_ID"))_\(variable("SLURM_ARRAY_TASK_ID"))"
  }
}
