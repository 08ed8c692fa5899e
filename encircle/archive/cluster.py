"""The workers of a Dask cluster, asked whether there are any and whether they work as we do."""

from __future__ import annotations

import logging
import time
from concurrent.futures import CancelledError
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from encircle.errors import EncircleError, say_install
from encircle.version import __version__

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

WAIT_S = 10.0
"""How long a scheduler may take to answer, seconds."""

WORKERS_S = 300.0
"""How long a scheduler may have no worker, seconds: where a queue of jobs or a cloud starts them
that takes minutes."""

MEET_S = 0.5
"""How often it is looked whether the first worker has come, seconds."""

LOOK_S = 5.0
"""How often it is looked whether there is anybody to give the answers waited for, seconds."""


class FleetError(EncircleError, RuntimeError):
    """The work cannot be spread as it is asked to be."""


@contextmanager
def open_cluster(scheduler: str, on_told: Callable[[str], object]) -> Iterator[Cluster]:
    """
    Open a cluster that has a worker: the first is waited for.

    Parameters
    ----------
    scheduler
        Its address, `tcp://host:8786`.
    on_told
        Called with what is to be told of it: that a worker is waited for.

    Raises
    ------
    FleetError
        If there is no such scheduler, it answers no more, or Dask is not installed; if it has no
        worker for too long, or one of another version.
    """
    try:
        import distributed  # noqa: PLC0415 - an extra
        from distributed.comm.addressing import get_address_host_port  # noqa: PLC0415
    except ImportError:
        raise FleetError(
            f"a cluster needs Dask, which is not installed: {say_install('cluster', 'distributed')}"
        ) from None
    try:
        # Asked before a client is made: one that was made of no address complains when it goes.
        get_address_host_port(scheduler)
        client: Any = distributed.Client(scheduler, timeout=WAIT_S, set_as_default=False)  # type: ignore[no-untyped-call]
    except (OSError, ValueError) as error:
        raise FleetError(
            f"no Dask scheduler answers at {scheduler}: {error}; start one with `dask scheduler` "
            "and workers with `dask worker ADDRESS`"
        ) from None
    cluster = Cluster(distributed, client, scheduler, on_told)
    with _hush("distributed.client"), client:
        try:
            cluster.meet()
            yield cluster
        except (OSError, CancelledError):  # errors of the work itself are answers
            raise FleetError(
                f"the Dask scheduler at {scheduler} answers no more; start it and its workers "
                "again, and run this again: what workers kept is not found anew"
            ) from None


@contextmanager
def _hush(name: str) -> Iterator[None]:
    """Keep a logger from what is told here in words: Dask adds its own traceback to each loss."""
    logger = logging.getLogger(name)
    before = logger.level
    logger.setLevel(logging.CRITICAL)
    try:
        yield
    finally:
        logger.setLevel(before)


@dataclass(slots=True)
class Cluster:
    """The workers that a scheduler has: whether there are any, and whether they are of our kind."""

    dask: Any
    client: Any
    address: str
    on_told: Callable[[str], object]
    known: set[str] = field(default_factory=set)
    """Addresses of workers that were asked for their version."""
    alone_since: float | None = None
    """When it was first seen that there is no worker; None while there are some."""

    def meet(self) -> None:
        """Wait for the first worker: none is given work before it was asked for its version."""
        while not self.look():
            time.sleep(MEET_S)

    def look(self) -> int:
        """Count the workers; refuse those of another version, and to wait for none for ever."""
        there = set(self.client.ncores())
        if new := sorted(there - self.known):
            self._check(new)
        now = time.monotonic()
        if there:
            self.alone_since = None
        elif self.alone_since is None:
            self.alone_since = now
            self.on_told(
                f"the Dask scheduler at {self.address} has no worker; one is waited for, "
                f"{WORKERS_S:.0f} s at most (`dask worker {self.address}` starts one)"
            )
        elif now - self.alone_since >= WORKERS_S:
            raise FleetError(
                f"the Dask scheduler at {self.address} had no worker for {WORKERS_S:.0f} s; start "
                f"one with `dask worker {self.address}`, or leave the scheduler out to work here"
            )
        return len(there)

    def _check(self, new: list[str]) -> None:
        told = self.client.run(_make_question(), workers=new, on_error="return")
        for worker, version in told.items():
            if isinstance(version, OSError):  # gone meanwhile
                continue
            if version != __version__:
                has = f"has Encircle {version}" if isinstance(version, str) else (
                    f"cannot load Encircle ({version})"
                )  # fmt: skip
                raise FleetError(
                    f"the worker at {worker} {has}, and here is {__version__}: its answers could "
                    f"be others; install {__version__} there, or end that worker"
                )
            self.known.add(worker)

    @property
    def killed(self) -> type[Exception]:
        """What is raised for work of which workers died as often as Dask allows."""
        found: type[Exception] = self.dask.KilledWorker
        return found

    def submit(self, do: Any, thing: Any) -> Any:  # noqa: ANN401 - any thing, and Dask's future
        """Hand out a thing."""
        return self.client.submit(do, thing, pure=False)

    def wait(self, futures: list[Any]) -> None:
        """Wait for one of some answers, as long as there is anybody to give it."""
        while True:
            with suppress(TimeoutError), self.client.as_current():
                self.dask.wait(futures, timeout=LOOK_S, return_when="FIRST_COMPLETED")
                return
            self.look()


def _make_question() -> Callable[[], str]:
    """Make what asks a worker for its version: it is sent as code, for the worker has ours not."""

    def tell_version() -> str:
        from encircle.version import __version__ as theirs  # noqa: PLC0415 - the worker's own

        return theirs

    return tell_version
