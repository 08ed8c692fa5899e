"""How a module is called by the name of the one thing it does."""

from __future__ import annotations

import sys
from importlib import import_module
from inspect import Signature, signature
from types import ModuleType
from typing import TYPE_CHECKING, Any, Generic, ParamSpec, TypeVar, cast

if TYPE_CHECKING:
    from collections.abc import Callable

P = ParamSpec("P")
R = TypeVar("R")


class CallableModule(ModuleType, Generic[P, R]):
    """
    A module that is called as the function of its own name.

    `encircle.judge` is a module with a function `judge` in it. Called, it is that function; asked
    for a member, it is the module. So `encircle.judge(s)`, `encircle.judge.judge(s)` and
    `from encircle import judge` all do the same, whatever was imported first.

    References
    ----------
    .. [1] docs/decisions/0020-a-module-is-called-by-its-name.md
    .. [2] The Python Language Reference, 3.3.2.1, Customizing module attribute access.
    """

    def __call__(self, *args: P.args, **kwargs: P.kwargs) -> R:
        """Do what the function of that name does."""
        return cast("R", _find_function(self)(*args, **kwargs))

    @property
    def __signature__(self) -> Signature:
        return signature(_find_function(self))

    def __reduce__(self) -> tuple[Any, ...]:  # so that a pool of processes can be given it
        return import_module, (self.__name__,)


def _find_function(module: ModuleType) -> Callable[..., Any]:
    return cast("Callable[..., Any]", vars(module)[module.__name__.rpartition(".")[2]])


def make_callable(name: str) -> None:
    """Let a module be called as the function of its own name."""
    sys.modules[name].__class__ = CallableModule


def as_module(function: Callable[P, R]) -> CallableModule[P, R]:
    """Type a module by its function; for type checkers, nothing happens when it runs."""
    return cast("CallableModule[P, R]", function)
