// A program that runs the sample task, so that tests can kill it: `sample-program run INPUT OUTPUT
// WORKERS BATCH-SIZE [JOURNAL]`, `sample-program retry ...` for the failed items of a finished run,
// and `sample-program worker` for its child processes. `run` tries no item twice. `scatter-run` and
// `scatter-retry` do the same with items that finish in any order. `put STORE KEY FILE` writes an
// object that is not there yet, and ends with 3 where it is.
import BatchCore
import Glibc
import SampleTask

struct Silent: RunObserver {
  func note(_ sentence: String) { print(sentence) }
  func event(_ line: String) {}
  func progress(_ tally: RunTally) {}
}

let words = CommandLine.arguments
if words[1] == "worker" {
  exit(
    WorkerProcess.run { name, message in
      if name == ScatterTask.name { return ScatterTask.make(message: message) }
      return SampleTask.make(message: message)
    })
}
do {
  if words[1] == "put", let key = BlobKey(words[3]) {
    let store = try BlobLocator(words[2]).open(makes: true)
    exit(try store.putFile(words[4], at: key, ifAbsent: true) ? 0 : 3)
  }
  let journal = words.count > 6 ? words[6] : ""
  let prepared =
    try words[1].hasPrefix("scatter")
    ? ScatterTask(journal: journal).prepared(input: words[2], timeoutSeconds: 1)
    : SampleTask(journal: journal).prepared(input: words[2], timeoutSeconds: 1)
  let isRetry = words[1].hasSuffix("retry")
  let session = RunSession(
    prepared: prepared, identity: RunIdentity(task: prepared, limit: nil),
    target: try OutputTarget.resolve(words[3]),
    directory: try RunDirectory(path: RunDirectory.path(forOutput: words[3])),
    configuration: RunConfiguration(
      workers: Int(words[4]) ?? 1, batchSize: Int(words[5]),
      retry: RetryPolicy(retries: isRetry ? 2 : 0, baseSeconds: 0.01),
      retriesFailed: isRetry, workerCommand: [words[0], "worker"]),
    observer: Silent())
  let outcome = try session.run()
  if case .stopped(let sentence) = outcome.ending { print(sentence) }
  exit(outcome.exitCode)
} catch {
  print("\(error)")
  exit(2)
}
