#compdef batchrun

_batchrun() {
  local state
  local -a commands line
  commands=(
    'count:Count the letters of words'
    'plan:Show how a run would be cut into batches, how long it would take; runs nothing'
    'status:Show how far a run has come'
    'verify:Check an output against the ledger of its run'
    'deploy:Make the function that --on lambda runs batches in'
    'destroy:Remove what deploy has made'
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
            '--on=[Run the batches on the cores at hand, in job arrays of a Slurm cluster, or in functions of AWS Lambda; with local,slurm and local,lambda in both, and --workers counts the remote ones.]:PLACE:(local slurm lambda local,slurm local,lambda)' \
            '--share=[With --on slurm\: a directory that this machine and the nodes share.]:DIR:_files -/' \
            '--partition=[With --on slurm\: the partition of the tasks.]:NAME: ' \
            '--time=[With --on slurm\: how long an array task may take, in whole minutes.]:DURATION: ' \
            '--mem=[With --on slurm\: the memory of an array task, as sbatch takes it.]:SIZE: ' \
            '*--sbatch-option=[With --on slurm\: a further option of sbatch, such as --account=lab.]:OPTION: ' \
            '--bucket=[With --on lambda\: where batches, results and large inputs are kept during the run.]:s3\://BUCKET/PREFIX: ' \
            '--function=[With --on lambda\: the function, which `batchrun deploy lambda` makes.]:NAME: ' \
            '--max-cost=[With --on lambda\: stop, to be resumed later, before the run has cost more.]:DOLLARS: ' \
            '--price-table=[With --on lambda\: prices other than the usual ones.]:FILE:_files' \
            '--no-speculation[With remote workers\: never try a batch that takes too long a second time beside the first.]' \
            '--overhead=[With remote workers\: make batches so large that start-up and overhead take P% of a worker'\''s time at most, where the time limit and the number of items allow, even when smaller ones would end earlier.]:P%: ' \
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
            '--on=[Run the batches on the cores at hand, in job arrays of a Slurm cluster, or in functions of AWS Lambda; with local,slurm and local,lambda in both, and --workers counts the remote ones.]:PLACE:(local slurm lambda local,slurm local,lambda)' \
            '--price-table=[With --on lambda\: prices other than the usual ones.]:FILE:_files' \
            '--overhead=[With remote workers\: make batches so large that start-up and overhead take P% of a worker'\''s time at most, where the time limit and the number of items allow, even when smaller ones would end earlier.]:P%: ' \
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
        deploy)
          _arguments -s \
            '--function=[The name of the function.]:NAME: ' \
            '--bucket=[Where batches, results and large inputs are kept during runs.]:s3\://BUCKET/PREFIX: ' \
            '--for=[A task that the function is to run; it decides which program is packed.]:TASK: ' \
            '--memory=[The memory of a worker, 128MB to 10240MB; 1769MB go with one processor.]:SIZE: ' \
            '--tmp-size=[The room of a worker for files, 512MB to 10240MB; each video must fit twice.]:SIZE: ' \
            '--timeout=[The time limit of a worker, in whole seconds up to 900.]:DURATION: ' \
            '--dry-run[Print the calls that would be made, and make none.]' \
            '--package-only=[Write the package of the function to a file, and call nothing.]:FILE.zip:_files' \
            '--price-table=[Prices other than the usual ones.]:FILE:_files' \
            '(-h --help)'{-h,--help}'[Show help for a command and exit.]' \
            '(-V --version)'{-V,--version}'[Show the version and exit.]' \
            '*: :'
          ;;
        destroy)
          _arguments -s \
            '--function=[The name of the function.]:NAME: ' \
            '--bucket=[Where runs have left objects to be removed.]:s3\://BUCKET/PREFIX: ' \
            '(-y --yes)'{-y,--yes}'[Remove the objects without a question.]' \
            '(-h --help)'{-h,--help}'[Show help for a command and exit.]' \
            '(-V --version)'{-V,--version}'[Show the version and exit.]' \
            '*: :'
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
            '1:argument:(count plan status verify deploy destroy completion help)'
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
