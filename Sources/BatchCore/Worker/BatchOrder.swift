/// One batch on its way to a worker: what to run, and by when.
package struct BatchOrder: Sendable {
  package var assignment: Assignment
  package var input: BatchInput
  /// After so many seconds without a sign of life the item at work is taken to hang.
  package var timeoutSeconds: Double
  /// Whether the batch must run in a process of its own, because one of its items may kill it.
  package var isIsolated: Bool
  /// When the runner decided on the batch, in seconds since the run began.
  package var queuedSeconds: Double

  package init(
    assignment: Assignment, input: BatchInput, timeoutSeconds: Double, isIsolated: Bool = false,
    queuedSeconds: Double = 0
  ) {
    self.assignment = assignment
    self.input = input
    self.timeoutSeconds = timeoutSeconds
    self.isIsolated = isIsolated
    self.queuedSeconds = queuedSeconds
  }
}

// MARK: - Between processes

extension BatchOrder {
  /// The request to a worker process: program version, task, order.
  package func message(task: TaskName, taskMessage: [UInt8]) -> ByteBuffer {
    let writer = MessageWriter()
    writer.add(Self.format)
    writer.add(ProgramVersion.current)
    writer.add(task.rawValue)
    writer.add(taskMessage)
    writer.add(assignment.batch.rawValue)
    writer.add(assignment.items)
    writer.add(assignment.deadlineSeconds)
    writer.add(assignment.budgetSeconds)
    writer.add(assignment.guardSeconds)
    writer.add(assignment.cautionSeconds)
    writer.add(assignment.keepSeconds)
    writer.add(timeoutSeconds)
    writer.add(input.items)
    writer.add(input.contextItems)
    writer.add(input.firstLine)
    writer.add(input.earlierAttempts)
    switch input.bytes {
    case .file(let path, let range):
      writer.add(path)
      writer.add(range)
    case .inline(let bytes):
      writer.add("")
      writer.add(bytes)
    }
    return writer.buffer
  }

  private static let format = "batchrun-worker-1"

  /// Reads a request.
  ///
  /// - Throws: `TaskError` when it is malformed or comes from another version of the program.
  package static func read(
    _ bytes: [UInt8]
  ) throws(TaskError) -> (task: TaskName, message: [UInt8], order: BatchOrder) {
    do {
      return try parse(bytes)
    } catch let error as TaskError {
      throw error
    } catch {
      throw TaskError(.cannotRun, "the worker's request is not one that batchrun writes")
    }
  }

  private static func parse(
    _ bytes: [UInt8]
  ) throws -> (task: TaskName, message: [UInt8], order: BatchOrder) {
    var reader = MessageReader(bytes)
    guard try reader.text() == format else { throw MessageReader.Malformed() }
    let version = try reader.text()
    guard version == ProgramVersion.current else {
      throw TaskError(
        .cannotRun,
        "the request is from batchrun \(version), this worker is \(ProgramVersion.current); "
          + "use the same program on both sides")
    }
    let task = TaskName(try reader.text())
    let message = try reader.blob()
    let batch = BatchIndex(try reader.integer())
    let items = try reader.range()
    let assignment = try Assignment(
      batch: batch, items: items, deadlineSeconds: reader.double(),
      budgetSeconds: reader.double(), guardSeconds: reader.double(),
      cautionSeconds: reader.double(), keepSeconds: reader.double())
    let timeout = try reader.double()
    var input = try BatchInput(
      items: reader.range(), contextItems: reader.integer(), bytes: .inline([]),
      firstLine: reader.integer(), earlierAttempts: reader.integer())
    let path = try reader.text()
    input.bytes =
      try path.isEmpty ? .inline(reader.blob()) : .file(path: path, range: reader.range())
    return (
      task, message, BatchOrder(assignment: assignment, input: input, timeoutSeconds: timeout)
    )
  }
}
