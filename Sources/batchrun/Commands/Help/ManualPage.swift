import BatchCore

/// The man page of the program in section 1, as troff source with the macros of man(7).
package struct ManualPage: Sendable {
  private let table: CommandTable

  package init(table: CommandTable) { self.table = table }

  package var text: String {
    let lines =
      [
        ".TH BATCHRUN 1 \"\(Application.released)\" \"batchrun \(Application.version)\" \"User Commands\""
      ]
      + head + table.visible.flatMap(command) + section("GLOBAL OPTIONS")
      + CommandTable.global.flatMap(option) + tail
    return lines.joined(separator: "\n") + "\n"
  }

  private var head: [String] {
    section("NAME") + ["batchrun \\- run many independent items to completion"]
      + section("SYNOPSIS") + [
        ".B batchrun", ".I COMMAND", "[\\fIOPTIONS\\fR] [\\fIARGUMENTS\\fR]",
      ]
      + section("DESCRIPTION") + [Self.escaped(HelpText.purpose)]
  }

  private var tail: [String] {
    let codes = ExitCode.meanings.flatMap {
      [".TP", ".B \($0.code.rawValue)", Self.escaped($0.meaning)]
    }
    return section("EXIT STATUS") + codes + section("ENVIRONMENT")
      + [Self.escaped(HelpText.environment)]
      + [".PP", Self.escaped(Self.terminalVariables)]
  }

  // MARK: - One command

  private func command(_ entry: CommandEntry) -> [String] {
    let spec = entry.spec
    var lines = section("COMMAND " + spec.name.uppercased())
    lines += [".B \(Self.escaped(entry.usage))", ".PP", Self.escaped(Sentence(spec.summary).full)]
    lines += spec.discussion.flatMap { [".PP", Self.escaped($0)] }
    lines += spec.arguments.flatMap {
      [".TP", ".I \(Self.escaped($0.placeholder))", Self.escaped(Sentence($0.help).full)]
    }
    for group in entry.groups {
      lines += [".SS \"\(group.title)\""] + group.options.flatMap(option)
    }
    guard !spec.examples.isEmpty else { return lines }
    lines.append(".SS \"Examples\"")
    return lines
      + spec.examples.flatMap {
        [".TP", ".B \(Self.escaped($0.line))", Self.escaped(Sentence($0.meaning).full)]
      }
  }

  private func option(_ option: OptionSpec) -> [String] {
    let names = option.short.map { "\\fB\\-\($0)\\fR, " } ?? ""
    let value = option.kind == .flag ? "" : " \\fI\(Self.escaped(option.valueWord))\\fR"
    return [
      ".TP", "\(names)\\fB\(Self.escaped("--" + option.name))\\fR\(value)",
      Self.escaped(option.explanation),
    ]
  }

  private func section(_ title: String) -> [String] { [".SH \"\(title)\""] }

  /// Text in which troff finds no request, no escape and no hyphen of its own.
  private static func escaped(_ text: String) -> String {
    var result = ""
    var isBold = false
    for character in text {
      switch character {
      case "\\": result += "\\e"
      case "-": result += "\\-"
      case "~": result += "\\(ti"
      case "^": result += "\\(ha"
      case "`":
        isBold.toggle()
        result += isBold ? "\\fB" : "\\fR"
      default: result.append(character)
      }
    }
    return result.hasPrefix(".") || result.hasPrefix("'") ? "\\&" + result : result
  }

  private static let terminalVariables = """
    NO_COLOR, when it is not empty, and TERM=dumb keep color and the moving progress bar away; \
    COLUMNS gives the width of the terminal when it cannot be asked.
    """
}
