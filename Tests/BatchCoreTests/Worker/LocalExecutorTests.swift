import BatchCore
import SampleTask
import Testing

@Suite("The workers of this machine")
struct LocalExecutorTests {
  private let scratch = Scratch()

  /// A thread that was given up goes on in the process, and may end it long after its item was called
  /// hung: a crash is silent while the system's crash reporter looks at it.
  @Test("still name the item of a worker that was given up while the next batch is in hand")
  func givenUp() throws {
    let input = scratch.write("in", "ok\nhang\nsleep 0.3\n")
    let task = try SampleTask().prepared(input: input)
    let mailbox = Mailbox<ExecutorEvent>()
    let executor = try LocalExecutor(
      .init(workers: 1, workerCommand: [], inFlightPath: scratch("in-flight")),
      ExecutorContext(
        run: RunID("run"), task: task, clock: MonotonicClock(),
        buffers: PartBuffers(workers: 1), report: { mailbox.post($0) }))
    defer { executor.shutDown(isCommitted: true) }
    for (index, items) in [0..<2, 2..<3].enumerated() {
      executor.submit(
        BatchOrder(
          assignment: Assignment(batch: BatchIndex(index), items: items),
          input: try task.source.input(for: items), timeoutSeconds: 0.1 + Double(index) * 300))
    }
    var endings: [BatchResult.Ending] = []
    while endings.count < 2 {
      var events: [ExecutorEvent] = []
      mailbox.receive(into: &events, waiting: 60)
      for case .finished(let result) in events { endings.append(result.ending) }
      try #require(!events.isEmpty)
    }
    #expect(endings == [.hung(1..<2), .done])
    #expect(InFlightSlots.suspects(path: scratch("in-flight")) == [1..<2])
  }
}
