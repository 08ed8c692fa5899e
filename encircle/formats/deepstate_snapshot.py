"""What does a DeepStateMap snapshot paint, and what of it is no evidence."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import PurePath
from typing import TYPE_CHECKING, Any, Literal

import shapely
from shapely.errors import ShapelyError
from shapely.geometry import shape

from encircle.formats.painted import mend, refusal
from encircle.formats.shapes import polygons_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from shapely.geometry.base import BaseGeometry

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

SATIRE = "#ff5252"
"""Fill of ground far from this war, painted to make a point (the Kurils, East Prussia)."""

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
    notices: tuple[str, ...]

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
        If it is not a FeatureCollection, or paints nothing a DeepState legend knows.

    Notes
    -----
    The fill decides. A name (`Ukrainian /// English /// key`) that says otherwise, or nothing,
    is told in a notice. Invalid polygons are mended by structure: a ring's inside stays inside.
    """
    reader = _Reader()
    patches = tuple(reader.read(_find_features(snapshot)))
    if not patches:
        said = "no polygon with a fill of the DeepState legend"
        raise refusal(said, "Give a DeepStateMap snapshot; the community mirror has no fills")
    return Snapshot(patches, tuple(reader.notices()))


class _Reader:
    """Reads features one by one and remembers what it left out."""

    def __init__(self) -> None:
        self.points = self.lines = self.satire = self.broken = self.with_z = 0
        self.strange: dict[str, list[int]] = {}
        self.mended: list[str] = []
        self.disagreements: list[str] = []

    def read(self, features: Iterable[Any]) -> Iterator[Patch]:
        for index, feature in enumerate(features):
            patch = self._read_one(index, feature)
            if patch:
                yield patch

    def _read_one(self, index: int, feature: Any) -> Patch | None:  # noqa: ANN401 - anything may stand there
        geometry = self._read_geometry(feature)
        if geometry is None:
            return None
        properties = feature.get("properties") or {}
        fill = str(properties.get("fill") or "none").strip().lower()
        if fill == SATIRE:
            self.satire += 1
            return None
        if fill not in FILLS:
            self.strange.setdefault(fill, []).append(index)
            return None
        name = str(properties.get("name") or "")
        self._compare(index, fill, name)
        flat = self._flatten(index, geometry)
        if flat.is_empty:
            self.broken += 1
            return None
        return Patch(index, fill, FILLS[fill], _english(name), flat)

    def _read_geometry(self, feature: Any) -> BaseGeometry | None:  # noqa: ANN401 - as above
        """Take what has an area; count the rest."""
        try:
            geometry = shape(feature["geometry"])
        except (ShapelyError, KeyError, TypeError, ValueError, AttributeError, IndexError):
            self.broken += 1
            return None
        if shapely.get_dimensions(geometry) == 2:  # noqa: PLR2004 - an area
            return geometry
        flat = geometry.geom_type
        self.points += flat.endswith("Point")
        self.lines += "Line" in flat
        self.broken += "Point" not in flat and "Line" not in flat
        return None

    def _flatten(self, index: int, geometry: BaseGeometry) -> BaseGeometry:
        self.with_z += bool(geometry.has_z)
        whole, said = mend(polygons_of(shapely.force_2d(geometry)), f"Feature {index}")
        self.mended += said
        return whole

    def _compare(self, index: int, fill: str, name: str) -> None:
        said = _holder_named(name)
        status = FILLS[fill]
        if said != status.holder:
            shown = _english(name) or "(no name)"
            says = {"UA": "liberated", "RU": "occupied", None: "unknown", "": "nothing of status"}
            self.disagreements.append(
                f"Feature {index}: its fill {fill} says {status.word}, its name {shown!r} says "
                f"{says[said]}; the fill decides."
            )

    def notices(self) -> Iterator[str]:
        if self.points:
            yield f"{self.points} points (units, arrows, captions) were left out: not control."
        if self.lines:
            yield f"{self.lines} lines were left out: the legend gives them no meaning."
        if self.satire:
            yield f"{self.satire} polygons with fill {SATIRE} were left out: not of this war."
        for fill, found in self.strange.items():
            where = ", ".join(map(str, found))
            yield f"Fill {fill} is not in the legend: features {where} were left out."
        if self.broken:
            yield f"{self.broken} features without a readable geometry were left out."
        yield from self.disagreements
        yield from self.mended
        if self.with_z:
            yield f"Z was dropped from {self.with_z} polygons: the map is flat."


def _find_features(snapshot: Mapping[str, Any]) -> list[Any]:
    inner = snapshot.get("map", snapshot)
    features = inner.get("features") if isinstance(inner, dict) else None
    if not isinstance(features, list):
        raise refusal("no list of features", "Give a DeepStateMap snapshot, a FeatureCollection")
    return features


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
