"""What the caller may choose; every judgement prints what was chosen."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field, fields
from math import inf
from numbers import Integral, Real
from typing import Any

from encircle.errors import OptionsError
from encircle.map.situation import GROUND, Assumed

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
class Choice:
    """What an option is, told once: to Python, to the command line and to the service."""

    says: str
    """What it does, as a sentence without its stop."""
    unit: str = ""
    least: float | None = None
    most: float | None = None
    """The largest value that means something; None: any."""
    most_served: int | None = None
    """The most that a service takes on: work, not meaning."""

    @property
    def help(self) -> str:
        """What it does, with its unit."""
        return f"{self.says}; {self.unit}" if self.unit else self.says


def _choice(default: Any, says: str, **more: Any) -> Any:  # noqa: ANN401 - of any option
    """Declare a field: its default (or what makes it), what it does, unit and bounds."""
    metadata = {"choice": Choice(says, **more)}
    if callable(default):
        return field(default_factory=default, metadata=metadata)
    return field(default=default, metadata=metadata)


def _is_number(given: object, kind: type = Real) -> bool:
    """Whether it is a number; true and false are none."""
    return isinstance(given, kind) and not isinstance(given, bool)


def _are_weights(given: object) -> bool:
    """Whether it is one weight a level, finite, none below 0, not all 0."""
    if not isinstance(given, (list, tuple)) or len(given) != LEVELS:
        return False
    return all(_is_number(each) and 0 <= each < inf for each in given) and sum(given) > 0


def _are_ids(given: object) -> bool:
    """Whether it is a list of texts, and not one text, which lists its letters."""
    if isinstance(given, (str, Mapping)) or not isinstance(given, Iterable):
        return False
    return all(isinstance(each, str) for each in given)


def _are_assumed(given: object) -> bool:
    return isinstance(given, Mapping) and all(
        isinstance(each, bool) or each in GROUND for each in given.values()
    )


@dataclass(frozen=True, slots=True)
class Options:
    """Parameters of a judgement, each with its unit."""

    stale_after_days: float = _choice(  # source: contract
        30.0, "Evidence older than this is uncertain", unit="days", least=0, most_served=36_525
    )
    join_m: float = _choice(  # source: contract
        30.0, "A route's end joins what lies within this", unit="metres", least=0, most_served=1_000
    )
    seam_m: float = _choice(
        50.0,
        "Unpainted ground thinner than this is a seam",
        unit="metres",
        least=0,
        most_served=1_000,
    )
    surrounded_share: float = _choice(  # source: contract
        0.95, "Share of the compass on which hostile ground means surrounded", least=0, most=1
    )
    salient_share: float = _choice(  # source: contract
        0.5, "Share of the compass past which an open force stands in a salient", least=0, most=1
    )
    grades: Mapping[str, float] = _choice(
        lambda: dict(GRADES), "Probability that evidence of an Admiralty grade is right"
    )
    """By grade as in GRADES; those not given are its."""
    location_weights: tuple[float, float, float] = _choice(
        LOCATION_WEIGHTS,
        "Weights of hostile ground smaller by its location error, as drawn, larger",
    )
    most_worlds: int = _choice(
        300, "Partial worlds looked at for the likelihood; 0 leaves it out", least=0,
        most_served=10_000,
    )  # fmt: skip
    """Fewer on maps of more than 2000 steps; past them the likelihood is left as bounds."""
    samples: int = _choice(
        0, "Worlds drawn where roads are all that is open and too many to count", least=0,
        most_served=1_000_000,
    )  # fmt: skip
    """0 draws none, and loads no compiled code."""
    seed: int = _choice(0, "Same seed, same draw", least=0, most=2**63 - 1)
    without: tuple[str, ...] = _choice((), "Ids of features judged as if not drawn")
    assume: Mapping[str, Assumed] = _choice(
        dict, "Ids of features taken as right, as not there, or as ground held by another"
    )

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
        for name, choice in CHOICES.items():
            given, least, most = getattr(self, name), choice.least, choice.most
            if least is None:
                continue
            counts = name in COUNTS
            right = _is_number(given, Integral if counts else Real)
            if not right or not least <= given <= (sys.float_info.max if most is None else most):
                number = "a whole number" if counts else "a number"
                span = f"no less than {least:g}" if most is None else f"from {least:g} to {most:g}"
                raise OptionsError(name, f"{number} {span}")
        if not isinstance(self.grades, Mapping):
            raise OptionsError("grades", "by grade, A1 to E5, each from 0 to 1")
        wrong = [
            str(name) for name, p in self.grades.items()
            if name not in GRADES or not _is_number(p) or not 0 <= p <= 1
        ]  # fmt: skip
        if wrong:
            raise OptionsError("grades", f"{', '.join(wrong)}: A1 to E5, each from 0 to 1")
        if not _are_weights(self.location_weights):
            raise OptionsError("location_weights", "three weights, none below 0, not all 0")
        if not _are_ids(self.without):
            raise OptionsError("without", "a list of ids")
        if not _are_assumed(self.assume):
            raise OptionsError("assume", "by id, each true, false, 'hostile' or 'passable'")

    def as_dict(self) -> dict[str, Any]:
        """Print the parameters for a judgement's provenance."""
        return {k: list(v) if isinstance(v, tuple) else v for k, v in asdict(self).items()}


COUNTS = ("most_worlds", "samples", "seed")
"""What counts, and is never half."""
CHOICES: dict[str, Choice] = {each.name: each.metadata["choice"] for each in fields(Options)}
"""What each option is, in the order of a judgement's provenance."""
