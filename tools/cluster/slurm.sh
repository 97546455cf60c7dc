#!/usr/bin/env bash
# A real Slurm cluster on this machine, for tests and for trying `--on slurm`: no systemd, no database.
#
#   slurm.sh start FOLDER PORT [NODES [CPUS]]   4 nodes of 2 processors; FOLDER/env is for `.`
#   slurm.sh fail FOLDER NODE                   the node and all that runs on it die at once
#   slurm.sh mend FOLDER NODE                   the node comes back, empty
#   slurm.sh stop FOLDER
#   slurm.sh serve FOLDER PORT [NODES [CPUS]]   starts it, says `ready`, and stops it when standard input ends
#
# It runs as root. `stop` ends what `start` began, by its process ids.
# Ports PORT to PORT + NODES are used, on the loopback address.
set -euo pipefail

command=${1:-help} folder=${2:-}
[[ -n $folder ]] || { sed -n '4,11s/^# \{0,1\}//p' "$0" >&2; exit 64; }
export SLURM_CONF=$folder/slurm.conf

configure() { # PORT NODES CPUS
  local memory host
  memory=$(($(awk '/MemTotal/ { print int($2 / 1024) }' /proc/meminfo) / $2))
  host=$(hostname -s)
  cat >"$SLURM_CONF" <<END
ClusterName=batchrun
SlurmctldHost=$host(127.0.0.1)
SlurmctldPort=$1
SlurmUser=root
SlurmdUser=root
AuthType=auth/munge
AuthInfo=socket=$folder/munge/socket,cred_expire=10
CredType=cred/munge
StateSaveLocation=$folder/state
SlurmdSpoolDir=$folder/spool.%n
SlurmctldPidFile=$folder/controller.pid
SlurmdPidFile=$folder/node.%n.pid
SlurmctldLogFile=$folder/controller.log
SlurmdLogFile=$folder/node.%n.log
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
JobAcctGatherType=jobacct_gather/none
AccountingStorageType=accounting_storage/none
SwitchType=switch/none
MpiDefault=none
SelectType=select/cons_tres
SelectTypeParameters=CR_CPU
SchedulerType=sched/backfill
SchedulerParameters=batch_sched_delay=0,sched_min_interval=1
SlurmdParameters=config_overrides
ReturnToService=2
SlurmdTimeout=10
SlurmctldTimeout=30
KillWait=5
MinJobAge=300
MaxArraySize=10001
MaxJobCount=20000
PropagateResourceLimits=NONE
NodeName=DEFAULT CPUs=$3 RealMemory=$memory State=UNKNOWN
END
  for ((node = 1; node <= $2; node++)); do
    echo "NodeName=n$node NodeHostname=$host NodeAddr=127.0.0.1 Port=$(($1 + node))" >>"$SLURM_CONF"
  done
  echo "PartitionName=main Nodes=n[1-$2] Default=YES MaxTime=INFINITE State=UP" >>"$SLURM_CONF"
  echo "export SLURM_CONF=$SLURM_CONF" >"$folder/env"
}

start_node() {
  rm -rf "$folder/spool.$1"
  mkdir -p "$folder/spool.$1"
  slurmd -N "$1"
}

start_munge() {
  (umask 077 && head -c 128 /dev/urandom >"$folder/munge/key")
  # munged refuses folders that others may write to, as a temporary one is; its key stays its own.
  munged --force --key-file="$folder/munge/key" --socket="$folder/munge/socket" \
    --pid-file="$folder/munge/pid" --log-file="$folder/munge/log" --seed-file="$folder/munge/seed" \
    2>"$folder/munge/errors"
}

wait_for_nodes() {
  for ((try = 0; try < 200; try++)); do
    [[ $(sinfo -h -N -t idle -o %N 2>/dev/null | wc -l) == "$1" ]] && return
    sleep 0.1
  done
  echo "the nodes do not come up; $folder/*.log may say why" >&2
  exit 1
}

# A process with its children, theirs first.
tree() {
  local child
  for child in $(pgrep -P "$1" || true); do tree "$child"; done
  echo "$1"
}

fail_node() {
  local victims=() step job
  # The steps of a node are processes of their own, known by their sockets.
  for step in "$folder/spool.$1/$1"_*.*; do
    [[ -e $step ]] || continue
    job=${step##*_}
    job=${job%%.*}
    for process in $(pgrep -f "^slurmstepd: \[$job\." || true); do
      mapfile -t -O "${#victims[@]}" victims < <(tree "$process")
    done
  done
  kill -9 "$(cat "$folder/node.$1.pid")" "${victims[@]}" 2>/dev/null || true
}

stop() {
  scancel --full --user root 2>/dev/null || true
  for ((try = 0; try < 50; try++)); do
    [[ -z $(squeue -h -t running,completing 2>/dev/null) ]] && break
    sleep 0.1
  done
  local file
  for file in "$folder"/node.*.pid "$folder/controller.pid" "$folder/munge/pid"; do
    [[ -s $file ]] && kill "$(cat "$file")" 2>/dev/null || true
  done
}

start() { # PORT NODES CPUS
  mkdir -p "$folder"/{munge,state}
  chmod 755 "$folder" "$folder/munge"
  start_munge
  configure "$@"
  slurmctld -c
  local node
  for ((node = 1; node <= $2; node++)); do start_node "n$node"; done
  wait_for_nodes "$2"
}

case $command in
  start) start "$3" "${4:-4}" "${5:-2}" ;;
  serve)
    trap stop EXIT
    trap 'exit 143' TERM INT HUP
    # A daemon that kept the output open would keep whoever reads it waiting.
    start "$3" "${4:-4}" "${5:-2}" >/dev/null
    echo ready
    cat >/dev/null
    ;;
  fail) fail_node "$3" ;;
  mend) start_node "$3" ;;
  stop) stop ;;
  *) sed -n '4,11s/^# \{0,1\}//p' "$0" >&2; exit 64 ;;
esac
