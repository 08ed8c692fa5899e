"""Given a map, is this force cut off, and how do you know."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

from encircle.version import __version__

_HOMES = {
    "EncircleError": "errors",
    "InputFault": "errors",
    "Judgement": "verdict.judgement",
    "KernelsMissingError": "errors",
    "Notice": "map.notices",
    "Options": "map.options",
    "QuestionError": "errors",
    "Situation": "map.situation",
    "SituationError": "errors",
    "UnknownForceError": "errors",
    "Verification": "verifier.verify",
    "ask": "claims.asking.ask",
    "check_claims": "claims.rating.checks",
    "draw_svg": "picture.picture",
    "explain": "verdict.explain",
    "inspect": "judge",
    "list_rules": "verdict.rules",
    "read": "map.door.reading",
    "render_png": "picture.export.png",
    "verify": "verifier.verify",
}
"""Where each name lives. It is imported when first asked for (PEP 562): to import the package is
cheap, and who only verifies loads nothing of the engine."""
_ALIASES = {"inspect": "inspect_whole"}
"""What a name is called where it lives, if otherwise."""

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
    from encircle.calling import as_module
    from encircle.claims.asking.ask import ask
    from encircle.claims.rating.checks import check_claims
    from encircle.errors import (
        EncircleError,
        InputFault,
        KernelsMissingError,
        QuestionError,
        SituationError,
        UnknownForceError,
    )
    from encircle.judge import inspect_whole as inspect
    from encircle.judge import judge as _judge
    from encircle.map.door.reading import read
    from encircle.map.notices import Notice
    from encircle.map.options import Options
    from encircle.map.situation import Situation
    from encircle.picture.export.png import render_png
    from encircle.picture.picture import draw_svg
    from encircle.verdict.explain import explain
    from encircle.verdict.judgement import Judgement
    from encircle.verdict.rules import list_rules
    from encircle.verifier.verify import Verification, verify

    judge = as_module(_judge)


def __getattr__(name: str) -> Any:  # noqa: ANN401 - whatever is asked for
    if name == "judge":  # the module, which is called as its function, see `encircle.calling`
        return import_module("encircle.judge")
    if name in _HOMES:
        value = getattr(import_module(f"encircle.{_HOMES[name]}"), _ALIASES.get(name, name))
        globals()[name] = value
        return value
    raise AttributeError(f"module 'encircle' has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
