"""Scenarios on disk: a situation, what history says of it, and where both come from."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any

import orjson

from encircle.errors import EncircleError
from encircle.map.door.reader import read_situation
from encircle.verdict.judgement import ENCIRCLED, STATUSES

if TYPE_CHECKING:
    from pathlib import Path

    from encircle.map.situation import Situation
    from encircle.verdict.judgement import Code

Json = dict[str, Any]

SITUATION, EXPECTED, SOURCES = "situation.geojson", "expected.json", "SOURCES.md"
CLAIMS = "claims.json"
ALTERNATIVE = "situation.alternative.geojson"
"""The same state drawn a second time, from the sources alone, by somebody else."""
_DATED = re.compile(r"(?P<place>.+)-(?P<day>\d{4}-\d{2}-\d{2})")


class ScenarioError(EncircleError, ValueError):
    """A folder is no scenario."""

    def __init__(self, place: Path, reason: str) -> None:
        self.place = place
        super().__init__(f"{place}: {reason}")


@dataclass(frozen=True)
class Scenario:
    """A case as it lies on disk: `<place>-<date>` is history, `trap-…` a drawn mistake."""

    id: str
    raw: bytes
    """The situation, byte for byte."""
    expected: Json
    alternative: bytes | None = field(default=None, repr=False)

    @property
    def place(self) -> str:
        """What the states of one case share: the id without its date."""
        dated = _DATED.fullmatch(self.id)
        return dated["place"] if dated else self.id

    @property
    def day(self) -> str | None:
        """The date in the id, as it is written."""
        dated = _DATED.fullmatch(self.id)
        return dated["day"] if dated else None

    @property
    def is_history(self) -> bool:
        """Tell a dated case from a drawn trap or a counterfactual."""
        return self.day is not None

    @property
    def error(self) -> str | None:
        """A word the refusal must hold, where the input must be refused."""
        return self.expected.get("error")

    @property
    def acceptable(self) -> tuple[Code, ...]:
        """Every status code that history allows."""
        return tuple(self.expected.get("acceptable", ()))

    @property
    def truth(self) -> bool | None:
        """Whether the force was encircled; None where history allows both, or nobody was there."""
        answers = {ENCIRCLED[STATUSES[code].verdict] for code in self.acceptable}
        return answers.pop() if len(answers) == 1 else None

    @cached_property
    def situation(self) -> Situation:
        """The map."""
        return read_situation(self.raw)

    @cached_property
    def document(self) -> Json:
        """The situation, unread."""
        whole: Json = orjson.loads(self.raw)
        return whole

    @property
    def heading(self) -> Json:
        """The `situation` member, unread."""
        whole: Json = self.document.get("situation", {})
        return whole


def read_scenario(folder: Path) -> Scenario:
    """
    Read one scenario.

    Raises
    ------
    ScenarioError
        If a file is missing or `expected.json` is no JSON.
    """
    for name in (SITUATION, EXPECTED):
        if not (folder / name).is_file():
            raise ScenarioError(folder, f"{name} is missing; fixtures/README.md says what it holds")
    try:
        expected = orjson.loads((folder / EXPECTED).read_bytes())
    except orjson.JSONDecodeError as error:
        raise ScenarioError(folder / EXPECTED, f"no JSON: {error}") from error
    other = folder / ALTERNATIVE
    return Scenario(
        id=folder.name,
        raw=(folder / SITUATION).read_bytes(),
        expected=expected,
        alternative=other.read_bytes() if other.is_file() else None,
    )


def read_library(folder: Path) -> list[Scenario]:
    """Read every scenario below a folder, by id."""
    if not folder.is_dir():
        raise ScenarioError(folder, "there is no such folder; name the one that holds the fixtures")
    return [read_scenario(place) for place in sorted(folder.iterdir()) if _holds_scenario(place)]


def _holds_scenario(place: Path) -> bool:
    return place.is_dir() and (place / SITUATION).is_file()


# -- chronologies ----------------------------------------------------------------------------


@dataclass(frozen=True)
class Chronology:
    """What was said of one case, in the order it was said, and the states it is held against."""

    id: str
    raw: bytes
    """The file of claims, byte for byte."""
    expected: Json

    @property
    def states(self) -> tuple[str, ...]:
        """Ids of the scenarios that show the case, in order of time."""
        return tuple(self.expected["situations"])


def read_chronologies(folder: Path) -> list[Chronology]:
    """Read every chronology of claims below a folder, by id."""
    places = [place for place in sorted(folder.iterdir()) if (place / CLAIMS).is_file()]
    return [
        Chronology(
            id=place.name,
            raw=(place / CLAIMS).read_bytes(),
            expected=orjson.loads((place / EXPECTED).read_bytes()),
        )
        for place in places
    ]
