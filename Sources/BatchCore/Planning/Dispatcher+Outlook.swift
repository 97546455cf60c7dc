/// When batches that are out come back, and when everything could be done.
extension Dispatcher {
  /// Item times as the next decision should see them.
  struct Exposure: Sendable {
    var meanSeconds: Double
    var deviationSeconds: Double
    var observations: Double
    /// What item times measured so far are to be multiplied with; at least one.
    var slowness: Double
    /// How long the item that has been in work for longest has taken so far, in seconds.
    var longestRunningSeconds = 0.0
  }

  /// Everything that is known of when workers become free.
  func finishLine(now: Double, idleWorkers: Int, _ exposure: Exposure) -> FinishLine {
    var line = FinishLine()
    line.now = now
    line.groups.reserveCapacity(running.count + 2)
    line.workSeconds = profile.openSeconds * exposure.slowness
    line.capacitySeconds = capacitySeconds(againSeconds)
    for batch in running.values {
      let (end, left) = outlook(of: batch, now: now, slowness: exposure.slowness)
      line.workSeconds += left
      line.groups.append(
        FinishLine.Group(availableSeconds: end, setUpSeconds: againSeconds, workers: 1))
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

  /// What is known of item times, corrected for those that have not been measured because they take
  /// longer: the quick ones always report first.
  func exposure(now: Double) -> Exposure {
    let times = model.items
    let (seen, mean) = (Double(times.observations), times.meanSeconds)
    var (overdueItems, overdueSeconds, squares, overdue) = (0.0, 0.0, 0.0, 0.0)
    var longestRunning = 0.0
    for batch in running.values {
      let count = Double(batch.items.count)
      let elapsed = (now - batch.workStartSeconds) * policy.censoring
      if batch.items.count == 1 {
        longestRunning = max(longestRunning, now - batch.workStartSeconds)
      }
      let excess = elapsed - count * profile.meanSeconds(at: batch.middle)
      guard excess > 0 else { continue }
      overdue += 1
      overdueItems += count
      overdueSeconds += elapsed
      squares += excess * excess / count
    }
    let items = Double(times.count)
    let corrected = (items * mean + overdueSeconds) / max(1, items + overdueItems)
    // Three imagined observations with a ratio of one keep the first few real ones from certainty.
    squares += times.deviationSeconds * times.deviationSeconds * (seen - 1) + 3 * mean * mean
    return Exposure(
      meanSeconds: max(mean, corrected),
      deviationSeconds: (squares / max(1, seen + overdue + 2)).squareRoot(),
      observations: max(1, seen), slowness: mean > 0 ? max(1, corrected / mean) : 1,
      longestRunningSeconds: longestRunning)
  }

  /// When a batch that is out should be back, and the work it will bring back unstarted, in seconds.
  func outlook(of batch: RunningBatch, now: Double, slowness: Double)
    -> (end: Double, leftSeconds: Double)
  {
    let mean = profile.meanSeconds(at: batch.middle) * slowness
    let work = Double(batch.items.count) * mean
    let last = min(batch.budgetSeconds, batch.deadlineSeconds - batch.guardSeconds) + mean / 2
    let room = max(mean, batch.startSeconds + last - batch.workStartSeconds)
    // What would be left after the budget stays with the worker where a further batch costs more.
    let left = work - room < batch.keepSeconds ? 0 : work - room
    return (max(now, batch.workStartSeconds + work - left), left)
  }

  /// What a further batch costs before its first item, in seconds.
  var againSeconds: Double { model.setUpSeconds(limits.warmReuse ? .warm : .cold) }
}
