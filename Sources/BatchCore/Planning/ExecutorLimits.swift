/// What an executor charges for; nil where it is free.
package struct Price: Sendable, Equatable {
  /// Dollars for one invocation.
  package var perRequestDollars: Double
  /// Dollars for one second of one gigabyte.
  package var perGigabyteSecondDollars: Double
  /// The memory of one worker, in gigabytes.
  package var workerGigabytes: Double

  package init(
    perRequestDollars: Double, perGigabyteSecondDollars: Double, workerGigabytes: Double
  ) {
    self.perRequestDollars = perRequestDollars
    self.perGigabyteSecondDollars = perGigabyteSecondDollars
    self.workerGigabytes = workerGigabytes
  }

  /// Functions on x86-64 processors; start-up is billed like work.
  package static func lambda(gigabytes: Double) -> Price {
    Price(
      perRequestDollars: 0.20e-6, perGigabyteSecondDollars: 0.0000166667,
      workerGigabytes: gigabytes)
  }

  /// What so many invocations cost that together run this long, in dollars.
  package func dollars(requests: Double, billedSeconds: Double) -> Double {
    requests * perRequestDollars + billedSeconds * workerGigabytes * perGigabyteSecondDollars
  }
}

/// What an executor allows.
package struct ExecutorLimits: Sendable, Equatable {
  /// How many workers run at once; at least one.
  package var workers: Int
  /// The longest an invocation may take, start-up included, in seconds; nil without a limit.
  package var timeLimitSeconds: Double?
  /// What a worker leaves unused before the limit to return its results, in seconds.
  package var marginSeconds: Double
  /// The largest batch, in bytes of input; nil without a limit.
  package var payloadBytes: Int?
  /// The memory of one worker, in bytes; nil when unknown.
  package var memoryBytes: Int?
  /// New workers per second; nil when all are there at once.
  package var rampPerSecond: Double?
  /// Whether a worker's environment serves its next batch too; otherwise every batch starts cold.
  package var warmReuse: Bool
  /// Whether a worker's time passes mostly with waiting for something outside, next to other batches
  /// that are open in the same process. Then nobody is relieved by what a batch leaves unstarted, and
  /// no batch is given a budget.
  package var workersWait = false
  /// The share of a worker's time that start-up and overhead may take, where it can be kept.
  package var targetOverheadShare: Double
  /// The same where the user wants it kept: batches are at least so large, as far as the time limit
  /// and each worker's part of the work allow; nil where the run is to end as early as possible.
  package private(set) var mostOverheadShare: Double?
  /// A batch is not planned shorter than this while enough is left, in seconds.
  package var minimumBatchSeconds: Double
  /// How long a worker that has finished a batch waits for the next when none lies ready, in seconds.
  package var handOverSeconds: Double
  package var price: Price?

  package init(
    workers: Int, timeLimitSeconds: Double? = nil, marginSeconds: Double = 0,
    payloadBytes: Int? = nil, memoryBytes: Int? = nil, rampPerSecond: Double? = nil,
    warmReuse: Bool = true, targetOverheadShare: Double = 0.10, minimumBatchSeconds: Double = 0,
    handOverSeconds: Double = 0, price: Price? = nil
  ) {
    precondition(workers > 0, "at least one worker")
    self.workers = workers
    self.timeLimitSeconds = timeLimitSeconds
    self.marginSeconds = marginSeconds
    self.payloadBytes = payloadBytes
    self.memoryBytes = memoryBytes
    self.rampPerSecond = rampPerSecond
    self.warmReuse = warmReuse
    self.targetOverheadShare = targetOverheadShare
    self.minimumBatchSeconds = minimumBatchSeconds
    self.handOverSeconds = handOverSeconds
    self.price = price
  }

  /// Threads of this process.
  package static func local(workers: Int) -> ExecutorLimits {
    ExecutorLimits(workers: workers, targetOverheadShare: 0.01, minimumBatchSeconds: 100e-6)
  }

  /// Cloud functions: 900 s, 6 MB, 1,000 new environments every ten seconds.
  package static func lambda(workers: Int = 1000, gigabytes: Double = 1.769) -> ExecutorLimits {
    ExecutorLimits(
      workers: workers, timeLimitSeconds: 900, marginSeconds: 15, payloadBytes: 6_000_000,
      memoryBytes: Int(gigabytes * 1e9), rampPerSecond: 100, price: .lambda(gigabytes: gigabytes))
  }

  /// Has the share of start-up and overhead kept, where one is given; above 0 and below 1.
  package mutating func keepOverhead(below share: Double?) {
    guard let share else { return }
    precondition(share > 0 && share < 1, "a share between none and all")
    targetOverheadShare = share
    mostOverheadShare = share
  }

  /// The work with which a set-up takes this share of the time, in seconds: `set-up (1 − s) / s`.
  static func workSeconds(besides setUpSeconds: Double, share: Double) -> Double {
    setUpSeconds * (1 - share) / share
  }

  /// The time by which a worker must have returned, in seconds since its invocation began.
  package var deadlineSeconds: Double {
    timeLimitSeconds.map { max(0, $0 - marginSeconds) } ?? .infinity
  }
}
