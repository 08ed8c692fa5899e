"""The files `judge` writes, the version, and the service that is never a stranger's."""

import os
import subprocess
import sys

import pytest
from typer.testing import CliRunner

from encircle.cli import serve as cli_serve
from encircle.cli.main import app

KURSK = "fixtures/kursk-2025-03-14/situation.geojson"


@pytest.fixture
def run():
    return lambda *words: CliRunner().invoke(app, [str(word) for word in words])


def test_the_version_is_printed_alone(run):
    done = run("--version")
    assert (done.exit_code, done.stdout.split()[0]) == (0, "encircle")


def test_a_judgement_is_written_in_every_format_at_once(run, tmp_path):
    pytest.importorskip("pyogrio", reason="the extra `gis` is not installed")
    files = [tmp_path / f"out{suffix}" for suffix in (".geojson", ".gpkg", ".kml", ".csv")]
    done = run("judge", KURSK, *(word for file in files for word in ("--out", file)))
    assert done.exit_code == 0
    assert all(file.stat().st_size > 500 for file in files)


def test_a_png_is_written(run, tmp_path):
    pytest.importorskip("resvg_py", reason="the extra `png` is not installed")
    assert run("judge", KURSK, "--png", tmp_path / "out.PNG").exit_code == 0
    assert (tmp_path / "out.PNG").read_bytes()[:4] == b"\x89PNG"


@pytest.mark.parametrize(
    ("words", "remedy"),
    [
        pytest.param(("--svg", "x.png"), "--png x.png", id="an SVG called PNG"),
        pytest.param(("--png", "x.svg"), "--svg x.svg", id="a PNG called SVG"),
        pytest.param(("--svg", "x.jpg"), "end it in .svg", id="an SVG called JPEG"),
        pytest.param(("--out", "x.shp"), ".gpkg", id="no Shapefile"),
        pytest.param(("--out", "x"), ".gpkg", id="no ending"),
    ],
)
def test_a_file_that_would_not_be_what_its_name_says_is_refused(
    run, words, remedy, tmp_path, monkeypatch
):
    source = str(cli_serve.Path(KURSK).resolve())
    monkeypatch.chdir(tmp_path)
    done = run("judge", source, *words)
    assert done.exit_code == 2
    assert remedy in done.stderr
    assert list(tmp_path.iterdir()) == []


def test_the_service_of_another_project_is_never_run(tmp_path):
    (tmp_path / "api").mkdir()
    (tmp_path / "api" / "__init__.py").write_text("")
    (tmp_path / "api" / "main.py").write_text(
        "open('ran', 'w').close()\ndef create_app(): raise SystemExit('a stranger')\n"
    )
    (tmp_path / "pyproject.toml").write_text('[project]\nname = "encircle"\n')
    code = (
        "import sys; from encircle.cli import serve as cli_serve\n"
        "cli_serve._list_origins = lambda: iter(())\n"
        "from encircle.cli.main import main; main(['serve', '--port', '0'])"
    )
    done = subprocess.run(  # noqa: S603 - our own words
        [sys.executable, "-c", code],
        check=False,
        env={**os.environ, "PYTHONPATH": str(cli_serve.Path(cli_serve.__file__).parents[2])},
        cwd=tmp_path,
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert done.returncode == 2
    assert "the service is not installed here" in done.stderr
    assert not (tmp_path / "ran").exists()


def test_a_checkout_is_known_by_its_place_and_its_name(tmp_path):
    assert cli_serve.find_checkout() is not None
    assert not cli_serve.is_checkout(tmp_path)
    (tmp_path / "api").mkdir()
    (tmp_path / "api" / "main.py").write_text("")
    assert not cli_serve.is_checkout(tmp_path)
    (tmp_path / "pyproject.toml").write_text('[project]\nname = "shop"\n')
    assert not cli_serve.is_checkout(tmp_path)


def test_a_library_the_service_needs_is_named(monkeypatch, run):
    monkeypatch.setitem(sys.modules, "uvicorn", None)
    done = run("serve")
    assert done.exit_code == 2
    assert "uvicorn" in done.stderr
    assert "[service]" in done.stderr
