import Glibc

/// Decides, whenever a worker is free, which items it gets and how long it may work on them.
///
/// A pure state machine: the runner and the simulation drive the same one. It sees times only as
/// numbers on the caller's clock, in seconds since the run began, and learns the cost model from what
/// finishes. Every item is out with one worker, waiting, or done.
package struct Dispatcher: Sendable {
  package private(set) var model: CostModel
  package let limits: ExecutorLimits
  /// The size of every batch when the user fixed it.
  package let batchSize: Int?
  package var policy: SizingPolicy

  var waiting: ItemRanges
  var profile: ItemProfile
  private var suspects: [Suspect] = []
  private var suspectItems = 0
  private var running: [BatchIndex: RunningBatch] = [:]
  private var runningItems = 0
  private var batchCount = 0
  private let itemCount: Int
  /// Workers with a warm environment, busy ones included.
  private var warmWorkers = 0
  private var finish = 0.0

  /// Items of a batch that was lost, possibly because of one of them.
  private struct Suspect: Sendable {
    var items: Range<Int>
    var level: Int
  }

  /// A batch that is out.
  struct RunningBatch: Sendable {
    var items: Range<Int>
    var startSeconds: Double
    var setUpSeconds: Double
    var budgetSeconds: Double
    var isCold: Bool
    var suspectLevel: Int
    var reported = 0
  }

  package init(
    remaining: [Range<Int>], model: CostModel, limits: ExecutorLimits, batchSize: Int? = nil,
    policy: SizingPolicy = SizingPolicy()
  ) {
    precondition(batchSize.map { $0 > 0 } ?? true, "a batch has at least one item")
    self.model = model
    self.limits = limits
    self.batchSize = batchSize
    self.policy = policy
    waiting = ItemRanges(remaining)
    itemCount = waiting.count
    let first = remaining.map(\.lowerBound).min() ?? 0
    let end = remaining.map(\.upperBound).max() ?? 0
    profile = ItemProfile(extent: first..<end, meanSeconds: model.items.meanSeconds)
    for range in remaining { profile.changeOpen(range, by: 1) }
  }

  /// How many items are not finished, those that are out included.
  package var remainingItems: Int { waiting.count + suspectItems + runningItems }

  /// Whether nothing waits and nothing is out.
  package var isDone: Bool { remainingItems == 0 }

  /// Whether items wait to be handed out.
  package var hasWaitingItems: Bool { waiting.count + suspectItems > 0 }

  package var runningBatches: Int { running.count }

  // MARK: - Handing out

  /// The batch for a free worker; nil when it is better, or only possible, to let it wait.
  ///
  /// Never nil while items wait and no batch is out.
  ///
  /// - Parameters:
  ///   - now: Seconds since the run began.
  ///   - idleWorkers: How many workers exist and have nothing to do, the one that asks included.
  ///   - worker: Whether this one must be started first.
  ///   - fitting: How many leading items of a range fit one payload; at least one is handed out.
  /// - Complexity: O(log *n*) in the number of waiting ranges, and O(workers) now and then.
  package mutating func next(
    now: Double, idleWorkers: Int, worker: WorkerState, fitting: (Range<Int>) -> Int
  ) -> Assignment? {
    if let suspect = suspects.popLast() {
      return handOut(suspect, now: now, worker: worker)
    }
    guard !waiting.isEmpty else { return nil }
    let size: Size
    if let batchSize {
      size = Size(items: Double(batchSize), reason: .given)
    } else if model.knowsItems {
      size = knownSize(now: now, idleWorkers: max(1, idleWorkers), worker: worker)
    } else {
      size = firstSize(worker)
    }
    if size.mayWait, !running.isEmpty { return nil }
    guard let range = waiting.popLowest() else { return nil }
    let wanted = wantedCount(of: range, size: size, setUp: model.setUpSeconds(worker))
    let fit = max(1, fitting(range))
    let count = max(1, min(wanted, range.count, fit))
    let items = range.lowerBound..<range.lowerBound + count
    waiting.insert(items.upperBound..<range.upperBound)
    profile.changeOpen(items, by: -1)
    var assignment = out(items, now: now, worker: worker, budget: size.budgetSeconds, level: 0)
    assignment.reason = fit < wanted ? .payload : size.reason
    return assignment
  }

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

  private func wantedCount(of range: Range<Int>, size: Size, setUp: Double) -> Int {
    if let items = size.items { return Int(min(items.rounded(.up), Double(range.count))) }
    let exact = profile.items(of: range, taking: size.workSeconds)
    let wanted = size.roundsUp ? (exact - 1e-6).rounded(.up) : exact.rounded(.down)
    let count = max(1, min(Int(wanted), range.count))
    let rest = range.lowerBound + count..<range.upperBound
    return profile.seconds(of: rest) < policy.crumb * setUp ? range.count : count
  }

  /// With nothing known of the items: a share of them all, and a budget that keeps the set-up small.
  private func firstSize(_ worker: WorkerState) -> Size {
    let setUp = model.setUpSeconds(worker)
    let pays = limits.warmReuse ? model.batchOverheadSeconds.value : setUp
    let share = limits.warmReuse ? policy.firstShareWarm : policy.firstShareCold
    let budget = limits.warmReuse ? policy.firstBudgetWarm : policy.firstBudgetCold
    return Size(
      items: Double(itemCount) * share / Double(limits.workers),
      budgetSeconds: setUp + max(budget * pays, limits.minimumBatchSeconds), reason: .probe)
  }

  /// With item times known: a share of what lets all workers finish together.
  private mutating func knownSize(now: Double, idleWorkers: Int, worker: WorkerState) -> Size {
    finish = finishLine(now: now, idleWorkers: idleWorkers)
      .solve(work: profile.openSeconds, startingAt: max(finish, now))
    let setUp = model.setUpSeconds(worker)
    let fair = finish - now - setUp
    if fair <= 0 { return Size(items: 1, mayWait: true) }
    let workers = Double(max(1, min(limits.workers, running.count + idleWorkers)))
    var size = Size(workSeconds: fair, budgetSeconds: finish - now + policy.overrun * setUp)
    let imbalance = imbalanceSeconds(of: fair, workers: workers)
    let pays = limits.warmReuse ? model.batchOverheadSeconds.value : setUp
    if imbalance > policy.splitAbove * pays {
      size.workSeconds = max(fair - policy.keepBack * imbalance, fair * 0.3, policy.floor * pays)
      size.roundsUp = false
      if size.workSeconds <= policy.floor * pays { size.reason = .overhead }
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

  /// How far the last of all workers is expected to run past the mean, in seconds.
  private func imbalanceSeconds(of work: Double, workers: Double) -> Double {
    let times = model.items
    let mean = max(times.meanSeconds, 1e-12)
    let score = max(1, NormalScore.expectedMaximum(of: workers))
    let chance = times.deviationSeconds * (work / mean).squareRoot()
    let unsure = times.deviationSeconds / mean / Double(max(1, times.observations)).squareRoot()
    return score * (chance + profile.drift * 0.3 * work) + unsure * work
  }

  /// The work that one invocation can hold next to its set-up, in seconds.
  private func capacitySeconds(_ setUp: Double) -> Double {
    guard limits.deadlineSeconds.isFinite else { return .infinity }
    let room = max(0, limits.deadlineSeconds - setUp)
    return max(room - model.guardSeconds, room * 0.1, 1e-6)
  }

  /// Everything that is known of when workers become free.
  private func finishLine(now: Double, idleWorkers: Int) -> FinishLine {
    var line = FinishLine()
    line.now = now
    line.groups.reserveCapacity(running.count + 2)
    let again = model.setUpSeconds(limits.warmReuse ? .warm : .cold)
    line.capacitySeconds = capacitySeconds(again)
    for batch in running.values {
      line.groups.append(
        FinishLine.Group(
          availableSeconds: expectedEnd(of: batch, now: now), setUpSeconds: again, workers: 1))
    }
    let warmIdle = limits.warmReuse ? max(0, min(idleWorkers, warmWorkers - running.count)) : 0
    if warmIdle > 0 {
      line.groups.append(
        FinishLine.Group(
          availableSeconds: now, setUpSeconds: model.setUpSeconds(.warm), workers: Double(warmIdle))
      )
    }
    if idleWorkers > warmIdle {
      line.groups.append(
        FinishLine.Group(
          availableSeconds: now, setUpSeconds: model.setUpSeconds(.cold),
          workers: Double(idleWorkers - warmIdle)))
    }
    line.future = Double(max(0, limits.workers - running.count - idleWorkers))
    line.futurePerSecond = limits.rampPerSecond ?? .infinity
    line.futureSetUpSeconds = model.setUpSeconds(.cold)
    return line
  }

  private func expectedEnd(of batch: RunningBatch, now: Double) -> Double {
    let middle = (batch.items.lowerBound + batch.items.upperBound) / 2
    let work = Double(batch.items.count) * profile.meanSeconds(at: middle)
    let budget = batch.budgetSeconds + model.items.meanSeconds / 2
    return max(now, batch.startSeconds + min(batch.setUpSeconds + work, budget))
  }

  // MARK: - Bookkeeping

  private mutating func out(
    _ items: Range<Int>, now: Double, worker: WorkerState, budget: Double, level: Int
  ) -> Assignment {
    let index = BatchIndex(batchCount)
    batchCount += 1
    runningItems += items.count
    if limits.warmReuse, worker == .cold { warmWorkers += 1 }
    running[index] = RunningBatch(
      items: items, startSeconds: now, setUpSeconds: model.setUpSeconds(worker),
      budgetSeconds: budget, isCold: worker == .cold, suspectLevel: level)
    return Assignment(
      batch: index, items: items, deadlineSeconds: limits.deadlineSeconds, budgetSeconds: budget,
      guardSeconds: guardSeconds(level: level, worker: worker))
  }

  /// Half of a lost batch, with a guard that grows until only one item starts per batch.
  private mutating func handOut(_ suspect: Suspect, now: Double, worker: WorkerState) -> Assignment
  {
    let count = max(1, suspect.items.count / 2)
    let items = suspect.items.lowerBound..<suspect.items.lowerBound + count
    let rest = items.upperBound..<suspect.items.upperBound
    if !rest.isEmpty { suspects.append(Suspect(items: rest, level: suspect.level)) }
    suspectItems -= count
    return out(items, now: now, worker: worker, budget: .infinity, level: suspect.level)
  }

  private func guardSeconds(level: Int, worker: WorkerState) -> Double {
    guard limits.deadlineSeconds.isFinite else { return 0 }
    let room = max(0, limits.deadlineSeconds - model.setUpSeconds(worker))
    let usual = model.knowsItems ? model.guardSeconds : room / 2
    return level == 0 ? min(usual, room) : max(usual, room * (1 - exp2(-Double(level))))
  }

  // MARK: - Reports

  /// Takes in the times of the first items of a batch that is still out.
  ///
  /// - Parameters:
  ///   - items: How many finished since the last report.
  ///   - seconds: How long these took together.
  package mutating func progressed(_ batch: BatchIndex, items: Int, seconds: Double) {
    guard items > 0, var entry = running[batch] else { return }
    var times = ItemTimes()
    times.add(count: items, totalSeconds: seconds)
    let first = entry.items.lowerBound + entry.reported
    learn(first..<min(first + items, entry.items.upperBound), times)
    entry.reported += items
    running[batch] = entry
  }

  /// Takes in a batch that came back; what it did not finish waits again.
  ///
  /// - Parameters:
  ///   - finishedItems: How many of its leading items are done, whether they succeeded or failed.
  ///   - startUpSeconds: How long the environment took to start, when it was cold.
  ///   - overheadSeconds: What the batch cost besides start-up and items; nil when not measured.
  ///   - times: The times of the items that no `progressed` reported.
  package mutating func finished(
    _ batch: BatchIndex, finishedItems: Int, startUpSeconds: Double? = nil,
    overheadSeconds: Double? = nil, times: ItemTimes
  ) {
    guard let entry = close(batch, finishedItems: finishedItems) else { return }
    model.measured(startUpSeconds: startUpSeconds, overheadSeconds: overheadSeconds)
    let end = entry.items.lowerBound + finishedItems
    learn(min(entry.items.lowerBound + entry.reported, end)..<end, times)
    giveBack(end..<entry.items.upperBound, level: entry.suspectLevel)
  }

  /// Takes in that the worker of a batch died; what it had not reported waits again, as suspect.
  package mutating func lost(_ batch: BatchIndex, finishedItems: Int = 0) {
    guard let entry = close(batch, finishedItems: finishedItems) else { return }
    if limits.warmReuse { warmWorkers = max(0, warmWorkers - 1) }
    let rest = entry.items.lowerBound + finishedItems..<entry.items.upperBound
    giveBack(rest, level: entry.suspectLevel + 1)
  }

  /// Makes items wait again that had been finished, for another attempt.
  package mutating func giveBack(_ items: Range<Int>) {
    giveBack(items, level: 0)
  }

  private mutating func close(_ batch: BatchIndex, finishedItems: Int) -> RunningBatch? {
    guard let entry = running.removeValue(forKey: batch) else { return nil }
    precondition(
      (0...entry.items.count).contains(finishedItems), "a batch finishes only its own items")
    runningItems -= entry.items.count
    return entry
  }

  private mutating func giveBack(_ items: Range<Int>, level: Int) {
    guard !items.isEmpty else { return }
    if level > 0 {
      suspects.append(Suspect(items: items, level: level))
      suspectItems += items.count
    } else {
      waiting.insert(items)
      profile.changeOpen(items, by: 1)
    }
  }

  private mutating func learn(_ items: Range<Int>, _ times: ItemTimes) {
    guard times.count > 0 else { return }
    model.measured(times)
    profile.measured(items, seconds: times.totalSeconds, times: model.items)
  }
}
