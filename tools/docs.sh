#!/usr/bin/env bash
# Makes the documentation of BatchCore as web pages: tools/docs.sh FOLDER
set -euo pipefail
cd "$(dirname "$0")/.."
output=${1:?the folder to write}
# `swift package` says where the symbol graphs went; those of the C targets are of no use here.
folder=$(swift package dump-symbol-graph --minimum-access-level public --skip-synthesized-members |
  sed -n 's/^Files written to //p')
graphs=$(mktemp -d)
trap 'rm -rf "$graphs"' EXIT
cp "$folder"/BatchCore*.symbols.json "$graphs"
docc=$(command -v docc || echo "$(dirname "$(readlink -f "$(command -v swift)")")/docc")
mkdir -p "$(dirname "$output")"
"$docc" convert Sources/BatchCore/BatchCore.docc --additional-symbol-graph-dir "$graphs" \
  --fallback-display-name BatchCore --fallback-bundle-identifier batchrun.BatchCore \
  --warnings-as-errors --output-path "$output"
echo "the documentation is in $output"
