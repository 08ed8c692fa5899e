#!/bin/sh
# Take out of an environment what the service never opens: the packages' own tests and headers, and
# names for debuggers; and compile, once, the modules that it loads, which is a third of all.
#
# Usage: thin_image.sh ENVIRONMENT, from the folder that has fixtures/
set -eu
python=$1/bin/python
packages=$("$python" -c 'import sysconfig; print(sysconfig.get_path("purelib"))')

find "$packages" -type d \( -name tests -o -name include \) -prune -exec rm -r {} +
find "$packages" -type f \( -name '*.pyi' -o -name '*.pxd' -o -name '*.pyx' -o -name '*.a' -o -name '*.h' \) -delete
# Not the libraries beside them (*.libs): those were relocated, and stripping breaks that.
find "$packages" -path '*.libs' -prune -o -name '*.so' -exec strip --strip-unneeded {} +

# Parts of SciPy that no module of Encircle's loads, nor any of those that it loads; and RapidFuzz for
# processors that know AVX2, which without it takes what it has for all.
for part in cluster datasets differentiate fftpack integrate interpolate io misc odr signal stats; do
  rm -rf "$packages/scipy/$part"
done
rm -f "$packages"/rapidfuzz/*_avx2*.so

# Python writes down what it compiles when it first loads it: so everything is loaded here once.
cd /tmp
ENCIRCLE_DATABASE= "$python" - <<'LOADED'
from encircle_api.main import create_app
from encircle_api.settings import Settings
from encircle_api.worker import warm_up
import encircle.cli.serve, encircle.cli.keys, encircle_api.healthy, encircle_api.questions
import psycopg, sqlalchemy.dialects.postgresql.psycopg, sqlalchemy.dialects.sqlite

create_app(Settings(workers=1))
warm_up()
LOADED
"$1/bin/encircle" judge "$OLDPWD"/fixtures/kursk-2025-03-14/situation.geojson >/dev/null
"$1/bin/encircle" keys list --store /tmp/none.sqlite
