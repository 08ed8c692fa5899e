"""Compiled kernels: asked for by name, done without where possible, cached where it can be."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.thorough import thorough

ROOT = Path(__file__).parents[2]
WITHOUT = "import sys; sys.modules['numba'] = None\n"


def run(code, **environment):
    given = {**os.environ, "PYTHONPATH": str(ROOT), **environment}
    return subprocess.run(  # noqa: S603 - our own words
        [sys.executable, "-c", code],
        check=False, cwd=ROOT, env=given, capture_output=True, text=True, timeout=120,
    )  # fmt: skip


def test_judging_needs_no_compiler():
    done = run(
        WITHOUT + "import encircle\n"
        "s = encircle.read('fixtures/kursk-2025-03-14/situation.geojson')\n"
        "j = encircle.judge(s)\nassert j.status.code == 'C2' and encircle.verify(j, s).holds"
    )
    assert done.returncode == 0, done.stderr


@thorough
def test_a_large_graph_is_reduced_to_the_same_without_a_compiler():
    code = (
        "import numpy as np\n"
        "from encircle.reliability.graph import Graph\n"
        "from encircle.reliability.counting.reductions import reduce_graph\n"
        "n = 3000\nu = np.arange(n); v = u + 1\n"
        "g = Graph(n + 1, u, v, np.full(n, 0.9999), np.array([0]), np.array([n]))\n"
        "core = reduce_graph(g); print(repr(core))"
    )
    with_, without = run(code), run(WITHOUT + code)
    assert without.returncode == 0, without.stderr
    assert with_.stdout == without.stdout


def test_what_needs_compiled_kernels_says_so_by_name(tmp_path):
    roads = tmp_path / "roads.geojson"
    roads.write_text(
        '{"type":"FeatureCollection","features":[{"type":"Feature","properties":{},"geometry":'
        '{"type":"LineString","coordinates":[[35,51],[35.1,51]]}}]}'
    )
    words = ["roads", str(roads), "--from", "35,51", "--to", "35.1,51"]
    done = run(WITHOUT + f"from encircle.cli.main import main; main({words})")
    assert done.returncode == 2
    assert "pip install numba" in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize("kind", ["njit()", "compiled"])
def test_where_nothing_can_be_kept_it_is_compiled_all_the_same(kind):
    """Code without a file has no place for its machine code: numba itself gives up there."""
    done = run(
        "import numba\n"
        "from encircle.reliability import compiling\n"
        "try: numba.njit(cache=True)(lambda x: x + 1)\n"
        "except RuntimeError: pass\n"
        "else: raise SystemExit('this proves nothing: there is a place to keep it')\n"
        f"assert compiling.{kind}(lambda x: x + 1)(1) == 2"
    )
    assert done.returncode == 0, done.stderr


@thorough
def test_roads_are_judged_in_a_read_only_install_by_a_user_without_a_home(tmp_path):
    """Files stand where caches would be, so that nothing can be written, not even by root."""
    shutil.copytree(
        ROOT / "encircle", tmp_path / "encircle", ignore=shutil.ignore_patterns("__pycache__")
    )
    for folder in [path for path in (tmp_path / "encircle").rglob("*") if path.is_dir()]:
        (folder / "__pycache__").write_text("")
    roads = tmp_path / "roads.geojson"
    lines = [  # a grid too wide to be counted, so that worlds are drawn
        [
            [0.01 * (along if way else step), 51 + 0.01 * (step if way else along)]
            for step in range(14)
        ]
        for way in (False, True)
        for along in range(14)
    ]
    geometries = [{"type": "LineString", "coordinates": line} for line in lines]
    features = [{"type": "Feature", "properties": {}, "geometry": each} for each in geometries]
    roads.write_text(json.dumps({"type": "FeatureCollection", "features": features}))
    words = ["roads", str(roads), "--from", "0,51", "--to", "0.13,51.13", "--samples", "2000"]
    nowhere = {"HOME": "/dev/null", "PYTHONPATH": str(tmp_path)}
    code = "import sys; from encircle.cli.main import main; main(sys.argv[1:])"
    done = subprocess.run(  # noqa: S603 - our own words
        [sys.executable, "-c", code, *words],
        check=False, cwd=tmp_path, env=nowhere, capture_output=True, text=True, timeout=300,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert "sampled, 2000 worlds" in done.stdout
