"""Rough situations: drawn as people and machines draw, not as a geometry library would like it.

Long thin polygons, edges shared exactly or nearly, coordinates rounded, rivers along fronts, many
units, forces at several places or drawn across a strip of the enemy's, near the poles and over the
antimeridian, from a street to a theatre of war. What must hold on every one of them: no crash, a
judgement in good time, a proof that holds, margins that obey their laws.

    python -m tests.property.rough 500           the first 500 situations
    python -m tests.property.rough 1 139         one, by its seed
"""

from __future__ import annotations

import json
import math
import random
import sys
import time
import traceback
from collections import Counter
from itertools import pairwise
from typing import Any

from pyproj import Proj
from shapely.geometry import Point, shape

import encircle
from encircle.map.door.joints import JOINT_DEG

PLACES = ((35.2, 51.2), (0.0, 0.0), (-68.5, -52.0), (24.0, 79.5), (179.95, -17.0), (15.0, -81.0))
SIZES_M = (150, 2_000, 12_000, 60_000, 400_000)
"""Half the width of the ground drawn, metres, from a street to a theatre of war."""
MOST_S = 5.0
"""Processor time a judgement may take, seconds."""
SEAM_M = 50.0
"""What is narrower is a crack between two drawings, which a vertex more may open, metres."""
ON_EDGE_DEG = 1e-10
"""A vertex this near to an edge lies on it but for rounding: a hundredth of a millimetre."""
AS_OF = "2025-03-14T12:00:00Z"
BASES = ("assessed", "assessed", "assessed", "territory", "contested", "unknown")

Geometry = dict[str, Any]


class Rough:
    """A map being drawn, in shares of its own size; made degrees at the end."""

    def __init__(self, seed: int) -> None:
        self.rng = random.Random(seed)  # noqa: S311
        self.size_m = self.rng.choice(SIZES_M)
        lon, lat = self.rng.choice(PLACES)
        self.plane = Proj(proj="aeqd", lon_0=lon, lat_0=lat, ellps="WGS84")
        finest = math.ceil(math.log10(111_000 / self.size_m)) + 1
        self.decimals = self.rng.choice([d for d in (2, 3, 4, 5, 6, 7, 12) if d > finest])
        self.features: list[dict[str, Any]] = []
        self.edges: list[list[tuple[float, float]]] = []

    def chance(self, share: float) -> bool:
        return self.rng.random() < share

    def spot(self, reach: float = 0.9) -> tuple[float, float]:
        return self.rng.uniform(-reach, reach), self.rng.uniform(-reach, reach)

    def jolt(self) -> float:
        """A move that is nothing, nearly nothing, or a sliver."""
        return self.rng.choice((0.0, 0.0, 1e-9, 1e-6, 1e-4, 3e-3)) * self.rng.choice((-1, 1))

    def degrees(self, points: list[tuple[float, float]]) -> list[list[float]]:
        xy = [self.plane(x * self.size_m, y * self.size_m, inverse=True) for x, y in points]
        return [[round((lon + 180) % 360 - 180, self.decimals), round(lat, self.decimals)]
                for lon, lat in xy]  # fmt: skip

    def add(self, kind: str, geometry: Geometry, **says: Any) -> None:
        feature = {"type": "Feature", "id": f"{kind}-{len(self.features)}", "geometry": geometry}
        self.features.append({**feature, "properties": {"kind": kind, **says}})

    # shapes

    def polygon(self, points: list[tuple[float, float]]) -> Geometry:
        ring = self.degrees(points)
        return {"type": "Polygon", "coordinates": [[*ring, ring[0]]]}

    def line(self, points: list[tuple[float, float]]) -> Geometry:
        return {"type": "LineString", "coordinates": self.degrees(points)}

    def point(self, place: tuple[float, float]) -> Geometry:
        return {"type": "Point", "coordinates": self.degrees([place])[0]}

    def outline(self) -> list[tuple[float, float]]:
        """A blot, a long strip, a sliver, or what shares an edge with something drawn before."""
        kind = self.rng.choice(("blot", "blot", "strip", "sliver", "beside", "beside"))
        if kind == "beside" and self.edges:
            a, b = self.rng.choice(self.edges)
            (ax, ay), (bx, by) = a, b
            away = self.rng.uniform(0.02, 0.5) * self.rng.choice((-1, 1))
            nx, ny = -(by - ay), bx - ax
            long = math.hypot(nx, ny) or 1.0
            dx, dy = nx / long * away, ny / long * away
            return [
                (ax + self.jolt(), ay + self.jolt()),
                (bx + self.jolt(), by + self.jolt()),
                (bx + dx, by + dy),
                (ax + dx, ay + dy),
            ]
        if kind in ("strip", "sliver"):
            (ax, ay), (bx, by) = self.spot(), self.spot()
            wide = self.rng.choice((1e-6, 1e-4, 2e-3)) if kind == "sliver" else 0.05
            nx, ny = -(by - ay), bx - ax
            long = math.hypot(nx, ny) or 1.0
            dx, dy = nx / long * wide, ny / long * wide
            return [(ax, ay), (bx, by), (bx + dx, by + dy), (ax + dx, ay + dy)]
        x, y = self.spot()
        count = self.rng.randint(3, 24)
        turns = sorted(self.rng.uniform(0, 2 * math.pi) for _ in range(count))
        reach = self.rng.choice((0.05, 0.3, 0.8))
        radii = [self.rng.uniform(0.3, 1.0) * reach for _ in turns]
        points = [
            (x + r * math.cos(t), y + r * math.sin(t)) for r, t in zip(radii, turns, strict=True)
        ]
        if self.chance(0.2):
            points.insert(1, (points[0][0] + self.jolt(), points[0][1] + self.jolt()))
        return points

    def area(self) -> Geometry:
        points = self.outline()
        self.edges += [[a, b] for a, b in pairwise(points)]
        return self.polygon(points)

    def course(self) -> list[tuple[float, float]]:
        """A line: wild, or along edges that are there."""
        if self.edges and self.chance(0.4):
            a, b = self.rng.choice(self.edges)
            return [(x + self.jolt(), y + self.jolt()) for x, y in (a, b)]
        return [self.spot(1.1) for _ in range(self.rng.randint(2, 6))]

    # features

    def ring(self) -> None:
        """A ring of hostile ground about the middle, often with a gap, in pieces or in one."""
        count, gap = self.rng.choice((4, 8, 40)), self.rng.choice((0, 1, 2))
        low, high = 0.35, self.rng.choice((0.36, 0.45, 0.7))
        for k in range(count - gap):
            a, b = (2 * math.pi * n / count + self.jolt() for n in (k, k + 1))
            corners = [(low, a), (low, b), (high, b), (high, a)]
            points = [(r * math.cos(t), r * math.sin(t)) for r, t in corners]
            self.edges += [[p, q] for p, q in pairwise(points)]
            self.add("control", self.polygon(points), holder="RED", basis="assessed")

    def control(self) -> None:
        basis = self.rng.choice(BASES)
        grey = basis in ("contested", "unknown")
        holder = None if grey else self.rng.choice(("BLUE", "BLUE", "RED", "RED", "neutral"))
        error = {"location_error_m": round(self.size_m * 0.02)} if self.chance(0.2) else {}
        self.add("control", self.area(), holder=holder, basis=basis, **error)

    def position(self, side: str, force: str) -> None:
        geometry = self.point(self.spot(0.3 if side == "BLUE" else 0.9))
        if self.chance(0.25):
            places = [self.spot(0.5) for _ in range(self.rng.randint(2, 5))]
            geometry = {"type": "MultiPoint", "coordinates": self.degrees(places)}
        elif self.chance(0.25):
            geometry = self.area()
        says: dict[str, Any] = {"side": side, "force": force}
        if self.chance(0.6):
            says["reach_m"] = self.rng.choice((0, 1, round(self.size_m * 0.05)))
        elif self.chance(0.5):
            says["echelon"] = self.rng.choice(("platoon", "battalion", "division"))
        if self.chance(0.2):
            says["basis"] = "reported"
        self.add("position", geometry, **says)

    def draw(self) -> dict[str, Any]:  # noqa: C901 - a loop for each kind
        rng = self.rng
        if self.chance(0.6):
            self.ring()
        for _ in range(rng.choice((0, 2, 5, 9))):
            self.control()
        for _ in range(rng.choice((1, 1, 2, 6))):
            self.position("BLUE", "us")
        for _ in range(rng.choice((0, 0, 2, 6))):
            self.position("RED", "them")
        for _ in range(rng.choice((0, 1, 3))):
            river = self.line(self.course()) if self.chance(0.7) else self.area()
            says = rng.choice(
                ({"type": "river"}, {"type": "cliff", "blocks": ["wheeled", "tracked"]})
            )
            self.add("barrier", river, **says)
        for _ in range(rng.choice((0, 1, 4))):
            state = rng.choice(("open", "open", "cut", "unknown"))
            self.add("route", self.line(self.course()), state=state)
        for _ in range(rng.choice((0, 0, 3))):
            kind = rng.choice(("bridge", "ferry", "ford", "tunnel", "checkpoint"))
            drawn = self.line(self.course()) if self.chance(0.5) else self.point(self.spot())
            self.add("crossing", drawn, type=kind)
        if self.chance(0.3):
            self.add("fire", self.area(), side="RED", grade=rng.choice(("F1", "F3", "F4")))
        for _ in range(rng.choice((1, 1, 3))):
            place = (rng.choice((-0.95, 0.95)), rng.uniform(-0.9, 0.9))
            self.add("anchor", self.point(place) if self.chance(0.5) else self.area(), side="BLUE")
        whole: dict[str, Any] = {
            "id": "rough", "as_of": AS_OF, "force": "us",
            "sides": [{"id": "BLUE"}, {"id": "RED"}],
        }  # fmt: skip
        if self.chance(0.4):
            half = rng.choice((1.0, 1.3))
            whole["area"] = self.polygon(
                [(-half, -half), (half, -half), (half, half), (-half, half)]
            )
        if self.chance(0.2):
            whole["uncovered"] = "open"
        return {"type": "FeatureCollection", "situation": whole, "features": self.features}


def rough_of(seed: int) -> dict[str, Any]:
    """Draw the rough situation of a seed."""
    return Rough(seed).draw()


def densify(document: dict[str, Any]) -> dict[str, Any]:
    """
    Put a vertex in the middle of every edge of control: it says nothing.

    But for one that lies beside another's edge: that edge is led through it (ADR 0019).
    """
    drawn = {f["id"]: shape(f["geometry"]).boundary if "Polygon" in f["geometry"]["type"]
             else shape(f["geometry"]) for f in document["features"]}  # fmt: skip
    if "area" in document["situation"]:
        drawn["area"] = shape(document["situation"]["area"]).boundary

    def says_something(name: str, at: tuple[float, float]) -> bool:
        gaps = (edge.distance(Point(at)) for other, edge in drawn.items() if other != name)
        return any(ON_EDGE_DEG < gap <= 1.01 * JOINT_DEG for gap in gaps)

    def halve(name: str, ring: list[list[float]]) -> list[list[float]]:
        new = [ring[0]]
        for a, b in pairwise(ring):
            round_again = 360 * round((b[0] - a[0]) / 360)  # over the antimeridian
            middle = (a[0] + b[0] - round_again) / 2
            at = ((middle + 180) % 360 - 180, (a[1] + b[1]) / 2)
            new += [b] if says_something(name, at) else [[*at], b]
        return new

    def halve_all(feature: dict[str, Any]) -> dict[str, Any]:
        rings = [halve(feature["id"], ring) for ring in feature["geometry"]["coordinates"]]
        return {**feature, "geometry": {**feature["geometry"], "coordinates": rings}}

    features = [
        halve_all(f) if f["properties"]["kind"] == "control" else f for f in document["features"]
    ]
    return {**document, "features": features}


def turn_round(document: dict[str, Any]) -> dict[str, Any]:
    """Name the places of every position in the other order."""
    features = [
        {**f, "geometry": {**f["geometry"], "coordinates": f["geometry"]["coordinates"][::-1]}}
        if f["geometry"]["type"] == "MultiPoint" else f
        for f in document["features"]
    ]  # fmt: skip
    return {**document, "features": features}


# -- what must hold ----------------------------------------------------------------------------


def list_margin_faults(judgement: dict[str, Any]) -> list[str]:
    """Find what is wrong with the margins by themselves."""
    margins, code, faults = judgement["margins"], judgement["status"]["code"], []
    if not margins:
        return []
    for name in ("neck_width_m", "closing_distance_m"):
        low, high = margins[name]["pessimistic"], margins[name]["optimistic"]
        if any(value is not None and value < 0 for value in (low, high)):
            faults.append(f"{name} below zero: {low}, {high}")
        shut = {"C3": ("pessimistic",), "E1": encircled, "E2": encircled}.get(code, ())
        faults += [f"{name} is not 0 on a closed reading" for r in shut if margins[name][r] != 0]
        if code.startswith("C") and margins[name]["optimistic"] == 0:
            faults.append(f"{name} is 0 on an open reading")
    necks = margins["neck_width_m"]
    if None not in (necks["optimistic"], necks["pessimistic"]):
        slack = 1 + 0.002 * necks["optimistic"]
        if necks["pessimistic"] > necks["optimistic"] + slack:
            faults.append(f"the neck is wider on the pessimistic reading: {necks}")
    if margins["opening_distance_m"] and code not in ("E1", "E2", "C3"):
        faults.append("an open ring has an opening distance")
    return faults


encircled = ("optimistic", "pessimistic")


def is_near(one: float | None, other: float | None, share: float, slack_m: float) -> bool:
    if one is None or other is None:
        return one is other
    return abs(one - other) <= share * max(one, other) + slack_m


def list_changes(document: dict[str, Any], before: dict[str, Any]) -> list[str]:
    """Judge what says the same in other words: midpoints, another order."""
    faults = []
    exact = {f["geometry"]["type"] for f in document["features"]}
    others = [("midpoints", densify(document))]
    if "MultiPoint" in exact:
        others.append(("another order", turn_round(document)))
    for what, other in others:
        try:
            after = encircle.judge(encircle.read(other), QUICK).to_dict()
        except encircle.SituationError:
            continue  # the middle of a sliver's side may lie on its other side
        if after["status"]["code"] != before["status"]["code"]:
            faults.append(f"{what} change {before['status']['code']} to {after['status']['code']}")
            continue
        if not before["margins"]:
            continue
        for name in ("neck_width_m", "closing_distance_m"):
            for r in encircled:
                values = before["margins"][name][r], after["margins"][name][r]
                seam = any(v is not None and v < SEAM_M for v in values)
                if not seam and not is_near(*values, 0.05, SEAM_M / 3):
                    faults.append(f"{what} change {name} on {r} from {values[0]} to {values[1]}")
    return faults


QUICK = encircle.Options(most_worlds=0)


def try_out(seed: int, *, twice: bool = True) -> tuple[str, list[str]]:
    """
    Judge a rough situation and hold it to the laws.

    Returns
    -------
    code, faults
        The status, or "refused" where the door does not take the drawing; what is wrong.
    """
    document = rough_of(seed)
    try:
        situation = encircle.read(document)
    except encircle.SituationError:
        return "refused", []
    began = time.process_time()
    judgement = encircle.judge(situation)
    took_s = time.process_time() - began
    told = judgement.to_dict()
    faults = [f"took {took_s:.1f} s"] if took_s > MOST_S else []
    checked = encircle.verify(told, situation)
    faults += [f"verify: {c.name}: {c.statement}" for c in checked.failures]
    faults += list_margin_faults(told)
    if twice:
        faults += list_changes(document, told)
    return told["status"]["code"], faults


def say(text: str) -> None:
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


def main(count: int, first: int | None = None) -> int:
    """Try situations out and print what does not hold."""
    seeds = (
        range(count) if first is None else [first] if count == 1 else range(first, first + count)
    )
    seen: Counter[str] = Counter()
    wrong = 0
    for seed in seeds:
        try:
            code, faults = try_out(seed)
        except Exception:  # noqa: BLE001 - whatever it is, it is a fault
            code, faults = "crash", traceback.format_exc().strip().splitlines()[-7:]
        seen[code] += 1
        if faults:
            wrong += 1
            say(f"seed {seed} ({code}): {json.dumps(faults)[:900]}")
    say(f"{sum(seen.values())} situations, {wrong} wrong; {dict(seen)}")
    return int(bool(wrong))


if __name__ == "__main__":
    sys.exit(main(*(int(a) for a in sys.argv[1:3])))
