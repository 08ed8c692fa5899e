"""Checked claims for tests: as `encircle check --json` prints them, on maps of the library."""

import json
from functools import cache
from pathlib import Path

import encircle

FIXTURES = Path(__file__).parents[2] / "fixtures"


def situation_path(folder):
    return FIXTURES / folder / "situation.geojson"


@cache
def judged(folder):
    return json.dumps(encircle.judge(encircle.read(situation_path(folder))).to_dict())


def check(
    rating="contradicted", folder="kursk-2025-03-14", claim=None, definition="land_cut", **entry
):
    said = {
        "claimant": "Donald Trump",
        "claimant_side": None,
        "made_at": "2025-03-14T14:00:00Z",
        "statement": "Thousands of Ukrainian troops are completely surrounded.",
        "url": "https://example.org/post",
        "archive_url": "https://archive.example.org/post",
        "asserts": {
            "force": "kursk-group", "definition": definition, "value": "yes", "tense": "present",
            "number": 2000, "hedged": False,
        },
        **(claim or {}),
    }  # fmt: skip
    return {
        "id": "claim-trump",
        "rating": rating,
        "definition": definition,
        "because": [
            {"rule": "refuted", "statement": "The map shows a way out.", "evidence": ["r1-sumy"],
             "decides": True, "reference": ""},
        ],
        "judgement": json.loads(judged(folder)) if folder else None,
        "claim": said,
        "matrix": {"land_cut": rating, "fire_control": "supported"},
        "number": {"rating": "unverifiable", "because": "A map counts no heads."},
        "maps": [
            {"map": "one", "as_of": "2025-03-14T12:00:00Z", "rating": rating, "mapper_side": None},
            {"situation": "two", "as_of": "2025-03-01T12:00:00Z", "rating": rating,
             "mapper_side": "RU"},
        ],
        "quote": "Donald Trump was contradicted by the map of that day.",
        **entry,
    }  # fmt: skip
