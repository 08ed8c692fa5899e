"""Is it WGS 84 in longitude and latitude, by whatever name, and if not, what is it called."""

from __future__ import annotations

import json
import re
from typing import Any

_NAMES = re.compile(
    r"""
      (?:EPSG|ESRI|OGC|CRS)?:{0,2}(?:4326|4979|CRS84h?)   # EPSG:4326, OGC:CRS84, bare 4326
    | CRS:84
    | urn:(?:x-)?ogc:def:crs:EPSG:[\w.]*:?(?:4326|4979)
    | urn:(?:x-)?ogc:def:crs:OGC:[\w.]*:?(?:CRS)?84h?
    | https?://(?:www\.)?opengis\.net/def/crs/EPSG/[\w.]+/(?:4326|4979)
    | https?://(?:www\.)?opengis\.net/def/crs/OGC/[\w.]+/CRS84h?
    | https?://(?:www\.)?opengis\.net/gml/srs/epsg\.xml\#4326
    | https?://(?:www\.)?spatialreference\.org/ref/epsg/(?:wgs-84|4326)(?:/[\w.]*)?
    | https?://(?:www\.)?epsg\.io/4326(?:[./][\w.]*)?
    | (?:GCS[_ ])?WGS[_ ]?(?:19)?84(?:\ \((?:3D|CRS84|EPSG:4326)\))?
    """,
    re.VERBOSE | re.IGNORECASE | re.ASCII,
)
"""Names of one system: degrees on WGS 84. EPSG:4979 and CRS84h are the same with heights, which
are dropped. Sources: OGC 09-048r5 (urn:ogc:def:crs), OGC 11-135r2 (URL form), the `crs` member of
GeoJSON 2008 3, and what GDAL, QGIS, ArcGIS, PostGIS and GeoServer write into it."""

_EPSG_CODE = re.compile(
    r"(?:.*\W)?EPSG(?:[:/]+[\d.]*)?[:/]+([0-9]{4,6})[/\]]?", re.IGNORECASE | re.ASCII
)
_WKT = re.compile(r"\s*[A-Z_]+\s*[\[(]\s*\"([^\"]{1,80})\"")
"""A system written out (OGC 12-063r5), and the name it gives itself."""

LONGEST_NAME = 80
"""Characters of a name that are printed."""


def check_crs(crs: object) -> str | None:
    """
    Tell what the coordinates are in, if not degrees of longitude and latitude on WGS 84.

    Parameters
    ----------
    crs
        What stands in a `crs` member (GeoJSON 2008), as JSON; or a name; or an EPSG code.

    Returns
    -------
    name
        What to call it in a refusal; None where it is WGS 84, or where nothing is said.

    Examples
    --------
    >>> check_crs({"type": "name", "properties": {"name": "urn:ogc:def:crs:OGC:1.3:CRS84"}})
    >>> check_crs({"type": "EPSG", "properties": {"code": 4326}})
    >>> check_crs("http://www.opengis.net/def/crs/EPSG/0/4284")
    'EPSG:4284 (Pulkovo 1942)'
    >>> check_crs({"type": "name", "properties": {}})
    'a system without a name'
    """
    if crs is None:
        return None
    name = _find_name(crs)
    if name is None:
        nameless = crs == "" or isinstance(crs, dict)
        return "a system without a name" if nameless else _shorten(json.dumps(crs, default=str))
    return None if _NAMES.fullmatch(name.strip().rstrip("/")) else _call(name.strip())


def _find_name(crs: object) -> str | None:
    """Find the name in a `crs` member, in any of the forms it has had."""
    if isinstance(crs, str) and crs.strip():
        return crs
    if not isinstance(crs, dict):
        return _read_code(crs)
    own = _name_in(crs)
    properties = crs.get("properties")
    return own or (_name_in(properties) if isinstance(properties, dict) else None)


def _name_in(members: dict[str, Any]) -> str | None:
    for member in ("name", "urn", "href", "latestWkid", "wkid", "code", "wkt"):
        value = members.get(member)
        code = _read_code(value)
        if code:
            return code
        if isinstance(value, str) and value.strip():
            return value
    return None


def _read_code(value: object) -> str | None:
    """Read an EPSG code written as a number, by JavaScript perhaps, or as digits."""
    written = f"{value:.0f}" if isinstance(value, float) and value.is_integer() else str(value)
    is_code = not isinstance(value, bool) and re.fullmatch(r"\s*[0-9]{4,6}\s*", written)
    return f"EPSG:{written.strip()}" if is_code else None


def _call(name: str) -> str:
    """Call a system by its code and its name, where the name says a code."""
    found = _EPSG_CODE.fullmatch(name)
    if found:
        title = _title_of(int(found[1]))
        return f"EPSG:{found[1]}" + (f" ({title})" if title else "")
    described = _WKT.match(name)
    return f"WKT of {described[1]!r}" if described else _shorten(name)


def _title_of(code: int) -> str | None:
    from pyproj import CRS  # noqa: PLC0415 - a registry is opened only to refuse
    from pyproj.exceptions import CRSError  # noqa: PLC0415

    try:
        return CRS.from_epsg(code).name
    except CRSError:
        return None


def _shorten(name: str) -> str:
    return name if len(name) <= LONGEST_NAME else f"{name[: LONGEST_NAME - 1]}…"
