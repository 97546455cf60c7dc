#compdef batchrun

_batchrun() {
  local state
  local -a commands line
  commands=(
    'count:Count the letters of words'
    'plan:Show how a run would be cut into batches, how long it would take; runs nothing'
    'status:Show how far a run has come'
    'verify:Check an output against the ledger of its run'
    'completion:Write the completion script for a shell'
    'help:Show help for a command, or the man page'
  )
  _arguments -C \
    '(-h --help)'{-h,--help}'[Show help for a command and exit.]' \
    '(-V --version)'{-V,--version}'[Show the version and exit.]' \
    '1:command:->command' \
    '*::argument:->argument'
  case $state in
    command) _describe -t commands command commands ;;
    argument)
      case $words[1] in
        count)
          _arguments -s \
            '(-a --alphabet)'{-a+,--alphabet=}'[Count letters of this alphabet only.]:NAME:(latin greek any)' \
            '--weight=[The weight of a capital letter.]:X: ' \
            '--widths=[The widths of the letters, in points.]:LIST: ' \
            '*--set=[Supply what the file lacks.]:NAME=VALUE: ' \
            '--memory=[The memory for a word that'\''s long\: up to \[SIZE\].]:SIZE: ' \
            '(-d --dictionary)'{-d+,--dictionary=}'[Where the dictionaries are.]:DIR:_files -/' \
            '(-v --verbose)'{-v,--verbose}'[show every word]' \
            '(-o --output)'{-o+,--output=}'[Write the records to FILE, which appears when it is complete. `-` is standard output.]:FILE:_files' \
            '--workers=[Work on N batches at once.]:N: ' \
            '--batch-size=[Put N items into a batch.]:N: ' \
            '--limit=[Take the first N items only.]:N: ' \
            '--timeout=[Give an item up when it takes longer, such as 30s or 5m.]:DURATION: ' \
            '--retries=[Try an item again up to N times after a failure that may pass.]:N: ' \
            '--max-failures=[Stop, to be resumed later, when more than N items, or P% of all, have failed.]:N|P%: ' \
            '--retry-failed[Run the failed items of a finished run again and put their results in place.]' \
            '--fresh[Start over, whatever an earlier run has left.]' \
            '--quiet[Show nothing but errors.]' \
            '--json[Report events as JSON Lines on standard error.]' \
            '--no-progress[Show the summary but no progress.]' \
            '(-h --help)'{-h,--help}'[Show help for a command and exit.]' \
            '(-V --version)'{-V,--version}'[Show the version and exit.]' \
            '*:file:_files'
          ;;
        plan)
          _arguments -s \
            '--start-up=[How long a new worker takes to start.]:DURATION: ' \
            '--time-limit=[How long a worker may live, its start included.]:DURATION: ' \
            '--workers=[How many workers there are at once.]:N: ' \
            '--worker-memory=[The memory of a worker, such as 1.5GB.]:SIZE: ' \
            '--batch-size=[Put N items into a batch.]:N: ' \
            '--limit=[Take the first N items only.]:N: ' \
            '--simulate=[Simulate the run that the file describes instead of planning a task.]:SCENARIO.json:_files' \
            '--json[Print one JSON object.]' \
            '(-a --alphabet)'{-a+,--alphabet=}'[Count letters of this alphabet only.]:NAME:(latin greek any)' \
            '--weight=[The weight of a capital letter.]:X: ' \
            '--widths=[The widths of the letters, in points.]:LIST: ' \
            '*--set=[Supply what the file lacks.]:NAME=VALUE: ' \
            '--memory=[The memory for a word that'\''s long\: up to \[SIZE\].]:SIZE: ' \
            '(-d --dictionary)'{-d+,--dictionary=}'[Where the dictionaries are.]:DIR:_files -/' \
            '(-v --verbose)'{-v,--verbose}'[show every word]' \
            '(-h --help)'{-h,--help}'[Show help for a command and exit.]' \
            '(-V --version)'{-V,--version}'[Show the version and exit.]' \
            '1:argument:(count)' '*:file:_files'
          ;;
        status)
          _arguments -s \
            '--json[Print one JSON object.]' \
            '(-h --help)'{-h,--help}'[Show help for a command and exit.]' \
            '(-V --version)'{-V,--version}'[Show the version and exit.]' \
            '*:file:_files'
          ;;
        verify)
          _arguments -s \
            '--json[Print one JSON object.]' \
            '(-h --help)'{-h,--help}'[Show help for a command and exit.]' \
            '(-V --version)'{-V,--version}'[Show the version and exit.]' \
            '*:file:_files'
          ;;
        completion)
          _arguments -s \
            '(-h --help)'{-h,--help}'[Show help for a command and exit.]' \
            '(-V --version)'{-V,--version}'[Show the version and exit.]' \
            '1:argument:(bash zsh fish)'
          ;;
        help)
          _arguments -s \
            '--man[Write the man page of all commands, as troff source.]' \
            '(-h --help)'{-h,--help}'[Show help for a command and exit.]' \
            '(-V --version)'{-V,--version}'[Show the version and exit.]' \
            '1:argument:(count plan status verify completion help)'
          ;;
      esac
      ;;
  esac
}

if [[ $funcstack[1] == _batchrun ]]; then
  _batchrun "$@"
else
  compdef _batchrun batchrun
fi
