"""The command line: judge and verify; the other families stand beside it."""

from __future__ import annotations

import json
import sys
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from encircle.cli import ask as cli_ask
from encircle.cli import claims as cli_claims
from encircle.cli import convert as cli_convert
from encircle.cli import inspect as cli_inspect
from encircle.cli import keys as cli_keys
from encircle.cli import library as cli_library
from encircle.cli import roads as cli_roads
from encircle.cli import scan as cli_scan
from encircle.cli import serve as cli_serve
from encircle.cli import store as cli_store
from encircle.cli import timeline as cli_timeline
from encircle.cli import words as cli_words
from encircle.cli.options import (
    DEFAULTS,
    AsOfOption,
    AssumeOption,
    ColoursOption,
    ForceOption,
    JsonOption,
    SamplesOption,
    SeamOption,
    SeedOption,
    SituationFile,
    StaleOption,
    WithoutOption,
    WorldsOption,
)
from encircle.cli.terminal import (
    FAILED,
    check_colours,
    echo,
    guard,
    load,
    parse_assumption,
    print_bytes,
    print_json,
    read_file,
    refuse,
    spell_out_streams,
    write,
)
from encircle.version import __version__

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from encircle.map.situation import Situation
    from encircle.verdict.judgement import Judgement

app = typer.Typer(
    help="Given a map, is this force cut off, and how do you know?",
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
)


def _tell_version(wanted: bool) -> None:
    if wanted:
        echo(f"encircle {__version__}")
        raise typer.Exit


@app.callback(help=app.info.help)
def begin(
    _version: Annotated[
        bool,
        typer.Option(
            "--version", help="Print the version and end", is_eager=True, callback=_tell_version
        ),
    ] = False,
) -> None:
    """Make the streams fit for whatever a map says."""
    spell_out_streams()


cli_ask.register(app)
cli_convert.register(app)
cli_inspect.register(app)
cli_scan.register(app)
cli_timeline.register(app)
cli_library.register(app)
cli_claims.register(app)
cli_words.register(app)
cli_roads.register(app)
cli_keys.register(app)
cli_store.register(app)
cli_serve.register(app)

NETWORK_FORMATS = (".graphml", ".json")


@app.command()
def judge(
    situation: SituationFile,
    force: ForceOption = None,
    as_of: AsOfOption = None,
    stale_after_days: StaleOption = DEFAULTS.stale_after_days,
    seam_m: SeamOption = DEFAULTS.seam_m,
    without: WithoutOption = None,
    assume: AssumeOption = None,
    most_worlds: WorldsOption = DEFAULTS.most_worlds,
    samples: SamplesOption = DEFAULTS.samples,
    seed: SeedOption = None,
    json_output: JsonOption = False,
    svg: Annotated[Path | None, typer.Option(help="Draw the judgement as a picture")] = None,
    png: Annotated[Path | None, typer.Option(help="The same as pixels")] = None,
    colours: ColoursOption = "judged",
    out: Annotated[
        list[Path] | None,
        typer.Option(metavar="F", help="Layers (.geojson, .gpkg, .kml), units (.csv); repeatable"),
    ] = None,
    network: Annotated[
        Path | None, typer.Option(help="Save the labelled network (.graphml or .json)")
    ] = None,
    ids: Annotated[
        bool, typer.Option("--ids", help="Give behind each line the ids of its features")
    ] = False,
    deadline: Annotated[
        float | None,
        typer.Option(min=0, metavar="S", help="Seconds; what comes later than proof is left out"),
    ] = None,
) -> None:
    """Judge whether a force is cut off, and say why."""
    from encircle.judge import judge as judge_situation
    from encircle.map.options import Options

    _check_endings(svg, png, out or ())
    chosen = check_colours(colours)
    if seed is not None and not samples:
        refuse("--seed would do nothing here: no worlds are drawn; give --samples too")
    read = read_file(situation, as_of, force)
    options = Options(
        stale_after_days=stale_after_days, seam_m=seam_m, most_worlds=most_worlds,
        samples=samples, seed=DEFAULTS.seed if seed is None else seed,
        without=tuple(without or ()), assume=dict(map(parse_assumption, assume or ())),
    )  # fmt: skip
    judgement = guard(lambda: judge_situation(read, options, deadline_s=deadline))
    for path, kind in _list_files(svg, png, out or ()):
        from encircle.picture.export.export import export

        write(path, guard(partial(export, judgement, kind, read, colours=chosen)))
    if network:
        _save_network(network, read, options)
    if json_output:
        print_bytes(judgement.to_json())
    else:
        _show(judgement, ids=ids)


@app.command()
def verify(
    judgement: Annotated[str, typer.Argument(metavar="JUDGEMENT", help="JSON; - for stdin")],
    situation: SituationFile,
    force: Annotated[str | None, typer.Option(help="The force it has to be of")] = None,
    as_of: Annotated[str | None, typer.Option(help="The instant it has to be of")] = None,
    strict_options: Annotated[
        bool,
        typer.Option("--strict-options", help="Refuse other options, and evidence left out"),
    ] = False,
    json_output: JsonOption = False,
) -> None:
    """Check a judgement's certificates without the engine that made them; say what is proved."""
    from encircle.map.door.reader import parse_document
    from encircle.verifier.verify import verify as verify_judgement

    document = guard(lambda: parse_document(load(judgement)))
    asked = {"as_of": as_of, "force": force}
    own = {name: document.get(name) for name, given in asked.items() if given is None}
    taken = {name: value for name, value in own.items() if isinstance(value, str)}
    read = read_file(situation, taken.get("as_of", as_of), taken.get("force", force))
    verification = guard(
        lambda: verify_judgement(
            document, read, strict_options=strict_options, taken=tuple(sorted(taken))
        )
    )
    if not verification.is_readable:
        refuse(verification.sentence)
    if json_output:
        print_json(verification.to_dict())
    else:
        for check in verification.checks:
            mark = "holds" if check.holds else "FAILS"
            echo(f"{mark}  {check.name}: {check.statement}")
        echo(verification.sentence)
    raise typer.Exit(0 if verification.holds else FAILED)


PICTURES = {"--svg": (".svg", ".xml", ""), "--png": (".png",)}
OUT = (".geojson", ".json", ".gpkg", ".kml", ".csv", ".svg", ".png")


def _check_endings(svg: Path | None, png: Path | None, out: Sequence[Path]) -> None:
    """Refuse, before anything is judged, a file whose name says it is something else."""
    for option, path in (("--svg", svg), ("--png", png)):
        if path and path.suffix.lower() not in PICTURES[option]:
            other = "--png" if path.suffix.lower() == ".png" else "--svg"
            remedy = f"give {other} {path}" if path.suffix.lower() in PICTURES[other] else (
                f"end it in {PICTURES[option][0]}"
            )  # fmt: skip
            refuse(f"{option} {path} is no name for that kind of picture; {remedy}")
    for path in out:
        if path.suffix.lower() not in OUT:
            refuse(f"--out {path}: cannot tell the format; end it in {', '.join(OUT)}")


def _list_files(
    svg: Path | None, png: Path | None, out: Sequence[Path]
) -> Iterator[tuple[Path, str]]:
    """Give the files to write, each with its kind."""
    pictures = [(path, kind) for path, kind in ((svg, ".svg"), (png, ".png")) if path]
    yield from (*pictures, *((path, path.suffix) for path in out))


def _save_network(path: Path, situation: Situation, options: Any) -> None:  # noqa: ANN401 - Options
    import networkx as nx

    from encircle.network.sheet import build_network_of

    if path.suffix not in NETWORK_FORMATS:
        refuse(f"cannot tell the format of {path}; end it in {' or '.join(NETWORK_FORMATS)}")
    G = build_network_of(situation, options).to_networkx()
    if path.suffix == ".graphml":
        write(path, "\n".join(nx.generate_graphml(G)).encode())
    else:
        write(path, json.dumps(nx.node_link_data(G, edges="edges")).encode())


# -- on a terminal ---------------------------------------------------------------------------

COLOURS = {"not_encircled": "green", "encircled": "red", "contested": "yellow"}


def _show(judgement: Judgement, *, ids: bool) -> None:
    """Print the reasoning in words; in colour where there is a terminal."""
    from encircle.verdict.explain import explain

    text = explain(judgement, ids=ids)
    if not sys.stdout.isatty():
        echo(text)
        return
    from rich.console import Console
    from rich.panel import Panel
    from rich.text import Text

    headline, _, rest = text.partition("\n\n")
    colour = COLOURS.get(judgement.verdict, "cyan")
    status = judgement.status
    console = Console(highlight=False)
    title = f"{status.code} · {status.label}"
    console.print(Panel(Text(headline, style="bold"), title=title, border_style=colour))
    for paragraph in rest.split("\n\n"):
        lead, *lines = paragraph.split("\n")
        console.print(Text(lead, style="bold"))
        for line in lines:
            console.print(Text(line), soft_wrap=False)
        console.print()


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the command line."""
    app(args=list(arguments) if arguments is not None else None, prog_name="encircle")


if __name__ == "__main__":
    main()
