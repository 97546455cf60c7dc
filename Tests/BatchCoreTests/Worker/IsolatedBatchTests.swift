import BatchCore
import SampleTask
import Testing

@Suite("A batch in a process of its own")
struct IsolatedBatchTests {
  private let scratch = Scratch()

  private struct Ended {
    var result: BatchResult
    var records: String
  }

  /// Runs items 0 to 5 in a child that `command` starts.
  private func run(
    _ lines: [String] = ["ok", "ok", "ok", "ok", "ok"], command: [String]? = nil,
    timeoutSeconds: Double = 300
  ) throws -> Ended {
    let input = scratch.write("in", lines.map { $0 + "\n" }.joined())
    let task = try SampleTask().prepared(input: input)
    let buffers = PartBuffers(workers: 1)
    let site = LocalSite(
      task: task,
      configuration: .init(
        workers: 1, workerCommand: command ?? [Program.sample, "worker"],
        inFlightPath: scratch("in-flight")),
      inFlight: try InFlightSlots(path: scratch("in-flight"), count: 1), clock: MonotonicClock(),
      buffers: buffers, report: { _ in })
    let order = BatchOrder(
      assignment: Assignment(batch: BatchIndex(0), items: 0..<lines.count),
      input: try task.source.input(for: 0..<lines.count), timeoutSeconds: timeoutSeconds,
      isIsolated: true)
    var batch = IsolatedBatch(order: order, site: site)
    var records = ""
    var child: ChildProcess?
    let result = batch.run(in: &child) { records += $0.bytes.text }
    return Ended(result: result, records: records)
  }

  private func shell(_ script: String) -> [String] {
    ["/bin/sh", "-c", "cat > /dev/null; \(script)"]
  }

  @Test("gives its records, failures and end")
  func works() throws {
    let ended = try run(["ok", "fail", "ok"])
    #expect(ended.result.ending == .done)
    #expect(ended.records == "0:ok\n1:bad_input\n2:ok\n")
    #expect(ended.result.unfinished.isEmpty)
  }

  @Test("that crashes keeps what was finished, and names the signal")
  func crash() throws {
    let ended = try run(["ok", "sleep 0.7", "crash", "ok"])
    guard case .died(let sentence) = ended.result.ending else {
      Issue.record("\(ended.result.ending)")
      return
    }
    #expect(sentence.hasPrefix("the process was killed by signal 11 (Segmentation fault)"))
    let finished = ended.result.unfinished.bounds.lowerBound
    #expect(ended.result.unfinished.bounds.upperBound == 4)
    #expect(ended.records == ["0:ok\n", "1:sleep 0.7\n"][..<finished].joined())
  }

  @Test("that hangs names the item, and keeps the items before it")
  func hang() throws {
    let ended = try run(["ok", "hang", "ok"], timeoutSeconds: 0.2)
    #expect(ended.result.ending == .hung(1..<2))
    #expect(ended.result.unfinished == ItemSet([1..<3]))
    #expect(ended.records == "0:ok\n")
  }

  @Test("whose process is silent altogether is given up")
  func silent() throws {
    // Ten seconds are added to the time-out of the items, which the process watches itself.
    let ended = try run(command: shell("exec sleep 60"), timeoutSeconds: -9.7)
    #expect(ended.result.ending == .hung(0..<5))
    #expect(ended.result.unfinished == ItemSet([0..<5]))
  }

  struct Case: Sendable, CustomTestStringConvertible {
    var script: String
    var ending: BatchResult.Ending
    var testDescription: String { script }
  }

  private static let babble = BatchResult.Ending.stopped(
    "the worker process answered what batchrun does not understand")

  @Test(
    "whose process ends early or answers nonsense says so",
    arguments: [
      Case(script: "exit 3", ending: .died("the process exited with 3")),
      Case(script: "echo why >&2; exit 0", ending: .died("the process exited with 0: why")),
      Case(script: "kill -9 $$", ending: .died("the process was killed by signal 9 (Killed)")),
      // A frame of no bytes; of three bytes; lengths that are negative, or longer than memory.
      Case(script: #"printf '\0\0\0\0\0\0\0\0'"#, ending: babble),
      Case(script: #"printf '\3\0\0\0\0\0\0\0abc'"#, ending: babble),
      Case(script: #"printf '\377\377\377\377\377\377\377\377'"#, ending: babble),
      Case(script: #"printf '\377\377\377\377\377\377\377\177'"#, ending: babble),
      Case(script: "echo hello, world", ending: babble),
    ])
  func nonsense(testCase: Case) throws {
    let ended = try run(command: shell(testCase.script))
    #expect(ended.result.ending == testCase.ending)
    #expect(ended.result.unfinished == ItemSet([0..<5]))
    #expect(ended.records == "")
  }

  @Test("takes no part of items that it does not hold", arguments: [0..<6, 1..<2, -1..<1, 0..<0])
  func foreignPart(items: Range<Int>) throws {
    try expectBabble { part in
      part.add("part")
      part.add(items)
      part.add(Array("x\n".utf8))
      part.add(0)
    }
  }

  @Test("takes no item for finished of which there was no record", arguments: [1, 5, 6])
  func foreignEnd(first: Int) throws {
    try expectBabble { end in
      end.add("end")
      end.add(0)
      end.add(0..<5)
      end.add(first..<max(5, first))
      end.add("done")
    }
  }

  @Test("takes no counts of what its task does not count", arguments: [[], [1, 2]])
  func foreignCounts(counts: [Int]) throws {
    try expectBabble { message in
      message.add("counts")
      message.add(counts.count)
      for count in counts { message.add(count) }
    }
  }

  private func expectBabble(_ write: (MessageWriter) -> Void) throws {
    let message = MessageWriter()
    write(message)
    let frame = MessageWriter()
    frame.add(message.buffer)
    let octal = frame.buffer.content.map { "\\0" + String($0, radix: 8) }.joined()
    let ended = try run(command: shell("printf '%b' '\(octal)'"))
    #expect(ended.result.ending == Self.babble)
    #expect(ended.records == "")
  }

  @Test("stops the run when its program cannot be started or refuses")
  func refused() throws {
    let missing = try run(command: [scratch("no-such-program")])
    guard case .stopped(let sentence) = missing.result.ending else {
      Issue.record("\(missing.result.ending)")
      return
    }
    #expect(sentence.contains("no-such-program: No such file or directory"))
    let stopped = try run(["ok", "stop"])
    #expect(stopped.result.ending == .stopped("told to stop"))
  }
}
