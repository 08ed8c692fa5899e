"""
Do the certificates hold: a judgement checked without the engine that made it.

The engine lays all boundaries over each other and walks from face to face. This module never
asks it anything: it takes the rules of the ground as unions and differences of whole polygons,
and holds each stretch of a path, and each stretch of a ring, against the areas they give.
"""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Protocol, TypeVar, cast, runtime_checkable

import numpy as np
import shapely
from shapely.errors import ShapelyError
from shapely.geometry import Point, Polygon

from encircle.errors import CertificateError, SituationError
from encircle.map.situation import Anchor, Control, Crossing, Fire, Position, Route, Situation
from encircle.map.supposition import suppose
from encircle.verifier.beside import BESIDE_RULES, Beside
from encircle.verifier.codes import (
    CODE_RULES,
    CONTRADICTION,
    DECIDED_BY,
    CodeCase,
    codes_of,
    codes_of_all,
    may_contradict,
)
from encircle.verifier.ground import FOCUS_M, TOLERANCE_M, Survey, trace_of
from encircle.verifier.parsing import (
    READINGS,
    ClosedRing,
    Parameters,
    Ruling,
    Said,
    UnreadableError,
    parse_judgement,
)
from encircle.verifier.path.path import PATH_RULES, Fault, PathCase
from encircle.verifier.path.ways import WAY_RULES
from encircle.verifier.ring.ring import COURSE_RULES, RING_RULES, RingCase
from encircle.verifier.sentences import reason_is_told_in_its_words, write_again
from encircle.verifier.words import RULING_RULES, STATUSES, find_unsaid

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from numpy.typing import NDArray

__all__ = ["Check", "Verification", "verify"]

WIDEST_JOIN_M = 1_000.0
"""No honest map joins, or calls a seam, what lies farther apart; metres."""
MOST_OPTION = 1e6
"""No option is larger than this many days or metres."""
SAME_INSTANT_S = 1.0
DECIDING = {
    "stale_after_days": 30.0,
    "join_m": 30.0,
    "seam_m": 50.0,
    "surrounded_share": 0.95,
    "salient_share": 0.5,
}
"""The options that bear on a verdict, as the contract has them; the others bear on likelihood."""
UNSAID: tuple[object, ...] = ({}, "", None)
"""What stands for a member that a judgement does not have."""
SHARE_SLACK = 1e-4
"""A share of the weight is rounded to four digits."""
MOST_FAULTS = 5
"""Faults told per rule; the rest would say the same."""
MOST_PER_VERTEX_M = 2_000_000.0
"""Farther than this from its middle a certificate is off the map; metres."""

UNEXAMINED = (ShapelyError, ArithmeticError, ValueError, LookupError, TypeError)
"""What a rule may meet in what is malformed in a way nobody thought of: it fails, and says so."""

Case = TypeVar("Case")


@dataclass(frozen=True, slots=True)
class Check:
    """One thing checked: what, whether it holds, and where it fails."""

    name: str
    holds: bool
    statement: str
    features: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Verification:
    """What a judgement's certificates are worth."""

    holds: bool
    checks: tuple[Check, ...]
    proved: Mapping[str, Any] | None = None
    """Of whom, when, on which readings, by which options it was proved; null where it was not."""
    not_checked: tuple[str, ...] = ()
    """What of the judgement nothing here vouches for."""
    sentence: str = ""
    """One sentence: what was proved, or why nothing was, and what was not checked."""
    is_readable: bool = True
    """The judgement has the form that the contract gives one."""

    @property
    def failures(self) -> tuple[Check, ...]:
        """The checks that do not hold."""
        return tuple(check for check in self.checks if not check.holds)

    def to_dict(self) -> dict[str, Any]:
        """Give the verification as a JSON object."""
        checks = [{**asdict(check), "features": list(check.features)} for check in self.checks]
        return {
            "holds": self.holds,
            "checks": checks,
            "proved": dict(self.proved) if self.proved else None,
            "not_checked": list(self.not_checked),
            "sentence": self.sentence,
        }


@runtime_checkable
class Shown(Protocol):
    """What shows itself as the document of a judgement."""

    def to_dict(self) -> dict[str, Any]:
        """Give the document."""


def verify(
    judgement: Mapping[str, Any] | Shown,
    situation: Situation,
    *,
    strict_options: bool = False,
    taken: tuple[str, ...] = (),
) -> Verification:
    """
    Check a judgement's certificates against the situation, without the engine.

    Parameters
    ----------
    judgement
        A `Judgement`, or its JSON object as parsed.
    situation
        The situation it is about, read for the force and the instant it has to be of.
    strict_options
        Refuse a judgement by other options than the contract's, or by supposition.
    taken
        What the caller did not ask for and took from the judgement: `force`, `as_of`.

    Returns
    -------
    verification
        Holds only if every check does. Whatever is malformed is a check that fails.

    Raises
    ------
    CertificateError
        If the judgement is not a JSON object at all.
    TypeError
        If the situation is a document or a path, and not read.

    Notes
    -----
    What is proved, and what is not checked, stands in `sentence`, and member by member in `proved`
    and `not_checked`.
    """
    if not isinstance(judgement, Mapping):
        judgement = _show(judgement)
    _refuse_what_is_not_read(situation)
    try:
        said = parse_judgement(judgement)
    except UnreadableError as error:
        unreadable = Check("readable", holds=False, statement=f"The judgement: {error}.")
        sentence = f"Nothing is proved: the judgement cannot be read, for {error}."
        return Verification(False, (unreadable,), sentence=sentence, is_readable=False)  # noqa: FBT003
    checks = tuple(_check_all(said, situation, strict_options=strict_options))
    return conclude(said, situation, checks, taken)


def _show(judgement: object) -> Mapping[str, Any]:
    """Take a `Judgement` as the document it writes; nothing else of it is looked at."""
    shown = judgement.to_dict() if isinstance(judgement, Shown) else None
    if not isinstance(shown, Mapping):
        given = type(judgement).__name__
        raise CertificateError(f"a judgement is a Judgement or its JSON object, not {given}")
    return shown


def _refuse_what_is_not_read(given: object) -> None:
    """Tell who hands in a path or a document what to do with it first."""
    if not isinstance(given, Situation):
        name = type(given).__name__
        raise TypeError(f"verify() takes a Situation, not {name}; encircle.read(...) makes it one")


def _check_all(said: Said, situation: Situation, *, strict_options: bool) -> Iterator[Check]:
    about = About(said, situation, strict_options)
    identity = list(_ask(about, ABOUT_RULES, "judgement"))
    yield from identity
    if not all(check.holds for check in identity):
        return
    try:  # what it was judged without is left out here too, and what it assumed is assumed
        supposed = suppose(situation, said.parameters.without, said.parameters.assume)
    except SituationError as error:
        yield Check("judgement: supposition", holds=False, statement=f"The judgement: {error}.")
        return
    if supposed is not situation:
        yield from _ask(Base(said, Survey(situation, said.parameters)), BASE_RULES, "judgement")
    survey, everywhere = (Survey(supposed, said.parameters) for _ in range(2))
    with suppress(*UNEXAMINED):  # then it looks everywhere
        _look_where_it_points(said, survey)
    whole, anew = Whole(said, survey), Whole(said, everywhere)
    yield from _ask_again(whole, anew, WHOLE_RULES, "judgement")
    yield from _ask(Beside(said, situation, survey), BESIDE_RULES, "judgement")
    for part in said.parts:
        position = whole.position(part.id)
        if position is not None:
            case = CodeCase(part, position, survey)
            about_it = f"position {part.id!r}"
            yield from _ask_again(case, replace(case, survey=everywhere), CODE_RULES, about_it)
    for ruling in (said.whole, *said.parts):
        yield from _check_ruling(ruling, survey)


def _look_where_it_points(said: Said, survey: Survey) -> None:
    """Have the ground drawn finely where the certificates are, if they lie on the map at all."""
    lines, places, seen = [], [], set[int]()
    for ruling in (said.whole, *said.parts):
        if ruling.closed is not None and ruling.open is None:
            if id(ruling.closed.segments) in seen:
                continue  # positions of one pocket share its ring
            seen.add(id(ruling.closed.segments))
        given = [*_vertices_of(ruling)]
        if given and not _lie_on_the_map(np.concatenate(given), survey):
            return
        lines += [trace_of(survey.plane.points_to_metres(points)) for points in given]
        if ruling.open is not None:
            neck = ruling.open.bottleneck
            if neck is not None and neck.at is not None and neck.width_m is not None:
                at = Point(survey.plane.points_to_metres(neck.at)[0])
                places.append(at.buffer(min(neck.width_m, MOST_PER_VERTEX_M) + FOCUS_M))
        if ruling.because == CONTRADICTION or ruling.code == "U":
            force = survey.situation.positions_of(survey.situation.force)
            places += [survey.shape(p).buffer(FOCUS_M) for p in force if p.id == ruling.id]
        if ruling.closed is not None:
            whole = [Polygon(p) for p in RingCase(ruling.closed, survey).exteriors]
            places += [shapely.make_valid(polygon).buffer(FOCUS_M) for polygon in whole]
            held = [survey.shape(p) for p in survey.situation.positions_of(survey.situation.force)]
            # A force drawn as an area may have pockets, and what parts them is looked at too.
            places += [shape.buffer(FOCUS_M) for shape in held if shape.area]
    survey.look_at(lines, places)


def _check_ruling(ruling: Ruling, survey: Survey) -> Iterator[Check]:
    whose = "force" if ruling.id is None else f"position {ruling.id!r}"
    yield from _ask(ruling, (*RULING_RULES, reason_is_told_in_its_words), whose)
    certificates = [*_vertices_of(ruling)]
    if certificates and not _lie_on_the_map(np.concatenate(certificates), survey):
        yield Check(f"{whose}: map", holds=False, statement="A certificate runs off the map.")
        return
    if ruling.open is not None:
        yield from _ask(
            PathCase(ruling.open, survey), (*PATH_RULES, *WAY_RULES), f"{whose}, open path"
        )
    if ruling.closed is not None:
        yield from _check_ring(ruling.closed, survey, f"{whose}, closed ring")


def _check_ring(ring: ClosedRing, survey: Survey, whose: str) -> Iterator[Check]:
    """Check a ring; its course once, however many positions share it."""
    case = RingCase(ring, survey)
    for rule in RING_RULES:
        if rule not in COURSE_RULES:
            yield from _ask(case, (rule,), whose)
            continue
        key = (rule.__name__, *case.course)
        if key not in survey.drawings:
            survey.drawings[key] = tuple(_ask(case, (rule,), ""))
        for check in cast("tuple[Check, ...]", survey.drawings[key]):
            yield replace(check, name=f"{whose}{check.name}")


def _vertices_of(ruling: Ruling) -> Iterator[NDArray[np.float64]]:
    if ruling.open is not None:
        yield from (leg.points for leg in ruling.open.legs)
    if ruling.closed is not None:
        yield from (part for polygon in ruling.closed.polygons for part in polygon)
        yield from (segment.points for segment in ruling.closed.segments)


def _lie_on_the_map(lonlat: NDArray[np.float64], survey: Survey) -> bool:
    metres = survey.plane.points_to_metres(lonlat)
    return bool(np.isfinite(metres).all() and np.abs(metres).max() < MOST_PER_VERTEX_M)


def _ask(
    case: Case, rules: tuple[Callable[[Case], Iterator[Fault]], ...], whose: str
) -> Iterator[Check]:
    """Put every rule to a case; a rule's docstring is what holds where it finds no fault."""
    for rule in rules:
        name = f"{whose}: {rule.__name__.replace('_', ' ')}"
        try:
            faults = list(_first(rule(case)))
        except UNEXAMINED as error:
            faults = [Fault(f"this could not be examined: {error}")]
        for fault in faults:
            yield Check(name, False, _sentence(fault.statement), fault.features)  # noqa: FBT003
        if not faults:
            yield Check(
                name, holds=True, statement=(rule.__doc__ or name).strip().partition("\n")[0]
            )


def _ask_again(
    case: Case, anew: Case, rules: tuple[Callable[[Case], Iterator[Fault]], ...], whose: str
) -> Iterator[Check]:
    """Ask what fails of the whole map: a seam far off may stand in the way of what is reached."""
    checks = list(_ask(case, rules, whose))
    yield from checks if all(check.holds for check in checks) else _ask(anew, rules, whose)


def _first(faults: Iterator[Fault]) -> Iterator[Fault]:
    return (fault for _, fault in zip(range(MOST_FAULTS), faults, strict=False))


def _sentence(statement: str) -> str:
    return f"{statement[:1].upper()}{statement[1:]}."


# -- is it about this situation --------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class About:
    """A judgement beside the situation it claims to be about."""

    said: Said
    situation: Situation
    strict_options: bool = False


def input_is_this_situation(about: About) -> Iterator[Fault]:
    """The digest in the provenance is the situation's own, and so is its name."""
    if about.said.sha256 != about.situation.sha256:
        yield Fault("the judgement was made from another situation")
    if about.said.situation not in (None, about.situation.id):
        its = about.situation.id
        named = "and the map has no name" if its is None else f"not from {its!r:.120}"
        yield Fault(f"the judgement says it was made from {about.said.situation!r:.120}, {named}")


def force_and_side_agree(about: About) -> Iterator[Fault]:
    """The force judged is the one asked about, and fights for the side named."""
    situation = about.situation
    if about.said.force != situation.force:
        yield Fault(f"the judgement is of {about.said.force!r}, not of {situation.force!r}")
    sides = {p.side for p in situation.positions_of(situation.force)}
    if about.said.side not in sides:
        yield Fault(f"the force does not fight for {about.said.side!r}")


def instant_agrees(about: About) -> Iterator[Fault]:
    """The instant judged is the situation's."""
    try:
        instant = datetime.fromisoformat(about.said.as_of)
    except ValueError:
        yield Fault(f"{about.said.as_of!r} is not an instant")
        return
    if instant.tzinfo is None:  # a bare date might be its first instant, or its last
        yield Fault(f"{about.said.as_of!r} is of no time zone")
    elif abs((instant - about.situation.as_of).total_seconds()) > SAME_INSTANT_S:
        yield Fault(f"the judgement is as of {instant}, not of {about.situation.as_of}")


def parameters_are_sane(about: About) -> Iterator[Fault]:
    """Joins and seams are short enough not to bridge a front, and options are those demanded."""
    given: Parameters = about.said.parameters
    for name in ("join_m", "seam_m"):
        if getattr(given, name) > WIDEST_JOIN_M:
            yield Fault(f"{name} is {getattr(given, name):.0f} m")
    for name, usual in DECIDING.items():
        value = about.said.options.get(name, usual)
        number = value if isinstance(value, (int, float)) else -1
        most = 1.0 if name.endswith("_share") else MOST_OPTION
        if isinstance(value, bool) or not 0 <= number <= most:
            yield Fault(f"{name} is {value!r}, which is no measure")
    if about.said.uncovered not in (None, about.situation.uncovered):
        yield Fault(f"bare ground is said to be {about.said.uncovered}, the map has it otherwise")
    if about.strict_options:
        supposed = (*given.without, *given.assume)
        if supposed:
            yield Fault("evidence is left out or assumed, which is not what was asked", supposed)
        for name, value in sorted(changed_options(about.said).items()):
            yield Fault(f"{name} is {value}, which is not what was asked")


def changed_options(said: Said) -> dict[str, object]:
    """List the options that bear on a verdict and are not the contract's."""
    given = {name: said.options.get(name, value) for name, value in DECIDING.items()}
    return {name: value for name, value in given.items() if value != DECIDING[name]}


def suppositions_are_told(about: About) -> Iterator[Fault]:
    """Evidence left out or assumed is told as what it is, and nothing else is."""
    supposed = {*about.said.parameters.without, *about.said.parameters.assume}
    if supposed and about.said.what_if is None:
        yield Fault(
            "evidence is left out or assumed, and `what_if` is silent", (*sorted(supposed),)
        )
    if about.said.what_if is not None and not supposed:
        yield Fault("`what_if` speaks, and no evidence is left out or assumed")


def notices_are_told(about: About) -> Iterator[Fault]:
    """What the map says of its own shortcomings is told."""
    told = {(n.code, n.severity, n.statement, n.features) for n in about.said.notices}
    for notice in about.situation.notices:
        if (notice.code, notice.severity, notice.statement, notice.features) not in told:
            yield Fault(f"the map's notice {notice.statement!r:.120} is not told", notice.features)
    statements = {notice.statement for notice in about.said.notices}
    for statement in about.said.drawn_notices:
        if statement not in statements:
            yield Fault(f"the map is said to have the notice {statement!r:.120}, which is not told")


ABOUT_RULES = (
    input_is_this_situation,
    force_and_side_agree,
    instant_agrees,
    parameters_are_sane,
    suppositions_are_told,
    notices_are_told,
)


# -- the map as it is drawn, where something is supposed --------------------------------------


@dataclass(frozen=True, slots=True)
class Base:
    """What is said of the map as it is drawn, beside that map."""

    said: Said
    survey: Survey


def the_map_as_drawn_gives_what_is_told(base: Base) -> Iterator[Fault]:
    """What the map gives with all its evidence is what `what_if` says, and so are the changes."""
    what_if = base.said.what_if
    if what_if is None:
        return
    if STATUSES.get(what_if.code, ("", ""))[1] != what_if.verdict:
        yield Fault(f"as drawn the map is said to give {what_if.code} and {what_if.verdict}")
    whole = Whole(base.said, base.survey)
    able = [codes_of(base.survey, position) for position in whole.standing]
    doubted = [{"U"} for _ in whole.doubtful]
    due = {"U"} if doubted and not able else {"N", "U"}
    if able:
        due = codes_of_all(able) | codes_of_all([*able, *doubted])
    if what_if.code not in due:
        said = f"as drawn the map is said to give {what_if.code}, and gives "
        yield Fault(said + (" or ".join(sorted(due)) or "nothing"))
    yield from find_unsaid(what_if.code, what_if.definitions)
    ruling = base.said.whole
    was = {"status": what_if.code, "verdict": what_if.verdict, **what_if.definitions}
    now = {"status": ruling.code, "verdict": ruling.verdict, **ruling.definitions}
    for name in sorted(was.keys() & now.keys()):
        told = what_if.changed.get(name, (was[name], was[name]))
        if told != (was[name], now[name]):
            yield Fault(f"{name} was {was[name]} and is {now[name]}, and `changed` does not say so")


BASE_RULES = (the_map_as_drawn_gives_what_is_told,)


# -- the whole and its parts -----------------------------------------------------------------


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
    return all(a == b for a, b in pairs if a not in UNSAID and b not in UNSAID)


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


# -- what was proved, and what was not checked ------------------------------------------------

NOT_CHECKED = (
    "the likelihood, and the pivots",
    "the confidence, but what of it follows from what else is told, and what bars a high one",
    "every sentence but the headline, the rule that decides, and the form of a notice",
    "whether each rule that applies beside the one that decides is told, and of the right features",
    "which evidence and reference a rule names, and where it comes from but the hash of the map",
    "the slips of drawing told of, but that a map has no anchor or enemy, and what lies off it",
    "the margins, but the neck of the path, and how wide the ground is there",
    "that the neck is the narrowest place of a way, and not another that is as wide as told",
    "that no other way is wider at its narrowest place, and no other mode has more separate ways",
    "whether it was surrounded, and fire control where the readings differ",
    "whether feet and tracks have separate ways by road too where open ground leads out",
    "fire of less than F2 on other ways than the path",
    "which segment of a ring is the weakest",
    "the map itself: whether what it draws is so",
)
"""What no rule here looks at."""
TAKEN = {
    "force": "that this is the force you ask about",
    "as_of": "that this is the instant you ask about",
}
AS_SEEN = {
    "optimistic": "even where all that is unclear is passable",
    "pessimistic": "even where all that is unclear is hostile",
}


def conclude(
    said: Said, situation: Situation, checks: tuple[Check, ...], taken: tuple[str, ...]
) -> Verification:
    """Say in one sentence what was proved, of whom and on what terms, and what was not checked."""
    not_checked = (*NOT_CHECKED, *(TAKEN[name] for name in taken if name in TAKEN))
    failures = [check for check in checks if not check.holds]
    unchecked = f"Not checked: {'; '.join(not_checked)}."
    if failures:
        first = failures[0].statement.rstrip(".")
        more = f", and {len(failures) - 1} more" if len(failures) > 1 else ""
        sentence = f"The proof does not hold: {first}{more}. {unchecked}"
        return Verification(False, checks, None, not_checked, sentence)  # noqa: FBT003
    proved = _tell_proved(said, situation)
    return Verification(True, checks, proved, not_checked, f"{_say(proved)} {unchecked}")  # noqa: FBT003


def _tell_proved(said: Said, situation: Situation) -> dict[str, Any]:
    whole = said.whole
    return {
        "force": said.force,
        "side": said.side,
        "as_of": situation.as_of.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
        "verdict": whole.verdict,
        "status": whole.code,
        "readings": [proof.reading for proof in (whole.open, whole.closed) if proof is not None],
        "options": changed_options(said),
        "without": list(said.parameters.without),
        "assume": dict(said.parameters.assume),
        "as_drawn": said.what_if.code if said.what_if is not None else None,
    }


VERDICT_WORDS = {
    "encircled": "was encircled",
    "not_encircled": "was not encircled",
    "contested": "had a way out on one reading of the map and none on the other",
    "indeterminate": "cannot be judged by this map",
    "no_force": "was no longer there",
}


def _say(proved: Mapping[str, Any]) -> str:
    name, verdict = STATUSES[proved["status"]][0], VERDICT_WORDS[proved["verdict"]]
    terms = [AS_SEEN[reading] for reading in proved["readings"][:1] if len(proved["readings"]) == 1]
    for option, value in proved["options"].items():
        terms.append(f"with {option} {value} where the contract has {DECIDING[option]}")
    if proved["without"]:
        terms.append(f"leaving out {', '.join(proved['without'])}")
    assumed = [f"{feature} {str(holds).lower()}" for feature, holds in proved["assume"].items()]
    if assumed:
        terms.append(f"assuming {', '.join(assumed)}")
    if proved["as_drawn"]:
        terms.append(f"where the map as drawn gives {proved['as_drawn']}")
    said = f"Proved: as of {proved['as_of']} the force {proved['force']!r} of {proved['side']} "
    return f"{said}{verdict} ({proved['status']}, {name}){''.join(f', {term}' for term in terms)}."
