#!/usr/bin/env bash
# Installs the Debian packages that the tests of remote workers need, and nothing when all are there.
#
# They are engines of their own, and large; the program and its other tests do without them.
set -euo pipefail

packages=(
  ceph-common # the administration of the S3 server
  ceph-mon    # its monitor
  ceph-osd    # its store
  curl        # makes its buckets
  munge       # who is who among Slurm's daemons
  python3-pip # fetches the emulator of Lambda
  python3-venv # moto, which imitates the interfaces of AWS
  radosgw     # the S3 server
  slurm-client # sbatch, squeue, scancel
  slurmctld   # Slurm's controller
  slurmd      # Slurm's nodes
  unzip       # unpacks the package of a function
)

installed=$(dpkg-query -W -f '${db:Status-Status} ${Package}\n' "${packages[@]}" 2>/dev/null || true)
missing=()
for package in "${packages[@]}"; do
  grep -qx "installed $package" <<<"$installed" || missing+=("$package")
done
((${#missing[@]} > 0)) || exit 0

if ((EUID == 0)); then
  run=()
elif command -v sudo >/dev/null && sudo -n true 2>/dev/null; then
  run=(sudo)
else
  echo "not root: tests that need ${missing[*]} are skipped" >&2
  exit 0
fi
echo "installing ${missing[*]}" >&2
# Nothing of them is to run but what the tests start: a policy of 101 keeps services from starting.
policy=/usr/sbin/policy-rc.d
if [[ ! -e $policy ]]; then
  printf '#!/bin/sh\nexit 101\n' | "${run[@]}" tee "$policy" >/dev/null
  "${run[@]}" chmod 755 "$policy"
  trap '"${run[@]}" rm -f "$policy"' EXIT
fi
"${run[@]}" apt-get update --quiet
"${run[@]}" env DEBIAN_FRONTEND=noninteractive \
  apt-get install --yes --quiet --no-install-recommends "${missing[@]}"
