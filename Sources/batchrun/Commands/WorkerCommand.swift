import BatchCore

/// `batchrun worker`: what a child process that runs batches is started with.
package enum WorkerCommand: Subcommand {
  package static let entry = CommandEntry(
    CommandSpec(
      name: "worker",
      summary: "Run batches that another batchrun hands over",
      arguments: [
        ArgumentSpec("MESSAGE", help: "What is handed over.", isRequired: false)
      ]),
    isHidden: true)

  package static func run(
    _ invocation: Invocation, in context: CommandContext
  ) throws -> ExitCode {
    let code = WorkerProcess.run { name, message in
      guard let plugin = context.plugin(named: name.rawValue) else {
        throw TaskError(.cannotRun, "this program has no task named \(name)")
      }
      return try plugin.makeTask(message: message)
    }
    return ExitCode(rawValue: code)
  }
}
