internal import Glibc
internal import Synchronization

/// What a worker knows of itself.
struct WorkerIdentity: Sendable {
  /// The name that the coordinator knows it by.
  var name: String
  /// When its time is over, on the clock; infinite without a limit.
  var endSeconds: Double
  /// What it leaves unused before that, in seconds.
  var marginSeconds: Double
  /// How long finished items may wait until they are handed over, in seconds.
  var handOverSeconds: Double
  var clock: MonotonicClock
}

/// The worker's side of a session: takes batches out of the store, runs them, and leaves the results.
///
/// A batch belongs to the worker that claims it first, so that it is carried out once even when two
/// machines are told to.
struct BatchDesk<Task: BatchTask>: ~Copyable {
  private let store: any BlobStore
  private let keys: SessionKeys
  private var identity: WorkerIdentity
  private let stopping: StopSign
  private let copies: LocalCopies
  private var worker: Worker<Task>
  private var hasRun = false

  init(task: Task, store: any BlobStore, keys: SessionKeys, identity: WorkerIdentity) {
    self.store = store
    self.keys = keys
    self.identity = identity
    // Each look costs something where the store is a service.
    let stopping = StopSign(
      store: store, keys: keys, pauseSeconds: max(1, identity.handOverSeconds))
    self.stopping = stopping
    copies = LocalCopies(store: store)
    worker = Worker(
      task: task,
      surroundings: .init(
        clock: identity.clock, host: hostName(),
        isCancelled: { stopping.isUp || stopping.isClaimGone }))
  }

  /// What came of looking for a batch.
  enum Turn {
    case done
    /// No batch waits; there may be one later.
    case idle
    /// No batch will be taken any more.
    case over
  }

  /// Takes one batch and runs it.
  ///
  /// - Throws: `BlobFailure` when the store cannot be used any more.
  mutating func turn() throws(BlobFailure) -> Turn {
    guard !stopping.isUp else { return .over }
    guard let order = try claimNext() else { return .idle }
    guard let order = order.taken else { return .over }
    try carryOut(order)
    hasRun = true
    return .done
  }

  /// Runs a batch that this worker was given, unless another has it.
  ///
  /// - Parameter endSeconds: When the worker's time is over, on the clock.
  mutating func run(_ batch: BatchIndex, endSeconds: Double) throws(BlobFailure) {
    identity.endSeconds = endSeconds
    let key = keys.batch(batch)
    // One that is no longer there is over.
    guard let bytes = try store.get(key), let order = try? StoredOrder(bytes),
      try store.put(note, at: keys.claim(batch), ifAbsent: true)
    else { return }
    try carryOut(order)
    hasRun = true
  }

  private var note: ByteBuffer { ByteBuffer(Array("\(identity.name) \(hostName())\n".utf8)) }

  private struct Claim {
    /// Nil when the time left is too short for the batch.
    var taken: StoredOrder?
  }

  /// The first batches that nobody has are as good as one another; workers that look at the same time
  /// choose differently.
  private static var choices: Int { 8 }

  private func claimNext() throws(BlobFailure) -> Claim? {
    let waiting = try store.list(keys.batches, after: nil).entries.prefix(Self.choices)
    for entry in waiting.shuffled() {
      guard let batch = keys.batch(of: entry.key), let bytes = try store.get(entry.key),
        let order = try? StoredOrder(bytes)
      else { continue }
      guard hasTime(for: order.order) else { return Claim(taken: nil) }
      guard try store.put(note, at: keys.claim(batch), ifAbsent: true) else { continue }
      // Nobody else needs to look at it; the coordinator knows it by heart.
      try store.delete([entry.key])
      return Claim(taken: order)
    }
    return nil
  }

  /// A worker that has run a batch leaves another to the next worker when its time is nearly over.
  private func hasTime(for order: BatchOrder) -> Bool {
    let left = identity.endSeconds - identity.marginSeconds - identity.clock.now
    return !hasRun || left >= min(order.expectedSeconds, order.assignment.deadlineSeconds)
  }

  // MARK: - Carrying out

  private mutating func carryOut(_ stored: StoredOrder) throws(BlobFailure) {
    var order = stored.order
    let clock = identity.clock
    let started = clock.now
    stopping.watch(keys.claim(order.assignment.batch))
    defer { stopping.watch(nil) }
    let end = min(
      identity.endSeconds - identity.marginSeconds, started + order.assignment.deadlineSeconds)
    order.assignment.deadlineSeconds = end - started
    do throws(BlobFailure) {
      try fetch(stored, into: &order)
    } catch {
      return try results(of: order).end(
        BatchResult(
          batch: order.assignment.batch, items: order.input.items,
          unfinished: ItemSet([order.input.items]), ending: .stopped("\(error)"),
          timings: WorkerTimings(started: started, setUp: started, done: started, host: hostName()))
      )
    }
    let results = results(of: order)
    let outbox = Outbox(
      items: order.input.items, limits: .init(bytes: 8 << 20, seconds: identity.handOverSeconds),
      makeBuffer: { ByteBuffer() }, deliver: { part, _ in results.part(part) })
    // Half of what is left unused is for the results.
    let watch = ItemWatch(
      order, clock: clock, endSeconds: identity.endSeconds - identity.marginSeconds / 2)
    let items = order.input.items
    let batch = order.assignment.batch
    watch.start(outbox) { ending in
      try? results.end(
        BatchResult(
          batch: batch, items: items, unfinished: outbox.close(), ending: ending,
          timings: WorkerTimings(
            started: started, setUp: started, done: clock.now, host: hostName())
        ))
      _exit(0)
    }
    let result = worker.run(order, outbox: outbox, heartbeat: { watch.beat($0, at: $1) })
    watch.stop()
    try results.end(result)
  }

  private func results(of order: BatchOrder) -> ResultOutlet {
    ResultOutlet(store: store, keys: keys, batch: order.assignment.batch)
  }

  private func fetch(_ stored: StoredOrder, into order: inout BatchOrder) throws(BlobFailure) {
    if let input = stored.input {
      guard let bytes = try store.get(input.key, range: input.range) else {
        throw BlobFailure(.failed, "the input \(input.key) is no longer in \(store.locator)")
      }
      order.input.bytes = .inline(unsafe bytes.withBytes { unsafe Array($0) })
    }
    for (path, text) in stored.order.input.files {
      guard let key = BlobKey(text), let local = try copies.path(of: key) else {
        throw BlobFailure(.failed, "the file \(path) is no longer in \(store.locator)")
      }
      order.input.files[path] = local
    }
  }
}
