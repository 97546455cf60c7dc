/// Who is told how a run goes.
package protocol RunObserver: Sendable {
  /// A sentence for the user.
  func note(_ sentence: String)

  /// A line of `events.jsonl`.
  func event(_ line: String)

  /// How far the run is, about ten times a second.
  func progress(_ tally: RunTally)
}

/// Where a run stands.
package struct RunTally: Sendable, Equatable {
  /// All items of the run.
  package var total = 0
  /// Items finished, failed ones included.
  package var done = 0
  /// Of these, the items that an earlier process finished.
  package var resumed = 0
  package var failuresByCode: [String: Int] = [:]
  /// How many records carry each mark, by its bit.
  package var marks = [Int](repeating: 0, count: 8)
  package var elapsedSeconds = 0.0
  package var timeLeft: RunProgress.TimeLeft?
  package var outputBytes = 0
  /// Batches that were tried a second time beside the first because they took too long, and how many
  /// of the second attempts were faster.
  package var copies = 0
  package var copiesWon = 0
  /// Items that run alone in child processes just now, because one of them may crash or hang.
  package var isolated = 0
  /// What the workers have cost; nil where they are free.
  package var dollars: Double?

  package var failed: Int { failuresByCode.values.reduce(0, +) }

  package init() {}
}
