"""A judgement hangs together: of its parts, its words and its numbers."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from encircle.map.situation import Anchor, Control, Crossing, Fire, Position, Route
from encircle.verifier.ground import TOLERANCE_M, Survey
from encircle.verifier.path.case import Fault
from encircle.verifier.reading.said import READINGS, Ruling, Said
from encircle.verifier.told.codes import CONTRADICTION, DECIDED_BY, may_contradict
from encircle.verifier.told.sentences import write_again
from encircle.verifier.told.words import STATUSES

if TYPE_CHECKING:
    from collections.abc import Iterator


UNSAID: tuple[object, ...] = ({}, "", None)
"""What stands for a member that a judgement does not have."""
SHARE_SLACK = 1e-4
"""A share of the weight is rounded to four digits."""


@dataclass(frozen=True, slots=True)
class Whole:
    """What is said of the force, beside what is said of its positions."""

    said: Said
    survey: Survey

    @property
    def standing(self) -> list[Position]:
        """The positions of the force that are certainly there."""
        force = self.survey.situation.positions_of(self.survey.situation.force)
        return [position for position in force if self.survey.stands(position)]

    def position(self, name: str | None) -> Position | None:
        """Find a position of the force by its id."""
        force = self.survey.situation.positions_of(self.survey.situation.force)
        return next((p for p in force if p.id == name), None)

    @property
    def doubtful(self) -> list[Position]:
        """The positions that may be there: those in doubt, or all if none speaks at the instant."""
        force = self.survey.situation.positions_of(self.survey.situation.force)
        speaking = [p for p in force if p.id in self.survey.known]
        unsure = [p for p in speaking if p.present != "withdrawn" and p not in self.standing]
        return unsure if speaking else force


def positions_are_all_judged(whole: Whole) -> Iterator[Fault]:
    """Every position of the force that speaks is judged, or all if none does, and no other is."""
    names = [part.id for part in whole.said.parts]
    force = whole.survey.situation.positions_of(whole.survey.situation.force)
    speaking = {p.id for p in force if p.id in whole.survey.known} or {p.id for p in force}
    for name in sorted({str(n) for n in names} - speaking):
        yield Fault(f"{name!r} is judged, and is no position that speaks of the force", (name,))
    for name in sorted(speaking - {*names}):
        yield Fault(f"{name!r} belongs to the force and is not judged", (name,))
    if len(set(names)) < len(names):
        yield Fault("a position is judged twice")


def whole_follows_from_parts(whole: Whole) -> Iterator[Fault]:
    """The best-off position still there sets the force's status."""
    rank = list(STATUSES)
    codes = {part.id: part.code for part in whole.said.parts if part.code in rank}
    standing = [codes[p.id] for p in whole.standing if p.id in codes]
    doubtful = [codes[p.id] for p in whole.doubtful if p.id in codes and codes[p.id] != "N"]
    allowed = {min(some, key=rank.index) for some in (standing, standing + doubtful) if some}
    if not standing:
        allowed = {"U"} if whole.doubtful else {"N"}
    if whole.said.whole.code not in allowed:
        due = " or ".join(sorted(allowed))
        yield Fault(f"the positions make it {due}, not {whole.said.whole.code}")


def nobody_is_left_where_nobody_is_judged(whole: Whole) -> Iterator[Fault]:
    """Only where every position has withdrawn is there no force, and only such a one is gone."""
    if whole.said.whole.code == "N" and (whole.standing or whole.doubtful):
        left = tuple(p.id for p in (*whole.standing, *whole.doubtful))
        yield Fault("the force is said to be gone and is still there", left)
    standing = {p.id for p in whole.standing}
    for part in whole.said.parts:
        if part.code == "N" and part.id in standing:
            yield Fault(f"{part.id!r} is said to be gone and is there", (part.id or "",))


def whole_speaks_as_its_best_part(whole: Whole) -> Iterator[Fault]:
    """The force's axes and definitions are those of a position of its status."""
    said = whole.said.whole
    alike = [part for part in whole.said.parts if part.code == said.code]
    if alike and not any(_answer_alike(part, said) for part in alike):
        yield Fault(f"no position that is {said.code} has the axes and definitions of the force")
    if said.because is not None and said.because not in DECIDED_BY.get(said.code, ()):
        yield Fault(f"{said.because!r} does not decide {said.code}")


def _answer_alike(one: Ruling, other: Ruling) -> bool:
    """Tell whether two say the same wherever both say anything."""
    pairs = zip(one.answers, other.answers, strict=True)
    said_alike = all(a == b for a, b in pairs if a not in UNSAID and b not in UNSAID)
    if one.fires is None or other.fires is None:
        return said_alike
    # Whoever has his axes told says of fire what he says, be it that there is none.
    return said_alike and (one.best_fire, one.fires) == (other.best_fire, other.fires)


def positions_are_told_as_drawn(whole: Whole) -> Iterator[Fault]:
    """Each position has the name, the weight and the presence that the map gives it."""
    for part in whole.said.parts:
        position, known = whole.position(part.id), part.id in whole.survey.known
        if position is None:
            continue
        present = position.present if known else "unknown"
        drawn = {"name": position.name, "weight": position.weight, "present": present}
        for member, told in part.told_as.items():
            if told != drawn[member]:
                said = f"{member} of {position.id!r} is told as {told}, and is {drawn[member]}"
                yield Fault(said, (position.id,))


def guessed_reaches_are_told(whole: Whole) -> Iterator[Fault]:
    """Every reach that was guessed is told, as the contract guesses it, and no other is."""
    survey = whole.survey
    due = {
        position.id: [survey.reach_m(position, reading) for reading in READINGS]
        for position in survey.each(Position)
        if position.reach_m is None
        and position.geometry is not None
        and position.geometry.geom_type != "Polygon"
    }
    told = whole.said.guessed
    if told is None:
        return
    for name in sorted(due.keys() | told.keys()):
        one, other = due.get(name, []), told.get(name, ())
        if len(one) != len(other) or not np.allclose(one, other, atol=TOLERANCE_M):
            yield Fault(
                f"the reach of {name!r} is told as {[*other]}, and guessed as {one}", (name,)
            )


def ring_holds_the_whole_force(whole: Whole) -> Iterator[Fault]:
    """The ring of a force that is encircled, or may be, names every position that can be told."""
    ring = whole.said.whole.closed
    if ring is None:
        return
    untold = {part.id for part in whole.said.parts if part.code == "U"}
    left = tuple(p.id for p in whole.standing if p.id not in {*ring.units, *untold})
    if left:
        yield Fault("the ring leaves out part of the force", left)


def margins_are_those_of_the_proof(whole: Whole) -> Iterator[Fault]:
    """The neck told beside the verdict is that of the path, and no fewer ways are told than its."""
    path, margins = whole.said.whole.open, whole.said.margins
    if path is None:
        return
    neck = path.bottleneck
    if neck is not None and path.reading in margins.necks:
        at = None if neck.at is None else tuple(neck.at.tolist())
        told = margins.necks[path.reading]
        if told != neck.width_m or margins.at != at:
            yield Fault(
                f"the neck is told as {told} m at {margins.at}, the path's is {neck.width_m} m"
            )
    ways, count = margins.ways.get(path.reading), path.disjoint.count
    alone = len(whole.said.parts) == 1  # the ways of several positions are counted together
    if ways is not None and (ways < count or (alone and ways != count)):
        yield Fault(f"{ways} separate ways are told, and the path counts {count}")


def headline_says_what_is_proved(whole: Whole) -> Iterator[Fault]:
    """The headline is the one that what is checked gives, of this force and this map."""
    said, situation = whole.said, whole.survey.situation
    if said.title is not None and said.title != situation.title:
        yield Fault(f"the title is told as {said.title!r:.120}, and is {situation.title!r:.120}")
    if said.headline is not None and said.headline != (due := write_again(said, situation)):
        yield Fault(f"the headline is {said.headline!r:.200}, and what is checked gives {due!r}")


def cut_off_is_counted(whole: Whole) -> Iterator[Fault]:
    """The positions said to be cut off, and their share of the weight, are those that are."""
    told = whole.said.cut_off
    if told is None:
        return
    encircled = {part.id for part in whole.said.parts if part.verdict == "encircled"}
    standing = whole.standing
    cut = [position for position in standing if position.id in encircled]
    if (told.units, told.of) != (len(cut), len(standing)):
        said = f"{told.units} of {told.of} positions are said to be cut off, not {len(cut)} of "
        yield Fault(f"{said}{len(standing)}")
    weight = sum(position.weight for position in standing)
    share = sum(position.weight for position in cut) / weight if weight else None
    if share is None and told.weight_share is not None:
        yield Fault(f"{told.weight_share} of no weight is said to be cut off")
    if share is not None and abs((told.weight_share or 0.0) - share) > SHARE_SLACK:
        yield Fault(f"{told.weight_share} of the weight is said to be cut off, not {share:.4f}")


def parts_prove_themselves(whole: Whole) -> Iterator[Fault]:
    """A position's own path starts from it, and its own ring holds it."""
    for part in whole.said.parts:
        name = part.id or ""
        if part.open is not None and part.open.unit != name:
            yield Fault(f"the path given for {name!r} starts from {part.open.unit!r}", (name,))
        if part.closed is not None and name not in part.closed.units:
            yield Fault(f"the ring given for {name!r} does not hold it", (name,))


def a_dot_is_not_a_force(whole: Whole) -> Iterator[Fault]:
    """A position on ground the map gives to the enemy, with a bare word for it, is not judged."""
    for part in whole.said.parts:
        position = whole.position(part.id)
        if position is None or position not in whole.standing:
            continue
        told = part.because == CONTRADICTION
        if told and part.code != "U":
            said = f"{position.id!r} contradicts the map and is called {part.code}"
            yield Fault(said, (position.id,))
        if told and not may_contradict(whole.survey, position):
            yield Fault(
                f"{position.id!r} is said to contradict the map and does not", (position.id,)
            )
        decided = part.verdict in ("encircled", "not_encircled", "contested")
        wrung = part.verdict == "encircled"
        if decided and whole.survey.must_contradict(position, any_place=wrung):
            yield Fault(
                f"{position.id!r} stands on ground of the enemy and only a word says so: it is "
                f"called {part.code}",
                (position.id,),
            )
    whole_told = whole.said.whole.because == CONTRADICTION
    if whole_told and not any(part.because == CONTRADICTION for part in whole.said.parts):
        yield Fault("the force is said to contradict the map, and no position of it is")
    if whole_told and whole.said.whole.code != "U":
        yield Fault(f"the force contradicts the map and is called {whole.said.whole.code}")


def findings_are_of_this_map(whole: Whole) -> Iterator[Fault]:
    """What is told beside the rule that decides has something on the map that it could be of."""
    features, known = whole.survey.situation.features, [*whole.survey.known.values()]
    as_of = whole.survey.situation.as_of
    lines = [f for f in known if isinstance(f, (Route, Crossing))]
    crossings = [f for f in lines if isinstance(f, Crossing)]
    could = {
        "routes_cut": any(isinstance(f, Route) and f.state == "cut" for f in features),
        "routes_out": any(isinstance(f, Route) for f in lines),
        "crossings_cut": any(crossing.state == "cut" for crossing in crossings),
        "enemy_leave": any(crossing.permission == "enemy" for crossing in crossings),
        "special_ways": bool(crossings),
        "claims_not_counted": any(
            isinstance(f, Control) and f.basis == "claimed" for f in features
        ),
        "stale_evidence": any(map(whole.survey.is_stale, known)),
        "evidence_after_as_of": any(f.observed_at and f.observed_at > as_of for f in features),
        "evidence_of_another_time": any(
            (f.valid_from and f.valid_from > as_of) or (f.valid_to and f.valid_to < as_of)
            for f in features
        ),
        "fire_on_the_way": any(isinstance(f, Fire) for f in known) or any(f.fire for f in lines),
        "anchor_inside_ring": any(isinstance(f, Anchor) for f in known),
    }
    decisive = {rule for rules in DECIDED_BY.values() for rule in rules}
    deciding = DECIDED_BY.get(whole.said.whole.code, ())
    for rule in whole.said.rules:
        if not could.get(rule, True):
            yield Fault(f"{rule!r} is told, and nothing on the map is so")
        if rule in decisive and rule not in deciding:
            yield Fault(f"{rule!r} is told, which decides another status than the one proved")


WHOLE_RULES = (
    findings_are_of_this_map,
    positions_are_all_judged,
    positions_are_told_as_drawn,
    guessed_reaches_are_told,
    a_dot_is_not_a_force,
    whole_follows_from_parts,
    whole_speaks_as_its_best_part,
    nobody_is_left_where_nobody_is_judged,
    ring_holds_the_whole_force,
    margins_are_those_of_the_proof,
    headline_says_what_is_proved,
    cut_off_is_counted,
    parts_prove_themselves,
)
