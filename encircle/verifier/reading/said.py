"""A judgement as the verifier reads it, value by value."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from collections.abc import Mapping

    import numpy as np
    from numpy.typing import NDArray

    from encircle.map.situation import Assumed

Reading = Literal["optimistic", "pessimistic"]
READINGS: tuple[Reading, ...] = ("optimistic", "pessimistic")
HOLDS = ("hostile", "barrier", "sea", "neutral", "grey")
STOPS = (
    "hostile", "grey", "neutral", "barrier", "cut", "unknown", "permission", "tunnel",
    "neutral_strip", "third_party", "edge",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Leg:
    """One stretch of an open path."""

    points: NDArray[np.float64]
    by: str
    mode: str
    control: str
    fire: str | None
    evidence: tuple[str, ...]
    length_m: float


@dataclass(frozen=True, slots=True)
class Bottleneck:
    """Where an open path is said to be narrowest."""

    leg: int | None
    width_m: float | None
    at: NDArray[np.float64] | None
    evidence: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Disjoint:
    """How many ways share nothing, and the cut that proves there are no more."""

    count: int
    ways: tuple[tuple[str, ...], ...]
    cut: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class OpenPath:
    """A path from the force to an anchor."""

    reading: Reading
    unit: str
    anchor: str
    mode: str
    legs: tuple[Leg, ...]
    length_m: float
    bottleneck: Bottleneck | None
    disjoint: Disjoint


@dataclass(frozen=True, slots=True)
class Segment:
    """One stretch of a closed ring, and what is said to hold it."""

    ring: int
    part: int
    points: NDArray[np.float64]
    by: str
    evidence: tuple[str, ...]
    length_m: float
    on_edge: bool = False
    """It runs along the edge of the map."""


@dataclass(frozen=True, slots=True)
class Stop:
    """A route or crossing that leaves the ring, and why it does not carry."""

    id: str
    at: NDArray[np.float64]
    because: str


@dataclass(frozen=True, slots=True)
class ClosedRing:
    """A ring round the force."""

    reading: Reading
    units: tuple[str, ...]
    polygons: tuple[tuple[NDArray[np.float64], ...], ...]
    segments: tuple[Segment, ...]
    weakest: int
    area_km2: float
    cut_set: Mapping[str, tuple[Stop, ...]]


@dataclass(frozen=True, slots=True)
class Ruling:
    """What is said of the whole force, or of one of its positions."""

    id: str | None
    verdict: str
    encircled: bool | None
    code: str
    name: str | None
    label: str | None
    because: str | None
    """The rule that decided, where it says."""
    reason: str | None
    """What it says of that rule, in words."""
    definitions: Mapping[str, str]
    land: Mapping[str, str]
    access: Mapping[str, str]
    best_fire: str | None
    """The grade said to be on the best way; empty where nothing is said."""
    fires: Mapping[str, str | None] | None
    """Mode to the grade on its own best way."""
    told_as: Mapping[str, object]
    """Name, weight and presence of a position, as far as they are told."""
    has_likelihood: bool
    """A likelihood is told of it."""
    open: OpenPath | None
    closed: ClosedRing | None

    @property
    def answers(self) -> tuple[object, ...]:
        """What is answered about it: definitions and axes."""
        return (self.definitions, self.land, self.access, self.best_fire, self.fires)


@dataclass(frozen=True, slots=True)
class Parameters:
    """What the judgement says it was judged by; metres and days."""

    stale_after_days: float
    join_m: float
    seam_m: float
    salient_share: float = 0.5
    without: tuple[str, ...] = ()
    """Features it was judged without."""
    assume: Mapping[str, Assumed] = field(default_factory=dict)
    """Features it took as certain, or as not there."""


@dataclass(frozen=True, slots=True)
class WhatIf:
    """What a judgement by supposition says of the map as it is drawn."""

    code: str
    verdict: str
    definitions: Mapping[str, str]
    changed: Mapping[str, tuple[object, object]]
    """Member to what it was and what it is now."""


@dataclass(frozen=True, slots=True)
class CutOff:
    """How many positions are said to be cut off, of how many, and their share of the weight."""

    units: int
    of: int
    weight_share: float | None


@dataclass(frozen=True, slots=True)
class Margins:
    """What is said beside the verdict of the way that proves it, on each reading."""

    necks: Mapping[Reading, float | None]
    """Width of the neck, metres."""
    at: tuple[float, float] | None
    """Where the neck is."""
    ways: Mapping[Reading, int | None]
    """Separate ways by route and crossing."""
    opening_m: float | None
    """Least ground that would have to change for a way to open, metres."""
    is_empty: bool
    """Nothing at all is told."""


@dataclass(frozen=True, slots=True)
class ToldNotice:
    """A notice that is told beside the verdict."""

    code: str
    severity: str
    statement: str
    features: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Confidence:
    """How firmly the verdict is said to stand."""

    level: str
    holds: tuple[int, int] | None
    """Origins any one of which may be left out, and of how many."""
    moved_m: float | None
    """How far all boundaries may be out, metres."""


@dataclass(frozen=True, slots=True)
class Said:
    """Everything of a judgement that can be checked, and what it leaves away."""

    force: str
    side: str
    as_of: str
    sha256: str
    situation: str | None
    """Id of the map it says it was made from."""
    drawn_notices: tuple[str, ...] | None
    """The notices that it says the map has; None where it does not say."""
    parameters: Parameters
    what_if: WhatIf | None
    """What it says that the map gives without its suppositions."""
    cut_off: CutOff | None
    options: Mapping[str, object]
    """Every option printed, as it stands there."""
    uncovered: str | None
    """What ground that nobody drew is said to count as."""
    guessed: Mapping[str, tuple[float, ...]] | None
    """Position to the reach guessed for it, on each reading; metres."""
    margins: Margins
    title: str | None
    headline: str | None
    names: Mapping[str, str]
    """What features, and the force, are called."""
    notices: tuple[ToldNotice, ...]
    """The notices that are told beside the verdict, in order."""
    confidence: Confidence | None
    p_encircled: tuple[float, float] | None
    """Bounds of the likelihood that is told."""
    has_pivots: bool
    """It says of anything that it would turn the verdict."""
    rules: Mapping[str, tuple[str, ...]]
    """The rules that it says apply beside the one that decides, and the evidence they name."""
    left_away: tuple[str, ...]
    """Members that the contract gives every judgement, and that are not there or empty."""
    texts: frozenset[str]
    """Every text that stands in it, but for its `names`."""
    whole: Ruling
    parts: tuple[Ruling, ...]

    @property
    def has_likelihood(self) -> bool:
        """Tell whether a likelihood of the force is told."""
        return self.whole.has_likelihood
