internal import Glibc

/// The coordinator's side of a run on Slurm: batches into the shared directory, results out of it, and
/// an eye on the tasks that take them.
///
/// Used by one thread.
struct SlurmRun {
  enum Message: Sendable {
    case run(BatchOrder)
    case committed([BatchIndex])
    case drain
    /// - isCommitted: Whether all that was reported is safe.
    case end(isCommitted: Bool)
  }

  /// A batch that is not over.
  private struct Open {
    var items: Range<Int>
    var queuedSeconds: Double
    var unfinished: ItemSet
    /// The task that has it, and since when that is known.
    var claim: (task: String, host: String, seconds: Double)?
    /// When its task was first seen to have ended.
    var goneSeconds: Double?
  }

  private let store: any BlobStore
  private let keys: SessionKeys
  private let commands: SlurmCommands
  private let context: SlurmExecutor.Context
  private var staged: StagedInputs
  private var inbox: ResultInbox
  private var tasks: ArrayTasks
  private var open: [BatchIndex: Open] = [:]
  private var isDraining = false
  private var hasFailed = false
  private var lastWatch = -1.0
  private var lastPollSeconds = 0.0
  private var troubleSince: Double?

  /// Puts the program and the task into the share, and clears away what an earlier process of the run
  /// has left there.
  init(commands: SlurmCommands, tasks: Int, _ context: SlurmExecutor.Context) throws(BlobFailure) {
    let directory = try DirectoryStore(settings: commands.settings)
    store = directory
    keys = SessionKeys(
      run: context.run, name: String(RunEvent.now(), radix: 36) + "-\(getpid())")
    self.commands = commands
    self.context = context
    staged = StagedInputs(store: store, source: context.task.source)
    inbox = ResultInbox(store: store, keys: keys)
    let script = try WorkerScript(store: directory, keys: keys, settings: commands.settings)
    self.tasks = ArrayTasks(
      commands: commands, wanted: tasks, name: "batchrun-\(context.run.short)-\(getpid())",
      script: script.text, store: directory, keys: keys)
    try store.put(
      StoredTask(name: context.task.name, message: context.task.workerMessage).bytes, at: keys.task,
      ifAbsent: false)
    // Slurm writes logs into a folder only when it is there.
    try store.put(ByteBuffer(), at: keys.log("about"), ifAbsent: false)
  }

  /// The numbers of the jobs that were submitted.
  var jobs: Shared<[String]> { tasks.jobs }

  // MARK: - The loop

  mutating func follow(_ mailbox: Mailbox<Message>) {
    var messages: [Message] = []
    while true {
      mailbox.receive(into: &messages, waiting: pauseSeconds)
      for message in messages {
        if case .end(let isCommitted) = message { return close(isCommitted) }
        attempt { run throws(BlobFailure) in try run.take(message) }
      }
      let began = context.clock.now
      attempt { run throws(BlobFailure) in try run.look() }
      lastPollSeconds = context.clock.now - began
    }
  }

  /// Looking takes a tenth of the time at most.
  private var pauseSeconds: Double { min(2, max(0.1, 10 * lastPollSeconds)) }

  /// A store that does not answer is tried for a while; then the run stops, to be continued.
  private mutating func attempt(_ body: (inout SlurmRun) throws(BlobFailure) -> Void) {
    do throws(BlobFailure) {
      try body(&self)
      troubleSince = nil
    } catch {
      let since = troubleSince ?? context.clock.now
      troubleSince = since
      guard !error.isTransient || context.clock.now - since > Self.storePatienceSeconds else {
        return
      }
      fail("--share \(commands.settings.share): \(error)")
    }
  }

  private static let storePatienceSeconds = 120.0

  private mutating func fail(_ sentence: String) {
    guard !hasFailed else { return }
    hasFailed = true
    context.report(.failed(sentence))
    giveUpAll("the run was stopped")
  }

  // MARK: - Batches

  private mutating func take(_ message: Message) throws(BlobFailure) {
    switch message {
    case .run(let order): try hand(order)
    case .committed(let batches): try inbox.forget(batches)
    case .drain:
      isDraining = true
      try store.put(ByteBuffer(), at: keys.stop, ifAbsent: false)
      tasks.cancelPending()
    case .end: break
    }
  }

  private mutating func hand(_ order: BatchOrder) throws(BlobFailure) {
    let batch = order.assignment.batch
    open[batch] = Open(
      items: order.input.items, queuedSeconds: order.queuedSeconds,
      unfinished: ItemSet([order.input.items]))
    guard !hasFailed, !isDraining else { return end(batch, .lost("the run was stopped")) }
    do {
      try store.put(staged.stored(order).bytes, at: keys.batch(batch), ifAbsent: false)
    } catch let error as BlobFailure {
      end(batch, .lost("it could not be handed out"))
      throw error
    } catch {
      end(batch, .stopped("\(error)"))
    }
  }

  // MARK: - Looking

  private mutating func look() throws(BlobFailure) {
    try collect()
    guard !hasFailed else { return }
    if open.values.contains(where: { $0.claim == nil }) { try findClaims() }
    if isDraining { endUnclaimed() }
    guard context.clock.now - lastWatch >= tasks.pauseSeconds else { return }
    lastWatch = context.clock.now
    watch()
  }

  private mutating func collect() throws(BlobFailure) {
    var replies: [(BatchIndex, WorkerReply)] = []
    defer { for (batch, reply) in replies { take(reply, of: batch) } }
    try inbox.collect { replies.append(($0, $1)) }
  }

  private mutating func take(_ reply: WorkerReply, of batch: BatchIndex) {
    guard let known = open[batch] else { return }
    switch reply {
    case .part(let part):
      let done = part.itemSet
      guard !done.isEmpty, done.isSubset(of: known.unfinished) else {
        return end(batch, .died("its results are not those of its items"))
      }
      open[batch]?.unfinished.remove(done)
      context.buffers.charge(part)
      context.report(.part(batch, part, host: known.claim?.host ?? "", isLast: false))
    case .end(let result, _):
      guard result.unfinished == known.unfinished else {
        return end(batch, .died("its results are not those of its items"))
      }
      tasks.hasWorked()
      end(batch, result.ending, result)
    case .refused(let sentence): end(batch, .stopped(sentence))
    }
  }

  /// Reports that a batch is over.
  ///
  /// - Parameter told: What its worker said, with times that count from when it began.
  private mutating func end(
    _ batch: BatchIndex, _ ending: BatchResult.Ending, _ told: BatchResult? = nil
  ) {
    guard let known = open.removeValue(forKey: batch) else { return }
    let now = context.clock.now
    var timings = WorkerTimings(
      queued: known.queuedSeconds, done: now, host: known.claim?.host ?? "")
    // The machines' clocks need not agree: what the worker tells is how long each stage took.
    timings.started = max(known.queuedSeconds, now - (told?.timings.done ?? 0))
    timings.setUp = timings.started + (told?.timings.setUp ?? 0)
    if let told { (timings.host, timings.isCold) = (told.timings.host, told.timings.isCold) }
    context.report(
      .finished(
        BatchResult(
          batch: batch, items: known.items, unfinished: known.unfinished, ending: ending,
          timings: timings, times: told?.times ?? ItemTimes())))
  }

  private mutating func findClaims() throws(BlobFailure) {
    var found: [(BatchIndex, BlobKey)] = []
    try store.forEach(keys.claims) { entry in
      guard let batch = keys.batch(of: entry.key), let known = open[batch], known.claim == nil
      else { return }
      found.append((batch, entry.key))
    }
    for (batch, key) in found {
      guard let bytes = try store.get(key) else { continue }
      let words = unsafe bytes.withBytes { unsafe String(decoding: $0, as: UTF8.self) }
        .split(whereSeparator: { " \n".contains($0) })
      guard words.count == 2 else { continue }
      let now = context.clock.now
      open[batch]?.claim = (String(words[0]), String(words[1]), now)
      tasks.hasClaimed(String(words[0]))
    }
  }

  /// What no worker has taken is not waited for when the run is to stop.
  private mutating func endUnclaimed() {
    for (batch, known) in open where known.claim == nil {
      // One that is claimed at this very moment is given up too; its results count when it goes on.
      end(batch, .lost("the run was stopped"))
    }
  }

  private mutating func giveUpAll(_ sentence: String) {
    for batch in open.keys { end(batch, .lost(sentence)) }
  }

  // MARK: - Tasks

  private mutating func watch() {
    if let trouble = tasks.look(now: context.clock.now, batches: open.count, isDraining: isDraining) {
      return fail("--on slurm: \(trouble)")
    }
    for sentence in tasks.takeNotes() { context.report(.note(sentence)) }
    let now = context.clock.now
    for (batch, known) in open {
      guard let claim = known.claim, let end = tasks.ending(of: claim.task)
      else { continue }
      guard let gone = known.goneSeconds else {
        open[batch]?.goneSeconds = now
        continue
      }
      // The last results may still be on their way through the file server.
      guard now - gone >= Self.graceSeconds else { continue }
      self.end(batch, ending(end, of: known))
    }
  }

  private static let graceSeconds = 2.0

  private func ending(_ end: ArrayTasks.End, of known: Open) -> BatchResult.Ending {
    switch end {
    case .blameless(let sentence): .lost(sentence)
    case .failed(let sentence): .died(sentence)
    case .timedOut: .exceeded(known.unfinished.bounds)
    }
  }

  // MARK: - The end

  private mutating func close(_ isCommitted: Bool) {
    _ = try? store.put(ByteBuffer(), at: keys.stop, ifAbsent: false)
    tasks.cancelAll()
    // What was not committed is taken over by the process that goes on with the run.
    guard isCommitted, !hasFailed else { return }
    try? store.deleteAll(BlobKeys.run(context.run))
    try? store.delete(staged.added)
  }
}
