#!/usr/bin/env bash
# Installs the Debian packages that building and testing need, and nothing when they are all there.
#
# This is the one list of them. A Swift tool chain, git and make are expected to be there already.
set -euo pipefail

packages=(
  # What the tool chain itself loads and links with.
  binutils         # the linker, strip and nm
  libc6-dev        # the C library
  libcurl4         # swift-build
  libgcc-12-dev    # start files
  libncurses6      # swift-build
  libstdc++-12-dev # the C++ library
  libuuid1         # the compiler
  libxml2          # swift-build and lld

  # What the program links with.
  libavcodec-dev       # encoding
  libavformat-dev      # encoding
  libavutil-dev        # encoding
  libcurl4-openssl-dev # fetching pages, S3 and Lambda
  libicu-dev           # character sets and normal forms of text
  libsqlite3-dev # the ledger
  libswresample-dev # encoding
  libswscale-dev # encoding
  libssl-dev     # SHA-256
  libxml2-dev    # pages
  pkgconf        # where libxml2 has its headers
  libxxhash-dev  # checksums
  libzstd-dev    # inputs that end in .zst
  zlib1g-dev     # inputs that end in .gz

  # What the tests and the benchmarks use.
  ca-certificates # TLS roots
  ffmpeg          # the judge of encoded videos
  gcc             # the reference kernels of the benchmarks
  groff-base      # the check of the man page
  nginx-light     # the server of the scraping benchmark
  openssl         # a server with a certificate of its own
  zstd            # compressed inputs
)

# One question for all of them: asking for each would take longer than the rest.
installed=$(dpkg-query -W -f '${db:Status-Status} ${Package}\n' "${packages[@]}" 2>/dev/null || true)
missing=()
for package in "${packages[@]}"; do
  grep -qx "installed $package" <<<"$installed" || missing+=("$package")
done
((${#missing[@]} > 0)) || exit 0

if ((EUID == 0)); then
  run=()
elif command -v sudo >/dev/null && sudo -v; then
  run=(sudo)
else
  echo "batchrun needs packages that only an administrator can install; this line does it:" >&2
  echo "  apt-get update && apt-get install --yes --no-install-recommends ${missing[*]}" >&2
  exit 2
fi
echo "installing ${missing[*]}" >&2
"${run[@]}" apt-get update --quiet
"${run[@]}" env DEBIAN_FRONTEND=noninteractive \
  apt-get install --yes --quiet --no-install-recommends "${missing[@]}"
