"""Commands over many maps: a force through time, the library of history, a new scenario."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from encircle.cli.options import ForceOption, JsonOption
from encircle.cli.terminal import (
    FAILED,
    echo,
    guard,
    load,
    load_map,
    parse_instant,
    parse_place,
    print_json,
    refuse,
    show_progress,
    write,
)
from encircle.map.counting import number_of

if TYPE_CHECKING:
    from encircle.archive.library.history import History
    from encircle.archive.timeline import Timeline

FixturesOption = Annotated[Path | None, typer.Option(help="Folder that holds the scenarios")]


def register(app: typer.Typer) -> None:
    """Add the commands to the command line."""
    app.command()(timeline)
    app.command()(history)
    app.command("new-scenario")(new_scenario)


def timeline(
    maps: Annotated[
        list[str],
        typer.Argument(metavar="MAPS...", help="Situations or raw maps of any kind, in any order"),
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
) -> None:
    """Judge one force over many dated maps: when what was true, and what changed at each turn."""
    from encircle.archive.timeline import judge_series
    from encircle.archive.timeline_picture import draw_strip
    from encircle.map.door.reader import parse_document, read_situation

    files = [(name, load_map(name)) for name in maps]
    raw = [(name, text) for name, text in files if preset or not _is_situation(text, name)]
    drawn_whole = [(name, text) for name, text in files if (name, text) not in raw]
    known = [
        guard(lambda n=name, t=text: read_situation(t, force=force, name=n))
        for name, text in drawn_whole
    ]
    if raw and force_in is None and force_at is None:
        refuse(
            f"{raw[0][0]} is a map, and no map of control shows forces; say which ground is meant: "
            "--force-in PLACE (LON,LAT or a name), or an id such as salient-1"
        )
    if not raw:
        idle = {"--force-in": force_in, "--force-at": force_at, "--side": side, "--border": border}
        _refuse_idle(idle, "every map is a situation, which draws its forces itself (--force ID)")
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
        for notice in _list_idle_places(drawn):
            echo(f"Notice: {notice}", err=True)
        known += [guard(lambda d=d: read_situation(d)) for d in drawn]
    with show_progress("Judging", len(known)) as step:
        series = guard(lambda: judge_series(known, on_judged=step))
    if svg:
        write(svg, draw_strip(series).encode())
    if json_output:
        print_json(series.to_dict())
    else:
        _tell_series(series)


def _list_idle_places(drawn: list[dict[str, Any]]) -> list[str]:
    """List what is told of a place that was given and not used."""
    told = (notice for document in drawn for notice in document["situation"]["notices"])
    return [n["statement"] for n in told if n["code"] == "place_far_from_the_piece"]


def _refuse_idle(options: dict[str, Any], why: str) -> None:
    """Refuse options that would do nothing, and say why they would."""
    if idle := [option for option, value in options.items() if value is not None]:
        refuse(f"{', '.join(idle)} would do nothing here: {why}; leave out {', '.join(idle)}")


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


def history(
    case: Annotated[str | None, typer.Argument(help="Only the cases whose name holds this")] = None,
    fixtures: FixturesOption = None,
    sensitivity: Annotated[
        bool, typer.Option("--sensitivity", help="Judge every map again, drawn otherwise")
    ] = False,
    json_output: JsonOption = False,
) -> None:
    """Judge the library of history, the popular methods beside it; exit 1 if we are wrong."""
    from encircle.archive.library.history import judge_library, measure_all
    from encircle.archive.library.scenarios import read_library

    scenarios = [s for s in guard(lambda: read_library(_find_fixtures(fixtures))) if s.is_history]
    chosen = [s for s in scenarios if case is None or case in s.id]
    if not chosen:
        refuse(f"no scenario's name holds {case!r}")
    with show_progress("Judging", len(chosen)) as step:
        judged = guard(lambda: judge_library(chosen, on_judged=step))
    report = judged.to_dict()
    if sensitivity:
        with show_progress("Drawing otherwise", len(chosen)) as step:
            report["sensitivity"] = measure_all(chosen, on_measured=step)
    if json_output:
        print_json(report)
    else:
        _tell_history(judged, report.get("sensitivity", {}))
    raise typer.Exit(FAILED if judged.wrong else 0)


def new_scenario(
    folder: Annotated[Path, typer.Argument(help="The scenario: <place>-<date>")],
    side: Annotated[str | None, typer.Option(help="Id of the side judged")] = None,
    enemy: Annotated[str | None, typer.Option(help="Id of the other side")] = None,
    at: Annotated[
        str | None, typer.Option(metavar="LON,LAT", help="Where the force stands")
    ] = None,
    anchor_at: Annotated[
        str | None, typer.Option(metavar="LON,LAT", help="Ground with its own way onward")
    ] = None,
    force: Annotated[
        str | None, typer.Option(help="Id of the force judged; the-force if not given")
    ] = None,
    json_output: JsonOption = False,
) -> None:
    """Start a scenario, or check one that is there for the mistakes people make."""
    from encircle.archive.library.drafting import draft_scenario, find_mistakes

    needed = {"--side": side, "--enemy": enemy, "--at": at, "--anchor-at": anchor_at}
    if folder.exists():
        _refuse_idle({**needed, "--force": force}, f"{folder} is there, and is only checked")
    else:
        missing = [option for option, value in needed.items() if value is None]
        if missing:
            refuse(f"{folder} is not there; to start it, give {', '.join(missing)}")
        parse_instant(f"{folder.name[-10:]}T12:00:00Z")
        files = draft_scenario(
            folder.name,
            side=str(side),
            enemy=str(enemy),
            force=force or "the-force",
            at=parse_place(str(at), "--at"),
            anchor_at=parse_place(str(anchor_at), "--anchor-at"),
        )
        folder.mkdir(parents=True)
        for name, text in files.items():
            write(folder / name, text.encode())
    mistakes = guard(lambda: find_mistakes(folder))
    if json_output:
        print_json({"folder": folder.name, "mistakes": [m.to_dict() for m in mistakes]})
    else:
        for mistake in mistakes:
            echo(str(mistake))
        echo(f"{len(mistakes)} to look at." if mistakes else "No mistake found.")
    raise typer.Exit(FAILED if any(m.is_mistake for m in mistakes) else 0)


def _find_fixtures(given: Path | None) -> Path:
    """Find the scenarios: where they were said to be, here, or beside the library."""
    beside = Path(__file__).resolve().parents[2] / "fixtures"
    places = [given] if given else [Path("fixtures"), beside]
    return next((place for place in places if place.is_dir()), places[0])


# -- in words --------------------------------------------------------------------------------


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


def _tell_history(judged: History, firmness: dict[str, Any]) -> None:
    from rich.console import Console
    from rich.table import Table

    console = Console()
    methods = [score.method for score in judged.scores][1:]
    table = Table("state", "history", "ours", *methods, *(["held"] if firmness else []))
    for record in judged.records:
        truth = record.scenario.truth
        row = [
            record.scenario.id,
            " ".join(record.scenario.acceptable),
            record.judgement.status.code + ("" if record.is_right else " WRONG"),
            *(_mark(record.said[method], truth) for method in methods),
        ]
        if firmness:
            row.append(f"{firmness[record.scenario.id]['share_held']:.0%}")
        table.add_row(*row)
    console.print(table)
    scores = Table("method", "right", "false positives", "false negatives", "silent")
    for s in judged.scores:
        counts = (s.false_positives, s.false_negatives, s.silent)
        scores.add_row(s.method, f"{s.right} of {s.of}", *map(str, counts))
    console.print(scores)
    for record in judged.wrong:
        for difference in record.differences or ["the proof does not hold"]:
            echo(f"{record.scenario.id}: {difference}")
    console.print(
        f"{number_of(len(judged.records), 'state')} judged and verified: {judged.seconds:.0f} s."
    )


def _mark(said: bool | None, truth: bool | None) -> str:
    if said is None:
        return "silent"
    answer = "yes" if said else "no"
    return answer if truth is None or said is truth else f"{answer} WRONG"
