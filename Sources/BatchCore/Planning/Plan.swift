/// What to aim for.
package enum Objective: String, Sendable, Equatable, CaseIterable {
  /// The shortest time.
  case time
  /// The fewest dollars, and the shortest time among plans within 1 % of them.
  case money
}

/// What fixed the size of a batch.
package enum SizeReason: String, Sendable, Equatable {
  /// The user.
  case given
  /// Nothing is known of the items yet: the batch is to find out.
  case probe
  /// The time limit of an invocation.
  case timeLimit
  /// The time limit too, but room was left in it for items longer than any that is known: another batch
  /// costs next to nothing.
  case caution
  /// The largest payload.
  case payload
  /// Start-up and overhead: a smaller batch would waste more than it balances.
  case overhead
  /// All workers are to end together.
  case balance
}

/// The batches of a run and what they are expected to cost, worked out before anything runs.
package struct Plan: Sendable, Equatable {
  /// Consecutive batches of one size.
  package struct Batches: Sendable, Equatable {
    /// The first item of the first of them.
    package var firstItem: Int
    package var itemsPerBatch: Int
    package var count: Int

    package init(firstItem: Int, itemsPerBatch: Int, count: Int) {
      self.firstItem = firstItem
      self.itemsPerBatch = itemsPerBatch
      self.count = count
    }
  }

  /// A point on the curve of time against dollars.
  package struct PricePoint: Sendable, Equatable {
    package var workers: Int
    package var seconds: Double
    package var dollars: Double
    /// Which of "fastest", "cheapest" and "knee" this point is.
    package var names: [String] = []
  }

  package var itemCount = 0
  package var objective = Objective.time
  /// Workers that get at least one batch.
  package var workers = 0
  /// The batches in the order of their items, runs of equal sizes together.
  package var batches: [Batches] = []
  package var batchCount = 0
  /// The size that most items are planned in.
  package var usualBatchItems = 0
  package var reason = SizeReason.balance
  /// The largest number of batches that one worker runs.
  package var waves = 0
  /// What the task has to say of the run besides, a word and a text each.
  package var details: [RunEstimate.Line] = []
  package var expectedSeconds = 0.0
  /// The ends of the band that holds the time with a probability of 90 %, in seconds.
  package var lowSeconds = 0.0
  package var highSeconds = 0.0
  /// The share of the workers' time that start-up and overhead take, from 0 to 1.
  package var overheadShare = 0.0
  /// Start-up, overhead and work of all invocations together, in seconds.
  package var billedSeconds = 0.0
  /// Nil where the executor is free.
  package var dollars: Double?
  /// The ends of the band that holds the cost with a probability of 90 %, in dollars.
  package var lowDollars = 0.0
  package var highDollars = 0.0
  package var priceCurve: [PricePoint] = []
  /// The figures that nobody has measured or stated, in words.
  package var guesses: [String] = []
  /// The figures that were measured, by trying a few items; and those that earlier runs measured.
  package var measured: [String] = []
  package var earlier: [String] = []
  /// Sentences for the user about what could not be had.
  package var notes: [String] = []
  /// Why nothing of this can run; nil when it can.
  package var refusal: String?
  package var model: CostModel

  package init(model: CostModel) {
    self.model = model
  }
}
