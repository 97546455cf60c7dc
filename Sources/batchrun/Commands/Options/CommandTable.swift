package import BatchCore

/// Everything that can be typed: the one table behind parsing, help, completion and man page.
package struct CommandTable: Sendable {
  /// The commands that run a task, in the order of the help.
  package var tasks: [CommandEntry]
  /// The other commands, hidden ones included.
  package var commands: [CommandEntry]

  package init(tasks: [CommandSpec], commands: [CommandEntry]) {
    self.tasks = tasks.map(CommandEntry.init(task:))
    self.commands = commands
  }

  /// The options that work before and after every command.
  package static let global: [OptionSpec] = [
    OptionSpec("help", short: "h", .flag, help: "Show help for a command and exit."),
    OptionSpec("version", short: "V", .flag, help: "Show the version and exit."),
  ]

  package func entry(named name: String) -> CommandEntry? {
    task(named: name) ?? commands.first { $0.spec.name == name }
  }

  package func task(named name: String) -> CommandEntry? {
    tasks.first { $0.spec.name == name }
  }

  /// The commands to show and to complete.
  package var visible: [CommandEntry] { tasks + commands.filter { !$0.isHidden } }
}

/// One command of the table: its words, and its options in the groups that the help shows.
package struct CommandEntry: Sendable {
  /// Options under one heading.
  package struct Group: Sendable {
    package var title: String
    package var options: [OptionSpec]

    package init(_ title: String, _ options: [OptionSpec]) {
      self.title = title
      self.options = options
    }
  }

  package var spec: CommandSpec
  package var groups: [Group]
  /// Left out of help and completion, such as what a worker process is started with.
  package var isHidden: Bool
  /// Whether the first argument names a task, whose arguments and options then follow.
  package var takesTask: Bool

  package init(
    _ spec: CommandSpec, extra: [Group] = [], isHidden: Bool = false, takesTask: Bool = false
  ) {
    self.spec = spec
    groups = (spec.options.isEmpty ? [] : [Group("Options", spec.options)]) + extra
    self.isHidden = isHidden
    self.takesTask = takesTask
    let names = options.map(\.name)
    precondition(Set(names).count == names.count, "\(spec.name) has two options of one name")
  }

  /// A command that runs a task: the task's own options and those of every run.
  ///
  /// A task may say in its own words what an option of every run means to it.
  init(task spec: CommandSpec) {
    let own = Set(spec.options.map(\.name))
    let others = RunSettings.options.filter { !own.contains($0.name) }
    self.init(spec, extra: [Group("Options of every run", others)])
  }

  package var options: [OptionSpec] { groups.flatMap(\.options) }
}
