"""What does a side hold on a map, on the reading least kind to it, and what hangs together."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import TYPE_CHECKING, Protocol

import shapely
from shapely.geometry import MultiPolygon, Point, Polygon

from encircle.map.plane.projection import GEOD, Plane

if TYPE_CHECKING:
    from shapely.geometry.base import BaseGeometry

NOBODY = MultiPolygon()

SEAM_M = 50.0
"""Unpainted ground thinner than this is a seam between two drawings: it takes the worse of the
states beside it, so it joins what is held on both sides of it and parts nothing, and a sliver of
it between two grounds of the enemy joins nothing. Source: docs/contract.md, Seams (`seam_m`)."""

THREAD_M = 1.0
"""Painted ground thinner than this is where two drawings fail to meet, not a way: on published
maps such slivers are 0 to 0.3 m wide."""


@dataclass(frozen=True, slots=True)
class Shares:
    """A window of a map by whose it is to one side, in degrees."""

    painted: BaseGeometry
    """What the map paints as the side's."""
    unpainted: BaseGeometry
    """The side's own country where nothing is painted."""
    others: BaseGeometry
    """What the map paints as anybody else's, or as nobody's for certain."""
    grey: BaseGeometry
    """What is nobody's for certain: painted grey, or left out by a map that is silent there."""
    country: BaseGeometry | None
    """The side's own country; None where no border is known."""
    neutral: BaseGeometry
    """Third countries and the sea: nobody is cut off by them, and nobody is held there."""


class MapGround(Protocol):
    """One map over one border, seen by one side; equal to another that says the same."""

    def __hash__(self) -> int: ...

    @property
    def side(self) -> str:
        """Whose ground is asked for."""

    def painted_window(self) -> Polygon:
        """Draw the window that holds all that the map paints, and the rear behind it."""

    def divide(self, window: Polygon) -> Shares:
        """Divide a window by whose it is."""

    def mainland(self) -> BaseGeometry:
        """Find the largest piece of the side's ground on the whole map."""


def flat_polygons(geometry: BaseGeometry) -> list[Polygon]:
    """List the polygons of a geometry; what else is left over from cutting goes."""
    parts = shapely.get_parts(geometry).tolist()
    deep = [part for part in parts if part.geom_type == "GeometryCollection"]
    flat = [p for p in parts if isinstance(p, Polygon) and not p.is_empty]
    return [*flat, *(p for part in deep for p in flat_polygons(part))]


def measure_km2(geometry: BaseGeometry) -> float:
    """Measure an area on the ellipsoid, km²."""
    rings = shapely.orient_polygons(MultiPolygon(flat_polygons(geometry)))
    return abs(float(GEOD.geometry_area_perimeter(rings)[0])) / 1e6


@dataclass(frozen=True)
class Held:
    """
    The held ground of one side in a window, seams closed, on a plane in metres.

    Attributes
    ----------
    ground_m
        Its parts, each connected on the stricter reading, the largest first.
    """

    side: str
    window: Polygon
    plane: Plane
    parts_m: tuple[Polygon, ...]
    joined: tuple[bool, ...]
    """Of each part, whether it is or hangs together with the side's rear."""
    shares: Shares

    @cached_property
    def ground_m(self) -> BaseGeometry:
        """All that is held."""
        return MultiPolygon(self.parts_m)

    @cached_property
    def rear_m(self) -> BaseGeometry:
        """All that is joined to the rear."""
        return MultiPolygon([p for p, j in zip(self.parts_m, self.joined, strict=True) if j])

    @cached_property
    def grey_m(self) -> BaseGeometry:
        """What is nobody's for certain."""
        return to_plane(self.plane, self.shares.grey)

    @cached_property
    def others_m(self) -> BaseGeometry:
        """What the map paints as anybody else's, the grey with it."""
        return to_plane(self.plane, self.shares.others)

    @cached_property
    def neutral_m(self) -> BaseGeometry:
        """Third countries and the sea."""
        return _to_plane_once(self.plane, self.shares.neutral)

    @cached_property
    def country_m(self) -> BaseGeometry | None:
        """The side's own country."""
        country = self.shares.country
        return None if country is None else _to_plane_once(self.plane, country)

    def to_metres(self, place: tuple[float, float]) -> Point:
        """Project one place."""
        return Point(self.plane.points_to_metres([place])[0])


def to_plane(plane: Plane, ground: BaseGeometry) -> BaseGeometry:
    """Project; edges that all but touch in degrees may cross by a hair on the plane."""
    ground_m = plane.to_metres(ground)
    if ground_m.is_valid:
        return ground_m
    return shapely.make_valid(ground_m, method="structure", keep_collapsed=False)


@lru_cache(maxsize=8)
def _to_plane_once(plane: Plane, ground: BaseGeometry) -> BaseGeometry:
    """Project what is the same on every map of an archive: a country, and the sea."""
    return to_plane(plane, ground)


def to_globe(plane: Plane, ground_m: BaseGeometry) -> MultiPolygon:
    """Bring ground back to degrees; rings that come to touch themselves by a hair are mended."""
    ground = plane.to_degrees(ground_m)
    if not ground.is_valid:
        ground = shapely.make_valid(ground, method="structure", keep_collapsed=False)
    return MultiPolygon(flat_polygons(ground))


def read_held(ground: MapGround, window: Polygon | None = None) -> Held:
    """
    Read what a side holds in a window, by default all about what is painted.

    Notes
    -----
    Unpainted slivers thinner than `SEAM_M` are first taken out of the side's own country (between
    two painted grounds of the enemy they would join what is apart), then what is left is closed
    over seams that nobody else has painted (between the mappers' line and the border they would
    part what is one). A part is joined to the rear if it is the mainland's largest share in the
    window, or reaches the window's edge as a share of the mainland: that it goes on outside.
    """
    seen = window if window is not None else ground.painted_window()
    shares = ground.divide(seen)
    plane = Plane((seen.centroid.x, seen.centroid.y))
    others_m = to_plane(plane, shares.others)
    neutral_m = _to_plane_once(plane, shares.neutral)
    unpainted_m = to_plane(plane, shares.unpainted)
    painted_m = to_plane(plane, shares.painted)
    drawn_m = shapely.union(painted_m, _thin_out(unpainted_m, SEAM_M / 2))
    wide_m = _offset(_offset(drawn_m, SEAM_M / 2), -SEAM_M / 2)
    closed_m = shapely.union(drawn_m, wide_m.difference(shapely.union(others_m, neutral_m)))
    held_m = _thin_out(closed_m, THREAD_M / 2)
    parts = sorted(flat_polygons(held_m), key=_rank)
    return Held(ground.side, seen, plane, tuple(parts), _joined(parts, ground, seen, plane),
                shares)  # fmt: skip


def _joined(
    parts: list[Polygon], ground: MapGround, window: Polygon, plane: Plane
) -> tuple[bool, ...]:
    """Tell of each part whether it is the rear's: its largest share, or one that goes on."""
    mainland_m = to_plane(plane, shapely.intersection(ground.mainland(), window))
    shapely.prepare(mainland_m)
    edge_m = to_plane(plane, window.exterior).buffer(SEAM_M)
    mine = [mainland_m.intersects(part.representative_point()) for part in parts]
    first = mine.index(True) if True in mine else None
    return tuple(
        own and (number == first or part.intersects(edge_m))
        for number, (part, own) in enumerate(zip(parts, mine, strict=True))
    )


def _rank(part: Polygon) -> tuple[float, tuple[float, ...]]:
    """Order by area, the largest first, then by place: the same whoever drew first."""
    return -round(part.area, 3), tuple(round(c, 1) for c in part.bounds)


def _thin_out(ground_m: BaseGeometry, radius_m: float) -> BaseGeometry:
    """Take out what is thinner than twice a radius; the tips of corners stay."""
    return ground_m.intersection(_offset(_offset(ground_m, -radius_m), radius_m * 1.5))


def _offset(ground_m: BaseGeometry, by_m: float) -> BaseGeometry:
    """
    Widen ground, or narrow it, keeping its corners.

    Round corners would come back as chords: each offset would double the corners of a country's
    outline, and add a speck of ground at every one of them.
    """
    return ground_m.buffer(by_m, join_style="mitre", mitre_limit=2.0)
