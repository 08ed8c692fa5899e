"""Write the pages of reference that follow from the code: commands, HTTP, Python.

`docs/refresh.py` writes them with the other generated pages.
"""  # noqa: INP001

from __future__ import annotations

import inspect
import re
from typing import TYPE_CHECKING, Any

import typer

import encircle
from api.main import create_app
from api.settings import Settings
from encircle.cli.main import app

if TYPE_CHECKING:
    from collections.abc import Iterator

    import click

Json = dict[str, Any]
MADE = "Written by `docs/refresh.py`."
COMMANDS = f"""\
# Commands

What every command takes; [the contract](contract.md#command-line) says what they answer. {MADE}
"""
HTTP = f"""\
# HTTP

Every operation of `encircle serve`; [the contract](contract.md#http) says what they mean, and
`/openapi.json` of a service has the bodies, answers and an example of each. {MADE}
"""
PYTHON = f"""\
# Python reference

What `import encircle` has, from the docstrings; [python.md](python.md) shows it at work. {MADE}
"""
MEMBERS = ("get", "post", "put", "patch", "delete")


def write_commands() -> str:
    """Write what every command takes, as `--help` has it."""
    parts = [COMMANDS]
    root = typer.main.get_command(app)
    parts += _write_group(root, "encircle")
    return "\n".join(parts)


def _write_group(group: click.Command, name: str) -> Iterator[str]:
    for word, command in getattr(group, "commands", {}).items():
        if getattr(command, "hidden", False):
            continue
        if getattr(command, "commands", None):
            yield from _write_group(command, f"{name} {word}")
        else:
            yield from _write_command(command, f"{name} {word}")


def _write_command(command: click.Command, name: str) -> Iterator[str]:
    yield f"## {name}\n"
    yield f"{_flat(inspect.cleandoc(command.help or ''))}\n"
    yield "| argument or option | what it is | if not given |\n|---|---|---|"
    for param in command.params:
        names = ", ".join(f"`{each}`" for each in param.opts if each != "--help")
        if names:
            metavar = f" `{_flat(str(param.metavar))}`" if param.metavar else ""
            told = _flat(getattr(param, "help", "") or "")
            yield f"| {names}{metavar} | {told} | {_say_default(param)} |"
    yield ""


def _say_default(param: click.Parameter) -> str:
    if param.required:
        return "must be given"
    if param.default in (None, False, ()) or callable(param.default):
        return ""
    return f"`{_flat(str(param.default))}`"


def write_http() -> str:
    """Write every operation of the service, by what it is about."""
    document = create_app(Settings(database="")).openapi()
    parts = [HTTP]
    tags: dict[str, list[str]] = {}
    for path, operations in document["paths"].items():
        for method in MEMBERS:
            if method in operations:
                tags.setdefault(_tag(operations[method]), []).append(
                    _write_operation(path, method, operations[method])
                )
    for tag, rows in tags.items():
        head = "| ask | what for | answers |\n|---|---|---|"
        parts += [f"## {tag.capitalize()}\n", head, *rows, ""]
    return "\n".join(parts)


def _tag(operation: Json) -> str:
    return (operation.get("tags") or ["other"])[0]


def _write_operation(path: str, method: str, operation: Json) -> str:
    codes = ", ".join(sorted(code for code in operation["responses"] if code.isdigit()))
    return f"| `{method.upper()} {path}` | {_flat(operation.get('summary', ''))} | {codes} |"


def write_python() -> str:
    """Write the names that `import encircle` has, with their docstrings."""
    parts = [PYTHON]
    for name in encircle.__all__:
        if name.startswith("__"):
            continue
        member = getattr(encircle, name)
        parts += [
            f"## {name}\n",
            f"```text\n{name}{_sign(member)}\n\n{inspect.getdoc(member)}\n```\n",
        ]
    return "\n".join(parts)


def _sign(member: object) -> str:
    if inspect.isclass(member) and issubclass(member, BaseException):
        return ""
    target = getattr(member, "__wrapped__", member)
    try:
        written = str(inspect.signature(target)).replace("'", "")  # type: ignore[arg-type]
        # Where a function lies in memory is another at every run.
        return re.sub(r"<function (\S+) at 0x[0-9a-f]+>", r"\1", written)
    except (TypeError, ValueError):
        return ""


def _flat(text: str) -> str:
    return " ".join(text.split()).replace("|", "&#124;").replace("<", "&lt;")
