#!/usr/bin/env bash
# Write locks/ anew: each package with its version and its hashes, for every system and Python.
#
# Needs uv. What the container holds is pinned as the tests have it; it goes without `fast`, which
# is half as large as all the rest.
set -euo pipefail
cd "$(dirname "$0")/.."

# Usage: lock NAME OPTION...
lock() {
  local file=locks/$1.txt
  shift
  uv pip compile --quiet --universal --python-version 3.11 --upgrade --generate-hashes \
    --no-annotate --no-header --no-emit-index-url "$@" pyproject.toml --output-file "$file" >/dev/null
  sed -i '1i # Written by scripts/renew_locks.sh' "$file"
}

lock test --extra test --extra lint
lock service --constraint locks/test.txt --extra service --extra postgres --extra png
