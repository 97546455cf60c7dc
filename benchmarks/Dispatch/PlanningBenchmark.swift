import BatchCore

/// How the dispatcher compares with the best fixed batch size in hindsight, over seeded scenarios.
///
/// Item times are unknown at the start. Also counts kills by the time limit, and how often the time
/// came out within the forecast's and the plan's 90 % band.
enum PlanningBenchmark {
  /// The seed of the first scenario; the others follow.
  private static let firstSeed: UInt64 = 20_000

  /// What one scenario came to, makespans relative to that of the best fixed size.
  private struct Row {
    var kind: Scenario.Kind
    var ours: Double
    var one: Double
    var ten: Double
    var share: Double
    var batches: Int
    var kills: Int
    var forecastHeld: Bool?
    var planHeld: Bool?
  }

  /// Prints the table; false when the time limit killed a batch.
  static func run() -> Bool {
    run(scenarios: 200)
  }

  static func run(scenarios: Int) -> Bool {
    let kinds = Scenario.Kind.allCases
    let rows = (0..<scenarios).map { index in
      row(seed: firstSeed + UInt64(index), kind: kinds[index % kinds.count])
    }
    print("Planning: \(scenarios) seeded scenarios, seeds from \(firstSeed);")
    print("makespan relative to the best fixed size of all, found with the item times known\n")
    print("kind            size        median    90 %     worst   within 1.10")
    for kind in kinds { table(rows.filter { $0.kind == kind }, name: kind.rawValue) }
    table(rows, name: "all")
    let batches = rows.reduce(0) { $0 + $1.batches }
    print("\nkilled by the limit: \(rows.reduce(0) { $0 + $1.kills }) of \(batches) batches")
    print("forecast at a tenth within its 90 % band: \(held(rows.compactMap(\.forecastHeld)))")
    print("plan, item times given, within its 90 % band: \(held(rows.compactMap(\.planHeld)))\n")
    return rows.allSatisfy { $0.kills == 0 }
  }

  // MARK: - One scenario

  private static func row(seed: UInt64, kind: Scenario.Kind) -> Row {
    let scenario = Scenario.seeded(seed, kind: kind)
    let search = FixedSizeSearch(scenario)
    let best = search.best().seconds
    var forecast: (at: Double, value: Forecast)?
    let answer = Simulation.run(scenario) { now, dispatcher in
      guard forecast == nil, dispatcher.model.items.count * 10 >= scenario.itemSeconds.count,
        let value = dispatcher.estimatedSecondsLeft(now: now)
      else { return }
      forecast = (now, value)
    }
    let share = max(1, scenario.itemSeconds.count / scenario.workers)
    return Row(
      kind: kind, ours: answer.makespanSeconds / best, one: search.makespan(size: 1) / best,
      ten: search.makespan(size: 10) / best, share: search.makespan(size: share) / best,
      batches: answer.batches.count, kills: answer.limitKills,
      forecastHeld: forecast.map { at, value in
        (value.lowSeconds - 1e-9...value.highSeconds).contains(answer.makespanSeconds - at)
      },
      planHeld: planHeld(scenario))
  }

  /// Whether a run whose item times were known as a distribution took as long as planned; nil for
  /// the largest scenarios.
  private static func planHeld(_ scenario: Scenario) -> Bool? {
    guard scenario.itemSeconds.count <= 5000 else { return nil }
    var times = ItemTimes()
    for seconds in scenario.itemSeconds { times.add(seconds) }
    var model = scenario.model
    model.assume(times, .given)
    let plan = Planner.plan(
      items: scenario.itemSeconds.count, model: model, limits: scenario.limits)
    guard plan.refusal == nil else { return nil }
    let seconds = Simulation.run(scenario, model: model).makespanSeconds
    return (plan.lowSeconds...plan.highSeconds).contains(seconds)
  }

  // MARK: - Printing

  private static func table(_ rows: [Row], name: String) {
    line(name, "the planner's", rows.map(\.ours))
    line("", "1", rows.map(\.one))
    line("", "10", rows.map(\.ten))
    line("", "items/workers", rows.map(\.share))
  }

  private static func line(_ name: String, _ size: String, _ ratios: [Double]) {
    let sorted = ratios.sorted()
    guard let worst = sorted.last else { return }
    let within = sorted.count { $0 <= 1.10 }
    print(
      padded(name, 15), padded(size, 14), padded(fixed(sorted[sorted.count / 2]), 8),
      padded(fixed(sorted[sorted.count * 9 / 10]), 8), padded(fixed(worst), 8),
      "\(within)/\(sorted.count)")
  }

  private static func held(_ values: [Bool]) -> String {
    "\(values.count { $0 }) of \(values.count)"
  }

  private static func fixed(_ value: Double) -> String {
    let thousandths = Int((min(value, 1e6) * 1000).rounded())
    let fraction = String(thousandths % 1000)
    return "\(thousandths / 1000)." + String(repeating: "0", count: 3 - fraction.count) + fraction
  }

  private static func padded(_ text: String, _ width: Int) -> String {
    text + String(repeating: " ", count: max(0, width - text.count))
  }
}
