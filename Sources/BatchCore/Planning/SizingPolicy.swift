/// The constants of the sizing policy, found by simulation (see `benchmarks`).
package struct SizingPolicy: Sendable, Equatable {
  /// The first wave stops after this many set-up times of work.
  package var firstBudgetWarm = 14.0
  package var firstBudgetCold = 9.0
  /// The same for warm workers that appear one by one, so that those that come later have work left.
  package var firstBudgetRamp = 3.4
  /// A share is split when the expected imbalance exceeds this many set-up times.
  package var splitAbove = 2.0
  /// A split batch keeps back this many times the expected imbalance.
  package var keepBack = 0.36
  /// The weight of the least part that a share is split into.
  package var floor = 0.7
  /// A batch may run past the common finish by this many set-up times before it gives up the rest.
  package var overrun = 0.25
  /// What would be left of a range is taken too when it is shorter than this many set-up times.
  package var crumb = 0.36

  /// The weight of drift in the expected imbalance.
  package var driftWeight = 0.17
  /// The weight of the mean's own uncertainty in the expected imbalance.
  package var unsureWeight = 0.4
  /// A split batch takes at least this part of its worker's fair share.
  package var leastShare = 0.1

  /// A worker stops the earlier before its limit the less that costs: up to this share of the time.
  package var guardShare = 0.02
  /// The part of an invocation's room that one item may take while little is known.
  package var caution = 2.0 / 3
  /// A guard above half the room is at most this many times the longest item seen.
  package var guardFactor = 1.05
  /// Items are not known before this many were seen.
  package var familiar = 200.0
  /// How many observations begin to exclude rare items that are many times longer, for one worker.
  package var enough = 15.0
  /// Nor while one in work has lasted longer than this part of the longest seen.
  package var settled = 0.75
  /// They say nothing of the others before this many were seen.
  package var telling = 10.0
  /// Nor before this many times as many were seen as are in work.
  package var familiarRunning = 3.0
  /// How much longer than until now a batch that is overdue counts; zero to ignore overdue batches.
  package var censoring = 1.8
  /// With nothing known, an overhead below this share of the start-up makes the first batches small.
  package var cheapProbe = 0.1

  /// A worker whose start-up is only a guess is started for this part of it in work, or more.
  package var worthwhile = 0.5

  /// A part of the fair share larger than this is rounded up to all of it.
  package var wholeAbove = 0.9
  /// Past its budget a worker goes on while what is left of its batch is less than this many set-ups.
  package var keep = 3.0

  /// The same for the first wave where workers appear one by one.
  package var firstKeep = 1.2
  /// In choosing the first wave: a loss beyond this share counts no more.
  package var capRegret = 0.5

  /// A split batch is at most this many set-ups of work long: more would save next to nothing.
  package var ceiling = 36.0

  /// What an item is taken to last next to a set-up when nothing is known, in seconds.
  package var typicalItemSeconds = 0.6

  /// And no more than this part of the batch.
  package var crumbShare = 0.3

  /// A batch that the time limit ends is handed this many times the work that fits on average.
  package var limitSurplus = 1.3
  /// The same while the end is far.
  package var limitSurplusFar = 3.0

  /// The same where start-up is paid once.
  package var keepBackWarm = 1.0
  /// The same where start-up is paid once.
  package var ceilingWarm = 30.0

  /// A split batch may in any case be this part of its worker's fair share.
  package var ceilingShare = 0.1

  /// How much of a long item's time the end of a run is expected to take longer than ideal.
  package var forecastTail = 0.5
  /// How much of the same below and above the band reaches: the part of what may come out better, the
  /// doubt that a few items leave, and the longest items that may come last.
  package var forecastDown = 0.7
  package var forecastFew = 2.0
  package var forecastLongest = 0.75

  package init() {}
}
