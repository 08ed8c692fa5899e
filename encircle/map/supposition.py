"""What if: a situation with some of its evidence left out, or taken as certain."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from encircle.errors import UnknownFeatureError
from encircle.map.situation import Crossing, Position, Route

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from encircle.map.situation import Feature, Situation


def suppose(situation: Situation, without: Iterable[str], assume: Mapping[str, bool]) -> Situation:
    """
    Leave features out, and take others as certain.

    A feature assumed true is as it is stated, now: of probability 1, observed at the instant
    judged; a route or crossing of unknown state is open, a position reported or perhaps there is
    there. One assumed false is not there.

    Raises
    ------
    UnknownFeatureError
        If a name is no feature's id.
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
        _make_sure(f, situation) if f.id in sure else f
        for f in situation.features
        if f.id not in gone
    )
    return replace(situation, features=kept)


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
