"""Each step of the tables, down and up again on a filled store: the same log, the same verdicts."""

from datetime import UTC, datetime, timedelta

import pytest
import sqlalchemy as sa
from alembic import command
from alembic.config import Config
from alembic.script import ScriptDirectory
from sqlalchemy.exc import DBAPIError

from encircle import judge, read
from encircle.store.assembling import assemble
from encircle.store.auditing import list_lines, name_miscopied
from encircle.store.casefile import post, retract, revise
from encircle.store.keys import list_actors, make_key
from encircle.store.opening import MIGRATIONS, open_store
from encircle.store.revisions import check_log, list_revisions
from encircle.store.settings import make_case
from tests.store.test_casefile import SETTINGS, position, read_fixture
from tests.store.test_geometry import move

NOON = datetime(2025, 3, 14, 12, tzinfo=UTC)


def steps():
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    return [step.revision for step in ScriptDirectory.from_config(config).walk_revisions()]


@pytest.fixture
def filled(store):
    """A map, and what was corrected, taken back, redacted and seen again since."""
    make_case(store, "kursk", read_fixture("kursk-2025-03-14")["situation"], "anna", NOON)
    post(store, "kursk", read_fixture("kursk-2025-03-14")["features"], "anna", now=NOON)
    make_case(store, "c", SETTINGS, "anna", NOON)
    later = [NOON + timedelta(hours=hours) for hours in range(1, 5)]
    rows = [position(name, track="unit") for name in ("p1", "p2", "p3", "p4")]
    post(store, "c", rows, "boris", now=later[0])
    better = position("p1", 35.25, track="unit")
    revise(store, "c", "p1", better, "boris", "seen better", expected=1, now=later[1])
    retract(store, "c", "p2", "anna", "twice", now=later[2])
    retract(store, "c", "p3", "anna", "a private person", redact=True, now=later[3])
    with store.writing() as connection:
        make_key(connection, "anna", "admin")
    return store


def tell(store):
    """Everything that must not change, as it is read."""
    told = {}
    with store.reading() as connection:
        for case in ("kursk", "c"):
            told[case] = list_revisions(connection, case)
            assert check_log(told[case]) == []
            copied = list_lines(connection, case, 0, 1000)
            assert [name_miscopied(*one) for one in copied] == [[]] * len(told[case])
            for known_at in (None, NOON, NOON + timedelta(hours=2)):
                told[case, known_at] = assemble(connection, case, NOON, known_at).raw
        told["keys"] = list_actors(connection)
    return told


@pytest.mark.parametrize("step", [step for step in steps() if step != steps()[0]])
def test_a_filled_store_goes_back_to_each_step_and_up_again(filled, url, step):
    before = tell(filled)
    verdict = judge(read(before["kursk", None])).to_dict()
    move(filled, command.downgrade, step)
    filled.close()
    again = open_store(url)
    try:
        after = tell(again)
        assert after == before
        assert judge(read(after["kursk", None])).to_dict() == verdict
        with pytest.raises(DBAPIError, match="append only"), again.writing() as connection:
            connection.execute(sa.text("UPDATE revisions SET actor = 'nobody'"))
        assert post(again, "c", [position("p5")], "anna").accepted
    finally:
        again.close()
