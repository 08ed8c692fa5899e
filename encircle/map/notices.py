"""What should be told beside a verdict: what could not be read, and what looks like a slip."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal, get_args

if TYPE_CHECKING:
    from collections.abc import Iterable

Severity = Literal["info", "caution", "doubt"]
SEVERITIES: tuple[Severity, ...] = get_args(Severity)
"""From what is good to know to what holds confidence down: a verdict that rests on a *doubt* is
never told without it. Source: docs/contract.md, Notices."""


@dataclass(frozen=True, slots=True)
class Notice:
    """
    One thing to be told, which travels from the reader of a file to the last page.

    Examples
    --------
    >>> Notice("z_dropped", "info", "Heights were dropped: the map is flat.").to_dict()
    {'code': 'z_dropped', 'severity': 'info', 'statement': 'Heights were dropped: the map is flat.'}
    """

    code: str
    """One word for the kind, such as `crossing_spans_nothing`."""
    severity: Severity
    statement: str
    """A sentence for people: the feature, the place, the distance, the remedy."""
    features: tuple[str, ...] = ()

    def __str__(self) -> str:
        return self.statement

    def to_dict(self) -> dict[str, Any]:
        """Give the notice as the contract writes it."""
        said: dict[str, Any] = {
            "code": self.code, "severity": self.severity, "statement": self.statement,
        }  # fmt: skip
        return {**said, "features": list(self.features)} if self.features else said


_UNSEEN = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029]+")
_TURNING = re.compile("[\u202a-\u202e\u2066-\u2069]")


def fold(text: str) -> str:
    r"""
    Write a text as one line of visible characters: it is told on terminals, pictures and pages.

    A name with a line break in it would print a line of its own above a verdict.

    Breaks become spaces; marks that steer a terminal, or turn the direction of what follows them,
    say nothing to a reader.

    Examples
    --------
    >>> fold("Rivers are\nnot drawn.\x1b[0m")
    'Rivers are not drawn. [0m'
    """
    return " ".join(_UNSEEN.sub(" ", _TURNING.sub("", text)).split()) or "(nothing to read)"


def parse_notice(given: str | dict[str, Any]) -> Notice:
    """
    Read a notice as the contract writes it; plain text is a caution.

    Examples
    --------
    >>> parse_notice("Rivers are not drawn.").severity
    'caution'
    """
    if isinstance(given, str):
        return Notice("told", "caution", fold(given))
    features = tuple(str(name) for name in given.get("features") or ())
    return Notice(fold(given["code"]), given["severity"], fold(given["statement"]), features)


def gather(notices: Iterable[Notice]) -> tuple[Notice, ...]:
    """Keep each notice once, the gravest first, else in the order given."""
    kept = dict.fromkeys(notices)
    return tuple(sorted(kept, key=lambda notice: -SEVERITIES.index(notice.severity)))
