"""Every pocket and salient on a map: found, judged, proved; and what only looks like one."""

import json
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from shapely.geometry import Point, box, mapping

from encircle.archive.keeping import Kept
from encircle.archive.proving import digest_drawing, draw_piece
from encircle.archive.scan import draw_pieces, scan_files, scan_map
from encircle.errors import SituationError
from encircle.formats.painted.force import ForceFinder
from encircle.formats.painted.ground import Ground
from encircle.formats.painted.painted import PaintedMap, Zone, read_border
from encircle.formats.publishers.presets import DatedMap, MapFile, read_map
from encircle.map.door.reader import read_situation
from encircle.verifier.verify import verify
from tests.thorough import thorough
from tests.unit.archive.drawn_maps import BORDER, CORRIDOR, POCKET, RING, draw, file_of

DAY = "2024-12-15"


def scan(*drawn, day=DAY, side="UA", kept=None, begin=0):
    (found,) = scan_files([file_of(day, *drawn, begin=begin)], side=side, border=BORDER, kept=kept)
    return found


def test_ground_shut_in_is_a_pocket_with_its_place_area_and_ring():
    found = scan((RING, "RU"))
    (piece,) = found.pieces
    assert (piece.id, piece.kind, piece.joined) == ("pocket-1", "pocket", False)
    assert piece.area_km2 == pytest.approx(162, rel=0.02)
    assert Point(piece.at).within(POCKET)
    assert (piece.proved.verdict, piece.proved.status["code"]) == ("encircled", "E2")
    assert piece.proved.certificate["closed"]["ring"]
    assert piece.proved.certificate["open"] is None


def test_a_corridor_nobody_is_sure_of_makes_it_contested_with_both_proofs():
    gap = CORRIDOR.intersection(RING)
    (piece,) = scan((RING.difference(CORRIDOR), "RU"), (gap, None)).pieces
    assert (piece.kind, piece.proved.status["code"]) == ("pocket", "C3")
    assert piece.area_uncertain_km2 == pytest.approx(22.2, rel=0.02)  # within 5 km of it
    assert piece.proved.certificate["open"]
    assert piece.proved.certificate["closed"]
    assert piece.proved.neck_width_m["pessimistic"] == 0
    assert 4_400 < piece.proved.neck_width_m["optimistic"] < 5_100  # 300 m off on either side


def test_an_open_corridor_makes_it_a_salient_behind_a_neck():
    (piece,) = scan((RING.difference(CORRIDOR), "RU")).pieces
    assert (piece.kind, piece.joined, piece.proved.verdict) == ("salient", True, "not_encircled")
    assert 3_000 < piece.proved.neck_width_m["pessimistic"] < 4_500
    assert piece.proved.closing_distance_m["pessimistic"] > 0


def test_what_is_no_piece_is_told_with_its_reason():
    sliver = box(33.2, 49.3, 33.8, 49.302)
    found = scan((box(33.0, 49.0, 34.0, 49.6).difference(sliver), "RU"))
    assert found.pieces == ()
    assert [one.because for one in found.rejected] == ["ribbon"]
    said = found.to_dict()
    assert said["rejected"][0]["area_km2"] == pytest.approx(9.7, rel=0.1)
    assert said["parameters"]["least_piece_km2"] == 0.5


def test_both_sides_are_looked_at_where_none_is_named():
    hole = box(34.15, 51.1, 34.3, 51.2)  # held by Russia in what Ukraine holds abroad
    abroad = box(34.0, 51.0, 34.5, 51.3).difference(hole)
    found = scan_files([file_of(DAY, (abroad, "UA"))], border=BORDER)
    kinds = {one.side: [(p.kind, p.proved.status["code"]) for p in one.pieces] for one in found}
    assert kinds == {"UA": [("salient", "C1")], "RU": [("pocket", "E2")]}


# -- what the proof is worth ---------------------------------------------------------------------


@pytest.mark.parametrize("grey", [False, True], ids=["encircled", "contested"])
def test_each_pocket_s_certificate_verifies(grey):
    gap = CORRIDOR.intersection(RING)
    drawn = [(RING.difference(gap), "RU"), (gap, None)] if grey else [(RING, "RU")]
    file = file_of(DAY, *drawn)
    (drawn_alone,) = draw_pieces([file], side="UA", border=BORDER)
    assert drawn_alone.name == "2024-12-15T120000-deepstate-UA-pocket-1"
    judgement = drawn_alone.judgement.to_json()
    verification = verify(json.loads(judgement), read_situation(drawn_alone.situation))
    assert verification.holds, verification.sentence
    (piece,) = scan(*drawn).pieces
    assert json.loads(judgement)["certificates"] == json.loads(json.dumps(piece.proved.certificate))


# -- conventions ---------------------------------------------------------------------------------

ROADS = box(33.0, 49.0, 34.0, 49.6).difference(box(33.01, 49.007, 33.99, 49.593))
"""A ring of ribbons some 750 m wide."""


@pytest.mark.parametrize(
    ("day", "ring", "kinds", "because"),
    [
        pytest.param("2022-04-10", ROADS, [], ["map_convention"], id="ribbons in spring 2022"),
        pytest.param("2022-04-10", RING, ["pocket"], [], id="a ring in spring 2022"),
        pytest.param("2022-08-10", ROADS, ["pocket"], [], id="a thin ring later"),
    ],
)
def test_ribbons_along_roads_are_no_ring_in_spring_2022(day, ring, kinds, because):
    found = scan((ring, "RU"), day=day)
    assert [p.kind for p in found.pieces] == kinds
    assert [r.because for r in found.rejected] == because


def test_what_was_held_before_the_war_and_is_left_bare_is_no_pocket():
    wide = {"type": "Feature", "properties": {}, "geometry": mapping(box(30, 46.5, 40, 51))}
    around = box(37.0, 47.4, 39.0, 48.4)
    bare = box(37.6, 47.8, 38.1, 48.2)  # round Donetsk
    other = box(38.4, 47.6, 38.8, 47.8)
    drawn = around.difference(bare).difference(other)
    (found,) = scan_files([file_of(DAY, (drawn, "RU"))], side="UA", border=wide)
    assert [p.at[0] > 38.4 for p in found.pieces] == [True]
    assert [r.because for r in found.rejected if r.area_km2 > 100] == ["map_convention"]


def test_ground_beside_what_the_map_is_silent_of_is_no_pocket():
    held = box(34.0, 51.0, 34.4, 51.2)
    lone = box(34.6, 51.3, 34.8, 51.4)
    dated = read_map("deepstate", [file_of(DAY, (held, "UA"), (lone, "UA"))], BORDER)
    (loud,) = scan_map(dated, side="UA")
    assert "pocket" in {p.kind for p in loud.pieces}
    silent = replace(dated, painted=replace(dated.painted, silent=box(33.0, 51.0, 35.5, 52.0)))
    (quiet,) = scan_map(silent, side="UA")
    assert "pocket" not in {p.kind for p in quiet.pieces}
    assert "map_silent" in {r.because for r in quiet.rejected}


# -- laws ----------------------------------------------------------------------------------------


def both_painted(drawn):
    """Read a map on which both sides are painted, and no border is known."""
    zones = tuple(Zone(f"z{n}", s, h, "assessed", "m") for n, (s, h) in enumerate(drawn))
    painted = PaintedMap("m", "A map", zones, ({"id": "m", "title": "A map", "origin": "m"},))
    return DatedMap("m.kml", painted, datetime(2024, 12, 15, 12, tzinfo=UTC), None)


def test_swapping_the_colours_swaps_the_answers():
    """Law: what a map shows of one side, the map in swapped colours shows of the other."""
    west, east = box(30.0, 48.0, 33.0, 51.0), box(33.0, 48.0, 36.0, 51.0)
    lost, kept = box(34.2, 49.2, 34.5, 49.4), box(31.0, 50.0, 31.2, 50.2)
    bulge = box(33.0, 48.5, 33.05, 48.55).union(box(33.05, 48.4, 33.3, 48.65))
    drawn = [
        (west.difference(kept).union(bulge), "UA"), (east.difference(lost).difference(bulge), "RU"),
        (lost, "UA"), (kept, "RU"),
    ]  # fmt: skip
    swapped = [(shape, {"UA": "RU", "RU": "UA"}[holder]) for shape, holder in drawn]

    def tell(dated):
        return {
            one.side: [
                (p.id, p.at, p.area_km2, p.proved.verdict, p.proved.definitions,
                 p.proved.neck_width_m)
                for p in one.pieces
            ]
            for one in scan_map(dated)
        }  # fmt: skip

    one, other = tell(both_painted(drawn)), tell(both_painted(swapped))
    assert [p[0] for p in one["UA"]] == ["salient-1", "pocket-1"]
    assert [p[0] for p in one["RU"]] == ["pocket-1"]
    assert other == {"UA": one["RU"], "RU": one["UA"]}


def archive():
    """Draw days of an archive on which little changes, features renumbered."""
    fixed = box(30.5, 48.2, 30.7, 48.3)
    far = [fixed.union(box(31.0 + n / 20, 48.4, 31.3 + n / 20, 48.6)) for n in range(4)]
    ring = [RING, RING, RING.difference(CORRIDOR), RING]
    return [
        file_of(f"2024-12-{10 + n}", (far[n], "RU"), (ring[n], "RU"), begin=n) for n in range(4)
    ]


def test_what_was_kept_is_the_same_as_found_anew(tmp_path):
    """Law: reuse changes no answer but the work."""
    kept = Kept(tmp_path)
    for file in archive():
        anew = scan_files([file], border=BORDER)
        first = scan_files([file], border=BORDER, kept=kept)
        again = scan_files([file], border=BORDER, kept=kept)
        said = [[s.keep() for s in one] for one in (anew, first, again)]
        assert said[0] == said[1] == said[2]
    # the pocket was drawn three times in the same way, and judged once: the far ground decides not
    assert kept.found == 4 + 2


def test_what_decides_a_piece_is_what_is_drawn_about_it_and_not_its_names_or_day():
    dated = [read_map("deepstate", [file], BORDER) for file in archive()]
    keys = []
    for one in dated:
        finder = ForceFinder(Ground(one.painted, read_border(one.border), "UA"), "Ukrainian")
        (piece,) = (p for p in finder.found.pieces if p.at[0] > 33)
        keys.append(digest_drawing(draw_piece(piece, finder, one)[0])[0])
    assert keys[0] == keys[1] == keys[3]
    assert keys[2] != keys[0]


@thorough
@pytest.mark.parametrize("seed", range(6))
def test_moving_the_far_ground_changes_nothing_of_a_pocket(seed):
    far = box(31.0 + seed / 10, 50.2, 31.4 + seed / 10, 50.4)
    (piece,) = (p for p in scan((RING, "RU"), (far, "RU")).pieces if p.kind == "pocket")
    (alone,) = scan((RING, "RU")).pieces
    assert piece.area_km2 == pytest.approx(alone.area_km2, rel=1e-4)
    assert piece.proved.status == alone.proved.status


# -- what is kept ----------------------------------------------------------------------------------


def test_an_entry_that_is_not_whole_is_found_anew(tmp_path):
    kept = Kept(tmp_path)
    first = scan((RING, "RU"), kept=kept).keep()
    for path in tmp_path.rglob("*.kept"):
        path.write_bytes(path.read_bytes()[:-7])
    assert scan((RING, "RU"), kept=kept).keep() == first
    for path in tmp_path.rglob("*.kept"):
        raw = bytearray(path.read_bytes())
        raw[-9] ^= 1
        path.write_bytes(raw)
    kept.found = 0
    assert scan((RING, "RU"), kept=kept).keep() == first
    assert kept.found == 0


def test_where_nothing_can_be_kept_the_answer_is_the_same_and_it_is_told(tmp_path):
    (tmp_path / "full").write_text("a file where a folder should be")
    kept = Kept(tmp_path / "full")
    assert scan((RING, "RU"), kept=kept).keep() == scan((RING, "RU")).keep()
    assert "nothing more is kept" in kept.fault


def test_a_map_of_an_unknown_kind_is_refused(tmp_path):
    with pytest.raises(SituationError):
        scan_files([MapFile("x.geojson", b"{}")], kept=Kept(tmp_path))
    assert not list(tmp_path.rglob("*.kept"))


def test_the_drawing_of_the_day_before_is_known_by_its_digest():
    one, other = scan((RING, "RU")), scan((RING, "RU"), day="2024-12-16", begin=3)
    assert one.drawing == other.drawing
    assert scan((ROADS, "RU")).drawing != one.drawing
    assert draw((RING, "RU"))["type"] == "FeatureCollection"
