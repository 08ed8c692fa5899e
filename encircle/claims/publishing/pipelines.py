"""Checked claims as pipelines read them: JUnit XML, and annotations on GitHub."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from encircle.claims.rating.answer import CheckedClaim, ClaimChecks, FaultyClaim, name_rating

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

    from encircle.claims.rating.rules import Rating

    Entry = CheckedClaim | FaultyClaim

SUITE = "encircle check"
_NO_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""Characters that XML 1.0 cannot hold."""


def write_junit(checks: ClaimChecks, failing: Collection[Rating], written: datetime) -> bytes:
    """
    Write a JUnit report: a case for each claim, failed where its rating is one that fails.

    References
    ----------
    .. [1] The JUnit schema of the Apache Ant JUnit task, as Jenkins and GitLab read it.
    """
    suites = ET.Element("testsuites")
    suite = ET.SubElement(
        suites,
        "testsuite",
        {
            "id": "0",
            "package": "encircle",
            "name": SUITE,
            "tests": str(len(checks.entries)),
            "failures": str(sum(e.rating in failing for e in checks.checked)),
            "errors": str(len(checks.faulty)),
            "skipped": "0",
            "time": "0",
            "timestamp": written.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S"),
            "hostname": "localhost",
        },
    )
    ET.SubElement(suite, "properties")
    for entry in checks.entries:
        _write_case(suite, entry, failing)
    ET.SubElement(suite, "system-out")
    ET.SubElement(suite, "system-err")
    ET.indent(suites)
    body: bytes = ET.tostring(suites, encoding="utf-8", xml_declaration=True)
    return body + b"\n"


def _write_case(suite: ET.Element, entry: Entry, failing: Collection[Rating]) -> None:
    names = {"classname": _clean(entry.source or SUITE), "name": _clean(entry.id), "time": "0"}
    case = ET.SubElement(suite, "testcase", names)
    if isinstance(entry, FaultyClaim):
        said = "; ".join(map(str, entry.faults))
        wrong = ET.SubElement(case, "error", {"message": _clean(said), "type": "unreadable"})
        wrong.text = _clean(said)
    elif entry.rating in failing:
        told = {"message": _clean(entry.findings[0].statement), "type": entry.rating}
        wrong = ET.SubElement(case, "failure", told)
        wrong.text = _clean("\n".join([entry.quote, *(f.statement for f in entry.findings[1:])]))


def _clean(text: str) -> str:
    return _NO_XML.sub("\N{REPLACEMENT CHARACTER}", text)


def write_annotations(checks: ClaimChecks, failing: Collection[Rating]) -> Iterator[str]:
    """
    Write a workflow command for each claim that fails or cannot be read.

    References
    ----------
    .. [1] GitHub, Workflow commands for GitHub Actions.
    """
    for entry in checks.entries:
        if isinstance(entry, FaultyClaim):
            said = "; ".join(map(str, entry.faults))
            yield _annotate(entry, f"{entry.id} cannot be read", said)
        elif entry.rating in failing:
            yield _annotate(entry, f"{entry.id}: {name_rating(entry.rating)}", entry.quote)


def _annotate(entry: Entry, title: str, message: str) -> str:
    file = f"file={_escape_property(entry.source)}," if entry.source else ""
    return f"::error {file}title={_escape_property(title)}::{_escape_data(message)}"


def _escape_data(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _escape_property(text: str) -> str:
    return _escape_data(text).replace(":", "%3A").replace(",", "%2C")
