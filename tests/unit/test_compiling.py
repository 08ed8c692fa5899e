"""Compiled kernels: asked for by name, done without where possible, cached where it can be."""

import os
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


@thorough
@pytest.mark.parametrize("kind", ["njit", "compiled"])
def test_where_nothing_can_be_kept_it_is_compiled_all_the_same(kind):
    done = run(
        "import numba\nplain = numba.njit\n"
        "def refuse(*a, cache=False, **k):\n"
        "    if cache: raise RuntimeError('cannot cache function: no locator available')\n"
        "    return plain(*a, **k)\n"
        "numba.njit = refuse\n"
        "from encircle.likelihood import compiling\n"
        f"make = compiling.{kind}{'()' if kind == 'njit' else ''}\n"
        "assert make(lambda x: x + 1)(1) == 2"
    )
    assert done.returncode == 0, done.stderr
