"""Laws of road maps: repeating evidence changes nothing, however it is repeated."""

import os

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from encircle.roads.noding import Lines
from encircle.roads.road_network import build_road_network, drop_repeats

pytestmark = pytest.mark.property
EXAMPLES = int(os.environ.get("ENCIRCLE_EXAMPLES", "40"))
PLACES = np.array([(35 + 0.01 * (n % 4), 51 + 0.01 * (n // 4)) for n in range(12)])


@st.composite
def roads(draw):
    """Lines over a few places, each a walk without a place twice in a row."""
    walk = st.lists(st.integers(0, 11), min_size=2, max_size=6)
    walks = draw(st.lists(walk, min_size=1, max_size=6))
    walks = [[a for a, b in zip(w, [None, *w], strict=False) if a != b] for w in walks]
    walks = [w for w in walks if len(w) > 1] or [[0, 1]]
    p = draw(
        st.lists(st.sampled_from([0.5, 0.9, np.nan]), min_size=len(walks), max_size=len(walks))
    )
    return walks, p


def build(walks, p):
    keys = np.array([place for walk in walks for place in walk])
    names = tuple(f"road {n}" for n in range(len(walks)))
    return Lines(PLACES[keys], np.cumsum([0, *map(len, walks)]), keys, np.array(p, float), names)


def describe(lines):
    """Every stretch by its ends, its length and its chance, whatever the order."""
    network = build_road_network(lines)
    ends = np.sort(network.lonlat[np.column_stack([network.u, network.v])].round(6), axis=1)
    p = network.find_p_open(0.8, per_km=True)
    return sorted(
        (*map(tuple, pair.tolist()), round(length, 3), round(chance, 9))
        for pair, length, chance in zip(ends, network.length_m.tolist(), p.tolist(), strict=True)
    )


@settings(max_examples=EXAMPLES, deadline=None)
@given(roads(), st.data())
def test_a_road_drawn_again_there_or_back_whole_or_in_part_changes_nothing(drawn, data):
    walks, p = drawn
    which = data.draw(st.integers(0, len(walks) - 1))
    walk = walks[which]
    first = data.draw(st.integers(0, len(walk) - 2))
    again = walk[first : data.draw(st.integers(first + 2, len(walk)))]
    again = again[::-1] if data.draw(st.booleans()) else again
    assert describe(build([*walks, again], [*p, np.nan])) == describe(build(walks, p))


@settings(max_examples=EXAMPLES, deadline=None)
@given(roads())
def test_no_two_pieces_of_road_lie_on_each_other(drawn):
    lines = drop_repeats(build(*drawn))
    of_line = np.repeat(np.arange(len(lines.begins) - 1), np.diff(lines.begins))
    starts = np.flatnonzero(of_line[1:] == of_line[:-1])
    places = lines.lonlat[:, 0] * 1e6 + lines.lonlat[:, 1]
    pairs = {tuple(sorted((places[s], places[s + 1]))) for s in starts.tolist()}
    assert len(pairs) == len(starts)


def test_repeats_that_differ_count_as_the_lowest_and_it_is_said():
    for chances in ([0.9, 0.5], [0.5, 0.9]):
        lines = drop_repeats(build([[0, 1], [1, 0]], chances))
        assert lines.p_open.tolist() == [0.5]
        assert "lowest" in lines.notices[-1]
