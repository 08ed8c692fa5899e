"""ROADS: a million edges judged with likelihood in under 10 s of process time, and real roads too.

Each case is the command `encircle roads`, as a process of its own: reading, noding, the cut with
its check, ten thousand worlds. The million are the network of P2 written as GeoJSON lines with a
probability each. The real files are read where they lie beside the project. Processor time of the
whole process counts; nothing is measured of writing the file.
"""

from __future__ import annotations

import json
import resource
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

import numpy as np

from tests.benchmarks.networks import build_case, build_roads

GOAL_S = 10.0
SIZE = 1_000_000
CORNER, WIDTH = np.array([30.0, 46.0]), 8.0
"""Where the million roads lie, degrees."""
PLACES = 8
"""Places at the edge of the map that count as reached."""
DATA = Path("../shared/data/roads")
REAL = [
    ("andorra.osm.pbf", ["--from", "1.52,42.507", "--to", "1.73,42.54"]),
    ("monaco.osm.gz", ["--from", "7.42,43.735", "--to", "7.43,43.74"]),
    ("ukraine_trunk_roads.geojson",
     ["--from", "36.23,49.99", "--to", "30.5,50.45", "--tolerance-m", "500"]),
]  # fmt: skip

Json = dict[str, Any]


def write_million(path: Path) -> list[str]:
    """Write the network as lines; give the places asked about."""
    graph = build_case(SIZE, "connected")
    places, _, _ = build_roads(SIZE)
    lonlat = (CORNER + WIDTH * places).round(7).tolist()
    ends = zip(graph.u.tolist(), graph.v.tolist(), graph.p_open.round(4).tolist(), strict=True)
    features = ",\n".join(
        f'{{"type":"Feature","properties":{{"p":{p}}},"geometry":{{"type":"LineString",'
        f'"coordinates":[{lonlat[a]},{lonlat[b]}]}}}}'
        for a, b, p in ends
    )
    path.write_text(f'{{"type":"FeatureCollection","features":[\n{features}\n]}}')
    force, rear = lonlat[graph.sources[0]], graph.targets[:: len(graph.targets) // PLACES]
    at = [word for t in rear for word in ("--to", "{},{}".format(*lonlat[t]))]
    return ["--from", "{},{}".format(*force), *at, "--p-open", "p"]


def run(path: Path, words: list[str]) -> Json:
    """Run the command; its answer and its processor time, seconds."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    done = subprocess.run(  # noqa: S603 - our own command
        [sys.executable, "-m", "encircle.cli.main", "roads", str(path), *words, "--json"],
        capture_output=True, check=True,
    )  # fmt: skip
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    said = json.loads(done.stdout)
    took = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return {
        "file": path.name,
        "seconds": round(took, 2),
        "stretches": said["network"]["stretches"],
        "reachable": said["reachable"],
        "p_cut_off": said["likelihood_cut_off"]["p"],
        "interval": said["likelihood_cut_off"]["interval"],
        "disjoint_ways": said["disjoint_ways"],
        "correct": not said["certificate_faults"]
        and len(said["cut"]) == len(said["ways"]) == said["disjoint_ways"],
    }


def main() -> int:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "million.geojson"
        words = write_million(path)
        run(path, words)  # compiles, once and for all
        million = run(path, words)
    real = [run(DATA / name, words) for name, words in REAL if (DATA / name).exists()]
    correct = all(row["correct"] for row in [million, *real])
    line = {
        "goal": "ROADS",
        "ours": million["seconds"],
        "peer": None,
        "ratio": round(GOAL_S / million["seconds"], 2),
        "correct": correct,
        "reached": correct and million["seconds"] <= GOAL_S and million["stretches"] >= SIZE,
        "missing": [name for name, _ in REAL if not (DATA / name).exists()],
        "cases": [million, *real],
    }
    print(json.dumps(line))
    return 0 if correct else 1
