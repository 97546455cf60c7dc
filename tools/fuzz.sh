#!/usr/bin/env bash
# Builds the fuzzer with AddressSanitizer and libFuzzer, and runs its targets one after the other.
#
#   tools/fuzz.sh [TARGET...]      all targets without one
#
# FUZZ_SECONDS   for each target (60)
# FUZZ_SEED      of the random numbers; 0 takes another one each time (1)
#
# What is found stays in .build/fuzz/found/TARGET-*; the inputs that reached new code are kept in
# .build/fuzz/corpus/TARGET, and the next run begins with them.
set -euo pipefail
cd "$(dirname "$0")/.."

seconds=${FUZZ_SECONDS:-60}
seed=${FUZZ_SEED:-1}
scratch=.build/fuzz
library=$(find "$(dirname "$(readlink -f "$(command -v swift)")")/../lib/clang" \
  -name "libclang_rt.fuzzer_no_main-$(uname -m).a" | head -n 1)
if [[ -z $library ]]; then
  echo "this toolchain has no libFuzzer; use one that has, such as that of swift.org" >&2
  exit 69
fi

swift build -c release --product fuzz --scratch-path "$scratch" --sanitize=address \
  -Xswiftc -DLIBFUZZER \
  -Xswiftc -sanitize-coverage=edge,inline-8bit-counters,pc-table,trace-cmp,indirect-calls \
  -Xcc -fsanitize-coverage=edge,inline-8bit-counters,pc-table,trace-cmp,indirect-calls \
  -Xlinker "$library" -Xlinker -lstdc++
program=$(swift build -c release --scratch-path "$scratch" --show-bin-path)/fuzz

# Swift's own handlers of signals would come before those of libFuzzer.
export SWIFT_BACKTRACE=enable=no ASAN_OPTIONS=detect_leaks=0
targets=("$@")
[[ $# -gt 0 ]] || mapfile -t targets < <("$program" list | cut -f 1)

failed=()
for target in "${targets[@]}"; do
  corpus=$scratch/corpus/$target
  mkdir -p "$corpus" "$scratch/found" "$scratch/seeds"
  "$program" seeds "$target" "$scratch/seeds/$target"
  echo "== $target, $seconds s"
  "$program" run "$target" "$corpus" "$scratch/seeds/$target" \
    -dict="$scratch/seeds/$target.words" -artifact_prefix="$scratch/found/$target-" \
    -max_total_time="$seconds" -seed="$seed" -timeout=10 -rss_limit_mb=2048 \
    -print_final_stats=1 -verbosity=1 || failed+=("$target")
done

if [[ ${#failed[@]} -gt 0 ]]; then
  echo "found something in: ${failed[*]}; try it again with" >&2
  echo "  swift run -c release fuzz check TARGET $scratch/found/TARGET-..." >&2
  exit 1
fi
