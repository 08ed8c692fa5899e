"""One verifier for many judgements of a map: what was checked before changes nothing."""

import gc
import json
import random

import pytest

import encircle
from encircle.verifier.drawing import Drawing
from encircle.verifier.reading.parsing import parse_judgement
from encircle.verifier.verify import MOST_KEPT, Verifier
from tests.property import forger
from tests.thorough import every

MAPS = [
    "trap-tunnel-open", "trap-group-outpost-cut", "trap-ring-of-claims", "trap-grey-unknown",
    "trap-pocket-split-one-open", "trap-coast-with-ships", "trap-corridor-under-fire-f3",
]  # fmt: skip
CASES = [*MAPS[:4], 11, 14]
"""Small maps of the library, and random ones."""


def draw_case(name):
    if isinstance(name, int):
        return forger.Case(f"random {name}", forger.draw_map(name))
    document = json.loads((forger.FIXTURES / name / "situation.geojson").read_text())
    return forger.Case(name, document)


def list_judgements(case):
    """List honest judgements of a map, by other options too, and forged ones."""
    some = next(f["id"] for f in case.document["features"] if f["properties"]["kind"] != "position")
    for options in ({"seam_m": 400.0}, {"stale_after_days": 1.0}, {"without": (some,)}):
        told = encircle.judge(case.situation, encircle.Options(most_worlds=0, **options))
        yield told.to_dict()
    yield case.told
    kinds = random.Random(case.name).sample(sorted(forger.LIES), 4)  # noqa: S311
    for _, forged, situation in forger.forge(case, kinds, 4):
        if situation is case.situation:
            yield forged


def say(verification):
    return verification.to_dict()


@pytest.mark.property
@pytest.mark.anew
@pytest.mark.parametrize("name", every(len(CASES), CASES))
def test_fresh_or_used_a_verifier_says_the_same(name):
    case = draw_case(name)
    judgements = [*list_judgements(case)]
    fresh = [say(Verifier(case.situation).verify(told)) for told in judgements]
    order = [*range(len(judgements))] * 2
    random.Random(0).shuffle(order)  # noqa: S311
    used = Verifier(case.situation)
    for number in order:
        gc.collect()  # what was read of the last one is gone, and its place in memory is free
        assert say(used.verify(judgements[number])) == fresh[number]


@pytest.mark.anew
def test_nothing_is_kept_of_the_course_of_a_ring():
    """A course is told apart by where it lies in memory, and that may be another one's next."""
    case = draw_case("kholm-1942-03-01")
    forged = json.loads(json.dumps(case.told))
    for part in (forged, *forged["units"]):
        for line in part["certificates"]["closed"]["ring"]["coordinates"]:
            line[1][0] += 0.02
    used = Verifier(case.situation)
    for told, holds in [(case.told, True), (forged, False)] * 3:
        assert used.verify(told).holds == holds
        gc.collect()
    kept = [key for survey in used._surveys.values() for key in survey.drawings]  # noqa: SLF001
    assert kept
    assert not any("course" in key for key in kept)


@pytest.mark.anew
def test_ground_is_drawn_where_the_judgement_in_hand_points():
    case = draw_case("kholm-1942-03-01")
    used = Verifier(case.situation)
    elsewhere = json.loads(json.dumps(case.told))
    for part in (elsewhere, *elsewhere["units"]):
        part["certificates"] = {"open": None, "closed": None}
    seen = []
    for told in (case.told, elsewhere, case.told):
        said = parse_judgement(told)
        one, other = (
            v._look_where_it_points(said, v._survey(said)).focus  # noqa: SLF001
            for v in (used, Verifier(case.situation))
        )
        assert one == other
        seen.append(one)
    assert seen[0] == seen[2] != seen[1]


@pytest.mark.anew
def test_a_map_is_drawn_once_for_all_judgements_that_point_at_the_same_places(monkeypatch):
    drawn = []
    draw = Drawing.draw
    monkeypatch.setattr(Drawing, "draw", lambda drawing: drawn.append(drawing) or draw(drawing))
    case = draw_case("trap-tunnel-open")
    used = Verifier(case.situation)
    assert used.verify(case.told).holds
    assert drawn
    drawn.clear()
    assert used.verify(json.loads(json.dumps(case.told))).holds
    assert not drawn


def test_no_more_than_a_few_surveys_are_kept():
    case = draw_case("trap-tunnel-open")
    used = Verifier(case.situation)
    for seam_m in range(2 * MOST_KEPT):
        case.told["provenance"]["parameters"]["seam_m"] = float(seam_m)
        used.verify(case.told)
    assert len(used._surveys) == MOST_KEPT  # noqa: SLF001
