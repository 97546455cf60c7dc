internal import Glibc

/// The array tasks of a run: how many there are, what became of each, and when more are submitted.
struct ArrayTasks {
  /// How a task came to its end.
  enum End: Equatable {
    /// For a reason that has nothing to do with its batch.
    case blameless(String)
    case failed(String)
    case timedOut
  }

  private let commands: SlurmCommands
  /// How many at once.
  private let wanted: Int
  private let name: String
  private let script: String
  private let store: DirectoryStore
  private let keys: SessionKeys
  private let arrayLimit: Int

  /// The jobs that were submitted; others may ask for them.
  let jobs = Shared<[String]>([])
  /// The tasks that are submitted and not known to have ended.
  private var live: Set<String> = []
  private var queue = SlurmQueue()
  private var ends: [String: End] = [:]
  /// When a task was first missing from the queue.
  private var missing: [String: Double] = [:]
  /// Tasks that have taken a batch.
  private var useful: Set<String> = []
  /// Tasks in a row that ended without having taken one, for no good reason.
  private var failuresInRow = 0
  private var lastFailure = ""
  private var notes: [String] = []
  private var saidReasons: Set<String> = []
  private var lookSeconds = 0.0
  private var troubleSince: Double?

  init(
    commands: SlurmCommands, wanted: Int, name: String, script: String, store: DirectoryStore,
    keys: SessionKeys
  ) {
    self.commands = commands
    self.wanted = wanted
    self.name = name
    self.script = script
    self.store = store
    self.keys = keys
    arrayLimit = commands.arrayLimit()
  }

  /// The controller is asked no more than once a second, and a twentieth of the time at most.
  var pauseSeconds: Double { max(1, 20 * lookSeconds) }

  mutating func takeNotes() -> [String] {
    defer { notes = [] }
    return notes
  }

  mutating func hasClaimed(_ task: String) { useful.insert(task) }

  /// Notes that a batch came back from a worker.
  mutating func hasWorked() { failuresInRow = 0 }

  /// How a task ended; nil while it goes on.
  func ending(of task: String) -> End? { ends[task] }

  // MARK: - Looking

  /// Reads the queue, and submits as many tasks as there are batches for.
  ///
  /// - Returns: Why the run cannot go on here: a sentence.
  mutating func look(now: Double, batches: Int, isDraining: Bool) -> String? {
    let clock = MonotonicClock()
    defer { lookSeconds = clock.now }
    do throws(SlurmCommands.Refusal) {
      if !live.isEmpty { try readQueue(now: now) }
      troubleSince = nil
      if failuresInRow >= Self.mostFailures { return lastFailure }
      if !isDraining { try submit(upTo: min(wanted, batches) - live.count) }
      return nil
    } catch {
      let since = troubleSince ?? now
      troubleSince = since
      if error.isTransient, now - since < Self.patienceSeconds { return nil }
      return error.description
    }
  }

  private static let mostFailures = 5
  /// How long the controller may be away, in seconds.
  private static let patienceSeconds = 600.0
  /// How long a task may be missing from the queue before it counts as gone, in seconds.
  private static let missingSeconds = 10.0

  private mutating func readQueue(now: Double) throws(SlurmCommands.Refusal) {
    queue = try commands.queue(name: name)
    for task in live {
      guard let entry = queue.entries[task] else {
        let since = missing[task] ?? now
        missing[task] = since
        if now - since >= Self.missingSeconds {
          close(task, .blameless("array task \(task) is no longer in the queue"))
        }
        continue
      }
      missing[task] = nil
      look(at: task, entry)
    }
  }

  private mutating func look(at task: String, _ entry: SlurmQueue.Entry) {
    let place = entry.node.isEmpty ? "" : " on \(entry.node)"
    switch entry.state {
    case .running: break
    case .pending: sayWhy(entry.reason)
    case .completed:
      // It gave its place back, or had nothing to do; a batch that it had is without a result.
      close(task, .failed("array task \(task)\(place) ended without a result\(tail(task))"))
    case .failed where entry.signal == 0 && entry.exitCode == Int(ArrayTask.storeExitCode):
      let sentence = "array task \(task)\(place) could not use the share \(storeTrouble(task))"
      close(task, .blameless(sentence), isFailure: true)
    case .failed:
      let how =
        entry.signal > 0
        ? "was killed by signal \(entry.signal)"
        : entry.exitCode > 0 ? "exited with \(entry.exitCode)" : "failed (\(entry.reason))"
      close(task, .failed("array task \(task)\(place) \(how)\(tail(task))"), isFailure: true)
    case .timedOut: close(task, .timedOut)
    case .outOfMemory:
      close(
        task,
        .failed("array task \(task)\(place) needed more memory than it may have; raise --mem"),
        isFailure: true)
    case .cancelled:
      close(task, .blameless("array task \(task) was cancelled"), isFailure: true)
    case .lost:
      commands.cancel([task])
      close(task, .blameless("array task \(task) was lost with its node (\(entry.stateCode))"))
    }
  }

  private mutating func close(_ task: String, _ end: End, isFailure: Bool = false) {
    live.remove(task)
    ends[task] = end
    guard isFailure, !useful.contains(task) else { return }
    failuresInRow += 1
    switch end {
    case .failed(let sentence), .blameless(let sentence):
      lastFailure = "\(failuresInRow) tasks ended before they took a batch; the last: \(sentence)"
    case .timedOut: break
    }
  }

  /// The last line that the task wrote.
  private func tail(_ task: String) -> String {
    guard let bytes = try? store.get(keys.log("\(task).log")) else { return "" }
    let text = unsafe bytes.withBytes { unsafe String(decoding: $0.suffix(2000), as: UTF8.self) }
    return text.split(separator: "\n").last.map { ": \($0.prefix(300))" } ?? ""
  }

  /// Where the share is, and what its worker said; a full share has no room for that either.
  private func storeTrouble(_ task: String) -> String {
    let said = tail(task)
    let cure = "; when it is full, free some space there and run the same command again"
    return commands.settings.share + (said.isEmpty ? cure : said)
  }

  /// Says once why tasks wait, when it is not just their turn that they wait for.
  private mutating func sayWhy(_ reason: String) {
    guard !["", "None", "Resources", "Priority", "Cleaning"].contains(reason),
      !reason.hasPrefix("JobArrayTaskLimit"), saidReasons.insert(reason).inserted
    else { return }
    notes.append("Slurm holds the array tasks back: \(reason)")
  }

  // MARK: - Submitting and cancelling

  private mutating func submit(upTo count: Int) throws(SlurmCommands.Refusal) {
    var left = count
    while left > 0 {
      let tasks = min(left, arrayLimit)
      let job = try commands.submit(
        script: script, name: name, tasks: tasks, logs: store.folder(keys.logs))
      jobs.withLock { $0.append(job) }
      // The process that goes on with the run after a sudden death cancels it.
      _ = try? store.put(ByteBuffer(), at: keys.job(job), ifAbsent: false)
      for index in 0..<tasks { live.insert("\(job)_\(index)") }
      left -= tasks
    }
  }

  mutating func cancelPending() { commands.cancel(jobs.value, pendingOnly: true) }

  mutating func cancelAll() {
    guard !live.isEmpty else { return }
    commands.cancel(jobs.value)
    live = []
  }
}
