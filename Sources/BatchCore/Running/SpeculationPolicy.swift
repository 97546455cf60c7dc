/// When a second attempt at a batch that takes too long is worth its worker.
///
/// The rule of backup tasks (Dean and Ghemawat 2004, section 3.6) with the numbers of cubed: half of
/// the batches are done, and one takes three times as long as its items should.
package struct SpeculationPolicy: Sendable, Equatable {
  /// The share of all batches that must have ended: before, little is known of their kind.
  package var doneShare = 0.5
  /// How many times as long as its items should take a batch must have run.
  package var slowness = 3.0
  /// No batch is slow before it has run for so long, in seconds: what is learnt of it is late by about
  /// as much.
  package var leastSeconds = 5.0
  /// Copies of one batch; when these are slow too, its items are.
  package var mostCopies = 2

  package init() {}

  /// A batch that is out, as far as this is concerned.
  package struct Attempt: Sendable, Equatable {
    /// How long a worker has had it, in seconds.
    package var runningSeconds: Double
    /// How long all of its items should take, with the set-up of the worker, in seconds.
    package var expectedSeconds: Double
    /// How long one item may take, in seconds: the batch may have one of these.
    package var longestItemSeconds: Double
    package var items: Int
    /// How many of them are not finished.
    package var itemsLeft: Int
    /// How long a new worker should take for these, in seconds.
    package var copySeconds: Double
    /// When the worker comes back whatever it has done, in seconds since it began; infinite without a
    /// limit.
    package var deadlineSeconds: Double

    package init(
      runningSeconds: Double, expectedSeconds: Double, longestItemSeconds: Double, items: Int,
      itemsLeft: Int, copySeconds: Double, deadlineSeconds: Double = .infinity
    ) {
      self.runningSeconds = runningSeconds
      self.expectedSeconds = expectedSeconds
      self.longestItemSeconds = longestItemSeconds
      self.items = items
      self.itemsLeft = itemsLeft
      self.copySeconds = copySeconds
      self.deadlineSeconds = deadlineSeconds
    }

    /// When the batch is back at the latest, at the pace so far, in seconds from now.
    var leftSeconds: Double {
      let done = Double(items - itemsLeft)
      let rest = done > 0 ? runningSeconds / done * Double(itemsLeft) : .infinity
      return min(rest, deadlineSeconds - runningSeconds)
    }
  }

  /// Whether enough batches are done to tell which ones are slow.
  package func isTime(batchesDone: Int, batchesOut: Int) -> Bool {
    Double(batchesDone) >= doneShare * Double(batchesDone + batchesOut)
  }

  /// Whether a second attempt should be back before the first.
  package func isWorthCopying(_ attempt: Attempt) -> Bool {
    let usual = max(
      slowness * attempt.expectedSeconds, attempt.expectedSeconds + attempt.longestItemSeconds)
    return attempt.runningSeconds >= max(leastSeconds, usual)
      && attempt.copySeconds < attempt.leftSeconds
  }
}
