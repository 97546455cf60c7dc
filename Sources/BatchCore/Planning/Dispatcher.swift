import Glibc

/// Decides, whenever a worker is free, which items it gets and how long it may work on them.
///
/// A pure state machine: the runner and the simulation drive the same one. It sees times only as
/// numbers on the caller's clock, in seconds since the run began, and learns the cost model from what
/// finishes. Every item is out with one worker, waiting, or done.
package struct Dispatcher: Sendable {
  package internal(set) var model: CostModel
  /// What the workers allow for whom the next decision is.
  package internal(set) var limits: ExecutorLimits
  /// The places where workers are, and the one for which the next decision is; empty for a single one.
  var places: [Place] = []
  var place = 0
  /// The size of every batch when the user fixed it.
  package let batchSize: Int?
  package var policy: SizingPolicy

  var waiting: WaitingItems
  var profile: ItemProfile
  private var suspects: [Suspect] = []
  private var suspectItems = 0
  private(set) var running: [BatchIndex: RunningBatch] = [:]
  private var runningItems = 0
  private(set) var batchCount = 0
  let itemCount: Int
  /// Workers with a warm environment, busy ones included.
  private(set) var warmWorkers = 0
  /// The common finish found last, in seconds; where the next search starts.
  var finish = 0.0
  var solves = 0
  var solved = Solved()
  /// Who begins before anything is known; nil until it is asked for.
  var firstWave: FirstWave.Choice?

  /// The state in which the common finish was last worked out.
  struct Solved: Sendable {
    var exposure: Exposure?
    var seconds = 0.0
    var count = 0
    var observations = 0
  }

  /// Items of a batch that was lost, possibly because of one of them.
  private struct Suspect: Sendable {
    var items: Range<Int>
    var level: Int
  }

  package init(
    remaining: [Range<Int>], model: CostModel, limits: ExecutorLimits, batchSize: Int? = nil,
    policy: SizingPolicy = SizingPolicy(), lanes: WaitingItems.Lanes? = nil
  ) {
    precondition(batchSize.map { $0 > 0 } ?? true, "a batch has at least one item")
    self.model = model
    self.limits = limits
    self.batchSize = batchSize
    self.policy = policy
    waiting = WaitingItems(remaining, lanes: lanes)
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
  /// Never nil while items wait of a lane that is not held, and no batch is out.
  ///
  /// - Parameters:
  ///   - now: Seconds since the run began.
  ///   - idleWorkers: How many workers exist and have nothing to do, the one that asks included.
  ///   - worker: Whether this one must be started first.
  ///   - cut: Where to end a batch of the first of some items that should end at a position; there or
  ///     later.
  ///   - fitting: How many leading items of a range fit one payload; at least one is handed out.
  /// - Complexity: O(log *n*) in the number of waiting ranges, and O(workers) now and then.
  package mutating func next(
    now: Double, idleWorkers: Int, worker: WorkerState, fitting: (Range<Int>) -> Int,
    cut: (_ items: Range<Int>, _ position: Int) -> Int = { $1 }
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
    guard let range = popWaiting(now: now) else { return nil }
    let wanted = wantedCount(of: range, size: size, setUp: model.setUpSeconds(worker))
    let fit = max(1, fitting(range))
    let count = max(1, min(max(wanted, waiting.leastBatchItems), range.count, fit))
    let end = min(max(cut(range, range.lowerBound + count), range.lowerBound + 1), range.upperBound)
    let items = range.lowerBound..<end
    waiting.insert(items.upperBound..<range.upperBound)
    profile.changeOpen(items, by: -1)
    var assignment = out(
      items, now: now, worker: worker,
      budget: limits.workersWait ? .infinity : size.budgetSeconds, keep: size.keep, level: 0)
    assignment.reason = fit < wanted ? .payload : size.reason
    return assignment
  }

  /// The next items to hand out: from the front, or, where every range costs a start-up, the longest.
  private mutating func popWaiting(now: Double) -> Range<Int>? {
    let isFragmented = !limits.warmReuse && waiting.rangeCount <= 4096
    return isFragmented ? waiting.popLongest(now: now) : waiting.popLowest(now: now)
  }

  // MARK: - Bookkeeping

  private mutating func out(
    _ items: Range<Int>, now: Double, worker: WorkerState, budget: Double, keep: Double? = nil,
    level: Int
  ) -> Assignment {
    let index = BatchIndex(batchCount)
    batchCount += 1
    runningItems += items.count
    waiting.handedOut(items)
    if limits.warmReuse, worker == .cold { warmWorkers += 1 }
    let keepSeconds = (keep ?? policy.keep) * againSeconds
    let (guardSeconds, cautionSeconds) = guards(level: level, worker: worker)
    running[index] = RunningBatch(
      items: items, startSeconds: now, setUpSeconds: model.setUpSeconds(worker),
      budgetSeconds: budget, guardSeconds: guardSeconds, cautionSeconds: cautionSeconds,
      keepSeconds: keepSeconds, deadlineSeconds: limits.deadlineSeconds, isCold: worker == .cold,
      suspectLevel: level)
    return Assignment(
      batch: index, items: items, deadlineSeconds: limits.deadlineSeconds, budgetSeconds: budget,
      guardSeconds: guardSeconds, cautionSeconds: cautionSeconds,
      keepSeconds: keepSeconds)
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

  /// The time a worker leaves for an item that it has not begun: what is known, and what is possible.
  private func guards(level: Int, worker: WorkerState) -> (known: Double, possible: Double) {
    guard limits.deadlineSeconds.isFinite else { return (0, 0) }
    let setUp = model.setUpSeconds(worker)
    let room = max(0, limits.deadlineSeconds - setUp)
    let usual = usualGuardSeconds(room: room, setUp: setUp)
    guard level == 0 else { return (max(usual, room * (1 - exp2(-Double(level)))), 0) }
    return (min(usual, room), cautionSeconds(room: room))
  }

  // MARK: - Batches of the caller's own

  /// Whether a batch of these items, which the caller has and not the dispatcher, may be out next to
  /// those that are.
  package func mayHandOut(_ items: Range<Int>, now: Double) -> Bool {
    waiting.mayHandOut(items, now: now)
  }

  /// Hands nothing out of the lane of these items before a moment, in seconds since the run began.
  package mutating func holdLane(of items: Range<Int>, until seconds: Double) {
    waiting.hold(items, until: seconds)
  }

  /// Notes that such a batch is out.
  package mutating func handedOut(_ items: Range<Int>) { waiting.handedOut(items) }

  /// Notes that it came back.
  package mutating func cameBack(_ items: Range<Int>) { waiting.cameBack(items) }

  // MARK: - Reports

  /// Takes in a batch that came back; what it did not finish waits again.
  ///
  /// - Parameters:
  ///   - finishedItems: How many of its leading items are done, whether they succeeded or failed.
  ///   - startUpSeconds: How long the environment took to start, when it was cold.
  ///   - overheadSeconds: What the batch cost besides start-up and items; nil when not measured.
  ///   - times: The times of the finished items.
  package mutating func finished(
    _ batch: BatchIndex, finishedItems: Int, startUpSeconds: Double? = nil,
    overheadSeconds: Double? = nil, times: ItemTimes
  ) {
    guard let entry = close(batch, finishedItems: finishedItems) else { return }
    model.measured(startUpSeconds: startUpSeconds, overheadSeconds: overheadSeconds)
    let end = entry.items.lowerBound + finishedItems
    learn(entry.items.lowerBound..<end, times)
    giveBack(end..<entry.items.upperBound, level: entry.suspectLevel)
  }

  /// Takes in that the worker of a batch died; what it had not finished waits again, as suspect.
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
    waiting.cameBack(entry.items)
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
