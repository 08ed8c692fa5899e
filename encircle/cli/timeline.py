"""The command that follows ground through time: one force, or every piece of an archive."""

from __future__ import annotations

from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, NoReturn, TypeVar

import typer

from encircle.cli.found import Found, scan_all
from encircle.cli.options import ForceOption, JsonOption, SchedulerOption, WorkersOption
from encircle.cli.terminal import (
    BAD_INPUT,
    echo,
    guard,
    load,
    print_json,
    refuse,
    refuse_idle,
    show_progress,
    write,
    write_each,
)
from encircle.errors import EncircleError, QuestionError, SituationError
from encircle.map.counting import number_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from encircle.archive.linking import Story
    from encircle.archive.timeline import Timeline
    from encircle.errors import InputFault
    from encircle.formats.publishers.presets import DatedMap


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
    from encircle.formats.piece_series import draw_series
    from encircle.map.door.reader import parse_document, read_situation

    _check_endings(out or ())
    faults: dict[str, list[str]] = {}
    files = _load_all(maps, faults)
    raw = [(name, text) for name, text in files if preset or not _is_situation(text, name)]
    drawn_whole = [(name, text) for name, text in files if (name, text) not in raw]
    known = _read_each(
        drawn_whole, lambda name, text: read_situation(text, force=force, name=name), faults
    )
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
    if not raw and not known:
        _end_with(faults)
    idle = {"--cache": cache, "--fresh": fresh or None, "--workers": workers,
            "--scheduler": scheduler}  # fmt: skip
    refuse_idle(idle, "one force is judged anew each time, here")
    if not raw:
        idle = {"--force-in": force_in, "--force-at": force_at, "--side": side, "--border": border}
        refuse_idle(idle, "every map is a situation, which draws its forces itself (--force ID)")
    outline = guard(lambda: parse_document(load(str(border)))) if border else None
    if raw:
        with show_progress("Drawing", 2 * len(raw)) as step:
            dated = _read_each(raw, partial(_read_map, preset, outline, step), faults)
            if not dated:
                _end_with(faults)
            drawn = guard(
                lambda: draw_series(
                    dated, on_drawn=step, force_in=force_in,
                    force_at=[force_at] if force_at else [], side=side or "UA",
                    force=force or "force",
                ),
                as_json=json_output,
            )  # fmt: skip
        _tell_idle_places(drawn)
        known += [guard(lambda d=d: read_situation(d)) for d in drawn]
    with show_progress("Judging", len(known)) as step:
        series = guard(lambda: judge_series(known, on_judged=step))
    _tell_faults(faults)
    rows = [_flatten(moment.to_dict()) for moment in series.moments]
    is_whole = _write_all(svg, lambda: draw_strip(series), out or (), rows)
    if json_output:
        print_json({**series.to_dict(), **({"errors": faults} if faults else {})})
    else:
        _tell_series(series)
    if faults or not is_whole:
        raise typer.Exit(BAD_INPUT)


SERIES = (".csv", ".jsonl")
"""How the name of a written series may end."""


def _check_endings(out: Sequence[Path]) -> None:
    for path in out:
        if path.suffix.lower() not in SERIES:
            refuse(f"--out {path}: cannot tell the format; end it in {' or '.join(SERIES)}")


def _load_all(maps: list[str], faults: dict[str, list[str]]) -> list[tuple[str, bytes]]:
    """Read the files given, and the maps in folders and archives among them."""
    from encircle.archive.files import holds_maps, list_maps
    from encircle.map.door.compressed import unwrap

    files: list[tuple[str, bytes]] = []
    for name in maps:
        if name != "-" and holds_maps(name):
            with guard(lambda n=name: list_maps([n])) as listing:
                for entry in listing.entries:
                    with _noting(entry.name, faults):
                        files.append((entry.name, entry.to_file().raw))
        else:
            given = load(name)
            with _noting(name, faults):
                files.append((name, unwrap(given)))
    return files


Read = TypeVar("Read")


def _read_each(
    files: Sequence[tuple[str, bytes]],
    read: Callable[[str, bytes], Read],
    faults: dict[str, list[str]],
) -> list[Read]:
    """Read each file; what cannot be read is noted by its name, and the rest is done."""
    done = []
    for name, text in files:
        with _noting(name, faults):
            done.append(read(name, text))
    return done


@contextmanager
def _noting(name: str, faults: dict[str, list[str]]) -> Iterator[None]:
    """Note why a file could not be read; a question back is none of its faults."""
    try:
        yield
    except QuestionError:
        raise
    except SituationError as error:
        faults[name] = [*map(_say_fault, error.faults)]
    except (EncircleError, OSError) as error:
        faults[name] = [str(error)]


def _say_fault(fault: InputFault) -> str:
    """Say what is wrong with a file: where in it, or that it is all of it."""
    return str(fault) if fault.pointer else f"{fault.message}. {fault.remedy}"


def _tell_faults(faults: dict[str, list[str]]) -> None:
    for name, told in faults.items():
        for fault in told:
            echo(f"error: {name}: {fault}", err=True)


def _end_with(faults: dict[str, list[str]]) -> NoReturn:
    """End the command: no file could be read."""
    _tell_faults(faults)
    raise typer.Exit(BAD_INPUT)


def _flatten(moment: dict[str, Any]) -> dict[str, Any]:
    """Give a moment as one flat row."""
    neck = moment["neck_width_m"] or {}
    return {
        "as_of": moment["as_of"], "verdict": moment["verdict"], "status": moment["status"]["code"],
        **moment["definitions"],
        "neck_m_grey_passable": neck.get("optimistic"),
        "neck_m_grey_hostile": neck.get("pessimistic"), "area_km2": moment["area_km2"],
    }  # fmt: skip


def _write_all(
    svg: Path | None, draw: Callable[[], str], out: Sequence[Path], rows: list[dict[str, Any]]
) -> bool:
    """Write picture and series; tell whether all were."""
    series = (partial(_write_series, path, rows) for path in out)
    picture = [lambda: write(svg, draw().encode())] if svg else []
    return write_each([*picture, *series])


def _write_series(path: Path, rows: list[dict[str, Any]]) -> None:
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
    from encircle.archive.export import say_notices
    from encircle.archive.story_picture import draw_stories
    from encircle.map.door.reader import parse_document

    outline = guard(lambda: parse_document(load(str(border)))) if border else None
    found = Found(side, preset, outline, cache=cache, fresh=fresh)
    scan_all(maps, found, workers, scheduler)
    stories = [story.to_dict() for story in found.stories]
    days = f"{found.scans[0].as_of[:10]} to {found.scans[-1].as_of[:10]}" if found.scans else ""
    rows = [
        {"story": s["story"], "side": s["side"], "mapper": s["mapper"],
         "nearest_place": s["nearest_place"], **_flatten_sight(one),
         "notices": say_notices(sight.scan.notices)}
        for story, s in zip(found.stories, stories, strict=True)
        for sight, one in zip(story.sights, s["series"], strict=True)
    ]  # fmt: skip
    is_whole = _write_all(
        svg if found.scans else None,
        lambda: draw_stories(found.stories, f"Pockets and salients, {days}"), out, rows,
    )  # fmt: skip
    if json_output:
        stale = [{"map": m, "mapper": mapper, "side": of, "as_of": at, "same_as": first}
                 for (mapper, m, at, of), first in found.stale.items()]  # fmt: skip
        print_json({"stories": stories, "stale": stale, "notices": found.list_notices(),
                    "errors": found.faults})  # fmt: skip
    else:
        for doubt in found.say_doubts(of_unread=False):  # those are told as errors
            echo(doubt)
        for story in found.stories:
            _tell_story(story)
    if found.faults or not is_whole:
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


def _read_map(
    preset: str | None,
    border: Any,  # noqa: ANN401 - a document
    step: Callable[[object], None],
    name: str,
    text: bytes,
) -> DatedMap:
    from encircle.formats.publishers.presets import MapFile, read_map

    step(name)
    return read_map(preset, [MapFile(Path(name).name, text)], border)


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
