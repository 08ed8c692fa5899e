"""On PostgreSQL the service may do no more than it does, by the lines of docs/case-file.md."""

import re
from datetime import UTC, datetime
from pathlib import Path

import pytest
import sqlalchemy as sa
from sqlalchemy.exc import ProgrammingError

from encircle.store.casefile import post, retract, revise
from encircle.store.keys import make_key, revoke
from encircle.store.opening import open_store
from encircle.store.record import keep_judgement
from encircle.store.revisions import write_instant
from encircle.store.settings import make_case
from encircle.store.tellings import list_untold, tell_post
from encircle.store.watches import end_watch, make_watch
from tests.store.test_record import NOW, RAW, SETTINGS, unit

PAGE = (Path(__file__).parents[2] / "docs" / "case-file.md").read_text("utf-8")
(GRANTS,) = re.findall(r"<!-- sql:begin -->\n```sql\n(.*?)```\n<!-- sql:end -->", PAGE, re.DOTALL)
ROLE = "encircle_service"


@pytest.fixture
def served(database):
    """A store opened as the role that serves, whose tables another owns."""
    owners = open_store(database)
    with owners.writing() as connection:
        connection.exec_driver_sql(GRANTS)
    store = open_store(re.sub("//[^@]*@", f"//{ROLE}@", database))
    yield store
    store.close()
    with owners.writing() as connection:
        connection.exec_driver_sql(f"DROP OWNED BY {ROLE}")
        connection.exec_driver_sql(f"DROP ROLE {ROLE}")
    owners.close()


def test_the_role_that_serves_may_do_what_the_service_does_and_no_more(served):
    make_case(served, "c", SETTINGS, "anna", NOW)
    post(served, "c", [unit("one"), unit("two")], "anna", key="k", now=NOW)
    revise(served, "c", "one", unit("one"), "anna", "seen better")
    with served.writing() as connection:
        keep_judgement(connection, "c", RAW, NOW, "anna", NOW)
        make_key(connection, "anna", "editor")
        revoke(connection, "anna")
        watch, _ = make_watch(connection, "c", "f", "status == E2", "anna")
        end_watch(connection, "c", watch.id)
    retract(served, "c", "two", "anna", "a private person", redact=True)
    with served.writing() as connection:
        for untold in list_untold(connection, datetime.now(UTC)):
            assert tell_post(connection, untold, [], write_instant(NOW), NOW)
    for statement in (
        "DELETE FROM revisions", "TRUNCATE revisions", "UPDATE revisions SET actor = 'x'",
        "UPDATE revisions SET hash = 'x'", "DELETE FROM judgements", "DELETE FROM ratings",
        "UPDATE judgements SET verdict = 'encircled'", "UPDATE changes SET now = NULL",
        "UPDATE grants SET role = 'admin'", "ALTER TABLE revisions DISABLE TRIGGER ALL",
        "DROP TRIGGER revisions_stay ON revisions", "DROP TABLE revisions",
        "UPDATE tellings SET last = 1", "DELETE FROM tellings",
        "UPDATE actors SET key_sha256 = 'x'",
    ):  # fmt: skip
        with (
            pytest.raises(ProgrammingError, match=r"permission denied|must be owner"),
            served.writing() as connection,
        ):
            connection.execute(sa.text(statement))
