// A program that runs the sample task, so that tests can kill it: `sample-program run INPUT OUTPUT
// WORKERS BATCH-SIZE [JOURNAL [SHARE TIME-LIMIT [SBATCH-OPTION...]]]`, with a share in tasks of a
// Slurm cluster, with `s3://BUCKET/PREFIX` for it in functions; a batch size of 0 is left to the planner.
// `sample-program retry ...` for the failed items of a finished run, and `sample-program worker` for its
// child processes, array tasks and functions. `run` tries no item twice.
// `mixed-run` is a run on one thread of this machine and on remote workers at once.
// `assembled-run` makes its output of the records as they come.
// `scatter-run` and `scatter-retry` do the same with items that finish in any order.
// `pack ZIP` writes the package of a function that runs it.
// `put STORE KEY FILE` writes an object that is not there yet, and ends with 3 where it is.
import BatchCore
import Glibc
import SampleTask

struct Silent: RunObserver {
  func note(_ sentence: String) { print(sentence) }
  func event(_ line: String) {}
  func progress(_ tally: RunTally) {}
}

func makeTask(_ name: TaskName, _ message: [UInt8]) -> any BatchTask {
  name == ScatterTask.name
    ? ScatterTask.make(message: message) : SampleTask.make(message: message)
}

/// Ends the process as the real programs do, without waiting for threads that clients may have left.
func leave(_ code: Int32) -> Never {
  fflush(nil)
  _exit(code)
}

/// The value that follows an option of a worker.
func value(_ option: String) -> String? {
  words.firstIndex(of: option).map { words[$0 + 1] }
}

let words = CommandLine.arguments
do {
  if words[1] == "worker", let runtime = LambdaWorker.runtime {
    try LambdaWorker.run(runtime: runtime, makeTask: makeTask)
    exit(0)
  }
  if words[1] == "pack" {
    try DeploymentPackage(ProgramFiles()).write(to: words[2])
    exit(0)
  }
  if words[1] == "worker", let store = value("--store"), let session = value("--session") {
    do {
      try ArrayTask.run(
        .init(
          store: store, session: session,
          timeLimitSeconds: value("--time-limit").flatMap { Double($0) } ?? .infinity,
          marginSeconds: value("--margin").flatMap { Double($0) } ?? 0), makeTask: makeTask)
      exit(0)
    } catch let error as BlobFailure {
      print("\(error)")
      exit(ArrayTask.storeExitCode)
    }
  }
  if words[1] == "worker" { exit(WorkerProcess.run(makeTask: makeTask)) }
  if words[1] == "put", let key = BlobKey(words[3]) {
    let store = try BlobLocator(words[2]).open(makes: true)
    exit(try store.putFile(words[4], at: key, ifAbsent: true) ? 0 : 3)
  }
  let journal = words.count > 6 ? words[6] : ""
  var prepared =
    try words[1].hasPrefix("scatter")
    ? ScatterTask(journal: journal).prepared(input: words[2], timeoutSeconds: 1)
    : SampleTask(journal: journal).prepared(
      input: words[2], timeoutSeconds: words.count > 8 ? 60 : 1)
  if words[1].hasPrefix("assembled") {
    prepared.assembly = OutputAssembly(tolerates: { _ in true }) { records, draft in
      let file = try DurableFile(path: draft, role: "made", isForUser: true)
      try file.truncate(to: 0)
      var end = 0
      while case let more = try records.committedBytes(beyond: end), more > end {
        let bytes = try SampleSource.read(records.path)[end..<more]
        try unsafe bytes.withUnsafeBytes { unsafe try file.write($0, at: end) }
        end = more
      }
      return []
    }
  }
  let isRetry = words[1].hasSuffix("retry")
  var configuration = RunConfiguration(
    workers: Int(words[4]) ?? 1, batchSize: Int(words[5]).flatMap { $0 > 0 ? $0 : nil },
    retry: RetryPolicy(retries: isRetry ? 2 : 0, baseSeconds: 0.01),
    retriesFailed: isRetry, workerCommand: [words[0], "worker"])
  configuration.interrupts = Interrupts()
  if words.count > 8 {
    let place: Place =
      words[7].hasPrefix("s3://")
      ? .lambda(LambdaSettings(bucket: words[7], workers: Int(words[4])))
      : .slurm(
        SlurmSettings(
          share: words[7], timeLimitSeconds: Double(words[8]) ?? 60,
          options: words.dropFirst(9).map { String($0) }, tasks: Int(words[4])))
    configuration.places = words[1].hasPrefix("mixed") ? [.local, place] : [place]
    if words[1].hasPrefix("mixed") { configuration.workers = 1 }
  }
  let session = RunSession(
    prepared: prepared, identity: RunIdentity(task: prepared, limit: nil),
    target: try OutputTarget.resolve(words[3]),
    directory: try RunDirectory(path: RunDirectory.path(forOutput: words[3])),
    configuration: configuration, observer: Silent())
  let outcome = try session.run()
  if case .stopped(let sentence) = outcome.ending { print(sentence) }
  leave(outcome.exitCode)
} catch {
  print("\(error)")
  leave(2)
}
