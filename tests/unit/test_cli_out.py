"""The files `judge` writes, the version, and the service that is never a stranger's."""

import json
import os
import re
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import httpx2
import pytest
from typer.testing import CliRunner

from encircle.cli import serve as cli_serve
from encircle.cli.main import app

ROOT = Path(__file__).resolve().parents[2]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
TRAP = "fixtures/trap-grey-held/situation.geojson"
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
    source = str(Path(KURSK).resolve())
    monkeypatch.chdir(tmp_path)
    done = run("judge", source, *words)
    assert done.exit_code == 2
    assert remedy in done.stderr
    assert list(tmp_path.iterdir()) == []


@pytest.fixture
def stranger(tmp_path):
    """Make a folder with another project's `api`; whether it is run can be seen after."""
    (tmp_path / "api").mkdir()
    (tmp_path / "api" / "__init__.py").write_text("open('ran', 'w').close()\n")
    (tmp_path / "api" / "main.py").write_text("def create_app(): raise SystemExit('a stranger')\n")
    yield tmp_path
    assert not (tmp_path / "ran").exists()


def serve(folder, *roots, before=""):
    """Run the command in a folder on a free port, with these folders on the path."""
    code = f"{before}\nfrom encircle.cli.main import main; main(['serve', '--port', '0'])"
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(map(str, roots))}
    return subprocess.Popen(  # noqa: S603 - our own words
        [sys.executable, "-c", code],
        cwd=folder,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def end(server):
    out, err = server.communicate(timeout=60)
    return server.returncode, out, err


def unpack_wheel(folder, *, service=True):
    """Lay the library, and the service under its name in a wheel, as an installer would."""
    for source, name in (("encircle", "encircle"), ("api", "encircle_api"))[: 1 + service]:
        ignored = shutil.ignore_patterns("__pycache__", "web")
        shutil.copytree(ROOT / source, folder / name, ignore=ignored)
    return folder


def test_the_wheel_holds_the_service_under_a_name_of_its_own():
    wheel = PROJECT["tool"]["hatch"]["build"]["targets"]["wheel"]
    assert wheel == {
        "only-include": ["encircle", "api"], "exclude": ["/api/web"],
        "sources": {"api": "encircle_api"},
    }  # fmt: skip
    absolute = [
        path.name
        for path in (ROOT / "api").rglob("*.py")
        if re.search(r"^\s*(from|import) api\b", path.read_text("utf-8"), re.MULTILINE)
    ]
    assert absolute == [], "in a wheel there is no `api`"


# Of a port that the system chose, only the server knows the number.
TELL_PORT = """
import uvicorn
startup = uvicorn.Server.startup
async def tell(server, sockets=None):
    await startup(server, sockets)
    print(server.servers[0].sockets[0].getsockname()[1], flush=True)
uvicorn.Server.startup = tell
"""


@pytest.mark.parametrize(
    "is_wheel", [pytest.param(True, id="wheel"), pytest.param(False, id="checkout")]
)
def test_the_service_beside_the_library_runs_in_any_folder(is_wheel, stranger, tmp_path_factory):
    root = unpack_wheel(tmp_path_factory.mktemp("site")) if is_wheel else ROOT
    server = serve(stranger, stranger, root, before=TELL_PORT)
    try:
        port = server.stdout.readline().strip()
        assert port, server.stderr.read()
        service = f"http://127.0.0.1:{port}"
        assert httpx2.get(service).json()["service"] == "encircle"
        body = {"situation": json.loads((ROOT / TRAP).read_text("utf-8"))}
        answer = httpx2.post(f"{service}/v1/judgements", json=body, timeout=60)
        assert answer.json()["verdict"] == "encircled"
        scenarios = httpx2.get(f"{service}/v1/scenarios").json()
    finally:
        server.terminate()
        _, _, err = end(server)
    assert ("no scenarios" in err) == is_wheel == (not scenarios)


def test_a_library_without_its_service_says_so(stranger, tmp_path_factory):
    root = unpack_wheel(tmp_path_factory.mktemp("site"), service=False)
    (stranger / "pyproject.toml").write_text('[project]\nname = "encircle"\n')
    code, _, err = end(serve(stranger, root))
    assert (code, "pip install '.[service]'" in err) == (2, True)


def test_a_checkout_is_known_by_its_name(tmp_path):
    assert cli_serve.find_service(ROOT) == ROOT / "api"
    assert cli_serve.find_service(tmp_path) is None
    (tmp_path / "api").mkdir()
    (tmp_path / "api" / "main.py").write_text("")
    assert cli_serve.find_service(tmp_path) is None
    (tmp_path / "pyproject.toml").write_text('[project]\nname = "shop"\n')
    assert cli_serve.find_service(tmp_path) is None


@pytest.mark.parametrize(
    ("before", "environment", "remedy"),
    [
        pytest.param("import sys; sys.modules['resource'] = None", {}, "WSL", id="Windows"),
        pytest.param("", {"ENCIRCLE_WORKERS": "two"}, "ENCIRCLE_WORKERS", id="a wrong setting"),
        pytest.param("", {"ENCIRCLE_FIXTURES": "nowhere"}, "nowhere", id="no such fixtures"),
    ],
)
def test_a_service_that_cannot_start_says_why_and_ends(
    before, environment, remedy, tmp_path, monkeypatch
):
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    code, _, err = end(serve(tmp_path, ROOT, before=before))
    assert (code, err.startswith("error: "), err.count("\n")) == (2, True, 1)
    assert remedy in err


def test_a_library_the_service_needs_is_named(monkeypatch, run):
    monkeypatch.setitem(sys.modules, "uvicorn", None)
    done = run("serve")
    assert done.exit_code == 2
    assert "needs uvicorn" in done.stderr
    assert f"pip install {' '.join(cli_serve.NEEDED)} " in done.stderr


def test_the_packages_named_are_those_of_the_extra():
    extra = PROJECT["project"]["optional-dependencies"]["service"]
    assert [each.partition(">=")[0] for each in extra] == list(cli_serve.NEEDED)
