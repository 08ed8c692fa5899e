"""A store of each kind: SQLite in a file, and PostgreSQL, which is started here where it is."""

import os
import pwd
import shutil
import socket
import subprocess
import tempfile
import uuid
from contextlib import contextmanager
from pathlib import Path

import pytest
import sqlalchemy as sa

from encircle.store.opening import open_store


def find_programs(*names: str) -> Path | None:
    """The folder of PostgreSQL's programs: on the path, or where Debian keeps them."""
    folders = [*sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True)]
    if found := shutil.which("initdb"):
        folders.append(Path(found).parent)
    return next((f for f in folders if all((f / name).exists() for name in names)), None)


def _as_owner() -> list[str]:
    """PostgreSQL refuses to run as root: then it runs as its own user."""
    if os.getuid():
        return []
    try:
        pwd.getpwnam("postgres")
    except KeyError:
        pytest.skip("PostgreSQL does not run as root, and there is no user postgres")
    return ["runuser", "-u", "postgres", "--"]


@pytest.fixture(scope="session")
def server():
    """The address of a PostgreSQL of our own, on loopback; stopped at the end."""
    if given := os.environ.get("ENCIRCLE_TEST_POSTGRESQL"):
        yield given
        return
    programs = find_programs("initdb", "pg_ctl")
    if programs is None:
        pytest.skip("PostgreSQL is not installed here (Debian: postgresql)")
    owner = _as_owner()
    folder = Path(
        tempfile.mkdtemp(prefix="encircle-postgresql-")
    )  # pytest's own folder shuts all others out
    if owner:
        shutil.chown(folder, "postgres")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    data, log = folder / "data", folder / "log"
    _run(*owner, programs / "initdb", "-D", data, "-A", "trust", "-U", "postgres")
    options = f"-p {port} -c listen_addresses=127.0.0.1 -c unix_socket_directories={folder}"
    _run(*owner, programs / "pg_ctl", "-D", data, "-l", log, "-w", "-o", options, "start")
    try:
        yield f"postgresql://postgres@127.0.0.1:{port}"
    finally:
        _run(*owner, programs / "pg_ctl", "-D", data, "-m", "immediate", "-w", "stop")
        shutil.rmtree(folder, ignore_errors=True)


def _run(*words) -> None:
    done = subprocess.run(  # noqa: S603 - our own words
        [str(word) for word in words], check=False, stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE, stdin=subprocess.DEVNULL, cwd="/",
    )  # fmt: skip
    assert done.returncode == 0, done.stderr.decode()


@contextmanager
def empty_database(server):
    name = f"t{uuid.uuid4().hex}"
    maker = sa.create_engine(server.replace("://", "+psycopg://") + "/postgres")
    with maker.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.exec_driver_sql(f"CREATE DATABASE {name}")
    yield f"{server}/{name}"
    with maker.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.exec_driver_sql(f"DROP DATABASE {name} WITH (FORCE)")
    maker.dispose()


@pytest.fixture
def database(server):
    """The address of an empty database of PostgreSQL."""
    with empty_database(server) as address:
        yield address


@pytest.fixture
def another(server):
    """The address of another empty database."""
    with empty_database(server) as address:
        yield address


@pytest.fixture(params=["sqlite", "postgresql"])
def url(request, tmp_path):
    """The address of an empty store."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'encircle.sqlite'}"
    return request.getfixturevalue("database")


@pytest.fixture
def store(url):
    """An empty store, open."""
    opened = open_store(url)
    yield opened
    opened.close()
