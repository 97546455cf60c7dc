/// The batches that are out with remote workers: put into the store, their results read, each reported
/// as over once.
///
/// Used by one thread.
package struct RemoteBatches {
  /// A batch that is not over.
  package struct Open {
    var items: Range<Int>
    var queuedSeconds: Double
    var unfinished: ItemSet
    /// The worker that has it, as far as that is known.
    var claim: (worker: String, host: String)?
    /// When a worker of its own was asked for, where each batch has one.
    var askedSeconds: Double?
    /// Another attempt at the same items, and what was unfinished when the second one began.
    var race: (rival: BatchIndex, items: Range<Int>)?
  }

  let store: any BlobStore
  package let keys: SessionKeys
  private let context: ExecutorContext
  private var staged: StagedInputs
  private var inbox: ResultInbox
  package private(set) var open: [BatchIndex: Open] = [:]

  /// Begins a session, and puts there what its workers have to do.
  package init(store: any BlobStore, _ context: ExecutorContext) throws(BlobFailure) {
    self.store = store
    self.context = context
    keys = SessionKeys(
      run: context.run, name: "\(String(RunEvent.now(), radix: 36))-\(ProcessID.own)")
    try store.rehearse(for: context.run)
    staged = StagedInputs(store: store, source: context.task.source)
    inbox = ResultInbox(store: store, keys: keys)
    try store.put(
      StoredTask(name: context.task.name, message: context.task.workerMessage).bytes, at: keys.task,
      ifAbsent: false)
  }

  // MARK: - Out

  /// Puts a batch into the store; false when it cannot be handed out, and is reported as over.
  package mutating func hand(_ order: BatchOrder) throws(BlobFailure) -> Bool {
    let batch = order.assignment.batch
    open[batch] = Open(
      items: order.input.items, queuedSeconds: order.queuedSeconds,
      unfinished: ItemSet([order.input.items]))
    guard beginRace(order) else {
      end(batch, .lost("the attempt that it was to copy has got on"))
      return false
    }
    do {
      try store.put(staged.stored(order).bytes, at: keys.batch(batch), ifAbsent: false)
      return true
    } catch let error as BlobFailure {
      end(batch, .lost("it could not be handed out: \(error)"))
      throw error
    } catch {
      end(batch, .stopped("\(error)"))
      return false
    }
  }

  /// Begins the race of a copy with the first attempt; false when there is nothing to copy any more.
  private mutating func beginRace(_ order: BatchOrder) -> Bool {
    guard let first = order.copyOf else { return true }
    let (batch, items) = (order.assignment.batch, order.input.items)
    guard let known = open[first], known.race == nil, known.unfinished == ItemSet([items]) else {
      return false
    }
    open[first]?.race = (batch, items)
    open[batch]?.race = (first, items)
    inbox.race(first, batch)
    return true
  }

  /// Reports a batch as over that is not handed out at all.
  mutating func refuse(_ order: BatchOrder, _ ending: BatchResult.Ending) {
    let batch = order.assignment.batch
    open[batch] = Open(
      items: order.input.items, queuedSeconds: order.queuedSeconds,
      unfinished: ItemSet([order.input.items]))
    end(batch, ending)
  }

  // MARK: - Back

  /// Reports what workers have left since the last call; the batches that ended by themselves.
  package mutating func collect() throws(BlobFailure) -> [BatchIndex] {
    var replies: [(BatchIndex, WorkerReply)] = []
    var failure: BlobFailure?
    do throws(BlobFailure) {
      try inbox.collect { replies.append(($0, $1)) }
    } catch {
      failure = error
    }
    var over: [BatchIndex] = []
    for (batch, reply) in replies {
      let rival = open[batch]?.race?.rival
      guard take(reply, of: batch) else { continue }
      over.append(batch)
      if let rival, open[rival] == nil { over.append(rival) }
    }
    if let failure { throw failure }
    return over
  }

  /// Whether the batch is over with this.
  private mutating func take(_ reply: WorkerReply, of batch: BatchIndex) -> Bool {
    guard let known = open[batch] else { return false }
    switch reply {
    case .part(let part):
      let done = part.itemSet
      guard !done.isEmpty, done.isSubset(of: known.unfinished) else {
        end(batch, .died("its results are not those of its items"))
        return true
      }
      open[batch]?.unfinished.remove(done)
      context.buffers.charge(part)
      context.report(.part(batch, part, host: known.claim?.host ?? "", isLast: false))
      return false
    case .end(let result, _) where known.race != nil && result.ending != .done:
      // It counts no more, and what it had finished was not handed over.
      end(batch, result.ending)
    case .end(let result, _):
      let isSound = result.unfinished == known.unfinished
      end(
        batch, isSound ? result.ending : .died("its results are not those of its items"),
        isSound ? result : nil)
    // Remote workers tell nothing before an item is finished.
    case .counts: return false
    case .refused(let sentence): end(batch, .stopped(sentence))
    }
    return true
  }

  /// Reports that a batch is over.
  ///
  /// - Parameter told: What its worker said, with times that count from when it began.
  package mutating func end(
    _ batch: BatchIndex, _ ending: BatchResult.Ending, _ told: BatchResult? = nil
  ) {
    guard let known = open.removeValue(forKey: batch) else { return }
    let now = context.clock.now
    var timings = WorkerTimings(
      queued: known.queuedSeconds, done: now, host: known.claim?.host ?? "")
    // The machines' clocks need not agree: what the worker tells is how long each stage took.
    timings.started = max(known.queuedSeconds, now - (told?.timings.done ?? 0))
    timings.setUp = timings.started + (told?.timings.setUp ?? 0)
    if let told {
      (timings.host, timings.isCold) = (told.timings.host, told.timings.isCold)
      // Where workers take batches by themselves, only the first batch of each waits for its worker.
      let asked = known.askedSeconds ?? (told.timings.isCold ? known.queuedSeconds : nil)
      timings.outsideSeconds = asked.map { max(0, now - $0 - told.timings.done) }
    }
    let result = BatchResult(
      batch: batch, items: known.items, unfinished: known.unfinished, ending: ending,
      timings: timings, times: told?.times ?? ItemTimes(), laneState: told?.laneState,
      laneWaitSeconds: told?.laneWaitSeconds ?? 0)
    context.report(.finished(result))
    if let race = known.race { endRace(race.rival, isLost: result.wins(raceFor: race.items)) }
  }

  /// Goes on with the other attempt alone, or ends it.
  private mutating func endRace(_ rival: BatchIndex, isLost: Bool) {
    open[rival]?.race = nil
    guard isLost else { return inbox.endRace(for: rival) }
    // A worker whose claim is gone stops after the item at hand and leaves no results.
    try? store.delete([keys.batch(rival), keys.claim(rival)])
    end(rival, .lost("another attempt at its items was faster"))
  }

  mutating func endAll(_ ending: BatchResult.Ending) {
    for batch in open.keys { end(batch, ending) }
  }

  /// Notes that a worker was asked for to run the batch.
  mutating func asked(_ batch: BatchIndex) {
    let now = context.clock.now
    open[batch]?.askedSeconds = now
    context.report(.began(batch))
  }

  // MARK: - Claims

  /// Looks which workers have taken batches; the new ones.
  package mutating func findClaims() throws(BlobFailure) -> [BatchIndex] {
    guard open.values.contains(where: { $0.claim == nil }) else { return [] }
    var found: [(batch: BatchIndex, key: BlobKey)] = []
    try store.forEach(keys.claims) { entry in
      if let batch = keys.batch(of: entry.key), let known = open[batch], known.claim == nil {
        found.append((batch, entry.key))
      }
    }
    var taken: [BatchIndex] = []
    for (batch, key) in found {
      guard let bytes = try store.get(key) else { continue }
      let words = unsafe bytes.withBytes { unsafe String(decoding: $0, as: UTF8.self) }
        .split(whereSeparator: { " \n".contains($0) })
      guard words.count == 2 else { continue }
      open[batch]?.claim = (String(words[0]), String(words[1]))
      taken.append(batch)
      if open[batch]?.askedSeconds == nil { context.report(.began(batch)) }
    }
    return taken
  }

  // MARK: - The end

  mutating func forget(_ batches: [BatchIndex]) throws(BlobFailure) { try inbox.forget(batches) }

  /// Has workers begin nothing new.
  func putStop() throws(BlobFailure) { try store.put(ByteBuffer(), at: keys.stop, ifAbsent: false) }

  /// Removes everything of the run; called when all is committed.
  func removeAll() throws(BlobFailure) {
    try store.deleteAll(BlobKeys.run(context.run))
    try store.delete(staged.added)
  }
}
