import BatchCore

/// The text of `--help`, made from the table.
package struct HelpText: Sendable {
  package static let width = 80
  /// Where the second column begins.
  private static let indent = 26

  private let table: CommandTable

  package init(table: CommandTable) { self.table = table }

  /// The help of a command, or of the program when the name is nil or unknown.
  package func text(command name: String?) -> String {
    let sections = name.flatMap(table.entry(named:)).map(command) ?? program()
    return sections.joined(separator: "\n\n") + "\n"
  }

  // MARK: - Pages

  private func program() -> [String] {
    var sections = [
      "Usage: batchrun COMMAND [OPTIONS] [ARGUMENTS]",
      Wrapping.fill(Self.purpose, width: Self.width),
    ]
    if !table.tasks.isEmpty { sections.append(list("Tasks", table.tasks)) }
    sections.append(list("Commands", table.commands.filter { !$0.isHidden }))
    sections.append(options("Options", CommandTable.global))
    sections.append(Self.exitCodes)
    sections.append(Wrapping.fill(Self.environment, width: Self.width))
    sections.append("batchrun COMMAND --help shows the options of a command, with examples.")
    return sections
  }

  private func command(_ entry: CommandEntry) -> [String] {
    let spec = entry.spec
    var sections = [
      "Usage: \(entry.usage)", Wrapping.fill(Sentence(spec.summary).full, width: Self.width),
    ]
    sections += spec.discussion.map { Wrapping.fill($0, width: Self.width) }
    if !spec.arguments.isEmpty {
      sections.append(
        section("Arguments", spec.arguments.map { ($0.placeholder, Sentence($0.help).full) }))
    }
    sections += entry.groups.map { options($0.title, $0.options) }
    sections.append(
      options(entry.groups.isEmpty ? "Options" : "Other options", CommandTable.global))
    if !spec.examples.isEmpty { sections.append(examples(spec.examples)) }
    if !entry.isHidden { sections.append(Self.exitCodes) }
    return sections
  }

  // MARK: - Sections

  private func list(_ title: String, _ entries: [CommandEntry]) -> String {
    section(title, entries.map { ($0.spec.name, $0.spec.summary) })
  }

  private func options(_ title: String, _ options: [OptionSpec]) -> String {
    section(title, options.map { ($0.usage, $0.explanation) })
  }

  private func examples(_ examples: [(line: String, meaning: String)]) -> String {
    let texts = examples.map {
      "  \($0.line)\n" + Wrapping.fill(Sentence($0.meaning).full, width: Self.width, indent: 6)
    }
    return "Examples:\n" + texts.joined(separator: "\n")
  }

  private func section(_ title: String, _ rows: [(left: String, right: String)]) -> String {
    Wrapping.section(title, rows, indent: Self.indent, width: Self.width)
  }

  private static var exitCodes: String {
    Wrapping.section(
      "Exit codes", ExitCode.meanings.map { (String($0.code.rawValue), $0.meaning) }, indent: 8,
      width: width)
  }

  static let purpose = """
    Works through a file of many independent items: cuts it into batches by itself, runs them on all \
    cores, survives whatever happens on the way, and writes one complete output in input order.
    """

  static let environment = """
    An option that is not typed takes its value from the environment variable BATCHRUN_NAME when it \
    is set, such as BATCHRUN_WORKERS=4 for --workers 4.
    """
}

// MARK: - Words of the table

extension CommandEntry {
  /// The usage line, without the word itself.
  var usage: String {
    if takesTask { return "batchrun \(spec.name) [OPTIONS] TASK [TASK OPTIONS AND ARGUMENTS]" }
    let words = spec.arguments.map {
      let word = $0.placeholder + ($0.isRepeatable ? "..." : "")
      return $0.isRequired ? word : "[\(word)]"
    }
    return (["batchrun", spec.name, "[OPTIONS]"] + words).joined(separator: " ")
  }
}

extension OptionSpec {
  /// The option as the help shows it, such as `-o, --output FILE`.
  var usage: String {
    let names = (short.map { "-\($0), " } ?? "    ") + "--\(name)"
    return kind == .flag ? names : "\(names) \(valueWord)"
  }

  /// The word for the value: the table's own, or one that follows from the kind.
  var valueWord: String {
    if !placeholder.isEmpty { return placeholder }
    return switch kind {
    case .flag: ""
    case .text: "TEXT"
    case .file: "FILE"
    case .directory: "DIR"
    case .integer: "N"
    case .number: "X"
    case .duration: "DURATION"
    case .byteCount: "SIZE"
    case .choice(let choices): choices.joined(separator: "|")
    case .numberList: "LIST"
    case .assignment: "NAME=VALUE"
    case .countOrPercent: "N|P%"
    case .percent: "P%"
    }
  }

  /// The help with what follows from the table: repetition, choices and the default.
  var explanation: String {
    var text = Sentence(help).full
    if case .choice(let choices) = kind, !choices.allSatisfy(valueWord.contains) {
      text += choices.count == 1 ? " Must be " : " One of "
      text += choices.joined(separator: ", ") + "."
    }
    if isRepeatable { text += " May be given more than once." }
    if let defaultText { text += " (default: \(defaultText))" }
    return text
  }
}
