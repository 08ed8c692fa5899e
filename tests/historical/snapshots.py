"""Every published snapshot, at random places near the front, for both sides: judged and verified.

A place on ground that is not the side's is answered with the nearest piece of those offered, as a
reader would; where none is offered, with another place.

    python -m tests.historical.snapshots              all, three places a side
    python -m tests.historical.snapshots 40 7         every 40th from the seventh on
"""

from __future__ import annotations

import json
import random
import sys
import tarfile
import time
from collections import Counter
from typing import TYPE_CHECKING, Any, NamedTuple

import shapely

import encircle
from encircle.errors import QuestionError
from encircle.formats.painted.situation import situation_from_painted
from encircle.formats.publishers.deepstate import paint_deepstate
from encircle.formats.publishers.deepstate_snapshot import parse_snapshot_time
from tests.historical.test_real_maps import SHARED, border

if TYPE_CHECKING:
    from collections.abc import Iterator

PLACES = 3
SIDES = ("UA", "RU")
TRIES = 40
FAR_DEG = 0.2
"""How far from a drawn boundary a place is thrown, degrees: some 15 to 22 km."""
MOST_S = 5.0
"""Processor time one judgement may take, seconds."""
QUICK = encircle.Options(most_worlds=0)


class Tried(NamedTuple):
    """One place on one snapshot: what came of it, and what is wrong with that."""

    place: tuple[float, float]
    side: str
    code: str
    took_s: float
    faults: list[str]


def list_snapshots() -> Iterator[tuple[str, dict[str, Any]]]:
    """Read every archived snapshot, the oldest first."""
    for archive in sorted((SHARED / "deepstate").glob("*.tar.xz")):
        with tarfile.open(archive) as members:
            for member in members:
                file = members.extractfile(member) if member.isfile() else None
                if file is not None:
                    yield member.name, json.loads(file.read())


def throw_places(snapshot: dict[str, Any], seed: str) -> Iterator[tuple[float, float]]:
    """Throw places round corners of what is painted, each area as often as it has corners."""
    chance = random.Random(seed)  # noqa: S311
    zones = [zone.geometry for zone in paint_deepstate(snapshot).zones if zone.is_evidence]
    corners = shapely.get_coordinates(zones)
    while True:
        x, y = corners[chance.randrange(len(corners))].tolist()
        yield x + chance.uniform(-FAR_DEG, FAR_DEG), y + chance.uniform(-FAR_DEG, FAR_DEG)


def draw(painted: Any, name: str, place: tuple[float, float], side: str) -> dict[str, Any] | None:
    """Make a situation of the force at a place, or of the nearest piece offered instead."""
    as_of = parse_snapshot_time(name)
    assert as_of is not None, name
    try:
        return situation_from_painted(painted, border(), force_at=[place], as_of=as_of, side=side)
    except QuestionError as asked:
        offered = asked.document.get("pieces") or []
        if not offered:
            return None
        return situation_from_painted(
            painted, border(), force_at=[place], force_in=offered[0]["id"], as_of=as_of, side=side
        )


def try_place(document: dict[str, Any], place: tuple[float, float], side: str) -> Tried:
    """Judge and verify one situation."""
    situation = encircle.read(document)
    began = time.process_time()
    judgement = encircle.judge(situation, QUICK).to_dict()
    took_s = time.process_time() - began
    checked = encircle.verify(judgement, situation)
    faults = [f"verify: {c.name}: {c.statement}" for c in checked.failures]
    faults += [f"took {took_s:.1f} s"] if took_s > MOST_S else []
    return Tried(place, side, judgement["status"]["code"], took_s, faults)


def try_snapshot(name: str, snapshot: dict[str, Any], places: int = PLACES) -> Iterator[Tried]:
    """Try random places for both sides; a place neither side can be asked about is thrown anew."""
    painted = paint_deepstate(snapshot)
    for side in SIDES:
        found = 0
        for _, place in zip(range(TRIES), throw_places(snapshot, f"{name} {side}"), strict=False):
            document = draw(painted, name, place, side)
            if document is not None:
                yield try_place(document, place, side)
                found += 1
            if found == places:
                break


def say(text: str) -> None:
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


def main(step: int = 1, first: int = 0) -> int:
    """Try snapshots out and print what does not hold."""
    seen: Counter[str] = Counter()
    snapshots = wrong = 0
    slowest = 0.0
    for number, (name, snapshot) in enumerate(list_snapshots()):
        if number < first or (number - first) % step:
            continue
        snapshots += 1
        for tried in try_snapshot(name, snapshot):
            seen[tried.code] += 1
            slowest = max(slowest, tried.took_s)
            if tried.faults:
                wrong += 1
                say(f"{name} {tried.side} {tried.place}: {tried.code}: {tried.faults}")
        if snapshots % 10 == 0:
            say(f"... {snapshots} snapshots, {sum(seen.values())} judged, {wrong} wrong")
    say(
        f"{snapshots} snapshots, {sum(seen.values())} judged, {wrong} wrong, "
        f"slowest {slowest:.1f} s; {dict(seen)}"
    )
    return int(bool(wrong))


if __name__ == "__main__":
    sys.exit(main(*(int(a) for a in sys.argv[1:3])))
