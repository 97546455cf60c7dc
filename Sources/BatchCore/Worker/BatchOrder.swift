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
  /// How long the batch should take, as far as that is known; infinite while nothing is.
  package var expectedSeconds: Double
  /// The batch whose unfinished items these are, where this is a second attempt at them beside the
  /// first; the worker need not know.
  package var copyOf: BatchIndex?

  package init(
    assignment: Assignment, input: BatchInput, timeoutSeconds: Double, isIsolated: Bool = false,
    queuedSeconds: Double = 0, expectedSeconds: Double = .infinity
  ) {
    self.assignment = assignment
    self.input = input
    self.timeoutSeconds = timeoutSeconds
    self.isIsolated = isIsolated
    self.queuedSeconds = queuedSeconds
    self.expectedSeconds = expectedSeconds
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
    write(to: writer)
    return writer.buffer
  }

  /// The request to a worker process that has the task already.
  package var message: ByteBuffer {
    let writer = MessageWriter()
    write(to: writer)
    return writer.buffer
  }

  /// Writes the order itself.
  func write(to writer: MessageWriter) {
    writer.add(assignment.batch.rawValue)
    writer.add(assignment.items)
    writer.add(assignment.deadlineSeconds)
    writer.add(assignment.budgetSeconds)
    writer.add(assignment.guardSeconds)
    writer.add(assignment.cautionSeconds)
    writer.add(assignment.keepSeconds)
    writer.add(timeoutSeconds)
    writer.add(isIsolated)
    writer.add(expectedSeconds)
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
    writer.add(input.files.count)
    for file in input.files.sorted(by: { $0.key < $1.key }) {
      writer.add(file.key)
      writer.add(file.value)
    }
    writer.add(input.laneState != nil)
    writer.add(input.laneState ?? [])
  }

  private static let format = "batchrun-worker-2"

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
    return (task, message, try BatchOrder(&reader))
  }

  /// Reads what `write` wrote.
  init(_ reader: inout MessageReader) throws(MessageReader.Malformed) {
    let batch = BatchIndex(try reader.integer())
    let items = try reader.range()
    let assignment = Assignment(
      batch: batch, items: items, deadlineSeconds: try reader.double(),
      budgetSeconds: try reader.double(), guardSeconds: try reader.double(),
      cautionSeconds: try reader.double(), keepSeconds: try reader.double())
    let timeout = try reader.double()
    let isIsolated = try reader.flag()
    let expected = try reader.double()
    var input = BatchInput(
      items: try reader.range(), contextItems: try reader.integer(), bytes: .inline([]),
      firstLine: try reader.integer(), earlierAttempts: try reader.integer())
    let path = try reader.text()
    if path.isEmpty {
      input.bytes = .inline(try reader.blob())
    } else {
      input.bytes = .file(path: path, range: try reader.range())
    }
    for _ in 0..<max(0, try reader.integer()) {
      let path = try reader.text()
      input.files[path] = try reader.text()
    }
    let hasState = try reader.flag()
    let state = try reader.blob()
    if hasState { input.laneState = state }
    self.init(
      assignment: assignment, input: input, timeoutSeconds: timeout, isIsolated: isIsolated,
      expectedSeconds: expected)
  }
}
