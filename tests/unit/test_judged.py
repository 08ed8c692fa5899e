"""What the tests' own memory of judgements must do, and what it rests on."""

from dataclasses import replace
from pathlib import Path

import pytest

from encircle import Options, judge, read
from tests import judged

FIXTURES = Path(__file__).parents[2] / "fixtures"
MAP = FIXTURES / "trap-tunnel-open" / "situation.geojson"


@pytest.mark.anew
@pytest.mark.parametrize("folder", ["izium-2022-09-09", "trap-astride-joined"])
def test_judged_again_a_map_is_judged_the_same(folder):
    place = FIXTURES / folder / "situation.geojson"
    before = judged.kept.hits
    first, second = (judge(read(place)) for _ in range(2))
    assert judged.kept.hits == before
    assert first.to_json() == second.to_json()


def test_a_map_judged_is_kept_and_nobody_spoils_another_ones():
    first = judge(read(MAP))
    before = judged.kept.hits
    again = judge(read(MAP))
    assert judged.kept.hits == before + 1
    assert again == first == judged.engine(read(MAP))
    assert again.situation == read(MAP)
    again.provenance.clear()
    assert judge(read(MAP)) == first


def test_other_options_and_a_map_changed_in_python_are_other_maps():
    situation, quick = read(MAP), Options(most_worlds=0)
    with_chances = judge(situation)
    assert judge(situation, quick) == judged.engine(situation, quick) != with_chances
    renamed = replace(situation, title="another")
    assert renamed.sha256 == situation.sha256
    assert judge(renamed) == judged.engine(renamed) != with_chances
