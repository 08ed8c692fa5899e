"""Which evidence speaks at the instant judged, and how surely."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, TypeVar

from encircle.situation import Claim, Control, Feature

if TYPE_CHECKING:
    from collections.abc import Iterator

    from encircle.options import Options
    from encircle.situation import Situation

F = TypeVar("F", bound=Feature)


@dataclass(frozen=True, slots=True)
class Evidence:
    """The features that speak at `as_of`; stale ones speak in doubt."""

    situation: Situation
    speaking: tuple[Feature, ...]
    later: tuple[Feature, ...]
    """Observed after the instant judged: left out."""
    expired: tuple[Feature, ...]
    """Valid at another time: left out."""
    stale: frozenset[str]
    """Ids of features dated too long before the instant judged."""

    def of_kind(self, kind: type[F]) -> Iterator[tuple[F, bool]]:
        """Give each speaking feature of a kind with whether it is certain (not stale)."""
        for feature in self.speaking:
            if isinstance(feature, kind):
                yield feature, feature.id not in self.stale


def admit(situation: Situation, options: Options) -> Evidence:
    """Sort the features of a situation into speaking, later, expired and stale."""
    as_of = situation.as_of
    later = [f for f in situation.features if f.observed_at and f.observed_at > as_of]
    expired = [f for f in situation.features if f not in later and not _is_valid(f, situation)]
    out = {f.id for f in (*later, *expired)}
    speaking = [f for f in situation.features if f.id not in out and _bears_on_map(f)]
    oldest = timedelta(days=options.stale_after_days)
    stale = frozenset(f.id for f in speaking if f.dated and as_of - f.dated > oldest)
    return Evidence(situation, tuple(speaking), tuple(later), tuple(expired), stale)


def _is_valid(feature: Feature, situation: Situation) -> bool:
    begun = feature.valid_from is None or feature.valid_from <= situation.as_of
    ended = feature.valid_to is not None and feature.valid_to < situation.as_of
    return begun and not ended


def _bears_on_map(feature: Feature) -> bool:
    """Claims, and ground that is only claimed, never change the map that is judged."""
    claimed = isinstance(feature, Control) and feature.basis == "claimed"
    return not (claimed or isinstance(feature, Claim)) and feature.geometry is not None
