/// The coordinator's side of a run on Slurm: batches into the shared directory, results out of it, and
/// an eye on the tasks that take them.
struct SlurmRun: RemoteRun {
  var state: RemoteState
  private let commands: SlurmCommands
  private var tasks: ArrayTasks
  /// When the task of a batch was first seen to have ended.
  private var goneSeconds: [BatchIndex: Double] = [:]
  private var lastWatch = -1.0
  private var lastLookSeconds = 0.0

  /// Puts the program and the task into the share.
  init(
    commands: SlurmCommands, tasks: Int, _ context: ExecutorContext
  ) throws(BlobFailure) {
    let directory = try DirectoryStore(settings: commands.settings)
    self.commands = commands
    state = try RemoteState(store: directory, context)
    let script = try WorkerScript(
      store: directory, keys: state.batches.keys, settings: commands.settings)
    self.tasks = ArrayTasks(
      commands: commands, wanted: tasks, name: "batchrun-\(context.run.short)-\(ProcessID.own)",
      script: script.text, store: directory, keys: state.batches.keys)
    // Slurm writes logs into a folder only when it is there.
    let about: any BlobStore = directory
    try about.put(ByteBuffer(), at: state.batches.keys.log("about"), ifAbsent: false)
  }

  /// The numbers of the jobs that were submitted.
  var jobs: Shared<[String]> { tasks.jobs }

  var storeOption: String { "--share \(commands.settings.share)" }

  /// Looking takes a tenth of the time at most.
  var pauseSeconds: Double { min(2, max(0.1, 10 * lastLookSeconds)) }

  mutating func added(_ batch: BatchIndex) {}

  mutating func take(_ news: Never) {}

  mutating func drain() { tasks.cancelPending() }

  // MARK: - Looking

  mutating func look() throws(BlobFailure) {
    let began = clock.now
    defer { lastLookSeconds = clock.now - began }
    if try !state.batches.collect().isEmpty { tasks.hasWorked() }
    guard !state.hasFailed else { return }
    for batch in try state.batches.findClaims() {
      if let claim = state.batches.open[batch]?.claim { tasks.hasClaimed(claim.worker) }
    }
    if state.isDraining { endUnclaimed() }
    guard clock.now - lastWatch >= tasks.pauseSeconds else { return }
    lastWatch = clock.now
    watch()
  }

  /// What no worker has taken is not waited for when the run is to stop.
  private mutating func endUnclaimed() {
    for (batch, known) in state.batches.open where known.claim == nil {
      state.batches.end(batch, .lost("the run was stopped"))
    }
  }

  private mutating func watch() {
    let trouble = tasks.look(
      now: clock.now, batches: state.batches.open.count, isDraining: state.isDraining)
    if let trouble { return fail("--on slurm: \(trouble)") }
    for sentence in tasks.takeNotes() { report(.note(sentence)) }
    for (batch, known) in state.batches.open {
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
      state.batches.end(batch, ending(end, of: known))
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

  mutating func endWorkers() { tasks.cancelAll() }
}
