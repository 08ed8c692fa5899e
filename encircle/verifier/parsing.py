"""What does a judgement say: its certificates as frozen values, or the place where it stammers."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal, TypeAlias, TypeVar, cast

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

Reading = Literal["optimistic", "pessimistic"]
READINGS: tuple[Reading, ...] = ("optimistic", "pessimistic")
DEFINITIONS = ("land_cut", "vehicle_cut", "fire_control", "isolation", "surrounded")
ANSWERS = ("yes", "no", "contested", "unknown")
LAND_ANSWERS = ("open", "closed", "contested", "unknown")
ACCESS = ("sea", "air", "special")
ACCESS_ANSWERS = ("none", "closed", "contested", "open", "unknown", "enemy_leave")
"""What a judgement may answer. Source: contract, Definitions and Axes."""
LAND_MODES = ("rail", "wheeled", "tracked", "foot", "boat")
VERDICTS = ("encircled", "not_encircled", "contested", "indeterminate", "no_force")
GRADES = ("F0", "F1", "F2", "F3", "F4")
UNMAPPED_RANK = 1.5
"""Fire nobody mapped ranks between F1 and F2. Source: the ladder of fire grades."""
HOLDS = ("hostile", "barrier", "sea", "neutral", "grey")
STOPS = (
    "hostile", "grey", "neutral", "barrier", "cut", "unknown", "permission", "tunnel",
    "neutral_strip", "third_party", "edge",
)  # fmt: skip
MOST_VERTICES = 2_000_000
"""
A judgement with more vertices than this is refused unread, a ring that several share counted once.

It is twice what a map may have: a ring runs along drawn lines, and is told whole and by segments.
"""
MOST_SHARED = 8
"""A ring is looked for among so many others that were read before it."""
MOST_ITEMS = 1_000_000
"""Lists longer than this, of anything, are refused unread: no map has as many vertices."""
_A_LINE = 2
_A_RING = 4

T = TypeVar("T")


class UnreadableError(ValueError):
    """Some member of a judgement is not what the contract says; never leaves the verifier."""


def rank_of_fire(grade: str | None) -> float:
    """Rank a fire grade; fire nobody mapped comes after F1."""
    return UNMAPPED_RANK if grade is None else float(GRADES.index(grade))


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
    assume: Mapping[str, bool] = field(default_factory=dict)
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
    """Everything of a judgement that can be checked."""

    force: str
    side: str
    as_of: str
    sha256: str
    situation: str | None
    """Id of the map it says it was made from."""
    drawn_notices: tuple[str, ...]
    """The notices that it says the map has."""
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
    rules: tuple[str, ...]
    """The rules that it says apply beside the one that decides."""
    whole: Ruling
    parts: tuple[Ruling, ...]


Course: TypeAlias = "tuple[tuple[tuple[NDArray[np.float64], ...], ...], tuple[Segment, ...]]"
"""The polygons of a ring, and its segments."""


@dataclass(frozen=True, slots=True)
class Node:
    """A value of a JSON document and where it stands (RFC 6901)."""

    value: object
    pointer: str = ""
    spent: list[int] = field(default_factory=lambda: [0])
    courses: list[tuple[object, Course]] = field(default_factory=list)
    """Rings read before, as they stand there: the positions of one pocket all have the same."""

    def fail(self, wanted: str) -> UnreadableError:
        """Say what stands here instead of what was wanted."""
        return UnreadableError(f"{self.pointer or '/'} is not {wanted}")

    def object(self) -> Mapping[str, Any]:
        """Take an object."""
        if not isinstance(self.value, Mapping):
            raise self.fail("an object")
        return self.value

    def __getitem__(self, name: str) -> Node:
        return Node(self.object().get(name), f"{self.pointer}/{name}", self.spent, self.courses)

    def items(self) -> list[Node]:
        """Take a list, not too long."""
        if not isinstance(self.value, (list, tuple)) or len(self.value) > MOST_ITEMS:
            raise self.fail(f"a list of at most {MOST_ITEMS}")
        at = (f"{self.pointer}/{number}" for number in range(len(self.value)))
        return [Node(v, a, self.spent, self.courses) for v, a in zip(self.value, at, strict=True)]

    def maybe(self, take: Callable[[Node], T]) -> T | None:
        """Take something, or null."""
        return None if self.value is None else take(self)

    def text(self) -> str:
        """Take text."""
        if not isinstance(self.value, str):
            raise self.fail("text")
        return self.value

    def one_of(self, words: tuple[str, ...]) -> str:
        """Take one of some words."""
        if not isinstance(self.value, str) or self.value not in words:
            raise self.fail(f"one of {', '.join(words)}")
        return self.value

    def true(self) -> bool:
        """Read the word true, which is said where it holds and left out where not."""
        if self.value is not True:
            raise self.fail("true")
        return True

    def number(self) -> float:
        """Take a finite number that is not negative."""
        number = self.signed()
        if number < 0:
            raise self.fail("a finite number, zero or more")
        return number

    def signed(self) -> float:
        """Take a finite number."""
        if isinstance(self.value, bool) or not isinstance(self.value, (int, float)):
            raise self.fail("a number")
        try:
            number = float(self.value)
        except OverflowError:
            raise self.fail("a number of sane size") from None
        if not math.isfinite(number):
            raise self.fail("a finite number")
        return number

    def index(self) -> int:
        """Take a count or an index."""
        if isinstance(self.value, bool) or not isinstance(self.value, int) or self.value < 0:
            raise self.fail("a whole number, zero or more")
        return self.value

    def ids(self) -> tuple[str, ...]:
        """Take a list of feature ids."""
        return tuple(item.text() for item in self.items())

    def words(self) -> dict[str, str]:
        """Take an object whose members are text."""
        return {name: self[name].text() for name in self.object()}

    def points(self, least: int) -> NDArray[np.float64]:
        """Take a list of positions, `(lon, lat)` in degrees."""
        items = self.items()
        self.spent[0] += len(items)
        if self.spent[0] > MOST_VERTICES:
            raise UnreadableError(f"the judgement has more than {MOST_VERTICES} vertices")
        if len(items) < least:
            raise self.fail(f"a list of at least {least} positions")
        return np.asarray([item.position() for item in items], dtype=float)

    def position(self) -> tuple[float, float]:
        """Take one position."""
        pair = self.value
        if not isinstance(pair, (list, tuple)) or len(pair) != 2:  # noqa: PLR2004 - lon and lat
            raise self.fail("a position [lon, lat]")
        for number, bound in zip(pair, (180.0, 90.0), strict=True):
            sound = isinstance(number, (int, float)) and not isinstance(number, bool)
            if not sound or not -bound <= number <= bound:
                raise self.fail("a position [lon, lat] in degrees")
        return float(pair[0]), float(pair[1])


def parse_judgement(judgement: Mapping[str, Any]) -> Said:
    """
    Read what a judgement says.

    Raises
    ------
    UnreadableError
        If a member is missing, of the wrong type, not finite, or absurdly large.
    """
    top = Node(judgement)
    return Said(
        force=top["force"].text(),
        side=top["side"].text(),
        as_of=top["as_of"].text(),
        sha256=top["provenance"]["input_sha256"].text(),
        situation=top["provenance"]["situation"].maybe(Node.text),
        drawn_notices=top["provenance"]["notices"].maybe(Node.ids) or (),
        parameters=_parse_parameters(top["provenance"]["parameters"]),
        what_if=top["what_if"].maybe(_parse_what_if),
        cut_off=top["cut_off"].maybe(_parse_cut_off),
        options=top["provenance"]["parameters"].object(),
        uncovered=top["provenance"]["parameters"]["uncovered"].maybe(Node.text),
        guessed=top["provenance"]["default_reach_m"].maybe(_parse_guessed),
        margins=_parse_margins(top["margins"]),
        title=top["title"].maybe(Node.text),
        headline=top["headline"].maybe(Node.text),
        names=top["names"].maybe(Node.words) or {},
        notices=tuple(_parse_notices(top["notices"])),
        confidence=top["confidence"].maybe(_parse_confidence),
        p_encircled=top["likelihood"].maybe(lambda node: node["p_encircled"].maybe(_parse_bounds)),
        rules=tuple(_parse_rules(top["findings"])),
        whole=_parse_ruling(top, None),
        parts=tuple(_parse_ruling(part, part["id"].text()) for part in top["units"].items()),
    )


def _parse_margins(node: Node) -> Margins:
    given = node.maybe(Node.object) or {}
    neck, ways = (given.get(name) for name in ("neck_width_m", "disjoint_routes"))
    necks = {r: node["neck_width_m"][r].maybe(Node.number) for r in READINGS if neck is not None}
    at = node["neck_width_m"]["at"].maybe(Node.position) if neck is not None else None
    counts = {r: node["disjoint_routes"][r].maybe(Node.index) for r in READINGS if ways is not None}
    gap = node["opening_distance_m"] if "opening_distance_m" in given else None
    opening_m = gap.maybe(lambda told: told["distance_m"].number()) if gap else None
    return Margins(necks, at, counts, opening_m)


def _parse_guessed(node: Node) -> dict[str, tuple[float, ...]]:
    given = node.object()
    return {name: tuple(reach.signed() for reach in node[name].items()) for name in given}


def _parse_what_if(node: Node) -> WhatIf:
    base = node["base"]
    return WhatIf(
        code=base["status"].text(),
        verdict=base["verdict"].one_of(VERDICTS),
        definitions=base["definitions"].maybe(Node.words) or {},
        changed={
            one["member"].text(): (one["from"].value, one["to"].value)
            for one in node["changed"].items()
        },
    )


def _parse_cut_off(node: Node) -> CutOff:
    share = node["weight_share"].maybe(Node.number)
    return CutOff(units=node["units"].index(), of=node["of"].index(), weight_share=share)


def _parse_notices(node: Node) -> Iterator[ToldNotice]:
    for notice in node.maybe(Node.items) or ():
        yield ToldNotice(
            code=notice["code"].text(),
            severity=notice["severity"].text(),
            statement=notice["statement"].text(),
            features=notice["features"].maybe(Node.ids) or (),
        )


def _parse_bounds(node: Node) -> tuple[float, float]:
    bounds = [bound.number() for bound in node.items()]
    if len(bounds) != 2:  # noqa: PLR2004 - lower and upper
        raise node.fail("two numbers")
    return bounds[0], bounds[1]


def _parse_confidence(node: Node) -> Confidence:
    held = node["holds_without"].maybe(lambda o: (o["origins"].index(), o["of"].index()))
    return Confidence(node["level"].text(), held, node["holds_moved_m"].maybe(Node.number))


def _parse_parameters(node: Node) -> Parameters:
    return Parameters(
        stale_after_days=node["stale_after_days"].number(),
        join_m=node["join_m"].number(),
        seam_m=node["seam_m"].number(),
        salient_share=_or_default(node["salient_share"].maybe(Node.number), 0.5),
        without=node["without"].maybe(Node.ids) or (),
        assume=node["assume"].maybe(_parse_assumptions) or {},
    )


def _or_default(given: float | None, default: float) -> float:
    return default if given is None else given


def _parse_assumptions(node: Node) -> dict[str, bool]:
    given = node.object()
    for name, holds in given.items():
        if not isinstance(holds, bool):
            raise node.fail(f"true or false for {name}")
    return dict(given)


def _parse_ruling(node: Node, whose: str | None) -> Ruling:
    encircled = node["encircled"].value
    if encircled is not None and not isinstance(encircled, bool):
        raise node["encircled"].fail("true, false or null")
    axes = node["axes"]
    because, reason = _parse_reason(node, whose)
    told = axes.value is not None
    return Ruling(
        id=whose,
        verdict=node["verdict"].one_of(VERDICTS),
        encircled=encircled,
        code=node["status"]["code"].text(),
        name=node["status"]["name"].maybe(Node.text),
        label=node["status"]["label"].maybe(Node.text),
        because=because,
        reason=reason,
        definitions=_parse_answers(node["definitions"], DEFINITIONS, ANSWERS),
        land=_parse_answers(axes["land"], LAND_MODES, LAND_ANSWERS) if told else {},
        access=_parse_answers(axes, ACCESS, ACCESS_ANSWERS, beside=("land", "fire")),
        best_fire=_parse_best_fire(axes),
        fires=_parse_fires(axes) if told else None,
        told_as=_parse_position(node) if whose is not None else {},
        open=node["certificates"]["open"].maybe(_parse_open),
        closed=node["certificates"]["closed"].maybe(_parse_closed),
    )


def _parse_answers(
    node: Node, names: tuple[str, ...], answers: tuple[str, ...], beside: tuple[str, ...] = ()
) -> dict[str, str]:
    """Take the answers that are given to some questions, each one of a few words, and no others."""
    given = node.maybe(Node.object) or {}
    for name in given:
        if name not in (*names, *beside):
            raise node[str(name)].fail(f"one of {', '.join((*names, *beside))}")
    return {name: node[name].one_of(answers) for name in names if name in given}


def _parse_best_fire(axes: Node) -> str | None:
    if axes.value is None or axes["fire"].value is None:
        return ""
    return _parse_grade(axes["fire"]["best"])


def _parse_fires(axes: Node) -> dict[str, str | None] | None:
    by_mode = axes["fire"]["by_mode"] if axes["fire"].value is not None else axes["fire"]
    return by_mode.maybe(lambda node: {mode: _parse_grade(node[mode]) for mode in node.object()})


def _parse_grade(node: Node) -> str | None:
    return node.maybe(lambda grade: grade.one_of(GRADES))


def _parse_position(node: Node) -> dict[str, object]:
    told = {name: node[name].maybe(Node.text) for name in ("name", "present")}
    given: dict[str, object] = {n: value for n, value in told.items() if n in node.object()}
    weight = node["weight"].maybe(Node.number)
    return given if weight is None else {**given, "weight": weight}


def _parse_reason(node: Node, whose: str | None) -> tuple[str | None, str | None]:
    """Take the rule that decided, and its words: of the force's findings, or a position's one."""
    if whose is not None:
        found = [node["because"]] if node["because"].value is not None else []
    else:
        findings = node["findings"].maybe(Node.items) or []
        found = [f for f in findings if f["decides"].value is True]
        if len(found) != 1 and findings:
            raise node["findings"].fail("a list of findings of which one decides")
    if not found:
        return None, None
    return found[0]["rule"].text(), found[0]["statement"].maybe(Node.text)


def _parse_rules(node: Node) -> Iterator[str]:
    """Take the rules that are said to apply and decide nothing."""
    for finding in node.maybe(Node.items) or []:
        if finding["decides"].value is not True:
            yield finding["rule"].text()


def _parse_line(node: Node) -> NDArray[np.float64]:
    node["type"].one_of(("LineString",))
    return node["coordinates"].points(_A_LINE)


def _parse_open(node: Node) -> OpenPath:
    legs = tuple(_parse_leg(leg) for leg in node["legs"].items())
    if not legs:
        raise node["legs"].fail("a path: it has no legs")
    return OpenPath(
        reading=cast("Reading", node["reading"].one_of(READINGS)),
        unit=node["unit"].text(),
        anchor=node["anchor"].text(),
        mode=node["mode"].one_of(LAND_MODES),
        legs=legs,
        length_m=node["length_m"].number(),
        bottleneck=node["bottleneck"].maybe(_parse_bottleneck),
        disjoint=_parse_disjoint(node["disjoint"]),
    )


def _parse_leg(node: Node) -> Leg:
    return Leg(
        points=_parse_line(node["geometry"]),
        by=node["by"].one_of(("ground", "route", "crossing")),
        mode=node["mode"].one_of(LAND_MODES),
        control=node["control"].one_of(("friendly", "open", "grey", "crossing")),
        fire=node["fire"].maybe(lambda fire: fire.one_of(GRADES)),
        evidence=node["evidence"].ids(),
        length_m=node["length_m"].number(),
    )


def _parse_bottleneck(node: Node) -> Bottleneck:
    return Bottleneck(
        leg=node["leg"].maybe(Node.index),
        width_m=node["width_m"].maybe(Node.number),
        at=node["at"].maybe(lambda at: np.asarray(at.position())),
        evidence=node["evidence"].ids(),
    )


def _parse_disjoint(node: Node) -> Disjoint:
    return Disjoint(
        count=node["count"].index(),
        ways=tuple(way.ids() for way in node["ways"].items()),
        cut=node["cut"].ids(),
    )


def _parse_closed(node: Node) -> ClosedRing:
    polygons, segments = _parse_course(node)
    stops = node["cut_set"]
    return ClosedRing(
        reading=cast("Reading", node["reading"].one_of(READINGS)),
        units=node["units"].ids(),
        polygons=polygons,
        segments=segments,
        weakest=node["weakest"].index(),
        area_km2=node["area_km2"].number(),
        cut_set={
            mode: tuple(_parse_stop(stop) for stop in stops[mode].items())
            for mode in LAND_MODES
            if mode in stops.object()
        },
    )


def _parse_course(node: Node) -> Course:
    """Take the course of a ring; one that was read before is the same, and no vertex of it new."""
    ring, segments = node["ring"], node["segments"]
    given = (ring.value, segments.value)
    for told, course in node.courses[-MOST_SHARED:]:
        if told == given:
            return course
    kind = ring["type"].one_of(("Polygon", "MultiPolygon"))
    whole = ring["coordinates"]
    polygons = _parse_polygons(whole, whole.items() if kind == "MultiPolygon" else [whole])
    course = polygons, tuple(_parse_segment(segment) for segment in segments.items())
    node.courses.append((given, course))
    return course


def _parse_polygons(
    whole: Node, polygons: list[Node]
) -> tuple[tuple[NDArray[np.float64], ...], ...]:
    parts = tuple(tuple(r.points(_A_RING) for r in p.items()) for p in polygons)
    if not parts or not all(parts):
        raise whole.fail("a ring: it is empty")
    return parts


def _parse_segment(node: Node) -> Segment:
    return Segment(
        ring=node["ring"].index(),
        part=node["part"].index(),
        points=_parse_line(node["geometry"]),
        by=node["by"].one_of(HOLDS),
        evidence=node["evidence"].ids(),
        length_m=node["length_m"].number(),
        on_edge=node["edge_of_the_map"].maybe(Node.true) or False,
    )


def _parse_stop(node: Node) -> Stop:
    return Stop(
        id=node["id"].text(),
        at=np.asarray(node["at"].position()),
        because=node["because"].one_of(STOPS),
    )
