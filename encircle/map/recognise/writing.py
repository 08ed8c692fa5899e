"""Is it XML, a table or a text, and which."""

from __future__ import annotations

import codecs
import csv
import io
import re
from collections import Counter
from typing import TYPE_CHECKING

from encircle.map.counting import number_of
from encircle.map.recognise.guest import FileKind, Guest, guest
from encircle.map.recognise.headings import CLAIM_NAMES, is_place_heading, plain_heading

if TYPE_CHECKING:
    from collections.abc import Sequence

DELIMITERS = ",;\t|"
SAMPLE = 64 * 1024
"""Letters looked at."""
ROWS_LOOKED_AT = 30
LONGEST_HEADING = 80
"""Letters of a heading; what is longer is a sentence."""
LEAST_SHARE = 0.8
"""Of the lines of a table that have as many cells as its first."""
WKT = re.compile(
    r"(?i)(?:SRID=\d{1,6};)?\s{0,3}(?:MULTI)?(?:POLYGON|LINESTRING|POINT)\s{0,3}Z?M?\s{0,3}\("
)
HINT = re.compile(r"(?i)\"?sep=.\"?\r?\n")
"""Excel's own line above a table, which names the delimiter."""
MARKS_OF_BINARY = re.compile(rb"[\x00-\x08\x0e-\x1a\x1c\x1d\x1f]")
ROOTS: dict[str, tuple[FileKind, str]] = {
    "kml": ("kml", "a KML"),
    "osm": ("osm_xml", "an OpenStreetMap extract (XML)"),
    "osmchange": ("osm_xml", "an OpenStreetMap change file"),
    "gpx": ("gpx", "a GPX track"),
    "html": ("html", "a web page (HTML)"),
    "svg": ("image", "a picture (SVG)"),
    "featurecollection": ("unknown", "GML"),
    "rss": ("html", "a news feed (RSS)"),
    "feed": ("html", "a news feed (Atom)"),
    "qgis": ("unknown", "a QGIS project"),
}
"""Kind by the name of the outermost element of an XML document."""


def decode(raw: bytes) -> tuple[str | None, str]:
    """
    Read bytes as text, and tell in which spelling; None: they are no text.

    Examples
    --------
    >>> decode("Суджа".encode("cp1251"))
    ('Суджа', 'cp1251')
    >>> decode("lat;lon".encode("utf-16"))
    ('lat;lon', 'utf-16')
    """
    for mark, spelling in (
        (codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF32_LE, "utf-32"),
        (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"),
    ):  # fmt: skip
        if raw.startswith(mark):
            return _try(raw, spelling), spelling
    blind = _guess_utf16(raw[:1024])
    if blind:
        return _try(raw, blind), blind
    if raw.strip(b"\0") and MARKS_OF_BINARY.search(raw[:SAMPLE]):
        return None, ""
    try:
        return raw.decode("utf-8"), "utf-8"
    except UnicodeDecodeError:
        pass
    spelling = _guess_code_page(raw[:SAMPLE])
    return _try(raw, spelling), spelling


def _try(raw: bytes, spelling: str) -> str | None:
    try:
        return raw.decode(spelling)
    except UnicodeDecodeError:  # cut short in the middle of a letter, or broken in one place
        return raw.decode(spelling, "replace")


def _guess_utf16(head: bytes) -> str:
    """Tell UTF-16 without a mark: every other byte of Latin text is 0."""
    pairs = len(head) // 2
    if pairs < 2:  # noqa: PLR2004 - too short to tell
        return ""
    even, odd = head[: 2 * pairs : 2].count(0), head[1 : 2 * pairs : 2].count(0)
    if odd > pairs / 2 and even == 0:
        return "utf-16-le"
    return "utf-16-be" if even > pairs / 2 and odd == 0 else ""


def _guess_code_page(sample: bytes) -> str:
    """
    Tell the code page of text that is not UTF-8: Cyrillic, or Western.

    In Windows-1251 the letters of Cyrillic words are the bytes from 0xC0 up, many in a row; in
    Windows-1252 they are single accented letters among ASCII.
    """
    runs = [len(run) for run in re.findall(rb"[\xa8\xaa\xaf\xb2\xb3\xb4\xb8\xba\xbf\xc0-\xff]+",
                                           sample)]  # fmt: skip
    return "cp1251" if runs and sum(runs) / len(runs) > 2 else "cp1252"  # noqa: PLR2004


def recognise_writing(text: str, name: str) -> Guest:
    """Tell XML, tables and texts from each other."""
    head = text[:SAMPLE].lstrip("\ufeff \t\r\n")
    if head.startswith("<"):
        return _by_root(text, head, name)
    if WKT.match(head):
        remedy = "Save it as GeoJSON, or as a table with a column called wkt"
        return guest("text", "bare WKT", name, remedy)
    return _by_cells(text, name) or guest("text", f"a text of {len(text.split())} words", name)


def _by_root(text: str, head: str, name: str) -> Guest:
    root = _find_root(head)
    if root in ("!doctype", "html", "head", "body", "div", "script", "table", "meta"):
        return guest("html", "a web page (HTML)", name)
    kind, label = ROOTS.get(root, ("unknown", f"XML of another kind (<{root}>)"))
    if kind != "kml":
        return guest(kind, label, name, _GML if label == "GML" else None)
    return guest("kml", f"a KML of {_count_shapes(text)}", name)


_GML = "Ask the server for GeoJSON (outputFormat=application/json), or export GeoJSON from QGIS"


def _find_root(head: str) -> str:
    """Find the outermost element's name, past prolog, comments and doctype."""
    at = 0
    for _ in range(50):
        at = head.find("<", at)
        if at < 0:
            return ""
        for opening, closing in (("<?", "?>"), ("<!--", "-->")):
            if head.startswith(opening, at):
                at = head.find(closing, at)
                break
        else:
            if head[at : at + 9].lower() == "<!doctype":
                said = head[at + 9 : at + 60].split()
                word = said[0].strip(">").lower() if said else ""
                if word == "html":
                    return "!doctype"
                at += 9
                continue
            found = re.match(r"<(?:[\w.-]{1,60}:)?([\w.-]{1,60})", head[at : at + 130])
            return found[1].lower() if found else ""
        if at < 0:
            return ""
    return ""


def _count_shapes(text: str) -> str:
    """Count what a KML draws, by its tags."""
    counts = {
        word: len(re.findall(rf"<(?:[\w.-]{{1,20}}:)?{tag}[\s>]", text))
        for tag, word in (("Polygon", "zones"), ("LineString", "lines"), ("Point", "points"))
    }
    said = [f"{n} {word if n != 1 else word[:-1]}" for word, n in counts.items() if n]
    if not said:
        return "a link to a map only" if "NetworkLink" in text else "no shapes"
    return ", ".join(said)


# -- tables ---------------------------------------------------------------------------------


def find_delimiter(text: str) -> str | None:
    r"""
    Find what parts the cells of a table; None: it is no table.

    A delimiter is right where most lines have as many cells as the first, and the more cells the
    better; so a decimal comma does not pass for one beside semicolons.

    Examples
    --------
    >>> find_delimiter("lat;lon\n51,1;35,2\n51,3;35,4\n")
    ';'
    >>> find_delimiter("They said, after all, it was so.\nNobody knew.") is None
    True
    """
    best: tuple[float, int, str] | None = None
    for delimiter in DELIMITERS:
        rows = _from_headings(_read_few(text, delimiter))
        width = len(rows[0]) if rows else 0
        if width < 2 or not _is_heading_row(rows[0]):  # noqa: PLR2004 - one column is no table
            continue
        fitting = sum(len(row) == width for row in rows) / len(rows)
        known = sum(is_place_heading(cell) for cell in rows[0])
        if fitting >= LEAST_SHARE or known:
            rank = (known + (fitting >= LEAST_SHARE), width, delimiter)
            best = max(best, rank) if best else rank
    return best[2] if best else None


def _from_headings(rows: list[list[str]]) -> list[list[str]]:
    """Leave out what stands above the headings: a title, a note."""
    return rows[find_headings(rows[:10]) :]


def find_headings(rows: Sequence[Sequence[str]]) -> int:
    """
    Find the row of headings: the first, or one that names a place below rows half as full.

    Examples
    --------
    >>> find_headings([["Positions of the week", "", ""], ["lat", "lon", "side"], ["1", "2", "x"]])
    1
    """
    filled = [sum(bool(cell.strip()) for cell in row) for row in rows]
    for at, row in enumerate(rows):
        if any(map(is_place_heading, row)) and 2 * max(filled[:at], default=0) <= filled[at]:
            return at
    return next((at for at, count in enumerate(filled) if count), 0)


def _read_few(text: str, delimiter: str) -> list[list[str]]:
    sample = text[:SAMPLE].lstrip("\ufeff")
    if HINT.match(sample):
        sample = sample.partition("\n")[2]
    if len(text) > SAMPLE:
        sample = sample.rpartition("\n")[0]
    lines = csv.reader(io.StringIO(sample, newline=""), delimiter=delimiter)
    rows: list[list[str]] = []
    try:
        for row in lines:
            if any(cell.strip() for cell in row):
                rows.append(row)
            if len(rows) >= ROWS_LOOKED_AT:
                break
    except csv.Error:
        return rows[:1] if len(rows) < 2 else rows  # noqa: PLR2004
    return rows


def _is_heading_row(cells: list[str]) -> bool:
    """Tell names of columns (or cells of a row) from a sentence with commas in it."""
    filled = [cell.strip() for cell in cells if cell.strip()]
    longest = max(map(len, filled), default=0)
    twice = max(Counter(filled).values(), default=0)
    return len(filled) >= len(cells) / 2 and longest <= LONGEST_HEADING and twice <= len(filled)


def _by_cells(text: str, name: str) -> Guest | None:
    delimiter = find_delimiter(text)
    if delimiter is None:
        return None
    rows = _from_headings(_read_few(text, delimiter))
    headings = {plain_heading(cell) for cell in rows[0]}
    is_place = any(map(is_place_heading, rows[0]))
    if len(rows) == 1 and not is_place and not headings & CLAIM_NAMES:
        return None  # one line of prose with commas in it
    if _reads_like_prose(rows) and not is_place and not headings & CLAIM_NAMES:
        return None
    if headings & CLAIM_NAMES and not is_place:
        return guest("claims", "a table of claims", name)
    word = {"\t": "TSV", ",": "CSV"}.get(delimiter, "CSV")
    return guest("table", f"a table ({word}, {number_of(len(rows[0]), 'column')})", name)


def _reads_like_prose(rows: list[list[str]]) -> bool:
    """Tell sentences that happen to have as many commas each: they end in a full stop."""
    ends = sum(row[-1].rstrip().endswith((".", "!", "?", "…", ".”", '."')) for row in rows)
    return ends > len(rows) / 2
