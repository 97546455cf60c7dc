import BatchCore
import Testing

@Suite("The number of workers in a plan")
struct EnoughWorkersTests {
  private func plan(items: Int, seconds: Double, startUp: Double, workers: Int) -> Plan {
    var model = CostModel.local()
    model.assume(ItemTimes(count: 100, mean: seconds, deviation: 0), .given)
    model.startUpSeconds = Figure(startUp, .given)
    var limits = ExecutorLimits.local(workers: workers)
    limits.targetOverheadShare = 0.10
    return Planner.plan(items: items, model: model, limits: limits)
  }

  @Test("is one where a second start-up would cost more than it saves")
  func one() {
    let plan = plan(items: 300_000, seconds: 1e-6, startUp: 20, workers: 900)
    #expect(plan.workers == 1)
    #expect(plan.batchCount == 1)
    #expect(plan.notes.contains { $0.hasPrefix("1 worker is enough: all 900") })
  }

  @Test("is all where the work pays for every start-up")
  func all() {
    let plan = plan(items: 90_000, seconds: 10, startUp: 20, workers: 90)
    #expect(plan.workers == 90)
    #expect(!plan.notes.contains { $0.contains("enough") })
  }

  @Test("ends the run at most 2 % later than all of them", arguments: [1e-4, 1e-3, 1e-2, 0.1])
  func within(seconds: Double) {
    let plan = plan(items: 100_000, seconds: seconds, startUp: 20, workers: 500)
    #expect(plan.expectedSeconds <= 1.03 * (20 + 100_000 * seconds / 500))
  }

  @Test("does not shrink where start-up is free")
  func free() {
    #expect(plan(items: 100_000, seconds: 1e-3, startUp: 0, workers: 8).workers == 8)
  }
}
