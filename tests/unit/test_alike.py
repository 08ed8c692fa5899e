"""A word misspelt makes no third side: sides nobody listed are refused or doubted."""

import pytest

from encircle import SituationError, judge, read
from encircle.map.door.alike import LOOKS, find_alike, fold_looks


def box(west, east, holder, name):
    ring = [[west, 51.0], [east, 51.0], [east, 51.2], [west, 51.2], [west, 51.0]]
    return {"type": "Feature", "id": name, "geometry": {"type": "Polygon", "coordinates": [ring]},
            "properties": {"kind": "control", "holder": holder, "basis": "assessed"}}  # fmt: skip


def point(name, lon, **said):
    return {"type": "Feature", "id": name, "properties": said,
            "geometry": {"type": "Point", "coordinates": [lon, 51.1]}}  # fmt: skip


def corridor(holder="UA", side="UA", force="g", other_force="g", **situation):
    """A force, ground that leads to its rear, and hostile ground beside."""
    features = [
        box(35.0, 35.1, "UA", "pocket"), box(35.1, 35.2, holder, "corridor"),
        box(35.2, 35.4, "UA", "rear"), box(34.6, 35.0, "RU", "east"),
        point("p", 35.05, kind="position", side=side, force=force, reach_m=500),
        point("q", 35.25, kind="position", side="UA", force=other_force, reach_m=500),
        point("a", 35.3, kind="anchor", side="UA"), point("e", 34.8, kind="position", side="RU"),
    ]  # fmt: skip
    whole = {"as_of": "2025-03-14T12:00:00Z", "force": "g", **situation}
    return {"type": "FeatureCollection", "situation": whole, "features": features}


def test_the_map_as_meant_has_its_way_out():
    judgement = judge(read(corridor()))
    assert judgement.verdict == "not_encircled"
    assert "sides_of_ground_alone" not in {notice.code for notice in judgement.notices}


@pytest.mark.parametrize(
    ("said", "pointer"),
    [
        *(({"holder": holder}, "/features/1/properties/holder")
          for holder in ("UA ", "ua", "U\u0410", "UA\u00a0", "U\u200bA", "\uff35\uff21")),
        *(({"holder": holder}, "/features/1/properties/holder")
          for holder in ("nan", "None", "NULL", " unknown ", "<NA>", "Neutral")),
        *(({"side": side}, "/features/4/properties/side") for side in ("ua", "U\u0410 ")),
        *(({"other_force": force}, "/features/5/properties/force") for force in ("g ", "G")),
    ],
)  # fmt: skip
def test_a_name_misspelt_is_refused_with_the_name_meant(said, pointer):
    with pytest.raises(SituationError) as caught:
        read(corridor(**said))
    assert pointer in [fault.pointer for fault in caught.value.faults]
    assert "Write" in caught.value.faults[0].remedy


def test_a_third_side_that_only_ground_names_is_doubted_and_one_that_is_listed_is_not():
    judgement = judge(read(corridor(holder="Ukraine")))
    told = next(n for n in judgement.notices if n.code == "sides_of_ground_alone")
    assert (told.severity, told.features) == ("doubt", ("corridor",))
    assert "in doubt" in judgement.headline
    listed = [{"id": "UA", "allies": ["Ukraine"]}, {"id": "RU"}, {"id": "Ukraine"}]
    judgement = judge(read(corridor(holder="Ukraine", sides=listed)))
    assert judgement.verdict == "not_encircled"
    assert "sides_of_ground_alone" not in {notice.code for notice in judgement.notices}


def test_sides_that_are_listed_may_look_alike():
    sides = [{"id": "UA", "allies": ["ua"]}, {"id": "ua"}, {"id": "RU"}]
    assert judge(read(corridor(holder="ua", sides=sides))).verdict == "not_encircled"


def test_every_letter_looks_like_one_latin_letter():
    assert all(chr(latin).isascii() for latin in LOOKS.values())
    assert fold_looks("РОСІЯ") != fold_looks("УКРАЇНА")
    assert find_alike(["A", "B", "A1"], "neutral") == {}
