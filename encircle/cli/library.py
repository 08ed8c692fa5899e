"""Commands over many maps: a force through time, the library of history, a new scenario."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from encircle.cli.options import JsonOption
from encircle.cli.terminal import (
    FAILED,
    echo,
    guard,
    parse_instant,
    parse_place,
    print_json,
    refuse,
    refuse_idle,
    show_progress,
    write,
)
from encircle.map.counting import number_of

if TYPE_CHECKING:
    from encircle.archive.library.history import History

FixturesOption = Annotated[Path | None, typer.Option(help="Folder that holds the scenarios")]


def register(app: typer.Typer) -> None:
    """Add the commands to the command line."""
    app.command()(history)
    app.command("new-scenario")(new_scenario)


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
        refuse_idle({**needed, "--force": force}, f"{folder} is there, and is only checked")
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
