"""What ground does a GeoJSON layer made by others paint, and what of it cannot be used."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import shapely

from encircle.formats.painted import mend, read_polygons, refusal

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from shapely.geometry import MultiPolygon


@dataclass(frozen=True, slots=True)
class Painted:
    """One feature of a layer that paints ground."""

    index: int
    """Its place in the layer's list of features."""
    properties: Mapping[str, Any]
    geometry: MultiPolygon
    """In degrees, flat, valid."""

    def text(self, member: str) -> str:
        """Give a property as text; empty where it has none."""
        value = self.properties.get(member)
        return value.strip() if isinstance(value, str) else ""


@dataclass(frozen=True, slots=True)
class Layer:
    """One layer, and what was left out or mended on the way."""

    features: tuple[Painted, ...]
    notices: tuple[str, ...]


def read_layer(document: Mapping[str, Any], name: str) -> Layer:
    """
    Read a layer's painted ground.

    Parameters
    ----------
    document
        A FeatureCollection, in degrees.
    name
        What to call the layer in notices.

    Raises
    ------
    SituationError
        If it is no FeatureCollection.
    """
    features = document.get("features")
    if not isinstance(features, list):
        raise refusal(f"{name}: no list of features", "Give a GeoJSON FeatureCollection")
    reader = _Reader(name)
    return Layer(tuple(reader.read(features)), tuple(reader.notices()))


class _Reader:
    """Reads features one by one, and remembers what it left out."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.empty = self.unreadable = self.flat = self.with_z = self.twice = 0
        self.mended: list[str] = []
        self.seen: set[bytes] = set()

    def read(self, features: list[Any]) -> Iterator[Painted]:
        for index, feature in enumerate(features):
            members = feature if isinstance(feature, dict) else {"geometry": 0}
            geometry = self._read_geometry(index, members.get("geometry"))
            if geometry is not None:
                properties = members.get("properties")
                yield Painted(index, properties if isinstance(properties, dict) else {}, geometry)

    def _read_geometry(self, index: int, written: object) -> MultiPolygon | None:
        if written is None:
            self.empty += 1
            return None
        read = read_polygons(written)
        if read is None:
            self.unreadable += 1
            return None
        drawn, has_z = read
        if drawn.is_empty:
            self.flat += 1
            return None
        self.with_z += has_z
        if self._was_seen(drawn):
            return None
        geometry, said = mend(drawn, f"{self.name}, feature {index}")
        self.mended += said
        return geometry

    def _was_seen(self, drawn: MultiPolygon) -> bool:
        """Tell a feature drawn before, vertex for vertex."""
        key = bytes(shapely.to_wkb(drawn))
        again = key in self.seen
        self.twice += again
        self.seen.add(key)
        return again

    def notices(self) -> Iterator[str]:
        counts = {
            "features without a geometry were left out.": self.empty,
            "features with a geometry that cannot be read were left out.": self.unreadable,
            "points or lines were left out: they paint no ground.": self.flat,
            "features drawn twice were taken once.": self.twice,
            "features had heights, which were dropped: the map is flat.": self.with_z,
        }
        for said, count in counts.items():
            if count:
                yield f"{self.name}: {count} {said}"
        yield from self.mended
