"""A map that lies off what is asked about leaves no trace in it, so it is refused."""

import pytest
from shapely.geometry import Polygon, box

from encircle.errors import SituationError
from encircle.formats.painted.painted import PaintedMap, Zone, count_once
from encircle.formats.painted.place import check_place

BORDER = (22.0, 44.0, 40.0, 52.5)
PLACE = (36.5, 49.0)
HERE, SWAPPED = box(36.2, 49.1, 36.8, 49.3), box(49.1, 36.2, 49.3, 36.8)
KURILS = box(145.2, 43.3, 149.2, 45.8)


def spike(lon, lat):
    return Polygon([(36.2, 49.1), (36.8, 49.1), (lon, lat), (36.8, 49.3), (36.2, 49.3)])


def painted(*shapes):
    zones = [Zone(f"z{n}", shape, "RU", "assessed", "map") for n, shape in enumerate(shapes)]
    return PaintedMap("map", "A map", tuple(zones), ({"id": "map"},))


@pytest.mark.parametrize(
    ("shapes", "border", "place", "said"),
    [
        pytest.param([SWAPPED], BORDER, PLACE, "nothing on the map.*swapped", id="the layer"),
        pytest.param([SWAPPED], None, PLACE, "nothing on the map.*swapped", id="no border"),
        pytest.param([HERE, SWAPPED], BORDER, PLACE, "z1.*off the map.*swapped", id="a zone"),
        pytest.param([spike(0.0, 0.0)], BORDER, PLACE, "z0.*lost", id="null island"),
        pytest.param([spike(49.1, 36.5)], BORDER, PLACE, "z0.*swapped", id="one position"),
        pytest.param([HERE], (44.0, 22.0, 52.5, 40.0), PLACE, "border.*swapped", id="the border"),
        pytest.param([HERE], BORDER, PLACE[::-1], "place.*swapped", id="the place"),
        pytest.param([KURILS], BORDER, PLACE, "nothing on the map", id="another country"),
        pytest.param([HERE], BORDER, (100.0, 20.0), "off the map", id="a place elsewhere"),
    ],
)
def test_what_lies_off_the_map_is_refused(shapes, border, place, said):
    with pytest.raises(SituationError, match=said):
        check_place(painted(*shapes), border, [place])


@pytest.mark.parametrize("shapes", [[HERE], [HERE, KURILS]])
def test_a_map_with_a_zone_far_away_is_read(shapes):
    check_place(painted(*shapes), BORDER, [PLACE])
    check_place(painted(*shapes), BORDER, [])


def test_a_zone_drawn_twice_counts_once_wherever_its_ring_begins():
    turned = HERE.reverse()
    zones = [Zone(f"z{n}", s, "RU", "assessed", "map") for n, s in enumerate([HERE, turned])]
    kept, told = count_once(zones)
    assert [zone.id for zone in kept] == ["z0"]
    assert [notice.code for notice in told] == ["drawn_twice"]


def test_a_zone_given_to_both_sides_stays_with_both_and_is_a_doubt():
    zones = [Zone(holder, HERE, holder, "assessed", "map") for holder in ("RU", "UA")]
    kept, (told,) = count_once(zones)
    assert len(kept) == 2
    assert (told.severity, told.features) == ("doubt", ("RU", "UA"))
