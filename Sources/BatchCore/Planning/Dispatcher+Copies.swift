/// Second attempts at batches that are out; the dispatcher counts both as one batch.
extension Dispatcher {
  /// The items of a batch that is out.
  func items(of batch: BatchIndex) -> Range<Int>? { running[batch]?.items }

  /// How long a batch that is out should take by what is known now, its set-up included, in seconds.
  func expectedSeconds(of batch: BatchIndex) -> Double? {
    running[batch].map { $0.setUpSeconds + profile.seconds(of: $0.items) }
  }

  /// How long a worker that may have to be started should take for some items, in seconds.
  func secondsAgain(_ items: Range<Int>) -> Double {
    model.setUpSeconds(.cold) + profile.seconds(of: items)
  }

  /// What a second worker is told that tries the last items of a batch; nothing is given back before
  /// its deadline.
  func secondAttempt(at batch: BatchIndex, items: Range<Int>) -> Assignment? {
    running[batch].map { first in
      Assignment(
        batch: batch, items: items, deadlineSeconds: limits.deadlineSeconds,
        guardSeconds: first.guardSeconds, cautionSeconds: first.cautionSeconds,
        keepSeconds: first.keepSeconds)
    }
  }
}
