"""Turn a kernel into machine code; imported late, since numba takes its time to load."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any, TypeVar, cast

from encircle.errors import KernelsMissingError

try:
    import numba
except ImportError as error:
    raise KernelsMissingError from error

if TYPE_CHECKING:
    from collections.abc import Callable

Kernel = TypeVar("Kernel", bound="Callable[..., object]")


def njit(**wanted: Any) -> Callable[[Any], Any]:  # noqa: ANN401 - numba's own options
    """
    Compile as `numba.njit` does, and keep the machine code where there is a place for it.

    A read-only install run by a user without a home (a container with its own uid, a service with a
    dynamic user) has none: there it is compiled anew by every process, and works.
    """

    def compile_kernel(kernel: Any) -> Any:  # noqa: ANN401 - typed by numba
        try:
            return numba.njit(cache=True, **wanted)(kernel)
        except RuntimeError:  # "cannot cache function ...: no locator available"
            return numba.njit(**wanted)(kernel)

    return compile_kernel


def compiled(kernel: Kernel) -> Kernel:
    """Compile a function of numbers and flat arrays, once for a machine; its types stay its own."""
    return cast("Kernel", njit(nogil=True)(kernel))


@cache
def compile_late(kernel: Kernel) -> Kernel:
    """Compile a function that small graphs use as it stands; it may call no other."""
    return compiled(kernel)
