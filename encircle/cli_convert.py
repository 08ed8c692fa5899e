"""The command that turns what others made into a situation."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated

import typer

from encircle.terminal import (
    guard,
    load,
    parse_instant,
    parse_place,
    print_bytes,
    refuse,
    show_progress,
    write,
)


def register(app: typer.Typer) -> None:
    """Add the command to the command line."""
    app.command()(convert)


def convert(
    paths: Annotated[
        list[str],
        typer.Argument(
            metavar="IN... OUT", help="What to convert, and the situation; - for stdout"
        ),
    ],
    force_at: Annotated[
        list[str] | None,
        typer.Option(metavar="PLACE", help="Where the force stands, LON,LAT or name; repeatable"),
    ] = None,
    force_in: Annotated[
        str | None,
        typer.Option(metavar="ID|PLACE", help="The piece of held ground meant: salient-1, a place"),
    ] = None,
    border: Annotated[
        Path | None,
        typer.Option(help="GeoJSON of the state border the map leaves out; one comes with it"),
    ] = None,
    preset: Annotated[
        str, typer.Option(help="Kind of map: deepstate, control-kml, isw or liveuamap")
    ] = "deepstate",
    layer: Annotated[
        list[str] | None,
        typer.Option(
            metavar="[BASIS=]FILE",
            help="Further layer of an isw map; BASIS, where its name does not tell: assessed, "
            "advance, claimed, retaken or skip; IN takes one too; repeatable",
        ),
    ] = None,
    holder: Annotated[
        list[str] | None,
        typer.Option(
            metavar="MARK=SIDE",
            help="Whose the zones of a KML are, by style ('#ru'), colour (ff0000), folder or "
            "name; SIDE may be unknown or skip; repeatable, the first that fits",
        ),
    ] = None,
    mapper_side: Annotated[
        str | None, typer.Option(help="Side whose cause the mapper serves, where it is not known")
    ] = None,
    force: Annotated[str, typer.Option(help="Id to give the force")] = "force",
    side: Annotated[str, typer.Option(help="Side of the force, one of the map's")] = "UA",
    as_of: Annotated[
        str | None, typer.Option("--as-of", help="Instant of the map, RFC 3339")
    ] = None,
    area_km: Annotated[
        float | None, typer.Option(min=1, help="Half the width of the ground kept, km")
    ] = None,
    anchor_at: Annotated[
        list[str] | None,
        typer.Option(metavar="LON,LAT", help="Ground that counts as reached; repeatable"),
    ] = None,
) -> None:
    """Convert what others made into a situation."""
    from encircle.formats.presets import STEPS, MapFile, convert_map, parse_layer
    from encircle.geojson import parse_document

    if len(paths) < 2:  # noqa: PLR2004 - one in, one out
        refuse("give what to convert and where to write it: encircle convert IN... OUT")
    *sources, target = paths
    outline = guard(lambda: parse_document(load(str(border)))) if border else None
    files = [
        MapFile(Path(name).name, load(name), basis)
        for basis, name in map(parse_layer, [*sources, *(layer or [])])
    ]
    with show_progress("Converting", len(STEPS)) as advance:
        document = guard(
            lambda: convert_map(
                preset,
                files,
                outline,
                holders=holder or [],
                mapper_side=mapper_side,
                on_step=advance,
                force_at=force_at or [],
                force_in=force_in,
                as_of=parse_instant(as_of) if as_of else None,
                force=force,
                side=side,
                area_km=area_km,
                anchor_at=[parse_place(text, "--anchor-at") for text in anchor_at or []] or None,
            )
        )
    for notice in document.get("situation", {}).get("notices", []):
        said = notice["statement"] if isinstance(notice, dict) else notice
        typer.echo(f"Notice: {said}", err=True)
    text = json.dumps(document, ensure_ascii=False, separators=(",", ":")).encode()
    if target == "-":
        print_bytes(text)
    else:
        write(Path(target), text)
