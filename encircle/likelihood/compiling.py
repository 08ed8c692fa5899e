"""Turn a kernel into machine code; imported late, since numba takes its time to load."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, TypeVar, cast

from numba import njit

if TYPE_CHECKING:
    from collections.abc import Callable

Kernel = TypeVar("Kernel", bound="Callable[..., object]")


def compiled(kernel: Kernel) -> Kernel:
    """Compile a function of numbers and flat arrays, once for a machine; its types stay its own."""
    return cast("Kernel", njit(cache=True, nogil=True)(kernel))


@cache
def compile_late(kernel: Kernel) -> Kernel:
    """Compile a function that small graphs use as it stands; it may call no other."""
    return compiled(kernel)
