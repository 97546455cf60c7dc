package import BatchCore

/// Reads a command line against the table.
///
/// Options may stand before or after the arguments of their command, as `--name value`,
/// `--name=value`, `-o value` or `-ovalue`; single letters of flags may be joined; `--` ends the
/// options and `-` is an argument. An option that was not typed takes its value from the environment
/// variable `BATCHRUN_NAME`, when that is set.
package struct CommandLineParser: Sendable {
  package var table: CommandTable
  package var environment: [String: String]

  package init(table: CommandTable, environment: [String: String] = [:]) {
    self.table = table
    self.environment = environment
  }

  /// Parses the words after the program's name.
  ///
  /// - Throws: `TaskError` of the kind `usage` for anything that the table does not allow.
  package func parse(_ words: [String]) throws(TaskError) -> ParsedCommand {
    var reading = Reading(table: table, words: words)
    while let word = reading.next() {
      if let special = try reading.take(word) { return special }
    }
    guard let entry = reading.entry else {
      throw TaskError(.usage, "a command is missing; batchrun --help lists them")
    }
    var invocation = reading.invocation
    try addDefaults(to: &invocation, options: reading.commandOptions)
    try ArgumentCheck(entry: entry, task: reading.task).check(&invocation)
    return .command(invocation)
  }

  /// The environment variable that gives an option its value when it is not typed.
  package static func variable(for option: OptionSpec) -> String {
    "BATCHRUN_" + option.name.uppercased().replacing("-", with: "_")
  }

  private func addDefaults(
    to invocation: inout Invocation, options: [OptionSpec]
  ) throws(TaskError) {
    for option in options where !invocation.options.isSet(option.name) {
      let variable = Self.variable(for: option)
      guard let value = environment[variable] else { continue }
      if let objection = option.objection(to: value) {
        throw TaskError(
          .usage, "the environment variable \(variable) is '\(value)', but \(objection)")
      }
      if option.kind == .flag, OptionSpec.switchState(value) != true { continue }
      invocation.options.append(value, for: option.name)
    }
  }
}

// MARK: - Reading words

/// The state of reading one command line, word by word.
private struct Reading {
  let table: CommandTable
  let words: [String]
  private var position = 0
  private var optionsEnded = false
  private(set) var entry: CommandEntry?
  private(set) var task: CommandEntry?
  private(set) var invocation = Invocation(command: "")

  init(table: CommandTable, words: [String]) {
    self.table = table
    self.words = words
  }

  /// The options of the command, and of its task as far as it is known.
  var commandOptions: [OptionSpec] {
    (entry?.options ?? []) + (task?.spec.options ?? [])
  }

  private var options: [OptionSpec] { commandOptions + CommandTable.global }

  mutating func next() -> String? {
    guard position < words.count else { return nil }
    defer { position += 1 }
    return words[position]
  }

  /// Takes one word with the value that may follow it; gives help or version when they are asked for.
  mutating func take(_ word: String) throws(TaskError) -> ParsedCommand? {
    if optionsEnded || word == "-" || !word.hasPrefix("-") {
      try takeArgument(word)
      return nil
    }
    if word == "--" {
      optionsEnded = true
      return nil
    }
    let name =
      if word.hasPrefix("--") {
        try takeLong(String(word.dropFirst(2)))
      } else {
        try takeShort(String(word.dropFirst()))
      }
    switch name {
    case "help": return .help(command: entry?.spec.name)
    case "version": return .version
    default: return nil
    }
  }

  private mutating func takeArgument(_ word: String) throws(TaskError) {
    guard let entry else {
      guard let found = table.entry(named: word) else {
        throw UnknownWord(word, among: table.visible.map(\.spec.name)).command
      }
      self.entry = found
      invocation.command = word
      return
    }
    guard entry.takesTask, task == nil else {
      invocation.arguments.append(word)
      return
    }
    guard let found = table.task(named: word) else {
      throw UnknownWord(word, among: table.tasks.map(\.spec.name)).task
    }
    task = found
    invocation.task = word
  }

  /// Takes `name`, `name=value` or `name` with the next word; gives the option's name.
  private mutating func takeLong(_ text: String) throws(TaskError) -> String {
    let equals = text.firstIndex(of: "=")
    let name = String(text[..<(equals ?? text.endIndex)])
    guard let option = options.first(where: { $0.name == name }) else {
      throw unknownOption("--\(name)")
    }
    let attached = equals.map { String(text[text.index(after: $0)...]) }
    guard option.kind == .flag else {
      let value = if let attached { attached } else { try value(of: option, typed: "--\(name)") }
      try set(option, to: value, typed: "--\(name)")
      return name
    }
    guard attached == nil else {
      throw TaskError(.usage, "--\(name) takes no value; write --\(name) alone")
    }
    invocation.options.append("1", for: name)
    return name
  }

  /// Takes letters of flags, the last of which may be an option with its value.
  private mutating func takeShort(_ letters: String) throws(TaskError) -> String {
    var rest = letters[...]
    while let letter = rest.popFirst() {
      guard let option = options.first(where: { $0.short == letter }) else {
        throw unknownOption("-\(letter)")
      }
      guard option.kind == .flag else {
        let value = rest.isEmpty ? try value(of: option, typed: "-\(letter)") : String(rest)
        try set(option, to: value, typed: "-\(letter)")
        return option.name
      }
      invocation.options.append("1", for: option.name)
      if CommandTable.global.contains(where: { $0.name == option.name }) { return option.name }
    }
    return ""
  }

  /// The next word, unless it is one of the options.
  private mutating func value(of option: OptionSpec, typed: String) throws(TaskError) -> String {
    let wanted = "\(typed) needs a value that is \(option.kind.allowed)"
    guard let word = next() else { throw TaskError(.usage, wanted) }
    if word.hasPrefix("--"), options.contains(where: { "--" + $0.name == word }) {
      throw TaskError(.usage, "\(wanted), not \(word); --\(option.name)=\(word) would force it")
    }
    return word
  }

  private mutating func set(
    _ option: OptionSpec, to value: String, typed: String
  ) throws(TaskError) {
    if let objection = option.objection(to: value) {
      throw UnknownWord(value, among: option.kind.choices).value(of: typed, objection: objection)
    }
    invocation.options.append(value, for: option.name)
  }

  private func unknownOption(_ typed: String) -> TaskError {
    guard let entry else {
      return TaskError(
        .usage, "\(typed) stands before the command; options follow the command's name")
    }
    let bare = String(typed.drop { $0 == "-" })
    let owner = table.tasks.first { $0.spec.options.contains { $0.name == bare } }
    if entry.takesTask, task == nil, let owner {
      return TaskError(
        .usage, "\(typed) is an option of \(owner.spec.name); it follows the name of the task")
    }
    return UnknownWord(typed, among: options.map { "--" + $0.name }).option(of: entry.spec.name)
  }
}

extension OptionSpec.Kind {
  var choices: [String] {
    guard case .choice(let choices) = self else { return [] }
    return choices
  }
}
