"""The command that looks for slips of drawing, and judges nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from encircle.cli.options import JsonOption, SituationFile
from encircle.cli.terminal import FAILED, echo, print_json, read_file

if TYPE_CHECKING:
    from collections.abc import Sequence

    from encircle.map.notices import Notice


def register(app: typer.Typer) -> None:
    """Add the command to the command line."""
    app.command()(inspect)


def inspect(
    situation: SituationFile,
    force: Annotated[str | None, typer.Option("--force", help="Id of the force meant")] = None,
    as_of: Annotated[str | None, typer.Option("--as-of", help="Instant meant, RFC 3339")] = None,
    json_output: JsonOption = False,
) -> None:
    """Look for slips of drawing, nothing judged; exit 1 when there is one."""
    from encircle.judge import inspect_whole
    from encircle.map.notices import gather

    read = read_file(situation, as_of, force)
    notices = gather((*read.notices, *inspect_whole(read)))
    if json_output:
        print_json({"notices": [notice.to_dict() for notice in notices]})
    else:
        for notice in notices:
            about = f" [{', '.join(notice.features)}]" if notice.features else ""
            echo(f"{notice.severity}: {notice.statement}{about}")
        echo(_count(notices))
    slips = [notice for notice in notices if notice.severity != "info"]
    raise typer.Exit(FAILED if slips else 0)


def _count(notices: Sequence[Notice]) -> str:
    if not notices:
        return "No slip of drawing was found; nothing was judged."
    many = "notice" if len(notices) == 1 else "notices"
    return f"{len(notices)} {many}; nothing was judged."
