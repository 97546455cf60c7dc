#!/usr/bin/env bash
# Installs the Python packages that the benchmarks compare with into a virtual environment of their own:
#
#   tools/peers.sh [DIRECTORY]          (.build/peers unless given)
set -euo pipefail
cd "$(dirname "$0")/.."
directory=${1:-.build/peers}

if ! command -v python3 > /dev/null; then
  echo "peers: python3 is not there: apt-get install python3 python3-venv" >&2
  exit 2
fi
if [[ ! -x $directory/bin/python3 ]]; then
  python3 -m venv "$directory"
fi
"$directory/bin/python3" -m pip install --quiet --disable-pip-version-check \
  numpy numba scipy polars mpmath aiohttp selectolax lxml cssselect
"$directory/bin/python3" -c '
from importlib.metadata import version
print("peers:", ", ".join(f"{name} {version(name)}" for name in (
  "numpy", "numba", "scipy", "polars", "mpmath", "aiohttp", "selectolax", "lxml")))'
