"""What was freed goes back to the system, and does so while the service runs."""

import asyncio
import contextlib
import ctypes
from pathlib import Path

import pytest

import api.memory
from api.memory import give_back, keep_giving_back

STATM = Path("/proc/self/statm")
PAGE = 4096


def measure_mb():
    return int(STATM.read_text().split()[1]) * PAGE / 1e6


@pytest.mark.skipif(
    not STATM.exists() or not hasattr(ctypes.CDLL(None), "malloc_trim"),
    reason="the C library gives nothing back",
)
def test_what_lies_free_between_what_is_used_is_given_back():
    give_back()  # or what is filled lies where other tests left room
    before = measure_mb()
    filled = [bytes(1000) for _ in range(100_000)]
    kept = filled[::100]  # one in twenty-five pages is used on
    del filled
    held = measure_mb()
    assert give_back()
    assert held - measure_mb() > 0.8 * (held - before) > 40
    assert len(kept) == 1000


def test_it_is_given_back_again_and_again(monkeypatch):
    times = []
    monkeypatch.setattr(api.memory, "give_back", lambda: times.append(1))

    async def run():
        task = asyncio.create_task(keep_giving_back(0.01))
        await asyncio.sleep(0.2)
        task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await task

    asyncio.run(run())
    assert len(times) > 2
