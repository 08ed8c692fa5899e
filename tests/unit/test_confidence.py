"""Confidence is how firmly a verdict stands: without an origin, and with boundaries out."""

import pytest
from shapely import union_all
from shapely.geometry import LineString, Point, box, mapping

from encircle import judge
from encircle.map.door.reader import read_situation
from encircle.verdict.explain import explain

AREA = box(60.0, 50.0, 61.0, 50.6)
POCKET, REAR = box(60.2, 50.2, 60.4, 50.4), box(60.75, 50.0, 61.0, 50.6)
B2 = {"reliability": "B", "credibility": 2}


def feature(name, shape, kind, *sources, **properties):
    dated = {"observed_at": "2025-01-14", "sources": list(sources)}
    says = {"kind": kind, **dated, **properties}
    return {"type": "Feature", "id": name, "geometry": mapping(shape), "properties": says}


def held(name, shape, holder, *sources):
    return feature(name, shape, "control", *sources, holder=holder, basis="assessed")


def judged(features, uncovered="unknown"):
    """Judge a force in the pocket; each source is an origin of its own."""
    names = dict.fromkeys(s for f in features for s in f["properties"]["sources"])
    sources = [{"id": name, "title": f"Map {name}", **B2} for name in names]
    whole = {
        "as_of": "2025-01-15", "area": mapping(AREA), "uncovered": uncovered,
        "sources": sources, "sides": [{"id": "B", "name": "Blue"}, {"id": "R"}],
    }  # fmt: skip
    force = feature("force", Point(60.3, 50.3), "position", "a", side="B", force="f", reach_m=900)
    rear = feature("depot", Point(60.9, 50.3), "anchor", "a", side="B")
    del rear["properties"]["sources"]
    document = {"type": "FeatureCollection", "situation": whole, "features": [force, rear]}
    document["features"] += features
    return judge(read_situation(document))


def ring(*sources, gap=None):
    shape = AREA.difference(union_all([POCKET, REAR]))
    return held(f"ring {sources}", shape.difference(gap) if gap else shape, "R", *sources)


def inside(*sources):
    return [held(f"pocket {sources}", POCKET, "B", *sources),
            held(f"rear {sources}", REAR, "B", *sources)]  # fmt: skip


def test_two_hands_and_room_to_spare_are_high():
    confidence = judged([ring("a"), *inside("a"), ring("b"), *inside("b")]).confidence
    assert confidence == {
        "level": "high",
        "because": [
            "It holds with any one of its 2 origins left out, and with all boundaries 1 km out."
        ],
        "holds_without": {"origins": 2, "of": 2},
        "holds_moved_m": 1000.0,
    }


def test_one_hand_is_moderate_and_a_far_road_by_another_does_not_raise_it():
    one = [ring("a"), *inside("a")]
    road = feature("far road", LineString([(60.95, 50.05), (60.97, 50.05)]), "route", "b")
    for features, of in ((one, 1), ([*one, road], 2)):
        confidence = judged(features).confidence
        assert confidence["level"] == "moderate"
        assert confidence["holds_without"] == {"origins": of - 1, "of": of}
        assert any("hangs on “Map a”" in reason for reason in confidence["because"])


@pytest.mark.parametrize(
    ("sources", "level"), [(("a",), "low"), (("a", "b"), "moderate")], ids=["one hand", "two"]
)
def test_a_narrow_way_out_hangs_on_a_kilometre(sources, level):
    corridor = box(60.4, 50.295, 60.75, 50.305)  # 1.1 km
    features = []
    for source in sources:
        features += [ring(source, gap=corridor), held(f"road {source}", corridor, "B", source)]
        features += inside(source)
    found = judged(features)
    assert found.verdict == "not_encircled"
    assert found.confidence["level"] == level
    assert found.confidence["holds_moved_m"] == pytest.approx(556, abs=3)


def test_posts_lose_the_ground_between_them_before_the_ring_is_eaten_up():
    """Where two discs meet the ring is kilometres thick, and gone with a little of their reach."""
    posts = [
        feature(f"post {k}", Point(60.3 + 0.085 * x, 50.3 + 0.0545 * y), "position", f"p{k}",
                side="R", reach_m=2800)
        for k, (x, y) in enumerate(
            [(1, 0), (0.7071, 0.7071), (0, 1), (-0.7071, 0.7071),
             (-1, 0), (-0.7071, -0.7071), (0, -1), (0.7071, -0.7071)]
        )
    ]  # fmt: skip
    found = judged([*posts, held("land", REAR, "B", "z")], uncovered="open")
    assert found.verdict == "encircled"
    assert found.margins["opening_distance_m"]["distance_m"] > 2000
    assert found.confidence["holds_moved_m"] < 500


def test_what_no_source_vouches_for_is_an_origin_too():
    confidence = judged([ring(), *inside()]).confidence
    assert confidence["holds_without"] == {"origins": 0, "of": 1}
    assert (
        "It hangs on what names no source: without that it would not hold."
        in (confidence["because"])
    )
    assert confidence["level"] == "moderate"


@pytest.mark.parametrize("number", [3, 12])
def test_a_ring_of_many_doubtful_pieces_is_told_with_what_it_is_worth(number):
    """Each piece is as good as the next, and all of them together are not."""
    whole, step = AREA.difference(union_all([POCKET, REAR])), 0.2 / number
    strips = [box(60.0, 50.2 + k * step, 61.0, 50.2 + (k + 1) * step) for k in range(number)]
    pieces = [
        held(f"{k}", whole.intersection(s).buffer(0), "R", f"s{k}") for k, s in enumerate(strips)
    ]
    rest = held("rest", whole.difference(union_all(strips)), "R", "rest")
    found = judged([*pieces, rest, *inside("a")], uncovered="open")
    high = found.likelihood["p_encircled"][1]
    assert found.verdict == "encircled"
    assert found.confidence["level"] != "high"
    against = high < 0.5
    assert against == (number == 12)
    assert (", on this map, " in found.headline) == against
    told = [n.statement for n in found.notices if n.code == "likelihood_against_verdict"]
    assert [found.likelihood["term"] in statement for statement in told] == [True] * against
    assert all(statement in explain(found) for statement in told)


@pytest.mark.parametrize(("sources", "level"), [(["a"], "moderate"), (["a", "b"], "high")])
def test_where_nobody_is_left_the_word_of_two_is_firmer_than_of_one(sources, level):
    names = [{"id": name, **B2} for name in ("a", "b")]
    whole = {"as_of": "2025-01-15", "area": mapping(AREA), "sides": [{"id": "B"}, {"id": "R"}]}
    force = feature("f", Point(60.3, 50.3), "position", *sources, side="B", force="f", reach_m=900,
                    present="withdrawn")  # fmt: skip
    depot = feature("depot", Point(60.9, 50.3), "anchor", "a", side="B")
    document = {"type": "FeatureCollection", "situation": {**whole, "sources": names}}
    document["features"] = [force, depot, ring("a"), *inside("a")]
    found = judge(read_situation(document))
    assert found.verdict == "no_force"
    assert found.confidence["level"] == level
