"""The slow, obvious judge: flood fill on a fine grid, straight from the rules.

Nothing of the engine is imported but its table of reaches by echelon, a convention. Ground is a
grid of square cells, each with the state of its centre; a step goes to one of four neighbours;
roads are strings of points ten metres apart. Where the engine disagrees, finer cells and blurred
edges have to say the same before the disagreement counts.

    python -m tests.property.oracle 2000        2,000 maps against the engine
    python -m tests.property.oracle 1 139       one map, by its seed
"""

from __future__ import annotations

import itertools
import json
import math
import sys
from collections import Counter
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import cached_property
from importlib import import_module
from typing import Any
from unittest.mock import patch

import networkx as nx
import numpy as np
import shapely
from pyproj import Proj
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components
from shapely.geometry import LineString, MultiLineString, Point, box, shape

from encircle.map.reach import REACH_BY_ECHELON_M, REACH_UNSTATED_M

JOIN_M = 30.0
MEETING_M = 7.1
"""Points ten metres apart on two roads that cross come this near to each other."""
THICK_M = 5.0
ROAD_STEP_M = 10.0
MARGIN_M, MARGIN_SHARE = 1000.0, 0.1
STALE = timedelta(days=30)
GROUND, WHEELS = ("tracked", "foot"), ("rail", "wheeled")
READINGS = ("optimistic", "pessimistic")
SAILED = ("dry", "sailed")
GREY_BASES = {"contested", "unknown", "advance", "infiltration"}
CROSSING_MODES = {
    "ferry": ["boat"],
    "ford": ["tracked", "foot"],
    "airstrip": ["air"],
    "port": ["boat"],
}
WHEELED = ["wheeled", "tracked", "foot"]

FRIENDLY, OPEN, GREY, HOSTILE, NEUTRAL, WATER, OUTSIDE = range(7)
NAMES = ("friendly", "open", "grey", "hostile", "neutral", "water", "outside")
PASSABLE = {"optimistic": (FRIENDLY, OPEN, GREY), "pessimistic": (FRIENDLY, OPEN)}


# -- the document ------------------------------------------------------------------------------


@dataclass(frozen=True)
class Item:
    """A feature that counts, on the plane; `unsure` where it is stale."""

    id: str
    kind: str
    shape: Any
    says: dict[str, Any]
    unsure: bool

    def __getitem__(self, member: str) -> Any:
        return self.says.get(member)


def instant(text: str) -> datetime:
    moment = datetime.fromisoformat(text)
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


@dataclass
class Map:
    """A document read: sides told apart, dates weighed, degrees made metres."""

    document: dict[str, Any]
    items: list[Item] = field(default_factory=list)
    too_late: set[str] = field(default_factory=set)

    def __post_init__(self) -> None:
        whole = self.document["situation"]
        points = np.vstack(
            [
                shapely.get_coordinates(shape(f["geometry"]))
                for f in self.document["features"]
                if f["geometry"]
            ]
        )
        self.plane = Proj(proj="aeqd", lon_0=points[0, 0], lat_0=points[0, 1], ellps="WGS84")
        as_of = instant(whole["as_of"])
        self.positions = [f for f in self.document["features"] if is_of(f, whole["force"])]
        for feature in self.document["features"]:
            self.take(feature, as_of)
        side = self.positions[0]["properties"]["side"]
        self.friends = {side} | {s["id"] for s in whole["sides"] if side in s.get("allies", [])}
        self.friends |= {a for s in whole["sides"] if s["id"] == side for a in s.get("allies", [])}
        drawn = any(
            f["properties"]["kind"] == "control" and f["properties"]["basis"] != "claimed"
            for f in self.document["features"]
        )
        self.uncovered = whole.get("uncovered") or ("unknown" if drawn else "open")
        self.area = self.metric(whole["area"]) if "area" in whole else self.default_area()

    def take(self, feature: dict[str, Any], as_of: datetime) -> None:
        says = feature["properties"]
        times = {
            key: instant(says[key])
            for key in ("observed_at", "reported_at", "valid_from", "valid_to")
            if key in says
        }
        late = any(times[k] > as_of for k in ("observed_at", "valid_from") if k in times)
        if late or ("valid_to" in times and times["valid_to"] < as_of):
            self.too_late.add(feature["id"])
        elif feature["geometry"] is not None:
            dated = times.get("observed_at") or times.get("reported_at")
            unsure = dated is not None and as_of - dated > STALE
            metric = self.metric(feature["geometry"])
            self.items.append(Item(feature["id"], says["kind"], metric, says, unsure))

    def metric(self, geometry: dict[str, Any]) -> Any:
        return shapely.transform(shape(geometry), lambda c: np.column_stack(self.plane(*c.T)))

    def default_area(self) -> Any:
        """The bounding box of what is drawn, and a margin."""
        drawn = [i.shape for i in self.items if i.kind != "claim" and i["basis"] != "claimed"]
        west, south, east, north = shapely.total_bounds(drawn)
        margin = max(MARGIN_M, MARGIN_SHARE * max(east - west, north - south))
        return box(west - margin, south - margin, east + margin, north + margin)

    def is_bare(self, item: Item) -> bool:
        """Tell whether nothing but a word vouches for a friendly position, of whatever force."""
        vouched = item["basis"] != "reported" and bool(item["sources"] or item["reach_m"])
        return item["side"] in self.friends and not vouched

    def of(self, kind: str) -> list[Item]:
        return [item for item in self.items if item.kind == kind]


def is_of(feature: dict[str, Any], force: str) -> bool:
    says = feature["properties"]
    return says["kind"] == "position" and says.get("force") == force


# -- the ground ----------------------------------------------------------------------------------


@dataclass
class Ground:
    """The state of any point on one reading: the table of the rules, line by line."""

    map: Map
    reading: str
    swell_m: float = 0.0
    cells: np.ndarray | None = None
    ruled: dict[str, Any] = field(default_factory=dict)

    @property
    def join_m(self) -> float:
        """How far an end reaches: blurred like the edges, five metres either way."""
        return JOIN_M - self.swell_m / 7

    @property
    def hopeful(self) -> bool:
        return self.reading == "optimistic"

    def reach_m(self, position: Item) -> float:
        hostile = position["side"] not in self.map.friends
        error = (position["location_error_m"] or 0.0) if hostile else 0.0
        small = self.hopeful == hostile
        stated = position["reach_m"]
        default = REACH_BY_ECHELON_M.get(position["echelon"], REACH_UNSTATED_M)
        reach = stated if stated is not None else default * (0.5 if small else 1.5)
        return max(0.0, reach - error if small else reach + error)

    @cached_property
    def shapes(self) -> dict[str, list[Any]]:
        """Sort everything that speaks of ground by what it says."""
        said: dict[str, list[Any]] = {}
        for item in self.map.of("control"):
            self.sort_control(item, said)
        for item in self.map.of("position"):
            side = "friendly" if item["side"] in self.map.friends else "hostile"
            if item["present"] == "withdrawn":
                continue
            weak = item["basis"] == "reported" or item["present"] == "unknown" or item.unsure
            disc = item.shape.buffer(self.reach_m(item), quad_segs=32)
            bare = "bare " if self.map.is_bare(item) else ""
            said.setdefault(f"{bare}{'weak' if weak else 'strong'} {side}", []).append(disc)
        for item in self.map.of("anchor"):
            counts = item["side"] in self.map.friends and item.shape.geom_type == "Polygon"
            if counts and (self.hopeful or not item.unsure):
                sea = item["access"] == "sea"
                said.setdefault("sea" if sea else "bare strong friendly", []).append(item.shape)
        for name, drawn in said.items():
            if self.swell_m and name.endswith(("hostile", "neutral")):
                said[name] = [sheet.buffer(self.swell_m) for sheet in drawn]
            elif self.swell_m and name.endswith("friendly"):
                said[name] = [sheet.buffer(-self.swell_m) for sheet in drawn]
            shapely.prepare(said[name])
        return said

    def sort_control(self, item: Item, said: dict[str, list[Any]]) -> None:
        holder, basis, drawn = item["holder"], item["basis"], item.shape
        if basis == "claimed":
            return
        if basis in GREY_BASES or holder is None or item.unsure:
            if item["location_error_m"] and not self.hopeful:
                drawn = drawn.buffer(item["location_error_m"])
            said.setdefault("grey", []).append(drawn)
            return
        side = "hostile"
        if holder == "neutral" or holder in self.map.friends:
            side = "neutral" if holder == "neutral" else "friendly"
            if item["location_error_m"] and (side, basis) == ("friendly", "assessed"):
                drawn = self.move_friendly(drawn, item["location_error_m"])
        elif item["location_error_m"] and self.hopeful:
            drawn = drawn.difference(self.front.buffer(item["location_error_m"]))
        elif item["location_error_m"]:
            drawn = drawn.buffer(item["location_error_m"])
        said.setdefault(f"{basis} {side}", []).append(drawn)

    def state(self, points: np.ndarray) -> np.ndarray:
        """Say what each point's ground is."""

        def under(what: str) -> np.ndarray:
            hit = np.zeros(len(points), bool)
            for drawn in self.shapes.get(what, []):
                hit |= shapely.contains_xy(drawn, points)
            return hit

        if not len(points):
            return np.zeros(0, int)

        weak_f, weak_h = under("weak friendly"), under("weak hostile")
        strong_f, strong_h = under("strong friendly"), under("strong hostile")
        map_says = ~(under("assessed hostile") | under("territory hostile"))
        weak_f |= under("bare weak friendly") & map_says
        strong_f |= under("bare strong friendly") & map_says
        some_h, some_f = weak_h | strong_h, weak_f | strong_f

        state = np.full(len(points), OPEN if self.map.uncovered == "open" else GREY)
        none = np.zeros(len(points), bool)
        for f, h, n in (
            (under("territory friendly"), under("territory hostile"), under("territory neutral")),
            (strong_f, strong_h, none),
        ):
            state[n], state[h], state[f] = NEUTRAL, HOSTILE, FRIENDLY
            state[f & (h | n)] = GREY
        state[weak_h & np.isin(state, (FRIENDLY, OPEN, GREY))] = GREY
        state[weak_f & (state == HOSTILE)] = GREY

        f, h, n = (under(f"assessed {side}") for side in ("friendly", "hostile", "neutral"))
        state[n], state[h], state[f] = NEUTRAL, HOSTILE, FRIENDLY
        state[f & (h | n)] = GREY
        state[f & some_h] = GREY
        state[h & ~(n | under("sea")) & some_f] = GREY
        grey = under("grey")
        state[grey] = GREY
        state[under("sea") & self.silent(points, "territory friendly")] = WATER
        state[~shapely.contains_xy(self.map.area, points)] = OUTSIDE
        return state

    def passable(
        self, points: np.ndarray, mode: str, state: np.ndarray | None = None
    ) -> np.ndarray:
        """Say where a mode may go: the ground lets it, and no water stands there."""
        free = np.isin(self.state(points) if state is None else state, PASSABLE[self.reading])
        for item in self.walls(mode):
            if item.shape.geom_type == "Polygon":
                free &= ~shapely.contains_xy(item.shape.buffer(self.swell_m), points)
        return free

    def move_friendly(self, drawn: Any, error: float) -> Any:
        """Move the front of friendly ground where nothing painted says where the enemy begins."""
        if self.hopeful:
            return drawn.union(drawn.buffer(error).intersection(self.bare(foreign=True)))
        return drawn.difference(self.bare(foreign=False).buffer(error))

    def bare(self, *, foreign: bool) -> Any:
        """Draw unpainted ground that is the enemy's by territory, or nobody's that we know of."""
        controls = [c for c in self.map.of("control") if c["basis"] != "claimed"]
        lands: dict[str, list[Any]] = {"home": [], "foreign": [], "taken": []}
        for c in controls:
            if c["basis"] != "territory" or c["holder"] in (None, "neutral") or c.unsure:
                lands["taken"].append(c.shape)
            else:
                own = c["holder"] in self.map.friends
                lands["home" if own else "foreign"].append(c.shape)
        lands["taken"] += [b.shape for b in self.map.of("barrier") if b.shape.area]
        home, theirs, taken = (shapely.union_all(lands[k]) for k in ("home", "foreign", "taken"))
        if not foreign and self.map.uncovered != "open":
            theirs = theirs.union(self.map.area.difference(home))
        return theirs.difference(taken)

    @cached_property
    def front(self) -> Any:
        """Draw the ground that a hostile boundary may have to give way to."""
        sure = [
            c
            for c in self.map.of("control")
            if not c.unsure and c["holder"] is not None and c["basis"] in ("assessed", "territory")
        ]
        solid = [c.shape for c in sure if c["holder"] not in self.map.friends]
        solid += [b.shape for b in self.map.of("barrier") if b.shape.area]
        return self.map.area.difference(shapely.union_all(solid))

    def silent(self, points: np.ndarray, territory: str = "territory") -> np.ndarray:
        """Say where no control polygon speaks of the ground; of territory, only that named."""
        spoken = np.zeros(len(points), bool)
        for said, shapes in self.shapes.items():
            for drawn in shapes if said.startswith(("grey", "assessed", territory)) else []:
                spoken |= shapely.contains_xy(drawn, points)
        return ~spoken

    def over(self, centres: np.ndarray) -> np.ndarray:
        """Say what the cells' ground is, once for all modes."""
        if self.cells is None:
            self.cells = self.state(centres)
        return self.cells

    def walls(self, mode: str) -> list[Item]:
        every = ("rail", "wheeled", "tracked", "foot")
        return [
            b
            for b in self.map.of("barrier")
            if mode in (b["blocks"] or every) and not (b.unsure and self.hopeful)
        ]

    def lines(self, mode: str) -> Any:
        if mode not in self.ruled:
            self.ruled[mode] = self.rule(mode)
            shapely.prepare(self.ruled[mode])
        return self.ruled[mode]

    def rule(self, mode: str) -> Any:
        return shapely.union_all(
            [b.shape for b in self.walls(mode) if b.shape.length and not b.shape.area]
        )


# -- the flood -----------------------------------------------------------------------------------


@dataclass
class Flood:
    """Cells of one size, flooded for one mode on one reading."""

    ground: Ground
    mode: str
    cell_m: float

    def __post_init__(self) -> None:
        west, south, east, north = self.ground.map.area.bounds
        shift = 0.37 * self.cell_m
        self.xs = np.arange(west - 2 * self.cell_m + shift, east + 2 * self.cell_m, self.cell_m)
        self.ys = np.arange(south - 2 * self.cell_m + shift, north + 2 * self.cell_m, self.cell_m)
        self.centres = np.column_stack([g.ravel() for g in np.meshgrid(self.xs, self.ys)])
        self.free = self.ground.passable(self.centres, self.mode, self.ground.over(self.centres))
        self.lines = self.ground.lines(self.mode)
        self.pool = self.flood()

    def flood(self) -> np.ndarray:
        rows, columns = len(self.ys), len(self.xs)
        number = np.arange(rows * columns).reshape(rows, columns)
        across, up = self.across, self.up = self.stops()
        ends = [
            (number[:, :-1][~across], number[:, 1:][~across]),
            (number[:-1][~up], number[1:][~up]),
        ]
        u, v = (np.concatenate(side) for side in zip(*ends, strict=True))
        both = self.free[u] & self.free[v]
        G = coo_array((np.ones(both.sum()), (u[both], v[both])), shape=(number.size,) * 2)
        return np.where(self.free, connected_components(G, directed=False)[1], -1)

    def stops(self) -> tuple[np.ndarray, np.ndarray]:
        """Mark the steps, eastward and northward, that a barrier line cuts."""
        across = np.zeros((len(self.ys), len(self.xs) - 1), bool)
        up = np.zeros((len(self.ys) - 1, len(self.xs)), bool)
        for (x0, y0), (x1, y1) in legs_of(self.lines):
            for j in np.flatnonzero((np.minimum(y0, y1) <= self.ys) & (self.ys < max(y0, y1))):
                x = x0 + (self.ys[j] - y0) / (y1 - y0) * (x1 - x0)
                i = np.searchsorted(self.xs, x) - 1
                if 0 <= i < across.shape[1]:
                    across[j, i] = True
            for i in np.flatnonzero((np.minimum(x0, x1) <= self.xs) & (self.xs < max(x0, x1))):
                y = y0 + (self.xs[i] - x0) / (x1 - x0) * (y1 - y0)
                j = np.searchsorted(self.ys, y) - 1
                if 0 <= j < up.shape[0]:
                    up[j, i] = True
        return across, up

    def pool_at(self, place: tuple[float, float]) -> int | None:
        """Find the pool a place lies in; none where it cannot be passed."""
        return next(iter(self.pools_of(np.array([place]))), None)

    def pools_near(self, place: tuple[float, float], within: float) -> set[int]:
        """Find the pools with ground within reach of a place."""
        turns = np.arange(16) * math.pi / 8
        ring = [
            (place[0] + r * math.cos(t), place[1] + r * math.sin(t))
            for r in (within - 2, within / 2)
            for t in turns
        ]
        return self.pools_of(np.array([place, *ring]))

    def pools_of(self, places: np.ndarray) -> set[int]:
        """Find the pools of passable places: each that of the nearest cell not behind a wall."""
        found = set()
        for place in places[self.ground.passable(places, self.mode)]:
            away = np.hypot(*(self.centres - place).T)
            near = np.flatnonzero((away < 1.5 * self.cell_m) & self.free)
            for k in near[np.argsort(away[near])]:
                if not LineString([place, self.centres[k]]).intersects(self.lines):
                    found.add(int(self.pool[k]))
                    break
        return found

    def pools_in(self, drawn: Any) -> set[int]:
        inside = shapely.contains_xy(drawn, self.centres) & self.free
        return set(self.pool[inside].tolist())

    def pools_beside(self, sea: Any) -> set[int]:
        """Find the pools that touch the open water of a sea anchor, no wall between."""
        wet = shapely.contains_xy(sea, self.centres) & (self.ground.over(self.centres) == WATER)
        for item in self.ground.walls(self.mode):
            if item.shape.geom_type == "Polygon":
                wet &= ~shapely.contains_xy(item.shape, self.centres)
        wet, pool = (flat.reshape(len(self.ys), len(self.xs)) for flat in (wet, self.pool))
        found = {-1}
        for stopped, a, b in (
            (self.across, np.s_[:, :-1], np.s_[:, 1:]),
            (self.up, np.s_[:-1], np.s_[1:]),
        ):
            found |= set(pool[a][wet[b] & ~stopped].tolist()) | set(
                pool[b][wet[a] & ~stopped].tolist()
            )
        return found - {-1}

    @cached_property
    def pools_at_edge(self) -> set[int]:
        """Name the pools that touch the area's edge."""
        table = self.free.reshape(len(self.ys), len(self.xs))
        beyond = ~shapely.contains_xy(self.ground.map.area, self.centres).reshape(table.shape)
        near = np.zeros_like(table)
        near[1:] |= beyond[:-1]
        near[:-1] |= beyond[1:]
        near[:, 1:] |= beyond[:, :-1]
        near[:, :-1] |= beyond[:, 1:]
        return set(self.pool[(near & table).ravel()].tolist())


def legs_of(lines: Any) -> list[tuple[Any, Any]]:
    parts = [part for part in shapely.get_parts(lines) if part.geom_type == "LineString"]
    return [leg for part in parts for leg in itertools.pairwise(part.coords)]


# -- crossings -----------------------------------------------------------------------------------


@dataclass(frozen=True)
class Span:
    """A crossing as it counts on one reading: what it joins, and whether by a special way."""

    item: Item
    ends: tuple[tuple[float, float], ...]
    modes: tuple[str, ...]
    special: bool


def find_spans(ground: Ground) -> list[Span]:
    """List the crossings that may be used on a reading."""
    items = [c for c in ground.map.of("crossing") if c["type"] not in ("airstrip", "port")]
    usable_ones = [c for c in items if usable(c, hopeful=ground.hopeful)]
    spans = (
        span_of(ground, item, line) for item in usable_ones for line in drawn_over(ground, item)
    )
    return [span for span in spans if span]


def usable(item: Item, *, hopeful: bool) -> bool:
    state = "unknown" if item.unsure else item["state"] or "open"
    forbidden = item["permission"] in ("enemy", True)
    return not forbidden and (state == "open" or (state == "unknown" and hopeful))


def span_of(ground: Ground, item: Item, line: Any) -> Span | None:
    """Say what a crossing does on its line: hostile ground stops it, unless it is a tunnel."""
    steps = np.arange(0, line.length + 10, 10) if line.length else []
    along = np.array([line.interpolate(d).coords[0] for d in steps] or [line.coords[0]])
    under = ground.state(along)
    wet = np.zeros(len(along), bool)
    for sheet in water_of(ground):
        wet |= shapely.contains_xy(sheet, along)
    under[wet & (under == GREY) & ground.silent(along)] = WATER
    tunnel = item["type"] == "tunnel"
    barred = [HOSTILE] if ground.hopeful else [HOSTILE, GREY]
    if not tunnel and np.isin(under, barred).any():
        return None
    special = tunnel or item["permission"] == "third_party" or bool((under == NEUTRAL).any())
    modes = tuple(item["modes"] or CROSSING_MODES.get(item["type"], WHEELED))
    return Span(item, tuple(dict.fromkeys((line.coords[0], line.coords[-1]))), modes, special)


def water_of(ground: Ground) -> list[Any]:
    return [b.shape for b in ground.map.of("barrier") if b.shape.geom_type == "Polygon"]


def drawn_over(ground: Ground, item: Item) -> list[Any]:
    """
    Draw what a crossing spans.

    Its own line; or, for a point on a wide river or neutral strip, straight over it from the
    nearest bank, and along every road that runs over it there.
    """
    place = item.shape
    wide = water_of(ground)
    wide += ground.shapes.get("assessed neutral", []) + ground.shapes.get("territory neutral", [])
    sheets = [
        s for s in shapely.get_parts(shapely.union_all(wide)) if s.distance(place) <= ground.join_m
    ]
    if place.geom_type == "LineString" or not sheets:
        return [place]
    (sheet,) = sheets
    near = sheet.exterior.interpolate(sheet.exterior.project(place))
    ahead = (np.array(place.coords[0]) - near.coords[0]) / near.distance(place)
    ray = LineString([near.coords[0] - 1e-3 * ahead, near.coords[0] + 1e6 * ahead])
    straight = min(shapely.get_parts(ray.intersection(sheet)), key=lambda run: run.distance(place))
    runs = [run for r in ground.map.of("route") for run in runs_over(r.shape, sheet)]
    ends = [Point(run.coords[k]) for run in runs for k in (0, -1)]
    ashore = (shapely.distance(ends, sheet.exterior) < 1e-6).reshape(-1, 2).all(axis=1)
    halves = [run for run, whole in zip(runs, ashore, strict=True) if not whole]
    over = [run for run, whole in zip(runs, ashore, strict=True) if whole]
    roads = [*over, *shapely.get_parts(shapely.line_merge(MultiLineString(halves)))]
    along = [run for run in roads if run.length > 3 and run.distance(place) <= ground.join_m]
    return [straight, *along]


def runs_over(road: Any, sheet: Any) -> list[Any]:
    """Follow a road leg by leg over water: where it meets another road, or itself, it goes on."""
    runs: list[list[tuple[float, float]]] = []
    for part in shapely.get_parts(road):
        runs.append([])
        for leg in itertools.pairwise(part.coords):
            pieces = shapely.get_parts(LineString(leg).intersection(sheet))
            wet = [p for p in pieces if p.geom_type == "LineString" and p.length]
            for piece in sorted(wet, key=lambda piece: Point(leg[0]).distance(piece)):
                a, b = sorted(piece.coords, key=lambda c: math.dist(c, leg[0]))
                if not runs[-1] or runs[-1][-1] != a:
                    runs.append([a])
                runs[-1].append(b)
    return [LineString(run) for run in runs if len(run) > 1]


# -- who can go where ----------------------------------------------------------------------------


@dataclass
class Network:
    """One mode on one reading: pools of ground, strings of road points, and what joins them."""

    ground: Ground
    mode: str
    flood: Flood | None
    spans: list[Span]

    def __post_init__(self) -> None:
        self.roads: dict[str, np.ndarray] = {}
        self.G = nx.Graph()
        self.graphs: dict[bool, nx.Graph] = {}
        self.around: dict[Any, set[Any]] = {}
        if self.mode in WHEELS:
            self.lay_roads()

    def lay_roads(self) -> None:
        walls = self.ground.lines(self.mode)
        if self.ground.swell_m > 0:
            walls = walls.buffer(THICK_M)
        for item in self.ground.map.of("route"):
            if self.mode in (item["modes"] or WHEELED) and usable(
                item, hopeful=self.ground.hopeful
            ):
                for k, part in enumerate(shapely.get_parts(item.shape)):
                    self.lay_road(f"{item.id}#{k}", part, walls)
        for (a, pa), (b, pb) in itertools.combinations_with_replacement(self.roads.items(), 2):
            self.join_roads(a, pa, b, pb)

    def lay_road(self, name: str, part: Any, walls: Any) -> None:
        along = [*np.arange(0.0, part.length, 10.0), part.length]
        points = np.array([part.interpolate(d).coords[0] for d in along])
        free = self.ground.passable(points, self.mode)
        self.roads[name] = np.where(free[:, None], points, np.nan)
        self.G.add_nodes_from((name, int(i)) for i in np.flatnonzero(free))
        for i in np.flatnonzero(free[:-1] & free[1:]):
            if not LineString(points[i : i + 2]).intersects(walls):
                self.G.add_edge((name, int(i)), (name, int(i) + 1))

    def join_roads(self, a: str, pa: np.ndarray, b: str, pb: np.ndarray) -> None:
        """Join two roads where they meet, and where an end of one lies by the other."""
        walls = self.ground.lines(self.mode)
        away = np.hypot(*np.moveaxis(pa[:, None] - pb[None], -1, 0))
        near = away <= MEETING_M
        if a != b:
            near[[0, -1]] |= away[[0, -1]] <= self.ground.join_m
            near[:, [0, -1]] |= away[:, [0, -1]] <= self.ground.join_m
        for i, j in np.argwhere(near):
            if not LineString([pa[i], pb[j]]).intersects(walls):
                self.G.add_edge((a, int(i)), (b, int(j)))

    def near(self, place: tuple[float, float], within: float | None = None) -> set[Any]:
        """Find the nodes within reach of a place."""
        within = within or self.ground.join_m
        if (place, within) not in self.around:
            self.around[place, within] = self.look_round(place, within)
        return self.around[place, within]

    def look_round(self, place: tuple[float, float], within: float) -> set[Any]:
        if self.flood is not None:
            return {("pool", pool) for pool in self.flood.pools_near(place, within)}
        return {
            (name, int(i))
            for name, points in self.roads.items()
            for i in np.flatnonzero(np.hypot(*(points - place).T) <= within)
        }

    def graph(self, *, special: bool) -> nx.Graph:
        """Join the pools and roads by the crossings that carry the mode."""
        if special in self.graphs:
            return self.graphs[special]
        G = self.graphs[special] = self.G.copy()
        for span in self.spans:
            carries = self.mode in span.modes
            if carries and (special or not span.special):
                for end in span.ends:
                    G.add_edges_from((("span", span.item.id), node) for node in self.near(end))
        return G

    def start(self, unit: Item) -> set[Any]:
        place = unit.shape.representative_point().coords[0]
        if self.flood is None:
            within = max(self.ground.join_m, self.ground.reach_m(unit))
            nodes = list(self.near(place, within))
            return {node for node, seen in zip(nodes, self.sees(place, nodes), strict=True) if seen}
        pool = self.flood.pool_at(place)
        return set() if pool is None else {("pool", pool)}

    def sees(self, place: tuple[float, float], nodes: list[Any]) -> np.ndarray:
        """Say to which road points a straight line passes no wall and no lost ground."""
        ends = np.array([self.roads[name][i] for name, i in nodes]).reshape(-1, 2)
        away = np.hypot(*(ends - place).T).max(initial=0.0)
        shares = np.linspace(0.0, 1.0, int(away / 25) + 2)
        along = np.array(place) + shares[None, :, None] * (ends - place)[:, None]
        free = (
            self.ground.passable(along.reshape(-1, 2), self.mode)
            .reshape(along.shape[:2])
            .all(axis=1)
        )
        rays = shapely.linestrings(np.stack([np.broadcast_to(place, ends.shape), ends], axis=1))
        return free & ~shapely.intersects(rays, self.ground.lines(self.mode))

    def goal(self, anchor: Item) -> set[Any]:
        if anchor.shape.geom_type == "Point":
            place = anchor.shape.coords[0]
            firm = self.ground.passable(np.array([place]), "foot")[0]
            if self.flood is None:
                return self.near(place) if firm else set()
            pool = self.flood.pool_at(place)
            return set() if pool is None else {("pool", pool)}
        if self.flood is not None:
            pools = self.flood.pools_in(anchor.shape)
            if anchor["access"] == "sea":
                pools |= self.flood.pools_beside(anchor.shape)
            return {("pool", pool) for pool in pools}
        inside = ((name, i, p) for name, points in self.roads.items() for i, p in enumerate(points))
        return {
            (name, i)
            for name, i, p in inside
            if not np.isnan(p[0]) and anchor.shape.contains(Point(p))
        }

    def reached(self, unit: Item, *, special: bool = False) -> set[Any]:
        return spread(self.graph(special=special), self.start(unit))


def spread(G: nx.Graph, start: set[Any]) -> set[Any]:
    """Flood a graph from a set of nodes."""
    found: set[Any] = set()
    for node in start:
        if node not in found:
            found |= nx.node_connected_component(G, node) if node in G else {node}
    return found


# -- the answer ----------------------------------------------------------------------------------


@dataclass
class Reading:
    """All that one reading says of one force."""

    map: Map
    reading: str
    cell_m: float
    swell_m: float = 0.0

    def __post_init__(self) -> None:
        self.boats: dict[bool, nx.Graph] = {}
        self.ground = Ground(self.map, self.reading, self.swell_m)
        self.spans = find_spans(self.ground)
        floods = {mode: Flood(self.ground, mode, self.cell_m) for mode in GROUND}
        self.networks = {
            mode: Network(self.ground, mode, floods.get(mode), self.spans)
            for mode in (*GROUND, *WHEELS)
        }

    def anchors(self, access: str) -> list[Item]:
        return [
            a
            for a in self.map.of("anchor")
            if (a["access"] or "land") == access
            and a["side"] in self.map.friends
            and (self.ground.hopeful or not a.unsure)
        ]

    def arrives(self, mode: str, unit: Item, *, special: bool = False) -> bool:
        network = self.networks[mode]
        found = network.reached(unit, special=special)
        return any(network.goal(a) & found for a in self.anchors("land"))

    def afloat(self, *, special: bool = False) -> nx.Graph:
        """Walk to a boat, take it, walk on: a second copy of the ground holds who has sailed."""
        if special in self.boats:
            return self.boats[special]
        foot = self.networks["foot"]
        G = foot.graph(special=special)
        twice = self.boats[special] = nx.union(
            *(nx.relabel_nodes(G, {n: (when, n) for n in G}) for when in SAILED)
        )
        for span in self.spans:
            if "boat" in span.modes and not span.special:
                sides = [foot.near(end) for end in span.ends]
                sides = sides if len(sides) > 1 else [{n} for n in sides[0]]
                for here, there in itertools.permutations(sides, 2):
                    for a, b, when in itertools.product(here, there, SAILED):
                        twice.add_edge((when, a), ("sailed", b))
        return twice

    def reached(self, unit: Item, *, special: bool = False) -> dict[str, set[Any]]:
        """Find the pools reached on foot: dry, or after a boat."""
        G = self.afloat(special=special)
        found = spread(G, {("dry", n) for n in self.networks["foot"].start(unit)})
        return {when: {n for at, n in found if at == when} for when in SAILED}

    def open_land(self, unit: Item) -> dict[str, bool]:
        ways = {mode: self.arrives(mode, unit) for mode in self.networks}
        sailed = self.reached(unit)["sailed"]
        goals = [self.networks["foot"].goal(a) for a in self.anchors("land")]
        return {**ways, "boat": any(goal & sailed for goal in goals)}

    def walked(self, unit: Item, *, special: bool = False) -> set[Any]:
        return set().union(*self.reached(unit, special=special).values())

    def open_special(self, unit: Item) -> bool:
        """Say whether a tunnel, a neutral strip or a third party's leave leads to an anchor."""
        foot, found = self.networks["foot"], self.walked(unit)
        beyond = self.walked(unit, special=True) - found
        return any(
            foot.goal(a) & beyond or (access == "special" and foot.goal(a) & found)
            for access in ("land", "sea", "air", "special")
            for a in self.anchors(access)
        )

    def open_port(self, unit: Item, kind: str, access: str) -> bool:
        """Say whether the force can walk to a base, or to an airstrip or port that leads to one."""
        foot, found = self.networks["foot"], self.walked(unit)
        strips = [
            c
            for c in self.map.of("crossing")
            if c["type"] == kind
            and c["permission"] != "third_party"
            and usable(c, hopeful=self.ground.hopeful)
        ]
        bases = self.anchors(access)
        served = any(found & foot.near(c.shape.coords[0]) for c in strips)
        return (bool(bases) and served) or any(found & foot.goal(a) for a in bases)

    def is_lost(self, unit: Item) -> bool:
        """Say whether a bare word puts a position on ground of the enemy: a dot is not a force."""
        place = np.array([unit.shape.representative_point().coords[0]])
        return self.map.is_bare(unit) and bool(self.ground.state(place)[0] == HOSTILE)

    def runs_off(self, unit: Item) -> bool:
        tracked, foot = (self.networks[mode] for mode in GROUND)
        walked, driven = self.walked(unit), tracked.reached(unit)
        walked, driven = ({n[1] for n in found if n[0] == "pool"} for found in (walked, driven))
        if walked & foot.flood.pools_at_edge or driven & tracked.flood.pools_at_edge:
            return True
        edge = self.ground.map.area.boundary
        wheels = (self.networks[mode] for mode in WHEELS if mode in self.networks)
        places = [net.roads[n][i] for net in wheels for n, i in net.reached(unit) if n in net.roads]
        return bool(
            places and (shapely.distance(shapely.points(places), edge) <= ROAD_STEP_M).any()
        )


def both(optimistic: object, pessimistic: object) -> str:
    """Name what two readings say together."""
    return {(True, True): "open", (False, False): "closed"}.get(
        (bool(optimistic), bool(pessimistic)), "contested"
    )


ORDER = ("not_encircled", "contested", "indeterminate", "encircled")
"""Best off first: a group stands as its best-off part does."""


def answer(document: dict[str, Any], cell_m: float, swell_m: float = 0.0) -> dict[str, Any]:
    """
    Judge a document on cells of one size, friendly and lost ground parted by `swell_m` more.

    Returns
    -------
    answer
        `verdict`, and for every unit judged its `verdict`, `land` axes, `air` and `sea`.
    """
    sketch = Map(document)
    counted = {item.id: item for item in sketch.items}
    known = [counted[f["id"]] for f in sketch.positions if f["id"] in counted]
    present = {
        item.id: "unknown"
        if item.unsure and item["present"] != "withdrawn"
        else item["present"] or "yes"
        for item in known
    } or {None: "unknown"}
    said = set(present.values())
    if said == {"withdrawn"}:
        return {"verdict": "no_force", "units": {}}
    if "yes" not in said:
        return {"verdict": "indeterminate", "units": {}}
    readings = [Reading(sketch, name, cell_m, swell_m) for name in READINGS]
    units = {
        name: judge_unit(counted[name], *readings)
        for name, here in present.items()
        if here == "yes"
    }
    verdicts = [unit["verdict"] for unit in units.values()]
    return {"verdict": min(verdicts, key=ORDER.index), "units": units}


def settle_boat(worst: dict[str, bool]) -> str:
    """Where feet get through dry, whether a boat could be taken too is anybody's answer."""
    if worst["foot"]:
        return "open|contested|closed"
    return "open" if worst["boat"] else "contested|closed"


def judge_unit(unit: Item, hopeful: Reading, fearful: Reading) -> dict[str, Any]:
    if hopeful.is_lost(unit) and fearful.is_lost(unit):
        unknown = dict.fromkeys((*hopeful.networks, "boat"), "unknown")
        return {"land": unknown, "air": "unknown", "sea": "unknown", "verdict": "indeterminate"}
    best, worst = hopeful.open_land(unit), fearful.open_land(unit)
    found: dict[str, Any] = {"land": {mode: both(best[mode], worst[mode]) for mode in best}}
    if best["foot"]:
        found["land"]["boat"] = settle_boat(worst)
    for axis, kind in (("air", "airstrip"), ("sea", "port")):
        found[axis] = both(*(r.open_port(unit, kind, axis) for r in (hopeful, fearful)))
    if any(worst.values()):
        found["verdict"] = "not_encircled"
    elif any(best.values()):
        found["verdict"] = "contested"
    elif hopeful.runs_off(unit):
        found["verdict"] = "indeterminate"
    else:
        found["verdict"] = "encircled"
        access = hopeful.open_special(unit) or found["air"] != "closed" or found["sea"] != "closed"
        found["code"] = "E1" if access else "E2"
    return found


# -- against the engine --------------------------------------------------------------------------


def differences(expected: dict[str, Any], judged: dict[str, Any]) -> list[str]:
    """List where a judgement says other than the oracle."""
    found = []
    if judged["verdict"] != expected["verdict"]:
        found.append(f"verdict {judged['verdict']}, expected {expected['verdict']}")
    units = {unit["id"]: unit for unit in judged["units"]}
    for name, unit in expected["units"].items():
        said = units[name]
        if said["verdict"] != unit["verdict"]:
            found.append(f"{name}: verdict {said['verdict']}, expected {unit['verdict']}")
        if "code" in unit and said["status"]["code"] != unit["code"]:
            found.append(f"{name}: {said['status']['code']}, expected {unit['code']}")
        for mode, way in unit["land"].items():
            if said["axes"]["land"][mode] not in (*way.split("|"), "unknown"):
                found.append(f"{name}: {mode} {said['axes']['land'][mode]}, expected {way}")
        found += [
            f"{name}: {axis} {said['axes'][axis]}, expected {unit[axis]}"
            for axis in ("air", "sea")
            if said["axes"][axis].replace("none", "closed") != unit[axis]
        ]
    return found


COARSE_M, FINEST_M, BLUR_M = 100.0, 23.0, 35.0


def compare(document: dict[str, Any], judged: dict[str, Any]) -> list[str] | None:
    """
    Compare a judgement with the oracle's.

    Returns
    -------
    differences
        Empty where they agree; None where the map is too fine for the oracle: a disagreement is
        appealed to a finer grid, and to maps with lost ground a little larger and friendly ground a
        little smaller, and the other way round; it stands only if all say what the first said.
    """
    expected = answer(document, COARSE_M)
    found = differences(expected, judged)
    return None if found and not is_decided(document, expected) else found


def is_decided(document: dict[str, Any], expected: dict[str, Any] | None = None) -> bool:
    """
    Tell whether a map is coarse enough for finer cells and blurred edges to agree on it.

    The cells are finer than the blur, or they would not see it.
    """
    expected = expected or answer(document, COARSE_M)
    appeals = ((FINEST_M, 0.0), (FINEST_M, BLUR_M), (FINEST_M, -BLUR_M))
    return all(answer(document, *appeal) == expected for appeal in appeals)


def shrink(document: dict[str, Any], judge_document: Any, crash: str = "") -> dict[str, Any]:
    """Drop features for as long as the two still disagree."""
    small = document
    for feature in list(document["features"]):
        left = [f for f in small["features"] if f["id"] != feature["id"]]
        smaller = {**small, "features": left}
        if any(is_of(f, document["situation"]["force"]) for f in left):
            try:
                differs = bool(compare(smaller, judge_document(smaller)))
            except Exception as error:  # noqa: BLE001 - keep to the same crash
                differs = crash == repr(error)
            small = smaller if differs else small
    return small


def engine(document: dict[str, Any], *, margins: bool = False) -> dict[str, Any]:
    """Judge a document with the engine; its margins only when asked for, its likelihood never."""
    from encircle import Options
    from encircle.map.door.reader import read_situation
    from tests.judged import engine as always_judge

    story = import_module("encircle.judge")
    situation = read_situation(document)
    if margins:
        return story.judge(situation, Options(most_worlds=0)).to_dict()
    with patch.object(story, "_measure_margins", return_value=None):
        # Never kept: whoever asks for the same map's margins would be given one without.
        return always_judge(situation, Options(most_worlds=0)).to_dict()


def main(count: int, first: int = 0) -> int:
    """Judge many random maps twice; print the count of each outcome."""
    from tests.property.strategies import situation_of

    outcomes: Counter[str] = Counter()
    verdicts: Counter[str] = Counter()
    for seed in range(first, first + count):
        document = situation_of(seed, with_routes=seed % 4 != 0)
        try:
            judged = engine(document)
            found = compare(document, judged)
        except Exception as error:  # noqa: BLE001 - a crash is a disagreement
            judged, found = {"verdict": "crash"}, [f"crash: {error!r}"]
        outcome = "undecided" if found is None else "disagreed" if found else "agreed"
        outcomes[outcome] += 1
        verdicts[judged["verdict"]] += 1
        if found:
            sys.stdout.write(f"\nseed {seed}: {'; '.join(found)}\n")
            sys.stdout.write(
                json.dumps(shrink(document, engine, found[0].removeprefix("crash: "))) + "\n"
            )
        if (seed - first) % 20 == 19:
            sys.stderr.write(f"\r{seed - first + 1}/{count} {dict(outcomes)}")
    sys.stdout.write(f"\n{count} maps: {dict(outcomes)}; verdicts {dict(verdicts)}\n")
    return 1 if outcomes["disagreed"] else 0


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1]), int(sys.argv[2]) if len(sys.argv) > 2 else 0))
