from itertools import product

import pytest
import shapely
from shapely.geometry import LineString, Point, box

from encircle.map.plane.fronts import GRID_M, find_ties, leave_out_slivers
from encircle.map.plane.projection import Plane
from encircle.network.ground.ground import build_ground
from encircle.network.ground.patches import Drawing, Patch
from encircle.network.ground.seams import _find_thin, patch_seams
from encircle.network.ground.states import Role, State, find_state
from encircle.network.lines.crossings import list_stretches

R = Role


def build_ground_of(*shapes):
    """Arrange polygons in metres, the first friendly and the others hostile."""
    patches = [
        Patch(shape, R.ASSESSED_HOSTILE if i else R.ASSESSED_FRIENDLY, f"control-{i}")
        for i, shape in enumerate(shapes)
    ]
    area = box(*shapely.total_bounds(shapes)).buffer(50, join_style="mitre")
    return build_ground(
        Drawing(
            plane=Plane((0.0, 0.0)),
            side="BLUE",
            friends=frozenset({"BLUE"}),
            area=area,
            uncovered=State.GREY,
            patches=tuple(patches),
            walls=(),
            zones=(),
            anchors=(),
        )
    )


@pytest.mark.parametrize(
    ("said", "optimistic", "pessimistic"),
    [
        pytest.param(R(0), State.GREY, State.GREY, id="ground nobody speaks of"),
        pytest.param(R.GREY | R.ASSESSED_HOSTILE, State.GREY, State.GREY, id="grey over assessed"),
        pytest.param(
            R.ASSESSED_FRIENDLY | R.TERRITORY_HOSTILE,
            State.FRIENDLY,
            State.FRIENDLY,
            id="assessed over territory",
        ),
        pytest.param(
            R.ASSESSED_FRIENDLY | R.ASSESSED_HOSTILE, State.GREY, State.GREY, id="two say otherwise"
        ),
        pytest.param(
            R.ASSESSED_NEUTRAL | R.ASSESSED_HOSTILE,
            State.HOSTILE,
            State.HOSTILE,
            id="neutral and hostile",
        ),
        pytest.param(
            R.ASSESSED_FRIENDLY | R.REACH_HOSTILE,
            State.GREY,
            State.GREY,
            id="enemy within friendly ground",
        ),
        pytest.param(
            R.ASSESSED_HOSTILE | R.REACH_FRIENDLY,
            State.GREY,
            State.GREY,
            id="friend within hostile ground",
        ),
        pytest.param(
            R.TERRITORY_FRIENDLY | R.REACH_HOSTILE,
            State.HOSTILE,
            State.HOSTILE,
            id="enemy on own territory",
        ),
        pytest.param(
            R.TERRITORY_FRIENDLY | R.DOUBT_HOSTILE, State.GREY, State.GREY, id="enemy only reported"
        ),
        pytest.param(
            R.TERRITORY_HOSTILE | R.DOUBT_HOSTILE,
            State.HOSTILE,
            State.HOSTILE,
            id="a report never frees",
        ),
        pytest.param(
            R.REACH_FRIENDLY | R.REACH_HOSTILE, State.GREY, State.GREY, id="opposing reaches"
        ),
        pytest.param(R.WATER, State.WATER, State.WATER, id="open sea"),
        pytest.param(
            R.WATER | R.ASSESSED_HOSTILE | R.REACH_FRIENDLY,
            State.HOSTILE,
            State.HOSTILE,
            id="hostile ground on water is no way",
        ),
        pytest.param(
            R.SEAM | R.SEAM_FRIENDLY | R.SEAM_HOSTILE,
            State.FRIENDLY,
            State.HOSTILE,
            id="a seam along the front",
        ),
        pytest.param(
            R.SEAM | R.SEAM_HOSTILE, State.HOSTILE, State.HOSTILE, id="a seam in hostile ground"
        ),
        pytest.param(
            R.SEAM | R.SEAM_FRIENDLY | R.TERRITORY_HOSTILE,
            State.FRIENDLY,
            State.FRIENDLY,
            id="a seam in friendly ground",
        ),
        pytest.param(
            R.SEAM | R.SEAM_HOSTILE | R.DOUBT_FRIENDLY,
            State.GREY,
            State.GREY,
            id="a seam in hostile ground that a friendly position may reach",
        ),
        pytest.param(
            R.SEAM | R.SEAM_HOME | R.REACH_HOSTILE,
            State.HOSTILE,
            State.HOSTILE,
            id="a seam in friendly territory within hostile reach",
        ),
    ],
)
def test_who_holds_ground(said, optimistic, pessimistic):
    assert find_state(said, "optimistic", State.GREY) == optimistic
    assert find_state(said, "pessimistic", State.GREY) == pessimistic


def test_every_combination_is_decided_and_the_optimistic_reading_contains_the_other():
    """What can be passed when grey is hostile can be passed when it is not."""
    for said in range(2**12):
        passable = find_state(Role(said), "pessimistic", State.GREY) <= State.OPEN
        assert not passable or find_state(Role(said), "optimistic", State.GREY) <= State.GREY


def test_a_gap_between_two_drawings_is_thin_and_a_corridor_is_not():
    ground = (
        box(0, 0, 1000, 1000).difference(box(-1, 0, 480, 1001)).difference(box(520, 0, 1001, 1001))
    )
    assert _find_thin(ground, 50.0).area == pytest.approx(ground.area)
    assert _find_thin(box(0, 0, 51, 1000), 50.0).is_empty


def test_territory_that_is_there_on_one_reading_alone_has_a_seam_beside_it():
    """What an error leaves nothing of on the optimistic reading was forgotten on the other."""
    control = [
        Patch(box(0, 0, 100, 1000), Role.TERRITORY_HOSTILE, "strip", ("pessimistic",)),
        Patch(box(5000, 0, 6000, 1000), Role.TERRITORY_HOSTILE, "land"),
        Patch(box(120, 0, 1000, 1000), Role.ASSESSED_FRIENDLY, "ours"),
    ]
    found = list(patch_seams(control, box(0, 0, 9000, 1000), 50.0))
    assert {patch.readings for patch in found} == {("pessimistic",)}
    assert {p.role for p in found} == {Role.SEAM, Role.SEAM_FOREIGN, Role.SEAM_FRIENDLY}
    assert all(p.shape.area == pytest.approx(20_000, rel=0.1) for p in found)


def test_a_river_that_stops_just_short_of_the_enemy_runs_on_to_him():
    river = LineString([(0, 0), (100, 0)])
    (tie,) = find_ties(river, [box(120, -50, 200, 50)], 50.0)
    assert tie.equals(LineString([(100, 0), (120, 0)]))
    assert not find_ties(river, [box(160, -50, 200, 50)], 50.0)
    assert not find_ties(river, [box(100, -50, 200, 50), box(-30, 60, 130, 70)], 50.0)


@pytest.mark.parametrize(
    ("thick_m", "gap_m"), [(0.3, 0.1), *product((1.5, 5.0, 60.0), (0.1, 0.6, 2.0))]
)
def test_a_gap_in_a_wall_is_thin_however_short_it_is(thick_m, gap_m):
    """A crack between two pieces of a wall opens no ring, though it is smaller than a crumb."""
    wall = box(0, 0, 500, thick_m).difference(box(250, -1, 250 + gap_m, thick_m + 1))
    ground = box(-500, -500, 1000, 500).difference(wall)
    thin = _find_thin(ground, 50.0)
    assert thin.intersects(
        LineString([(250, thick_m / 2), (250 + gap_m, thick_m / 2)]).buffer(0.01)
    )


@pytest.mark.parametrize("gap_m", [0.0002, 0.005, 0.4])
def test_a_crack_at_the_corner_of_a_ring_is_thin(gap_m):
    """A disc comes nowhere near a corner; drawn with its own corner it would reach through."""
    ring = shapely.Polygon([(-60, 0), (0, -60), (60, 0), (0, 60)])
    wall = ring.buffer(0.7, join_style="mitre") - ring
    crack = box(-gap_m, 0, 0, 100)
    thin = _find_thin(box(-500, -500, 500, 500) - (wall - crack), 50.0)
    assert thin.intersects(LineString([(-gap_m, 60.5), (0, 60.5)]).buffer(0.01))


@pytest.mark.parametrize("gap_m", [0.005, 0.01, 0.05])
def test_before_two_drawings_that_part_at_their_corner_there_is_room(gap_m):
    """The crack between them is a seam; the open ground before its mouth is none."""
    right = shapely.Polygon([(36, -36), (264, 27), (264, 300), (0, 0)])
    left = shapely.Polygon([(36 - 24 * gap_m, -36 + 20 * gap_m), (-155, 128), (-gap_m, 0)])
    walls = right | left
    thin = _find_thin(box(-1000, -1000, 1000, 1000) - walls, 50.0)
    assert (thin - walls.buffer(1.0)).area < 2.0


def test_a_speck_left_between_two_drawings_is_all_seam_and_no_wall():
    """Under a square metre, it stands alone: a wall there would pinch every way that passes."""
    speck, wide = box(0.0, 0.0, 0.3, 0.3), box(500.0, 0.0, 900.0, 400.0)
    assert _find_thin(shapely.union_all([speck, wide]), 50.0).equals(speck)


@pytest.mark.parametrize("thick_m", [0.001, 0.006, 0.012, 0.018])
@pytest.mark.parametrize("turned_deg", [0, 7, 40, 83])
def test_what_may_be_swallowed_is_left_out_whichever_way_it_lies(thick_m, turned_deg):
    """How much of it the grid would keep is rounding."""
    sliver = shapely.affinity.rotate(shapely.box(3, 3, 203, 3 + thick_m), turned_deg, (0, 0))
    assert leave_out_slivers(sliver).is_empty
    assert not leave_out_slivers(sliver.buffer(2 * GRID_M)).is_empty


def test_no_sliver_that_the_grid_swallows_lies_beside_anything():
    """It has no ground: it neither cuts unpainted ground in two nor gives a seam its state."""
    sliver = shapely.Polygon([(0, 0), (300, 0), (300, 0.0004), (0, 0.0004)])
    field = shapely.Polygon([(0, -50), (300, -50), (300, 0), (0.0037, 0.0042)])
    assert leave_out_slivers(sliver).is_empty
    assert leave_out_slivers(field) is field
    tailed = field | shapely.Polygon([(300, -50), (500, -50), (500, -49.9996), (300, -49.9996)])
    left = leave_out_slivers(tailed)
    assert shapely.symmetric_difference(left, field).area < GRID_M**2
    corners = {tuple(c) for c in shapely.get_coordinates(left).tolist()}
    assert {tuple(c) for c in shapely.get_coordinates(field).tolist()} <= corners, "moved"


def test_a_crossing_along_a_boundary_runs_on_its_better_side():
    """Which side of it the line lies on is rounding; a boundary it passes straight is crossed."""
    ground = build_ground_of(box(0, 0, 100, 100), box(100, 0, 200, 100))
    (left,) = ground.faces_at(Point(50, 50))
    (right,) = ground.faces_at(Point(150, 50))
    both = tuple(sorted((left, right)))
    for off_m in (-0.01, 0.0, 0.01):
        along = LineString([(100 + off_m, 10), (100, 90)])
        assert list_stretches(along, ground) == [both]
    assert list_stretches(LineString([(50, 50), (150, 50)]), ground) == sorted([(left,), (right,)])
    assert list_stretches(LineString([(99, 10), (99, 90)]), ground) == [(left,)]
    assert list_stretches(Point(100, 50), ground) == [both]
