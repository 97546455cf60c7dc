/// Where the batches of a run go.
package enum Place: Sendable, Equatable {
  /// Threads of this process.
  case local
  case slurm(SlurmSettings)
  case lambda(LambdaSettings)

  /// The word by which users know it.
  package var name: String {
    switch self {
    case .local: "local"
    case .slurm: "slurm"
    case .lambda: "lambda"
    }
  }
}

/// How a run is to go; nothing here changes what it gives.
package struct RunConfiguration: Sendable {
  /// How many batches run at once; at least one.
  package var workers: Int
  /// The items of every batch; nil lets the planner decide.
  package var batchSize: Int?
  /// After so many seconds without a sign of life an item is taken to hang; nil is the task's default.
  package var timeoutSeconds: Double?
  package var retry: RetryPolicy
  /// More failed items than this stop the run; nil lets any number fail.
  package var failureBudget: CountOrShare?
  /// Whether to forget an unfinished run and begin anew.
  package var isFresh: Bool
  /// Whether to try the failed items of a finished run again.
  package var retriesFailed: Bool
  /// The program and arguments that start a worker process.
  package var workerCommand: [String]
  /// Where batches go; at least one.
  package var places = [Place.local]
  /// Makes executors that are none of the program's own; nil for those of `places`.
  package var makeExecutors: (@Sendable (ExecutorContext) throws -> [any Executor])?
  /// When a batch that takes too long is tried a second time beside the first; nil for never.
  package var speculation: SpeculationPolicy? = SpeculationPolicy()
  /// The folder where remote runs look up what earlier ones have measured, and leave what they measure;
  /// nil for none. Threads of this machine have measured as much within a moment.
  package var earlierTimes: String?
  /// The run stops before its workers have cost more, in dollars; nil for no such bound.
  package var mostDollars: Double?
  /// The share of a remote worker's time that start-up and overhead may take, where it can be kept; nil
  /// to end as early as possible.
  package var mostOverheadShare: Double?
  /// Room on the disk that is left to the records while an output is made of them, in bytes; with less,
  /// it is made when all are there.
  package var recordReserveBytes = 1 << 30

  /// The signals that stop the run; nil leaves them to the process.
  package var interrupts: Interrupts?

  package init(
    workers: Int, batchSize: Int? = nil, timeoutSeconds: Double? = nil,
    retry: RetryPolicy = RetryPolicy(), failureBudget: CountOrShare? = nil, isFresh: Bool = false,
    retriesFailed: Bool = false, workerCommand: [String]
  ) {
    self.workers = workers
    self.batchSize = batchSize
    self.timeoutSeconds = timeoutSeconds
    self.retry = retry
    self.failureBudget = failureBudget
    self.isFresh = isFresh
    self.retriesFailed = retriesFailed
    self.workerCommand = workerCommand
  }
}

/// How a run ended.
package struct RunOutcome: Sendable, Equatable {
  package enum Ending: Sendable, Equatable {
    /// Every item has a record, and the output is complete.
    case complete
    /// A signal of this number stopped the run; it can be continued.
    case interrupted(signal: Int32)
    /// Too many items failed; the run can be continued.
    case budgetPassed
    /// Something prevents the run from going on: a sentence.
    case stopped(String)
  }

  package var ending: Ending
  package var tally: RunTally
  package var batches = 0
  /// Whether the run had been finished before and nothing was computed.
  package var wasFinished = false
  /// Where the output is; nil for a stream.
  package var outputPath: String?
  package var runDirectory: String

  package init(ending: Ending, tally: RunTally, batches: Int = 0, runDirectory: String) {
    self.ending = ending
    self.tally = tally
    self.batches = batches
    self.runDirectory = runDirectory
  }

  /// 0 all done, 1 some items failed, 2 not carried out, 128 + signal.
  package var exitCode: Int32 {
    switch ending {
    case .complete: tally.failed > 0 ? 1 : 0
    case .interrupted(let signal): 128 + signal
    case .budgetPassed, .stopped: 2
    }
  }
}
