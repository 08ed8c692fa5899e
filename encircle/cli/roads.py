"""The command over a road map: is a place cut off, how likely, and which roads prove it."""

from __future__ import annotations

from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from encircle.cli.options import JsonOption
from encircle.cli.terminal import echo, guard, parse_place, print_json, refuse, show_progress, write
from encircle.map.counting import number_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from encircle.roads.judging import RoadJudgement

PLACES = "LON,LAT"
DEFAULT_P_OPEN = 0.95
"""Probability that a stretch of road is open where nobody says, for trying; not a finding."""


def register(app: typer.Typer) -> None:
    """Add the command to the command line."""
    app.command()(roads)


def roads(
    file: Annotated[Path, typer.Argument(help=".osm.pbf, .osm, .osm.gz, or GeoJSON lines")],
    start: Annotated[
        list[str], typer.Option("--from", metavar=PLACES, help="Where the force is; repeatable")
    ],
    goal: Annotated[
        list[str], typer.Option("--to", metavar=PLACES, help="What it must reach; repeatable")
    ],
    p_open: Annotated[
        str,
        typer.Option(
            metavar="P|NAME",
            help="Probability that a stretch between junctions is open"
            ", or the tag or property that holds it",
        ),
    ] = str(DEFAULT_P_OPEN),
    per_km: Annotated[
        bool, typer.Option("--per-km", help="The probability is that of a kilometre")
    ] = False,
    hostile: Annotated[
        Path | None, typer.Option(help="GeoJSON polygons; roads on them are closed")
    ] = None,
    shared: Annotated[
        str | None,
        typer.Option(
            metavar="NAME",
            help="Tag or property: roads with the same value of it are open or closed together",
        ),
    ] = None,
    everywhere: Annotated[
        Path | None,
        typer.Option(help="Write how likely each junction is cut off from --to, as GeoJSON points"),
    ] = None,
    samples: Annotated[int, typer.Option(min=1, help="Worlds to draw")] = 10_000,
    seed: Annotated[int, typer.Option(min=0, help="Same seed, same answer")] = 0,
    tolerance_m: Annotated[
        float, typer.Option(min=0, help="Join loose ends of roads this near to another; m")
    ] = 0.0,
    most_away_m: Annotated[
        float, typer.Option(min=0, help="How far a place may lie from the nearest road; m")
    ] = 2_000.0,
    json_output: JsonOption = False,
) -> None:
    """Judge, after the fact, whether a place was cut off by road. It recommends no route."""
    import orjson

    from encircle.formats.routes.osm import read_polygons, read_road_lines
    from encircle.reliability.sampling.sampling import PARTS
    from encircle.roads.judging import judge_roads, map_everywhere
    from encircle.roads.road_network import build_road_network

    if shared and (per_km or everywhere):
        other = "--per-km" if per_km else "--everywhere"
        refuse(f"--shared and {other} exclude each other: what roads share has one probability, "
               "whatever their length, and is counted, not drawn")  # fmt: skip
    chance, p = _parse_p_open(p_open)
    places = [parse_place(text, "--from") for text in start]
    places += [parse_place(text, "--to") for text in goal]
    with show_steps("Reading roads") as step:
        lines = guard(lambda: read_road_lines(file, chance, step, shared=shared))
    with show_steps("Joining roads"):
        network = guard(lambda: build_road_network(lines, places, tolerance_m, most_away_m))
        ground = guard(lambda: read_polygons(hostile)) if hostile else []
        closed = network.find_touched(ground) if ground else None
    vertices = [landing.vertex for landing in network.landings]
    with show_progress("Drawing worlds", min(PARTS, samples)) as step:
        judgement = guard(
            lambda: judge_roads(
                network,
                network.find_p_open(p, per_km=per_km),
                vertices[: len(start)],
                vertices[len(start) :],
                worlds=samples,
                seed=seed,
                closed=closed,
                shared=network.find_shared(p),
                on_step=step,
            )
        )
    if everywhere:
        with show_progress("Drawing worlds everywhere", min(PARTS, samples)) as step:
            drawn = guard(lambda: map_everywhere(judgement, samples, seed, step))
        write(everywhere, orjson.dumps(drawn))
    if json_output:
        print_json({"file": file.name, **judgement.to_dict()})
    else:
        _tell(judgement, file.name)


@contextmanager
def show_steps(what: str) -> Iterator[Callable[[object], None]]:
    """Show on standard error that work of unknown length goes on, and how far it is."""
    from rich.console import Console

    console = Console(stderr=True)
    with console.status(what) as status:
        yield lambda done: status.update(f"{what}: {done}")


def _parse_p_open(text: str) -> tuple[str | None, float]:
    """Parse a probability, or take the text for the name of a tag or property."""
    try:
        p = float(text)
    except ValueError:
        return text, DEFAULT_P_OPEN
    if not 0 <= p <= 1:
        refuse(f"--p-open {text} is no probability; give a number from 0 to 1 or a name")
    return None, p


# -- in words --------------------------------------------------------------------------------


def _tell(judgement: RoadJudgement, name: str) -> None:
    said = judgement.to_dict()
    chance, network = said["likelihood_cut_off"], said["network"]
    low, high = chance["interval"]
    echo("Reachable by road." if said["reachable"] else "Cut off: no road leads there.")
    span = f" ({_say_percent(low)} to {_say_percent(high)})" if chance["worlds"] else ""
    echo(f"Likelihood of being cut off: {_say_percent(chance['p'])}{span}.")
    drawn = f", {chance['worlds']} worlds, seed {chance['seed']}" if chance["worlds"] else ""
    echo(f"  {chance['method']}{drawn}")
    for line in _list_proof(said):
        echo(line)
    echo(
        f"{name}: {number_of(network['stretches'], 'stretch')} between "
        f"{number_of(network['junctions'], 'junction')}, {network['length_km']} km, in "
        f"{number_of(network['parts'], 'part')}; "
        f"{number_of(network['loose_ends_joined'], 'loose end')} joined within "
        f"{network['tolerance_m']:g} m; "
        f"{number_of(network['closed_by_ground'], 'stretch')} closed by hostile ground."
    )
    for notice in said["notices"]:
        echo(f"Notice: {notice}.")


def _list_proof(said: dict[str, Any]) -> Iterator[str]:
    ways = said["disjoint_ways"]
    if not ways:
        return
    if ways == 1:
        yield "There is 1 way by itself; the loss of this stretch closes it:"
    else:
        yield f"{ways} ways share no stretch; the loss of these {len(said['cut'])} closes all:"
    for stretch in said["cut"]:
        (west, south), (east, north) = stretch["between"]
        yield (
            f"  {stretch['road']}, {stretch['length_m']} m, "
            f"{west:.4f},{south:.4f} to {east:.4f},{north:.4f}"
        )
    faults = said["certificate_faults"]
    yield "The proof holds." if not faults else f"The proof does not hold: {'; '.join(faults)}"


def _say_percent(p: float) -> str:
    rare = 0 < p < 0.0001  # noqa: PLR2004 - less than a hundredth of a percent
    return f"1 in {float(f'{1 / p:.2g}'):,.0f}" if rare else f"{100 * p:.2f} %"
