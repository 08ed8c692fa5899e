"""P8: the neck in 5 ms at a thousand vertices, at worst 10, ten times as fast as erosion.

Ours and the peer take turns in one process. The peer bisects on erosion: shrink the passable ground
by half a width, and see whether one piece still joins both ends. Goal times are medians over all
shapes of about a thousand vertices. Times are processor time, as a busy machine would otherwise
be measured instead.
"""

from __future__ import annotations

import json
import math
import time
from pathlib import Path
from statistics import median
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import shapely
from shapely import LineString, Point, Polygon, box
from shapely.affinity import rotate

from encircle.verdict.margins.margins import Neck, measure_neck

if TYPE_CHECKING:
    from shapely.geometry.base import BaseGeometry

GOAL_MS, GOAL_WORST_MS, GOAL_RATIO = 5.0, 10.0, 10.0
GOAL_ERROR_M, GOAL_EXPONENT = 5.0, 1.2
REPEATS = 7
SAMPLE = Path("../shared/data/deepstate/samples/2025-03-07_1741387566.geojson")


class Shape(NamedTuple):
    """A map with one force and one goal; `exact_m` where the neck is known."""

    name: str
    start: BaseGeometry
    goal: BaseGeometry
    walls: BaseGeometry
    area: Polygon
    exact_m: float | None = None


def list_shapes() -> list[Shape]:
    shapes = [*list_dumbbells(), *(build_salient(1000, seed) for seed in range(8))]
    return [*shapes, build_kursk()] if SAMPLE.exists() else shapes


def list_dumbbells() -> list[Shape]:
    """Two open rooms joined by a passage of known width, with a thousand vertices."""
    area = box(-25e3, -25e3, 25e3, 25e3)
    rooms = box(-9e3, -4e3, -3e3, 4e3) | box(3e3, -4e3, 9e3, 4e3)
    straight = area - (rooms | box(-3001, -250, 3001, 250))
    slanted = area - (rooms | Polygon([(-3001, -1500), (3001, 200), (3001, 1200), (-3001, -500)]))
    tooth = straight | Polygon([(0, 251), (900, 251), (310, -130)])
    island = straight | rotate(box(-150, -60, 150, 60), 20)
    widths = {
        "dumbbell": (straight, 500.0),
        "slanted dumbbell": (slanted, 1000 * math.cos(math.atan2(1700, 6002))),
        "tooth against a wall": (tooth, 120.0),
    }
    shapes = []
    for turn, (name, (walls, width_m)) in enumerate(widths.items()):
        shapes.append(_turn(name, walls, area, 17.0 * turn, width_m))
    return [*shapes, _turn("island in a passage", island, area, 31.0, None)]


def _turn(
    name: str, walls: BaseGeometry, area: Polygon, angle: float, exact: float | None
) -> Shape:
    walls = walls.segmentize(walls.length / 1000)
    parts = Point(-6e3, 0), Point(6e3, 0), walls, area
    return Shape(name, *(rotate(part, angle, origin=(0, 0)) for part in parts), exact)


def build_salient(vertices: int, seed: int) -> Shape:
    """A pocket, a neck and the rear, between two rough banks of hostile ground."""
    rng = np.random.default_rng(seed)
    reach = 60e3
    x = np.linspace(-reach, reach, vertices // 2)

    def bank() -> np.ndarray:
        waves = [
            rng.normal() * np.sin(math.pi * k * x / reach + rng.uniform(0, 2 * math.pi)) / k**0.9
            for k in range(1, 40)
        ]
        return 1200 * np.sum(waves, axis=0) + rng.normal(0, 40 * min(1, 1000 / vertices), len(x))

    half = 1500 + 6000 * (1 - np.exp(-((x / 15e3) ** 2)))
    low = -half + bank()
    high = np.maximum(half + bank(), low + 150)
    north = Polygon([*zip(x, high, strict=True), (reach, reach), (-reach, reach)]).buffer(0)
    south = Polygon([*zip(x, low, strict=True), (reach, -reach), (-reach, -reach)]).buffer(0)
    west = box(-reach - 2e3, -reach, -reach, reach)
    at = int(np.argmin(np.abs(x + 0.8 * reach)))
    start = Point(x[at], (low[at] + high[at]) / 2)
    area = box(-reach - 2e3, -reach, reach + 2e3, reach)
    goal = Point(reach + 1.5e3, 0)
    return Shape(f"salient {seed}", start, goal, shapely.union_all([north, south, west]), area)


def build_kursk() -> Shape:
    """The Kursk salient of 7 March 2025; all below its southern edge stands in for the rear."""
    held = [
        shapely.force_2d(shapely.from_geojson(json.dumps(feature["geometry"])))
        for feature in json.loads(SAMPLE.read_text())["features"]
        if feature["properties"].get("fill") == "#01579b"
    ]
    degrees = max((g for g in held if 34.5 < g.centroid.x < 36), key=lambda g: g.area)
    centre = degrees.centroid
    metres = np.array([111_320 * math.cos(math.radians(centre.y)), 111_195])
    salient = shapely.transform(degrees, lambda xy: (xy - [centre.x, centre.y]) * metres).buffer(0)
    low_x, low_y, high_x, high_y = salient.bounds
    area = box(low_x - 15e3, low_y - 15e3, high_x + 15e3, high_y + 15e3)
    lowest = [
        (x, salient.intersection(LineString([(x, low_y - 1), (x, high_y + 1)])).bounds[1])
        for x in np.linspace(low_x + 1, high_x - 1, 200)
    ]
    edge = [(low_x - 15e3, lowest[0][1]), *lowest, (high_x + 15e3, lowest[-1][1])]
    rear = Polygon([*edge, (high_x + 15e3, low_y - 15e3), (low_x - 15e3, low_y - 15e3)]).buffer(0)
    walls = area - shapely.union_all([salient, rear])
    start = shapely.maximum_inscribed_circle(max(shapely.get_parts(salient), key=lambda g: g.area))
    goal = Point(0, low_y - 14e3)
    return Shape("Kursk 2025-03-07", Point(start.coords[0]), goal, walls, area)


def erode(shape: Shape, tolerance_m: float, quad_segs: int = 16) -> float:
    """Bisect for the widest disc that still gets through."""
    low_m, high_m = 0.0, 40e3
    while high_m - low_m > tolerance_m:
        middle_m = (low_m + high_m) / 2
        left = shape.area - shape.walls.buffer(middle_m / 2, quad_segs=quad_segs)
        through = any(
            part.intersects(shape.start) and part.intersects(shape.goal)
            for part in shapely.get_parts(left)
        )
        low_m, high_m = (middle_m, high_m) if through else (low_m, middle_m)
    return (low_m + high_m) / 2


def has_witness(shape: Shape, neck: Neck) -> bool:
    """Say whether chord and way bear the width out, by shapely alone."""
    if neck.chord is None:
        return False
    p, q = neck.chord
    stretch = 1 if neck.pinched_by == "walls" else 2
    chord_holds = abs(stretch * math.dist(p, q) - neck.width_m) <= neck.error_m + 0.01
    on_walls = shape.walls.distance(Point(p)) < 0.01
    clear_m = 2 * neck.way.distance(shape.walls)
    way_holds = shape.area.buffer(0.01).covers(neck.way) and clear_m >= neck.width_m - 1.0
    return chord_holds and on_walls and way_holds


def measure(shape: Shape) -> dict[str, object]:
    """Time ours and the peer in turns, and compare their widths."""
    ours_ms, peer_ms = [], []
    neck = measure_neck(shape.start, [shape.goal], shape.walls, None, shape.area)
    for _ in range(REPEATS):
        began = time.process_time()
        neck = measure_neck(shape.start, [shape.goal], shape.walls, None, shape.area)
        between = time.process_time()
        peer_m = erode(shape, 1.0)
        peer_ms.append((time.process_time() - between) * 1e3)
        ours_ms.append((between - began) * 1e3)
    error_m = abs(neck.width_m - erode(shape, 0.1, quad_segs=64))
    correct = error_m <= GOAL_ERROR_M and has_witness(shape, neck)
    if shape.exact_m is not None:
        correct &= abs(neck.width_m - shape.exact_m) <= max(1.0, 1e-3 * shape.exact_m)
    return {
        "name": shape.name,
        "vertices": int(shapely.get_num_coordinates(shape.walls)),
        "width_m": round(neck.width_m, 2),
        "error_m": round(error_m, 2),
        "peer_error_m": round(abs(neck.width_m - peer_m), 2),
        "ours_ms": round(median(ours_ms), 2),
        "peer_ms": round(median(peer_ms), 2),
        "correct": correct,
    }


def measure_exponent() -> tuple[float, float]:
    """Fit how cost grows from a thousand to a hundred thousand vertices; and the last, in ms."""
    sizes, costs = [1_000, 10_000, 100_000], []
    for size in sizes:
        shape = build_salient(size, 3)
        took = []
        for _ in range(3):
            began = time.process_time()
            measure_neck(shape.start, [shape.goal], shape.walls, None, shape.area)
            took.append(time.process_time() - began)
        costs.append(median(took))
    return float(np.polyfit(np.log(sizes), np.log(costs), 1)[0]), costs[-1] * 1e3


def main() -> int:
    rows = [measure(shape) for shape in list_shapes()]
    exponent, last_ms = measure_exponent()
    ours, peer = (median(row[key] for row in rows) for key in ("ours_ms", "peer_ms"))
    correct = all(row["correct"] for row in rows)
    worst_ms = max(row["ours_ms"] for row in rows)
    fast = ours <= GOAL_MS and worst_ms <= GOAL_WORST_MS and peer >= GOAL_RATIO * ours
    line = {
        "goal": "P8",
        "ours": round(ours, 2),
        "peer": round(peer, 2),
        "ratio": round(peer / ours, 2),
        "correct": correct,
        "reached": correct and fast and exponent <= GOAL_EXPONENT,
        "worst_ms": worst_ms,
        "worst_error_m": max(row["error_m"] for row in rows),
        "exponent": round(exponent, 2),
        "ms_at_1e5": round(last_ms, 1),
        "shapes": rows,
    }
    print(json.dumps(line))
    return 0 if correct else 1
