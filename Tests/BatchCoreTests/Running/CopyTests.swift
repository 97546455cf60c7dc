import BatchCore
import SampleTask
import Testing

@Suite("A run with a slow batch")
struct CopyTests {
  /// Eight batches on four workers, of which the one of item 5 is slow.
  private func makeRun(
    price: Price? = nil,
    _ script: @escaping @Sendable (_ isCopy: Bool) -> ScriptedExecutor.Course
  ) -> SampleRun {
    var run = SampleRun((0..<8).map { _ in "ok" })
    run.configuration.batchSize = 1
    run.configuration.speculation?.leastSeconds = 0.5
    run.configuration.makeExecutors = { context in
      var limits = ExecutorLimits(workers: 4)
      limits.price = price
      let executor = ScriptedExecutor(context, limits: limits) { order in
        order.input.items.contains(5)
          ? script(order.copyOf != nil) : ScriptedExecutor.Course(seconds: 0.05)
      }
      return [executor]
    }
    return run
  }

  private let expected = (0..<8).map { "\($0):ok" }

  private func events(_ run: SampleRun) -> String { run.scratch.text("out.run/events.jsonl") ?? "" }

  @Test("gets the result of a second attempt that is faster, and counts it once")
  func copyWins() throws {
    let run = makeRun { .init(seconds: $0 ? 0.05 : 600) }
    let outcome = try run()
    #expect(outcome.exitCode == 0)
    #expect(run.records == expected)
    #expect(outcome.tally.copies == 1)
    #expect(outcome.tally.copiesWon == 1)
    #expect(outcome.batches == 9)
    #expect(outcome.tally.elapsedSeconds < 60)
    #expect(events(run).contains(#""event":"copied","batch":5,"copy":8,"first":5,"count":1"#))
    #expect(events(run).contains(#""copy_of":5"#))
    #expect(try Verification(directory: run.scratch("out.run")).isGood)
  }

  @Test("goes on with the first attempt when the second dies, which blames no item")
  func copyDies() throws {
    let run = makeRun { isCopy in
      isCopy ? .init(seconds: 0.05, ending: .died("of the copy")) : .init(seconds: 4)
    }
    let outcome = try run()
    #expect(outcome.exitCode == 0)
    #expect(run.records == expected)
    // What has killed one worker is not given to a third.
    #expect(outcome.tally.copies == 1)
    #expect(outcome.tally.copiesWon == 0)
    #expect(!events(run).contains("suspect"))
  }

  @Test("goes on with the second attempt when the first dies, which blames no item")
  func firstDies() throws {
    let run = makeRun { isCopy in
      isCopy ? .init(seconds: 4) : .init(seconds: 3, ending: .died("of the first"))
    }
    let outcome = try run()
    #expect(outcome.exitCode == 0)
    #expect(run.records == expected)
    #expect(outcome.tally.copies > 0)
    #expect(!events(run).contains("suspect"))
  }

  @Test("blames its item when both attempts die of it")
  func bothDie() throws {
    let run = makeRun { .init(seconds: $0 ? 1 : 3, ending: .died("of its item")) }
    let outcome = try run()
    #expect(outcome.tally.failuresByCode == ["crashed": 1])
    #expect(run.records?[5] == "5:crashed")
  }

  @Test("leaves it alone when told to, or when its task limits the batches of a lane")
  func off() throws {
    var run = makeRun { .init(seconds: $0 ? 0 : 3) }
    run.configuration.speculation = nil
    #expect(try run().tally.copies == 0)

    let scratch = Scratch()
    let input = scratch.write("in", String(repeating: "ok\n", count: 8))
    let prepared = try ScatterTask().prepared(input: input, lanes: 8)
    var configuration = makeRun { .init(seconds: $0 ? 0 : 3) }.configuration
    configuration.isFresh = true
    let session = RunSession(
      prepared: prepared, identity: RunIdentity(task: prepared, limit: nil),
      target: .file(path: scratch("out")), directory: try RunDirectory(path: scratch("out.run")),
      configuration: configuration, observer: SilentObserver())
    let outcome = try session.run()
    #expect(outcome.exitCode == 0)
    #expect(outcome.tally.copies == 0)
  }

  @Test("pays for both attempts, and for none that costs more than the run may")
  func cost() throws {
    let price = Price(
      perRequestDollars: 1, perGigabyteSecondDollars: 0, workerGigabytes: 1)
    var run = makeRun(price: price) { .init(seconds: $0 ? 0.05 : 600) }
    run.configuration.mostDollars = 20
    #expect(try run().tally.dollars == 9)
    run = makeRun(price: price) { .init(seconds: $0 ? 0 : 3) }
    run.configuration.mostDollars = 8.5
    let outcome = try run()
    #expect(outcome.exitCode == 0)
    #expect(outcome.tally.copies == 0)
  }
}
