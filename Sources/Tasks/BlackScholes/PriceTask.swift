internal import BatchCore

/// The worker half of `price`: a batch of rows in, the same rows with their results out.
struct PriceTask: BatchTask {
  let setup: PriceSetup

  func makeWorkspace() -> PriceWorkspace { PriceWorkspace(setup: setup) }

  /// - Throws: `TaskError` when the input cannot be read, or is not what it was when the run began.
  func run(_ input: BatchInput, in workspace: inout PriceWorkspace, output: BatchOutput) throws {
    try workspace.load(input.bytes)
    try unsafe workspace.text.withBytes { bytes throws(TaskError) in
      guard let start = bytes.baseAddress else { return }
      var pass = unsafe BatchPass(
        input: input, workspace: workspace, output: output, batchEnd: start + bytes.count)
      var scanner = unsafe CSVRowScanner(bytes, columns: workspace.rows.csv.columns)
      try pass.run(&scanner)
    }
  }
}

/// One pass over the rows of a batch: read a block, compute it, write it, say so.
@safe
private struct BatchPass {
  private let workspace: PriceWorkspace
  private let output: BatchOutput
  private let batchEnd: UnsafeRawPointer
  private var lines: LineCounter
  /// Rows still to be read before the first wanted one.
  private var contextLeft: Int
  private var rowsLeft: Int

  init(
    input: BatchInput, workspace: PriceWorkspace, output: BatchOutput, batchEnd: UnsafeRawPointer
  ) {
    self.workspace = workspace
    self.output = output
    unsafe self.batchEnd = unsafe batchEnd
    lines = LineCounter(firstLine: input.firstLine)
    contextLeft = input.contextItems
    rowsLeft = input.items.count
  }

  mutating func run(_ scanner: inout CSVRowScanner) throws(TaskError) {
    workspace.evaluator.beginBatch()
    while rowsLeft > 0 && (contextLeft > 0 || !output.shouldStop) {
      let count = workspace.rows.read(from: &scanner)
      guard count > 0 else { throw workspace.changed }
      if !lines.hasStarted { unsafe lines.start(at: workspace.rows.csv.row(0)) }
      let first = min(contextLeft, count)
      let wanted = first..<min(count, first + rowsLeft)
      workspace.evaluator.evaluate(workspace.rows, wanted, into: workspace.results)
      write(wanted)
      contextLeft -= first
      rowsLeft -= wanted.count
    }
  }

  private mutating func write(_ wanted: Range<Int>) {
    guard !wanted.isEmpty else { return }
    let item = output.nextItem
    let failed = unsafe workspace.writer.write(
      wanted, of: workspace.rows, workspace.results, batchEnd: batchEnd, to: output.buffer)
    for failure in failed {
      let line = unsafe lines.line(of: workspace.rows.csv.row(failure.row))
      let id = ItemID(item + failure.row - wanted.lowerBound)
      output.fail(
        workspace.failures.failure(id, failure.row, workspace.rows, workspace.results, line: line),
        record: failure.record)
    }
    output.finish(wanted.count)
  }
}

/// Knows the physical line of a row, counted forward from the row asked for before.
@safe
private struct LineCounter {
  private var line: Int
  private var place: UnsafeRawPointer?

  init(firstLine: Int) { line = firstLine }

  var hasStarted: Bool { unsafe place != nil }

  mutating func start(at row: UnsafeRawBufferPointer) { unsafe place = row.baseAddress }

  mutating func line(of row: UnsafeRawBufferPointer) -> Int {
    guard let start = unsafe place, let end = row.baseAddress else { return line }
    for offset in 0..<(unsafe end - start) {
      if unsafe start.load(fromByteOffset: offset, as: UInt8.self) == 0x0A { line += 1 }
    }
    unsafe place = end
    return line
  }
}
