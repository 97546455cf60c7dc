import BatchCore
import Foundation
import Synchronization

/// An executor whose batches come to what a test says, each on a thread of its own.
final class ScriptedExecutor: Executor {
  /// What an attempt at a batch comes to.
  struct Course: Sendable {
    var seconds: Double
    var ending = BatchResult.Ending.done
  }

  private struct State: Sendable {
    var rivals: [BatchIndex: BatchIndex] = [:]
    var orders: [BatchIndex: BatchOrder] = [:]
  }

  let name: String
  let limits: ExecutorLimits
  let isRemote: Bool
  let model: CostModel
  private let context: ExecutorContext
  private let script: @Sendable (BatchOrder) -> Course
  private let state = Mutex(State())

  init(
    _ context: ExecutorContext, name: String = "scripted", limits: ExecutorLimits,
    isRemote: Bool = true, model: CostModel = .local(),
    script: @escaping @Sendable (BatchOrder) -> Course
  ) {
    self.context = context
    self.name = name
    self.limits = limits
    self.isRemote = isRemote
    self.model = model
    self.script = script
  }

  func submit(_ order: BatchOrder) {
    let batch = order.assignment.batch
    state.withLock { state in
      state.orders[batch] = order
      if let first = order.copyOf {
        state.rivals[batch] = first
        state.rivals[first] = batch
      }
    }
    context.report(.began(batch))
    let course = script(order)
    WorkThread.start("scripted") {
      Thread.sleep(forTimeInterval: course.seconds)
      self.end(order, course.ending)
    }
  }

  private func end(_ order: BatchOrder, _ ending: BatchResult.Ending) {
    let batch = order.assignment.batch
    // Under the lock, so that of two attempts one alone is reported as done.
    state.withLock { state in
      guard state.orders.removeValue(forKey: batch) != nil else { return }
      context.report(.billed(seconds: 1, requests: 1))
      if ending == .done { report(order) }
      report(order, ending, unfinished: ending == .done ? ItemSet() : nil)
      guard let rival = state.rivals.removeValue(forKey: batch) else { return }
      state.rivals[rival] = nil
      if ending == .done, let other = state.orders.removeValue(forKey: rival) {
        context.report(.billed(seconds: 1, requests: 1))
        report(other, .lost("another attempt at its items was faster"), unfinished: nil)
      }
    }
  }

  private func report(_ order: BatchOrder) {
    let bytes = ByteBuffer()
    var records: [Part.Record] = []
    let isUnordered = context.task.source.dispatchOrder != nil
    for item in order.input.items {
      let record = Array("\(context.task.source.inputIndex(of: item)):ok\n".utf8)
      bytes.append(record)
      if isUnordered { records.append(Part.Record(item: item, length: record.count)) }
    }
    let part =
      isUnordered
      ? Part(records: records, bytes: bytes, failures: [])
      : Part(items: order.input.items, bytes: bytes, failures: [])
    context.buffers.charge(part)
    context.report(.part(order.assignment.batch, part, host: "scripted", isLast: false))
  }

  private func report(_ order: BatchOrder, _ ending: BatchResult.Ending, unfinished: ItemSet?) {
    let now = context.clock.now
    var times = ItemTimes()
    if ending == .done { for _ in order.input.items { times.add(now - order.queuedSeconds) } }
    context.report(
      .finished(
        BatchResult(
          batch: order.assignment.batch, items: order.input.items,
          unfinished: unfinished ?? ItemSet([order.input.items]), ending: ending,
          timings: WorkerTimings(
            queued: order.queuedSeconds, started: order.queuedSeconds, setUp: order.queuedSeconds,
            done: now, host: "scripted"), times: times)))
  }

  func drain() {}
  func shutDown(isCommitted: Bool) {}
}
