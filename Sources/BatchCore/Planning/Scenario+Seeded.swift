import Glibc

extension Scenario {
  /// How the item times of a seeded scenario are made.
  package enum Kind: String, Sendable, CaseIterable {
    /// Independent log-normal times.
    case logNormal
    /// Most items short, a few many times longer.
    case bimodal
    /// Times follow a size that items near each other share in part.
    case sizeDependent
    /// Times grow or shrink along the input.
    case drifting
  }

  /// A random scenario; the same seed gives the same one.
  ///
  /// Start-up 0–30 s, limits 60–900 s, 1–3,000 workers, ramp-up, both kinds of reuse; from a few items
  /// for many workers to hundreds for each. No item takes more than two thirds of what an invocation
  /// can hold before its deadline: with longer ones no batch of two items would be safe.
  package static func seeded(_ seed: UInt64, kind: Kind) -> Scenario {
    var random = SeededRandom(seed: seed)
    var scenario = Scenario(itemSeconds: [])
    scenario.workers = Int(random.logUniform(1, 3000.99))
    scenario.startUpSeconds = random.unit() < 0.2 ? 0 : 30 * random.unit()
    scenario.batchOverheadSeconds = random.logUniform(0.01, 3)
    scenario.timeLimitSeconds = random.logUniform(60, 900)
    scenario.warmReuse = random.unit() < 0.5
    scenario.rampPerSecond = random.unit() < 0.4 ? random.logUniform(1, 500) : nil
    let perWorker = random.logUniform(0.5, 300)
    let count = Int(min(max(Double(scenario.workers) * perWorker, 20), 200_000))
    let mean = random.logUniform(0.05, 10)
    let room =
      scenario.limits.deadlineSeconds - scenario.startUpSeconds - scenario.batchOverheadSeconds
    scenario.itemSeconds = random.itemTimes(count: count, kind: kind).map {
      min($0 * mean, 2 / 3 * room)
    }
    return scenario
  }
}

extension SeededRandom {
  fileprivate mutating func logUniform(_ low: Double, _ high: Double) -> Double {
    low * pow(high / low, unit())
  }

  fileprivate mutating func logNormal(_ sigma: Double) -> Double {
    exp(sigma * normal() - sigma * sigma / 2)
  }

  /// Times with a mean near one.
  fileprivate mutating func itemTimes(count: Int, kind: Scenario.Kind) -> [Double] {
    switch kind {
    case .logNormal:
      let sigma = 0.1 + 1.1 * unit()
      return (0..<count).map { _ in logNormal(sigma) }
    case .bimodal:
      let share = 0.01 + 0.19 * unit()
      let factor = 3 + 27 * unit()
      let mean = 1 - share + share * factor
      return (0..<count).map { _ in (unit() < share ? factor : 1) / mean * logNormal(0.1) }
    case .sizeDependent:
      let (slow, fast) = (0.8 * unit(), 0.2 + 0.6 * unit())
      let length = logUniform(5, Double(max(6, count)))
      let keep = exp(-1 / length)
      var level = normal()
      return (0..<count).map { _ in
        level = keep * level + (1 - keep * keep).squareRoot() * normal()
        return exp(slow * level - slow * slow / 2) * logNormal(fast)
      }
    case .drifting:
      let ratio = logUniform(0.2, 5)
      let sigma = 0.1 + 0.7 * unit()
      return (0..<count).map { index in
        let place = Double(index) / Double(count)
        return 2 * (1 + (ratio - 1) * place) / (1 + ratio) * logNormal(sigma)
      }
    }
  }
}
