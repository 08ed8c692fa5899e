"""P10: `encircle judge` on a fixture within 0.8 s as a whole cold process, `--help` within 0.25 s.

The peer is a process that only imports the libraries the judgement rests on: what no engine built
on them can beat. Both take turns; times are wall clock, medians.
"""

from __future__ import annotations

import json
import subprocess
import sys
import time
from pathlib import Path
from statistics import median

GOAL_S, GOAL_HELP_S = 0.8, 0.25
REPEATS = 7
FIXTURE = "fixtures/kursk-2025-03-14/situation.geojson"
BANNED = ("numba", "pandas", "geopandas", "fastapi", "starlette", "uvicorn", "matplotlib")
BANNED_ON_HELP = (*BANNED, "scipy", "networkx", "numpy", "shapely")
HELP = (Path(sys.executable).with_name("encircle"), "--help")
OURS = (Path(sys.executable).with_name("encircle"), "judge", FIXTURE, "--json")
PEER = (
    sys.executable,
    "-c",
    (
        "import numpy, shapely, pyproj, networkx, pydantic, orjson, typer, scipy.spatial, "
        "scipy.sparse.csgraph"
    ),
)
LISTING = (
    "import sys, contextlib\n"
    "from encircle.cli.main import main\n"
    "with contextlib.suppress(SystemExit):\n"
    "    main(sys.argv[1:])\n"
    "print('MODULES', *{name.split('.')[0] for name in sys.modules})\n"
)


def run(command: tuple[object, ...]) -> tuple[float, bytes]:
    """Run a command as a whole process; give its seconds and what it printed."""
    begun = time.perf_counter()
    done = subprocess.run([str(word) for word in command], check=True, capture_output=True)  # noqa: S603 - our own command
    return time.perf_counter() - begun, done.stdout


def list_heavy(banned: tuple[str, ...], *words: str) -> list[str]:
    """List the libraries a command loads that it should not."""
    _, listing = run((sys.executable, "-c", LISTING, *words))
    return sorted(set(listing.decode().rpartition("MODULES")[2].split()) & set(banned))


def main() -> int:
    """Measure, check, and print one JSON line."""
    ours, peer, told, verdicts = [], [], [], []
    for _ in range(REPEATS):
        seconds, printed = run(OURS)
        ours.append(seconds)
        verdicts.append(json.loads(printed)["status"]["code"])
        peer.append(run(PEER)[0])
        told.append(run(HELP)[0])
    heavy = [*list_heavy(BANNED, "judge", FIXTURE), *list_heavy(BANNED_ON_HELP, "--help")]
    correct = set(verdicts) == {"C2"} and not heavy
    line = {
        "goal": "P10",
        "ours": round(median(ours), 3),
        "peer": round(median(peer), 3),
        "ratio": round(median(ours) / median(peer), 2),
        "correct": correct,
        "reached": correct and median(ours) <= GOAL_S and median(told) <= GOAL_HELP_S,
        "help": round(median(told), 3),
        "unit": "s",
        "heavy_imports": heavy,
    }
    print(json.dumps(line))
    return 0 if correct else 1
