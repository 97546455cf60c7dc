import BatchCore
import Synchronization

/// Turns the tallies of a run into what the progress line shows.
final class ProgressMeter: Sendable {
  private let rate = Mutex(RateMeter())

  init() {}

  func progress(_ tally: RunTally) -> RunProgress {
    let perSecond = rate.withLock { $0.read(finishedItems: tally.done, now: tally.elapsedSeconds) }
    var progress = RunProgress(
      totalItems: tally.total, finishedItems: tally.done, failedItems: tally.failed,
      resumedItems: tally.resumed, elapsedSeconds: tally.elapsedSeconds, itemsPerSecond: perSecond,
      outputBytes: tally.outputBytes)
    progress.timeLeft = tally.timeLeft
    progress.dollars = tally.dollars
    return progress
  }
}
