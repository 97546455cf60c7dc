import BatchCore
import SampleTask

/// A run of the sample task over lines, within this process.
struct SampleRun {
  let scratch = Scratch()
  var lines: [String]
  var task = SampleTask()
  var configuration = RunConfiguration(
    workers: 2, retry: RetryPolicy(retries: 2, baseSeconds: 0.01),
    workerCommand: [Program.sample, "worker"])
  var timeoutSeconds = 300.0
  var options: [(name: String, value: String)] = []
  var output = "out"
  var assembly: OutputAssembly?

  init(_ lines: [String]) { self.lines = lines }

  func callAsFunction(observer: any RunObserver = SilentObserver()) throws -> RunOutcome {
    let input = scratch.write("in", lines.map { $0 + "\n" }.joined())
    var prepared = try task.prepared(
      input: input, timeoutSeconds: timeoutSeconds, options: options)
    prepared.assembly = assembly
    let session = RunSession(
      prepared: prepared, identity: RunIdentity(task: prepared, limit: nil),
      target: try OutputTarget.resolve(scratch(output)),
      directory: try RunDirectory(path: RunDirectory.path(forOutput: scratch(output))),
      configuration: configuration, observer: observer)
    return try session.run()
  }

  /// The records of the output after its first line.
  var records: [String]? {
    scratch.text(output).map { $0.split(separator: "\n").dropFirst().map(String.init) }
  }

  var failures: String { scratch.text("\(output).run/failures.jsonl") ?? "" }

  var executed: [Int] {
    (scratch.text("journal") ?? "").split(separator: "\n").compactMap { Int($0) }
  }
}

struct SilentObserver: RunObserver {
  func note(_ sentence: String) {}
  func event(_ line: String) {}
  func progress(_ tally: RunTally) {}
}
