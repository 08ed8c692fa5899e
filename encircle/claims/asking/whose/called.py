"""Which side a map means by the words that a claim names a force with."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from encircle.claims.asking.whose.named import PEOPLES, is_ordinary
from encircle.map.situation import Position
from encircle.places.letters import fold

if TYPE_CHECKING:
    from encircle.claims.asking.whose.named import Named, Relation
    from encircle.map.situation import Situation

WHY_UNREAD: dict[Relation, str] = {
    "own": "whose that is depends on who says it (--claimant-side or --side tells)",
    "enemy": "whose that is depends on who says it (--claimant-side or --side tells)",
    "name": "that is the name of neither side (--side tells whose it is)",
}


def tell_named(situation: Situation, named: Named | None, speaker: str | None) -> str:
    """
    Say why the force of a situation is not the one that a claim names; empty: it may be.

    Parameters
    ----------
    named
        The words, where they are for none of the sides that are known without a map.
    """
    if named is None:
        return ""
    own = {p.side for p in situation.positions_of(situation.force)}
    why = (
        _tell_name(situation, named, own) if named.relation == "name"
        else _tell_relative(situation, named, own, speaker)
    )  # fmt: skip
    return f"the claim says that {named.words!r:.80} is cut off, {why}" if why else ""


def _tell_relative(situation: Situation, named: Named, own: set[str], speaker: str | None) -> str:
    sides = {one.id.casefold(): one.id for one in situation.sides}
    side = sides.get((speaker or "").casefold())
    if side is None:
        return f"and {WHY_UNREAD[named.relation]}"
    if bool(own & situation.friends_of(side)) == (named.relation == "own"):
        return ""
    return f"{side} speaking, and the force it names is of {' and '.join(sorted(own))}"


def _tell_name(situation: Situation, named: Named, own: set[str]) -> str:
    meant = _find_sides(situation, named.words)
    if not meant:
        return "and that names no side or force of this map (--side tells whose it is)"
    if len(meant) == 1 and meant <= own:
        return ""
    names = " and ".join(situation.side_name(side) for side in sorted(meant))
    if len(meant) > 1:
        return f"which may be of {names} (--side tells whose it is)"
    return f"which is of {names}, and the force it names is none of its"


def _find_sides(situation: Situation, words: str) -> set[str]:
    """Find the sides that a map calls by some words: by their names, else by their positions'."""
    ids = {one.id.casefold(): one.id for one in situation.sides}
    said = re.findall(r"[\w']+", fold(words).replace(".", ""))  # U.S.A. is one word
    if named := {ids[w] for w in said if w in ids}:
        return named
    asked = [w for w in said if not _says_nothing(w)]
    called = {one.id: _list_words(f"{one.id} {one.name or ''}") for one in situation.sides}
    found = {side for side, own in called.items() if any(_is_called(w, own) for w in asked)}
    if found:
        return found
    for position in situation.of_kind(Position):
        if position.side in called:
            called[position.side] += _list_words(position.name or "")
    for force in situation.forces:
        for side in {p.side for p in situation.positions_of(force)} & set(called):
            called[side] += _list_words(situation.name_of(force) or "")
    return {side for side, own in called.items() if any(_is_called(w, own) for w in asked)}


def _says_nothing(word: str) -> bool:
    return is_ordinary(word) and not any(_is_called(word, [w]) for w in ("government", "rebels"))


def _list_words(text: str) -> list[str]:
    return [w for w in re.findall(r"[\w']+", fold(text)) if not _says_nothing(w)]


def _is_called(word: str, names: list[str]) -> bool:
    """Tell whether a word begins as one of some names does, or is of the same people."""
    if any(word == n or (min(len(word), len(n)) > 3 and _share(word, n)) for n in names):  # noqa: PLR2004
        return True
    peoples = [stems for stems in PEOPLES if any(word.startswith(stem) for stem in stems)]
    return any(n.startswith(stem) for n in names for stems in peoples for stem in stems)


def _share(word: str, name: str) -> bool:
    """Tell whether two words share all but an ending of three letters at most."""
    least = max(4, min(len(word), len(name)) - 3)
    return word[:least] == name[:least]
