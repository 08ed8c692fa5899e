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
from encircle.store.casefile import KeyReusedError, post, retract, revise
from encircle.store.laying import lay_layer, take_back_layer
from encircle.store.opening import open_store
from encircle.store.revisions import NotKeptError, check_log, find_author, list_revisions
from encircle.store.settings import make_case, settle
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
    """The same map, its features in the order of their ids, without what a file's maker added."""
    named = sorted(document["features"], key=lambda feature: str(feature["id"]))
    kept = {name: document[name] for name in ("type", "situation")}
    return {**kept, "features": named}


def post_by_three(store, document, case, seed=0):
    """Three people post a map's features over three days, one by one, in any order."""
    make_case(store, case, document["situation"], "anna", NOON)
    mixed = random.Random(seed)  # noqa: S311 - an order, no secret
    features = mixed.sample(document["features"], len(document["features"]))
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


@pytest.mark.parametrize("folder", every(24, FOLDERS))
def test_every_fixture_posted_feature_by_feature_is_its_file(folder):
    document = read_fixture(folder)
    store = open_store()
    if "error" in json.loads((FIXTURES / folder / "expected.json").read_bytes()):
        with pytest.raises(SituationError):  # what the door refuses is no settings either
            post_by_three(store, document, "c")
        return
    post_by_three(store, document, "c", seed=len(folder))
    kept = assembled(store, encircle.read(document).as_of)
    store.close()
    one, other = (encircle.judge(encircle.read(d)) for d in (in_order(document), kept))
    if len(kept["features"]) < len(document["features"]):  # some is of later days: that is told
        assert "later_evidence_left_out" in {notice.code for notice in other.notices}
        assert (other.status, other.certificates) == (one.status, one.certificates)
    else:
        assert other.to_dict() == one.to_dict()


def test_what_is_refused_is_told_row_by_row_and_the_rest_is_kept(case):
    far = {**position("far"), "geometry": {"type": "Point", "coordinates": [500, 51]}}
    rows = [position("p"), far, position("p"), 5, position("q", side="X"), position("r")]
    posted = post(case, "c", rows, "ben", now=NOON)
    assert [revision.subject for revision in posted.accepted] == ["p", "r"]
    told = {refused.row: refused.to_dict() for refused in posted.refused}
    assert sorted(told) == [1, 2, 3, 4]
    assert "longitude 500 out of range" in told[1]["detail"]
    assert told[1]["pointer"] == "/features/1/geometry/coordinates/0"
    assert "taken" in told[2]["detail"]
    assert "not a Feature" in told[3]["detail"]
    assert "unknown side 'X'" in told[4]["detail"]
    assert all(one["remedy"] for one in told.values())

    again = post(case, "c", [position("p"), position("s")], "ben", now=NOON)
    assert [refused.row for refused in again.refused] == [0]
    assert "already" in again.refused[0].to_dict()["detail"]

    none = post(case, "c", [position("t"), far], "ben", atomic=True, now=NOON)
    assert none.accepted == []
    assert [row["id"] for row in assembled(case)["features"]] == ["p", "r", "s"]


def test_the_same_sent_again_under_its_key_is_answered_and_not_done(case):
    rows = [position("p"), {**position("q"), "id": None}]
    first = post(case, "c", rows, "ben", key="k1", now=NOON)
    again = post(case, "c", rows, "ben", key="k1", now=NOON)
    assert again.to_dict() == first.to_dict()
    assert len(first.to_dict()["accepted"]) == 2
    assert len(assembled(case)["features"]) == 2
    with pytest.raises(KeyReusedError, match="something else"):
        post(case, "c", [position("other")], "ben", key="k1", now=NOON)
    assert len(post(case, "c", [position("other")], "cem", key="k1", now=NOON).accepted) == 1


def lay_day(case, day=None, name="mix", why=None):
    shape = {"type": "LineString", "coordinates": [[35.2, 51.1], [35.3, 51.2]]}
    said = {"kind": "route"}
    row = {"type": "Feature", "id": f"{name}-{day}", "properties": said, "geometry": shape}
    whole = {} if day is None else {"situation": {"as_of": day}}
    return lay_layer(case, "c", name, {"type": "FeatureCollection", "features": [row], **whole},
                     "ben", why, now=NOON)  # fmt: skip


def test_a_layer_for_every_day_is_not_mixed_with_days_of_it(case):
    lay_day(case)
    lay_day(case, why="anew")
    with pytest.raises(SituationError, match="'mix' is for every day, and this one is for a day"):
        lay_day(case, "2025-03-13")
    lay_day(case, "2025-03-13", "days")
    lay_day(case, "2025-03-14", "days")
    with pytest.raises(SituationError, match=r"'days' has days \(2025-03-14\), and this one has"):
        lay_day(case, name="days")
    take_back_layer(case, "c", "mix", None, "ben", "it is of a day", now=NOON)
    lay_day(case, "2025-03-13")
    take_back_layer(case, "c", "mix", "2025-03-13", "ben", "it is for every day", now=NOON)
    lay_day(case)


def test_layers_mixed_before_that_was_refused_are_told(case, monkeypatch):
    monkeypatch.setattr("encircle.store.laying._refuse_mixing", lambda *_: None)
    lay_day(case)
    lay_day(case, "2025-03-13")
    told = {}
    for day in (12, 13):
        with case.reading() as connection:
            found = assemble(connection, "c", datetime(2025, 3, day, 12, tzinfo=UTC)).document
        notices = found["situation"]["notices"]
        told[day] = {notice["code"]: notice["statement"] for notice in notices}
        there = "mix-None" if day == 12 else "mix-2025-03-13"
        assert [row["id"] for row in found["features"]] == [there]
    assert "layer_without_day_left_out" not in told[12]
    assert "left out beside a day of the same layer: mix." in told[13]["layer_without_day_left_out"]


def test_a_layer_of_a_day_gives_way_to_the_next_and_one_without_is_for_every_day(case):
    def ground(name, holder):
        ring = [[35, 51], [35.5, 51], [35.5, 51.5], [35, 51.5], [35, 51]]
        said = {"kind": "control", "holder": holder, "basis": "assessed"}
        shape = {"type": "Polygon", "coordinates": [ring]}
        return {"type": "Feature", "id": name, "properties": said, "geometry": shape}

    for day, holder in ((12, "A"), (14, "B"), (16, "A")):
        document = {"type": "FeatureCollection", "situation": {"as_of": f"2025-03-{day}"},
                    "features": [ground(f"g{day}", holder)]}  # fmt: skip
        lay_layer(case, "c", "control", document, "ed", now=NOON)
    border = {"type": "FeatureCollection", "features": [ground("border", "neutral")]}
    lay_layer(case, "c", "border", border, "ed", now=NOON)

    def on(day):
        return [
            row["id"] for row in assembled(case, datetime(2025, 3, day, 23, tzinfo=UTC))["features"]
        ]

    assert on(11) == ["border"]
    assert on(13) == ["border", "g12"]
    assert on(14) == on(15) == ["border", "g14"]
    post(case, "c", [position("p")], "ben", now=NOON)
    with pytest.raises(SituationError, match="an observation's"):
        lay_layer(case, "c", "roads", {"features": [ground("p", "A")]}, "ed", now=NOON)
    refused = post(case, "c", [position("g12")], "ben", now=NOON).refused
    assert "already" in refused[0].to_dict()["detail"]


@pytest.mark.parametrize("name", ["", "a b", "../x", "ü" * 121, "a/b", "a?b"])
def test_a_case_has_a_name_that_can_stand_in_an_address(store, name):
    with pytest.raises(SituationError, match="address"):
        make_case(store, name, SETTINGS, "anna", NOON)


def test_settings_pass_the_door_too(case):
    with pytest.raises(SituationError, match="taken"):
        make_case(case, "d", {"sides": [{"id": "A"}, {"id": "A"}]}, "anna", NOON)
    settle(case, "c", {**SETTINGS, "title": "Another"}, "ed", "a better title", 1, NOON)
    assert assembled(case)["situation"]["title"] == "Another"
    with pytest.raises(NotKeptError):
        assembled(case, known_at=NOON - timedelta(days=1))
    post(case, "c", [position("p")], "ben", now=NOON)
    with pytest.raises(SituationError, match="is corrected"):
        revise(case, "c", "p", position("q"), "ben", "w", 1, NOON)


@pytest.mark.parametrize(
    "as_of", ["2025-03", "2025-W11-5", "٢٠٢٥-٠٣-١٤", "0001-01-01T00:00:00+14:00", "noon", 20250314]
)
def test_settings_of_an_instant_that_is_none_are_refused(case, as_of):
    with pytest.raises(SituationError) as refused:
        make_case(case, "d", {**SETTINGS, "as_of": as_of}, "anna", NOON)
    with pytest.raises(SituationError):
        settle(case, "c", {**SETTINGS, "as_of": as_of}, "ed", "w", 1, NOON)
    (fault,) = refused.value.faults
    assert fault.pointer == "/situation/as_of"
    assert assembled(case, None)["situation"]["as_of"] == SETTINGS["as_of"]


def test_what_is_dated_later_is_told_though_another_time_is_blank(case):
    late = position("p", observed_at=" ", valid_from="2025-03-20")
    assert "later than the instant" in " ".join(post(case, "c", [late], "ben", now=NOON).notices)


def test_a_force_of_more_letters_than_a_store_keeps_is_refused_in_settings(case):
    with pytest.raises(SituationError, match="characters"):
        make_case(case, "d", {**SETTINGS, "force": "f" * 201}, "anna", NOON)


@pytest.mark.parametrize("as_of", ["", "  ", None])
def test_settings_of_a_blank_instant_have_none_and_a_days_is_its_last(case, as_of):
    settle(case, "c", {**SETTINGS, "as_of": as_of}, "ed", "w", 1, NOON)
    before = datetime.now(UTC)
    told = parse_instant(assembled(case, None)["situation"]["as_of"])
    assert before <= told <= datetime.now(UTC)
    settle(case, "c", {**SETTINGS, "as_of": "2025/03/14"}, "ed", "w", 2, NOON)
    with case.reading() as connection:
        found = assemble(connection, "c")
    assert (found.is_dated, found.as_of.isoformat()) == (True, "2025-03-14T23:59:59.999999+00:00")


def test_a_claim_is_rated_without_the_others(case):
    """Or of a case with a thousand claims each would cost the rating of all."""
    said = {"kind": "claim", "claimant": "A spokesman", "made_at": "2025-03-14", "statement": "S."}
    claims = [{"type": "Feature", "id": f"claim-{number}", "geometry": None, "properties": said}
              for number in range(3)]  # fmt: skip
    post(case, "c", [position("p1"), *claims], "anna", now=NOON)
    with case.reading() as connection:
        found = assemble(connection, "c", NOON, claim="claim-1")
        alone = assemble(connection, "c", NOON, claim="claim-1", with_claims=False)
        none = assemble(connection, "c", NOON, with_claims=False)
    assert [one["id"] for one in json.loads(found.judged)["features"]] == ["claim-1", "p1"]
    assert len(found.document["features"]) == 4
    assert alone.judged == found.judged
    assert [one["id"] for one in none.document["features"]] == ["p1"]


def test_a_file_of_sqlite_holds_no_more_what_was_redacted(tmp_path):
    path = tmp_path / "c.sqlite"
    store = open_store(path)
    make_case(store, "c", SETTINGS, "anna", NOON)
    post(store, "c", [position("p", note="Ivan Petrov"), position("q")], "ben", now=NOON)
    revise(store, "c", "p", position("p"), "ben", "not Ivan Petrov's", now=NOON)

    def holds():
        return any(b"Ivan Petrov" in file.read_bytes() for file in tmp_path.iterdir())

    assert holds()
    retract(store, "c", "p", "ben", "private", redact=True, now=NOON)
    assert not holds()
    store.close()


def test_what_somebody_else_posts_again_is_his(case):
    assert post(case, "c", [position("p")], "anna", now=NOON).accepted
    retract(case, "c", "p", "dora", "wrong", now=NOON)
    assert post(case, "c", [position("p")], "ben", now=NOON).accepted
    revise(case, "c", "p", position("p", 35.3), "dora", "better", now=NOON)
    with case.reading() as connection:
        assert find_author(connection, "c", "feature", "p") == "ben"


def test_a_second_sighting_of_one_track_is_not_told_to_count_as_one_more(case):
    """Under another id, at the same place on the same day: of one track they are one position."""
    for track, told in ((None, 1), ("u", 0)):
        more = {} if track is None else {"track": track}
        rows = [position(f"{name}-{track}", observed_at="2025-03-13", **more) for name in "ab"]
        post(case, "c", rows[:1], "anna", now=NOON)
        notices = post(case, "c", rows[1:], "anna", now=NOON).notices
        assert sum("under another id" in one for one in notices) == told
