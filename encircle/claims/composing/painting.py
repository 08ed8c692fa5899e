"""The map of control that a composition begins with."""

from __future__ import annotations

from contextlib import suppress
from pathlib import PurePath
from typing import TYPE_CHECKING, Any

from shapely.geometry import shape

from encircle.claims.composing.plan import Draft, Plan
from encircle.errors import QuestionError, refusal
from encircle.formats.publishers.presets import MapFile, convert_map
from encircle.map.door.reader import parse_document

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from encircle.formats.publishers.guests import Taken


Json = dict[str, Any]
DEFAULT_SIDE, DEFAULT_FORCE = "UA", "force"
NEAR_DEGREES = 1.5
"""A town of the rear lies no further than this beyond the positions, degrees."""
MOST_TRIED = 5
"""Positions of a table tried for whose force is meant, one after the other."""


def name_force(
    plan: Plan, positions: Sequence[Json], side: str, *, maps: bool, drawn: bool
) -> str | None:
    """
    Name the force judged, and its positions.

    Rows that name a force are its positions. Where no row of the side does, all of them are, unless
    the force is placed otherwise (--force-at, --force-in, a situation that has one).
    """
    is_placed = bool(plan.force_at or plan.force_in) or drawn
    ours = [f["properties"] for f in positions if f["properties"]["side"] == side]
    named = list(dict.fromkeys(p["force"] for p in ours if p.get("force")))
    if drawn or not (positions or is_placed or maps):
        return plan.force
    if plan.force and named and plan.force not in named and not is_placed:
        said = f"no row of {side} belongs to the force {plan.force!r}"
        raise refusal(said, f"Name one of the table's ({', '.join(named[:10])})")
    if named:
        return plan.force or (named[0] if len(named) == 1 else None)
    force = plan.force or DEFAULT_FORCE
    if not is_placed:
        for said_of in ours:
            if said_of.get("present") != "withdrawn":
                said_of["force"] = force
    return force


def find_anchors(plan: Plan, positions: Sequence[Json]) -> list[tuple[float, float]]:
    """Find the places that count as reached; of namesakes, one near what is judged is meant."""
    if not any(isinstance(place, str) for place in plan.anchor_at):
        return [(float(lon), float(lat)) for lon, lat in plan.anchor_at]
    from encircle.places import resolve_place  # noqa: PLC0415 - only for names

    at = [_middle(f) for f in positions] or [p for p in plan.force_at if not isinstance(p, str)]
    bounds = None
    if at:
        lons, lats = zip(*at, strict=True)
        bounds = (min(lons) - NEAR_DEGREES, min(lats) - NEAR_DEGREES,
                  max(lons) + NEAR_DEGREES, max(lats) + NEAR_DEGREES)  # fmt: skip
    found: list[tuple[float, float]] = []
    for place in plan.anchor_at:
        if isinstance(place, str):
            named = resolve_place(place, bounds=bounds, option="--anchor-at")
            found.append((named.lon, named.lat))
        else:
            found.append((float(place[0]), float(place[1])))
    return found


def begin(  # noqa: PLR0913 - what the ground depends on
    maps: Sequence[Taken],
    of: Mapping[str, Sequence[Taken]],
    plan: Plan,
    border: Mapping[str, Any] | None,
    judged: tuple[str, str | None, Sequence[Json]],
    on_step: Callable[[str], object],
) -> Draft:
    """Begin with the map that is given, or with one painted round the force."""
    if maps:
        return Draft(_paint(maps, plan, border, judged, on_step), is_painted=True)
    if of.get("situation"):
        return Draft(_join_situations(of["situation"]), is_painted=False)
    _refuse_alone(of)
    return Draft({"type": "FeatureCollection", "situation": {"sources": []}, "features": []},
                  is_painted=False)  # fmt: skip


def _refuse_alone(of: Mapping[str, Sequence[Taken]]) -> None:
    """Refuse roads or a border alone: nobody stands on them."""
    if of.get("table") or of.get("claims"):
        return
    one = next(iter(taken for listed in of.values() for taken in listed))
    name = PurePath(one.given.name).name
    raise refusal(f"{name} is {one.guest.label}: nobody stands on it", one.guest.remedy)


def _paint(
    maps: Sequence[Taken],
    plan: Plan,
    border: Mapping[str, Any] | None,
    judged: tuple[str, str | None, Sequence[Json]],
    on_step: Callable[[str], object],
) -> Json:
    """Convert the map of control; positions of the force stand for --force-at."""
    side, force, positions = judged
    ours = [f for f in positions
            if force is not None and f["properties"].get("force") == force]  # fmt: skip
    places = [_middle(f) for f in ours]
    options: Json = {"force_in": plan.force_in} if plan.force_in is not None else {}

    def convert(force_at: Sequence[Any]) -> Json:
        return convert_map(
            str(maps[0].preset),
            [MapFile(PurePath(m.given.name).name, m.given.raw, m.given.basis) for m in maps],
            border,
            holders=plan.holders,
            mapper_side=plan.mapper_side,
            on_step=on_step,
            force_at=force_at,
            as_of=plan.as_of,
            force=force or DEFAULT_FORCE,
            side=side,
            area_km=plan.area_km,
            anchor_at=plan.anchor_at or None,
            **options,
        )

    if plan.force_in is not None and plan.force_at:  # which say round which place `front` is
        places = []
    document = _convert_round(convert, plan, places)
    return document if plan.force_at or plan.force_in is not None else _drop_stand_ins(document)


def _convert_round(
    convert: Callable[[Sequence[Any]], Json], plan: Plan, places: Sequence[tuple[float, float]]
) -> Json:
    """
    Draw the map round the force; a table's position on enemy ground is no reason to ask whose.

    The map asks back where a place stands on ground it gives to the enemy. Of several positions of
    a table those that stand on their own side's ground say which force is meant; the others are
    kept as evidence, and the judgement says what the map makes of them. Where none does, it asks.
    """
    try:
        return convert([*plan.force_at, *places])
    except QuestionError as question:
        if plan.force_at or plan.force_in is not None or len(places) < 2:  # noqa: PLR2004 - several
            raise
        asked = question
    for place in places[:MOST_TRIED]:
        with suppress(QuestionError):
            return convert([place])
    raise asked


def _middle(feature: Json) -> tuple[float, float]:
    drawn = shape(feature["geometry"]).representative_point()
    return (round(drawn.x, 7), round(drawn.y, 7))


def _drop_stand_ins(document: Json) -> Json:
    """
    Take out the force as the map's reader drew it, for the table says where its units are.

    A map of control shows no positions: all that are there were drawn for the places asked about.
    """
    document["features"] = [
        f for f in document["features"] if f["properties"].get("kind") != "position"
    ]
    return document


def _join_situations(situations: Sequence[Taken]) -> Json:
    """Join the parts of one situation, as a GIS keeps them: a layer for each type of geometry."""
    parts = [parse_document(one.given.raw) for one in situations]
    wholes = [part["situation"] for part in parts if isinstance(part.get("situation"), dict)]
    if len(wholes) > 1:
        raise refusal(f"{len(wholes)} situations do not make one", "Compare them: encircle check")
    joined = dict(parts[0]) | {"situation": dict(wholes[0]) if wholes else {}}
    joined["features"] = [feature for part in parts for feature in part.get("features") or []]
    sources = joined["situation"].get("sources")
    joined["situation"]["sources"] = list(sources) if isinstance(sources, list) else []
    return joined
