import BatchCore

/// `batchrun help`: the same texts as `--help`, and the man page.
package enum HelpCommand: Subcommand {
  package static let entry = CommandEntry(
    CommandSpec(
      name: "help",
      summary: "Show help for a command, or the man page",
      arguments: [
        ArgumentSpec("COMMAND", help: "The command.", isRequired: false, completesFiles: false)
      ],
      options: [
        OptionSpec("man", .flag, help: "Write the man page of all commands, as troff source.")
      ],
      examples: [
        ("batchrun help plan", "The same as `batchrun plan --help`."),
        ("batchrun help --man | man -l -", "Read the man page without installing it."),
      ]))

  package static func run(
    _ invocation: Invocation, in context: CommandContext
  ) throws -> ExitCode {
    if invocation.options.isSet("man") {
      try context.console.print(ManualPage(table: context.table).text)
      return .success
    }
    let name = invocation.arguments.first
    if let name, context.table.entry(named: name) == nil {
      throw UnknownWord(name, among: context.table.visible.map(\.spec.name)).command
    }
    try context.console.print(HelpText(table: context.table).text(command: name))
    return .success
  }
}
