"""Given a map, is this force cut off, and how do you know."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

from encircle.version import __version__

_HOMES = {
    "EncircleError": "errors",
    "InputFault": "errors",
    "Judgement": "judgement",
    "KernelsMissingError": "errors",
    "Notice": "notices",
    "Options": "options",
    "QuestionError": "errors",
    "Situation": "situation",
    "SituationError": "errors",
    "UnknownForceError": "errors",
    "Verification": "verify",
    "ask": "asking.ask",
    "check_claims": "claims.checks",
    "draw_svg": "picture",
    "inspect": "judge",
    "list_rules": "rules",
    "read": "reading",
    "render_png": "picture_png",
}
"""Where each name lives. It is imported when first asked for (PEP 562): to import the package is
cheap, and who only verifies loads nothing of the engine."""
_ALIASES = {"inspect": "inspect_whole"}
"""What a name is called where it lives, if otherwise."""
_CALLED = ("explain", "judge", "verify")
"""Modules that are called as the function of their own name, see `encircle.calling`."""

__all__ = [
    "EncircleError",
    "InputFault",
    "Judgement",
    "KernelsMissingError",
    "Notice",
    "Options",
    "QuestionError",
    "Situation",
    "SituationError",
    "UnknownForceError",
    "Verification",
    "__version__",
    "ask",
    "check_claims",
    "draw_svg",
    "explain",
    "inspect",
    "judge",
    "list_rules",
    "read",
    "render_png",
    "verify",
]

if TYPE_CHECKING:
    from encircle.asking.ask import ask
    from encircle.calling import as_module
    from encircle.claims.checks import check_claims
    from encircle.errors import (
        EncircleError,
        InputFault,
        KernelsMissingError,
        QuestionError,
        SituationError,
        UnknownForceError,
    )
    from encircle.explain import explain as _explain
    from encircle.judge import inspect_whole as inspect
    from encircle.judge import judge as _judge
    from encircle.judgement import Judgement
    from encircle.notices import Notice
    from encircle.options import Options
    from encircle.picture import draw_svg
    from encircle.picture_png import render_png
    from encircle.reading import read
    from encircle.rules import list_rules
    from encircle.situation import Situation
    from encircle.verify import Verification
    from encircle.verify import verify as _verify

    explain = as_module(_explain)
    judge = as_module(_judge)
    verify = as_module(_verify)


def __getattr__(name: str) -> Any:  # noqa: ANN401 - whatever is asked for
    if name in _CALLED:
        return import_module(f"encircle.{name}")
    if name in _HOMES:
        value = getattr(import_module(f"encircle.{_HOMES[name]}"), _ALIASES.get(name, name))
        globals()[name] = value
        return value
    raise AttributeError(f"module 'encircle' has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
