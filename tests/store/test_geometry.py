"""PostGIS beside the JSON: the same answers, from an index; and everything without it."""

import json
import random
from contextlib import ExitStack
from datetime import UTC, datetime

import pytest
import sqlalchemy as sa
from alembic import command
from alembic.config import Config
from sqlalchemy.exc import DBAPIError

from encircle import judge, read
from encircle.store.assembling import assemble
from encircle.store.casefile import post, retract
from encircle.store.geometry import add_geometry
from encircle.store.opening import MIGRATIONS, open_store
from encircle.store.revisions import check_log, list_revisions
from encircle.store.searching import Wanted, search
from encircle.store.settings import make_case
from tests.historical.test_fixtures import FIXTURES

NOON = datetime(2025, 3, 14, 12, tzinfo=UTC)
KURSK = json.loads((FIXTURES / "kursk-2025-03-14" / "situation.geojson").read_bytes())
FIRST = KURSK["features"][0]["id"]


def install(database):
    maker = sa.create_engine(database.replace("://", "+psycopg://"), poolclass=sa.NullPool)
    try:
        with maker.begin() as connection:
            connection.exec_driver_sql("CREATE EXTENSION postgis")
    except DBAPIError as error:
        pytest.skip(f"PostGIS is not installed here (Debian: postgis): {error.orig}")


@pytest.fixture
def url(database):
    """The address of an empty database with PostGIS."""
    install(database)
    return database


@pytest.fixture
def opening():
    """Opens stores, and closes them at the end."""
    with ExitStack() as opened:

        def opens(*address, **options):
            store = open_store(*address, **options)
            opened.callback(store.close)
            return store

        yield opens


def move(store, step, to):
    """Take a store's tables up or down to a version."""
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    with store.writing() as connection:
        config.attributes["connection"] = connection
        step(config, to)


def fill(store, case="c"):
    make_case(store, case, KURSK["situation"], "anna", NOON)
    posted = post(store, case, KURSK["features"], "anna", now=NOON)
    retract(store, case, FIRST, "ben", "another unit", now=NOON)
    return posted


def judged(store):
    with store.reading() as connection:
        judgement = judge(read(assemble(connection, "c").document))
        assert check_log(list_revisions(connection, "c")) == []
    return judgement.to_dict()


def found(store, bbox):
    with store.reading() as connection:
        return [line.subject for line in search(connection, "c", Wanted(bbox=bbox), most=1000)]


def boxes(count=200):
    """Boxes about the map and its corners; some across the date line, some as thin as a point."""
    drawn = random.Random(14)  # noqa: S311 - drawn the same every time
    for _ in range(count):
        west, east = (drawn.choice((34.9, 35.2, 180, -180)) + drawn.gauss(0, 0.3) for _ in "we")
        south, north = sorted(51.2 + drawn.gauss(0, 0.2) for _ in "sn")
        yield (max(-180, min(180, west)), south, max(-180, min(180, east)), north)
    for feature in KURSK["features"]:
        if (feature["geometry"] or {}).get("type") == "Point":
            yield (*feature["geometry"]["coordinates"][:2], *feature["geometry"]["coordinates"][:2])


def test_with_postgis_every_box_finds_what_it_finds_without(url, opening):
    with_it, without = opening(url), opening()
    fill(with_it), fill(without)
    assert (with_it.kind, without.kind) == ("PostgreSQL with PostGIS", "SQLite in memory")
    counted = 0
    for bbox in boxes():
        names = found(without, bbox)
        assert found(with_it, bbox) == names, bbox
        counted += bool(names)
    assert counted > 50


def test_the_index_answers(url, opening):
    """Of a case so large that the planner does not rather read all of it."""
    store = opening(url)
    fill(store)
    drawn = random.Random(2)  # noqa: S311 - places, no secret
    far = [(36 + drawn.random() * 5, 52 + drawn.random() * 3) for _ in range(3_000)]
    said = {"kind": "position", "side": "RU"}
    rows = [
        {"type": "Feature", "id": f"far-{number}", "properties": said,
         "geometry": {"type": "Point", "coordinates": place}}
        for number, place in enumerate(far)
    ]  # fmt: skip
    assert not post(store, "c", rows, "anna", now=NOON).refused
    asked = []
    sa.event.listen(store.engine, "before_cursor_execute", lambda *call: asked.append(call[2:4]))
    found(store, (35, 51, 35.3, 51.3))
    statement, values = asked[-1]
    with store.reading() as connection:
        connection.exec_driver_sql("ANALYZE revisions")
        lines = connection.exec_driver_sql(f"EXPLAIN {statement}", values).scalars()
        assert "ix_revisions_geom" in "\n".join(lines)


def test_the_geometry_is_what_was_drawn_and_goes_with_what_is_redacted(url, opening):
    store = opening(url)
    fill(store)
    drawn = {f["id"]: f["geometry"] for f in KURSK["features"]}
    asked = sa.text("SELECT subject, ST_AsGeoJSON(geom, 15)::json FROM revisions "
                    "WHERE what = 'feature' AND act = 'post'")  # fmt: skip
    with store.reading() as connection:
        assert dict(connection.execute(asked).all()) == drawn
        crs = sa.text("SELECT DISTINCT ST_SRID(geom) FROM revisions WHERE geom IS NOT NULL")
        assert connection.execute(crs).scalars().all() == [4326]
    name = next(name for name, shape in drawn.items() if shape and name != FIRST)
    retract(store, "c", name, "ben", "a private person", redact=True)
    with store.reading() as connection:
        assert dict(connection.execute(asked).all()) == {**drawn, name: None}


def test_a_geometry_that_postgis_cannot_read_is_kept_by_its_bounds(url, opening):
    store = opening(url)
    body = '{"geometry": {"type": "Circle", "coordinates": [35, 51]}}'
    with store.reading() as connection:
        shape = connection.execute(
            sa.text("SELECT ST_AsText(read_geometry(:body, 35, 51, 35.1, 51.1))"), {"body": body}
        ).scalar_one()
    assert shape == "POLYGON((35 51,35 51.1,35.1 51.1,35.1 51,35 51))"


@pytest.mark.parametrize("kind", ["sqlite", "postgis"])
def test_a_filled_store_goes_down_a_version_and_up_again_and_judges_the_same(
    kind, request, tmp_path, opening
):
    url = request.getfixturevalue("url") if kind == "postgis" else tmp_path / "c.sqlite"
    store = opening(url)
    fill(store)
    before, box = judged(store), (35, 51, 35.3, 51.3)
    names = found(store, box)
    move(store, command.downgrade, "0001")
    with opening(url, upgrade=False).reading() as connection:
        assert "geom" not in connection.exec_driver_sql("SELECT * FROM revisions LIMIT 0").keys()  # noqa: SIM118 - rows have no names in them
    move(store, command.upgrade, "head")
    assert (judged(store), found(store, box)) == (before, names)
    assert names


def test_postgis_that_comes_later_is_used_from_the_next_opening(database, opening):
    store = opening(database)
    assert store.kind == "PostgreSQL without PostGIS"
    fill(store)
    names = found(store, (35, 51, 35.3, 51.3))
    install(database)
    again = opening(database)
    assert again.kind == "PostgreSQL with PostGIS"
    assert found(again, (35, 51, 35.3, 51.3)) == names
    with again.writing() as connection:
        assert add_geometry(connection)  # once more changes nothing
