"""The same claim made again is found, in other words and languages; its denial never is."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from encircle.claims.matching import AGAIN_DAYS, Said, find_again

DAY = date(2025, 3, 14)
OLD = Said(
    "old", "Vladimir Putin", "Units of the Ukrainian army are completely blocked in Kursk region.",
    "land_cut", made_on=DAY,
)  # fmt: skip


def new(**other):
    values = {
        "id": "new", "claimant": "Putin", "statement": "Украинские части заблокированы.",
        "definition": "land_cut", "value": "yes", "tense": "present", "made_on": DAY, **other,
    }  # fmt: skip
    return Said(**values)


@pytest.mark.parametrize(
    ("other", "is_again"),
    [
        pytest.param({}, True, id="another language, the same speaker and day"),
        pytest.param({"made_on": date(2025, 3, 20)}, True, id="six days after"),
        pytest.param({"made_on": date(2025, 3, 30)}, False, id="a fortnight after"),
        pytest.param({"made_on": None}, False, id="undated"),
        pytest.param({"claimant": "Donald Trump"}, False, id="another speaker, other words"),
        pytest.param({"claimant": None}, False, id="nobody named"),
        pytest.param({"value": "no"}, False, id="its denial"),
        pytest.param({"tense": "future"}, False, id="a forecast"),
        pytest.param({"definition": "fire_control"}, False, id="another definition"),
        pytest.param({"definition": None}, False, id="not read"),
        pytest.param(
            {"statement": "Ukrainian troops in Pokrovsk are blocked."}, False, id="another place",
        ),
        pytest.param(
            {"statement": "Russian troops in Kursk are blocked."}, False, id="another side's force",
        ),
        pytest.param(
            {"statement": "Units of the Ukrainian army are completely blocked in Pokrovsk region."},
            False, id="nearly the same words, of another place",
        ),
        pytest.param(
            {"claimant": "Someone", "made_on": date(2025, 6, 1),
             "statement": "In Kursk region units of the Ukrainian army are completely blocked"},
            True, id="the same words in another order, by another, months after",
        ),
        pytest.param(
            {"claimant": "Someone", "value": "no",
             "statement": "Units of the Ukrainian army are not completely blocked in Kursk region"},
            False, id="nearly the same words, denied",
        ),
    ],
)  # fmt: skip
def test_what_is_the_same_claim_and_what_is_not(other, is_again):
    assert [again.id for again in find_again(new(**other), [OLD])] == (["old"] if is_again else [])


SAID = st.builds(
    Said,
    st.sampled_from("abcdef"),
    st.none() | st.sampled_from(["Putin", "Vladimir Putin", "Trump", "Генштаб"]),
    st.none() | st.text(max_size=60),
    st.none() | st.sampled_from(["land_cut", "fire_control"]),
    st.sampled_from(["yes", "no"]),
    st.sampled_from(["present", "future"]),
    st.none() | st.dates(DAY, date(2025, 4, 14)),
)


@given(SAID, SAID)
def test_whoever_is_found_by_another_finds_it(one, other):
    here, there = (bool(find_again(a, [b])) for a, b in ((one, other), (other, one)))
    assert here == there
    if here:
        assert (one.definition, one.value, one.tense) == (
            other.definition,
            other.value,
            other.tense,
        )


@given(SAID)
def test_a_claim_said_again_word_for_word_by_the_same_on_the_same_day_is_found(one):
    again = Said("again", *(getattr(one, n) for n in Said.__slots__[1:]))
    found = find_again(again, [one])
    is_known = one.definition is not None and one.claimant is not None and one.made_on is not None
    assert not is_known or found
    assert AGAIN_DAYS > 0
