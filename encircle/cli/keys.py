"""The command that makes, lists and ends keys: who may post to the cases of a store."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from encircle.cli.terminal import echo, guard, parse_instant, print_json

StoreOption = Annotated[
    str, typer.Option("--store", envvar="ENCIRCLE_DATABASE", help="File, or postgresql://…")
]
CaseOption = Annotated[str, typer.Option(help="The case it is for; * for every case")]


def register(app: typer.Typer) -> None:
    """Add the commands to the command line."""
    family = typer.Typer(help="Make, list and revoke keys of a store", no_args_is_help=True)
    family.command("new")(make)
    family.command("list")(show)
    family.command("revoke")(end)
    app.add_typer(family, name="keys")


def make(
    name: Annotated[str, typer.Argument(help="Who is to use it")],
    role: Annotated[str, typer.Option(help="reader, contributor, editor or admin")] = "reader",
    case: CaseOption = "*",
    expires: Annotated[str | None, typer.Option(help="Last instant it counts, RFC 3339")] = None,
    store: StoreOption = "encircle.sqlite",
) -> None:
    """Make a key and print it: it is shown this once, and only its hash is kept."""
    from encircle.store.keys import make_key
    from encircle.store.opening import open_store

    until = parse_instant(expires, "--expires") if expires else None
    if "://" not in store and not Path(store).exists():
        echo(f"a new case file is made: {store}", err=True)
    with guard(lambda: open_store(store)).writing() as connection:
        echo(guard(lambda: make_key(connection, name, role, case, until)))


def show(
    store: StoreOption = "encircle.sqlite",
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON")] = False,
) -> None:
    """List who has a key, what for, and until when; never the keys."""
    from encircle.store.keys import list_actors
    from encircle.store.opening import open_store

    with guard(lambda: open_store(store)).reading() as connection:
        actors = list_actors(connection)
    if as_json:
        print_json([actor.to_dict() for actor in actors])
        return
    for actor in actors:
        roles = ", ".join(f"{role} in {'every case' if case == '*' else case}"
                          for case, role in sorted(actor.roles.items()))  # fmt: skip
        end = f", revoked {actor.revoked_at}" if actor.revoked_at else (
            f", until {actor.expires_at}" if actor.expires_at else "")  # fmt: skip
        echo(f"{actor.name}: {roles}{end}")


def end(
    name: Annotated[str, typer.Argument(help="Whose key it is")],
    store: StoreOption = "encircle.sqlite",
) -> None:
    """End a key at once; what was posted by it stays."""
    from encircle.store.keys import revoke
    from encircle.store.opening import open_store

    with guard(lambda: open_store(store)).writing() as connection:
        guard(lambda: revoke(connection, name))
    echo(f"the key of {name} counts no more")
