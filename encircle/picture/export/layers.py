"""Which layers show a judgement on a map: the proof, the margins, and the ground beneath."""

from __future__ import annotations

from collections import defaultdict
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import numpy as np
import shapely
from shapely.geometry import LineString, Point, box, mapping, shape

from encircle.map.plane.projection import unwrap
from encircle.map.situation import (
    Anchor,
    Barrier,
    Control,
    Crossing,
    Feature,
    Fire,
    Position,
    Route,
)
from encircle.verdict.saying import say_supposed

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from shapely.geometry.base import BaseGeometry

    from encircle.map.situation import Situation
    from encircle.verdict.judgement import Judgement

Json = dict[str, Any]

LAYERS = (
    "ground", "barrier", "fire", "route", "crossing", "anchor", "position", "force",
    "pocket", "ring", "way_out", "opening", "neck", "cut",
)  # fmt: skip
"""From the lowest to the topmost: what the map says, then what was found on it."""
KINDS: dict[type[Feature], tuple[str, tuple[str, ...]]] = {
    Control: ("ground", ("holder", "basis", "claimed_by")),
    Barrier: ("barrier", ("type", "blocks")),
    Fire: ("fire", ("side", "grade", "modes")),
    Route: ("route", ("modes", "state", "fire", "surface", "capacity")),
    Crossing: ("crossing", ("type", "modes", "state", "fire", "permission")),
    Anchor: ("anchor", ("side", "access")),
    Position: ("position", ("side", "force", "echelon", "reach_m", "basis", "present", "weight")),
}
"""Layer of each kind of feature, and what is told of it besides what is told of all."""
TOLD_OF_ALL = (
    "name", "observed_at", "reported_at", "valid_from", "valid_to", "probability",
    "location_error_m", "note",
)  # fmt: skip
TURN_DEG = 360.0


def draw_layers(judgement: Judgement, situation: Situation | None = None) -> Json:
    """
    Draw a judgement as a FeatureCollection; `properties.layer` says which layer a feature is of.

    Properties are flat (text, numbers, flags), instants are ISO 8601, so that every GIS can open
    it. What rests on features names them in `evidence`, joined by commas.

    Parameters
    ----------
    judgement
        What was judged: its proof (`way_out`, `ring`, `pocket`, `cut`) and its margins (`neck`,
        `opening`).
    situation
        The map it was judged on: the other layers. Without it places that are cut, which a
        judgement names and does not draw, have no geometry.

    Returns
    -------
    collection
        With the verdict in words in its member `judgement`. What is only supposed is said there and
        in the property `supposed` of each feature.
    """
    drawn = [*_draw_situation(situation, judgement), *_draw_proof(judgement, situation)]
    drawn.sort(key=lambda feature: LAYERS.index(feature["properties"]["layer"]))
    supposed = say_supposed(judgement)
    mark = {"supposed": supposed} if supposed else {}  # a layer goes on without the whole
    for feature in drawn:
        feature["properties"] |= mark
    return {
        "type": "FeatureCollection",
        "judgement": {
            "force": judgement.force,
            "side": judgement.side,
            "as_of": judgement.as_of,
            "verdict": judgement.verdict,
            "status": judgement.status.code,
            "headline": judgement.headline,
            **mark,
            "notices": [notice.statement for notice in judgement.notices],
            "engine": judgement.provenance["engine"],
            "input_sha256": judgement.provenance["input_sha256"],
        },
        "features": drawn,
    }


# -- the map ---------------------------------------------------------------------------------


def _draw_situation(situation: Situation | None, judgement: Judgement) -> Iterator[Json]:
    """Draw what the map says, as it was drawn."""
    judged = {position.id: position for position in judgement.positions}
    for feature in situation.features if situation else ():
        if type(feature) not in KINDS:
            continue
        layer, names = KINDS[type(feature)]
        told = {name: _flatten(getattr(feature, name)) for name in (*TOLD_OF_ALL, *names)}
        told["sources"] = _join(source.id for source in feature.sources)
        if feature.id in judged:
            one = judged[feature.id]
            layer, judged_as = "force", one.judged
            told |= {"status": judged_as.status.code, "verdict": judged_as.status.verdict}
            told |= judged_as.definitions
        yield _write(judgement, layer, feature.id, feature.geometry, told)


def _flatten(value: object) -> object:
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat().replace("+00:00", "Z")
    return _join(value) if isinstance(value, tuple) else value


def _join(names: Iterable[str]) -> str:
    return ",".join(names)


# -- the proof and the margins ---------------------------------------------------------------


def _draw_proof(judgement: Judgement, situation: Situation | None) -> Iterator[Json]:
    way, ring = (judgement.certificates.get(name) for name in ("open", "closed"))
    if way:
        yield from _draw_way(judgement, way)
    if ring:
        yield from _draw_ring(judgement, ring)
    yield from _draw_cut(judgement, situation, way, ring)
    yield from _draw_margins(judgement)


def _draw_way(judgement: Judgement, way: Json) -> Iterator[Json]:
    whole = {"reading": way["reading"], "unit": way["unit"], "anchor": way["anchor"]}
    for number, leg in enumerate(way["legs"], 1):
        told = {name: leg[name] for name in ("by", "mode", "control", "fire", "length_m")}
        told |= {"number": number, "evidence": _join(leg["evidence"]), **whole}
        yield _write(judgement, "way_out", f"way-out-{number}", _read(leg["geometry"]), told)


def _draw_ring(judgement: Judgement, ring: Json) -> Iterator[Json]:
    around = {"reading": ring["reading"], "units": _join(ring["units"])}
    pocket = {**around, "area_km2": ring["area_km2"]}
    yield _write(judgement, "pocket", "pocket", _read(ring["ring"]), pocket)
    for number, segment in enumerate(ring["segments"]):
        told = {
            "by": segment["by"],
            "length_m": segment["length_m"],
            "number": number + 1,
            "weakest": number == ring["weakest"],
            "edge_of_the_map": bool(segment.get("edge_of_the_map")),
            "evidence": _join(segment["evidence"]),
            **around,
        }
        yield _write(judgement, "ring", f"ring-{number + 1}", _read(segment["geometry"]), told)


def _draw_cut(
    judgement: Judgement, situation: Situation | None, way: Json | None, ring: Json | None
) -> Iterator[Json]:
    """Draw what would close the way whole, and what leaves the ring where it is stopped."""
    drawn = {feature.id: feature for feature in situation.features} if situation else {}
    for name in (way or {}).get("disjoint", {}).get("cut", ()):
        feature = drawn.get(name)
        told = {"feature": name, "modes": "any", "name": feature.name if feature else None}
        yield _write(judgement, "cut", f"cut-{name}", feature.geometry if feature else None, told)
    stops: defaultdict[tuple[Any, ...], list[str]] = defaultdict(list)
    for mode, stopped in (ring or {}).get("cut_set", {}).items():
        for stop in stopped:
            stops[stop["id"], tuple(stop["at"]), stop["because"]].append(mode)
    for number, ((name, at, because), modes) in enumerate(stops.items(), 1):
        feature = drawn.get(name)
        told = {"feature": name, "modes": _join(modes), "name": feature.name if feature else None}
        place = Point(at)
        yield _write(judgement, "cut", f"cut-{number}-{name}", place, {**told, "because": because})


def _draw_margins(judgement: Judgement) -> Iterator[Json]:
    margins = judgement.margins
    neck = margins.get("neck_width_m") or {}
    if neck.get("at"):
        told = {f"width_{r}_m": neck[r] for r in ("optimistic", "pessimistic")}
        told["evidence"] = _join(neck.get("evidence") or ())
        yield _write(judgement, "neck", "neck", Point(neck["at"]), told)
    opening = margins.get("opening_distance_m") or {}
    if opening.get("between"):
        told = {"distance_m": opening["distance_m"]}
        yield _write(judgement, "opening", "opening", LineString(opening["between"]), told)


def _read(geometry: Json) -> BaseGeometry:
    return shape(geometry)


# -- features --------------------------------------------------------------------------------


def _write(
    judgement: Judgement, layer: str, name: str, geometry: BaseGeometry | None, told: Json
) -> Json:
    return {
        "type": "Feature",
        "id": f"{layer}:{name}",
        "geometry": None if geometry is None else mapping(_cut_at_antimeridian(geometry)),
        "properties": {"layer": layer, "id": name, "as_of": judgement.as_of, **told},
    }


def _cut_at_antimeridian(geometry: BaseGeometry) -> BaseGeometry:
    """
    Cut a shape where the longitudes begin anew, as RFC 7946 (3.1.9) asks.

    Examples
    --------
    >>> _cut_at_antimeridian(LineString([(179, 0), (-179, 0)])).wkt
    'MULTILINESTRING ((179 0, 180 0), (-180 0, -179 0))'
    """
    first = shapely.get_coordinates(geometry)[0, 0]
    whole = shapely.transform(
        geometry, lambda lonlat: np.column_stack([unwrap(lonlat[:, 0], first), lonlat[:, 1]])
    )
    west, _, east, _ = whole.bounds
    if west >= -TURN_DEG / 2 and east <= TURN_DEG / 2:
        return whole
    parts = []
    for turn in (0.0, TURN_DEG, -TURN_DEG):
        window = box(-TURN_DEG / 2 + turn, -90, TURN_DEG / 2 + turn, 90)
        part = shapely.make_valid(whole).intersection(window)
        if not part.is_empty and part.area + part.length + (whole.length == 0) > 0:
            parts += list(shapely.get_parts(_shift(part, -turn)))
    return parts[0] if len(parts) == 1 else shapely.union_all(parts)


def _shift(geometry: BaseGeometry, degrees: float) -> BaseGeometry:
    return shapely.transform(geometry, lambda lonlat: np.add(lonlat, (degrees, 0.0)))
