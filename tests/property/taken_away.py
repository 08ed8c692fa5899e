"""Take away from a judgement, one by one, every member that it has, or leave it empty."""

from __future__ import annotations

import copy
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import random
    from collections.abc import Iterator

Told = dict[str, Any]
Place = tuple[str | int, ...]
NAMED = ("names", "default_reach_m", "by_mode", "assume")
"""Objects whose members are named by what they are of: one of them stands for all."""
DRAWN = ("coordinates", "at", "between")
"""Numbers of places, which are no members."""


def list_places(value: Any, at: Place = ()) -> Iterator[Place]:
    """List the place of every member and every item, what is drawn only as a whole."""
    pairs: Any = ()
    if isinstance(value, dict):
        pairs = value.items()
    elif isinstance(value, list) and not (at and at[-1] in DRAWN):
        pairs = enumerate(value)
    for name, member in pairs:
        yield (*at, name)
        yield from list_places(member, (*at, name))


def pattern_of(place: Place) -> str:
    """
    Say where a place is, as `verify` does: `[]` stands for each item of a list.

    Examples
    --------
    >>> pattern_of(("units", 0, "because", "rule")), pattern_of(("names", "a-road"))
    ('units[].because.rule', 'names.*')
    """
    said = ""
    for above, name in zip(("", *place), place, strict=False):
        if isinstance(name, int):
            said += "[]"
        else:
            said += f"{'.' if said else ''}{'*' if above in NAMED else name}"
    return said


def take_away(told: Told, rng: random.Random) -> Iterator[tuple[str, str, Told]]:
    """
    Take away one member of each kind, chosen by chance among those of its kind.

    Yields
    ------
    pattern, how, forged
        Which it was; `deleted`, `null` or `emptied`; the judgement without it.
    """
    places: dict[str, list[Place]] = {}
    for place in list_places(told):
        places.setdefault(pattern_of(place), []).append(place)
    for pattern, alike in places.items():
        place = rng.choice(alike)
        value = _find(told, place)
        ways: dict[str, Any] = {"deleted": None}
        if not isinstance(place[-1], int):
            ways["null"] = None
        if isinstance(value, (str, list, dict)):
            ways["emptied"] = type(value)()
        for how, instead in ways.items():
            if how != "deleted" and value == instead:
                continue
            forged = copy.deepcopy(told)
            above = _find(forged, place[:-1])
            if how == "deleted":
                del above[place[-1]]
            else:
                above[place[-1]] = instead
            yield pattern, how, forged


def _find(value: Any, place: Place) -> Any:
    for name in place:
        value = value[name]
    return value
