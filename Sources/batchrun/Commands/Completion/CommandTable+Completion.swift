import BatchCore

extension CommandTable {
  /// The words that the first argument of a command may be; empty when it is free text or a file.
  func argumentWords(of entry: CommandEntry) -> [String] {
    if entry.takesTask { return tasks.map(\.spec.name) }
    return switch entry.spec.name {
    case HelpCommand.entry.spec.name: visible.map(\.spec.name)
    case CompletionCommand.entry.spec.name: CompletionCommand.shells
    default: []
    }
  }

  /// The options that may stand after a command: those of every task where one is to be named.
  func completedOptions(of entry: CommandEntry) -> [OptionSpec] {
    var options = entry.options
    if entry.takesTask {
      for task in tasks {
        options += task.spec.options.filter { new in !options.contains { $0.name == new.name } }
      }
    }
    return options + Self.global
  }
}

extension CommandEntry {
  var completesFiles: Bool { takesTask || spec.arguments.contains(where: \.completesFiles) }
}

extension OptionSpec {
  /// `--name`, and `-n` when there is a letter.
  var typedNames: [String] { ["--" + name] + (short.map { ["-\($0)"] } ?? []) }
}
