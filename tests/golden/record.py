"""
The golden record: whole judgements of one day's code, that those of later code are held against.

Every fixture, random maps of two generators, and snapshots that others drew, kept beside the
project. A judgement is kept whole but for its coordinates: of each geometry only a digest, so that
no map of others is in the project. A difference is a decision: it is listed under *Judgements that
changed*, and the record is written anew.

    python -m tests.golden.record               write all groups anew
    python -m tests.golden.record fixtures      one group
"""

from __future__ import annotations

import hashlib
import json
import lzma
import platform
import sys
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pyproj
import scipy
import shapely

import encircle
from encircle.formats.publishers.deepstate import paint_deepstate

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

Json = dict[str, Any]
HERE = Path(__file__).parent
FIXTURES = HERE.parents[1] / "fixtures"
RANDOM_MAPS = 400
ROUGH_MAPS = 100
SNAPSHOTS_STEP = 120
"""Of the 621 snapshots every so many-th is judged, at a place for each side."""
DIGEST_LETTERS = 12
"""Letters of a digest; two geometries that differ share one once in 10¹⁴."""


def list_fixtures() -> Iterator[tuple[str, Json]]:
    """List the situations of the library, their second drawings too."""
    for path in sorted(FIXTURES.glob("*/situation*.geojson")):
        yield f"{path.parent.name}/{path.stem}", json.loads(path.read_bytes())


def list_random() -> Iterator[tuple[str, Json]]:
    """List random situations, well drawn and rough."""
    from tests.property.rough import rough_of
    from tests.property.strategies import situation_of

    for seed in range(RANDOM_MAPS):
        yield f"random-{seed}", situation_of(seed, with_routes=seed % 4 != 0)
    for seed in range(ROUGH_MAPS):
        yield f"rough-{seed}", rough_of(seed)


def list_real() -> Iterator[tuple[str, Json]]:
    """List situations drawn from snapshots that lie beside the project; none where they do not."""
    from tests.historical.snapshots import SIDES, TRIES, draw, list_snapshots, throw_places

    for number, (name, snapshot) in enumerate(list_snapshots()):
        if number % SNAPSHOTS_STEP:
            continue
        painted = paint_deepstate(snapshot)
        for side in SIDES:
            places = throw_places(snapshot, f"{name} {side}")
            drawn = (draw(painted, name, place, side) for place in islice(places, TRIES))
            document = next(filter(None, drawn), None)
            if document is not None:
                yield f"{name} {side}", document


GROUPS: dict[str, Callable[[], Iterator[tuple[str, Json]]]] = {
    "fixtures": list_fixtures,
    "random": list_random,
    "real": list_real,
}


def judge_whole(document: Json) -> Json:
    """Judge a situation, by default options, as it is kept; a refusal is kept by its words."""
    try:
        told = encircle.judge(encircle.read(document)).to_dict()
    except encircle.EncircleError as error:
        return {"error": type(error).__name__, "faults": str(error)}
    kept: Json = shorten(json.loads(json.dumps(told)))
    kept["provenance"].pop("engine", None)  # its version, and that of what it stands on
    return kept


def shorten(value: Any) -> Any:
    """Put a digest in the place of each geometry's coordinates."""
    if isinstance(value, dict):
        return {
            name: digest(one) if name == "coordinates" else shorten(one)
            for name, one in value.items()
        }
    return [shorten(one) for one in value] if isinstance(value, list) else value


def digest(value: Any) -> str:
    """Shorten a value to some letters that another does not share."""
    return hashlib.sha256(json.dumps(value).encode()).hexdigest()[:DIGEST_LETTERS]


def name_machine() -> Json:
    """Name what the last digits hang on: whose arithmetic it is."""
    return {
        "python": ".".join(platform.python_version_tuple()[:2]),
        "machine": f"{platform.system()} {platform.machine()}",
        "numpy": np.__version__,
        "scipy": scipy.__version__,
        "shapely": shapely.__version__,
        "geos": shapely.geos_version_string,
        "pyproj": pyproj.__version__,
        "proj": pyproj.proj_version_str,
    }


def path_of(group: str) -> Path:
    return HERE / f"{group}.jsonl.xz"


def write(group: str) -> int:
    """Write the record of a group; give how many judgements it has."""
    lines = [json.dumps({"machine": name_machine()})]
    for name, document in GROUPS[group]():
        lines.append(json.dumps({"name": name, "told": judge_whole(document)}))
        if len(lines) % 20 == 0:
            sys.stderr.write(f"\r{group}: {len(lines)} ")
    text = "\n".join(lines).encode()
    path_of(group).write_bytes(lzma.compress(text, preset=9 | lzma.PRESET_EXTREME))
    return len(lines) - 1


def read(group: str) -> tuple[Json, dict[str, Json]]:
    """Read the record of a group: whose arithmetic it is, and each judgement by its name."""
    machine, *rows = map(json.loads, lzma.decompress(path_of(group).read_bytes()).splitlines())
    return machine["machine"], {row["name"]: row["told"] for row in rows}


def list_differences(before: Any, now: Any, at: str = "") -> Iterator[str]:
    """List where two judgements differ, as pointers with both values."""
    if isinstance(before, dict) and isinstance(now, dict):
        for name in [*before, *(n for n in now if n not in before)]:
            yield from list_differences(before.get(name), now.get(name), f"{at}/{name}")
    elif isinstance(before, list) and isinstance(now, list) and len(before) == len(now):
        for number, pair in enumerate(zip(before, now, strict=True)):
            yield from list_differences(*pair, f"{at}/{number}")
    elif before != now:
        yield f"{at}: {before!r:.90} -> {now!r:.90}"


if __name__ == "__main__":
    for asked in sys.argv[1:] or GROUPS:
        sys.stdout.write(f"{asked}: {write(asked)} judgements\n")
