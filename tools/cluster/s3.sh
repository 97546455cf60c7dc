#!/usr/bin/env bash
# An S3 server for tests: Ceph's RADOS Gateway over one monitor and one store in memory, as strict about
# signatures as AWS, on ports of the loopback network that are free.
#
#   tools/cluster/s3.sh start DIR     starts it, prints its variables; everything is below DIR
#   tools/cluster/s3.sh stop DIR      stops it and removes DIR
#   tools/cluster/s3.sh serve DIR     starts it, prints its variables, and stops it when standard input ends
#   tools/cluster/s3.sh fill DIR BUCKET    has the bucket take no further object
#   tools/cluster/s3.sh empty DIR BUCKET   has it take objects again
#
# The variables are those that AWS's tools read, S3_TOKEN_ENDPOINT, where session tokens are given and
# taken, and S3_BUCKETS, the names of buckets that are there.
# Needs the packages of tools/install-remote-packages.sh, and root, because Ceph's programs do.
set -euo pipefail

access=BATCHRUNTESTKEY
secret='batchrun/test+secret=key'
buckets=(jobs other small)
# {"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"*","Resource":"*"}]}
policy=%7B%22Version%22%3A%222012-10-17%22%2C%22Statement%22%3A%5B%7B%22Effect%22%3A%22Allow%22
policy+=%2C%22Action%22%3A%22%2A%22%2C%22Resource%22%3A%22%2A%22%7D%5D%7D

die() {
  echo "s3.sh: $*" >&2
  exit 1
}

[[ $# == 2 || $# == 3 && ($1 == fill || $1 == empty) ]] || {
  sed -n '2,14s/^# \{0,1\}//p' "$0" >&2
  exit 64
}
dir=$(realpath -m "$2")
export CEPH_CONF=$dir/ceph.conf

# A port that nobody listens on; the kernel gives others out of a range above.
free_port() {
  local port
  while port=$((RANDOM % 12000 + 20000)); do
    (exec 3<>"/dev/tcp/127.0.0.1/$port") 2>/dev/null || break
  done
  echo "$port"
}

configure() {
  cat >"$CEPH_CONF" <<END
[global]
fsid = $fsid
keyring = $dir/keyring
mon_initial_members = a
mon_host = $monitor
public_addr = 127.0.0.1
cluster_addr = 127.0.0.1
ms_bind_port_min = 32100
ms_bind_port_max = 32700
osd_pool_default_size = 1
osd_pool_default_min_size = 1
osd_pool_default_pg_num = 4
osd_pool_default_pg_autoscale_mode = off
osd_crush_chooseleaf_type = 0
osd_objectstore = memstore
memstore_device_bytes = 1073741824
mon_allow_pool_size_one = true
mon_max_pg_per_osd = 1000
run_dir = $dir/run
admin_socket = $dir/run/\$name.asok
pid_file = $dir/run/\$name.pid
log_file = $dir/run/\$name.log
[mon]
mon_data = $dir/mon
[osd.0]
osd_data = $dir/osd
[client.admin]
rgw_data = $dir/rgw
END
}

start_store() {
  ceph-authtool --create-keyring "$dir/keyring" --gen-key -n mon. --cap mon 'allow *'
  ceph-authtool "$dir/keyring" --gen-key -n client.admin --cap mon 'allow *' --cap osd 'allow *'
  ceph-authtool "$dir/keyring" --gen-key -n osd.0 --cap mon 'allow profile osd' --cap osd 'allow *'
  monmaptool --create --clobber --addv a "$monitor" --set-min-mon-release 16 --fsid "$fsid" "$dir/monmap"
  ceph-mon -i a --mkfs --monmap "$dir/monmap" --keyring "$dir/keyring"
  ceph-mon -i a --setuser root --setgroup root
  local osd
  osd=$(cat /proc/sys/kernel/random/uuid)
  timeout 60 ceph osd new "$osd"
  timeout 30 ceph auth import -i "$dir/keyring"
  timeout 60 ceph-osd -i 0 --mkfs --osd-uuid "$osd"
  ceph-osd -i 0 --setuser root --setgroup root
  for _ in {1..100}; do
    timeout 10 ceph osd stat | grep -q ' 1 up' && return
    sleep 0.2
  done
  return 1
}

# gateway NAME PORT [OPTION...]
gateway() {
  local name=$1 port=$2
  shift 2
  setsid radosgw -f -n client.admin --keyring "$dir/keyring" --setuser root --setgroup root \
    --rgw-frontends "beast endpoint=127.0.0.1:$port tcp_nodelay=1" --rgw-data "$dir/$name" \
    --admin-socket "$dir/run/$name.asok" --log-file "$dir/run/$name.log" "$@" \
    </dev/null >"$dir/$name.out" 2>&1 &
  echo $! >"$dir/run/$name.pid"
  for _ in {1..150}; do
    curl -s -o /dev/null "http://127.0.0.1:$port/" && return
    sleep 0.2
  done
  return 1
}

start_gateways() {
  timeout 120 radosgw-admin user create --uid=batchrun --display-name=batchrun \
    --access-key="$access" --secret="$secret" --caps='user-policy=*'
  gateway gateway "$port"
  # One more that knows session tokens, which it encrypts with a key of 16 bytes; it says less about
  # signatures that are wrong.
  gateway tokens "$token_port" --rgw-s3-auth-use-sts=true --rgw-sts-key=0123456789abcdef
  # libcurl's own signer: these requests have nothing in them that it gets wrong. The first allows the
  # user to ask for temporary credentials.
  local bucket
  curl -sS --fail -o /dev/null --user "$access:$secret" --aws-sigv4 aws:amz:us-east-1:iam \
    -d "Action=PutUserPolicy&PolicyDocument=$policy&PolicyName=all&UserName=batchrun&Version=2010-05-08" \
    "http://127.0.0.1:$port/"
  for bucket in "${buckets[@]}"; do
    curl -sS --fail -o /dev/null -X PUT --user "$access:$secret" --aws-sigv4 aws:amz:us-east-1:s3 \
      -H 'x-amz-content-sha256: e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855' \
      "http://127.0.0.1:$port/$bucket"
  done
}

start() {
  ((EUID == 0)) || die "Ceph's programs need root"
  for program in ceph-mon ceph-osd radosgw radosgw-admin ceph curl; do
    command -v "$program" >/dev/null || die "$program is missing; run tools/install-remote-packages.sh"
  done
  [[ ! -e $dir ]] || die "$dir is there already; stop that one first"
  mkdir -p "$dir"/{mon,osd,run,rgw,gateway,tokens}
  fsid=$(cat /proc/sys/kernel/random/uuid)
  monitor="[v2:127.0.0.1:$(free_port),v1:127.0.0.1:$(free_port)]"
  port=$(free_port)
  token_port=$(free_port)
  configure
  # Not as part of a condition, where the shell would go on after an error.
  set +e
  (
    set -e
    start_store
    start_gateways
  ) >"$dir/start.log" 2>&1
  local code=$?
  set -e
  if ((code != 0)); then
    tail -n 20 "$dir/start.log" >&2
    stop
    die "it did not come up"
  fi
  cat <<END
AWS_ENDPOINT_URL_S3=http://127.0.0.1:$port
AWS_REGION=us-east-1
AWS_ACCESS_KEY_ID=$access
AWS_SECRET_ACCESS_KEY=$secret
S3_TOKEN_ENDPOINT=http://127.0.0.1:$token_port
S3_BUCKETS=${buckets[*]}
END
}

stop() {
  [[ -f $CEPH_CONF ]] || return 0
  local name pid
  # What they hold is in memory and goes away in any case: no need to ask them.
  for name in gateway tokens osd.0 mon.a; do
    pid=$(cat "$dir/run/$name.pid" 2>/dev/null) || continue
    kill -9 "$pid" 2>/dev/null || true
    for _ in {1..50}; do
      kill -0 "$pid" 2>/dev/null || break
      sleep 0.1
    done
  done
  rm -rf "$dir"
}

# quota BUCKET OBJECTS: below zero for any number; the gateway is told at once.
quota() {
  timeout 60 radosgw-admin quota set --quota-scope=bucket --bucket="$1" --max-objects="$2" >/dev/null
  timeout 60 radosgw-admin quota enable --quota-scope=bucket --bucket="$1" >/dev/null
}

case $1 in
start) start ;;
fill) quota "$3" 0 ;;
empty) quota "$3" -1 ;;
stop) stop ;;
serve)
  trap stop EXIT
  trap 'exit 143' TERM INT HUP
  start
  cat >/dev/null
  ;;
*) die "start, stop, serve, fill or empty" ;;
esac
