import BatchCore

extension VerifyCommand {
  package static func run(
    _ invocation: Invocation, in context: CommandContext
  ) throws -> ExitCode {
    guard let path = invocation.arguments.first else {
      throw TaskError(.usage, "verify needs a run directory, such as out.csv.run")
    }
    let found = try Verification(directory: path)
    if invocation.options.isSet("json") {
      try context.console.print(json(found) + "\n")
    } else {
      try context.console.print(words(found))
    }
    return found.isGood ? .success : .notCarriedOut
  }

  private static func words(_ found: Verification) -> String {
    guard found.isGood else {
      return found.problems.map { "WRONG: \($0.forScreen)\n" }.joined()
        + "\(found.outputPath.forScreen) is not what run \(found.runID.prefix(12)) committed\n"
    }
    let size = "\(Quantity.bytes(found.bytes)), \(Quantity.count(found.parts, "part"))"
    let failed =
      found.failedItems > 0 ? ", \(Quantity.count(found.failedItems)) of them failures" : ""
    guard found.isFinished else {
      return "good so far: \(Quantity.count(found.itemsFound)) of "
        + "\(Quantity.count(found.totalItems, "item")) are there\(failed), every digest holds "
        + "(\(size)); the run is not finished\n"
    }
    return
      "good: \(found.outputPath.forScreen) holds all \(Quantity.count(found.totalItems, "item")) in input "
      + "order\(failed), every digest holds (\(size)); run \(found.runID.prefix(12))\n"
  }

  private static func json(_ found: Verification) -> String {
    JSONValue.object([
      .init("good", .bool(found.isGood)), .init("finished", .bool(found.isFinished)),
      .init("run", .string(found.runID)), .init("output", .string(found.outputPath)),
      .init("items", .integer(found.totalItems)), .init("found", .integer(found.itemsFound)),
      .init("failed", .integer(found.failedItems)), .init("parts", .integer(found.parts)),
      .init("bytes", .integer(found.bytes)),
      .init("problems", .array(found.problems.map { .string($0) })),
    ]).text
  }
}
