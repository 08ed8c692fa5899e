"""How many files become one situation: a map of control, positions, roads, claims, a border."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from datetime import UTC, datetime, time, timedelta
from pathlib import PurePath
from typing import TYPE_CHECKING, Any

from shapely.geometry import shape

from encircle.claims.claims_file import read_claims
from encircle.claims.composing.painting import (
    DEFAULT_FORCE,
    DEFAULT_SIDE,
    begin,
    find_anchors,
    name_force,
)
from encircle.claims.composing.plan import Draft, Plan, check_plan
from encircle.claims.composing.tables import add_tables, read_tables, refuse_or_keep
from encircle.claims.rating.answer import FaultyClaim
from encircle.errors import SituationError, UnknownForceError, refusal
from encircle.formats.publishers.guests import Given, Taken, take_in
from encircle.formats.routes.routes import WITHIN_KM, near_of, read_roads
from encircle.map.days import write_instant
from encircle.map.door.contract import parse_instant
from encircle.map.door.reader import parse_document, read_situation
from encircle.map.notices import Notice

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from shapely.geometry.base import BaseGeometry

    from encircle.errors import InputFault

Json = dict[str, Any]
SIDE_NAMES = {"UA": "Ukraine", "RU": "Russia"}


def compose(
    given: Sequence[Given],
    plan: Plan,
    tell: Callable[[str], object] = lambda _: None,
    on_step: Callable[[str], object] = lambda _: None,
) -> Json:
    """
    Make one situation of many files.

    Parameters
    ----------
    given
        The files: one map of control (ISW's is several layers), tables of positions, roads, claims,
        a border; or situations in parts, as a GIS keeps them.

    Raises
    ------
    SituationError
        With everything that is wrong, row by row; or if the files do not make one situation.
    QuestionError
        If the map gives the place of the force to the enemy.
    """
    taken = take_in(given, plan.preset, tell)
    of: dict[str, list[Taken]] = {}
    for one in taken:
        of.setdefault(one.role, []).append(one)
    border = _choose_border(plan, of.get("border", []))
    check_plan(plan, taken)
    maps = of.get("control", [])
    _check_maps(maps, of.get("situation", []))
    readings = read_tables(of.get("table", []), plan, _known_sides(maps, of, plan))
    for reading in readings:
        for line in reading.told:
            tell(f"{reading.name}: {line}")
    refuse_or_keep(readings, plan)
    positions = [f for reading in readings for f in reading.features
                 if f["properties"]["kind"] == "position"]  # fmt: skip
    side = _choose_side(plan, positions, maps, of)
    plan = replace(plan, anchor_at=find_anchors(plan, positions))
    force = name_force(plan, positions, side, maps=bool(maps), drawn=bool(of.get("situation")))
    draft = begin(maps, of, plan, border, (side, force, positions), on_step)
    add_tables(draft, readings, plan, force)
    _add_roads(draft, of.get("roads", []), plan)
    _add_claims(draft, of.get("claims", []))
    draft.notices += [notice for one in taken for notice in one.notices]
    return _finish(draft, plan, side, force)


def lay_over(document: Json, taken: Sequence[Taken], plan: Plan) -> Json:
    """
    Lay tables, roads and claims over a situation that names its force already.

    Its ground, its day and its force stay as they are; rows beyond its ground are told and left
    out, as `compose` leaves them out round a painted map.

    Raises
    ------
    SituationError
        With everything that is wrong with the files, row by row.
    """
    of: dict[str, list[Taken]] = {}
    for one in taken:
        of.setdefault(one.role, []).append(one)
    whole = dict(document["situation"])
    whole["sources"] = list(whole.get("sources") or [])
    draft = Draft({**document, "situation": whole, "features": list(document["features"])},
                  is_painted=True)  # fmt: skip
    sides = {str(one["id"]): str(one.get("name") or one["id"])
             for one in whole.get("sides") or [] if isinstance(one, dict)}  # fmt: skip
    readings = read_tables(of.get("table", []), plan, sides)
    refuse_or_keep(readings, plan)
    add_tables(draft, readings, plan, whole.get("force"))
    _add_roads(draft, of.get("roads", []), plan)
    _add_claims(draft, of.get("claims", []))
    draft.notices += [notice for one in taken for notice in one.notices]
    _add_notices(draft)
    return draft.document


# -- which files ----------------------------------------------------------------------------------


def _choose_border(plan: Plan, given: Sequence[Taken]) -> Mapping[str, Any] | None:
    if len(given) + (plan.border is not None) > 1:
        raise refusal("two borders are given", "Give one")
    if given:
        return parse_document(given[0].given.raw)
    return plan.border


def _check_maps(maps: Sequence[Taken], situations: Sequence[Taken]) -> None:
    presets = list(dict.fromkeys(str(one.preset) for one in maps))
    if len(presets) > 1:
        said = f"maps of {len(presets)} mappers ({', '.join(presets)}) do not make one situation"
        remedy = (
            "Compare them: encircle ask CLAIM MAP..., or convert each and give all to encircle "
            "check"
        )
        raise refusal(said, remedy)
    if len(maps) > 1 and presets != ["isw"]:
        names = ", ".join(PurePath(one.given.name).name for one in maps)
        said = f"{len(maps)} {presets[0]} maps ({names}) do not make one situation"
        raise refusal(said, "Convert each day by itself, or follow a force: encircle timeline")
    if maps and situations:
        said = "a map and a situation do not make one situation: each says who holds what"
        raise refusal(said, "Convert the map by itself, and compare: encircle check")


def _known_sides(
    maps: Sequence[Taken], of: Mapping[str, Sequence[Taken]], plan: Plan
) -> dict[str, str]:
    """Give the sides the map knows; empty where a table's own words are the sides."""
    if of.get("situation"):
        known: dict[str, str] = {}
        for one in of["situation"]:
            document = parse_document(one.given.raw)
            for side in (document.get("situation") or {}).get("sides") or []:
                if isinstance(side, dict) and isinstance(side.get("id"), str):
                    known[side["id"]] = str(side.get("name") or side["id"])
        return known
    if not maps:
        return {}
    told = {rule.rpartition("=")[2] for rule in plan.holders} - {"unknown", "skip", ""}
    return {side: SIDE_NAMES.get(side, side) for side in sorted(told)} or dict(SIDE_NAMES)


# -- whose force ----------------------------------------------------------------------------------


def _choose_side(
    plan: Plan, positions: Sequence[Json], maps: Sequence[Taken], of: Mapping[str, Sequence[Taken]]
) -> str:
    """Choose the side judged: as told, as the named force is, or the one that is plain."""
    if plan.side or maps or of.get("situation"):
        return plan.side or DEFAULT_SIDE
    told = [f["properties"] for f in positions]
    of_force = {p["side"] for p in told if plan.force and p.get("force") == plan.force}
    sides = of_force or {p["side"] for p in told if p.get("force")} or {p["side"] for p in told}
    if len(sides) == 1:
        return str(next(iter(sides)))
    for usual in (DEFAULT_SIDE, "friendly"):
        if usual in sides:
            return usual
    if sides:
        said = f"positions of {len(sides)} sides ({', '.join(sorted(sides)[:8])}), none named"
        raise refusal(said, f"Say whose force is judged: --side {min(sides)}")
    return DEFAULT_SIDE


# -- roads and claims -----------------------------------------------------------------------------


def _add_roads(draft: Draft, roads: Sequence[Taken], plan: Plan) -> None:
    if not roads:
        return
    near = _near(draft)
    within = WITHIN_KM if plan.within_km is None else plan.within_km
    for one in roads:
        read = read_roads(one.given.raw, one.given.name, one.guest.kind, near, within)
        draft.features.extend(read.features)
        draft.whole["sources"] += read.sources
        draft.notices += read.notices


def _near(draft: Draft) -> list[BaseGeometry]:
    """Give what roads must be near: the force, else whoever stands there, else the ground."""
    positions = [f for f in draft.features if f["properties"].get("kind") == "position"]
    force = draft.whole.get("force")
    ours = [f for f in positions if f["properties"].get("force") in {force, None} or force is None]
    if ours or positions:
        return near_of(ours or positions)
    area = draft.whole.get("area")
    return [shape(area)] if area else near_of(draft.features)


def _add_claims(draft: Draft, files: Sequence[Taken]) -> None:
    faults: list[InputFault] = []
    for one in files:
        name = PurePath(one.given.name).name
        for entry in read_claims(one.given.raw, name):
            if isinstance(entry, FaultyClaim):
                faults += entry.faults
                continue
            draft.features.append(_draw_claim(entry.claim))
    if faults:
        raise SituationError(faults)


def _draw_claim(claim: Any) -> Json:  # noqa: ANN401 - a Claim
    said = {
        "kind": "claim", "claimant": claim.claimant, "claimant_side": claim.claimant_side,
        "made_at": claim.made_at and write_instant(claim.made_at),
        "statement": claim.statement, "url": claim.url, "archive_url": claim.archive_url,
        "asserts": claim.asserts or None,
    }  # fmt: skip
    return {"type": "Feature", "id": claim.id, "geometry": None,
            "properties": {k: v for k, v in said.items() if v is not None}}  # fmt: skip


# -- the whole ------------------------------------------------------------------------------------


def _finish(draft: Draft, plan: Plan, side: str, force: str | None) -> Json:
    _make_unique(draft)
    if not draft.is_painted:
        _complete(draft, plan, side, force)
    elif draft.notices or force:
        _add_sides(draft)
    _add_notices(draft)
    if not draft.is_painted:
        _check(draft.document, plan.force)
    return draft.document


def _add_notices(draft: Draft) -> None:
    told = [notice.to_dict() for notice in dict.fromkeys(draft.notices)]
    if told:
        draft.whole["notices"] = [*draft.whole.get("notices", []), *told]


def _complete(draft: Draft, plan: Plan, side: str, force: str | None) -> None:
    """Fill in what positions alone do not say: the day, the sides, the rear."""
    whole, features = draft.whole, draft.features
    has_force = any(f["properties"].get("kind") == "position" for f in features)
    _place_force(draft, plan, side, force)
    force = force or _only_force(features)
    if plan.as_of is not None or "as_of" not in whole:
        whole["as_of"] = write_instant(_choose_instant(draft, plan))
    if force and has_force and ("force" not in whole or plan.force):
        whole["force"] = force
    _add_sides(draft)
    whole.setdefault("id", f"positions-{whole['as_of'][:10]}")
    whole.setdefault("title", f"Positions of {whole['as_of'][:10]}")
    kinds = {f["properties"].get("kind") for f in features}
    if "control" not in kinds:
        whole.setdefault("uncovered", "open")
    for number, (lon, lat) in enumerate(plan.anchor_at, 1):
        features.append({
            "type": "Feature", "id": f"anchor-{number}",
            "geometry": {"type": "Point", "coordinates": [lon, lat]},
            "properties": {"kind": "anchor", "side": side, "access": "land",
                           "name": f"rear of {side}, {lon:g}, {lat:g}",
                           "note": "Given by hand."},
        })  # fmt: skip
        kinds.add("anchor")
    if has_force and "anchor" not in kinds:
        raise refusal(
            "no ground counts as reached: positions alone do not say where the rear is",
            f"Say where {side} would get out to: --anchor-at LON,LAT (a town of its rear); "
            "repeatable",
        )


def _only_force(features: Sequence[Json]) -> str | None:
    """Find the force that positions name, where they name one only."""
    named = {f["properties"].get("force") for f in features
             if f["properties"].get("kind") == "position"} - {None, ""}  # fmt: skip
    return str(named.pop()) if len(named) == 1 else None


def _place_force(draft: Draft, plan: Plan, side: str, force: str | None) -> None:
    for number, place in enumerate(plan.force_at, 1):
        if isinstance(place, str):
            raise refusal(f"no map to look for {place!r} on", "Give --force-at LON,LAT")
        draft.features.append({
            "type": "Feature", "id": f"position-{number}",
            "geometry": {"type": "Point", "coordinates": list(place)},
            "properties": {"kind": "position", "side": side, "force": force or DEFAULT_FORCE,
                           "basis": "reported", "note": "Placed by hand."},
        })  # fmt: skip


def _choose_instant(draft: Draft, plan: Plan) -> datetime:
    """Choose the instant judged: as told, else that of the latest row."""
    if plan.as_of is not None:
        return plan.as_of.astimezone(UTC) if plan.as_of.tzinfo else plan.as_of.replace(tzinfo=UTC)
    said = [f["properties"].get("observed_at") or f["properties"].get("made_at")
            for f in draft.features]  # fmt: skip
    moments = [_moment(text) for text in said if isinstance(text, str)]
    if not moments:
        raise refusal("nothing says what day it is", "Give the instant: --as-of 2025-03-14T12:00Z")
    latest = max(moments)
    days = {moment.date() for moment in moments}
    if len(days) > 1:
        told = f"the rows are of {len(days)} days, {min(days)} to {max(days)}"
        text = f"{told}: the situation is that of the latest (another: --as-of)."
        draft.notices.append(Notice("as_of_latest", "caution", text.capitalize()))
    return latest


def _moment(text: str) -> datetime:
    """Read an instant; a bare day as its noon, so that all of the day has been seen by then."""
    instant = parse_instant(text)
    moment = instant if isinstance(instant, datetime) else datetime.now(UTC)
    return moment + timedelta(hours=12) if len(text) == 10 and moment.time() == time(0) else moment  # noqa: PLR2004


def _add_sides(draft: Draft) -> None:
    whole = draft.whole
    sides = [s for s in whole.get("sides") or [] if isinstance(s, dict)]
    known = {side.get("id") for side in sides}
    if sides or not draft.is_painted:
        met = dict.fromkeys(
            name for f in draft.features if (p := f["properties"]).get("kind") != "claim"
            for name in (p.get("side"), p.get("holder"))
            if isinstance(name, str) and name != "neutral"
        )  # fmt: skip
        if sides or draft.whole.get("sides") is None:
            sides += [{"id": n, "name": SIDE_NAMES.get(n, n)} for n in met if n not in known]
    if sides:
        whole["sides"] = sides


def _make_unique(draft: Draft) -> None:
    """Give features and sources of one id, from tables of one name, ids of their own."""
    seen: Counter[str] = Counter()
    for feature in draft.features:
        name = feature.get("id")
        if isinstance(name, str):
            seen[name] += 1
            if seen[name] > 1 and draft.whole.get("id") is None:
                feature["id"] = f"{name}~{seen[name]}"


def _check(document: Json, told: str | None) -> None:
    """
    Read the situation through the door: what is wrong with it is said now, not when judged.

    Reports alone name no force, and neither need a table of several: `judge --force` asks then.
    """
    if not any(feature.get("geometry") for feature in document["features"]):
        remedy = "Check them against a map: encircle check SITUATION --claims FILE"
        raise refusal("claims without a place make no situation", remedy)
    try:
        read_situation(document, force=told)
    except UnknownForceError:
        if told is not None:
            raise
