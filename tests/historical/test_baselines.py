"""The popular methods, by name: where each is wrong, where each is right, and ours beside it."""

import json
from pathlib import Path

import pytest

from encircle import Options, judge, read
from encircle.archive.library.baselines import BASELINES
from tests.thorough import every

FIXTURES = Path(__file__).resolve().parents[2] / "fixtures"
ENCIRCLED = {"encircled": True, "not_encircled": False, "contested": None}

NEIGHBOURS = "all_neighbours_hostile"

WRONGLY_YES = [
    pytest.param("convex_hull", "kursk-2025-03-12", id="hull: Kursk, 12 March 2025"),
    pytest.param("convex_hull", "kursk-2025-03-14", id="hull: Kursk, 14 March 2025"),
    pytest.param("convex_hull", "stalingrad-1942-11-22", id="hull: Stalingrad, day before"),
    pytest.param("convex_hull", "ruhr-1945-03-31", id="hull: Ruhr, day before"),
    pytest.param("convex_hull", "trap-salient-open", id="hull: a salient"),
    pytest.param("convex_hull", "trap-ring-of-positions-gap", id="hull: a ring with a gap"),
    pytest.param("convex_hull", "trap-turning-movement", id="hull: a turning movement"),
    pytest.param("angular_gap", "kursk-2024-10-24", id="gap: Kursk, October 2024"),
    pytest.param("angular_gap", "kursk-2025-03-14", id="gap: Kursk, 14 March 2025"),
    pytest.param("angular_gap", "ruhr-1945-03-31", id="gap: Ruhr, day before"),
    pytest.param("angular_gap", "trap-salient-open", id="gap: a salient"),
    pytest.param("angular_gap", "trap-envelopment-open", id="gap: an envelopment"),
    pytest.param("angular_gap", "trap-moving-pocket-day-3", id="gap: a pocket that got out"),
    pytest.param(NEIGHBOURS, "trap-salient-open", id="neighbours: a salient"),
    pytest.param(NEIGHBOURS, "trap-relief-column-contact", id="neighbours: contact made"),
    pytest.param("grey_as_enemy", "trap-grey-unknown", id="grey: unknown ground"),
    pytest.param("grey_as_enemy", "trap-grey-infiltration", id="grey: infiltration"),
    pytest.param("grey_as_enemy", "trap-grey-stood-on", id="grey: the force stands on it"),
    pytest.param("grey_as_enemy", "trap-grey-stood-on-point", id="grey: a point on it"),
    pytest.param("grey_as_enemy", "trap-border-grey-incursion", id="grey: at the border"),
]  # fmt: skip
WRONGLY_NO = [
    pytest.param("angular_gap", "trap-river-wide-bridge-blown", id="gap: a wide river"),
    pytest.param(NEIGHBOURS, "dunkirk-1940-05-25", id="neighbours: Dunkirk"),
    pytest.param(NEIGHBOURS, "trap-coast-without-ships", id="neighbours: a coast"),
    pytest.param(NEIGHBOURS, "trap-neutral-ground-wall", id="neighbours: neutral ground"),
    pytest.param(NEIGHBOURS, "trap-river-bridges-blown", id="neighbours: a river"),
    pytest.param("grey_as_enemy", "mariupol-2022-03-03", id="grey: a coast is only a colour"),
    pytest.param("grey_as_enemy", "trap-river-bridges-blown", id="grey: a river is not painted"),
    pytest.param("grey_as_enemy", "trap-border-gate-shut", id="grey: a fence is not painted"),
]  # fmt: skip
RIGHT = [
    (name, folder)
    for name, folders in {
        "convex_hull": ["bastogne-1944-12-20", "bastogne-1944-12-22", "trap-belt-under-fire-f3"],
        "angular_gap": ["bastogne-1944-12-20", "stalingrad-1942-11-24", "kursk-2025-03-20"],
        NEIGHBOURS: [
            "kursk-2025-03-14",
            "bastogne-1944-12-22",
            "trap-salient-closed",
        ],
        "grey_as_enemy": ["kursk-2025-03-14", "stalingrad-1942-11-24", "trap-grey-held"],
    }.items()
    for folder in folders
]


QUICK = Options(most_worlds=0)


def answers(name, folder):
    """Give the truth as the fixture has it, ours, and the baseline's."""
    situation = read(FIXTURES / folder / "situation.geojson")
    expected = json.loads((FIXTURES / folder / "expected.json").read_bytes())
    return (
        ENCIRCLED[expected["verdict"]],
        judge(situation, QUICK).encircled,
        BASELINES[name](situation),
    )


@pytest.mark.historical
@pytest.mark.parametrize(("name", "folder"), every(3, WRONGLY_YES))
def test_a_popular_method_calls_a_force_encircled_that_is_not_known_to_be(name, folder):
    truth, ours, said = answers(name, folder)
    assert said is True
    assert truth is not True
    assert ours is truth


@pytest.mark.historical
@pytest.mark.parametrize(("name", "folder"), WRONGLY_NO)
def test_a_popular_method_calls_an_encircled_force_free(name, folder):
    truth, ours, said = answers(name, folder)
    assert (truth, ours, said) == (True, True, False)


@pytest.mark.historical
@pytest.mark.parametrize(("name", "folder"), RIGHT)
def test_a_popular_method_is_right_elsewhere(name, folder):
    truth, ours, said = answers(name, folder)
    assert truth is not None
    assert ours is truth
    assert said is truth


def test_every_baseline_is_shown_wrong_and_right():
    shown = {case.values[0] for case in (*WRONGLY_YES, *WRONGLY_NO)}
    assert shown == {name for name, _ in RIGHT} == set(BASELINES)
