"""A judgement is about this situation, this force, this instant and these options."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from encircle.verifier.path.case import Fault

if TYPE_CHECKING:
    from collections.abc import Iterator

    from encircle.map.situation import Situation
    from encircle.verifier.reading.said import Parameters, Said


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
    its = about.said.drawn_notices
    for statement in its or ():
        if statement not in statements:
            yield Fault(f"the map is said to have the notice {statement!r:.120}, which is not told")
    for notice in about.situation.notices:
        if its is not None and notice.statement not in its:
            said = f"the map is not said to have the notice {notice.statement!r:.120}"
            yield Fault(said, notice.features)


ABOUT_RULES = (
    input_is_this_situation,
    force_and_side_agree,
    instant_agrees,
    parameters_are_sane,
    suppositions_are_told,
    notices_are_told,
)
