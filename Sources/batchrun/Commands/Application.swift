package import BatchCore

/// The program without its process: words in, texts and an exit code out.
package struct Application: Sendable {
  /// Carries out a task's own command, such as `batchrun price`.
  package typealias TaskRunner =
    @Sendable (any TaskPlugin.Type, Invocation, CommandContext) throws -> ExitCode

  package static let version = ProgramVersion.current
  /// The day of that version, for the man page.
  package static let released = "2026-11-20"

  private let plugins: [any TaskPlugin.Type]
  private let commands: [any Subcommand.Type]
  private let sister: SisterProgram?
  private let runTask: TaskRunner?

  package init(
    plugins: [any TaskPlugin.Type], commands: [any Subcommand.Type], sister: SisterProgram? = nil,
    runTask: TaskRunner? = nil
  ) {
    precondition(plugins.isEmpty || runTask != nil, "there are tasks and nothing to run them with")
    self.plugins = plugins
    self.sister = sister
    self.commands = commands + [CompletionCommand.self, HelpCommand.self]
    self.runTask = runTask
  }

  package var table: CommandTable {
    CommandTable(
      tasks: plugins.map { $0.command } + (sister?.commands ?? []),
      commands: commands.map { $0.entry })
  }

  /// Carries out one command line, given without the program's name.
  package func run(
    _ words: [String], environment: [String: String], console: Console
  ) -> ExitCode {
    do {
      return try attempt(words, environment: environment, console: console)
    } catch let error as TaskError {
      console.complain(error.message)
      return error.kind == .usage ? .usage : .notCarriedOut
    } catch is ReaderGone {
      return .success
    } catch {
      console.complain("\(error)")
      return .notCarriedOut
    }
  }

  private func attempt(
    _ words: [String], environment: [String: String], console: Console
  ) throws -> ExitCode {
    let table = table
    let context = CommandContext(
      table: table, plugins: plugins, sister: sister, console: console, environment: environment)
    switch try CommandLineParser(table: table, environment: environment).parse(words) {
    case .version:
      try console.print("batchrun \(Self.version)\n")
      return .success
    case .help(let command):
      try console.print(HelpText(table: table).text(command: command))
      return .success
    case .command(let invocation):
      if let sister, sister.carriesOut(invocation) { try sister.takeOver(words) }
      if let runTask, let plugin = context.plugin(named: invocation.command) {
        return try runTask(plugin, invocation, context)
      }
      guard let command = commands.first(where: { $0.entry.spec.name == invocation.command }) else {
        preconditionFailure("the parser gave a command that its table does not have")
      }
      return try command.run(invocation, in: context)
    }
  }
}
