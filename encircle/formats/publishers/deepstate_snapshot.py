"""What does a DeepStateMap snapshot paint, and what of it is no evidence."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import PurePath
from typing import TYPE_CHECKING, Any, Literal

import shapely
from shapely import STRtree

from encircle.errors import refusal
from encircle.formats.painted.layers import find_collection, read_layer
from encircle.formats.painted.painted import measure_km2, show_place
from encircle.map.counting import number_of
from encircle.map.notices import Notice

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from shapely.geometry.base import BaseGeometry

    from encircle.formats.painted.layers import Painted

Side = Literal["UA", "RU"]


@dataclass(frozen=True, slots=True)
class Status:
    """What a fill says of the ground under it."""

    word: str
    holder: Side | None
    """None: nobody knows, or both are there."""


OCCUPIED = Status("occupied", "RU")
UNKNOWN = Status("unknown or contested", None)
LIBERATED = Status("liberated", "UA")
ABROAD = Status("Ukrainian-held inside Russia", "UA")

FILLS: dict[str, Status] = {
    "#a52714": OCCUPIED,
    "#880e4f": OCCUPIED,  # Crimea and the part of the Donbas held since 2014
    "#000000": OCCUPIED,  # the same, until June 2022
    "#bcaaa4": UNKNOWN,
    "#bdbdbd": UNKNOWN,
    "#757575": UNKNOWN,
    "#0f9d58": LIBERATED,
    "#0288d1": LIBERATED,
    "#0097a7": LIBERATED,
    "#01579b": ABROAD,
}
"""Status by fill. Source: the map's own legend, read against the names of 621 snapshots."""

ABROAD_FILL = "#01579b"

AIRFIELD = ("Аеродром", "Авіабаза", "Аеропорт")
"""Words in the names of airfields."""

LEAST_AIRFIELDS = 20
"""Fewer are a list cut short. Source: 611 of 621 snapshots show 48 to 53; the other ten, of October
2024, show none, and ground held abroad at the end of the list."""

UNITS = ("205-а окрема мотострілецька бригада", "34-а окрема мотострілецька бригада")
"""Points on each of 621 snapshots, late in the list."""

SATIRE = "#ff5252"
"""Fill of ground far from this war, painted to make a point (the Kurils, East Prussia)."""

ELSEWHERE_DEG = 5.0
"""Ground of no legend farther than this from ground of the war casts no doubt on it, degrees:
350 km at least."""

FAR_DEG = 0.25
"""What lies nearer than this to ground of the war is not satire, degrees. Source: on 621 snapshots
the nearest such polygon, Transnistria, keeps over a degree from it."""

_WORDS: tuple[tuple[re.Pattern[str], Side | None], ...] = (
    (re.compile(r"unknown|contested|contensed|невідом|спірн"), None),
    (re.compile(r"liberat|taken back|recaptured|snake island|dismissed|звільнен"), "UA"),
    (re.compile(r"occupied|cadr|calr|окупован|ордло"), "RU"),
)
"""What a name says of the holder, first match wins; `Contensed` is the map's own spelling."""


@dataclass(frozen=True, slots=True)
class Patch:
    """One painted polygon of a snapshot."""

    index: int
    """Its place in the snapshot's list of features."""
    fill: str
    status: Status
    name: str
    geometry: BaseGeometry


@dataclass(frozen=True, slots=True)
class Snapshot:
    """What a snapshot paints, and what was left out or mended on the way."""

    patches: tuple[Patch, ...]
    notices: tuple[Notice, ...]
    lacks: tuple[str, ...] = ()
    """Marks of every whole snapshot that it does not have."""

    def ground(self, *statuses: Status) -> BaseGeometry:
        """Join everything painted with one of these statuses, in degrees."""
        return shapely.union_all([p.geometry for p in self.patches if p.status in statuses])


def parse_snapshot_time(name: str) -> datetime | None:
    """
    Read the instant of a snapshot from its file name; None where the name has none.

    Examples
    --------
    >>> parse_snapshot_time("samples/2025-03-14_1741941622.geojson").isoformat()
    '2025-03-14T08:40:22+00:00'
    >>> parse_snapshot_time("map.geojson") is None
    True
    """
    found = re.search(r"(?<!\d)(\d{10})(?!\d)", PurePath(name).name)
    return datetime.fromtimestamp(int(found[1]), UTC) if found else None


def read_snapshot(snapshot: Mapping[str, Any]) -> Snapshot:
    """
    Read the painted ground of a snapshot.

    Parameters
    ----------
    snapshot
        The FeatureCollection, or the API's envelope `{"id": ..., "map": FeatureCollection}`.

    Returns
    -------
    snapshot
        Patches in the map's order, flat, valid, ring by ring as drawn; and the notices.

    Raises
    ------
    SituationError
        If it cannot be read (see `read_layer`), or paints nothing a DeepState legend knows.

    Notes
    -----
    The fill decides. A name (`Ukrainian /// English /// key`) that says otherwise, or nothing,
    is told in a notice. Where the legend does not know the fill the name decides, and where that
    says nothing either, the ground is unknown (see `painted.tell_unknown`): what somebody painted
    is never left out for want of a legend. Invalid polygons are mended by structure: a ring's
    inside stays inside.
    """
    layer = read_layer(snapshot, "The snapshot")
    if not any(_fill_of(feature) in FILLS for feature in layer.features):
        because = layer.empty_because if not layer.features else ""
        said = "no polygon with a fill of the DeepState legend" + (
            f": {because}" if because else ""
        )
        remedy = "Give a DeepStateMap snapshot; its mirror, which has no fills, is --preset mirror"
        raise refusal(said, remedy)
    reader = _Reader(STRtree([f.geometry for f in layer.features if _fill_of(f) in FILLS]))
    patches = tuple(reader.read(layer.features))
    return Snapshot(patches, (*reader.notices(), *layer.notices), tuple(_find_lacking(snapshot)))


def _find_lacking(snapshot: Mapping[str, Any]) -> Iterator[str]:
    """
    Find what of the marks of every whole snapshot this one does not have.

    The list of features runs from ground to points, and from 2023 on to more ground: what was cut
    off its end took points with it. Only the map's own features are asked, by its own styles:
    whoever drew a map in its colours owes nobody its airfields.
    """
    features = find_collection(snapshot, "The snapshot")[1]["features"]
    read = [f.get("properties") or {} for f in features if isinstance(f, dict)]
    if not any("styleUrl" in properties for properties in read):
        return
    names = [str(properties.get("name") or "") for properties in read]
    airfields = sum(any(word in name for word in AIRFIELD) for name in names)
    fills = {str(properties.get("fill") or "").lower() for properties in read}
    if airfields < LEAST_AIRFIELDS and ABROAD_FILL not in fills:
        yield f"some fifty airfields as points (here {airfields})"
    if not any(name.strip().startswith(UNITS) for name in names):
        yield "the Russian 34th and 205th motor rifle brigades as points"


@dataclass
class _Reader:
    """Reads the legend feature by feature, and remembers what was odd."""

    war: STRtree
    """Ground in fills of the legend."""
    satire: int = 0
    told: list[Notice] = field(default_factory=list)

    def read(self, features: tuple[Painted, ...]) -> Iterator[Patch]:
        for feature in features:
            fill, name = _fill_of(feature), feature.text("name")
            if fill == SATIRE and self._is_far(feature):
                self.satire += 1
            elif fill in FILLS:
                self._compare(feature, fill, name)
                yield _patch(feature, fill, FILLS[fill])
            else:
                yield self._read_unknown(feature, fill, name)

    def _is_far(self, feature: Painted, distance_deg: float = FAR_DEG) -> bool:
        near = self.war.query(feature.geometry, predicate="dwithin", distance=distance_deg)
        return near.size == 0

    def _read_unknown(self, feature: Painted, fill: str, name: str) -> Patch:
        """Read ground in a fill of no legend by its name, else as unknown."""
        said = (
            _holder_named(name) if fill != SATIRE else ""
        )  # satire calls ground of others occupied
        by_name = {"UA": LIBERATED, "RU": OCCUPIED, None: UNKNOWN}.get(said or None, UNKNOWN)
        shown = _english(name) or "(no name)"
        where = f"{measure_km2(feature.geometry):.1f} km² at {show_place(feature.geometry)}"
        whose = f"Feature {feature.index}: its fill {fill} is not in the legend"
        if fill == SATIRE:
            whose = f"Feature {feature.index} is in the fill of satire, beside the front"
        named = (f"deepstate-{feature.index}",)
        if said == "":
            drawn = f"what its name {shown!r} says does not tell: {where} were drawn as unknown"
            grave: Literal["caution", "doubt"] = "doubt"
            if self._is_far(feature, ELSEWHERE_DEG):
                grave = "caution"
            self.told.append(Notice("fill_unknown", grave, f"{whose}, and {drawn}.", named))
        else:
            drawn = f"its name {shown!r} decides: {where} were drawn as {by_name.word}"
            self.told.append(Notice("fill_read_by_name", "caution", f"{whose}; {drawn}.", named))
        return _patch(feature, fill, by_name)

    def _compare(self, feature: Painted, fill: str, name: str) -> None:
        said, status = _holder_named(name), FILLS[fill]
        if said == status.holder:
            return
        shown = _english(name) or "(no name)"
        says = {"UA": "liberated", "RU": "occupied", None: "unknown", "": "nothing of status"}
        statement = (
            f"Feature {feature.index}: its fill {fill} says {status.word}, its name {shown!r} "
            f"says {says[said]}; the fill decides."
        )
        grave: Literal["info", "caution"] = "info" if said == "" else "caution"
        named = (f"deepstate-{feature.index}",)
        self.told.append(Notice("name_disagrees", grave, statement, named))

    def notices(self) -> Iterator[Notice]:
        if self.satire:
            said = (
                f"{number_of(self.satire, 'polygon')} with fill {SATIRE} left out: not of this war."
            )
            yield Notice("satire_left_out", "info", said)
        yield from self.told


def _patch(feature: Painted, fill: str, status: Status) -> Patch:
    return Patch(feature.index, fill, status, _english(feature.text("name")), feature.geometry)


def _fill_of(feature: Painted) -> str:
    return feature.text("fill").lower() or "none"


def _english(name: str) -> str:
    """Take the English part of `Ukrainian /// English /// key`, white space made plain."""
    parts = [" ".join(part.split()) for part in name.split("///")]
    return parts[1] if len(parts) > 1 and parts[1] else parts[0]


def _holder_named(name: str) -> Side | Literal[""] | None:
    """Read the holder from the English name, else from all of it; empty where it says none."""
    for text in (_english(name).lower(), name.lower()):
        for pattern, holder in _WORDS:
            if pattern.search(text):
                return holder
    return ""
