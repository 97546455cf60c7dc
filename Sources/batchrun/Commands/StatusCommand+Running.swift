import BatchCore

extension StatusCommand {
  package static func run(
    _ invocation: Invocation, in context: CommandContext
  ) throws -> ExitCode {
    guard let path = invocation.arguments.first else {
      throw TaskError(.usage, "status needs a run directory, such as out.csv.run")
    }
    let status = try RunStatus(directory: path)
    let text =
      invocation.options.isSet("json")
      ? json(status) + "\n" : words(status).map(\.forScreen).joined(separator: "\n")
    try context.console.print(text)
    return .success
  }

  private static func words(_ status: RunStatus) -> [String] {
    guard status.phase != .preparing else {
      return ["run       has begun and reads its input", ""]
    }
    let share =
      status.totalItems > 0
      ? " (\(status.finishedItems * 100 / status.totalItems) %)" : ""
    var lines = [
      "run       \(status.runID.prefix(12)), task \(status.task), \(status.phase.rawValue)",
      "items     \(Quantity.count(status.finishedItems)) of "
        + "\(Quantity.count(status.totalItems))\(share)",
      "failures  \(failures(status))",
      "output    \(Quantity.bytes(status.outputBytes))",
      "batches   \(Quantity.count(status.batches)) since \(status.started)",
      "last word \(status.lastEvent)",
    ]
    if let message = status.message { lines.append("reason    \(message)") }
    if status.phase == .interrupted || status.phase == .stopped {
      lines.append("The same command continues it.")
    }
    return lines + [""]
  }

  private static func failures(_ status: RunStatus) -> String {
    guard !status.failuresByCode.isEmpty else { return "none" }
    return status.failuresByCode.sorted { $0.key < $1.key }
      .map { "\(Quantity.count($0.value)) \($0.key)" }.joined(separator: ", ")
  }

  private static func json(_ status: RunStatus) -> String {
    JSONValue.object([
      .init("phase", .string(status.phase.rawValue)), .init("run", .string(status.runID)),
      .init("task", .string(status.task)), .init("items", .integer(status.totalItems)),
      .init("done", .integer(status.finishedItems)),
      .init(
        "failures",
        .object(
          status.failuresByCode.sorted { $0.key < $1.key }
            .map { JSONValue.Field($0.key, .integer($0.value)) })),
      .init("output_bytes", .integer(status.outputBytes)),
      .init("batches", .integer(status.batches)), .init("started", .string(status.started)),
      .init("last_event", .string(status.lastEvent)), .init("exit", JSONValue(status.exitCode)),
      .init("message", JSONValue(status.message)),
    ]).text
  }
}
