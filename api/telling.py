"""
What a post changes is told: to whoever posted it, and to the feed.

Over 400 lines: what is told at once, late and not at all hangs on one memory of what was judged.

A post is held against the case as it found it, and as it left it, whatever others post meanwhile:
so each change is told to the post that made it. Of a post that could not be judged at once, or
whose caller hung up, the feed is told when there is time. Then claims are rated again, too.
"""

from __future__ import annotations

import asyncio
import time
from collections import OrderedDict
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import TYPE_CHECKING, Annotated, Any, cast

import orjson
from fastapi import Depends, Request

from encircle.store.assembling import assemble
from encircle.store.opening import StoreBusyError
from encircle.store.ratings import list_claimed, list_latest
from encircle.store.revisions import find_end, write_instant
from encircle.store.settings import read_settings
from encircle.store.tellings import Untold, find_post, find_told, list_untold, mark_told, tell_post

from .cases import keep, read_instant, read_kept
from .errors import StoppedError, TooSlowError, UnavailableError
from .logs import build_logger, trace
from .rating import MOST_CLAIMS, find_day, find_evidence, find_map, list_claims, rate_on
from .service import MOST_BRIEF, Brief, name_map

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy import Connection

    from encircle.store.assembling import Assembled
    from encircle.store.opening import Store
    from encircle.store.ratings import Rated
    from encircle.store.revisions import Revision

    from .service import Service

Json = dict[str, Any]
GONE = "No position of the force is left on the map."
PAUSES_S = (0.5, 1.0, 2.0)
"""Between two askings for the judgement after a post, where every worker is taken; seconds."""
PAUSE_S = 2.0
"""Between two looks for what is untold, seconds."""
MOST_TRIES = 3
"""So often what a post changed is tried to be worked out late; then the feed is told that it was
not."""
RETRY_S = 600.0
"""Between two such tries, for all posts of a case, seconds."""
MOST_RATED = 20
"""Claims rated between two looks for what is untold."""
DEBOUNCE = timedelta(seconds=30)
"""After a post its case's claims are rated no sooner: analysts post in bursts."""
FALLEN_SHORT = (413, 500)
"""What a worker answers that has not memory enough, or fails."""
FEATURES = b',"features":'
"""Where what stands on a map begins."""
GRACE = timedelta(seconds=60)
"""A post is left for so long to whoever answers it."""
STILL = "It was kept, and what it changes is still being worked out: the feed will say it."


@dataclass(frozen=True, slots=True)
class Asked:
    """As of when a case is judged, before a post and after it."""

    as_of: datetime | None
    """None: as the case says."""
    now: datetime
    """What the clock said, for a case that does not say."""


@dataclass(frozen=True, slots=True)
class Before:
    """A case as a post found it."""

    asked: Asked
    end: str
    """Hash of the last line of its log."""
    brief: Brief


@dataclass
class Teller:
    """Judges what posts found and left, and tells the difference, each once."""

    service: Service
    grace: timedelta = GRACE
    _answering: set[int] = field(default_factory=set)
    """First lines of posts that are being answered."""
    _unchanged: set[int] = field(default_factory=set)
    """First lines of posts that changed nothing: written down a few at a time."""
    _tries: dict[str, int] = field(default_factory=dict)
    """By case, how often in a row its map could not be judged when there was time."""
    _later: dict[str, float] = field(default_factory=dict)
    """By case, until when it is not tried again, seconds of a clock."""
    _ends: OrderedDict[tuple[str, datetime | None, str], tuple[bytes, datetime]] = field(
        default_factory=OrderedDict
    )
    """By case, instant asked and hash of the last line: the digest of the map, and its instant."""
    _claimed: dict[str, datetime] = field(default_factory=dict)
    """Cases whose claims are to be rated again, and not before when."""
    _held: OrderedDict[tuple[str, str], tuple[bytes, str, str | None]] = field(
        default_factory=OrderedDict
    )
    """By case and claim, the digest of the evidence it was held against last, its own hash, and
    when the rating was noted: a reader may have had another noted since."""
    _tasks: set[asyncio.Task[Json]] = field(default_factory=set)
    """Answers that are being found."""
    _task: asyncio.Task[None] | None = None

    def open(self) -> None:
        """Begin to look for what is untold and not rated, from before this start, too."""
        with self.service.store.reading() as connection:
            self._claimed = dict.fromkeys(list_claimed(connection), datetime.now(UTC))
        self._task = asyncio.create_task(self._run())

    async def close(self) -> None:
        """End; what is untold then is told after the next start."""
        tasks = [*self._tasks, *([self._task] if self._task else [])]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        with suppress(StoreBusyError):  # what is not marked is judged once more
            await self._note_unchanged()

    # -- while a post is answered

    async def look(self, case_id: str, as_of: str | None) -> Before:
        """
        Judge every force of a case that is to be posted to, or say why not.

        Raises
        ------
        UnavailableError
            If no worker has time now: then it is not posted to either.
        NotKeptError, RequestError
            If there is no such case, or the instant is none.
        """
        asked = Asked(read_instant(as_of, "as_of"), datetime.now(UTC))
        last, end, _ = await read_kept(self.service.store, find_end, case_id)
        brief, _ = await self._judge(case_id, asked, end, last)
        return Before(asked, end, brief)

    async def tell(self, case_id: str, before: Before, made: Sequence[Revision]) -> Json:
        """
        Judge a case as a post left it, and tell what that changed.

        The post is kept by now, so that nothing here may be told as if it were not.

        Parameters
        ----------
        made
            What was recorded, in one transaction.

        Returns
        -------
        told
            The member `changes`, null where there was no time to judge; and `notices`, which say
            so, or why the map cannot be judged.
        """
        if not made:
            return {"changes": []}
        # What is found out is owed to the feed, too: it goes on though the caller hangs up, or
        # cannot be kept waiting.
        task = asyncio.create_task(self._answer(Untold(case_id, made[0], made[-1]), before))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        done, _ = await asyncio.wait({task}, timeout=self.service.settings.timeout_s)
        if not done:
            return {"changes": None, "notices": [STILL]}
        if (error := task.exception()) is not None:
            self.note_fault(error, case_id)
            return {"changes": None, "notices": [STILL]}
        return task.result()

    async def _answer(self, post: Untold, before: Before) -> Json:
        self._answering.add(post.first.seq)
        try:
            was, now, then = await self._judge_both(post, before)
            if before.asked.as_of is not None:  # an instant of the caller's own: the feed has none
                await self._tell_feed(post, before)
            elif then is not None:
                await self._note(post, compare(was, now), then)
        except StoreBusyError:
            return {"changes": None, "notices": [STILL]}
        finally:
            self._answering.discard(post.first.seq)
        if then is None:
            said = f"It was kept, and what it changes was not worked out: {now.problem}."
            return {"changes": None, "notices": [said]}
        changes = compare(was, now)
        problem = f"The case cannot be judged as it stands: {now.problem}."
        return {"changes": changes, **({"notices": [problem]} if now.problem else {})}

    async def _tell_feed(self, post: Untold, before: Before) -> None:
        """Tell the feed what a post changed as of the case's own instant."""
        own = Before(Asked(None, before.asked.now), "", Brief({}))
        was, now, then = await self._judge_both(post, own)
        if then is not None:
            await self._note(post, compare(was, now), then)

    async def tell_again(self, case_id: str, answered: Json, before: Before) -> Json:
        """Tell what a post changed that is sent again, by what was answered to it."""
        accepted = answered.get("accepted")
        if not accepted:
            return {"changes": []}
        name = accepted[-1]["hash"]
        if before.asked.as_of is not None:
            post = await read_kept(self.service.store, find_post, case_id, name)
            if post is not None:
                was, now, then = await self._judge_both(post, before)
                if then is None:
                    return {"changes": None, "notices": [STILL]}
                return {"changes": compare(was, now)}
        first, changes = await read_kept(self.service.store, find_told, case_id, name)
        if changes is None and first in self._unchanged:
            changes = []
        if changes is None:
            return {"changes": None, "notices": [STILL]}
        return {"changes": [change.to_dict() for change in changes]}

    async def _judge_both(
        self, post: Untold, before: Before
    ) -> tuple[Brief, Brief, datetime | None]:
        """Judge what a post found and left; and as of when, None where that is not known."""
        case_id, first, last = post.case_id, post.first, post.last
        was = before.brief
        if first.previous != before.end:  # others were there meanwhile
            was, _ = await self._insist(case_id, before.asked, first.previous, first.seq - 1)
        if not was.is_known:
            return was, was, None
        now, then = await self._insist(case_id, before.asked, last.hash, last.seq)
        return was, now, then if now.is_known else None

    async def _insist(
        self, case_id: str, asked: Asked, end: str, last: int
    ) -> tuple[Brief, datetime | None]:
        """Ask for a judgement again where every worker is taken, and then do without."""
        said, is_tried = "", False
        for pause_s in (*PAUSES_S, None):
            try:
                return await self._judge(case_id, asked, end, last)
            except UnavailableError as error:
                said, is_tried = str(error), isinstance(error, StoppedError)
                if pause_s is not None:
                    await asyncio.sleep(pause_s)
        return Brief({}, said, is_known=False, is_tried=is_tried), None

    async def _judge(
        self, case_id: str, asked: Asked, end: str, last: int
    ) -> tuple[Brief, datetime]:
        """Judge a case as it stood after a line of its log: its number, and its hash."""
        key = (case_id, asked.as_of, end)
        if key in self._ends:
            name, then = self._ends[key]
            if (brief := self.service.recall(name)) is not None:
                return brief, then
        found: Assembled = await read_kept(
            self.service.store, assemble, case_id, asked.as_of, last=last, now=asked.now,
            with_claims=False,
        )  # fmt: skip
        brief = await self.service.judge_briefly(found.judged, case_id)
        if found.is_dated:
            self._ends[key] = (name_map(found.judged), found.as_of)
            if len(self._ends) > MOST_BRIEF:
                self._ends.popitem(last=False)
        return brief, found.as_of

    async def _note(self, post: Untold, changes: list[Json], then: datetime) -> None:
        # On whatever day its claims are of, it may turn them.
        self._plan_rating(post.case_id, datetime.now(UTC) + DEBOUNCE)
        if changes:
            await keep(partial(_tell, self.service.store, post, changes, then))
        else:
            self._unchanged.add(post.first.seq)

    # -- when there is time

    async def _run(self) -> None:
        logger = build_logger()
        while True:
            try:
                await self.step(datetime.now(UTC))
            except Exception as error:  # noqa: BLE001 - one fault must not end all that follows
                logger.error("teller", error=type(error).__name__)  # noqa: TRY400 - no message
            await asyncio.sleep(PAUSE_S)

    async def step(self, now: datetime) -> None:
        """Write down what is told, and tell what is not, as far as there is time."""
        await self._note_unchanged()
        waiting = [name for name, at in self._later.items() if at > time.monotonic()]
        untold = await read_kept(self.service.store, list_untold, now - self.grace, without=waiting)
        left: set[str] = set()
        for post in untold:
            if not self.service.pool.has_time:
                return
            if post.first.seq in self._answering or post.case_id in left:
                continue
            if not await self._tell_alone(post):
                left.add(post.case_id)  # what follows waits for it
        await self._rate_claims(now)

    async def _tell_alone(self, post: Untold) -> bool:
        """Tell what a post changed; where that fails, its case waits, and no other."""
        try:
            return await self._tell_late(post)
        except StoreBusyError:  # tried again at the next look
            return False
        except Exception as error:  # noqa: BLE001 - one case's fault is no other's
            self.note_fault(error, post.case_id)
            self._later[post.case_id] = time.monotonic() + RETRY_S
            return False

    async def _tell_late(self, post: Untold) -> bool:
        """Tell what a post changed of which nobody was told, or that it cannot be worked out."""
        case_id, first, last = post.case_id, post.first, post.last
        asked = Asked(None, datetime.fromisoformat(last.recorded_at))
        was, _ = await self._insist(case_id, asked, first.previous, first.seq - 1)
        if not was.is_tried:
            return False
        now, then = await self._insist(case_id, asked, last.hash, last.seq)
        if not now.is_tried:
            return False
        changes = compare(was, now)
        if was.is_known and now.is_known:
            self._tries.pop(case_id, None)
        else:
            tries = self._tries[case_id] = self._tries.get(case_id, 0) + 1
            if tries < MOST_TRIES:
                self._later[case_id] = time.monotonic() + RETRY_S
                return False
            if not changes:
                problem = f"The map cannot be judged: {now.problem or was.problem}."
                force = await read_kept(self.service.store, _find_force, case_id)
                changes = [{"force": force, "was": None, "is": None, "because": [problem]}]
        await self._note(post, changes, then or asked.now)
        return True

    async def _rate_claims(self, now: datetime) -> None:
        """Rate claims again whose map is another now, as far as there is time."""
        left = MOST_RATED
        for case_id in [name for name, at in self._claimed.items() if at <= now]:
            self._claimed.pop(case_id, None)
            is_done, evidence = False, dict[str | None, bytes]()
            try:
                rated = await read_kept(self.service.store, list_latest, case_id)
                for claim in await read_kept(self.service.store, list_claims, case_id):
                    if left == 0 or not self.service.pool.has_time:
                        return
                    left -= await self._rate_alone(case_id, claim, now, evidence, rated)
                is_done = True
            except StoreBusyError:
                continue
            except Exception as error:  # noqa: BLE001 - one case's fault is no other's
                self.note_fault(error, case_id)
                self._plan_rating(case_id, now + timedelta(seconds=RETRY_S))
                is_done = True
            finally:  # what was not done, for want of time, is still to be done
                if not is_done:
                    self._plan_rating(case_id, now)

    async def _rate_alone(
        self, case_id: str, claim: Revision, now: datetime, evidence: dict[str | None, bytes],
        rated: dict[str, Rated],
    ) -> bool:  # fmt: skip
        """Rate a claim, and go on to the next where that is a fault; tell whether it was."""
        try:
            return await self._rate(case_id, claim, evidence, rated)
        except StoreBusyError:
            raise
        except Exception as error:  # noqa: BLE001 - one claim's fault is no other's
            self.note_fault(error, case_id)
            self._plan_rating(case_id, now + timedelta(seconds=RETRY_S))
            return True

    def _plan_rating(self, case_id: str, at: datetime) -> None:
        """Have the claims of a case rated again, no sooner than they are to be already."""
        self._claimed[case_id] = min(at, self._claimed.get(case_id, at))

    def note_fault(self, error: BaseException, case_id: str) -> None:
        """Tell whoever runs the service what failed, and in which case."""
        self.service.metrics.faults.inc()
        name = type(error).__name__
        build_logger().error("teller", error=name, case=case_id, trace=trace(error))

    async def _rate(
        self, case_id: str, claim: Revision, evidence: dict[str | None, bytes],
        rated: dict[str, Rated],
    ) -> bool:  # fmt: skip
        """
        Rate a claim where the evidence of its day is another than before; tell whether it was.

        `evidence`: the digests found in this look, by day; `rated`: what was noted last. Most posts
        are of a later day than most claims: then each day is put together once, and no claim.
        """
        day = find_day(claim)
        if day not in evidence:
            evidence[day] = _name_evidence(await find_evidence(self.service, case_id, day))
        key, noted = (case_id, claim.subject), rated.get(claim.subject)
        if self._held.get(key) == (evidence[day], claim.hash, noted and noted.recorded_at):
            return False
        found = await find_map(self.service, case_id, claim)
        if self.service.is_put_off(found.judged, case_id):
            return False
        try:
            told = await rate_on(self.service, case_id, claim, found)
        except UnavailableError:
            self._plan_rating(case_id, datetime.now(UTC))
            return True
        except TooSlowError as error:
            self.service.put_off(found.judged, case_id, str(error))
            return True
        if told.get("problem", {}).get("status") in FALLEN_SHORT:
            self.service.put_off(found.judged, case_id, "")
            return True
        self._held[key] = evidence[day], claim.hash, (told["rating"] or {}).get("recorded_at")
        self._held.move_to_end(key)
        if len(self._held) > MOST_CLAIMS:
            self._held.popitem(last=False)
        return True

    async def _note_unchanged(self) -> None:
        if told := self._unchanged.copy():
            await keep(partial(_mark, self.service.store, told))
            self._unchanged -= told


def _name_evidence(found: Assembled) -> bytes:
    """Name a map; where nobody names an instant the clock does, and it is the same a second on."""
    if found.is_dated:
        return name_map(found.judged)
    head, _, rest = found.judged.partition(FEATURES)
    whole = orjson.loads(head + b"}")["situation"]
    return name_map(orjson.dumps({**whole, "as_of": None}) + rest)


def _tell(store: Store, post: Untold, changes: list[Json], then: datetime) -> None:
    with store.writing() as connection:
        tell_post(connection, post, changes, write_instant(then), datetime.now(UTC))


def _find_force(connection: Connection, case_id: str) -> str:
    """Find the force a case is about."""
    return str(read_settings(connection, case_id).get("force") or "")


def _mark(store: Store, firsts: set[int]) -> None:
    with store.writing() as connection:
        mark_told(connection, firsts, datetime.now(UTC))


def compare(before: Brief, after: Brief) -> list[Json]:
    """Say what is otherwise now, force by force."""
    changes = []
    for force in sorted(before.statuses.keys() | after.statuses.keys()):
        was, now = before.statuses.get(force), after.statuses.get(force)
        if (was and (was["verdict"], was["status"])) == (now and (now["verdict"], now["status"])):
            continue
        gone = f"The map cannot be judged: {after.problem}." if after.problem else GONE
        because = now["because"] if now else [gone]
        changes.append({"force": force, "was": _short(was), "is": _short(now), "because": because})
    return changes


def _short(status: Json | None) -> Json | None:
    return status and {"verdict": status["verdict"], "status": status["status"]}


def find_teller(request: Request) -> Teller:
    """Find who tells what posts change, in the application a request is to."""
    return cast("Teller", request.app.state.teller)


async def tell(request: Request, case_id: str, before: Before, *made: Revision) -> Json:
    """Tell what was recorded: what it changed, and that watches are to be looked at."""
    if made:
        request.app.state.sender.note(case_id)
    return await find_teller(request).tell(case_id, before, made)


TellerDep = Annotated[Teller, Depends(find_teller)]
