/// A place where the batches of a run go, and what is out there.
struct Site {
  let executor: any Executor
  /// How many batches are out.
  var out = 0
  /// Workers that have had a batch.
  var warmWorkers = 0

  init(_ executor: any Executor) { self.executor = executor }

  var limits: ExecutorLimits { executor.limits }

  /// The state of the worker that gets the next batch.
  var nextWorker: WorkerState { warmWorkers < limits.workers ? .cold : .warm }

  /// So many batches may be out: a few wait ready when they are so short that fetching the next would
  /// show.
  ///
  /// - Parameter batchSeconds: How long a batch takes on average.
  func capacity(batchSeconds: Double) -> Int {
    let workers = limits.workers
    if executor.isRemote {
      // What a worker waits for its next batch is a small share of a long one.
      return batchSeconds < 20 * limits.handOverSeconds ? workers + (workers + 1) / 2 : workers
    }
    return batchSeconds < 0.005 ? workers * (batchSeconds < 0.0005 ? 4 : 2) : workers
  }
}
