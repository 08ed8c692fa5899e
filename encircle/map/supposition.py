"""What if: a situation with some of its evidence left out, taken as certain, or held by another."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from encircle.errors import OptionsError, UnknownFeatureError
from encircle.map.situation import GROUND, NEUTRAL, Control, Crossing, Position, Route

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from encircle.map.situation import Assumed, Feature, Situation


def suppose(
    situation: Situation, without: Iterable[str], assume: Mapping[str, Assumed]
) -> Situation:
    """
    Leave features out, and take others as certain, or as held by another.

    A feature assumed true is as it is stated, now: of probability 1, observed at the instant
    judged; a route or crossing of unknown state is open, a position reported or perhaps there is
    there. One assumed false is not there. Ground assumed `hostile` is certainly held by the enemy,
    ground assumed `passable` by the force's own side; what is drawn over it stays as it is.

    Raises
    ------
    UnknownFeatureError
        If a name is no feature's id.
    OptionsError
        If what is no ground is assumed `hostile` or `passable`, or there is no side to hold it.
    """
    gone = {*without, *(name for name, holds in assume.items() if not holds)}
    sure = {name for name, holds in assume.items() if holds} - gone
    if not gone and not sure:
        return situation
    known = [feature.id for feature in situation.features]
    unknown = sorted((gone | sure) - set(known))
    if unknown:
        raise UnknownFeatureError(unknown, known)
    kept = tuple(
        _hold(_make_sure(f, situation), assume[f.id], situation) if f.id in sure else f
        for f in situation.features
        if f.id not in gone
    )
    return replace(situation, features=kept)


def _hold(feature: Feature, assumed: Assumed, situation: Situation) -> Feature:
    """Give ground to whoever is assumed to hold it."""
    if assumed not in GROUND:
        return feature
    if not isinstance(feature, Control):
        raise OptionsError("assume", f"true or false for {feature.id!r}, which is no ground")
    own = [p.side for p in situation.positions_of(situation.force)][:1]
    friends = situation.friends_of(own[0]) if own else frozenset[str]()
    wanted = own if assumed == "passable" else _list_enemies(situation, friends)
    if not wanted:
        raise OptionsError("assume", f"true or false for {feature.id!r}: the map has no such side")
    stays = feature.holder in (friends if assumed == "passable" else wanted)
    holder = feature.holder if stays else wanted[0]
    return replace(feature, holder=holder, basis="assessed", claimed_by=None)


def _list_enemies(situation: Situation, friends: frozenset[str]) -> list[str]:
    """List the sides that are nobody's friends here, those first that hold ground."""
    held = [c.holder for c in situation.of_kind(Control)]
    named = [s.id for s in situation.sides]
    sides = dict.fromkeys([*(h for h in held if h), *named])
    return [side for side in sides if side not in friends and side != NEUTRAL]


def _make_sure(feature: Feature, situation: Situation) -> Feature:
    sure = replace(
        feature, probability=1.0, observed_at=situation.as_of, reported_at=None,
        valid_from=None, valid_to=None,
    )  # fmt: skip
    if isinstance(sure, Route | Crossing) and sure.state == "unknown":
        return replace(sure, state="open")
    if isinstance(sure, Position):
        present = "yes" if sure.present == "unknown" else sure.present
        return replace(sure, basis="geolocated", present=present)
    return sure
