"""The command that checks a store: whether it is still what was recorded."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from encircle.cli.terminal import echo, guard, print_json, refuse, show_progress
from encircle.map.counting import number_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from encircle.store.opening import Store
    from encircle.store.revisions import Revision

PAGE = 1000
"""Lines of a log that are read at a time."""
MOST_NAMED = 5
"""As many lines are named."""


def register(app: typer.Typer) -> None:
    """Add the command to the command line."""
    family = typer.Typer(help="Look after a store", no_args_is_help=True)
    family.callback()(_hold)
    family.command("check")(check)
    app.add_typer(family, name="store")


def _hold() -> None:
    """Look after a store."""


def check(
    store: Annotated[str, typer.Argument(metavar="STORE", help="File, or postgresql://…")],
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON")] = False,
) -> None:
    """
    Check every case against its hashes: exit 2 where one is not what was recorded.

    Looked at are each log, what its lines are searched by, and the judgements of the record. Not
    looked at, for they bear no hash: what changed, how claims were rated, watches, keys, and who
    kept a judgement when.

    Nothing is written. The hash of each last line is told: one that was noted elsewhere before
    shows that no end was cut off.
    """
    if "://" not in store and not Path(store).is_file():
        refuse(f"there is no store {store}")
    found = guard(lambda: _check_all(store))
    if as_json:
        print_json({"cases": [asdict(one) for one in found]})
    for one in found:
        for fault in one.faults:
            echo(f"case {one.case}: {fault}", err=True)
        if as_json or one.faults:
            continue
        kept = f", {number_of(one.judgements, 'judgement')} too" if one.judgements else ""
        echo(f"case {one.case}: {one.lines} lines hold{kept}, the last is {one.last}")
        if one.unproved:
            named, more = ", ".join(one.unproved[:MOST_NAMED]), len(one.unproved) - MOST_NAMED
            said = "by the next line's word alone, for their reasons were redacted and had no hash"
            echo(f"  {said}: {named}{f' and {more} more' if more > 0 else ''}")
    if any(one.faults for one in found):
        raise typer.Exit(2)


@dataclass(slots=True)
class Found:
    """What was found of one case."""

    case: str
    lines: int
    last: str
    """The hash of its last line."""
    judgements: int = 0
    faults: list[str] = field(default_factory=list)
    unproved: list[str] = field(default_factory=list)
    """Lines that hold by the next one's word alone."""


def _check_all(name: str) -> list[Found]:
    """Check every case of a store."""
    from sqlalchemy.exc import DBAPIError

    from encircle.store.auditing import count_kept, find_first_hashed
    from encircle.store.opening import StoreError, is_current, open_store
    from encircle.store.revisions import find_ends

    opened = open_store(name, upgrade=False)
    try:
        if not is_current(opened):
            refuse(f"{name} is of another version, or no store: open it once with encircle serve")
        with opened.reading() as connection:
            found = [Found(*end) for end in find_ends(connection)]
            for one in found:
                one.judgements = count_kept(connection, one.case)
            hashed_since = find_first_hashed(connection)
        total = sum(one.lines + one.judgements for one in found)
        with show_progress("Checking", total) as step:
            for one in found:
                _check(opened, one, hashed_since, step)
    except DBAPIError as error:  # some other file, or pages of it are damaged
        said = f"{name} cannot be read: {error.orig}"
        raise StoreError(f"{said}. Name a store, or restore the backup made before") from None
    else:
        return found
    finally:
        opened.close()


def _check(
    store: Store, found: Found, hashed_since: int | None, step: Callable[[object], None]
) -> None:
    """Look through a case: its log, what that is searched by, and its record."""
    from encircle.store.auditing import read_record
    from encircle.store.revisions import check_log

    miscopied: list[str] = []

    def read() -> Iterator[Revision]:
        for line, wrong in _read(store, found.case, step):
            if wrong:
                where = f"revision {line.seq} ({line.what} {line.subject!r}, number {line.number})"
                miscopied.append(f"{where} is searched by another {', '.join(wrong)} than it says")
            yield line

    found.faults = check_log(read(), hashed_since, found.unproved) + miscopied
    with store.reading() as connection:
        for faults in read_record(connection, found.case):
            step(None)
            found.faults += faults


def _read(
    store: Store, case_id: str, step: Callable[[object], None]
) -> Iterator[tuple[Revision, list[str]]]:
    """Read a log line by line, each with what it is searched by that it does not say."""
    from encircle.store.auditing import list_lines, name_miscopied

    after = 0
    while True:
        with store.reading() as connection:
            page = list_lines(connection, case_id, after, PAGE)
        for line, searched in page:
            step(None)
            yield line, name_miscopied(line, searched)
        if len(page) < PAGE:
            return
        after = page[-1][0].seq
