"""Which status is which error: one table, told as RFC 9457 problem documents."""

from __future__ import annotations

import json
from dataclasses import dataclass
from http import HTTPStatus
from typing import TYPE_CHECKING, Any

from starlette.exceptions import HTTPException

from encircle.errors import (
    CertificateError,
    InputFault,
    KernelsMissingError,
    QuestionError,
    SituationError,
)
from encircle.map.counting import number_of
from encircle.store.casefile import KeyReusedError
from encircle.store.opening import StoreBusyError
from encircle.store.revisions import (
    CaseExistsError,
    ConflictError,
    GoneError,
    NotKeptError,
    WhyError,
)
from encircle.verdict.judgement import spell_out

from .tracing import TRACE
from .wording import say_over_http

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

PROBLEM_JSON = "application/problem+json"
MOST_FAULTS = 1_000
"""Faults told of one body; `detail` counts the rest."""
MOST_TEXT = 2_000
"""Characters told of one fault, which may quote the body."""


class UnreadableError(Exception):
    """The body is not JSON at all."""

    def __init__(self, faults: Sequence[InputFault]) -> None:
        self.faults = tuple(faults)
        super().__init__("; ".join(fault.message for fault in faults))


class RequestError(Exception):
    """The body is JSON, and not what this resource takes."""

    def __init__(self, faults: Sequence[InputFault]) -> None:
        self.faults = tuple(faults)
        super().__init__("; ".join(fault.message for fault in faults))


class QueryError(RequestError):
    """What the address asks is not asked here, where a standard wants that told as 400."""


class TooLargeError(Exception):
    """The body is larger than the service reads."""

    def __init__(self, limit_bytes: int) -> None:
        super().__init__(f"the body is larger than {limit_bytes} bytes; simplify or crop the map")


class TooSlowBodyError(Exception):
    """The body did not come in time."""

    def __init__(self, limit_s: float) -> None:
        super().__init__(f"the body was not there within {limit_s:g} s; send it again, or in parts")


class UnsupportedTypeError(Exception):
    """The body says it is something else than this service reads."""

    def __init__(self, name: str) -> None:
        super().__init__(
            f"a body of type {name!r} is not read here; send JSON or GeoJSON "
            "(Content-Type: application/json or application/geo+json)"
        )


class UnsupportedEncodingError(Exception):
    """The body is packed in a way that is not unpacked here."""

    def __init__(self, names: str) -> None:
        super().__init__(f"a body packed as {names!r} is not read here; send it plain or as gzip")


class TakenBackError(GoneError):
    """A claim was taken back; how it was rated stays to be read."""

    def __init__(self, said: str, log: Sequence[Mapping[str, Any]]) -> None:
        self.document = {"log": list(log)}
        super().__init__(said)


class NotAcceptableError(Exception):
    """The answer is wanted in a form there is none of."""

    def __init__(self, offered: Sequence[str]) -> None:
        super().__init__(f"there is no answer of that type; ask for one of {', '.join(offered)}")


class UnknownScenarioError(Exception):
    """There is no scenario of that name."""

    def __init__(self, name: str) -> None:
        super().__init__(f"no scenario is called {name!r}; GET /v1/scenarios lists them")


class NoKeyError(Exception):
    """A key is needed, and none was sent that counts."""

    def __init__(self) -> None:
        super().__init__(
            "this takes a key: Authorization: Bearer KEY; `encircle keys new` makes one. Without "
            "keys only this machine may write"
        )


class ForbiddenError(Exception):
    """The key may do less than this takes."""

    def __init__(self, name: str, role: str, case_id: str) -> None:
        where = "every case" if case_id == "*" else f"case {case_id!r}"
        super().__init__(f"the key of {name!r} is no {role} in {where}; ask whoever keeps the keys")


class MisdirectedError(Exception):
    """The request was meant for another name than this service has."""

    def __init__(self, host: str) -> None:
        super().__init__(
            f"{host[:200]!r} is no name of this service; ENCIRCLE_HOSTS names those it has"
        )


class ForeignOriginError(Exception):
    """A page of another site sent it."""

    def __init__(self, origin: str) -> None:
        super().__init__(
            f"a page of {origin[:200]!r} may not post here; ENCIRCLE_CORS_ORIGINS names "
            "those that may"
        )


PUBLIC_MARK = "p"
"""Before the number of what is public in its ETag: of settings it bears none."""


def write_tag(number: int, what: str | None = None) -> str:
    """
    Write the ETag of a revision.

    Examples
    --------
    >>> write_tag(3, "settings"), write_tag(3, "access")
    ('"3"', '"p3"')
    """
    return f'"{PUBLIC_MARK if what == "access" else ""}{number}"'


class PreconditionError(Exception):
    """A correction does not say which revision it corrects."""

    def __init__(self, given: str = "") -> None:
        weak = f"{given:.40} is weak, and matches nothing (RFC 9110, 13.1.1); "
        super().__init__(
            f"{weak if given.startswith('W/') else ''}say which revision is corrected: "
            'If-Match: "3", the ETag of what was read, so that nobody\'s correction is lost'
        )


class TooManyError(Exception):
    """One caller asks for more than his part."""

    def __init__(self, wait_s: int) -> None:
        self.retry_after_s = wait_s
        super().__init__(f"more than one caller's part; come again in {wait_s} s")


class UnavailableError(Exception):
    """The service could not do the work now."""

    retry_after_s = 2


class BusyError(UnavailableError):
    """Every worker is taken, and the queue before them is full."""

    def __init__(self) -> None:
        super().__init__("every worker is busy; ask again shortly")


class TooSlowError(Exception):
    """The work took too long, and was stopped: it would again."""

    def __init__(self, timeout_s: float) -> None:
        super().__init__(
            f"not done within {timeout_s:g} s, and stopped; simplify or crop the map, "
            "or judge it with the command line"
        )


class StoppedError(UnavailableError):
    """The worker ended before it answered."""

    def __init__(self) -> None:
        super().__init__("the worker ended before it answered; another takes its place")


@dataclass(frozen=True, slots=True)
class Rule:
    """How one class of error is told."""

    status: int
    kind: str
    """Tail of the problem's `type`."""
    title: str
    tells: bool = True
    """Whether the error's own words are for the caller."""


RULES: dict[type[BaseException], Rule] = {
    UnreadableError: Rule(400, "unreadable", "The body cannot be read"),
    UnknownScenarioError: Rule(404, "unknown-scenario", "There is no such scenario"),
    NoKeyError: Rule(401, "no-key", "A key is needed"),
    ForbiddenError: Rule(403, "forbidden", "The key may not do this"),
    ForeignOriginError: Rule(403, "foreign-origin", "Another site's page sent it"),
    MisdirectedError: Rule(421, "misdirected", "It is meant for another name"),
    NotKeptError: Rule(404, "not-kept", "There is nothing of that name"),
    CaseExistsError: Rule(409, "exists", "There is one of that name"),
    ConflictError: Rule(409, "conflict", "Somebody was there before"),
    GoneError: Rule(410, "gone", "It was taken back"),
    KeyReusedError: Rule(422, "key-reused", "The key was used for something else"),
    WhyError: Rule(422, "no-reason", "A reason is needed"),
    PreconditionError: Rule(428, "which-revision", "The revision corrected is not named"),
    NotAcceptableError: Rule(406, "not-acceptable", "There is no such answer"),
    UnsupportedTypeError: Rule(415, "unsupported-type", "The body is of a type not read here"),
    UnsupportedEncodingError: Rule(
        415, "unsupported-encoding", "The body is packed in a way not read here"
    ),
    TooLargeError: Rule(413, "too-large", "The body is too large"),
    MemoryError: Rule(
        413, "too-large", "The situation needs more memory than there is", tells=False
    ),
    QueryError: Rule(400, "wrong-query", "What the address asks is not asked here"),
    RequestError: Rule(422, "wrong-request", "The request is readable, but wrong"),
    SituationError: Rule(422, "wrong-situation", "The situation is readable, but wrong"),
    QuestionError: Rule(409, "question", "What is asked is not one thing"),
    CertificateError: Rule(422, "wrong-judgement", "The judgement is readable, but wrong"),
    KernelsMissingError: Rule(422, "needs-kernels", "This needs what is not installed here"),
    TooSlowBodyError: Rule(408, "slow-body", "The body did not come in time"),
    TooSlowError: Rule(422, "too-slow", "The work took too long"),
    TooManyError: Rule(429, "too-many", "Too many requests"),
    BusyError: Rule(503, "busy", "The service is busy"),
    StoppedError: Rule(503, "stopped", "The work was stopped"),
    StoreBusyError: Rule(503, "store", "The store does not answer now"),
    UnavailableError: Rule(503, "unavailable", "The service is not ready"),
    BaseException: Rule(500, "fault", "This is a fault of the service", tells=False),
}
"""Error to answer. The nearest class of `type(error).__mro__` decides."""


@dataclass(frozen=True, slots=True)
class Problem:
    """A problem document, and the headers that go with it."""

    status: int
    headers: dict[str, str]
    body: bytes


def find_rule(error: BaseException) -> Rule:
    """Find the rule of the nearest class an error descends from."""
    return next(RULES[cls] for cls in type(error).__mro__ if cls in RULES)


def describe(error: BaseException) -> Problem:
    """
    Tell an error to the caller.

    Returns
    -------
    problem
        Never a traceback: an error nobody foresaw says only that there was one.

    References
    ----------
    .. [1] RFC 9457, Problem Details for HTTP APIs.
    """
    if isinstance(error, HTTPException):
        return _describe_http(error)
    rule = find_rule(error)
    detail = _say(error) if rule.tells else rule.title
    document = _document(rule.status, f"urn:encircle:problem:{rule.kind}", rule.title, detail)
    if rule.status == HTTPStatus.INTERNAL_SERVER_ERROR:
        document["id"] = TRACE.get()  # by which it is found in the log
    if isinstance(error, QuestionError | TakenBackError):
        document |= error.document  # what the command prints, beside the problem's own members
    faults = getattr(error, "faults", ())
    if faults:
        document["errors"] = [tell_fault(fault) for fault in _shorten(faults)]
    headers = {}
    if isinstance(error, NoKeyError):
        headers["WWW-Authenticate"] = "Bearer"  # RFC 6750, 3
    if isinstance(error, ConflictError) and error.number:
        headers["ETag"] = write_tag(error.number, error.what)
    if isinstance(error, UnsupportedEncodingError):
        headers["Accept-Encoding"] = "gzip"  # RFC 9110, 12.5.3
    if rule.status in (HTTPStatus.SERVICE_UNAVAILABLE, HTTPStatus.TOO_MANY_REQUESTS):
        headers["Retry-After"] = str(getattr(error, "retry_after_s", 30))
    return Problem(rule.status, headers, encode(document))


def _shorten(faults: Sequence[InputFault]) -> list[InputFault]:
    """Tell no more than `MOST_FAULTS`, the last of them how many there are beside."""
    if len(faults) <= MOST_FAULTS:
        return list(faults)
    told = list(faults[: MOST_FAULTS - 1])
    return [
        *told,
        InputFault(
            "", f"and {number_of(len(faults) - len(told), 'fault')} more", "Mend these first"
        ),
    ]


def tell_fault(fault: InputFault) -> dict[str, str | None]:
    """Tell one thing wrong with the input: where, what, and what to do."""
    return {
        "pointer": fault.pointer,
        "detail": fault.message[:MOST_TEXT],
        "remedy": say_over_http(fault.remedy)[:MOST_TEXT],
        "feature": fault.feature,
    }


def tell_parameter(fault: Mapping[str, Any]) -> InputFault:
    """Tell a parameter of the address or a header that is wrong, as FastAPI found it."""
    where, *rest = (str(part) for part in fault["loc"])
    sign = {"query": "?", "path": "/"}.get(where, f"{where} ")
    said = str(fault["msg"])
    remedy = "Mend it there; /openapi.json says what it may be"
    return InputFault(f"{sign}{'/'.join(rest)}", said[:1].lower() + said[1:], remedy)


def _describe_http(error: HTTPException) -> Problem:
    title = HTTPStatus(error.status_code).phrase
    document = _document(error.status_code, "about:blank", title, str(error.detail))
    return Problem(error.status_code, dict(error.headers or {}), encode(document))


def _document(status: int, kind: str, title: str, detail: str) -> dict[str, Any]:
    return {"type": kind, "title": title, "status": status, "detail": detail}


def _say(error: BaseException) -> str:
    faults = getattr(error, "faults", ())
    if not faults:
        return str(error)
    first = f"at {faults[0].pointer or '/'}: {faults[0].message}"[:MOST_TEXT]
    return first if len(faults) == 1 else f"{first}, and {len(faults) - 1} more"


def encode(document: object) -> bytes:
    """Write JSON that any client can read, half surrogate pairs spelt out."""
    text = json.dumps(spell_out(document), ensure_ascii=False, allow_nan=False)
    return text.encode()
