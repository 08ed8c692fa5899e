"""Work that several wait for is done once."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import TYPE_CHECKING, Generic, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine

Key = TypeVar("Key")
Result = TypeVar("Result")


@dataclass(slots=True)
class _Work(Generic[Result]):
    task: asyncio.Task[Result]
    waiting: int = 0


class Together(Generic[Key, Result]):
    """Does what is asked under a key once for all who ask meanwhile."""

    def __init__(self) -> None:
        self._works: dict[Key, _Work[Result]] = {}

    async def do(self, key: Key, work: Callable[[], Coroutine[None, None, Result]]) -> Result:
        """Wait for the work of a name: who asks first begins it, who leaves last ends it."""
        at_work = self._works.get(key)
        if at_work is None:
            at_work = self._works[key] = _Work(asyncio.create_task(work()))
        at_work.waiting += 1
        try:
            return await asyncio.shield(at_work.task)
        finally:
            at_work.waiting -= 1
            if not at_work.waiting:
                at_work.task.cancel()
                if self._works.get(key) is at_work:
                    del self._works[key]
