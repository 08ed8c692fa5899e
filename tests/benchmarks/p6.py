"""P6: a million road segments cut by control polygons, 1.2 million a second, five times the tree.

Given are the ends of the segments and the polygons; asked is every piece, whose ground it lies on,
and where it begins and ends. Ours builds all it needs within its time. The peers are given lines
and polygons ready made: a tree over the polygons, then `covers`, then `intersection` for what
crosses; GeoPandas' overlay; and every line against every polygon, both on fewer segments. The
polygons are DeepState's of 14 March 2025 where they lie beside the project, else drawn at random
with as many corners. Correct: for every segment tried the metres on each polygon are those that
plain difference and intersection give.
"""

from __future__ import annotations

import json
import math
import time
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import shapely
from shapely import STRtree

from encircle.roads.overlay import cut_segments
from tests.benchmarks.networks import fit_exponent, take_turns

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

GOAL_RATE, GOAL_RATIO = 1.2e6, 5.0
SIZES = [10_000, 100_000, 1_000_000]
LENGTH_M = 1_000.0
LARGEST = 60
"""Polygons used: the largest of the map, as in the reference measurement."""
THEATRE = shapely.box(22, 44, 41, 53)
"""Where the polygons used lie, degrees; the map also shows Petsamo and the Kurils."""
SAMPLE = Path("../shared/data/deepstate/samples/2025-03-14_1741941622.geojson")
FEW = 3_000
"""Segments the slowest peers are given, and every answer is held against."""


def read_polygons() -> tuple[str, NDArray[np.object_]]:
    """Give the largest polygons of a real map in metres; without it, as many drawn at random."""
    if not SAMPLE.exists():
        return "drawn at random", draw_polygons()
    shapes = [
        shapely.make_valid(shapely.force_2d(shapely.geometry.shape(feature["geometry"])))
        for feature in json.loads(SAMPLE.read_bytes())["features"]
        if "Polygon" in feature["geometry"]["type"]
    ]
    shapes = [s for s in shapes if s.within(THEATRE)]
    shapes.sort(key=lambda s: -shapely.get_num_coordinates(s))
    metres = np.array([111_320 * math.cos(math.radians(48.5)), 111_195])
    kept = [shapely.transform(s, lambda xy: (xy - [35, 48.5]) * metres) for s in shapes[:LARGEST]]
    return SAMPLE.stem, np.array(kept, object)


def draw_polygons(corners: int = 12_000) -> NDArray[np.object_]:
    """Draw ragged polygons that do not overlap, on a grid over a thousand kilometres."""
    rng = np.random.default_rng(8)
    side, each = 8, corners // LARGEST
    turns = np.linspace(0, 2 * np.pi, each, endpoint=False)
    shapes = []
    for i in range(LARGEST):
        waves = sum(rng.normal() * np.sin(k * turns + rng.uniform(0, 7)) / k for k in range(1, 20))
        radius = 58e3 * (0.6 + 0.4 * np.tanh(waves))
        middle = 125e3 * (np.array(divmod(i, side)) + 0.5)
        ring = middle + radius[:, None] * np.column_stack([np.cos(turns), np.sin(turns)])
        shapes.append(shapely.Polygon(ring))
    return np.array(shapes, object)


def draw_segments(polygons: NDArray[np.object_], count: int) -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(count)
    west, south, east, north = shapely.total_bounds(polygons)
    middle = rng.uniform([west, south], [east, north], (count, 2))
    turn = rng.uniform(0, 2 * np.pi, count)
    half = LENGTH_M / 2 * np.column_stack([np.cos(turn), np.sin(turn)])
    return middle - half, middle + half


def draw_lines(start: np.ndarray, end: np.ndarray) -> NDArray[np.object_]:
    return np.array(shapely.linestrings(np.stack([start, end], axis=1)), object)


def cut_with_ours(start: np.ndarray, end: np.ndarray, polygons: np.ndarray) -> np.ndarray:
    """Cut, and write down every piece's ends."""
    pieces = cut_segments(start, end, polygons)
    ahead = end[pieces.segment] - start[pieces.segment]
    shares = np.stack([pieces.begin, pieces.end], axis=1)
    return start[pieces.segment][:, None] + shares[:, :, None] * ahead[:, None]


def cut_with_tree(lines: np.ndarray, polygons: np.ndarray) -> None:
    line, polygon = STRtree(polygons).query(lines, "intersects")
    shapely.prepare(polygons)
    crossing = ~shapely.covers(polygons[polygon], lines[line])
    shapely.intersection(lines[line[crossing]], polygons[polygon[crossing]])


def cut_plainly(lines: np.ndarray, polygons: np.ndarray) -> np.ndarray:
    """Take each polygon's part from every line; metres by line and polygon, none the last."""
    metres = np.zeros((len(lines), len(polygons) + 1))
    for number, polygon in enumerate(polygons):
        metres[:, number] = shapely.length(shapely.intersection(lines, polygon))
        lines = shapely.difference(lines, polygon)
    metres[:, -1] = shapely.length(lines)
    return metres


def measure_error_m(start: np.ndarray, end: np.ndarray, polygons: np.ndarray) -> float:
    pieces = cut_segments(start, end, polygons)
    metres = np.zeros((len(start), len(polygons) + 1))
    length_m = np.hypot(*(end - start).T)[pieces.segment]
    np.add.at(metres, (pieces.segment, pieces.polygon), (pieces.end - pieces.begin) * length_m)
    return float(np.abs(metres - cut_plainly(draw_lines(start, end), polygons)).max())


def measure_slow(polygons: np.ndarray) -> tuple[dict[str, int], list[str]]:
    """Measure the peers that cannot be given a million; segments a second of processor time."""
    start, end = draw_segments(polygons, FEW)
    lines = draw_lines(start, end)
    slow: dict[str, Callable[[], object]] = {"plain": lambda: cut_plainly(lines, polygons)}
    missing = []
    try:
        gpd = import_module("geopandas")
    except ModuleNotFoundError:
        missing.append("geopandas")
    else:
        slow["geopandas overlay"] = lambda: [
            gpd.overlay(
                gpd.GeoDataFrame(geometry=lines), gpd.GeoDataFrame(geometry=polygons), how=how,
                keep_geom_type=True,
            )
            for how in ("intersection", "difference")
        ]  # fmt: skip
    rates = {}
    for name, ask in slow.items():
        began = time.process_time()
        ask()
        rates[name] = round(FEW / (time.process_time() - began))
    return rates, missing


def measure(size: int, polygons: np.ndarray) -> dict[str, Any]:
    start, end = draw_segments(polygons, size)
    lines = draw_lines(start, end)
    seconds = take_turns(
        {"ours": lambda: cut_with_ours(start, end, polygons),
         "tree": lambda: cut_with_tree(lines, polygons)},
        3 if size > 100_000 else 7,
    )  # fmt: skip
    return {
        "segments": size,
        "ours": round(size / seconds["ours"]),
        "tree_on_polygons": round(size / seconds["tree"]),
        "ratio": round(seconds["tree"] / seconds["ours"], 1),
        "seconds": round(seconds["ours"], 3),
    }


def main() -> int:
    named, polygons = read_polygons()
    worst_m = max(
        measure_error_m(*draw_segments(ground, FEW), ground)
        for ground in (polygons, draw_polygons())
    )
    slow, missing = measure_slow(polygons)
    rows = [measure(size, polygons) for size in SIZES]
    correct = worst_m <= 1e-6
    last = rows[-1]
    line = {
        "goal": "P6",
        "ours": last["ours"],
        "peer": last["tree_on_polygons"],
        "ratio": last["ratio"],
        "correct": correct,
        "reached": correct and last["ours"] >= GOAL_RATE and last["ratio"] >= GOAL_RATIO,
        "worst_error_m": worst_m,
        "polygons": named,
        "corners": int(shapely.get_num_coordinates(polygons).sum()),
        "slow_peers": slow,
        "missing": missing,
        "exponent": fit_exponent(SIZES, [row["seconds"] for row in rows]),
        "cases": rows,
    }
    print(json.dumps(line))
    return 0 if correct else 1
