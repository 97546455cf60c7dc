import BatchCore

/// The completion script for bash 4 and later; it needs no library of completions.
struct BashCompletion {
  let table: CommandTable

  var script: String {
    """
    # bash completion for batchrun

    _batchrun() {
      local current=${COMP_WORDS[COMP_CWORD]} previous=${COMP_WORDS[COMP_CWORD-1]}
      local command='' value='' options='' words='' files='' prefix='' i
      COMPREPLY=()
      # Bash hands over --name=value as three words, or as one when = does not break words.
      if [[ $current == = ]]; then
        current=
      elif [[ $previous == = ]]; then
        previous=${COMP_WORDS[COMP_CWORD-2]}
      elif [[ $current == --*=* ]]; then
        prefix=${current%%=*}=
        previous=${current%%=*}
        current=${current#*=}
      fi
      for ((i = 1; i < COMP_CWORD; i++)); do
        if [[ ${COMP_WORDS[i]} != -* ]]; then
          command=${COMP_WORDS[i]}
          break
        fi
      done
      case $command in
    \(table.visible.map(branch).joined(separator: "\n"))
        '')
          words='\(table.visible.map(\.spec.name).joined(separator: " "))'
          options='\(CommandTable.global.flatMap(\.typedNames).joined(separator: " "))'
          ;;
      esac
      case $value in
        none) files= ;;
        file | directory) files=$value ;;
        ?*) mapfile -t COMPREPLY < <(compgen -W "$value" -- "$current") ;;
        *)
          if [[ $current == -* ]]; then
            mapfile -t COMPREPLY < <(compgen -W "$options" -- "$current")
            files=
          else
            mapfile -t COMPREPLY < <(compgen -W "$words" -- "$current")
          fi
          ;;
      esac
      if [[ $files == directory ]]; then
        mapfile -t COMPREPLY < <(compgen -d -- "$current")
        compopt -o filenames 2>/dev/null
      elif [[ $files == file && ${#COMPREPLY[@]} -eq 0 ]]; then
        mapfile -t COMPREPLY < <(compgen -f -- "$current")
        compopt -o filenames 2>/dev/null
      fi
      if [[ $prefix ]]; then
        COMPREPLY=("${COMPREPLY[@]/#/$prefix}")
      fi
    }

    complete -F _batchrun batchrun

    """
  }

  private func branch(_ entry: CommandEntry) -> String {
    let options = table.completedOptions(of: entry)
    var lines = [
      "\(entry.spec.name))",
      "  options='\(options.flatMap(\.typedNames).joined(separator: " "))'",
    ]
    let words = table.argumentWords(of: entry)
    if !words.isEmpty { lines.append("  words='\(words.joined(separator: " "))'") }
    if entry.completesFiles { lines.append("  files='file'") }
    lines += values(options)
    lines.append("  ;;")
    return lines.map { "    " + $0 }.joined(separator: "\n")
  }

  /// What may follow the options with values, options with the same values together.
  private func values(_ options: [OptionSpec]) -> [String] {
    let valued = options.filter { $0.kind != .flag }
    guard !valued.isEmpty else { return [] }
    var assignments: [String] = []
    for option in valued where !assignments.contains(assignment(option)) {
      assignments.append(assignment(option))
    }
    let cases = assignments.map { assignment in
      let names = valued.filter { self.assignment($0) == assignment }.flatMap(\.typedNames)
      return "    \(names.joined(separator: " | "))) \(assignment) ;;"
    }
    return ["  case $previous in"] + cases + ["  esac"]
  }

  private func assignment(_ option: OptionSpec) -> String {
    switch option.kind {
    case .file: "value='file'"
    case .directory: "value='directory'"
    case .choice(let choices): "value='\(choices.joined(separator: " "))'"
    default: "value='none'"
    }
  }
}
