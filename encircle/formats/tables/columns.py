"""Which column of a table says what."""

from __future__ import annotations

import json
import tomllib
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal, get_args

from encircle.errors import InputFault, SituationError, refusal
from encircle.formats.tables.angles import PlaceError
from encircle.formats.tables.places import read_place
from encircle.formats.tables.sheets import iterate_cells
from encircle.map.recognise.headings import (
    EASTINGS,
    GRIDS,
    LATITUDES,
    LONGITUDES,
    NORTHINGS,
    PAIRS,
    ZONES,
    plain_heading,
)

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from encircle.formats.tables.sheets import Sheet

Role = Literal[
    "lat", "lon", "place", "mgrs", "zone", "easting", "northing", "id", "name", "side", "force",
    "echelon", "date", "reported_at", "valid_from", "valid_to", "source", "url", "archive_url",
    "grade", "reliability", "credibility", "reach", "error", "status", "basis", "weight",
    "probability", "note", "sidc", "track", "statement", "claimant",
]  # fmt: skip
"""What a column can say of a position."""
ROLES: tuple[Role, ...] = get_args(Role)

_WORDS: dict[Role, str] = {
    "id": "id fid ogc_fid feature_id position_id row_id event_id event_id_cnty objectid uuid nr no",
    "name": "name unit unit_name title label designation formation unitname подразделение "
    "підрозділ назва название einheit bezeichnung military_unit часть частина",
    "side": "side party faction belligerent country affiliation owner holder army сторона "
    "принадлежность приналежність seite partei allegiance nation country_code state_actor",
    "force": "force group force_id grouping task_force угруповання группировка gruppierung "
    "force_name operational_group",
    "echelon": "echelon size unit_size strength level unit_type_size formation_size ешелон эшелон "
    "größe echelon_code",
    "date": "date day observed_at observed datetime date_time timestamp time seen last_seen "
    "sighted event_date observation_date date_observed дата datum date_utc as_of geolocation_date",
    "reported_at": "reported_at reported posted published publication_date posted_at upload_date "
    "upload_timestamp date_reported created_at sources_date source_date",
    "valid_from": "valid_from from start since begin date_start start_date",
    "valid_to": "valid_to to end until date_end end_date",
    "source": "source sources origin reference ref quelle джерело источник source_name media",
    "url": "url link source_url sources_url source_link post links href ссылка посилання "
    "source_urls tweet post_url original_source",
    "archive_url": "archive_url archive archived archive_link archive_location wayback",
    "grade": "grade rating evaluation admiralty admiralty_code source_grade nato_grade оцінка "
    "оценка bewertung",
    "reliability": "reliability source_reliability надійність надежность",
    "credibility": "credibility information_credibility info_credibility достовірність "
    "достоверность",
    "status": "status present presence state статус стан",
    "basis": "basis evidence method how placed_by verification evidence_type",
    "weight": "weight strength_number troops soldiers btg strength_in_btg_number",
    "probability": "probability p likelihood chance",
    "note": "note notes comment comments remark remarks description desc details примітка "
    "примечание опис описание bemerkung",
    "sidc": "sidc symbol symbol_code icon icon15 milsymbol mil_symbol symbolcode symbol_id",
    "track": "track track_id unit_id unitid",
    "statement": "statement text text_content claim quote",
    "claimant": "claimant speaker said_by",
}
_LENGTHS: dict[Role, str] = {
    "reach": "reach radius reach_radius radius_of_control holds range радіус радиус reichweite",
    "error": "error location_error accuracy precision uncertainty position_error "
    "horizontal_accuracy geo_error похибка погрешность точність точность genauigkeit cep",
}
_SCALES = {"": 1.0, "_m": 1.0, "_km": 1000.0, "_metres": 1.0, "_meters": 1.0, "_м": 1.0,
           "_км": 1000.0, "_in_m": 1.0, "_in_km": 1000.0}  # fmt: skip


def _roles_by_heading() -> dict[str, tuple[Role, float]]:
    known: dict[str, tuple[Role, float]] = {}
    for role, words in _WORDS.items():
        known.update(dict.fromkeys(words.split(), (role, 1.0)))
    for role, words in _LENGTHS.items():
        for ending, scale in _SCALES.items():
            known.update({word + ending: (role, scale) for word in words.split()})
    places: tuple[tuple[Role, frozenset[str]], ...] = (
        ("zone", ZONES), ("easting", EASTINGS), ("northing", NORTHINGS), ("place", PAIRS),
        ("mgrs", GRIDS), ("lat", LATITUDES), ("lon", LONGITUDES),
    )  # fmt: skip
    for role, headings in places:
        known.update(dict.fromkeys(headings, (role, 1.0)))
    return known


HEADINGS = _roles_by_heading()
"""Role and scale by heading, as `plain_heading` gives it."""
WEAK = frozenset("x y north east zone shape point geo text to from p no nr army range size".split())
"""Headings that mean what they say here only where no plainer one is there."""
LON_FIRST = frozenset("lonlat lon_lat lnglat lng_lat long_lat longitude_latitude".split())
SNIFFED_ROWS = 50
LEAST_SHARE = 0.8
"""Of a column's cells that must be places for it to be one whatever its heading."""
UTM_ROLES: tuple[Role, ...] = ("zone", "easting", "northing")


@dataclass(frozen=True, slots=True)
class Wording:
    """What whoever brings a table says of its columns and words."""

    columns: Mapping[str, str] = field(default_factory=dict)
    """Heading by role."""
    sides: Mapping[str, str] = field(default_factory=dict)
    """Side by what the table calls it."""


@dataclass(frozen=True, slots=True)
class Columns:
    """Which heading plays which role, and which plays none."""

    of: Mapping[Role, str]
    scales: Mapping[Role, float]
    unused: tuple[str, ...]
    lon_first: bool = False
    guessed: str | None = None
    """The column taken for places by what is in it."""


def parse_mapping(raw: bytes, name: str) -> Wording:
    """
    Read a mapping file: TOML or JSON with `columns` (role = heading) and `sides` (word = side).

    Raises
    ------
    SituationError
        If it is neither, or names a role that does not exist.

    Examples
    --------
    >>> parse_mapping(b'{"side": "Seite"}', "map.json").columns
    {'side': 'Seite'}
    """
    text = raw.decode("utf-8-sig", "replace")
    try:
        said = json.loads(text) if text.lstrip().startswith("{") else tomllib.loads(text)
    except (ValueError, RecursionError) as error:
        raise refusal(f"{name} is neither JSON nor TOML ({error!s:.80})", _HOW_MAPPING) from None
    columns, sides = said.get("columns", said), said.get("sides", {})
    parts = (columns, sides)
    if not all(isinstance(part, dict) for part in parts):
        raise refusal(f"{name} maps no columns", _HOW_MAPPING)
    texts = {k: v for k, v in columns.items() if not isinstance(v, dict)}
    if not all(isinstance(v, str) for part in (texts, sides) for v in part.values()):
        raise refusal(f"{name} maps to something that is no text", _HOW_MAPPING)
    return Wording(texts, sides)


_HOW_MAPPING = 'Write {"columns": {"side": "Seite"}, "sides": {"Rot": "RU"}}'


def find_columns(sheet: Sheet, mapping: Mapping[str, str], known: Mapping[str, str]) -> Columns:
    """
    Find which column says what: as told, as the preset has it, else by its heading.

    Parameters
    ----------
    mapping
        Heading by role, as whoever brings the table says.
    known
        Role by plain heading, as a preset has it; an empty role leaves the column out.

    Raises
    ------
    SituationError
        If the mapping names a role or a column that does not exist.
    """
    of, scales = _take_told(sheet, mapping), dict[Role, float]()
    taken = set(of.values())
    ranked = sorted(sheet.headings, key=lambda h: plain_heading(h) in WEAK)
    for heading in ranked:
        plain = plain_heading(heading)
        role, scale = HEADINGS.get(plain, ("", 1.0))
        role = known.get(plain, role)
        if heading in taken or role not in ROLES or role in of:
            continue
        of[role] = heading
        taken.add(heading)
        scales[role] = scale
    guessed = None if _has_place(of) or sheet.is_drawn else _sniff(sheet, taken)
    if guessed:
        of["place"] = guessed
    for role in _incomplete(of):
        taken.discard(of.pop(role))
    used = set(of.values())
    unused = tuple(heading for heading in sheet.headings if heading not in used)
    is_lon_first = plain_heading(of.get("place", "")) in LON_FIRST
    return Columns(of, scales, unused, is_lon_first, guessed)


def _take_told(sheet: Sheet, mapping: Mapping[str, str]) -> dict[Role, str]:
    by_plain = {plain_heading(heading): heading for heading in sheet.headings}
    faults, of = [], dict[Role, str]()
    for role, heading in mapping.items():
        found = heading if heading in sheet.headings else by_plain.get(plain_heading(heading))
        if role not in ROLES:
            faults.append(InputFault("", f"no column can say {role!r}", f"Use {', '.join(ROLES)}"))
        elif found is None:
            said = f"{sheet.name} has no column {heading!r}"
            faults.append(InputFault("", said, f"It has {', '.join(sheet.headings)}"))
        else:
            of[role] = found
    if faults:
        raise SituationError(faults)
    return of


def _has_place(of: Mapping[Role, str]) -> bool:
    pairs = ("lat", "lon"), UTM_ROLES
    return "place" in of or "mgrs" in of or any(all(r in of for r in pair) for pair in pairs)


def _incomplete(of: Mapping[Role, str]) -> list[Role]:
    """List roles that say nothing alone: a zone without an easting."""
    missing = [role for role in UTM_ROLES if role not in of]
    return [role for role in UTM_ROLES if role in of] if missing else []


def _sniff(sheet: Sheet, taken: set[str]) -> str | None:
    """Find a column of places by what is in it."""
    for heading in sheet.headings:
        cells = [text for _, text in list(iterate_cells(sheet, heading))[:SNIFFED_ROWS]]
        if heading not in taken and cells and _share_of_places(cells) >= LEAST_SHARE:
            return heading
    return None


def _share_of_places(cells: Sequence[str]) -> float:
    read = 0
    for text in cells:
        try:
            read_place(text)
        except PlaceError:
            continue
        read += 1
    return read / len(cells)
