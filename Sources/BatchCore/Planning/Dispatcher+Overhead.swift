/// How large batches have to be where the user bounds what start-up and overhead may take.
extension Dispatcher {
  /// The same size, or a larger one that keeps the share of start-up and overhead, as far as the share
  /// of the worker in all work allows.
  ///
  /// - Parameters:
  ///   - fair: The work by which this worker ends with all others, in seconds.
  ///   - setUp: What the batch costs before its first item, in seconds.
  func keepingOverhead(_ size: Size, fair: Double, setUp: Double) -> Size {
    guard let share = limits.mostOverheadShare else { return size }
    var size = size
    // A worker that is past its budget gives back only what is enough for a batch of its own.
    size.keep = max(policy.keep, (1 - share) / share)
    let further = furtherBatchSeconds(share)
    let least = max(further, ExecutorLimits.workSeconds(besides: setUp, share: share))
    var wanted = max(size.workSeconds, least)
    if fair - wanted < againSeconds + further { wanted = fair }
    wanted = min(wanted, fair)
    guard wanted > size.workSeconds else { return size }
    size.workSeconds = wanted
    size.roundsUp = true
    size.reason = .overhead
    return size
  }

  /// The least work of a further batch of a worker, in seconds; infinite where one would be too many.
  ///
  /// Where environments stay, all batches of a worker together pay for its start: with W seconds of work
  /// for each worker `k` batches keep the share when `(c + k h) (1 − s) ≤ s W`, and then take W / k.
  private func furtherBatchSeconds(_ share: Double) -> Double {
    let alone = ExecutorLimits.workSeconds(besides: againSeconds, share: share)
    guard limits.warmReuse, againSeconds > 0 else { return alone }
    let work = Double(itemCount) * model.items.meanSeconds / Double(limits.workers)
    let spare = work * share / (1 - share) - model.startUpSeconds.value
    return spare > 0 ? work * againSeconds / spare : .infinity
  }

  /// The time after which a first batch, of items of which nothing is known, gives back the rest.
  func keepingOverhead(ofFirst size: Size, pays: Double, setUp: Double) -> Size {
    guard let share = limits.mostOverheadShare else { return size }
    var size = size
    size.budgetSeconds = max(
      size.budgetSeconds, setUp + ExecutorLimits.workSeconds(besides: pays, share: share))
    return size
  }
}
