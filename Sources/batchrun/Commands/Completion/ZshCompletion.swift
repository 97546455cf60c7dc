import BatchCore

/// The completion script for zsh, by its own `_arguments`.
struct ZshCompletion {
  let table: CommandTable

  var script: String {
    """
    #compdef batchrun

    _batchrun() {
      local state
      local -a commands line
      commands=(
    \(table.visible.map(description).joined(separator: "\n"))
      )
      _arguments -C \\
    \(CommandTable.global.map { argument($0) }.joined(separator: "\n"))
        '1:command:->command' \\
        '*::argument:->argument'
      case $state in
        command) _describe -t commands command commands ;;
        argument)
          case $words[1] in
    \(table.visible.map(branch).joined(separator: "\n"))
          esac
          ;;
      esac
    }

    if [[ $funcstack[1] == _batchrun ]]; then
      _batchrun "$@"
    else
      compdef _batchrun batchrun
    fi

    """
  }

  private func description(_ entry: CommandEntry) -> String {
    "    '\(entry.spec.name):\(Self.quoted(entry.spec.summary))'"
  }

  private func branch(_ entry: CommandEntry) -> String {
    let name = entry.spec.name
    let words = table.argumentWords(of: entry)
    var positions: [String] = []
    if !words.isEmpty { positions.append("'1:argument:(\(words.joined(separator: " ")))'") }
    if entry.completesFiles { positions.append("'*:file:_files'") }
    let options = table.completedOptions(of: entry).map { argument($0, indent: 12) }
    let last = positions.isEmpty ? "'*: :'" : positions.joined(separator: " ")
    return "        \(name))\n          _arguments -s \\\n"
      + options.joined(separator: "\n") + "\n            \(last)\n          ;;"
  }

  /// One option as `_arguments` wants it, with the backslash that continues the line.
  private func argument(_ option: OptionSpec, indent: Int = 4) -> String {
    let suffix = option.kind == .flag ? "" : "="
    let long = "--\(option.name)\(suffix)"
    let repeated = option.isRepeatable ? "*" : ""
    let help = "[\(Self.quoted(option.help, brackets: true))]\(value(of: option))'"
    let margin = String(repeating: " ", count: indent)
    guard let short = option.short else { return "\(margin)'\(repeated)\(long)\(help) \\" }
    let excluded = option.isRepeatable ? "*" : "(-\(short) --\(option.name))"
    let letter = "-\(short)" + (option.kind == .flag ? "" : "+")
    return "\(margin)'\(excluded)'{\(letter),\(long)}'\(help) \\"
  }

  private func value(of option: OptionSpec) -> String {
    let word = Self.quoted(option.valueWord)
    return switch option.kind {
    case .flag: ""
    case .file: ":\(word):_files"
    case .directory: ":\(word):_files -/"
    case .choice(let choices): ":\(word):(\(choices.joined(separator: " ")))"
    default: ":\(word): "
    }
  }

  private static func quoted(_ text: String, brackets: Bool = false) -> String {
    var result = ""
    for character in text {
      switch character {
      case "'": result += "'\\''"
      case ":", "\\": result += "\\\(character)"
      case "[" where brackets, "]" where brackets: result += "\\\(character)"
      default: result.append(character)
      }
    }
    return result
  }
}
