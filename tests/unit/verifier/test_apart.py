"""The verifier stands apart: it knows the map, and runs where there is no engine."""

import ast
import json
import subprocess
import sys
from pathlib import Path

import pytest

import encircle

ROOM = Path(encircle.__file__).parent / "verifier"
KNOWN = (
    "encircle.verifier", "encircle.errors", "encircle.map.counting", "encircle.map.days",
    "encircle.map.door", "encircle.map.naming", "encircle.map.notices",
    "encircle.map.plane.projection",
    "encircle.map.plane.outline", "encircle.map.plane.runs", "encircle.map.situation",
    "encircle.map.supposition",
)  # fmt: skip
"""All of the project that it may import; a new room is not let in by being new."""
MAP = "fixtures/trap-tunnel-open/situation.geojson"
WITHOUT_ENGINE = """
import json, sys

class NoEngine:
    rooms = ("judge", "network", "verdict", "likelihood", "reliability", "picture", "claims")
    def find_spec(self, name, path=None, target=None):
        if name.startswith(tuple(f"encircle.{room}" for room in self.rooms)):
            raise ImportError(f"{name} is the engine's")

sys.meta_path.insert(0, NoEngine())
import encircle
told = json.loads(sys.stdin.read())
sys.exit(not encircle.verify(told, encircle.read(sys.argv[1])).holds)
"""


def list_imports(path):
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.ImportFrom):
            yield node.module or ""
        elif isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)


@pytest.mark.parametrize("path", sorted(ROOM.rglob("*.py")), ids=lambda p: str(p.relative_to(ROOM)))
def test_it_imports_what_is_on_the_map_and_nothing_else(path):
    ours = {name for name in list_imports(path) if name.startswith("encircle")}
    assert not {n for n in ours if not any(n == k or n.startswith(f"{k}.") for k in KNOWN)}


@pytest.mark.parametrize("change", [{}, {"verdict": "not_encircled"}], ids=["true", "forged"])
def test_it_runs_where_the_engine_cannot_be_imported(change):
    told = {**encircle.judge(encircle.read(MAP)).to_dict(), **change}
    done = subprocess.run(  # noqa: S603 - our own words
        [sys.executable, "-c", WITHOUT_ENGINE, MAP], input=json.dumps(told).encode(), check=False
    )
    assert done.returncode == int(bool(change))
