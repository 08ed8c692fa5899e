"""The command that serves the API: which service is it, and does it belong to this library."""

from __future__ import annotations

import json
import sys
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from encircle.cli.terminal import refuse

if TYPE_CHECKING:
    from collections.abc import Iterator


def register(app: typer.Typer) -> None:
    """Add the command to the command line."""
    app.command()(serve)


def serve(
    host: Annotated[str, typer.Option(help="Address to listen on")] = "127.0.0.1",
    port: Annotated[int, typer.Option(min=0, max=65535)] = 8000,
) -> None:
    """Serve the API on this machine."""
    checkout = find_checkout()
    if checkout is None:
        refuse(
            "the service is not installed here: a wheel holds the library alone; install from a "
            "checkout (pip install '.[service]' in it), or run the container"
        )
    try:
        import uvicorn

        create_app = _load_service(checkout)
    except ModuleNotFoundError as error:
        refuse(
            f"the service needs {error.name}, which is not installed; "
            f"in {checkout}: pip install '.[service]'"
        )
    typer.echo(f"http://{host}:{port}/", err=True)
    uvicorn.run(create_app, factory=True, host=host, port=port, log_level="warning")


def find_checkout() -> Path | None:
    """
    Find the checkout this library is part of, or was installed from; None: there is none.

    The folder the command is given in is never looked at: many projects have an `api` of their own,
    and to import it would run a stranger's code.
    """
    return next(filter(is_checkout, _list_origins()), None)


def _list_origins() -> Iterator[Path]:
    """Give the folder the library lies in, and the one its installer says it came from."""
    from importlib.metadata import PackageNotFoundError, distribution
    from urllib.parse import urlsplit
    from urllib.request import url2pathname

    yield Path(__file__).resolve().parents[2]
    try:
        told = distribution("encircle").read_text("direct_url.json")  # PEP 610
        url = urlsplit(json.loads(told or "{}").get("url", ""))
    except (PackageNotFoundError, ValueError, AttributeError):
        return
    if url.scheme == "file":
        yield Path(url2pathname(url.path))


def is_checkout(folder: Path) -> bool:
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


def _load_service(checkout: Path) -> Any:  # noqa: ANN401 - what builds the application
    """Load the service of a checkout, and no other `api` there may be."""
    sys.path.insert(0, str(checkout))
    for name in [name for name in sys.modules if name.partition(".")[0] == "api"]:
        del sys.modules[name]
    try:
        service = import_module("api.main")
    finally:
        # no further than that: where the library was installed, it stays the installed one
        sys.path.remove(str(checkout))
    return service.create_app
