#!/usr/bin/env bash
# Write locks/ anew: each package with its version and its hashes, for every system and Python.
#
# Needs uv. What the container holds is pinned as the tests have it; it goes without `fast`, which
# is half as large as all the rest.
set -euo pipefail
cd "$(dirname "$0")/.."

# Usage: lock NAME SOURCE OPTION...
lock() {
  local file=locks/$1.txt source=$2
  shift 2
  uv pip compile --quiet --universal --python-version 3.11 --upgrade --generate-hashes \
    --no-annotate --no-header --no-emit-index-url "$@" "$source" --output-file "$file" >/dev/null
  sed -i '1i # Written by scripts/renew_locks.sh' "$file"
}

lock test pyproject.toml --extra test --extra lint
lock service pyproject.toml --constraint locks/test.txt --extra service --extra otel --extra postgres --extra png
python3 -c 'import tomllib; print(*tomllib.load(open("pyproject.toml", "rb"))["build-system"]["requires"])' |
  lock build - --constraint locks/test.txt
