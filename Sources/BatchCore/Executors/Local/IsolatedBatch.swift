internal import Synchronization

/// A batch that runs in a child process, because one of its items may crash or hang.
package struct IsolatedBatch {
  private let order: BatchOrder
  private let site: LocalSite
  private var unfinished: ItemSet
  private var timings: WorkerTimings
  private var lane: (state: [UInt8]?, waitSeconds: Double) = (nil, 0)
  private var inbox: [UInt8] = []

  package init(order: BatchOrder, site: LocalSite) {
    self.order = order
    self.site = site
    unfinished = ItemSet([order.input.items])
    timings = WorkerTimings(
      queued: order.queuedSeconds, started: site.clock.now, host: site.host, isCold: true)
  }

  /// Starts the child, hands its parts over as they come, and says how it ended.
  package mutating func run(deliver: (Part) -> Void) -> BatchResult {
    do {
      var child = try ChildProcess(
        command: site.configuration.workerCommand,
        environment: ["SWIFT_BACKTRACE": "enable=no"])
      child.send(
        order.message(task: site.task.name, taskMessage: site.task.workerMessage))
      timings.setUp = site.clock.now
      return follow(child, deliver: deliver)
    } catch {
      return result(.stopped("a worker process is needed, but: \(error)"))
    }
  }

  private mutating func follow(
    _ child: borrowing ChildProcess, deliver: (Part) -> Void
  ) -> BatchResult {
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
      } else if site.isDraining.load(ordering: .relaxed) {
        ending = .done
      } else if site.clock.now - lastHeard > patience {
        ending = .hung(unfinished.bounds)
      }
    }
    child.terminate()
    let (exit, errors) = child.wait()
    return result(
      ending ?? .died("the process \(exit.phrase)\(errors.isEmpty ? "" : ": \(errors)")"))
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
      return nil
    case .end(let result, parts: _):
      guard result.unfinished == unfinished else { throw MessageReader.Malformed() }
      lane = (result.laneState, result.laneWaitSeconds)
      return result.ending
    case .refused(let sentence): return .stopped(sentence)
    }
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
