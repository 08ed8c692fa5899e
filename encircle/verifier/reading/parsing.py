"""What does a judgement say: its certificates as frozen values, or the place where it stammers."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

import numpy as np

from encircle.map.situation import GROUND
from encircle.verifier.reading.form import find_left_away, list_texts
from encircle.verifier.reading.node import Course, Node
from encircle.verifier.reading.said import (
    HOLDS,
    READINGS,
    STOPS,
    Bottleneck,
    ClosedRing,
    Confidence,
    CutOff,
    Disjoint,
    Leg,
    Margins,
    OpenPath,
    Parameters,
    Reading,
    Ruling,
    Said,
    Segment,
    Stop,
    ToldNotice,
    WhatIf,
)

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from numpy.typing import NDArray

    from encircle.map.situation import Assumed

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
MOST_SHARED = 8
"""A ring is looked for among so many others that were read before it."""
_A_LINE = 2
_A_RING = 4


def rank_of_fire(grade: str | None) -> float:
    """Rank a fire grade; fire nobody mapped comes after F1."""
    return UNMAPPED_RANK if grade is None else float(GRADES.index(grade))


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
        drawn_notices=top["provenance"]["notices"].maybe(Node.ids),
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
        has_pivots=bool(top["pivots"].maybe(Node.items)),
        rules=_parse_rules(top["findings"]),
        left_away=(*find_left_away(judgement),),
        texts=frozenset(list_texts({n: v for n, v in judgement.items() if n != "names"})),
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
    return Margins(necks, at, counts, opening_m, is_empty=not given)


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


def _parse_assumptions(node: Node) -> dict[str, Assumed]:
    given = node.object()
    for name, holds in given.items():
        if not isinstance(holds, bool) and holds not in GROUND:
            raise node.fail(f"true, false, hostile or passable for {name}")
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
        has_likelihood=bool(node["likelihood"].maybe(Node.object)),
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


def _parse_rules(node: Node) -> dict[str, tuple[str, ...]]:
    """Take the rules that are said to apply and decide nothing, and the evidence they name."""
    return {
        finding["rule"].text(): finding["evidence"].maybe(Node.ids) or ()
        for finding in node.maybe(Node.items) or []
        if finding["decides"].value is not True
    }


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
