"""The command that serves the API: the service that lies beside this library, and no other."""

from __future__ import annotations

import os
import sys
from importlib import import_module
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from typing import Annotated, Any

import typer

from encircle.cli.terminal import echo, guard, refuse
from encircle.errors import say_install

SERVICE = "encircle_api"
"""What the service is called as a package. In a checkout its folder is `api`, a name that many
projects use: to import that would run a stranger's code."""
NEEDED = ("alembic", "fastapi", "prometheus-client", "sqlalchemy", "structlog", "uvicorn")
"""Packages of the extra `service`. Source: pyproject.toml, which a test holds this against."""


MOST_CONNECTIONS = 500
"""Open at one time; the next is told to come back."""
FAIR_REQUESTS = 300
"""Of one caller in a minute, where others than this machine may call."""
PATIENT_S = 120
"""Work for whoever sits at this machine may take so long, seconds: several maps of a whole country
are one question."""
LAST_S = 20
"""After SIGTERM whatever is half sent is given up, seconds: most supervisors kill after thirty."""


def register(app: typer.Typer) -> None:
    """Add the command to the command line."""
    app.command()(serve)


def serve(
    host: Annotated[str, typer.Option(help="Address to listen on")] = "127.0.0.1",
    port: Annotated[int, typer.Option(min=0, max=65535)] = 8000,
    store: Annotated[
        str | None,
        typer.Option(
            envvar="ENCIRCLE_DATABASE",
            help="Where cases are kept: a file, which is made where there is none, or "
            "postgresql://…; without, in memory, gone at the end",
        ),
    ] = None,
) -> None:
    """Serve the API on this machine."""
    if store:
        os.environ["ENCIRCLE_DATABASE"] = store
    folder = find_service(Path(__file__).resolve().parents[2])
    if folder is None:
        refuse(
            "the service is not beside the library here: install both from a checkout "
            "(pip install '.[service]' in it), or run the container"
        )
    try:
        import uvicorn

        from encircle.store.keys import is_loopback

        if is_loopback(host):
            os.environ.setdefault("ENCIRCLE_TIMEOUT_S", str(PATIENT_S))
        else:
            os.environ.setdefault("ENCIRCLE_FAIR_REQUESTS", str(FAIR_REQUESTS))
        app = _build(folder)
    except ModuleNotFoundError as error:
        if str(error.name).partition(".")[0] in ("encircle", SERVICE):  # ours: no package helps
            raise
        refuse(
            f"the service needs {error.name}, which is not installed: "
            f"{say_install('service', *NEEDED)}"
        )
    if not is_loopback(host):
        _check_keys(app.state.service.store, store)
    if app.state.service.settings.fixtures is None:
        echo("no scenarios: ENCIRCLE_FIXTURES names the folder that holds them", err=True)
    if store:
        echo(f"cases are kept in {app.state.service.store.kind}", err=True)
    else:
        echo("cases are kept in memory, and gone at the end: --store FILE keeps them", err=True)
    echo(f"http://{host}:{port}/", err=True)
    uvicorn.run(
        app, host=host, port=port, log_level="warning", limit_concurrency=MOST_CONNECTIONS,
        timeout_graceful_shutdown=LAST_S, server_header=False,
    )  # fmt: skip


def _check_keys(kept: Any, store: str | None) -> None:  # noqa: ANN401 - the service's own
    """Refuse to serve others a case file that nobody has a key to; one in memory nobody keeps."""
    from encircle.store.keys import are_there_keys

    if not store:
        return
    with kept.reading() as connection:
        if are_there_keys(connection):
            return
    refuse(
        "nobody has a key to this case file, and an address that others reach is to be served. "
        f"Make one first: encircle keys new NAME --role admin --store {store}"
    )


def find_service(root: Path) -> Path | None:
    """
    Find the service in the folder that holds this library; None: it is not there.

    A wheel puts it there under its own name. Only a checkout of this project has it in `api`.
    """
    if (root / SERVICE / "main.py").is_file():
        return root / SERVICE
    return root / "api" if _is_checkout(root) else None


def _is_checkout(folder: Path) -> bool:
    """Tell whether a folder holds this project, with the service in it."""
    import tomllib

    project = folder / "pyproject.toml"
    if not project.is_file() or not (folder / "api" / "main.py").is_file():
        return False
    try:
        told = tomllib.loads(project.read_text("utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, OSError):
        return False
    name: object = told.get("project", {}).get("name")
    return name == "encircle"


def _build(folder: Path) -> Any:  # noqa: ANN401 - the application, which the library does not know
    """Load the service of a folder and build the application, or say why it cannot start."""
    spec = spec_from_file_location(
        SERVICE, folder / "__init__.py", submodule_search_locations=[str(folder)]
    )
    assert spec is not None and spec.loader is not None  # noqa: PT018, S101 - narrows the type
    sys.modules[SERVICE] = package = module_from_spec(spec)
    spec.loader.exec_module(package)
    main, settings = (import_module(f"{SERVICE}.{name}") for name in ("main", "settings"))
    try:
        return guard(main.create_app)
    except settings.StartError as error:
        refuse(str(error))
