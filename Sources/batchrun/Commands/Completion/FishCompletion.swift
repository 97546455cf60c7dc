import BatchCore

/// The completion script for fish.
struct FishCompletion {
  let table: CommandTable

  var script: String {
    var lines = ["# fish completion for batchrun", "complete -c batchrun -f"]
    lines += CommandTable.global.map { option($0, condition: nil) }
    for entry in table.visible {
      lines.append(
        "complete -c batchrun -n __fish_use_subcommand -a \(entry.spec.name) "
          + "-d '\(Self.quoted(entry.spec.summary))'")
      lines += command(entry)
    }
    return lines.joined(separator: "\n") + "\n"
  }

  private func command(_ entry: CommandEntry) -> [String] {
    let condition = "__fish_seen_subcommand_from \(entry.spec.name)"
    var lines: [String] = []
    let words = table.argumentWords(of: entry)
    if !words.isEmpty {
      lines.append("complete -c batchrun -n '\(condition)' -a '\(words.joined(separator: " "))'")
    }
    if entry.completesFiles { lines.append("complete -c batchrun -n '\(condition)' -F") }
    return lines + entry.options.map { option($0, condition: condition) }
  }

  private func option(_ option: OptionSpec, condition: String?) -> String {
    let parts = [
      "complete -c batchrun", condition.map { "-n '\($0)'" }, option.short.map { "-s \($0)" },
      "-l \(option.name)", value(of: option), "-d '\(Self.quoted(option.help))'",
    ]
    return parts.compactMap { $0 }.joined(separator: " ")
  }

  private func value(of option: OptionSpec) -> String? {
    switch option.kind {
    case .flag: nil
    case .file: "-r -F"
    case .directory: "-x -a '(__fish_complete_directories)'"
    case .choice(let choices): "-x -a '\(choices.joined(separator: " "))'"
    default: "-x"
    }
  }

  private static func quoted(_ text: String) -> String {
    text.replacing("\\", with: "\\\\").replacing("'", with: "\\'")
  }
}
