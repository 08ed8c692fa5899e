"""The rules of the ground, case by case: what outweighs what."""

import pytest

from encircle.network.ground.states import Role, State, find_state, is_passable

R, S = Role, State
SEAM = R.SEAM | R.SEAM_HOSTILE


@pytest.mark.parametrize(
    ("said", "optimistic", "pessimistic"),
    [
        pytest.param(
            R.WATER | R.TERRITORY_FRIENDLY, S.FRIENDLY, S.FRIENDLY, id="own country over water"
        ),
        pytest.param(R.WATER | R.TERRITORY_HOSTILE, S.WATER, S.WATER, id="water over theirs"),
        pytest.param(
            R.TERRITORY_FRIENDLY | R.TERRITORY_NEUTRAL, S.GREY, S.GREY,
            id="a country that two are said to own, one of them neutral",
        ),
        pytest.param(
            R.TERRITORY_FRIENDLY | R.TERRITORY_HOSTILE, S.GREY, S.GREY,
            id="a country that two are said to own",
        ),
        pytest.param(
            R.ASSESSED_FRIENDLY | R.DOUBT_HOSTILE, S.GREY, S.GREY,
            id="an enemy reported on ground assessed as ours",
        ),
        pytest.param(
            R.ASSESSED_HOSTILE | R.ASSESSED_NEUTRAL | R.REACH_FRIENDLY, S.HOSTILE, S.HOSTILE,
            id="a friend frees no ground that a neutral holds too",
        ),
        pytest.param(
            SEAM | R.SEAM_NEUTRAL, S.HOSTILE, S.HOSTILE, id="a seam between the enemy and a neutral"
        ),
        pytest.param(
            SEAM | R.SEAM_NEUTRAL_LAND, S.HOSTILE, S.HOSTILE,
            id="a seam between the enemy and a neutral country",
        ),
        pytest.param(
            R.SEAM | R.SEAM_FRIENDLY | R.SEAM_NEUTRAL, S.FRIENDLY, S.NEUTRAL,
            id="a seam between us and a neutral",
        ),
        pytest.param(
            SEAM | R.SEAM_GREY | R.REACH_FRIENDLY, S.GREY, S.GREY,
            id="a friend reaches a seam as he reaches what lies beside it",
        ),
    ],
)  # fmt: skip
def test_what_is_said_of_ground_decides_who_holds_it(said, optimistic, pessimistic):
    assert find_state(said, "optimistic", S.GREY) is optimistic
    assert find_state(said, "pessimistic", S.GREY) is pessimistic


@pytest.mark.parametrize("state", S)
def test_grey_is_passed_on_one_reading_and_what_others_hold_on_none(state):
    assert is_passable(state, "optimistic") == (state in {S.FRIENDLY, S.OPEN, S.GREY})
    assert is_passable(state, "pessimistic") == (state in {S.FRIENDLY, S.OPEN})
