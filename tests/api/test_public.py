"""Readers without a key: nothing that is new, nothing finer than a square, nobody's name."""

import itertools
import json
from datetime import UTC, datetime, timedelta

import pytest
from starlette.testclient import TestClient

from api.main import create_app
from api.settings import Settings
from encircle.store.casefile import post, retract, revise
from encircle.store.changes import note_changes
from encircle.store.keys import make_key
from encircle.store.publishing import WITHHELD, _middle, publish
from encircle.store.ratings import Rated, note_rating
from encircle.store.revisions import Entry, append
from encircle.store.settings import make_case, settle

BASE = "http://localhost"
FAR = ("203.0.113.7", 50000)
NOW = datetime.now(UTC)
SETTINGS = {
    "title": "A pocket", "force": "f", "as_of": "2025-03-14T18:00:00Z",
    "sides": [{"id": "UA", "name": "Ukraine"}, {"id": "RU", "name": "Russia"}],
}  # fmt: skip
ASSERTED = {"force": "f", "definition": "land_cut", "value": "yes"}
EXACT = (35.26131, 51.02973)
NAMES = ("anna-of-the-desk", "bohdan-in-kyiv")
"""Who posted; told to nobody who has no key."""
SECRETS = (
    "51.11111", "35.51234", "51.04444", "35.33333", "LATEWORD", "51.02973", "35.26131", "fresh",
    "EXPORTED", "TEAMONLY",
)  # fmt: skip
"""Of what is new or exact, as it would be read."""


def square(west, south, east, north):
    ring = [[west, south], [east, south], [east, north], [west, north], [west, south]]
    return {"type": "Polygon", "coordinates": [ring]}


def feature(name, geometry, **said):
    return {"type": "Feature", "id": name, "geometry": geometry,
            "properties": {"observed_at": "2025-03-14T09:00:00Z", **said}}  # fmt: skip


def at(lon, lat):
    return {"type": "Point", "coordinates": [lon, lat]}


@pytest.fixture(scope="module")
def app():
    app = create_app(Settings(workers=1, timeout_s=60))
    store = app.state.service.store
    old, new = NOW - timedelta(days=5), NOW - timedelta(hours=3)
    for case in ("kursk", "closed"):
        make_case(store, case, SETTINGS, NAMES[0], old)
        ground = feature(
            "held", square(35.0, 50.9, 35.6, 51.2), kind="control", holder="UA", basis="assessed"
        )
        rear = feature(
            "rear", square(34.6, 50.9, 35.0, 51.2), kind="control", holder="UA", basis="assessed"
        )
        unit = feature("unit", at(*EXACT), kind="position", basis="reported", side="UA", force="f")
        wrong = feature(
            "wrong", at(35.4, 51.1), kind="position", basis="reported", side="UA", force="f"
        )
        claim = feature(
            "said",
            None,
            kind="claim",
            claimant="A spokesman",
            made_at="2025-03-14",
            statement="They are surrounded.",
            asserts=ASSERTED,
        )
        unit |= {"bbox": [*EXACT, *EXACT], "was_at": "EXPORTED"}
        unit["geometry"] |= {"bbox": [*EXACT, *EXACT]}
        unit["properties"] |= {"latitude": EXACT[1], "WKT": "EXPORTED", "note": "TEAMONLY",
                               "track": "TEAMONLY"}  # fmt: skip
        told = post(store, case, [ground, rear, unit, wrong, claim], NAMES[0], now=old)
        assert not told.refused, told.refused
        fresh = feature(
            "fresh", at(35.51234, 51.11111), kind="position", basis="reported", side="UA", force="f"
        )
        made = post(store, case, [fresh], NAMES[1], now=new).accepted[-1]
        moved = feature(
            "unit", at(35.33333, 51.04444), kind="position", basis="reported", side="UA", force="f"
        )
        revise(store, case, "unit", moved, NAMES[1], "seen better", now=new)
        retract(store, case, "wrong", NAMES[1], "another unit", now=new)
        change = {
            "force": "f",
            "was": None,
            "is": {"verdict": "open", "status": "O"},
            "because": ["LATEWORD"],
        }
        with store.writing() as connection:
            note_changes(connection, case, [change], made, "2025-03-14T18:00:00Z")
            rated = Rated("supported", "land_cut", ["LATEWORD"], new.isoformat(), "0" * 64, "now")
            note_rating(connection, case, "said", rated, new)
    make_case(store, "older", SETTINGS, NAMES[0], old)
    post(store, "older", [claim, {**unit, "id": "of-older"}], NAMES[0], now=old)
    with store.writing() as connection:
        rated = Rated("supported", "land_cut", ["500 m"], old.isoformat(), "0" * 64, "now")
        note_rating(connection, "older", "said", rated, old)
    publish(store, "closed", {"open": False}, NAMES[0])
    with store.writing() as connection:
        app.key = make_key(connection, NAMES[0], "admin")
    return app


@pytest.fixture(scope="module")
def stranger(app):
    with TestClient(app, BASE, client=FAR) as client:
        yield client


def list_readings(app, case):
    """Every address of the case file that answers GET, its parts filled in."""
    filled = {"case_id": case, "force": "f", "collection": f"{case}.positions"}
    for path, methods in app.openapi()["paths"].items():
        if not path.startswith(("/v1/cases", "/ogc")) or "get" not in methods:
            continue
        for name in ("unit", "fresh", "wrong", "said"):
            filled["name"] = name
            yield path.format(**filled)


def test_no_address_gives_what_is_new_or_exact_or_who_said_it(app, stranger):
    told = {}
    for path in dict.fromkeys(list_readings(app, "kursk")):
        for accept in ("*/*", "text/html", "image/svg+xml", "text/csv", "application/geo+json"):
            for query in ("", f"?known_at={NOW.isoformat().replace('+00:00', 'Z')}"):
                response = stranger.get(path + query, headers={"Accept": accept})
                if response.status_code == 200:
                    told[path, accept, query] = response.text
    assert len({path for path, *_ in told}) > 10
    for where, text in told.items():
        for secret in (*NAMES, *SECRETS):
            assert secret not in text, (where, secret)
    assert "wrong" in told["/v1/cases/kursk/observations", "*/*", ""]  # as it was known a day ago


def test_whoever_has_the_key_reads_all_of_it(app):
    client = TestClient(app, BASE, client=FAR, headers={"Authorization": f"Bearer {app.key}"})
    text = client.get("/v1/cases/kursk/observations").text
    assert all(said in text for said in ("51.04444", "fresh"))
    assert "wrong" not in text


def test_a_case_that_is_closed_too_young_or_not_there_is_told_alike(app, stranger):
    make_case(app.state.service.store, "young", SETTINGS, NAMES[0])
    known = make_key_once(app)
    for headers, status in (({}, 401), ({"Authorization": f"Bearer {known}"}, 403)):
        for path in dict.fromkeys(list_readings(app, "CASE")):
            if "CASE" not in path:
                assert "closed" not in stranger.get(path, headers=headers).text, path
                continue
            told = set()
            for case in ("closed", "young", "nobodys"):
                response = stranger.get(path.replace("CASE", case), headers=headers)
                assert response.status_code == status, path
                told.add(response.text.replace(case, "CASE"))
            assert len(told) == 1, (path, told)


def make_key_once(app):
    """A key to another case, of somebody who may post there."""
    with app.state.service.store.writing() as connection:
        return make_key(connection, "elsewhere", "contributor", "elsewhere")


def test_a_claim_gives_strangers_no_digest_of_the_exact_map(app, stranger):
    for path, find in (("claims", lambda told: told["claims"][0]["rating"]),
                       ("claims/said", lambda told: told["log"][-1])):  # fmt: skip
        where = f"/v1/cases/older/{path}"
        rated = find(stranger.get(where).json())
        assert (rated["rating"], rated["input_sha256"], rated["because"]) == (
            "supported", None, [WITHHELD],
        )  # fmt: skip
        head = {"Authorization": f"Bearer {app.key}"}
        assert find(stranger.get(where, headers=head).json())["input_sha256"]


def test_a_judgement_for_strangers_says_how_coarse_its_map_is_and_verifies(stranger):
    judged = stranger.get("/v1/cases/kursk/forces/f/judgement").json()
    (told,) = (n["statement"] for n in judged["notices"] if n["code"] == "positions_coarsened")
    assert f"recorded on {(NOW - timedelta(days=5)).date()}" in told
    assert "left out" in told
    situation = stranger.get("/v1/cases/kursk/situation").json()
    body = {"judgement": judged, "situation": situation}
    assert stranger.post("/v1/judgements/verify", json=body).json()["holds"]


def test_a_box_asked_for_again_says_no_more_than_the_square(stranger):
    features = stranger.get("/v1/cases/kursk/observations").json()["features"]
    x, y = next(one for one in features if one["id"] == "unit")["geometry"]["coordinates"]
    for path in ("/v1/cases/kursk/observations", "/ogc/collections/kursk.positions/items"):

        def ids(*box, path=path):
            asked = {"bbox": ",".join(map(str, box))}
            return {one["id"] for one in stranger.get(path, params=asked).json()["features"]}

        lon, lat = EXACT
        assert "unit" in ids(x - 1e-5, y - 1e-5, x + 1e-5, y + 1e-5)
        assert "unit" not in ids(lon - 1e-5, lat - 1e-5, lon + 1e-5, lat + 1e-5)


UNITS = 7
ODD = (0.0011, -0.0007)
"""How far from the middles the units of the second of two stores stand, degrees."""


def keep_units(offset):
    """A service with units off the middles of their squares, two of them by each other."""
    app = create_app(Settings(workers=1, timeout_s=60))
    store, old = app.state.service.store, NOW - timedelta(days=5)
    make_case(store, "c", {**SETTINGS, "note": "TEAMONLY", "analyst": "TEAMONLY"}, NAMES[0], old)
    rows = []
    for number in range(UNITS):
        x, y = _middle([35.3 + number // 2 * 0.02, 51.03], 1000.0)
        sign = -1 if number % 2 else 1
        place = at(x + sign * offset[0], y + sign * offset[1])
        rows.append(feature(f"u{number}", place, kind="position", side="UA", force="f",
                            sources=[{"id": "s", "note": "TEAMONLY"}]))  # fmt: skip
    assert not post(store, "c", rows, NAMES[0], now=old).refused
    with store.writing() as connection:
        make_key(connection, NAMES[0], "admin")
    return app


def test_stores_that_differ_within_the_squares_answer_every_search_alike():
    """Nothing that is listed, counted or linked hangs on where in its square a unit stands."""
    clients = [TestClient(keep_units(by), BASE, client=FAR) for by in ((0.0, 0.0), ODD)]
    x, y = _middle([35.32, 51.03], 1000.0)
    edges = [-0.02, -0.007, -0.00115, -0.0005, 0.0, 0.0005, 0.00115, 0.007, 0.02]
    boxes = [(x + west, y - 0.0008, x + east, y + 0.0008)
             for west, east in itertools.combinations(edges, 2)]  # fmt: skip
    found = set()
    for box in boxes:
        for path, asked in (
            ("/v1/cases/c/observations", {"limit": 1}),
            ("/v1/cases/c/observations", {"limit": 2, "cursor": "u1"}),
            ("/ogc/collections/c.positions/items", {"limit": 1}),
            ("/ogc/collections/c.positions/items", {"limit": 2, "offset": 1}),
        ):
            asked |= {"bbox": ",".join(map(repr, box))}
            one, two = (client.get(path, params=asked) for client in clients)
            told = [strip(each.json()) for each in (one, two)]
            assert told[0] == told[1], (path, asked)
            assert one.headers.get("link") == two.headers.get("link")
            assert "TEAMONLY" not in one.text
            leads_on = told[0].get("next") or [li for li in told[0].get("links", ())
                                               if li["rel"] == "next"]  # fmt: skip
            found.add((len(told[0]["features"]), bool(leads_on)))
    assert found >= {(0, False), (1, True), (1, False)}
    assert not any(not features and leads_on for features, leads_on in found)
    for path in ("/v1/cases/c", "/v1/cases/c/situation"):
        assert "TEAMONLY" not in clients[0].get(path).text


def strip(document):
    """Leave out when it was recorded and answered: the stores were filled one after the other."""
    for one in document["features"]:
        one["properties"].pop("recorded_at", None)
    return {name: value for name, value in document.items() if name != "timeStamp"}


def count(app):
    """How many rows the tables have that somebody writes to."""
    with app.state.service.store.reading() as connection:
        return [
            connection.exec_driver_sql(f"select count(*) from {table}").scalar()  # noqa: S608
            for table in ("revisions", "ratings", "changes", "watches", "idempotency", "cases")
        ]


def test_strangers_write_nothing(app, stranger):
    before = count(app)
    for path, methods in app.openapi()["paths"].items():
        if not path.startswith("/v1/cases"):
            continue
        for method in set(methods) & {"post", "put", "delete"}:
            where = path.format(case_id="kursk", name="unit", force="f")
            body = {"id": "x", "situation": SETTINGS, "why": "because", "open": True}
            headers = {"If-Match": '"1"'}
            assert stranger.request(method, where, json=body, headers=headers).status_code == 401, (
                path
            )
    assert count(app) == before


# -- names and pages -------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("host", "status"),
    [
        ("localhost", 200), ("localhost:8000", 200), ("127.0.0.1:8000", 200), ("[::1]:8000", 200),
        ("192.0.2.7", 200), ("maps.example.org", 200), ("MAPS.example.org:443", 200),
        ("evil.example", 421), ('evil.example"><script>', 421), ("localhost.evil.example", 421),
        ("127.0.0.1.evil.example", 421), ("[::1", 421), ("", 421), ("user@localhost", 200),
    ],
)  # fmt: skip
def test_it_answers_under_its_own_names(host, status):
    app = create_app(Settings(workers=1, hosts=("maps.example.org",)))
    client = TestClient(app, BASE)
    response = client.get("/v1/rules", headers={"Host": host})
    assert response.status_code == status, response.text
    if status == 421:
        assert "ENCIRCLE_HOSTS" in response.json()["detail"]


def test_a_name_that_was_made_to_stand_for_this_machine_may_not_write():
    app = create_app(Settings(workers=1, hosts=("*",)))
    body = {"id": "x", "situation": SETTINGS}
    for base, status in (("http://rebound.example", 401), (BASE, 201)):
        client = TestClient(app, base, client=("127.0.0.1", 50000))
        assert client.post("/v1/cases", json=body).status_code == status


@pytest.mark.parametrize(
    ("origin", "status"),
    [
        (None, 201), ("http://localhost", 201), ("https://map.example.org", 201),
        ("https://evil.example", 403), ("null", 403), ("http://localhost:3000", 403),
    ],
)  # fmt: skip
def test_another_sites_page_may_not_post(origin, status):
    app = create_app(Settings(workers=1, cors_origins=("https://map.example.org",)))
    client = TestClient(app, BASE, client=("127.0.0.1", 50000))
    headers = {} if origin is None else {"Origin": origin}
    response = client.post("/v1/cases", json={"id": "x", "situation": SETTINGS}, headers=headers)
    assert response.status_code == status
    assert client.get("/v1/rules", headers=headers).status_code == 200
    if status == 403:
        assert json.loads(response.text)["type"].endswith("foreign-origin")


@pytest.mark.parametrize("path", ["situation", "forces/f/judgement"])
def test_an_instant_before_all_clocks_shows_nothing_that_is_new(stranger, path):
    """As text the year 999 stood after every other, and cut nothing off."""
    told = stranger.get(f"/v1/cases/kursk/{path}?known_at=0999-01-01T00:00:00Z")
    assert told.status_code == 404
    assert not any(word in told.text for word in SECRETS)


def pack(*shapes):
    return {"type": "GeometryCollection", "geometries": list(shapes)}


def test_a_collection_of_one_geometry_is_kept_as_that_and_hides_nothing(app, stranger):
    store = app.state.service.store
    old = NOW - timedelta(days=5)
    make_case(store, "packed", SETTINGS, NAMES[0], old)
    rows = [
        feature("unit", pack(pack(at(*EXACT))), kind="position", side="UA", force="f"),
        feature("more", pack(at(*EXACT), at(35.3, 51.0)), kind="position", side="UA", force="f"),
    ]
    posted = post(store, "packed", rows, NAMES[0], now=old)
    assert [row.subject for row in posted.accepted] == ["unit"]
    assert posted.refused[0].faults[0].remedy == "Use Point or MultiPoint or Polygon"
    assert "(unit): kept as that geometry" in posted.notices[0]
    # As one was kept before: packed.
    with store.writing() as connection:
        packed = {**rows[0], "id": "older"}
        append(connection, "packed", [Entry("post", "feature", "older", packed)], NAMES[0], old)
    for name in ("judgement", "timeline"):
        assert stranger.get(f"/v1/cases/packed/forces/f/{name}").status_code == 200, name
    seen = stranger.get("/v1/cases/packed/situation").json()["features"]
    assert [row["geometry"]["type"] for row in seen] == ["Point", "Point"]
    assert str(EXACT[0]) not in json.dumps(seen)
    found = stranger.get("/v1/cases/packed/observations?bbox=35.2,51,35.3,51.1").json()["features"]
    assert "unit" in [row["id"] for row in found]
    items = stranger.get("/ogc/collections/packed.positions/items").json()["features"]
    assert "unit" in [row["id"] for row in items]


def test_a_layer_and_a_correction_are_unpacked_too(app, stranger):
    case, head = "/v1/cases/unpacked", {"Authorization": f"Bearer {app.key}"}
    make_case(app.state.service.store, "unpacked", SETTINGS, NAMES[0])

    def put(at, body, **more):
        return stranger.put(f"{case}/{at}", json=body, headers={**head, **more}).json()

    ground = feature("g", pack(square(35, 51, 35.1, 51.1)), kind="control", holder="UA",
                     basis="assessed")  # fmt: skip
    laid = put("layers/l", {"type": "FeatureCollection", "features": [ground]})
    assert "(g): kept as that geometry" in laid["notices"][0]
    unit = feature("u", at(35.05, 51.05), kind="position", side="UA", force="f")
    stranger.post(f"{case}/observations", json=unit, headers=head)
    moved = {"feature": {**unit, "geometry": pack(at(35.06, 51.06))}, "why": "moved"}
    told = put("observations/u", moved, **{"If-Match": '"1"'})
    assert "(u): kept as that geometry" in told["notices"][0]
    assert told["revision"]["body"]["geometry"] == at(35.06, 51.06)
    kept = stranger.get(f"{case}/situation", headers=head).json()["features"]
    assert {row["id"]: row["geometry"]["type"] for row in kept} == {"g": "Polygon", "u": "Point"}


def test_after_a_redaction_strangers_are_given_what_took_its_place_and_nothing_younger():
    app, old = create_app(Settings(workers=1, timeout_s=60)), NOW - timedelta(days=5)
    store = app.state.service.store
    make_case(store, "leak", {**SETTINGS, "title": "A name"}, NAMES[0], old)
    settle(store, "leak", {**SETTINGS, "title": "clean"}, NAMES[0], "private", redact=True)
    settle(store, "leak", {**SETTINGS, "title": "LATEWORD"}, NAMES[0], "w")
    with TestClient(app, BASE, client=FAR) as client:
        told = client.get("/v1/cases/leak", headers={"Accept-Encoding": "identity"})
        assert told.json()["situation"]["title"] == "clean"
        assert told.headers["etag"] == '"3-p0"'  # of what is told, not of what was redacted
        for at in ("", "/situation", "/changes.atom"):
            answer = client.get(f"/v1/cases/leak{at}")
            assert answer.status_code == 200, answer.text
            assert "LATEWORD" not in answer.text
        assert "LATEWORD" not in client.get("/ogc/collections").text
