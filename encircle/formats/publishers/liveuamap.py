"""
What does Liveuamap's ground say, in the form a newspaper publishes it: `{"value": {...}}`.

Each feature is of a `type`, against a day a few days before: `nochange` and `gains` are held by
Russia, `losses` is ground it lost. What is unpainted was never in dispute.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from encircle.errors import refusal
from encircle.formats.painted.layers import read_layer
from encircle.formats.painted.painted import PaintedMap, Zone, count_once, is_day, tell_unknown
from encircle.map.door.reader import digest
from encircle.map.notices import Notice

if TYPE_CHECKING:
    from collections.abc import Mapping

    from encircle.formats.painted.layers import Painted

HOLDERS = {"nochange": "RU", "gains": "RU", "losses": "UA"}
"""Who holds what, by type. Source: the files read against other maps of the day: on 14 March 2025
the losses are the ground Ukraine held in Kursk oblast, 126 km² where DeepState has 140."""

LOCATION_ERROR_M = 500.0
"""How far off a boundary may be drawn, metres. Source: a quarter of the front lies within 230 to
520 m of DeepStateMap's, 15 August 2022 and 14 March 2025."""

NO_GREY = Notice(
    "no_grey",
    "caution",
    "This map paints no unknown ground: both readings of it are the same.",
)


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
        If it cannot be read (see `read_layer`), or paints nothing of a type known.

    Notes
    -----
    Ground of a type that is not known is drawn as unknown: somebody painted it, and what it says
    is not read. Left out it would count as held by whoever has the country round it.
    """
    layer = read_layer(document, "Liveuamap")
    strange = [f for f in layer.features if _type_of(f) not in HOLDERS]
    if len(strange) == len(layer.features):
        known = ", ".join(HOLDERS)
        said = f"no feature of a type known ({known})" if strange else layer.empty_because
        raise refusal(said, 'Give {"value": {"features": …}}, as the newspaper publishes it')
    zones, twice = count_once(map(_zone_of, layer.features))
    unknown = [
        tell_unknown(
            "type_unknown",
            f"Liveuamap, {f.label}: its type {_type_of(f) or 'none'!r} is not known",
            _zone_of(f),
        )
        for f in strange
    ]
    days = sorted({f.text("date") for f in layer.features if is_day(f.text("date"))})
    grey = () if strange else (NO_GREY,)
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
        notices=(*layer.notices, *twice, *unknown, *_tell_days(days), *grey),
        dated=days[-1] if days else None,
        location_error_m=LOCATION_ERROR_M,
    )  # fmt: skip


def _type_of(feature: Painted) -> str:
    return feature.text("type").lower()


def _zone_of(feature: Painted) -> Zone:
    kind = _type_of(feature)
    holder = HOLDERS.get(kind)
    return Zone(
        id=f"liveuamap-{feature.index}",
        geometry=feature.geometry,
        holder=holder,
        basis="assessed" if holder else "unknown",
        source="liveuamap",
        name=kind or "no type",
        said={"liveuamap": kind},  # *type* is a word of crossings and barriers
    )


def _tell_days(days: list[str]) -> list[Notice]:
    if not days:
        return []
    said = f"The map dates its ground {' and '.join(days)}."
    return [Notice("map_dates_itself", "info" if len(days) == 1 else "caution", said)]
