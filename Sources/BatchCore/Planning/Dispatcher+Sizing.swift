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
    /// Past its budget a worker goes on while the rest takes less than this many set-ups.
    var keep: Double?
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
  mutating func firstSize(_ worker: WorkerState) -> Size {
    let setUp = model.setUpSeconds(worker)
    guard limits.workers > 1 else { return Size(items: Double(itemCount), reason: .probe) }
    let pays = limits.warmReuse ? model.batchOverheadSeconds.value : setUp
    let warmBudgets =
      limits.rampPerSecond == nil ? policy.firstBudgetWarm : policy.firstBudgetRamp
    let budgets = limits.warmReuse ? warmBudgets : policy.firstBudgetCold
    var size = Size(reason: .probe)
    size.roundsUp = false
    size.budgetSeconds = setUp + max(budgets * pays, limits.minimumBatchSeconds)
    var workers = Double(limits.workers)
    if let wave = wave(worker) {
      workers = wave.starters
      if !limits.warmReuse {
        // Workers that have had nothing yet are there to take what is given back.
        size.keep = policy.firstKeep
        size.budgetSeconds = setUp + max(wave.budgetSeconds, limits.minimumBatchSeconds)
      }
      size.mayWait = Double(batchCount) >= wave.starters
    }
    let share = Double(itemCount) / workers
    if pays < max(policy.typicalItemSeconds, policy.cheapProbe * model.startUpSeconds.value) {
      // Next to a long start-up one more batch is cheap, and so is finding out with few items.
      let cheapness = pays / max(pays, policy.cheapProbe * model.startUpSeconds.value, 1e-12)
      let all = Double(itemCount) / Double(limits.workers)
      size.items = all * cheapness * pays / (pays + policy.typicalItemSeconds)
    } else {
      // As even as whole items can be: what rounding leaves goes to the last that begin.
      size.items = max(share, Double(waiting.count) / max(1, workers - Double(batchCount)))
    }
    return keepingOverhead(ofFirst: size, pays: pays, setUp: setUp)
  }

  /// Who begins before anything is known, where workers appear one by one and start-up is not free.
  private mutating func wave(_ worker: WorkerState) -> FirstWave.Choice? {
    if let firstWave { return firstWave }
    guard let ramp = limits.rampPerSecond, model.startUpSeconds.value > 0 else { return nil }
    let cold = model.setUpSeconds(.cold)
    let room = max(1e-6, limits.deadlineSeconds - cold)
    let wave = FirstWave(
      items: Double(itemCount), workers: Double(limits.workers), rampPerSecond: ramp,
      coldSeconds: cold, againSeconds: againSeconds, warmReuse: limits.warmReuse,
      capacitySeconds: room / 2, keepSeconds: policy.firstKeep * cold,
      capRegret: policy.capRegret)
    firstWave = wave.best()
    return firstWave
  }

  /// With item times known: a share of what lets all workers finish together.
  mutating func knownSize(now: Double, idleWorkers: Int, worker: WorkerState) -> Size {
    let exposure = solveFinish(now: now, idleWorkers: idleWorkers)
    let setUp = model.setUpSeconds(worker)
    let fair = finish - now - setUp
    if worker == .cold, let worthwhile = worthwhileSeconds, fair < worthwhile {
      let mayWait = limits.warmReuse && profile.openSeconds < worthwhile
      return Size(workSeconds: worthwhile, mayWait: mayWait, reason: .overhead)
    }
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
    size = keepingOverhead(size, fair: fair / exposure.slowness, setUp: setUp)
    let capacity = capacitySeconds(setUp)
    if size.workSeconds > capacity {
      // The worker's own rule stops it in time; more items than fit on average keep it from
      // stopping early. Far from the end it costs nothing to take back what did not fit.
      let isFar = finish - now > 2 * limits.deadlineSeconds
      let surplus = isFar ? policy.limitSurplusFar : policy.limitSurplus
      size.workSeconds = min(size.workSeconds, capacity * surplus)
      size.roundsUp = true
      size.reason = leavesMoreRoom(setUp) ? .caution : .timeLimit
    }
    size.workSeconds = max(size.workSeconds, limits.minimumBatchSeconds)
    return size
  }

  /// The least work for which a worker is started while nobody knows how long the start takes, in
  /// seconds: a part of what it is taken to last; nil where the time is known.
  private var worthwhileSeconds: Double? {
    let start = model.startUpSeconds
    return start.provenance == .guess ? policy.worthwhile * start.value : nil
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

  /// The work that one invocation does on average next to its set-up, in seconds.
  ///
  /// Until the guard no item is refused, and the item begun last goes on past that by the mean rest of
  /// an item found in work, (1 + ratio²) / 2 times the mean.
  func capacitySeconds(_ setUp: Double) -> Double {
    guard limits.deadlineSeconds.isFinite else { return .infinity }
    let room = max(1e-6, limits.deadlineSeconds - setUp)
    let mean = model.items.meanSeconds
    let ratio = mean > 0 ? model.items.deviationSeconds / mean : 0
    let last = model.knowsItems ? mean * (1 + ratio * ratio) / 2 : 0
    let guardSeconds = min(usualGuardSeconds(room: room, setUp: setUp), room)
    return min(room, room - guardSeconds + last)
  }

  /// Whether the longest item so far says how long one may take: not while one in work has taken longer
  /// than any that has finished, for the quick ones are known first.
  var isFamiliar: Bool { isTelling && Double(model.items.observations) > policy.familiar }

  /// Whether those that have finished say anything of the others.
  private var isTelling: Bool {
    model.knowsItems
      && (solved.exposure?.longestRunningSeconds ?? 0) <= policy.settled * model.items.maxSeconds
      && Double(model.items.observations)
        > max(policy.telling, policy.familiarRunning * Double(running.count))
  }

  /// The upper estimate of one item, and longer where stopping earlier costs next to nothing.
  func usualGuardSeconds(room: Double, setUp: Double) -> Double {
    max(neededGuardSeconds(room: room), room - cheapSeconds(room: room, setUp: setUp))
  }

  /// The work of an invocation at which set-ups take a small share more of the time than they must.
  private func cheapSeconds(room: Double, setUp: Double) -> Double {
    let pays = limits.warmReuse ? model.batchOverheadSeconds.value : setUp
    let needed = neededGuardSeconds(room: room)
    return 1 / (policy.guardShare / max(pays, 1e-12) + 1 / max(room - needed, 1e-9))
  }

  /// Whether the time limit would hold twice as much as a batch gets, with all that its items need.
  private func leavesMoreRoom(_ setUp: Double) -> Bool {
    let room = max(1e-6, limits.deadlineSeconds - setUp)
    return 2 * cheapSeconds(room: room, setUp: setUp) < room - neededGuardSeconds(room: room)
  }

  private func neededGuardSeconds(room: Double) -> Double {
    guard model.knowsItems else { return 0 }
    let longest = max(model.items.maxSeconds, solved.exposure?.longestRunningSeconds ?? 0)
    let seen = Double(model.items.observations)
    let most = max(policy.caution * room, longest * policy.guardFactor)
    let rare = DeadlineRule.doubtSeconds(
      mean: model.items.meanSeconds, deviation: 0, longest: longest * policy.guardFactor / 1.5,
      observations: seen)
    guard isFamiliar else { return longest * 1.2 }
    return min(max(model.items.upperSeconds(among: remainingItems), rare), most)
  }

  /// How long an item may be for all that is known, for workers whose own items say no less, in seconds.
  func cautionSeconds(room: Double) -> Double {
    guard !isFamiliar else { return 0 }
    let most = policy.caution * room
    let items = model.items
    guard isTelling else { return most }
    return min(
      most,
      DeadlineRule.doubtSeconds(
        mean: items.meanSeconds, deviation: items.deviationSeconds, longest: items.maxSeconds,
        observations: Double(items.observations), enough: enoughObservations))
  }

  /// Many workers would meet a rare item soon, and all of them; one worker seldom does.
  private var enoughObservations: Double {
    min(90, policy.enough * (1 + log(Double(limits.workers))))
  }
}
