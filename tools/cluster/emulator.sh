#!/usr/bin/env bash
# Prints the path of AWS's runtime interface emulator; fetches it first when it is not there.
#
# It is a program of its own inside of a Python package, of which nothing else is used.
set -euo pipefail

folder=$(cd "$(dirname "$0")/../.." && pwd)/.build/emulator
program=$folder/aws-lambda-rie
if [[ ! -x $program ]]; then
  mkdir -p "$folder"
  exec 9>"$folder/lock"
  # Tests that begin at the same time fetch it once.
  flock 9
  if [[ ! -x $program ]]; then
    python3 -m pip download --quiet --disable-pip-version-check --no-deps --dest "$folder" \
      aws-sam-cli==1.170.0 >&2
    python3 - "$folder" <<'END'
import glob, os, shutil, sys, zipfile
folder = sys.argv[1]
with zipfile.ZipFile(glob.glob(f"{folder}/aws_sam_cli-*.whl")[0]) as wheel:
    with wheel.open("samcli/local/rapid/aws-lambda-rie-x86_64") as source:
        with open(f"{folder}/draft", "wb") as target:
            shutil.copyfileobj(source, target)
os.chmod(f"{folder}/draft", 0o755)
os.rename(f"{folder}/draft", f"{folder}/aws-lambda-rie")
END
  fi
fi
echo "$program"
