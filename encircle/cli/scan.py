"""The command that finds every pocket and salient on maps, no force named."""

from __future__ import annotations

from collections import Counter
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from encircle.cli.found import Found, scan_all
from encircle.cli.options import JsonOption, SchedulerOption, WorkersOption
from encircle.cli.terminal import (
    BAD_INPUT,
    echo,
    guard,
    load,
    print_bytes,
    refuse,
    write,
    write_each,
)
from encircle.map.counting import number_of

if TYPE_CHECKING:
    from encircle.archive.linking import Story
    from encircle.archive.scan import Scan, ScannedPiece

Json = dict[str, Any]

OUTPUTS = (".jsonl", ".ndjson", ".geojson", ".json", ".csv", ".gpkg", ".fgb", ".parquet", ".kml")
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
            help="Documents (.jsonl), pieces with their ground and days (.geojson, .gpkg, .fgb, "
            ".parquet, .kml with times), a table (.csv); repeatable",
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
    gallery: Annotated[
        Path | None,
        typer.Option(
            metavar="DIR",
            help="Write pages to look through, index.html first: each pocket with its pictures, "
            "its series and its proof",
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
    workers: WorkersOption = None,
    scheduler: SchedulerOption = None,
) -> None:
    """Find every pocket and salient on maps, with its proof; no force is named."""
    from encircle.map.door.reader import parse_document

    for path in out or ():
        if path.suffix.lower() not in OUTPUTS:
            refuse(f"--out {path}: cannot tell the format; end it in {', '.join(OUTPUTS)}")
    if fresh and cache:
        refuse("--cache would do nothing beside --fresh, which keeps nothing; leave one out")
    outline = guard(lambda: parse_document(load(str(border)))) if border else None
    found = Found(side, preset, outline, cache=cache, fresh=fresh, proofs=proofs)
    scan_all(maps, found, workers, scheduler)
    outputs = [partial(_write_out, path, found) for path in out or ()]
    if gallery:
        outputs.append(partial(found.write_gallery, gallery))
    is_whole = write_each(outputs)
    if json_output:
        documents = found.documents()
        for document in documents:
            print_bytes(_spell(document) if len(documents) == 1 else _spell_on_a_line(document))
    else:
        _tell(found)
    if found.faults or not is_whole:
        raise typer.Exit(BAD_INPUT)


def _spell(document: Json) -> bytes:
    from encircle.verdict.judgement import write_json

    return write_json(document)


def _spell_on_a_line(document: Json) -> bytes:
    import orjson

    from encircle.verdict.judgement import spell_out

    return orjson.dumps(spell_out(document))


# -- files -----------------------------------------------------------------------------------


def _write_out(path: Path, found: Found) -> None:
    from encircle.archive.export import export_rows, list_rows

    ending = path.suffix.lower()
    if ending in (".jsonl", ".ndjson"):
        lines = (_spell_on_a_line(document) + b"\n" for document in found.documents())
        write(path, b"".join(lines))
        return
    rows = list_rows(found.scans, found.stories)
    write(path, guard(lambda: export_rows(rows, ending, found.list_notices())))


# -- in words --------------------------------------------------------------------------------


def _tell(found: Found) -> None:
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


def _tell_stories(found: Found) -> None:
    """Tell each piece once, with its days: pockets first."""
    maps = len({(scan.map, scan.as_of) for scan in found.scans})
    stale = len({(mapper, name, as_of) for mapper, name, as_of, _ in found.stale})
    echo(f"{number_of(maps, 'map')}, {stale} of them the drawing of the day before.")
    for doubt in found.say_doubts(of_unread=False):  # those are told as errors
        echo(doubt)
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
