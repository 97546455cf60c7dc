#!/usr/bin/env bash
# The interfaces of AWS that deployments speak to (IAM, STS, Lambda, CloudWatch Logs, S3), imitated by moto
# on a free port of the loopback network, in memory.
#
#   tools/cluster/moto.sh serve DIR     starts it, prints its variables, and stops it when standard input ends
#   tools/cluster/moto.sh install DIR   installs it into DIR and no more
#
# moto comes from PyPI into DIR, which is kept: the next start finds it there. Needs Python 3 with venv.
set -euo pipefail

version=5.2.1

die() {
  echo "moto.sh: $*" >&2
  exit 1
}

[[ $# == 2 ]] || {
  sed -n '2,8s/^# \{0,1\}//p' "$0" >&2
  exit 64
}
dir=$(realpath -m "$2")

install() {
  [[ -x $dir/$version/bin/moto_server ]] && return
  command -v python3 >/dev/null || die "python3 is missing"
  mkdir -p "$dir"
  # Two that install at the same time must not meet; the folder appears when it is complete.
  exec 9>"$dir/lock"
  flock 9
  [[ -x $dir/$version/bin/moto_server ]] && return
  rm -rf "${dir:?}/$version" "$dir/mark"
  python3 -m venv "$dir/$version"
  "$dir/$version/bin/pip" install --quiet --disable-pip-version-check "moto[server,awslambda]==$version" ||
    {
      rm -rf "${dir:?}/$version"
      die "moto cannot be installed"
    }
  exec 9>&-
}

# A port that nobody listens on; the kernel gives others out of a range above.
free_port() {
  local port
  while port=$((RANDOM % 12000 + 20000)); do
    (exec 3<>"/dev/tcp/127.0.0.1/$port") 2>/dev/null || break
  done
  echo "$port"
}

serve() {
  install >&2
  local port log server
  port=$(free_port)
  log=$(mktemp)
  "$dir/$version/bin/python" -m moto.server -H 127.0.0.1 -p "$port" </dev/null >"$log" 2>&1 &
  server=$!
  # shellcheck disable=SC2064 # as they are now
  trap "kill -9 $server 2>/dev/null; rm -f '$log'" EXIT
  trap 'exit 143' TERM INT HUP
  for _ in {1..300}; do
    (exec 3<>"/dev/tcp/127.0.0.1/$port") 2>/dev/null && break
    kill -0 "$server" 2>/dev/null || {
      tail -n 20 "$log" >&2
      die "it did not come up"
    }
    sleep 0.1
  done
  echo "AWS_REGION=us-east-1"
  echo "AWS_ACCESS_KEY_ID=test"
  echo "AWS_SECRET_ACCESS_KEY=test"
  echo "AWS_ENDPOINT_URL=http://127.0.0.1:$port"
  cat >/dev/null
}

case $1 in
install) install ;;
serve) serve ;;
*) die "serve or install" ;;
esac
