"""Every pocket and salient on a map, no force named."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import shapely
from shapely.geometry import box

from encircle.archive.conventions import RIBBON_M, RIBBONS_UNTIL, find_convention
from encircle.archive.keeping import Kept, key_of
from encircle.archive.proving import NEAR_KM, Proved, draw_piece, judge_drawn, prove
from encircle.formats.painted.force import ForceFinder
from encircle.formats.painted.ground import Ground
from encircle.formats.painted.painted import read_border
from encircle.formats.painted.place import check_place
from encircle.formats.painted.shapes import box_round
from encircle.formats.painted.situation import label_of
from encircle.formats.pieces.finding import (
    LEAST_ACROSS_M,
    LEAST_PIECE_KM2,
    MOST_SLIVER_KM2,
    RIBBON_LENGTH,
)
from encircle.formats.pieces.held import SEAM_M, read_held, to_plane
from encircle.formats.pieces.necks import (
    DEPTH_PER_NECK,
    FACING_LEAST,
    LEAST_NECK_M,
    LEAST_SALIENT_KM2,
    MOST_NECK_M,
    MOST_PIECE_KM2,
    ROOM_PER_NECK,
)
from encircle.formats.publishers.presets import read_map
from encircle.map.days import write_instant
from encircle.map.door.canonical import digest
from encircle.version import __version__

if TYPE_CHECKING:
    from collections.abc import Container, Iterator, Mapping, Sequence
    from datetime import datetime

    from shapely.geometry.base import BaseGeometry

    from encircle.formats.pieces import Piece, Rejection
    from encircle.formats.publishers.presets import DatedMap, MapFile
    from encircle.map.notices import Notice
    from encircle.verdict.judgement import Judgement

Json = dict[str, Any]

LEAST_TOLD_KM2 = 0.5
"""Rejected ground smaller than this is counted and not listed, km²: a map has hundreds of it along
its coasts."""

TOLD_OF_MAPS = frozenset({"caution", "doubt"})
"""Severities of a map's notices that go with what was found on it."""


def list_parameters() -> Json:
    """List what pieces were found by: lengths in metres, areas in square kilometres."""
    return {
        "engine": f"encircle {__version__}",
        "judged_on_km": NEAR_KM,
        "seam_m": SEAM_M,
        "least_piece_km2": LEAST_PIECE_KM2,
        "most_piece_km2": MOST_PIECE_KM2,
        "least_salient_km2": LEAST_SALIENT_KM2,
        "least_neck_m": LEAST_NECK_M,
        "most_neck_m": MOST_NECK_M,
        "depth_per_neck": DEPTH_PER_NECK,
        "room_per_neck": ROOM_PER_NECK,
        "facing_least": FACING_LEAST,
        "least_across_m": LEAST_ACROSS_M,
        "ribbon_length": RIBBON_LENGTH,
        "most_sliver_km2": MOST_SLIVER_KM2,
        "convention_until": f"{RIBBONS_UNTIL:%Y-%m-%d}",
        "convention_ribbon_m": RIBBON_M,
    }


@dataclass(frozen=True, slots=True)
class ScannedPiece:
    """A piece of held ground, judged."""

    id: str
    kind: str
    geometry: BaseGeometry
    """In degrees."""
    at: tuple[float, float]
    nearest_place: str | None
    area_km2: float
    area_uncertain_km2: float
    joined: bool
    proved: Proved
    since: str | None = None
    """First of the maps in a row that show it as the same kind of piece; None of a single map."""

    def to_dict(self) -> Json:
        """Give it as the contract writes it."""
        said: Json = {
            "id": self.id,
            "kind": self.kind,
            "nearest_place": self.nearest_place,
            "at": list(self.at),
            "area_km2": round(self.area_km2, 2),
            "area_uncertain_km2": round(self.area_uncertain_km2, 2),
            "joined": self.joined,
            **self.proved.to_dict(),
        }
        return said if self.since is None else {**said, "since": self.since}

    def keep(self) -> Json:
        """Give it with its ground, to be read back."""
        return {**self.to_dict(), "wkb": shapely.to_wkb(self.geometry, hex=True)}


@dataclass(frozen=True, slots=True)
class Rejected:
    """Ground that is no piece."""

    at: tuple[float, float]
    area_km2: float
    because: str

    def to_dict(self) -> Json:
        """Give it as the contract writes it."""
        return {
            "at": list(self.at), "area_km2": round(self.area_km2, 2), "because": self.because,
        }  # fmt: skip


@dataclass(frozen=True, slots=True)
class Scan:
    """What a map shows of one side."""

    map: str
    mapper: str
    as_of: str
    side: str
    pieces: tuple[ScannedPiece, ...]
    rejected: tuple[Rejected, ...]
    smaller: dict[str, int]
    """How much ground below `LEAST_TOLD_KM2` was rejected, by reason."""
    notices: tuple[Json, ...] = ()
    drawing: str = ""
    """Digest of all that decides who holds what: equal on two maps that draw the same."""

    def to_dict(self) -> Json:
        """Give the contract's document of one map and side."""
        return {
            "map": self.map,
            "mapper": self.mapper,
            "as_of": self.as_of,
            "side": self.side,
            "pieces": [piece.to_dict() for piece in self.pieces],
            "rejected": [one.to_dict() for one in self.rejected],
            "rejected_smaller": self.smaller,
            "notices": list(self.notices),
            "parameters": list_parameters(),
        }

    def keep(self) -> Json:
        """Give it with the ground of its pieces, to be read back."""
        return {
            **self.to_dict(),
            "pieces": [piece.keep() for piece in self.pieces],
            "drawing": self.drawing,
        }

    @classmethod
    def from_kept(cls, value: Json, name: str) -> Scan:
        """Read it back, under the name that the map has now."""
        return cls(
            map=name,
            mapper=value["mapper"],
            as_of=value["as_of"],
            side=value["side"],
            pieces=tuple(map(_read_piece, value["pieces"])),
            rejected=tuple(
                Rejected((r["at"][0], r["at"][1]), r["area_km2"], r["because"])
                for r in value["rejected"]
            ),
            smaller=value["rejected_smaller"],
            notices=tuple(value["notices"]),
            drawing=value["drawing"],
        )


OWN = ("id", "kind", "nearest_place", "area_km2", "area_uncertain_km2", "joined")


def _read_piece(value: Json) -> ScannedPiece:
    own = {name: value[name] for name in OWN}
    proved = {k: v for k, v in value.items() if k not in (*OWN, "at", "wkb")}
    return ScannedPiece(
        **own,
        at=(value["at"][0], value["at"][1]),
        geometry=shapely.from_wkb(bytes.fromhex(value["wkb"])),
        proved=Proved.from_dict(proved),
    )


# -- one map -------------------------------------------------------------------------------------


def scan_files(
    files: Sequence[MapFile],
    *,
    side: str | None = None,
    preset: str | None = None,
    border: Mapping[str, Any] | None = None,
    kept: Kept | None = None,
) -> list[Scan]:
    """
    Find every pocket and salient on one map.

    Parameters
    ----------
    files
        The map; several for ISW, whose map of a day is several layers.
    side
        Whose; by default every side of the map.
    preset, border
        As `read_map` takes them.
    kept
        Where answers are kept; by default nowhere.

    Returns
    -------
    scans
        One a side; none where the map has no such side.

    Raises
    ------
    SituationError
        If the map cannot be read, or nothing dates it.
    """
    kept = kept or Kept(None)
    said = [part for file in files for part in (file.name, file.basis or "", file.raw)]
    laid = digest(border) if border is not None else ""
    rules = repr(sorted(list_parameters().items()))
    key = key_of("scan", rules, side or "", preset or "", laid, *said)
    known = kept.get(key)
    if known is not None:
        return [Scan.from_kept(one, files[0].name) for one in known["scans"]]
    scans = scan_map(read_map(preset, files, border), side=side, kept=kept)
    kept.put(key, {"scans": [scan.keep() for scan in scans]})
    return scans


def scan_map(dated: DatedMap, *, side: str | None = None, kept: Kept | None = None) -> list[Scan]:
    """Find every pocket and salient on a map that was read; see `scan_files`."""
    kept = kept or Kept(None)
    names = [name for name, _ in dated.painted.sides]
    outline = _read_outline(dated)
    return [_scan_side(dated, outline, one, kept) for one in names if side in (None, one)]


def _read_outline(dated: DatedMap) -> BaseGeometry | None:
    outline = read_border(dated.border) if dated.border is not None else None
    if dated.painted.zones:
        check_place(dated.painted, outline.bounds if outline is not None else None, ())
    return outline


def _scan_side(dated: DatedMap, outline: BaseGeometry | None, side: str, kept: Kept) -> Scan:
    ground = Ground(dated.painted, outline, side)
    finder = ForceFinder(ground, label_of(dated.painted, side))
    pieces, drawn_so = _sort_out(finder, dated.as_of)
    rejected = [*map(_reject, finder.found.rejected), *drawn_so]
    told = [one for one in rejected if one.area_km2 >= LEAST_TOLD_KM2]
    small = Counter(one.because for one in rejected if one.area_km2 < LEAST_TOLD_KM2)
    return Scan(
        map=dated.name,
        mapper=dated.painted.maker,
        as_of=write_instant(dated.as_of),
        side=side,
        pieces=tuple(_scan_piece(p, finder, dated, kept) for p in pieces),
        rejected=tuple(sorted(told, key=lambda r: (-r.area_km2, r.at))),
        smaller=dict(sorted(small.items())),
        notices=tuple(_tell(dated.painted.notices)),
        drawing=ground.digest,
    )


def _sort_out(finder: ForceFinder, as_of: datetime) -> tuple[list[Piece], list[Rejected]]:
    """Sort out what is a pocket by the conventions of its map only."""
    pieces, rejected = [], []
    for piece in finder.found.pieces:
        reason = find_convention(piece, finder.ground, finder.held, as_of)
        if reason is None:
            pieces.append(piece)
        else:
            rejected.append(Rejected(piece.at, round(piece.area_km2, 2), reason))
    return pieces, rejected


def _scan_piece(piece: Piece, finder: ForceFinder, dated: DatedMap, kept: Kept) -> ScannedPiece:
    return ScannedPiece(
        id=piece.id,
        kind=piece.kind,
        geometry=piece.geometry,
        at=piece.at,
        nearest_place=piece.nearest_place,
        area_km2=round(piece.area_km2, 2),
        area_uncertain_km2=round(piece.area_uncertain_km2, 2),
        joined=piece.joined,
        proved=prove(piece, finder, dated, kept),
    )


def _reject(rejection: Rejection) -> Rejected:
    return Rejected(rejection.at, round(rejection.area_km2, 2), rejection.because)


def _tell(notices: Sequence[Notice]) -> list[Json]:
    """Give what of a map must be told with what was found on it, each once."""
    kept = {n.statement: n.to_dict() for n in notices if n.severity in TOLD_OF_MAPS}
    left_out = {n.statement: n.to_dict() for n in notices if n.code == "satire_left_out"}
    return [*kept.values(), *left_out.values()]


@dataclass(frozen=True, slots=True)
class DrawnPiece:
    """A piece drawn and judged by itself, as `encircle verify` takes it."""

    mapper: str
    side: str
    id: str
    as_of: datetime
    situation: Json
    judgement: Judgement

    @property
    def name(self) -> str:
        """What its files are called."""
        at = write_instant(self.as_of)[:19].replace(":", "")
        return f"{at}-{self.mapper}-{self.side}-{self.id}"


def draw_pieces(
    files: Sequence[MapFile],
    *,
    side: str | None = None,
    preset: str | None = None,
    border: Mapping[str, Any] | None = None,
    wanted: Container[tuple[str, str]] | None = None,
) -> Iterator[DrawnPiece]:
    """
    Draw and judge pieces of a map each by itself; one that has no rear is left out.

    Parameters
    ----------
    wanted
        Sides and ids of the pieces; every pocket if not given.
    """
    dated = read_map(preset, files, border)
    outline = _read_outline(dated)
    for one in (name for name, _ in dated.painted.sides if side in (None, name)):
        finder = ForceFinder(Ground(dated.painted, outline, one), label_of(dated.painted, one))
        for piece in _sort_out(finder, dated.as_of)[0]:
            is_wanted = not piece.joined if wanted is None else (one, piece.id) in wanted
            drawn = draw_piece(piece, finder, dated) if is_wanted else None
            if drawn is not None:
                yield DrawnPiece(
                    dated.painted.maker,
                    one,
                    piece.id,
                    dated.as_of,
                    drawn[0],
                    judge_drawn(drawn[0]),
                )


AROUND_KM = 60.0
"""Ground looked at round a piece that is gone, km: as where a piece is followed."""


def measure_left(  # noqa: PLR0913 - the last by name
    files: Sequence[MapFile],
    before: BaseGeometry,
    side: str,
    *,
    preset: str | None = None,
    border: Mapping[str, Any] | None = None,
    kept: Kept | None = None,
) -> float:
    """Measure what share of some ground, in degrees, a map shows as joined to the side's rear."""
    kept = kept or Kept(None)
    laid = digest(border) if border is not None else ""
    key = key_of("left", __version__, side, laid, shapely.to_wkb(before), *(f.raw for f in files))
    known = kept.get(key)
    if known is None:
        dated = read_map(preset, files, border)
        ground = Ground(dated.painted, _read_outline(dated), side)
        west, south, east, north = (float(c) for c in before.bounds)
        window = box_round([(west, south), (east, north)], AROUND_KM)
        held = read_held(ground, box(*window.intersection(ground.whole()).bounds))
        was_m = to_plane(held.plane, before)
        known = {"share": held.rear_m.intersection(was_m).area / was_m.area}
        kept.put(key, known)
    return float(known["share"])
