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
    if let items = size.items { return Int(min(items.rounded(.up), Double(range.count))) }
    let exact = profile.items(of: range, taking: size.workSeconds)
    let wanted = size.roundsUp ? (exact - 1e-6).rounded(.up) : exact.rounded(.down)
    let count = max(1, min(Int(wanted), range.count))
    let rest = range.lowerBound + count..<range.upperBound
    return profile.seconds(of: rest) < policy.crumb * setUp ? range.count : count
  }

  /// With nothing known of the items: a share of them all, and a budget that keeps the set-up small.
  func firstSize(_ worker: WorkerState) -> Size {
    let setUp = model.setUpSeconds(worker)
    guard limits.workers > 1 else { return Size(items: Double(itemCount), reason: .probe) }
    let starters = starters(setUp)
    var share = Double(itemCount) / starters
    if starters < Double(limits.workers) {
      // A falling share: what is left waits for those that appear later.
      share = Double(waiting.count) / starters
    } else if policy.firstShareCold >= 1, !limits.warmReuse {
      share = max(share, Double(waiting.count) / max(1, starters - Double(running.count)))
    }
    guard limits.warmReuse else {
      let setUps =
        starters < Double(limits.workers) ? policy.firstBudgetRamp : policy.firstBudgetCold
      let budget = max(setUps * setUp, limits.minimumBatchSeconds)
      return Size(
        items: share * policy.firstShareCold, budgetSeconds: setUp + budget, reason: .probe)
    }
    let overhead = model.batchOverheadSeconds.value
    // Next to a long start-up one more batch is cheap, and so is finding out with few items.
    let cheapness = overhead / max(overhead, policy.cheapProbe * model.startUpSeconds.value, 1e-12)
    let budget = max(policy.firstBudgetWarm * overhead, limits.minimumBatchSeconds)
    return Size(
      items: share * policy.firstShareWarm * cheapness, budgetSeconds: setUp + budget,
      reason: .probe)
  }

  /// How many workers share all items while nothing is known of them: those that appear within a part
  /// of a start-up, since the first news comes only after one.
  func starters(_ setUp: Double) -> Double {
    let all = Double(limits.workers)
    guard let ramp = limits.rampPerSecond else { return all }
    return min(all, max(1, policy.rampReach * ramp * setUp))
  }

  /// With item times known: a share of what lets all workers finish together.
  mutating func knownSize(now: Double, idleWorkers: Int, worker: WorkerState) -> Size {
    let exposure = exposure(now: now)
    finish = finishLine(now: now, idleWorkers: idleWorkers, exposure)
      .solve(startingAt: max(finish, now))
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
      let rounds = ((finish - now) / (capacity + setUp)).rounded(.up)
      size.workSeconds = min(capacity, max((finish - now) / rounds - setUp, capacity / 2))
      size.budgetSeconds = .infinity
      size.reason = .timeLimit
    }
    size.workSeconds = max(size.workSeconds, limits.minimumBatchSeconds)
    return size
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
    let part = max(fair - policy.keepBack * imbalance, fair * policy.leastShare, least)
    if part > policy.wholeAbove * fair { return fair }
    return min(part, max(policy.ceiling * pays, limits.minimumBatchSeconds))
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
    let pays = limits.warmReuse ? model.batchOverheadSeconds.value : setUp
    guard model.knowsItems, pays > policy.cheapSetUp * room else {
      return max(room / 2, model.knowsItems ? model.items.maxSeconds * 1.1 : 0)
    }
    return min(model.guardSeconds, max(room / 2, model.items.maxSeconds * 1.1))
  }
}
