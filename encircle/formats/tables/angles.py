"""Which degrees does a text give: decimal, with minutes, with seconds, in any alphabet."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

Axis = Literal["lat", "lon"]
LONGEST = 400
"""Letters of a cell that may be a place; a link is the longest way to write one."""


class PlaceError(ValueError):
    """A text gives no place, or more than one."""

    def __init__(self, reason: str, remedy: str) -> None:
        self.reason, self.remedy = reason, remedy
        super().__init__(f"{reason}. {remedy}")


@dataclass(frozen=True, slots=True)
class Angle:
    """Degrees, and whether they say themselves which way they count."""

    degrees: float
    axis: Axis | None
    form: tuple[int, bool]
    """How it was written: how many numbers, and whether the last has decimals."""


_SIGNS = {
    **dict.fromkeys("º˚⁰∘", "°"),
    **dict.fromkeys("’‘′´`ʹʼ‛", "'"),
    **dict.fromkeys("”“″˝‟„", '"'),
    **dict.fromkeys("−–—‐‑", "-"),
    **dict.fromkeys("\u00a0\u2007\u202f\u2009\u200a\u3000\t\r\n", " "),
    **dict.fromkeys("\u200b\u200e\u200f\ufeff\u2060", ""),
}
_LETTERS = str.maketrans(_SIGNS)
"""What word processors, maps and spreadsheets write for degree, minute and second signs."""

_WORDS: tuple[tuple[re.Pattern[str], str], ...] = tuple(
    (re.compile(pattern, re.IGNORECASE), letter)
    for pattern, letter in (
        (r"(?:північна|северная) широта|пн\.? ?ш\.?|с\. ?ш\.?|с\.?ш\.", "N"),
        (r"(?:південна|южная) широта|пд\.? ?ш\.?|ю\. ?ш\.?", "S"),
        (r"(?:східна|восточная) (?:довгота|долгота)|сх\.? ?д\.?|в\. ?д\.?", "E"),
        (r"(?:західна|западная) (?:довгота|долгота)|зх\.? ?д\.?|з\. ?д\.?", "W"),
        (r"\b(?:north|nord|норд|пн)\b", "N"), (r"\b(?:south|süd|sud|пд)\b", "S"),
        (r"\b(?:east|ost|сх)\b", "E"), (r"\b(?:west|зх)\b", "W"),
        (r"\b(?:deg(?:rees?)?|grad)\b\.?", "°"), (r"\bmin(?:utes?)?\b\.?", "'"),
        (r"\bsec(?:onds?)?\b\.?", '"'),
    )
)  # fmt: skip
"""Words for the quarters of the compass and the parts of a degree: Ukrainian, Russian, German."""

_ANGLE = re.compile(
    r"(?P<before>[NSEWO])? ?(?P<sign>[-+])? ?"
    r"(?P<deg>\d{1,3}(?:[.,]\d{1,20})?)(?: ?[°d:] ?| )?"
    r"(?:(?<=[°d: ])(?P<min>\d{1,2}(?:[.,]\d{1,20})?)(?: ?['m:] ?| )?"
    r"(?:(?<=['m: ])(?P<sec>\d{1,2}(?:[.,]\d{1,20})?) ?(?:\"|''|s)? ?)?)?"
    r"(?P<after>[NSEWO])?",
    re.IGNORECASE,
)
_COMPACT = re.compile(
    r"(\d{2})(\d{2})(\d{2}(?:\.\d{1,9})?)?([NS])|(\d{3})(\d{2})(\d{2}(?:\.\d{1,9})?)?([EWO])",
    re.IGNORECASE,
)
"""Degrees, minutes and seconds without signs, as aviation writes them: 511124N 0351612E.
Source: ICAO Annex 15."""
_AXES: dict[str, tuple[Axis, int]] = {
    "N": ("lat", 1), "S": ("lat", -1), "E": ("lon", 1), "O": ("lon", 1), "W": ("lon", -1),
}  # fmt: skip
"""Which way a letter counts; O is the German Ost."""
MOST: dict[Axis, float] = {"lat": 90.0, "lon": 180.0}


def plain(text: str) -> str:
    """
    Give a text with one sign for degrees, minutes, seconds and minus, and single spaces.

    Examples
    --------
    >>> plain("51º 11′ пн. ш.") == "51° 11' N"
    True
    """
    text = text[:LONGEST].translate(_LETTERS).replace("''", '"')
    for pattern, letter in _WORDS:
        text = pattern.sub(letter, text)
    return " ".join(text.split())


def read_angle(text: str) -> Angle:
    """
    Read one angle: 51.19, 51,19, 51°11'24"N, N 51 11.4, 51:11:24.

    Raises
    ------
    PlaceError
        If it is none, or contradicts itself.

    Examples
    --------
    >>> read_angle("35° 16′ 12″ E")
    Angle(degrees=35.27, axis='lon', form=(3, False))
    >>> read_angle("-51,5").degrees
    -51.5
    """
    bare = plain(text)
    compact = _COMPACT.fullmatch(bare.replace(" ", ""))
    if compact:
        bare = " ".join(part for part in compact.groups() if part)
    found = _ANGLE.fullmatch(bare)
    if not found:
        raise PlaceError(f"{text.strip()[:40]!r} is no angle", _HOW)
    parts = [part for part in found.group("deg", "min", "sec") if part is not None]
    if any("." in part or "," in part for part in parts[:-1]):
        raise PlaceError(f"{text.strip()[:40]!r} has decimals before its last number", _HOW)
    numbers = [float(part.replace(",", ".")) for part in parts]
    if any(number >= 60 for number in numbers[1:]):  # noqa: PLR2004 - minutes and seconds
        raise PlaceError(f"{text.strip()[:40]!r} has minutes or seconds of 60 or more", _HOW)
    letters = {letter.upper() for letter in found.group("before", "after") if letter}
    if len(letters) > 1 or (letters and found["sign"] == "-"):
        raise PlaceError(f"{text.strip()[:40]!r} says its direction twice", _HOW)
    axis, way = _AXES[letters.pop()] if letters else (None, 1)
    size = sum(number / 60**power for power, number in enumerate(numbers))
    degrees = round(size * way * (-1 if found["sign"] == "-" else 1), 12)
    _check_size(degrees, axis, text)
    return Angle(degrees, axis, (len(parts), any(mark in parts[-1] for mark in ".,")))


_HOW = "Write degrees: 51.19, or 51°11'24\"N"


def _check_size(degrees: float, axis: Axis | None, text: str) -> None:
    most = MOST[axis or "lon"]
    if abs(degrees) > most:
        raise PlaceError(f"{text.strip()[:40]!r} is beyond {most:.0f} degrees", _HOW)


def read_pair(text: str) -> tuple[Angle, Angle]:
    """
    Read two angles in one cell, in the order written.

    Every place where the cell may be cut in two is tried; the two halves must be written alike.

    Raises
    ------
    PlaceError
        If there is no such place, or several that differ.

    Examples
    --------
    >>> [angle.degrees for angle in read_pair("51,19, 35,27")]
    [51.19, 35.27]
    >>> [angle.degrees for angle in read_pair("51 11 24 35 16 12")]
    [51.19, 35.27]
    >>> [angle.degrees for angle in read_pair("N51.19 E35.27")]
    [51.19, 35.27]
    """
    bare = plain(text).strip(" ()[]{}<>;")
    found: dict[tuple[float, float], tuple[Angle, Angle]] = {}
    for end, begin in _cuts(bare):
        try:
            first, second = read_angle(bare[:end]), read_angle(bare[begin:])
        except PlaceError:
            continue
        is_told = first.axis is not None and second.axis is not None
        if first.axis == second.axis and is_told:
            continue
        if is_told or first.form[0] == second.form[0]:
            found[first.degrees, second.degrees] = (first, second)
    alike = [pair for pair in found.values() if pair[0].form == pair[1].form]
    chosen = alike if len(alike) == 1 else list(found.values())
    if len(chosen) == 1:
        return chosen[0]
    what = "can be read as several places" if chosen else "gives no place"
    raise PlaceError(f"{text.strip()[:60]!r} {what}", "Write it as 51.19, 35.27")


_CUT = re.compile(r" ?[,;/|] ?| |(?<=[NSEWO°'\"])(?=[\d+-])|(?<=\d)(?=[NSEW])", re.IGNORECASE)


def _cuts(text: str) -> list[tuple[int, int]]:
    return [found.span() for found in _CUT.finditer(text)][:40]
