#!/usr/bin/env bash
# Runs `make demo` and `make test`, or the targets that are given, in a new Debian 12 that has Swift, git
# and make and nothing else.
#
# That is how a missing step of the installation is found. The tool chain is the one in use here,
# mounted read-only; the packages come from where the machine's own apt gets them; the project is a
# clone of the current commit. Everything is mounted in a namespace of its own, which ends with the
# script, and the folder is removed at the end.
set -euo pipefail
cd "$(dirname "$0")/.."
suite=bookworm

complain() {
  echo "test-fresh: $1" >&2
  exit 2
}

prepare() {
  ((EUID == 0)) || complain "only root can make a new system; run it with sudo"
  command -v debootstrap >/dev/null ||
    complain "debootstrap is missing; apt-get install --yes debootstrap"
  mirror=$(apt-get indextargets --format '$(SITE)' "Codename: $suite" 'Origin: Debian' |
    sort -u | head -n 1)
  [[ -n $mirror ]] || complain "apt has no source of Debian $suite here; add one and apt-get update"
  # Such as /opt/swift, of which usr/bin/swift is in use.
  toolchain=$(realpath "$(dirname "$(readlink -f "$(command -v swift)")")/../..")
  root=$(mktemp -d "${TMPDIR:-/tmp}/batchrun-fresh.XXXXXX")
  # apt fetches as a user of its own, who has to find the way.
  chmod 755 "$root"
  # Nothing is mounted here: the mounts live in the namespace of `inside`, which is gone by then.
  trap 'rm -rf --one-file-system "$root"' EXIT
}

install_system() {
  debootstrap --variant=minbase --include=git,make,ca-certificates "$suite" "$root" "$mirror" \
    >"$root.log" || complain "debootstrap failed; see $root.log"
  rm "$root.log"
  apt-config dump Acquire | { grep -i proxy || true; } >"$root/etc/apt/apt.conf.d/proxy"
  cp /etc/resolv.conf /etc/hosts "$root/etc/"
  mkdir -p "$root$toolchain"
  git clone --quiet --no-hardlinks . "$root/root/batchrun"
}

# Runs the commands of the first argument in the new system.
inside() {
  ROOT=$root TOOLCHAIN=$toolchain COMMANDS=$1 unshare --mount --propagation private bash -euc '
    mount --bind "$TOOLCHAIN" "$ROOT$TOOLCHAIN"
    mount -o remount,bind,ro "$ROOT$TOOLCHAIN"
    mount -t proc proc "$ROOT/proc"
    mount --rbind /dev "$ROOT/dev"
    exec env -i HOME=/root LANG=C.UTF-8 \
      PATH="$TOOLCHAIN/usr/bin:/usr/sbin:/usr/bin:/sbin:/bin" \
      chroot "$ROOT" bash -euc "cd /root/batchrun; $COMMANDS"'
}

targets=("${@:-demo}")
(($# > 0)) || targets+=(test)
prepare
install_system
for target in "${targets[@]}"; do
  echo "test-fresh: make $target"
  inside "make $target"
done
echo "test-fresh: make ${targets[*]} succeeds on a new Debian 12"
