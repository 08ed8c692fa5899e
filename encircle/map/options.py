"""What the caller may choose; every judgement prints what was chosen."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from typing import TYPE_CHECKING, Any

from encircle.errors import OptionsError

if TYPE_CHECKING:
    from collections.abc import Mapping

GRADES: dict[str, float] = {
    "A1": 0.97, "A2": 0.92, "A3": 0.75, "A4": 0.45, "A5": 0.20,
    "B1": 0.94, "B2": 0.88, "B3": 0.65, "B4": 0.35, "B5": 0.12,
    "C1": 0.88, "C2": 0.78, "C3": 0.55, "C4": 0.28, "C5": 0.08,
    "D1": 0.78, "D2": 0.65, "D3": 0.42, "D4": 0.20, "D5": 0.05,
    "E1": 0.65, "E2": 0.50, "E3": 0.30, "E4": 0.12, "E5": 0.03,
}  # fmt: skip
"""Probability that evidence of an Admiralty grade is as stated: reliability A-E, credibility 1-5.
The numbers are this project's own, rising on both axes, credibility weighing more than reliability.
Why, and what is published: docs/method.md, From grades to probabilities."""

LOCATION_WEIGHTS = (1 / 6, 2 / 3, 1 / 6)
"""How likely hostile ground ran smaller by its location error, as drawn, or larger: the three-point
Gauss-Hermite rule, for which the stated error is sqrt(3) standard deviations, a bound of 92 %.
Source: Abramowitz and Stegun (1964), 25.4.46."""
LEVELS = 3
"""Hostile ground smaller, as drawn, larger."""


@dataclass(frozen=True, slots=True)
class Options:
    """Parameters of a judgement, each with its unit."""

    stale_after_days: float = 30.0
    """Evidence dated longer than this before `as_of` is uncertain; days. Source: contract."""
    join_m: float = 30.0
    """A route or crossing end joins what lies within this; metres. Source: contract."""
    seam_m: float = 50.0
    """Unpainted ground thinner than this is a seam between drawings; metres."""
    surrounded_share: float = 0.95
    """Share of the compass on which hostile ground means *surrounded*. Source: contract."""
    salient_share: float = 0.5
    """Share of the compass past which an open force stands in a salient. Source: contract."""
    grades: Mapping[str, float] = field(default_factory=dict)
    """Probabilities of Admiralty grades, 0 to 1, by grade as in GRADES; those not given are its."""
    location_weights: tuple[float, float, float] = LOCATION_WEIGHTS
    """Weights of hostile ground drawn smaller by its location error, as drawn, and larger."""
    most_worlds: int = 300
    """Partial worlds looked at before the likelihood is left as bounds, fewer on maps of more than
    2000 steps; 0 leaves the likelihood out."""
    samples: int = 0
    """Worlds drawn at random where roads are all that is open and counting would take too long; 0
    draws none, and loads no compiled code."""
    seed: int = 0
    """Same seed, same draw."""
    without: tuple[str, ...] = ()
    """Ids of features judged as if nobody had drawn them."""
    assume: Mapping[str, bool] = field(default_factory=dict)
    """Ids of features taken as certain (true) or as not there (false)."""

    def __post_init__(self) -> None:
        """Complete the grades, and order what has no order of its own."""
        self._check()
        total = sum(self.location_weights)
        weights = tuple(weight / total for weight in self.location_weights)
        object.__setattr__(self, "location_weights", weights)
        object.__setattr__(self, "grades", {**GRADES, **self.grades})
        object.__setattr__(self, "without", tuple(dict.fromkeys(self.without)))
        object.__setattr__(self, "assume", dict(self.assume))

    def _check(self) -> None:
        wrong = [name for name, p in self.grades.items() if name not in GRADES or not 0 <= p <= 1]
        if wrong:
            raise OptionsError("grades", f"{', '.join(wrong)}: A1 to E5, each from 0 to 1")
        weights = self.location_weights
        if len(weights) != LEVELS or min(weights) < 0 or sum(weights) <= 0:
            raise OptionsError("location_weights", "three weights, none below 0, not all 0")

    def as_dict(self) -> dict[str, Any]:
        """Print the parameters for a judgement's provenance."""
        return {k: list(v) if isinstance(v, tuple) else v for k, v in asdict(self).items()}
