"""Random situations: small, rich, and drawn so that no two edges nearly coincide."""

from __future__ import annotations

import itertools
import math
import os
import random
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from pyproj import Proj
from shapely.geometry import Polygon

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

SETTINGS = settings(
    deadline=None,
    max_examples=int(os.environ.get("ENCIRCLE_EXAMPLES", "5")),
    derandomize=True,
    database=None,
    suppress_health_check=list(HealthCheck),
)
"""How every law is tried; `ENCIRCLE_EXAMPLES` raises the number of maps."""

HALF_M = 6000
"""Half the width of the ground drawn, metres."""
PITCH_M = 300
"""Least distance between two parallel edges, metres: three cells of the oracle's grid."""
HOME = (35.2, 50.4)
AS_OF = "2025-03-14T12:00:00Z"
FRESH, STALE, LATE = "2025-03-10T06:00:00Z", "2025-01-02", "2025-03-20T00:00:00Z"
FRIENDS, FOES = ("BLUE", "GREEN"), ("RED", "BLACK")
FIRES = ("F1", "F2", "F3", "F4")
GREY = ("contested", "unknown", "advance", "infiltration")

Plan = dict[str, Any]
"""A situation whose coordinates are still metres on a plane."""


def box(west: float, south: float, east: float, north: float) -> dict[str, Any]:
    ring = [[west, south], [east, south], [east, north], [west, north], [west, south]]
    return {"type": "Polygon", "coordinates": [ring]}


def point(x: float, y: float) -> dict[str, Any]:
    return {"type": "Point", "coordinates": [x, y]}


def line(*points: Iterable[float]) -> dict[str, Any]:
    return {"type": "LineString", "coordinates": [list(p) for p in points]}


@dataclass
class Sketch:
    """A map being drawn: takes each grid line once, so that edges never nearly coincide."""

    rng: random.Random
    features: list[dict[str, Any]] = field(default_factory=list)
    taken: dict[str, set[int]] = field(default_factory=lambda: {"x": set(), "y": set()})
    gates: list[tuple[float, float]] = field(default_factory=list)

    def chance(self, share: float) -> bool:
        return self.rng.random() < share

    def line_at(self, axis: str, low: float, high: float) -> int:
        """Take a grid line of an axis between two values."""
        free = [v for v in range(-HALF_M, HALF_M + 1, PITCH_M) if low <= v <= high]
        fresh = [v for v in free if v not in self.taken[axis]] or free or [int(low)]
        value = self.rng.choice(fresh)
        self.taken[axis].add(value)
        return value

    def spot(self, reach: float = HALF_M) -> tuple[int, int]:
        """Pick a place a quarter of the way between grid lines; so no disc is tangent to one."""
        steps = int(reach // PITCH_M)
        x, y = (self.rng.randrange(-steps, steps) * PITCH_M + PITCH_M // 4 for _ in "xy")
        return x, y

    def add(self, geometry: dict[str, Any] | None, kind: str, **properties: Any) -> str:
        name = f"{kind}-{len(self.features)}"
        held = {key: value for key, value in properties.items() if value is not ...}
        feature = {"type": "Feature", "id": name, "geometry": geometry}
        self.features.append({**feature, "properties": {"kind": kind, **held}})
        return name

    def any_box(self, least: int = 900, most: int = 6000) -> dict[str, Any]:
        west = self.line_at("x", -HALF_M, HALF_M - least)
        south = self.line_at("y", -HALF_M, HALF_M - least)
        east = self.line_at("x", west + least, min(HALF_M, west + most))
        north = self.line_at("y", south + least, min(HALF_M, south + most))
        return box(west, south, east, north)

    def any_polygon(self) -> dict[str, Any]:
        """Draw a box, or a star-shaped polygon on grid lines."""
        if self.chance(0.6):
            return self.any_box()
        x, y = self.spot(HALF_M * 0.7)
        corners = []
        for turn in sorted(self.rng.sample(range(12), self.rng.randint(3, 6))):
            radius = self.rng.choice((1800, 2700, 3600))
            dx, dy = (radius * f(turn * math.pi / 6 + 0.1) for f in (math.cos, math.sin))
            corners.append([round(x + dx), round(y + dy)])
        shape = Polygon(corners)
        if not shape.is_valid or shape.buffer(-300).is_empty:
            return self.any_box()
        return {"type": "Polygon", "coordinates": [[*corners, corners[0]]]}

    # what is drawn

    def control(self, geometry: dict[str, Any]) -> None:
        rng = self.rng
        basis = rng.choices(
            ("assessed", "territory", rng.choice(GREY), "claimed"), (50, 25, 20, 5)
        )[0]
        holder = rng.choices(
            ("BLUE", "GREEN", "RED", "BLACK", "neutral", None), (30, 8, 40, 8, 10, 4)
        )[0]
        extra: dict[str, Any] = {}
        if basis == "claimed":
            holder, extra = "RED", {"claimed_by": "RED"}
        if self.chance(0.15):
            extra["location_error_m"] = rng.choice((150, 450))
        self.add(geometry, "control", holder=holder, basis=basis, **extra)

    def position(self, side: str, place: tuple[float, float], **properties: Any) -> None:
        rng = self.rng
        if self.chance(0.7):
            size = {"reach_m": rng.choice((450, 750, 1050, 1650))}
        else:
            size = {"echelon": rng.choice(("battalion", "battalion", "regiment"))}
        if self.chance(0.1):
            size["location_error_m"] = 150
        given = {"basis": "reported"} if self.chance(0.15) else {}
        given["present"] = rng.choices(("yes", "unknown", "withdrawn"), (84, 8, 8))[0]
        self.add(point(*place), "position", **{"side": side, **size, **given, **properties})

    def anchor(self, geometry: dict[str, Any], **properties: Any) -> None:
        side = self.rng.choices(("BLUE", "GREEN", "RED"), (85, 10, 5))[0]
        self.add(geometry, "anchor", **{"side": side, **properties})

    def barrier(self, points: list[tuple[float, float]]) -> None:
        """Draw a river as a line, and often something across it."""
        rng = self.rng
        kind = rng.choice(("river", "cliff", "minefield", "border", "coast"))
        blocks = rng.choices((..., ["tracked", "wheeled"], ["foot", "tracked"]), (75, 15, 10))[0]
        self.add(line(*points), "barrier", type=kind, blocks=blocks)
        for _ in range(rng.choices((0, 1, 2), (25, 55, 20))[0]):
            leg = rng.randrange(len(points) - 1)
            (x0, y0), (x1, y1) = points[leg : leg + 2]
            share = rng.choice((0.15, 0.35, 0.55, 0.85))
            x, y = x0 + share * (x1 - x0), y0 + share * (y1 - y0)
            length = math.hypot(x1 - x0, y1 - y0) or 1.0
            across = (-(y1 - y0) / length * 160, (x1 - x0) / length * 160)
            self.crossing((x, y), (x - across[0], y - across[1]), (x + across[0], y + across[1]))

    def strip(self, *, upright: bool, water: bool) -> None:
        """Draw a wide river, or a strip of neutral ground, and often a way over it."""
        axis, other = ("x", "y") if upright else ("y", "x")
        low = self.line_at(axis, -HALF_M + 600, HALF_M - 1800)
        high = self.line_at(axis, low + 600, low + 1200)
        near = self.line_at(other, -HALF_M, -HALF_M + 1200)
        far = self.line_at(other, HALF_M - 2400, HALF_M)
        sheet = box(low, near, high, far) if upright else box(near, low, far, high)
        if water:
            self.add(sheet, "barrier", type=self.rng.choice(("river", "lake")))
        else:
            self.add(sheet, "control", holder="neutral", basis="assessed")
        for _ in range(self.rng.choice((0, 1, 1, 2))):
            along = self.rng.randrange(near // PITCH_M + 4, far // PITCH_M - 4) * PITCH_M + 150
            marks = [(low + 170, along), (low - 120, along), (high + 120, along)]
            self.crossing(*[m if upright else (m[1], m[0]) for m in marks])

    def crossing(
        self, middle: tuple[float, float], near: tuple[float, float], far: tuple[float, float]
    ) -> None:
        rng = self.rng
        kind = rng.choices(
            ("bridge", "pontoon", "ford", "ferry", "tunnel", "checkpoint"), (45, 10, 10, 15, 10, 10)
        )[0]
        drawn = point(*middle) if self.chance(0.5) and kind != "tunnel" else line(near, far)
        state = rng.choices((..., "cut", "unknown"), (75, 12, 13))[0]
        permission = rng.choices((..., "enemy", "third_party"), (88, 6, 6))[0]
        modes = rng.choices((..., ["foot"], ["wheeled", "tracked", "foot", "rail"]), (80, 8, 12))[0]
        fire = rng.choice((..., ..., "F1", "F3"))
        self.add(
            drawn, "crossing", type=kind, state=state, permission=permission, modes=modes, fire=fire
        )
        self.gates.append(middle)

    def route(self, start: tuple[float, float], end: tuple[float, float]) -> None:
        """Draw a road from one place to another, often over a crossing."""
        rng = self.rng
        few = (1,) if start == end else (0, 0, 1)
        via = [self.spot(HALF_M * 0.8) for _ in range(rng.choice(few))]
        if self.gates and self.chance(0.8):
            via.insert(0, rng.choice(self.gates))
        nudge = (start[0] + rng.choice((0, 20, 200)), start[1])
        modes = rng.choices((..., ["rail"], ["wheeled"], ["foot", "tracked"]), (70, 12, 10, 8))[0]
        state = rng.choices((..., "cut", "unknown"), (80, 8, 12))[0]
        fire = rng.choice((..., ..., "F0", "F2", "F3"))
        self.add(line(nudge, *via, end), "route", modes=modes, state=state, fire=fire)

    # the templates

    def scatter(self) -> None:
        """Draw polygons anywhere."""
        for _ in range(self.rng.randint(2, 7)):
            self.control(self.any_polygon())

    def tiles(self) -> None:
        """Draw a map without gaps: neighbours share their boundaries, vertex for vertex."""
        rng = self.rng
        cuts = {
            axis: [-HALF_M, *sorted(rng.sample(range(-14, 15, 2), rng.randint(2, 4))), HALF_M]
            for axis in "xy"
        }
        xs, ys = ([v if abs(v) == HALF_M else v * PITCH_M for v in cuts[axis]] for axis in "xy")
        for axis, values in (("x", xs), ("y", ys)):
            self.taken[axis].update(values)
        foes = rng.choice((0.35, 0.5, 0.65))
        for west, east in itertools.pairwise(xs):
            for south, north in itertools.pairwise(ys):
                holder = (
                    "RED"
                    if self.chance(foes)
                    else rng.choice(("BLUE", "BLUE", "BLUE", "GREEN", "neutral"))
                )
                basis = rng.choices(("assessed", "contested", "territory"), (85, 7, 8))[0]
                if self.chance(0.95):
                    self.add(box(west, south, east, north), "control", holder=holder, basis=basis)

    def ring(self) -> None:
        """Draw four sides round the middle, each of its own making."""
        for turn in range(4):
            inner, outer = self.rng.choice((1, 4, 5)) * 600, self.rng.choice((7, 8)) * 600
            axis, other = ("y", "x") if turn % 2 else ("x", "y")
            sign = 1 if turn < 2 else -1
            near, far = (
                self.line_at(axis, *sorted((sign * v - 450, sign * v + 450)))
                for v in (inner, outer)
            )
            ends = (self.line_at(other, -5400, -3600), self.line_at(other, 3600, 5400))
            self.side(axis, (near, far), ends)

    def side(self, axis: str, span: tuple[int, int], ends: tuple[int, int]) -> None:
        """Draw one side of a ring: ground, water, a line of men, or nothing."""
        rng = self.rng
        low, high = sorted(span)
        sheet = (
            box(low, ends[0], high, ends[1]) if axis == "x" else box(ends[0], low, ends[1], high)
        )
        made = rng.choices(
            ("hostile", "territory", "grey", "neutral", "line", "water", "men", "open"),
            (45, 8, 8, 6, 12, 6, 7, 8),
        )[0]
        if made in {"hostile", "territory", "grey", "neutral"}:
            basis = {"territory": "territory", "grey": rng.choice(GREY)}.get(made, "assessed")
            holder = "neutral" if made == "neutral" else rng.choice(FOES)
            error = rng.choices((..., 150), (80, 20))[0]
            self.add(sheet, "control", holder=holder, basis=basis, location_error_m=error)
        elif made == "line":
            pair = [(low, end) if axis == "x" else (end, low) for end in ends]
            self.barrier(pair)
        elif made == "water":
            self.add(sheet, "barrier", type="lake")
        elif made == "men":
            for share in (0.1, 0.3, 0.5, 0.7, 0.9):
                along, mid = ends[0] + share * (ends[1] - ends[0]), (low + high) / 2
                place = (mid, along) if axis == "x" else (along, mid)
                self.position("RED", place, reach_m=1350, present="yes", basis="geolocated")

    def force(self, template: Callable[[], None]) -> tuple[float, float]:
        rng = self.rng
        place = self.spot(1200 if template == self.ring else HALF_M * 0.7)
        for number in range(rng.choice((1, 1, 1, 2, 3))):
            here = place if number == 0 else self.spot(HALF_M * 0.7)
            present = rng.choices(("yes", "unknown", "withdrawn"), (92, 4, 4))[0]
            basis = rng.choices((..., "reported"), (92, 8))[0]
            self.position("BLUE", here, force="the-force", present=present, basis=basis)
        return place

    def rear(self, template: Callable[[], None]) -> tuple[float, float]:
        """Draw the anchors; give back a place in one of them."""
        rng = self.rng
        place = self.spot()
        if template == self.ring and self.chance(0.9):
            edge = rng.choice((-1, 1)) * (HALF_M - 375)
            place = (edge, place[1]) if self.chance(0.5) else (place[0], edge)
        for number in range(rng.choice((1, 1, 2))):
            x, y = place if number == 0 else self.spot()
            half = rng.choice((450, 750))
            wide = box(x - half, y - half, x + half, y + half)
            self.anchor(wide if self.chance(0.6) else point(x, y))
        return place

    def beyond_land(self, start: tuple[float, float], rear: tuple[float, float]) -> None:
        """Draw airstrips, ports and tunnels, by the force or anywhere."""
        rng = self.rng
        for access, kind in (("air", "airstrip"), ("sea", "port")):
            if not self.chance(0.2):
                continue
            place = self.spot(3000) if self.chance(0.5) else (start[0] - 200, start[1] + 200)
            state = rng.choice((..., "open", "unknown", "cut"))
            permission = rng.choices((..., "enemy"), (90, 10))[0]
            self.add(point(*place), "crossing", type=kind, state=state, permission=permission)
            if self.chance(0.85):
                far = point(*self.spot()) if access == "air" else self.any_box(1200, 3000)
                self.anchor(far, access=access, side="BLUE")
        if self.chance(0.15) and start != rear:
            ends = (start[0] + 100, start[1] - 100), (rear[0] + 100, rear[1] + 100)
            permission = rng.choice((..., "third_party", "enemy"))
            self.add(line(*ends), "crossing", type="tunnel", permission=permission)

    def waters(self) -> None:
        """Draw a river across the map, and a wide one or a neutral strip."""
        if self.chance(0.45):
            axis = self.rng.choice("xy")
            at = self.line_at(axis, -4500, 4500)
            bend = at + self.rng.choice((0, 900, -900))
            ends = [(at, -HALF_M - 2000), (at, 150), (bend, 450), (bend, HALF_M + 2000)]
            self.barrier(ends if axis == "x" else [(y, x) for x, y in ends])
        if self.chance(0.3):
            self.strip(upright=self.chance(0.5), water=self.chance(0.65))

    def fires_and_claims(self) -> None:
        rng = self.rng
        for _ in range(rng.choice((0, 0, 1, 2))):
            says = {"side": rng.choice(("RED", "BLUE")), "grade": rng.choice(FIRES)}
            self.add(self.any_box(), "fire", **says)
        if self.chance(0.2):
            asserts = {"force": "the-force", "definition": "land_cut", "value": True}
            self.add(None, "claim", claimant_side="RED", statement="Cut off.", asserts=asserts)

    def age(self) -> None:
        """Date some of the evidence: fresh, stale, or later than the map."""
        for feature in self.features:
            properties = feature["properties"]
            if self.chance(0.12):
                properties["observed_at"] = self.rng.choices((FRESH, STALE, LATE), (50, 30, 20))[0]
            elif self.chance(0.02):
                properties["valid_to"] = "2025-02-01"


def random_plan(rng: random.Random, *, with_routes: bool = True) -> Plan:
    """Draw a random situation on a plane of metres."""
    sketch = Sketch(rng)
    template = rng.choice((sketch.scatter, sketch.tiles, sketch.ring, sketch.ring))
    if sketch.chance(0.4):
        wide = HALF_M + rng.choice((150, 2000))
        sketch.add(box(-wide, -wide, wide, wide), "control", holder="BLUE", basis="territory")
    template()
    for _ in range(rng.choice((0, 1, 2))):
        sketch.control(sketch.any_polygon())
    start, rear = sketch.force(template), sketch.rear(template)
    for _ in range(rng.choice((0, 0, 1, 2, 4))):
        sketch.position(rng.choice((*FOES, *FOES, *FRIENDS)), sketch.spot())
    sketch.waters()
    sketch.beyond_land(start, rear)
    if with_routes:
        for _ in range(rng.choice((0, 1, 1, 2, 3))):
            sketch.route(start, rear if sketch.chance(0.8) else sketch.spot())
    sketch.fires_and_claims()
    sketch.age()
    whole = random_whole(sketch)
    return {"type": "FeatureCollection", "situation": whole, "features": sketch.features}


def random_whole(sketch: Sketch) -> dict[str, Any]:
    """Draw what belongs to the whole: the sides, and often the area and what is bare ground."""
    allied = [{"id": "BLUE", "allies": ["GREEN"]}, {"id": "GREEN"}]
    sides = [*allied, {"id": "RED"}, {"id": "BLACK"}]
    whole: dict[str, Any] = {"as_of": AS_OF, "sides": sides, "force": "the-force"}
    if sketch.chance(0.6):
        margin = sketch.rng.choice((-450, 750, 1350))
        whole["area"] = box(*(-HALF_M - margin,) * 2, *(HALF_M + margin,) * 2)
    if sketch.chance(0.6):
        whole["uncovered"] = sketch.rng.choice(("unknown", "open", "open", "open"))
    return whole


def map_coordinates(value: Any, move: Callable[[list[float]], list[float]]) -> Any:
    """Apply a function to every position of nested coordinates."""
    if isinstance(value[0], (int, float)):
        return move(value)
    return [map_coordinates(item, move) for item in value]


def move_geometry(geometry: dict[str, Any] | None, move: Callable[[list[float]], list[float]]):
    if geometry is None:
        return None
    return {**geometry, "coordinates": map_coordinates(geometry["coordinates"], move)}


def move_document(document: Plan, move: Callable[[list[float]], list[float]]) -> Plan:
    """Apply a function to every position of a document, the area's too."""
    whole = dict(document["situation"])
    if "area" in whole:
        whole["area"] = move_geometry(whole["area"], move)
    features = [{**f, "geometry": move_geometry(f["geometry"], move)} for f in document["features"]]
    return {**document, "situation": whole, "features": features}


def draw_plan(plan: Plan, home: tuple[float, float] = HOME, turn_deg: float = 0.0) -> Plan:
    """Lay a plan on the globe at a place, turned by an angle."""
    plane = Proj(proj="aeqd", lon_0=home[0], lat_0=home[1], ellps="WGS84")
    cos, sin = math.cos(math.radians(turn_deg)), math.sin(math.radians(turn_deg))

    def move(at: list[float]) -> list[float]:
        x, y = at[0] * cos - at[1] * sin, at[0] * sin + at[1] * cos
        lon, lat = plane(x, y, inverse=True)
        return [round((lon + 180.0) % 360.0 - 180.0, 7), round(lat, 7)]

    return move_document(plan, move)


def random_situation(rng: random.Random, *, with_routes: bool = True) -> dict[str, Any]:
    """Draw a random situation in the contract's format."""
    return draw_plan(random_plan(rng, with_routes=with_routes))


def situation_of(seed: int, *, with_routes: bool = True) -> dict[str, Any]:
    """Draw the situation of a seed."""
    return random_situation(random.Random(seed), with_routes=with_routes)  # noqa: S311


def plans(*, with_routes: bool = True) -> st.SearchStrategy[Plan]:
    """Draw random plans, in metres: each of a seed, so that a failing one is easily kept."""
    return st.integers(0, 2**32 - 1).map(
        lambda seed: random_plan(random.Random(seed), with_routes=with_routes)  # noqa: S311
    )


def situations(*, with_routes: bool = True) -> st.SearchStrategy[dict[str, Any]]:
    """Draw random situations on the globe."""
    return plans(with_routes=with_routes).map(draw_plan)
