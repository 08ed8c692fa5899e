"""When a zone of a KML holds: its own time, else that of what is round it."""

from datetime import UTC, datetime

import pytest

from encircle.errors import SituationError
from encircle.formats.kml.control import HolderRule, paint_control_kml
from tests.unit.formats.test_kml import kml, placemark, polygon

AS_OF = datetime(2025, 3, 14, 12, tzinfo=UTC)
RULES = [HolderRule("#ru", "RU")]
STYLE = "<styleUrl>#ru</styleUrl>"
OTHER = polygon("35,51 35.4,51 35.4,51.2 35,51.2 35,51")


def span(begin="", end=""):
    parts = (f"<begin>{begin}</begin>" if begin else "") + (f"<end>{end}</end>" if end else "")
    return f"<TimeSpan>{parts}</TimeSpan>"


def stamp(when):
    return f"<TimeStamp><when>{when}</when></TimeStamp>"


def paint(*inside, as_of=AS_OF):
    return paint_control_kml(kml(*inside), RULES, as_of=as_of)


@pytest.mark.parametrize(
    ("time", "kept"),
    [
        pytest.param(span("2025-03-01"), True, id="since"),
        pytest.param(span("", "2025-03-14"), True, id="until that day"),
        pytest.param(span("", "2025-03-14T11:00:00Z"), False, id="until that hour"),
        pytest.param(span("2025-03-14T14:30:00+03:00"), True, id="since, in another zone"),
        pytest.param(span("2025", "2025"), True, id="a year"),
        pytest.param(span("2025-04"), False, id="later"),
        pytest.param(stamp("2025-03"), True, id="that month"),
        pytest.param(stamp("2025-03-13"), False, id="the day before"),
        pytest.param("<TimeSpan/>", True, id="no time in it"),
        pytest.param("<TimeSpan><begin/></TimeSpan>", True, id="an empty time"),
        pytest.param(f"<LookAt>{span('2030')}</LookAt>", True, id="the camera's time"),
    ],
)
def test_zones_of_another_time_are_left_out_and_told(time, kept):
    painted = paint(placemark(), placemark(OTHER, name="b", extra=STYLE + time))
    assert len(painted.zones) == (2 if kept else 1)
    told = {notice.code for notice in painted.notices}
    assert bool(told & {"zones_of_another_time", "zones_stamped_otherwise"}) != kept


def test_a_folder_s_time_is_that_of_what_is_in_it():
    inside = placemark(OTHER, name="b"), placemark(polygon(), name="c", extra=STYLE + span("2020"))
    painted = paint(f"<Folder>{span('2026')}{''.join(inside)}</Folder>")
    assert [zone.name for zone in painted.zones] == ["/c"]


def test_what_was_stamped_earlier_and_is_left_out_is_a_doubt():
    painted = paint(placemark(), placemark(OTHER, name="b", extra=STYLE + stamp("2025-03-01")))
    assert [n.severity for n in painted.notices if n.code == "zones_stamped_otherwise"] == ["doubt"]


def test_a_time_that_cannot_be_read_is_a_doubt_and_the_zone_is_kept():
    painted = paint(placemark(extra=STYLE + span("2025-05-01", "2025-04-01")))
    assert [n.severity for n in painted.notices if n.code == "time_unreadable"] == ["doubt"]


def test_zones_of_several_times_need_an_instant():
    two = placemark(extra=STYLE + stamp("2025-03-01")), placemark(OTHER, extra=STYLE)
    with pytest.raises(SituationError, match="--as-of"):
        paint(*two, as_of=None)


def test_one_time_for_all_dates_the_map():
    assert paint(placemark(extra=STYLE + stamp("2025-03-01")), as_of=None).dated == "2025-03-01"


def test_a_map_of_another_time_altogether_is_refused_with_its_times():
    with pytest.raises(SituationError, match="2024-01-01"):
        paint(placemark(extra=STYLE + stamp("2024-01-01")))
