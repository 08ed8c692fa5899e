"""
Do the certificates hold: a judgement checked without the engine that made it.

The engine lays all boundaries over each other and walks from face to face. This module never
asks it anything: it takes the rules of the ground as unions and differences of whole polygons,
and holds each stretch of a path, and each stretch of a ring, against the areas they give.

Long for one reason: what is asked, in which order, and the sentence that says what was proved
belong together.
"""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import asdict, dataclass, replace
from datetime import UTC
from typing import TYPE_CHECKING, Any, Protocol, TypeVar, cast, runtime_checkable

import numpy as np
import shapely
from shapely.errors import ShapelyError
from shapely.geometry import Point, Polygon

from encircle.errors import CertificateError, SituationError
from encircle.map.situation import Situation
from encircle.map.supposition import suppose
from encircle.verifier.about import ABOUT_RULES, DECIDING, About, changed_options
from encircle.verifier.ground import FOCUS_M, Survey
from encircle.verifier.path.case import Fault, PathCase
from encircle.verifier.path.path import PATH_RULES
from encircle.verifier.path.ways import WAY_RULES
from encircle.verifier.reading.node import UnreadableError
from encircle.verifier.reading.parsing import parse_judgement
from encircle.verifier.regions import trace_of
from encircle.verifier.ring.case import RingCase
from encircle.verifier.ring.ring import COURSE_RULES, RING_RULES
from encircle.verifier.told.beside import BESIDE_RULES, Beside
from encircle.verifier.told.codes import CODE_RULES, CONTRADICTION, CodeCase, codes_of, codes_of_all
from encircle.verifier.told.given import GIVEN_RULES, list_left_away
from encircle.verifier.told.sentences import reason_is_told_in_its_words
from encircle.verifier.told.words import RULING_RULES, STATUSES, find_unsaid
from encircle.verifier.whole import WHOLE_RULES, Whole

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from numpy.typing import NDArray
    from shapely.geometry.base import BaseGeometry

    from encircle.verifier.reading.said import Ruling, Said

__all__ = ["Check", "Verification", "Verifier", "verify"]

MOST_FAULTS = 5
"""Faults told per rule; the rest would say the same."""
MOST_KEPT = 6
"""Surveys a verifier keeps of its map; of a large one each takes as much memory as the map."""
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
    return Verifier(situation).verify(judgement, strict_options=strict_options, taken=taken)


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


class Verifier:
    """
    Checks judgements of one map, and draws it once for all of them.

    A drawing is kept by all that it follows from: the map, the options, and where certificates lie.
    Nothing else that a judgement says gets into it, so that whoever chose what was checked before
    has no say in what is checked next.

    Parameters
    ----------
    situation
        The situation the judgements are about, as for `verify`.
    """

    def __init__(self, situation: Situation) -> None:
        _refuse_what_is_not_read(situation)
        self.situation = situation
        self._surveys: dict[tuple[object, ...], Survey] = {}

    def verify(
        self,
        judgement: Mapping[str, Any] | Shown,
        *,
        strict_options: bool = False,
        taken: tuple[str, ...] = (),
    ) -> Verification:
        """Check a judgement's certificates, as `verify` does."""
        if not isinstance(judgement, Mapping):
            judgement = _show(judgement)
        try:
            said = parse_judgement(judgement)
        except UnreadableError as error:
            unreadable = Check("readable", holds=False, statement=f"The judgement: {error}.")
            sentence = f"Nothing is proved: the judgement cannot be read, for {error}."
            return Verification(False, (unreadable,), sentence=sentence, is_readable=False)  # noqa: FBT003
        checks = tuple(self.check(said, strict_options=strict_options))
        *most, the_map = NOT_CHECKED
        left_away = self.tell_left_away(said)
        not_asked = (TAKEN[name] for name in taken if name in TAKEN)
        not_checked = (*most, *left_away, the_map, *not_asked)
        return conclude(said, self.situation, checks, not_checked)

    def check(self, said: Said, *, strict_options: bool = False) -> Iterator[Check]:
        """Check what was read of a judgement, one thing after another."""
        situation = self.situation
        about = About(said, situation, strict_options)
        identity = list(_ask(about, ABOUT_RULES, "judgement"))
        yield from identity
        if not all(check.holds for check in identity):
            return
        try:  # what it was judged without is left out here too, and what it assumed is assumed
            everywhere = self._survey(said)
        except SituationError as error:
            yield Check("judgement: supposition", holds=False, statement=f"The judgement: {error}.")
            return
        if said.parameters.without or said.parameters.assume:
            base = Base(said, self._survey(said, as_drawn=True))
            yield from _ask(base, BASE_RULES, "judgement")
        survey = self._look_where_it_points(said, everywhere)
        whole, anew = Whole(said, survey), Whole(said, everywhere)
        yield from _ask_again(whole, anew, WHOLE_RULES, "judgement")
        yield from _ask(Beside(said, situation, survey), (*BESIDE_RULES, *GIVEN_RULES), "judgement")
        for part in said.parts:
            position = whole.position(part.id)
            if position is not None:
                case = CodeCase(part, position, survey)
                about_it = f"position {part.id!r}"
                yield from _ask_again(case, replace(case, survey=everywhere), CODE_RULES, about_it)
        drawn: dict[tuple[object, ...], object] = {}
        for ruling in (said.whole, *said.parts):
            yield from _check_ruling(ruling, survey, drawn)

    def tell_left_away(self, said: Said) -> tuple[str, ...]:
        """Say in one line what the judgement leaves away of what it could say."""
        try:
            survey = self._survey(said)
        except SituationError:
            survey = self._survey(said, as_drawn=True)
        left = list_left_away(Beside(said, self.situation, survey))
        return (f"{LEFT_AWAY} {', '.join(left)}",) if left else ()

    def _survey(self, said: Said, *, as_drawn: bool = False) -> Survey:
        """Survey the map by the options of a judgement, as it supposes it to be or as drawn."""
        given = said.parameters

        def survey() -> Survey:
            if as_drawn:
                return Survey(self.situation, given)
            return Survey(suppose(self.situation, given.without, given.assume), given)

        return self._keep((as_drawn, repr(given)), survey)

    def _look_where_it_points(self, said: Said, everywhere: Survey) -> Survey:
        """Survey the ground where the certificates are; all of it, if that is nowhere."""
        with suppress(*UNEXAMINED):
            focus = _find_focus(said, everywhere)
            if focus is not None:
                key = (focus, repr(said.parameters))
                return self._keep(key, lambda: everywhere.within(focus))
        return everywhere

    def _keep(self, key: tuple[object, ...], survey: Callable[[], Survey]) -> Survey:
        found = self._surveys.pop(key, None) or survey()
        self._surveys[key] = found  # as the last used
        if len(self._surveys) > MOST_KEPT:
            del self._surveys[next(iter(self._surveys))]
        return found


def _find_focus(said: Said, survey: Survey) -> BaseGeometry | None:
    """Find where to draw ground finely: about the certificates, if they lie on the map at all."""
    lines, places, seen = [], [], set[int]()
    for ruling in (said.whole, *said.parts):
        if ruling.closed is not None and ruling.open is None:
            if id(ruling.closed.segments) in seen:
                continue  # positions of one pocket share its ring
            seen.add(id(ruling.closed.segments))
        given = [*_vertices_of(ruling)]
        if given and not _lie_on_the_map(np.concatenate(given), survey):
            return None
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
    return survey.look_at(lines, places)


def _check_ruling(
    ruling: Ruling, survey: Survey, drawn: dict[tuple[object, ...], object]
) -> Iterator[Check]:
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
        case = RingCase(ruling.closed, survey, drawn)
        yield from _check_ring(case, f"{whose}, closed ring")


def _check_ring(case: RingCase, whose: str) -> Iterator[Check]:
    """Check a ring; its course once, however many positions share it."""
    for rule in RING_RULES:
        if rule not in COURSE_RULES:
            yield from _ask(case, (rule,), whose)
            continue
        key = (rule.__name__, *case.course)
        if key not in case.drawn:
            case.drawn[key] = tuple(_ask(case, (rule,), ""))
        for check in cast("tuple[Check, ...]", case.drawn[key]):
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


# -- what was proved, and what was not checked ------------------------------------------------

NOT_CHECKED = (
    "the likelihood, and the pivots",
    "the confidence, but what of it follows from what else is told, and what bars a high one",
    "every sentence but the headline, the rule that decides, and the form of a notice",
    "whether each rule that decides nothing is told, but of evidence claimed, stale, later or over",
    "which evidence and reference a rule names, and where it comes from but the hash of the map",
    "whether a proof names more of its evidence, and of where a road leaves a ring, than it needs",
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
LEFT_AWAY = "what it does not give:"
"""How the line begins that names the members which a judgement leaves away."""
TAKEN = {
    "force": "that this is the force you ask about",
    "as_of": "that this is the instant you ask about",
}
AS_SEEN = {
    "optimistic": "even where all that is unclear is passable",
    "pessimistic": "even where all that is unclear is hostile",
}


def conclude(
    said: Said, situation: Situation, checks: tuple[Check, ...], not_checked: tuple[str, ...]
) -> Verification:
    """Say in one sentence what was proved, of whom and on what terms, and what was not checked."""
    failures = [check for check in checks if not check.holds]
    last = f"Not checked: {'; '.join(not_checked)}."
    if failures:
        first = failures[0].statement.rstrip(".")
        more = f", and {len(failures) - 1} more" if len(failures) > 1 else ""
        sentence = f"The proof does not hold: {first}{more}. {last}"
        return Verification(False, checks, None, not_checked, sentence)  # noqa: FBT003
    proved = _tell_proved(said, situation)
    return Verification(True, checks, proved, not_checked, f"{_say(proved)} {last}")  # noqa: FBT003


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
