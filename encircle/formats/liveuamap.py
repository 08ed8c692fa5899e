"""
What does Liveuamap's ground say, in the form a newspaper publishes it: `{"value": {...}}`.

Each feature is of a `type`, against a day a few days before: `nochange` and `gains` are held by
Russia, `losses` is ground it lost. What is unpainted was never in dispute.
"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any

from encircle.formats.layers import read_layer
from encircle.formats.painted import PaintedMap, Zone, is_day, refusal
from encircle.geojson import digest

if TYPE_CHECKING:
    from collections.abc import Mapping

    from encircle.formats.layers import Painted

HOLDERS = {"nochange": "RU", "gains": "RU", "losses": "UA"}
"""Who holds what, by type. Source: the files read against other maps of the day: on 14 March 2025
the losses are the ground Ukraine held in Kursk oblast, 126 km² where DeepState has 140."""


def paint_liveuamap(document: Mapping[str, Any]) -> PaintedMap:
    """
    Read a day's ground as a painted map.

    Parameters
    ----------
    document
        The FeatureCollection, or the envelope `{"value": FeatureCollection}`.

    Raises
    ------
    SituationError
        If it is no such document, or paints nothing of a type known.
    """
    inner = document.get("value", document)
    layer = read_layer(inner if isinstance(inner, dict) else {}, "Liveuamap")
    zones = tuple(_zone_of(f) for f in layer.features if f.text("type") in HOLDERS)
    if not zones:
        known = ", ".join(HOLDERS)
        raise refusal(f"no feature of a type known ({known})", 'Give {"value": {"features": …}}')
    strange = Counter(f.text("type") for f in layer.features if f.text("type") not in HOLDERS)
    left_out = [f"Type {t!r} is not known: {n} features left out." for t, n in strange.items()]
    days = sorted({f.text("date") for f in layer.features if is_day(f.text("date"))})
    return PaintedMap(
        maker="liveuamap",
        title="Liveuamap",
        zones=zones,
        sources=({
            "id": "liveuamap",
            "title": "Liveuamap, ground held",
            "url": "https://liveuamap.com/",
            "sha256": digest(document),
            "origin": "liveuamap",
        },),
        notices=(*layer.notices, *left_out, *_tell_days(days), NO_GREY),
        dated=days[-1] if days else None,
    )  # fmt: skip


NO_GREY = "This map paints no unknown ground: both readings of it are the same."


def _zone_of(feature: Painted) -> Zone:
    kind = feature.text("type")
    return Zone(
        id=f"liveuamap-{feature.index}",
        geometry=feature.geometry,
        holder=HOLDERS[kind],
        basis="assessed",
        source="liveuamap",
        name=kind,
        said={"type": kind},
    )


def _tell_days(days: list[str]) -> list[str]:
    return [f"The map dates its ground {' and '.join(days)}."] if days else []
