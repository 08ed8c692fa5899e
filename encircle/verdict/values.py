"""What a judgement is made of, as frozen values; documents are made of it at the edge."""

from __future__ import annotations

from dataclasses import asdict, dataclass, replace
from typing import TYPE_CHECKING, Any, Literal

if TYPE_CHECKING:
    from collections.abc import Iterator

    from encircle.map.reach import Reading

Json = dict[str, Any]
Level = Literal["high", "moderate", "low"]
Points = list[list[float]]
"""Corners of a line, each longitude and latitude in degrees."""


def _line(points: Points) -> Json:
    return {"type": "LineString", "coordinates": points}


@dataclass(frozen=True, slots=True)
class Axes:
    """What is open by land for each mode, by sea, air and special way; and under which fire."""

    land: dict[str, str]
    fire: str | None
    """Grade on the best way; None where it is not mapped, or nothing is open."""
    fire_by_mode: dict[str, str | None]
    sea: str
    air: str
    special: str

    @property
    def access(self) -> dict[str, str]:
        """Sea, air and special, by name."""
        return {"sea": self.sea, "air": self.air, "special": self.special}

    def to_dict(self) -> Json:
        """Give the contract's `axes`."""
        fire = {"best": self.fire, "by_mode": self.fire_by_mode}
        return {"land": self.land, "fire": fire, **self.access}


@dataclass(frozen=True, slots=True)
class Leg:
    """A stretch of a way of one kind, under one fire."""

    points: Points
    by: str
    """`ground`, `route` or `crossing`."""
    mode: str
    control: str
    fire: str | None
    evidence: tuple[str, ...]
    length_m: float

    def to_dict(self) -> Json:
        """Give the leg as the contract writes it."""
        return {
            "geometry": _line(self.points),
            "by": self.by,
            "mode": self.mode,
            "control": self.control,
            "fire": self.fire,
            "evidence": list(self.evidence),
            "length_m": self.length_m,
        }


@dataclass(frozen=True, slots=True)
class Bottleneck:
    """The narrowest place of a way; nothing where it was not measured."""

    width_m: float | None = None
    at: list[float] | None = None
    evidence: tuple[str, ...] = ()

    def to_dict(self) -> Json:
        """Give the place as the contract writes it; which leg it is on is not told."""
        return {
            "leg": None, "width_m": self.width_m, "at": self.at, "evidence": list(self.evidence),
        }  # fmt: skip


@dataclass(frozen=True, slots=True)
class DisjointWays:
    """Ways that share no route and no crossing, and the edges whose loss closes all."""

    count: int
    ways: list[list[str]]
    cut: list[str]

    def to_dict(self) -> Json:
        """Give the ways as the contract writes them."""
        return {"count": self.count, "ways": self.ways, "cut": self.cut}


@dataclass(frozen=True, slots=True)
class OpenPath:
    """The proof that a way was open: from a position to an anchor, leg by leg."""

    reading: Reading
    unit: str
    anchor: str
    mode: str
    legs: tuple[Leg, ...]
    disjoint: DisjointWays
    bottleneck: Bottleneck = Bottleneck()

    @property
    def length_m(self) -> float:
        """Of all legs, metres."""
        return round(sum(leg.length_m for leg in self.legs), 1)

    @property
    def evidence(self) -> tuple[str, ...]:
        """Features it rests on, each once."""
        return tuple(dict.fromkeys(name for leg in self.legs for name in leg.evidence))

    def to_dict(self) -> Json:
        """Give the contract's `open`."""
        return {
            "reading": self.reading,
            "unit": self.unit,
            "anchor": self.anchor,
            "mode": self.mode,
            "legs": [leg.to_dict() for leg in self.legs],
            "length_m": self.length_m,
            "bottleneck": self.bottleneck.to_dict(),
            "disjoint": self.disjoint.to_dict(),
        }


@dataclass(frozen=True, slots=True)
class Segment:
    """A stretch of a ring that one thing holds."""

    points: Points
    by: str
    """`hostile`, `barrier`, `sea`, `neutral` or `grey`."""
    evidence: tuple[str, ...]
    length_m: float
    is_edge: bool = False
    """It runs along the edge of the map: grey, and told apart from grey on the map."""
    ring: int = 0
    part: int = 0
    """Of several rings which one, and which of its lines: 0 is the outer."""

    @property
    def held_by(self) -> str:
        """What holds it, the edge of the map apart from grey ground on it."""
        return "edge" if self.is_edge else self.by

    def to_dict(self) -> Json:
        """Give the segment as the contract writes it."""
        said = {
            "ring": self.ring,
            "part": self.part,
            "geometry": _line(self.points),
            "by": self.by,
            "evidence": list(self.evidence),
            "length_m": self.length_m,
        }
        return {**said, "edge_of_the_map": True} if self.is_edge else said


@dataclass(frozen=True, slots=True)
class Exit:
    """Where a route or crossing leaves a ring, and why it leads nowhere."""

    id: str
    at: list[float]
    because: str

    def to_dict(self) -> Json:
        """Give the exit as the contract writes it."""
        return {"id": self.id, "at": self.at, "because": self.because}


@dataclass(frozen=True, slots=True)
class CutSet:
    """The routes and crossings that leave a ring, by mode."""

    by_mode: dict[str, tuple[Exit, ...]]

    def __iter__(self) -> Iterator[Exit]:
        return (one for exits in self.by_mode.values() for one in exits)

    def to_dict(self) -> Json:
        """Give the contract's `cut_set`."""
        return {mode: [one.to_dict() for one in exits] for mode, exits in self.by_mode.items()}


@dataclass(frozen=True, slots=True)
class ClosedRing:
    """The proof that a ring was closed: round every position, with no anchor inside."""

    reading: Reading
    units: tuple[str, ...]
    polygons: list[list[Points]]
    """Of each ring its outer line and its holes."""
    segments: tuple[Segment, ...]
    weakest: int
    """The segment to doubt first, by its number."""
    area_km2: float
    cut_set: CutSet

    @property
    def evidence(self) -> tuple[str, ...]:
        """Features that hold it, each once."""
        return tuple(dict.fromkeys(name for part in self.segments for name in part.evidence))

    def to_dict(self) -> Json:
        """Give the contract's `closed`."""
        one = len(self.polygons) == 1
        shape = {
            "type": "Polygon" if one else "MultiPolygon",
            "coordinates": self.polygons[0] if one else self.polygons,
        }
        return {
            "reading": self.reading,
            "units": list(self.units),
            "ring": shape,
            "segments": [segment.to_dict() for segment in self.segments],
            "weakest": self.weakest,
            "area_km2": self.area_km2,
            "cut_set": self.cut_set.to_dict(),
        }


@dataclass(frozen=True, slots=True)
class Proof:
    """What proves a verdict: a way out, a ring; both where it is contested."""

    path: OpenPath | None = None
    ring: ClosedRing | None = None

    def cite(self) -> Iterator[str]:
        """Name the features it rests on, and what leaves the ring."""
        yield from self.path.evidence if self.path else ()
        if self.ring:
            yield from self.ring.evidence
            yield from (one.id for one in self.ring.cut_set)

    def to_dict(self) -> Json:
        """Give the contract's `certificates`."""
        return {
            "open": self.path.to_dict() if self.path else None,
            "closed": self.ring.to_dict() if self.ring else None,
        }


@dataclass(frozen=True, slots=True)
class Opening:
    """The least friendly advance that would open a ring: how far, metres, and between where."""

    distance_m: float
    between: Points

    def to_dict(self) -> Json:
        """Give the advance as the contract writes it."""
        return asdict(self)


@dataclass(frozen=True, slots=True)
class Margins:
    """How narrow it is, and how little would change it; by reading, metres and shares."""

    necks_m: dict[Reading, float | None]
    """None where nothing pinches it, 0 where it is closed."""
    neck_at: list[float] | None
    neck_evidence: tuple[str, ...]
    closing_m: dict[Reading, float | None]
    routes: dict[Reading, int]
    bearings: dict[Reading, float]
    opening: Opening | None
    """None where nothing is to be opened, or no advance over ground would."""

    def to_dict(self) -> Json:
        """Give the contract's `margins`."""
        evidence = list(self.neck_evidence)
        return {
            "neck_width_m": {**self.necks_m, "at": self.neck_at, "evidence": evidence},
            "closing_distance_m": self.closing_m,
            "disjoint_routes": self.routes,
            "hostile_bearings": self.bearings,
            "opening_distance_m": self.opening.to_dict() if self.opening else None,
        }


@dataclass(frozen=True, slots=True)
class Confidence:
    """How firmly a verdict stands on its evidence, and why no firmer."""

    level: Level
    because: tuple[str, ...]
    holds_without: tuple[int, int] | None = None
    """Origins it holds without, each by itself, of how many."""
    holds_moved_m: float | None = None
    """With boundaries so far out, metres, it still holds."""

    def keep_to(self, level: Level, *why: str) -> Confidence:
        """Keep it to a level: why, and then what was told of it but that it is high."""
        told = self.because if self.level != "high" else ()
        return replace(self, level=level, because=(*why, *told))

    def to_dict(self) -> Json:
        """Give the contract's `confidence`."""
        held = self.holds_without
        return {
            "level": self.level,
            "because": list(self.because),
            "holds_without": None if held is None else {"origins": held[0], "of": held[1]},
            "holds_moved_m": self.holds_moved_m,
        }


@dataclass(frozen=True, slots=True)
class Interval:
    """Between what a probability lies, in the terms of ICD 203, and how that was found."""

    low: float
    high: float
    term: str
    method: str

    def to_dict(self) -> Json:
        """Give the interval of a definition as the contract writes it."""
        return {"p": [self.low, self.high], "term": self.term, "method": self.method}


@dataclass(frozen=True, slots=True)
class Drawn:
    """How a likelihood was drawn: the share of worlds on either reading, and of how many."""

    confidence_interval: float
    p_drawn: list[float]
    samples: int
    seed: int

    def to_dict(self) -> Json:
        """Give the draw as the contract writes it."""
        return asdict(self)


@dataclass(frozen=True, slots=True)
class Importance:
    """How much the chance moves with an item of evidence."""

    evidence: list[str]
    item: str
    importance: float
    statement: str

    def to_dict(self) -> Json:
        """Give the item as the contract writes it."""
        return asdict(self)


@dataclass(frozen=True, slots=True)
class Weighed:
    """How likely a group is cut off, by every definition, and what moves that."""

    interval: Interval
    worlds: int
    """Partial worlds looked at for it."""
    drawn: Drawn | None
    by_definition: dict[str, Interval]
    importance: tuple[Importance, ...]

    def to_dict(self) -> Json:
        """Give the contract's `likelihood`."""
        return {
            "p_encircled": [self.interval.low, self.interval.high],
            "term": self.interval.term,
            "scale": "ICD 203",
            "method": self.interval.method,
            "worlds": self.worlds,
            **(self.drawn.to_dict() if self.drawn else {}),
            "by_definition": {name: one.to_dict() for name, one in self.by_definition.items()},
            "importance": [one.to_dict() for one in self.importance],
        }


@dataclass(frozen=True, slots=True)
class Pivot:
    """What would have to be otherwise for another verdict."""

    evidence: tuple[str, ...]
    would_make: str | None
    statement: str
    probability: float | None = None
    probability_range: list[float] | None = None
    """Where not all of it is known, what it may be."""
    wrong: tuple[str, ...] | None = None
    """Items of evidence that would have to be wrong; None: it is not a matter of evidence."""
    as_drawn: bool = False
    """It holds where boundaries run exactly as they are drawn."""

    def to_dict(self) -> Json:
        """Give the pivot as the contract writes it."""
        said: Json = {
            "evidence": list(self.evidence), "would_make": self.would_make,
            "probability": self.probability, "statement": self.statement,
        }  # fmt: skip
        if self.wrong is not None:
            said["wrong"] = list(self.wrong)
        if self.probability_range is not None:
            said["probability_range"] = self.probability_range
        return {**said, "as_drawn": True} if self.as_drawn else said
