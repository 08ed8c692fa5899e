"""Does each status stand on its own ground: every code held against what the verifier floods."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import shapely

from encircle.verify_ground import TOLERANCE_M, Survey
from encircle.verify_parse import LAND_MODES, READINGS, rank_of_fire
from encircle.verify_path import Fault
from encircle.verify_reach import find_access, find_way_by, flood_of, share_hostile

if TYPE_CHECKING:
    from collections.abc import Iterator

    from encircle.situation import Position
    from encircle.verify_ground import Lean
    from encircle.verify_parse import Reading, Ruling

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


def what_cannot_be_told_has_its_reason(case: CodeCase) -> Iterator[Fault]:
    """A position that is there and cannot be told is off the map, against it, or the map ends."""
    survey, position = case.survey, case.position
    told = case.ruling.because == CONTRADICTION
    if case.ruling.code != "U" or told or not survey.stands(position):
        return
    if not shapely.covers(survey.extent().buffer(-TOLERANCE_M), survey.shape(position)):
        return  # off the map, or at its very edge
    if case.ruling.because == OFF_THE_MAP:
        yield Fault(f"{position.id!r} is said to be off the map and is on it", case.names)
    if not _may_run_off(survey, position):
        yield Fault(f"nothing makes {position.id!r} impossible to tell", case.names)
    mode = find_way_by(survey, position, "optimistic", "closed")
    if mode is not None:
        said = f"{position.id!r} is called impossible to tell and {mode} reaches an anchor"
        yield Fault(said, case.names)


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
        for kind, name in find_access(survey, position, "optimistic", "closed").items():
            said = f"{position.id!r} is called isolated and has access by {kind} through {name!r}"
            yield Fault(said, (position.id, name))


def access_is_on_its_axis(case: CodeCase) -> Iterator[Fault]:
    """Each axis of access that is called open, or contested, has something that gives it."""
    if case.ruling.verdict in ("indeterminate", "no_force"):
        return
    readings: dict[str, tuple[Reading, ...]] = {"open": ("pessimistic",), "contested": READINGS}
    for kind, said in case.ruling.access.items():
        able = [find_access(case.survey, case.position, r, "open") for r in readings.get(said, ())]
        if able and not any(kind in one for one in able):
            yield Fault(f"{case.position.id!r} has nothing that gives access by {kind}", case.names)


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
    shares = look_round(case.survey, case.position)
    if shares is None:
        return
    most = case.survey.parameters.salient_share
    if code == "C0" and shares[0] > most + COMPASS_SLACK:
        said = f"{case.position.id!r} is called connected with the enemy on {shares[0]:.0%} of the"
        yield Fault(f"{said} compass", case.names)
    if code == "C1" and calm and shares[1] <= most - COMPASS_SLACK:
        said = f"{case.position.id!r} is called a salient with the enemy on {shares[1]:.0%} of the"
        yield Fault(f"{said} compass and no fire on its way", case.names)


def _is_interdicted(case: CodeCase) -> Iterator[Fault]:
    mode = _way_under(case, "closed", VEHICLES, F3)
    if mode is not None:
        said = f"{case.position.id!r} is called interdicted and {mode} gets through at less than F3"
        yield Fault(said, case.names)


def _way_under(case: CodeCase, lean: Lean, modes: tuple[str, ...], shun: float) -> str | None:
    """Name a mode with a way out under less fire than some rank, surely or perhaps."""
    return find_way_by(case.survey, case.position, "pessimistic", lean, modes, shun)


def look_round(survey: Survey, position: Position) -> tuple[float, float] | None:
    """Give the least and the greatest share of the compass; null where no place is certain."""
    shape = survey.shape(position)
    places = survey.places(position)
    if shape.geom_type == "Polygon":
        middle = shape.representative_point()
        if not survey.ground("pessimistic", "closed").passable.covers(middle):
            return None  # a force drawn across ground it cannot pass is seen from the rest of it
        places = [middle]
    looks = [[share_hostile(survey, p, lean) for p in places] for lean in LEANS]
    return min(looks[0]), min(looks[1])


# -- what a map can give, by the verifier's own floods ----------------------------------------

LEANS: tuple[Lean, Lean] = ("open", "closed")
BEST_OFF_FIRST = ("C0", "C1", "C2", "C3", "U", "E1", "E2")
"""The best-off position sets the force's status. Source: contract, Verdict and status."""
CODE_OF = {"contested": "C3", "indeterminate": "U"}
"""Verdicts of one status."""


def verdicts_of(survey: Survey, position: Position) -> set[str]:
    """List the verdicts that one position may have, as near as drawing leaves them open."""
    if not survey.stands(position):
        speaks = position.id in survey.known
        return set() if speaks and position.present == "withdrawn" else {"indeterminate"}
    if survey.must_contradict(position, any_place=False):
        return {"indeterminate"}
    ways = {
        (reading, lean): find_way_by(survey, position, reading, lean)
        for reading in READINGS
        for lean in ("open", "closed")
    }
    whole = shapely.covers(survey.extent().buffer(-TOLERANCE_M), survey.shape(position))
    ends = not whole or _may_run_off(survey, position)
    found = set()
    if ways["pessimistic", "open"]:
        found.add("not_encircled")
    if ways["optimistic", "open"] and not ways["pessimistic", "closed"]:
        found.add("contested")
    if not ways["optimistic", "closed"]:
        found |= {"encircled", *(["indeterminate"] if ends else [])}
    if survey.may_contradict(position):
        found.add("indeterminate")
    return found


def codes_of(survey: Survey, position: Position) -> set[str]:
    """List the statuses that one position may have, as near as drawing leaves them open."""
    verdicts = verdicts_of(survey, position)
    found = {CODE_OF[verdict] for verdict in verdicts & CODE_OF.keys()}
    if "encircled" in verdicts:
        found |= {"E1"} if find_access(survey, position, "optimistic", "open") else set()
        found |= set() if find_access(survey, position, "optimistic", "closed") else {"E2"}
    if "not_encircled" in verdicts:
        found |= _open_codes_of(survey, position)
    return found


def _open_codes_of(survey: Survey, position: Position) -> set[str]:
    """List which of connected, a salient and interdicted a position with a way out may be."""
    driven, calm = (
        {lean: find_way_by(survey, position, "pessimistic", lean, modes, shun) for lean in LEANS}
        for modes, shun in ((VEHICLES, F3), (LAND_MODES, F2))
    )
    found = set() if driven["closed"] else {"C2"}
    if not driven["open"]:
        return found
    shares, most = look_round(survey, position), survey.parameters.salient_share
    if calm["open"] and (shares is None or shares[0] <= most + COMPASS_SLACK):
        found.add("C0")
    if not calm["closed"] or shares is None or shares[1] > most - COMPASS_SLACK:
        found.add("C1")
    return found


def best_of(parts: list[set[str]], ranked: tuple[str, ...]) -> set[str]:
    """List what a force may be of whose positions each may be some of what is ranked."""
    ranks = [{ranked.index(one) for one in part} for part in parts]
    highest = min(max(some) for some in ranks)
    return {ranked[r] for some in ranks for r in some if r <= highest}


CODE_RULES = (
    reason_is_one_of_the_code,
    doubt_and_absence_are_the_map_s,
    what_cannot_be_told_has_its_reason,
    access_is_what_is_claimed,
    access_is_on_its_axis,
    fire_and_compass_bear_it_out,
)
"""Everything asked of what one position is called, in the order it is asked."""
