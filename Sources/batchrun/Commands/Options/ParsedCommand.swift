package import BatchCore

/// What was typed, found in the table and checked against it.
package enum ParsedCommand: Sendable, Equatable {
  /// Help for a command, or for the program when there is no name.
  case help(command: String?)
  case version
  case command(Invocation)
}

/// A command with its arguments and options.
package struct Invocation: Sendable, Equatable {
  package var command: String
  /// The task that the first argument named, for commands that take one.
  package var task: String?
  /// The other arguments by position; `-` stands for standard input or output.
  package var arguments: [String]
  package var options: OptionValues

  package init(
    command: String, task: String? = nil, arguments: [String] = [],
    options: OptionValues = OptionValues()
  ) {
    self.command = command
    self.task = task
    self.arguments = arguments
    self.options = options
  }
}
