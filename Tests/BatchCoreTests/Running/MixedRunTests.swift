import BatchCore
import SampleTask
import Testing

@Suite("A run on this machine and elsewhere")
struct MixedRunTests {
  /// A run on one worker here and two elsewhere, whose batches come to what the scripts say.
  private func makeRun(
    _ lines: [String], limit: Double? = nil,
    here: @escaping @Sendable (BatchOrder) -> ScriptedExecutor.Course = { _ in
      .init(seconds: 0.05)
    },
    elsewhere: @escaping @Sendable (BatchOrder) -> ScriptedExecutor.Course
  ) -> SampleRun {
    var run = SampleRun(lines)
    run.configuration.batchSize = 1
    run.configuration.makeExecutors = { context in
      let local = ScriptedExecutor(
        context, name: "here", limits: .local(workers: 1), isRemote: false, script: here)
      let remote = ScriptedExecutor(
        context, name: "elsewhere",
        limits: ExecutorLimits(workers: 2, timeLimitSeconds: limit, marginSeconds: 0),
        script: elsewhere)
      return [local, remote]
    }
    return run
  }

  private func batches(_ run: SampleRun, on place: String) -> Int {
    (run.scratch.text("out.run/events.jsonl") ?? "").split(separator: "\n").count {
      $0.contains(#""event":"batch""#) && $0.contains(#""place":"\#(place)""#)
    }
  }

  @Test("uses both, and gives the bytes of a run on one")
  func both() throws {
    let run = makeRun((0..<60).map { _ in "ok" }) { _ in .init(seconds: 0.05) }
    let outcome = try run()
    #expect(outcome.exitCode == 0)
    #expect(run.records == (0..<60).map { "\($0):ok" })
    #expect(batches(run, on: "here") > 10)
    #expect(batches(run, on: "elsewhere") > 20)
    #expect(try Verification(directory: run.scratch("out.run")).isGood)
  }

  @Test("does not start workers elsewhere before this machine has measured anything")
  func heldBack() throws {
    let run = makeRun(["ok"]) { _ in .init(seconds: 600) }
    #expect(try run().exitCode == 0)
    #expect(batches(run, on: "here") == 1)
  }

  @Test("tries items here that may have killed a worker elsewhere")
  func suspects() throws {
    let run = makeRun((0..<30).map { _ in "ok" }) { order in
      .init(seconds: 0.05, ending: order.input.items.contains { $0 > 4 } ? .died("of it") : .done)
    }
    #expect(try run().exitCode == 0)
    #expect(run.records == (0..<30).map { "\($0):ok" })
  }

  @Test("does items here that are too long for workers elsewhere")
  func longItems() throws {
    let lines = (0..<30).map { $0 == 20 ? "work 10000" : "work 3" }
    let run = makeRun(lines, limit: 2) { order in
      .init(seconds: order.input.items.contains(20) ? 600 : 0.05)
    }
    let outcome = try run()
    #expect(outcome.exitCode == 0)
    #expect(run.records == (0..<30).map { "\($0):ok" })
  }

  @Test("makes larger batches where a bound for overhead is given, but not here")
  func overhead() throws {
    /// The items of the first batch for each place.
    func firstBatches(_ share: Double?) throws -> [String: Int] {
      let first = Guarded([String: Int]())
      var model = CostModel(
        startUpSeconds: Figure(2, .given), batchOverheadSeconds: Figure(0.5, .given),
        items: ItemTimes(count: 1000, mean: 1, deviation: 2), itemProvenance: .given)
      model.outputBytes = Figure(4, .given)
      let known = model
      var run = SampleRun((0..<4000).map { _ in "ok" })
      run.configuration.mostOverheadShare = share
      run.configuration.makeExecutors = { context in
        ["here", "elsewhere"].map { name in
          ScriptedExecutor(
            context, name: name, limits: ExecutorLimits(workers: 2), isRemote: name != "here",
            model: known
          ) { order in
            first.withLock { $0[name] = $0[name] ?? order.input.items.count }
            return .init(seconds: 0.01)
          }
        }
      }
      #expect(try run().exitCode == 0)
      return first.value
    }
    let quick = try firstBatches(nil)
    let thrifty = try firstBatches(0.01)
    #expect(thrifty["here"] == quick["here"])
    // 2.5 s of set-up, and 99 times as much of work.
    #expect(thrifty["elsewhere", default: 0] >= 247)
    #expect(quick["elsewhere", default: 0] < 200)
  }

  @Test("goes on here when the money is spent")
  func money() throws {
    var run = makeRun((0..<30).map { _ in "ok" }) { _ in .init(seconds: 0.05) }
    let make = run.configuration.makeExecutors
    run.configuration.mostDollars = 5
    run.configuration.makeExecutors = { context in
      let executors = try make?(context) ?? []
      var limits = executors[1].limits
      limits.price = Price(perRequestDollars: 1, perGigabyteSecondDollars: 0, workerGigabytes: 1)
      return [
        executors[0],
        ScriptedExecutor(context, name: "elsewhere", limits: limits) { _ in .init(seconds: 0.05) },
      ]
    }
    let outcome = try run()
    #expect(outcome.exitCode == 0)
    #expect(batches(run, on: "elsewhere") <= 5)
    #expect(batches(run, on: "elsewhere") > 0)
  }
}
