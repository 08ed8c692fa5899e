"""The command that checks a store: whether its logs are still what was recorded."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from encircle.cli.terminal import echo, guard, print_json, refuse, show_progress

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from encircle.store.opening import Store
    from encircle.store.revisions import Revision

PAGE = 1000
"""Lines of a log that are read at a time."""


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
    Check the log of every case against its hashes: exit 2 where one is not what was recorded.

    Nothing is written. The hash of each last line is told: one that was noted elsewhere before
    shows that no end was cut off.
    """
    if "://" not in store and not Path(store).is_file():
        refuse(f"there is no store {store}")
    ends, found = guard(lambda: _check_all(store))
    if as_json:
        told = [
            {"case": case, "lines": lines, "last": end, "faults": faults}
            for (case, lines, end), faults in zip(ends, found, strict=True)
        ]
        print_json({"cases": told})
    for (case, lines, end), faults in zip(ends, found, strict=True):
        for fault in faults:
            echo(f"case {case}: {fault}", err=True)
        if not as_json and not faults:
            echo(f"case {case}: {lines} lines hold, the last is {end}")
    if any(found):
        raise typer.Exit(2)


def _check_all(name: str) -> tuple[list[tuple[str, int, str]], list[list[str]]]:
    """Check every case of a store: its name, lines and last hash; and what is wrong with each."""
    from sqlalchemy.exc import DBAPIError

    from encircle.store.opening import StoreError, is_current, open_store
    from encircle.store.revisions import find_ends

    opened = open_store(name, upgrade=False)
    try:
        if not is_current(opened):
            refuse(f"{name} is of another version, or no store: open it once with encircle serve")
        with opened.reading() as connection:
            ends = find_ends(connection)
        with show_progress("Checking", sum(lines for _, lines, _ in ends)) as step:
            return ends, [_check(opened, case, step) for case, _, _ in ends]
    except DBAPIError as error:  # some other file, or pages of it are damaged
        said = f"{name} cannot be read: {error.orig}"
        raise StoreError(f"{said}. Name a store, or restore the backup made before") from None
    finally:
        opened.close()


def _check(store: Store, case_id: str, step: Callable[[object], None]) -> list[str]:
    from encircle.store.revisions import check_log

    return check_log(_read(store, case_id, step))


def _read(store: Store, case_id: str, step: Callable[[object], None]) -> Iterator[Revision]:
    from encircle.store.revisions import list_revisions

    after = 0
    while True:
        with store.reading() as connection:
            page = list_revisions(connection, case_id, after=after, most=PAGE)
        for line in page:
            step(None)
            yield line
        if len(page) < PAGE:
            return
        after = page[-1].seq
