"""How many files become one situation: a map of control, positions, roads, claims, a border."""

from __future__ import annotations

from collections import Counter
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, time, timedelta
from pathlib import PurePath
from statistics import median
from typing import TYPE_CHECKING, Any

from shapely.geometry import Point, shape

from encircle.claims.claims_file import read_claims
from encircle.claims.rating.answer import FaultyClaim
from encircle.errors import QuestionError, SituationError, UnknownForceError, refusal
from encircle.formats.publishers.guests import FORCED, Given, Taken, take_in
from encircle.formats.publishers.presets import MapFile, convert_map
from encircle.formats.routes.routes import WITHIN_KM, near_of, read_roads
from encircle.formats.tables.columns import Wording
from encircle.formats.tables.positions import Reading, Wishes, read_table, refuse_rows
from encircle.formats.tables.sheets import list_lines
from encircle.map.counting import number_of
from encircle.map.door.contract import parse_instant
from encircle.map.door.reader import parse_document, read_situation
from encircle.map.notices import Notice
from encircle.map.plane.projection import GEOD

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Mapping, Sequence

    from shapely.geometry.base import BaseGeometry

    from encircle.errors import InputFault
    from encircle.formats.tables.presets import Yield

Json = dict[str, Any]
DEFAULT_SIDE, DEFAULT_FORCE = "UA", "force"
SIDE_NAMES = {"UA": "Ukraine", "RU": "Russia"}
NEAR_DEGREES = 1.5
"""A town of the rear lies no further than this beyond the positions, degrees."""
MOST_LATITUDE = 90.0
FAR_KM = 1_000.0
"""Positions further than this from all that counts as reached are not about it, km: the reach of
one situation (`geojson.LIMITS`)."""
MOST_TRIED = 5
"""Positions of a table tried for whose force is meant, one after the other."""
EDGE_DEGREES = 0.5
"""Positions this far beyond the ground considered are kept: they may reach into it."""


@dataclass(frozen=True, slots=True)
class Plan:
    """What whoever converts says of the situation to be made."""

    preset: str | None = None
    border: Mapping[str, Any] | None = None
    force_at: Sequence[Any] = ()
    force_in: str | None = None
    anchor_at: Sequence[Any] = ()
    """`(lon, lat)`, or the names of places."""
    force: str | None = None
    side: str | None = None
    as_of: datetime | None = None
    area_km: float | None = None
    holders: Sequence[str] = ()
    mapper_side: str | None = None
    wording: Wording = field(default_factory=Wording)
    rows_side: str | None = None
    rows_as: Yield | None = None
    basis: str | None = None
    swap: frozenset[int] = frozenset()
    sheet: str | None = None
    keep_good: bool = False
    within_km: float | None = None
    """How far from the force roads are taken, km; by default `routes.WITHIN_KM`."""


@dataclass(frozen=True, slots=True)
class _Need:
    """What an option speaks of: without it the option would do nothing, and is refused."""

    option: str
    member: str
    roles: frozenset[str]
    what: str


def _need(options: str, roles: str, what: str) -> list[_Need]:
    """Write one row for each `--option:member` of a text."""
    pairs = [text.partition(":") for text in options.split()]
    return [_Need(option, member or option.strip("-").replace("-", "_"),
                  frozenset(roles.split()), what) for option, _, member in pairs]  # fmt: skip


NEEDS = (
    *_need("--force-in", "control", "names a piece of held ground on a map of who holds what"),
    *_need("--border", "control", "parts the sides where a map of who holds what leaves that out"),
    *_need("--area-km", "control", "says how much of a map of who holds what is kept"),
    *_need("--holder:holders", "control", "says whose the zones of a KML are"),
    *_need("--mapper-side", "control", "says whose cause the maker of a map serves"),
    *_need("--side", "control table claims", "says whose force is looked for on a map or in a "
           "table, or placed by --force-at or --anchor-at"),
    *_need("--column:wording --side-as:wording --rows-side --rows-as --basis --swap-row:swap "
           "--sheet --keep-good", "table", "speaks of the rows of a table"),
    *_need("--within-km", "roads", "says how far from the force roads are taken"),
)  # fmt: skip
"""What each option speaks of, by the roles of files."""


@dataclass
class _Draft:
    """A situation as it grows."""

    document: Json
    is_painted: bool
    notices: list[Notice] = field(default_factory=list)

    @property
    def whole(self) -> Json:
        return self.document["situation"]  # type: ignore[no-any-return]

    @property
    def features(self) -> list[Json]:
        return self.document["features"]  # type: ignore[no-any-return]


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
    plan
        What is said of them.
    tell
        Called with each line for the terminal: what a file was taken for, what was read of it.
    on_step
        Called as a map of control is read and drawn.

    Returns
    -------
    situation
        A FeatureCollection by the contract.

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
    _check_plan(plan, taken)
    maps = of.get("control", [])
    _check_maps(maps, of.get("situation", []))
    readings = _read_tables(of.get("table", []), plan, _known_sides(maps, of, plan))
    for reading in readings:
        for line in reading.told:
            tell(f"{reading.name}: {line}")
    _refuse_or_keep(readings, plan)
    positions = [f for reading in readings for f in reading.features
                 if f["properties"]["kind"] == "position"]  # fmt: skip
    side = _choose_side(plan, positions, maps, of)
    plan = replace(plan, anchor_at=_find_anchors(plan, positions))
    force = _name_force(plan, positions, side, maps=bool(maps), drawn=bool(of.get("situation")))
    draft = _begin(maps, of, plan, border, (side, force, positions), on_step)
    _add_tables(draft, readings, plan, force)
    _add_roads(draft, of.get("roads", []), plan)
    _add_claims(draft, of.get("claims", []))
    draft.notices += [notice for one in taken for notice in one.notices]
    return _finish(draft, plan, side, force)


# -- which files ----------------------------------------------------------------------------------


def _check_plan(plan: Plan, taken: Sequence[Taken]) -> None:
    """Refuse whatever was said that no file given is about: it would do nothing, in silence."""
    roles = {one.role for one in taken}
    faults: list[InputFault] = []
    for need in NEEDS:
        if need.roles & roles or not _is_said(plan, need):
            continue
        said = f"{need.option} does nothing here: it {need.what}, and no such file is given"
        faults += refusal(said, _remedy(need, roles)).faults
    faults += _find_idle_preset(plan.preset, taken)
    for one in taken:
        name = PurePath(one.given.name).name
        if one.given.basis is not None and one.role == "situation":
            said = f"{one.given.basis}= before {name} does nothing: a situation says itself what "
            remedy = f"Give {name} without {one.given.basis}="
            faults += refusal(said + "its ground rests on", remedy).faults
        if one.role == "border" and "control" not in roles:
            said = f"{name} is a border, which does nothing here: no map of who holds what is given"
            faults += refusal(said, f"Leave out {name}, or give the map that it belongs to").faults
    if faults:
        raise SituationError(faults)


def _is_said(plan: Plan, need: _Need) -> bool:
    """Tell whether an option was given, and for itself."""
    if need.option == "--side" and (plan.force_at or plan.anchor_at):
        return False
    if need.member == "wording":
        return bool(plan.wording.columns if need.option == "--column" else plan.wording.sides)
    return getattr(plan, need.member) not in (None, False, (), [], frozenset())


def _remedy(need: _Need, roles: Collection[str]) -> str:
    """Say what to do with an option that does nothing."""
    if roles == {"situation"} and need.option in ("--force-in", "--side"):
        remedy = f"Leave out {need.option}: a situation draws its forces itself (--force names one)"
    elif need.option == "--force-in":
        remedy = "Give the map it belongs to, or say where the force stands: --force-at LON,LAT"
    else:
        remedy = f"Leave out {need.option}, or give the file it belongs to"
    return remedy


def _find_idle_preset(preset: str | None, taken: Sequence[Taken]) -> Sequence[InputFault]:
    """Find a preset that no file was read by."""
    if preset is None or any(preset == one.preset or _plays(preset, one.role) for one in taken):
        return ()
    labels = "; ".join(dict.fromkeys(one.guest.label for one in taken))
    said = f"--preset {preset} does nothing here: what is given is {labels}"
    return refusal(said, "Leave out --preset, or give the file it belongs to").faults


def _plays(preset: str, role: str) -> bool:
    """Tell whether a preset asks for the role."""
    return preset in FORCED and FORCED[preset][0] == role


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


# -- tables ---------------------------------------------------------------------------------------


def _read_tables(tables: Sequence[Taken], plan: Plan, known: Mapping[str, str]) -> list[Reading]:
    own = plan.side or (DEFAULT_SIDE if known and DEFAULT_SIDE in known else None)
    if plan.sheet is not None and all(one.guest.kind != "spreadsheet" for one in tables):
        said = f"--sheet {plan.sheet} does nothing here: no workbook is given"
        raise refusal(said, "Leave out --sheet, or give the workbook it belongs to")
    readings = [
        read_table(one.given.raw, one.given.name, one.guest.kind, Wishes(
            preset=one.preset, wording=plan.wording, side=own, all_side=plan.rows_side,
            known_sides=known, basis=plan.basis, swap=plan.swap, gives=plan.rows_as,
            sheet=plan.sheet,
        ))
        for one in tables
    ]  # fmt: skip
    idle = plan.swap.difference(*(reading.swapped for reading in readings))
    if idle:
        rows = list_lines(sorted(idle), 40)
        said = f"--swap-row does nothing here: no table has a place to exchange in row {rows}"
        raise refusal(said, "Give the number that the table is told with, or leave it out")
    return readings


def _refuse_or_keep(readings: Sequence[Reading], plan: Plan) -> None:
    """Refuse with every fault of every row; or keep the good rows, and tell the bad."""
    bad = [reading for reading in readings if reading.faults]
    if not bad:
        return
    if not plan.keep_good:
        error = refuse_rows(bad)
        count = sum(len(reading.bad_rows) for reading in bad)
        good = sum(len(reading.features) for reading in bad)
        last = refusal(f"{number_of(count, 'row')} cannot be read",
                       f"Mend, or keep what is good ({good}): --keep-good")  # fmt: skip
        raise SituationError([*error.faults, *last.faults])
    for reading in bad:
        if not reading.features:
            raise refuse_rows([reading])
        why = Counter(fault.message.split(": ")[0][:80] for _, fault in reading.faults)
        said = (
            f"{reading.name}: {len(reading.bad_rows)} of {reading.rows} {reading.word}s were left "
            f"out ({reading.word} {list_lines(reading.bad_rows, 40)}): "
            + "; ".join(reason for reason, _ in why.most_common(4))
        )
        reading.notices.append(Notice("table_rows_left_out", "caution", said + "."))


def _add_tables(draft: _Draft, readings: Sequence[Reading], plan: Plan, force: str | None) -> None:
    area = draft.whole.get("area") if draft.is_painted else None
    ground = shape(area).buffer(EDGE_DEGREES) if area else None
    for reading in readings:
        _check_whole_table(reading, plan, ground)
        kept, off = [], 0
        for feature in reading.features:
            is_ours = force is not None and feature["properties"].get("force") == force
            if ground is None or is_ours or _lies_on(feature, ground):
                kept.append(feature)
            else:
                off += 1
        if off:
            said = (
                f"{reading.name}: {off} of {len(reading.features)} lie beyond the ground "
                "considered and were left out (a larger area: --area-km)."
            )
            draft.notices.append(Notice("positions_off_the_ground", "info", said))
        named = {name for f in kept for name in f["properties"].get("sources", ())}
        draft.whole["sources"] += [s for s in reading.sources if s["id"] in named]
        draft.features.extend(kept)
        draft.notices += reading.notices


def _check_whole_table(reading: Reading, plan: Plan, ground: BaseGeometry | None) -> None:
    """
    Refuse a table whose latitudes and longitudes are exchanged throughout.

    Its rows agree with each other, so only what it goes with can tell: the ground of the map, or
    the places that count as reached.
    """
    drawn = [f["geometry"]["coordinates"] for f in reading.features
             if (f.get("geometry") or {}).get("type") == "Point"]  # fmt: skip
    if not drawn:
        return
    lon, lat = (median(place[axis] for place in drawn) for axis in (0, 1))
    if ground is not None:
        on, turned = (sum(ground.intersects(Point(p)) for p in places)
                         for places in (drawn, [p[::-1] for p in drawn]))  # fmt: skip
        is_wrong = on == 0 and turned > 0
    else:
        exchanged = [(lat, lon)] if abs(lon) <= MOST_LATITUDE else []
        near = [min((_gap_km(place, anchor) for anchor in plan.anchor_at), default=0.0)
                for place in ((lon, lat), *exchanged)]  # fmt: skip
        is_wrong = near[0] > FAR_KM and min(near) < FAR_KM / 2
    if is_wrong:
        said = (
            f"{reading.name}: its positions lie round latitude {lat:g}, longitude {lon:g}, far "
            "from everything else, and amid it with the two exchanged"
        )
        raise refusal(said, "Exchange the columns, or say which is which (--column lat=... "
                      "--column lon=...)")  # fmt: skip


def _gap_km(place: tuple[float, float], other: tuple[float, float]) -> float:
    return float(GEOD.inv(*place, *other)[2]) / 1000


def _lies_on(feature: Json, ground: BaseGeometry) -> bool:
    drawn = feature.get("geometry")
    return drawn is None or bool(shape(drawn).intersects(ground))


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


def _name_force(
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


def _find_anchors(plan: Plan, positions: Sequence[Json]) -> list[tuple[float, float]]:
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


# -- the ground -----------------------------------------------------------------------------------


def _begin(  # noqa: PLR0913 - what the ground depends on
    maps: Sequence[Taken],
    of: Mapping[str, Sequence[Taken]],
    plan: Plan,
    border: Mapping[str, Any] | None,
    judged: tuple[str, str | None, Sequence[Json]],
    on_step: Callable[[str], object],
) -> _Draft:
    if maps:
        return _Draft(_paint(maps, plan, border, judged, on_step), is_painted=True)
    if of.get("situation"):
        return _Draft(_join_situations(of["situation"]), is_painted=False)
    _refuse_alone(of)
    return _Draft({"type": "FeatureCollection", "situation": {"sources": []}, "features": []},
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


# -- roads and claims -----------------------------------------------------------------------------


def _add_roads(draft: _Draft, roads: Sequence[Taken], plan: Plan) -> None:
    if not roads:
        return
    near = _near(draft)
    within = WITHIN_KM if plan.within_km is None else plan.within_km
    for one in roads:
        read = read_roads(one.given.raw, one.given.name, one.guest.kind, near, within)
        draft.features.extend(read.features)
        draft.whole["sources"] += read.sources
        draft.notices += read.notices


def _near(draft: _Draft) -> list[BaseGeometry]:
    """Give what roads must be near: the force, else whoever stands there, else the ground."""
    positions = [f for f in draft.features if f["properties"].get("kind") == "position"]
    force = draft.whole.get("force")
    ours = [f for f in positions if f["properties"].get("force") in {force, None} or force is None]
    if ours or positions:
        return near_of(ours or positions)
    area = draft.whole.get("area")
    return [shape(area)] if area else near_of(draft.features)


def _add_claims(draft: _Draft, files: Sequence[Taken]) -> None:
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
        "made_at": claim.made_at and f"{claim.made_at:%Y-%m-%dT%H:%M:%SZ}",
        "statement": claim.statement, "url": claim.url, "archive_url": claim.archive_url,
        "asserts": claim.asserts or None,
    }  # fmt: skip
    return {"type": "Feature", "id": claim.id, "geometry": None,
            "properties": {k: v for k, v in said.items() if v is not None}}  # fmt: skip


# -- the whole ------------------------------------------------------------------------------------


def _finish(draft: _Draft, plan: Plan, side: str, force: str | None) -> Json:
    _make_unique(draft)
    whole = draft.whole
    if not draft.is_painted:
        _complete(draft, plan, side, force)
    elif draft.notices or force:
        _add_sides(draft)
    whole["notices"] = [
        *whole.get("notices", []),
        *(notice.to_dict() for notice in dict.fromkeys(draft.notices)),
    ]
    if not whole["notices"]:
        del whole["notices"]
    if not draft.is_painted:
        _check(draft.document, plan.force)
    return draft.document


def _complete(draft: _Draft, plan: Plan, side: str, force: str | None) -> None:
    """Fill in what positions alone do not say: the day, the sides, the rear."""
    whole, features = draft.whole, draft.features
    has_force = any(f["properties"].get("kind") == "position" for f in features)
    _place_force(draft, plan, side, force)
    force = force or _only_force(features)
    if plan.as_of is not None or "as_of" not in whole:
        whole["as_of"] = f"{_choose_instant(draft, plan):%Y-%m-%dT%H:%M:%SZ}"
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


def _place_force(draft: _Draft, plan: Plan, side: str, force: str | None) -> None:
    for number, place in enumerate(plan.force_at, 1):
        if isinstance(place, str):
            raise refusal(f"no map to look for {place!r} on", "Give --force-at LON,LAT")
        draft.features.append({
            "type": "Feature", "id": f"position-{number}",
            "geometry": {"type": "Point", "coordinates": list(place)},
            "properties": {"kind": "position", "side": side, "force": force or DEFAULT_FORCE,
                           "basis": "reported", "note": "Placed by hand."},
        })  # fmt: skip


def _choose_instant(draft: _Draft, plan: Plan) -> datetime:
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


def _add_sides(draft: _Draft) -> None:
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


def _make_unique(draft: _Draft) -> None:
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
