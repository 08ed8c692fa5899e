"""Whatever is thrown at the door, it says what is wrong and nothing else happens."""

from __future__ import annotations

import copy
import json
import os
import random
import time
import tracemalloc
from dataclasses import replace
from pathlib import Path

import pytest

from encircle.errors import SituationError
from encircle.map.door.reader import LIMITS, read_situation
from tests.property import oracle
from tests.property.strategies import situation_of

pytestmark = pytest.mark.property

COUNT = int(os.environ.get("ENCIRCLE_FUZZ", "200"))
JUDGED_SHARE = min(0.2, 600 / COUNT)
"""Of the mutants that can still be read, this share is judged too."""
SLOWEST_S = 10.0
"""No small document may take longer, seconds."""
MOST_BYTES = 200 * 2**20
FIXTURES = sorted(Path(__file__).parents[2].glob("fixtures/*/situation.geojson"))

ODD_VALUES = (
    None,
    True,
    False,
    0,
    -0.0,
    -1,
    1,
    1e308,
    -1e308,
    5e-324,
    10**30,
    2**64,
    181,
    91,
    180,
    -180,
    90,
    -90,
    "",
    " ",
    "0",
    "neutral",
    "é",
    "\u0000",
    "\ud800",
    "x" * 10_000,
    "2025-02-30",
    "9999-12-31T23:59:59-23:59",
    "0001-01-01T00:00:00+23:59",
    "RED",
    [],
    {},
    [[]],
    [None],
    [[[]]],
    [0],
    [0, 0],
    [[0, 0]],
    [180, 90],
    {"type": "Point"},
    {"id": "x"},
    {"type": "Point", "coordinates": [0, 0]},
    float("nan"),
    float("inf"),
    float("-inf"),
    3.0,
    "(2:wheeled,foot)",
    "(3:wheeled,...)",
    "['wheeled' 'foot']",
    '["m", {"id": "n"}]',
    '[{"id": "m", "title": "cut of',
    "{'force': 'us', 'value': True}",
    "[" * 9_000,
    "[-" * 2_000,
    "500 m",
    "None",
    "2025/03/14 12:00:00+00",
    1741953600000,
    {"type": "name", "properties": {"name": "EPSG:3857"}},
    {"type": "MultiPoint", "coordinates": [[35.2, 50.4]]},
    {"type": "GeometryCollection", "geometries": [{"type": "Point", "coordinates": [35.2, 50.4]}]},
    {"type": "GeometryCollection", "geometries": [{}]},
    [35.2, 50.4, None],
    [[35.2, 50.4, 1.0], [35.2, 50.4]],
)
ODD_TEXT = (
    b"",
    b" ",
    b"null",
    b"[]",
    b"{}",
    b"0",
    b'"',
    b"{",
    b"[" * 200_000,
    b'{"a":' * 50_000,
    b"\xff\xfe",
    b"\xef\xbb\xbf{}",
    b"\x00" * 1000,
    b'{"type":"FeatureCollection","features":[],"type":"FeatureCollection"}',
    b'{"type":"FeatureCollection","features":[NaN]}',
    b'{"type":"FeatureCollection","features":[1e999]}',
    b'{"type":"FeatureCollection","features":[' + b"9" * 10_000 + b"]}",
    b'{"type":"FeatureCollection","features":[{}]}',
    b'{"a":"\\ud800"}',
    b"{}{}",
    b"{}\n]",
    b'{"type":"FeatureCollection","features":{"a":1}}',
    b'"' + b"\\" * 99_999,
    b'"[' * 100_000,
    b'\\"' * 500_000,
    b'{"a":"' + b'\\"[' * 300_000,
    b"\x1f\x8b\x08\x00",
    b"PK\x03\x04",
    b"SQLite format 3\x00",
    b"lat;lon\n51,2;35,1\n",
    b'{"type":"Topology","objects":{}}',
    b'{"type":"Feature","geometry":null}',
    b'{"rings":[[[0,0],[1,0],[1,1],[0,0]]]}',
    '{"type":"FeatureCollection","features":[]}'.encode("utf-16"),
    b'<?xml version="1.0"?><kml><Placemark/></kml>',
)


def is_refused(source):
    """Read; only a SituationError with reasons may come out instead of a situation."""
    faults = find_faults(source)
    assert all(f.message and f.remedy and str(f) for f in faults)
    return bool(faults)


def find_faults(source):
    try:
        read_situation(source)
    except SituationError as error:
        return error.faults or [None]
    return []


def places_of(value, path=()):
    """List the path of every member and item of a document."""
    yield path
    items = value.items() if isinstance(value, dict) else enumerate(value)
    for key, item in items if isinstance(value, (dict, list)) else ():
        if isinstance(item, (dict, list)):
            yield from places_of(item, (*path, key))
        else:
            yield (*path, key)


def mutate(document, rng):
    """Change one place of a document: its value, its key, its number of copies, or its being."""
    mutant = copy.deepcopy(document)
    *way, last = rng.choice([p for p in places_of(mutant) if p])
    holder = mutant
    for key in way:
        holder = holder[key]
    change = rng.randrange(5)
    if change == 0:
        del holder[last]
    elif change == 1 and isinstance(holder, list):
        holder.insert(last, copy.deepcopy(holder[last]))
    elif change == 2 and isinstance(holder, dict):
        holder[rng.choice(("type", "id", "kind", "side", "modes", "é", ""))] = holder.pop(last)
    elif change == 3 and isinstance(holder[last], (int, float)):
        holder[last] = holder[last] * rng.choice((-1, 10, 1e-9, 1e300)) + rng.choice((0, 1e-12))
    else:
        holder[last] = copy.deepcopy(rng.choice(ODD_VALUES))
    return mutant


def tabulate(document, rng):
    """Rewrite a map as a table does: every column in each row, lists as text, ids as properties."""
    rows = copy.deepcopy(document)
    columns = {name for feature in rows["features"] for name in feature["properties"]}
    as_number = rng.random() < 0.3
    for number, feature in enumerate(rows["features"]):
        properties = dict.fromkeys(columns, rng.choice((None, ""))) | feature["properties"]
        for name, value in properties.items():
            if isinstance(value, list) and value and all(isinstance(v, str) for v in value):
                ways = (json.dumps, str, ",".join, lambda v: f"({len(v)}:{','.join(v)})")
                properties[name] = rng.choice(ways)(value)
            elif isinstance(value, dict):
                properties[name] = rng.choice((json.dumps, str))(value)
        name = feature.pop("id")
        feature["properties"] = properties if as_number else {**properties, "id": name}
        if as_number:
            feature["id"] = number
        drawn = feature["geometry"]
        if drawn and not drawn["type"].startswith("Multi") and rng.random() < 0.5:
            drawn.update(type=f"Multi{drawn['type']}", coordinates=[drawn["coordinates"]])
    return rows


def maps():
    """Give small documents to mutate: random maps, and fixtures of a few kilobytes."""
    small = [json.loads(p.read_bytes()) for p in FIXTURES if p.stat().st_size < 20_000]
    return [*small[:20], *(situation_of(seed) for seed in range(20))]


@pytest.mark.parametrize(
    "text", ODD_TEXT, ids=[f"text {number}" for number in range(len(ODD_TEXT))]
)
def test_odd_text_is_refused(text):
    """What is not a collection of features is refused, quickly."""
    started = time.monotonic()
    assert is_refused(text)
    assert time.monotonic() - started < SLOWEST_S


@pytest.mark.parametrize("seed", range(4))
def test_random_bytes_are_refused(seed):
    """Noise is not a map."""
    rng = random.Random(seed)  # noqa: S311
    for _ in range(COUNT // 10):
        assert is_refused(rng.randbytes(rng.randrange(2000)))


@pytest.mark.parametrize("part", range(4))
def test_mutated_text_is_read_or_refused(part):
    """A map with a few bytes changed is still a map, or is refused."""
    rng = random.Random(part)  # noqa: S311
    texts = [json.dumps(document).encode() for document in maps()]
    for _ in range(COUNT // 4):
        text = bytearray(rng.choice(texts))
        for _ in range(rng.randint(1, 6)):
            at = rng.randrange(len(text))
            text[at : at + rng.randrange(3)] = rng.choice(
                (b"", b'"', b"}", b"[", b",", b"9", b"-", b"\\", b"e9", b"\xc3")
            )
        is_refused(bytes(text))


@pytest.mark.parametrize("part", range(4))
def test_mutated_maps_are_judged_or_refused(part):
    """A map with a few members changed is judged like any other, or refused with reasons."""
    rng = random.Random(100 + part)  # noqa: S311
    documents = maps()
    for number in range(COUNT // 4):
        mutant = rng.choice(documents)
        for _ in range(rng.choice((1, 1, 2, 5))):
            mutant = mutate(mutant, rng)
        started = time.monotonic()
        judged = not is_refused(mutant) and rng.random() < JUDGED_SHARE
        try:
            if judged:
                oracle.engine(mutant)
        except Exception as error:  # a crash names its mutant
            where = f"part {part}, mutant {number}: {error!r}"
            raise AssertionError(f"{where}\n{json.dumps(mutant)}") from error
        assert time.monotonic() - started < SLOWEST_S, json.dumps(mutant)


@pytest.mark.parametrize("seed", range(max(4, COUNT // 100)))
def test_a_map_that_went_through_a_table_says_what_it_said(seed):
    """Ids, lists, nulls and promoted layers change no feature of any random map."""
    rng = random.Random(seed)  # noqa: S311
    document = rng.choice(maps())
    once = read_situation(document)
    again = read_situation(tabulate(document, rng))
    for before, after in zip(once.features, again.features, strict=True):
        assert replace(after, id=before.id) == before
    assert again.notices == once.notices


@pytest.mark.parametrize("seed", range(max(4, COUNT // 100)))
def test_a_map_that_went_through_a_table_and_was_damaged_is_judged_or_refused(seed):
    """What a table leaves can be damaged too: it is read, or refused with reasons."""
    rng = random.Random(1000 + seed)  # noqa: S311
    document = rng.choice(maps())
    for number in range(25):
        mutant = mutate(tabulate(document, rng), rng)
        try:
            if not is_refused(mutant) and number % 12 == 0:
                oracle.engine(mutant)
        except Exception as error:
            raise AssertionError(f"{error!r}\n{json.dumps(mutant)}") from error


def test_a_document_past_every_limit_is_refused_in_little_memory():
    """Size, depth, features and vertices are bounded before anything is built."""
    deep = "[" * (LIMITS.depth + 1) + "]" * (LIMITS.depth + 1)
    tracemalloc.start()
    try:
        assert is_refused('{"type":"FeatureCollection","features":' + deep + "}")
        assert is_refused({"type": "FeatureCollection", "features": [{}] * (LIMITS.features + 1)})
        assert tracemalloc.get_traced_memory()[1] < MOST_BYTES
    finally:
        tracemalloc.stop()


@pytest.mark.parametrize(
    "geometry",
    [
        pytest.param(
            {"type": "LineString", "coordinates": [[35.2, 50.4], [35.2, 50.4]]},
            id="line of no length",
        ),
        pytest.param(
            {"type": "Polygon", "coordinates": [[[35.2, 50.4]] * 4]}, id="ring of no width"
        ),
        pytest.param(
            {
                "type": "Polygon",
                "coordinates": [[[35.2, 50.4], [35.3, 50.4], [35.4, 50.4], [35.2, 50.4]]],
            },
            id="flat ring",
        ),
        pytest.param(
            {"type": "MultiPoint", "coordinates": [[35.2, 50.4], [35.2, 50.4]]},
            id="one point twice",
        ),
        pytest.param(
            {"type": "MultiPolygon", "coordinates": [[[[35.2, 50.4]] * 4]]}, id="parts of none"
        ),
        pytest.param(
            {"type": "MultiLineString", "coordinates": [[[35.2, 50.4], [35.2, 50.4]]]},
            id="one line of no length",
        ),
        pytest.param({"type": "Point", "coordinates": [35.2, 90.0]}, id="the pole"),
        pytest.param({"type": "Point", "coordinates": [-180.0, 0.0]}, id="the antimeridian"),
        pytest.param({"type": "GeometryCollection", "geometries": []}, id="a collection"),
        pytest.param(
            {"type": "LineString", "coordinates": [[35.2, 50.4], [35.2000000001, 50.4]]},
            id="line of ten microns",
        ),
    ],
)
@pytest.mark.parametrize(
    "kind", ["position", "control", "anchor", "route", "crossing", "barrier", "fire"]
)
def test_degenerate_geometry_is_judged_or_refused(kind, geometry):
    """Geometry without length or area is refused, or judged without a crash."""
    says = {
        "position": {"side": "RED"},
        "control": {"holder": "RED", "basis": "assessed"},
        "anchor": {"side": "BLUE"},
        "crossing": {"type": "bridge"},
        "barrier": {"type": "river"},
        "fire": {"side": "RED", "grade": "F3"},
    }
    force = {
        "type": "Feature",
        "id": "us",
        "geometry": {"type": "Point", "coordinates": [35.21, 50.41]},
        "properties": {"kind": "position", "side": "BLUE", "force": "us"},
    }
    odd = {
        "type": "Feature",
        "id": "odd",
        "geometry": geometry,
        "properties": {"kind": kind, **says.get(kind, {})},
    }
    whole = {"as_of": "2025-03-14", "sides": [{"id": "BLUE"}, {"id": "RED"}]}
    document = {"type": "FeatureCollection", "situation": whole, "features": [force, odd]}
    if not is_refused(document):
        assert oracle.engine(document)["verdict"]
