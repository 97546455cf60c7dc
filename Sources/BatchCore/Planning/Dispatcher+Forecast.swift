/// When a run should be done, and how sure that is.
package struct Forecast: Sendable, Equatable {
  /// The expected time that is left, in seconds.
  package var seconds: Double
  /// The ends of the band that holds it with a probability of 90 %, in seconds.
  package var lowSeconds: Double
  package var highSeconds: Double
}

extension Dispatcher {
  /// The time until everything is done; nil while too little is known of the items to tell.
  ///
  /// Of what was measured in this run a few observations are needed: the first item to finish is a
  /// quick one, or one of a kind.
  ///
  /// - Complexity: O(workers).
  package func estimatedSecondsLeft(now: Double) -> Forecast? {
    guard !isDone else { return Forecast(seconds: 0, lowSeconds: 0, highSeconds: 0) }
    guard model.knowsItems else { return nil }
    let isMeasured = model.itemProvenance == .measured
    guard !isMeasured || model.items.observations >= Self.tellingObservations else { return nil }
    let exposure = exposure(now: now)
    let warmIdle = max(0, warmWorkers - running.count)
    let line = finishLine(now: now, idleWorkers: limits.warmReuse ? warmIdle : 0, exposure)
    let lastBack = line.groups.map(\.availableSeconds).max() ?? now
    let together = line.workSeconds > 0 ? line.solve(startingAt: max(finish, now)) : now
    let busy = Double(max(1, running.count))
    let ideal = max(together, lastBack) - now
    // At the end workers run out of items one by one; the last one to end has a long one.
    let perWorker = Double(remainingItems) / busy
    let longItem = model.items.quantile(1 - 1 / (1 + busy * min(1, perWorker)))
    // A few items may all have been quick ones, and what nobody has seen may be unlike the rest.
    let few = policy.forecastFew / exposure.observations.squareRoot()
    let unsure =
      exposure.deviationSeconds / exposure.meanSeconds / exposure.observations.squareRoot()
    let unseen = profile.unseenShare + 0.5 * profile.drift
    let (relativeDown, relativeUp) = (2 * unsure + 0.5 * unseen, 2 * unsure + few + unseen)
    let overheads = (limits.warmReuse ? 2 : 1) * againSeconds
    let left = ideal + policy.forecastTail * longItem + overheads * 0.5
    let better = ideal * min(0.9, 0.1 + relativeDown) + policy.forecastTail * longItem
    let down = policy.forecastDown * better
    let up =
      ideal * (0.2 + relativeUp) + policy.forecastLongest * model.items.maxSeconds
      + 0.6 * overheads
    // With everything handed out, the batches that are out may need no further one.
    let low = waiting.isEmpty ? 0 : max(0, left - down)
    return Forecast(seconds: left, lowSeconds: low, highSeconds: left + up)
  }

  /// How many observations a forecast takes.
  private static let tellingObservations = 8
}
