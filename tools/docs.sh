#!/usr/bin/env bash
# Makes the documentation of BatchCore as web pages: tools/docs.sh FOLDER
set -euo pipefail
cd "$(dirname "$0")/.."
output=${1:?the folder to write}
graphs=$PWD/.build/docs/graphs
# The compiler writes the symbols itself: `swift package dump-symbol-graph` wants the tests' as well.
swift build --target BatchCore --scratch-path .build/docs -Xswiftc -emit-symbol-graph \
  -Xswiftc -emit-symbol-graph-dir -Xswiftc "$graphs" -Xswiftc -symbol-graph-minimum-access-level \
  -Xswiftc public -Xswiftc -symbol-graph-skip-synthesized-members
chosen=$(mktemp -d)
trap 'rm -rf "$chosen"' EXIT
cp "$graphs"/BatchCore*.symbols.json "$chosen"
docc=$(dirname "$(readlink -f "$(command -v swift)")")/docc
mkdir -p "$(dirname "$output")"
"$docc" convert Sources/BatchCore/BatchCore.docc --additional-symbol-graph-dir "$chosen" \
  --fallback-display-name BatchCore --fallback-bundle-identifier batchrun.BatchCore \
  --output-path "$output"
echo "the documentation is in $output"
