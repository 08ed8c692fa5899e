"""
Does each status stand on its own ground: every code held against what the verifier floods.

Long for one reason: it is a table, one entry for each status.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import shapely
from shapely.geometry import Point

from encircle.map.situation import Anchor, Barrier, Crossing, Fire
from encircle.verifier.flood.access import FACILITIES, find_access
from encircle.verifier.flood.bearings import share_hostile
from encircle.verifier.flood.flood import find_way_by, flood_of
from encircle.verifier.ground import SLACK_M, TOLERANCE_M, Survey
from encircle.verifier.path.case import Fault
from encircle.verifier.path.spans import course_of
from encircle.verifier.reading.parsing import LAND_MODES, rank_of_fire
from encircle.verifier.reading.said import READINGS
from encircle.verifier.regions import common, measure_gap
from encircle.verifier.told.words import count_bare

if TYPE_CHECKING:
    from collections.abc import Iterator

    from shapely.geometry.base import BaseGeometry

    from encircle.map.situation import Position
    from encircle.verifier.drawing import Lean
    from encircle.verifier.reading.said import Reading, Ruling

CONTRADICTION = "position_contradicts_map"
"""The rule that a bare position on ground of the enemy cannot be told."""
OFF_THE_MAP = "off_the_map"
DECIDED_BY: dict[str, tuple[str, ...]] = {
    "N": ("no_force",),
    "U": ("presence_unknown", OFF_THE_MAP, CONTRADICTION, "map_ends_first"),
    "E2": ("isolated",),
    "E1": ("encircled_with_access",),
    "C3": ("contested",),
    "C2": ("interdicted",),
    "C0": ("connected",),
    "C1": ("salient",),
}
"""Code to the rules that may decide it. Source: docs/method.md, The rules."""
GIVES: dict[str, tuple[Reading, ...]] = {"open": ("pessimistic",), "contested": READINGS}
"""Answer to the readings on one of which there must be a way."""
GAINSAYS: dict[str, tuple[Reading, ...]] = {
    "contested": ("pessimistic",),
    "closed": READINGS,
    "none": READINGS,
    "enemy_leave": READINGS,
    "unknown": READINGS,
}
"""Answer to the readings on none of which there may surely be one."""
VEHICLES = ("wheeled", "tracked")
F2, F3 = rank_of_fire("F2"), rank_of_fire("F3")
COMPASS_SLACK = 0.01
"""Share of the compass by which two honest looks round may differ."""


@dataclass(frozen=True, slots=True)
class CodeCase:
    """What is said of one position of the force, beside the map."""

    ruling: Ruling
    position: Position
    survey: Survey

    @property
    def names(self) -> tuple[str]:
        """Name the position, for a fault."""
        return (self.position.id,)

    @property
    def worst_fire(self) -> float:
        """Rank the worst fire on the position's own path."""
        path = self.ruling.open
        return max((rank_of_fire(leg.fire) for leg in path.legs), default=0.0) if path else 0.0


def reason_is_one_of_the_code(case: CodeCase) -> Iterator[Fault]:
    """The rule said to decide is one that decides this code."""
    because, code = case.ruling.because, case.ruling.code
    if because is not None and because not in DECIDED_BY.get(code, ()):
        yield Fault(f"{because!r} does not decide {code}", case.names)


def doubt_and_absence_are_the_map_s(case: CodeCase) -> Iterator[Fault]:
    """Who has withdrawn is gone, who may be there cannot be told, and nobody else is either."""
    code, standing = case.ruling.code, case.survey.stands(case.position)
    speaks = case.position.id in case.survey.known
    withdrawn = speaks and case.position.present == "withdrawn"
    if code == "N" and not withdrawn:
        yield Fault(f"{case.position.id!r} is said to be gone and has not withdrawn", case.names)
    elif code != "N" and withdrawn:
        yield Fault(f"{case.position.id!r} has withdrawn and is called {code}", case.names)
    elif code not in ("N", "U") and not standing:
        yield Fault(f"{case.position.id!r} is perhaps there and is called {code}", case.names)
    if standing and case.ruling.because == "presence_unknown":
        yield Fault(f"{case.position.id!r} is said to be in doubt and is there", case.names)


def may_contradict(survey: Survey, position: Position) -> bool:
    """Tell whether a bare position may have no place but lost ones, or one lost and no way out."""
    if not survey.may_contradict(position):
        return False
    lost = survey.may_be_lost(position)
    return lost or find_way_by(survey, position, "optimistic", "closed") is None


def what_cannot_be_told_has_its_reason(case: CodeCase) -> Iterator[Fault]:
    """A position that is there and cannot be told is off the map, against it, or the map ends."""
    survey, position = case.survey, case.position
    told = case.ruling.because == CONTRADICTION
    if case.ruling.code != "U" or told or not survey.stands(position):
        return
    if _may_be_off_the_map(survey, position):
        return
    if case.ruling.because == OFF_THE_MAP:
        yield Fault(f"{position.id!r} is said to be off the map and is on it", case.names)
    if not _may_run_off(survey, position):
        yield Fault(f"nothing says why {position.id!r} cannot be told", case.names)
    mode = find_way_by(survey, position, "optimistic", "closed")
    if mode is not None:
        said = f"{position.id!r} is called what cannot be told, and {mode} reaches an anchor"
        yield Fault(said, case.names)


def _may_be_off_the_map(survey: Survey, position: Position) -> bool:
    """Tell whether a position, or a place of it by which it may get out, may lie off the map."""
    inner = survey.extent().buffer(-TOLERANCE_M)
    on_it = [_is_surely_on(survey, place, inner) for place in survey.places(position)]
    if all(on_it):
        return False
    return not any(on_it) or find_way_by(survey, position, "optimistic", "closed") is None


def _is_surely_on(survey: Survey, place: BaseGeometry, inner: BaseGeometry) -> bool:
    """Tell whether a place is on the map; one that is drawn is wherever it has ground to pass."""
    if not place.area or inner.covers(place):
        return bool(inner.covers(place))
    let = survey.ground("optimistic", "closed").passable
    return not common(common(place, inner), let).buffer(-TOLERANCE_M).is_empty


def _may_run_off(survey: Survey, position: Position) -> bool:
    """Tell whether ground or a road passable on the kinder reading leads off the map."""
    modes = ("boat", *(mode for mode in LAND_MODES if mode not in ("boat", "foot")))
    floods = (flood_of(survey, "optimistic", "open", mode) for mode in modes)
    return any(flood.runs_off(flood.spread([position])) for flood in floods)


def access_is_what_is_claimed(case: CodeCase) -> Iterator[Fault]:
    """Encircled with access, there is some by sea, landing aircraft or a special way; else none."""
    code, survey, position = case.ruling.code, case.survey, case.position
    if code == "E1" and not find_access(survey, position, "optimistic", "open"):
        said = f"nothing gives {position.id!r} access by sea, air or a special way"
        yield Fault(said, case.names)
    if code == "E2":
        served = find_access(survey, position, "optimistic", "closed", shut_in=True)
        for kind, name in served.items():
            said = f"{position.id!r} is called isolated and has access by {kind} through {name!r}"
            yield Fault(said, (position.id, name))


def access_is_on_its_axis(case: CodeCase) -> Iterator[Fault]:
    """What is open by sea, air or a special way is called so, and what nothing gives is not."""
    survey, position = case.survey, case.position
    told = set(case.ruling.access.values()) - {"unknown"}
    lost = survey.must_contradict(position, any_place=False)
    if told and (lost or case.ruling.because == CONTRADICTION):
        yield Fault(f"{position.id!r} contradicts the map, and access is told", case.names)
    if not told and may_contradict(survey, position):
        return
    crossings = survey.each(Crossing)
    leave = {c.id for c in crossings if c.permission == "enemy" and c.state != "cut"}
    for kind, said in case.ruling.access.items():
        # A special way may be open on the less kind reading only: on the other it is a way by land.
        able = [kind in find_access(survey, position, r, "open") for r in READINGS]
        untold = {"open": not all(able), "contested": not any(able), "unknown": True}
        if untold.get(said, False):
            yield Fault(f"{position.id!r} has nothing that gives access by {kind}", case.names)
        shut_in = case.ruling.verdict == "encircled"
        surely = [
            find_access(survey, position, r, "closed", shut_in=shut_in).get(kind) for r in READINGS
        ]
        gainsaid = all(surely) if said == "contested" else said in GAINSAYS and any(surely)
        if gainsaid:
            name = surely[0] or surely[1] or ""
            words = f"{position.id!r} has access by {kind} through {name!r}, told as {said}"
            yield Fault(words, (position.id, name))
        if kind == "special":
            untrue = _is_drawn(survey, kind) if said == "none" else not _may_be_special(survey)
        else:
            untrue = (said == "none") == _is_drawn(survey, kind)
        if said in ("none", "closed") and untrue:
            yield Fault(f"{kind} is called {said}, and the map has it otherwise", case.names)
        if said == "enemy_leave" and not (kind == "special" and leave):
            yield Fault(f"nothing passes by the enemy's leave, and {kind} is said to", case.names)
        if kind == "special" and said in ("none", "closed") and leave:
            yield Fault(f"a crossing by the enemy's leave is called {said}", (*sorted(leave),))


def _is_drawn(survey: Survey, kind: str) -> bool:
    """Tell whether the side has an anchor of a kind, or anything on the map leads to one."""
    anchors = (a for a in survey.each(Anchor) if a.side in survey.friends)
    crossings = list(_on_the_map(survey))
    if kind == "special":
        leads = any(c.type == "tunnel" or c.permission is not None for c in crossings)
    else:
        leads = any(FACILITIES.get(c.type) == kind for c in crossings)
    return leads or any(anchor.access == kind for anchor in anchors)


def _may_be_special(survey: Survey) -> bool:
    """Tell whether anything may be a special way: what is drawn as one, or leads over a strip."""
    neutral = [survey.ground(reading, "open").neutral for reading in READINGS]
    return _is_drawn(survey, "special") or any(
        measure_gap(course_of(survey, survey.ground("pessimistic", "open"), crossing), neutral)
        <= TOLERANCE_M
        for crossing in _on_the_map(survey)
    )


def _on_the_map(survey: Survey) -> Iterator[Crossing]:
    bound = survey.extent().buffer(survey.parameters.join_m)
    return (c for c in survey.each(Crossing) if survey.shape(c).intersects(bound))


def modes_are_open_as_told(case: CodeCase) -> Iterator[Fault]:
    """Each mode that is called open, contested or closed by land is so, flooded by itself."""
    if case.ruling.verdict in ("indeterminate", "no_force"):
        return
    surely = _list_carried(case.survey, "closed")
    perhaps = _list_carried(case.survey, "open")
    for mode, said in case.ruling.land.items():
        by_ground = mode in ("tracked", "foot")
        if said == "unknown" and not by_ground and mode not in perhaps:
            continue  # without a line that carries it there is no way to gainsay it by
        if said == "unknown" and (by_ground or mode in surely):
            yield Fault(f"{mode} is called unknown, and what carries it is mapped", case.names)
        elif said != "unknown" and not (by_ground or mode in perhaps):
            yield Fault(f"{mode} is called {said}, and what carries it is not mapped", case.names)
        able = [_gets_out(case, mode, r, "open") for r in GIVES.get(said, ())]
        if able and not any(able):
            yield Fault(f"{mode} is called {said} and reaches no anchor", case.names)
        if any(_gets_out(case, mode, r, "closed") for r in GAINSAYS.get(said, ())):
            yield Fault(f"{mode} is called {said} and reaches an anchor", case.names)


def _list_carried(survey: Survey, lean: Lean) -> set[str]:
    """List the modes that routes and crossings on the map carry: a crossing beside it is on it."""
    slack_m = -SLACK_M if lean == "closed" else SLACK_M
    area = survey.extent().buffer(slack_m)
    beside = survey.extent().buffer(survey.parameters.join_m + slack_m)
    return {
        mode
        for line in survey.each_line()
        if getattr(line, "type", None) not in FACILITIES
        and survey.shape(line).intersects(beside if isinstance(line, Crossing) else area)
        for mode in line.modes
    }


def _gets_out(case: CodeCase, mode: str, reading: Reading, lean: Lean) -> bool:
    """Tell whether a mode reaches a land anchor, surely or perhaps."""
    survey, position = case.survey, case.position
    if find_way_by(survey, position, reading, lean, (mode,)) is None:
        return False
    # A way by boat takes a boat; where feet come through without one, none is sure to be taken.
    on_foot = mode == "boat" and lean == "closed"
    return not (on_foot and find_way_by(survey, position, reading, "open", ("foot",)))


def fire_is_that_of_each_mode(case: CodeCase) -> Iterator[Fault]:
    """The fire told of each mode's best way is neither more nor less than on its ways."""
    if case.ruling.open is None or not case.ruling.fires:
        return
    reading = case.ruling.open.reading
    for mode, grade in case.ruling.fires.items():
        rank = rank_of_fire(grade)
        above = max(rank_of_fire("F2"), rank + 1)
        if rank < rank_of_fire("F4") and not _way_under(case, "open", (mode,), above, reading):
            yield Fault(f"{mode} has no way under {grade or 'unmapped fire'} or less", case.names)
        if rank >= F2 and mode != "boat" and _way_under(case, "closed", (mode,), rank, reading):
            yield Fault(f"{mode} has a way under less than {grade}", case.names)
        mapped = [line.fire for line in case.survey.each_line()]
        if grade not in (None, *mapped, *(fire.grade for fire in case.survey.each(Fire))):
            yield Fault(f"{mode} is said to go under {grade}, and none is mapped", case.names)


def fire_control_has_another_way(case: CodeCase) -> Iterator[Fault]:
    """Fire may control the ways on one reading alone only if the kinder one has a calmer way."""
    answer, best = case.ruling.definitions.get("fire_control"), case.ruling.best_fire
    if case.ruling.verdict != "not_encircled" or not best or rank_of_fire(best) < F3:
        return
    if answer in ("contested", "unknown"):
        if _way_under(case, "open", LAND_MODES, F3, "optimistic") is None:
            said = f"no way on the kinder reading is calmer, and fire control is told as {answer}"
            yield Fault(said, case.names)
    elif answer == "yes" and (mode := _way_under(case, "closed", LAND_MODES, F3, "optimistic")):
        said = f"{mode} gets through at less than F3 on the kinder reading"
        yield Fault(f"{said}, and fire is said to control every way", case.names)


def fire_is_of_a_way_there_could_be(case: CodeCase) -> Iterator[Fault]:
    """Of who may not be there, or has gone, fire is told of the ways there would be."""
    survey, position, fires = case.survey, case.position, case.ruling.fires
    if case.ruling.verdict not in ("indeterminate", "no_force") or fires is None:
        return
    if fires and case.ruling.because not in (*DECIDED_BY["N"], "presence_unknown", None):
        said = f"{position.id!r} has no way out by {case.ruling.because}, and fire is told of one"
        yield Fault(said, case.names)
    if fires and survey.must_contradict(position, any_place=False):
        yield Fault(f"{position.id!r} contradicts the map, and fire is told of a way", case.names)
        return
    for mode, grade in fires.items():
        rank = rank_of_fire(grade)
        above = None if rank >= rank_of_fire("F4") else max(F2, rank + 1)
        if not any(find_way_by(survey, position, r, "open", (mode,), above) for r in READINGS):
            yield Fault(f"{mode} has no way under {grade or 'unmapped fire'} or less", case.names)
        # The less kind reading counts where a way is open on it, else the other.
        shut = find_way_by(survey, position, "pessimistic", "open") is None
        reading: Reading = "optimistic" if shut else "pessimistic"
        if rank >= F2 and mode != "boat" and _way_under(case, "closed", (mode,), rank, reading):
            yield Fault(f"{mode} has a way under less than {grade}", case.names)
    if fires or case.ruling.because not in (*DECIDED_BY["N"], "presence_unknown"):
        return
    way_by = find_way_by(survey, position, "optimistic", "closed")
    if way_by is not None and not may_contradict(survey, position):
        yield Fault(f"{way_by} reaches an anchor, and fire is told of no way", case.names)


def only_own_ground_takes_no_fire(case: CodeCase) -> Iterator[Fault]:
    """Ground without mapped fire takes nothing from a way within the force's own reach only."""
    path = case.ruling.open
    if path is None or case.ruling.best_fire == "" or not count_bare(path.legs):
        return
    own = count_bare(path.legs)
    if rank_of_fire(case.ruling.best_fire) >= case.worst_fire or own == len(path.legs):
        return
    onto = Point(case.survey.plane.points_to_metres(path.legs[own].points[:1])[0])
    survey = case.survey
    reach_m = max(survey.parameters.join_m, survey.reach_m(case.position, path.reading))
    if onto.distance(survey.shape(case.position)) > reach_m + TOLERANCE_M:
        said = f"the best way is said to be under {case.ruling.best_fire}, and its path goes over"
        yield Fault(f"{said} unmapped ground past the force's own reach", case.names)


def fire_and_compass_bear_it_out(case: CodeCase) -> Iterator[Fault]:
    """Connected, a salient or interdicted, by the fire on the ways and the enemy on the compass."""
    code = case.ruling.code
    if case.ruling.open is None or code not in ("C0", "C1", "C2"):
        return
    if code == "C2":
        yield from _is_interdicted(case)
        return
    own = case.ruling.open.mode in VEHICLES and case.worst_fire < F3
    if not own and _way_under(case, "open", VEHICLES, F3) is None:
        said = f"{case.position.id!r} is called {code} and nothing on wheels or tracks gets through"
        yield Fault(said, case.names)
    calm = case.worst_fire < F2
    if code == "C0" and not calm:
        yield Fault(f"{case.position.id!r} is called connected under fire on its way", case.names)
    if code == "C1" and not calm and _way_under(case, "closed", LAND_MODES, F2) is not None:
        calm = True
    if code == "C1" and not calm:
        return
    share = _look_round(case.survey, case.position, "open" if code == "C0" else "closed")
    if share is None:
        return
    most = case.survey.parameters.salient_share
    if code == "C0" and share > most + COMPASS_SLACK:
        said = f"{case.position.id!r} is called connected with the enemy on {share:.0%} of the"
        yield Fault(f"{said} compass", case.names)
    if code == "C1" and share <= most - COMPASS_SLACK:
        said = f"{case.position.id!r} is called a salient with the enemy on {share:.0%} of the"
        yield Fault(f"{said} compass and no fire on its way", case.names)


def _is_interdicted(case: CodeCase) -> Iterator[Fault]:
    mode = _way_under(case, "closed", VEHICLES, F3)
    if mode is not None:
        said = f"{case.position.id!r} is called interdicted and {mode} gets through at less than F3"
        yield Fault(said, case.names)


def _way_under(
    case: CodeCase,
    lean: Lean,
    modes: tuple[str, ...],
    shun: float,
    reading: Reading = "pessimistic",
) -> str | None:
    """Name a mode with a way out under less fire than some rank, surely or perhaps."""
    return find_way_by(case.survey, case.position, reading, lean, modes, shun)


def _look_round(survey: Survey, position: Position, lean: Lean) -> float | None:
    """Give the least share of the compass, or the greatest if closed; null where none is sure."""
    shape = survey.shape(position)
    places = survey.places(position)
    if shape.geom_type == "Polygon":
        middle = shape.representative_point()
        wet = any(_is_in_water(survey, barrier, middle) for barrier in survey.each(Barrier))
        if wet or not survey.ground("pessimistic", "closed").passable.covers(middle):
            return None  # a force drawn across ground it cannot pass is seen from the rest of it
        places = [middle]
    return min(share_hostile(survey, place, lean) for place in places)


def _is_in_water(survey: Survey, barrier: Barrier, place: BaseGeometry) -> bool:
    """Tell whether nobody walks at a place, for a barrier is drawn over it."""
    wide = survey.shape(barrier).area > 0 and "foot" in barrier.blocks
    return wide and survey.shape(barrier).dwithin(place, TOLERANCE_M)


# -- what a map can give, by the verifier's own floods ----------------------------------------

BEST_OFF_FIRST = ("C0", "C1", "C2", "C3", "U", "E1", "E2")
"""The best-off position sets the force's status. Source: contract, 2."""


def codes_of(survey: Survey, position: Position) -> set[str]:
    """List the codes that one position may have, as near as drawing leaves them open."""
    if not survey.stands(position):
        speaks = position.id in survey.known
        return set() if speaks and position.present == "withdrawn" else {"U"}
    if survey.must_contradict(position, any_place=False):
        return {"U"}
    ways = {
        (reading, lean): find_way_by(survey, position, reading, lean)
        for reading in READINGS
        for lean in ("open", "closed")
    }
    whole = shapely.covers(survey.extent().buffer(-TOLERANCE_M), survey.shape(position))
    ends = not whole or _may_run_off(survey, position)
    found = set()
    if ways["pessimistic", "open"]:
        found |= _open_codes_of(survey, position)
    if ways["optimistic", "open"] and not ways["pessimistic", "closed"]:
        found.add("C3")
    if not ways["optimistic", "closed"]:
        found |= {"U"} if ends else set()
        if find_access(survey, position, "optimistic", "open"):
            found.add("E1")
        if not find_access(survey, position, "optimistic", "closed"):
            found.add("E2")
    if may_contradict(survey, position):
        found.add("U")
    return found


def _open_codes_of(survey: Survey, position: Position) -> set[str]:
    """Tell connected, salient and interdicted apart, where a way is open on both readings."""

    def under(lean: Lean, modes: tuple[str, ...], shun: float) -> bool:
        return find_way_by(survey, position, "pessimistic", lean, modes, shun) is not None

    found = set() if under("closed", VEHICLES, F3) else {"C2"}
    if not under("open", VEHICLES, F3):
        return found
    least, greatest = (_look_round(survey, position, lean) for lean in ("open", "closed"))
    most = survey.parameters.salient_share
    if under("open", LAND_MODES, F2) and (least is None or least <= most + COMPASS_SLACK):
        found.add("C0")
    if not under("closed", LAND_MODES, F2) or greatest is None or greatest > most - COMPASS_SLACK:
        found.add("C1")
    return found


def codes_of_all(parts: list[set[str]]) -> set[str]:
    """List the codes that a force may have: that of the best-off of its positions."""
    if not parts:
        return {"N"}
    ranks = [{BEST_OFF_FIRST.index(code) for code in part} for part in parts]
    highest = min(max(some) for some in ranks)
    return {BEST_OFF_FIRST[r] for some in ranks for r in some if r <= highest}


CODE_RULES = (
    reason_is_one_of_the_code,
    doubt_and_absence_are_the_map_s,
    what_cannot_be_told_has_its_reason,
    access_is_what_is_claimed,
    access_is_on_its_axis,
    modes_are_open_as_told,
    fire_is_that_of_each_mode,
    fire_control_has_another_way,
    fire_is_of_a_way_there_could_be,
    only_own_ground_takes_no_fire,
    fire_and_compass_bear_it_out,
)
"""Everything asked of what one position is called, in the order it is asked."""
