internal import Synchronization

/// A batch that runs in a child process, because one of its items may crash or hang, or its task needs it.
package struct IsolatedBatch {
  private let order: BatchOrder
  private let site: LocalSite
  private var unfinished: ItemSet
  private var timings: WorkerTimings
  private var lane: (state: [UInt8]?, waitSeconds: Double) = (nil, 0)
  /// What the child has counted so far.
  private var counts: [Int] = []

  package init(order: BatchOrder, site: LocalSite) {
    self.order = order
    self.site = site
    unfinished = ItemSet([order.input.items])
    timings = WorkerTimings(
      queued: order.queuedSeconds, started: site.clock.now, host: site.host, isCold: true)
  }

  /// Starts the child, unless there is one, hands its parts over as they come, and says how it ended.
  ///
  /// - Parameter child: The one that ran the batch before, or nil; left there for the next when it can be
  ///   trusted. A suspicious batch has one to itself.
  package mutating func run(
    in child: inout ChildProcess?, deliver: (Part) -> Void
  ) -> BatchResult {
    guard order.isIsolated else { return send(to: &child, deliver: deliver) }
    var own: ChildProcess?
    return send(to: &own, deliver: deliver)
  }

  private mutating func send(
    to child: inout ChildProcess?, deliver: (Part) -> Void
  ) -> BatchResult {
    do {
      timings.isCold = child == nil
      var process = try child.take() ?? start()
      let frame = MessageWriter()
      frame.add(
        timings.isCold
          ? order.message(task: site.task.name, taskMessage: site.task.workerMessage)
          : order.message)
      process.send(frame.buffer, isLast: order.isIsolated)
      timings.setUp = site.clock.now
      let ending = follow(process, deliver: deliver)
      // What was counted in vain is counted again by the next attempt.
      if !unfinished.isEmpty { take(counts: counts.map { _ in 0 }) }
      if ending == .done, unfinished.isEmpty, !order.isIsolated {
        child = consume process
        return result(.done)
      }
      process.terminate()
      let (exit, errors) = process.wait()
      return result(
        ending ?? .died("the process \(exit.phrase)\(errors.isEmpty ? "" : ": \(errors)")"))
    } catch {
      return result(.stopped("a worker process is needed, but: \(error)"))
    }
  }

  private func start() throws(SystemError) -> ChildProcess {
    try ChildProcess(
      command: site.configuration.workerCommand, environment: ["SWIFT_BACKTRACE": "enable=no"])
  }

  /// How the batch ended by what the child said; nil when it went away without a word.
  private mutating func follow(
    _ child: borrowing ChildProcess, deliver: (Part) -> Void
  ) -> BatchResult.Ending? {
    let incoming = ByteBuffer()
    // The child watches its own items; this is for a child that cannot even do that.
    let patience = order.timeoutSeconds + 10
    var lastHeard = site.clock.now
    var ending: BatchResult.Ending?
    while ending == nil {
      let count = child.receive(into: incoming, waiting: 0.2)
      if count == 0 { break }
      if count != nil {
        lastHeard = site.clock.now
        ending = read(incoming, deliver: deliver)
      } else if isOver {
        ending = .done
      } else if site.clock.now - lastHeard > patience {
        ending = .hung(unfinished.bounds)
      }
    }
    return ending
  }

  /// Whether the item at work is not waited for: the run ends, or is to end and the item may hang.
  private var isOver: Bool {
    site.isClosed.load(ordering: .relaxed)
      || order.isIsolated && site.isDraining.load(ordering: .relaxed)
  }

  /// Takes complete frames out of `incoming`; the ending when one says so.
  private mutating func read(
    _ incoming: ByteBuffer, deliver: (Part) -> Void
  ) -> BatchResult.Ending? {
    do throws(MessageReader.Malformed) {
      while let frame = try nextFrame(incoming) {
        if let ending = try take(WorkerReply(frame), deliver) { return ending }
      }
      return nil
    } catch {
      return .stopped("the worker process answered what batchrun does not understand")
    }
  }

  private mutating func take(
    _ reply: WorkerReply, _ deliver: (Part) -> Void
  ) throws(MessageReader.Malformed) -> BatchResult.Ending? {
    switch reply {
    case .part(let part):
      let done = part.itemSet
      guard !done.isEmpty, done.isSubset(of: unfinished) else { throw MessageReader.Malformed() }
      unfinished.remove(done)
      deliver(part)
      // Between two items it can be stopped.
      return site.isDraining.load(ordering: .relaxed) && !unfinished.isEmpty ? .done : nil
    case .counts(let counts):
      guard counts.count == site.task.task.counters.count else { throw MessageReader.Malformed() }
      take(counts: counts)
      return nil
    case .end(let result, parts: _):
      guard result.unfinished == unfinished else { throw MessageReader.Malformed() }
      lane = (result.laneState, result.laneWaitSeconds)
      return result.ending
    case .refused(let sentence): return .stopped(sentence)
    }
  }

  private mutating func take(counts new: [Int]) {
    for (place, counter) in site.task.task.counters.enumerated() where place < new.count {
      counter.add(new[place] - (place < counts.count ? counts[place] : 0))
    }
    counts = new
  }

  /// More bytes than any part has; a longer frame is none.
  private static let longestFrame: UInt64 = 1 << 32

  /// The next complete frame; nil while it is still on its way.
  private func nextFrame(
    _ incoming: ByteBuffer
  ) throws(MessageReader.Malformed) -> [UInt8]? {
    guard incoming.count >= 8 else { return nil }
    let length = unsafe incoming.withBytes { bytes in
      unsafe UInt64(littleEndian: bytes.loadUnaligned(as: UInt64.self))
    }
    guard length <= Self.longestFrame else { throw MessageReader.Malformed() }
    let end = 8 + Int(length)
    guard incoming.count >= end else { return nil }
    let frame = unsafe incoming.withBytes { unsafe Array($0[8..<end]) }
    incoming.removeFirst(end)
    return frame
  }

  private func result(_ ending: BatchResult.Ending) -> BatchResult {
    var timings = timings
    timings.done = site.clock.now
    var times = ItemTimes()
    times.add(
      count: order.input.items.count - unfinished.count, totalSeconds: timings.done - timings.setUp)
    return BatchResult(
      batch: order.assignment.batch, items: order.input.items,
      unfinished: unfinished, ending: ending, timings: timings,
      times: times, laneState: lane.state, laneWaitSeconds: lane.waitSeconds)
  }
}
