"""CLAIMS: 1,000 claims against 50 maps in one batch within 60 s on two cores, one of them spoilt.

The whole command is measured, from cold to its last byte. The maps are dated states of the library,
and published snapshots of the Kursk salient where they lie beside the project. The peer judges the
same maps one by one with `encircle judge`, a process each, and rates nothing. It is run on a few of
the maps, and its time is scaled up.
"""

from __future__ import annotations

import json
import random
import subprocess
import sys
import tempfile
import time
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any

from encircle.archive.library.scenarios import read_library
from encircle.claims.rating.rules import RATINGS
from encircle.formats.publishers.deepstate import parse_snapshot_time, situation_from_deepstate

if TYPE_CHECKING:
    from collections.abc import Iterator

GOAL_S, CLAIMS, MAPS, PEERS = 60.0, 1000, 50, 5
FIXTURES = Path("fixtures")
SHARED = Path("../shared/data")
GUEVO = (35.269, 51.092)
DEFINITIONS = ("land_cut", "vehicle_cut", "fire_control", "isolation", "surrounded", "no_force")
SPOILT = 500
"""Number of the claim that nobody can read."""


def write_maps(folder: Path) -> Iterator[tuple[Path, str, str, list[str]]]:
    """Give each map's file, force, instant and sides; published snapshots first."""
    for number, document in enumerate(convert_snapshots()):
        path = folder / f"published-{number}.geojson"
        path.write_text(json.dumps(document), "utf-8")
        yield path, "kursk-group", document["situation"]["as_of"], ["UA", "RU"]
    for scenario in read_library(FIXTURES):
        if scenario.is_history and not scenario.error:
            situation = scenario.situation
            sides = [side.id for side in situation.sides]
            path = FIXTURES / scenario.id / "situation.geojson"
            yield path, situation.force, situation.as_of.isoformat(), sides


def convert_snapshots() -> Iterator[dict[str, Any]]:
    """Convert the published snapshots of March 2025, where they are at hand."""
    border = SHARED / "borders" / "ukraine_domain.geojson"
    if not border.exists():
        return
    outline = json.loads(border.read_bytes())
    for sample in sorted((SHARED / "deepstate" / "samples").glob("2025-*.geojson")):
        document = situation_from_deepstate(
            json.loads(sample.read_bytes()),
            outline,
            force_at=[GUEVO],
            as_of=parse_snapshot_time(sample.name),
            force="kursk-group",
            side="UA",
        )
        document["situation"]["id"] = sample.stem
        yield document


def invent_claims(maps: list[tuple[Path, str, str, list[str]]]) -> list[dict[str, Any]]:
    """Invent claims about the forces of the maps, of every definition, tense and value."""
    rng = random.Random(5)  # noqa: S311 - the same claims every time
    claims = []
    for number in range(CLAIMS):
        _, force, as_of, sides = rng.choice(maps)
        claims.append(
            {
                "id": f"claim-{number}",
                "claimant": "Somebody",
                "claimant_side": rng.choice(sides),
                "made_at": as_of,
                "statement": "They are shut in.",
                "asserts": {
                    "force": force,
                    "definition": rng.choice(DEFINITIONS),
                    "value": rng.choice(("yes", "yes", "no")),
                    "tense": rng.choice(("present", "present", "present", "future", "conditional")),
                    "hedged": rng.random() < 0.2,
                },
            }
        )
    claims[SPOILT]["asserts"]["definition"] = "encircled by rumour"
    return claims


def main() -> int:
    """Measure, check, and print one JSON line."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        maps = list(islice(write_maps(folder), MAPS))
        (folder / "claims.json").write_text(json.dumps(invent_claims(maps)), "utf-8")
        files = [str(path) for path, *_ in maps]
        begun = time.perf_counter()
        done = subprocess.run(  # noqa: S603 - our own command
            [sys.executable, "-m", "encircle.cli.main", "check", *files,
             "--claims", str(folder / "claims.json"), "--json"],
            check=True, capture_output=True,
        )  # fmt: skip
        ours = time.perf_counter() - begun
        begun = time.perf_counter()
        for file in files[:PEERS]:
            subprocess.run(  # noqa: S603 - our own command
                [sys.executable, "-m", "encircle.cli.main", "judge", file, "--json",
                 "--most-worlds", "0"],
                check=True, capture_output=True,
            )  # fmt: skip
        peer = (time.perf_counter() - begun) / PEERS * len(maps)
    answers = json.loads(done.stdout)["claims"]
    ratings = [answer["rating"] for answer in answers]
    spoilt = [number for number, rating in enumerate(ratings) if rating is None]
    correct = len(answers) == CLAIMS and spoilt == [SPOILT] and set(ratings) <= {*RATINGS, None}
    line = {
        "goal": "CLAIMS",
        "ours": round(ours, 2),
        "peer": round(peer, 2),
        "ratio": round(ours / peer, 2),
        "correct": correct,
        "reached": correct and ours <= GOAL_S,
        "unit": "s",
        "maps": len(maps),
        "published": sum("published" in file for file in files),
        "ratings": {rating: ratings.count(rating) for rating in RATINGS},
        "megabytes": round(len(done.stdout) / 1e6, 1),
    }
    print(json.dumps(line))
    return 0 if correct else 1
