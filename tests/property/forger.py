"""
Forge judgements, and ask the verifier whether they hold.

Two ways. A judgement of one map is passed off as that of another, which differs in one thing: all
its lines and measures are then as an honest engine drew them, and only the ground under them is not
there. Or one member of a judgement is written anew. What is passed off is a forgery only if the
engine judges the map it is shown with otherwise, so that each is false by what the engine says.

    python -m tests.property.forger                  the library and 500 random maps
    python -m tests.property.forger 20               20 random maps, and as many of the library
    python -m tests.property.forger 500 4            4 kinds on each map, drawn by chance
    python -m tests.property.forger 500 1 bridge     one kind
    python -m tests.property.forger 2000-2060 4      random maps 2000 to 2059 alone
"""

from __future__ import annotations

import copy
import json
import random
import sys
import zlib
from collections import Counter, defaultdict
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import encircle
from encircle.map.door.reader import read_situation
from encircle.verifier.reading.node import UnreadableError
from encircle.verifier.reading.parsing import parse_judgement
from tests.judged import kept
from tests.property.forged_judgements import IN_WORDS, LIES, VERDICTS, fall_silent
from tests.property.forged_maps import CHANGES
from tests.property.rough import rough_of
from tests.property.strategies import situation_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

FIXTURES = Path(__file__).parents[2] / "fixtures"
QUICK = encircle.Options(most_worlds=0)
MOST = 2
"""Forgeries of one kind tried on one map, drawn by chance where a kind has more."""
TRIES = 2
"""Times a change is drawn on each map: by chance it may change nothing that is judged."""
SUPPOSED = {
    "options_in_silence": "it was judged by other options than it says",
    "left_out_in_silence": "it was judged without a feature, and does not say so",
    "assumed_in_silence": "it was judged as if a feature were beyond doubt, and does not say so",
    "drawn_told_false": "what the map as drawn gives is told otherwise, a feature being left out",
}
"""Ways to judge the map itself otherwise than is told."""
KINDS = {name: false for name, (false, _) in CHANGES.items()} | SUPPOSED
KINDS |= {name: false for name, (false, _) in LIES.items()}
"""Every kind of forgery, and what is false in it."""

Told = dict[str, Any]
Forgery = tuple[str, Told, Any]
"""Its kind; the false judgement; the situation it is shown with."""


# -- what is false -----------------------------------------------------------------------------


def core_of(told: Told) -> dict[str, Any]:
    """Take out what a proof is said to prove: of the force and of every position."""
    units = {u["id"]: (u["verdict"], u["status"]["code"], access_of(u)) for u in told["units"]}
    return {
        "force": (told["side"], told["verdict"], told["status"]["code"], access_of(told)),
        "units": units,
        "cut_off": told["cut_off"],
        "ways": ways_of(told),
    }


def access_of(part: Told) -> tuple[str, ...]:
    """List what is open; of *special* none and closed are one here: it may hang on a hair."""
    axes = part["axes"]
    special = "none" if axes["special"] == "closed" else axes["special"]
    return (axes["sea"], axes["air"], special)


def ways_of(told: Told) -> list[Any]:
    return [p["disjoint"]["count"] for p in [told["certificates"]["open"]] if p]


def pass_off(foreign: Told, own: Told) -> Told:
    """Dress a judgement of another map as one of this, in all that costs a forger nothing."""
    forged = copy.deepcopy(foreign)
    for name in ("title", "notices", "provenance", "as_of", "names"):
        forged[name] = copy.deepcopy(own[name])
    mine = {u["id"]: u for u in own["units"]}
    for unit in forged["units"]:
        if unit["id"] in mine:
            unit["name"], unit["weight"] = mine[unit["id"]]["name"], mine[unit["id"]]["weight"]
    return forged


def list_lies(forged: Told, case: Case, situation: Any) -> list[str]:
    """Name the members that are not what the engine says, and what they are told as."""
    honest = case.told
    if situation is not case.situation:
        honest = encircle.judge(situation, QUICK).to_dict()
    return sorted(_differences(forged, honest))[:4]


def _differences(forged: Any, honest: Any, at: str = "") -> Iterator[str]:
    if isinstance(forged, dict) and isinstance(honest, dict):
        for name in forged.keys() | honest.keys():
            yield from _differences(forged.get(name), honest.get(name), f"{at}/{name}")
    elif isinstance(forged, list) and isinstance(honest, list) and len(forged) == len(honest):
        for number, pair in enumerate(zip(forged, honest, strict=True)):
            yield from _differences(*pair, f"{at}/{number}")
    elif forged != honest and "coordinates" not in at:
        yield f"{at}: {honest!r:.60} -> {forged!r:.60}"


# -- forging -----------------------------------------------------------------------------------


class Case:
    """A map, and what the engine says of it."""

    def __init__(self, name: str, document: dict[str, Any]) -> None:
        self.name, self.document = name, document
        self.situation = read_situation(document)
        self.told = encircle.judge(self.situation, QUICK).to_dict()


def cases(seeds: range) -> Iterator[Case]:
    """Draw random maps, half of a kind, and between them read as many of the library at most."""
    library = sorted(FIXTURES.glob("*/situation.geojson")) if seeds.start == 0 else []
    taken = library[:: max(1, len(library) // max(len(seeds), 1))]
    named: list[tuple[str, Path | int]] = [(path.parent.name, path) for path in taken]
    named += [(f"random {seed}", seed) for seed in seeds]
    random.Random(0).shuffle(named)  # noqa: S311
    for name, source in named:
        read = isinstance(source, Path)
        document = json.loads(source.read_text()) if read else draw_map(source)
        with suppress(encircle.SituationError, AssertionError):
            yield Case(name, document)


def draw_map(seed: int) -> dict[str, Any]:
    """Draw a random map: a rough one for an odd seed."""
    return rough_of(seed) if seed % 2 else situation_of(seed, with_routes=seed % 4 != 0)


def draw_chance(case: Case, kind: str) -> random.Random:
    """Give the chance that one kind of forgery is drawn by on a map."""
    return random.Random(zlib.crc32(f"{case.name} {kind}".encode()))  # noqa: S311


def forge(case: Case, kinds: Sequence[str], most: int) -> Iterator[Forgery]:
    """Forge what a case gives occasion for, of so many kinds at most; in silence where it can."""
    for kind, told, situation in _forge(case, kinds, most):
        yield kind, told if kind in IN_WORDS else fall_silent(told), situation


def _forge(case: Case, kinds: Sequence[str], most: int) -> Iterator[Forgery]:
    draw = random.Random(case.name)  # noqa: S311
    for kind in draw.sample(kinds, min(most, len(kinds))):
        rng = draw_chance(case, kind)
        if kind in CHANGES:
            yield from forge_by_map(case, kind, rng)
        elif kind in SUPPOSED:
            yield from forge_by_supposition(case, kind, rng)
        else:
            forged = [f for f in LIES[kind][1](case.told, case.document, rng) if f != case.told]
            for one in rng.sample(forged, min(MOST, len(forged))):
                yield kind, one, case.situation


def forge_by_map(case: Case, kind: str, rng: random.Random) -> Iterator[Forgery]:
    """Pass off the judgement of a map for that of one that differs, and the other way about."""
    for _ in range(TRIES):
        document = CHANGES[kind][1](case.document, rng)
        if document is None:
            return
        try:
            other = Case(case.name, document)
        except encircle.EncircleError:
            continue
        if core_of(other.told) != core_of(case.told):
            yield kind, pass_off(other.told, case.told), case.situation
            yield kind, pass_off(case.told, other.told), other.situation
            return


def forge_by_supposition(case: Case, kind: str, rng: random.Random) -> Iterator[Forgery]:
    """Judge the map itself otherwise than is told."""
    features = case.document["features"]
    deciding = [f["id"] for f in features if f["properties"].get("kind") not in {None, "claim"}]
    named = tuple(rng.sample(deciding, 1))
    options = {
        "options_in_silence": {
            "stale_after_days": rng.choice((1.0, 3650.0)), "join_m": rng.choice((1.0, 900.0)),
            "seam_m": rng.choice((0.0, 900.0)), "salient_share": rng.choice((0.01, 0.99)),
        },
        "assumed_in_silence": {"assume": {named[0]: True}},
    }.get(kind, {"without": named})  # fmt: skip
    try:
        told = encircle.judge(case.situation, replace(QUICK, **options)).to_dict()
    except encircle.EncircleError:
        return
    if core_of(told) == core_of(case.told):
        return
    if kind == "drawn_told_false":
        if told["status"] != case.told["status"]:
            code = told["what_if"]["base"]["status"]
            wrong = [c for c in VERDICTS if c not in {code, "N"}]
            base = told["what_if"]["base"]
            base["status"] = rng.choice(wrong)
            base["verdict"] = VERDICTS[base["status"]]
            yield kind, told, case.situation
    else:
        forged = pass_off(told, case.told)
        forged["what_if"] = None
        yield kind, forged, case.situation


def is_accepted(forged: Told, situation: Any) -> bool:
    """
    Tell whether a forgery passes; a verifier that falls over has refused nothing.

    As `verify` says it, but that the first check that fails is enough.
    """
    try:
        said = parse_judgement(forged)
        return all(check.holds for check in kept.verifier(situation).check(said))
    except UnreadableError:
        return False
    except Exception:  # noqa: BLE001
        return True


def main(seeds: range = range(500), most: int = 1000, *only: str) -> int:
    """Forge on the library and on random maps; print what was tried and accepted, by kind."""
    kinds = only or tuple(KINDS)
    tried: defaultdict[str, Counter[str]] = defaultdict(Counter)
    for number, case in enumerate(cases(seeds), 1):
        source = "random" if case.name.startswith("random") else "library"
        for kind, forged, situation in forge(case, kinds, most):
            tried[kind][source] += 1
            if is_accepted(forged, situation):
                tried[kind]["accepted"] += 1
                say(f"accepted: {kind} on {case.name}: {list_lies(forged, case, situation)}")
        if number % 10 == 0:
            total = sum((counts for counts in tried.values()), Counter())
            sys.stderr.write(f"\r{number} maps: {dict(total)} ")
            sys.stderr.flush()
    say("\n| kind | false | library | random | accepted |\n|---|---|---|---|---|")
    for kind in kinds:
        counts = tried[kind]
        told = f"| {kind} | {KINDS[kind]} | {counts['library']} | {counts['random']} "
        say(f"{told}| {counts['accepted']} |")
    return int(any(counts["accepted"] for counts in tried.values()))


def say(text: str) -> None:
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


def read_seeds(text: str) -> range:
    """Read how many random maps there are to be, or from which to which."""
    first, dash, end = text.partition("-")
    return range(int(first), int(end)) if dash else range(int(first))


if __name__ == "__main__":
    sys.exit(main(*map(read_seeds, sys.argv[1:2]), *map(int, sys.argv[2:3]), *sys.argv[3:]))
