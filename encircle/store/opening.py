"""
A store is opened: SQLite in a file or in memory, PostgreSQL by its address; and brought up to date.

SQLite has one writer at a time: whoever writes says so as the transaction begins, and waits its
turn instead of failing at the end. What was acknowledged is on the disk (`synchronous=FULL`).
"""

from __future__ import annotations

import sqlite3
import weakref
from contextlib import AbstractContextManager, closing, contextmanager, nullcontext, suppress
from dataclasses import dataclass, field
from pathlib import Path
from threading import RLock
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa
from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy.exc import ArgumentError, DBAPIError, NoSuchModuleError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError
from sqlalchemy.pool import StaticPool

from encircle.errors import EncircleError
from encircle.store.geometry import HAS_GEOMETRY, add_geometry
from encircle.store.lines import LINES, WRITES, Lines

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sqlalchemy import Connection, Engine

__all__ = ["IN_MEMORY", "Store", "StoreBusyError", "StoreError", "is_current", "open_store"]

IN_MEMORY = "sqlite://"
WAIT_MS = 15_000
"""How long a writer waits for another to finish, milliseconds."""
MIGRATIONS = Path(__file__).parent / "migrations"
DRIVERS = {"postgresql": "postgresql+psycopg", "postgres": "postgresql+psycopg"}


class StoreError(EncircleError):
    """A store cannot be opened, or is of a later version."""


class StoreBusyError(StoreError):
    """A store does not answer now: locked, full or gone; nothing of what was asked is done."""


class Turn(AbstractContextManager[None]):
    """A lock for whoever writes: who waits for it too long is told so."""

    def __init__(self) -> None:
        self._lock = RLock()

    def __enter__(self) -> None:
        if not self._lock.acquire(timeout=WAIT_MS / 1000):
            raise StoreBusyError("the store does not answer now: others write for too long")

    def __exit__(self, *_: object) -> None:
        self._lock.release()


@dataclass(frozen=True, slots=True, weakref_slot=True)
class Store:
    """
    An open store; every read and every write is one transaction.

    One that nobody closes gives its connections back when it is forgotten.
    """

    engine: Engine
    turn: AbstractContextManager[Any] = field(default_factory=nullcontext)
    """Held while a transaction lasts, where all have one connection."""
    writer: AbstractContextManager[Any] = field(default_factory=nullcontext)
    """Held by whoever writes: who waits for SQLite itself looks again from time to time, and of
    many some look at the wrong time until they may wait no longer."""

    def __post_init__(self) -> None:
        weakref.finalize(self, self.engine.dispose)

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """
        Read, from one moment's state.

        Raises
        ------
        StoreBusyError
            If it does not answer.
        """
        with _tell_busy(), self.turn, self.engine.connect() as connection:
            yield connection

    @contextmanager
    def writing(self) -> Iterator[Connection]:
        """
        Write all that is done within, or nothing of it.

        Raises
        ------
        StoreBusyError
            If it does not answer, or others write for too long.
        """
        with _tell_busy(), self.turn, self.writer, self.engine.connect() as plain:
            connection = plain.execution_options(**{WRITES: True})
            with connection.begin():
                yield connection

    def wipe(self) -> None:
        """
        Take what was redacted out of the file, too: nothing of it waits in the log beside it.

        PostgreSQL does so by itself, when it vacuums.
        """
        if self.engine.dialect.name == "sqlite" and isinstance(self.turn, nullcontext):
            with _tell_busy(), closing(self.engine.raw_connection()) as plain:
                plain.cursor().execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()

    def close(self) -> None:
        """Give every connection back."""
        self.engine.dispose()

    @property
    def kind(self) -> str:
        """What it is kept in, for whoever runs it."""
        if self.engine.dialect.name == "sqlite":
            return "SQLite" if isinstance(self.turn, nullcontext) else "SQLite in memory"
        has_geometry = self.engine.get_execution_options().get(HAS_GEOMETRY)
        return f"PostgreSQL {'with' if has_geometry else 'without'} PostGIS"


def open_store(url: str | Path = IN_MEMORY, *, upgrade: bool = True) -> Store:
    """
    Open a store, and bring its tables up to date.

    Parameters
    ----------
    url
        A file, which is made where there is none; `sqlite://` for one in memory, gone at the end;
        or `postgresql://user@host/name`.
    upgrade
        False: leave the tables as they are.

    Raises
    ------
    StoreError
        If it cannot be reached, or was written by a later version.

    Examples
    --------
    >>> store = open_store()
    >>> with store.reading() as connection:
    ...     sorted(sa.inspect(connection).get_table_names())[:3]
    ['actors', 'alembic_version', 'cases']
    """
    address = _read_url(url)
    _refuse_others(address)
    try:
        engine = _make_engine(address)
        try:
            if upgrade:
                engine = engine.execution_options(**{HAS_GEOMETRY: _upgrade(engine)})
            engine = engine.execution_options(**{LINES: Lines()})
        except BaseException:
            engine.dispose()
            raise
    except (DBAPIError, NoSuchModuleError, ModuleNotFoundError) as error:
        reason = str(getattr(error, "orig", None) or error).strip().splitlines()[0]
        shown = address.render_as_string(hide_password=True)
        raise StoreError(f"the store {shown} cannot be opened: {reason}") from error
    if isinstance(engine.pool, StaticPool):
        return Store(engine, RLock())
    return Store(engine, writer=Turn() if engine.dialect.name == "sqlite" else nullcontext())


def is_current(store: Store) -> bool:
    """Tell whether a store has the tables of this version."""
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    known = ScriptDirectory.from_config(config).get_heads()
    with store.reading() as connection:
        return list(MigrationContext.configure(connection).get_current_heads()) == list(known)


@contextmanager
def _tell_busy() -> Iterator[None]:
    try:
        yield
    except (OperationalError, PoolTimeoutError) as error:
        reason = str(getattr(error, "orig", None) or error).strip().partition("\n")[0]
        raise StoreBusyError(f"the store does not answer now: {reason}") from error


def _read_url(url: str | Path) -> sa.URL:
    if isinstance(url, Path) or "://" not in url:
        return sa.URL.create("sqlite", database=str(url))
    try:
        address = sa.make_url(url)
    except ArgumentError as error:
        raise StoreError(f"{url!r} is no address of a store: {error}") from error
    driver = DRIVERS.get(address.drivername, address.drivername)
    if not driver.startswith(("sqlite", "postgresql")):
        raise StoreError(f"a store is kept in SQLite or PostgreSQL, not in {driver}")
    return address.set(drivername=driver)


def _refuse_others(address: sa.URL) -> None:
    """Refuse a file of SQLite that somebody else made, before anything is written to it."""
    path = Path(address.database or "")
    if not address.drivername.startswith("sqlite") or not path.is_file():
        return
    with (
        suppress(sqlite3.Error),
        closing(sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro", uri=True)) as plain,
    ):
        asked = "SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name"
        tables = [name for (name,) in plain.execute(asked)]
        if tables and "alembic_version" not in tables:
            said = f"the file is somebody else's: it holds {', '.join(tables[:3])}"
            raise StoreError(f"{said}. Name another file")


def _make_engine(address: sa.URL) -> Engine:
    if not address.drivername.startswith("sqlite"):
        # Said outright: of a database in SQL_ASCII the driver would give bytes for texts.
        said = {"client_encoding": "utf8"}
        return sa.create_engine(address, pool_pre_ping=True, connect_args=said)
    kept: dict[str, Any] = {}
    if address.database in (None, "", ":memory:"):
        # One connection for all: another would open an empty memory of its own.
        kept = {"poolclass": StaticPool}
    engine = sa.create_engine(address, connect_args={"check_same_thread": False}, **kept)
    sa.event.listen(engine, "connect", _prepare)
    sa.event.listen(engine, "begin", _begin)
    return engine


def _prepare(connection: Any, _: object) -> None:  # noqa: ANN401 - the driver's own
    """Make one connection of SQLite write ahead, wait for its turn and keep what it promised."""
    connection.isolation_level = None  # transactions are begun below, not by the driver
    for pragma in (
        f"busy_timeout={WAIT_MS}", "journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON",
        "secure_delete=ON",
    ):  # fmt: skip
        connection.execute(f"PRAGMA {pragma}")


def _begin(connection: Connection) -> None:
    writes = connection.get_execution_options().get(WRITES)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")


def _refuse_encoding(connection: Connection) -> None:
    """Refuse a database that cannot keep every name, before anything is written to it."""
    if connection.dialect.name != "postgresql":
        return
    encoding = connection.scalar(sa.text("SHOW server_encoding"))
    if encoding != "UTF8":
        said = f"the database is in {encoding}, which does not keep names of every script"
        raise StoreError(f"{said}. Make one with createdb --encoding=UTF8 --template=template0")


def _upgrade(engine: Engine) -> bool:
    """Bring the tables up to date; tell whether geometries are there for PostGIS, too."""
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    with engine.connect() as plain:
        connection = plain.execution_options(**{WRITES: True})
        with connection.begin():
            _refuse_encoding(connection)
            known = ScriptDirectory.from_config(config)
            now = MigrationContext.configure(connection).get_current_heads()
            late = [
                name for name in now if name not in {s.revision for s in known.walk_revisions()}
            ]
            if late:
                said = f"the store was written by a later version of Encircle ({', '.join(late)})"
                raise StoreError(f"{said}. Upgrade Encircle, or restore the backup made before")
            config.attributes["connection"] = connection
            command.upgrade(config, "head")
            return add_geometry(connection)
