import BatchCore
import Testing

@Suite("Dispatcher")
struct DispatcherTests {
  /// A made-up executor: what each item is doing, kept the simplest possible way.
  private struct Naive {
    enum State { case waiting, out, done }
    var states: [State]
  }

  @Test(
    "Every item is with one worker at a time and ends done, whatever workers do", arguments: 0..<60)
  func everyItemOnce(seed: UInt64) throws {
    var random = SeededRandom(seed: seed)
    let count = 1 + Int(random.unit() * 400)
    let limits = Self.limits(&random)
    var naive = Naive(states: Array(repeating: .waiting, count: count))
    var dispatcher = Dispatcher(
      remaining: [0..<count], model: Self.model(&random), limits: limits,
      batchSize: random.unit() < 0.3 ? 1 + Int(random.unit() * 20) : nil)
    var out: [Assignment] = []
    var now = 0.0
    var steps = 0
    while !dispatcher.isDone {
      steps += 1
      try #require(steps < 100_000, "seed \(seed): the run does not end")
      now += random.unit()
      let fit = 1 + Int(random.unit() * 50)
      if out.count < limits.workers,
        let next = dispatcher.next(
          now: now, idleWorkers: limits.workers - out.count,
          worker: random.unit() < 0.5 ? .cold : .warm, fitting: { min(fit, $0.count) })
      {
        #expect(!next.items.isEmpty && next.items.count <= max(fit, 200), "seed \(seed)")
        for item in next.items {
          #expect(naive.states[item] == .waiting, "seed \(seed): item \(item) handed out twice")
          naive.states[item] = .out
        }
        out.append(next)
      } else {
        try #require(!out.isEmpty, "seed \(seed): nothing is out and nothing is handed out")
        let back = out.remove(at: Int(random.unit() * Double(out.count)))
        Self.bringBack(back, &dispatcher, &naive, &random)
      }
      let open = naive.states.count { $0 != .done }
      #expect(dispatcher.remainingItems == open, "seed \(seed): \(open) items are not done")
    }
    #expect(naive.states.allSatisfy { $0 == .done }, "seed \(seed)")
  }

  private static func bringBack(
    _ back: Assignment, _ dispatcher: inout Dispatcher, _ naive: inout Naive,
    _ random: inout SeededRandom
  ) {
    let kind = random.unit()
    let finished =
      kind < 0.6 ? back.items.count : Int(random.unit() * Double(back.items.count + 1))
    for (offset, item) in back.items.enumerated() {
      naive.states[item] = offset < finished ? .done : .waiting
    }
    var times = ItemTimes()
    for _ in 0..<finished { times.add(random.unit()) }
    if kind > 0.9 {
      dispatcher.lost(back.batch, finishedItems: finished)
    } else {
      dispatcher.finished(
        back.batch, finishedItems: finished, startUpSeconds: 1, overheadSeconds: 0.1, times: times)
    }
    if kind < 0.1, finished > 0 {
      // An item that is to be tried again.
      let item = back.items.lowerBound
      naive.states[item] = .waiting
      dispatcher.giveBack(item..<item + 1)
    }
  }

  private static func limits(_ random: inout SeededRandom) -> ExecutorLimits {
    ExecutorLimits(
      workers: 1 + Int(random.unit() * 12),
      timeLimitSeconds: random.unit() < 0.5 ? 30 + 100 * random.unit() : nil,
      rampPerSecond: random.unit() < 0.3 ? 2 : nil, warmReuse: random.unit() < 0.5)
  }

  private static func model(_ random: inout SeededRandom) -> CostModel {
    CostModel(
      startUpSeconds: Figure(10 * random.unit(), .given),
      batchOverheadSeconds: Figure(random.unit(), .given),
      items: ItemTimes(count: 1, mean: 1, deviation: 1),
      itemProvenance: random.unit() < 0.5 ? .guess : .given)
  }

  @Test("A given batch size is kept until the last batch")
  func givenSize() {
    var dispatcher = Dispatcher(
      remaining: [0..<25], model: .local(), limits: .local(workers: 4), batchSize: 10)
    var sizes: [Int] = []
    while let next = dispatcher.next(
      now: 0, idleWorkers: 4, worker: .warm, fitting: { $0.count })
    {
      sizes.append(next.items.count)
      #expect(next.reason == .given)
    }
    #expect(sizes == [10, 10, 5])
  }

  @Test(
    "A batch has a budget, unless its worker waits next to others most of the time",
    arguments: [false, true], [nil, ItemTimes(count: 100, mean: 0.15, deviation: 0.05)])
  func budget(workersWait: Bool, known: ItemTimes?) throws {
    var limits = ExecutorLimits.local(workers: 8)
    limits.workersWait = workersWait
    var model = CostModel.local()
    if let known { model.assume(known, .given) }
    var dispatcher = Dispatcher(remaining: [0..<1000], model: model, limits: limits)
    let handedOut = dispatcher.next(now: 0, idleWorkers: 8, worker: .warm, fitting: { $0.count })
    let batch = try #require(handedOut)
    #expect(batch.budgetSeconds.isInfinite == workersWait)
    #expect(batch.items.count < 1000)
  }

  @Test("A lost batch is halved until the item that breaks it is alone")
  func suspects() throws {
    let killer = 37
    var dispatcher = Dispatcher(
      remaining: [0..<64], model: .local(), limits: .local(workers: 1), batchSize: 64)
    var alone = false
    var attempts = 0
    while !dispatcher.isDone {
      attempts += 1
      try #require(attempts < 100)
      let handedOut = dispatcher.next(now: 0, idleWorkers: 1, worker: .warm, fitting: { $0.count })
      let next = try #require(handedOut)
      if next.items == killer..<killer + 1 {
        alone = true
        dispatcher.finished(next.batch, finishedItems: 1, times: ItemTimes())
      } else if next.items.contains(killer) {
        dispatcher.lost(next.batch)
      } else {
        dispatcher.finished(next.batch, finishedItems: next.items.count, times: ItemTimes())
      }
    }
    #expect(alone)
    #expect(attempts <= 20, "halving takes some twice log2(64) attempts, not \(attempts)")
  }

  @Test("A worker that would start too late is left waiting while others are warm")
  func coldWorkerWaits() throws {
    let model = CostModel(
      startUpSeconds: Figure(30, .given), batchOverheadSeconds: Figure(0.01, .given),
      items: ItemTimes(count: 100, mean: 1, deviation: 0.1), itemProvenance: .given)
    var dispatcher = Dispatcher(
      remaining: [0..<20], model: model,
      limits: ExecutorLimits(workers: 2, rampPerSecond: 0.1))
    let handedOut = dispatcher.next(
      now: 0, idleWorkers: 1, worker: .cold, fitting: { min($0.count, 10) })
    #expect(handedOut?.items == 0..<10)
    let second = dispatcher.next(now: 31, idleWorkers: 1, worker: .cold, fitting: { $0.count })
    #expect(second == nil)
  }

  @Test("A forecast is made once eight observations are there, and not before")
  func forecastWaits() throws {
    var dispatcher = Dispatcher(
      remaining: [0..<1000], model: .local(), limits: .local(workers: 1), batchSize: 1)
    for count in 1...12 {
      let now = Double(count)
      let handedOut = dispatcher.next(
        now: now - 1, idleWorkers: 1, worker: .warm, fitting: { $0.count })
      var times = ItemTimes()
      times.add(1)
      dispatcher.finished(try #require(handedOut).batch, finishedItems: 1, times: times)
      let isThere = dispatcher.estimatedSecondsLeft(now: now) != nil
      #expect(isThere == (count >= 8), "after \(count)")
    }
  }

  /// Hands out to workers that appear one by one and are never heard of, until none is wanted.
  private static func starters(ramp: Double, startUp: Double, warm: Bool) -> Int {
    let model = CostModel(
      startUpSeconds: Figure(startUp, .given), batchOverheadSeconds: Figure(0.1, .given),
      items: ItemTimes(count: 1, mean: 1, deviation: 1), itemProvenance: .guess)
    var dispatcher = Dispatcher(
      remaining: [0..<2000], model: model,
      limits: ExecutorLimits(workers: 1000, rampPerSecond: ramp, warmReuse: warm))
    var started = 0
    while started < 1000,
      dispatcher.next(
        now: Double(started) / ramp, idleWorkers: 1, worker: .cold, fitting: { $0.count }) != nil
    {
      started += 1
    }
    return started
  }

  @Test(
    "Workers that appear slowly are not all started before the first news",
    arguments: [true, false])
  func firstWave(warm: Bool) {
    let few = Self.starters(ramp: 5, startUp: 20, warm: warm)
    #expect(few >= 1 && few < 100, "a start-up takes as long as a hundred workers to appear")
    #expect(Self.starters(ramp: 5, startUp: 20, warm: warm) == few)
    #expect(Self.starters(ramp: 50, startUp: 20, warm: warm) >= few)
  }

  @Test(
    "Where a start-up is only guessed, little work does not start a function for each few items",
    arguments: [15_010, 20_000, 60_000])
  func littleWork(items: Int) {
    let itemSeconds = 1e-4
    var model = CostModel(
      startUpSeconds: Figure(1, .guess), batchOverheadSeconds: Figure(0.15, .guess),
      items: ItemTimes(), itemProvenance: .guess)
    model.assume(ItemTimes(count: 100, mean: itemSeconds, deviation: itemSeconds / 3), .probe)
    var dispatcher = Dispatcher(
      remaining: [0..<items], model: model, limits: .lambda(workers: 900))
    var sizes: [Int] = []
    while let next = dispatcher.next(
      now: 0, idleWorkers: 900 - sizes.count, worker: .cold, fitting: { $0.count })
    {
      sizes.append(next.items.count)
    }
    #expect(sizes.reduce(0, +) == items)
    #expect(
      sizes.allSatisfy { Double($0) * itemSeconds >= 0.25 },
      "a start of a second for less than a quarter of a second of work: \(sizes)")
  }

  @Test("Rests that are not worth a start wait for a function that is warm")
  func restWaits() throws {
    var model = CostModel(
      startUpSeconds: Figure(1, .guess), batchOverheadSeconds: Figure(0.15, .guess),
      items: ItemTimes(), itemProvenance: .guess)
    model.assume(ItemTimes(count: 100, mean: 1e-4, deviation: 3e-5), .probe)
    var dispatcher = Dispatcher(
      remaining: [0..<15_010], model: model, limits: .lambda(workers: 900))
    var out: [Assignment] = []
    while let next = dispatcher.next(
      now: 0, idleWorkers: 900 - out.count, worker: .cold, fitting: { min($0.count, 4990) })
    {
      out.append(next)
    }
    #expect(out.map(\.items.count) == [4990, 4990, 4990], "40 items are not worth a start")
    let first = try #require(out.first)
    dispatcher.finished(
      first.batch, finishedItems: 4990, startUpSeconds: 5, overheadSeconds: 0.1,
      times: ItemTimes(count: 4990, mean: 1e-4, deviation: 3e-5))
    let handedOut = dispatcher.next(
      now: 6, idleWorkers: 898, worker: .warm, fitting: { $0.count })
    #expect(try #require(handedOut).items.count == 40)
  }

  @Test("While items are in work for as long as the longest that finished, none is taken for known")
  func censored() throws {
    // Five hundred workers begin at once; only the items that take less than ten seconds are known.
    let model = CostModel(
      startUpSeconds: Figure(5, .given), batchOverheadSeconds: Figure(0.1, .given),
      items: ItemTimes(), itemProvenance: .guess)
    var dispatcher = Dispatcher(
      remaining: [0..<10_000], model: model,
      limits: ExecutorLimits(workers: 500, timeLimitSeconds: 165, warmReuse: false))
    var out: [Assignment] = []
    while out.count < 500,
      let next = dispatcher.next(
        now: 0, idleWorkers: 500 - out.count, worker: .cold, fitting: { _ in 1 })
    {
      out.append(next)
    }
    for (number, batch) in out.enumerated().dropFirst(100) {
      var times = ItemTimes()
      times.add(number % 2 == 0 ? 1.2 : 0.8)
      dispatcher.finished(
        batch.batch, finishedItems: 1, startUpSeconds: 5, overheadSeconds: 0.1, times: times)
    }
    let next = dispatcher.next(now: 15.1, idleWorkers: 1, worker: .cold, fitting: { $0.count })
    let assignment = try #require(next)
    #expect(
      assignment.cautionSeconds > 0,
      "a hundred items have lasted ten seconds so far, and none that finished more than 1.2")
  }
}
