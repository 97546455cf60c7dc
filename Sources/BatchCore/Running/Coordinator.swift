/// Carries one plan out: hands batches to executors, results to the writer, and knows when to stop.
///
/// One thread owns it; executors, writer, sink and signals reach it through its mailbox.
final class Coordinator {
  /// What the coordinator hears.
  enum Message: Sendable {
    case executor(ExecutorEvent)
    case writer(CommitWriter.Report)
    case streamFailed(String)
    case interrupted(Int32)
  }

  struct Flight {
    var order: BatchOrder
    /// The number of the site where it is.
    var site: Int
    /// The batch as the dispatcher knows it; nil for suspects.
    var planned: BatchIndex?
    /// Another attempt at the same items that is out.
    var rival: BatchIndex?
    /// Whether that was faster; this one counts no more.
    var hasLost = false
    /// When a worker began with it.
    var beganSeconds: Double?
    /// How many copies of the batch were made.
    var copies = 0
    /// The items that were not handed over yet, where workers are remote.
    var left: ItemSet

    init(order: BatchOrder, site: Int, planned: BatchIndex?, rival: BatchIndex? = nil) {
      self.order = order
      self.site = site
      self.planned = planned
      self.rival = rival
      left = ItemSet([order.assignment.items])
    }
  }

  let prepared: PreparedTask
  let configuration: RunConfiguration
  let clock: MonotonicClock
  private let mailbox: Mailbox<Message>
  /// Where batches go; several when one run uses more than one kind of workers.
  var sites: [Site]
  private let writer: CommitWriter
  let buffers: PartBuffers
  private let sink: any ResultSink
  let log: EventLog
  private let observer: any RunObserver

  var dispatcher: Dispatcher
  var suspects: SuspectQueue
  var retries = RetryQueue()
  var flights: [BatchIndex: Flight] = [:]
  var batchCount = 0
  private(set) var ending: RunOutcome.Ending?
  var tally: RunTally
  private var lastProgress = -1.0
  private var failuresSeen: Int
  /// Workers lost since something was finished.
  var lossesInRow = 0
  /// Batches that are over and whose results are not yet known to be committed, with how many parts
  /// had been handed to the writer then.
  private var uncommitted: [(batch: BatchIndex, site: Int, parts: Int)] = []
  private var partsSubmitted = 0
  var spending: Spending
  /// How long items take by their work.
  var pace = WorkPace()
  /// Batches that have come back and counted.
  private(set) var batchesDone = 0
  var lastLookForSlow = 0.0
  /// What batches leave to those after them, where they run in other processes.
  var laneStates: LaneStates?

  init(
    prepared: PreparedTask, configuration: RunConfiguration, state: LedgerState,
    suspects: [Range<Int>], clock: MonotonicClock, mailbox: Mailbox<Message>,
    executors: [any Executor], writer: CommitWriter, buffers: PartBuffers, sink: any ResultSink,
    log: EventLog, observer: any RunObserver
  ) {
    self.prepared = prepared
    self.configuration = configuration
    self.clock = clock
    self.mailbox = mailbox
    sites = executors.map { Site($0) }
    self.writer = writer
    self.buffers = buffers
    self.sink = sink
    self.log = log
    self.observer = observer
    var remaining = ItemSet(state.remaining)
    let results = executors.flatMap(\.leftovers).compactMap { part -> Part? in
      // A passing failure is worth another attempt, which is what this process is there for.
      guard part.itemSet.isSubset(of: remaining),
        !part.failures.contains(where: { $0.failure.isTransient })
      else { return nil }
      remaining.remove(part.itemSet)
      return prepared.source.dispatchOrder.map { part.translated(by: $0) } ?? part
    }
    var queue = SuspectQueue()
    var usual = remaining
    for range in suspects {
      for known in usual.parts(of: range) {
        queue.add(known)
        usual.remove(known)
      }
    }
    self.suspects = queue
    let isRemote = executors.contains { $0.isRemote }
    let limits = executors.map { executor in
      var limits = executor.limits
      limits.workers = executors.reduce(0) { $0 + $1.limits.workers }
      if executor.isRemote { limits.keepOverhead(below: configuration.mostOverheadShare) }
      return limits
    }
    let models = executors.map { Self.model(of: $0, prepared, configuration) }
    let lanes = prepared.source.dispatchOrder.map {
      WaitingItems.Lanes($0, batchesPerLane: isRemote ? 1 : nil)
    }
    dispatcher = Dispatcher(
      remaining: usual.ranges, model: models[0], limits: limits[0],
      batchSize: configuration.batchSize, lanes: lanes)
    if isRemote { laneStates = lanes.map { LaneStates($0) } }
    for site in executors.indices.dropFirst() { dispatcher.add(limits[site], models[site]) }
    spending = Spending(
      price: executors.lazy.compactMap(\.limits.price).first, most: configuration.mostDollars)
    tally = RunTally()
    tally.total = state.total
    tally.done = state.total - state.remainingCount
    tally.resumed = tally.done
    tally.failuresByCode = state.failuresByCode
    failuresSeen = tally.failed
    tally.outputBytes = state.outputEnd
    tally.marks = state.marks
    tally.dollars = spending.dollars
    for part in results {
      buffers.charge(part)
      submit(CommitWriter.Submission(part: part, attempts: 1, host: ""))
    }
  }

  /// Runs until every item is done or the run has to stop, and ends executor and writer.
  func run() -> RunOutcome.Ending {
    var messages: [Message] = []
    checkBudget()
    while !isOver {
      fill()
      copySlowBatches()
      if isOver { break }
      mailbox.receive(into: &messages, waiting: secondsUntilNextThing)
      for message in messages { take(message) }
      tellProgress()
    }
    let isWritten = writer.finish()
    for site in sites { site.executor.shutDown(isCommitted: isWritten) }
    mailbox.receive(into: &messages, waiting: 0)
    for message in messages { take(message) }
    if !isWritten, ending == nil { ending = .stopped("the results could not be written") }
    tellProgress(always: true)
    keepTimes()
    // An interrupt that came when all was done has nothing left to stop.
    if case .interrupted = ending, isWritten, tally.done == tally.total { ending = nil }
    return ending ?? .complete
  }

  /// What is known of an executor before the run has measured anything.
  private static func model(
    of executor: any Executor, _ prepared: PreparedTask, _ configuration: RunConfiguration
  ) -> CostModel {
    var model = executor.model
    if executor.isRemote, let folder = configuration.earlierTimes {
      EarlierTimes(folder: folder, place: executor.name, task: prepared.name)
        .apply(to: &model, options: EarlierTimes.options(of: prepared))
    }
    return model
  }

  /// Leaves what was measured to later runs.
  private func keepTimes() {
    guard let folder = configuration.earlierTimes else { return }
    for site in sites.indices where sites[site].executor.isRemote {
      dispatcher.enter(site)
      let name = sites[site].executor.name
      var times = EarlierTimes(folder: folder, place: name, task: prepared.name)
      let before = times
      times.note(dispatcher.model, options: EarlierTimes.options(of: prepared))
      if times != before { times.write(folder: folder, place: name, task: prepared.name) }
    }
  }

  var finalTally: RunTally { tally }
  var batches: Int { batchCount }

  private var isOver: Bool {
    guard flights.isEmpty else { return false }
    return ending != nil || (dispatcher.isDone && suspects.isEmpty && retries.isEmpty)
  }

  func stop(_ reason: RunOutcome.Ending) {
    guard ending == nil else { return }
    ending = reason
    for site in sites { site.executor.drain() }
  }

  private var secondsUntilNextThing: Double {
    min(0.1, retries.secondsUntilNext(now: clock.now) ?? 0.1)
  }

  // MARK: - Listening

  private func take(_ message: Message) {
    switch message {
    case .executor(.part(let batch, let part, let host, isLast: _)):
      take(part, of: batch, host: host)
    case .executor(.finished(let result)): take(result)
    case .executor(.began(let batch)): flights[batch]?.beganSeconds = clock.now
    case .executor(.billed(let seconds, let requests)):
      spending.charge(seconds: seconds, requests: requests)
      tally.dollars = spending.dollars
    case .executor(.note(let sentence)): observer.note(sentence)
    case .executor(.failed(let sentence)): stop(.stopped(sentence))
    case .writer(.committed(let progress)): take(progress)
    case .writer(.dropped): break
    case .writer(.failed(let sentence)): stop(.stopped(sentence))
    case .streamFailed(let sentence): stop(.stopped(sentence))
    case .interrupted(let signal):
      log.add(.interrupted(signal))
      stop(.interrupted(signal: signal))
    }
  }

  private func take(_ part: Part, of batch: BatchIndex, host: String) {
    guard let flight = flights[batch], !flight.hasLost else { return buffers.giveBack(part) }
    if sites[flight.site].executor.isRemote { flights[batch]?.left.remove(part.itemSet) }
    let first = part.items.lowerBound
    if let failed = part.failures.first, failed.failure.isTransient, part.itemCount == 1,
      let retry = retries.failed(
        first, unit: prepared.source.unitStart(of: first), policy: configuration.retry,
        now: clock.now)
    {
      log.add(.retry(failed.failure, attempt: retry.attempt, wait: retry.wait))
      return buffers.giveBack(part)
    }
    if let failed = part.failures.first(where: { !tolerates($0.failure) }) {
      buffers.giveBack(part)
      return stop(.stopped(failed.failure.message))
    }
    lossesInRow = 0
    failuresSeen += part.failures.count
    checkBudget()
    let attempts = part.itemCount == 1 ? max(1, retries.attempts(of: first)) : 1
    let translated = prepared.source.dispatchOrder.map { part.translated(by: $0) } ?? part
    submit(CommitWriter.Submission(part: translated, attempts: attempts, host: host))
  }

  func submit(_ submission: CommitWriter.Submission) {
    partsSubmitted += 1
    writer.submit(submission)
  }

  private func take(_ result: BatchResult) {
    guard let flight = flights.removeValue(forKey: result.batch) else { return }
    log.add(.batch(result, flight.order, place: sites[flight.site].executor.name))
    sites[flight.site].out -= 1
    if sites[flight.site].executor.isRemote {
      uncommitted.append((result.batch, flight.site, partsSubmitted))
    }
    if let state = result.laneState { laneStates?[result.items] = state }
    if result.laneWaitSeconds > 0 {
      dispatcher.holdLane(of: result.items, until: clock.now + result.laneWaitSeconds)
    }
    guard countsAfterRace(result, flight) else { return }
    batchesDone += 1
    dispatcher.enter(flight.site)
    notePace(result, flight.site)
    if let planned = flight.planned {
      takePlanned(result, planned)
    } else {
      dispatcher.cameBack(result.items)
      takeIsolated(result, sites[flight.site].limits)
    }
  }

  private func take(_ progress: CommitWriter.Progress) {
    tally.done = progress.itemsDone
    tally.failuresByCode = progress.failuresByCode
    tally.outputBytes = progress.outputEnd
    tally.marks = progress.marks
    sink.advance(to: progress.outputEnd)
    let safe = uncommitted.prefix { $0.parts <= progress.partsTaken }
    if !safe.isEmpty {
      for site in sites.indices where sites[site].executor.isRemote {
        sites[site].executor.committed(safe.filter { $0.site == site }.map(\.batch))
      }
      uncommitted.removeFirst(safe.count)
    }
    log.add(.committed(progress))
    log.flush()
  }

  /// Stops the run when more items have failed than may, those of earlier processes included.
  private func checkBudget() {
    guard let budget = configuration.failureBudget, failuresSeen > budget.limit(of: tally.total)
    else { return }
    stop(.budgetPassed)
  }

  private func tellProgress(always: Bool = false) {
    let now = clock.now
    guard always || now - lastProgress >= 0.1 else { return }
    lastProgress = now
    tally.elapsedSeconds = now
    tally.isolated = flights.values.reduce(0) { count, flight in
      count + (flight.planned == nil ? flight.order.assignment.items.count : 0)
    }
    tally.timeLeft = dispatcher.estimatedSecondsLeft(now: now).map {
      RunProgress.TimeLeft(
        expectedSeconds: $0.seconds, lowSeconds: $0.lowSeconds, highSeconds: $0.highSeconds)
    }
    observer.progress(tally)
  }
}
