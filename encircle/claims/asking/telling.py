"""An answer for a terminal: the verdict, one row a map, what would have to be wrong."""

from __future__ import annotations

import textwrap
from typing import TYPE_CHECKING

from encircle.claims.asking.names import COUNTRIES, name_features, name_judgement
from encircle.claims.publishing.report import list_doubts
from encircle.claims.rating.answer import name_rating
from encircle.map.days import say_day
from encircle.verdict.judgement import say_definition

if TYPE_CHECKING:
    from collections.abc import Iterator

    from encircle.claims.asking.answer import Answer, AskedMap

WIDTH = 88
"""Columns that a terminal has at least; lines are broken at words."""
LEAN_WORDS = {"open": "a way out was open", "closed": "the ring was closed",
              "undecided": "cannot be decided"}  # fmt: skip


def tell(answer: Answer, width: int = WIDTH) -> str:
    """Write an answer in words."""
    return "\n".join(_tell(answer, width)) + "\n"


def tell_verdict(answer: Answer) -> list[str]:
    """Tell the verdict in three lines: how the claim is rated, what was so, how the maps agree."""
    headline = answer.carrier.rated.ruling.judgement.headline if _is_judged(answer) else ""  # type: ignore[union-attr]
    rated = name_rating(answer.rating)
    doubted = any(notice.severity == "doubt" for notice in answer.notices)
    proof = " The map is in doubt, and the proof is no better than the map." if doubted else ""
    return [
        f"{rated[:1].upper()}{rated[1:]}: {answer.checked.findings[0].statement}{proof}",
        headline or "No map shows how it was.",
        say_agreement(answer),
    ]


def _is_judged(answer: Answer) -> bool:
    carrier = answer.carrier
    return bool(carrier and carrier.rated and carrier.rated.ruling)


def say_agreement(answer: Answer) -> str:
    """
    Say how the maps used agree, those not used counted beside.

    The words are those of the newspaper: a way open, the ring closed, undecided.
    """
    used = [m for m in answer.maps if m.lean]
    if not used:
        return (
            "The map given could not be used."
            if len(answer.maps) == 1
            else f"None of the {len(answer.maps)} maps given could be used."
        )
    count = answer.agreement
    parts = [f"{LEAN_WORDS[lean]} on {count[lean]}" for lean in count if count[lean]]
    more = len(answer.maps) - len(used)
    total = sum(count.values())
    again = len(used) - total
    beside = [f"{again} given again"] if again else []
    beside += [f"{more} not used"] if more else []
    unused = f" ({', '.join(beside)})" if beside else ""
    maps = "map" if total == 1 else "maps"
    return f"Of {total} {maps}{unused}: {', '.join(parts)}."


def list_changes(answer: Answer) -> list[str]:
    """Say what would have to be wrong for the other answer, on the map that carries the rating."""
    carrier = answer.carrier
    if carrier is None or carrier.judgement is None:
        return []
    return list(list_doubts(name_judgement(carrier.judgement, name_features(carrier))))


def list_rows(answer: Answer) -> list[tuple[str, str, str, str]]:
    """Give one row a map: name, day, mapper, what it shows."""
    return [(m.name, f"{m.as_of.day} {m.as_of:%b %Y}", m.mapper, say_map(m)) for m in answer.maps]


def say_map(given: AskedMap) -> str:
    """Say what one map shows."""
    if given.lean is None or given.rated is None or given.rated.ruling is None:
        return "not used"
    status = given.rated.ruling.judged.status
    counted = "" if given.rated.is_of_day else "; not counted"
    return f"{given.lean} ({status.code}); {name_rating(given.rated.rating)}{counted}"


def _tell(answer: Answer, width: int) -> Iterator[str]:
    for line in tell_verdict(answer):
        yield from textwrap.wrap(line, width)
    yield ""
    yield from _tell_claim(answer, width)
    yield ""
    yield from _tell_maps(answer, width)
    changes = list_changes(answer)
    if changes:
        yield ""
        yield "What would have to be wrong:"
        for change in changes:
            yield from _item(change, width)
    if answer.notices:
        yield ""
        yield "Notices:"
        for notice in answer.notices:
            mark = "" if notice.severity == "info" else f"{notice.severity}: "
            yield from _item(f"{mark}{notice.statement}", width)


def _tell_claim(answer: Answer, width: int) -> Iterator[str]:
    """Say how the claim was understood, for a person to correct it."""
    claim, asserted = answer.asked.claim, answer.checked.asserted
    day = say_day(claim.made_at) if claim.made_at else "undated"
    meant = say_definition(asserted.definition, "no definition")
    says = f"{'' if asserted.holds else 'not '}{meant}"
    where = answer.place.at if answer.place else "as the map names it"
    side = answer.asked.side or ""
    number = f", {asserted.number:,.0f} people (a map counts no heads)" if asserted.number else ""
    told = (
        f"Understood as: {claim.claimant or 'nobody named'}, {day}: force of "
        f"{COUNTRIES.get(side, side) or 'the map'} {where}, {says}{number}."
    )
    yield from textwrap.wrap(told, width)


def _tell_maps(answer: Answer, width: int) -> Iterator[str]:
    rows = list_rows(answer)
    columns = [max(len(row[i]) for row in rows) for i in range(3)]
    columns[0] = min(columns[0], 40)
    for given, row in zip(answer.maps, rows, strict=True):
        name = row[0] if len(row[0]) <= columns[0] else f"{row[0][: columns[0] - 1]}…"
        yield f"{name:<{columns[0]}}  {row[1]:<{columns[1]}}  {row[2]:<{columns[2]}}  {row[3]}"
        if not given.used:
            yield from textwrap.wrap(given.because, width, initial_indent="    ",
                                     subsequent_indent="    ")  # fmt: skip


def _item(text: str, width: int) -> list[str]:
    return textwrap.wrap(text, width, initial_indent="  - ", subsequent_indent="    ")
