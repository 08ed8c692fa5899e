"""Judgements of history, each changed in one place as a forger would: the verifier takes none."""

import copy
import json

import numpy as np
import pytest
import shapely
from shapely.geometry import Point, Polygon, shape

from encircle.map.plane.projection import Plane, length_on_globe_m
from encircle.map.situation import Anchor, Control, Feature, Position
from encircle.verifier.verify import verify
from tests.historical.test_fixtures import judged
from tests.property.forged_judgements import fall_silent
from tests.thorough import every

OPEN = [
    "kyiv-2022-03-10",
    "izium-2022-09-09",
    "bakhmut-2023-03-03",
    "raqqa-2017-06-28",
    "vuhledar-2024-09-28",
    "donetsk-airport-2014-12-30",
]
"""Connected, a salient, interdicted thrice and contested; by road, over a bridge, on foot."""
CLOSED = [
    "kholm-1942-03-01",
    "mariupol-2022-04-12",
    "raqqa-2017-06-30",
    "vovchansk-2024-09-20",
    "donetsk-airport-2014-12-30",
]
"""Rings held by the enemy, by the sea, by a river and by grey ground."""
EVERY = [*OPEN, *CLOSED[:-1]]
WORDED = [OPEN[0], OPEN[4], OPEN[5], CLOSED[0], CLOSED[1]]
"""Two open, one contested, two closed."""
FIRE = ["F0", "F1", None, "F2", "F3", "F4"]


class Forger:
    """A judgement that can be changed: the force's, and every position's that rests on the same."""

    def __init__(self, folder):
        self.situation, said = judged(folder)
        self.said = copy.deepcopy(said)
        self.plane = Plane(self.situation.origin)
        whole = self.said["certificates"]
        self.alike = [u["certificates"] for u in self.said["units"] if u["certificates"] == whole]
        self.proofs = whole

    @property
    def path(self):
        return self.proofs["open"]

    @property
    def ring(self):
        return self.proofs["closed"]

    def drawn(self, name):
        return next(f for f in self.situation.features if f.id == name).drawn

    def may_lie_on(self, place, name):
        """Tell whether a place is no farther from a feature than that may be out."""
        feature = next(f for f in self.situation.features if f.id == name)
        gap_m = self.plane.to_metres(feature.drawn).distance(self.plane.to_metres(Point(place)))
        return gap_m <= feature.location_error_m

    def of(self, kind) -> list[Feature]:
        return [f for f in self.situation.features if isinstance(f, kind)]

    def hostile(self) -> list[Control]:
        friends = self.situation.friends_of(self.said["side"])
        sure = [c for c in self.of(Control) if c.basis in ("assessed", "territory")]
        return [c for c in sure if c.holder not in (None, "neutral", *friends)]

    def measure(self):
        """State again what an honest hand would measure of what is drawn."""
        if self.path:
            for leg in self.path["legs"]:
                leg["length_m"] = round(length_on_globe_m(leg["geometry"]["coordinates"]), 1)
            self.path["length_m"] = round(sum(leg["length_m"] for leg in self.path["legs"]), 1)
        if self.ring:
            parts = self.ring["ring"]["coordinates"]
            polygons = [parts] if self.ring["ring"]["type"] == "Polygon" else parts
            planes = [[self.plane.points_to_metres(np.array(r)) for r in p] for p in polygons]
            self.ring["area_km2"] = round(sum(Polygon(p[0], p[1:]).area for p in planes) / 1e6, 2)
            for segment in self.ring["segments"]:
                line = segment["geometry"]["coordinates"]
                segment["length_m"] = round(length_on_globe_m(line), 1)

    def enclose(self, around, segments):
        """Give another ring, of one polygon, and what is said to hold it."""
        lines = [s["geometry"]["coordinates"] for s in segments]
        self.ring["ring"] = {"type": "Polygon", "coordinates": [around]}
        self.ring["segments"] = [{"ring": 0, "part": 0, **s} for s in segments]
        self.ring["weakest"] = 0
        assert [p for line in lines for p in line[:-1]] == around[:-1]

    def verify(self):
        for one in self.alike:
            one.update(copy.deepcopy(self.proofs))
        return verify(json.loads(json.dumps(fall_silent(self.said))), self.situation)


@pytest.mark.parametrize("folder", EVERY)
def test_untouched_it_holds_and_measured_again_too(folder):
    forger = Forger(folder)
    forger.measure()
    assert not forger.verify().failures


# -- what a forger does; each gives False where there is nothing to do it to ---------------------


def longest_leg(forger):
    return max(forger.path["legs"], key=lambda leg: leg["length_m"])


def move_a_vertex(forger):
    forger.path["legs"][-1]["geometry"]["coordinates"][-1][0] += 0.001


def lead_through_the_enemy(forger):
    """Bend the longest leg over hostile ground, and state its length rightly."""
    line = longest_leg(forger)["geometry"]["coordinates"]
    near = min(forger.hostile(), key=lambda c: c.drawn.distance(shapely.Point(line[0])))
    line.insert(1, list(near.drawn.representative_point().coords[0]))
    forger.measure()


def drop_leg(number):
    def forge(forger):
        legs = forger.path["legs"]
        if len(legs) < 3 and number == 1:
            return False
        del legs[number]
        forger.measure()
        return True

    forge.__name__ = f"drop_leg_{number}"
    return forge


def name_far_evidence(forger):
    leg = forger.path["legs"][-1]
    line = shape(leg["geometry"])
    others = [f for f in forger.of(Feature) if f.geometry is not None]
    far = max(others, key=lambda f: f.drawn.distance(line))
    leg["evidence"].append(far.id)


def name_no_evidence(forger):
    longest_leg(forger)["evidence"].append("no-such-feature")


def call_grey_friendly(forger):
    grey = [leg for leg in forger.path["legs"] if leg["control"] == "grey"]
    for leg in grey:
        leg["control"] = "friendly"
    return bool(grey)


def call_friendly_grey(forger):
    ours = [leg for leg in forger.path["legs"] if leg["control"] == "friendly"]
    ours[0]["control"] = "grey"


def play_down_fire(forger):
    under = [leg for leg in forger.path["legs"] if leg["fire"] not in ("F0", None)]
    for leg in under:
        leg["fire"] = FIRE[FIRE.index(leg["fire"]) - 1]
    return bool(under)


def call_unmapped_fire_none(forger):
    bare = [leg for leg in forger.path["legs"] if leg["fire"] is None]
    for leg in bare:
        leg["fire"] = "F0"
    return bool(bare)


def shorten_the_cut(forger):
    return bool(forger.path["disjoint"]["cut"] and forger.path["disjoint"]["cut"].pop())


def count_fewer_ways(forger):
    """Leave the best way out of the count, where no ground leads out beside it."""
    disjoint = forger.path["disjoint"]
    if not disjoint["count"] or not any(leg["by"] == "crossing" for leg in forger.path["legs"]):
        return False
    disjoint.update(count=0, ways=[], cut=[])
    return True


def count_a_way_twice(forger):
    disjoint = forger.path["disjoint"]
    if not disjoint["count"]:
        return False
    disjoint["ways"].append(disjoint["ways"][0])
    disjoint["cut"].append(disjoint["cut"][0])
    disjoint["count"] += 1
    return True


def start_from_another(forger):
    others = [p for p in forger.of(Position) if p.id != forger.path["unit"]]
    forger.path["unit"] = others[0].id


def end_at_the_enemy(forger):
    others = [a for a in forger.of(Anchor) if a.id != forger.path["anchor"]]
    forger.path["anchor"] = others[0].id if others else forger.hostile()[0].id


def widen_the_neck(forger):
    neck = forger.path["bottleneck"]
    if neck["width_m"] is None:
        return False
    neck["width_m"] = round(1.05 * neck["width_m"] + 20.0, 1)
    return True


def tell_of_the_other_reading(forger):
    proof = forger.path or forger.ring
    readings = {"optimistic": "pessimistic", "pessimistic": "optimistic"}
    proof["reading"] = readings[proof["reading"]]


def call_a_doubt_open(forger):
    """Give the optimistic path for a verdict that needs one on the pessimistic reading."""
    if forger.said["verdict"] != "contested":
        return False
    say(forger, "C2")
    forger.path["reading"] = "pessimistic"
    forger.proofs["closed"] = None
    for axes in (one["axes"]["land"] for one in (forger.said, *forger.said["units"])):
        axes.update({mode: "open" for mode, way in axes.items() if way == "contested"})
    return True


PATHS = [
    move_a_vertex, lead_through_the_enemy, drop_leg(0), drop_leg(1), drop_leg(-1),
    name_far_evidence, name_no_evidence, call_grey_friendly, call_friendly_grey, play_down_fire,
    call_unmapped_fire_none, shorten_the_cut, count_fewer_ways, count_a_way_twice,
    start_from_another, end_at_the_enemy, widen_the_neck, tell_of_the_other_reading,
    call_a_doubt_open,
]  # fmt: skip


def longest_segment(forger):
    return max(forger.ring["segments"], key=lambda segment: segment["length_m"])


def exterior(forger):
    """Give the ring's outer line, if it is one polygon without holes."""
    rings = forger.ring["ring"]["coordinates"]
    return rings[0] if forger.ring["ring"]["type"] == "Polygon" and len(rings) == 1 else None


def open_the_ring(forger):
    longest_segment(forger)["geometry"]["coordinates"][0][1] += 0.001


def cut_a_corner(forger):
    """
    Pull a vertex of the ring half-way to the force, and measure all again.

    A force that stands itself on the ground that holds the ring (grey, which reaches as far as it
    may be out on the less kind reading) has a true ring there, however tightly it is drawn: then
    the vertex is pulled on past the force, which stands outside.
    """
    around = exterior(forger)
    if around is None:
        return False
    segment = longest_segment(forger)
    line = segment["geometry"]["coordinates"]
    force = forger.drawn(forger.ring["units"][0]).representative_point().coords[0]
    middle = len(line) // 2
    stands_on_it = any(forger.may_lie_on(force, name) for name in segment["evidence"])
    share = 1.5 if stands_on_it else 0.5
    at = line[middle]
    moved = [a + share * (b - a) for a, b in zip(at, force, strict=True)]
    for drawn in (around, *(s["geometry"]["coordinates"] for s in forger.ring["segments"])):
        drawn[:] = [moved if p == at else p for p in drawn]
    forger.measure()
    return True


def drop_a_segment(forger):
    del forger.ring["segments"][-1]
    forger.ring["weakest"] = 0


def turn_the_ring(forger):
    """Run the ring clockwise, its segments too."""
    around = exterior(forger)
    if around is None:
        return False
    around.reverse()
    for segment in forger.ring["segments"]:
        segment["geometry"]["coordinates"].reverse()
    forger.ring["segments"].reverse()
    forger.measure()
    return True


def enclose(forger, box):
    around = [list(map(float, p)) for p in box.exterior.coords]
    line = {"type": "LineString", "coordinates": around}
    theirs = [c.id for c in forger.hostile()]
    held = {"geometry": line, "by": "hostile", "evidence": theirs, "length_m": 0.0}
    forger.enclose(around, [held])
    forger.measure()


def enclose_the_anchor(forger):
    """Draw the ring round all that is on the map, anchors included."""
    bounds = shapely.total_bounds([f.drawn for f in forger.of(Feature) if f.geometry is not None])
    enclose(forger, shapely.orient_polygons(shapely.box(*bounds)))


def leave_the_force_outside(forger):
    """Draw the ring within hostile ground, where it stands on walls and holds nobody."""
    place = max(forger.hostile(), key=lambda c: c.drawn.area).drawn.representative_point()
    x, y = place.coords[0]
    enclose(forger, shapely.orient_polygons(shapely.box(x, y, x + 1e-4, y + 1e-4)))


def name_another_force(forger):
    forger.ring["units"].append(forger.hostile()[0].id)


def name_no_unit(forger):
    forger.ring["units"].clear()


def rest_on_evidence_elsewhere(forger):
    segment = longest_segment(forger)
    line = shape(segment["geometry"])
    far = max(
        (f for f in forger.of(Feature) if f.geometry is not None),
        key=lambda f: f.drawn.distance(line),
    )
    segment["evidence"] = [far.id]


def hold_it_by(tag):
    def forge(forger):
        segment = longest_segment(forger)
        if segment["by"] == tag:
            return False
        segment["by"] = tag
        return True

    forge.__name__ = f"hold_it_by_{tag}"
    return forge


def forget_a_road(forger):
    """Leave a road that leaves the ring out of the cut set of every mode."""
    around = shapely.union_all([shape(forger.ring["ring"])])
    stops = {stop["id"] for some in forger.ring["cut_set"].values() for stop in some}
    gone = [s for s in sorted(stops) if leaves(forger.drawn(s), around)]
    for mode, some in forger.ring["cut_set"].items():
        forger.ring["cut_set"][mode] = [s for s in some if s["id"] not in gone[:1]]
    return bool(gone)


def leaves(line, around):
    return around.buffer(-1e-3).intersects(line) and not around.buffer(1e-3).covers(line)


def stop_a_road_elsewhere(forger):
    stops = [stop for some in forger.ring["cut_set"].values() for stop in some]
    for stop in stops:
        stop["at"] = [stop["at"][0] + 0.05, stop["at"][1] + 0.05]
    return bool(stops)


def enclose_more_than_is_drawn(forger):
    forger.ring["area_km2"] = round(1.1 * forger.ring["area_km2"] + 0.1, 2)


RINGS = [
    open_the_ring, cut_a_corner, drop_a_segment, turn_the_ring, enclose_the_anchor,
    leave_the_force_outside, name_another_force, name_no_unit, rest_on_evidence_elsewhere,
    hold_it_by("hostile"), hold_it_by("grey"), hold_it_by("barrier"), hold_it_by("sea"),
    hold_it_by("neutral"), forget_a_road, stop_a_road_elsewhere, enclose_more_than_is_drawn,
]  # fmt: skip

STATUS = {
    "C2": ("interdicted", "not_encircled", False, "no"),
    "C3": ("contested", "contested", None, "contested"),
    "E2": ("isolated", "encircled", True, "yes"),
    "U": ("indeterminate", "indeterminate", None, "unknown"),
    "N": ("no_force", "no_force", None, "unknown"),
}


def say(forger, code):
    """Give another answer in every word, for the force and for each of its positions."""
    name, verdict, encircled, cut = STATUS[code]
    for one in (forger.said, *forger.said["units"]):
        one.update(verdict=verdict, encircled=encircled)
        one["status"].update(code=code, name=name)
        one["definitions"]["land_cut"] = cut


def say_instead(code):
    def forge(forger):
        if STATUS[code][1] == forger.said["verdict"]:
            return False
        say(forger, code)
        return True

    forge.__name__ = f"say_{code}"
    return forge


def flip_the_verdict_alone(forger):
    others = {"encircled": "not_encircled", "not_encircled": "encircled"}
    forger.said["verdict"] = others.get(forger.said["verdict"], "encircled")


def judge_another_day(forger):
    forger.said["as_of"] = "1990-01-01T00:00:00Z"


def bring_another_s_proof(forger):
    """Put in the proof of another situation with the same verdict, under this one's names."""
    alike = [name for name in WORDED if judged(name)[1]["verdict"] == forger.said["verdict"]]
    others = [n for n in alike if judged(n)[1]["certificates"] != forger.proofs]
    if not others:
        return False
    own = copy.deepcopy(forger.proofs)
    forger.proofs.update(copy.deepcopy(judged(others[0])[1]["certificates"]))
    if forger.path:
        forger.path.update(unit=own["open"]["unit"], anchor=own["open"]["anchor"])
    if forger.ring:
        forger.ring["units"] = own["closed"]["units"]
    return True


def leave_out_what_it_rests_on(forger):
    """Say that the map was judged without a feature that the proof names."""
    proof = forger.path["legs"] if forger.path else forger.ring["segments"]
    suppose(forger, without=[next(n for part in proof for n in part["evidence"])])


def assume_away_what_it_rests_on(forger):
    proof = forger.path["legs"] if forger.path else forger.ring["segments"]
    suppose(forger, assume={next(n for part in proof for n in part["evidence"]): False})


def suppose(forger, **supposed):
    forger.said["provenance"]["parameters"].update(supposed)
    forger.said["what_if"] = {"base": {}, "changed": []}


def suppose_in_silence(forger):
    """Leave out a feature that the proof does not need, and do not say that it is what if."""
    named = {n for p in (forger.path, forger.ring) if p for n in names_in(p)}
    spare = [f.id for f in forger.of(Feature) if f.id not in named and not isinstance(f, Position)]
    forger.said["provenance"]["parameters"]["without"] = spare[:1]
    return bool(spare)


def names_in(node):
    if isinstance(node, str):
        yield node
    elif isinstance(node, (dict, list)):
        for inner in node.values() if isinstance(node, dict) else node:
            yield from names_in(inner)


FRAMES = [
    flip_the_verdict_alone, *(say_instead(code) for code in STATUS), bring_another_s_proof,
    judge_another_day,
    leave_out_what_it_rests_on, assume_away_what_it_rests_on, suppose_in_silence,
]  # fmt: skip


def list_cases():
    for folders, forgeries in ((OPEN, PATHS), (CLOSED, RINGS), (WORDED, FRAMES)):
        for forge in forgeries:
            for folder in folders:
                said = f"{forge.__name__.replace('_', ' ')}: {folder}"
                yield pytest.param(folder, forge, id=said)


FORGED = set()
"""The forgeries for which there was anything to forge."""


@pytest.mark.parametrize(("folder", "forge"), every(9, list_cases()))
def test_what_a_forger_changed_is_rejected(folder, forge):
    forger = Forger(folder)
    if forge(forger) is False:
        return
    FORGED.add(forge)
    assert not forger.verify().holds


def test_there_was_something_to_forge_for_every_forger():
    """The cases before this one ran in this process; alone, each is tried until one finds prey."""
    for forge in {*PATHS, *RINGS, *FRAMES} - FORGED:
        folders = [f for fs, fg in ((OPEN, PATHS), (CLOSED, RINGS), (WORDED, FRAMES))
                   if forge in fg for f in fs]  # fmt: skip
        assert any(forge(Forger(folder)) is not False for folder in folders), forge.__name__
