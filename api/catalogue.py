"""The scenarios that come with the service, read once."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import orjson

from encircle.archive.library.scenarios import read_library

from .errors import UnknownScenarioError

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from encircle.archive.library.scenarios import Scenario


def summarize(scenario: Scenario) -> dict[str, Any]:
    """Give everything but the map."""
    expected, whole = scenario.expected, scenario.heading
    return {
        "id": scenario.id,
        "title": whole.get("title") or scenario.id,
        "as_of": expected.get("as_of") or whole.get("as_of"),
        "force": expected.get("force") or whole.get("force"),
        "verdict": expected.get("verdict"),
        "acceptable": list(scenario.acceptable),
        "error": scenario.error,
    }


def ask(scenario: Scenario) -> bytes:
    """Write the request that has a scenario judged."""
    whole = {
        "force": scenario.expected.get("force") or scenario.heading.get("force"),
        "as_of": scenario.expected.get("as_of") or scenario.heading.get("as_of"),
        "situation": orjson.Fragment(scenario.raw),
    }
    return orjson.dumps(whole)


class Catalogue:
    """Scenarios by id, in alphabetical order."""

    def __init__(self, scenarios: Mapping[str, Scenario]) -> None:
        self._scenarios = dict(scenarios)

    def list(self) -> list[dict[str, Any]]:
        """Summarize them all."""
        return [summarize(scenario) for scenario in self._scenarios.values()]

    def find(self, name: str) -> Scenario:
        """
        Find a scenario by its id.

        Raises
        ------
        UnknownScenarioError
            If there is none.
        """
        if name not in self._scenarios:
            raise UnknownScenarioError(name)
        return self._scenarios[name]


def read_catalogue(folder: Path | None) -> Catalogue:
    """
    Read every scenario below a folder; none where none is named.

    Raises
    ------
    ScenarioError
        If there is no such folder, or something in it is no scenario.
    """
    found = read_library(folder) if folder else []
    return Catalogue({scenario.id: scenario for scenario in found})
