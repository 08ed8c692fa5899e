"""The verifier accepts certificates drawn by hand and rejects every forgery of them."""

import copy
import json
import random

import pytest
from shapely.geometry import LineString, MultiLineString, Point, Polygon, box, mapping

import encircle
from encircle.errors import CertificateError
from encircle.map.door.reader import read_situation
from encircle.map.plane.projection import GEOD, Plane, length_on_globe_m
from encircle.verifier.reading.parsing import parse_judgement
from encircle.verifier.told.sentences import REASONS, write_again
from encircle.verifier.verify import verify

PLANE = Plane((35.0, 51.0))
NAMES = {
    "C0": "connected", "C1": "salient", "C2": "interdicted", "C3": "contested",
    "E1": "encircled_with_access", "E2": "isolated", "U": "indeterminate", "N": "no_force",
}  # fmt: skip
VERDICTS = {
    "C0": "not_encircled", "C1": "not_encircled", "C2": "not_encircled", "C3": "contested",
    "E1": "encircled", "E2": "encircled", "U": "indeterminate", "N": "no_force",
}  # fmt: skip


# -- drawing by hand, in kilometres round the middle of the map -------------------------------


def deg(*points):
    metres = [(1000.0 * x, 1000.0 * y) for x, y in points]
    return [[round(float(v), 7) for v in p] for p in PLANE.points_to_degrees(metres)]


def km(x0, y0, x1, y1):
    return box(x0, y0, x1, y1)


def feature(name, kind, shape, **properties):
    geometry = mapping(shape)

    def turn(c):
        return deg(c)[0] if isinstance(c[0], (int, float)) else [turn(i) for i in c]

    return {
        "type": "Feature",
        "id": name,
        "properties": {"kind": kind, **properties},
        "geometry": {"type": geometry["type"], "coordinates": turn(geometry["coordinates"])},
    }


def document(*features, **situation):
    area = mapping(km(-16, -16, 16, 16))
    whole = {
        "as_of": "2025-03-14T12:00:00Z",
        "force": "group",
        "sides": [{"id": "US"}, {"id": "THEM"}],
        "area": {"type": "Polygon", "coordinates": [deg(*area["coordinates"][0])]},
        **situation,
    }
    return {"type": "FeatureCollection", "situation": whole, "features": list(features)}


def unit(name="unit", at=(0, 0), **properties):
    given = {"side": "US", "force": "group", "reach_m": 100, **properties}
    return feature(name, "position", Point(at), **given)


def control(name, shape, holder, basis="assessed", **more):
    return feature(name, "control", shape, holder=holder, basis=basis, **more)


def leg(points, by, mode, control, evidence, fire=None):  # noqa: PLR0913 - one row of a table
    line = deg(*points)
    return {
        "geometry": {"type": "LineString", "coordinates": line},
        "by": by,
        "mode": mode,
        "control": control,
        "fire": fire,
        "evidence": evidence,
        "length_m": round(length_on_globe_m(line), 1),
    }


def path(reading, legs, *, anchor="depot", mode="wheeled", ways=(), cut=()):  # noqa: PLR0913 - as above
    return {
        "reading": reading,
        "unit": "unit",
        "anchor": anchor,
        "mode": mode,
        "legs": legs,
        "length_m": round(sum(one["length_m"] for one in legs), 1),
        "bottleneck": {"leg": None, "width_m": None, "at": None, "evidence": []},
        "disjoint": {"count": len(ways), "ways": [*ways], "cut": [*cut]},
    }


def ring(reading, parts, cut_set=None, units=("unit",)):
    """Close a ring of one polygon from (points, by, evidence) in order."""
    segments = []
    vertices = []
    for points, by, evidence in parts:
        line = deg(*points)
        vertices += line[:-1]
        segments.append(
            {
                "ring": 0,
                "part": 0,
                "geometry": {"type": "LineString", "coordinates": line},
                "by": by,
                "evidence": evidence,
                "length_m": round(length_on_globe_m(line), 1),
            }
        )
    vertices.append(vertices[0])
    lon, lat = zip(*vertices, strict=True)
    return {
        "reading": reading,
        "units": [*units],
        "ring": {"type": "Polygon", "coordinates": [vertices]},
        "segments": segments,
        "weakest": 0,
        "area_km2": round(abs(GEOD.polygon_area_perimeter(lon, lat)[0]) / 1e6, 2),
        "cut_set": {m: (cut_set or {}).get(m, [])
                    for m in ("rail", "wheeled", "tracked", "foot", "boat")},
    }  # fmt: skip


def ruling(code, opened=None, closed=None):
    verdict = VERDICTS[code]
    land = {"not_encircled": "open", "encircled": "closed", "contested": "contested"}
    cut = {"not_encircled": "no", "encircled": "yes", "contested": "contested"}
    # Of the other axes an open force says nothing: some of its maps have a port.
    others = dict.fromkeys(("sea", "air", "special"), "none") if verdict == "encircled" else {}
    return {
        "verdict": verdict,
        "encircled": {"encircled": True, "not_encircled": False}.get(verdict),
        "status": {"code": code, "name": NAMES[code], "label": ""},
        "definitions": {"land_cut": cut.get(verdict, "unknown")},
        "axes": {"land": {"foot": land.get(verdict, "unknown")}, **others},
        "certificates": {"open": opened, "closed": closed},
    }  # fmt: skip


def judgement(given, code, opened=None, closed=None, parts=None):
    situation = read_situation(given)
    whole = ruling(code, opened, closed)
    return {
        "force": "group",
        "side": "US",
        "as_of": "2025-03-14T12:00:00Z",
        **copy.deepcopy(whole),
        "units": parts if parts is not None else [{"id": "unit", **copy.deepcopy(whole)}],
        "provenance": {
            "engine": "a hand",
            "input_sha256": situation.sha256,
            "parameters": {"stale_after_days": 30.0, "join_m": 30.0, "seam_m": 50.0},
        },
    }


# -- a salient with a road, a river and a bridge under fire -----------------------------------

SALIENT = km(-2, 0, 2, 8)


def salient_map():
    ours = km(-15, -15, 15, 0).union(SALIENT)
    theirs = km(-15, 0, 15, 15).difference(SALIENT)
    return document(
        unit(at=(0, 7)),
        control("ours", ours, "US"),
        control("theirs", theirs, "THEM"),
        feature("river", "barrier", LineString([(-15, -5), (15, -5)]), type="river"),
        feature("bridge", "crossing", LineString([(0, -4.98), (0, -5.02)]), type="bridge"),
        feature(
            "blown", "crossing", LineString([(5, -4.98), (5, -5.02)]), type="bridge", state="cut"
        ),
        feature("north road", "route", LineString([(0, 7), (0, -4.98)])),
        feature("south road", "route", LineString([(0, -5.02), (0, -13.5)])),
        feature("east road", "route", LineString([(0, -1), (5, -1), (5, -4.98)])),
        feature("far road", "route", LineString([(12, -12), (14, -12)])),
        feature("guns", "fire", km(-2, 2, 2, 5), side="THEM", grade="F3"),
        feature("depot", "anchor", km(-1, -14, 1, -13), side="US"),
        feature("their depot", "anchor", km(8, 10, 9, 11), side="THEM"),
        feature("our port", "anchor", km(3, -14, 4, -13), side="US", access="sea"),
        control("late", km(-2, 0, 2, 8), "US", observed_at="2025-03-20T00:00:00Z"),
    )


def salient_legs():
    return [
        leg([(0, 7), (0, -4.98)], "route", "wheeled", "friendly", ["north road", "ours"], "F3"),
        leg([(0, -4.98), (0, -5.02)], "crossing", "wheeled", "crossing", ["bridge"]),
        leg([(0, -5.02), (0, -13.5)], "route", "wheeled", "friendly", ["south road", "ours"]),
    ]


def on_foot(*points, evidence=("ours",), fire=None):
    return leg([*points], "ground", "foot", "friendly", [*evidence], fire)


def salient_path(legs=None, mode="wheeled", **more):
    one_way = (("north road", "bridge", "south road"),)
    return path("pessimistic", legs or salient_legs(), mode=mode, ways=one_way, cut=["bridge"],
                **more)  # fmt: skip


def salient():
    given = salient_map()
    return given, judgement(given, "C2", salient_path())


def over_the_bridge_on_foot():
    given = salient_map()
    legs = [
        on_foot((0, 7), (1, 1), (0, -4.98), fire="F3"),
        leg([(0, -4.98), (0, -5.02)], "crossing", "foot", "crossing", ["bridge"]),
        on_foot((0, -5.02), (-1, -8), (0, -13.5)),
    ]
    return given, judgement(given, "C2", salient_path(legs, "foot"))


def standing_on_the_depot():
    given = salient_map()
    given["features"][0] = unit(at=(0, -13.5))
    still = leg([(0, -13.5), (0, -13.5)], "ground", "foot", "friendly", ["depot", "ours"])
    return given, judgement(given, "C0", path("pessimistic", [still], mode="foot"))


# -- a pocket between the enemy and a lake ----------------------------------------------------

POCKET = km(-3, -3, 3, 3)
LAKE = km(-5, -4, -3, 4)
FRONT = [(-3, -3), (3, -3), (3, 3), (-3, 3)]
SHORE = [(-3, 3), (-3, -3)]


def pocket_map(ferry="cut", west="THEM", extra=()):
    theirs = km(-5, -15, 15, 15).difference(POCKET).difference(LAKE)
    return document(
        unit(),
        control("pocket", POCKET, "US"),
        control("theirs", theirs, west),
        control("rear", km(-15, -15, -5, 15), "US"),
        control("claim", km(-15, -15, 15, 15), "THEM", "claimed"),
        feature("lake", "barrier", LAKE, type="lake"),
        feature(
            "ferry", "crossing", LineString([(-2.99, 0), (-5.01, 0)]), type="ferry", state=ferry
        ),
        feature("road", "route", LineString([(0, 0), (8, 0)])),
        feature("lane", "route", LineString([(0, 1), (1, 1)])),
        feature("far", "barrier", LineString([(10, 10), (12, 10)]), type="river"),
        feature("depot", "anchor", km(-13, -1, -12, 1), side="US"),
        *extra,
    )


def pocket_stops(because="hostile"):
    road = [{"id": "road", "at": deg((3, 0))[0], "because": because}]
    ferry = [{"id": "ferry", "at": deg((-3, 0))[0], "because": "cut"}]
    return {"wheeled": road, "tracked": road, "foot": road, "boat": ferry}


def pocket_ring(reading="optimistic", by="hostile", front=FRONT, shore=SHORE, because="hostile"):
    parts = [(front, by, ["theirs"]), (shore, "barrier", ["lake"])]
    return ring(reading, parts, pocket_stops(because))


def pocket():
    given = pocket_map()
    return given, judgement(given, "E2", closed=pocket_ring())


# -- the same pocket where nobody knows who holds the ground round it -------------------------


def doubt():
    given = pocket_map()
    given["features"][2] = control("theirs", km(-5, -15, 15, 15).difference(POCKET)
                                   .difference(LAKE), None, "unknown")  # fmt: skip
    legs = [
        leg([(0, 0), (0, 3)], "ground", "foot", "friendly", ["pocket"]),
        leg([(0, 3), (-4, 5), (-5, 5)], "ground", "foot", "grey", ["theirs"]),
        leg([(-5, 5), (-12.5, 0)], "ground", "foot", "friendly", ["rear"]),
    ]
    closed = pocket_ring("pessimistic", "grey", because="grey")
    return given, judgement(given, "C3", path("optimistic", legs, mode="foot"), closed)


MOUTH = [(1.04, 3), (1.04, 3.05), (1, 3.05), (1, 3)]
"""As far as a seam is wide it is the force's own ground, by the kinder reading."""


def two_pieces_with_a_seam():
    """Two drawings of one front leave a seam of forty metres between them, twelve km long."""
    given = pocket_map()
    theirs = km(-5, -15, 15, 15).difference(POCKET).difference(LAKE)
    given["features"][2] = control("theirs", theirs.difference(km(1, 3, 1.04, 15)), "THEM")
    front = [*FRONT[:3], *MOUTH, FRONT[3]]
    return given, judgement(given, "E2", closed=pocket_ring(front=front))


def bare_positions():
    """Nobody has drawn control: the reaches of the besiegers close the ring."""
    block = MultiLineString([[(-2, -2), (2, -2)], [(2, -2), (2, 2)], [(2, 2), (-2, 2)],
                             [(-2, 2), (-2, -2)]]).buffer(0.5, join_style="mitre")  # fmt: skip
    given = document(
        unit(),
        feature("siege", "position", Polygon(block.exterior, block.interiors), side="THEM",
                reach_m=0),
        feature("depot", "anchor", km(-13, -1, -12, 1), side="US"),
    )  # fmt: skip
    edge = 1.5
    front = [(-edge, -edge), (edge, -edge), (edge, edge), (-edge, edge), (-edge, -edge)]
    return given, judgement(given, "E2", closed=ring("optimistic", [(front, "hostile", ["siege"])]))


def nobody_left():
    given = salient_map()
    given["features"][0] = unit(at=(0, 7), present="withdrawn")
    return given, judgement(given, "N")


def nobody_sure():
    given = salient_map()
    given["features"][0] = unit(at=(0, 7), present="unknown")
    return given, judgement(given, "U")


HONEST = [
    salient, over_the_bridge_on_foot, standing_on_the_depot, pocket, doubt,
    two_pieces_with_a_seam, bare_positions, nobody_left, nobody_sure,
]  # fmt: skip


@pytest.mark.parametrize("case", HONEST, ids=lambda case: case.__name__.replace("_", " "))
def test_an_honest_certificate_holds(case):
    given, said = case()
    verification = verify(json.loads(json.dumps(said)), read_situation(given))
    assert not verification.failures
    assert verification.holds


def test_a_verification_says_in_words_what_was_checked():
    given, said = pocket()
    as_json = verify(said, read_situation(given)).to_dict()
    assert json.loads(json.dumps(as_json)) == as_json
    assert all(check["statement"].endswith(".") for check in as_json["checks"])
    assert any("closed ring" in check["name"] for check in as_json["checks"])


# -- forgeries -------------------------------------------------------------------------------


def both(said):
    """The force and its one position share their certificates: forge both."""
    return [said, *said["units"]]


def change(case, forge):
    given, said = case()
    for one in both(said):
        forge(one)
    return given, said


def rejected(given, said, words=""):
    verification = verify(said, read_situation(given))
    assert not verification.holds
    told = "\n".join(check.statement for check in verification.failures)
    assert words.lower() in told.lower(), told
    return verification


def of(name, forge):
    return lambda one: forge(one["certificates"][name])


def set_leg(number, **members):
    return of("open", lambda o: o["legs"][number].update(members))


def relay(legs, mode="wheeled", **more):
    """Put another path, honestly measured, in the place of the one given."""
    return lambda one: one["certificates"].update(open=salient_path(legs, mode, **more))


def nudge(points, number, east_km):
    points[number] = [points[number][0] + east_km / 70.0, points[number][1]]


def move_leg_vertex(o):
    nudge(o["legs"][0]["geometry"]["coordinates"], -1, 0.5)


def drop_leg(o):
    del o["legs"][1]


ROUND_THE_BRIDGE = [
    on_foot((0, 7), (5, -3), (5, -8), (0, -13.5), fire="F3"),
]
BY_BLOWN_BRIDGE = [
    leg([(0, 7), (0, -1)], "route", "wheeled", "friendly", ["north road", "ours"], "F3"),
    leg([(0, -1), (5, -1), (5, -4.98)], "route", "wheeled", "friendly", ["east road", "ours"]),
    leg([(5, -4.98), (5, -5.02)], "crossing", "wheeled", "crossing", ["blown"]),
    leg([(5, -5.02), (0, -13.5)], "route", "wheeled", "friendly", ["south road", "ours"]),
]
TO_THEIR_DEPOT = [on_foot((0, 7), (8.5, 10.5), fire="F3")]
TO_THE_PORT = [
    *salient_legs()[:2],
    leg([(0, -5.02), (3.5, -13.5)], "route", "wheeled", "friendly", ["south road", "ours"]),
]
SHORT_OF_THE_DEPOT = [
    *salient_legs()[:2],
    leg([(0, -5.02), (0, -12.9)], "route", "wheeled", "friendly", ["south road", "ours"]),
]
OVERLAND = [
    leg([(0, 7), (1, -4)], "ground", "wheeled", "friendly", ["ours"], "F3"),
    leg([(1, -4), (0, -4.98)], "route", "wheeled", "friendly", ["north road", "ours"]),
    *salient_legs()[1:],
]
NOT_BY_THE_FORCE = [
    leg([(0, 6), (0, -4.98)], "route", "wheeled", "friendly", ["north road", "ours"], "F3"),
    *salient_legs()[1:],
]
ALONG_THE_RIVER = [
    on_foot((0, 7), (3, -4.98), fire="F3"),
    leg([(3, -4.98), (3, -5.02)], "crossing", "foot", "crossing", ["bridge"]),
    on_foot((3, -5.02), (0, -13.5)),
]
THROUGH_THE_ENEMY = [
    on_foot((0, 7), (4, 3), (0, -4.98), fire="F3"),
    leg([(0, -4.98), (0, -5.02)], "crossing", "foot", "crossing", ["bridge"]),
    on_foot((0, -5.02), (0, -13.5)),
]

FORGED_PATHS = [
    pytest.param(of("open", move_leg_vertex), "does not start where", id="a vertex moved"),
    pytest.param(of("open", drop_leg), "does not start where", id="a leg dropped"),
    pytest.param(of("open", lambda o: o["legs"].pop()), "from anchor", id="the last leg dropped"),
    pytest.param(of("open", lambda o: o["legs"].clear()), "no legs", id="every leg dropped"),
    pytest.param(
        of("open", lambda o: o["legs"].reverse()), "does not start where", id="legs in reverse"
    ),
    pytest.param(set_leg(0, length_m=900.0), "m long", id="a length changed"),
    pytest.param(of("open", lambda o: o.update(length_m=1.0)), "add up", id="the total changed"),
    pytest.param(set_leg(0, evidence=["north road", "guns", "late"]), "'late' is no evidence",
                 id="evidence from after the instant"),
    pytest.param(set_leg(0, evidence=["north road", "ours", "nowhere"]), "'nowhere'",
                 id="evidence that does not exist"),
    pytest.param(set_leg(0, evidence=["north road", "ours", "far road"]), "m away",
                 id="evidence from elsewhere"),
    pytest.param(set_leg(0, evidence=["far road", "ours"]), "does not lie on",
                 id="another road named"),
    pytest.param(set_leg(0, evidence=[]), "names no route", id="no road named"),
    pytest.param(set_leg(0, evidence=["north road"]), "names nothing friendly",
                 id="nothing friendly named"),
    pytest.param(set_leg(0, control="open"), "not on open ground", id="friendly called open"),
    pytest.param(set_leg(0, control="grey"), "grey", id="friendly called grey"),
    pytest.param(set_leg(0, control="crossing"), "calls it a crossing", id="called a crossing"),
    pytest.param(set_leg(0, fire="F1"), "worse fire", id="fire played down"),
    pytest.param(set_leg(0, fire=None), "worse fire", id="fire left out"),
    pytest.param(set_leg(2, fire="F0"), "no fire is mapped", id="unmapped fire called none"),
    pytest.param(set_leg(2, mode="boat"), "goes by boat", id="a leg by boat on a road"),
    pytest.param(of("open", lambda o: o.update(mode="rail")), "the path by rail",
                 id="the mode changed"),
    pytest.param(of("open", lambda o: o.update(mode="boat")), "takes none", id="a boat not taken"),
    pytest.param(of("open", lambda o: o.update(reading="optimistic")), "not the pessimistic",
                 id="the other reading named"),
    pytest.param(of("open", lambda o: o.update(unit="theirs")), "no position",
                 id="from a feature that is no position"),
    pytest.param(of("open", lambda o: o.update(anchor="their depot")), "no friend",
                 id="to a hostile anchor by name"),
    pytest.param(of("open", lambda o: o.update(anchor="our port")), "not by land",
                 id="to a sea anchor by name"),
    pytest.param(of("open", lambda o: o.update(anchor="ours")), "no anchor",
                 id="to a feature that is no anchor"),
    pytest.param(of("open", lambda o: o["disjoint"].update(count=2)), "disjoint ways",
                 id="one way counted twice"),
    pytest.param(
        of("open", lambda o: o["disjoint"].update(
            count=2, ways=[["north road"], ["north road"]], cut=["north road", "bridge"])),
        "share", id="two ways over one road",
    ),
    pytest.param(of("open", lambda o: o["disjoint"].update(cut=["far road"])), "misses",
                 id="a cut that cuts nothing"),
    pytest.param(
        of("open", lambda o: o["disjoint"].update(ways=[["blown"]], cut=["blown"])), "can be used",
        id="a way over a blown bridge counted",
    ),
    pytest.param(
        of("open", lambda o: o.update(
            bottleneck={"leg": 0, "width_m": 9000.0, "at": deg((0, 4))[0], "evidence": []})),
        "wide", id="the bottleneck widened",
    ),
    pytest.param(
        of("open", lambda o: o.update(
            bottleneck={"leg": 0, "width_m": 4015.0, "at": deg((0, 4))[0], "evidence": []})),
        "wide", id="the bottleneck widened a little",
    ),
    pytest.param(
        of("open", lambda o: o.update(
            bottleneck={"leg": 0, "width_m": 3985.0, "at": deg((0, 4))[0], "evidence": []})),
        "wide", id="the bottleneck narrowed a little",
    ),
    pytest.param(
        of("open", lambda o: o.update(
            bottleneck={"leg": 2, "width_m": 4000.0, "at": deg((0, 4))[0], "evidence": []})),
        "does not lie", id="the bottleneck on another leg",
    ),
    pytest.param(set_leg(1, control="friendly"), "calls it friendly", id="a bridge called ground"),
    pytest.param(of("open", lambda o: o.update(disjoint={"count": 0, "ways": [], "cut": []})),
                 "leaves the path itself open", id="no way counted"),
    pytest.param(relay(ROUND_THE_BRIDGE, "foot"), "without a crossing", id="through the river"),
    pytest.param(relay(BY_BLOWN_BRIDGE), "'blown' does not carry", id="over the blown bridge"),
    pytest.param(relay(ALONG_THE_RIVER, "foot"), "does not lie on crossing",
                 id="over a bridge that is elsewhere"),
    pytest.param(relay(THROUGH_THE_ENEMY, "foot"), "not passable", id="through the enemy"),
    pytest.param(relay(TO_THEIR_DEPOT, "foot", anchor="their depot"), "no friend",
                 id="to the enemy's depot"),
    pytest.param(relay(TO_THE_PORT, anchor="our port"), "not by land", id="to the port"),
    pytest.param(relay(SHORT_OF_THE_DEPOT), "from anchor", id="short of the depot"),
    pytest.param(relay(OVERLAND), "off the routes", id="wheels over open ground"),
    pytest.param(relay(NOT_BY_THE_FORCE), "starts 1000 m", id="from where the force is not"),
]  # fmt: skip


@pytest.mark.parametrize(("forge", "words"), FORGED_PATHS)
def test_a_forged_path_is_rejected(forge, words):
    rejected(*change(salient, forge), words)


def test_a_bottleneck_measured_rightly_holds():
    neck = {"leg": 0, "width_m": 4000.0, "at": deg((0, 4))[0], "evidence": ["theirs"]}
    given, said = change(salient, of("open", lambda o: o.update(bottleneck=neck)))
    assert verify(said, read_situation(given)).holds


def move_ring_vertex(east_km):
    """Move a corner everywhere it is written, and measure again."""

    def forge(one):
        corner = [(-3, -3), (3 + east_km, -3), (3, 3), (-3, 3)]
        one["certificates"]["closed"] = pocket_ring(front=corner)

    return forge


def drop_segment(c):
    del c["segments"][1]


def reverse_ring(c):
    c["ring"]["coordinates"][0].reverse()
    c["segments"].reverse()
    for segment in c["segments"]:
        segment["geometry"]["coordinates"].reverse()


def swap(*parts, **more):
    stops = more.pop("stops", pocket_stops())
    return lambda one: one["certificates"].update(
        closed=ring("optimistic", [*parts], stops, **more)
    )


SMALL = [(-1, -1), (1, -1), (1, 1), (-1, 1), (-1, -1)]
AWAY = [(-1, 5), (1, 5), (1, 7), (-1, 7), (-1, 5)]
WIDE = [(-14, -14), (14, -14), (14, 14), (-14, 14), (-14, -14)]
BOW = [(-3, -3), (3, 3), (3, -3), (-3, 3), (-3, -3)]

FORGED_RINGS = [
    pytest.param(of("closed", lambda c: nudge(c["ring"]["coordinates"][0], 1, 0.05)),
                 "do not add up", id="a vertex of the ring moved"),
    pytest.param(of("closed", lambda c: nudge(c["segments"][0]["geometry"]["coordinates"], 1, 1)),
                 "do not add up", id="a vertex of a segment moved"),
    pytest.param(move_ring_vertex(-1.0), "open on foot", id="a corner moved inward"),
    pytest.param(of("closed", drop_segment), "do not add up", id="a segment dropped"),
    pytest.param(of("closed", reverse_ring), "clockwise", id="the ring reversed"),
    pytest.param(of("closed", lambda c: c["segments"][0].update(evidence=["far"])), "",
                 id="evidence from elsewhere"),
    pytest.param(of("closed", lambda c: c["segments"][0].update(evidence=["theirs", "far"])),
                 "m away", id="evidence from elsewhere added"),
    pytest.param(of("closed", lambda c: c["segments"][0].update(evidence=["claim"])),
                 "no evidence", id="a claim as evidence"),
    pytest.param(of("closed", lambda c: c["segments"][0].update(evidence=["pocket"])),
                 "holds ground so", id="friendly ground as evidence"),
    pytest.param(of("closed", lambda c: c["segments"][0].update(evidence=[])), "names nothing",
                 id="no evidence"),
    pytest.param(of("closed", lambda c: c["segments"][0].update(by="grey")), "grey",
                 id="grey on the optimistic reading"),
    pytest.param(of("closed", lambda c: c["segments"][0].update(by="barrier")), "",
                 id="hostile called a barrier"),
    pytest.param(of("closed", lambda c: c["segments"][1].update(by="hostile")), "",
                 id="a lake called hostile"),
    pytest.param(of("closed", lambda c: c["segments"][1].update(by="sea")), "",
                 id="a lake called the sea"),
    pytest.param(of("closed", lambda c: c["segments"][0].update(by="neutral")), "",
                 id="hostile called neutral"),
    pytest.param(of("closed", lambda c: c["segments"][0].update(length_m=5.0)), "m long",
                 id="a length changed"),
    pytest.param(of("closed", lambda c: c.update(area_km2=40.0)), "km²", id="the area changed"),
    pytest.param(of("closed", lambda c: c.update(weakest=9)), "weakest", id="no such segment"),
    pytest.param(of("closed", lambda c: c.update(units=[])), "", id="nobody inside"),
    pytest.param(of("closed", lambda c: c.update(units=["depot"])), "no position",
                 id="a stranger inside"),
    pytest.param(of("closed", lambda c: c.update(reading="pessimistic")), "not the optimistic",
                 id="the other reading named"),
    pytest.param(of("closed", lambda c: c["cut_set"].update(foot=[])), "leaves the ring",
                 id="a road left out of the cut set"),
    pytest.param(of("closed", lambda c: c["cut_set"]["boat"][0].update(because="tunnel")),
                 "not stopped", id="a ferry called a tunnel"),
    pytest.param(of("closed", lambda c: c["cut_set"]["boat"][0].update(at=deg((9, 9))[0])),
                 "does not pass", id="a ferry put elsewhere"),
    pytest.param(of("closed", lambda c: c["cut_set"]["rail"].append(
        {"id": "road", "at": deg((3, 0))[0], "because": "hostile"})), "no route",
        id="a road called a railway"),
    pytest.param(swap((SMALL, "hostile", ["theirs"])), "open on foot",
                 id="a ring through friendly ground"),
    pytest.param(swap((AWAY, "hostile", ["theirs"])), "outside the ring",
                 id="a ring beside the force"),
    pytest.param(swap((WIDE, "hostile", ["theirs"])), "inside the ring",
                 id="a ring round the anchor"),
    pytest.param(swap((BOW, "hostile", ["theirs"])), "crosses itself", id="a bow tie"),
]  # fmt: skip


@pytest.mark.parametrize(("forge", "words"), FORGED_RINGS)
def test_a_forged_ring_is_rejected(forge, words):
    rejected(*change(pocket, forge), words)


OPENED = [
    pytest.param({"ferry": "open"}, "boat gets out", id="a ferry that runs"),
    pytest.param({"ferry": "unknown"}, "boat gets out", id="a ferry that may run"),
    pytest.param({"west": "US"}, "", id="a front that is friendly"),
    pytest.param({"west": "neutral"}, "", id="a front that is neutral"),
    pytest.param(
        {"extra": [feature("gap", "control", km(-1, 2.9, 1, 9), holder=None, basis="unknown")]},
        "open on foot", id="a front with a grey gap",
    ),
    pytest.param(
        {"extra": [feature("islet depot", "anchor", km(1, 1, 2, 2), side="US")]},
        "inside the ring", id="an anchor in the pocket",
    ),
    pytest.param(
        {"extra": [feature("point depot", "anchor", Point(1, 1), side="US")]},
        "inside the ring", id="an anchor point in the pocket",
    ),
    pytest.param(
        {"extra": [feature("bridge", "crossing", LineString([(-2.99, 1), (-5.01, 1)]),
                           type="bridge")]},
        "leaves the ring", id="a bridge nobody mentions",
    ),
    pytest.param(
        {"extra": [feature("bridge", "crossing", LineString([(-3.015, 1), (-5.01, 1)]),
                           type="bridge", state="cut")]},
        "leaves the ring", id="a bridge that begins beside the ring",
    ),
    pytest.param(
        {"extra": [feature("ford", "crossing", LineString([(2.99, -3), (5, 1)]), type="ford",
                           state="cut")]},
        "leaves the ring", id="a ford that begins on the ring",
    ),
    pytest.param(
        {"extra": [feature("gate", "crossing", Point(3.01, 1), type="checkpoint", state="cut")]},
        "leaves the ring", id="a gate drawn as a point beside the ring",
    ),
    pytest.param(
        {"extra": [feature("stub", "route", LineString([(2.999, 1), (3.001, 1)]))]},
        "leaves the ring", id="a road of two metres across the ring",
    ),
    pytest.param(
        {"extra": [feature("point ferry", "crossing", Point(-4, 1), type="ferry")]},
        "boat gets out", id="a ferry drawn as a point",
    ),
    pytest.param({"extra": [unit("second", (0, 10))]}, "not judged", id="a position left out"),
]  # fmt: skip


@pytest.mark.parametrize(("changes", "words"), OPENED)
def test_a_ring_that_is_open_is_rejected(changes, words):
    given = pocket_map(**changes)
    rejected(given, judgement(given, "E2", closed=pocket_ring()), words)


def test_ground_beside_a_road_does_not_stop_it():
    """The road is stopped by the ground it meets where it leaves, not by what lies 60 m off."""
    strip = km(3.02, 0.06, 3.3, 0.3)
    given = pocket_map(extra=[control("strip", strip, "neutral")])
    theirs = km(-5, -15, 15, 15).difference(POCKET).difference(LAKE).difference(strip)
    given["features"][2] = control("theirs", theirs, "THEM")
    assert verify(judgement(given, "E2", closed=pocket_ring()), read_situation(given)).holds
    said = judgement(given, "E2", closed=pocket_ring(because="neutral"))
    rejected(given, said, "meets no neutral ground")


def test_a_road_that_others_stop_first_is_not_stopped_by_the_edge_of_the_map():
    given = pocket_map(extra=[feature("long road", "route", LineString([(0, 2), (18, 2)]))])
    for place, because, words in [
        ((3, 2), "hostile", None),
        ((3, 2), "edge", "does not run off the map there"),
        ((16, 2), "edge", "does not leave the ring there"),
        ((9, 2), "hostile", "does not leave the ring there"),
    ]:
        stops = pocket_stops()
        for mode in ("wheeled", "tracked", "foot"):
            stop = {"id": "long road", "at": deg(place)[0], "because": because}
            stops[mode] = [*stops[mode], stop]
        parts = [(FRONT, "hostile", ["theirs"]), (SHORE, "barrier", ["lake"])]
        said = judgement(given, "E2", closed=ring("optimistic", parts, stops))
        if words is None:
            assert verify(said, read_situation(given)).holds
        else:
            rejected(given, said, words)


def test_a_road_that_runs_off_the_map_within_the_ring_is_stopped_by_its_edge():
    """As the engine tells it; the same road cut is stopped by that, and not by the edge."""

    def drawn(state):
        return document(
            unit(at=(13, 0)),
            control("ours", km(8, -3, 16, 3), "US"),
            control("theirs", km(-16, -16, 16, 16).difference(km(8, -3, 16, 3))
                    .difference(km(-10, -1, 8, 1)), "THEM"),
            control("doubted", km(-10, -1, 8, 1), None, "contested"),
            feature("depot", "anchor", km(-9, -0.5, -8, 0.5), side="US"),
            feature("road", "route", LineString([(13, 1), (18, 1)]), state=state),
        )  # fmt: skip

    given, cut = (read_situation(drawn(state)) for state in ("open", "cut"))
    said = encircle.judge(given).to_dict()
    stops = said["certificates"]["closed"]["cut_set"]["foot"]
    assert [(stop["id"], stop["because"]) for stop in stops] == [("road", "edge")]
    assert verify(said, given).holds
    forged = encircle.judge(cut).to_dict()
    for part in (forged, *forged["units"]):
        for some in part["certificates"]["closed"]["cut_set"].values():
            for stop in some:
                stop["because"] = "edge"
    failed = {c.name.partition(": ")[2] for c in verify(forged, cut).failures}
    assert failed == {"cut set is true"}


def test_who_is_shut_in_holds_no_stretch_of_the_ring():
    given, said = doubt()
    for name in ("unit", "pocket"):
        held = [(FRONT, "grey", [name]), (SHORE, "barrier", ["lake"])]
        closed = ring("pessimistic", held, pocket_stops("grey"))
        forged = judgement(given, "C3", said["certificates"]["open"], closed)
        rejected(given, forged, "unheld")


def test_a_ferry_that_may_run_opens_only_the_optimistic_ring():
    given = pocket_map(ferry="unknown")
    closed = pocket_ring("pessimistic")
    closed["cut_set"]["boat"][0]["because"] = "unknown"
    said = judgement(given, "C3", None, closed)
    for one in (said, *said["units"]):  # nobody gets over without the ferry
        one["axes"]["land"] = {"foot": "closed", "boat": "contested"}
    told = verify(said, read_situation(given)).failures
    assert {check.name.partition(": ")[2] for check in told} == {"certificates are those demanded"}


FORGED_DOUBTS = [
    pytest.param(lambda one: one["certificates"].update(open=None), "needs an open path",
                 id="no path"),
    pytest.param(lambda one: one["certificates"].update(closed=None), "needs a closed ring",
                 id="no ring"),
    pytest.param(of("open", lambda o: o.update(reading="pessimistic")), "not the optimistic",
                 id="the path on the other reading"),
    pytest.param(of("closed", lambda c: c.update(reading="optimistic")), "not the pessimistic",
                 id="the ring on the other reading"),
    pytest.param(set_leg(1, control="friendly"), "not on friendly", id="grey called friendly"),
    pytest.param(set_leg(1, control="open"), "not on open", id="grey called open"),
    pytest.param(set_leg(1, evidence=["lane"]), "m away", id="a lane elsewhere named"),
    pytest.param(of("closed", lambda c: c["segments"][0].update(by="hostile")), "tagged hostile",
                 id="grey called hostile"),
    pytest.param(set_leg(0, control="grey"), "not on grey", id="friendly called grey"),
    pytest.param(set_leg(1, evidence=["pocket"]), "names nothing",
                 id="the ground of another leg as evidence"),
]  # fmt: skip


@pytest.mark.parametrize(("forge", "words"), FORGED_DOUBTS)
def test_a_forged_doubt_is_rejected(forge, words):
    rejected(*change(doubt, forge), words)


def swap_certificates(one):
    one["certificates"] = dict(
        zip(("open", "closed"), reversed(one["certificates"].values()), strict=True)
    )


def say(code):
    def forge(one):
        certificates = one["certificates"]
        one.update(ruling(code))
        one["certificates"] = certificates

    return forge


FORGED_WORDS = [
    pytest.param(salient, say("E2"), "needs a closed ring", id="open called encircled"),
    pytest.param(salient, say("C3"), "needs a closed ring", id="open called contested"),
    pytest.param(salient, say("N"), "still there", id="open called gone"),
    pytest.param(salient, say("U"), "no open path", id="open called unknown with its path"),
    pytest.param(pocket, say("C0"), "needs an open path", id="encircled called open"),
    pytest.param(pocket, say("C3"), "needs an open path", id="encircled called contested"),
    pytest.param(pocket, say("E1"), "no axis", id="access claimed and nowhere to be seen"),
    pytest.param(doubt, say("E2"), "comes with no open path", id="contested called encircled"),
    pytest.param(doubt, say("C2"), "comes with no closed ring", id="contested called open"),
    pytest.param(pocket, swap_certificates, "", id="path and ring swapped"),
    pytest.param(pocket, lambda one: one.update(encircled=False), "contradict",
                 id="the answer flipped"),
    pytest.param(pocket, lambda one: one.update(verdict="contested"), "is not contested",
                 id="the verdict flipped"),
    pytest.param(pocket, lambda one: one["status"].update(code="E9"), "is not encircled",
                 id="a status that does not exist"),
    pytest.param(pocket, lambda one: one["definitions"].update(land_cut="no"), "contradict",
                 id="the definition flipped"),
    pytest.param(pocket, lambda one: one["axes"]["land"].update(foot="open"), "a mode is open",
                 id="the axis flipped"),
    pytest.param(salient, lambda one: one["axes"]["land"].update(foot="closed"), "no mode is open",
                 id="the axis closed"),
]  # fmt: skip


@pytest.mark.parametrize(("case", "forge", "words"), FORGED_WORDS)
def test_a_forged_verdict_is_rejected(case, forge, words):
    rejected(*change(case, forge), words)


FORGED_FRAMES = [
    pytest.param(lambda j: j["provenance"].update(input_sha256="0" * 64), "another situation",
                 id="another situation's judgement"),
    pytest.param(lambda j: j.update(force="other"), "not of 'group'", id="another force"),
    pytest.param(lambda j: j.update(side="THEM"), "does not fight", id="the other side"),
    pytest.param(lambda j: j.update(as_of="2025-03-15T12:00:00Z"), "as of", id="another day"),
    pytest.param(lambda j: j.update(as_of="yesterday"), "not an instant", id="no instant"),
    pytest.param(lambda j: j["provenance"]["parameters"].update(seam_m=20000.0), "seam_m",
                 id="seams as wide as a front"),
    pytest.param(lambda j: j.update(units=[]), "not judged", id="no position judged"),
    pytest.param(lambda j: j["units"].append(j["units"][0]), "twice", id="a position twice"),
    pytest.param(lambda j: j["units"][0].update(id="theirs"), "no position",
                 id="a stranger judged"),
    pytest.param(lambda j: j["units"][0].update(ruling("U")), "make it U",
                 id="the part and the whole at odds"),
]  # fmt: skip


@pytest.mark.parametrize(("forge", "words"), FORGED_FRAMES)
def test_a_judgement_of_something_else_is_rejected(forge, words):
    given, said = pocket()
    forge(said)
    rejected(given, said, words)


def test_one_open_position_opens_the_force():
    given = pocket_map(extra=[unit("second", (-10, 0))])
    walk = [leg([(-10, 0), (-12.5, 0)], "ground", "foot", "friendly", ["rear"])]
    way = {**path("pessimistic", walk, mode="foot"), "unit": "second"}
    shut, free = ruling("E2", closed=pocket_ring()), ruling("C0", way)
    parts = [{"id": "unit", **shut}, {"id": "second", **free}]
    assert verify(judgement(given, "C0", way, parts=parts), read_situation(given)).holds
    rejected(given, judgement(given, "E2", closed=pocket_ring(), parts=parts), "make it C0")


def test_an_instant_given_by_hand_is_the_one_compared():
    given, said = pocket()
    later = read_situation(given, as_of="2025-03-16")
    assert not verify(said, later).holds
    said["as_of"] = "2025-03-16T23:59:59Z"
    assert verify(said, later).holds


def test_stale_evidence_closes_no_ring():
    given = pocket_map()
    given["features"][2]["properties"]["observed_at"] = "2025-01-01T00:00:00Z"
    rejected(given, judgement(given, "E2", closed=pocket_ring()), "tagged hostile")


# -- junk ------------------------------------------------------------------------------------


@pytest.mark.parametrize("junk", [None, [], "judgement", 7, b"{}"], ids=repr)
def test_what_is_no_object_is_refused(junk):
    with pytest.raises(CertificateError):
        verify(junk, read_situation(salient_map()))


def nest(depth):
    inner = []
    for _ in range(depth):
        inner = [inner]
    return inner


JUNK = [None, [], {}, "", "x", -1, 1e308, 10**400, float("nan"), float("inf"), True, [[[]]],
        nest(2000), [0, 0], ["unit"], {"type": "Polygon", "coordinates": [[]]}]  # fmt: skip


def places(node, at=()):
    yield at
    inner = node.items() if isinstance(node, dict) else enumerate(node)
    for key, value in inner:
        if isinstance(value, (dict, list)):
            yield from places(value, (*at, key))
        else:
            yield (*at, key)


def spoil(said, at, junk):
    spoiled = copy.deepcopy(said)
    node = spoiled
    for key in at[:-1]:
        node = node[key]
    node[at[-1]] = junk
    return spoiled


FREE_TEXT = {"engine", "label", "name", "foot", "sea", "air", "special"}


@pytest.mark.parametrize("case", [salient, pocket, doubt], ids=lambda case: case.__name__)
def test_junk_anywhere_never_raises(case):
    given, said = case()
    situation = read_situation(given)
    everywhere = [at for at in places(said) if at]
    draw = random.Random(case.__name__)  # noqa: S311 - a repeatable choice, no secret
    for at in draw.sample(everywhere, 60):
        for junk in draw.sample(JUNK, 3):
            verdict = verify(spoil(said, at, junk), situation)
            assert isinstance(verdict.holds, bool)
            json.dumps(verdict.to_dict())


def test_too_large_a_certificate_is_refused_unread():
    given, said = salient()
    line = said["certificates"]["open"]["legs"][0]["geometry"]
    line["coordinates"] = [[35.0, 51.0]] * 1_000_001
    rejected(given, said, "list of at most")


def test_many_large_lists_are_refused_unread(monkeypatch):
    monkeypatch.setattr("encircle.verifier.reading.node.MOST_VERTICES", 1000)
    given, said = salient()
    legs = said["certificates"]["open"]["legs"]
    legs[0]["geometry"]["coordinates"] = [[35.0, 51.0]] * 600
    legs[1]["geometry"]["coordinates"] = [[35.0, 51.0]] * 600
    rejected(given, said, "vertices")


def test_a_ring_that_many_positions_share_is_read_and_checked_once(monkeypatch):
    monkeypatch.setattr("encircle.verifier.reading.node.MOST_VERTICES", 1000)
    names = ["unit", *(f"unit-{number}" for number in range(200))]
    given = pocket_map(extra=[unit(name) for name in names[1:]])
    rings = [{**pocket_ring(), "units": [name]} for name in names]
    parts = [
        {"id": name, **ruling("E2", closed=own)} for name, own in zip(names, rings, strict=True)
    ]
    said = judgement(given, "E2", closed={**pocket_ring(), "units": names}, parts=parts)
    proof = verify(said, read_situation(given))
    assert proof.holds, [check.statement for check in proof.failures][:3]
    parts[7]["certificates"]["closed"]["area_km2"] = 1.0
    rejected(given, said, "km²")


@pytest.mark.parametrize("its", ["m", None])
@pytest.mark.parametrize("told", ["m", "the enemy's own map", None])
def test_a_judgement_names_its_own_map_or_none(its, told):
    given = salient_map()
    given["situation"] |= {"id": its} if its else {}
    said = judgement(given, "C2", salient_path())
    said["provenance"]["situation"] = told
    proof = verify(said, read_situation(given))
    assert proof.holds is (told in (None, its))


@pytest.mark.parametrize("given", [salient_map(), "a.geojson", None], ids=["dict", "path", "none"])
def test_a_map_that_is_not_read_is_refused_with_the_remedy(given):
    said = salient()[1]
    with pytest.raises(TypeError, match=r"encircle\.read"):
        verify(said, given)


# -- what is proved, and what is not checked -------------------------------------------------


def proof_of(case, **asked):
    given, said = case()
    return verify(json.loads(json.dumps(said)), read_situation(given), **asked)


def test_the_last_sentence_says_what_was_proved_and_what_was_not_checked():
    found = proof_of(salient)
    said = "Proved: as of 2025-03-14T12:00:00Z the force 'group' of US was not encircled (C2, "
    assert found.sentence.startswith(said)
    assert "all that is unclear is hostile" in found.sentence
    assert "Not checked: the likelihood" in found.sentence
    assert found.to_dict()["proved"]["readings"] == ["pessimistic"]
    assert "whether what it draws is so" in found.not_checked[-1]


def test_what_the_caller_took_from_the_judgement_is_not_checked():
    found = proof_of(salient, taken=("as_of", "force"))
    assert "that this is the instant you ask about" in found.not_checked
    assert found.sentence.endswith("that this is the force you ask about.")


def test_other_options_are_told_and_refused_where_the_contract_s_are_asked_for():
    given, said = salient()
    said["provenance"]["parameters"]["salient_share"] = 0.9
    situation = read_situation(given)
    assert "with salient_share 0.9 where the contract has 0.5" in verify(said, situation).sentence
    failed = verify(said, situation, strict_options=True).failures
    assert [check.name for check in failed] == ["judgement: parameters are sane"]


def test_a_proof_that_fails_says_why_in_its_sentence():
    given, said = pocket()
    said["certificates"]["closed"]["area_km2"] += 5
    found = verify(said, read_situation(given))
    assert found.sentence.startswith("The proof does not hold: The ring encloses")
    assert found.proved is None


def empty_the_ring(said):
    said["certificates"]["closed"]["ring"]["coordinates"] = []


def test_an_empty_ring_is_unreadable():
    given, said = pocket()
    empty_the_ring(said)
    found = verify(said, read_situation(given))
    assert (found.holds, found.is_readable) == (False, False)
    assert "it is empty" in found.sentence


def give_air(said):
    for one in (said, *said["units"]):
        one["status"] = {"code": "E1", "name": "encircled_with_access"}
        one["axes"]["air"] = "open"


def call_connected(said):
    for one in (said, *said["units"]):
        one["status"] = {"code": "C0", "name": "connected"}


def invent_fire(said):
    said["certificates"]["open"]["legs"][-1]["fire"] = "F4"


def count_one_cut_off(said):
    said["cut_off"] = {"units": 1, "of": 1, "weight_share": 1.0}


def claim_the_best_way_calm(said):
    said["axes"]["fire"] = {"best": "F1", "by_mode": {}}


def decide_by(rule):
    return lambda said: said["units"][0].update(because={"rule": rule})


def invent_a_way(said):
    said["certificates"]["open"]["disjoint"] = {
        "count": 2, "ways": [["north road", "bridge", "south road"], ["far road"]],
        "cut": ["bridge", "far road"],
    }  # fmt: skip


def cut_where_it_does_not_cut(said):
    said["certificates"]["open"]["disjoint"] = {
        "count": 1, "ways": [["north road", "bridge", "south road", "east road"]],
        "cut": ["east road"],
    }  # fmt: skip


LIES = [
    pytest.param(pocket, give_air, "nothing gives", id="access by a word"),
    pytest.param(salient, call_connected, "under fire on its way", id="interdicted, connected"),
    pytest.param(salient, invent_fire, "no such fire is mapped", id="fire invented"),
    pytest.param(salient, count_one_cut_off, "said to be cut off", id="cut off miscounted"),
    pytest.param(salient, claim_the_best_way_calm, "best way is said", id="best fire"),
    pytest.param(salient, decide_by("isolated"), "does not decide", id="another rule decides"),
    pytest.param(salient, invent_a_way, "leads to no anchor", id="a way invented"),
    pytest.param(salient, cut_where_it_does_not_cut, "leaves a way open", id="a cut that cuts not"),
]


@pytest.mark.parametrize(("case", "forge", "words"), LIES)
def test_a_lie_about_a_status_is_rejected(case, forge, words):
    given, said = case()
    forge(said)
    rejected(given, said, words)


@pytest.mark.parametrize("decides", [False, "true", 1])
def test_findings_of_which_none_decides_are_no_judgement(decides):
    given, said = salient()
    said["findings"] = [{"rule": "isolated", "decides": decides}]
    rejected(given, said, "of which one decides")


def test_a_ring_straight_over_the_mouth_of_a_seam_is_rejected():
    given, _ = two_pieces_with_a_seam()
    said = judgement(given, "E2", closed=pocket_ring())
    rejected(given, said, "through ground open on foot")


@pytest.mark.parametrize("gap_m", [30, 48])
@pytest.mark.parametrize("thick_m", [20, 60, 95])
def test_a_seam_between_two_grounds_of_its_own_lets_through(thick_m, gap_m):
    """On the kinder reading a seam is its better neighbour's for its own width, from both ends."""
    thick, half = thick_m / 1000, gap_m / 2000
    outside = km(-3 - thick, -3 - thick, 3 + thick, 3 + thick)
    given = document(
        unit(),
        control("pocket", POCKET, "US"),
        control("wall", outside.difference(POCKET).difference(km(2, -half, 4, half)), "THEM"),
        control("home", km(-15, -15, 15, 15).difference(outside), "US"),
        feature("depot", "anchor", Point(10, 0), side="US"),
    )
    around = [*POCKET.normalize().exterior.coords][::-1]
    said = judgement(given, "E2", closed=ring("optimistic", [(around, "hostile", ["wall"])]))
    rejected(given, said, "foot gets out of the ring")


@pytest.mark.parametrize("width_m", [0.5, 2.0, 5.5])
def test_bare_ground_beside_a_wall_is_not_stepped_over(width_m):
    """By the less kind reading a seam that has the enemy beside it is his, at its mouths too."""
    half = width_m / 2000
    corridor = km(2, -0.03, 8, 0.03)
    ours = km(-2, -2, 2, 2).union(corridor).union(km(8, -15, 15, 15))
    given = document(
        unit(),
        control("ours", ours.difference(km(4 - half, -1, 4 + half, 1)), "US"),
        control("theirs", km(-15, -15, 8, 15).difference(ours), "THEM"),
        feature("depot", "anchor", Point(10, 0), side="US"),
    )
    way = [on_foot((0, 0), (10, 0))]
    said = judgement(given, "C1", path("pessimistic", way, mode="foot"))
    rejected(given, said, "foot is called open and reaches no anchor")


@pytest.mark.parametrize("overlap_m", [0.0, 0.05, 1.0])
def test_grounds_that_touch_at_a_point_are_not_joined(overlap_m):
    """One square meets another at a corner, or lies over it there and is torn beside it."""
    near = -overlap_m / 1000
    given = document(
        unit(at=(-1, -1)),
        control("pocket", km(-2, -2, 0, 0), "US"),
        control("home", km(near, near, 15, 15), "US"),
        control("north", km(-2, 0, 0, 16), "THEM"),
        control("round", km(-16, -16, 16, 16).difference(km(-2, -2, 16, 16)), "THEM"),
        control("south", km(0, -2, 16, 0), "THEM"),
        feature("depot", "anchor", Point(10, 10), side="US"),
    )
    way = [on_foot((-1, -1), (10, 10), evidence=("pocket", "home"))]
    said = judgement(given, "C1", path("pessimistic", way, mode="foot"))
    rejected(given, said, "two grounds only touch")


def test_ground_that_is_joined_at_a_narrow_place_lets_through():
    given = document(
        unit(at=(-1, -1)),
        control("ours", km(-2, -2, 0.0003, 0).union(km(0, 0, 15, 15)), "US"),
        control("round", km(-16, -16, 16, 16).difference(km(-2, -2, 0.0003, 0))
                .difference(km(0, 0, 16, 16)), "THEM"),
        feature("depot", "anchor", Point(10, 10), side="US"),
    )  # fmt: skip
    way = [on_foot((-1, -1), (0.00015, 0), (10, 10))]
    said = judgement(given, "C1", path("pessimistic", way, mode="foot"))
    assert not verify(said, read_situation(given)).failures


def test_an_anchor_off_the_map_is_not_reached_at_the_map_s_edge():
    edge = deg((-16, -16), (16, -16), (16, -1), (16, 1), (16, 16), (-16, 16), (-16, -16))
    given = document(
        unit(),
        control("ours", km(-16, -16, 16, 16), "US"),
        feature("depot", "anchor", km(16, -1, 18, 1), side="US"),
        area={"type": "Polygon", "coordinates": [edge]},
    )
    said = judgement(given, "C0", path("pessimistic", [on_foot((0, 0), (16, 0))], mode="foot"))
    rejected(given, said, "no ground of anchor 'depot' is on the map")


def test_a_position_that_has_gone_is_judged_too():
    given, said = nobody_left()
    said["units"] = []
    rejected(given, said, "'unit' belongs to the force and is not judged")


# -- what is said in sentences ---------------------------------------------------------------


def told_in_words(case):
    """Give a proof drawn by hand the sentences that an honest hand would write."""
    given, said = case()
    situation = read_situation(given)
    said["headline"] = write_again(parse_judgement(said), situation)
    return given, said


@pytest.mark.parametrize("case", HONEST, ids=lambda case: case.__name__.replace("_", " "))
def test_a_headline_of_what_is_proved_holds_and_no_other(case):
    given, said = told_in_words(case)
    assert not verify(said, read_situation(given)).failures
    opposite = "On 14 March 2025 US's force was not encircled: the way out was open."
    if said["status"]["code"] == "C0":
        opposite = "On 14 March 2025 US's force was no longer there to be encircled."
    for false in (opposite, said["headline"].replace("2025", "2024"), said["headline"][:-1]):
        rejected(given, {**said, "headline": false}, "the headline is")


def test_an_honest_headline_is_written_as_the_contract_has_it():
    assert told_in_words(pocket)[1]["headline"] == (
        "On 14 March 2025 US's force was encircled and isolated: every way by land was closed."
    )
    assert told_in_words(doubt)[1]["headline"] == (
        "Whether US's force was encircled on 14 March 2025 hung on ground nobody was sure of."
    )


def test_a_headline_says_on_this_map_where_the_likelihood_told_speaks_against_it():
    given, said = told_in_words(pocket)
    said["likelihood"] = {"p_encircled": [0.1, 0.3]}
    rejected(given, said, "on this map")
    said["headline"] = said["headline"].replace("2025 ", "2025, on this map, ")
    rejected(given, said, "'likelihood_against_verdict' is not told")
    statement = (
        "On this map the ring is closed. But it is only as good as all that closes it together, and"
        " each piece of evidence it rests on may be wrong: that the force was encircled is unlikely"
        " (10 to 30 %)."
    )
    code = "likelihood_against_verdict"
    said["notices"] = [{"code": code, "severity": "caution", "statement": statement}]
    assert not verify(said, read_situation(given)).failures


def test_a_doubt_stands_in_the_headline():
    given = pocket_map()
    given["situation"]["notices"] = [
        {"code": "x", "severity": "doubt", "statement": "The west is blank: nobody drew it."}
    ]
    said = judgement(given, "E2", closed=pocket_ring())
    said["notices"] = given["situation"]["notices"]
    said["headline"] = (
        "On 14 March 2025 US's force was encircled and isolated: every way by land was closed"
    )
    rejected(given, {**said, "headline": said["headline"] + "."}, "the headline is")
    said["headline"] += "; the map is in doubt (the west is blank)."
    assert not verify(said, read_situation(given)).failures


@pytest.mark.parametrize(
    ("words", "holds"),
    [
        (REASONS["isolated"], True),
        (REASONS["contested"], False),
        (f"{REASONS['isolated']} In truth a road was open.", False),
        ("A way was open.", False),
    ],
)
def test_the_reason_is_told_in_the_words_of_its_rule(words, holds):
    given, said = pocket()
    said["units"][0]["because"] = {"rule": "isolated", "statement": words}
    assert verify(said, read_situation(given)).holds == holds


def test_another_title_is_rejected():
    given, said = pocket()
    said["title"] = "The ring is open"
    rejected(given, said, "title")


# -- nothing wider than the slack is stepped over --------------------------------------------


def across(width_m):
    """Lay a strip of hostile ground from side to side over the way on foot, south of the river."""
    half = width_m / 2000
    return control("sliver", km(-15, -8 - half, 15, -8 + half), "THEM")


@pytest.mark.parametrize("width_m", [0.5, 1.0, 2.4, 3.9])
def test_no_sliver_is_hopped(width_m):
    given, said = over_the_bridge_on_foot()
    given["features"].append(across(width_m))
    said["provenance"]["input_sha256"] = read_situation(given).sha256
    rejected(given, said, "leads over ground that is held")


def test_no_joint_of_two_rivers_is_a_ford():
    given, said = over_the_bridge_on_foot()
    joint = (-0.5, -10.75)  # on the way
    halves = [LineString([(-15, -9), joint]), LineString([joint, (15, -9)])]
    given["features"] += [
        feature(f"half-{i}", "barrier", half, type="river") for i, half in enumerate(halves)
    ]
    said["provenance"]["input_sha256"] = read_situation(given).sha256
    rejected(given, said, "leads over river 'half-")


@pytest.mark.parametrize("depth_m", [0.5, 1.9, 3.0])
def test_an_anchor_inside_is_inside_at_any_depth(depth_m):
    given, said = pocket()
    place = Point(1.0, 3.0 - depth_m / 1000)
    given["features"].append(feature("inside", "anchor", place, side="US"))
    said["provenance"]["input_sha256"] = read_situation(given).sha256
    rejected(given, said, "anchor 'inside'")


def walled(thick_m, gap_m, wall):
    """Draw a wall between the force and its rear, so thick, with a gap so wide in it, or none."""
    far = 0.3 + thick_m / 1000
    drawn = km(-0.25, 0.3, 0.25, far)
    drawn = drawn.difference(km(0.05, 0.2, 0.05 + gap_m / 1000, 0.4)) if gap_m else drawn
    ring_round = km(-2, -2, 2, 2).difference(km(-0.25, -0.3, 0.25, 1))
    if wall == "lake":
        under = [control("under", km(-0.25, 0.3, 0.25, far), "US")]
        stands = [*under, feature("wall", "barrier", drawn, type="lake")]
    else:
        stands = [control("wall", drawn, "THEM")]
    area = mapping(km(-2.5, -2.5, 2.5, 2.5))["coordinates"][0]
    return read_situation(document(
        unit(reach_m=10),
        control("pocket", km(-0.25, -0.3, 0.25, 0.3), "US"),
        control("rear", km(-0.25, far, 0.25, 1), "US"),
        control("theirs", ring_round, "THEM"),
        feature("depot", "anchor", km(-0.1, 0.8, 0.1, 0.9), side="US"),
        *stands,
        area={"type": "Polygon", "coordinates": [deg(*area)]},
    ))  # fmt: skip


@pytest.mark.parametrize("wall", ["THEM", "lake"])
@pytest.mark.parametrize(("thick_m", "gap_m"), [(0.3, 0.3), (0.6, 0.3), (3.0, 0.3), (3.0, 0.5)])
def test_a_gap_wider_than_the_slack_in_a_thin_wall_is_a_way_and_the_wall_is_none(
    thick_m, gap_m, wall
):
    shut, gap = walled(thick_m, 0, wall), walled(thick_m, gap_m, wall)
    closed, opened = (encircle.judge(given).to_dict() for given in (shut, gap))
    assert closed["verdict"] == "encircled" != opened["verdict"]
    assert verify(closed, shut).holds
    assert verify(opened, gap).holds
    for told, own, given in ((closed, opened, gap), (opened, closed, shut)):
        forged = {**copy.deepcopy(told), "provenance": own["provenance"]}
        assert not verify(forged, given).holds


# -- names, notices, confidence ---------------------------------------------------------------


@pytest.mark.parametrize(
    ("names", "holds"),
    [
        ({"group": "The group", "depot": "“The depot”"}, True),
        ({"group": "The other"}, False),
        ({"depot": "The group"}, False),
        ({"nobody": "“The depot”"}, False),
    ],
)
def test_what_is_told_is_called_as_on_the_map(names, holds):
    given = pocket_map()
    given["situation"]["forces"] = [{"id": "group", "name": "The group", "side": "US"}]
    depot = next(f for f in given["features"] if f["id"] == "depot")
    depot["properties"]["name"] = "The depot"
    said = {**judgement(given, "E2", closed=pocket_ring()), "names": names}
    assert verify(said, read_situation(given)).holds == holds


POSTED = "{} are one line at 35.0000, 51.0000, posted 2 times: counted once. {}"
REMEDY = "Leave the copies out, or name both sources on one."


@pytest.mark.parametrize(
    ("statement", "about", "holds"),
    [
        (POSTED.format("The rear of US and its copies", REMEDY), ["depot"], True),
        (POSTED.format("The rear of US and its copies", "All is well."), ["depot"], False),
        (POSTED.format("All is well: we", REMEDY), ["depot"], False),
        (POSTED.format("The rear of US and its copies", REMEDY), ["nobody"], False),
        ("All is well.", ["depot"], False),
    ],
)
def test_a_notice_is_the_sentence_of_its_kind(statement, about, holds):
    given, said = pocket()
    notice = {"code": "posted_twice", "severity": "caution", "features": about}
    said["notices"] = [{**notice, "statement": statement}]
    assert verify(said, read_situation(given)).holds == holds
    said["notices"][0]["severity"] = "doubt"
    assert not verify(said, read_situation(given)).holds


def test_an_anchor_that_is_not_there_is_told():
    given = pocket_map()
    given["features"] = [f for f in given["features"] if f["id"] != "depot"]
    said = judgement(given, "E2", closed=pocket_ring())
    rejected(given, said, "'no_anchor' is not told")


@pytest.mark.parametrize(
    ("confidence", "word"),
    [
        ({"level": "moderate"}, None),
        ({"level": "low"}, "nothing that is told makes it so"),
        ({"level": "high"}, "confidence is high"),
        ({"level": "sure"}, "confidence is 'sure'"),
        ({"level": "moderate", "holds_moved_m": 1500.0}, "boundaries 1500 m out"),
        ({"level": "moderate", "holds_without": {"origins": 2, "of": 1}}, "2 of 1 origins"),
        (
            {"level": "moderate", "holds_without": {"origins": 0, "of": 1}, "holds_moved_m": 0.0},
            "hangs on one origin and on boundaries",
        ),
    ],
)
def test_confidence_is_what_follows_from_what_is_told(confidence, word):
    given, said = pocket()
    said["confidence"] = confidence
    if word is None:
        assert not verify(said, read_situation(given)).failures
    else:
        rejected(given, said, word)


# -- a strip thinner than the slack, or little thicker ------------------------------------------


def stripped(width_m, reach_m, half_km=0.25):
    """Draw a corridor by road with a strip of hostile ground across it, so wide."""
    far = 0.3 + width_m / 1000
    corridor = km(-0.25, -0.3, 0.25, 1)
    area = mapping(km(-2.5, -2.5, 2.5, 2.5))["coordinates"][0]
    road = LineString([(0, -0.1), (0, 0.85)])
    return read_situation(document(
        unit(reach_m=reach_m),
        control("theirs", km(-3, -3, 3, 3).difference(corridor), "THEM"),
        control("south", km(-0.25, -0.3, 0.25, 0.3), "US"),
        control("strip", km(-half_km, 0.3, half_km, far), "THEM"),
        control("north", km(-0.25, far, 0.25, 1), "US"),
        feature("road", "route", road, modes=["wheeled", "tracked", "foot"]),
        feature("depot", "anchor", km(-0.1, 0.8, 0.1, 0.9), side="US"),
        area={"type": "Polygon", "coordinates": [deg(*area)]},
    ))  # fmt: skip


@pytest.mark.parametrize("width_m", [0.05, 0.1, 0.15, 0.3])
def test_a_road_that_leaves_a_ring_over_a_thin_strip_is_in_its_cut_set(width_m):
    given = stripped(width_m, 10)
    told = encircle.judge(given).to_dict()
    assert told["verdict"] == "encircled"
    assert [stop["id"] for stop in told["certificates"]["closed"]["cut_set"]["wheeled"]] == ["road"]
    assert not verify(told, given).failures
    told["certificates"]["closed"]["cut_set"]["wheeled"] = []
    assert not verify(told, given).holds


@pytest.mark.parametrize("width_m", [0.1, 0.25, 0.4, 0.7])
def test_nobody_surely_steps_on_a_road_over_held_ground_wider_than_the_slack(width_m):
    given = stripped(width_m, 400)
    assert not verify(encircle.judge(given).to_dict(), given).failures


@pytest.mark.parametrize("width_m", [0.19, 0.199, 0.2, 0.201])
def test_what_is_as_wide_as_the_slack_is_stepped_over(width_m):
    given = stripped(width_m, 400, half_km=0.3)
    told = encircle.judge(given).to_dict()
    assert told["verdict"] == "not_encircled"
    assert not verify(told, given).failures
