/// Why a plan cannot keep the share of start-up and overhead that the user allows.
struct OverheadBound {
  let share: Double
  let model: CostModel
  let limits: ExecutorLimits
  let items: Int
  /// The workers that the plan uses.
  let workers: Int

  /// What a batch pays before its first item, in seconds; where environments stay, the start-up is
  /// paid by all batches of a worker together.
  private var batchSetUpSeconds: Double { model.setUpSeconds(limits.warmReuse ? .warm : .cold) }

  /// The work that a batch would need, in seconds: `b ≥ (c + h) (1 − s) / (s μ)` items.
  private var batchSeconds: Double {
    ExecutorLimits.workSeconds(besides: batchSetUpSeconds, share: share)
  }

  /// The work that a worker would need, in seconds.
  private var workerSeconds: Double {
    ExecutorLimits.workSeconds(besides: model.setUpSeconds(.cold), share: share)
  }

  private var allSeconds: Double { Double(items) * model.items.meanSeconds }

  private func count(_ seconds: Double) -> String {
    let items = (seconds / max(1e-12, model.items.meanSeconds) - 1e-6).rounded(.up)
    return Quantity.count(items < 1e15 ? Int(items) : .max, "item")
  }

  /// The reason, as the end of a sentence.
  var words: String {
    let room = limits.deadlineSeconds - batchSetUpSeconds
    if batchSeconds > room {
      return "a batch would have to work for \(Quantity.seconds(batchSeconds)) "
        + "(\(count(batchSeconds))), and the time limit leaves it \(Quantity.seconds(max(0, room)))"
    }
    let enough = Int(allSeconds / workerSeconds)
    if workers == 1 || enough == 0 {
      return "a worker would need \(count(workerSeconds)), and there are \(Quantity.count(items))"
    }
    if enough < workers {
      return "each worker would need \(count(workerSeconds)), and \(Quantity.count(items)) are "
        + "enough for \(Quantity.count(enough)) of \(Quantity.count(workers)); "
        + "--workers \(enough) would keep it, and end later"
    }
    return "the last batches are smaller, so that all workers end together"
  }
}
