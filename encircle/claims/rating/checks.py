"""Claims held against any number of maps: rated on each, then together."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import timedelta
from functools import partial
from typing import TYPE_CHECKING

from pydantic import ValidationError

from encircle.claims.rating.answer import (
    CheckedClaim,
    ClaimChecks,
    FaultyClaim,
    MapRating,
    Statement,
    UnusedMap,
    name_rating,
)
from encircle.claims.rating.facts import Facts
from encircle.claims.rating.material import Material
from encircle.claims.rating.rating import rate, rate_by_each
from encircle.claims.rating.rules import Rating, find_fulfilment
from encircle.errors import EncircleError
from encircle.map.counting import number_of
from encircle.map.days import say_day
from encircle.map.door.contract import parse_assertion
from encircle.map.door.reader import tell_faults
from encircle.map.options import Options
from encircle.map.situation import Assertion, Claim
from encircle.verdict.judgement import Finding

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence
    from datetime import datetime

    from encircle.map.situation import Situation

FAVOURABLE: tuple[Rating, ...] = ("supported", "supported_weaker_definition", "overstated")
"""Ratings that leave something of a claim standing, the best first."""
MOST_NAMES = 12
"""Forces named of a longer list."""
REFERENCE = "docs/contract.md, Claims"
UNWEIGHED = Options(most_worlds=0)
"""No rating rests on a likelihood, which costs as much as all the rest of a large judgement."""


class NoMapError(EncircleError, ValueError):
    """There is no map to hold claims against."""

    def __init__(self) -> None:
        super().__init__("no map is given; give at least one situation")


def check_claims(
    situations: Iterable[Situation],
    claims: Iterable[Claim | Statement | FaultyClaim] | None = None,
    options: Options | None = None,
    *,
    processes: int = 1,
    on_judged: Callable[[object], None] = lambda _: None,
) -> ClaimChecks:
    """
    Rate claims against maps.

    Parameters
    ----------
    situations
        Maps, of one day or many, by one mapper or several. A force is known by its id on all.
    claims
        Claims to rate; by default, those that stand on the maps.
    options
        Parameters of every judgement; by default the likelihood is left out, for no rating rests on
        it.
    processes
        How many processes judge; the answer is the same.

    Returns
    -------
    checks
        Every claim in order. A claim that cannot be read has its faults and spoils no other.

    Raises
    ------
    NoMapError
        If there is no map.

    Examples
    --------
    >>> from encircle import read
    >>> checks = check_claims([read("fixtures/trap-salient-open/situation.geojson")])
    >>> checks.to_dict()
    {'claims': []}
    """
    material = Material(list(situations), options or UNWEIGHED)
    if not material.maps:
        raise NoMapError
    entries = _parse_all(claims, material)
    material.judge_ahead(_list_wanted(entries, material), processes, on_judged)
    return ClaimChecks(
        tuple(e if isinstance(e, FaultyClaim) else _check(e, material) for e in entries)
    )


def count_judgements(
    situations: Iterable[Situation], claims: Iterable[Claim | Statement | FaultyClaim] | None = None
) -> int:
    """Count the forces that `check_claims` will judge, each on each map that knows it."""
    material = Material(list(situations))
    return len(_list_wanted(_parse_all(claims, material), material))


def _parse_all(
    claims: Iterable[Claim | Statement | FaultyClaim] | None, material: Material
) -> list[_Parsed | FaultyClaim]:
    given = list_claims(material.maps) if claims is None else claims
    entries = [Statement(entry) if isinstance(entry, Claim) else entry for entry in given]
    return [_parse(entry, material) for entry in entries]


def _list_wanted(
    entries: Iterable[_Parsed | FaultyClaim], material: Material
) -> dict[tuple[int, str], None]:
    """List which force is to be judged on which map: each that knows it, for every date counts."""
    parsed = [e for e in entries if isinstance(e, _Parsed)]
    asked = dict.fromkeys(e.force for e in parsed if e.force and e.asserted.definition)
    found = ((n, material.find_force(n, name)) for name in asked
             for n in material.find_knowing(name))  # fmt: skip
    return dict.fromkeys((n, force) for n, force in found if force is not None)


def list_claims(situations: Iterable[Situation]) -> list[Statement]:
    """List the claims that stand on maps; the same claim on a second map is another statement."""
    return [
        Statement(claim, home)
        for home, situation in enumerate(situations)
        for claim in situation.of_kind(Claim)
    ]


def list_claims_once(situations: Sequence[Situation]) -> list[Statement]:
    """
    List the claims that stand on maps, each once.

    The same claim of the same force on a second map is one, of the map nearest to its day: an
    undated one speaks of the day of each map it stands on.
    """
    kept: dict[tuple[object, ...], tuple[timedelta, Statement]] = {}
    for statement in list_claims(situations):
        claim, situation = statement.claim, situations[statement.home or 0]
        force = claim.asserts.get("force") or situation.force
        same = (claim.id, claim.claimant, claim.statement, repr(claim.asserts), force)
        away = abs(situation.as_of - claim.made_at) if claim.made_at else timedelta()
        key = (*same, claim.made_at or statement.home)
        if key not in kept or away < kept[key][0]:
            kept[key] = (away, statement)
    return [statement for _, statement in kept.values()]


@dataclass(frozen=True, slots=True)
class _Parsed:
    statement: Statement
    asserted: Assertion
    force: str | None
    """The force asserted of; for a claim that names none, that of its map, or of all maps alike."""


def _parse(entry: Statement | FaultyClaim, material: Material) -> _Parsed | FaultyClaim:
    if isinstance(entry, FaultyClaim):
        return entry
    claim, home = entry.claim, entry.home
    try:
        asserted = parse_assertion(claim.asserts)
    except ValidationError as error:
        under = "/properties/asserts" if home is not None else "/asserts"
        faults = tell_faults(error, f"{claim.pointer}{under}", claim.id)
        return FaultyClaim(claim.id, tuple(faults), entry.source)
    maps = material.maps if home is None else [material.maps[home]]
    own = {situation.force for situation in maps}
    return _Parsed(entry, asserted, asserted.force or (own.pop() if len(own) == 1 else None))


# -- one claim -------------------------------------------------------------------------------


def _check(parsed: _Parsed, material: Material) -> CheckedClaim:
    """Rate one claim on every map that speaks of its time, then on all together."""
    statement, asserted = parsed.statement, parsed.asserted
    knowing = material.find_knowing(parsed.force) if parsed.force else []
    instant = _find_instant(statement, material)
    of_day, nearby, missing = _choose_maps(parsed, material, knowing, instant)
    if not of_day or asserted.definition is None:
        is_known = bool(knowing)
        facts = Facts(statement.claim, asserted, None, missing, is_known, instant)
        rating, findings = rate(facts)
        unused = _list_unused(parsed, material, (), instant)
        return CheckedClaim(statement, asserted, rating, findings, unused=tuple(unused))
    all_facts = {n: _gather(parsed, material, n, knowing, instant) for n in (*of_day, *nearby)}
    rated = [_rate_on(material, n, all_facts[n], instant, is_of_day=n in of_day) for n in all_facts]
    day = [r for r in rated if r.is_of_day]
    rating, carrier = _combine(day)
    facts = all_facts[carrier.number]
    findings = (*_say_together(carrier, day),
                *_find_more(statement, instant, rated, carrier, rating))  # fmt: skip
    shown = find_fulfilment(facts) if rating == "supported" else None
    return CheckedClaim(
        statement,
        asserted,
        rating,
        findings,
        tuple(rated),
        rate_by_each(facts),
        shown or carrier.ruling,
        tuple(_list_unused(parsed, material, tuple(all_facts), instant)),
    )


def _find_instant(statement: Statement, material: Material) -> datetime | None:
    """Find the instant a claim speaks of: no later than it was said, nor than its own map."""
    said, home = statement.claim.made_at, statement.home
    if home is None:
        return said
    as_of = material.maps[home].as_of
    if said is None or said.date() > as_of.date():
        return as_of
    return said


def _choose_maps(
    parsed: _Parsed, material: Material, knowing: Sequence[int], instant: datetime | None
) -> tuple[list[int], list[int], str]:
    """Choose the maps of the day and their neighbours; where there are none, say why."""
    if not knowing:
        return [], [], _say_known(material, parsed.statement.home)
    home = parsed.statement.home
    if instant is None:
        nearest = knowing[-1]
        return material.find_of_day(knowing, nearest), [], ""
    nearest = material.find_nearest(knowing, instant, home)
    away = abs(material.maps[nearest].as_of - instant)
    furthest = timedelta(days=material.options.stale_after_days)
    if home is None and away > furthest:
        day = material.maps[nearest].as_of
        said = f"The nearest is of {say_day(day)}, {number_of(away.days, 'day')} away."
        return [], [], said
    of_day = material.find_of_day(knowing, nearest)
    return of_day, material.find_neighbours(knowing, instant, of_day), ""


def _say_known(material: Material, home: int | None) -> str:
    numbers = range(len(material.maps)) if home is None else [home]
    names = material.list_forces(numbers)
    more = f" and {len(names) - MOST_NAMES} more" if len(names) > MOST_NAMES else ""
    return f"They know {', '.join(names[:MOST_NAMES]) or 'none'}{more}."


def _gather(
    parsed: _Parsed,
    material: Material,
    number: int,
    knowing: Sequence[int],
    instant: datetime | None,
) -> Facts:
    """Gather what the rules ask of one claim on one map."""
    name, claim = parsed.force, parsed.statement.claim
    assert name is not None  # noqa: S101 - a map knows it
    mapper = material.mapper_of(number)
    same = [n for n in knowing if n != number and material.mapper_of(n).is_same(mapper)]
    others = [material.rule(n, name) for n in same]
    side = claim.claimant_side
    return Facts(
        claim=claim,
        asserted=parsed.asserted,
        ruling=material.rule(number, name),
        missing=material.why_not(number, name),
        spoken_at=instant,
        others=tuple(r for r in others if r is not None),
        find_like=partial(material.find_like, number, name),
        own_layer=partial(material.rule_with_claims, number, name, side) if side else lambda: None,
    )


def _rate_on(
    material: Material, number: int, facts: Facts, instant: datetime | None, *, is_of_day: bool
) -> MapRating:
    rating, findings = rate(facts)
    mapper, name = material.mapper_of(number), material.name_of(number)
    away = (material.maps[number].as_of.date() - instant.date()).days if instant else 0
    return MapRating(number, facts.ruling, rating, findings, is_of_day, mapper, name, away)


def _list_unused(
    parsed: _Parsed, material: Material, used: Sequence[int], instant: datetime | None
) -> Iterator[UnusedMap]:
    """List every map that was given and not used, and say why."""
    for number, situation in enumerate(material.maps):
        if number not in used:
            why = _say_unused(parsed, material, number, instant)
            mapper = material.mapper_of(number)
            yield UnusedMap(number, material.name_of(number), situation.as_of, mapper, why)


def _say_unused(parsed: _Parsed, material: Material, number: int, instant: datetime | None) -> str:
    if parsed.asserted.definition is None:
        return "Not used: the claim asserts nothing that a map could answer."
    if parsed.force is None:
        return "Not used: the claim does not say which of the forces it is about."
    if material.find_force(number, parsed.force) is None:
        return f"Not used: it does not know the force {parsed.force!r}."
    if instant is None:
        return "Not used: the claim is undated, and a later map is held against it."
    days = (material.maps[number].as_of.date() - instant.date()).days
    count = "1 day" if abs(days) == 1 else f"{abs(days)} days"
    when = f"{count} {'after' if days > 0 else 'before'} the claim"
    if abs(material.maps[number].as_of - instant) > timedelta(
        days=material.options.stale_after_days
    ):
        return f"Not used: {when}, further away than evidence may be old."
    return f"Not used: {when}; a map nearer to the claim speaks for its mapper."


# -- several maps ----------------------------------------------------------------------------


def _combine(day: Sequence[MapRating]) -> tuple[Rating, MapRating]:
    """
    Rate a claim on several maps of one day; give also the map that carries the rating.

    Maps that can say nothing do not dissent. Where the rest agree, so does the whole. Where all
    leave something of the claim standing, the least of it stands. Else the maps disagree, and the
    claim is unsupported: contradicted is only what every map contradicts.
    """
    speaking = [rated for rated in day if rated.speaks] or list(day)
    ratings = {rated.rating for rated in speaking}
    if len(ratings) == 1:
        return speaking[0].rating, speaking[0]
    if not _disagree(day):
        carrier = max(speaking, key=lambda rated: FAVOURABLE.index(rated.rating))
        return carrier.rating, carrier
    carrier = next((r for r in speaking if r.rating == "unsupported"), speaking[0])
    return "unsupported", carrier


def _disagree(day: Sequence[MapRating]) -> bool:
    """Tell whether the maps that can say anything differ in more than how much stands."""
    ratings = {rated.rating for rated in day if rated.speaks}
    return len(ratings) > 1 and not ratings <= set(FAVOURABLE)


def _say_together(carrier: MapRating, day: Sequence[MapRating]) -> Iterator[Finding]:
    """Say first what decides: the carrying map's own finding, or that the maps disagree."""
    if not _disagree(day):
        yield from carrier.findings
        return
    said = "; ".join(f"{r.name}: {name_rating(r.rating)}" for r in day)
    statement = f"The maps of the day disagree: it is neither shown nor refuted ({said})."
    yield Finding("maps_disagree", statement, (), decides=True, reference=REFERENCE)
    yield from (replace(finding, decides=False) for finding in carrier.findings)


def _find_more(
    statement: Statement,
    instant: datetime | None,
    rated: Sequence[MapRating],
    carrier: MapRating,
    rating: Rating,
) -> Iterator[Finding]:
    """Say how the maps agree, what the claimant's own side's map shows, and of when the map is."""
    day = [r for r in rated if r.is_of_day]
    if len(day) > 1 and not _disagree(day):
        agreeing = [r.name for r in day if r.rating == rating]
        of = f"{len(agreeing)} of {len(day)} maps of the day agree"
        dissent = [f"{r.name} ({name_rating(r.rating)})" for r in day if r.rating != rating]
        more = f"; not so {', '.join(dissent)}" if dissent else ""
        yield Finding("maps_of_the_day", f"{of}{more}.", (), reference=REFERENCE)
    yield from _find_nearby(rated)
    yield from _find_own_side(statement.claim, rated)
    if instant is None and carrier.ruling is not None:
        said = "The claim is undated: it is held against the latest map."
        yield Finding("undated", said, (), reference=REFERENCE)
    elif carrier.ruling is not None and instant is not None:
        days = (carrier.ruling.as_of.date() - instant.date()).days
        if days:
            count = "1 day" if abs(days) == 1 else f"{abs(days)} days"
            side = "after" if days > 0 else "before"
            said = f"The map held against it is of {count} {side} the time the claim speaks of."
            yield Finding("map_of_another_day", said, (), reference=REFERENCE)


def _find_nearby(rated: Sequence[MapRating]) -> Iterator[Finding]:
    """Say what the nearest maps of mappers without one of the day make of the claim."""
    said = [f"{r.name} of {r.ruling.as_of:%Y-%m-%d}: {name_rating(r.rating)}"
            for r in rated if not r.is_of_day and r.ruling]  # fmt: skip
    if said:
        statement = f"Mappers without a map of the day, by their nearest: {'; '.join(said)}."
        yield Finding("maps_of_other_days", statement, (), reference=REFERENCE)


def _find_own_side(claim: Claim, rated: Sequence[MapRating]) -> Iterator[Finding]:
    """Say where even the claimant's own side's maps contradict the claim."""
    if claim.claimant_side is None:
        return
    own = [r for r in rated if r.mapper_side == claim.claimant_side]
    if own and all(r.rating == "contradicted" for r in own):
        which = "" if any(r.is_of_day for r in own) else ", the nearest there are"
        maps = ", ".join(f"{r.name} of {r.ruling.as_of:%Y-%m-%d}" for r in own if r.ruling)
        said = f"It is contradicted even on the claimant's own side's map ({maps}{which})."
        yield Finding("own_side_s_map", said, (), reference=REFERENCE)
