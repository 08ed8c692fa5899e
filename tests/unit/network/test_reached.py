"""Reached: one flood for everybody, every mode and labelling tells what each by itself does."""

from __future__ import annotations

from collections import deque

import numpy as np
import pytest

import encircle
from encircle.map.reach import READINGS
from encircle.network.ground.states import FIRE_MODES, MODE_BITS
from encircle.network.isolation import Searcher
from encircle.network.lines.values import LANDING, SPECIAL
from encircle.network.reached import ASKED, Reached, carry_within, find_worst_fire, list_starts
from encircle.network.sheet import build_network_of

FIXTURES = (
    "kursk-2025-03-14", "trap-river-ferry", "trap-border-gate-open", "trap-tunnel-open",
)  # fmt: skip
WALKED = MODE_BITS["foot"] | MODE_BITS["boat"] | LANDING


@pytest.fixture(scope="module", params=FIXTURES)
def searcher(request):
    situation = encircle.read(f"fixtures/{request.param}/situation.geojson")
    return Searcher(build_network_of(situation))


def tables(searcher):
    """Give what the edges carry on each reading, and under what fire."""
    edges = searcher.network.edges
    carries = np.array([[e.carries[r] for e in edges] for r in READINGS], dtype=np.uint8)
    ranks = np.array([[e.fire[r] for e in edges] for r in READINGS]).transpose(0, 2, 1)
    return carries, ranks


@pytest.mark.parametrize(
    ("asked", "bits"),
    [(m, MODE_BITS[m]) for m in ("rail", "wheeled", "tracked", "foot")]
    + [("walked", WALKED), ("far", WALKED | SPECIAL)],
)
def test_each_mode_reaches_what_a_search_of_its_own_reaches(searcher, asked, bits):
    for starts in list_starts(searcher.network):
        for row, reading in enumerate(READINGS):
            reached = searcher.reach(starts).vertices(starts, row, asked)
            assert reached == searcher.spread(starts, reading, bits)


def test_a_boat_is_taken_before_it_counts(searcher):
    """Who goes by boat walks to it, and is afloat only where one was taken."""
    carries, _ = tables(searcher)
    anchors, positions = searcher.network.anchors, searcher.positions
    for starts in list_starts(searcher.network):
        for row in range(len(READINGS)):
            seen = {(v, False) for v in starts}
            queue = deque(seen)
            while queue:
                here, afloat = queue.popleft()
                if here in anchors:
                    continue
                for there, edge in searcher.out[here]:
                    bits, others = int(carries[row, edge]), positions - set(starts)
                    taken = [False] * bool(bits & ASKED["ashore"])
                    taken += [True] * bool(bits & MODE_BITS["boat"])
                    for state in {(there, afloat or boards) for boards in taken} - seen:
                        if there not in others:
                            seen.add(state)
                            queue.append(state)
            reached = searcher.reach(starts).vertices(starts, row, "boat")
            assert reached == {v for v, afloat in seen if afloat}


def test_rows_and_positions_do_not_touch_each_other(searcher):
    """Many labellings in one flood tell what each tells alone; those that are alike too."""
    carries, ranks = tables(searcher)
    rows = np.vstack([carries, carry_within(carries, ranks, 1), carries[:1]])
    groups = list_starts(searcher.network)
    together = Reached(searcher.network, searcher.out, rows, groups)
    for starts in groups:
        for row, one in enumerate(rows):
            alone = Reached(searcher.network, searcher.out, one[None], (starts,))
            assert together.modes(starts, row) == alone.modes(starts, 0)
            assert together.runs_off(starts, row) == alone.runs_off(starts, 0)
            for asked in ASKED:
                assert together.vertices(starts, row, asked) == alone.vertices(starts, 0, asked)


def test_the_worst_fire_on_the_best_way_is_the_least_that_lets_anybody_through(searcher):
    for starts in list_starts(searcher.network):
        for row, reading in enumerate(READINGS):
            for mode in FIRE_MODES:
                way = searcher.find_way(starts, reading, mode)
                reach = lambda worst, starts=starts: searcher.reach(starts, worst)  # noqa: E731
                worst = find_worst_fire(reach, starts, row, mode)
                assert worst == (None if way is None else way.fire)
                if worst:
                    assert mode not in searcher.reach(starts, worst - 1).modes(starts, row)
