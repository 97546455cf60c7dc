#!/usr/bin/env bash
# Runs the tests, given the arguments of `swift test`, and repeats after everything else what failed: a
# thousand tests run side by side, so a failure stands far above the last line. Where nobody watches, a
# test that hangs is named after an hour (seconds in TEST_LIMIT).
set -euo pipefail
cd "$(dirname "$0")/.."
log=$(mktemp)
trap 'rm -f "$log"' EXIT
limit=()
if [[ ! -t 1 ]]; then limit=(timeout --kill-after=10 "${TEST_LIMIT:-3600}"); fi
code=0
"${limit[@]}" swift test -c release --disable-testable-imports --disable-xctest "$@" 2>&1 \
  | tee "$log" || code=${PIPESTATUS[0]}
if ((code == 0)); then exit 0; fi
printf '\nWhat failed:\n'
grep -aE -A 8 '^✘ .*recorded an issue' "$log" | grep -avE '^(◇|✔|--)' | cut -c 1-2000 | tail -n 100 || true
if ((code == 124 || code == 137)); then
  printf '\nTime was over. Not ended, as far as that was printed:\n'
  started() { sed -nE 's/^◇ Test (".*") started\.$/\1/p' "$log"; }
  ended() { sed -nE 's/^[✔✘] Test (".*") (with [0-9]+ test cases? )?(passed|failed) after.*/\1/p' "$log"; }
  comm -23 <(started | sort) <(ended | sort) | tail -n 40
fi
printf '\nIn short:\n'
grep -aE '^✘ .*recorded an issue|(error|Fatal error): ' "$log" | cut -c 1-240 | sort -u | tail -n 12 || true
exit 1
