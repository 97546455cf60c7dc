import BatchCore

/// `batchrun worker`: what a child process that runs batches is started with.
package enum WorkerCommand: Subcommand {
  package static let entry = CommandEntry(
    CommandSpec(
      name: "worker",
      summary: "Run batches that another batchrun hands over",
      arguments: [
        ArgumentSpec("MESSAGE", help: "What is handed over.", isRequired: false)
      ],
      options: [
        OptionSpec("store", .text, "PLACE", help: "Where batches and results are."),
        OptionSpec("session", .text, "PREFIX", help: "What their keys begin with."),
        OptionSpec("time-limit", .duration, "DURATION", help: "How long the worker may live."),
        OptionSpec("margin", .duration, "DURATION", help: "What it leaves unused of that."),
      ]),
    isHidden: true)

  package static func run(
    _ invocation: Invocation, in context: CommandContext
  ) throws -> ExitCode {
    if let runtime = LambdaWorker.runtime {
      try LambdaWorker.run(runtime: runtime) { try makeTask($0, $1, context) }
      return .success
    }
    let options = invocation.options
    guard let store = options["store"], let session = options["session"] else {
      let code = WorkerProcess.run { try makeTask($0, $1, context) }
      return ExitCode(rawValue: code)
    }
    do {
      try ArrayTask.run(
        .init(
          store: store, session: session,
          timeLimitSeconds: options.durationSeconds("time-limit") ?? .infinity,
          marginSeconds: options.durationSeconds("margin") ?? 0)
      ) { try makeTask($0, $1, context) }
      return .success
    } catch let error as BlobFailure {
      context.console.complain(error.message)
      return ExitCode(rawValue: ArrayTask.storeExitCode)
    }
  }

  private static func makeTask(
    _ name: TaskName, _ message: [UInt8], _ context: CommandContext
  ) throws -> any BatchTask {
    guard let plugin = context.plugin(named: name.rawValue) else {
      guard LambdaWorker.runtime != nil else {
        throw TaskError(.cannotRun, "this program has no task named \(name)")
      }
      throw TaskError(
        .cannotRun,
        "the program of the function has no task \(name); make a function that has it with `batchrun "
          + "deploy lambda --for \(name) --function NAME`, and give --function NAME")
    }
    return try plugin.makeTask(message: message)
  }
}
