import BatchCore
import Testing

@Suite("Batches for workers in several places")
struct DispatcherPlacesTests {
  /// Threads without a limit, and workers with twenty seconds that take ten to start.
  private func dispatcher(_ items: Int, itemSeconds: Double = 1) -> Dispatcher {
    var here = CostModel.local()
    here.assume(ItemTimes(count: 100, mean: itemSeconds, deviation: 0), .measured)
    var elsewhere = here
    elsewhere.startUpSeconds = Figure(10, .given)
    elsewhere.batchOverheadSeconds = Figure(1, .given)
    var limits = ExecutorLimits.local(workers: 4)
    var dispatcher = Dispatcher(remaining: [0..<items], model: here, limits: limits)
    limits = ExecutorLimits(workers: 4, timeLimitSeconds: 20, marginSeconds: 2)
    dispatcher.add(limits, elsewhere)
    return dispatcher
  }

  private func next(_ dispatcher: inout Dispatcher, _ worker: WorkerState) throws -> Assignment {
    let next = dispatcher.next(now: 0, idleWorkers: 4, worker: worker, fitting: { $0.count })
    return try #require(next)
  }

  @Test("have the limits of their place")
  func limits() throws {
    var dispatcher = dispatcher(1000)
    let here = try next(&dispatcher, .warm)
    dispatcher.enter(1)
    let there = try next(&dispatcher, .cold)
    #expect(here.deadlineSeconds == .infinity)
    #expect(there.deadlineSeconds == 18)
    // Eleven seconds of the eighteen are for the start.
    #expect(there.items.count <= 3 * 7)
    dispatcher.enter(0)
    #expect(dispatcher.limits.timeLimitSeconds == nil)
  }

  @Test("teach each place its own start-up, and all of them the times of items")
  func learning() throws {
    var dispatcher = dispatcher(100)
    dispatcher.enter(1)
    let batch = try next(&dispatcher, .cold)
    var times = ItemTimes()
    for _ in batch.items { times.add(3) }
    dispatcher.finished(
      batch.batch, finishedItems: batch.items.count, startUpSeconds: 6, overheadSeconds: 0.5,
      times: times)
    #expect(dispatcher.model.startUpSeconds.value == 6)
    dispatcher.enter(0)
    #expect(dispatcher.model.startUpSeconds.value == 0)
    #expect(dispatcher.model.items.meanSeconds > 1)
    dispatcher.enter(1)
    #expect(dispatcher.model.startUpSeconds.value == 6)
    #expect(dispatcher.model.batchOverheadSeconds.value == 0.5)
  }

  @Test("do not go to cold workers when the others are done before")
  func notWorthIt() throws {
    var dispatcher = dispatcher(4)
    _ = try next(&dispatcher, .warm)
    dispatcher.enter(1)
    let cold = dispatcher.next(now: 0, idleWorkers: 3, worker: .cold, fitting: { $0.count })
    #expect(cold == nil)
  }
}
