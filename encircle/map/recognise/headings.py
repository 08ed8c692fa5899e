"""Which column of a table is a place, and which a claim: the headings people write."""

from __future__ import annotations

import re
import unicodedata

LATITUDES = frozenset(
    "lat latitude lat_dd latdd declat dec_lat lat_deg y ycoord y_coord coord_y широта шир "
    "breite breitengrad lat_wgs84 gps_lat geo_lat latitude_n point_y latitude_dd".split()
)
LONGITUDES = frozenset(
    "lon lng long longitude lon_dd londd declon dec_lon declong lon_deg x xcoord x_coord coord_x "
    "довгота долгота долг дов laenge länge längengrad lon_wgs84 gps_lon gps_lng geo_lon geo_lng "
    "geo_long longitude_e point_x longitude_dd lng_dd long_dd".split()
)
PAIRS = frozenset(
    "coordinates coordinate coords coord latlon lat_lon latlng lat_lng lat_long latlong lonlat "
    "latitude_longitude longitude_latitude "
    "lon_lat lnglat location_coordinates geo gps geolocation geolocated geom geometry wkt the_geom "
    "geo_point geopoint point position_wkt координаты координати koordinaten google_maps gmaps "
    "google_maps_link maps_link map_link google_maps_url dms geom_wkt lat_lon_pair".split()
)
GRIDS = frozenset("mgrs grid mgrs_grid grid_ref grid_reference gridref usng mgrs_coordinates "
                  "military_grid мгрс".split())  # fmt: skip
ZONES = frozenset("utm utm_zone zone_utm utmzone zone".split())
EASTINGS = frozenset("easting utm_easting east utm_e utm_x rechtswert e_utm".split())
NORTHINGS = frozenset("northing utm_northing north utm_n utm_y hochwert n_utm".split())
"""Headings by what they hold, as `plain_heading` gives them. Sources: ACLED and UCDP GED
codebooks, auto-archiver, GeoConfirmed exports, GeoPandas, QGIS and Excel habits; Ukrainian,
Russian and German words."""
PLACES = LATITUDES | LONGITUDES | PAIRS | GRIDS | EASTINGS | NORTHINGS

CLAIM_NAMES = frozenset(
    "statement claim claim_text claimant claimant_side definition made_at asserts quote "
    "text_content upload_title archive_location archive_status".split()
)
"""Headings of a table of claims."""

_BREAKS = re.compile(r"[^\w]+|_+")


def plain_heading(heading: str) -> str:
    """
    Give a heading without case, brackets, marks and breaks.

    Examples
    --------
    >>> plain_heading(" Latitude (N) "), plain_heading("Archive-Location"), plain_heading("ШИРОТА")
    ('latitude_n', 'archive_location', 'широта')
    """
    text = unicodedata.normalize("NFC", heading[:200]).strip("\ufeff ").casefold()
    return _BREAKS.sub("_", text).strip("_")


def is_place_heading(heading: str) -> bool:
    """Tell whether a column holds places, or half of each."""
    return plain_heading(heading) in PLACES
