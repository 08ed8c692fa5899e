"""No forgery of the forger's passes: each is false by what the engine says of the map it is of."""

import json
import os

import pytest

from tests.property import forger
from tests.property.forged_maps import CHANGES
from tests.thorough import every, thorough

COUNT = int(os.environ.get("ENCIRCLE_FORGED_MAPS", "40"))
"""Random maps the whole forger is tried on, and as many of the library at most."""
PREY = [
    "trap-river-ferry", "trap-tunnel-open", "trap-grey-unknown", "trap-group-outpost-cut",
    "trap-corridor-under-fire-f3", "trap-coast-with-ships", "trap-empty-bag-rumour",
    "trap-border-gate-open", "trap-ring-of-claims", "trap-stale-map-control-old",
    "trap-pocket-split-one-open", "trap-neutral-ground-third-party",
]  # fmt: skip
"""Small maps with something of every kind on them: rivers, tunnels, fire, sea, doubt, groups."""
PASSED = [
    pytest.param(146, "grey_as_own", id="access by air over a corner where grounds touch"),
    pytest.param(423, "road_out", id="a ford that begins on the ring left out of its cut set"),
    pytest.param(458, "two_places", id="fire on the way of who contradicts the map"),
    pytest.param(1006, "barrier_gap", id="a special way told as open that is one on one reading"),
    pytest.param(202, "over", id="a way counted that goes on over ground from its crossing"),
    pytest.param(330, "ways_kept_quiet", id="no way counted where roads lead to an anchor at hand"),
]
"""Random maps and kinds of forgery that once passed on them."""
OUT_OF_FIRE = "izium-2022-09-10"
"""Its way leaves fire of F2 at a flat angle, and goes on for 55 km out of it."""
REFUSED = [pytest.param(327, "held_as_claim", id="a way through a gap in a thin wall")]
"""Random maps, and how they were changed, on which the truth was once refused."""
CASES = {}


def case(name):
    if name not in CASES:
        document = json.loads((forger.FIXTURES / name / "situation.geojson").read_text())
        CASES[name] = forger.Case(name, document)
    return CASES[name]


def drawn(seed):
    return forger.Case(f"random {seed}", forger.draw_map(seed))


@pytest.mark.property
@pytest.mark.parametrize("kind", every(8, forger.KINDS))
def test_a_forgery_of_each_kind_is_refused(kind):
    """Each is tried on the first small map that gives it anything to forge."""
    for name in PREY:
        forged = list(forger.forge(case(name), [kind], 1))
        for _, told, situation in forged:
            assert not forger.is_accepted(told, situation), name
        if forged:
            return
    pytest.skip("nothing to forge on these maps")


@pytest.mark.property
@pytest.mark.parametrize("name", PREY)
def test_what_is_not_forged_holds(name):
    """The maps forged on are judged honestly, or the refusals would prove nothing."""
    assert forger.is_accepted(case(name).told, case(name).situation)


@pytest.mark.property
@pytest.mark.parametrize(("seed", "kind"), PASSED)
def test_what_passed_once_is_refused(seed, kind):
    forged = list(forger.forge(drawn(seed), [kind], 1))
    assert forged
    assert not any(forger.is_accepted(told, situation) for _, told, situation in forged)


@pytest.mark.property
def test_no_leg_is_under_fire_that_it_only_leaves():
    told = json.loads(json.dumps(case(OUT_OF_FIRE).told))
    last = told["certificates"]["open"]["legs"][-1]
    assert last["fire"] is None
    last["fire"] = "F2"
    assert not forger.is_accepted(told, case(OUT_OF_FIRE).situation)


@pytest.mark.property
@pytest.mark.parametrize(("seed", "kind"), REFUSED)
def test_what_was_refused_though_true_holds(seed, kind):
    """The map is changed as the forger changes it, and judged as it then is."""
    given = drawn(seed)
    document = CHANGES[kind][1](given.document, forger.draw_chance(given, kind))
    true = forger.Case(given.name, document)
    assert forger.is_accepted(true.told, true.situation)


@thorough
def test_no_forgery_passes_on_the_library_and_on_random_maps():
    assert forger.main(range(COUNT), 4) == 0
