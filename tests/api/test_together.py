"""Work that several wait for is done once, and stopped when nobody waits any more."""

import asyncio

import pytest

from api.together import Together


class Work:
    def __init__(self):
        self.begun = self.stopped = 0
        self.end = asyncio.Event()

    async def do(self):
        self.begun += 1
        try:
            await self.end.wait()
        except asyncio.CancelledError:
            self.stopped += 1
            raise
        return self.begun


async def wait_a_little():
    for _ in range(5):
        await asyncio.sleep(0)


def test_it_is_done_once_for_all_who_ask_meanwhile_and_anew_for_who_asks_later():
    async def run():
        together, work = Together(), Work()
        asking = [asyncio.create_task(together.do("k", work.do)) for _ in range(3)]
        await wait_a_little()
        asking[0].cancel()  # whoever asked first is gone, the others wait on
        await wait_a_little()
        work.end.set()
        assert await asyncio.gather(*asking[1:]) == [1, 1]
        assert asking[0].cancelled()
        assert await together.do("k", work.do) == 2

    asyncio.run(run())


def test_it_is_stopped_when_nobody_waits_and_begun_anew_after():
    async def run():
        together, work = Together(), Work()
        asking = asyncio.create_task(together.do("k", work.do))
        await wait_a_little()
        asking.cancel()
        await wait_a_little()
        assert (work.begun, work.stopped) == (1, 1)
        work.end.set()
        assert await together.do("k", work.do) == 2

    asyncio.run(run())


def test_a_fault_is_told_to_all_and_not_kept():
    async def run():
        together, tried = Together(), []

        async def fail():
            tried.append(1)
            await asyncio.sleep(0)
            raise OSError

        asking = [asyncio.create_task(together.do("k", fail)) for _ in range(2)]
        done = await asyncio.gather(*asking, return_exceptions=True)
        assert [type(one) for one in done] == [OSError, OSError]
        with pytest.raises(OSError):  # noqa: PT011 - the one above
            await together.do("k", fail)
        assert len(tried) == 2

    asyncio.run(run())
