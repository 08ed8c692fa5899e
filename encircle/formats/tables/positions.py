"""
What does each row of a table say: who stands where, since when, and who says so.

Long for one reason: a row is read in one pass, so that everything that is wrong with it is told.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from pathlib import PurePath
from typing import TYPE_CHECKING, Any

from encircle.errors import InputFault, SituationError, refusal
from encircle.formats.tables.columns import Columns, Role, Wording, find_columns
from encircle.formats.tables.days import Days, read_days
from encircle.formats.tables.kml_points import read_kml_points
from encircle.formats.tables.located import Located, locate
from encircle.formats.tables.presets import PRESETS, Preset, Yield, find_preset
from encircle.formats.tables.sheets import (
    iterate_cells,
    list_lines,
    read_csv,
    read_features,
    read_records,
    read_workbook,
)
from encircle.formats.tables.words import (
    BASES,
    FRIENDLY,
    HOSTILE,
    NO_SIDE,
    PRESENT,
    find_echelon,
    find_side,
    read_credibility,
    read_grade,
    read_length,
    read_reliability,
    read_share,
    read_sidc,
)
from encircle.map.counting import number_of
from encircle.map.days import write_instant
from encircle.map.notices import Notice, Severity
from encircle.map.recognise.headings import plain_heading

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from encircle.formats.tables.places import Found
    from encircle.formats.tables.sheets import Row, Sheet

OTHER_OF = {"UA": "RU", "RU": "UA"}
MOST_TOLD = 12
"""Rows named in one notice."""


@dataclass(frozen=True, slots=True)
class Wishes:
    """What whoever brings a table says of it."""

    preset: str | None = None
    wording: Wording = field(default_factory=Wording)
    side: str | None = None
    """The side judged: what *friendly* means."""
    all_side: str | None = None
    """The side of every row that names none."""
    known_sides: Mapping[str, str] = field(default_factory=dict)
    """Sides of the map the table goes with, and their names; empty: any."""
    basis: str | None = None
    force: str | None = None
    """The force of every row of the side judged that names none."""
    swap: frozenset[int] = frozenset()
    gives: Yield | None = None
    sheet: str | None = None
    keeps_tracks: bool = False
    """Say of each row which unit it is (`track`): whoever keeps the rows lets the latest speak.
    Else an earlier sighting holds until the next, within the table."""


@dataclass
class Reading:
    """What a table gives, and everything it does not."""

    name: str
    word: str
    rows: int
    features: list[dict[str, Any]] = field(default_factory=list)
    sources: list[dict[str, Any]] = field(default_factory=list)
    faults: list[tuple[int, InputFault]] = field(default_factory=list)
    notices: list[Notice] = field(default_factory=list)
    told: list[str] = field(default_factory=list)
    """What was read, line by line, for the terminal."""
    passed: list[int] = field(default_factory=list)
    """Rows that repeat another, told in a notice."""
    gives: Yield = "positions"
    rows_of: dict[str, int] = field(default_factory=dict)
    """Row by id of what it gives."""
    own_ids: dict[str, str] = field(default_factory=dict)
    """What the table itself calls a row, by the id of what it gives, where the table has a name."""
    swapped: frozenset[int] = frozenset()
    """Rows whose latitude and longitude were exchanged, as told."""

    @property
    def bad_rows(self) -> list[int]:
        """Rows with a fault, each once."""
        return sorted({row for row, _ in self.faults})


READERS = {
    "table": read_csv, "records": read_records, "points": read_features, "kml": read_kml_points,
    "kmz": read_kml_points, "geojson_lines": read_features,
}  # fmt: skip
"""Reader by the kind of file."""


def read_table(raw: bytes, name: str, kind: str, wishes: Wishes) -> Reading:
    """
    Read a table as positions or claims: every row is read, or told with its number and a remedy.

    Raises
    ------
    SituationError
        If the file is no table, or its columns say no place.
    """
    plain = PurePath(name).name
    if kind == "spreadsheet":
        return read_sheet(read_workbook(raw, plain, wishes.sheet), wishes, raw)
    return read_sheet(READERS[kind](raw, plain), wishes, raw)


def read_sheet(sheet: Sheet, wishes: Wishes, raw: bytes = b"") -> Reading:
    """Read a table that is parsed already."""
    named = wishes.preset or find_preset(sheet.headings)
    preset = PRESETS.get(named or "")
    columns = find_columns(sheet, wishes.wording.columns, preset.roles if preset else {})
    return _Reader(sheet, columns, preset, wishes, raw).read()


class _Reader:
    """Reads one table, row by row, and remembers what should be told."""

    def __init__(
        self, sheet: Sheet, columns: Columns, preset: Preset | None, wishes: Wishes, raw: bytes
    ) -> None:
        self.sheet, self.columns, self.preset, self.wishes = sheet, columns, preset, wishes
        self.reading = Reading(sheet.name, sheet.word, len(sheet.rows))
        self.gives: Yield = wishes.gives or (preset.gives if preset else "positions")
        self.reading.gives = self.gives
        self.stem = PurePath(sheet.name).stem or "table"
        self.raw = raw
        self.sources: dict[tuple[object, ...], str] = {}
        self.unread: dict[tuple[str, str], list[int]] = {}
        self.sides: Counter[str] = Counter()
        self.renamed: dict[str, str] = {}

    # -- the whole table ------------------------------------------------------------------------

    def read(self) -> Reading:
        self._check_columns()
        self.located = locate(self.sheet, self.columns, self.wishes.swap)
        self.reading.swapped = self.wishes.swap & self.located.places.keys()
        self.days = {
            role: read_days(iterate_cells(self.sheet, self.columns.of[role]))
            for role in ("date", "reported_at", "valid_from", "valid_to")
            if role in self.columns.of
        }
        self.used = self._find_usable()
        ids = self._name_rows()
        seen: dict[tuple[object, ...], int] = {}
        for row in self.sheet.rows:
            same = (tuple(sorted(row.cells.items())), repr(row.geometry))
            first = seen.setdefault(same, row.number)
            if first != row.number and not row.fault:
                self.reading.passed.append(row.number)
                continue
            feature = self._read_row(row, ids[row.number])
            if feature:
                self.reading.features.append(feature)
        if self.preset and self.preset.track:
            self._follow(self.preset.track)
        elif "track" in self.columns.of:
            self._follow((self.columns.of["track"],))
        self._tell()
        return self.reading

    def _check_columns(self) -> None:
        sheet = self.sheet
        if not self._has_places() and self.gives == "positions":
            remedy = f"It has {', '.join(sheet.headings)}. Say which: --column lat=... lon=..."
            raise refusal(f"{sheet.name}: no column is a place", remedy)
        if self.gives == "positions" and not self._names_sides():
            remedy = (
                "Say which column (--column side=HEADING), whose all rows are (--rows-side RU), or "
                "that they are reports and not positions (--rows-as claims)"
            )
            raise refusal(f"{sheet.name}: no column says whose the positions are", remedy)

    def _has_places(self) -> bool:
        wanted = ("lat", "lon", "place", "mgrs", "easting")
        return self.sheet.is_drawn or any(role in self.columns.of for role in wanted)

    def _names_sides(self) -> bool:
        of = self.columns.of
        return "side" in of or "sidc" in of or self.wishes.all_side is not None

    def _find_usable(self) -> set[Role]:
        """
        Find the columns whose words are known at all.

        A column called *status* with none of the words known here (verified, draft) says something
        else: it is not used, and told. Where some words are known, the others are faults.
        """
        tests: dict[Role, Any] = {
            "echelon": find_echelon, "status": lambda t: PRESENT.get(plain_heading(t)),
            "basis": lambda t: BASES.get(plain_heading(t)), "grade": read_grade,
            "reliability": read_reliability, "credibility": read_credibility, "sidc": read_sidc,
            "reach": read_length, "error": read_length, "probability": read_share,
            "weight": _read_number,
        }  # fmt: skip
        used: set[Role] = set(self.columns.of)
        for role, test in tests.items():
            heading = self.columns.of.get(role)
            cells = [text for _, text in iterate_cells(self.sheet, heading)] if heading else []
            if cells and not any(test(text) is not None for text in cells):
                used.discard(role)
                self._note("columns", "table_column_not_used", f"no word of the column {heading!r} "
                           f"is known as {role} ({cells[0][:30]!r}): it was not used")  # fmt: skip
        return used

    def _name_rows(self) -> dict[int, str]:
        heading = self.columns.of.get("id")
        cells = dict(iterate_cells(self.sheet, heading)) if heading else {}
        often = Counter(cells.values())
        names = {}
        for row in self.sheet.rows:
            own = cells.get(row.number)
            is_own = own is not None and often[own] == 1
            names[row.number] = name = f"{self.stem}-{own if is_own else row.number}"
            self.reading.rows_of[name] = row.number
            if is_own:
                self.reading.own_ids[name] = str(own)
        if any(n > 1 for n in often.values()):
            self._note("ids", "table_ids_repeat", f"the ids in {heading!r} repeat: rows that share "
                       "one are named by their number")  # fmt: skip
        return names

    # -- one row --------------------------------------------------------------------------------

    def _read_row(self, row: Row, name: str) -> dict[str, Any] | None:
        before = len(self.reading.faults)
        found = self._place(row)
        said: dict[str, Any] = {"kind": "position" if self.gives == "positions" else "claim"}
        said |= self._describe(row)
        if self.gives == "positions":
            said |= self._describe_position(row, found)
        else:
            said |= self._describe_claim(row)
        said["sources"] = self._source(row)
        if len(self.reading.faults) > before:
            return None
        geometry = found and (
            found.geometry
            or {"type": "Point", "coordinates": [round(found.lon, 7), round(found.lat, 7)]}
        )
        return {"type": "Feature", "id": name, "geometry": geometry,
                "properties": {k: v for k, v in said.items() if v not in (None, "", [])},
                }  # fmt: skip

    def _place(self, row: Row) -> Found | None:
        number = row.number
        if self.gives == "claims" and not (self._has_places() or row.fault):
            return None
        if number in self.located.faults:
            reason, remedy = self.located.faults[number]
            if self.gives == "claims" and not row.fault:
                self._unread("place", reason, number)
            else:
                self._fault(number, reason, remedy)
            return None
        if number in self.located.swapped:
            found = self.located.places[number]
            gap = self.located.swapped[number] / 1e3
            self._fault(number, f"latitude {found.lat:g}, longitude {found.lon:g} lie {gap:,.0f} "
                        "km from the other rows, and amid them when exchanged", "Exchange the two "
                        f"cells, or say so (--swap-row {number})")  # fmt: skip
            return None
        return self.located.places[number]

    def _cell(self, row: Row, role: Role) -> str | None:
        return row.cells.get(self.columns.of[role]) if role in self.used else None

    def _describe(self, row: Row) -> dict[str, Any]:
        said: dict[str, Any] = {"name": self._cell(row, "name"), "note": self._cell(row, "note")}
        for role, member in (("date", "observed_at"), ("reported_at", "reported_at"),
                             ("valid_from", "valid_from"), ("valid_to", "valid_to")):  # fmt: skip
            days = self.days.get(role)
            if days is None or row.number in days.read or row.number not in days.faults:
                said[member] = days.read.get(row.number) if days else None
            elif role == "date":
                self._fault(row.number, days.faults[row.number], _how_date(days))
            else:
                self._unread(self.columns.of[role], days.faults[row.number], row.number)  # type: ignore[index]
        share = self._take(row, "probability", read_share, "Write it from 0 to 1")
        return {**said, "probability": share}

    def _take(self, row: Row, role: Role, read: Any, remedy: str) -> Any:  # noqa: ANN401
        """Read a cell that bears on the map: what cannot be read is a fault."""
        text = self._cell(row, role)
        if text is None:
            return None
        value = read(text)
        if value is None:
            self._fault(row.number, f"{self.columns.of[role]} {text[:40]!r} is not known", remedy)
        return value

    def _describe_position(self, row: Row, found: Found | None) -> dict[str, Any]:
        side, echelon = self._side(row), self._echelon(row)
        reach = self._take(row, "reach", self._length("reach"), "Write metres")
        error = self._take(row, "error", self._length("error"), "Write metres")
        if error is None and found and found.error_m:
            error = round(found.error_m)
            self._unread("grid", "coarse", row.number)
        present = self._take(row, "status", lambda t: PRESENT.get(plain_heading(t)),
                             "Write yes, withdrawn or unknown")  # fmt: skip
        basis = self._take(row, "basis", lambda t: BASES.get(plain_heading(t)),
                           "Write geolocated, sketch or reported")  # fmt: skip
        default = self.wishes.basis or (self.preset.basis if self.preset else None)
        if side:
            self.sides[side] += 1
        return {
            "side": side, "force": self._cell(row, "force"), "echelon": echelon, "reach_m": reach,
            "location_error_m": error, "present": present, "basis": basis or default,
            "weight": self._take(row, "weight", _read_number, "Write a number"),
        }  # fmt: skip

    def _length(self, role: Role) -> Any:  # noqa: ANN401 - a reader
        scale = self.columns.scales.get(role, 1.0)
        return lambda text: read_length(text, scale)

    def _echelon(self, row: Row) -> str | None:
        text = self._cell(row, "echelon")
        echelon = find_echelon(text) if text else None
        if text and echelon is None:
            self._unread(self.columns.of["echelon"], f"{text[:30]!r} is no echelon", row.number)
        code = self._cell(row, "sidc")
        symbol = read_sidc(code) if code else None
        return echelon or (symbol[1] if symbol else None)

    def _describe_claim(self, row: Row) -> dict[str, Any]:
        made = self.days.get("reported_at") or self.days.get("date")
        links = _split_links(self._cell(row, "url") or self._cell(row, "source") or "")
        return {
            "statement": self._cell(row, "statement") or self._cell(row, "note")
            or self._cell(row, "name"),
            "claimant": self._cell(row, "claimant"),
            "made_at": made.read.get(row.number) if made else None,
            "url": links[0] if links else None,
            "archive_url": self._cell(row, "archive_url"),
        }  # fmt: skip

    # -- whose it is ----------------------------------------------------------------------------

    def _side(self, row: Row) -> str | None:
        text = self._cell(row, "side")
        if text is None:
            code = self._cell(row, "sidc")
            symbol = read_sidc(code) if code else None
            text = symbol[0] if symbol else None
        text = text or self.wishes.all_side
        if not text or plain_heading(text) in NO_SIDE:
            said = f"side {text!r} is none" if text else "no side"
            self._fault(row.number, said, "Fill it in, or say whose such rows are (--rows-side)")
            return None
        side = self.resolve_side(text)
        if side is None:
            known = " or ".join(self.wishes.known_sides) or "friendly or hostile"
            first = next(iter(self.wishes.known_sides), "RU")
            remedy = f"Say which it is: --side-as '{text[:40]}={first}'"
            self._fault(row.number, f"side {text[:40]!r} is not on the map ({known})", remedy)
        elif side != text:
            self.renamed[text] = side
        return side

    def resolve_side(self, text: str) -> str | None:
        """Find which side of the map a word of the table means; None: none of them."""
        plain, known = plain_heading(text), self.wishes.known_sides
        told = {plain_heading(word): side for word, side in self.wishes.wording.sides.items()}
        if plain in told:
            return told[plain]
        for side, label in known.items():
            if plain in (plain_heading(side), plain_heading(label)):
                return side
        word = find_side(text)
        if word in (FRIENDLY, HOSTILE):
            return self._relative(word)
        if word and (not known or word in known):
            return word
        return None if known else text.strip()

    def _relative(self, word: str) -> str | None:
        own, known = self.wishes.side, [s for s in self.wishes.known_sides if s != "neutral"]
        if own is None:
            return word if not known else None
        if word == FRIENDLY:
            return own
        others = [side for side in known if side != own]
        return others[0] if len(others) == 1 else OTHER_OF.get(own, HOSTILE)

    # -- who says so ----------------------------------------------------------------------------

    def _source(self, row: Row) -> list[str]:
        text, url = self._cell(row, "source"), self._cell(row, "url")
        archive = self._cell(row, "archive_url")
        grade = self._take(row, "grade", read_grade, "Write A1 to F6") or (None, None)
        reliability = self._optional(row, "reliability", read_reliability) or grade[0]
        credibility = self._optional(row, "credibility", read_credibility) or grade[1]
        if not (text or url or archive):
            return []
        links = [part for cell in (url, text) if cell for part in _split_links(cell)]
        title = text if text and not _split_links(text) else None
        key = (title, tuple(links), archive, reliability, credibility)
        if key not in self.sources:
            name = f"{self.stem}-source-{len(self.sources) + 1}"
            self.sources[key] = name
            source = {
                "id": name, "title": (title or (links[0] if links else archive) or "")[:300],
                "url": links[0] if links else None, "archive_url": archive,
                "reliability": reliability, "credibility": credibility,
                "origin": title or (links[0] if links else archive),
            }  # fmt: skip
            self.reading.sources.append({k: v for k, v in source.items() if v is not None})
        return [self.sources[key]]

    def _optional(self, row: Row, role: Role, read: Any) -> Any:  # noqa: ANN401
        text = self._cell(row, role)
        value = read(text) if text else None
        if text and value is None:
            self._unread(self.columns.of[role], f"{text[:30]!r} is no {role}", row.number)
        return value

    # -- one unit seen again --------------------------------------------------------------------

    def _follow(self, headings: Sequence[str]) -> None:
        """Let the latest sighting of a unit speak, or say of each which unit it is."""
        plain = {plain_heading(h): h for h in self.sheet.headings}
        cells = {row.number: row.cells for row in self.sheet.rows}
        by_id = dict(
            zip((f["id"] for f in self.reading.features), self.reading.features, strict=True)
        )
        rows_of = {name: row for row, name in self._name_rows().items()}
        seen: dict[tuple[str, ...], list[dict[str, Any]]] = {}
        for name, feature in by_id.items():
            row = cells[rows_of[name]]
            key = tuple(row.get(plain.get(plain_heading(h), h), "") for h in headings)
            is_told = self.wishes.keeps_tracks or "observed_at" in feature["properties"]
            if any(key) and is_told:
                seen.setdefault(key, []).append(feature)
        closed = 0
        for key, sightings in seen.items():
            if self.wishes.keeps_tracks:
                for feature in sightings if self.gives == "positions" else ():
                    feature["properties"]["track"] = " ".join(filter(None, key))
                continue
            days = sorted({f["properties"]["observed_at"] for f in sightings})
            following = dict(pairwise(days))
            for feature in sightings:
                said = feature["properties"]
                later = following.get(said["observed_at"])
                if later and "valid_to" not in said:
                    said["valid_to"] = _just_before(later)
                    closed += 1
        if closed:
            self._note("track", "earlier_sightings", f"{closed} sightings of a unit hold until its "
                       "next one: the latest speaks", "info")  # fmt: skip

    # -- what is told ---------------------------------------------------------------------------

    def _fault(self, row: int, reason: str, remedy: str) -> None:
        name = f"{self.sheet.name}, {self.sheet.word} {row}"
        self.reading.faults.append((row, InputFault("", reason, remedy, name)))

    def _unread(self, heading: str, why: str, row: int) -> None:
        self.unread.setdefault((heading, why), []).append(row)

    def _note(self, _: str, code: str, said: str, severity: Severity = "caution") -> None:
        notice = Notice(code, severity, f"{self.sheet.name}: {said}.")
        self.reading.notices.append(notice)

    def _tell(self) -> None:
        reading, sheet, word = self.reading, self.sheet, self.sheet.word
        reading.notices[:0] = sheet.notices
        if self.preset and self.preset.note:
            self._note("preset", "table_preset", self.preset.note.rstrip("."), "info")
        if self.columns.unused:
            listed = ", ".join(self.columns.unused[:40])
            self._note("unused", "table_columns_not_used", f"columns not used: {listed}", "info")
        if reading.passed:
            self._note("twice", "table_rows_repeat", f"{word}s {list_lines(reading.passed)} repeat "
                       "another word for word and were counted once", "info")  # fmt: skip
        self._tell_places()
        self._tell_unread()
        self._tell_sides()
        for days in self.days.values():
            for said in days.told:
                self._note("days", "table_dates", said, "info")
        self._tell_basis()
        self.reading.told = list(self._summarise())

    def _tell_places(self) -> None:
        word = self.sheet.word
        places = self.located.places
        pairs = [row for row, found in places.items() if not found.is_sure]
        if pairs:
            order = "longitude, latitude" if self.located.lon_first else "latitude, longitude"
            self._note(
                "pairs",
                "table_pairs",
                f"{number_of(len(pairs), 'place', 'was')} read as {order}",
                "info",
            )
        if self.located.far and self.gives == "positions":
            rows = list_lines(self.located.far)
            self._note("far", "table_rows_far_off", f"{word}s {rows} lie far from all others: see "
                       "that their coordinates are right", "doubt")  # fmt: skip

    def _tell_unread(self) -> None:
        word = self.sheet.word
        coarse = self.unread.pop(("grid", "coarse"), [])
        if coarse:
            self._note("grid", "table_grid_coarse", f"{word}s {list_lines(coarse)} name a square "
                       "of the grid of 100 m or more: its middle was taken, half its diagonal is "
                       "the error of the place", "info")  # fmt: skip
        placeless = [(why, rows) for (h, why), rows in self.unread.items() if h == "place"]
        for why, rows in placeless:
            self._note("place", "claim_without_place", f"{word}s {list_lines(rows)} came in "
                       f"without a place: {why}")  # fmt: skip
        by_column: dict[str, list[tuple[str, list[int]]]] = {}
        for (heading, why), rows in self.unread.items():
            if heading != "place":
                by_column.setdefault(heading, []).append((why, rows))
        for heading, listed in by_column.items():
            rows = sorted(row for _, some in listed for row in some)
            why = "; ".join(reason for reason, _ in listed[:3])
            self._note("cells", "table_cells_not_used", f"{number_of(len(rows), 'cell')} of the "
                       f"column {heading!r} were not used ({word}s {list_lines(rows)}): "
                       f"{why}")  # fmt: skip

    def _tell_sides(self) -> None:
        if self.renamed:
            said = ", ".join(
                f"{word!r} as {side}" for word, side in sorted(self.renamed.items())[:20]
            )
            self._note("sides", "table_sides", f"sides read: {said}", "info")
        strange = [] if self.wishes.known_sides else [s for s in self.sides if not self._is_side(s)]
        if strange and len(strange) < len(self.sides):
            said = ", ".join(f"{side!r}" for side in strange[:20])
            self._note("sides", "table_sides_strange", f"{said}: taken for a further side each; "
                       f"where one belongs to a side, say so (--side-as '{strange[0]}=RU')",
                       "doubt")  # fmt: skip

    def _is_side(self, side: str) -> bool:
        """Tell whether a side is one that the words for sides know, or that was said."""
        return find_side(side) is not None or side in self.wishes.wording.sides.values()

    def _tell_basis(self) -> None:
        given = any("basis" in f["properties"] for f in self.reading.features)
        if self.gives == "positions" and self.reading.features and not given:
            self._note("basis", "table_basis", "no column says what the positions rest on, so they "
                       "count as geolocated; where no picture places them, say so (--basis "
                       "reported)")  # fmt: skip

    def _summarise(self) -> Iterator[str]:
        """Say what was read, as the table on the terminal."""
        reading, of, word = self.reading, self.columns.of, self.sheet.word
        what = "positions" if self.gives == "positions" else "claims"
        whose = f" ({self.preset.title})" if self.preset else ""
        bad = len(reading.bad_rows)
        blank = f", {self.sheet.blank} blank" if self.sheet.blank else ""
        good = len(reading.features)
        yield f"{reading.rows} {word}s{whose}: {good} {what}, {bad} not read{blank}"
        if reading.passed:
            yield f"{len(reading.passed)} repeat another ({word} {list_lines(reading.passed)})"
        yield f"places: {_say_places(self.located, of, self.sheet.headings)}"
        if self.columns.guessed:
            yield f"column {self.columns.guessed!r} was taken for places by what is in it"
        if self.sides:
            yield "sides: " + ", ".join(f"{side} {n}" for side, n in self.sides.most_common(8))
        if self.located.swapped and self.gives == "positions":
            n, rows = len(self.located.swapped), list_lines(self.located.swapped)
            yield f"{n} look{'s' if n == 1 else ''} swapped ({word} {rows})"
        sideless = [
            row for row, fault in reading.faults if fault.message.endswith(("no side", "is none"))
        ]
        if sideless:
            yield f"{len(sideless)} without a side ({word} {list_lines(sideless)})"


_ROLES_OF: dict[str, tuple[Role, ...]] = {
    "MGRS": ("mgrs", "place"), "UTM": ("zone", "easting", "northing"), "lat/lon": ("lat", "lon"),
    **dict.fromkeys(("lat, lon", "lon, lat", "WKT", "link", "GeoJSON"), ("place",)),
}  # fmt: skip
"""Columns that may hold a place, by how it is written."""


def _say_places(located: Located, of: Mapping[Role, str], headings: tuple[str, ...]) -> str:
    ways = located.count_ways()
    said = []
    for way, count in ways.most_common():
        roles = _ROLES_OF.get(way, ("lat", "lon", "place"))
        named = [of[role] for role in roles if role in of][: 1 if roles[0] == "mgrs" else 3]
        where = " and ".join(f"{h!r} ({headings.index(h) + 1})" for h in named)
        said.append(f"{way} for {count}" + (f" in {where}" if where else ""))
    return "; ".join(said) or "none"


def _how_date(days: Days) -> str:
    del days
    return "Write 2025-03-14, or 14 March 2025"


def _just_before(day: str) -> str:
    """Give the last instant before a day or an instant, as text the contract reads."""
    moment = datetime.fromisoformat(day)
    moment = moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment
    return write_instant(moment - timedelta(seconds=1))


def _split_links(text: str) -> list[str]:
    """List the links in a cell."""
    parts = text.replace(";", " ").replace("\n", " ").split()
    return [part.strip(",") for part in parts if part.lower().startswith(("http://", "https://"))]


def _read_number(text: str) -> float | None:
    try:
        number = float(text.replace(",", ".").replace(" ", ""))
    except ValueError:
        return None
    return number if 0 <= number < 1e9 else None  # noqa: PLR2004 - NaN and infinity are none


def refuse_rows(readings: Iterable[Reading]) -> SituationError:
    """Say everything that is wrong with all rows of all tables, at once."""
    return SituationError([fault for reading in readings for _, fault in reading.faults])
