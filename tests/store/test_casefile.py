"""A case: posted feature by feature it is the map it came from; what is refused is told."""

import json
import random
from datetime import UTC, datetime, timedelta

import pytest

import encircle
from encircle import SituationError
from encircle.map.door.canonical import digest
from encircle.map.door.contract import parse_instant
from encircle.store.assembling import assemble
from encircle.store.casefile import lay_layer, make_case, post, retract, revise, settle
from encircle.store.opening import open_store
from encircle.store.revisions import NotKeptError, check_log, list_revisions
from tests.historical.test_fixtures import FIXTURES, FOLDERS
from tests.thorough import every

NOON = datetime(2025, 3, 14, 12, tzinfo=UTC)
SETTINGS = {
    "title": "A salient", "as_of": "2025-03-14T12:00:00Z", "force": "group",
    "sides": [{"id": "A", "name": "Anland"}, {"id": "B", "name": "Beland"}],
}  # fmt: skip


def position(name, lon=35.2, **properties):
    point = {"type": "Point", "coordinates": [lon, 51.1]}
    said = {"kind": "position", "side": "A", "force": "group", **properties}
    return {"type": "Feature", "id": name, "geometry": point, "properties": said}


def assembled(store, as_of=NOON, known_at=None, case="c"):
    with store.reading() as connection:
        return assemble(connection, case, as_of, known_at).document


@pytest.fixture
def case(store):
    make_case(store, "c", SETTINGS, "anna", NOON)
    return store


def read_fixture(folder):
    return json.loads((FIXTURES / folder / "situation.geojson").read_bytes())


def in_order(document):
    """The same map, its features in the order of their ids."""
    named = sorted(document["features"], key=lambda feature: str(feature["id"]))
    return {**document, "features": named}


def post_by_three(store, document, case, seed=0):
    """Three people post a map's features over three days, one by one, in any order."""
    make_case(store, case, document["situation"], "anna", NOON)
    features = random.Random(seed).sample(document["features"], len(document["features"]))
    for number, feature in enumerate(features):
        at = NOON + timedelta(hours=72 * number / len(features))
        posted = post(store, case, [feature], ("anna", "ben", "cem")[number % 3], now=at)
        assert posted.refused == []


def test_kursk_posted_by_three_is_the_file(store):
    document = read_fixture("kursk-2025-03-14")
    post_by_three(store, document, "kursk")
    as_of = parse_instant(document["situation"]["as_of"])
    kept = assembled(store, as_of, case="kursk")
    assert digest(kept) == digest(in_order(document))
    one, other = encircle.judge(encircle.read(document)), encircle.judge(encircle.read(kept))
    for member in ("verdict", "status", "headline", "definitions", "certificates", "margins"):
        assert other.to_dict()[member] == one.to_dict()[member]
    assert other.to_dict() == encircle.judge(encircle.read(in_order(document))).to_dict()
    assert encircle.verify(other, encircle.read(kept)).holds

    # Each day is answered as it was known that day.
    days = []
    for day in range(4):
        then = assembled(store, as_of, NOON + timedelta(days=day), "kursk")
        days.append(len(then["features"]))
    assert days == sorted(days)
    assert days[0] == 1
    assert days[-1] == len(document["features"])

    # The anchor behind the border was wrong: today's answer changes, what was known then does not.
    fourth = NOON + timedelta(days=4)
    retract(store, "kursk", "anchor-sumy", "ben", "it lies on the other side", now=fourth)
    assert encircle.judge(encircle.read(assembled(store, as_of, case="kursk"))).status.code == "U"
    before = assembled(store, as_of, NOON + timedelta(days=3, hours=1), "kursk")
    assert digest(before) == digest(in_order(document))
    with store.reading() as connection:
        log = list_revisions(connection, "kursk")
    assert check_log(log) == []
    assert [(line.act, line.actor, line.why) for line in log][-1] == (
        "retract", "ben", "it lies on the other side",
    )  # fmt: skip


@pytest.mark.parametrize("folder", every(12, FOLDERS))
def test_every_fixture_posted_feature_by_feature_is_its_file(folder):
    document = read_fixture(folder)
    store = open_store()
    post_by_three(store, document, "c", seed=len(folder))
    kept = assembled(store, encircle.read(document).as_of)
    store.close()
    one, other = (encircle.judge(encircle.read(d)) for d in (in_order(document), kept))
    if len(kept["features"]) < len(document["features"]):  # some is of later days: that is told
        assert "later_evidence_left_out" in {notice.code for notice in other.notices}
        assert (other.status, other.certificates) == (one.status, one.certificates)
    else:
        assert other.to_dict() == one.to_dict()
