"""
What somebody wants to be told: a condition on a force's judgement, and an outbox of what was.

A watch tells when its condition begins or ceases to hold, not each time it is looked at. What is to
be told is written in the transaction that notes it, so a crash loses nothing; it is sent until it
arrives, ever more rarely, and at last given up where everybody can see it.
"""

from __future__ import annotations

import hashlib
import hmac
import re
import secrets
import uuid
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from typing import TYPE_CHECKING, Any
from urllib.parse import quote, urlsplit

import orjson
import sqlalchemy as sa

from encircle.errors import InputFault, SituationError
from encircle.store.checking import MOST_NAME
from encircle.store.revisions import NotKeptError, write_instant
from encircle.store.tables import deliveries, watches

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sqlalchemy import Connection

__all__ = [
    "Condition",
    "Due",
    "Hook",
    "Watch",
    "end_watch",
    "list_deliveries",
    "list_watched",
    "list_watches",
    "look",
    "make_watch",
    "note_attempt",
    "parse_condition",
    "read_hook",
    "sign",
    "take_due",
]

Json = dict[str, Any]
DEFINITIONS = ("land_cut", "vehicle_cut", "fire_control", "isolation", "surrounded")
MARGINS = ("neck_width_m", "closing_distance_m", "disjoint_routes", "hostile_bearings")
WORDS = ("verdict", "status", *DEFINITIONS)
FORM = re.compile(r"\s*(\w+)\s*(<=|>=|==|!=|<|>)\s*([\w.]+)\s*")
URL = re.compile(r"https://[^\s/@?#\\]+([/?#]\S*)?")
HOST = re.compile(rb"[\w-]+(\.[\w-]+)*\.?")
MOST_HOST = 253
"""Characters of a host's name. Source: RFC 1035, 3.1."""
HTTPS = 443
SIGNS = "/?:@!$&'()*+,;=-._~%"
"""What stands in a path or a query as it is. Source: RFC 3986, 3.3."""
BACK_OFF = tuple(timedelta(seconds=s) for s in (10, 60, 300, 1800, 7200, 21600, 43200))
"""How long is waited after each attempt that failed; after the last it is given up: most outages
are over within a day. Source: convention of this project."""


@dataclass(frozen=True, slots=True)
class Condition:
    """One comparison: a word of the judgement, or a margin on its pessimistic reading."""

    name: str
    sign: str
    value: str

    def holds(self, judgement: Mapping[str, Any]) -> bool | None:
        """Tell whether it holds of a judgement's document; None where that says nothing of it."""
        if self.name in MARGINS:
            told = (judgement.get("margins") or {}).get(self.name) or {}
            number = told.get("pessimistic")
            return None if number is None else _compare(float(number), self.sign, float(self.value))
        said = {
            "verdict": judgement.get("verdict"),
            "status": (judgement.get("status") or {}).get("code"),
            **(judgement.get("definitions") or {}),
        }.get(self.name)  # fmt: skip
        return None if said is None else (said == self.value) == (self.sign == "==")


def _compare(number: float, sign: str, value: float) -> bool:
    return {
        "<": number < value, ">": number > value, "<=": number <= value, ">=": number >= value,
        "==": number == value, "!=": number != value,
    }[sign]  # fmt: skip


def parse_condition(text: str) -> Condition:
    """
    Parse a condition.

    Raises
    ------
    SituationError
        If it is none.

    Examples
    --------
    >>> margins = {"neck_width_m": {"pessimistic": 2500}}
    >>> parse_condition("neck_width_m < 3000").holds({"margins": margins})
    True
    """
    found = FORM.fullmatch(text)
    name, sign, value = found.groups() if found else ("", "", "")
    is_number = re.fullmatch(r"\d{1,9}(\.\d{1,6})?", value) is not None
    fits = (name in MARGINS and is_number) or (name in WORDS and sign in ("==", "!="))
    if not fits:
        remedy = (
            f"Write NAME == VALUE or != for {', '.join(WORDS)}, or a number for "
            f"{', '.join(MARGINS)}: status == E2, neck_width_m < 3000"
        )
        raise SituationError([InputFault("/condition", f"{text!r:.80} is no condition", remedy)])
    return Condition(name, sign, value)


@dataclass(frozen=True, slots=True)
class Watch:
    """What somebody wants to be told of one force."""

    id: str
    case_id: str
    force: str
    condition: str
    url: str | None
    actor: str
    created_at: str
    held: bool | None
    ended_at: str | None

    def to_dict(self) -> Json:
        """Write it as HTTP answers it; its secret was shown when it was made."""
        return {name: getattr(self, name) for name in type(self).__dataclass_fields__}


COLUMNS = [watches.c[name] for name in Watch.__dataclass_fields__]


@dataclass(frozen=True, slots=True)
class Hook:
    """An address to be told at, taken apart."""

    host: str
    port: int
    target: str
    """Path and query, as the first line of a request has them (RFC 9112, 3.2.1)."""


def read_hook(url: str) -> Hook:
    """
    Take an address to be told at apart, as far as one can be called at all.

    Raises
    ------
    SituationError
        If none can be: not of https, a port there is not, a name that no host has.

    Examples
    --------
    >>> read_hook("https://example.org:8443/hook?x=1")
    Hook(host='example.org', port=8443, target='/hook?x=1')
    """
    remedy = "Give one of https, without a name in it, like https://example.org/hook"
    fault = InputFault("/url", f"{url!r:.80} is no address to be told at", remedy)
    if not URL.fullmatch(url):
        raise SituationError([fault])
    try:
        parts = urlsplit(url)
        host, port = _read_host(parts.hostname or ""), parts.port
    except ValueError:  # no end of a bracket, no number, a label that is too long
        host, port = "", None
    if not host or port == 0:
        raise SituationError([fault])
    target = f"{parts.path or '/'}{f'?{parts.query}' if parts.query else ''}"
    if not target.isascii() or not target.isprintable():
        said = f"{target!r:.80} has letters that no address is sent with"
        written = f"Write it percent-encoded: {quote(target, safe=SIGNS)}"
        raise SituationError([InputFault("/url", said, written)])
    return Hook(host, port or HTTPS, target)


def _read_host(written: str) -> str:
    """Read a number or a name that may be looked up, also one of other letters (RFC 3490)."""
    if ":" in written:
        ip_address(written.partition("%")[0])
        return written
    name = written.encode("idna") if len(written) <= MOST_HOST else b""
    return name.decode() if HOST.fullmatch(name) else ""


def make_watch(  # noqa: PLR0913 - whose, of what, told where
    connection: Connection, case_id: str, force: str, condition: str, actor: str,
    url: str | None = None, now: datetime | None = None,
) -> tuple[Watch, str]:  # fmt: skip
    """
    Begin a watch; give it with the secret by which what it sends is signed, shown this once.

    Raises
    ------
    SituationError
        If the condition is none, or the address is none that can be called by https.
    """
    condition = condition.strip()
    parse_condition(condition)
    if url is not None:
        read_hook(url)
    for at, text in (("/force", force), ("/condition", condition)):
        if len(text) > MOST_NAME:
            said = f"this has {len(text)} characters"
            raise SituationError([InputFault(at, said, f"Use no more than {MOST_NAME}")])
    secret = secrets.token_urlsafe(32)
    row: Json = {
        "id": uuid.uuid4().hex, "case_id": case_id, "force": force, "condition": condition,
        "url": url, "secret": secret, "actor": actor, "held": None, "ended_at": None,
        "created_at": write_instant(now or datetime.now(UTC)),
    }  # fmt: skip
    connection.execute(watches.insert(), row)
    return Watch(**{name: row[name] for name in Watch.__dataclass_fields__}), secret


def end_watch(connection: Connection, case_id: str, name: str, now: datetime | None = None) -> None:
    """
    End a watch; what it had still to tell is not told any more.

    Raises
    ------
    NotKeptError
        If there is none of that id that goes on.
    """
    ended = watches.update().where(
        watches.c.id == name, watches.c.case_id == case_id, watches.c.ended_at.is_(None)
    )
    if not connection.execute(
        ended.values(ended_at=write_instant(now or datetime.now(UTC)))
    ).rowcount:
        raise NotKeptError(f"there is no watch {name!r} in case {case_id!r} that goes on")
    left = deliveries.update().where(
        deliveries.c.watch_id == name, deliveries.c.status == "waiting"
    )
    connection.execute(left.values(status="given up", error="the watch was ended"))


def list_watches(connection: Connection, case_id: str, *, going_on: bool = False) -> list[Watch]:
    """List a case's watches, in the order they were made."""
    asked = sa.select(*COLUMNS).where(watches.c.case_id == case_id)
    if going_on:
        asked = asked.where(watches.c.ended_at.is_(None))
    asked = asked.order_by(watches.c.created_at, watches.c.id)
    return [Watch(*row) for row in connection.execute(asked)]


def list_watched(connection: Connection) -> list[str]:
    """List the cases of which somebody wants to be told something."""
    asked = sa.select(watches.c.case_id).where(watches.c.ended_at.is_(None)).distinct()
    return sorted(connection.scalars(asked))


def look(
    connection: Connection, case_id: str, judgements: Mapping[str, Json], now: datetime
) -> list[Watch]:
    """
    Look whether the conditions of a case's watches hold, and write down what is to be told.

    Parameters
    ----------
    judgements
        The judgement's document by force.

    Returns
    -------
    told
        The watches whose condition began or ceased to hold.
    """
    told = []
    for watch in list_watches(connection, case_id, going_on=True):
        judgement = judgements.get(watch.force)
        holds = parse_condition(watch.condition).holds(judgement) if judgement else None
        if holds is None or holds == watch.held:
            continue
        connection.execute(watches.update().where(watches.c.id == watch.id).values(held=holds))
        if watch.held is None and not holds:
            continue  # it did not hold when the watch began, and does not
        told.append(watch)
        if watch.url is not None and judgement is not None:
            connection.execute(deliveries.insert(), _write(watch, judgement, now, holds=holds))
    return told


def _write(watch: Watch, judgement: Json, now: datetime, *, holds: bool) -> Json:
    body = {
        "watch": watch.id, "case": watch.case_id, "force": watch.force,
        "condition": watch.condition, "holds": holds, "at": write_instant(now),
        **{name: judgement.get(name) for name in ("as_of", "verdict", "status", "headline")},
    }  # fmt: skip
    at = write_instant(now)
    return {"watch_id": watch.id, "body": orjson.dumps(body).decode(), "status": "waiting",
            "attempts": 0, "next_at": at, "error": None, "recorded_at": at}  # fmt: skip


# -- the outbox ------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Due:
    """One thing to be sent now."""

    id: int
    url: str
    secret: str
    body: str
    attempts: int


def take_due(connection: Connection, now: datetime, most: int = 20) -> list[Due]:
    """Give what is to be sent by now, the longest waiting first."""
    d = deliveries.c
    asked = sa.select(d.id, watches.c.url, watches.c.secret, d.body, d.attempts)
    asked = asked.select_from(deliveries.join(watches)).where(
        d.status == "waiting", d.next_at <= write_instant(now), watches.c.ended_at.is_(None)
    )
    return [Due(*row) for row in connection.execute(asked.order_by(d.next_at, d.id).limit(most))]


def note_attempt(connection: Connection, due: Due, error: str | None, now: datetime) -> str:
    """Note that it was sent, or why not and when again; give its status."""
    attempts = due.attempts + 1
    status, next_at = "sent", now
    if error is not None:
        is_over = attempts > len(BACK_OFF)
        status, next_at = (
            ("given up", now) if is_over else ("waiting", now + BACK_OFF[attempts - 1])
        )
    noted = deliveries.update().where(deliveries.c.id == due.id).values(
        status=status, attempts=attempts, next_at=write_instant(next_at),
        error=None if error is None else error[:500],
    )  # fmt: skip
    connection.execute(noted)
    return status


def list_deliveries(connection: Connection, watch: str, most: int = 100) -> list[Json]:
    """List what a watch sent, is to send and gave up, the latest first."""
    d = deliveries.c
    names = ("status", "attempts", "next_at", "error", "recorded_at")
    asked = sa.select(d.body, *(d[name] for name in names))
    asked = asked.where(d.watch_id == watch).order_by(d.id.desc()).limit(most)
    return [
        {**dict(zip(names, row, strict=True)), "body": orjson.loads(body)}
        for body, *row in connection.execute(asked)
    ]


def sign(secret: str, body: str, at: int) -> str:
    """
    Sign what is sent, so that who receives it knows it is ours and new.

    Examples
    --------
    >>> sign("s", "{}", 0)[:19]
    't=0,v1=e79b1f685c78'
    """
    mac = hmac.new(secret.encode(), f"{at}.{body}".encode(), hashlib.sha256)
    return f"t={at},v1={mac.hexdigest()}"
