"""The command that finds every pocket and salient on maps, no force named."""

from __future__ import annotations

import sys
from collections import Counter
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from encircle.cli.options import JsonOption
from encircle.cli.terminal import (
    BAD_INPUT,
    echo,
    guard,
    load,
    print_bytes,
    refuse,
    show_progress,
    write,
)
from encircle.map.counting import number_of

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from encircle.archive.files import MapEntry
    from encircle.archive.keeping import Kept
    from encircle.archive.linking import Story
    from encircle.archive.scan import Scan, ScannedPiece

Json = dict[str, Any]

OUTPUTS = (".jsonl", ".ndjson", ".geojson", ".json", ".csv")
"""How the name of what is written may end."""


def register(app: typer.Typer) -> None:
    """Add the command to the command line."""
    app.command()(scan)


def scan(
    maps: Annotated[
        list[str],
        typer.Argument(
            metavar="MAP...",
            help="Maps of control, folders of them, or archives (.tar.xz, .tar.gz, .zip); "
            "- for stdin",
        ),
    ],
    side: Annotated[str | None, typer.Option(help="Whose pieces; by default every side's")] = None,
    json_output: JsonOption = False,
    out: Annotated[
        list[Path] | None,
        typer.Option(
            metavar="F",
            help="Documents (.jsonl), pieces with their ground (.geojson), a table (.csv); "
            "repeatable",
        ),
    ] = None,
    border: Annotated[Path | None, typer.Option(help="GeoJSON of another state border")] = None,
    preset: Annotated[
        str | None, typer.Option(help="Kind of the maps, where content does not tell")
    ] = None,
    proofs: Annotated[
        Path | None,
        typer.Option(
            metavar="DIR",
            help="Write of each pocket the situation and the judgement, for encircle verify",
        ),
    ] = None,
    cache: Annotated[
        Path | None,
        typer.Option(
            metavar="DIR", help="Where answers are kept; ~/.cache/encircle/scan if not given"
        ),
    ] = None,
    fresh: Annotated[
        bool, typer.Option("--fresh", help="Find everything anew, and keep nothing")
    ] = False,
) -> None:
    """Find every pocket and salient on maps, with its proof; no force is named."""
    from encircle.archive.keeping import Kept, find_folder
    from encircle.map.door.reader import parse_document

    for path in out or ():
        if path.suffix.lower() not in OUTPUTS:
            refuse(f"--out {path}: cannot tell the format; end it in {', '.join(OUTPUTS)}")
    if fresh and cache:
        refuse("--cache would do nothing beside --fresh, which keeps nothing; leave one out")
    kept = Kept(None if fresh else cache or find_folder())
    outline = guard(lambda: parse_document(load(str(border)))) if border else None
    found = _Found(side, preset, outline, kept, proofs)
    with ExitStack() as archives:
        groups = found.list_maps(maps, archives)
        with show_progress("Scanning", len(groups)) as step:
            for group in groups:
                found.scan(group)
                step(group)
    found.finish()
    for path in out or ():
        write(path, _write_as(path.suffix.lower(), found))
    if json_output:
        documents = found.documents()
        for document in documents:
            print_bytes(_spell(document) if len(documents) == 1 else _spell_on_a_line(document))
    else:
        _tell(found)
    if found.faults:
        raise typer.Exit(BAD_INPUT)


class _Found:
    """What is found, map by map; a map that cannot be read is told, and the rest done."""

    def __init__(
        self,
        side: str | None,
        preset: str | None,
        border: Mapping[str, Any] | None,
        kept: Kept,
        proofs: Path | None,
    ) -> None:
        self.side, self.preset, self.border = side, preset, border
        self.kept, self.proofs = kept, proofs
        self.scans: list[Scan] = []
        self.faults: dict[str, list[str]] = {}
        self.stories: list[Story] = []
        self.stale: dict[tuple[str, str, str], str] = {}

    def list_maps(self, maps: Sequence[str], archives: ExitStack) -> list[tuple[MapEntry, ...]]:
        """List the maps given; what else lies beside them is told."""
        from encircle.archive.files import group_layers, list_maps, read_stdin

        given = [name for name in maps if name != "-"]
        listing = archives.enter_context(guard(lambda: list_maps(given)))
        if listing.passed_over:
            many = number_of(len(listing.passed_over), "file")
            some = ", ".join(listing.passed_over[:5])
            echo(f"Passed over {many} that {'are' if many[0] != '1' else 'is'} no map: {some}",
                 err=True)  # fmt: skip
        groups = list(group_layers(listing.entries))
        if "-" in maps:
            groups.append((read_stdin(sys.stdin.buffer.read()),))
        if not groups:
            refuse("no map was found there; give files that end in .geojson, .json, .kml or .kmz")
        return groups

    def scan(self, group: Sequence[MapEntry]) -> None:
        """Scan one map."""
        from encircle.archive.scan import scan_files
        from encircle.errors import EncircleError, SituationError

        try:
            self.scans += scan_files(
                [entry.to_file() for entry in group], side=self.side, preset=self.preset,
                border=self.border, kept=self.kept,
            )  # fmt: skip
            if self.proofs:
                self._prove(group)
        except SituationError as error:
            self.faults[group[0].name] = [str(fault) for fault in error.faults]
        except (EncircleError, OSError) as error:
            self.faults[group[0].name] = [str(error)]

    def _prove(self, group: Sequence[MapEntry]) -> None:
        from encircle.archive.scan import draw_pockets

        assert self.proofs is not None  # noqa: S101 - asked by the caller
        self.proofs.mkdir(parents=True, exist_ok=True)
        files = [entry.to_file() for entry in group]
        for name, situation, judgement in draw_pockets(
            files, side=self.side, preset=self.preset, border=self.border
        ):
            (self.proofs / f"{name}.situation.geojson").write_bytes(_spell(situation))
            (self.proofs / f"{name}.judgement.json").write_bytes(judgement)

    def finish(self) -> None:
        """Follow the pieces from map to map, and tell what went wrong."""
        from encircle.archive.linking import date_pieces, find_stale, link

        self.scans.sort(key=lambda s: (s.as_of, s.mapper, s.side))
        self.stories = link(self.scans)
        self.stale = find_stale(self.scans)
        if len({scan.as_of for scan in self.scans}) > 1:
            self.scans = date_pieces(self.scans, self.stories)
        for name, faults in self.faults.items():
            for fault in faults:
                echo(f"error: {name}: {fault}", err=True)
        if self.kept.fault:
            echo(f"Notice: {self.kept.fault}; the answers are whole", err=True)
        if self.side and not self.scans and not self.faults:
            refuse(f"no map here has a side {self.side!r}; UA and RU are those of maps of control")

    def documents(self) -> list[Json]:
        """Give the contract's documents, one a map and side, those of unread maps last."""
        said = []
        for scan in self.scans:
            first = self.stale.get((scan.map, scan.as_of, scan.side))
            more: Json = {} if first is None else {"same_as": first}
            said.append({**scan.to_dict(), **more})
        return [*said, *({"map": name, "errors": told} for name, told in self.faults.items())]


def _spell(document: Json) -> bytes:
    from encircle.verdict.judgement import write_json

    return write_json(document)


def _spell_on_a_line(document: Json) -> bytes:
    import orjson

    from encircle.verdict.judgement import spell_out

    return orjson.dumps(spell_out(document))


# -- files -----------------------------------------------------------------------------------


def _write_as(ending: str, found: _Found) -> bytes:
    if ending == ".csv":
        return _write_table(found.scans)
    if ending in (".jsonl", ".ndjson"):
        return b"".join(_spell_on_a_line(document) + b"\n" for document in found.documents())
    return _spell({"type": "FeatureCollection", "features": _list_features(found)})


def _list_features(found: _Found) -> list[Json]:
    """Give each piece of each map as a feature with its ground."""
    from shapely.geometry import mapping

    features = []
    for scan in found.scans:
        for piece in scan.pieces:
            row = _row(scan, piece)
            features.append(
                {"type": "Feature", "geometry": mapping(piece.geometry), "properties": row}
            )
    return features


def _row(scan: Scan, piece: ScannedPiece) -> Json:
    """Give a piece as one flat row."""
    neck, closing = piece.proved.neck_width_m or {}, piece.proved.closing_distance_m or {}
    return {
        "map": scan.map, "mapper": scan.mapper, "as_of": scan.as_of, "side": scan.side,
        "id": piece.id, "kind": piece.kind, "since": piece.since,
        "nearest_place": piece.nearest_place, "lon": piece.at[0], "lat": piece.at[1],
        "area_km2": piece.area_km2, "area_uncertain_km2": piece.area_uncertain_km2,
        "verdict": piece.proved.verdict, "status": piece.proved.status["code"],
        "neck_m_grey_passable": neck.get("optimistic"),
        "neck_m_grey_hostile": neck.get("pessimistic"),
        "closing_m_grey_passable": closing.get("optimistic"),
        "closing_m_grey_hostile": closing.get("pessimistic"),
    }  # fmt: skip


def _write_table(scans: Sequence[Scan]) -> bytes:
    import csv
    import io

    rows = [_row(scan, piece) for scan in scans for piece in scan.pieces]
    text = io.StringIO()
    if rows:
        writer = csv.DictWriter(text, list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)
    return text.getvalue().encode()


# -- in words --------------------------------------------------------------------------------


def _tell(found: _Found) -> None:
    if len({scan.map for scan in found.scans}) == 1:
        for scan in found.scans:
            _tell_scan(scan)
    else:
        _tell_stories(found)


def _tell_scan(scan: Scan) -> None:
    for piece in scan.pieces:
        echo(f"{scan.as_of[:10]} {scan.side}  {piece.id}: {_describe(piece)}")
    if not scan.pieces:
        echo(f"{scan.as_of[:10]} {scan.side}  no pocket and no salient")
    counted: Counter[str] = Counter(one.because for one in scan.rejected)
    counted.update(scan.smaller)
    listed = ", ".join(f"{n} {REASONS.get(why, why)}" for why, n in counted.most_common())
    if listed:
        echo(f"  Not taken for one: {listed}.")
    for notice in scan.notices:
        if notice["severity"] == "doubt":
            echo(f"  Doubt: {notice['statement']}")


REASONS = {
    "scrap": "too small",
    "ribbon": "ribbons",
    "water": "along water",
    "border_sliver": "slivers along the border",
    "state_border": "bulges of the border itself",
    "map_convention": "by how the map is drawn",
    "map_silent": "beside ground the map says nothing of",
}
"""What people call the reasons."""


def _describe(piece: ScannedPiece) -> str:
    by = f" by {piece.nearest_place}" if piece.nearest_place else ""
    said = f"{piece.kind} of {_area(piece.area_km2)}{by}, {_judged(piece)}"
    neck = (piece.proved.neck_width_m or {}).get("pessimistic")
    return f"{said}, neck {neck / 1000:.1f} km" if neck else said


def _area(area_km2: float) -> str:
    return f"{area_km2:.0f} km²" if area_km2 >= 10 else f"{area_km2:.1f} km²"  # noqa: PLR2004 - digits


def _judged(piece: ScannedPiece) -> str:
    return f"{piece.proved.verdict.replace('_', ' ')} ({piece.proved.status['code']})"


def _tell_stories(found: _Found) -> None:
    """Tell each piece once, with its days: pockets first."""
    maps = len({(scan.map, scan.as_of) for scan in found.scans})
    stale = len({(name, as_of) for name, as_of, _ in found.stale})
    echo(f"{number_of(maps, 'map')}, {stale} of them the drawing of the day before.")
    ordered = sorted(found.stories, key=lambda s: ("pocket" not in s.kinds, s.sights[0].as_of))
    for story in ordered:
        echo(_tell_story(story))


def _tell_story(story: Story) -> str:
    piece, first, last = story.largest.piece, story.sights[0].as_of[:10], story.last.as_of[:10]
    days = first if first == last else f"{first} to {last}"
    kind = " and ".join(story.kinds)
    by = f" by {piece.nearest_place}" if piece.nearest_place else ""
    codes = dict.fromkeys(str(s.piece.proved.status["code"]) for s in story.sights)
    maps = number_of(len(story.sights), "map")
    return (
        f"{days}  {story.side} {kind}{by}: at most {_area(piece.area_km2)}, "
        f"{' '.join(codes)} ({maps}, {story.mapper})"
    )
