/// The coordinator's side of a run on functions: batches into the bucket, an invocation for each, and
/// results out of the bucket.
///
/// Used by one thread.
struct LambdaRun {
  enum Message: Sendable {
    case run(BatchOrder)
    case returned(LambdaInvoker.Return)
    case committed([BatchIndex])
    case drain
    /// - isCommitted: Whether all that was reported is safe.
    case end(isCommitted: Bool)
  }

  private let function: LambdaFunction
  private let description: LambdaFunction.Description
  private let clock: MonotonicClock
  private let report: @Sendable (ExecutorEvent) -> Void
  private let invoker: LambdaInvoker
  private var batches: RemoteBatches
  private var calls: LambdaCalls
  /// Whether a batch has come back.
  private var hasWorked = false
  private var deaths = 0
  private var isDraining = false
  private var hasFailed = false
  private var lastPoll = 0.0
  private var troubleSince: Double?

  init(
    function: LambdaFunction, description: LambdaFunction.Description, workers: Int,
    store: any BlobStore, invoker: LambdaInvoker, _ context: ExecutorContext
  ) throws(BlobFailure) {
    self.function = function
    self.description = description
    self.invoker = invoker
    clock = context.clock
    report = context.report
    batches = try RemoteBatches(store: store, context)
    calls = LambdaCalls(most: workers)
  }

  // MARK: - The loop

  mutating func follow(_ mailbox: Mailbox<Message>) {
    var messages: [Message] = []
    while true {
      mailbox.receive(into: &messages, waiting: pauseSeconds)
      for message in messages {
        if case .end(let isCommitted) = message { return close(isCommitted) }
        attempt { run throws(BlobFailure) in try run.take(message) }
      }
      attempt { run throws(BlobFailure) in try run.look() }
    }
  }

  private var pauseSeconds: Double {
    min(Self.pollSeconds, calls.secondsUntilNext(now: clock.now) ?? Self.pollSeconds)
  }

  /// How often finished items are looked for that were handed over before the end of their batch, in
  /// seconds; each look is a request that costs something.
  private static let pollSeconds = 2.0

  /// A bucket that does not answer is tried for a while; then the run stops, to be continued.
  private mutating func attempt(_ body: (inout LambdaRun) throws(BlobFailure) -> Void) {
    let began = clock.now
    do throws(BlobFailure) {
      try body(&self)
      troubleSince = nil
    } catch {
      let since = troubleSince ?? began
      troubleSince = since
      guard !error.isTransient || clock.now - since > 120 else { return }
      fail("--bucket: \(error)")
    }
  }

  private mutating func fail(_ sentence: String) {
    guard !hasFailed else { return }
    hasFailed = true
    report(.failed(sentence))
    batches.endAll(.lost("the run was stopped"))
    calls.removeAll()
  }

  private mutating func take(_ message: Message) throws(BlobFailure) {
    switch message {
    case .run(let order):
      let batch = order.assignment.batch
      guard !hasFailed, !isDraining else {
        batches.refuse(order, .lost("the run was stopped"))
        return
      }
      if try batches.hand(order) { calls.add(batch, now: clock.now) }
    case .returned(let back): try take(back)
    case .committed(let over): try batches.forget(over)
    case .drain:
      isDraining = true
      // First what needs no bucket, which may not answer just now.
      for batch in calls.notBegun { end(batch, .lost("the run was stopped")) }
      try batches.putStop()
    case .end: break
    }
  }

  private mutating func end(_ batch: BatchIndex, _ ending: BatchResult.Ending) {
    calls.remove(batch)
    batches.end(batch, ending)
  }

  // MARK: - Invoking

  private mutating func look() throws(BlobFailure) {
    guard !hasFailed else { return }
    if clock.now - lastPoll >= Self.pollSeconds, !batches.open.isEmpty { try collect() }
    try lookForLost()
    while !hasFailed, let batch = calls.next(now: clock.now) { invoke(batch) }
  }

  private mutating func invoke(_ batch: BatchIndex) {
    let payload = LambdaOrder(
      store: batches.store.locator.description, session: batches.keys.prefix,
      batch: batch.rawValue)
    let request = function.invocation(
      payload.bytes, timeLimitSeconds: description.timeLimitSeconds)
    do throws(AWSFailure) {
      invoker.send(try function.signed(request), for: batch)
      batches.asked(batch)
    } catch {
      fail("--on lambda: \(error)")
    }
  }

  private mutating func collect() throws(BlobFailure) {
    lastPoll = clock.now
    for batch in try batches.collect() { calls.finished(batch) }
  }

  /// A function whose connection was lost may go on; what it leaves in the bucket is what counts.
  private mutating func lookForLost() throws(BlobFailure) {
    let lost = calls.lost
    guard !lost.isEmpty else { return }
    _ = try batches.findClaims()
    for call in lost {
      let isClaimed = batches.open[call.batch]?.claim != nil
      let waited = clock.now - call.since
      if !isClaimed, waited > Self.claimSeconds {
        retry(call.batch, call.sentence)
      } else if isClaimed, waited > description.timeLimitSeconds + Self.claimSeconds {
        end(call.batch, .lost(call.sentence))
      }
    }
  }

  /// So long after a connection was lost its function must have taken the batch, in seconds.
  private static let claimSeconds = 5.0

  private mutating func retry(_ batch: BatchIndex, _ sentence: String) {
    guard !isDraining, calls.retry(batch, now: clock.now) else {
      return end(batch, .lost(sentence))
    }
  }

  // MARK: - Answers

  private mutating func take(_ back: LambdaInvoker.Return) throws(BlobFailure) {
    let batch = back.batch
    guard let seconds = calls.returned(batch, now: clock.now) else { return }
    let answer = verdict(back)
    // The results say more than the answer.
    try collect()
    charge(answer, seconds)
    guard batches.open[batch] != nil else {
      hasWorked = true
      return calls.grew()
    }
    switch answer {
    case .returned:
      // A bucket shows at once what was written: another invocation has the batch, or nobody.
      calls.noteLost(batch, "the function returned without a result", now: clock.now)
    case .died(let sentence, _): died(batch, sentence)
    case .storeLost(let sentence, _): end(batch, .lost(sentence))
    case .timedOut: end(batch, .exceeded(batches.open[batch]?.unfinished.bounds ?? 0..<0))
    case .throttled(let wait): calls.throttled(batch, wait, now: clock.now)
    case .unavailable(let sentence): retry(batch, sentence)
    case .connectionLost(let sentence): calls.noteLost(batch, sentence, now: clock.now)
    case .refused(let sentence): fail("--on lambda: \(sentence)")
    }
  }

  /// A function that cannot even begin would have every item called a suspect.
  private mutating func died(_ batch: BatchIndex, _ sentence: String) {
    deaths += 1
    guard hasWorked || deaths < Self.mostDeaths else {
      return fail(
        "--on lambda: \(deaths) invocations failed and none succeeded; the last: \(sentence)")
    }
    end(batch, .died(sentence))
  }

  private static let mostDeaths = 8

  private func verdict(_ back: LambdaInvoker.Return) -> LambdaAnswer {
    guard let answer = back.answer else {
      return back.failure.map { LambdaAnswer($0) } ?? .unavailable("there was no answer")
    }
    return LambdaAnswer(answer) {
      let request = function.invocation(ByteBuffer(), timeLimitSeconds: 0)
      do throws(AWSFailure) {
        return try function.failure(answer, of: request)
      } catch {
        return error
      }
    }
  }

  /// - Parameter seconds: How long the call took; what is charged where the service does not say.
  private func charge(_ answer: LambdaAnswer, _ seconds: Double) {
    switch answer {
    case .returned(let told), .died(_, let told), .storeLost(_, let told), .timedOut(let told):
      report(.billed(seconds: told.billedSeconds ?? seconds, requests: 1))
    case .connectionLost: report(.billed(seconds: seconds, requests: 1))
    case .throttled, .unavailable, .refused: break
    }
  }

  // MARK: - The end

  private mutating func close(_ isCommitted: Bool) {
    try? batches.putStop()
    // Invocations of batches that another attempt was faster with.
    for seconds in calls.endAll(now: clock.now) { report(.billed(seconds: seconds, requests: 1)) }
    invoker.stop()
    // What was not committed is taken over by the process that goes on with the run.
    guard isCommitted, !hasFailed else { return }
    try? batches.removeAll()
  }
}

/// What an invocation is told: where its batch is.
struct LambdaOrder: Sendable, Codable, Equatable {
  /// As `BlobLocator` reads it.
  var store: String
  /// What all keys of the session begin with.
  var session: String
  var batch: Int
}
