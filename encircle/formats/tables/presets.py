"""Whose table is it, and what its columns mean there: exports that many people have."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

from encircle.map.recognise.headings import plain_heading

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

Yield = Literal["positions", "claims"]


@dataclass(frozen=True, slots=True)
class Preset:
    """An export that many people have."""

    title: str
    signs: frozenset[str]
    """Headings by which it is known, as `plain_heading` gives them: all of them."""
    gives: Yield = "positions"
    """
    What its rows are evidence of.

    An incident at a place (a strike, a clash, a burnt-out house) is no evidence that a unit stands
    there: the sides it names are its actors, and the shell that fell came from elsewhere. Events
    become `claim`s: what somebody says happened there, kept with its place, date and link, changing
    no map. Only where a row says that a unit of a side *is* there does it become a `position`.
    """
    roles: Mapping[str, str] = field(default_factory=dict)
    """Role by plain heading; an empty role leaves the column out."""
    basis: str | None = None
    """On what its positions rest, where no column says."""
    track: tuple[str, ...] = ()
    """Headings that name one unit from row to row: its latest sighting speaks."""
    note: str = ""
    """What to know of it."""


PRESETS: dict[str, Preset] = {
    "uawardata": Preset(
        "UAWarData units",
        frozenset("icon unit unitnumber subordinate_to".split()),
        roles={"unit": "name", "strength": "echelon", "country": "side", "type": "",
               "notes": "note", "sources_url": "source", "sources_date": "reported_at",
               "icon": "sidc", "strength_in_btg_number": "", "icon15": ""},
        basis="reported",
        track=("unit", "unitnumber", "country"),
        note="Its places are the general location of a unit, by its makers' own word: reported.",
    ),
    "acled": Preset(
        "ACLED events",
        frozenset("event_type actor1 latitude longitude".split()),
        "claims",
        {"event_date": "date", "notes": "statement", "source": "claimant", "actor1": "",
         "location": "name", "event_id_cnty": "id", "timestamp": "", "country": ""},
        note="An event is not a position: each became a claim at its place, which changes no map.",
    ),
    "ucdp-ged": Preset(
        "UCDP GED events",
        frozenset("side_a side_b date_start latitude longitude".split()),
        "claims",
        {"date_start": "date", "source_headline": "statement", "source_article": "claimant",
         "where_coordinates": "name", "id": "id", "country": "", "date_end": "", "geom_wkt": "",
         "source_original": ""},
        note="An event is not a position: each became a claim at its place, which changes no map.",
    ),
    "bellingcat": Preset(
        "Bellingcat incidents",
        frozenset("date description sources latitude longitude".split()),
        "claims",
        {"description": "statement", "sources": "source", "location": "name"},
        note="An incident is not a position: each became a claim at its place, which changes no "
        "map.",
    ),
    "auto-archiver": Preset(
        "auto-archiver",
        frozenset("link archive_status archive_location".split()),
        "claims",
        {"link": "url", "archive_location": "archive_url", "upload_timestamp": "reported_at",
         "text_content": "statement", "upload_title": "name", "archive_date": "",
         "archive_status": "", "screenshot": "", "thumbnail": "", "hash": ""},
        note="A post is not a position: each became a claim, which changes no map.",
    ),
    "geoconfirmed": Preset(
        "GeoConfirmed",
        frozenset("faction geolocation".split()),
        roles={"faction": "side", "geolocation": "url", "units": "name", "equipment": "note",
               "gear": "note", "plus_code": "", "pluscode": ""},
        basis="geolocated",
        note="A geolocated sighting shows somebody there on that day, and not for how long.",
    ),
}  # fmt: skip
"""Presets by name. Sources: the exports' own headings; ACLED and UCDP GED codebooks."""


def find_preset(headings: Iterable[str]) -> str | None:
    """
    Find whose export a table is by its headings.

    Examples
    --------
    >>> find_preset(["event_date", "event_type", "actor1", "latitude", "longitude"])
    'acled'
    """
    plain = {plain_heading(heading) for heading in headings}
    fitting = [name for name, preset in PRESETS.items() if preset.signs <= plain]
    return fitting[0] if fitting else None
