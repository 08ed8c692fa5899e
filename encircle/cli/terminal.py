"""What every command does: read files, print documents, refuse bad input, show progress."""

from __future__ import annotations

import io
import os
import shutil
import sys
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn

import typer

from encircle.errors import EncircleError, QuestionError, SituationError
from encircle.map.counting import number_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from encircle.map.situation import Assumed, Situation
    from encircle.picture.colours import Colours

FAILED, BAD_INPUT, ASKED_BACK = 1, 2, 3
"""Exit codes. Source: docs/contract.md, Command line."""
MOST_TOLD = 200
"""Faults of one input that are printed: a screen holds fewer, a log need not hold more."""
_STEERING = {n: None for n in (*range(0x20), *range(0x7F, 0xA0)) if chr(n) not in "\n\t"}


def echo(text: str, *, err: bool = False) -> None:
    """Print a line; what a map's texts hold to steer a terminal is left out."""
    typer.echo(text.translate(_STEERING), err=err)


@contextmanager
def show_progress(what: str, total: int) -> Iterator[Callable[[object], None]]:
    """Show a bar on standard error while long work runs; give what is to be called at each step."""
    from rich.console import Console
    from rich.progress import (
        BarColumn,
        MofNCompleteColumn,
        Progress,
        TextColumn,
        TimeRemainingColumn,
    )

    left = TimeRemainingColumn(compact=True)
    columns = TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), left
    with Progress(*columns, console=Console(stderr=True), transient=True) as progress:
        task = progress.add_task(what, total=total)
        yield lambda _: progress.advance(task)


def load(name: str) -> bytes:
    """Read a file, or standard input for a dash."""
    if name == "-":
        return sys.stdin.buffer.read()
    try:
        return Path(name).read_bytes()
    except OSError as error:
        from encircle.map.door.reading import name_missing

        refuse(f"cannot read {name}: {name_missing(name) or error.strerror}")
    except ValueError:  # a null in a name
        refuse(f"cannot read {name!r}: no file can be called so")


def decode(raw: bytes, name: str) -> str:
    """Read text, or end the command where it is none."""
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        refuse(f"{name} is not UTF-8 text (byte {error.start}); save it as UTF-8")


def load_map(name: str) -> bytes:
    """Read a file, unpacked where it is a gzip."""
    from encircle.map.door.compressed import unwrap

    raw = load(name)
    try:
        return unwrap(raw)
    except SituationError as error:
        refuse(f"{name}: {error.faults[0].message}. {error.faults[0].remedy}")


def read_file(name: str, as_of: str | None, force: str | None) -> Situation:
    """Read a situation, or end the command with everything that is wrong with it."""
    from encircle.map.door.reader import read_situation

    raw = load_map(name)
    situation: Situation = guard(lambda: read_situation(raw, as_of=as_of, force=force, name=name))
    return situation


def guard(action: Any, *, as_json: bool = False) -> Any:  # noqa: ANN401 - whatever the action gives
    """
    Run an action; bad input ends the command with every fault on stderr and exit code 2.

    A question back ends it with exit code 3: the words on stderr, or the document on stdout.
    """
    try:
        return action()
    except QuestionError as question:
        if as_json:
            print_json(question.document)
        else:
            echo(question.words, err=True)
        raise typer.Exit(ASKED_BACK) from None
    except SituationError as error:
        for fault in error.faults[:MOST_TOLD]:
            echo(f"error: {fault}", err=True)
        if more := len(error.faults[MOST_TOLD:]):
            echo(f"error: and {number_of(more, 'fault')} more; mend these first", err=True)
    except EncircleError as error:
        echo(f"error: {error}", err=True)
    raise typer.Exit(BAD_INPUT)


def refuse(message: str) -> NoReturn:
    """End the command: bad input."""
    echo(f"error: {message}", err=True)
    raise typer.Exit(BAD_INPUT)


def refuse_idle(options: dict[str, Any], why: str) -> None:
    """Refuse options that would do nothing, and say why they would."""
    if idle := [option for option, value in options.items() if value is not None]:
        refuse(f"{', '.join(idle)} would do nothing here: {why}; leave out {', '.join(idle)}")


def check_colours(given: str) -> Colours:
    """Take the colours that pictures may be drawn in, or end the command."""
    from encircle.picture.colours import COLOURS

    found = next((one for one in COLOURS if one == given), None)
    return found or refuse(f"--colours {given!r} is not known; give one of {', '.join(COLOURS)}")


def parse_place(text: str, option: str) -> tuple[float, float]:
    """Parse LON,LAT."""
    try:
        lon, lat = (float(part) for part in text.split(","))
    except ValueError:
        refuse(f"{option} {text!r} is not LON,LAT")
    return lon, lat


def parse_place_or_name(text: str, option: str) -> tuple[float, float] | str:
    """Parse LON,LAT; the name of a place is looked up where the map is known."""
    is_pair = all(
        part.strip().lstrip("+-").replace(".", "", 1).isdigit() for part in text.split(",")
    )
    return parse_place(text, option) if is_pair else text


def parse_assumption(text: str) -> tuple[str, Assumed]:
    """Parse `ID=true` and the like; the id itself may hold an equals sign."""
    name, _, value = text.rpartition("=")
    known: dict[str, Assumed] = {
        "true": True, "false": False, "hostile": "hostile", "passable": "passable",
    }  # fmt: skip
    if not name or value not in known:
        refuse(f"--assume takes ID={', ID='.join(known)}, not {text!r}")
    return name, known[value]


def parse_instant(text: str, option: str = "--as-of") -> Any:  # noqa: ANN401 - a datetime, once parsed
    """Parse an instant, RFC 3339."""
    from encircle.map.door import contract

    try:
        return contract.parse_instant(text)
    except ValueError:
        refuse(f"{option} {text!r} is not an instant; write 2025-03-14T12:00:00Z")


def write(path: Path, content: bytes) -> None:
    """Write a file, and say so on standard error."""
    try:
        put(path, content)
    except OSError as error:
        refuse(f"cannot write {path}: {error.strerror}; name a place that is there and has room")
    echo(f"Wrote {path}", err=True)


def put(path: Path, content: bytes) -> None:
    """Write a file beside its place and move it there: its name has all of it, or nothing new."""
    place = path.resolve()  # what a link points to is written, and the link stays
    if place.exists() and not place.is_file():  # /dev/stdout and pipes: nothing can be moved there
        place.write_bytes(content)
        return
    beside = place.with_name(f".{place.name[:200]}.{os.getpid()}.part")
    try:
        beside.write_bytes(content)
        if place.exists():
            shutil.copymode(place, beside)
        beside.replace(place)
    except BaseException:
        beside.unlink(missing_ok=True)
        raise


def write_each(outputs: Iterable[Callable[[], None]]) -> bool:
    """Write each output; of those that fail it is told, and the rest are written."""
    is_whole = True
    for output in outputs:
        try:
            output()
        except typer.Exit:  # told by whoever refused
            is_whole = False
    return is_whole


def print_bytes(content: bytes) -> None:
    """Print one document on standard output."""
    sys.stdout.buffer.write(content.rstrip() + b"\n")
    sys.stdout.buffer.flush()


def print_json(value: object) -> None:
    """Print a value as one JSON document."""
    from encircle.verdict.judgement import write_json

    print_bytes(write_json(value))


def spell_out_streams() -> None:
    """Let words from a map that UTF-8 cannot hold be spelt out instead of ending the command."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")
