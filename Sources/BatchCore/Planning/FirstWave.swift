import Glibc

/// How many workers should begin before the first item time is known, where workers appear one by one.
///
/// Nothing is known of the items but their number, so every time between hundredths and ten seconds
/// is taken to be equally likely on a logarithmic scale. A candidate is judged by how much longer the
/// run would take than with the best number of equal batches and the time known, over all these times:
/// with few starters slow items keep the others waiting for news, with many starters quick items are
/// done long before the last of them has started.
struct FirstWave {
  var items: Double
  var workers: Double
  /// New workers per second.
  var rampPerSecond: Double
  /// Start-up and overhead of a new worker, in seconds.
  var coldSeconds: Double
  /// What one more batch costs a worker, in seconds.
  var againSeconds: Double
  var warmReuse: Bool
  /// The most work of one invocation, in seconds.
  var capacitySeconds: Double
  /// Past its budget a worker goes on while the rest takes less than this, in seconds.
  var keepSeconds: Double
  /// Beyond this share more than the best, one is as bad as another.
  var capRegret = 0.5

  /// How many begin, and for how long they work before what is left is shared out anew, in seconds.
  struct Choice: Equatable {
    var starters: Double
    var budgetSeconds: Double
  }

  /// Item times that are taken to be equally likely, in seconds.
  private static let means = (0..<14).map { 0.03 * pow(12 / 0.03, Double($0) / 13) }

  func best(probeItems: Double = 1) -> Choice {
    let oracles = Self.means.map(oracleSeconds)
    var best = (choice: Choice(starters: 1, budgetSeconds: coldSeconds), regret: Double.infinity)
    let budgets = warmReuse ? [0] : [0.5, 1, 2, 4, 8].map { $0 * coldSeconds }
    let most = min(workers, items, 1 + rampPerSecond * (coldSeconds + 1))
    for budget in budgets {
      for step in 0...16 {
        let starters = max(1, (pow(most + 1, Double(step) / 16) - 1).rounded())
        var regret = 0.0
        for (mean, oracle) in zip(Self.means, oracles) {
          let seconds =
            warmReuse
            ? warmSeconds(mean, starters: starters, probeItems: probeItems)
            : coldSeconds(mean, starters: starters, budget: budget)
          regret += min(capRegret, max(0, seconds / oracle - 1))
        }
        if regret < best.regret - 1e-9 {
          best = (Choice(starters: starters, budgetSeconds: budget), regret)
        }
      }
    }
    return best.choice
  }

  // MARK: - Courses of a run

  private func arrival(of worker: Double) -> Double { worker / rampPerSecond }

  /// The time with the item time known: equal batches for the best number of workers, or as fluid.
  private func oracleSeconds(_ mean: Double) -> Double {
    let work = items * mean
    let count = max(1, min(workers, items, (work * rampPerSecond).squareRoot()))
    let share = (items / count).rounded(.up) * mean
    let once = arrival(of: count - 1) + coldSeconds + share
    if share <= capacitySeconds, count < workers { return once }
    var line = FinishLine()
    line.workSeconds = work
    line.future = workers
    line.futurePerSecond = rampPerSecond
    line.futureSetUpSeconds = coldSeconds
    line.capacitySeconds = capacitySeconds
    return max(line.solve(startingAt: 0), coldSeconds + mean)
  }

  /// Each of the starters gets an equal share and returns what it has not done by its budget.
  private func coldSeconds(_ mean: Double, starters: Double, budget: Double) -> Double {
    let share = items / starters * mean
    let last = arrival(of: starters - 1)
    let room = min(budget, capacitySeconds)
    if share <= room + max(mean, keepSeconds) { return last + coldSeconds + max(share, mean) }
    let done = max(room, mean) * starters
    let news = coldSeconds + max(room, mean)
    return rest(items * mean - done, from: news, starters: starters, meanBack: news + last / 2)
  }

  /// The starters begin with a few items each; the rest is shared out when the first of these are done.
  private func warmSeconds(_ mean: Double, starters: Double, probeItems: Double) -> Double {
    let probe = min(probeItems, items / starters) * mean
    let last = arrival(of: starters - 1) + coldSeconds + probe
    let news = coldSeconds + probe
    let work = items * mean - starters * probe
    guard work > 1e-9 else { return last }
    return max(
      last,
      rest(
        work, from: news, starters: starters,
        meanBack: news + arrival(of: starters - 1) / 2))
  }

  /// When so many seconds of work are done that are shared out from a moment on.
  private func rest(_ work: Double, from news: Double, starters: Double, meanBack: Double) -> Double
  {
    var line = FinishLine()
    line.now = news
    line.workSeconds = work
    line.capacitySeconds = capacitySeconds
    let there = min(workers, 1 + rampPerSecond * news)
    line.groups = [
      FinishLine.Group(
        availableSeconds: meanBack, setUpSeconds: againSeconds, workers: starters),
      FinishLine.Group(
        availableSeconds: news, setUpSeconds: coldSeconds, workers: max(0, there - starters)),
    ]
    line.future = max(0, workers - max(there, starters))
    line.futurePerSecond = rampPerSecond
    line.futureSetUpSeconds = coldSeconds
    return line.solve(startingAt: news)
  }
}
