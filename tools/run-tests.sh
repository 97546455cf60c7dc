#!/usr/bin/env bash
# Runs the tests, given the arguments of `swift test`, and repeats after everything else what failed: a
# thousand tests run side by side, so a failure stands far above the last line.
set -euo pipefail
cd "$(dirname "$0")/.."
log=$(mktemp)
trap 'rm -f "$log"' EXIT
if swift test -c release --disable-testable-imports --disable-xctest "$@" 2>&1 | tee "$log"; then
  exit 0
fi
printf '\nWhat failed:\n'
grep -aE -A 8 '^✘ .*recorded an issue' "$log" | grep -avE '^(◇|✔|--)' | cut -c 1-2000 | tail -n 100 || true
printf '\nIn short:\n'
grep -aE '^✘ .*recorded an issue|(error|Fatal error): ' "$log" | cut -c 1-240 | sort -u | tail -n 12 || true
exit 1
