"""What a reader calls a feature: its name in quotation marks, or in plain words what it is."""

from __future__ import annotations

import re
from collections import Counter
from functools import singledispatch
from typing import TYPE_CHECKING

from encircle.map.plane.projection import GEOD
from encircle.map.situation import (
    GREY_BASES,
    NEUTRAL,
    Anchor,
    Barrier,
    Claim,
    Control,
    Crossing,
    Feature,
    Fire,
    Position,
    Route,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from encircle.map.situation import Situation, Source

MOST_NAMED = 5
"""As many features are named in one sentence; the rest are counted."""
LONG_TITLE = 40
"""Titles of more characters than this are cut in sentences."""


def call_features(situation: Situation, *, placed: bool = True) -> dict[str, str]:
    """
    Call every feature of a map as its reader would, by id.

    A name stands in quotation marks. One that begins with a small letter says what the thing is
    (*the force*, *rear of Ukraine*). Ground is described where its name is such a word (*losses*)
    or is shared by several polygons (*Occupied*), and so is what has no name.

    Parameters
    ----------
    placed
        Say of a position or crossing without a name where it is, in degrees.

    Returns
    -------
    names
        For each id the words that stand for it inside a sentence.

    Examples
    --------
    >>> from encircle import read
    >>> names = call_features(read("fixtures/kursk-2025-03-14/situation.geojson"))
    >>> names["anchor-sumy"]
    '“Sumy”'
    """
    sides = {side.id: side.name or side.id for side in situation.sides}
    shared = Counter(c.name for c in situation.of_kind(Control))
    return {
        feature.id: _call(feature, sides, is_shared=shared[feature.name] > 1, placed=placed)
        for feature in situation.features
    }


def _call(feature: Feature, sides: Mapping[str, str], *, is_shared: bool, placed: bool) -> str:
    name = feature.name
    is_class = isinstance(feature, Control) and (is_shared or (name or "")[:1].islower())
    if not name or is_class:
        has_place = placed and isinstance(feature, Position | Crossing)
        return f"{describe(feature, sides)}{_say_place(feature) if has_place else ''}"
    if name[:1].islower():
        return re.sub("^rear of ", "the rear of ", name)
    return quote(name)


def quote(name: str) -> str:
    """
    Put a name in quotation marks; its own become single ones.

    Examples
    --------
    >>> quote('The "Gate" road')
    '“The ‘Gate’ road”'
    """
    inner = re.sub(r'"([^"]*)"', r"‘\1’", name).replace("“", "‘").replace("”", "’")
    return f"“{inner}”"


def label_feature(feature: Feature, situation: Situation) -> str:
    """
    Label a feature on a map: its name, or what it is, without an article.

    Examples
    --------
    >>> from encircle import read
    >>> trap = read("fixtures/trap-tunnel-open/situation.geojson")
    >>> sorted({label_feature(f, trap) for f in trap.features})[-1]
    'tunnel'
    """
    if feature.name:
        return feature.name
    sides = {side.id: side.name or side.id for side in situation.sides}
    return re.sub(r"^(an?|the) ", "", describe(feature, sides))


@singledispatch
def describe(feature: Feature, _sides: Mapping[str, str]) -> str:
    """Say in plain words what a feature is, without an id."""
    return f"a {type(feature).__name__.lower()}"


@describe.register(Position)
def _(feature: Position, sides: Mapping[str, str]) -> str:
    what = feature.echelon or "position"
    return f"{_article(what)} {what} of {_name(feature.side, sides)}"


@describe.register(Control)
def _(feature: Control, sides: Mapping[str, str]) -> str:
    holder = _name(feature.holder, sides)
    if feature.basis == "claimed":
        return f"ground claimed by {_name(feature.claimed_by or feature.holder, sides)}"
    if feature.basis in GREY_BASES or feature.holder is None:
        return "unclear ground"
    if feature.holder == NEUTRAL:
        return "neutral ground"
    return (
        f"the territory of {holder}" if feature.basis == "territory" else f"ground held by {holder}"
    )


@describe.register(Anchor)
def _(feature: Anchor, sides: Mapping[str, str]) -> str:
    side = _name(feature.side, sides)
    return {
        "land": f"the rear of {side}",
        "sea": f"the sea that {side} supplies by",
        "air": f"the airfields of {side}",
        "special": f"the special access of {side}",
    }[feature.access]


@describe.register(Route)
def _(feature: Route, _sides: Mapping[str, str]) -> str:
    only = set(feature.modes)
    what = "railway" if only == {"rail"} else "path" if only == {"foot"} else "road"
    shape = feature.geometry
    far = abs(GEOD.geometry_length(shape)) / 1000 if shape is not None else 0.0
    return f"a {what} of {far:.1f} km" if far else f"a {what}"


@describe.register(Crossing)
def _(feature: Crossing, _sides: Mapping[str, str]) -> str:
    what = "pontoon bridge" if feature.type == "pontoon" else feature.type
    return f"{_article(what)} {what}"


@describe.register(Barrier)
def _(feature: Barrier, _sides: Mapping[str, str]) -> str:
    return f"{_article(feature.type)} {feature.type}"


@describe.register(Fire)
def _(feature: Fire, sides: Mapping[str, str]) -> str:
    return f"{feature.grade} fire by {_name(feature.side, sides)}"


@describe.register(Claim)
def _(feature: Claim, _sides: Mapping[str, str]) -> str:
    return f"a claim by {feature.claimant}" if feature.claimant else "a claim"


def _name(side: str | None, sides: Mapping[str, str]) -> str:
    return sides.get(side or "", side or "nobody known")


def _article(noun: str) -> str:
    return "an" if noun[0] in "aeiou" else "a"


def _say_place(feature: Feature) -> str:
    """Say where a feature at one place is, in degrees, as margins do."""
    shape = feature.geometry
    if shape is None or shape.is_empty:
        return ""
    lon, lat = shape.representative_point().coords[0]
    return f" at {lon:.3f}, {lat:.3f}"


def call_source(source: Source) -> str:
    """
    Call a source by its title, in quotation marks, what follows its first mark left out if long.

    Examples
    --------
    >>> from encircle.map.situation import Source
    >>> call_source(Source("ruhq", "Russian Ministry of Defence, daily briefing of 14 March"))
    '“Russian Ministry of Defence”'
    """
    title = source.title or source.id
    if len(title) > LONG_TITLE:
        title = re.split(r"[,:;(]", title, maxsplit=1)[0].strip()
    return quote(title)


def join_words(words: Sequence[str]) -> str:
    """
    Join words as a sentence does.

    Examples
    --------
    >>> join_words(["a road", "a river", "a bridge"])
    'a road, a river and a bridge'
    """
    return words[-1] if len(words) == 1 else f"{', '.join(words[:-1])} and {words[-1]}"


def list_names(ids: Iterable[str], names: Mapping[str, str], most: int = MOST_NAMED) -> str:
    """
    Name several features in one sentence, each name once, the rest counted; empty for none.

    Examples
    --------
    >>> list_names(["a", "b", "c"], {"a": "“A”", "b": "a road", "c": "a road"})
    '“A” and a road'
    >>> list_names("abc", {}, most=1)
    'a and 2 more'
    """
    words = list(dict.fromkeys(names.get(name, name) for name in ids))
    if not words:
        return ""
    more = len(words) - most
    return join_words([*words[:most], f"{more} more"] if more > 0 else words)


def begin(sentence: str) -> str:
    """
    Write a sentence's first letter large, also one behind a quotation mark that is no name's.

    Examples
    --------
    >>> begin("a bridge is cut"), begin("“kalach” is cut")
    ('A bridge is cut', '“kalach” is cut')
    """
    return sentence[:1].upper() + sentence[1:]
