import BatchCore
import BenchmarkData
import Glibc
import SampleTask
import Synchronization

/// Planning in real time, scaled down: functions with two seconds of start-up and twenty of time, eight at
/// once, next to fixed sizes of batches.
///
/// The items sleep; how long is known to nobody before. All sizes begin with cold environments.
enum FunctionPlanning {
  private static let items = 400
  private static let meanSeconds = 0.35
  private static let sizes = [1, 5, 12, 25, 50]

  static func run() -> Bool {
    print("remote: \(items) sleeping items on 8 functions, start-up 2 s, time limit 20 s")
    guard let site = FunctionSite(),
      Shell.output([Program.sample, "pack", site.scratch("zip")])
        .isSuccess, let package = site.unpack(site.scratch("zip"))
    else { return false }
    var isRight = true
    for seed in UInt64(1)...2 { isRight = contest(seed, site, package) && isRight }
    return isRight
  }

  private static func contest(_ seed: UInt64, _ site: FunctionSite, _ package: String) -> Bool {
    var random = SeededRandom(seed: seed)
    let sleeps = (0..<items).map { _ in
      // Log-normal, the longest some twelve times the mean.
      meanSeconds * exp(0.8 * random.normal() - 0.32)
    }
    let lines = sleeps.map { "sleep \(Digits.fixed($0, 4))" }
    guard TextFile.write(lines.joined(separator: "\n") + "\n", to: site.scratch("in")) else {
      return false
    }
    let work = sleeps.reduce(0, +)
    let bound = 2 + max(work / Double(FunctionSite.environments), sleeps.max() ?? 0)
    print("  seed \(seed): \(Digits.text(work)) s of work, bound \(Digits.text(bound)) s")
    var runs: [FunctionRun] = []
    for size in [nil] + sizes.map(Optional.init) {
      guard site.restart(package, ["cold", "2", "timeout", "20"]),
        let run = FunctionRun(site, batchSize: size, expected: lines)
      else { return false }
      runs.append(run)
    }
    show(runs)
    return true
  }

  private static func show(_ runs: [FunctionRun]) {
    let best = runs.dropFirst().map(\.seconds).min() ?? .infinity
    var table = TextTable([
      "batches of", "seconds", "of the best", "batches", "forecasts that held",
    ])
    for run in runs {
      let ratio = run.seconds / best
      table.add([
        run.batchSize.map { "\($0)" } ?? "as planned", Digits.text(run.seconds),
        Digits.fixed(ratio, 3) + (run.batchSize == nil ? Bar.atMost(1.15, ratio) : ""),
        "\(run.batches)",
        run.batchSize == nil ? "\(run.forecastsHeld) of \(run.forecasts)" : "",
      ])
    }
    table.show()
  }
}

/// One run of the sample task on functions, by this process.
private struct FunctionRun {
  let batchSize: Int?
  let seconds: Double
  let batches: Int
  /// Forecasts of the time left at 10, 30, 60 and 90 % done, and those whose band held the truth.
  let forecasts: Int
  let forecastsHeld: Int

  /// Nil, with the reason printed, when the run failed or gave a wrong output.
  init?(_ site: FunctionSite, batchSize: Int?, expected: [String]) {
    self.batchSize = batchSize
    let output = site.scratch("out")
    _ = Shell.output(["rm", "-rf", output, output + ".run"])
    let observer = ForecastObserver()
    do {
      let prepared = try SampleTask().prepared(input: site.scratch("in"))
      var configuration = RunConfiguration(
        workers: FunctionSite.environments, batchSize: batchSize,
        workerCommand: [Program.sample, "worker"])
      configuration.places = [
        .lambda(LambdaSettings(bucket: "s3://jobs/bench", workers: FunctionSite.environments))
      ]
      let session = RunSession(
        prepared: prepared, identity: RunIdentity(task: prepared, limit: nil),
        target: try OutputTarget.resolve(output),
        directory: try RunDirectory(path: RunDirectory.path(forOutput: output)),
        configuration: configuration, observer: observer)
      let begin = Stopwatch.wallSeconds()
      let outcome = try session.run()
      seconds = Stopwatch.wallSeconds() - begin
      batches = outcome.batches
      guard outcome.ending == .complete else {
        print("WRONG: the run ended with \(outcome.ending)")
        return nil
      }
    } catch {
      print("WRONG: \(error)")
      return nil
    }
    let records = expected.enumerated().map { "\($0.offset):\($0.element)\n" }
    guard TextFile.read(output) == "sample\n" + records.joined() else {
      print("WRONG: the output is not that of the items")
      return nil
    }
    (forecasts, forecastsHeld) = observer.judged()
  }
}

/// Keeps what was forecast on the way.
private final class ForecastObserver: RunObserver {
  private let tallies = Mutex<[RunTally]>([])

  func note(_ sentence: String) {}
  func event(_ line: String) {}
  func progress(_ tally: RunTally) { tallies.withLock { $0.append(tally) } }

  func judged() -> (Int, Int) {
    let tallies = tallies.withLock { $0 }
    guard let last = tallies.last else { return (0, 0) }
    var (count, held) = (0, 0)
    for share in [0.1, 0.3, 0.6, 0.9] {
      let first = tallies.first { Double($0.done) >= share * Double($0.total) }
      guard let first, let forecast = first.timeLeft else { continue }
      let left = last.elapsedSeconds - first.elapsedSeconds
      count += 1
      if (forecast.lowSeconds...max(forecast.lowSeconds, forecast.highSeconds)).contains(left) {
        held += 1
      }
    }
    return (count, held)
  }
}
