import BatchCore
import Testing

@Suite("A bound for start-up and overhead")
struct OverheadTests {
  /// Items of which a tenth is ten times as long: default batches are small, to level that out.
  private static func scenario(
    items: Int = 2000, workers: Int = 10, limit: Double? = nil, warm: Bool = false,
    share: Double? = nil
  ) -> Scenario {
    var scenario = Scenario(
      itemSeconds: (0..<items).map { ($0 * 7919) % 10 == 0 ? 5 : 0.5 })
    scenario.startUpSeconds = 8
    scenario.batchOverheadSeconds = 1
    scenario.workers = workers
    scenario.timeLimitSeconds = limit
    scenario.warmReuse = warm
    scenario.mostOverheadShare = share
    return scenario
  }

  /// The share of start-up and overhead in all that the workers do.
  private static func overhead(_ scenario: Scenario) -> Double {
    let answer = Simulation.run(scenario)
    return 1 - scenario.itemSeconds.reduce(0, +) / answer.billedSeconds
  }

  @Test("is kept where it is asked for, and not where nobody asks", arguments: [0.05, 0.08])
  func kept(share: Double) {
    #expect(Self.overhead(Self.scenario(share: share)) <= share * 1.1)
    #expect(Self.overhead(Self.scenario()) > share * 1.4)
    // Where environments stay, all batches of a worker together pay for its start.
    #expect(Self.overhead(Self.scenario(items: 4000, warm: true, share: share)) <= share * 1.1)
  }

  @Test("makes fewer batches of the same items")
  func fewer() {
    let quick = Simulation.run(Self.scenario())
    let thrifty = Simulation.run(Self.scenario(share: 0.02))
    #expect(quick.batches.count > thrifty.batches.count)
  }

  @Test("never makes a batch that the time limit would end", arguments: [30.0, 60, 120])
  func limit(limit: Double) {
    let answer = Simulation.run(Self.scenario(limit: limit, share: 0.02))
    #expect(answer.limitKills == 0 && answer.exceedsLimit.isEmpty)
  }

  @Test("leaves no worker without its part of the work")
  func workers() {
    let answer = Simulation.run(Self.scenario(items: 400, workers: 20, share: 0.01))
    #expect(Set(answer.batches.map(\.worker)).count == 20)
  }

  @Test("makes the first batches of unknown items give back later")
  func first() {
    func budget(_ share: Double?) -> Double? {
      let scenario = Self.scenario(share: share)
      var dispatcher = Dispatcher(
        remaining: [0..<2000], model: scenario.model, limits: scenario.limits)
      return dispatcher.next(
        now: 0, idleWorkers: 10, worker: .cold, fitting: { $0.count })?.budgetSeconds
    }
    #expect(abs((budget(0.02) ?? 0) - (9 + 9 * 49)) < 1e-9)
    #expect((budget(nil) ?? 0) < 9 + 9 * 48)
  }

  // MARK: - Plans

  private static func plan(
    items: Int, workers: Int, limit: Double? = nil, warm: Bool = false, share: Double? = 0.10,
    batchSize: Int? = nil
  ) -> Plan {
    var limits = ExecutorLimits(workers: workers, timeLimitSeconds: limit, warmReuse: warm)
    limits.keepOverhead(below: share)
    return Planner.plan(
      items: items,
      model: CostModel(
        startUpSeconds: Figure(19, .given), batchOverheadSeconds: Figure(1, .given),
        items: ItemTimes(count: 1000, mean: 1, deviation: 2), itemProvenance: .given),
      limits: limits, batchSize: batchSize)
  }

  @Test("is in the plan when it can be kept, with nothing to explain")
  func planned() {
    let kept = Self.plan(items: 40_000, workers: 100)
    #expect(kept.overheadShare <= 0.10)
    #expect(!kept.notes.contains { $0.hasPrefix("Start-up and overhead") }, "\(kept.notes)")
    // b ≥ 9 (c + h) / μ, with c = 19 s, h = 1 s and μ = 1 s.
    #expect(kept.batches.allSatisfy { $0.itemsPerBatch >= 180 }, "\(kept.batches)")
    #expect(Self.plan(items: 40_000, workers: 100, share: nil).overheadShare > 0.10)
  }

  @Test("that the time limit does not allow is explained with the batch that it would need")
  func tooShort() {
    let plan = Self.plan(items: 40_000, workers: 100, limit: 100)
    #expect(
      plan.notes.contains {
        $0.hasPrefix("Start-up and overhead take")
          && $0.hasSuffix(
            "more than 10 %, because a batch would have to work for 3 min 00 s (180 items), and "
              + "the time limit leaves it 80 s.")
      }, "\(plan.notes)")
  }

  @Test("that the number of items does not allow is explained with the workers that would keep it")
  func tooFew() {
    let plan = Self.plan(items: 4000, workers: 100)
    #expect(plan.workers > 22)
    #expect(
      plan.notes.contains {
        $0.contains("because each worker would need 180 items, and 4,000 are enough for 22 of ")
          && $0.hasSuffix("--workers 22 would keep it, and end later.")
      }, "\(plan.notes)")
    #expect(Self.plan(items: 4000, workers: 22).overheadShare <= 0.10)
    let tiny = Self.plan(items: 50, workers: 4)
    #expect(
      tiny.notes.contains { $0.contains("a worker would need 180 items, and there are 50") },
      "\(tiny.notes)")
    let given = Self.plan(items: 40_000, workers: 100, batchSize: 10)
    #expect(given.notes.contains { $0.contains("because the batch size is given (10)") })
  }
}
