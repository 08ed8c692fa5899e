"""Our hand-drawn states beside the map DeepState published on the same evening.

`python -m tests.historical.test_beside_real_maps` prints the table of docs/beside-real-maps.md.
The published maps draw no fire, so an open force is C1 there where ours is C2: verdicts are
compared, and necks. They draw no water either; where our state rests on a lake, it is laid over
theirs, and both necks are printed. The ground itself is laid over theirs too: what Russia holds,
and what nobody holds for certain, which is what the two readings of a map differ by.
"""

import json
import tarfile
from datetime import UTC, datetime
from functools import cache
from pathlib import Path

import pytest
import shapely
from shapely.geometry import Point

from encircle import Options, judge, read, verify
from encircle.formats.painted.situation import read_ground
from encircle.formats.publishers.deepstate import paint_deepstate, situation_from_deepstate
from encircle.map.plane.projection import Plane
from encircle.map.situation import Control
from tests.historical.test_real_maps import BORDER, SAMPLES, SHARED, border

pytestmark = [
    pytest.mark.real,
    pytest.mark.skipif(not BORDER.exists(), reason=f"no maps at {SHARED}: they are not shipped"),
]
FIXTURES = Path(__file__).resolve().parents[2] / "fixtures"
ARCHIVES = ("2023.tar.xz", "2024-08_2024-12.tar.xz", "2025-02_2025-04.tar.xz")
STATES = (
    "bakhmut-2023-03-03", "bakhmut-2023-03-17", "bakhmut-2023-05-15",
    "vuhledar-2024-09-28", "vuhledar-2024-10-01",
    "kurakhove-2024-12-01", "kurakhove-2024-12-20", "kurakhove-2024-12-31",
    "kursk-2024-10-24", "kursk-2025-03-07", "kursk-2025-03-12", "kursk-2025-03-14",
    "kursk-2025-03-16", "kursk-2025-03-20", "kursk-2025-04-25", "kursk-2025-04-26",
)  # fmt: skip
LAID = (
    *STATES,
    "vovchansk-2024-09-20", "vovchansk-2024-09-25", "vuhledar-2024-10-02", "bakhmut-2023-05-21",
)  # fmt: skip
"""States whose ground is laid over theirs; of the last four the force judged is another's, or
gone."""
NECK_ERROR_M = 2000.0
"""What two maps of one corridor may differ by: a kilometre on either side of it."""
DIFFERS = {
    "kurakhove-2024-12-31": "the grey belt reaches our places in town",
    "kursk-2024-10-24": "the salient is judged there as all of its ground, ours from places in it",
    "kursk-2025-03-07": "the same, and a village we drew lies at the published front",
    "kursk-2025-03-12": "the salient is judged there as all of its ground, ours from places in it",
    "kursk-2025-03-16": "the same",
    "kursk-2025-03-20": "the same, and a lens of unpainted ground 55 m wide lies by the border",
    "kursk-2025-04-26": "our places lie in strips a kilometre deep, within the error of their line",
}
"""States whose necks differ by more, and why: docs/beside-real-maps.md."""


@cache
def snapshots():
    """Find every archived snapshot: when it was published, and where it lies."""
    found = {}
    for name in ARCHIVES:
        archive = SHARED / "deepstate" / name
        with tarfile.open(archive) as tar:
            found |= {int(Path(n).stem): (archive, n) for n in tar.getnames() if Path(n).suffix}
    for path in SAMPLES.glob("*.geojson"):
        found[int(path.stem.partition("_")[2])] = (path, None)
    return found


QUICK = Options(most_worlds=0)


@cache
def snapshot_of(day):
    """Read the last snapshot published until the end of a day, UTC."""
    end = datetime.fromisoformat(f"{day}T23:59:59+00:00").timestamp()
    when = max(s for s in snapshots() if s <= end)
    place, name = snapshots()[when]
    if name is None:
        return when, json.loads(place.read_bytes())
    with tarfile.open(place) as tar:
        return when, json.loads(tar.extractfile(name).read())


@cache
def compare(state, *, watered=False, exact=False):
    """
    Judge a state as we drew it and as it was published, the force in the same places.

    With `exact` the published lines are taken as drawn: so necks are compared.
    """
    document = json.loads((FIXTURES / state / "situation.geojson").read_bytes())
    ours = read(document)
    there = [p for p in ours.positions_of(ours.force) if p.present == "yes"]
    when, snapshot = snapshot_of(state[-10:])
    places = [tuple(p.geometry.representative_point().coords[0]) for p in there]
    ground = read_ground(paint_deepstate(snapshot), border(), "UA")
    held = [place for place in places if ground.holder_at(Point(place)) == "UA"]
    theirs = situation_from_deepstate(
        snapshot,
        border(),
        # where the published map gives a place of ours to the enemy, the force stands at the others
        force_at=held or places[:1],
        force_in=None if held else "front",
        as_of=datetime.fromtimestamp(when, UTC),
    )
    if watered:
        water = [f for f in document["features"] if f["properties"]["kind"] in KINDS_OF_WATER]
        theirs["features"] += [
            {**f, "properties": {**f["properties"], "sources": []}} for f in water
        ]
    if exact:
        theirs = json.loads(json.dumps(theirs))
        for feature in theirs["features"]:
            feature["properties"].pop("location_error_m", None)
    published = read(theirs)
    return judge(ours, QUICK), judge(published, QUICK), published


KINDS_OF_WATER = {"barrier", "crossing"}


@cache
def lay(state):
    """
    Lay a state's ground over the published one, within its window, in square kilometres.

    Returns
    -------
    areas
        For `RU` and `grey`: ours, theirs, both.
    """
    drawn = read(FIXTURES / state / "situation.geojson")
    window, plane = drawn.area, Plane(drawn.origin)
    _, snapshot = snapshot_of(state[-10:])
    published = read_ground(paint_deepstate(snapshot), border(), "UA")
    zones = [z for z in published.zones if z.geometry.intersects(window)]

    def unite(shapes):
        return shapely.union_all([shapely.make_valid(s) for s in shapes]).intersection(window)

    sure = ("assessed", "territory")
    controls = [c for c in drawn.of_kind(Control) if c.basis != "claimed"]
    grey = unite([c.drawn for c in controls if c.basis not in sure])
    ours = {"grey": grey}
    ours["RU"] = unite([c.drawn for c in controls if c.holder == "RU" and c.basis in sure]) - grey
    painted = unite([z.geometry for z in zones])
    abroad = unite([published.territory(window)["RU"]]) - painted
    theirs = {"grey": unite([z.geometry for z in zones if z.held_by is None])}
    theirs["RU"] = abroad | unite([z.geometry for z in zones if z.held_by == "RU"])

    def measure(shape):
        return plane.to_metres(shape).area / 1e6

    return {
        kind: (measure(ours[kind]), measure(theirs[kind]), measure(ours[kind] & theirs[kind]))
        for kind in ("RU", "grey")
    }


LIKE = 0.9
"""Share of the ground that either map gives to Russia which both do: lines drawn to 500 m."""
GREY = 0.6
"""Share of the published grey that ours covers: belts about 2 km wide, drawn to a kilometre."""


@pytest.mark.parametrize("state", LAID)
def test_our_ground_is_the_published_ground(state):
    ours, theirs, both = lay(state)["RU"]
    assert both / (ours + theirs - both) > LIKE
    ours, theirs, both = lay(state)["grey"]
    assert both / theirs > GREY
    assert ours < theirs / GREY


@pytest.mark.parametrize("state", STATES)
def test_the_published_map_gives_the_same_verdict(state):
    ours, theirs, published = compare(state)
    assert theirs.verdict == ours.verdict
    assert theirs.judged.definitions["land_cut"] == ours.judged.definitions["land_cut"]
    assert verify(theirs.to_dict(), published).holds


@pytest.mark.parametrize("state", [s for s in STATES if s not in DIFFERS])
def test_the_neck_is_within_the_error_of_the_maps(state):
    ours, theirs, _ = compare(state, watered=state.startswith("kurakhove"), exact=True)
    one, other = (j.margins["neck_width_m"] for j in (ours, theirs))
    for reading in ("optimistic", "pessimistic"):
        assert other[reading] == pytest.approx(one[reading], abs=NECK_ERROR_M)


@pytest.mark.parametrize("state", DIFFERS)
def test_a_neck_said_to_differ_does(state):
    ours, theirs, _ = compare(state, exact=True)
    one, other = (j.margins["neck_width_m"] for j in (ours, theirs))
    assert max(abs(one[r] - other[r]) for r in ("optimistic", "pessimistic")) > NECK_ERROR_M


def say(judgement):
    neck = judgement.margins["neck_width_m"]
    widths = (neck[reading] for reading in ("pessimistic", "optimistic"))
    return f"{judgement.verdict.replace('_', ' ')}, " + " / ".join(
        f"{w / 1000:.1f}" for w in widths
    )


if __name__ == "__main__":
    print("| state | ours | published that day | published, our water laid over it |")  # noqa: T201
    print("|---|---|---|---|")  # noqa: T201
    for name in STATES:
        drawn, real, _ = compare(name, exact=True)
        wet = (
            say(compare(name, watered=True, exact=True)[1]) if name.startswith("kurakhove") else ""
        )
        print(f"| {name} | {say(drawn)} | {say(real)} | {wet} |")  # noqa: T201
    print("| state | Russian: ours | theirs | shared | grey: ours | theirs | both |")  # noqa: T201
    print("|---|---|---|---|---|---|---|")  # noqa: T201
    for name in LAID:
        areas = lay(name)
        one, other, both = areas["RU"]
        grey = " | ".join(f"{area:.1f}" for area in areas["grey"])
        share = both / (one + other - both)
        print(f"| {name} | {one:.0f} | {other:.0f} | {share:.2f} | {grey} |")  # noqa: T201
