"""The command that takes a sentence and maps, and gives an answer or a question back."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from encircle.cli.options import ColoursOption, JsonOption
from encircle.cli.terminal import (
    check_colours,
    decode,
    echo,
    guard,
    load,
    parse_place_or_name,
    print_json,
    refuse,
    show_progress,
    write,
)

if TYPE_CHECKING:
    from encircle.claims.asking.answer import Answer
    from encircle.picture.colours import Colours

MOST_NAME = 200
"""A claim longer than this is no file's name."""


def register(app: typer.Typer) -> None:
    """Add the command to the command line."""
    app.command()(ask)


def ask(
    claim: Annotated[
        str, typer.Argument(metavar="CLAIM", help="A sentence, a text file, or - for stdin")
    ],
    maps: Annotated[
        list[str],
        typer.Argument(
            metavar="MAP...",
            help="Maps of any known kind; situations; tables of positions, roads, GIS files",
        ),
    ],
    place: Annotated[
        str | None, typer.Option(metavar="NAME|LON,LAT", help="Where the force is said to be")
    ] = None,
    force_in: Annotated[
        str | None,
        typer.Option(
            metavar="ID|PLACE", help="The piece of ground that is meant; see the question"
        ),
    ] = None,
    side: Annotated[str | None, typer.Option(help="Whose force: UA or RU")] = None,
    made_at: Annotated[
        str | None,
        typer.Option("--made-at", "--date", help="Day or instant of the claim, RFC 3339"),
    ] = None,
    claimant: Annotated[str | None, typer.Option(help="Who said it")] = None,
    claimant_side: Annotated[str | None, typer.Option(help="For which side they speak")] = None,
    definition: Annotated[
        str | None, typer.Option(help="What the words mean: land_cut, isolation, fire_control ...")
    ] = None,
    value: Annotated[str | None, typer.Option(help="yes, or no where the claim denies it")] = None,
    number: Annotated[float | None, typer.Option(help="Head count claimed")] = None,
    claim_number: Annotated[
        int | None, typer.Option("--claim", min=1, help="Which of several claims of the text")
    ] = None,
    as_of: Annotated[
        str | None, typer.Option("--as-of", help="Instant of maps that tell none, RFC 3339")
    ] = None,
    border: Annotated[
        Path | None, typer.Option(help="GeoJSON of another outline of Ukraine than the bundled")
    ] = None,
    rows_side: Annotated[
        str | None, typer.Option(help="Side of a table's rows that name none")
    ] = None,
    anchor_at: Annotated[
        list[str] | None,
        typer.Option(
            metavar="PLACE",
            help="Ground that counts as reached, where positions come without a map; repeatable",
        ),
    ] = None,
    keep_good: Annotated[
        bool, typer.Option("--keep-good", help="Leave out rows that cannot be read, and say so")
    ] = False,
    output: Annotated[
        Path | None, typer.Option("-o", "--output", help="Write page, pictures and proofs here")
    ] = None,
    colours: ColoursOption = "judged",
    json_output: JsonOption = False,
) -> None:
    """Answer whether maps bear out a claim that a force is cut off; or ask back."""
    from encircle.claims.asking.ask import STEPS
    from encircle.claims.asking.ask import ask as answer_claim
    from encircle.claims.asking.question import Corrections
    from encircle.claims.composing.plan import Plan
    from encircle.formats.publishers.presets import MapFile, parse_layer
    from encircle.map.door.reader import parse_document

    corrections = Corrections(
        claimant, claimant_side, parse_day(made_at, "--date"), definition, value, number,
        side.upper() if side else None, place, claim_number,
    )  # fmt: skip
    said = _read_claim(claim, maps)
    files = [MapFile(Path(name).name, load(name), basis) for basis, name in map(parse_layer, maps)]
    plan = Plan(
        rows_side=rows_side, keep_good=keep_good,
        anchor_at=[parse_place_or_name(text, "--anchor-at") for text in anchor_at or []],
    )  # fmt: skip
    outline = guard(lambda: parse_document(load(str(border)))) if border else None
    with show_progress("Asking the maps", len(STEPS)) as step:
        answer: Answer = guard(
            lambda: answer_claim(
                said, files, corrections=corrections, force_in=force_in,
                as_of=parse_day(as_of, "--as-of"), border=outline, plan=plan, on_step=step,
            ),
            as_json=json_output,
        )  # fmt: skip
    if output:
        _write(output, answer, check_colours(colours))
    if json_output:
        print_json(answer.to_dict())
        return
    from encircle.claims.asking.telling import tell

    sys.stdout.write(tell(answer))


def _read_claim(given: str, maps: list[str]) -> str:
    """Take the claim as it was typed, or read it from the file of that name."""
    if given == "-":
        if "-" in maps:
            refuse("standard input can be read once; give - once")
        return decode(load("-"), "standard input")
    if len(given) <= MOST_NAME and "\n" not in given and _is_file(given):
        return decode(load(given), given)
    if len(given.split()) == 1 and ("." in given or "/" in given):
        refuse(f"cannot read {given}: no such file; give a sentence in quotes, or a text file")
    return given


def _is_file(name: str) -> bool:
    try:
        return Path(name).is_file()
    except OSError:
        return False


def parse_day(text: str | None, option: str) -> Any:  # noqa: ANN401 - a datetime, once parsed
    """Parse a day, taken at noon UTC, or an instant."""
    from encircle.map.door.contract import parse_day_or_instant

    if text is None:
        return None
    try:
        return parse_day_or_instant(text)
    except ValueError:
        refuse(f"{option} {text!r} is neither a day nor an instant; write 2025-03-14")


def _write(folder: Path, answer: Answer, colours: Colours) -> None:
    """Write what an answer is published with; without a renderer, all but the PNGs."""
    from encircle.claims.asking.folder import build_files, build_pngs
    from encircle.picture.export.png import PictureError

    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        refuse(f"cannot make the folder {folder}: {error.strerror}")
    files = guard(lambda: build_files(answer, colours))
    try:
        files |= build_pngs(answer, colours)
    except PictureError as error:
        echo(f"No PNG was written: {error}", err=True)
    for name, content in files.items():
        write(folder / name, content)
