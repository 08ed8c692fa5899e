"""What is on the map: the frozen values of one situation."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal, TypeVar, get_args

if TYPE_CHECKING:
    from datetime import datetime

    from shapely.geometry.base import BaseGeometry

    from encircle.map.notices import Notice

Mode = Literal["rail", "wheeled", "tracked", "foot", "boat", "air"]
GroundMode = Literal["rail", "wheeled", "tracked", "foot"]
State = Literal["open", "cut", "unknown"]
FireGrade = Literal["F0", "F1", "F2", "F3", "F4"]
Access = Literal["land", "sea", "air", "special"]
Basis = Literal[
    "territory", "assessed", "contested", "unknown", "advance", "infiltration", "claimed"
]
Echelon = Literal[
    "squad", "section", "platoon", "company", "battalion", "regiment", "brigade", "division",
    "corps", "army",
]  # fmt: skip
CrossingType = Literal[
    "bridge", "ferry", "ford", "pontoon", "tunnel", "airstrip", "port", "checkpoint"
]
BarrierType = Literal["river", "coast", "lake", "cliff", "minefield", "border"]
PositionBasis = Literal["geolocated", "sketch", "reported"]
"""Placed by a picture of it; by hand, from written accounts; or only said to be there."""
Presence = Literal["yes", "withdrawn", "unknown"]
Permission = Literal["enemy", "third_party"]
Definition = Literal[
    "land_cut", "vehicle_cut", "fire_control", "isolation", "surrounded", "no_force"
]
"""What a claim may assert of a force: a way of being cut off, or that nobody is there."""
Tense = Literal["present", "future", "conditional"]
Assumed = bool | Literal["hostile", "passable"]
"""What a feature is taken as: right, not there, or ground of the enemy or of one's own side."""
GROUND: tuple[Assumed, ...] = ("hostile", "passable")
"""What only ground is supposed to be."""

GROUND_MODES: tuple[GroundMode, ...] = get_args(GroundMode)
NEUTRAL = "neutral"
GREY_BASES = frozenset({"contested", "unknown", "advance", "infiltration"})
"""Bases of control that say only: somebody is unsure here."""


@dataclass(frozen=True, slots=True)
class Source:
    """Where evidence comes from, graded on the Admiralty scale (AJP-2.1)."""

    id: str
    title: str | None = None
    url: str | None = None
    archive_url: str | None = None
    sha256: str | None = None
    accessed_at: str | None = None
    reliability: str | None = None
    credibility: int | None = None
    origin: str | None = None


@dataclass(frozen=True, slots=True)
class Side:
    """One of the parties; its allies' ground counts as its own."""

    id: str
    name: str | None = None
    allies: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class NamedForce:
    """What a newspaper would call a force."""

    id: str
    name: str | None = None
    side: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Feature:
    """
    What every feature has.

    `geometry` is in degrees, `(lon, lat)`, two-dimensional, its longitudes unwrapped round
    the situation's own, so that a map across the antimeridian is in one piece.
    """

    id: str
    geometry: BaseGeometry | None
    pointer: str = ""
    name: str | None = None
    sources: tuple[Source, ...] = ()
    observed_at: datetime | None = None
    reported_at: datetime | None = None
    valid_from: datetime | None = None
    valid_to: datetime | None = None
    probability: float | None = None
    location_error_m: float = 0.0
    note: str | None = None

    @property
    def drawn(self) -> BaseGeometry:
        """The geometry of a feature that bears on the map: only a claim may be without one."""
        if self.geometry is None:
            message = f"{self.id} is not drawn"
            raise AssertionError(message)
        return self.geometry

    @property
    def dated(self) -> datetime | None:
        """The instant the evidence speaks of: observed, else reported."""
        return self.observed_at or self.reported_at

    def speaks_at(self, instant: datetime) -> bool:
        """Tell whether the evidence was there by an instant and was valid then."""
        seen = self.observed_at is None or self.observed_at <= instant
        begun = self.valid_from is None or self.valid_from <= instant
        return seen and begun and not (self.valid_to is not None and self.valid_to < instant)


@dataclass(frozen=True, slots=True, kw_only=True)
class Position(Feature):
    """Somebody stands here and holds the ground within reach."""

    side: str
    force: str | None = None
    echelon: Echelon | None = None
    reach_m: float | None = None
    basis: PositionBasis = "geolocated"
    present: Presence = "yes"
    weight: float = 1.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Control(Feature):
    """Ground said to be held by a side, by nobody (`neutral`), or by who knows (None)."""

    holder: str | None
    basis: Basis
    claimed_by: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Anchor(Feature):
    """Friendly ground with its own way onward: the only thing that counts as reached."""

    side: str
    access: Access = "land"


@dataclass(frozen=True, slots=True, kw_only=True)
class Route(Feature):
    """A road, track or railway."""

    modes: tuple[Mode, ...] = ("wheeled", "tracked", "foot")
    state: State = "open"
    fire: FireGrade | None = None
    surface: str | None = None
    capacity: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Crossing(Feature):
    """A bridge, ferry, tunnel, airstrip and the like: what passes where ground does not."""

    type: CrossingType
    modes: tuple[Mode, ...]
    state: State = "open"
    fire: FireGrade | None = None
    permission: Permission | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Barrier(Feature):
    """What stops some modes and is passed only at a crossing."""

    type: BarrierType
    blocks: tuple[Mode, ...] = GROUND_MODES


@dataclass(frozen=True, slots=True, kw_only=True)
class Fire(Feature):
    """Ground under a side's fire, graded F1 to F4."""

    side: str
    grade: FireGrade
    modes: tuple[Mode, ...] = ("rail", "wheeled", "tracked", "foot", "boat", "air")


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim(Feature):
    """What somebody said about the map; it never changes the map."""

    claimant: str | None = None
    claimant_side: str | None = None
    made_at: datetime | None = None
    statement: str | None = None
    url: str | None = None
    archive_url: str | None = None
    asserts: dict[str, object] = field(default_factory=dict)
    """As it was given; `contract.parse_assertion` reads it."""


@dataclass(frozen=True, slots=True)
class Assertion:
    """What a claim asserts, of which force, by which definition."""

    force: str | None = None
    """None: the force of the map the claim stands in."""
    definition: Definition | None = None
    """None: nothing that a map could answer."""
    holds: bool = True
    """False: the claim denies."""
    number: float | None = None
    """Head count claimed; rated apart from where the front lies."""
    tense: Tense = "present"
    hedged: bool = False
    """The words themselves take something back: *almost*, *virtually*, *practically*."""


F = TypeVar("F", bound=Feature)


@dataclass(frozen=True, slots=True)
class Situation:
    """One map at one instant: who stands where, who holds what, and who asks about whom."""

    as_of: datetime
    features: tuple[Feature, ...]
    sides: tuple[Side, ...]
    force: str
    id: str | None = None
    title: str | None = None
    area: BaseGeometry | None = None
    uncovered: Literal["unknown", "open"] = "unknown"
    mapper_side: str | None = None
    """The side whose own map this is; None: nobody's."""
    origin: tuple[float, float] = (0.0, 0.0)
    """Where the local plane is centred: (lon, lat), degrees."""
    notices: tuple[Notice, ...] = ()
    """What whoever made the map could not do, and what the door dropped."""
    named_forces: tuple[NamedForce, ...] = ()
    sha256: str = ""
    """Digest of the document, independent of white space and of the order of members."""

    def of_kind(self, kind: type[F]) -> list[F]:
        """List the features of one kind, in the document's order."""
        return [feature for feature in self.features if isinstance(feature, kind)]

    @property
    def forces(self) -> tuple[str, ...]:
        """Every force some position belongs to."""
        return tuple(dict.fromkeys(p.force for p in self.of_kind(Position) if p.force))

    def name_of(self, force: str) -> str | None:
        """Give what a newspaper would call a force; None where the map does not say."""
        return next((f.name for f in self.named_forces if f.id == force and f.name), None)

    def side_name(self, side: str) -> str:
        """Give what a side is called, else its id."""
        return next((s.name for s in self.sides if s.id == side and s.name), side)

    def positions_of(self, force: str) -> list[Position]:
        """List the positions that belong to a force."""
        return [p for p in self.of_kind(Position) if p.force == force]

    def friends_of(self, side: str) -> frozenset[str]:
        """Name a side and its allies, whichever of the two declares the alliance."""
        allied = {s.id for s in self.sides if side in s.allies}
        declared = {ally for s in self.sides if s.id == side for ally in s.allies}
        return frozenset({side} | allied | declared)
