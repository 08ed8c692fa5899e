"""Each role is tried against each operation: who may is what the page on the case file says."""

import re

import pytest
from starlette.testclient import TestClient

from api.main import create_app
from api.settings import Settings
from encircle.store.keys import make_key
from encircle.store.tables import ROLES
from tests.api.test_case_page import PAGE
from tests.api.test_cases import HERE
from tests.api.test_openapi import OPERATIONS, build_request, order

TABLE = PAGE.partition("<!-- operations:begin -->")[2].partition("<!-- operations:end -->")[0]
OPEN = "no key"
PUBLIC = "no key, of what is [public](#who-may-read)"
ITEM = re.compile(r"`(\w+)`( of its own| of others| with `redact`)?")
SHARED = ("correct_observation", "take_back_observation")
"""What takes a role by whose observation it is."""
REDACTING = ("take_back_observation", "take_back_layer", "change_case")
CALLERS = {
    "nobody": None, **{role: role for role in ROLES}, "stranger": None,
    "editor of another": None, "editor of this": "editor",
}  # fmt: skip
"""Who asks, and the role that is held in the case."""


def read_table():
    found = {}
    for role, cell in re.findall(r"^\| ([^|`]+) \| (.*`.*) \|$", TABLE, re.MULTILINE):
        for name, whose in ITEM.findall(cell):
            assert (name, whose) not in found, "a row too many"
            found[name, whose] = role
    return found


TAKES = read_table()


def test_every_operation_stands_in_the_table_once():
    told = {name for name, _ in TAKES}
    assert told == OPERATIONS.keys()
    several = {(name, whose) for name, whose in TAKES if whose}
    assert several == {(name, whose) for name in SHARED for whose in (" of its own", " of others")
                       } | {(name, " with `redact`") for name in REDACTING}  # fmt: skip
    assert set(TAKES.values()) == {OPEN, PUBLIC, *ROLES}


@pytest.fixture
def keyed():
    """A service with a key for each role, and what the admin and the contributor have posted."""
    app = create_app(Settings(workers=1, timeout_s=60, public_delay_h=0))
    held = {role: (role, "*") for role in ROLES}
    held |= {"editor of another": ("editor", "other"), "editor of this": ("editor", "example")}
    with app.state.service.store.writing() as connection:
        keys = {who: make_key(connection, who, *what) for who, what in held.items()}
    keys["stranger"] = "enc_wrong"
    heads = {who: {"Authorization": f"Bearer {key}"} for who, key in keys.items()}
    with TestClient(app, "http://localhost", client=HERE) as client:

        def ask(who, name, /, **changed):
            asked = build_request(name, **changed)
            asked["headers"] |= heads.get(who, {})
            return asked, lambda: client.request(**asked)

        for who, name in (("admin", "begin_case"), ("admin", "post_observations")):
            assert ask(who, name)[1]().status_code == 201
        own, send = ask("contributor", "post_observations")
        own["json"] = {**own["json"], "id": "own"}
        assert send().status_code == 201
        yield ask


def test_each_role_may_do_what_the_table_says_and_no_more(keyed):
    refused = {}
    for (name, whose), role in sorted(TAKES.items(), key=lambda one: order(one[0][0])):
        if name == "ask_maps" or name.startswith("get_scenario"):
            continue  # slow, and below it is seen that they ask for nobody's key
        for who, held in CALLERS.items():
            changed = {"name": "own"} if whose == " of its own" else {}
            asked, send = keyed(who, name, **changed)
            if whose == " with `redact`":
                asked["params"]["redact"] = True
            if role == OPEN and who != "nobody":
                continue
            may = held in ROLES and role in ROLES and ROLES.index(held) >= ROLES.index(role)
            may = may or role == OPEN or (role == PUBLIC and who != "stranger")
            status = send().status_code
            wanted = 401 if who in ("nobody", "stranger") else 403
            assert (status == wanted) == (not may), (who, name + whose, status)
            refused.setdefault(who, set()).add(may)
    assert refused["contributor"] == refused["reader"] == {True, False}
    assert refused["admin"] == {True}


def test_what_takes_no_key_does_not_ask_who_is_there():
    document = {name: told for name, (_, _, told) in OPERATIONS.items()}
    for (name, _), role in TAKES.items():
        shown = "security" in document[name]
        assert shown == (role != OPEN or name in ("show_cases", "list_collections")), name


def test_whoever_may_not_correct_is_not_told_what_there_is(keyed):
    for who, status in (("nobody", 401), ("reader", 403), ("editor of another", 403)):
        for name in SHARED:
            for known in ("stand", "unknown"):
                assert keyed(who, name, name=known)[1]().status_code == status
