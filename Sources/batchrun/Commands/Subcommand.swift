package import BatchCore

/// A command that can be carried out.
package protocol Subcommand: Sendable {
  static var entry: CommandEntry { get }

  /// - Throws: `TaskError`, whose kind decides the exit code; any other error exits with 2.
  static func run(_ invocation: Invocation, in context: CommandContext) throws -> ExitCode
}

/// What a command may use besides its own options.
package struct CommandContext: Sendable {
  package var table: CommandTable
  package var plugins: [any TaskPlugin.Type]
  /// The program that has further tasks.
  package var sister: SisterProgram?
  package var console: Console
  package var environment: [String: String]

  package init(
    table: CommandTable, plugins: [any TaskPlugin.Type], sister: SisterProgram? = nil,
    console: Console, environment: [String: String]
  ) {
    self.table = table
    self.plugins = plugins
    self.sister = sister
    self.console = console
    self.environment = environment
  }

  package func plugin(named name: String) -> (any TaskPlugin.Type)? {
    plugins.first { $0.command.name == name }
  }
}
