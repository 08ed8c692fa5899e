"""How likely, how sure and what would have to be wrong, in words."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from encircle.map.naming import MOST_NAMED, list_names
from encircle.verdict.chances import say_chance, say_share
from encircle.verdict.judgement import say_definition

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from encircle.verdict.judgement import Judgement


@dataclass(frozen=True, slots=True)
class Telling:
    """A judgement, and what its reader calls the features it speaks of."""

    judgement: Judgement
    names: dict[str, str]
    ids: bool
    """Ids are given too."""

    @property
    def own(self) -> frozenset[str]:
        """Features of the force's own side: on the edge of a neck, and no wall of it."""
        situation = self.judgement.situation
        friends = situation.friends_of(self.judgement.side) if situation else ()
        return frozenset(
            f.id
            for f in (situation.features if situation else ())
            if (getattr(f, "side", None) or getattr(f, "holder", None)) in friends
        )

    def call(self, name: str) -> str:
        """Call a feature by its name."""
        return self.names.get(name, name)

    def list(self, ids: Iterable[str], most: int = MOST_NAMED) -> str:
        """List features by their names, the first few."""
        return list_names(ids, self.names, most)

    def point(self, ids: Iterable[str]) -> str:
        """Point at the features by their ids, where that was asked for."""
        listed = list(dict.fromkeys(ids))
        return f" [{', '.join(listed)}]" if self.ids and listed else ""


MOST_IMPORTANT = 3
"""As many pieces of evidence are told to be worth a second look."""
MOST_TELLING = 0.995
"""What moves the chance by more than this carries all of it, as the only source of a map does: to
say so is to say nothing."""


def say_likelihood(judgement: Judgement) -> Iterator[str]:
    """Say how likely it is: never in one sentence with the confidence (ICD 203)."""
    told = judgement.likelihood
    if told is None:
        yield from _say_no_likelihood(judgement)
        return
    first = _say_chance(told, told["p_encircled"])
    yield f"Likelihood that it was encircled: {first}"
    alike: dict[str, list[str]] = {}
    for name, each in told["by_definition"].items():
        if name != "land_cut":
            alike.setdefault(_say_chance(each, each["p"]), []).append(say_definition(name, name))
    for chance, names in alike.items():
        yield f"- {'; '.join(names)}: {'the same.' if chance == first else chance}"


def _say_no_likelihood(judgement: Judgement) -> Iterator[str]:
    if judgement.provenance["parameters"]["most_worlds"] <= 0 or judgement.status.code == "N":
        return
    untold = judgement.status.code == "U"
    why = "the map does not tell where the force stood" if untold else "nothing here is graded"
    yield f"No likelihood: {why}."


def _say_chance(told: dict[str, Any], p: list[float]) -> str:
    """Say an interval: the word, the numbers, and whether they are bounds."""
    more = ", bounds: not every world was looked at" if told["method"] == "bounds" else ""
    if p == [0.0, 1.0] and not more:
        more = ": it hangs on what nobody knows"
    return f"{say_chance(told['term'], p[0], p[1], more)}."


def say_pivots(telling: Telling) -> Iterator[str]:
    """Say what evidence would turn the verdict if it were wrong."""
    if telling.judgement.pivots:
        yield "What would turn the verdict:"
        for pivot in telling.judgement.pivots:
            yield f"- {pivot.statement}{telling.point(pivot.evidence)}"


def say_importance(telling: Telling) -> Iterator[str]:
    """Say what is worth a second look; what moves the chance alike is told together."""
    rows = (telling.judgement.likelihood or {}).get("importance", [])
    alike: dict[str, list[str]] = {}
    about: dict[str, list[str]] = {}
    for row in rows:
        if row["importance"] > MOST_TELLING:  # all hangs on it: the pivots have said so
            continue
        # the last *wrong*: a source's title may hold another
        what, wrong, effect = row["statement"].removeprefix("Were ").rpartition(" wrong, ")
        alike.setdefault(wrong + effect, []).append(what)
        about.setdefault(wrong + effect, []).extend(row["evidence"])
    told = [
        f"- Were {_join_with_or(whats)}{effect}{telling.point(about[effect])}"
        for effect, whats in alike.items()
    ]
    if told:
        yield "What to look at next:"
        yield from told[:MOST_IMPORTANT]


def _join_with_or(whats: list[str]) -> str:
    return whats[0] if len(whats) == 1 else f"{', '.join(whats[:-1])} or {whats[-1]}"


ASSUMED = {True: "taken as right", "hostile": "held by the enemy", "passable": "passable"}
"""How it is said what a feature was taken as."""


def say_what_if(telling: Telling) -> Iterator[str]:
    """Say what was supposed, and what it changed."""
    judgement = telling.judgement
    if judgement.what_if is None:
        return
    asked = judgement.provenance["parameters"]
    left = [*asked["without"], *(i for i, holds in asked["assume"].items() if not holds)]
    told = [f"without {telling.list(left, len(left))}"] if left else []
    about = [*left]
    for assumed, words in ASSUMED.items():
        ids = [i for i, holds in asked["assume"].items() if holds is assumed or holds == assumed]
        told += [f"with {telling.list(ids, len(ids))} {words}"] if ids else []
        about += ids
    yield f"This is what if: the map {' and '.join(told)}.{telling.point(about)}"
    base = judgement.what_if["base"]
    yield f"- as drawn: {base['status']}, {base['verdict'].replace('_', ' ')}"
    changed = judgement.what_if["changed"]
    for each in changed:
        name = say_definition(each["member"], each["member"].replace("_", " "))
        yield f"- {name}: {_say_value(each['from'])} becomes {_say_value(each['to'])}"
    if not changed:
        yield "- nothing changes"


def say_supposed(judgement: Judgement) -> str:
    """Say in a sentence what was only supposed; empty: nothing was."""
    return next(say_what_if(Telling(judgement, judgement.names, ids=False)), "")


def _say_value(value: object) -> str:
    if isinstance(value, list):
        return " to ".join(say_share(p) for p in value) + " %"
    return "unknown" if value is None else str(value).replace("_", " ")


def say_confidence(judgement: Judgement) -> Iterator[str]:
    """Say how robust the verdict is, and why."""
    yield f"Confidence: {judgement.confidence['level']}."
    doubts = {notice.statement for notice in judgement.notices if notice.severity == "doubt"}
    if doubts & set(judgement.confidence["because"]):
        yield "- The map is in doubt: see the notices."
    for reason in judgement.confidence["because"]:
        if reason not in doubts:
            yield f"- {reason}"
