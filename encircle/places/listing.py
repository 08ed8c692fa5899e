"""What is listed: every place with its names, read from the bundled gazetteer piece by piece."""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cache, lru_cache
from itertools import chain
from typing import TYPE_CHECKING, Any

import numpy as np

from encircle.places.letters import is_cyrillic, romanise, romanise_officially
from encircle.places.packing import DATA, decompress

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from numpy.typing import NDArray

FOLDER = DATA / "geonames"
SCALE = 1e5
"""Coordinates are kept to a hundred-thousandth of a degree, as GeoNames gives them."""
UKRAINIAN_LETTERS = frozenset("іїєґ")
"""Letters that Russian has not."""
SMALLEST_PLACE = 500
"""GeoNames' list holds places of so many people, and seats of districts below that."""


@dataclass(frozen=True, slots=True)
class Place:
    """A town or village."""

    name: str
    """As GeoNames writes it in Latin letters."""
    names: tuple[str, ...]
    """Every name, in every alphabet, that differs by more than case and accents."""
    lon: float
    lat: float
    country: str
    """Two letters, ISO 3166-1, as GeoNames assigns the place."""
    admin: str
    """The region (oblast, governorate, state); empty where none is told."""
    population: int
    """0 where GeoNames has no figure."""

    @property
    def label(self) -> str:
        """The place as people tell it from its namesakes."""
        return ", ".join(part for part in (self.name, self.admin, self.country) if part)

    def to_dict(self) -> dict[str, Any]:
        """Write the place as a question names it."""
        return {
            "name": self.name,
            "admin": self.admin,
            "country": self.country,
            "lon": self.lon,
            "lat": self.lat,
            "population": self.population,
        }


def _village(lon: float, lat: float, country: str, admin: str, *names: str) -> Place:
    return Place(names[0], names, lon, lat, country, admin, 0)


VILLAGES = (
    _village(35.834, 47.446, "UA", "Zaporizhzhia", "Robotyne", "Роботине", "Работино", "Rabotino"),
    _village(37.960, 48.529, "UA", "Donetsk", "Klishchiivka", "Кліщіївка", "Клещеевка",
             "Kleshcheyevka"),
    _village(37.693, 49.762, "UA", "Kharkivs’ka Oblast’", "Synkivka", "Синьківка", "Синьковка",
             "Sinkovka"),
)  # fmt: skip
"""Villages too small for GeoNames' list that claims are made about, to half a kilometre. Source:
where public maps and encyclopaedias put them."""


@cache
def read_about() -> dict[str, Any]:
    """Read what the gazetteer says of itself."""
    about: dict[str, Any] = json.loads(decompress((FOLDER / "index.xz").read_bytes()))
    return about


@cache
def read_columns() -> NDArray[np.int32]:
    """Read longitude, latitude (scaled), population and region of every place, a row each."""
    raw = decompress((FOLDER / "columns.xz").read_bytes())
    planes = np.frombuffer(raw, dtype=np.uint8).reshape(4, 4, -1).transpose(0, 2, 1)
    folded = np.ascontiguousarray(planes).view("<u4")[..., 0].astype(np.int64)
    steps = (folded >> 1) ^ -(folded & 1)
    return np.cumsum(steps, axis=1).T.astype(np.int32)


@cache
def read_keys() -> tuple[bytes, NDArray[np.int64]]:
    """Read the keys, a line a place, and where each line ends."""
    raw = decompress((FOLDER / "keys.xz").read_bytes())
    return raw, np.flatnonzero(np.frombuffer(raw, dtype=np.uint8) == ord("\n"))


@cache
def _read_displayed() -> tuple[str, ...]:
    return tuple(decompress((FOLDER / "displayed.xz").read_bytes()).decode().split("\n"))


@lru_cache(maxsize=32)
def _read_block(number: int) -> tuple[str, ...]:
    at, size = read_about()["blocks"][number]
    with (FOLDER / "names.bin").open("rb") as file:
        file.seek(at)
        return tuple(decompress(file.read(size)).decode().split("\n"))


def find_ranges(countries: Sequence[str] | None) -> Iterator[tuple[int, int]]:
    """Find the rows of countries, which lie together; all rows where no country is asked for."""
    starts = read_about()["starts"]
    codes, ends = list(starts), [*list(starts.values())[1:], read_about()["places"]]
    if countries is None:
        yield 0, read_about()["places"]
        return
    wanted = {code.upper() for code in countries}
    for code, end in zip(codes, ends, strict=True):
        if code in wanted:
            yield starts[code], end


def find_rows(key: str, countries: Sequence[str] | None) -> Iterator[int]:
    """Find the rows of the places that are kept under a key."""
    raw, ends = read_keys()
    wanted = f"\t{key}\t".encode()
    for first, last in find_ranges(countries):
        at = 0 if not first else int(ends[first - 1]) + 1
        stop = int(ends[last - 1])
        while (at := raw.find(wanted, at, stop)) >= 0:
            row = int(np.searchsorted(ends, at))
            yield row
            at = int(ends[row]) + 1


def read_place(row: int) -> Place:
    """Read one place with all its names."""
    lon, lat, population, region = (int(x) for x in read_columns()[row])
    about = read_about()
    others = _read_block(row // about["block"])[row % about["block"]]
    names = tuple(dict.fromkeys([_read_displayed()[row], *(n for n in others.split("\t") if n)]))
    country = find_country(row)
    first = _choose_name(names) if country == "UA" else names[0]
    return Place(
        name=first,
        names=tuple(dict.fromkeys([first, *names])),
        lon=lon / SCALE,
        lat=lat / SCALE,
        country=country,
        admin=about["regions"][region],
        population=population,
    )


def find_country(row: int) -> str:
    """Find the country of a row."""
    starts = read_about()["starts"]
    codes: list[str] = list(starts)
    return codes[int(np.searchsorted(list(starts.values()), row, side="right")) - 1]


def _choose_name(names: Sequence[str]) -> str:
    """Choose the official spelling: GeoNames writes Ukraine's places in several older ways."""
    sound = romanise(names[0])
    officials = {
        name: official for name in names if is_cyrillic(name)
        if (official := romanise_officially(name)) is not None and romanise(official) == sound
    }  # fmt: skip
    # a Russian spelling among them, read as Ukrainian, gives what nobody writes: Lvyv, Nykopol
    listed = (official for official in officials.values() if official in names)
    ukrainian = (o for name, o in officials.items() if set(name.lower()) & UKRAINIAN_LETTERS)
    return next(chain(listed, ukrainian, officials.values()), names[0])
