"""
The same work on many things: here, over processes, or over a cluster of Dask; answers in order.

Whatever it is spread over, the answers are those of one process, in the order of what was given.
What cannot be read is an answer of its own; a worker that dies takes nobody else's work with it.
Not more is worked on at once than the workers are at and will be next.
"""

from __future__ import annotations

import multiprocessing
from collections import deque
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any, Generic, TypeVar

from encircle.archive.cluster import FleetError, open_cluster
from encircle.errors import EncircleError, SituationError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

__all__ = ["Failed", "FleetError", "work_through"]

AHEAD = 2
"""Things loaded and handed out for each worker: the one it is at, and the next."""

HELD = 50
"""Things for each worker that are under way, or answered and held until one before them is. One
that takes twenty-five times as long as the others holds nobody up; answers are small."""

LOOK_S = 5.0
"""How often it is looked whether the processes that are waited for live, seconds."""

Thing = TypeVar("Thing")
Answer = TypeVar("Answer")


@dataclass(frozen=True, slots=True)
class Failed:
    """Why there is no answer, in words: they travel between processes as no error does."""

    told: tuple[str, ...]


_LOST = (
    "the process that worked on it was ended, most often for want of memory; work on it alone, "
    "or give the workers more"
)
LOST = Failed((_LOST,))
"""Of a thing on which whoever worked was ended each time."""


@dataclass(frozen=True, slots=True)
class _Work(Generic[Thing, Answer]):
    """Work on a thing, its errors caught where it is done."""

    do: Callable[[Thing], Answer]

    def __call__(self, thing: Thing) -> Answer | Failed:
        return _catch(lambda: self.do(thing))


def _catch(do: Callable[[], Answer]) -> Answer | Failed:
    try:
        return do()
    except SituationError as error:
        return Failed(tuple(map(str, error.faults)))
    except (EncircleError, OSError) as error:
        return Failed((str(error),))


def work_through(
    do: Callable[[Thing], Answer],
    things: Iterable[Callable[[], Thing]],
    *,
    workers: int = 1,
    scheduler: str | None = None,
    on_told: Callable[[str], object] = lambda _: None,
) -> Iterator[Answer | Failed]:
    """
    Do the same work on many things.

    Parameters
    ----------
    do
        The work; with its things and answers it must travel between processes (`pickle`).
    things
        What gives each thing when its turn comes.
    workers
        Processes on this machine; 1 works in this one.
    scheduler
        Address of a Dask scheduler (`tcp://host:8786`): its workers do the work instead.
    on_told
        Called with what is to be told while the work goes on: that a worker is waited for.

    Yields
    ------
    answer
        In the order of the things; `Failed` where a thing could not be loaded or worked on, or
        whoever worked on it was ended each time.

    Raises
    ------
    FleetError
        If there is no such scheduler, it has no worker for too long or one of another version,
        or Dask is not installed.
    """
    work = _Work(do)
    if scheduler is not None:
        yield from _over_cluster(work, things, scheduler, on_told)
    elif workers > 1:
        yield from _over_processes(work, things, workers)
    else:
        for load in things:
            thing = _catch(load)
            yield thing if isinstance(thing, Failed) else work(thing)


@dataclass(slots=True)
class _UnderWay:
    """A thing handed out, or loaded and about to be; or why it could not be loaded."""

    thing: Any
    future: Any = None
    """Of a pool of processes, or of a cluster: both can be asked whether they are done."""

    @property
    def is_done(self) -> bool:
        return isinstance(self.thing, Failed) or (self.future is not None and self.future.done())

    @property
    def is_answered(self) -> bool:
        """Whether it is done, and not for want of a pool that broke: then it is done again."""
        return self.is_done and (self.future is None or self.future.exception() is None)

    def give(self) -> Any:  # noqa: ANN401 - any answer
        return self.thing if self.future is None else self.future.result()


def _go_through(
    work: _Work[Any, Answer],
    waiting: Iterator[Callable[[], Any]],
    crew: _Crew,
    under_way: deque[_UnderWay],
) -> Iterator[Answer | Failed]:
    """
    Hand out until nothing waits, and give answers in order.

    One that takes long holds up the answers after it, and for a while only them: its followers are
    worked on and held.
    """
    for load in waiting:
        # Under way before it is handed out: that may be how a pool is found dead.
        one = _UnderWay(_catch(load))
        under_way.append(one)
        if not isinstance(one.thing, Failed):
            one.future = crew.submit(work, one.thing)
        yield from _make_room(under_way, crew)
    while under_way:
        if not under_way[0].is_done:
            crew.wait([under_way[0].future])
        yield under_way[0].give()
        under_way.popleft()


def _make_room(under_way: deque[_UnderWay], crew: _Crew) -> Iterator[Any]:
    """Give what is done, from the oldest on, until another may be handed out."""
    while True:
        while under_way and under_way[0].is_done:
            yield under_way[0].give()
            under_way.popleft()
        for one in under_way:
            if one.future is not None and one.is_answered:
                one.thing = None  # not held with its answer
        busy = [one.future for one in under_way if not one.is_done]
        workers = crew.count()
        held_too_many = len(under_way) >= HELD * workers
        if len(busy) < AHEAD * workers and not held_too_many:
            return
        crew.wait([under_way[0].future] if held_too_many else busy)


@dataclass(frozen=True, slots=True)
class _Crew:
    """Who does the work: how many they are, how they are given it, how one of it is awaited."""

    count: Callable[[], int]
    submit: Callable[[Any, Any], Any]
    wait: Callable[[list[Any]], object]


# -- processes -------------------------------------------------------------------------------


def _over_processes(
    work: _Work[Any, Answer], things: Iterable[Callable[[], Any]], workers: int
) -> Iterator[Answer | Failed]:
    """Spread work over processes; where one dies, what was under way is done one by one."""
    waiting, is_left = iter(things), True
    while is_left:
        under_way: deque[_UnderWay] = deque()
        try:
            with _open_pool(workers) as pool:
                crew = _Crew(lambda: workers, pool.submit, partial(_wait_for, pool))
                yield from _go_through(work, waiting, crew, under_way)
            is_left = False
        except BrokenProcessPool:  # nobody says on what it died: each is tried alone
            for one in under_way:
                yield one.give() if one.is_answered else _try_alone(work, one.thing)


def _wait_for(pool: ProcessPoolExecutor, futures: list[Future[Any]]) -> None:
    """
    Wait for one of some answers, and see to it that there is somebody to give it.

    Of a process that dies while it writes its answer the rest is waited for as long as anybody
    might write it: the other processes are ended too, and our own end is closed. The pool then
    finds itself broken.
    """
    # What the pool keeps to itself: nothing else names its processes, or that end.
    while not wait(futures, timeout=LOOK_S, return_when=FIRST_COMPLETED).done:
        processes = [*(pool._processes or {}).values()]  # noqa: SLF001
        if any(process.exitcode is not None for process in processes):
            for process in processes:
                process.kill()
            pool._result_queue._writer.close()  # type: ignore[attr-defined]  # noqa: SLF001


def _try_alone(work: _Work[Any, Any], thing: Any) -> Any:  # noqa: ANN401 - any thing
    try:
        with _open_pool(1) as pool:
            future = pool.submit(work, thing)
            _wait_for(pool, [future])
            return future.result()
    except BrokenProcessPool:
        return LOST


@contextmanager
def _open_pool(workers: int) -> Iterator[ProcessPoolExecutor]:
    # Started anew, not copied: what is copied keeps the locks of threads that it has not.
    pool = ProcessPoolExecutor(workers, multiprocessing.get_context("spawn"))
    try:
        yield pool
    finally:
        pool.shutdown(wait=True, cancel_futures=True)


# -- a cluster -------------------------------------------------------------------------------


def _over_cluster(
    work: _Work[Any, Answer],
    things: Iterable[Callable[[], Any]],
    scheduler: str,
    on_told: Callable[[str], object],
) -> Iterator[Answer | Failed]:
    """Spread work over the workers of a Dask cluster, which gives a dead one's work to others."""
    with open_cluster(scheduler, on_told) as cluster:
        crew = _Crew(
            lambda: max(1, cluster.look()),
            lambda do, thing: _Given(cluster.submit(do, thing), cluster.killed),
            lambda given: cluster.wait([one.future for one in given]),
        )
        yield from _go_through(work, iter(things), crew, deque())


@dataclass(frozen=True, slots=True)
class _Given:
    """What was given to a cluster; it may have died of it as often as Dask allows."""

    future: Any
    killed: type[Exception]

    def done(self) -> bool:
        return bool(self.future.done())

    def exception(self) -> None:
        """Give none: a cluster does again itself what its dead left."""

    def result(self) -> Any:  # noqa: ANN401 - any answer
        try:
            return self.future.result()
        except self.killed:
            return LOST
