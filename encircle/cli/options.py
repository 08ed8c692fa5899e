"""The options that several commands share, each declared once."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from encircle.map.options import CHOICES, Options

DEFAULTS = Options()
"""What a judgement is made with where nothing is said."""


def _judging(name: str) -> Any:  # noqa: ANN401 - what typer reads from a type
    """Declare an option of a judgement on the command line, as the library declares it."""
    choice = CHOICES[name]
    flag = f"--{name.replace('_', '-')}"
    return typer.Option(flag, min=choice.least, max=choice.most, help=choice.help)


StaleOption = Annotated[float, _judging("stale_after_days")]
SeamOption = Annotated[float, _judging("seam_m")]
WorldsOption = Annotated[int, _judging("most_worlds")]
SamplesOption = Annotated[int, _judging("samples")]
SeedOption = Annotated[int | None, _judging("seed")]
WithoutOption = Annotated[
    list[str] | None,
    typer.Option("--without", metavar="ID", help="Judge as if nobody had drawn it; repeatable"),
]
AssumeOption = Annotated[
    list[str] | None,
    typer.Option(
        "--assume",
        metavar="ID=true|false|hostile|passable",
        help="Take it as right, as not there, or as ground held by the enemy, or passable",
    ),
]

SituationFile = Annotated[str, typer.Argument(metavar="SITUATION", help="GeoJSON; - for stdin")]
JsonOption = Annotated[bool, typer.Option("--json", help="Print one JSON document, nothing else")]
ForceOption = Annotated[str | None, typer.Option("--force", help="Id of the force to judge")]
AsOfOption = Annotated[str | None, typer.Option("--as-of", help="Instant to judge, RFC 3339")]
ColoursOption = Annotated[
    str, typer.Option(help="Of pictures: judged (the force is blue), or side (each its own)")
]

WorkersOption = Annotated[
    int | None,
    typer.Option(
        min=1, help="Processes that work at once; every processor's if not given, from 8 maps on"
    ),
]
SchedulerOption = Annotated[
    str | None,
    typer.Option(
        metavar="ADDRESS", help="A Dask scheduler, tcp://host:8786, whose workers do the work"
    ),
]
