import json
import shutil
import subprocess

import pytest
import rfc8785
from hypothesis import example, given, settings
from hypothesis import strategies as st

from encircle.map.door.canonical import canonicalise, digest

AGAIN = "console.log(JSON.stringify(JSON.parse(require('fs').readFileSync(0,'utf8'))))"
EXACT = st.integers(-(2**53) + 1, 2**53 - 1)
NUMBERS = EXACT | st.floats(allow_nan=False, allow_infinity=False)
TEXTS = st.text(st.characters(exclude_categories=["Cs"]))
VALUES = st.recursive(
    st.none() | st.booleans() | NUMBERS | TEXTS,
    lambda inner: st.lists(inner) | st.dictionaries(TEXTS, inner),
    max_leaves=12,
)
WRITTEN_OTHERWISE = [
    {"n": [35.0, 35, -0.0, 0, 1e3, 1e21, 1e22, 1e-6, 1e-7, 123456789012345680.0, 5e-324]},
    {"n": [2**53, 2**53 + 1, 2**63, 10**25, 0.1 + 0.2, 51.123456789012345]},
    {"\ufb33": 1, "\U0001f600": 2, "€": 3, "\r": 4, "1": 5, "\x7f": 6},
    {"text": 'é "quoted" \\ / \b\f\n\r\t\u0000\u001f\u2028'},
    {"half": "\ud800", "n": 35.0},
]


@given(VALUES)
@settings(max_examples=120, deadline=None)
@example({"a": [1e-3, -1e-3, 9.99e-4, 2.0**53, 2.0**53 - 1, 1e16]})
@example({"\ue000": 1, "\U00010000": 2})
def test_the_form_is_that_of_rfc_8785(value):
    """Whatever RFC 8785 can write is written to the byte as its own library writes it."""
    assert canonicalise(value) == rfc8785.dumps(value)


@given(VALUES)
@settings(max_examples=40, deadline=None)
def test_spelling_never_changes_the_digest(value):
    """White space, order of members and 35.0 for 35 leave the digest as it is."""
    turned = json.loads(json.dumps(value, indent=1), object_pairs_hook=lambda p: dict(p[::-1]))
    whole = json.loads(json.dumps(value), parse_int=float)
    assert digest(turned) == digest(value) == digest(whole)


@given(VALUES, VALUES)
@settings(max_examples=40, deadline=None)
def test_another_value_has_another_digest(one, other):
    """Documents with one digest are equal."""
    if digest(one) == digest(other):
        assert one == other


@pytest.mark.parametrize("document", WRITTEN_OTHERWISE, ids=str)
def test_javascript_leaves_the_digest_as_it_is(document):
    node = shutil.which("node")
    if node is None:
        pytest.skip("Node is not on this machine")
    written = json.dumps(document).encode()
    ran = subprocess.run([node, "-e", AGAIN], input=written, capture_output=True, check=True)  # noqa: S603
    assert digest(json.loads(ran.stdout)) == digest(document)


@pytest.mark.parametrize(
    "odd",
    ["\ud800", 10**400, float("inf"), float("nan"), {1: 2, "b": {3}}, {"\udfff": 1}],
    ids=["half a pair", "past every float", "infinity", "not a number", "no JSON", "half a name"],
)
def test_what_has_no_canonical_form_still_has_one_digest(odd):
    assert digest({"odd": odd, "n": 35.0}) == digest({"n": 35, "odd": odd})
    assert digest({"odd": odd, "n": 36}) != digest({"n": 35, "odd": odd})
