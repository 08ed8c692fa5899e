"""P7: an archive of maps scanned at 100 snapshots/s on one core, 8 times as fast as anew.

The archive is drawn by a seed: a front of thousands of corners that shifts in one place a day, a
salient, a pocket, patches nobody is sure of. Three runs take turns, both sides each: `anew` keeps
nothing, `first` fills an empty folder and so reuses what did not change from day to day, `again`
finds every map in it, as after an interruption. Times are processor time. There is no peer: nothing
else answers this. Correct: the three tell the same, piece by piece and proof by proof.
"""

from __future__ import annotations

import json
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import numpy as np
import shapely
from shapely.geometry import Polygon, box, mapping

from encircle.archive.keeping import Kept
from encircle.archive.scan import scan_files
from encircle.formats.publishers.presets import MapFile

GOAL_PER_S = 100.0
GOAL_RATIO = 8.0
DAYS = 2
FIRST = 1_717_200_000
"""Second of the first map, 1 June 2024."""
COUNTRY = box(24.0, 46.5, 38.0, 51.5)
CORNERS = 500
FILLS = {"RU": "#a52714", "UA": "#0f9d58", None: "#bcaaa4"}


def draw_days(seed: int = 7) -> list[MapFile]:
    """Draw the archive: each day the front moves by some kilometres in one place."""
    rng = np.random.default_rng(seed)
    lat = np.linspace(46.8, 51.2, CORNERS)
    lon = 35.0 + 0.5 * np.sin(lat * 3) + rng.normal(0, 0.002, CORNERS)
    pocket = box(36.4, 49.0, 36.5, 49.05)
    patches = [box(x, y, x + 0.02, y + 0.02) for x, y in rng.uniform((35.9, 47), (37, 51), (60, 2))]
    files = []
    for day in range(DAYS):
        at = rng.integers(100, CORNERS - 100)
        near = np.exp(-(((np.arange(CORNERS) - at) / 25.0) ** 2))
        lon = lon - 0.05 * near
        held = Polygon([*zip(lon, lat, strict=True), (37.8, 51.2), (37.8, 46.8)]).buffer(0)
        held = held.difference(shapely.union_all([pocket, *patches]))
        drawn = [(held, "RU"), *((patch, None) for patch in patches)]
        features = [
            {"type": "Feature", "geometry": mapping(shape), "properties": {"fill": FILLS[holder]}}
            for shape, holder in drawn
        ]
        raw = json.dumps({"type": "FeatureCollection", "features": features}).encode()
        files.append(MapFile(f"{FIRST + day * 86_400}.geojson", raw))
    return files


def scan_days(files: list[MapFile], kept: Kept) -> tuple[list[Any], float]:
    """Scan the archive; give what is told, and the processor seconds it took."""
    border = {"type": "Feature", "properties": {}, "geometry": mapping(COUNTRY)}
    began = time.process_time()
    found = [scan_files([file], border=border, kept=kept) for file in files]
    took_s = time.process_time() - began
    return [scan.keep() for one in found for scan in one], took_s


def main() -> int:
    """Print one line; 0 if the answers agree."""
    files = draw_days()
    with tempfile.TemporaryDirectory() as folder:
        scan_days(files[:1], Kept(None))  # imports, and what is read once
        anew, anew_s = scan_days(files, Kept(None))
        first, first_s = scan_days(files, Kept(Path(folder)))
        again, again_s = scan_days(files, Kept(Path(folder)))
    is_correct = anew == first == again
    print(
        json.dumps(
            {
                "goal": "P7",
                "snapshots": DAYS,
                "bytes": len(files[0].raw),
                "pieces": sum(len(scan["pieces"]) for scan in anew),
                "anew_per_s": round(DAYS / anew_s, 2),
                "first_per_s": round(DAYS / first_s, 2),
                "again_per_s": round(DAYS / again_s, 1),
                "first_ratio": round(anew_s / first_s, 2),
                "again_ratio": round(anew_s / again_s, 1),
                "goal_per_s": GOAL_PER_S,
                "goal_ratio": GOAL_RATIO,
                "correct": is_correct,
            }
        )
    )
    return 0 if is_correct else 1


if __name__ == "__main__":
    sys.exit(main())
