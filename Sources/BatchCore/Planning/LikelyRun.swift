import Glibc

/// Runs of the dispatcher with item times drawn from the cost model.
struct LikelyRun {
  /// What such a run came to.
  struct Course {
    var seconds = 0.0
    var billedSeconds = 0.0
    var workSeconds = 0.0
    var batches: [Plan.Batches] = []
    var batchCount = 0
    var workers = 0
    var waves = 0
    var usualBatchItems = 0
    var reason = SizeReason.balance
  }

  let items: Int
  let model: CostModel
  let limits: ExecutorLimits
  let batchSize: Int?
  /// How fast each lane can be, where the task has lanes.
  var pace: LanePace?

  /// The run in which every item takes the mean time.
  func expected() -> Course {
    var perWorker: [Int: Int] = [:]
    var ranges: [(items: Range<Int>, reason: SizeReason)] = []
    var course = run(model: model, factor: { _ in 1 }) { invocation in
      perWorker[invocation.worker, default: 0] += 1
      let first = invocation.assignment.items.lowerBound
      let done = first..<first + invocation.finishedItems
      ranges.append((done, invocation.assignment.reason))
    }
    course.workers = perWorker.count
    course.waves = perWorker.values.max() ?? 0
    ranges.sort { $0.items.lowerBound < $1.items.lowerBound }
    course.batches = Self.compact(ranges.map(\.items))
    (course.usualBatchItems, course.reason) = Self.usual(ranges)
    return course
  }

  /// One likely run; the seed decides which.
  ///
  /// Each draw also moves the mean by as much as the model is unsure of it.
  func drawn(seed: UInt64) -> Course {
    var random = SeededRandom(seed: seed &* 0x9E37_79B9 &+ 1)
    let ratio = self.ratio
    let unsure = meanUncertainty
    let score = random.normal()
    let shift = exp(unsure * score - unsure * unsure / 2)
    return run(
      model: model,
      factor: { count in
        let spread = ratio / Double(count).squareRoot()
        let variance = log1p(spread * spread)
        return shift * exp(variance.squareRoot() * random.normal() - variance / 2)
      }
    ) { _ in }
  }

  /// The deviation of an item relative to the mean.
  private var ratio: Double {
    let mean = model.items.meanSeconds
    return mean > 0 ? model.items.deviationSeconds / mean : 0
  }

  /// The relative standard error of the mean; a guess may be wrong by a factor of three.
  var meanUncertainty: Double {
    switch model.itemProvenance {
    case .guess: log(3.0) / NormalScore.band
    case .given: 0
    case .probe, .history, .measured:
      min(1, ratio / Double(max(1, model.items.observations)).squareRoot())
    }
  }

  /// - Parameter factor: How much longer than on average a batch of so many items takes.
  private func run(
    model: CostModel, factor: (Int) -> Double, ended: (VirtualRun.Invocation) -> Void
  ) -> Course {
    var known = model
    known.assume(model.items, model.itemProvenance == .guess ? .given : model.itemProvenance)
    var course = Course()
    let mean = max(model.items.meanSeconds, 1e-9)
    var virtual = VirtualRun(
      dispatcher: Dispatcher(
        remaining: [0..<items], model: known, limits: limits, batchSize: batchSize,
        lanes: pace?.lanes),
      startUpSeconds: model.startUpSeconds.value,
      overheadSeconds: model.batchOverheadSeconds.value, fitting: fitting)
    course.seconds = virtual.run(
      work: { assignment, setUp in
        let usual = pace.map { max($0.seconds(perItemOf: assignment.items), 1e-9) } ?? mean
        let each = usual * factor(assignment.items.count)
        let room = min(assignment.budgetSeconds, assignment.deadlineSeconds) - setUp
        let fit = (room / each).rounded(.up)
        let count =
          fit >= Double(assignment.items.count) ? assignment.items.count : max(1, Int(fit))
        var outcome = VirtualRun.Outcome(finishedItems: count, workSeconds: each * Double(count))
        outcome.times.add(count: count, totalSeconds: outcome.workSeconds)
        return outcome
      },
      ended: { invocation, _ in
        let seconds = invocation.endSeconds - invocation.startSeconds
        course.batchCount += 1
        course.billedSeconds += seconds
        course.workSeconds +=
          seconds - model.setUpSeconds(invocation.isCold ? .cold : .warm)
        ended(invocation)
      })
    return course
  }

  private func fitting(_ range: Range<Int>) -> Int {
    let most = min(range.count, pace?.mostBatchItems ?? .max)
    guard let payload = limits.payloadBytes, model.inputBytes.value > 0 else { return most }
    return max(1, Int(min(Double(payload) / model.inputBytes.value, Double(most))))
  }

  private static func compact(_ ranges: [Range<Int>]) -> [Plan.Batches] {
    var batches: [Plan.Batches] = []
    for range in ranges {
      if let last = batches.last, last.itemsPerBatch == range.count {
        batches[batches.count - 1].count += 1
      } else {
        batches.append(
          Plan.Batches(firstItem: range.lowerBound, itemsPerBatch: range.count, count: 1))
      }
    }
    return batches
  }

  /// The batch at the middle item when batches are laid out by size, and what fixed its size.
  private static func usual(_ ranges: [(items: Range<Int>, reason: SizeReason)])
    -> (Int, SizeReason)
  {
    let sorted = ranges.sorted { $0.items.count < $1.items.count }
    let total = sorted.reduce(0) { $0 + $1.items.count }
    var seen = 0
    for entry in sorted {
      seen += entry.items.count
      if 2 * seen >= total { return (entry.items.count, entry.reason) }
    }
    return (0, .balance)
  }
}
