"""
From a claim and maps to an answer: read, find the force, draw, judge, rate.

Long for one reason: the story of a question is told here, from its sentence to the answer.
"""

from __future__ import annotations

import re
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from encircle.claims.asking.answer import Answer, AskedMap, write_question
from encircle.claims.asking.beside import Brought, bring
from encircle.claims.asking.drawing import draw_question
from encircle.claims.asking.force import (
    Meant,
    draw_on,
    find_meant,
    find_other_side,
    read_drawn,
    speaks_of,
    tell_off_paint,
)
from encircle.claims.asking.maps import read_maps
from encircle.claims.asking.question import FORCE, Corrections, date_by, read_question
from encircle.claims.asking.where import ask_which_side, choose_side, find_elsewhere, find_place
from encircle.claims.asking.whose.called import tell_named
from encircle.claims.asking.whose.whose import find_named_side
from encircle.claims.composing.plan import Plan
from encircle.claims.rating.answer import Statement
from encircle.claims.rating.checks import UNWEIGHED, check_claims
from encircle.claims.rating.mappers import find_mapper
from encircle.claims.words.lexicon.places import find_places as find_mentions
from encircle.errors import EncircleError, InputFault, QuestionError, SituationError
from encircle.map.notices import Notice

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence
    from datetime import datetime

    from encircle.claims.asking.maps import GivenMap
    from encircle.claims.asking.question import Asked
    from encircle.claims.asking.where import Where
    from encircle.claims.rating.answer import MapRating
    from encircle.formats.publishers.presets import MapFile
    from encircle.map.options import Options
    from encircle.map.situation import Claim, Situation

Json = dict[str, Any]
STEPS = ("read", "found", "drawn", "judged")
"""What is done, in order, for showing progress."""
ROAD = re.compile(r"\s?[-–—]\s?")
"""What joins the two ends of a road."""


@dataclass(frozen=True, slots=True)
class Drawn:
    """A map ready to be judged, or why it is not."""

    given: GivenMap
    situation: Situation | None = None
    document: Json | None = None
    why_not: str = ""


def ask(  # noqa: PLR0913 - all but two by name
    said: str | Mapping[str, Any],
    files: Sequence[MapFile],
    *,
    corrections: Corrections | None = None,
    force_in: str | None = None,
    as_of: datetime | None = None,
    border: Json | None = None,
    plan: Plan | None = None,
    options: Options | None = None,
    draws_question: bool = False,
    on_step: Callable[[str], object] = lambda _: None,
) -> Answer:
    """
    Answer whether maps bear a claim out that a force is cut off.

    Parameters
    ----------
    said
        A sentence, a text, or a claim already written down.
    files
        Maps of any known kind, and situations; and what is laid over each of them: tables of
        positions, roads, claims, a border; or positions alone. GIS files are opened.
    corrections
        What a person says of the claim, over what the text was understood to say.
    force_in
        The piece of ground that is meant, where the maps asked back: its id, or a place.
    as_of
        Instant of the maps that tell none themselves.
    border
        Ukraine's outline; by default the bundled one.
    plan
        What is said of rows (`rows_side`, `keep_good`), and of the rear where positions are alone
        (`anchor_at`); the day and the side are those of the question.
    options
        Parameters of every judgement.
    draws_question
        Whether a question back has the ground and the pieces in it, for whoever shows a map.
    on_step
        Called after each of `STEPS`.

    Returns
    -------
    answer
        Every map given, used or not; the rating; what may be quoted.

    Raises
    ------
    QuestionError
        If what is asked is not one thing. Its document is the answer's, with `question` filled.
    SituationError
        If the claim or a map cannot be read, or no map speaks of it.
    """
    asked: Asked | None = None
    maps: list[GivenMap] = []
    try:
        asked = read_question(said, corrections)
        told = replace(plan or Plan(), as_of=as_of, side=asked.side, border=border)
        brought = bring(files, told)
        maps = read_maps(brought.maps, as_of, brought.border, brought.numbers)
        _check_said(maps, force_in, brought.border, corrections.side if corrections else None)
        asked = replace(asked, notices=(*asked.notices, *_tell_idle(asked, maps, as_of)))
        on_step("read")
        asked = date_by(asked, max(m.as_of for m in maps))
        return _answer(asked, maps, brought, force_in, options or UNWEIGHED, on_step)
    except QuestionError as question:
        document = question.document
        if draws_question:
            document = draw_question(document, maps, asked.side if asked else None)
        raise QuestionError(write_question(asked, document), question.words) from None


def _check_said(
    maps: Sequence[GivenMap],
    force_in: str | None,
    border: Mapping[str, Any] | None,
    side: str | None,
) -> None:
    """Refuse what would do nothing, for every map is a situation, which draws its force itself."""
    if any(m.painted is not None for m in maps):
        return
    given = {"force_in": force_in, "border": border}
    faults = [
        InputFault(
            f"/{name}",
            f"{name} does nothing here: every map is a situation, which draws its force itself",
            f"Leave out {name} (--{name.replace('_', '-')}), or give a map of who holds what",
        )
        for name, value in given.items()
        if value is not None
    ]
    if side is not None and not any(_knows(m, side) for m in maps):
        known = " or ".join(dict.fromkeys(s.id for m in maps if m.situation
                                          for s in m.situation.sides))  # fmt: skip
        said = f"side {side!r:.80} is on none of the maps"
        faults.append(InputFault("/side", said, f"Give {known} (--side), or leave it out"))
    if faults:
        raise SituationError(faults)


def _knows(given: GivenMap, side: str) -> bool:
    """Tell whether a situation has a side of that id."""
    sides = given.situation.sides if given.situation else ()
    return side.casefold() in {one.id.casefold() for one in sides}


def _tell_idle(asked: Asked, maps: Sequence[GivenMap], as_of: datetime | None) -> Iterator[Notice]:
    """Say what of the claim, and of what was said of the maps, no map was asked about."""
    if as_of is not None and not any(m.is_dated_by_asker for m in maps):
        said = (
            f"Every map tells its own day: {as_of:%Y-%m-%d} (--as-of) was used for none of them "
            "(--date is the day of the claim)."
        )
        yield Notice("as_of_not_used", "caution", said)
    drawn = [m for m in maps if m.situation is not None]
    if asked.side and drawn and not any(_knows(m, asked.side) for m in drawn):
        said = (
            f"The claim is taken to be about a force of {asked.side}, a side that no situation "
            "given knows: what is judged is the force that it names itself (--side gives another)."
        )
        yield Notice("side_not_on_the_map", "caution", said)


def _answer(  # noqa: PLR0913 - the parts of a question
    asked: Asked,
    maps: Sequence[GivenMap],
    brought: Brought,
    force_in: str | None,
    options: Options,
    on_step: Callable[[str], object],
) -> Answer:
    timely = _sort(asked, [m for m in maps if _is_timely(m, asked, options)])
    more: list[Notice] = [*brought.notices]
    place = _find_place(asked, timely or maps, more)
    force = next((m.situation.force for m in timely if m.situation), FORCE)
    far = {} if force_in else {m.name: why for m in timely if (why := tell_off_paint(m, place))}
    painted = [m for m in timely if m.painted is not None and m.name not in far]
    meant: Meant | None = None
    if painted:
        asked, notices = _settle_side(asked, place, painted, force_in)
        more += notices
        meant = find_meant(painted, place, side=asked.side or "", force_in=force_in, force=force)
        more += meant.notices
        on_step("found")
    else:
        on_step("found")
    drawn = [
        Drawn(m, why_not=far[m.name]) if m.name in far
        else _lay(brought, _draw(m, asked, place, meant, force, timely))
        for m in maps
    ]  # fmt: skip
    on_step("drawn")
    answer = _rate(asked, place, drawn, force, options, more)
    on_step("judged")
    return answer


def _find_place(asked: Asked, maps: Sequence[GivenMap], more: list[Notice]) -> Where | None:
    """
    Find the place; a situation names its force itself, so it can do without, and says so.

    A place that is known, and lies off every map, is one that no map draws; but of several that a
    sentence names, one is the force's and another the speaker's.
    """
    try:
        place = find_place(
            asked.place, maps,
            lambda said: more.append(Notice("place_by_the_front", "caution", said)),
        )  # fmt: skip
        if place is None or any(m.painted or _speaks(m, place) for m in maps):
            return place
        return _find_beside(asked, maps, is_joined=True) or place
    except (SituationError, QuestionError):
        if any(m.painted for m in maps):
            raise
        if elsewhere := find_elsewhere(asked.place):
            return _find_beside(asked, maps) or elsewhere
        said = f"{asked.place!r:.80} is no place that could be told: what is judged is the force "
        more.append(Notice("place_not_found", "caution", f"{said}that the maps themselves name."))
        return None


def _find_beside(
    asked: Asked, maps: Sequence[GivenMap], *, is_joined: bool = False
) -> Where | None:
    """
    Find another place of the sentence that the maps draw, where the place taken is one of it.

    Where they have to be joined, it is the other end of a road: *Sudzha-Sumy*.
    """
    sentence = asked.heard or asked.told.get("sentence") or ""
    named = find_mentions(sentence)
    if asked.place not in [m.place.name for m in named]:
        return None
    for one in named:
        beside = [
            sentence[min(one.end, m.end) : max(one.start, m.start)]
            for m in named if m.place.name == asked.place
        ]  # fmt: skip
        if is_joined and not any(ROAD.fullmatch(between) for between in beside):
            continue
        with suppress(SituationError, QuestionError):
            place = find_place(one.place.name, maps)
            if place and any(_speaks(m, place) for m in maps):
                return place
    return None


def _speaks(given: GivenMap, place: Where) -> bool:
    return given.situation is not None and speaks_of(given.situation, place)


def _is_timely(given: GivenMap, asked: Asked, options: Options) -> bool:
    made_at = asked.claim.made_at
    furthest = timedelta(days=options.stale_after_days)
    return made_at is None or abs(given.as_of - made_at) <= furthest


def _sort(asked: Asked, maps: Sequence[GivenMap]) -> list[GivenMap]:
    """Put the maps of the claim's day first, then by how far they are from it."""
    made_at = asked.claim.made_at
    if made_at is None:
        return list(maps)
    return sorted(
        maps, key=lambda m: (abs((m.as_of.date() - made_at.date()).days), m.as_of > made_at)
    )


def _settle_side(
    asked: Asked,
    place: Where | None,
    maps: Sequence[GivenMap],
    force_in: str | None,
) -> tuple[Asked, list[Notice]]:
    if asked.side is not None:
        return asked, []
    if asked.named is not None:  # of no side that it tells
        raise ask_which_side(place, asked.named)
    if place is None:
        raise ask_which_side(None)
    side, notice = choose_side(place, maps, force_in)
    return replace(asked, side=side), [notice]


def _draw(  # noqa: PLR0913 - what a map is held against
    given: GivenMap,
    asked: Asked,
    place: Where | None,
    meant: Meant | None,
    force: str,
    timely: Sequence[GivenMap],
) -> Drawn:
    """Make a map ready to be judged; one that cannot be says why."""
    if given.situation is not None:
        if why_not := _find_why_not(given.situation, asked, place):
            return Drawn(given, why_not=why_not)
        return Drawn(given, replace(given.situation, id=given.name), given.document)
    if given not in timely or meant is None:
        return Drawn(given)
    try:
        document = draw_on(given, meant, force)
        return Drawn(given, read_drawn(document, given.name), document)
    except SituationError as error:
        faults = "; ".join(f"{fault.message}. {fault.remedy}" for fault in error.faults)
        return Drawn(given, why_not=faults)
    except EncircleError as error:
        return Drawn(given, why_not=str(error))


def _lay(brought: Brought, drawn: Drawn) -> Drawn:
    """Lay over a map what was given beside the maps; a row that cannot be read refuses all."""
    if not brought.beside or drawn.document is None:
        return drawn
    document = brought.lay(drawn.document)
    return replace(drawn, document=document, situation=read_drawn(document, drawn.given.name))


def _find_why_not(situation: Situation, asked: Asked, place: Where | None) -> str:
    """Find why a situation says nothing of what is asked; empty: it may."""
    if place is not None and not speaks_of(situation, place):
        return f"it does not draw the ground {place.at}"
    is_known = asked.side is not None and asked.side in {one.id for one in situation.sides}
    named_force = None if is_known else asked.named
    if why_not := tell_named(situation, named_force, asked.claim.claimant_side):
        return why_not
    if named := _find_named_side(situation, asked):
        return (
            f"the force it names is none of {named}'s, and the claim says that one of {named}'s is "
            "cut off"
        )
    if other := find_other_side(situation, asked.side):
        said = f"the force it names is of {other}, and the claim is taken to be about one of "
        return f"{said}{asked.side} (--side {other} asks about that of {other})"
    return ""


def _find_named_side(situation: Situation, asked: Asked) -> str | None:
    """Name the side said to be cut off, as the map calls it, where the map's force is another's."""
    sentence, phrase = asked.told.get("sentence") or "", asked.told.get("phrase") or ""
    at = sentence.find(phrase)
    if not phrase or at < 0:
        return None
    names = {side.id: side.name or side.id for side in situation.sides}
    named = find_named_side(sentence, at, at + len(phrase), names)
    own = {p.side for p in situation.positions_of(situation.force)}
    if named is None or asked.side is not None or own & situation.friends_of(named) or not own:
        return None
    return names[named]


# -- the answer ----------------------------------------------------------------------------------


def _rate(  # noqa: PLR0913 - the parts of an answer
    asked: Asked,
    place: Where | None,
    drawn: Sequence[Drawn],
    force: str,
    options: Options,
    more: Sequence[Notice],
) -> Answer:
    ready = [d for d in drawn if d.situation is not None]
    claim = replace(asked.claim, asserts={**asked.claim.asserts, "force": force})
    situations = [d.situation for d in ready if d.situation is not None]
    if not situations:  # every map says why; the first of them is the one nearest
        return _rate_nothing(asked, place, drawn, claim, options)
    said = Statement(claim, verbatim=asked.is_verbatim)
    checks = check_claims(situations, [said], options)
    if checks.faulty:
        raise SituationError(checks.faulty[0].faults)
    checked = checks.checked[0]
    by_number = {rated.number: rated for rated in checked.maps}
    unused = {told.number: told.why for told in checked.unused}
    numbers = {id(d): n for n, d in enumerate(ready)}
    listed = []
    for d in drawn:
        number = numbers.get(id(d))
        rated = by_number.get(number) if number is not None else None
        why = d.why_not or (unused.get(number, "") if number is not None else "")
        listed.append(_list(d, rated, why, asked))
    return Answer(asked, place, tuple(listed), checked, tuple(more))


def _rate_nothing(
    asked: Asked,
    place: Where | None,
    drawn: Sequence[Drawn],
    claim: Claim,
    options: Options,
) -> Answer:
    """Answer where no map can be judged: the claim is unverifiable, and every map says why."""
    from encircle.claims.rating.answer import CheckedClaim  # noqa: PLC0415 - rare
    from encircle.claims.rating.facts import Facts  # noqa: PLC0415
    from encircle.claims.rating.rating import rate  # noqa: PLC0415
    from encircle.map.door.contract import parse_assertion  # noqa: PLC0415

    asserted = parse_assertion(claim.asserts)
    missing = f"None of the maps is of within {options.stale_after_days:g} days of the claim."
    if any(d.why_not for d in drawn):
        missing = "None of the maps given shows that force on that ground at that time."
    rating, findings = rate(Facts(claim, asserted, None, missing, True, claim.made_at))  # noqa: FBT003
    checked = CheckedClaim(Statement(claim, verbatim=asked.is_verbatim), asserted, rating, findings)
    listed = tuple(_list(d, None, d.why_not, asked) for d in drawn)
    return Answer(asked, place, listed, checked)


def _list(drawn: Drawn, rated: MapRating | None, why: str, asked: Asked) -> AskedMap:
    given = drawn.given
    if given.painted is None and drawn.situation is not None:
        mapper = find_mapper(drawn.situation)
        name, side = mapper.name, mapper.side
    else:
        name, side = given.mapper, given.painted.mapper_side if given.painted else None
    used = rated is not None
    because = f"{rated.use} {rated.findings[0].statement}" if rated else _say_why(why, given, asked)
    return AskedMap(
        given.name, given.title, name, side, given.as_of, used, because, rated,
        drawn.situation, drawn.document, given.painted is not None,
    )  # fmt: skip


def _say_why(why: str, given: GivenMap, asked: Asked) -> str:
    """Say why a map was not used."""
    if why:
        return why if why.startswith("Not used") else f"Not used: {why}."
    made_at = asked.claim.made_at
    days = (given.as_of.date() - made_at.date()).days if made_at else 0
    count = "1 day" if abs(days) == 1 else f"{abs(days)} days"
    side = "after" if days > 0 else "before"
    return f"Not used: {count} {side} the claim, further away than evidence may be old."
