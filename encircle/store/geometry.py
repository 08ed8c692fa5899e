"""
What was drawn, as a GIS reads it: a column of PostGIS beside the JSON, with an index.

The database fills it itself from what was posted, whoever writes, and empties it with what is
redacted: it can say nothing that the log does not. Where there is no PostGIS a case is kept and
searched all the same, by the four bounds that every database has.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from encircle.map.counting import number_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from sqlalchemy import Connection

__all__ = [
    "HAS_GEOMETRY", "add_geometry", "bounds_of", "drop_geometry", "list_places", "overlaps",
    "span_of", "tell_unpacked", "unpack",
]  # fmt: skip

HAS_GEOMETRY = "encircle_has_geometry"
"""Option of a connection: the column is there."""
COLUMN, INDEX = "geom", "ix_revisions_geom"
QUARTER = 90.0
"""As far as this from the date line, degrees, no shape across it is looked for: none that a plane
of 1,000 km holds is so wide, but at the poles."""
TURN = 360.0
"""All round, degrees."""
CRS = 4326
"""EPSG code of longitude and latitude, in which GeoJSON is written. Source: RFC 7946, 4."""


def add_geometry(connection: Connection) -> bool:
    """
    Add the column and its index, where PostGIS is installed in the database.

    Returns
    -------
    is_there
        Whether searches may use them. Later, too: it may be installed after the store was made.
    """
    schema = _find_postgis(connection)
    if schema is None:
        return False
    known = sa.text("SELECT 1 FROM pg_attribute WHERE attrelid = 'revisions'::regclass "
                    "AND attname = :name AND NOT attisdropped")  # fmt: skip
    if connection.execute(known, {"name": COLUMN}).first():
        return True
    # Where PostGIS cannot read what the door let in, the bounds stand for it: a post is never
    # refused for the sake of an index.
    connection.exec_driver_sql(f"""
        CREATE FUNCTION read_geometry(
            body text, west float8, south float8, east float8, north float8
        ) RETURNS {schema}.geometry IMMUTABLE LANGUAGE plpgsql AS $$
        BEGIN
            RETURN {schema}.ST_SetSRID({schema}.ST_Force2D(
                {schema}.ST_GeomFromGeoJSON(body::json ->> 'geometry')), {CRS});
        EXCEPTION WHEN OTHERS THEN
            RETURN {schema}.ST_MakeEnvelope(west, south, east, north, {CRS});
        END $$
    """)
    connection.exec_driver_sql(f"""
        ALTER TABLE revisions ADD COLUMN {COLUMN} {schema}.geometry(Geometry, {CRS})
        GENERATED ALWAYS AS (read_geometry(body, west, south, east, north)) STORED
    """)
    connection.exec_driver_sql(f"CREATE INDEX {INDEX} ON revisions USING gist ({COLUMN})")
    return True


def drop_geometry(connection: Connection) -> None:
    """Take away what `add_geometry` made."""
    if connection.dialect.name == "postgresql":
        connection.exec_driver_sql(f"ALTER TABLE revisions DROP COLUMN IF EXISTS {COLUMN}")
        connection.exec_driver_sql("DROP FUNCTION IF EXISTS read_geometry")


def overlaps(bbox: tuple[float, float, float, float]) -> sa.ColumnElement[bool]:
    """
    Say that what was drawn may meet a box, which the index answers.

    The index keeps bounds as floats of 32 bits, rounded outwards: what it finds is compared once
    more with the bounds as they are.

    Parameters
    ----------
    bbox
        West, south, east, north, degrees; across the date line where west is more than east.
    """
    west, south, east, north = bbox
    spans = [(west, east)] if west <= east else [(-180.0, east), (west, 180.0)]
    if max(abs(west), abs(east)) > QUARTER:
        # To PostGIS an edge across the date line goes all round the other way: past meridian 0.
        spans.append((0.0, 0.0))
    column: sa.ColumnElement[Any] = sa.literal_column(f"revisions.{COLUMN}")
    return sa.or_(*(
        column.op("&&", is_comparison=True)(sa.func.ST_MakeEnvelope(w, south, e, north, CRS))
        for w, e in spans
    ))  # fmt: skip


def bounds_of(coordinates: object) -> tuple[float, float, float, float] | None:
    """Give west, south, east and north of a shape's coordinates, degrees; None: it has none."""
    places = list(list_places(coordinates))
    if not places:
        return None
    lons, lats = [place[0] for place in places], [place[1] for place in places]
    return min(lons), min(lats), max(lons), max(lats)


def list_places(coordinates: object) -> Iterator[tuple[float, float]]:
    """List the places of a shape's coordinates, however they are nested."""
    if not isinstance(coordinates, list) or not coordinates:
        return
    if isinstance(coordinates[0], list):
        for part in coordinates:
            yield from list_places(part)
    else:
        yield float(coordinates[0]), float(coordinates[1])


def unpack(feature: Mapping[str, Any]) -> Mapping[str, Any]:
    """
    Take the one geometry out of a collection of one, as the door reads it.

    Nothing else of the store or of a GIS looks into a collection: packed, it would be judged, and
    found by no search.

    Examples
    --------
    >>> point = {"type": "Point", "coordinates": [35.2, 51.1]}
    >>> unpack({"geometry": {"type": "GeometryCollection", "geometries": [point]}})
    {'geometry': {'type': 'Point', 'coordinates': [35.2, 51.1]}}
    """
    shape: Any = feature.get("geometry")
    while True:  # a collection may lie in another
        match shape:
            case {"type": "GeometryCollection", "geometries": [{**inner}]}:
                own = {"crs": shape["crs"]} if "crs" in shape else {}
                shape = {**own, **inner}
            case _:
                break
    return feature if shape is feature.get("geometry") else {**feature, "geometry": shape}


def tell_unpacked(features: Iterable[object]) -> list[str]:
    """Tell whose geometry was taken out of a collection."""
    packed = [
        str(feature.get("id") or (feature.get("properties") or {}).get("id") or "one without an id")
        for feature in features
        if isinstance(feature, Mapping) and unpack(feature) is not feature
    ]
    if not packed:
        return []
    number = number_of(len(packed), "GeometryCollection")
    named = ", ".join(packed[:5])
    return [f"{number} of one geometry ({named}): kept as that geometry, without the collection."]


def span_of(
    geometry: Mapping[str, Any] | None,
) -> tuple[float, float, float, float] | None:
    """
    Give west, south, east and north of a shape on the globe, degrees; None: it has no place.

    Each edge goes the short way. West is more than east where the shape lies across the date line.

    Examples
    --------
    >>> span_of({"type": "LineString", "coordinates": [[179.5, 10], [-179.5, 15]]})
    (179.5, 10.0, -179.5, 15.0)

    References
    ----------
    .. [1] RFC 7946, 3.1.9 and 5.2.
    """
    box = bounds_of((geometry or {}).get("coordinates"))
    if geometry is None or box is None:
        return None
    arcs = sorted(map(_measure, _chains(geometry)))
    farthest = arcs[0][0]
    gaps: list[tuple[float, float, float]] = []
    for west, east in arcs:
        if west > farthest:
            gaps.append((west - farthest, west, farthest))
        farthest = max(farthest, east)
    if farthest - arcs[0][0] < TURN:
        gaps.append((arcs[0][0] + TURN - farthest, arcs[0][0], farthest))
    _, west, east = max(gaps, default=(0.0, -TURN / 2, TURN / 2))
    return west, box[1], east - TURN if east > TURN / 2 else east, box[3]


def _chains(geometry: Mapping[str, Any]) -> Iterator[list[float]]:
    """List the longitudes of each line, ring or place of a shape."""
    drawn = geometry["coordinates"]
    match geometry.get("type"):
        case "Point":
            parts = [[drawn]]
        case "MultiPoint":
            parts = [[place] for place in drawn]
        case "LineString":
            parts = [drawn]
        case "MultiPolygon":
            parts = [ring for part in drawn for ring in part]
        case _:
            parts = drawn
    for part in parts:
        yield [float(place[0]) for place in part]


def _measure(chain: Sequence[float]) -> tuple[float, float]:
    """Measure from where to where longitudes go; the first from -180, the second may be beyond."""
    here = west = east = chain[0]
    for lon in chain[1:]:
        here = lon - TURN * round((lon - here) / TURN)
        west, east = min(west, here), max(east, here)
    turns = TURN * ((west < -TURN / 2) - (west > TURN / 2))
    return west + turns, east + turns


def _find_postgis(connection: Connection) -> str | None:
    """Find the schema that PostGIS is installed in, where names are looked up."""
    if connection.dialect.name != "postgresql":
        return None
    found: str | None = connection.scalar(
        sa.text("SELECT quote_ident(nspname) FROM pg_extension JOIN pg_namespace "
                "ON pg_namespace.oid = extnamespace "
                "WHERE extname = 'postgis' AND nspname = ANY (current_schemas(true))")
    )  # fmt: skip
    return found
