"""
Laws of the domain: each docstring is one, tried on random maps.

A verdict is open (C0 to C2), contested (C3) or closed (E1, E2), in falling order of openness.
`indeterminate` is none of these: the map ends before the answer. Where either judgement is
indeterminate, a law of order says nothing.
"""

from __future__ import annotations

import copy
import itertools
import random

import pytest
import shapely
from hypothesis import assume, given
from hypothesis import strategies as st
from shapely.geometry import mapping, shape

from encircle.errors import SituationError
from encircle.judge import find_status, judge
from encircle.map.door.reader import read_situation
from encircle.map.options import Options
from encircle.map.situation import GROUND_MODES, Control
from encircle.network.isolation import Searcher, look_out
from encircle.network.sheet import build_network_of
from tests.property import oracle
from tests.property.strategies import (
    HALF_M,
    HOME,
    LATE,
    SETTINGS,
    Sketch,
    box,
    draw_plan,
    line,
    move_document,
    move_geometry,
    plans,
    situation_of,
    situations,
)
from tests.thorough import every

pytestmark = pytest.mark.property

OPENNESS = {"encircled": 0, "contested": 1, "not_encircled": 2}
SEEDS = st.integers(0, 2**32 - 1)
MOST_M = HALF_M + 750


def settle(plan):
    """Fix what would else follow from the features: the area, and what bare ground counts as."""
    area = box(-MOST_M, -MOST_M, MOST_M, MOST_M)
    whole = {"uncovered": "unknown", **plan["situation"], "area": area}
    return {**plan, "situation": whole}


def with_features(document, features):
    return {**document, "features": features}


def sketch_of(seed):
    return Sketch(random.Random(seed))  # noqa: S311


def added(plan, seed, draw):
    """Add what `draw` draws on a sketch to a plan."""
    sketch = sketch_of(seed)
    draw(sketch)
    extra = [{**f, "id": f"extra-{f['id']}"} for f in sketch.features]
    return with_features(plan, [*plan["features"], *extra])


def verdicts_of(judged):
    """Give the force's verdict and every position's, by id."""
    return {None: judged["verdict"], **{u["id"]: u["verdict"] for u in judged["units"]}}


def summary_of(judged):
    units = {u["id"]: (u["verdict"], u["axes"]["land"]) for u in judged["units"]}
    return judged["verdict"], judged["axes"]["land"], units


def assert_never_opens(before, after):
    """Hold two judgements' openness against each other, position by position."""
    earlier, later = verdicts_of(before), verdicts_of(after)
    for name, verdict in later.items():
        if verdict in OPENNESS and earlier.get(name) in OPENNESS:
            assert OPENNESS[verdict] <= OPENNESS[earlier[name]], name


def assert_unchanged(before, after):
    """Hold two maps' verdicts and land axes against each other."""
    assert summary_of(oracle.engine(after)) == summary_of(oracle.engine(before))


def assert_unmoved(plan, moved):
    """Hold a map's verdicts against the same map's elsewhere; skip maps on a knife's edge."""
    here = draw_plan(plan)
    one, other = (verdicts_of(oracle.engine(document)) for document in (here, moved))
    if one != other:
        assume(oracle.is_decided(here))
    assert one == other


# -- order -----------------------------------------------------------------------------------


@SETTINGS
@given(plans(), SEEDS)
def test_more_hostile_control_never_opens(plan, seed):
    """Ground the enemy takes never gives a force a way out."""

    def draw(sketch):
        basis = sketch.rng.choice(("assessed", "territory"))
        sketch.add(sketch.any_polygon(), "control", holder="RED", basis=basis)

    plan = settle(plan)
    before, after = (draw_plan(p) for p in (plan, added(plan, seed, draw)))
    assert_never_opens(oracle.engine(before), oracle.engine(after))


@SETTINGS
@given(plans(), SEEDS)
def test_ground_assumed_hostile_never_opens_and_assumed_passable_never_closes(plan, seed):
    """Whoever doubts the holder of a piece of ground moves the verdict one way only."""
    situation = read_situation(draw_plan(settle(plan)))
    ids = [c.id for c in situation.of_kind(Control) if c.basis != "claimed"]
    assume(ids)
    name = ids[seed % len(ids)]
    hostile, as_drawn, passable = (
        judge(situation, Options(most_worlds=0, assume=assumed)).to_dict()
        for assumed in ({name: "hostile"}, {}, {name: "passable"})
    )
    assert_never_opens(as_drawn, hostile)
    assert_never_opens(passable, as_drawn)


@SETTINGS
@given(plans(), SEEDS)
def test_more_barriers_never_open(plan, seed):
    """A river, cliff or minefield more never gives a force a way out."""

    def draw(sketch):
        at = sketch.line_at("x", -4500, 4500)
        sketch.add(line((at, -HALF_M), (at, HALF_M)), "barrier", type="minefield")

    plan = settle(plan)
    before, after = (draw_plan(p) for p in (plan, added(plan, seed, draw)))
    assert_never_opens(oracle.engine(before), oracle.engine(after))


@SETTINGS
@given(plans(), SEEDS)
def test_more_routes_never_close(plan, seed):
    """A road or a bridge more never shuts a force in."""

    def draw(sketch):
        sketch.route(sketch.spot(), sketch.spot())
        x, y = sketch.spot()
        sketch.crossing((x, y), (x - 300, y), (x + 300, y))

    plan = settle(plan)
    before, after = (draw_plan(p) for p in (plan, added(plan, seed, draw)))
    assert_never_opens(oracle.engine(after), oracle.engine(before))


@SETTINGS
@given(plans(), SEEDS)
def test_a_subset_of_land_anchors_never_opens(plan, seed):
    """Fewer places to reach are never easier to reach."""
    plan = settle(plan)
    anchors = [f for f in plan["features"] if f["properties"]["kind"] == "anchor"]
    assume(anchors)
    lost = random.Random(seed).choice(anchors)  # noqa: S311
    fewer = with_features(plan, [f for f in plan["features"] if f is not lost])
    before, after = (oracle.engine(draw_plan(p)) for p in (plan, fewer))
    assert_never_opens(before, after)


@SETTINGS
@given(situations())
def test_the_optimistic_reading_contains_the_pessimistic(document):
    """What is open in spite of every doubt is open when all doubts are given."""
    network = build_network_of(read_situation(document))
    hopeful, fearful = (network.ground.passable(r) for r in oracle.READINGS)
    assert not (fearful & ~hopeful).any()
    searcher = Searcher(network)
    for standing in network.standings:
        best, worst = (look_out(searcher, [standing], r) for r in oracle.READINGS)
        assert set(worst.ways) <= set(best.ways)
        assert worst.reached <= best.reached


@SETTINGS
@given(situations())
def test_closed_means_no_path_and_no_path_means_closed(document):
    """On each reading a position has an open path or a closed ring, and its axes agree."""
    proofs = {"not_encircled": (True, False), "encircled": (False, True), "contested": (True, True)}
    readings = {"not_encircled": "pessimistic", "contested": "optimistic"}
    judged = oracle.engine(document)
    for part in (judged, *judged["units"]):
        proof, verdict = part["certificates"], part["verdict"]
        shown = tuple(proof[way] is not None for way in ("open", "closed"))
        assert shown == proofs.get(verdict, (False, False))
        land = set(part["axes"]["land"].values()) - {"unknown"}
        if verdict in OPENNESS:
            best = max(land, key=("closed", "contested", "open").index, default="closed")
            assert best == {"encircled": "closed", "contested": "contested"}.get(verdict, "open")
        if proof["open"]:
            assert proof["open"]["reading"] == readings[verdict]
            assert part["axes"]["land"][proof["open"]["mode"]] == best


# -- what changes nothing ----------------------------------------------------------------------


@SETTINGS
@given(situations())
def test_swapping_the_colours_changes_nothing_but_the_names(document):
    """The rules are the same for every side."""
    swap = {"BLUE": "RED", "RED": "BLUE", "GREEN": "BLACK", "BLACK": "GREEN"}

    def paint(value):
        if isinstance(value, dict):
            return {key: paint(item) for key, item in value.items()}
        if isinstance(value, list):
            return [paint(item) for item in value]
        return swap.get(value, value) if isinstance(value, str) else value

    mirrored = paint(document)
    judged, mirror = oracle.engine(document), oracle.engine(mirrored)
    assert mirror["side"] == swap[judged["side"]]
    assert summary_of(mirror) == summary_of(judged)
    assert [u["status"]["code"] for u in mirror["units"]] == [
        u["status"]["code"] for u in judged["units"]
    ]


@SETTINGS
@given(plans(), st.integers(-140, 140))
def test_moving_a_map_east_changes_nothing(plan, degrees):
    """Longitude is a name for a place, not a property of it."""
    assert_unmoved(plan, draw_plan(plan, (float(degrees), HOME[1])))


@SETTINGS
@given(plans(), st.sampled_from((-33.5, 2.0, 47.0, 58.0)))
def test_moving_a_map_north_changes_nothing(plan, lat):
    """The plane is the same in metres wherever it touches the globe."""
    assert_unmoved(plan, draw_plan(plan, (HOME[0], lat)))


@SETTINGS
@given(plans(), st.integers(1, 359))
def test_turning_a_map_changes_nothing(plan, degrees):
    """North has no tactical meaning. The area is turned with the rest."""
    plan = settle(plan)
    assert_unmoved(plan, draw_plan(plan, turn_deg=float(degrees)))


@SETTINGS
@given(plans())
def test_the_antimeridian_changes_nothing(plan):
    """A map across the 180th meridian is one map."""
    assert_unmoved(plan, draw_plan(plan, (179.995, HOME[1])))


@SETTINGS
@given(plans())
def test_cutting_polygons_at_the_antimeridian_changes_nothing(plan):
    """Polygons and lines cut at the 180th meridian, as RFC 7946 asks, are whole."""
    document = draw_plan(plan, (179.995, HOME[1]))
    assert_unmoved(plan, with_features(document, [cut_in_two(f) for f in document["features"]]))


def cut_in_two(feature):
    """Cut a control, fire, route or barrier at the antimeridian."""
    if feature["properties"]["kind"] not in {"control", "fire", "route", "barrier"}:
        return feature
    whole = shape(move_geometry(feature["geometry"], lambda at: [at[0] % 360.0, at[1]]))
    west, east = (whole & shapely.box(lon, -90, lon + 180, 90) for lon in (0, 180))
    if west.is_empty or east.is_empty:
        return feature
    parts = [*shapely.get_parts(west), *shapely.get_parts(shapely.transform(east, turn_back))]
    kept = [mapping(p)["coordinates"] for p in parts if p.geom_type == whole.geom_type]
    cut = {"type": f"Multi{whole.geom_type}", "coordinates": kept}
    return {**feature, "geometry": cut}


def turn_back(lonlat):
    return lonlat - [360.0, 0.0]


@SETTINGS
@given(situations(), SEEDS)
def test_names_and_order_change_nothing(document, seed):
    """What a feature is called and where it stands in the file is nobody's ground."""
    shuffled = [copy.deepcopy(f) for f in document["features"]]
    random.Random(seed).shuffle(shuffled)  # noqa: S311
    renamed = [{**f, "id": f"né-{i}"} for i, f in enumerate(shuffled)]
    names = {f["id"]: r["id"] for f, r in zip(shuffled, renamed, strict=True)}
    judged = oracle.engine(document)
    again = oracle.engine(with_features(document, renamed))
    verdicts = {names.get(name): verdict for name, verdict in verdicts_of(judged).items()}
    assert verdicts_of(again) == verdicts
    assert again["axes"]["land"] == judged["axes"]["land"]


@SETTINGS
@given(situations())
def test_more_vertices_on_a_route_change_nothing(document):
    """A road is where it runs, however many points were clicked on it."""

    def thicken(feature):
        if feature["properties"]["kind"] != "route":
            return feature
        at = feature["geometry"]["coordinates"]
        points = [at[0]]
        for a, b in itertools.pairwise(at):
            points += [[(a[0] + b[0]) / 2, (a[1] + b[1]) / 2], b]
        return {**feature, "geometry": line(*points)}

    thick = with_features(document, [thicken(f) for f in document["features"]])
    assert_unchanged(document, thick)


@SETTINGS
@given(situations())
def test_splitting_a_route_changes_nothing(document):
    """Two roads that meet end to end are one road."""

    def split(feature):
        if feature["properties"]["kind"] != "route":
            return [feature]
        points = feature["geometry"]["coordinates"]
        if len(points) < 3:
            middle = [(a + b) / 2 for a, b in zip(*points, strict=True)]
            points = [points[0], middle, points[1]]
        halves = points[:2], points[1:]
        return [
            {**feature, "id": f"{feature['id']}{n}", "geometry": line(*half)}
            for n, half in zip("ab", halves, strict=True)
        ]

    pieces = [part for feature in document["features"] for part in split(feature)]
    assert_unchanged(document, with_features(document, pieces))


@SETTINGS
@given(situations())
def test_saying_it_twice_changes_nothing(document):
    """The same evidence twice is the same evidence: no vote is counted."""
    force = [f for f in document["features"] if oracle.is_of(f, "the-force")]
    twice = [{**f, "id": f"{f['id']}-again"} for f in document["features"] if f not in force]
    before = oracle.engine(document)
    after = oracle.engine(with_features(document, [*document["features"], *twice]))
    assert summary_of(after) == summary_of(before)


@SETTINGS
@given(plans(), SEEDS)
def test_claims_change_nothing(plan, seed):
    """Saying that ground is held does not hold it."""

    def draw(sketch):
        for side in ("RED", "BLUE"):
            sketch.add(
                sketch.any_polygon(), "control", holder=side, basis="claimed", claimed_by=side
            )
        sketch.add(sketch.any_box(), "claim", claimant_side="RED", statement="All cut off.")

    plan = settle(plan)
    assert_unchanged(draw_plan(plan), draw_plan(added(plan, seed, draw)))


@SETTINGS
@given(plans(), SEEDS)
def test_what_was_seen_later_changes_nothing(plan, seed):
    """A map is judged on what was known at its instant."""

    def draw(sketch):
        sketch.control(sketch.any_polygon())
        sketch.position("RED", sketch.spot())
        sketch.position("BLUE", sketch.spot())
        sketch.barrier([sketch.spot(), sketch.spot(5000)])
        sketch.route(sketch.spot(), sketch.spot())
        sketch.anchor(sketch.any_box())
        for feature in sketch.features:
            feature["properties"]["observed_at"] = LATE

    plan = settle(plan)
    assert_unchanged(draw_plan(plan), draw_plan(added(plan, seed, draw)))


@SETTINGS
@given(plans(), SEEDS)
def test_withdrawn_positions_change_nothing(plan, seed):
    """Who has left holds no ground."""

    def draw(sketch):
        for side in ("RED", "BLUE", "GREEN"):
            sketch.position(side, sketch.spot(), present="withdrawn")

    plan = settle(plan)
    assert_unchanged(draw_plan(plan), draw_plan(added(plan, seed, draw)))


# -- the verifier ------------------------------------------------------------------------------


@SETTINGS
@given(situations())
def test_the_verifier_accepts_every_certificate(document):
    """What the engine proves, another reader of the same map finds proven."""
    from encircle.verifier.verify import verify

    verification = verify(oracle.engine(document, margins=True), read_situation(document))
    assert verification.holds, [check.statement for check in verification.failures]


ONCE_REFUSED = {
    "a crossing stopped further along its span": (92, 372, 495, 802, 1580, 1629),
    "a crossing from pocket to pocket": (518, 1810),
    "a crossing's end that joins what the crossing does not carry": (696, 1844, 1908),
    "the fire on a crossing, stated at its ends": (641, 2053),
    "a crossing drawn as a point, spanned along a road": (562, 657),
    "a crossing beside the edge of the map": (1193, 2162, 2481),
    "two roads on one line": (818, 1059, 1918),
    "a seam beside somebody's bare territory": (420, 688, 842, 2372),
    "the mouth of a wedge": (655,),
    "outlines moved across themselves": (829,),
    "a front that may be off, and a seam behind it": (1418, 1767),
    "a seam within a friendly position's reach": (897, 2972),
    "a position seen only later": (667, 1756),
    "an anchor in a lake": (812,),
    "a sea over somebody's territory": (2040, 2609),
    "two positions at one place": (2346,),
    "two reaches that touch at a point": (2117,),
    "a road for wheels through a barrier to feet": (1569,),
    "a front beside another front": (6128,),
    "roads that meet over the water": (6263,),
    "a bit of road that lies on a river": (9127,),
    "two ways by one road, cut by the same name": (9491,),
    "a seam beside its own wide ground": (9710,),
    "wheels to the end of a road, then feet": (9865,),
    "grey between two reaches that touch": (14028,),
    "two roads that meet at the far bank": (12153,),
    "a road of less fire, over unmapped ground within reach": (3230, 3358),
    "a road of less fire at hand": (3021, 3237),
}
"""Random maps, by what the engine wrote wrong on them or the verifier misread."""


@pytest.mark.parametrize(
    "seed",
    every(
        8, [pytest.param(s, id=f"{s}: {why}") for why, all_ in ONCE_REFUSED.items() for s in all_]
    ),
)
def test_the_verifier_accepts_what_once_it_refused(seed):
    from encircle.verifier.verify import verify

    situation = read_situation(situation_of(seed, with_routes=seed % 4 != 0))
    verification = verify(judge(situation).to_dict(), situation)
    assert verification.holds, [check.statement for check in verification.failures]


def drop_a_leg(proof):
    legs = proof["open"]["legs"]
    assume(any(leg["length_m"] > 100 for leg in legs))
    legs.remove(max(legs, key=lambda leg: leg["length_m"]))


def move_the_end(proof):
    proof["open"]["legs"][-1]["geometry"]["coordinates"][-1][0] += 0.2


def name_no_anchor(proof):
    proof["open"]["anchor"] = "nowhere"


def open_the_ring(proof):
    for segment in proof["closed"]["segments"][:1]:
        segment["geometry"]["coordinates"][0][1] += 0.01


def name_no_evidence(proof):
    for segment in proof["closed"]["segments"]:
        segment["evidence"] = ["nobody"]


def move_the_ring(proof):
    closed = proof["closed"]
    closed["ring"] = move_geometry(closed["ring"], lambda at: [at[0] + 0.3, at[1]])
    for segment in closed["segments"]:
        segment["geometry"] = move_geometry(segment["geometry"], lambda at: [at[0] + 0.3, at[1]])


def drop_the_path(proof):
    proof["open"] = None


def drop_the_ring(proof):
    proof["closed"] = None


FORGERIES = {
    "open": (drop_a_leg, move_the_end, name_no_anchor, drop_the_path),
    "closed": (open_the_ring, name_no_evidence, move_the_ring, drop_the_ring),
}


@SETTINGS
@given(situations(), SEEDS)
def test_the_verifier_rejects_every_forgery(document, seed):
    """A path with a leg gone, a ring moved, a witness invented: none of them proves anything."""
    from encircle.verifier.verify import verify

    judged = oracle.engine(document, margins=True)
    shown = [way for way in FORGERIES if judged["certificates"][way]]
    assume(shown)
    rng = random.Random(seed)  # noqa: S311
    forged = copy.deepcopy(judged)
    rng.choice(FORGERIES[rng.choice(shown)])(forged["certificates"])
    assert not verify(forged, read_situation(document)).holds


@SETTINGS
@given(situations(), st.sampled_from(("encircled", "contested", "not_encircled")))
def test_the_verifier_rejects_another_verdict(document, verdict):
    """Certificates prove the verdict they were made for, and no other."""
    from encircle.verifier.verify import verify

    judged = oracle.engine(document, margins=True)
    assume(judged["verdict"] != verdict)
    assert not verify({**judged, "verdict": verdict}, read_situation(document)).holds


# -- the axes ----------------------------------------------------------------------------------


@SETTINGS
@given(situations(with_routes=False))
def test_without_routes_wheels_are_unknown(document):
    """Where no road or railway is mapped, nothing is said of wheels and rails."""
    bridges = [f for f in document["features"] if f["properties"]["kind"] != "crossing"]
    judged = oracle.engine(with_features(document, bridges))
    for mode in set(GROUND_MODES) - set(oracle.GROUND):
        assert judged["axes"]["land"][mode] == "unknown"


@SETTINGS
@given(situations())
def test_z_changes_nothing(document):
    """The map is flat."""
    assert_unchanged(document, move_document(document, lambda at: [*at, 120.0]))


@SETTINGS
@given(plans(), st.sampled_from((150, 450)))
def test_an_error_only_ever_takes_a_verdict_back(plan, error_m):
    """What is settled though boundaries may be off is settled as drawn, in the same way."""
    document = draw_plan(plan)
    erring = copy.deepcopy(document)
    for each, error in ((document, 0), (erring, error_m)):
        for feature in each["features"]:
            feature["properties"].pop("location_error_m", None)
            if feature["properties"]["kind"] == "control" and error:
                feature["properties"]["location_error_m"] = error
        each["situation"].setdefault("uncovered", "unknown")
    options = Options(seam_m=0.0)
    try:
        drawn, told = (find_status(read_situation(each), options) for each in (document, erring))
    except SituationError:
        assume(condition=False)
        raise
    if told.verdict in ("encircled", "not_encircled"):
        assert drawn.verdict == told.verdict
