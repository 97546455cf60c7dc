internal import BatchCore

/// What one worker thread keeps from batch to batch: the batch's text and blocks of columns.
final class PriceWorkspace {
  let setup: PriceSetup
  let text = ByteBuffer()
  let rows: PriceRows
  let results: ResultBlock
  let writer: RecordWriter
  let failures: RowFailures
  let evaluator: RowEvaluator

  /// Rows computed together: enough for the kernels, few enough for the cache. Rows of a series take
  /// long, so that fewer of them stand between two signs of life.
  private static func capacity(_ job: PriceJob) -> Int { job.usesSeries ? 256 : 4096 }

  init(setup: PriceSetup) {
    self.setup = setup
    let job = setup.job
    let capacity = Self.capacity(job)
    rows = PriceRows(job: job, separator: setup.separator, capacity: capacity)
    results = ResultBlock(
      capacity: capacity, columnCount: job.resultsPerHorizon * job.horizonCount,
      horizonCount: job.horizonCount)
    writer = RecordWriter(
      separator: setup.separator, fieldCount: setup.header.count, endsInCRLF: setup.endsInCRLF,
      horizons: job.model == .merton ? job.options.horizons : [])
    failures = RowFailures(setup: setup)
    evaluator = RowEvaluator(setup: setup, capacity: capacity)
  }

  /// Says that the input is no longer what it was.
  var changed: TaskError {
    TaskError(.cannotRun, "\(InputError(.changed, input: setup.displayName))")
  }

  /// Fills `text` with the bytes of a batch.
  ///
  /// - Throws: `TaskError` when they cannot be read, or the file has changed since the run was prepared.
  func load(_ bytes: BatchInput.Bytes) throws(TaskError) {
    text.removeAll()
    switch bytes {
    case .inline(let bytes): text.append(bytes)
    case .file(let path, let range): try load(path, range)
    }
  }

  private func load(_ path: String, _ range: Range<Int>) throws(TaskError) {
    guard range.count < Int(Int32.max) - 64 else {
      throw TaskError(
        .cannotRun,
        "\(setup.displayName): a batch of \(range.count) bytes is too large; use a smaller "
          + "--batch-size, or split the file by firm")
    }
    do throws(InputError) {
      let source = try ByteSource(path: path)
      guard setup.version == source.fingerprint.map(InputVersion.init) else { throw changedError }
      var buffer = text
      try source.read(range, appendingTo: &buffer)
      try source.checkUnchanged()
    } catch {
      throw TaskError(.cannotRun, "\(InputError(error.code, input: setup.displayName))")
    }
  }

  private var changedError: InputError { InputError(.changed, input: setup.displayName) }
}
