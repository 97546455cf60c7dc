import BatchCore
import SampleTask
import Synchronization
import Testing

@Suite("A run")
struct RunSessionTests {
  @Test("gives every item one record, in input order", arguments: [1, 2, 5])
  func order(workers: Int) throws {
    var run = SampleRun((0..<3000).map { $0 % 97 == 0 ? "sleep 0.002" : "ok" })
    run.configuration.workers = workers
    let outcome = try run()
    #expect(outcome.exitCode == 0)
    #expect(run.records == run.lines.enumerated().map { "\($0):\($1)" })
    #expect(outcome.tally.done == 3000)
  }

  @Test("gives the same bytes whatever the batches", arguments: [1, 7, 1000, nil])
  func batchSizes(size: Int?) throws {
    var run = SampleRun((0..<500).map { $0 % 13 == 3 ? "fail" : "ok \($0)" })
    run.configuration.batchSize = size
    #expect(try run().exitCode == 1)
    let expected = run.lines.enumerated().map { "\($0):\($1 == "fail" ? "bad_input" : $1)" }
    #expect(run.records == expected)
  }

  @Test("lists each failed item with line, column, value and reason")
  func failureList() throws {
    let run = SampleRun(["ok", "fail", "ok"])
    #expect(try run().tally.failuresByCode == ["bad_input": 1])
    #expect(
      run.failures.hasPrefix(
        #"{"item":1,"line":2,"column":"text","value":"fail","code":"bad_input","#
          + #""message":"told to fail","transient":false,"attempts":1,"host":""#))
  }

  @Test("of no items has an empty, complete output")
  func empty() throws {
    let run = SampleRun([])
    #expect(try run().exitCode == 0)
    #expect(run.scratch.text("out") == "sample\n")
  }

  @Test("tries a passing failure again, and each time only that item")
  func retries() throws {
    var run = SampleRun(["ok", "flaky 2", "ok", "flaky 1"])
    run.task.journal = run.scratch("journal")
    #expect(try run().exitCode == 0)
    #expect(run.records == ["0:ok", "1:flaky 2", "2:ok", "3:flaky 1"])
    #expect(run.executed.sorted() == [0, 1, 1, 1, 2, 3, 3])
  }

  @Test("records a passing failure when no attempt is left")
  func exhausted() throws {
    let run = SampleRun(["ok", "flaky 9", "ok"])
    #expect(try run().tally.failuresByCode == ["busy": 1])
    #expect(run.records == ["0:ok", "1:busy", "2:ok"])
    #expect(run.failures.contains(#""transient":true,"attempts":3"#))
  }

  @Test("finds the one item that hangs, and keeps the results of all others")
  func hang() throws {
    var run = SampleRun((0..<40).map { $0 == 17 ? "hang" : "ok" })
    run.configuration.timeoutSeconds = 1
    let observer = IsolationObserver()
    let outcome = try run(observer: observer)
    #expect(outcome.tally.failuresByCode == ["timed_out": 1])
    #expect(run.records?[17] == "17:timed_out")
    #expect(run.records?.count == 40)
    #expect(observer.most.withLock { $0 } > 0)
    #expect(outcome.tally.isolated == 0)
  }

  /// The most items that were in child processes at one time.
  private final class IsolationObserver: RunObserver {
    let most = Mutex(0)
    func note(_ sentence: String) {}
    func event(_ line: String) {}
    func progress(_ tally: RunTally) { most.withLock { $0 = max($0, tally.isolated) } }
  }

  @Test("goes on after the crash of an item where each worker has a process of its own")
  func crashOfItsOwnProcess() throws {
    var run = SampleRun((0..<40).map { $0 == 17 ? "crash" : "ok" })
    run.task.needsOwnProcess = true
    #expect(try run().tally.failuresByCode == ["crashed": 1])
    #expect(run.records == (0..<40).map { "\($0):\($0 == 17 ? "crashed" : "ok")" })
  }

  @Test("finds a hanging item within a block too")
  func hangInBlock() throws {
    var run = SampleRun((0..<40).map { $0 == 17 ? "hang" : "ok" })
    run.task.blockSize = 8
    run.configuration.timeoutSeconds = 1
    #expect(try run().tally.failuresByCode == ["timed_out": 1])
    #expect(run.records == (0..<40).map { "\($0):\($0 == 17 ? "timed_out" : "ok")" })
  }

  @Test("of a finished input is not computed again, and repeats its verdict")
  func finished() throws {
    var run = SampleRun(["ok", "fail"])
    run.task.journal = run.scratch("journal")
    #expect(try run().exitCode == 1)
    let again = try run()
    #expect(again.wasFinished)
    #expect(again.exitCode == 1)
    #expect(again.tally.failuresByCode == ["bad_input": 1])
    #expect(run.executed.count == 2)
  }

  @Test("is computed again when its output was changed or removed")
  func changedOutput() throws {
    let run = SampleRun(["ok"])
    _ = try run()
    run.scratch.write("out", "something else\n")
    #expect(try !run().wasFinished)
    #expect(run.records == ["0:ok"])
    Program.run(["/bin/rm", run.scratch("out")])
    #expect(try !run().wasFinished)
    #expect(run.records == ["0:ok"])
  }

  @Test("replaces a finished run of other options")
  func replaced() throws {
    var run = SampleRun(["ok"])
    _ = try run()
    run.options = [("colour", "blue")]
    #expect(try !run().wasFinished)
  }

  @Test("stops when its failure budget is passed, and continues with a larger one")
  func budget() throws {
    var run = SampleRun(
      (0..<300).map { $0 < 5 ? "fail" : "sleep 0.01" })
    run.task.journal = run.scratch("journal")
    run.configuration.failureBudget = .count(3)
    let outcome = try run()
    #expect(outcome.ending == .budgetPassed)
    #expect(outcome.exitCode == 2)
    #expect(run.scratch.text("out") == nil)
    run.configuration.failureBudget = nil
    #expect(try run().exitCode == 1)
    #expect(run.records?.count == 300)
    #expect(run.executed.count == 300)
  }

  @Test("that the task stops keeps what is finished")
  func stopped() throws {
    var run = SampleRun(["ok", "ok", "stop"])
    // With two, the third item may stop the run before the second begins.
    run.configuration.workers = 1
    let outcome = try run()
    #expect(outcome.ending == .stopped("told to stop"))
    #expect(outcome.exitCode == 2)
    #expect(outcome.tally.done == 2)
    #expect(run.scratch.text("out") == nil)
  }

  @Test("refuses to continue an unfinished run of other options, until told to begin anew")
  func refused() throws {
    var run = SampleRun(["ok", "stop"])
    _ = try run()
    run.options = [("colour", "blue")]
    let error = #expect(throws: TaskError.self) { try run() }
    #expect(error?.message.contains("colour (not set -> blue)") == true)
    #expect(error?.message.contains("--fresh") == true)
    run.configuration.isFresh = true
    run.lines = ["ok", "ok"]
    #expect(try run().exitCode == 0)
  }

  @Test("tries only the failed items again and puts their records in place")
  func retryFailed() throws {
    var run = SampleRun((0..<100).map { [3, 4, 50, 99].contains($0) ? "flaky 1" : "ok" })
    run.task.journal = run.scratch("journal")
    run.configuration.retry.retries = 0
    #expect(try run().tally.failuresByCode == ["busy": 4])
    #expect(run.records?[50] == "50:busy")
    run.configuration.retriesFailed = true
    run.configuration.retry.retries = 1
    #expect(try run().exitCode == 0)
    #expect(run.records == run.lines.enumerated().map { "\($0):\($1)" })
    #expect(run.executed.count == 100 + 4 * 2)
    #expect(run.failures.isEmpty)
    #expect(try Verification(directory: run.scratch("out.run")).problems == [])
  }

  @Test("keeps the failures of items that fail again when they are retried")
  func retryFailedAgain() throws {
    var run = SampleRun((0..<20).map { $0 % 2 == 0 ? "fail" : "ok" })
    _ = try run()
    let before = run.records
    run.configuration.retriesFailed = true
    #expect(try run().tally.failuresByCode == ["bad_input": 10])
    #expect(run.records == before)
    #expect(run.failures.split(separator: "\n").count == 10)
    #expect(try Verification(directory: run.scratch("out.run")).isGood)
  }

  @Test("has its directory to itself")
  func locked() throws {
    let run = SampleRun(["ok"])
    let holder = try RunDirectory(path: run.scratch("out.run"))
    let error = #expect(throws: TaskError.self) { try run() }
    #expect(error?.message.contains("another batchrun") == true)
    withExtendedLifetime(holder) {}
  }

  @Test("says that its input changed, and does not publish")
  func changedInput() throws {
    let run = SampleRun(["ok", "ok"])
    let input = run.scratch.write("in", "ok\nsleep 0.3\n")
    let prepared = try SampleTask().prepared(input: input)
    let session = RunSession(
      prepared: prepared, identity: RunIdentity(task: prepared, limit: nil),
      target: .file(path: run.scratch("out")),
      directory: try RunDirectory(path: run.scratch("out.run")),
      configuration: run.configuration, observer: SilentObserver())
    run.scratch.write("in", "ok\nsleep 0.31\n")
    guard case .stopped(let sentence) = try session.run().ending else {
      Issue.record("the run did not notice")
      return
    }
    #expect(sentence.contains("changed during the run"))
    #expect(!run.scratch.exists("out"))
  }
}
