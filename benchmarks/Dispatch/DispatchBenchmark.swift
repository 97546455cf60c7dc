import BatchCore
import BenchmarkData
import Glibc

/// What running items costs when the items themselves cost nothing, ledger and output included.
enum DispatchBenchmark {
  private static let million = 1_000_000
  private static let repetitions = 5

  static func run() -> Bool {
    print("dispatch: trivial items in this process, two workers, ledger and output included")
    showPlanning()
    return showCosts() && showRecognition() && showMakespan()
  }

  // MARK: - Planning

  private static func showPlanning() {
    var table = TextTable(["1 million items planned", "ms", "more memory, MB", "batches"])
    let seconds = { (value: Double) in Figure(value, .given) }
    let remote = CostModel(
      startUpSeconds: seconds(20), batchOverheadSeconds: seconds(0.1),
      items: ItemTimes(count: 100, mean: 1, deviation: 0.5), itemProvenance: .given)
    let functions = ExecutorLimits(workers: 900, timeLimitSeconds: 300)
    for (name, model, limits, size) in [
      ("2 threads, 1 ms an item", CostModel.local(), ExecutorLimits(workers: 2), nil),
      ("900 workers, 1 s an item, limit 300 s", remote, functions, nil),
      ("the same, a batch for each item", remote, functions, 1 as Int?),
    ] {
      PeakMemory.reset()
      let before = PeakMemory.bytes
      var batches = 0
      let times = (0..<repetitions).map { _ in
        let start = Stopwatch.wallSeconds()
        batches =
          Planner.plan(items: million, model: model, limits: limits, batchSize: size).batchCount
        return Stopwatch.wallSeconds() - start
      }
      let timing = Timing(times)
      let memory = Double(PeakMemory.bytes - before) / 1e6
      table.add([
        name, Digits.spread(timing, scale: 1e3) + verdict(timing.median * 1e3, 1000),
        Digits.text(memory) + verdict(memory, 200), String(batches),
      ])
    }
    table.show()
  }

  // MARK: - Items

  private static func showCosts() -> Bool {
    var table = TextTable(["trivial items", "us of CPU an item", "batches"])
    for (name, items, block, size, bar) in [
      ("1,000,000, finished in blocks of 1,000", million, 1000, nil, 0.3),
      ("1,000,000, finished one by one in batches", million, 1, nil, 0.3),
      ("100,000, a batch for each", 100_000, 1, 1 as Int?, 20),
    ] {
      var batches = 0
      var times: [Double] = []
      for _ in 0..<repetitions {
        let run = TrivialRun(task: TrivialTask(blockSize: block), items: items, batchSize: size)
        let start = Stopwatch.cpuSeconds()
        guard let outcome = run(), outcome.ending == .complete, run.isComplete else {
          print("WRONG: \(name): the run did not finish all items")
          return false
        }
        times.append((Stopwatch.cpuSeconds() - start) / Double(items))
        batches = outcome.batches
      }
      let timing = Timing(times)
      table.add([
        name, Digits.spread(timing, scale: 1e6) + verdict(timing.median * 1e6, bar),
        String(batches),
      ])
    }
    table.show()
    return true
  }

  private static func showRecognition() -> Bool {
    var table = TextTable(["a finished run of 1 million items, found again", "ms"])
    for (name, size) in [("batches as planned", nil), ("batches of 10 items", 10 as Int?)] {
      let run = TrivialRun(task: TrivialTask(), items: million, batchSize: size)
      guard run()?.ending == .complete else { return false }
      var times: [Double] = []
      for _ in 0..<repetitions {
        let start = Stopwatch.wallSeconds()
        guard let outcome = run(), outcome.wasFinished else {
          print("WRONG: a finished run was not recognised")
          return false
        }
        times.append(Stopwatch.wallSeconds() - start)
      }
      let timing = Timing(times)
      table.add([name, Digits.spread(timing, scale: 1e3) + verdict(timing.median * 1e3, 2000)])
    }
    table.show()
    return showRecognitionByTheProgram()
  }

  /// The same with the program and a file of a million options, whose content it digests anew.
  private static func showRecognitionByTheProgram() -> Bool {
    let scratch = ScratchDirectory()
    guard Program.isBuilt(),
      (try? DataFile.options("options.csv", 100, byteCount: nil).write(to: scratch.path)) != nil
    else { return false }
    let command = [
      Program.batchrun, "price", scratch("options.csv"), "-o", scratch("out.csv"),
    ]
    guard ChildRun.of(command).isSuccess else { return false }
    let runs = (0..<repetitions).map { _ in ChildRun.of(command) }
    guard runs.allSatisfy(\.isSuccess) else { return false }
    let timing = Timing(runs.map(\.wallSeconds))
    print("  batchrun price on a finished run of 1 million options, whole program, ms:")
    print("  " + Digits.spread(timing, scale: 1e3) + verdict(timing.median * 1e3, 2000) + "\n")
    return true
  }

  // MARK: - Makespan

  /// Sleeping items of log-normal length, median 10 ms, on eight workers.
  private static func showMakespan() -> Bool {
    let workers = 8
    var table = TextTable([
      "2,000 skewed items that sleep, 8 workers", "seconds", "of the bound", "one by one, for free",
    ])
    for seed in UInt64(1)...3 {
      var random = SeededRandom(seed: seed)
      let sleeps = (0..<2000).map { _ in 0.01 * exp(random.normal()) }
      let run = TrivialRun(
        task: TrivialTask(sleeps: sleeps), items: sleeps.count, workers: workers)
      let bound = max(sleeps.reduce(0, +) / Double(workers), sleeps.max() ?? 0)
      let start = Stopwatch.wallSeconds()
      guard run()?.ending == .complete, run.isComplete else { return false }
      let seconds = Stopwatch.wallSeconds() - start
      table.add([
        "seed \(seed), bound \(Digits.text(bound)) s", Digits.text(seconds),
        Digits.fixed(seconds / bound, 3) + verdict(seconds / bound, 1.02),
        Digits.fixed(freeMakespan(sleeps, workers: workers) / bound, 3),
      ])
    }
    table.show()
    return true
  }

  /// The time when every worker takes the next item in order and nothing costs anything.
  private static func freeMakespan(_ seconds: [Double], workers: Int) -> Double {
    var ends = [Double](repeating: 0, count: workers)
    for item in seconds {
      let next = ends.indices.min { ends[$0] < ends[$1] } ?? 0
      ends[next] += item
    }
    return ends.max() ?? 0
  }

  private static func verdict(_ value: Double, _ bar: Double) -> String {
    value <= bar ? " (reaches \(Digits.text(bar)))" : " (MISSES \(Digits.text(bar)))"
  }
}
