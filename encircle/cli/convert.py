"""The command that turns what others made into a situation."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from encircle.cli.terminal import (
    echo,
    guard,
    load,
    parse_instant,
    parse_place_or_name,
    print_bytes,
    refuse,
    show_progress,
    write,
)

if TYPE_CHECKING:
    from encircle.formats.publishers.guests import Given

OUTPUTS = ("", ".geojson", ".json", ".gpkg", ".kml", ".csv")
"""How the name of what is written may end."""


def register(app: typer.Typer) -> None:
    """Add the command to the command line."""
    app.command()(convert)


def convert(
    paths: Annotated[
        list[str],
        typer.Argument(
            metavar="IN... OUT",
            help="Maps, tables of positions, roads, claims, GIS files, and the situation to write "
            "(.geojson, .gpkg or .kml, or .csv of its positions); - for stdin and stdout",
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
        str | None,
        typer.Option(
            help="What the files are, where their content does not tell: deepstate, mirror, isw, "
            "liveuamap, control-kml, table, acled, ucdp-ged, geoconfirmed, auto-archiver, "
            "uawardata, bellingcat, roads, claims, border"
        ),
    ] = None,
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
    force: Annotated[str | None, typer.Option(help="Id of the force judged")] = None,
    side: Annotated[
        str | None, typer.Option(help="Side of the force; UA where nothing else is plain")
    ] = None,
    as_of: Annotated[
        str | None, typer.Option("--as-of", help="Instant of the map, RFC 3339")
    ] = None,
    area_km: Annotated[
        float | None, typer.Option(min=1, help="Half the width of the ground kept, km")
    ] = None,
    anchor_at: Annotated[
        list[str] | None,
        typer.Option(
            metavar="PLACE", help="Ground that counts as reached: LON,LAT or a name; repeatable"
        ),
    ] = None,
    column: Annotated[
        list[str] | None,
        typer.Option(metavar="ROLE=HEADING", help="Which column says what: side=Seite; repeatable"),
    ] = None,
    columns: Annotated[
        Path | None, typer.Option(help="The same in a file, JSON or TOML: columns, sides")
    ] = None,
    side_as: Annotated[
        list[str] | None,
        typer.Option(metavar="WORD=SIDE", help="What a table calls a side; repeatable"),
    ] = None,
    rows_side: Annotated[str | None, typer.Option(help="Side of rows that name none")] = None,
    rows_as: Annotated[str | None, typer.Option(help="What rows are: positions or claims")] = None,
    basis: Annotated[
        str | None,
        typer.Option(
            help="What positions rest on, where no column says: geolocated, sketch, reported"
        ),
    ] = None,
    swap_row: Annotated[
        list[int] | None,
        typer.Option(help="Row whose latitude and longitude are exchanged; repeatable"),
    ] = None,
    sheet: Annotated[str | None, typer.Option(help="Sheet of a workbook")] = None,
    keep_good: Annotated[
        bool, typer.Option("--keep-good", help="Leave out rows that cannot be read, and say so")
    ] = False,
    within_km: Annotated[
        float | None,
        typer.Option(min=0.1, help="How far from the force roads are taken, km; 30 if not given"),
    ] = None,
) -> None:
    """Convert what others made into a situation: maps, tables, roads and GIS files."""
    from encircle.claims.composing.compose import compose
    from encircle.claims.composing.plan import Plan
    from encircle.formats.publishers.presets import STEPS
    from encircle.map.door.reader import parse_document

    if len(paths) < 2:  # noqa: PLR2004 - one in, one out
        refuse("give what to convert and where to write it: encircle convert IN... OUT")
    *sources, target = paths
    if target != "-" and Path(target).suffix.lower() not in OUTPUTS:
        refuse(
            f"cannot write {target}: a situation is written as .geojson, .gpkg or .kml, its "
            "positions as .csv; name OUT last"
        )
    _check_words(rows_as, basis)
    given = [_load(name) for name in [*sources, *(layer or [])]]
    plan = Plan(
        preset=preset,
        border=guard(lambda: parse_document(load(str(border)))) if border else None,
        force_at=[parse_place_or_name(text, "--force-at") for text in force_at or []],
        force_in=force_in,
        anchor_at=[parse_place_or_name(text, "--anchor-at") for text in anchor_at or []],
        force=force,
        side=side,
        as_of=parse_instant(as_of) if as_of else None,
        area_km=area_km,
        holders=holder or [],
        mapper_side=mapper_side,
        wording=guard(lambda: _wording(columns, column or [], side_as or [])),
        rows_side=rows_side,
        rows_as=rows_as,  # type: ignore[arg-type]
        basis=basis,
        swap=frozenset(swap_row or ()),
        sheet=sheet,
        keep_good=keep_good,
        within_km=within_km,
    )
    with show_progress("Converting", len(STEPS)) as advance:
        document = guard(lambda: compose(given, plan, lambda line: echo(line, err=True), advance))
    for notice in document.get("situation", {}).get("notices", []):
        said = notice["statement"] if isinstance(notice, dict) else notice
        echo(f"Notice: {said}", err=True)
    _write(document, target)


def _check_words(rows_as: str | None, basis: str | None) -> None:
    if rows_as not in (None, "positions", "claims"):
        refuse(f"--rows-as takes positions or claims, not {rows_as!r}")
    if basis not in (None, "geolocated", "sketch", "reported"):
        refuse(f"--basis takes geolocated, sketch or reported, not {basis!r}")


def _load(text: str) -> Given:
    from encircle.formats.publishers.guests import Given
    from encircle.formats.publishers.presets import parse_layer

    basis, name = parse_layer(text)
    return Given(name, load(name), basis, None if name == "-" else Path(name))


def _wording(path: Path | None, columns: list[str], sides: list[str]) -> Any:  # noqa: ANN401
    """Read what is said of columns and words, from a file and from options."""
    from encircle.formats.tables.columns import Wording, parse_mapping

    told = parse_mapping(load(str(path)), path.name) if path else Wording()
    pairs = [[text.partition("=") for text in listed] for listed in (columns, sides)]
    for option, listed in zip(("--column", "--side-as"), pairs, strict=True):
        for left, _, right in listed:
            if not (left and right):
                refuse(f"{option} takes WORD=VALUE, not {left!r}")
    of, as_ = ({left: right for left, _, right in listed} for listed in pairs)
    return Wording({**told.columns, **of}, {**told.sides, **as_})


def _write(document: dict[str, Any], target: str) -> None:
    suffix = Path(target).suffix.lower()
    if suffix == ".gpkg":
        from encircle.formats.gis import write_gpkg

        guard(lambda: write_gpkg(document, Path(target)))
        echo(f"Wrote {target}", err=True)
        return
    if suffix == ".kml":
        from encircle.picture.export.export import list_rules, write_situation_kml

        write(Path(target), guard(lambda: write_situation_kml(document)))
        rules = " ".join(list_rules(document))
        echo(f"Only its zones are read back: encircle convert {target} OUT {rules}", err=True)
        return
    if suffix == ".csv":
        from encircle.formats.tables.writing import write_positions

        write(Path(target), guard(lambda: write_positions(document)))
        return
    text = json.dumps(document, ensure_ascii=False, separators=(",", ":")).encode()
    if target == "-":
        print_bytes(text)
    else:
        write(Path(target), text)
