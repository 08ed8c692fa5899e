"""Whatever stands in a file of claims, or in checked claims, is read or told; never a traceback."""

import copy
import json
import os
from functools import cache

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import encircle
from encircle import check_claims
from encircle.claims.claims_columns import ASSERTED, COLUMNS, TOLD
from encircle.claims.claims_file import read_claims
from encircle.claims.publishing.checked import parse_checked
from encircle.claims.publishing.claimreview import Publisher, write_claim_reviews, write_json_ld
from encircle.claims.publishing.corrections import Log
from encircle.claims.publishing.report import write_report
from encircle.claims.publishing.table import build_rows, write_csv
from encircle.claims.rating.answer import FaultyClaim
from encircle.errors import CheckedClaimsError, EncircleError

MAP = "fixtures/trap-numbers-open/situation.geojson"
PUBLISHER = Publisher("A newsroom", None, None, "2025-04-01")

EXAMPLES = min(int(os.environ.get("ENCIRCLE_FUZZ", "20")), 300)

PLAIN = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(max_size=8)
    | st.sampled_from(["garrison", "land_cut", "no", "future", "2024-05-10", "\ud800", "=1+1"])
)
ANY = st.recursive(
    PLAIN,
    lambda deeper: st.lists(deeper, max_size=3) | st.dictionaries(st.text(max_size=5), deeper),
    max_leaves=8,
)
MEMBERS = st.sampled_from([*COLUMNS, "asserts", "note"])
ROWS = st.dictionaries(
    MEMBERS, ANY | st.dictionaries(st.sampled_from([*ASSERTED, *TOLD]), ANY, max_size=4)
)


@cache
def situation():
    return encircle.read(MAP)


@cache
def checked():
    return json.dumps(check_claims([situation()]).to_dict())


def hold(raw):
    """Read a file of claims and hold what it says against a map."""
    try:
        entries = read_claims(raw)
    except EncircleError:
        return
    checks = check_claims([situation()], entries)
    assert len(checks.entries) == len(entries)
    for entry in checks.faulty:
        assert entry.faults
    json.dumps(checks.to_dict(brief=True))


@given(st.lists(ROWS | ANY, max_size=4), st.booleans())
@settings(max_examples=EXAMPLES, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_any_json_is_claims_or_their_faults(rows, wrapped):
    """A row is a claim or has its faults, and spoils no other."""
    rows = [*rows, {"id": "sound", "force": "garrison", "definition": "land_cut"}]
    raw = json.dumps({"claims": rows} if wrapped else rows).encode()
    hold(raw)
    entries = read_claims(raw)
    assert len(entries) == len(rows)
    taken = any(isinstance(r, dict) and r.get("id") == "sound" for r in rows[:-1])
    assert taken or not isinstance(entries[-1], FaultyClaim)


@given(st.binary(max_size=200))
@settings(max_examples=EXAMPLES, deadline=None)
def test_any_bytes_are_claims_or_refused(raw):
    """No bytes break the reader."""
    hold(raw)


@given(
    st.lists(st.sampled_from([*COLUMNS, "", "note", "FORCE "]), min_size=1, max_size=8),
    st.lists(st.lists(st.text(max_size=10), max_size=9), max_size=4),
    st.sampled_from(",;\t"),
)
@settings(max_examples=EXAMPLES, deadline=None)
def test_any_table_is_claims_or_refused(names, lines, mark):
    """No table breaks the reader."""
    text = "\n".join(mark.join(cells) for cells in [names, *lines])
    hold(text.encode("utf-8", "surrogatepass"))


# -- checked claims --------------------------------------------------------------------------


def publish(document):
    """Publish in every form, as the command does; or tell whether every fault names its place."""
    try:
        claims = parse_checked(json.dumps(document).encode())
    except CheckedClaimsError as error:
        return all(f.pointer.startswith("/claims") or not f.pointer for f in error.faults)
    log = Log().record(claims, "2025-04-01T00:00:00Z", "")
    log.to_lines()
    write_report(claims, [situation()], publisher=PUBLISHER, log=log).encode()
    write_json_ld(write_claim_reviews(claims, PUBLISHER, log))
    write_csv(build_rows(claims, log))
    json.dumps(build_rows(claims, log))
    return True


def list_places(value, path=()):
    """List the path to every value within a value."""
    yield path
    pairs = (
        value.items() if isinstance(value, dict)
        else enumerate(value) if isinstance(value, list) else ()
    )  # fmt: skip
    for key, item in pairs:
        yield from list_places(item, (*path, key))


def put(document, path, value):
    """Put a value at a path; the whole document where the path is empty."""
    if not path:
        return value
    *above, last = path
    place = document
    for step in above:
        place = place[step]
    place[last] = value
    return document


def test_what_check_prints_is_published():
    assert len(parse_checked(checked())) == len(json.loads(checked())["claims"])
    assert publish(json.loads(checked()))


def test_a_proof_of_no_known_kind_is_left_alone():
    document = json.loads(checked())
    document["claims"][0]["judgement"]["certificates"] = {"": True, "half-open": []}
    assert publish(document)


@pytest.mark.parametrize("junk", [1, "a", [None], {"a": 1}, {"a": [None]}], ids=repr)
def test_junk_for_what_features_are_called_leaves_their_ids(junk):
    document = json.loads(checked())
    for claim in document["claims"]:
        if claim["judgement"]:
            claim["judgement"]["names"] = junk
    assert publish(document)


@given(st.data())
@settings(max_examples=EXAMPLES, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_checked_claims_with_anything_anywhere_are_published_or_told(data):
    """One member replaced by whatever JSON holds: a page comes, or a fault that names the place."""
    document = json.loads(checked())
    path = data.draw(st.sampled_from(list(list_places(document))))
    assert publish(put(document, path, data.draw(ANY)))


WRONG = [
    (("certificates", "open", "legs"), 5, "/judgement/certificates/open/legs"),
    (("certificates", "open", "legs", 0, "length_m"), "far", "/legs/0/length_m"),
    (("certificates", "open", "disjoint"), None, "/open/disjoint"),
    (("certificates",), [], "/judgement/certificates"),
    (("status",), "C2", "/judgement/status"),
    (("provenance", "parameters", "location_weights"), [1], "/provenance/parameters"),
    (("as_of",), "the ides of March", "/judgement/as_of"),
    (("pivots",), "none", "/judgement/pivots"),
    ((), "a judgement", "/judgement"),
]


@pytest.mark.parametrize("rating", [[], {}, 5, None, "false"])
def test_what_is_no_rating_is_a_fault(rating):
    """A value that cannot even be looked up is told like any other."""
    with pytest.raises(CheckedClaimsError) as told:
        parse_checked({"claims": [{"id": "a", "rating": rating, "claim": {}}]})
    assert [fault.pointer for fault in told.value.faults] == ["/claims/0/rating"]


@pytest.mark.parametrize(("path", "value", "pointer"), WRONG, ids=[w[2] for w in WRONG])
def test_a_malformed_judgement_is_a_fault_that_names_the_place(path, value, pointer):
    document = copy.deepcopy(json.loads(checked()))
    put(document, ("claims", 0, "judgement", *path), value)
    with pytest.raises(CheckedClaimsError) as told:
        parse_checked(document)
    (fault, *_) = told.value.faults
    assert fault.pointer.startswith("/claims/0/judgement")
    assert pointer in fault.pointer
    assert fault.remedy
