"""Tables of positions, joined to a map."""

from __future__ import annotations

from collections import Counter
from statistics import median
from typing import TYPE_CHECKING, Any

from shapely.geometry import Point, shape

from encircle.claims.composing.painting import DEFAULT_SIDE
from encircle.errors import SituationError, refusal
from encircle.formats.tables.positions import Reading, Wishes, read_table, refuse_rows
from encircle.formats.tables.sheets import list_lines
from encircle.map.counting import number_of
from encircle.map.notices import Notice
from encircle.map.plane.projection import GEOD

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from shapely.geometry.base import BaseGeometry

    from encircle.claims.composing.plan import Draft, Plan
    from encircle.formats.publishers.guests import Taken


Json = dict[str, Any]
MOST_LATITUDE = 90.0
FAR_KM = 1_000.0
"""Positions further than this from all that counts as reached are not about it, km: the reach of
one situation (`geojson.LIMITS`)."""
EDGE_DEGREES = 0.5
"""Positions this far beyond the ground considered are kept: they may reach into it."""


def read_tables(tables: Sequence[Taken], plan: Plan, known: Mapping[str, str]) -> list[Reading]:
    """Read every table, by one plan."""
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


def refuse_or_keep(readings: Sequence[Reading], plan: Plan) -> None:
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


def add_tables(draft: Draft, readings: Sequence[Reading], plan: Plan, force: str | None) -> None:
    """Add the positions of tables; those off a painted map are told."""
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
