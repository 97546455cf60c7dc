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
    count)
      options='--alphabet -a --weight --widths --set --memory --dictionary -d --verbose -v --output -o --workers --batch-size --limit --timeout --retries --max-failures --retry-failed --on --share --partition --time --mem --sbatch-option --bucket --function --max-cost --price-table --no-speculation --overhead --fresh --quiet --json --no-progress --help -h --version -V'
      files='file'
      case $previous in
        --alphabet | -a) value='latin greek any' ;;
        --weight | --widths | --set | --memory | --workers | --batch-size | --limit | --timeout | --retries | --max-failures | --partition | --time | --mem | --sbatch-option | --bucket | --function | --max-cost | --overhead) value='none' ;;
        --dictionary | -d | --share) value='directory' ;;
        --output | -o | --price-table) value='file' ;;
        --on) value='local slurm lambda local,slurm local,lambda' ;;
      esac
      ;;
    plan)
      options='--start-up --time-limit --workers --worker-memory --batch-size --limit --on --price-table --overhead --simulate --json --alphabet -a --weight --widths --set --memory --dictionary -d --verbose -v --help -h --version -V'
      words='count'
      files='file'
      case $previous in
        --start-up | --time-limit | --workers | --worker-memory | --batch-size | --limit | --overhead | --weight | --widths | --set | --memory) value='none' ;;
        --on) value='local slurm lambda local,slurm local,lambda' ;;
        --price-table | --simulate) value='file' ;;
        --alphabet | -a) value='latin greek any' ;;
        --dictionary | -d) value='directory' ;;
      esac
      ;;
    status)
      options='--json --help -h --version -V'
      files='file'
      ;;
    verify)
      options='--json --help -h --version -V'
      files='file'
      ;;
    deploy)
      options='--function --bucket --for --memory --tmp-size --timeout --dry-run --package-only --price-table --help -h --version -V'
      case $previous in
        --function | --bucket | --for | --memory | --tmp-size | --timeout) value='none' ;;
        --package-only | --price-table) value='file' ;;
      esac
      ;;
    destroy)
      options='--function --bucket --yes -y --help -h --version -V'
      case $previous in
        --function | --bucket) value='none' ;;
      esac
      ;;
    completion)
      options='--help -h --version -V'
      words='bash zsh fish'
      ;;
    help)
      options='--man --help -h --version -V'
      words='count plan status verify deploy destroy completion help'
      ;;
    '')
      words='count plan status verify deploy destroy completion help'
      options='--help -h --version -V'
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
