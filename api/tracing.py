"""One request by one name: from the header it came with, through the worker, into every log."""

from __future__ import annotations

import re
import uuid
from contextvars import ContextVar
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from starlette.datastructures import Headers

TRACE: ContextVar[str] = ContextVar("encircle_trace", default="0" * 32)
"""The trace that is at hand: 32 hexadecimal digits, as the W3C writes them."""
TRACEPARENT = re.compile(
    r"[0-9a-f]{2}-(?!0{32})([0-9a-f]{32})-(?!0{16})[0-9a-f]{16}-[0-9a-f]{2}(-.*)?"
)
"""Source: W3C Trace Context, 3.2. A later version may say more behind."""
OWN_NAME = re.compile(r"[A-Za-z0-9._:-]{1,64}")
"""What a request may call itself, `X-Request-Id`: it stands in our log and in our answer."""


def begin_trace(headers: Headers) -> tuple[str, str]:
    """
    Begin, or go on with, a request's trace.

    Returns
    -------
    trace, name
        The trace; and what the request is called in the answer: as it called itself, or the trace.

    References
    ----------
    .. [1] W3C Trace Context, https://www.w3.org/TR/trace-context/
    """
    found = TRACEPARENT.fullmatch(headers.get("traceparent", ""))
    trace = found[1] if found else uuid.uuid4().hex
    TRACE.set(trace)
    own = headers.get("x-request-id", "")
    return trace, own if OWN_NAME.fullmatch(own) else trace
