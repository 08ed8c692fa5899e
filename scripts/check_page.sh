#!/usr/bin/env bash
# Tell whether api/static is what api/web builds: types checked, built anew, compared byte for byte.
set -euo pipefail
cd "$(dirname "$0")/../api/web"

npm ci --no-audit --no-fund --loglevel=error
npx tsc --noEmit
built=$(mktemp -d)
trap 'rm -rf "$built"' EXIT
npx vite build --logLevel warn --outDir "$built"
diff -r "$built" ../static || {
  echo "api/static is not what api/web builds: npm run build in api/web, and commit both" >&2
  exit 1
}
