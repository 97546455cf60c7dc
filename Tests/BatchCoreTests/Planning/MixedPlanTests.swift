import BatchCore
import Testing

@Suite("A plan for several places")
struct MixedPlanTests {
  private func plan(_ place: String, workers: Int, startUp: Double) -> MixedPlan.Share {
    var model = CostModel.local()
    model.assume(ItemTimes(count: 100, mean: 1, deviation: 0), .probe)
    model.startUpSeconds = Figure(startUp, .given)
    return .init(
      place: place,
      plan: Planner.plan(
        items: 1000, model: model, limits: ExecutorLimits(workers: workers, warmReuse: true)))
  }

  @Test("says what each would do alone, and both together")
  func together() throws {
    let mixed = MixedPlan([
      plan("local", workers: 2, startUp: 0), plan("slurm", workers: 8, startUp: 10),
    ])
    // 2 t + 8 (t - 10) = 1000.
    let seconds = try #require(mixed.togetherSeconds)
    #expect(abs(seconds - 108) < 1)
    #expect(mixed.lines.contains("On local alone") && mixed.lines.contains("On slurm alone"))
    #expect(mixed.lines.last?.hasPrefix("Together   about 1 min 48 s") == true, "\(mixed.lines)")
    #expect(mixed.json.hasPrefix("{\"local\":{\"items\":1000"))
    #expect(mixed.json.contains("\"together_seconds\":10"))
  }

  @Test("has no time of both where no place can do it")
  func refused() {
    var model = CostModel.local()
    model.assume(ItemTimes(count: 10, mean: 100, deviation: 0), .probe)
    let limits = ExecutorLimits(workers: 4, timeLimitSeconds: 50)
    let alone = Planner.plan(items: 10, model: model, limits: limits)
    #expect(MixedPlan([.init(place: "slurm", plan: alone)]).togetherSeconds == nil)
  }
}
