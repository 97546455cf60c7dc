internal import Glibc

/// A run from its directory to its verdict: found, begun or continued, carried out, published.
package struct RunSession {
  let prepared: PreparedTask
  let identity: RunIdentity
  let target: OutputTarget
  let directory: RunDirectory
  let configuration: RunConfiguration
  let observer: any RunObserver
  let clock = MonotonicClock()

  package init(
    prepared: PreparedTask, identity: RunIdentity, target: OutputTarget, directory: RunDirectory,
    configuration: RunConfiguration, observer: any RunObserver
  ) {
    self.prepared = prepared
    self.identity = identity
    self.target = target
    self.directory = directory
    self.configuration = configuration
    self.observer = observer
  }

  /// What the directory says of the run.
  private enum Standing {
    /// Nothing usable is there; a sentence says what is replaced, if anything.
    case absent(replacing: String?)
    case unfinished
    /// All records are there; only the name is missing.
    case unpublished
    case finished
    case retry
  }

  /// Carries the run out, as far as it goes.
  ///
  /// - Throws: `TaskError` when the run must not be begun or continued; whatever stops a run that has
  ///   begun is an `ending` of the outcome.
  package func run() throws -> RunOutcome {
    Interrupts.ignoreBrokenPipes()
    let suspects = InFlightSlots.suspects(path: directory.file(.inFlight))
    if configuration.isFresh { directory.clear() }
    var ledger: RunLedger? = try openLedger()
    if let open = ledger {
      switch try standing(open) {
      case .finished: return try repeatVerdict(open)
      case .unpublished: return try finishPublishing(open)
      case .unfinished:
        let state = try LedgerState(
          running: open, total: prepared.source.count, order: prepared.source.dispatchOrder)
        return try carryOut(open, state, suspects: suspects)
      case .retry:
        let state = try LedgerState(
          retrying: open, total: prepared.source.count, order: prepared.source.dispatchOrder)
        return try carryOut(open, state, suspects: suspects)
      case .absent(nil): return try carryOut(open, begin(open), suspects: [])
      case .absent(let replaced?): observer.note(replaced)
      }
    }
    ledger = nil
    directory.clear()
    let anew = try openLedger()
    return try carryOut(anew, begin(anew), suspects: [])
  }

  // MARK: - Finding out where the run stands

  private func openLedger() throws -> RunLedger {
    do {
      return try RunLedger(path: directory.file(.ledger))
    } catch {
      guard error.isDamaged else { throw TaskError(.cannotRun, error.description) }
      throw TaskError(
        .cannotRun,
        "the ledger in \(directory.path) is damaged (\(error.message)); begin anew with --fresh")
    }
  }

  private func standing(_ ledger: RunLedger) throws -> Standing {
    guard let name = try ledger.value("state") else { return .absent(replacing: nil) }
    guard let state = RunLedger.State(rawValue: name) else {
      throw TaskError(
        .cannotRun,
        "\(directory.path) holds a run in a state that batchrun \(ProgramVersion.current) does not "
          + "know (\(name)); continue it with the program that began it, or begin anew with --fresh"
      )
    }
    let known = try ledger.identity()
    guard known == identity else {
      if state == .running || state == .publishing { throw refusal(of: known) }
      let differences = identity.differences(from: known)
      return .absent(replacing: "replacing the finished run, which differs in: \(differences)")
    }
    switch state {
    case .running: return try unfinished(ledger)
    case .publishing, .republishing: return .unpublished
    case .finished, .retrying: return try finished(ledger)
    }
  }

  private func refusal(of known: RunIdentity) -> TaskError {
    let differences = identity.differences(from: known)
    return TaskError(
      .cannotRun,
      "\(directory.path) holds an unfinished run that differs in: \(differences); "
        + "give the same options and input to continue it, or --fresh to begin anew")
  }

  private func unfinished(_ ledger: RunLedger) throws -> Standing {
    guard !configuration.retriesFailed else {
      throw TaskError(
        .cannotRun, "the run is not finished; run the same command without --retry-failed first")
    }
    if prepared.source.dispatchOrder != nil {
      try LedgerCheck.repairJournaled(
        ledger, directory: directory, prologue: prepared.prologue)
    } else {
      try LedgerCheck.repair(ledger, directory: directory, prologue: prepared.prologue)
    }
    return .unfinished
  }

  private func finished(_ ledger: RunLedger) throws -> Standing {
    if case .file(let path) = target, let change = try publishedChange(ledger, path) {
      return .absent(replacing: "\(change); computing it again")
    }
    guard configuration.retriesFailed, try !ledger.failureCounts().isEmpty else {
      return .finished
    }
    try LedgerCheck.repair(ledger, directory: directory, prologue: nil)
    try ledger.set("state", RunLedger.State.retrying.rawValue)
    return .retry
  }

  /// What happened to the finished output since it was published; nil when nothing did.
  private func publishedChange(_ ledger: RunLedger, _ path: String) throws -> String? {
    guard try ledger.value("published_as") == path else {
      return "the finished output had another name"
    }
    guard let mark = FileMark(path) else { return "the finished output \(path) is missing" }
    return try ledger.value("published_mark") == mark.text
      ? nil : "the finished output \(path) was changed"
  }

  private func begin(_ ledger: RunLedger) throws -> LedgerState {
    let total = prepared.source.count
    let prologue = ByteBuffer(prepared.prologue)
    let output = try DurableFile(path: directory.file(.output), role: "output", isForUser: true)
    try output.truncate(to: 0)
    unsafe try output.write(prologue.bytes, at: 0)
    let digest = unsafe Checksum.hexadecimal(of: prologue.bytes)
    try ledger.transaction("begin") {
      try ledger.setIdentity(identity)
      try ledger.set("run", identity.id.rawValue)
      try ledger.set("boot", LedgerCheck.bootID())
      try ledger.set("total", String(total))
      try ledger.set("prologue_bytes", String(prologue.count))
      try ledger.set("prologue_digest", digest)
      try ledger.set("state", RunLedger.State.running.rawValue)
    }
    return LedgerState(
      total: total, prologueBytes: prologue.count,
      isJournaled: prepared.source.dispatchOrder != nil)
  }

  // MARK: - Carrying out

  private func carryOut(
    _ ledger: RunLedger, _ state: LedgerState, suspects: [Range<Int>]
  ) throws -> RunOutcome {
    let mailbox = Mailbox<Coordinator.Message>()
    configuration.interrupts?.listen { mailbox.post(.interrupted($0)) }
    let observer = observer
    let log = EventLog(path: directory.file(.events)) { observer.event($0) }
    log.add(started(state))
    // Whoever asks for the status now shall know that the run has begun.
    log.flush()
    let sink: any ResultSink = state.isRetry ? NoSink() : makeSink(mailbox)
    defer { sink.abandon() }
    sink.advance(to: state.outputEnd)
    let coordinator = try makeCoordinator(ledger, state, suspects, mailbox, sink, log)
    let ending = coordinator.run()
    var outcome = RunOutcome(
      ending: ending, tally: coordinator.finalTally, batches: coordinator.batches,
      runDirectory: directory.path)
    DirectoryEntry.remove(directory.file(.inFlight))
    if ending == .complete {
      outcome = try publish(ledger, outcome, sink: sink, isRetry: state.isRetry)
      if case .interrupted(let signal) = outcome.ending { log.add(.interrupted(signal)) }
    }
    log.add(finished(outcome))
    return outcome
  }

  private func makeCoordinator(
    _ ledger: RunLedger, _ state: LedgerState, _ suspects: [Range<Int>],
    _ mailbox: Mailbox<Coordinator.Message>, _ sink: any ResultSink, _ log: EventLog
  ) throws -> Coordinator {
    let buffers = PartBuffers(workers: configuration.workers)
    let executors = try makeExecutors(
      ExecutorContext(
        run: identity.id, task: prepared, clock: clock, buffers: buffers,
        report: { mailbox.post(.executor($0), wakes: $0.isPressing) }))
    let writer = try CommitWriter(
      directory: directory, ledger: ledger, resuming: state, buffers: buffers, clock: clock,
      report: { mailbox.post(.writer($0)) })
    return Coordinator(
      prepared: prepared, configuration: configuration, state: state, suspects: suspects,
      clock: clock, mailbox: mailbox, executors: executors, writer: writer, buffers: buffers,
      sink: sink, log: log, observer: observer)
  }

  /// The places where the batches go.
  private func makeExecutors(_ context: ExecutorContext) throws -> [any Executor] {
    if let make = configuration.makeExecutors { return try make(context) }
    let executors = try configuration.places.map { try makeExecutor(at: $0, context) }
    configuration.interrupts?.beforeForcedExit { for executor in executors { executor.abandon() } }
    return executors
  }

  private func makeExecutor(
    at place: Place, _ context: ExecutorContext
  ) throws -> any Executor {
    switch place {
    case .local:
      try LocalExecutor(
        .init(
          workers: configuration.workers, workerCommand: configuration.workerCommand,
          inFlightPath: directory.file(.inFlight)), context)
    case .lambda(let settings): try LambdaExecutor(settings, context)
    case .slurm(let settings): try SlurmExecutor(settings, context)
    }
  }

  func makeSink(_ mailbox: Mailbox<Coordinator.Message>) -> any ResultSink {
    switch (target, prepared.assembly) {
    case (.file, let assembly?): makeSink(assembly)
    case (.file(let path), nil): FileSink(path: path)
    case (.stream(let descriptor, let name), _):
      StreamSink(
        descriptor: descriptor, name: name, spool: directory.file(.output),
        onFailure: { mailbox.post(.streamFailed($0)) })
    }
  }

  func makeSink(_ assembly: OutputAssembly) -> AssemblySink {
    let observer = observer
    return AssemblySink(
      assembly, records: directory.file(.output), draft: directory.file(.assembled),
      reserveBytes: configuration.recordReserveBytes, note: { observer.note($0) })
  }

  private func started(_ state: LedgerState) -> RunEvent {
    RunEvent(
      .runStarted,
      [
        ("run", .string(identity.id.rawValue)), ("task", .string(prepared.name.rawValue)),
        ("version", .string(ProgramVersion.current)), ("items", .integer(state.total)),
        ("done", .integer(state.total - state.remainingCount)),
        ("retry", .bool(state.isRetry)), ("workers", .integer(configuration.workers)),
        ("places", .array(configuration.places.map { .string($0.name) })),
        ("host", .string(hostName())), ("process", .integer(Int(getpid()))),
        (
          "identity",
          .object(identity.fields.map { JSONValue.Field($0.name, .string($0.value)) })
        ),
      ])
  }

  private func finished(_ outcome: RunOutcome) -> RunEvent {
    var fields: [(String, JSONValue)] = [
      ("exit", .integer(Int(outcome.exitCode))), ("items", .integer(outcome.tally.done)),
      ("failures", .counts(outcome.tally.failuresByCode)),
      ("seconds", .seconds(outcome.tally.elapsedSeconds)), ("batches", .integer(outcome.batches)),
      ("output_bytes", .integer(outcome.tally.outputBytes)),
      ("output", JSONValue(outcome.outputPath)),
    ]
    if !prepared.marks.isEmpty {
      let counts = zip(prepared.marks, outcome.tally.marks).map { ($0.name, $1) }
      fields.append(("marks", .counts(Dictionary(counts, uniquingKeysWith: +))))
    }
    if outcome.tally.copies > 0 {
      fields.append(("copies", .integer(outcome.tally.copies)))
      fields.append(("copies_won", .integer(outcome.tally.copiesWon)))
    }
    if case .stopped(let sentence) = outcome.ending {
      fields.append(("message", .string(sentence)))
    }
    return RunEvent(.runFinished, fields)
  }
}
