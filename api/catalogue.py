"""The scenarios that come with the service, read once."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import orjson

from api.errors import UnknownScenarioError

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path


@dataclass(frozen=True, slots=True)
class Scenario:
    """A situation on disk, and what history or its author says of it."""

    id: str
    title: str
    as_of: str | None
    force: str | None
    verdict: str | None
    acceptable: tuple[str, ...]
    error: str | None
    """What the door should refuse it for, where it is no situation."""
    situation: bytes
    """GeoJSON, byte for byte as it lies on disk."""

    def summarize(self) -> dict[str, Any]:
        """Give everything but the map."""
        return {
            "id": self.id,
            "title": self.title,
            "as_of": self.as_of,
            "force": self.force,
            "verdict": self.verdict,
            "acceptable": list(self.acceptable),
            "error": self.error,
        }

    def ask(self) -> bytes:
        """Write the request that has this scenario judged."""
        whole = {
            "force": self.force,
            "as_of": self.as_of,
            "situation": orjson.Fragment(self.situation),
        }
        return orjson.dumps(whole)


class Catalogue:
    """Scenarios by id, in alphabetical order."""

    def __init__(self, scenarios: Mapping[str, Scenario]) -> None:
        self._scenarios = dict(scenarios)

    def list(self) -> list[dict[str, Any]]:
        """Summarize them all."""
        return [scenario.summarize() for scenario in self._scenarios.values()]

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


def read_catalogue(folder: Path) -> Catalogue:
    """Read every folder that holds a situation and what is expected of it."""
    expected = sorted(folder.glob("*/expected.json"))
    found = [_read_scenario(path.parent) for path in expected if _is_scenario(path.parent)]
    return Catalogue({scenario.id: scenario for scenario in found})


def _is_scenario(folder: Path) -> bool:
    return (folder / "situation.geojson").is_file()


def _read_scenario(folder: Path) -> Scenario:
    raw = (folder / "situation.geojson").read_bytes()
    expected = orjson.loads((folder / "expected.json").read_bytes())
    whole = orjson.loads(raw).get("situation", {})
    return Scenario(
        id=folder.name,
        title=whole.get("title") or folder.name,
        as_of=expected.get("as_of") or whole.get("as_of"),
        force=expected.get("force") or whole.get("force"),
        verdict=expected.get("verdict"),
        acceptable=tuple(expected.get("acceptable", ())),
        error=expected.get("error"),
        situation=raw,
    )
