#!/bin/sh
# Checks that no code of a wide instruction set can replace code of a narrower one.
#
# A weak symbol that several object files define is kept once by the linker, from whichever file comes
# first: a generic function compiled for AVX-512 would then run on a processor without it. The kernel
# objects of the variants must therefore share no weak definition with each other or with any other object.
#
#     tools/check-kernels.sh [BUILD_DIRECTORY]      (default .build/release)
set -eu
build=${1:-.build/release}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

weak() {  # the weak definitions of the object files given, functions and data of code only
  nm --defined-only "$@" 2>/dev/null | awk '$2 ~ /^[WVu]$/ && $3 !~ /^__swift_reflection_version$/ { print $3 }' | sort -u
}

found=0
for variant in KernelsBaseline KernelsV3 KernelsV4; do
  [ -d "$build/$variant.build" ] || continue
  weak $(find "$build/$variant.build" -name '*.o') > "$work/$variant"
  found=$((found + 1))
done
if [ "$found" -eq 0 ]; then
  echo "check-kernels: no kernel objects in $build: build first" >&2
  exit 2
fi
others=$(find "$build/" -name '*.o' -not -path '*Kernels[BV]*.build/*')
if [ -n "$others" ]; then weak $others > "$work/others"; fi

shared=$(sort "$work"/* | uniq -d)
if [ -n "$shared" ]; then
  echo "check-kernels: weak symbols that the linker may take from the wrong instruction set:" >&2
  echo "$shared" | while read -r symbol; do
    echo "  $symbol in $(cd "$work" && grep -lx -- "$symbol" * | tr '\n' ' ')" >&2
  done
  exit 1
fi
echo "check-kernels: $found variants share no weak symbols"
