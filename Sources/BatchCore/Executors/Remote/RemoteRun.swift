/// What the thread is told that follows a run with remote workers.
enum RemoteMessage<News: Sendable>: Sendable {
  case run(BatchOrder)
  case committed([BatchIndex])
  /// Something that only workers of this kind have to tell.
  case news(News)
  case drain
  /// - isCommitted: Whether all that was reported is safe.
  case end(isCommitted: Bool)
}

/// The coordinator's side of a run with remote workers: batches into the store, results out of it, and
/// an eye on whoever takes them.
///
/// Used by one thread. What kinds of workers have in common is here; how they are started and watched
/// is each one's own.
protocol RemoteRun: SendableMetatype {
  associatedtype News: Sendable

  var state: RemoteState { get set }

  /// The option that says where the store is, for messages.
  var storeOption: String { get }

  /// How long to wait for messages before the next look, in seconds.
  var pauseSeconds: Double { get }

  /// A batch has come into the store.
  mutating func added(_ batch: BatchIndex)

  mutating func take(_ news: News) throws(BlobFailure)

  /// Looks for results and at the workers; also after the run has failed.
  mutating func look() throws(BlobFailure)

  /// Ends what no worker has begun, as far as no store is needed for that.
  mutating func drain()

  /// Wants nothing of the workers any more: the run has failed.
  mutating func giveUp()

  /// Ends the workers.
  mutating func endWorkers()
}

/// What is known of a run with remote workers, of whatever kind they are.
struct RemoteState {
  let clock: MonotonicClock
  let report: @Sendable (ExecutorEvent) -> Void
  var batches: RemoteBatches
  var isDraining = false
  var hasFailed = false
  var trouble = StoreTrouble(.current)

  init(store: any BlobStore, _ context: ExecutorContext) throws(BlobFailure) {
    clock = context.clock
    report = context.report
    batches = try RemoteBatches(store: store, context)
  }
}

extension RemoteRun {
  mutating func giveUp() {}

  var clock: MonotonicClock { state.clock }

  func report(_ event: ExecutorEvent) { state.report(event) }

  // MARK: - The loop

  /// Follows the run until it is told that the end has come.
  mutating func follow(_ mailbox: Mailbox<RemoteMessage<News>>) {
    var messages: [RemoteMessage<News>] = []
    while true {
      mailbox.receive(into: &messages, waiting: pauseSeconds)
      for message in messages {
        if case .end(let isCommitted) = message { return close(isCommitted) }
        attempt { run throws(BlobFailure) in try run.take(message) }
      }
      if !state.trouble.isHopeless { attempt { run throws(BlobFailure) in try run.look() } }
    }
  }

  /// A store that does not answer is tried for a while; then the run stops, to be continued.
  private mutating func attempt(_ body: (inout Self) throws(BlobFailure) -> Void) {
    let began = clock.now
    do throws(BlobFailure) {
      try body(&self)
      state.trouble.passed()
    } catch {
      let isEnd = state.trouble.failed(
        begun: began, now: clock.now, isTransient: error.isTransient)
      if isEnd { fail("\(storeOption): \(error)") }
    }
  }

  mutating func fail(_ sentence: String) {
    guard !state.hasFailed else { return }
    state.hasFailed = true
    report(.failed(sentence))
    state.batches.endAll(.lost("the run was stopped"))
    giveUp()
  }

  private mutating func take(_ message: RemoteMessage<News>) throws(BlobFailure) {
    if case .run(let order) = message, state.hasFailed || state.isDraining {
      return state.batches.refuse(order, .lost("the run was stopped"))
    }
    // Nobody who waits for the end of the run is to wait for such a store once more.
    guard !state.trouble.isHopeless else { return }
    switch message {
    case .run(let order):
      if try state.batches.hand(order) { added(order.assignment.batch) }
    case .committed(let over): try state.batches.forget(over)
    case .news(let news): try take(news)
    case .drain:
      state.isDraining = true
      // First what needs no store, which may not answer just now.
      drain()
      try state.batches.putStop()
    case .end: break
    }
  }

  private mutating func close(_ isCommitted: Bool) {
    if !state.trouble.isHopeless { try? state.batches.putStop() }
    endWorkers()
    // What was not committed is taken over by the process that goes on with the run.
    guard isCommitted, !state.hasFailed else { return }
    try? state.batches.removeAll()
  }
}

/// A thread of its own for a run with remote workers.
struct RemoteThread<Run: RemoteRun>: Sendable {
  let inbox = Mailbox<RemoteMessage<Run.News>>()
  private let ended = Mailbox<Bool>()

  func start(_ run: consuming Run, name: String) {
    let handoff = Handoff(run)
    let (inbox, ended) = (inbox, ended)
    WorkThread.start(name) {
      guard var run = handoff.take() else { return }
      run.follow(inbox)
      ended.post(true)
    }
  }

  func shutDown(isCommitted: Bool) {
    inbox.post(.end(isCommitted: isCommitted))
    _ = ended.takeFirst()
  }
}
