import BatchCore
import Glibc

/// Items that do next to nothing, or sleep: what is left is the cost of running them.
struct TrivialTask: BatchTask {
  /// How long each item sleeps, in seconds; empty for none.
  var sleeps: [Double] = []
  /// How many items are finished at once.
  var blockSize = 1

  func makeWorkspace() -> Int { 0 }

  func run(_ input: BatchInput, in workspace: inout Int, output: BatchOutput) {
    var item = input.items.lowerBound
    while item < input.items.upperBound, !output.shouldStop {
      let end = min(item + blockSize, input.items.upperBound)
      for index in item..<end {
        if !sleeps.isEmpty { Self.sleep(seconds: sleeps[index]) }
        output.buffer.append(literal: "1\n")
      }
      output.finish(end - item)
      item = end
    }
  }

  /// Sleeps, and watches the clock at the end: kernels wake a thread 0.1 ms late and more, which is not
  /// the runner's.
  private static func sleep(seconds: Double) {
    let end = Stopwatch.wallSeconds() + seconds
    usleep(UInt32(max(0, seconds - watchedSeconds) * 1e6))
    while Stopwatch.wallSeconds() < end {}
  }

  private static let watchedSeconds = 150e-6

  /// The task over so many items that have no input.
  func prepared(items: Int) -> PreparedTask {
    PreparedTask(
      name: TaskName("trivial"), task: self, workerMessage: [],
      source: NumberedItems(count: items), prologue: [],
      identity: [(name: "items", value: String(items))], failureRecord: { _ in Array("0\n".utf8) })
  }
}

/// Items that are nothing but their number.
struct NumberedItems: ItemSource {
  let count: Int
  var byteCount: Int { count }
  var contentDigest: String { String(repeating: "0", count: 64) }

  func prefix(of items: Range<Int>, fitting maxBytes: Int) -> Int {
    max(1, min(items.count, maxBytes))
  }

  func input(for items: Range<Int>) -> BatchInput { BatchInput(items: items, bytes: .inline([])) }

  func changed() -> String? { nil }
}

/// A run of the task in this process, with ledger and output as users get them.
struct TrivialRun {
  let scratch = ScratchDirectory()
  let task: TrivialTask
  let items: Int
  var workers = 2
  var batchSize: Int?

  /// Runs, or finds that it had been run; nil with the reason printed when that fails.
  func callAsFunction() -> RunOutcome? {
    do {
      let prepared = task.prepared(items: items)
      let session = RunSession(
        prepared: prepared, identity: RunIdentity(task: prepared, limit: nil),
        target: try OutputTarget.resolve(scratch("out")),
        directory: try RunDirectory(path: RunDirectory.path(forOutput: scratch("out"))),
        configuration: RunConfiguration(
          workers: workers, batchSize: batchSize, workerCommand: [Program.batchrun, "worker"]),
        observer: NoObserver())
      return try session.run()
    } catch {
      print("WRONG: \(error)")
      return nil
    }
  }

  /// True if the output holds one record for each item.
  var isComplete: Bool {
    var information = stat()
    return unsafe stat(scratch("out"), &information) == 0 && information.st_size == 2 * items
  }
}

private struct NoObserver: RunObserver {
  func note(_ sentence: String) {}
  func event(_ line: String) {}
  func progress(_ tally: RunTally) {}
}
