import json

import pytest

from encircle.claims.publishing.checked import parse_checked
from encircle.claims.publishing.corrections import Log, read_log
from encircle.errors import CheckedClaimsError
from tests.unit.checked_claims import check

FIRST, LATER = "2025-04-01T10:00:00Z", "2025-04-03T10:00:00Z"


def record(*entries, log=None, at=FIRST, note=""):
    return (log or Log()).record(parse_checked(list(entries)), at, note)


def change(what):
    entry = check()
    what(entry)
    return entry


def test_a_first_check_is_published_and_the_same_again_adds_nothing():
    log = record(check())
    assert [e.kind for e in log.entries] == ["published"]
    assert record(check(), log=log, at=LATER) == log


def test_a_changed_rating_keeps_the_old_one_and_says_why():
    log = record(check())
    later = record(check("overstated", folder="kursk-2025-03-12"), log=log, at=LATER)
    assert later.entries[:1] == log.entries
    entry = later.entries[-1]
    assert (entry.kind, entry.rating, entry.earlier_rating) == (
        "corrected", "overstated", "contradicted",
    )  # fmt: skip
    assert any("The map is of 2025-03-12" in why for why in entry.because)
    assert later.ratings == {entry.key: "overstated"}
    assert later.corrected == [entry]


@pytest.mark.parametrize(
    ("what", "said"),
    [
        pytest.param(
            lambda e: e["judgement"]["provenance"].update(engine="encircle 9"),
            "The engine is encircle 9; it was encircle", id="another engine",
        ),
        pytest.param(
            lambda e: e["judgement"]["provenance"]["parameters"].update(stale_after_days=7.0),
            "stale_after_days 7.0, was 30.0", id="another parameter",
        ),
        pytest.param(
            lambda e: e["judgement"]["provenance"].update(input_sha256="f" * 64),
            "The map was changed (input ffffffff", id="a map redrawn",
        ),
        pytest.param(
            lambda e: e["because"][0]["evidence"].append("a-new-photo"),
            "It rests on new evidence: a-new-photo.", id="new evidence",
        ),
        pytest.param(
            lambda e: e["maps"].pop(), "Maps were left out: two 2025-03-01.", id="a map fewer",
        ),
        pytest.param(
            lambda e: e["because"][0].update(rule="another"), "Other rules apply: another.",
            id="another rule",
        ),
        pytest.param(
            lambda e: e["claim"]["asserts"].update(tense="future"),
            "What the claim asserts was read otherwise.", id="read otherwise",
        ),
    ],
)  # fmt: skip
def test_what_differs_is_named(what, said):
    log = record(change(what), log=record(check()), at=LATER)
    assert log.entries[-1].kind == "updated"
    assert any(said in sentence for sentence in log.entries[-1].because)


def test_another_rating_of_the_same_basis_says_so():
    log = record(check("overstated"), log=record(check()), at=LATER)
    assert log.entries[-1].because == ("The same map, evidence and rules gave another answer.",)


def test_a_log_is_read_back_as_it_was():
    log = record(check("overstated"), log=record(check()), at=LATER, note="Ein Leser schrieb: «ї»")
    assert read_log(log.to_lines()) == log
    assert all(json.loads(line) for line in log.to_lines().splitlines())


def tamper_rating(lines):
    return [lines[0].replace(b'"rating":"contradicted"', b'"rating":"supported"'), *lines[1:]]


@pytest.mark.parametrize(
    "change_lines",
    [
        pytest.param(lambda lines: lines[1:], id="the first line taken out"),
        pytest.param(lambda lines: [lines[0], lines[2]], id="a line taken out"),
        pytest.param(lambda lines: [lines[1], lines[0], lines[2]], id="lines exchanged"),
        pytest.param(tamper_rating, id="a rating written over"),
        pytest.param(lambda lines: [*lines, b"{}"], id="a line that is no entry"),
        pytest.param(lambda lines: [*lines, b"not JSON"], id="a line that is not JSON"),
        pytest.param(lambda lines: [b"[1]", *lines], id="a list"),
    ],
)
def test_a_log_that_was_not_only_added_to_is_refused(change_lines):
    log = record(check("premature"), log=record(check("overstated"), log=record(check())))
    lines = change_lines(log.to_lines().splitlines())
    with pytest.raises(CheckedClaimsError, match="line"):
        read_log(b"\n".join(lines))
