import BatchCore
import Glibc
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

  // MARK: - Processes of their own

  /// The workers of a task that needs processes of its own, over some lines.
  private final class Workers {
    let task = SampleTask(needsOwnProcess: true)
    let executor: LocalExecutor
    private let prepared: PreparedTask
    private let mailbox = Mailbox<ExecutorEvent>()
    private(set) var records = ""

    init(_ lines: [String], workers: Int, _ scratch: Scratch) throws {
      prepared = try task.prepared(input: scratch.write("in", lines.map { $0 + "\n" }.joined()))
      let mailbox = mailbox
      executor = try LocalExecutor(
        .init(
          workers: workers, workerCommand: [Program.sample, "worker"],
          inFlightPath: scratch("in-flight")),
        ExecutorContext(
          run: RunID("run"), task: prepared, clock: MonotonicClock(),
          buffers: PartBuffers(workers: workers), report: { mailbox.post($0) }))
    }

    func submit(_ items: Range<Int>) throws {
      executor.submit(
        BatchOrder(
          assignment: Assignment(batch: BatchIndex(items.lowerBound), items: items),
          input: try prepared.source.input(for: items), timeoutSeconds: 300))
    }

    /// Waits for so many batches, and says how each ended and what it left.
    func results(_ count: Int) throws -> [BatchResult] {
      var results: [BatchResult] = []
      while results.count < count {
        var events: [ExecutorEvent] = []
        mailbox.receive(into: &events, waiting: 60)
        for event in events {
          if case .finished(let result) = event { results.append(result) }
          if case .part(_, let part, _, _) = event { records += part.bytes.text }
        }
        try #require(!events.isEmpty)
      }
      return results.sorted { $0.batch.rawValue < $1.batch.rawValue }
    }

    /// The process of each item.
    var processes: [Int32] {
      records.split(separator: "\n").compactMap { $0.split(separator: " ").last }
        .compactMap { Int32($0) }
    }
  }

  @Test("have a process each, from batch to batch, where the task needs it", arguments: [1, 2])
  func ownProcesses(count: Int) throws {
    let workers = try Workers(Array(repeating: "process", count: 8), workers: count, scratch)
    for item in 0..<8 { try workers.submit(item..<item + 1) }
    let results = try workers.results(8)
    #expect(results.allSatisfy { $0.ending == .done && $0.unfinished.isEmpty })
    #expect(results.count { $0.timings.isCold } == Set(workers.processes).count)
    #expect(workers.processes.count == 8)
    #expect((1...count).contains(Set(workers.processes).count))
    #expect(!workers.processes.contains(getpid()))
    #expect(workers.task.begun.value == 8)
    workers.executor.shutDown(isCommitted: true)
    for process in workers.processes { #expect(kill(process, 0) == -1) }
  }

  @Test("go on in another process after one died, and count nothing twice")
  func ownProcessDies() throws {
    let workers = try Workers(["process", "crash", "process"], workers: 1, scratch)
    defer { workers.executor.shutDown(isCommitted: true) }
    for item in 0..<3 { try workers.submit(item..<item + 1) }
    let results = try workers.results(3)
    #expect(results.map(\.unfinished.count) == [0, 1, 0])
    guard case .died = results[1].ending else {
      Issue.record("\(results[1].ending)")
      return
    }
    #expect(Set(workers.processes).count == 2)
    #expect(workers.task.begun.value == 2)
  }

  @Test("finish the item at work in their own process when the run is to end, and begin no other")
  func ownProcessDrains() throws {
    let workers = try Workers(Array(repeating: "sleep 2", count: 3), workers: 1, scratch)
    defer { workers.executor.shutDown(isCommitted: true) }
    try workers.submit(0..<3)
    while workers.task.begun.value == 0 { usleep(10_000) }
    workers.executor.drain()
    let result = try workers.results(1)[0]
    #expect(result.ending == .done)
    #expect(result.unfinished == ItemSet([1..<3]))
    #expect(workers.records == "0:sleep 2\n")
  }
}
