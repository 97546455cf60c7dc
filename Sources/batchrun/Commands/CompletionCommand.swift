package import BatchCore

/// `batchrun completion`: a script that teaches a shell the commands, options and values.
package enum CompletionCommand: Subcommand {
  package static let entry = CommandEntry(
    CommandSpec(
      name: "completion",
      summary: "Write the completion script for a shell",
      arguments: [
        ArgumentSpec("SHELL", help: "One of bash, zsh or fish.", completesFiles: false)
      ],
      examples: [
        ("source <(batchrun completion bash)", "Complete in this shell, and no longer."),
        (
          "batchrun completion zsh > ~/.zfunc/_batchrun",
          "Complete in every zsh that has ~/.zfunc in its fpath."
        ),
        (
          "batchrun completion fish > ~/.config/fish/completions/batchrun.fish",
          "Complete in every fish."
        ),
      ]))

  static let shells = ["bash", "zsh", "fish"]

  package static func run(
    _ invocation: Invocation, in context: CommandContext
  ) throws -> ExitCode {
    try context.console.print(script(for: invocation.arguments.first ?? "", table: context.table))
    return .success
  }

  package static func script(
    for shell: String, table: CommandTable
  ) throws(TaskError) -> String {
    switch shell {
    case "bash": BashCompletion(table: table).script
    case "zsh": ZshCompletion(table: table).script
    case "fish": FishCompletion(table: table).script
    default:
      throw UnknownWord(shell, among: shells)
        .value(of: "SHELL", objection: "must be bash, zsh or fish")
    }
  }
}
