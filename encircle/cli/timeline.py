"""The command that follows ground through time: one force, or every piece of an archive."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from encircle.cli.found import Found, scan_all
from encircle.cli.options import ForceOption, JsonOption, SchedulerOption, WorkersOption
from encircle.cli.terminal import (
    BAD_INPUT,
    echo,
    guard,
    load,
    load_map,
    print_json,
    refuse,
    refuse_idle,
    show_progress,
    write,
)
from encircle.map.counting import number_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from encircle.archive.linking import Story
    from encircle.archive.timeline import Timeline


def register(app: typer.Typer) -> None:
    """Add the command to the command line."""
    app.command()(timeline)


def timeline(
    maps: Annotated[
        list[str],
        typer.Argument(
            metavar="MAPS...",
            help="Situations or raw maps of any kind, folders or archives of them, in any order",
        ),
    ],
    force: ForceOption = None,
    force_in: Annotated[
        str | None,
        typer.Option(
            metavar="ID|PLACE",
            help="Of raw maps: the piece of held ground meant, chosen on the first map that shows "
            "it and followed by overlap: salient-1, LON,LAT or a name",
        ),
    ] = None,
    force_at: Annotated[
        str | None, typer.Option(metavar="PLACE", help="Of raw maps: a place on that ground")
    ] = None,
    side: Annotated[
        str | None, typer.Option(help="Of raw maps: the side of the force; UA if not given")
    ] = None,
    preset: Annotated[
        str | None, typer.Option(help="Of raw maps: their kind, where content does not tell")
    ] = None,
    border: Annotated[
        Path | None, typer.Option(help="Of raw maps: GeoJSON of another state border")
    ] = None,
    json_output: JsonOption = False,
    svg: Annotated[Path | None, typer.Option(help="Draw the series into this file")] = None,
    out: Annotated[
        list[Path] | None,
        typer.Option(metavar="F", help="The series: a table (.csv) or lines (.jsonl); repeatable"),
    ] = None,
    cache: Annotated[
        Path | None,
        typer.Option(metavar="DIR", help="Of raw maps with no force named: where answers are kept"),
    ] = None,
    fresh: Annotated[
        bool, typer.Option("--fresh", help="Of those: find everything anew, and keep nothing")
    ] = False,
    workers: WorkersOption = None,
    scheduler: SchedulerOption = None,
) -> None:
    """
    Judge one force over many dated maps: when what was true, and what changed at each turn.

    Of raw maps with no force named, every piece of held ground is followed, as scan finds them.
    """
    from encircle.archive.timeline import judge_series
    from encircle.archive.timeline_picture import draw_strip
    from encircle.map.door.reader import parse_document, read_situation

    _check_endings(out or ())
    files = _load_all(maps)
    raw = [(name, text) for name, text in files if preset or not _is_situation(text, name)]
    drawn_whole = [(name, text) for name, text in files if (name, text) not in raw]
    known = [
        guard(lambda n=name, t=text: read_situation(t, force=force, name=n))
        for name, text in drawn_whole
    ]
    if raw and force_in is None and force_at is None:
        if force or known:
            refuse(
                f"{raw[0][0]} is a map, and no map of control shows forces; say which ground is "
                "meant: --force-in PLACE (LON,LAT or a name), or an id such as salient-1"
            )
        _follow_all(
            maps, side=side, preset=preset, border=border, json_output=json_output, svg=svg,
            out=out or (), cache=cache, fresh=fresh, workers=workers, scheduler=scheduler,
        )  # fmt: skip
        return
    idle = {"--cache": cache, "--fresh": fresh or None, "--workers": workers,
            "--scheduler": scheduler}  # fmt: skip
    refuse_idle(idle, "one force is judged anew each time, here")
    if not raw:
        idle = {"--force-in": force_in, "--force-at": force_at, "--side": side, "--border": border}
        refuse_idle(idle, "every map is a situation, which draws its forces itself (--force ID)")
    outline = guard(lambda: parse_document(load(str(border)))) if border else None
    if raw:
        with show_progress("Drawing", 2 * len(raw)) as step:
            drawn = guard(
                lambda: _draw_raw(
                    raw, preset, outline, step, force_in=force_in,
                    force_at=[force_at] if force_at else [], side=side or "UA",
                    force=force or "force",
                ),
                as_json=json_output,
            )  # fmt: skip
        _tell_idle_places(drawn)
        known += [guard(lambda d=d: read_situation(d)) for d in drawn]
    with show_progress("Judging", len(known)) as step:
        series = guard(lambda: judge_series(known, on_judged=step))
    if svg:
        write(svg, draw_strip(series).encode())
    _write_series(out or (), [_flatten(m.to_dict()) for m in series.moments])
    if json_output:
        print_json(series.to_dict())
    else:
        _tell_series(series)


SERIES = (".csv", ".jsonl")
"""How the name of a written series may end."""


def _check_endings(out: Sequence[Path]) -> None:
    for path in out:
        if path.suffix.lower() not in SERIES:
            refuse(f"--out {path}: cannot tell the format; end it in {' or '.join(SERIES)}")


def _load_all(maps: list[str]) -> list[tuple[str, bytes]]:
    """Read the files given, and the maps in folders and archives among them."""
    from encircle.archive.files import holds_maps, list_maps

    files: list[tuple[str, bytes]] = []
    for name in maps:
        if name != "-" and holds_maps(name):
            with guard(lambda n=name: list_maps([n])) as listing:
                files += [(entry.name, entry.to_file().raw) for entry in listing.entries]
        else:
            files.append((name, load_map(name)))
    return files


def _flatten(moment: dict[str, Any]) -> dict[str, Any]:
    """Give a moment as one flat row."""
    neck = moment["neck_width_m"] or {}
    return {
        "as_of": moment["as_of"], "verdict": moment["verdict"], "status": moment["status"]["code"],
        **moment["definitions"],
        "neck_m_grey_passable": neck.get("optimistic"),
        "neck_m_grey_hostile": neck.get("pessimistic"), "area_km2": moment["area_km2"],
    }  # fmt: skip


def _write_series(out: Sequence[Path], rows: list[dict[str, Any]]) -> None:
    for path in out:
        write(path, _write_rows(path, rows))


def _write_rows(path: Path, rows: list[dict[str, Any]]) -> bytes:
    """Write rows as a table, or each as a line of JSON."""
    import csv
    import io

    import orjson

    if path.suffix.lower() == ".jsonl":
        return b"".join(orjson.dumps(row) + b"\n" for row in rows)
    text = io.StringIO()
    if rows:
        writer = csv.DictWriter(text, list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)
    return text.getvalue().encode()


def _follow_all(
    maps: list[str],
    *,
    side: str | None,
    preset: str | None,
    border: Path | None,
    json_output: bool,
    svg: Path | None,
    out: Sequence[Path],
    cache: Path | None,
    fresh: bool,
    workers: int | None,
    scheduler: str | None,
) -> None:
    """Follow every piece of held ground over the maps of an archive."""
    from encircle.archive.keeping import Kept, find_folder
    from encircle.archive.story_picture import draw_stories
    from encircle.map.door.reader import parse_document

    outline = guard(lambda: parse_document(load(str(border)))) if border else None
    kept = Kept(None if fresh else cache or find_folder())
    found = Found(side, preset, outline, kept)
    scan_all(maps, found, workers, scheduler)
    stories = [story.to_dict() for story in found.stories]
    if svg and found.scans:
        days = f"{found.scans[0].as_of[:10]} to {found.scans[-1].as_of[:10]}"
        write(svg, draw_stories(found.stories, f"Pockets and salients, {days}").encode())
    rows = [
        {"story": s["story"], "side": s["side"], "mapper": s["mapper"],
         "nearest_place": s["nearest_place"], **_flatten_sight(one)}
        for s in stories for one in s["series"]
    ]  # fmt: skip
    _write_series(out, rows)
    if json_output:
        stale = [{"map": m, "mapper": mapper, "side": of, "as_of": at, "same_as": first}
                 for (mapper, m, at, of), first in found.stale.items()]  # fmt: skip
        print_json({"stories": stories, "stale": stale, "errors": found.faults})
    else:
        for story in found.stories:
            _tell_story(story)
    if found.faults:
        raise typer.Exit(BAD_INPUT)


def _flatten_sight(sight: dict[str, Any]) -> dict[str, Any]:
    neck = sight["neck_width_m"] or {}
    plain = {name: value for name, value in sight.items() if name != "neck_width_m"}
    return {
        **plain,
        "neck_m_grey_passable": neck.get("optimistic"),
        "neck_m_grey_hostile": neck.get("pessimistic"),
    }


def _tell_story(story: Story) -> None:
    piece = story.largest.piece
    by = f" by {piece.nearest_place}" if piece.nearest_place else ""
    echo(f"{story.id}: {story.side} {' and '.join(story.kinds)}{by}, at most "
         f"{piece.area_km2:.1f} km², {number_of(len(story.sights), 'map')}")  # fmt: skip
    for event in story.events:
        echo(f"  {event.statement}")


def _tell_idle_places(drawn: list[dict[str, Any]]) -> None:
    """Tell of a place that was given and not used."""
    told = (notice for document in drawn for notice in document["situation"]["notices"])
    for notice in told:
        if notice["code"] == "place_far_from_the_piece":
            echo(f"Notice: {notice['statement']}", err=True)


def _is_situation(raw: bytes, name: str) -> bool:
    """Tell a situation, or what is to be refused as one, from a map to be drawn."""
    from encircle.formats.publishers.presets import KINDS, PRESETS
    from encircle.map.recognise import recognise

    kind = recognise(raw, name).kind
    return KINDS.get(kind, kind) not in PRESETS


def _draw_raw(
    raw: list[tuple[str, bytes]],
    preset: str | None,
    border: Any,  # noqa: ANN401 - a document
    step: Any,  # noqa: ANN401 - whatever shows progress
    **options: Any,  # noqa: ANN401 - those of draw_series
) -> list[dict[str, Any]]:
    from encircle.formats.piece_series import draw_series
    from encircle.formats.publishers.presets import MapFile, read_map

    dated = []
    for name, text in raw:
        dated.append(read_map(preset, [MapFile(Path(name).name, text)], border))
        step(name)
    return draw_series(dated, on_drawn=step, **options)


def _tell_series(series: Timeline) -> None:
    for moment in series.moments:
        echo(f"{moment.as_of[:10]}  {moment.judgement.status.code}  {moment.judgement.headline}")
    echo("")
    for turn in series.turns:
        echo(turn.statement)
    for question in series.questions:
        spans = series.spans_of(question)
        said = "; ".join(f"{a[:10]} to {b[:10]}" if a != b else a[:10] for a, b in spans)
        echo(f"{question}: {said or 'never on these maps'}")
