import BatchCore
import Testing

@Suite("Simulation")
struct SimulationTests {
  private static func scenario(_ seed: UInt64) -> Scenario {
    let kinds = Scenario.Kind.allCases
    var scenario = Scenario.seeded(seed, kind: kinds[Int(seed) % kinds.count])
    scenario.itemSeconds = Array(scenario.itemSeconds.prefix(3000))
    return scenario
  }

  @Test("Anyone can recompute every batch from the scenario", arguments: 0..<40)
  func recomputable(seed: UInt64) {
    let scenario = Self.scenario(seed)
    let answer = Simulation.run(scenario)
    var times = Array(repeating: 0, count: scenario.itemSeconds.count)
    var billed = 0.0
    for batch in answer.batches {
      let first = batch.assignment.items.lowerBound
      let finished = first..<first + batch.finishedItems
      for item in finished { times[item] += 1 }
      let work = finished.reduce(0) { $0 + scenario.itemSeconds[$1] }
      let setUp = scenario.batchOverheadSeconds + (batch.isCold ? scenario.startUpSeconds : 0)
      billed += batch.endSeconds - batch.startSeconds
      guard !batch.isKilled else { continue }
      #expect(
        abs(batch.startSeconds + setUp + work - batch.endSeconds) < 1e-6 * batch.endSeconds,
        "seed \(seed), batch \(batch)")
    }
    for item in answer.exceedsLimit { times[item] += 1 }
    #expect(times.allSatisfy { $0 == 1 }, "seed \(seed): every item finishes exactly once")
    #expect(abs(billed - answer.billedSeconds) < 1e-6 * billed, "seed \(seed)")
    #expect(answer.makespanSeconds == answer.batches.map(\.endSeconds).max())
  }

  @Test(
    "No worker is in two places, starts before it exists, or outlives the limit", arguments: 0..<40)
  func workersAreReal(seed: UInt64) {
    let scenario = Self.scenario(seed)
    let answer = Simulation.run(scenario)
    var freeAt: [Int: Double] = [:]
    for batch in answer.batches.sorted(by: { $0.startSeconds < $1.startSeconds }) {
      #expect((0..<scenario.workers).contains(batch.worker), "seed \(seed)")
      #expect(batch.startSeconds >= freeAt[batch.worker, default: 0], "seed \(seed)")
      if let ramp = scenario.rampPerSecond {
        #expect(batch.startSeconds >= Double(batch.worker) / ramp - 1e-9, "seed \(seed)")
      }
      #expect(
        batch.isCold == (freeAt[batch.worker] == nil || !scenario.warmReuse), "seed \(seed)")
      #expect(
        batch.endSeconds - batch.startSeconds
          <= (scenario.timeLimitSeconds ?? .infinity) + 1e-6, "seed \(seed)")
      freeAt[batch.worker] = batch.endSeconds
    }
    #expect(answer.limitKills == 0, "seed \(seed)")
  }

  @Test("The makespan stays near that of the best fixed size, of all sizes, in hindsight")
  func nearBestFixedSize() {
    var near = 0
    var worst = 0.0
    for seed in 0..<UInt64(40) {
      let scenario = Self.scenario(7000 + seed)
      let ours = Simulation.run(scenario).makespanSeconds
      let ratio = ours / FixedSizeSearch(scenario).best().seconds
      worst = max(worst, ratio)
      if ratio <= 1.10 { near += 1 }
    }
    #expect(near >= 33, "\(near) of 40 within 1.10")
    #expect(worst < 2.5)
  }

  @Test("The search for the best fixed size follows the simulation's rules", arguments: [1, 3, 10])
  func searchAgrees(size: Int) {
    for seed in 0..<UInt64(20) {
      var scenario = Self.scenario(100 + seed)
      // Without a limit both runs are the same; with one the rival knows when to stop.
      scenario.timeLimitSeconds = nil
      let simulated = Simulation.run(scenario, batchSize: size).makespanSeconds
      let searched = FixedSizeSearch(scenario).makespan(size: size)
      #expect(abs(simulated - searched) <= 1e-6 * searched, "seed \(seed)")
    }
  }

  @Test("An item that no invocation can hold is attempted alone, once, and named")
  func exceedsLimit() {
    var scenario = Scenario(itemSeconds: Array(repeating: 1, count: 50))
    scenario.itemSeconds[17] = 500
    scenario.startUpSeconds = 5
    scenario.timeLimitSeconds = 60
    scenario.workers = 4
    let answer = Simulation.run(scenario)
    #expect(answer.exceedsLimit == [17])
    let alone = answer.batches.filter { $0.assignment.items == 17..<18 }
    #expect(alone.count == 1)
  }

  @Test("Skewed items end within three percent of the bound", arguments: 1...5)
  func skewedItems(seed: UInt64) {
    var random = SeededRandom(seed: seed)
    var scenario = Scenario(itemSeconds: [])
    for _ in 0..<2000 {
      let isSlow = random.unit() < 0.05
      scenario.itemSeconds.append(random.unit() * (isSlow ? 0.1 : 0.02))
    }
    scenario.workers = 8
    scenario.batchOverheadSeconds = 50e-6
    let bound = max(
      scenario.itemSeconds.reduce(0, +) / 8, scenario.itemSeconds.max() ?? 0)
    #expect(Simulation.run(scenario).makespanSeconds <= 1.03 * bound, "seed \(seed)")
  }
}
