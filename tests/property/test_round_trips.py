"""A map that went through another tool says what it said before."""

import json
import os
import shutil
import subprocess
from dataclasses import fields
from pathlib import Path

import pytest

from encircle.judge import judge
from encircle.map.door.reader import read_situation
from encircle.verifier.verify import verify

pytestmark = pytest.mark.property

SHARE = int(os.environ.get("ENCIRCLE_ROUND_TRIPS", "24"))
"""Every so many fixtures are sent round; 1 sends them all."""
FIXTURES = [
    path
    for path in sorted(Path(__file__).parents[2].glob("fixtures/*/situation.geojson"))
    if not path.parent.name.startswith("trap-")
]
KURSK = next(path for path in FIXTURES if path.parent.name == "kursk-2025-03-14")
STRINGIFY = "console.log(JSON.stringify(JSON.parse(require('fs').readFileSync(0,'utf8'))))"
NEAR_DEG = 3e-7
"""GDAL writes seven decimals of a degree."""


def through_gdal(raw, folder, driver, suffix):
    """Do what GeoPandas does: read with pyogrio, write with pyogrio, and back to GeoJSON."""
    gdal = pytest.importorskip("pyogrio", reason="pyogrio is not installed").raw
    given, kept, back = (folder / name for name in ("in.geojson", f"kept.{suffix}", "out.geojson"))
    given.write_bytes(raw)
    for source, target, kind in ((given, kept, driver), (kept, back, "GeoJSON")):
        meta, _, geometry, columns = gdal.read(source)
        gdal.write(target, geometry, columns, meta["fields"], geometry_type="Unknown",
                   crs=meta["crs"], driver=kind, encoding="utf-8")  # fmt: skip
    return back.read_bytes()


def through_promoted_layers(raw, folder):
    """Do what a GeoPackage of typed layers does: every shape becomes a Multi of one part."""
    document = json.loads(through_gdal(raw, folder, "GPKG", "gpkg"))
    for feature in document["features"]:
        drawn = feature["geometry"]
        if drawn and not drawn["type"].startswith("Multi"):
            drawn.update(type=f"Multi{drawn['type']}", coordinates=[drawn["coordinates"]])
    return json.dumps(document).encode()


def through_node(raw, _folder):
    node = shutil.which("node")
    if node is None:
        pytest.skip("Node is not on this machine")
    ran = subprocess.run([node, "-e", STRINGIFY], input=raw, capture_output=True, check=True)  # noqa: S603
    return ran.stdout


def through_jq(raw, _folder):
    """Do what jq 1.6 does: 35.0 is written as 35, members in order of their names."""
    return json.dumps(shorten(json.loads(raw)), sort_keys=True, indent=2).encode()


def shorten(value):
    if isinstance(value, dict):
        return {key: shorten(item) for key, item in value.items()}
    if isinstance(value, list):
        return [shorten(item) for item in value]
    return int(value) if isinstance(value, float) and value.is_integer() else value


WAYS = {
    "GeoPandas to GeoJSON": lambda raw, folder: through_gdal(raw, folder, "GeoJSON", "geojson"),
    "GeoPandas to GeoPackage and back": lambda raw, folder: through_gdal(
        raw, folder, "GPKG", "gpkg"
    ),
    "promoted layers": through_promoted_layers,
    "JSON.stringify": through_node,
    "jq": through_jq,
}
KEEPS_ALL = ("JSON.stringify", "jq")
"""Ways that keep the member `situation`, and so every value."""


def said_by(feature):
    """Tell what a feature says, its sources by their ids."""
    said = {f.name: getattr(feature, f.name) for f in fields(feature)}
    said["sources"] = [source.id for source in feature.sources]
    return {name: said[name] for name in said.keys() - {"pointer", "geometry"}}


def read_again(raw, once):
    return read_situation(raw, as_of=once.as_of.isoformat(), force=once.force)


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("path", FIXTURES[::SHARE], ids=lambda path: path.parent.name)
def test_every_feature_says_what_it_said(path, way, tmp_path):
    """No tool on the way changes what a feature says, or where it lies."""
    raw = path.read_bytes()
    once = read_situation(raw)
    again = read_again(WAYS[way](raw, tmp_path), once)
    lies = {f.id: f for f in again.features}
    assert set(lies) == {f.id for f in once.features}
    for feature in once.features:
        other = lies[feature.id]
        assert said_by(other) == said_by(feature)
        assert (feature.geometry is None) == (other.geometry is None)
        if feature.geometry is not None:
            assert feature.geometry.hausdorff_distance(other.geometry) < NEAR_DEG
    if way in KEEPS_ALL:
        assert again.sha256 == once.sha256


@pytest.fixture(scope="module")
def judged():
    """Judge the map as it is, once."""
    once = read_situation(KURSK.read_bytes())
    return once, judge(once)


@pytest.mark.parametrize("way", ["promoted layers", *KEEPS_ALL])
def test_the_verdict_is_the_same_and_the_proof_holds(judged, way, tmp_path):
    """A judgement is verified against the map as it came back; where no value was lost, any is."""
    once, before = judged
    again = read_again(WAYS[way](KURSK.read_bytes(), tmp_path), once)
    after = before if way in KEEPS_ALL else judge(again)
    assert after.status.code == before.status.code
    assert verify(json.loads(after.to_json()), again).holds
