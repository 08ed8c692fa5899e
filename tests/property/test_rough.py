"""Rough drawings: no crash, in good time, proven, and the margins obey their laws."""

from __future__ import annotations

import os

import pytest

from tests.property import rough
from tests.thorough import thorough

COUNT = int(os.environ.get("ENCIRCLE_ROUGH_SITUATIONS", "16"))


FOUND = (
    326, 353, 420, 471, 486, 489, 559, 568, 590, 593,
    890, 3007, 3060, 3078, 3085, 3090, 3104, 3106, 3133, 3136,
    5093, 5095, 5203, 5216, 5261, 5345, 7148, 7153, 7261, 7273, 7319, 7693,
)  # fmt: skip
"""Drawings that were once judged wrongly, or whose proof was refused: loose ends of rivers, slivers
thinner than the grid, roads that meet themselves, gaps of centimetres, places in another order,
ferries along a boundary, cracks at the corner of a ring, positions on the very edge of a lake."""
FOUND_BY_KIND = {
    "a crack that runs out of the reach which greys its sides": (7414, 8066),
    "a position on a vertex of a cliff": (7600,),
    "a road that ends at a bank, got onto from beside it": (7696,),
    "ways by the same roads, round and round": (8224,),
    "a road got onto where a crossing joins it": (9122,),
    "a road beside the map": (8322,),
    "a slot of 15 cm in a wall": (9226,),
    "roads that run off the map inside the ring": (8434,),
    "a road that ends at a bank, along the enemy's edge": (9158,),
    "a force with a reach, drawn across the edge of the map": (9078,),
    "a midpoint beside another's edge, which is led through it": (667,),
    "thousands of corners at the edge of a map near the pole": (8125,),
    "two of the ways counted by one crossing, and a road beside it": (9362,),
    "a gap of 20 cm between a cliff's end and held ground": (8495,),
    "a force that stands fast on grey ground beside an anchor": (12169,),
    "neutral ground that tapers from a centimetre to nothing": (8258,),
    "an anchor drawn as a sliver, and others that are not": (12168,),
    "an anchor drawn as a sliver": (8538, 8551, 10063, 73057),
    "a way from a barrier, out of a corner thinner than what lies on it": (10020,),
    "a word that is not heard, where a doubtful one of the enemy's is": (20136,),
    "a road got onto from under fire": (20281,),
    "a drawn force, and a road nearest to its middle past its reach": (20409,),
    "a position of the group off the map": (20507,),
    "a way counted over a road that a river cuts": (20712,),
    "slivers of millimetres between an anchor and the ground it is on": (20622, 20676, 20856),
    "a gap narrower than the pieces that outlines are cut into": (20238,),
    "a force drawn as a sliver": (21062,),
    "a crack between territories, and nothing assessed on the map": (21400,),
    "a seam far from what the proof shows": (21432,),
    "a drawn force with its middle in a lake": (21570,),
    "a crack of a centimetre within the ring": (21644,),
    "a crumb of open ground beside the ring, on a cliff that stops no feet": (22620,),
    "a slot of 10 cm, and grounds that touch at a point elsewhere": (21700,),
    "a crossing on a thin strip that is wide elsewhere": (21914,),
    "a road beside an anchor drawn as a sliver": (21956,),
    "an anchor within the reach of what is drawn, and the best way to another": (22014,),
    "an anchor drawn as a sliver, of which the grid keeps a crumb": (22293,),
    "a loop about the force, and a front that hangs on the wall, of nearly one length": (21605,),
    "a road that ends beside another stretch of itself": (23698,),
    "a crumb of a seam, on a ring between two of its pieces": (23179,),
    "a strip of millimetres of the enemy's, left beside grey drawn over his ground": (23028,),
    "ways counted from a stretch that a cut road ends": (22926,),
    "a sliver of grey of which the grid keeps a part, and a seam along it": (23605,),
    "a seam before a front of the force's own that an error takes back": (23361, 26043),
    "a ford that passes by a ring, and whose ends lie far from it": (31055,),
    "ground of which nothing but a line meets an anchor's box": (40154,),
    "a crack of centimetres, and a road over what a river is run on by": (40052, 43574),
    "a road that meets itself, part of it on ground that carries nobody": (43603, 60256),
    "a road that lies beside the anchor it leads to, all along": (43658, 60539),
    "a dent in a wall that grows too far": (60055,),
    "a force drawn as a sliver, seen from its middle": (60118,),
    "a map as small as its seams": (60174,),
    "the tip of a wedge that pinches the neck": (60232, 60763),
    "a crossing over a strip that only its chord comes to": (60976,),
    "a tip of neutral ground where two edges part at a flat angle": (22577, 61379),
    "territory of the enemy that is there on one reading alone": (41187, 60723),
    "a crossing whose far end comes near a seam alone": (80109,),
    "a bridge beside a wide strip, along a line that hangs on a metre of bank": (80289,),
    "roads that pass the end of a stub, which alone comes to the anchor": (60864,),
}
"""What is wrong with such a drawing, in words, and the seeds that show it."""


@pytest.mark.property
@pytest.mark.parametrize("seed", range(COUNT))
def test_a_rough_drawing_is_judged_and_proven(seed):
    """Whatever is drawn is refused by name or judged, with a proof that holds."""
    _, faults = rough.try_out(seed, twice=seed % 4 == 0)
    assert not faults


@pytest.mark.property
@thorough
@pytest.mark.parametrize("seed", [*FOUND, *(s for kind in FOUND_BY_KIND.values() for s in kind)])
def test_what_was_wrong_once_stays_right(seed):
    """A drawing that showed a fault is judged and proven, midpoints and another order or not."""
    _, faults = rough.try_out(seed)
    assert not faults
