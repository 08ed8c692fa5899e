"""Pieces of held ground, drawn by hand: what hangs together, where it is cut, and what is asked."""

from dataclasses import replace

import pytest
import shapely
from shapely.affinity import scale, translate
from shapely.geometry import Point, Polygon, box

from encircle.errors import QuestionError, SituationError
from encircle.formats.painted.force import ForceFinder
from encircle.formats.painted.ground import Ground
from encircle.formats.painted.painted import PaintedMap, Zone
from encircle.formats.pieces import (
    Shares,
    ask_which_force,
    choose_piece,
    find_all,
    find_front,
    find_pieces,
    find_what_is_left,
    follow,
    read_held,
)
from encircle.formats.pieces.held import flat_polygons, measure_km2

COUNTRY = box(30.0, 48.0, 36.0, 51.0)
METRE = 1 / 111_200
SOURCE = {"id": "map", "title": "A map"}


def zone(number, geometry, holder):
    basis = "assessed" if holder else "unknown"
    return Zone(f"map-{number}", geometry, holder, basis, "map")


def ground(*drawn, side="UA", border=COUNTRY):
    zones = tuple(zone(n, geometry, holder) for n, (geometry, holder) in enumerate(drawn))
    return Ground(PaintedMap("map", "A map", zones, (SOURCE,)), border, side)


def find(*drawn, **options):
    return find_pieces(ground(*drawn, **options))


ABROAD = box(34.0, 51.0, 34.4, 51.2)
RING = box(33.0, 49.0, 34.0, 49.6).difference(box(33.2, 49.2, 33.8, 49.4))


# -- what hangs together ---------------------------------------------------------------------------


def test_ground_held_abroad_is_a_salient_cut_at_the_border():
    (piece,) = find((ABROAD, "UA"))
    assert (piece.id, piece.kind, piece.joined, piece.cut) == (
        "salient-1",
        "salient",
        True,
        "border",
    )
    assert piece.area_km2 == pytest.approx(measure_km2(ABROAD), rel=0.001)
    assert piece.area_uncertain_km2 == 0
    assert Point(piece.at).within(ABROAD)


def test_ground_shut_in_is_a_pocket_and_a_corridor_makes_it_part_of_the_rear():
    (piece,) = find((RING, "RU"))
    assert (piece.id, piece.kind, piece.joined, piece.cut) == ("pocket-1", "pocket", False, None)
    corridor = box(32.9, 49.28, 33.3, 49.32)
    assert all(p.joined for p in find((RING.difference(corridor), "RU")))


def test_grey_ground_never_joins_a_pocket_and_is_told_as_uncertain():
    gap = box(33.0, 49.25, 33.2, 49.35)
    (piece,) = find((RING.difference(gap), "RU"), (gap, None))
    assert (piece.kind, piece.joined) == ("pocket", False)
    assert piece.area_uncertain_km2 > 10


@pytest.mark.parametrize("width_m", [0.05, 0.3, 5.0, 30.0])
def test_an_unpainted_sliver_between_two_grounds_of_the_enemy_joins_nothing(width_m):
    sliver = box(32.9, 49.3, 33.3, 49.3 + width_m * METRE)
    (piece,) = find((RING.difference(sliver), "RU"))
    assert (piece.kind, piece.joined) == ("pocket", False)


@pytest.mark.parametrize("gap_m", [0.05, 0.3, 5.0, 30.0])
def test_a_seam_between_the_mappers_line_and_the_border_parts_nothing(gap_m):
    (piece,) = find((box(34.0, 51.0 + gap_m * METRE, 34.4, 51.2), "UA"))
    assert (piece.kind, piece.joined, piece.cut) == ("salient", True, "border")


def test_a_gap_wider_than_a_seam_parts():
    (piece,) = find((box(34.0, 51.0 + 120 * METRE, 34.4, 51.2), "UA"))
    assert (piece.kind, piece.joined) == ("pocket", False)


def test_a_seam_that_the_enemy_has_painted_is_no_seam():
    strip = box(33.9, 51.0 - 20 * METRE, 34.5, 51.0 + 20 * METRE)
    (piece,) = find((box(34.0, 51.0 + 20 * METRE, 34.4, 51.2), "UA"), (strip, "RU"))
    assert (piece.kind, piece.joined) == ("pocket", False)


def test_a_bulge_behind_a_neck_is_cut_there():
    enemy = box(33.0, 49.0, 34.6, 50.2)
    bulge = box(33.5, 49.3, 34.0, 49.7).union(box(33.72, 49.6, 33.78, 50.3))
    (piece,) = find((enemy.difference(bulge), "RU"))
    assert (piece.id, piece.cut, piece.joined) == ("salient-1", "neck", True)
    assert piece.neck_m == pytest.approx(4300, rel=0.25)
    assert piece.geometry.intersects(Point(33.75, 49.5))
    assert not piece.geometry.intersects(Point(33.75, 50.25))


def test_what_is_cut_at_the_border_is_numbered_before_what_is_larger():
    enemy = box(31.0, 48.6, 33.0, 50.2)
    bulge = box(31.6, 49.0, 32.2, 49.4).union(box(31.87, 49.3, 31.93, 50.3))
    pieces = find((enemy.difference(bulge), "RU"), (box(34.0, 51.0, 34.1, 51.05), "UA"))
    assert [(p.id, p.cut) for p in pieces] == [("salient-1", "border"), ("salient-2", "neck")]


@pytest.mark.parametrize(
    "sliver",
    [
        pytest.param(box(33.2, 49.3, 33.8, 49.3 + 200 * METRE), id="a ribbon"),
        pytest.param(box(33.4, 49.3, 33.404, 49.303), id="a scrap"),
    ],
)
def test_what_is_too_thin_or_too_small_is_kept_as_rejected(sliver):
    found = find_all(read_held(ground((box(33.0, 49.0, 34.0, 49.6).difference(sliver), "RU"))))
    assert found.pieces == ()
    assert [r.because in ("ribbon", "scrap") for r in found.rejected] == [True]


# -- laws ------------------------------------------------------------------------------------------

MANY = (
    (RING, "RU"),
    (ABROAD, "UA"),
    (box(31.0, 48.6, 32.6, 50.2).difference(box(31.5, 48.9, 32.0, 49.3)), "RU"),
    (box(34.4, 51.0, 34.5, 51.2), None),
)


def test_the_pieces_do_not_overlap_and_cutting_conserves_the_ground():
    held = read_held(ground(*MANY))
    pieces = find_all(held).pieces
    shapes = [held.plane.to_metres(p.geometry) for p in pieces]
    total = sum(shape.area for shape in shapes)
    assert shapely.union_all(shapes).area == pytest.approx(total, rel=1e-6)
    rest = held.ground_m.difference(shapely.union_all(shapes))
    assert rest.area + total == pytest.approx(held.ground_m.area, rel=1e-6)


@pytest.mark.parametrize("place", [(33.5, 49.3), (34.2, 51.1), (31.7, 49.1), (34.9, 50.7)])
def test_a_place_on_held_ground_lies_in_one_piece_or_in_the_front(place):
    held = read_held(ground(*MANY))
    pieces = find_all(held).pieces
    inside = [p for p in pieces if p.geometry.contains(Point(place))]
    front = find_front(held, pieces, place)
    assert front is not None
    assert len(inside) + front.geometry.contains(Point(place)) == 1


def test_the_order_in_which_polygons_are_drawn_changes_nothing():
    one, other = find(*MANY), find(*MANY[::-1])
    assert [(p.id, p.kind, p.at, p.joined) for p in one] == [
        (p.id, p.kind, p.at, p.joined) for p in other
    ]


@pytest.mark.parametrize(
    "move",
    [
        pytest.param(lambda g: translate(g, -0.5, 0.0), id="farther west"),
        pytest.param(lambda g: scale(g, -1, 1, origin=(33.0, 0.0)), id="in the mirror"),
    ],
)
def test_moving_or_mirroring_the_map_moves_the_pieces(move):
    drawn = ((RING, "RU"), (ABROAD, "UA"))
    there = [(move(geometry), holder) for geometry, holder in drawn]
    moved = find(*there, border=move(COUNTRY))
    assert [(p.id, round(p.area_km2)) for p in moved] == [
        (p.id, round(p.area_km2)) for p in find(*drawn)
    ]


# -- following -------------------------------------------------------------------------------------


def test_a_piece_followed_to_itself_is_itself():
    pieces = find(*MANY)
    for piece in pieces:
        assert follow(piece.geometry, pieces) == [piece]


def test_a_piece_that_splits_is_followed_to_its_parts_and_one_that_is_gone_to_none():
    (before,) = find((ABROAD, "UA"))
    parts = find((box(34.0, 51.0, 34.15, 51.2), "UA"), (box(34.3, 51.0, 34.4, 51.1), "UA"))
    assert follow(before.geometry, parts[::-1]) == list(parts)
    lost = ground((ABROAD, "RU"))
    assert follow(before.geometry, find_pieces(lost)) == []
    assert find_what_is_left(before.geometry, read_held(lost)) is None


def test_a_pocket_that_is_relieved_is_still_held():
    (pocket,) = find((RING, "RU"))
    left = find_what_is_left(pocket.geometry, read_held(ground((ABROAD, "UA")), COUNTRY))
    assert measure_km2(left) == pytest.approx(pocket.area_km2, rel=0.001)


# -- choosing and asking ---------------------------------------------------------------------------


def test_an_id_or_a_place_chooses_a_piece():
    pieces = find((ABROAD, "UA"), (RING, "RU"))
    assert choose_piece(pieces, "pocket-1").kind == "pocket"
    assert choose_piece(pieces, (34.2, 51.1)).id == "salient-1"
    assert choose_piece(pieces, (34.2, 51.25)).id == "salient-1"


def test_an_unknown_id_is_refused_with_those_there_are():
    with pytest.raises(SituationError, match="salient-1") as refused:
        choose_piece(find((ABROAD, "UA")), "salient-9")
    assert "salient-9" in str(refused.value)


def test_a_place_between_two_pieces_is_asked_back():
    pieces = find((box(34.0, 51.0, 34.2, 51.2), "UA"), (box(34.3, 51.0, 34.5, 51.1), "UA"))
    with pytest.raises(QuestionError) as asked:
        choose_piece(pieces, (34.25, 51.05))
    assert {p["id"] for p in asked.value.document["pieces"]} == {"salient-1", "salient-2"}


def test_the_question_is_the_contract_s():
    (piece,) = find((ABROAD, "UA"))
    piece = replace(piece, nearest_place="Somewhere")
    question = ask_which_force((34.2, 51.3), "Town", "RU", [piece], side="UA")
    assert question.document == {
        "question": "which_force",
        "place": {"name": "Town", "lon": 34.2, "lat": 51.3},
        "held_by": "RU",
        "pieces": [
            {
                "id": "salient-1", "kind": "salient", "distance_m": pytest.approx(11126, abs=30),
                "bearing_deg": 180, "area_km2": pytest.approx(623, abs=2),
                "area_uncertain_km2": 0.0, "joined": True, "nearest_place": "Somewhere",
            }
        ],
        "answer_with": "--force-in salient-1",
    }  # fmt: skip
    assert "Town was held by RU" in question.words
    assert "no map of control can tell" in question.words


def test_where_nothing_is_near_the_nearest_is_named_and_said_to_be_far():
    question = ask_which_force((31.0, 52.0), None, None, find((ABROAD, "UA")))
    assert [p["id"] for p in question.document["pieces"]] == ["salient-1"]
    assert "within 15 km" in question.words


def test_shares_of_a_window_do_not_overlap():
    shares = ground(*MANY).divide(COUNTRY)
    assert isinstance(shares, Shares)
    assert shares.painted.intersection(shares.others).area == 0
    assert shares.unpainted.intersection(shares.others).area == pytest.approx(0, abs=1e-9)
    assert all(isinstance(p, Polygon) for p in flat_polygons(shares.unpainted))


def test_a_town_far_behind_what_is_painted_is_within_the_map_of_its_country():
    country = box(22.0, 48.0, 36.0, 52.0)
    zones = (zone(0, box(34.0, 49.0, 36.0, 50.0), "RU"),)
    painted = PaintedMap("map", "A map", zones, (SOURCE,))
    finder = ForceFinder(Ground(painted, country, "UA"), "Ukrainian")
    assert finder.resolve("Lviv", "--force-at").name == "Lviv"
    with pytest.raises(SituationError, match="within the map"):
        finder.resolve("Lisbon", "--force-at")


def test_a_place_at_sea_or_in_a_third_country_is_called_that_and_no_side_s():
    asked = ask_which_force((31.0, 46.0), None, "neutral", [], side="UA")
    assert asked.document["held_by"] == "neutral"
    assert "lies in the sea or in a country that takes no part" in asked.words
