import BatchCore
import Commands

/// A table with a made-up task, so that the tests do not change when a real one does.
enum SampleTable {
  static let task = CommandSpec(
    name: "count",
    summary: "Count the letters of words",
    arguments: [ArgumentSpec("FILE", help: "The words, one on each line. `-` is standard input.")],
    discussion: ["Writes a row for each word, with as many numbers as there are alphabets."],
    options: [
      OptionSpec(
        "alphabet", short: "a", .choice(["latin", "greek", "any"]), "NAME", default: "any",
        help: "Count letters of this alphabet only."),
      OptionSpec("weight", .number(0...1), help: "The weight of a capital letter."),
      OptionSpec(
        "widths", .numberList(0...100), "LIST", default: "1,2",
        help: "The widths of the letters, in points."),
      OptionSpec("set", .assignment, isRepeatable: true, help: "Supply what the file lacks."),
      OptionSpec("memory", .byteCount, help: "The memory for a word that's long: up to [SIZE]."),
      OptionSpec("dictionary", short: "d", .directory, help: "Where the dictionaries are."),
      OptionSpec("verbose", short: "v", .flag, help: "show every word"),
    ],
    examples: [("batchrun count words.txt -o counts.csv", "count the words of a file")])

  static let commands = [
    PlanCommand.entry, StatusCommand.entry, VerifyCommand.entry, DeployCommand.entry,
    DestroyCommand.entry, WorkerCommand.entry, CompletionCommand.entry, HelpCommand.entry,
  ]

  static let table = CommandTable(tasks: [task], commands: commands)

  /// The words of a line typed without quotes.
  static func words(_ line: String) -> [String] { line.split(separator: " ").map(String.init) }

  static func parse(
    _ line: String, environment: [String: String] = [:]
  ) throws(TaskError) -> ParsedCommand {
    try CommandLineParser(table: table, environment: environment).parse(words(line))
  }

  static func invocation(
    _ line: String, environment: [String: String] = [:]
  ) throws -> Invocation {
    guard case .command(let invocation) = try parse(line, environment: environment) else {
      throw NotACommand(line: line)
    }
    return invocation
  }

  struct NotACommand: Error {
    var line: String
  }
}
