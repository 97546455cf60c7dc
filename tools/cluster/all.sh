#!/usr/bin/env bash
# Everything that `--on` can be tried with on one machine: a Slurm cluster of 4 nodes, an S3 server, and
# functions in AWS's emulator.
#
#   all.sh start       starts what is not running and prints how to use it
#   all.sh stop        stops it
set -euo pipefail
cd "$(dirname "$0")/../.."

folder=${BATCHRUN_CLUSTER:-/tmp/batchrun-cluster}
program=$PWD/.build/release/batchrun

start() {
  ((EUID == 0)) || { echo "all.sh: Slurm's and Ceph's daemons need root" >&2; exit 2; }
  [[ ! -e $folder ]] || { echo "all.sh: $folder is there already; make cluster-stop first" >&2; exit 2; }
  mkdir -p "$folder" "$folder/share"
  tools/cluster/slurm.sh start "$folder/slurm" 17817 4 2
  tools/cluster/s3.sh start "$folder/s3" | sed 's/^S3_BUCKETS=.*//; s/^\(AWS\)/export \1/' >"$folder/env"
  cat "$folder/slurm/env" >>"$folder/env"
  "$program" deploy lambda --package-only "$folder/batchrun.zip" >&2
  python3 - "$folder" <<'END'
import os, sys, zipfile
with zipfile.ZipFile(f"{sys.argv[1]}/batchrun.zip") as archive:
    for entry in archive.infolist():
        os.chmod(archive.extract(entry, f"{sys.argv[1]}/package"), entry.external_attr >> 16)
END
  start_functions
  cat <<END
. $folder/env
batchrun price firms.csv --on slurm --share $folder/share -o s.csv
batchrun price firms.csv --on lambda --bucket s3://jobs/x -o l.csv
END
}

# The functions end when their standard input does, which a sleeping process keeps open.
start_functions() {
  . "$folder/env"
  mkfifo "$folder/functions.input"
  setsid sleep infinity >"$folder/functions.input" 2>/dev/null &
  echo $! >"$folder/functions.pid"
  : >"$folder/functions.output"
  setsid python3 tools/cluster/lambda.py "$(tools/cluster/emulator.sh)" "$folder/package" \
    concurrency 8 timeout 60 <"$folder/functions.input" >"$folder/functions.output" 2>&1 &
  disown -a
  for ((try = 0; try < 100; try++)); do
    grep -q '^AWS_ENDPOINT_URL_LAMBDA=' "$folder/functions.output" && break
    sleep 0.1
  done
  sed -n 's/^\(AWS_ENDPOINT_URL_LAMBDA=\)/export \1/p' "$folder/functions.output" >>"$folder/env"
}

stop() {
  [[ -e $folder ]] || return 0
  [[ ! -s $folder/functions.pid ]] || kill "$(cat "$folder/functions.pid")" 2>/dev/null || true
  [[ ! -e $folder/s3 ]] || tools/cluster/s3.sh stop "$folder/s3"
  [[ ! -e $folder/slurm ]] || tools/cluster/slurm.sh stop "$folder/slurm"
  sleep 1
  rm -rf "$folder"
}

case ${1:-} in
  start) start ;;
  stop) stop ;;
  *) sed -n '5,6s/^# \{0,1\}//p' "$0" >&2; exit 64 ;;
esac
