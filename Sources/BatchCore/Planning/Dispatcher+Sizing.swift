import Glibc

/// How large the next batch should be.
extension Dispatcher {
  /// What the policy wants: items or seconds of work, and when to stop.
  struct Size {
    /// How many items; nil: as many as `workSeconds` takes.
    var items: Double?
    var workSeconds = 0.0
    /// Whether to round up to whole items rather than down.
    var roundsUp = true
    /// In seconds since the invocation begins.
    var budgetSeconds = Double.infinity
    /// Whether other workers will be done with everything before this one could help.
    var mayWait = false
    var reason = SizeReason.balance
  }

  func wantedCount(of range: Range<Int>, size: Size, setUp: Double) -> Int {
    if let items = size.items {
      return Int(min(items.rounded(size.roundsUp ? .up : .down), Double(range.count)))
    }
    let exact = profile.items(of: range, taking: size.workSeconds)
    let wanted = size.roundsUp ? (exact - 1e-6).rounded(.up) : exact.rounded(.down)
    let count = max(1, min(Int(wanted), range.count))
    let rest = range.lowerBound + count..<range.upperBound
    let crumb = min(policy.crumb * setUp, policy.crumbShare * size.workSeconds)
    return profile.seconds(of: rest) < crumb ? range.count : count
  }

  /// With nothing known of the items: a share of them all, and a budget that keeps the set-up small.
  func firstSize(_ worker: WorkerState) -> Size {
    let setUp = model.setUpSeconds(worker)
    guard limits.workers > 1 else { return Size(items: Double(itemCount), reason: .probe) }
    let starters = starters(setUp)
    if starters < Double(limits.workers) {
      // A falling share: what is left waits for those that appear later.
      let budget = max(policy.firstBudgetRamp * setUp, limits.minimumBatchSeconds)
      return Size(
        items: Double(waiting.count) / starters, budgetSeconds: setUp + budget, reason: .probe)
    }
    let pays = limits.warmReuse ? model.batchOverheadSeconds.value : setUp
    let budgets = limits.warmReuse ? policy.firstBudgetWarm : policy.firstBudgetCold
    var size = Size(reason: .probe)
    size.budgetSeconds = setUp + max(budgets * pays, limits.minimumBatchSeconds)
    let share = Double(itemCount) / starters
    if limits.warmReuse {
      // Next to a long start-up one more batch is cheap, and so is finding out with few items.
      let cheapness = pays / max(pays, policy.cheapProbe * model.startUpSeconds.value, 1e-12)
      size.items = share * cheapness * pays / (pays + policy.typicalItemSeconds)
    } else {
      size.items = max(share, Double(waiting.count) / max(1, starters - Double(running.count)))
      size.roundsUp = setUp > policy.typicalItemSeconds
    }
    return size
  }

  /// How many workers share all items while nothing is known of them: those that appear within a part
  /// of a start-up, since the first news comes only after one.
  func starters(_ setUp: Double) -> Double {
    let all = Double(limits.workers)
    guard let ramp = limits.rampPerSecond, !limits.warmReuse else { return all }
    return min(
      all, max(1, policy.rampReach * ramp * setUp))
  }

  /// With item times known: a share of what lets all workers finish together.
  mutating func knownSize(now: Double, idleWorkers: Int, worker: WorkerState) -> Size {
    let exposure = solveFinish(now: now, idleWorkers: idleWorkers)
    let setUp = model.setUpSeconds(worker)
    let fair = finish - now - setUp
    if fair <= 0 {
      return Size(items: 1, mayWait: limits.warmReuse && worker == .cold)
    }
    let workers = Double(max(1, min(limits.workers, running.count + idleWorkers)))
    var size = Size(workSeconds: fair, budgetSeconds: finish - now + policy.overrun * setUp)
    size.workSeconds = splitSeconds(of: fair, workers: workers, exposure) / exposure.slowness
    if size.workSeconds < fair * 0.999 / exposure.slowness {
      size.roundsUp = false
    } else {
      size.reason = .overhead
    }
    let capacity = capacitySeconds(setUp)
    if size.workSeconds > capacity {
      // The worker's own rule stops it in time; more items than fit on average keep it from
      // stopping early.
      size.workSeconds = min(size.workSeconds, capacity * policy.limitSurplus)
      size.reason = .timeLimit
    }
    size.workSeconds = max(size.workSeconds, limits.minimumBatchSeconds)
    return size
  }

  /// Brings the common finish up to date, unless next to nothing has happened since the last time.
  ///
  /// - Complexity: O(workers), once for every eighth of the workers that asks.
  private mutating func solveFinish(now: Double, idleWorkers: Int) -> Exposure {
    solves += 1
    if let exposure = solved.exposure, solves - solved.count < running.count / 8,
      now - solved.seconds < 0.01 * (finish - now),
      model.items.observations < solved.observations + solved.observations / 16
    {
      return exposure
    }
    let exposure = exposure(now: now)
    finish = finishLine(now: now, idleWorkers: idleWorkers, exposure)
      .solve(startingAt: max(finish, now))
    solved = Solved(
      exposure: exposure, seconds: now, count: solves, observations: model.items.observations)
    return exposure
  }

  /// The part of a worker's fair share that it gets now, so that the rest can level out what chance
  /// does to this part; all of it where a further batch would cost more than that levels out.
  ///
  /// The least part follows Kruskal and Weiss (1985): it minimises `fair · s / w + z σ √(w / μ)`, the
  /// set-ups of equal parts w and the imbalance that one of them leaves.
  func splitSeconds(of fair: Double, workers: Double, _ exposure: Exposure) -> Double {
    let pays = limits.warmReuse ? model.batchOverheadSeconds.value : model.setUpSeconds(.cold)
    let imbalance = imbalanceSeconds(of: fair, workers: workers, exposure)
    guard imbalance > policy.splitAbove * pays else { return fair }
    let root = imbalance / fair.squareRoot()
    let least = policy.floor * pow(2 * fair * pays / root, 2.0 / 3)
    if least > policy.wholeAbove * fair { return fair }
    let keepBack = limits.warmReuse ? policy.keepBackWarm : policy.keepBack
    let part = max(fair - keepBack * imbalance, fair * policy.leastShare, least)
    let ceiling = (limits.warmReuse ? policy.ceilingWarm : policy.ceiling) * pays
    return min(
      part, max(ceiling, least, fair * policy.ceilingShare, limits.minimumBatchSeconds))
  }

  /// How far the last of all workers is expected to run past the mean, in seconds.
  private func imbalanceSeconds(of work: Double, workers: Double, _ exposure: Exposure) -> Double {
    guard workers > 1 else { return 0 }
    let mean = max(exposure.meanSeconds, 1e-12)
    let score = NormalScore.expectedMaximum(of: workers)
    let chance = exposure.deviationSeconds * (work / mean).squareRoot()
    let unsure = exposure.deviationSeconds / mean / exposure.observations.squareRoot()
    return score * (chance + profile.drift * policy.driftWeight * work)
      + policy.unsureWeight * unsure * work
  }

  /// The work that one invocation can hold next to its set-up, in seconds.
  func capacitySeconds(_ setUp: Double) -> Double {
    guard limits.deadlineSeconds.isFinite else { return .infinity }
    let room = max(1e-6, limits.deadlineSeconds - setUp)
    return max(room - usualGuardSeconds(room: room, setUp: setUp), room * 0.1)
  }

  /// The upper estimate of one item; half the room where nothing is known or where that costs little.
  ///
  /// Until one was seen, no item is taken to be longer than half of what an invocation can hold.
  func usualGuardSeconds(room: Double, setUp: Double) -> Double {
    let longest = model.knowsItems ? model.items.maxSeconds * 1.2 : 0
    let isCheap =
      (limits.warmReuse ? model.batchOverheadSeconds.value : setUp)
      < policy.cheapSetUp * room
    guard model.knowsItems, model.items.observations > 500, !isCheap else {
      return max(room / 2, longest)
    }
    return min(model.guardSeconds, max(room / 2, longest))
  }
}
