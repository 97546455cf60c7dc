/// The coordinator's side of a run on functions: batches into the bucket, an invocation for each, and
/// results out of the bucket.
struct LambdaRun: RemoteRun {
  var state: RemoteState
  private let function: LambdaFunction
  private let description: LambdaFunction.Description
  private let invoker: LambdaInvoker
  private var calls: LambdaCalls
  /// Whether a batch has come back.
  private var hasWorked = false
  private var deaths = 0
  private var lastPoll = 0.0

  init(
    function: LambdaFunction, description: LambdaFunction.Description, workers: Int,
    store: any BlobStore, invoker: LambdaInvoker, _ context: ExecutorContext
  ) throws(BlobFailure) {
    self.function = function
    self.description = description
    self.invoker = invoker
    state = try RemoteState(store: store, context)
    calls = LambdaCalls(most: workers)
  }

  var storeOption: String { "--bucket" }

  var pauseSeconds: Double {
    min(Self.pollSeconds, calls.secondsUntilNext(now: clock.now) ?? Self.pollSeconds)
  }

  /// How often finished items are looked for that were handed over before the end of their batch, in
  /// seconds; each look is a request that costs something.
  private static let pollSeconds = 2.0

  mutating func added(_ batch: BatchIndex) { calls.add(batch, now: clock.now) }

  mutating func drain() {
    for batch in calls.notBegun { end(batch, .lost("the run was stopped")) }
  }

  mutating func giveUp() { calls.removeAll() }

  private mutating func end(_ batch: BatchIndex, _ ending: BatchResult.Ending) {
    calls.remove(batch)
    state.batches.end(batch, ending)
  }

  // MARK: - Invoking

  mutating func look() throws(BlobFailure) {
    guard !state.hasFailed else { return }
    if clock.now - lastPoll >= Self.pollSeconds, !state.batches.open.isEmpty { try collect() }
    try lookForLost()
    while !state.hasFailed, let batch = calls.next(now: clock.now) { invoke(batch) }
  }

  private mutating func invoke(_ batch: BatchIndex) {
    let payload = LambdaOrder(
      store: state.batches.store.locator.description, session: state.batches.keys.prefix,
      batch: batch.rawValue)
    let request = function.invocation(
      payload.bytes, timeLimitSeconds: description.timeLimitSeconds)
    do throws(AWSFailure) {
      invoker.send(try function.signed(request), for: batch)
      state.batches.asked(batch)
    } catch {
      fail("--on lambda: \(error)")
    }
  }

  private mutating func collect() throws(BlobFailure) {
    lastPoll = clock.now
    for batch in try state.batches.collect() { calls.finished(batch) }
  }

  /// A function whose connection was lost may go on; what it leaves in the bucket is what counts.
  private mutating func lookForLost() throws(BlobFailure) {
    let lost = calls.lost
    guard !lost.isEmpty else { return }
    _ = try state.batches.findClaims()
    for call in lost {
      let isClaimed = state.batches.open[call.batch]?.claim != nil
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
    guard !state.isDraining, calls.retry(batch, now: clock.now) else {
      return end(batch, .lost(sentence))
    }
  }

  // MARK: - Answers

  mutating func take(_ back: LambdaInvoker.Return) throws(BlobFailure) {
    let batch = back.batch
    guard let seconds = calls.returned(batch, now: clock.now) else { return }
    let answer = verdict(back)
    // The results say more than the answer.
    try collect()
    charge(answer, seconds)
    guard state.batches.open[batch] != nil else {
      hasWorked = true
      return calls.grew()
    }
    switch answer {
    case .returned:
      // A bucket shows at once what was written: another invocation has the batch, or nobody.
      calls.noteLost(batch, "the function returned without a result", now: clock.now)
    case .died(let sentence, _): died(batch, sentence)
    case .storeLost(let sentence, _): end(batch, .lost(sentence))
    case .timedOut: end(batch, .exceeded(state.batches.open[batch]?.unfinished.bounds ?? 0..<0))
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

  mutating func endWorkers() {
    // Invocations of batches that another attempt was faster with.
    for seconds in calls.endAll(now: clock.now) { report(.billed(seconds: seconds, requests: 1)) }
    invoker.stop()
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
