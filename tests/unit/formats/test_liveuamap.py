"""Liveuamap's ground drawn by hand: what is held, what was lost."""

import json
from datetime import UTC, datetime

import pytest
from shapely.geometry import box, mapping

from encircle.errors import SituationError
from encircle.formats.painted.situation import situation_from_painted
from encircle.formats.publishers.liveuamap import paint_liveuamap
from encircle.map.door.reader import read_situation

AS_OF = datetime(2025, 3, 14, 12, tzinfo=UTC)
BORDER = mapping(box(30.0, 48.0, 36.0, 51.0))
SALIENT = box(34.0, 51.0, 34.4, 51.2)


def feature(kind, drawn, date="2025-03-13"):
    properties = {"type": kind, "date": date, "view": "daily"}
    return {"type": "Feature", "properties": properties, "geometry": mapping(drawn)}


def wrapped(*features):
    return {"value": {"type": "FeatureCollection", "features": list(features)}}


@pytest.mark.parametrize(
    ("kind", "holder"), [("nochange", "RU"), ("gains", "RU"), ("losses", "UA")]
)
def test_the_type_says_who_holds_it(kind, holder):
    (zone,) = paint_liveuamap(wrapped(feature(kind, SALIENT))).zones
    assert (zone.holder, zone.basis, zone.said) == (holder, "assessed", {"liveuamap": kind})


def test_the_envelope_may_be_missing():
    assert paint_liveuamap(wrapped(feature("losses", SALIENT))["value"]).zones


@pytest.mark.parametrize("kind", ["maybe", "", None, 7])
def test_ground_of_a_type_not_known_is_unknown_and_told(kind):
    painted = paint_liveuamap(wrapped(feature("gains", SALIENT), feature(kind, SALIENT.buffer(1))))
    assert [zone.basis for zone in painted.zones] == ["assessed", "unknown"]
    (told,) = [n for n in painted.notices if n.code == "type_unknown"]
    assert (told.severity, told.features) == ("doubt", ("liveuamap-1",))


def test_the_map_s_own_day_is_told():
    painted = paint_liveuamap(wrapped(feature("gains", SALIENT)))
    assert painted.dated == "2025-03-13"
    assert "The map dates its ground 2025-03-13." in map(str, painted.notices)


def test_ground_lost_abroad_is_ukraine_s_and_unpainted_ground_abroad_is_russia_s():
    painted = paint_liveuamap(wrapped(feature("losses", SALIENT)))
    document = situation_from_painted(painted, BORDER, force_at=[(34.2, 51.1)], as_of=AS_OF)
    holders = {f["id"]: f["properties"].get("holder") for f in document["features"]}
    assert holders["liveuamap-0"] == "UA"
    assert holders["territory-RU"] == "RU"
    assert not any("stands on ground" in n["statement"] for n in document["situation"]["notices"])
    read_situation(json.dumps(document))


@pytest.mark.parametrize("document", [{}, {"value": 3}, wrapped(), wrapped(feature("x", SALIENT))])
def test_what_is_no_such_map_is_refused(document):
    with pytest.raises(SituationError):
        paint_liveuamap(document)
