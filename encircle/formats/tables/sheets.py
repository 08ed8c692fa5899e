"""
Which rows and columns are in a file: CSV, a workbook, JSON records, points of GeoJSON or KML.

Long for one reason: every kind of sheet comes to one table of cells here.
"""

from __future__ import annotations

import csv
import io
import json
import math
import zipfile
from dataclasses import dataclass, field
from datetime import date, datetime, time
from typing import TYPE_CHECKING, Any

import orjson

from encircle.errors import InputFault, SituationError, refusal, say_install
from encircle.map.counting import number_of
from encircle.map.door.reader import LIMITS
from encircle.map.notices import Notice
from encircle.map.recognise import decode
from encircle.map.recognise.headings import is_place_heading, plain_heading
from encircle.map.recognise.writing import find_delimiter, find_headings

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

MOST_ROWS = 100_000
"""Rows read from one table; the largest archive of a war's events has fewer in a year."""
MOST_COLUMNS = 500
MOST_UNZIPPED = 512 * 1024 * 1024
"""Bytes of a workbook once unpacked."""
HEAD_ROWS = 10
"""Rows above the headings (a title, a note) that are passed over."""
MOST_FAULTS = 1_000


@dataclass(frozen=True, slots=True)
class Row:
    """One row as it was written."""

    number: int
    """As whoever opens the file sees it: the line, the row of the sheet, the number of the item."""
    cells: Mapping[str, str]
    """Text by heading; empty cells are absent."""
    geometry: Any = None
    """Where the file draws the row itself: GeoJSON, unread."""
    fault: str | None = None
    """What keeps the whole row from being read."""


@dataclass(frozen=True, slots=True)
class Sheet:
    """A table as it was written."""

    name: str
    word: str
    """What to call one of its rows: *row*, *item*, *placemark*."""
    headings: tuple[str, ...]
    rows: tuple[Row, ...]
    notices: tuple[Notice, ...] = ()
    is_drawn: bool = False
    """Rows bring their own geometry."""
    blank: int = 0
    """Rows without a word in them."""
    about: Mapping[str, Any] = field(default_factory=dict)


def read_csv(raw: bytes, name: str) -> Sheet:
    r"""
    Read a table of text: any delimiter, any spelling Excel leaves it in.

    Raises
    ------
    SituationError
        If it is no table.

    Examples
    --------
    >>> sheet = read_csv("назва;широта\r\nСуджа;51,19\r\n".encode("cp1251"), "a.csv")
    >>> sheet.rows[0].cells
    {'назва': 'Суджа', 'широта': '51,19'}
    """
    _check_size(raw, name)
    text, spelling = decode(raw)
    if text is None:
        raise refusal(f"{name} is no text", "Save it as CSV (UTF-8)")
    text = text.lstrip("\ufeff")
    told = _split_hint(text)
    delimiter = told or find_delimiter(text)
    if delimiter is None:
        delimiter = "," if is_place_heading(text.split("\n", 1)[0].strip('" \r')) else None
    if delimiter is None:
        raise refusal(f"{name} has no columns", "Part the cells with commas, semicolons or tabs")
    body = text.split("\n", 1)[1] if told else text
    lines = _parse_lines(body, delimiter, name, 1 if told else 0)
    notices = [] if spelling.startswith("utf") else [_tell_spelling(name, spelling)]
    return _to_sheet(name, "row", lines, notices)


def _split_hint(text: str) -> str | None:
    """Read Excel's own hint for the delimiter, `sep=;`."""
    first = text.split("\n", 1)[0].strip('"\r ').lower()
    return first[4:5] if first.startswith("sep=") and len(first) == 5 else None  # noqa: PLR2004


def _tell_spelling(name: str, spelling: str) -> Notice:
    said = f"{name} is not UTF-8: read as Windows-{spelling.removeprefix('cp')}. See that its "
    return Notice("table_spelling", "info", said + "letters came out right.")


def _parse_lines(text: str, delimiter: str, name: str, skipped: int) -> list[tuple[int, list[Any]]]:
    lines = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    begun, rows = 1 + skipped, list[tuple[int, list[Any]]]()
    try:
        for cells in lines:
            rows.append((begun, cells))
            begun = lines.line_num + 1 + skipped
            if len(rows) > MOST_ROWS + HEAD_ROWS:
                raise refusal(f"{name} has more than {MOST_ROWS} rows", "Split the file")
    except csv.Error as error:
        said = f"{name}, line {begun}: no CSV ({error})"
        raise refusal(
            said, "Mend the quotes there: a quote inside a cell is written twice"
        ) from None
    return rows


def _check_size(raw: bytes, name: str) -> None:
    if len(raw) > LIMITS.bytes:
        raise refusal(f"{name} has {len(raw)} bytes", "Split the file")


# -- rows to a sheet ----------------------------------------------------------------------------


def _to_sheet(
    name: str, word: str, lines: Sequence[tuple[int, list[Any]]], notices: Iterable[Notice] = ()
) -> Sheet:
    """Find the headings, and name the cells of every row."""
    at = _find_headings(lines)
    if at is None:
        raise refusal(f"{name} is empty", "Give a line of headings, and a row for each position")
    headings, faults = _name_columns([_to_text(cell) for cell in lines[at][1]], name)
    rows = [_name_cells(number, headings, cells) for number, cells in lines[at + 1 :]]
    kept = tuple(row for row in rows if row.cells or row.fault)
    above = [n for n, cells in lines[:at] if any(map(_to_text, cells))]
    told = list(notices)
    if above:
        where = f"above the headings (line {lines[at][0]})"
        said = f"{name}: {number_of(len(above), 'line')} {where} not used."
        told.append(Notice("table_lines_not_used", "info", said))
    if faults:
        raise SituationError(faults)
    named = tuple(heading for heading in headings if heading)
    return Sheet(name, word, named, kept, tuple(told), blank=len(rows) - len(kept))


def _find_headings(lines: Sequence[tuple[int, list[Any]]]) -> int | None:
    """Find the line of headings; None: nothing is written."""
    top = [[_to_text(cell) for cell in cells] for _, cells in lines[: HEAD_ROWS + 1]]
    at = find_headings(top)
    return at if at < len(top) and any(top[at]) else None


def _name_columns(cells: list[str], name: str) -> tuple[list[str], list[InputFault]]:
    if len(cells) > MOST_COLUMNS:
        raise refusal(
            f"{name} has {number_of(len(cells), 'column')}", "Keep the columns that are needed"
        )
    headings = [" ".join(cell.split())[:200] for cell in cells]
    filled = [heading for heading in headings if heading]
    twice = sorted({h for h in filled if filled.count(h) > 1})
    return headings, [
        InputFault("", f"{name}: two columns are called {h!r}", "Rename one of them", name)
        for h in twice
    ]


def _name_cells(number: int, headings: list[str], cells: list[Any]) -> Row:
    texts = [_to_text(cell) for cell in cells]
    named = {h: t for h, t in zip(headings, texts, strict=False) if t and h}
    beyond = [t for t in texts[len(headings) :] if t]
    nameless = [t for h, t in zip(headings, texts, strict=False) if t and not h]
    if beyond:
        said = f"{len(texts)} cells where the headings are {len(headings)}"
        return Row(number, named, fault=f"{said}: quote the cells that hold a delimiter")
    if nameless and not named:
        return Row(number, named, fault="its only cells stand in columns without a heading")
    return Row(number, named)


def _to_text(cell: object) -> str:
    """
    Give a cell as text, as a spreadsheet shows it.

    Examples
    --------
    >>> _to_text(35.27), _to_text(3.0), _to_text(datetime(2025, 3, 14)), _to_text(None)
    ('35.27', '3', '2025-03-14', '')
    """
    if cell is None:
        return ""
    if isinstance(cell, bool):
        return "yes" if cell else "no"
    if isinstance(cell, float):
        return "" if math.isnan(cell) else str(int(cell)) if cell.is_integer() else repr(cell)
    if isinstance(cell, datetime):
        at = cell.time()
        return cell.date().isoformat() if at == time(0) else cell.isoformat(sep=" ")
    if isinstance(cell, (date, time)):
        return cell.isoformat()
    if isinstance(cell, (list, dict)):
        return _join(cell)
    return _clean(str(cell))


def _clean(text: str) -> str:
    """Strip a cell, and drop what is no Unicode text at all."""
    return text.encode("utf-8", "replace").decode().replace("\x00", "").strip()


def _join(cell: object) -> str:
    if isinstance(cell, list) and all(isinstance(part, (str, int, float)) for part in cell):
        return _clean(" ; ".join(str(part) for part in cell))
    return _clean(json.dumps(cell, ensure_ascii=False))


# -- workbooks ----------------------------------------------------------------------------------


def read_workbook(raw: bytes, name: str, sheet: str | None = None) -> Sheet:
    """
    Read the sheet of a workbook that holds places; formulas by their last value.

    Raises
    ------
    SituationError
        If openpyxl is missing, the workbook cannot be opened, or several sheets hold places.
    """
    lines, told = _open_workbook(raw, name, sheet)
    return _to_sheet(name, "row", lines, told)


def write_sheet(raw: bytes, name: str) -> tuple[str, tuple[Notice, ...]]:
    """
    Write the sheet of a workbook that holds places as CSV, each row on the line of its number.

    Returns
    -------
    text, notices
        What `read_csv` reads as `read_workbook` reads the workbook; and what was not used of it.

    Raises
    ------
    SituationError
        As `read_workbook` does.
    """
    lines, told = _open_workbook(raw, name)
    written = io.StringIO()
    writer = csv.writer(written, quoting=csv.QUOTE_ALL, lineterminator="\n")
    # A cell of several lines would put every row below it on the line of another.
    writer.writerows([" ".join(_to_text(cell).split()) for cell in cells] for _, cells in lines)
    return written.getvalue(), tuple(told)


def _open_workbook(
    raw: bytes, name: str, sheet: str | None = None
) -> tuple[list[tuple[int, list[Any]]], list[Notice]]:
    _check_size(raw, name)
    try:
        import openpyxl  # noqa: PLC0415 - an extra
    except ModuleNotFoundError:
        raise refusal(
            f"{name} needs the package openpyxl, which is not installed",
            f"Install it with {say_install('tables', 'openpyxl')}, or save the sheet as CSV",
        ) from None
    _check_unzipped(raw, name)
    try:
        book = openpyxl.load_workbook(io.BytesIO(raw), read_only=True, data_only=True)
        sheets = {title: _list_cells(book[title], name) for title in book.sheetnames
                  if hasattr(book[title], "iter_rows")}  # fmt: skip
    except SituationError:
        raise
    except Exception as error:  # noqa: BLE001 - openpyxl raises whatever a broken file leads to
        raise refusal(
            f"{name} cannot be opened ({error!s:.80})", "Save it again as .xlsx"
        ) from None
    title, others = _choose_sheet(sheets, name, sheet)
    told = [Notice("table_sheets_not_used", "info", f"{name}: read from the sheet {title!r}; not "
                   f"used: {', '.join(map(repr, others))}.")] if others else []  # fmt: skip
    return sheets[title], told


def _check_unzipped(raw: bytes, name: str) -> None:
    try:
        with zipfile.ZipFile(io.BytesIO(raw)) as archive:
            size = sum(member.file_size for member in archive.infolist())
    except (zipfile.BadZipFile, OSError, ValueError, RuntimeError) as error:
        raise refusal(f"{name} cannot be opened ({error!s:.80})", "Save it again") from None
    if size > MOST_UNZIPPED:
        raise refusal(f"{name} unpacks to {size} bytes", "Save the sheet as CSV")


def _list_cells(sheet: Any, name: str) -> list[tuple[int, list[Any]]]:  # noqa: ANN401 - openpyxl's
    lines: list[tuple[int, list[Any]]] = []
    sheet.reset_dimensions()  # what programs state of a sheet's size is often wrong
    for number, cells in enumerate(sheet.iter_rows(values_only=True), 1):
        shown = list(cells[: MOST_COLUMNS + 1])
        while shown and shown[-1] in (None, ""):
            shown.pop()
        lines.append((number, shown))
        if len(lines) > MOST_ROWS + HEAD_ROWS:
            raise refusal(f"{name} has more than {MOST_ROWS} rows", "Split the file")
    return lines


def _choose_sheet(
    sheets: Mapping[str, Sequence[tuple[int, list[Any]]]], name: str, asked: str | None
) -> tuple[str, list[str]]:
    if asked is not None:
        if asked not in sheets:
            raise refusal(f"{name} has no sheet {asked!r}", f"It has {', '.join(sheets)}")
        return asked, []
    filled = [t for t, lines in sheets.items() if any(cells for _, cells in lines)]
    placed = [t for t in filled if _has_places(sheets[t])]
    if len(placed) > 1:
        said = f"{name}: {len(placed)} sheets hold places: {', '.join(map(repr, placed))}"
        raise refusal(said, "Say which (--sheet NAME), or save each as CSV")
    chosen = (placed or filled)[:1]
    if not chosen:
        raise refusal(f"{name} is empty", "Give a line of headings, and a row for each position")
    return chosen[0], [t for t in filled if t != chosen[0]]


def _has_places(lines: Sequence[tuple[int, list[Any]]]) -> bool:
    at = _find_headings(lines)
    return at is not None and any(is_place_heading(_to_text(cell)) for cell in lines[at][1])


# -- JSON and GeoJSON -----------------------------------------------------------------------------


def read_records(raw: bytes, name: str) -> Sheet:
    """
    Read a list of JSON objects, wherever it stands in the document.

    Raises
    ------
    SituationError
        If there is none.
    """
    _check_size(raw, name)
    value = _parse_json(raw, name)
    listed = value if isinstance(value, list) else _find_list(value)
    if listed is None:
        raise refusal(f"{name} holds no list of objects", "Give a list of rows")
    if len(listed) > MOST_ROWS:
        raise refusal(f"{name} has more than {MOST_ROWS} items", "Split the file")
    rows = [_record(number, item) for number, item in enumerate(listed, 1)]
    return _gather(name, "item", rows)


def _parse_json(raw: bytes, name: str) -> Any:  # noqa: ANN401 - JSON
    text, _ = decode(raw)
    try:
        return orjson.loads((text or "").lstrip("\ufeff").encode("utf-8", "replace"))
    except orjson.JSONDecodeError as error:
        said = f"{name} is not JSON: line {error.lineno}, column {error.colno}: {error.msg}"
        raise refusal(said, "Mend it there, or download it again") from None


def _find_list(value: object) -> list[Any] | None:
    if not isinstance(value, dict):
        return None
    lists = [v for v in value.values() if isinstance(v, list) and v and isinstance(v[0], dict)]
    return max(lists, key=len, default=None)


def _record(number: int, item: object) -> Row:
    if not isinstance(item, dict):
        return Row(number, {}, fault="it is no object")
    return Row(number, _texts(item))


def _texts(members: Mapping[Any, Any]) -> dict[str, str]:
    """Give members as cells; those of an object within it as `outer.inner`."""
    cells: dict[str, str] = {}
    for key, value in list(members.items())[:MOST_COLUMNS]:
        if isinstance(value, dict) and not {"type", "coordinates"} <= value.keys():
            inner = {f"{key}.{k}": v for k, v in list(value.items())[:50]}
            cells.update({k: text for k, v in inner.items() if (text := _to_text(v))})
        elif text := _to_text(value):
            cells[_clean(str(key)[:200])] = text
    return cells


def _gather(name: str, word: str, rows: Sequence[Row], **more: Any) -> Sheet:  # noqa: ANN401
    headings = dict.fromkeys(h for row in rows for h in row.cells)
    kept = tuple(r for r in rows if r.cells or r.fault or r.geometry is not None)
    return Sheet(name, word, tuple(headings), kept, blank=len(rows) - len(kept), **more)


def read_features(raw: bytes, name: str) -> Sheet:
    """
    Read the features of a GeoJSON file as rows that bring their own geometry.

    Raises
    ------
    SituationError
        If it is no GeoJSON, or not in WGS 84.
    """
    from encircle.map.door.crs import check_crs  # noqa: PLC0415

    _check_size(raw, name)
    features, about = _list_features(raw, name)
    foreign = check_crs(about.get("crs"))
    if foreign:
        raise refusal(f"{name} is not WGS 84: {foreign}", "Reproject it to EPSG:4326")
    if about.get("exceededTransferLimit"):
        raise refusal(f"{name} was cut short by its server", "Ask for the pages that follow")
    if len(features) > MOST_ROWS:
        raise refusal(f"{name} has more than {MOST_ROWS} features", "Split the file")
    rows = [_feature(number, item) for number, item in enumerate(features, 1)]
    return _gather(name, "feature", rows, is_drawn=True)


def _list_features(raw: bytes, name: str) -> tuple[list[Any], dict[str, Any]]:
    """List the features of a collection, a bare list, or one document a line."""
    text = (decode(raw)[0] or "").lstrip("\ufeff \r\n\t")
    lines = [line.strip("\x1e \r\t") for line in text.split("\n")]
    filled = [line for line in lines if line]
    if text.startswith("\x1e") or (len(filled) > 1 and _is_feature(filled[0])):
        return [_parse_json(line.encode(), f"{name}, line {at}")
                for at, line in enumerate(lines, 1) if line], {}  # fmt: skip
    value = _parse_json(text.encode(), name)
    if isinstance(value, list):
        return value, {}
    if isinstance(value, dict) and isinstance(value.get("features"), list):
        return value["features"], value
    if isinstance(value, dict) and value.get("type") == "Feature":
        return [value], value
    if isinstance(value, dict) and "coordinates" in value:
        return [{"type": "Feature", "properties": None, "geometry": value}], value
    raise refusal(f"{name} has no list of features", "Give a GeoJSON FeatureCollection")


def _is_feature(line: str) -> bool:
    try:
        value = orjson.loads(line.encode("utf-8", "replace"))
    except orjson.JSONDecodeError:
        return False
    return isinstance(value, dict) and value.get("type") == "Feature"


def _feature(number: int, item: object) -> Row:
    if not isinstance(item, dict):
        return Row(number, {}, fault="it is no feature")
    about = item.get("properties")
    cells = _texts(about) if isinstance(about, dict) else {}
    own = item.get("id")
    if own is not None and not any(plain_heading(h) == "id" for h in cells):
        cells["id"] = _to_text(own)
    geometry = item.get("geometry")
    return Row(number, cells, geometry=geometry if geometry is not None else {})


def list_lines(rows: Iterable[int], most: int = 12) -> str:
    """
    Name rows, the first few of them.

    Examples
    --------
    >>> list_lines([3, 5, 9], 2)
    '3, 5 and 1 more'
    """
    listed = list(rows)
    shown = ", ".join(map(str, listed[:most]))
    return shown + (f" and {len(listed) - most} more" if len(listed) > most else "")


def iterate_cells(sheet: Sheet, heading: str) -> Iterator[tuple[int, str]]:
    """Give the filled cells of a column, each with its row."""
    for row in sheet.rows:
        if heading in row.cells:
            yield row.number, row.cells[heading]
