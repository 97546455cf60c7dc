import BatchCore
import Testing

@Suite("Planner")
struct PlannerTests {
  private static func plan(
    items: Int = 100_000, startUp: Double = 20, mean: Double = 0.5, deviation: Double = 0.2,
    workers: Int = 100, limit: Double? = 300, warm: Bool = false, batchSize: Int? = nil
  ) -> Plan {
    Planner.plan(
      items: items,
      model: CostModel(
        startUpSeconds: Figure(startUp, .given), batchOverheadSeconds: Figure(0.5, .given),
        items: ItemTimes(count: 1000, mean: mean, deviation: deviation), itemProvenance: .given),
      limits: ExecutorLimits(workers: workers, timeLimitSeconds: limit, warmReuse: warm),
      batchSize: batchSize)
  }

  private static func total(_ plan: Plan) -> Int {
    plan.batches.reduce(0) { $0 + $1.itemsPerBatch * $1.count }
  }

  @Test(
    "The batches cover every item once, in order",
    arguments: [(1, 1), (10, 100), (12_345, 7), (100_000, 900)])
  func covers(items: Int, workers: Int) {
    let plan = Self.plan(items: items, workers: workers)
    var next = 0
    for run in plan.batches {
      #expect(run.firstItem == next)
      next += run.itemsPerBatch * run.count
    }
    #expect(next == items)
    #expect(plan.batchCount == plan.batches.reduce(0) { $0 + $1.count })
    #expect(plan.lowSeconds <= plan.expectedSeconds && plan.expectedSeconds <= plan.highSeconds)
  }

  @Test("A longer start-up never means more batches where no limit binds")
  func startUpMonotonic() {
    let counts = [0.5, 2, 10, 30, 60].map { Self.plan(startUp: $0, limit: nil).batchCount }
    for (short, long) in zip(counts, counts.dropFirst()) {
      #expect(long <= short + short / 50, "\(counts)")
    }
  }

  @Test("Start-up, limit, workers and spread each change the plan")
  func everythingMatters() {
    let base = Self.plan().batches
    #expect(Self.plan(startUp: 5).batches != base)
    #expect(Self.plan(limit: 90).batches != base)
    #expect(Self.plan(workers: 50).batches != base)
    let warm = Self.plan(warm: true).batches
    #expect(Self.plan(deviation: 2, warm: true).batches != warm)
  }

  @Test("The time limit is not to blame for small batches where another one costs next to nothing")
  func caution() {
    let plan = { (overhead: Double) in
      Planner.plan(
        items: 300_000,
        model: CostModel(
          startUpSeconds: Figure(20, .given), batchOverheadSeconds: Figure(overhead, .given),
          items: ItemTimes(count: 1000, mean: 1e-3, deviation: 1e-4), itemProvenance: .given),
        limits: ExecutorLimits(workers: 2, timeLimitSeconds: 60, warmReuse: true))
    }
    #expect(plan(50e-6).reason == .caution)
    #expect(plan(50e-6).notes.joined().contains("because all the work is only 5 min"))
    #expect(plan(5).reason == .timeLimit)
  }

  @Test("No batch is planned past the time limit", arguments: [60.0, 120, 300, 900])
  func withinLimit(limit: Double) {
    let plan = Self.plan(limit: limit)
    for run in plan.batches {
      #expect(20.5 + 0.5 * Double(run.itemsPerBatch) <= limit)
    }
  }

  @Test("What cannot be had is said")
  func notes() {
    let refused = Self.plan(mean: 400)
    #expect(refused.refusal?.contains("time limit of 5 min 00 s") == true)
    #expect(refused.batches.isEmpty)
    let small = Self.plan(items: 100)
    #expect(small.overheadShare > 0.10)
    #expect(small.notes.contains { $0.contains("more than 10 %") })
    let given = Self.plan(items: 1000, batchSize: 1)
    #expect(given.reason == .given)
    #expect(given.notes.contains { $0.contains("the batch size is given (1)") })
  }

  @Test("Where only the margin of the limit refuses, the sentence names the margin")
  func margin() {
    func refusal(limit: Double) -> String? {
      var model = CostModel.local(itemSeconds: 1e-3)
      model.startUpSeconds = Figure(20, .given)
      return Planner.plan(
        items: 100, model: model,
        limits: ExecutorLimits(workers: 2, timeLimitSeconds: limit, marginSeconds: limit * 0.05)
      ).refusal
    }
    #expect(refusal(limit: 21)?.contains("the margin of 1.05 s that a worker keeps") == true)
    #expect(refusal(limit: 19)?.contains("margin") == false)
    #expect(refusal(limit: 30) == nil)
  }

  @Test("Guesses are named, and figures that are known are not")
  func guesses() {
    let plan = Planner.plan(items: 1000, model: .local(), limits: .local(workers: 2))
    #expect(plan.guesses == ["time per item (1 ms)", "overhead per batch (50 µs)"])
    #expect(Self.plan().guesses.isEmpty)
  }

  @Test("A payload limit fixes the size when it binds")
  func payload() {
    var limits = ExecutorLimits(workers: 4, payloadBytes: 1000, warmReuse: true)
    limits.timeLimitSeconds = nil
    var model = CostModel.local(itemSeconds: 0.01)
    model.inputBytes = Figure(100, .measured)
    let plan = Planner.plan(items: 10_000, model: model, limits: limits)
    #expect(plan.reason == .payload)
    #expect(plan.usualBatchItems == 10)
  }

  @Test("More workers cost more and take less time; the curve names its ends")
  func priceCurve() throws {
    let model = CostModel(
      startUpSeconds: Figure(5, .given), batchOverheadSeconds: Figure(0.1, .given),
      items: ItemTimes(count: 100, mean: 1, deviation: 0.3), itemProvenance: .given)
    let fast = Planner.plan(items: 20_000, model: model, limits: .lambda(workers: 500))
    let cheap = Planner.plan(
      items: 20_000, model: model, limits: .lambda(workers: 500), objective: .money)
    #expect(fast.expectedSeconds < cheap.expectedSeconds)
    #expect(try #require(fast.dollars) > (try #require(cheap.dollars)))
    #expect(fast.priceCurve.contains { $0.isFastest } && fast.priceCurve.contains { $0.isCheapest })
  }

  @Test("The cost has a band that is as wide as the time per item is unsure")
  func costBand() throws {
    func plan(_ items: ItemTimes, _ provenance: Provenance) -> Plan {
      let model = CostModel(
        startUpSeconds: Figure(5, .given), batchOverheadSeconds: Figure(0.1, .given),
        items: items, itemProvenance: provenance)
      return Planner.plan(items: 20_000, model: model, limits: .lambda(workers: 100))
    }
    let sure = plan(ItemTimes(count: 1000, mean: 1, deviation: 0.1), .measured)
    let unsure = plan(ItemTimes(count: 2, mean: 1, deviation: 0.5), .probe)
    let guess = plan(ItemTimes(count: 1, mean: 1, deviation: 0.3), .guess)
    let widths = try [sure, unsure, guess].map { plan in
      let dollars = try #require(plan.dollars)
      #expect(plan.lowDollars < dollars && dollars < plan.highDollars)
      return plan.highDollars / plan.lowDollars
    }
    #expect(widths[0] < 1.3)
    #expect(widths[0] < widths[1] && widths[1] < widths[2], "\(widths)")
    #expect(sure.description.contains("Cost       $"))
    #expect(sure.description.contains("with 90 % probability $"))
    #expect(sure.json.contains("\"band_dollars\":[\(sure.lowDollars),"))
  }

  @Test("A million items with a batch each are planned as one line of the plan")
  func million() {
    let plan = Planner.plan(
      items: 1_000_000, model: .local(), limits: .local(workers: 8), batchSize: 1)
    #expect(plan.batches == [Plan.Batches(firstItem: 0, itemsPerBatch: 1, count: 1_000_000)])
  }

  @Test("The text names batches, time, band and overhead; the JSON names the same")
  func rendering() {
    let plan = Self.plan(items: 1000)
    let text = plan.description
    for word in ["Items", "Batches", "Time", "90 % probability", "Overhead", "Guesses"] {
      #expect(text.contains(word))
    }
    for field in ["\"items\":1000", "\"band_seconds\":[", "\"batches\":[[0,", "\"guesses\":[]"] {
      #expect(plan.json.contains(field))
    }
  }
}
