"""Starting a scenario, and checking one for the mistakes people make when they draw."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import shapely

from encircle.archive.library.provenance import (
    AUTHORS,
    JUDGEMENT,
    Provenance,
    find_faults_of_map,
    find_faults_of_text,
)
from encircle.archive.library.scenarios import EXPECTED, SITUATION, SOURCES, read_scenario
from encircle.claims.words.agreement import ARGUED, find_disagreement
from encircle.errors import SituationError
from encircle.judge import find_status, judge
from encircle.map.counting import number_of
from encircle.map.plane.projection import Plane
from encircle.map.situation import Claim, Control, Position
from encircle.map.slips.slips import inspect_situation
from encircle.verdict.judgement import STATUSES

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from shapely.geometry.base import BaseGeometry

    from encircle.archive.library.scenarios import Scenario
    from encircle.map.situation import Situation

Json = dict[str, Any]
Place = tuple[float, float]

REDRAW = "Drawn by the draft: redraw"
"""Note on whatever a draft draws, so that nobody takes it for history."""
FEATURES = range(8, 61)
"""Features that a hand-drawn state has; fewer say too little, more are hard to check by hand."""
SLIT_M = 1000.0
"""Unpainted ground nowhere wider than this is a slit between polygons meant to touch, metres."""
UNPAINTED_SHARE = 0.05
"""Share of the area that may stay unpainted without a question."""
MOST_CODES = 3
"""Codes a record can leave open; more is no expectation."""


@dataclass(frozen=True, slots=True)
class Mistake:
    """Something to look at: what, where, and what to do about it."""

    name: str
    statement: str
    features: tuple[str, ...] = ()
    is_mistake: bool = True
    """False where it may be meant."""

    def __str__(self) -> str:
        where = f" [{', '.join(self.features)}]" if self.features else ""
        return f"{'Mistake' if self.is_mistake else 'Look at'}: {self.statement}{where}"

    def to_dict(self) -> Json:
        """Give the mistake as one entry of a report."""
        return {
            "name": self.name,
            "statement": self.statement,
            "features": list(self.features),
            "is_mistake": self.is_mistake,
        }


# -- starting --------------------------------------------------------------------------------


def draft_scenario(  # noqa: PLR0913 - what the first features need
    name: str, *, side: str, enemy: str, force: str, at: Place, anchor_at: Place
) -> dict[str, str]:
    """
    Write the files of a new scenario: a map with one position, its ground, and ground to reach.

    Returns
    -------
    files
        Text by file name. What history says is left empty, and `find_mistakes` asks for it.
    """
    west, east = sorted((at[0], anchor_at[0]))
    south, north = sorted((at[1], anchor_at[1]))
    room = max(east - west, north - south, 0.05) / 2
    held = shapely.box(west - room / 2, south - room / 2, east + room / 2, north + room / 2)
    area = shapely.box(west - room, south - room, east + room, north + room)
    paper = shapely.box(*area.buffer(room / 4).bounds)
    instant = f"{name[-10:]}T12:00:00Z"
    seen = {"sources": ["source-a"], "observed_at": instant, "note": REDRAW}

    def draw(identity: str, kind: str, shape: BaseGeometry, **said: object) -> str:
        properties = {"kind": kind, **said, **seen}
        rounded = shapely.set_precision(shape, 1e-5)
        geometry = shapely.geometry.mapping(rounded)
        feature = {"type": "Feature", "id": identity, "geometry": geometry}
        return "  " + json.dumps({**feature, "properties": properties}, ensure_ascii=False)

    features = [
        draw("own-ground", "control", held, holder=side, basis="assessed"),
        draw("enemy-ground", "control", paper - held, holder=enemy, basis="assessed"),
        draw(
            "position",
            "position",
            shapely.Point(at),
            side=side,
            force=force,
            reach_m=500,
            basis="sketch",
        ),
        draw("anchor", "anchor", shapely.Point(anchor_at).buffer(room / 8), side=side),
        draw("road", "route", shapely.LineString([at, anchor_at])),
    ]
    heading = {
        "id": name,
        "title": "?",
        "as_of": instant,
        "sides": [{"id": side, "name": side}, {"id": enemy, "name": enemy}],
        "force": force,
        "area": shapely.geometry.mapping(shapely.set_precision(area, 1e-5)),
        "sources": [
            {"id": "source-a", "title": "?", "origin": "source-a"},
            {
                "id": AUTHORS,
                "title": "Author's judgement: drawn by hand from the accounts cited",
                "reliability": "C",
                "credibility": 3,
                "origin": AUTHORS,
            },
        ],
    }
    situation = (
        '{"type": "FeatureCollection",\n "situation": '
        + json.dumps(heading, ensure_ascii=False, indent=2).replace("\n", "\n ")
        + ',\n "features": [\n'
        + ",\n".join(features)
        + "\n ]\n}\n"
    )
    expected = {
        "force": force,
        "as_of": instant,
        "verdict": "",
        "acceptable": [],
        "definitions": {},
        "history": {"confidence": "", "note": ""},
    }
    rows = "\n".join(
        f"| `{json.loads(f)['id']}` | {JUDGEMENT} ? [source-a] | C3; ? |" for f in features
    )
    sources = (
        f"# Sources: {name}\n\nHand-drawn. No map file is copied.\n\n"
        f"| feature | where it comes from | how sure |\n|---|---|---|\n{rows}\n\n"
        "## Dates\n\n[source-a] ?\n\n## Disputes\n\n?\n\n"
        "## References\n\n- [source-a] Author, *Title*, day month year. <https://?> Not reached.\n"
    )
    return {
        SITUATION: situation,
        EXPECTED: json.dumps(expected, indent=1) + "\n",
        SOURCES: sources,
    }


# -- checking --------------------------------------------------------------------------------


def find_mistakes(folder: Path) -> list[Mistake]:
    """
    Look a scenario over for the mistakes people make.

    What the door refuses comes first, and alone: a map that cannot be read cannot be checked.
    """
    scenario = read_scenario(folder)
    told = folder / SOURCES
    text = told.read_text("utf-8") if told.is_file() else ""
    try:
        situation = scenario.situation
    except SituationError as error:
        return [Mistake("unreadable", str(fault)) for fault in error.faults]
    drawn = [mistake for check in _ON_THE_MAP for mistake in check(situation)]
    return [
        *drawn,
        *_check_expected(scenario, situation),
        *_check_sources(scenario, situation, text),
        *(_check_provenance(scenario, situation, text, folder) if scenario.is_history else ()),
    ]


def _check_paint(situation: Situation) -> Iterator[Mistake]:
    """Find ground no control polygon covers: it counts as unknown, and opens or contests rings."""
    painted = [c.drawn for c in situation.of_kind(Control) if c.basis != "claimed"]
    if not painted or situation.area is None or situation.uncovered == "open":
        return
    plane = Plane(situation.origin)
    area = plane.to_metres(situation.area)
    bare = area - shapely.union_all([plane.to_metres(shape) for shape in painted])
    parts = [p for p in shapely.get_parts(bare) if "Polygon" in p.geom_type and p.area > 1.0]
    slits = [p for p in parts if p.buffer(-SLIT_M / 2).is_empty and p.length > 2 * SLIT_M]
    if slits:
        longest = max(slits, key=lambda p: p.length).representative_point()
        lon, lat = plane.points_to_degrees([(longest.x, longest.y)])[0]
        yield Mistake(
            "slit",
            f"{len(slits)} slits nobody painted, the longest at {lon:.4f}, {lat:.4f}: polygons "
            "that touch must share their vertices, or unknown ground runs between them",
        )
    wide = sum(p.area for p in parts) - sum(p.area for p in slits)
    if wide > UNPAINTED_SHARE * area.area:
        share = wide / area.area
        yield Mistake(
            "uncovered",
            f"{share:.0%} of the area is painted by nobody and counts as unknown; paint it, or "
            "say in SOURCES.md that nobody knew",
            is_mistake=False,
        )


def _check_edge(situation: Situation) -> Iterator[Mistake]:
    """Find a ring that only the edge of the map closes."""
    if find_status(situation).code != "U":
        return
    if any(finding.rule == "map_ends_first" for finding in judge(situation).findings):
        yield Mistake("map-edge", "open ground runs off the map before an anchor is reached: "
                      "widen the area, or paint who holds the ground there")  # fmt: skip


def _check_slips(situation: Situation) -> Iterator[Mistake]:
    """Find what every judgement of the map would tell as a slip of drawing."""
    for notice in inspect_situation(situation):
        certain = notice.severity == "doubt" or notice.code in OFF_THE_MAP
        yield Mistake(notice.code, notice.statement, notice.features, is_mistake=certain)


OFF_THE_MAP = ("force_off_the_map", "anchor_off_the_map", "feature_far_away")
"""Slips that a scenario never means."""

_ON_THE_MAP: tuple[Callable[[Situation], Iterator[Mistake]], ...] = (
    _check_slips,
    _check_paint,
    _check_edge,
)


def _check_expected(scenario: Scenario, situation: Situation) -> Iterator[Mistake]:
    """Find what expected.json leaves out, or says of things that are not on the map."""
    yield from _check_codes(scenario)
    expected = scenario.expected
    if expected.get("force") != situation.force:
        yield Mistake("expected", f"{EXPECTED}: force is not {situation.force}")
    day = situation.as_of.date().isoformat()
    if scenario.day and scenario.day != day:
        yield Mistake("date", f"the folder is dated {scenario.day}, the map {day}")
    for member, known in (
        ("units", {p.id for p in situation.of_kind(Position)}),
        ("claims", {c.id for c in situation.of_kind(Claim)}),
    ):
        strange = tuple(sorted(set(expected.get(member, {})) - known))
        if strange:
            yield Mistake("expected", f"{EXPECTED}: {member} not on the map", strange)


def _check_codes(scenario: Scenario) -> Iterator[Mistake]:
    expected = scenario.expected
    unknown = [code for code in scenario.acceptable if code not in STATUSES]
    if unknown:
        yield Mistake("expected", f"{EXPECTED}: no status is called {', '.join(unknown)}")
        return
    if not scenario.acceptable:
        yield Mistake("expected", f"{EXPECTED}: acceptable is empty; say what history allows")
    elif len(scenario.acceptable) > MOST_CODES:
        yield Mistake(
            "expected", f"{EXPECTED}: acceptable allows nearly everything", is_mistake=False
        )
    verdicts = {STATUSES[code].verdict for code in scenario.acceptable}
    if verdicts and expected.get("verdict") not in verdicts:
        said = expected.get("verdict") or "nothing"
        yield Mistake("expected", f"{EXPECTED}: verdict says {said}, the codes say otherwise")
    told = expected.get("history", {})
    for member in ("confidence", "note"):
        if not told.get(member):
            yield Mistake("expected", f"{EXPECTED}: history.{member} is empty")


def _check_sources(scenario: Scenario, situation: Situation, text: str) -> Iterator[Mistake]:
    """Find features whose place nobody vouches for."""
    if not text.strip():
        yield Mistake("sources", f"{SOURCES} is missing or empty")
    named = re.findall(r"`([^`]+)`", text)
    patterns = [re.escape(name).replace(r"\*", ".*") for name in named]
    kept = re.compile("|".join(patterns) or "(?!)")
    silent = tuple(f.id for f in situation.features if not kept.fullmatch(f.id))
    if silent:
        yield Mistake("sources", f"{SOURCES} does not name these", silent, is_mistake=False)
    bare = tuple(f.id for f in situation.features if not f.sources and not isinstance(f, Claim))
    if bare:
        yield Mistake("sources", "no source is named for these", bare, is_mistake=False)
    drafts = tuple(f.id for f in situation.features if f.note == REDRAW)
    if drafts:
        yield Mistake("draft", "still as the draft drew them", drafts)
    if len(situation.features) not in FEATURES:
        count = len(situation.features)
        yield Mistake("features", f"{number_of(count, 'feature')}: a state is drawn with "
                      f"{FEATURES.start} to {FEATURES.stop - 1}", is_mistake=False)  # fmt: skip
    if "?" in {scenario.heading.get("title"), *(s.get("title") for s in _sources_of(scenario))}:
        yield Mistake("draft", "the title of the map or of a source is still a question mark")


def _check_provenance(
    scenario: Scenario, situation: Situation, text: str, folder: Path
) -> Iterator[Mistake]:
    """
    Find what a reader cannot follow to a text, and claims filed against their own words.

    A claim that a chronology of the place sources is left to it.
    """
    provenance = Provenance(text)
    beside = folder.parent / f"{scenario.place}-chronology" / SOURCES
    elsewhere = beside.read_text("utf-8") if beside.is_file() else ""
    claims = {
        feature["id"]: feature["properties"]
        for feature in scenario.document["features"]
        if feature["properties"].get("kind") == "claim" and f"`{feature['id']}`" not in elsewhere
    }
    faults = [
        *find_faults_of_text(provenance, claims=claims),
        *find_faults_of_map(scenario, situation, provenance),
    ]
    for name, claim in claims.items():
        fault = find_disagreement(claim)
        if fault and ARGUED not in provenance.said_of(name):
            faults.append((fault, (name,)))
    return (Mistake("provenance", fault, features) for fault, features in faults)


def _sources_of(scenario: Scenario) -> list[Json]:
    return [s for s in scenario.heading.get("sources", []) if isinstance(s, dict)]
