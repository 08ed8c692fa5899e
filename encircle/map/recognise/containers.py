"""Is it a picture, a database or an archive, and what is in the archive."""

from __future__ import annotations

import bz2
import io
import lzma
import zipfile
import zlib
from pathlib import PurePath
from typing import TYPE_CHECKING

from encircle.map.counting import number_of
from encircle.map.recognise.guest import FileKind, Guest, guest

if TYPE_CHECKING:
    from collections.abc import Callable

    Look = Callable[[bytes, str], Guest]

SAMPLE = 32 * 1024 * 1024
"""Bytes unpacked to see what an archive holds; the largest snapshot of a country is 9 MB."""
MOST_NESTED = 2
"""Archives within archives that are looked into."""
MOST_NAMES = 10_000
"""Names of a ZIP that are read."""

MAGIC: tuple[tuple[bytes, FileKind, str], ...] = (
    (b"%PDF-", "pdf", "a PDF"),
    (b"\x89PNG\r\n\x1a\n", "image", "a picture (PNG)"),
    (b"\xff\xd8\xff", "image", "a picture (JPEG)"),
    (b"GIF8", "image", "a picture (GIF)"),
    (b"BM", "image", "a picture (BMP)"),
    (b"II*\x00", "image", "a picture (TIFF, perhaps GeoTIFF)"),
    (b"MM\x00*", "image", "a picture (TIFF, perhaps GeoTIFF)"),
    (b"\x00\x00\x00\x0cJXL ", "image", "a picture (JPEG XL)"),
    (b"fgb\x03fgb", "flatgeobuf", "a FlatGeobuf file"),
    (b"\x00\x00\x27\x0a", "shapefile", "a shapefile"),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "office", "an old Office file (.xls or .doc)"),
    (b"{\\rtf", "office", "a Word text (RTF)"),
    (b"7z\xbc\xaf\x27\x1c", "packed", "a 7z archive"),
    (b"Rar!\x1a\x07", "packed", "a RAR archive"),
    (b"\x28\xb5\x2f\xfd", "packed", "a Zstandard archive"),
    (b"PAR1", "packed", "a Parquet file"),
    (b"ARROW1", "packed", "an Arrow file"),
)
"""First bytes of a kind. Source: the formats' own specifications."""
FOREIGN = {
    "packed": {"Parquet": "Save it as GeoJSON or CSV and give that", "Arrow": "Save it as GeoJSON"},
}
OFFICE = {"word/": "a Word document", "ppt/": "a PowerPoint presentation"}
GIS_PARTS = {".shx", ".dbf", ".prj", ".cpg", ".sbn", ".sbx", ".qix"}


def gunzip(raw: bytes, most: int = SAMPLE) -> bytes:
    """
    Unpack gzip, at most so many bytes of it; what is cut short or broken gives what could be read.

    Examples
    --------
    >>> import gzip
    >>> gunzip(gzip.compress(b"lat,lon"), 3)
    b'lat'
    """
    return _inflate(zlib.decompressobj(31), raw, most)


def _is_cut(raw: bytes) -> bool:
    """Tell a gzip that ends before it says that it does, within what is looked at."""
    packed = zlib.decompressobj(31)
    try:
        got = packed.decompress(raw, SAMPLE)
    except zlib.error:
        return False
    return not packed.eof and len(got) < SAMPLE


def _inflate(packed: zlib._Decompress, raw: bytes, most: int) -> bytes:
    try:
        return packed.decompress(raw, most)
    except zlib.error:
        return b""


def recognise_container(raw: bytes, name: str, look: Look, nested: int = 0) -> Guest | None:
    """Tell a file that is no text by its first bytes; None: it may be a text."""
    if raw.startswith((b"\x1f\x8b", b"BZh", b"\xfd7zXZ\x00")):
        return _look_into_stream(raw, name, look, nested)
    if raw.startswith((b"PK\x03\x04", b"PK\x05\x06")):
        return _look_into_zip(raw, name, look, nested)
    if raw.startswith(b"SQLite format 3\x00"):
        return _look_into_sqlite(raw, name)
    if raw[257:262] == b"ustar":
        return guest("packed", "a tar archive", name, f"Unpack it first: tar xf {name or 'FILE'}")
    if raw[8:12] == b"WEBP" and raw.startswith(b"RIFF"):
        return guest("image", "a picture (WebP)", name)
    if raw[4:12] in (b"ftypavif", b"ftypheic", b"ftypmif1", b"ftypisom", b"ftypmp42"):
        return guest("image", "a picture or film", name)
    if raw[4:15] == b"\n\tOSMHeader":
        return guest("osm_pbf", "an OpenStreetMap extract (PBF)", name)
    return _by_magic(raw, name)


def _by_magic(raw: bytes, name: str) -> Guest | None:
    suffix = PurePath(name).suffix.lower()
    for magic, kind, label in MAGIC:
        if not raw.startswith(magic) or (magic == b"BM" and b"\x00" not in raw[:32]):
            continue
        if kind == "shapefile" and suffix == ".shx":
            return _part_of_shapefile(name)
        foreign = [r for word, r in FOREIGN.get(kind, {}).items() if word in label]
        return guest(kind, label, name, foreign[0] if foreign else None)
    if suffix in GIS_PARTS and b"\x00" in raw[:64]:
        return _part_of_shapefile(name)
    return None


def _part_of_shapefile(name: str) -> Guest:
    remedy = "Give the .shp, with its other parts in the same folder, or all of them in one ZIP"
    return guest("shapefile", "one part of a shapefile, without its shapes", name, remedy)


def _look_into_sqlite(raw: bytes, name: str) -> Guest:
    if raw[68:72] in (b"GPKG", b"GP10", b"GP11") or b"gpkg_contents" in raw[:200_000]:
        return guest("geopackage", "a GeoPackage", name)
    remedy = "Give a GeoPackage, or export the table as CSV or GeoJSON"
    return guest("unknown", "an SQLite database that is no GeoPackage", name, remedy)


def _look_into_stream(raw: bytes, name: str, look: Look, nested: int) -> Guest:
    """Look at what one packed file holds."""
    if raw.startswith(b"\x1f\x8b"):
        word, inner = "gzip", gunzip(raw)
        if inner and _is_cut(raw):
            remedy = "Download it again, whole: it was not fetched or copied to its end"
            return guest("gzip", "a gzip that is cut short", name, remedy)
    else:
        word = "bzip2" if raw.startswith(b"BZh") else "xz"
        inner = _unpack_slow(raw, word)
    stem = name.removesuffix(PurePath(name).suffix) if "." in name else name
    if not inner:
        remedy = "Download it again: it is cut short or broken"
        return guest("unknown", f"a {word} archive that cannot be unpacked", name, remedy)
    if nested >= MOST_NESTED:
        return guest("packed", f"{word} within archives", name)
    within = recognise_container(inner, stem, look, nested + 1) or look(inner, stem)
    if within.kind in ("osm_xml", "osm_pbf"):  # read as they are
        return guest("osm_xml", f"{within.label}, packed ({word})", name)
    if word == "gzip":
        return guest("gzip", f"gzip: {within.label}", name)
    return guest("packed", f"{word}: {within.label}", name, f"Unpack it first ({word})")


def _unpack_slow(raw: bytes, word: str) -> bytes:
    """Unpack a small sample of what unpacks slowly."""
    few = SAMPLE // 16
    try:
        if word == "bzip2":
            return bz2.BZ2Decompressor().decompress(raw, few)
        return lzma.LZMADecompressor(memlimit=SAMPLE * 2).decompress(raw, few)
    except (OSError, lzma.LZMAError, EOFError):
        return b""


def _look_into_zip(raw: bytes, name: str, look: Look, nested: int) -> Guest:
    """Tell a ZIP by the names in it."""
    try:
        with zipfile.ZipFile(io.BytesIO(raw)) as archive:
            names = [n for n in archive.namelist()[:MOST_NAMES] if "__MACOSX" not in n]
            return _by_names(names, name) or _look_at_only_one(archive, names, name, look, nested)
    except (zipfile.BadZipFile, zlib.error, RuntimeError, NotImplementedError, OSError, ValueError):
        remedy = "Download it again: it is cut short, broken or locked"
        return guest("zip", "a ZIP that cannot be opened", name, remedy)


def _by_names(names: list[str], name: str) -> Guest | None:
    lower = [n.lower() for n in names]
    suffixes = {PurePath(n).suffix for n in lower}
    if "xl/workbook.xml" in lower:
        return guest("spreadsheet", "an Excel workbook (XLSX)", name)
    if "xl/workbook.bin" in lower:
        return guest("office", "an Excel workbook (binary, .xlsb)", name)
    for folder, label in OFFICE.items():
        if any(n.startswith(folder) for n in lower):
            remedy = "Give its text (Save as, plain text) or its table (.xlsx, .csv)"
            return guest("office", label, name, remedy)
    if "content.xml" in lower and "mimetype" in lower:
        return guest("office", "an OpenDocument file (LibreOffice)", name)
    if ".shp" in suffixes:
        count = sum(n.endswith(".shp") for n in lower)
        return guest("shapefile", f"a zipped shapefile ({count} layers)" if count > 1
                     else "a zipped shapefile", name)  # fmt: skip
    if ".kml" in suffixes:
        return guest("kmz", "a KMZ", name)
    if any(".gdb/" in n for n in lower):
        remedy = "Save its layers as GeoPackage and give that"
        return guest("zip", "a zipped Esri file geodatabase", name, remedy)
    return None


def _look_at_only_one(
    archive: zipfile.ZipFile, names: list[str], name: str, look: Look, nested: int
) -> Guest:
    files = [n for n in names if not n.endswith("/")]
    if len(files) != 1 or nested >= MOST_NESTED:
        shown = ", ".join(PurePath(n).name[:40] for n in files[:3])
        more = f" and {len(files) - 3} more" if len(files) > 3 else ""  # noqa: PLR2004 - shown
        held = (
            f"a ZIP of {number_of(len(files), 'file')} ({shown}{more})" if files else "an empty ZIP"
        )
        return guest("zip", held, name)
    with archive.open(files[0]) as packed:
        inner = packed.read(SAMPLE)
    stem = PurePath(files[0]).name
    within = recognise_container(inner, stem, look, nested + 1) or look(inner, stem)
    return guest("zip", f"a ZIP of one file: {within.label}", name)
