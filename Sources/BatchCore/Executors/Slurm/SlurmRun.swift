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

  private let commands: SlurmCommands
  private let clock: MonotonicClock
  private let report: @Sendable (ExecutorEvent) -> Void
  private var batches: RemoteBatches
  private var tasks: ArrayTasks
  /// When the task of a batch was first seen to have ended.
  private var goneSeconds: [BatchIndex: Double] = [:]
  private var isDraining = false
  private var hasFailed = false
  private var lastWatch = -1.0
  private var lastPollSeconds = 0.0
  private var troubleSince: Double?

  /// Puts the program and the task into the share.
  init(
    commands: SlurmCommands, tasks: Int, _ context: ExecutorContext
  ) throws(BlobFailure) {
    let directory = try DirectoryStore(settings: commands.settings)
    self.commands = commands
    clock = context.clock
    report = context.report
    batches = try RemoteBatches(store: directory, context)
    let script = try WorkerScript(store: directory, keys: batches.keys, settings: commands.settings)
    self.tasks = ArrayTasks(
      commands: commands, wanted: tasks, name: "batchrun-\(context.run.short)-\(ProcessID.own)",
      script: script.text, store: directory, keys: batches.keys)
    // Slurm writes logs into a folder only when it is there.
    let about: any BlobStore = directory
    try about.put(ByteBuffer(), at: batches.keys.log("about"), ifAbsent: false)
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
      let began = clock.now
      attempt { run throws(BlobFailure) in try run.look() }
      lastPollSeconds = clock.now - began
    }
  }

  /// Looking takes a tenth of the time at most.
  private var pauseSeconds: Double { min(2, max(0.1, 10 * lastPollSeconds)) }

  /// A store that does not answer is tried for a while; then the run stops, to be continued.
  private mutating func attempt(_ body: (inout SlurmRun) throws(BlobFailure) -> Void) {
    let began = clock.now
    do throws(BlobFailure) {
      try body(&self)
      troubleSince = nil
    } catch {
      let since = troubleSince ?? began
      troubleSince = since
      guard !error.isTransient || clock.now - since > Self.storePatienceSeconds else { return }
      fail("--share \(commands.settings.share): \(error)")
    }
  }

  private static let storePatienceSeconds = 120.0

  private mutating func fail(_ sentence: String) {
    guard !hasFailed else { return }
    hasFailed = true
    report(.failed(sentence))
    batches.endAll(.lost("the run was stopped"))
  }

  private mutating func take(_ message: Message) throws(BlobFailure) {
    switch message {
    case .run(let order):
      guard !hasFailed, !isDraining else {
        return batches.refuse(order, .lost("the run was stopped"))
      }
      _ = try batches.hand(order)
    case .committed(let over): try batches.forget(over)
    case .drain:
      isDraining = true
      // First what needs no share, which may not answer just now.
      tasks.cancelPending()
      try batches.putStop()
    case .end: break
    }
  }

  // MARK: - Looking

  private mutating func look() throws(BlobFailure) {
    if try !batches.collect().isEmpty { tasks.hasWorked() }
    guard !hasFailed else { return }
    for batch in try batches.findClaims() {
      if let claim = batches.open[batch]?.claim { tasks.hasClaimed(claim.worker) }
    }
    if isDraining { endUnclaimed() }
    guard clock.now - lastWatch >= tasks.pauseSeconds else { return }
    lastWatch = clock.now
    watch()
  }

  /// What no worker has taken is not waited for when the run is to stop.
  private mutating func endUnclaimed() {
    for (batch, known) in batches.open where known.claim == nil {
      batches.end(batch, .lost("the run was stopped"))
    }
  }

  private mutating func watch() {
    let trouble = tasks.look(
      now: clock.now, batches: batches.open.count, isDraining: isDraining)
    if let trouble { return fail("--on slurm: \(trouble)") }
    for sentence in tasks.takeNotes() { report(.note(sentence)) }
    for (batch, known) in batches.open {
      guard let claim = known.claim, let end = tasks.ending(of: claim.worker) else { continue }
      guard let gone = goneSeconds[batch] else {
        goneSeconds[batch] = clock.now
        continue
      }
      // The last results may still be on their way through the file server.
      guard clock.now - gone >= Self.graceSeconds else { continue }
      goneSeconds[batch] = nil
      // What the other attempt has left is read now, before it can be taken for dead as well.
      if let rival = known.race?.rival { goneSeconds[rival] = nil }
      batches.end(batch, ending(end, of: known))
    }
  }

  private static let graceSeconds = 2.0

  private func ending(
    _ end: ArrayTasks.End, of known: RemoteBatches.Open
  ) -> BatchResult.Ending {
    switch end {
    case .blameless(let sentence): .lost(sentence)
    case .failed(let sentence): .died(sentence)
    case .timedOut: .exceeded(known.unfinished.bounds)
    }
  }

  // MARK: - The end

  private mutating func close(_ isCommitted: Bool) {
    try? batches.putStop()
    tasks.cancelAll()
    // What was not committed is taken over by the process that goes on with the run.
    guard isCommitted, !hasFailed else { return }
    try? batches.removeAll()
  }
}
