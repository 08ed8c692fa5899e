"""Who does the work: a few processes that can be stopped, and a short queue before them."""

from __future__ import annotations

import asyncio
import os
import sys
import sysconfig
from contextlib import suppress
from dataclasses import dataclass
from importlib.util import find_spec
from typing import TYPE_CHECKING

from .errors import BusyError, StoppedError, TooSlowError
from .settings import HERE, ROOT, Settings, StartError
from .tracing import TRACE
from .wire import ANSWER, QUESTION, Kind

if TYPE_CHECKING:
    from asyncio.subprocess import Process
    from collections.abc import Coroutine

    from .metrics import Metrics

START_S = 180.0
"""A worker that is not ready by then is started anew; seconds."""
LONGEST_PAUSE_S = 30.0
"""Between attempts to start a worker that will not start; seconds."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What a worker says: a status, a body, and when to ask again (0: not said)."""

    status: int
    retry_after_s: int
    worked_s: float
    body: bytes


class Worker:
    """One process, and the streams to it."""

    def __init__(self, process: Process) -> None:
        self._process = process
        self.is_at_work = False

    @classmethod
    async def start(cls, settings: Settings) -> Worker:
        """Start a process and wait until it has judged its first situation."""
        command = (
            *(sys.executable, "-P", "-m", f"{HERE.name}.worker"),
            *(str(settings.timeout_s), str(settings.worker_memory_bytes)),
        )
        process = await asyncio.create_subprocess_exec(
            *command,
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            env=_environment(),
            start_new_session=True,  # the terminal's Ctrl-C is for the master alone
        )
        worker = cls(process)
        try:
            async with asyncio.timeout(START_S):
                await worker._hear()
        except BaseException:
            await worker.stop()
            raise
        return worker

    @property
    def is_alive(self) -> bool:
        """Tell whether the process still runs."""
        return self._process.returncode is None

    async def ask(self, kind: Kind, raw: bytes) -> Answer:
        """Hand over one piece of work and wait for the answer."""
        assert self._process.stdin is not None  # noqa: S101 - narrows the type
        self.is_at_work = True
        head = QUESTION.pack(kind, TRACE.get().encode("ascii"), len(raw))
        self._process.stdin.writelines((head, raw))
        await self._process.stdin.drain()
        answer = await self._hear()
        self.is_at_work = False
        return answer

    async def _hear(self) -> Answer:
        assert self._process.stdout is not None  # noqa: S101 - narrows the type
        head = await self._process.stdout.readexactly(ANSWER.size)
        status, retry_after_s, worked_s, size = ANSWER.unpack(head)
        body = await self._process.stdout.readexactly(size)
        return Answer(status, retry_after_s, worked_s, body)

    def kill(self) -> None:
        """End the process, whatever it is doing; one that has hung up is at its end already."""
        assert self._process.stdout is not None  # noqa: S101 - narrows the type
        if not self._process.stdout.at_eof():
            with suppress(ProcessLookupError):
                self._process.kill()

    async def stop(self) -> None:
        """End the process and wait until it is gone."""
        self.kill()
        await self._process.wait()
        if self._process.stdin is not None:
            self._process.stdin.close()
            with suppress(ConnectionError):
                await self._process.stdin.wait_closed()


class Pool:
    """Keeps `settings.workers` processes going, and gives each one piece of work at a time."""

    def __init__(self, settings: Settings, metrics: Metrics) -> None:
        self._settings = settings
        self._metrics = metrics
        self._idle: asyncio.Queue[Worker] = asyncio.Queue()
        self._workers: set[Worker] = set()
        self._starting: set[asyncio.Task[None]] = set()
        self._ending: set[asyncio.Task[None]] = set()
        self.waiting = 0
        self._open = False

    @property
    def is_ready(self) -> bool:
        """Tell whether work can be taken: a worker lives, and one is idle or the queue has room."""
        lives = self._open and any(worker.is_alive for worker in self._workers)
        return lives and not (self._idle.empty() and self.waiting >= self._settings.queue)

    @property
    def has_time(self) -> bool:
        """Tell whether what is in no hurry may be worked at: nobody waits for a worker."""
        return self._open and self.waiting == 0

    def open(self) -> None:
        """Start the workers; they become ready one by one."""
        self._open = True
        for _ in range(self._settings.workers):
            _do_aside(self._keep_starting(), self._starting)

    async def close(self) -> None:
        """Stop every worker, busy or not."""
        self._open = False
        for task in self._starting:
            task.cancel()
        await asyncio.gather(*self._starting, return_exceptions=True)
        await asyncio.gather(*self._ending, *(worker.stop() for worker in self._workers))
        self._workers.clear()

    async def ask(self, kind: Kind, raw: bytes) -> Answer:
        """
        Have one piece of work done.

        Raises
        ------
        BusyError
            If no worker comes free in time, or too many wait for one already.
        TooSlowError
            If the work was stopped.
        StoppedError
            If the worker ended by itself.
        """
        with self._metrics.waited.time():
            worker = await self._take()
        try:
            with self._metrics.busy.track_inprogress():
                async with asyncio.timeout(self._settings.timeout_s):
                    return await worker.ask(kind, raw)
        except TimeoutError:
            self._metrics.killed.labels("too-slow").inc()
            raise TooSlowError(self._settings.timeout_s) from None
        except (ConnectionError, asyncio.IncompleteReadError):
            self._metrics.killed.labels("ended").inc()
            raise StoppedError from None
        finally:
            self._give_back(worker)

    async def _take(self) -> Worker:
        """Take an idle worker that still lives, or wait in the queue for one."""
        if self._idle.empty() and self.waiting >= self._settings.queue:
            raise BusyError
        self.waiting += 1
        self._metrics.queue.inc()
        try:
            async with asyncio.timeout(self._settings.timeout_s):
                while not (worker := await self._idle.get()).is_alive:
                    self._replace(worker)
                return worker
        except TimeoutError:
            raise BusyError from None
        finally:
            self.waiting -= 1
            self._metrics.queue.dec()

    def _give_back(self, worker: Worker) -> None:
        """Let a worker that answered take more work; stop one that was left at it."""
        if worker.is_at_work:
            self._replace(worker)
        else:
            self._idle.put_nowait(worker)

    def _replace(self, worker: Worker) -> None:
        """Stop a worker at once; burying it and starting the next keeps nobody waiting."""
        self._workers.discard(worker)
        worker.kill()
        _do_aside(worker.stop(), self._ending)
        if self._open:
            self._metrics.restarts.inc()
            _do_aside(self._keep_starting(), self._starting)

    async def _keep_starting(self) -> None:
        """Start one worker, however often it takes."""
        pause_s = 0.5
        while True:
            try:
                worker = await Worker.start(self._settings)
            except (OSError, TimeoutError, asyncio.IncompleteReadError):
                await asyncio.sleep(pause_s)
                pause_s = min(2 * pause_s, LONGEST_PAUSE_S)
            else:
                self._metrics.started.inc()
                self._workers.add(worker)
                self._idle.put_nowait(worker)
                return


def check_system() -> None:
    """
    Make sure that workers can start at all, rather than try for ever.

    Raises
    ------
    StartError
        If the system cannot bound what a worker takes, as Windows cannot.
    """
    if find_spec("resource") is None:
        raise StartError(
            "The service runs on Linux and macOS: its workers are bounded by Python's module "
            "`resource`, which this system lacks. On Windows, run it in WSL or in the container; "
            "the library and the other commands need neither"
        )


def _do_aside(work: Coroutine[None, None, None], tasks: set[asyncio.Task[None]]) -> None:
    """Keep a task among its like until it is done, so that it is not collected before."""
    task = asyncio.create_task(work)
    tasks.add(task)
    task.add_done_callback(tasks.discard)


def _environment() -> dict[str, str]:
    """
    One thread for each worker, and the folder of this package on its path.

    Not so where Python looks by itself: named again, it would come before Python's own modules.
    """
    own = "" if str(ROOT) == sysconfig.get_path("purelib") else str(ROOT)
    paths = filter(None, (own, os.environ.get("PYTHONPATH")))
    threads = dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"), "1")
    return {**os.environ, **threads, "PYTHONPATH": os.pathsep.join(paths)}
