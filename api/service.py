"""What every route works with: settings, workers, scenarios, counts."""

from __future__ import annotations

import asyncio
import hashlib
import time
from collections import OrderedDict, defaultdict
from dataclasses import dataclass, field
from functools import partial
from http import HTTPStatus
from typing import TYPE_CHECKING, Annotated, Any, cast

import orjson
from fastapi import Depends, Request
from fastapi.responses import Response

from .catalogue import ask
from .content import check_type, decode, says_type
from .errors import PROBLEM_JSON, TooLargeError, TooSlowError
from .together import Together
from .tracing import Spans, note_work

if TYPE_CHECKING:
    from encircle.store.opening import Store

    from .catalogue import Catalogue
    from .metrics import Metrics
    from .patience import Intake
    from .pool import Answer, Pool
    from .settings import Settings
    from .wire import Kind

NAMES: dict[Kind, str] = {
    b"j": "judge",
    b"v": "verify",
    b"p": "picture",
    b"c": "claims",
    b"g": "layers",
    b"h": "page",
    b"q": "question",
    b"i": "inspect",
    b"s": "statuses",
    b"t": "timeline",
    b"w": "question page",
    b"r": "question review",
    b"d": "question card",
    b"k": "kml",
    b"l": "geopackage",
    b"x": "workbook",
}


NO_SCRIPTS = "default-src 'none'; style-src 'unsafe-inline'"
"""Of pages and pictures: names on a map are other people's words."""
MOST_BRIEF = 256
"""Maps whose forces' verdicts are remembered."""


SLOW_S = 600.0
"""So long a map that could not be judged is not tried again to see what a post changes, seconds."""
SLOW = "the map could not be judged when it was tried last"
LESS = 0.9
"""Of its bytes: a map so much smaller than one that could not be judged is tried at once."""


@dataclass(frozen=True, slots=True)
class Brief:
    """The verdict on each force of a map, and why there is none."""

    statuses: dict[str, Any]
    problem: str = ""
    """Why the map cannot be judged; empty where it was."""
    is_known: bool = True
    """Whether it was judged, or is no map that can be; not where time or memory fell short."""
    is_tried: bool = True
    """Whether a worker had time for it, now or not long ago."""


def name_map(raw: bytes) -> bytes:
    """Name a map by its digest, under which what was judged of it is remembered."""
    return hashlib.sha256(raw).digest()


@dataclass(frozen=True, slots=True)
class Service:
    """One for each application."""

    settings: Settings
    metrics: Metrics
    pool: Pool
    catalogue: Catalogue
    store: Store
    intake: Intake
    spans: Spans = field(default_factory=Spans)
    _brief: OrderedDict[bytes, Brief] = field(default_factory=OrderedDict)
    _together: Together[bytes, Brief] = field(default_factory=Together)
    _slow: dict[str, tuple[float, int]] = field(default_factory=dict)
    """Whose map could not be judged; until when none as large is tried again, seconds of a clock;
    and how large it was, bytes."""
    _judged: dict[tuple[str, Kind], Answer] = field(default_factory=dict)
    _locks: defaultdict[tuple[str, Kind], asyncio.Lock] = field(
        default_factory=lambda: defaultdict(asyncio.Lock)
    )

    async def ask(self, kind: Kind, raw: bytes) -> Answer:
        """Have a worker do the work, and time it."""
        name = NAMES[kind]
        with self.spans.of_work(name) as span, self.metrics.work.labels(name).time():
            answer = await self.pool.ask(kind, raw)
            note_work(span, answer.status, answer.worked_s)
        self.metrics.worked.labels(name).observe(answer.worked_s)
        if answer.status == HTTPStatus.INTERNAL_SERVER_ERROR:
            self.metrics.faults.inc()
        return answer

    async def judge_briefly(self, raw: bytes, whose: str = "") -> Brief:
        """
        Judge every force of a map: its verdict, and what decides.

        What was judged last is remembered: after one post it is what there was before the next. So
        is whose map took too long, or more memory than there is: none as large is tried again for a
        while, and posts go on. Whoever asks while it is being judged waits for that judgement.
        """
        name = name_map(raw)
        if (known := self.recall(name)) is not None:
            return known
        if self.is_put_off(raw, whose):
            return Brief({}, SLOW, is_known=False)
        return await self._together.do(name, partial(self._judge_anew, name, raw, whose))

    def recall(self, name: bytes) -> Brief | None:
        """Recall what was judged of a map, by its digest."""
        if name in self._brief:
            self._brief.move_to_end(name)
        return self._brief.get(name)

    async def _judge_anew(self, name: bytes, raw: bytes, whose: str) -> Brief:
        try:
            answer = await self.ask(b"s", raw)
        except TooSlowError as error:
            return self.put_off(raw, whose, str(error))
        if answer.status == HTTPStatus.OK:
            brief = Brief(orjson.loads(answer.body))
        elif answer.status == HTTPStatus.UNPROCESSABLE_ENTITY:
            brief = Brief({}, str(orjson.loads(answer.body).get("detail")))
        elif answer.status == HTTPStatus.REQUEST_ENTITY_TOO_LARGE:
            return self.put_off(raw, whose, "it needs more memory than there is")
        else:
            return self.put_off(raw, whose, "the service failed")
        self._slow.pop(whose, None)
        self._brief[name] = brief
        if len(self._brief) > MOST_BRIEF:
            self._brief.popitem(last=False)
        return brief

    def put_off(self, raw: bytes, whose: str, problem: str) -> Brief:
        """Have nobody's map as large as one that could not be judged tried again for a while."""
        self._slow[whose] = time.monotonic() + SLOW_S, len(raw)
        return Brief({}, problem, is_known=False)

    def is_put_off(self, raw: bytes, whose: str) -> bool:
        """Tell whether a map is not to be tried now."""
        until, size = self._slow.get(whose, (0.0, 0))
        return until > time.monotonic() and len(raw) > LESS * size

    async def judge_scenario(self, name: str, kind: Kind = b"j") -> Answer:
        """
        Judge a scenario once; whoever asks meanwhile waits for that judgement.

        Raises
        ------
        UnknownScenarioError
            If there is none of that name.
        """
        scenario = self.catalogue.find(name)
        key = (name, kind)
        async with self._locks[key]:
            answer = self._judged.get(key) or await self.ask(kind, ask(scenario))
            if answer.status == HTTPStatus.OK:
                self._judged[key] = answer
            return answer

    async def read_body(self, request: Request, *also: str) -> bytes:
        """
        Read a request's body, no further than the limit; JSON, or of a type of `also`.

        Raises
        ------
        TooSlowBodyError
            If it does not come in time.
        BusyError
            If too much of other bodies is being read.
        TooLargeError
            As soon as it is known to be larger, whatever its head says; unpacked, too.
        UnsupportedTypeError, UnsupportedEncodingError
            If it says that it is something else than is read here.
        """
        limit = self.settings.max_body_bytes
        declared = request.headers.get("content-length", "")
        if declared.isdecimal() and int(declared) > limit:
            raise TooLargeError(limit)
        body = bytearray()
        try:
            async with self.intake.limit():
                async for chunk in request.stream():
                    self.intake.take(len(chunk))
                    body += chunk
                    if len(body) > limit:
                        raise TooLargeError(limit)
        except TimeoutError:
            raise self.intake.tell_slow() from None
        finally:
            self.intake.give_back(len(body))
        plain = decode(request.headers, bytes(body), limit)
        if says_type(request.headers) not in also:
            check_type(request.headers, plain)
        return plain


def find_service(request: Request) -> Service:
    """Find the service an application was built round."""
    return cast("Service", request.app.state.service)


ServiceDep = Annotated[Service, Depends(find_service)]


def pass_on(answer: Answer, media_type: str = "application/json") -> Response:
    """Make a worker's answer the response; what is no success is a problem document."""
    headers = {"Server-Timing": f"work;dur={answer.worked_s * 1000:.2f}"}
    if answer.retry_after_s:
        headers["Retry-After"] = str(answer.retry_after_s)
    if answer.status != HTTPStatus.OK:
        media_type = PROBLEM_JSON
    if media_type in ("image/svg+xml", "text/html"):
        headers["Content-Security-Policy"] = NO_SCRIPTS
    return Response(answer.body, answer.status, headers, media_type)
