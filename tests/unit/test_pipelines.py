"""What pipelines read: JUnit by the common schema, and annotations nothing can break out of."""

import xml.etree.ElementTree as ET
from datetime import UTC, datetime

import pytest

from encircle import check_claims, read
from encircle.claims.claims_file import read_rows
from encircle.claims.publishing.pipelines import write_annotations, write_junit
from encircle.claims.rating.answer import ClaimChecks

WHEN = datetime(2024, 5, 11, 2, 0, tzinfo=UTC)
NASTY = "a <b> & \"c\" 'd' %0A::error::\r\nx,y:\x00\x1b ]]>"


@pytest.fixture(scope="module")
def checks():
    situation = read("fixtures/trap-salient-open/situation.geojson")
    asserts = {"force": "garrison", "definition": "land_cut"}
    rows = [
        {"id": NASTY, "statement": NASTY, "asserts": asserts},
        {"id": "denied", "asserts": {**asserts, "value": "no"}},
        {"id": "bad", "asserts": {"definition": NASTY}},
    ]
    named = ((f"/{n}", row) for n, row in enumerate(rows))
    return check_claims([situation], read_rows(named, "claims, of: today.csv"))


def junit(checks, failing=("contradicted",)):
    return ET.fromstring(write_junit(checks, failing, WHEN))  # noqa: S314 - our own


def test_counts_agree_with_the_cases(checks):
    suite = junit(checks).find("testsuite")
    assert (suite.get("tests"), suite.get("failures"), suite.get("errors")) == ("3", "1", "1")
    cases = suite.findall("testcase")
    assert [len(c) for c in cases] == [1, 0, 1]
    assert [c[0].tag for c in cases if len(c)] == ["failure", "error"]


def test_names_survive_but_for_what_xml_cannot_hold(checks):
    case = junit(checks).find("testsuite/testcase")
    assert case.get("name").replace("\ufffd", "") == NASTY.replace("\x00", "").replace("\x1b", "")
    assert case.get("classname") == "claims, of: today.csv"
    assert case.find("failure").get("type") == "contradicted"
    assert "was not encircled" in case.find("failure").text


def test_nothing_fails_that_was_not_named(checks):
    assert junit(checks, ()).find("testsuite").get("failures") == "0"


ORDER = ["properties", "testcase", "system-out", "system-err"]
REQUIRED = {
    "testsuite": {
        "name",
        "tests",
        "failures",
        "errors",
        "time",
        "timestamp",
        "hostname",
        "id",
        "package",
    },
    "testcase": {"name", "classname", "time"},
    "failure": {"type"},
    "error": {"type"},
}


def test_elements_and_attributes_are_those_of_the_common_schema(checks):
    root = junit(checks)
    assert root.tag == "testsuites"
    tags = [child.tag for child in root.find("testsuite")]
    assert sorted(tags, key=ORDER.index) == tags
    for element in root.iter():
        assert REQUIRED.get(element.tag, set()) <= set(element.attrib)
    assert datetime.fromisoformat(root.find("testsuite").get("timestamp")) == WHEN.replace(
        tzinfo=None
    )


def test_an_annotation_is_one_line_whatever_stands_in_it(checks):
    lines = list(write_annotations(checks, ("contradicted",)))
    assert len(lines) == 2
    for line in lines:
        assert "\n" not in line
        assert "\r" not in line
        head, _, data = line.removeprefix("::error ").partition("::")
        properties = dict(part.split("=", 1) for part in head.split(","))
        assert set(properties) == {"file", "title"}
        assert properties["file"] == "claims%2C of%3A today.csv"
        assert data
    assert "%250A" in lines[0]


def test_no_claims_are_no_failures():
    suite = junit(ClaimChecks(())).find("testsuite")
    assert suite.get("tests") == "0"
    assert list(write_annotations(ClaimChecks(()), ("contradicted",))) == []
