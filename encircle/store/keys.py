"""
Who may do what: keys, of which only the hash is kept, and roles case by case.

A key is shown once, when it is made. It is 256 random bits, so a plain hash of it keeps it: nobody
guesses one, and no list of words helps.
"""

from __future__ import annotations

import hashlib
import ipaddress
import secrets
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError

from encircle.errors import EncircleError
from encircle.store.clock import is_blank, write_instant
from encircle.store.tables import ROLES, actors, grants

if TYPE_CHECKING:
    from sqlalchemy import Connection

__all__ = [
    "EVERY_CASE",
    "LOCAL",
    "Actor",
    "KeyNameError",
    "are_there_keys",
    "find_actor",
    "is_loopback",
    "list_actors",
    "make_key",
    "revoke",
]

EVERY_CASE = "*"
LOCAL = "local"
"""Who posts from this machine while nobody has a key; no key is called so."""
PREFIX = "enc_"
"""Begins every key: whoever finds one in a file knows what it is."""


class KeyNameError(EncircleError, ValueError):
    """A name, a role or an expiry that a key cannot have; or no key of that name."""


@dataclass(frozen=True, slots=True)
class Actor:
    """Somebody with a key."""

    name: str
    roles: dict[str, str]
    """Role by case; of `*`, in every case."""
    expires_at: str | None = None
    revoked_at: str | None = None

    def to_dict(self) -> dict[str, object]:
        """Write it as the command prints it."""
        return {"name": self.name, "roles": self.roles, "expires_at": self.expires_at,
                "revoked_at": self.revoked_at}  # fmt: skip

    def may(self, role: str, case_id: str) -> bool:
        """Tell whether it may do in a case what takes a role."""
        held = [self.roles[name] for name in (case_id, EVERY_CASE) if name in self.roles]
        return any(ROLES.index(one) >= ROLES.index(role) for one in held)


def is_loopback(name: str) -> bool:
    """
    Tell an address, or a name, that can only be this machine's own (RFC 6761, 6.3).

    Without a key only this machine may write.

    Examples
    --------
    >>> [is_loopback(name) for name in ("127.0.0.1", "::1", "localhost", "0.0.0.0", "example.org")]
    [True, True, True, False, False]
    """
    try:
        return ipaddress.ip_address(name).is_loopback
    except ValueError:
        return name.lower().rstrip(".") in ("localhost", "localhost.localdomain")


def make_key(  # noqa: PLR0913 - whose, what for, how long
    connection: Connection, name: str, role: str, case_id: str = EVERY_CASE,
    expires_at: datetime | None = None, now: datetime | None = None,
) -> str:  # fmt: skip
    """
    Make a key, and return it: it can never be read again.

    Raises
    ------
    KeyNameError
        If the name is taken, or there is no such role, or the key would have expired already.
    """
    now = now or datetime.now(UTC)
    if role not in ROLES:
        raise KeyNameError(f"there is no role {role!r}. Use one of {', '.join(ROLES)}")
    if is_blank(name):
        raise KeyNameError("a key without a name. Name whoever is to use it")
    if name.strip().casefold() == LOCAL:
        said = f"{name!r} is who posts from the machine itself while nobody has a key"
        raise KeyNameError(f"{said}. Choose another name")
    if expires_at is not None and expires_at <= now:
        raise KeyNameError(f"the key would have expired already, at {write_instant(expires_at)}")
    key = PREFIX + secrets.token_urlsafe(32)
    row = {
        "name": name, "key_sha256": _hash(key), "created_at": write_instant(now),
        "expires_at": expires_at and write_instant(expires_at),
    }  # fmt: skip
    try:
        made = connection.execute(actors.insert().returning(actors.c.id), row).scalar_one()
    except IntegrityError as error:
        raise KeyNameError(
            f"there is a key of {name!r} already. Revoke it, or choose another name"
        ) from error
    connection.execute(grants.insert(), {"actor_id": made, "case_id": case_id, "role": role})
    return key


def revoke(connection: Connection, name: str, now: datetime | None = None) -> None:
    """
    End a key, at once. Its name stays taken: what it posted stays posted by it.

    Raises
    ------
    KeyNameError
        If there is none of that name, or it was revoked before.
    """
    ended = actors.update().where(actors.c.name == name, actors.c.revoked_at.is_(None))
    if not connection.execute(
        ended.values(revoked_at=write_instant(now or datetime.now(UTC)))
    ).rowcount:
        raise KeyNameError(f"there is no key of {name!r} that could be revoked")


def find_actor(connection: Connection, key: str, now: datetime | None = None) -> Actor | None:
    """Find whose key it is; None of a key that is unknown, expired or revoked."""
    found = _read(connection, actors.c.key_sha256 == _hash(key))
    at = write_instant(now or datetime.now(UTC))
    return next((a for a in found if a.revoked_at is None and (a.expires_at or "~") > at), None)


def are_there_keys(connection: Connection) -> bool:
    """Tell whether anybody has a key: without one, only this machine may write."""
    return connection.execute(sa.select(actors.c.id).limit(1)).first() is not None


def list_actors(connection: Connection) -> list[Actor]:
    """List everybody with a key, in the order of their names."""
    return _read(connection, sa.true())


def _read(connection: Connection, which: sa.ColumnElement[bool]) -> list[Actor]:
    asked = sa.select(actors, grants.c.case_id, grants.c.role).join(grants).where(which)
    found: dict[str, Actor] = {}
    for row in connection.execute(asked.order_by(actors.c.name)):
        actor = found.setdefault(row.name, Actor(row.name, {}, row.expires_at, row.revoked_at))
        actor.roles[row.case_id] = row.role
    return list(found.values())


def _hash(key: str) -> str:
    return hashlib.sha256(key.encode("utf-8", "replace")).hexdigest()
