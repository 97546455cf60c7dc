/// When a run should be done, and how sure that is.
package struct Forecast: Sendable, Equatable {
  /// The expected time that is left, in seconds.
  package var seconds: Double
  /// The ends of the band that holds it with a probability of 90 %, in seconds.
  package var lowSeconds: Double
  package var highSeconds: Double
}

extension Dispatcher {
  /// The time until everything is done; nil while nothing is known of the items.
  ///
  /// - Complexity: O(workers).
  package func estimatedSecondsLeft(now: Double) -> Forecast? {
    guard model.knowsItems else { return nil }
    guard !isDone else { return Forecast(seconds: 0, lowSeconds: 0, highSeconds: 0) }
    let exposure = exposure(now: now)
    let warmIdle = max(0, warmWorkers - running.count)
    let line = finishLine(now: now, idleWorkers: limits.warmReuse ? warmIdle : 0, exposure)
    let lastBack = line.groups.map(\.availableSeconds).max() ?? now
    let together = line.workSeconds > 0 ? line.solve(startingAt: max(finish, now)) : now
    let busy = Double(max(1, running.count))
    // Towards the end workers run out of items one by one; the last item to end is a long one.
    let straggling = min(
      model.items.quantile(1 - 1 / (busy + 1)), max(together, lastBack) - now + againSeconds)
    let left = max(together, lastBack) - now + policy.forecastTail * straggling
    let unsure =
      exposure.deviationSeconds / exposure.meanSeconds / exposure.observations.squareRoot()
    let work = max(0, together - now)
    let down =
      work * min(0.9, 2 * unsure + policy.forecastDrift * (0.1 + profile.drift)) + 0.5 * straggling
    let up =
      work * (2 * unsure + policy.forecastDrift * (0.1 + profile.drift))
      + model.items.maxSeconds + againSeconds
    return Forecast(seconds: left, lowSeconds: max(0, left - down), highSeconds: left + up)
  }
}
