import gzip
import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from encircle.cli.main import app

KURSK = "fixtures/kursk-2025-03-14/situation.geojson"
pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning")


@pytest.fixture
def run():
    return lambda *words, **given: CliRunner().invoke(app, [str(w) for w in words], **given)


def test_judge_gives_reasons_in_words(run):
    done = run("judge", KURSK)
    assert done.exit_code == 0
    assert "was not encircled" in done.stdout.splitlines()[0]
    assert "Because" in done.stdout
    assert "Proof that a way was open" in done.stdout


def test_json_is_one_document_and_nothing_else(run):
    done = run("judge", KURSK, "--json")
    judgement = json.loads(done.stdout)
    assert (judgement["verdict"], judgement["status"]["code"]) == ("not_encircled", "C2")
    assert done.stderr == ""


def test_a_dash_reads_standard_input(run):
    done = run("judge", "-", "--json", input=Path(KURSK).read_bytes())
    assert json.loads(done.stdout)["status"]["code"] == "C2"


def test_bad_input_ends_with_every_error_on_stderr_and_nothing_on_stdout(run):
    done = run("judge", "-", "--json", input=b'{"type": "FeatureCollection", "features": [{}, 1]}')
    assert done.exit_code == 2
    assert done.stdout == ""
    assert "/features/0" in done.stderr
    assert "/features/1" in done.stderr


@pytest.mark.parametrize(
    "words",
    [
        pytest.param(("judge", "no-such-file"), id="no file"),
        pytest.param(("judge", KURSK, "--force", "nobody"), id="unknown force"),
        pytest.param(("judge", KURSK, "--as-of", "soon"), id="no instant"),
        pytest.param(("verify", KURSK, "no-such-file"), id="no situation"),
    ],
)
def test_what_cannot_be_read_ends_with_two(run, words):
    done = run(*words)
    assert done.exit_code == 2
    assert done.stderr.startswith("error: ")


def test_a_judgement_verifies_and_a_tampered_one_does_not(run, tmp_path):
    judgement = tmp_path / "judgement.json"
    judgement.write_text(run("judge", KURSK, "--json").stdout)
    assert run("verify", judgement, KURSK).exit_code == 0
    tampered = json.loads(judgement.read_text())
    tampered["certificates"]["open"]["legs"].pop(0)
    judgement.write_text(json.dumps(tampered))
    done = run("verify", judgement, KURSK)
    assert done.exit_code == 1
    assert "FAILS" in done.stdout


def test_a_picture_and_the_network_are_written(run, tmp_path):
    picture, network = tmp_path / "kursk.svg", tmp_path / "kursk.graphml"
    done = run("judge", KURSK, "--svg", picture, "--network", network)
    assert done.exit_code == 0
    assert picture.read_text().lstrip().startswith("<")
    assert "graphml" in network.read_text()[:200]


def test_options_reach_the_judgement(run):
    done = run("judge", KURSK, "--json", "--stale-after-days", "0", "--seam-m", "60")
    parameters = json.loads(done.stdout)["provenance"]["parameters"]
    assert (parameters["stale_after_days"], parameters["seam_m"]) == (0, 60)


# -- maps of others


@pytest.fixture
def maps(tmp_path):
    from tests.unit.formats.test_control_kml import BORDER, two_sided

    (tmp_path / "Control_25_03_01.kml").write_bytes(two_sided())
    (tmp_path / "border.geojson").write_text(json.dumps(BORDER))
    layer = {"type": "Feature", "properties": {}, "geometry": BORDER}
    collection = {"type": "FeatureCollection", "features": [layer]}
    (tmp_path / "20220815_a.geojson").write_text(json.dumps(collection))
    return tmp_path


def test_a_kml_of_control_zones_becomes_a_situation_that_can_be_judged(run, maps):
    done = run("convert", maps / "Control_25_03_01.kml", "-", "--preset", "control-kml",
               "--holder", "#ru=RU", "--holder", "#ua=UA", "--mapper-side", "RU",
               "--force-at", "34.2,51.1")  # fmt: skip
    assert done.exit_code == 0
    assert "Notice: No border was given" in done.stderr
    assert json.loads(done.stdout)["situation"]["mapper_side"] == "RU"
    judged = run("judge", "-", "--json", input=done.stdout_bytes)
    assert json.loads(judged.stdout)["verdict"] == "not_encircled"


def test_each_layer_of_a_map_comes_with_its_basis(run, maps):
    file = maps / "20220815_a.geojson"
    done = run("convert", f"claimed={file}", "-", "--preset", "isw", "--layer", f"skip={file}",
               "--border", maps / "border.geojson", "--force-at", "33,49.5")  # fmt: skip
    assert done.exit_code == 0
    assert "20220815_a.geojson: 1 feature read as claimed (RU)." in done.stderr
    assert "20220815_a.geojson: 1 feature left out: no control (RU)." in done.stderr


@pytest.mark.parametrize(
    ("words", "said"),
    [
        pytest.param(("--preset", "owl"), "unknown preset 'owl'", id="kind"),
        pytest.param(("--preset", "control-kml", "--layer", "no-such-file"), "cannot", id="file"),
        pytest.param(("--preset", "deepstate"), "error", id="not of the kind"),
        pytest.param(("--preset", "control-kml", "--holder", "x"), "MARK=SIDE", id="rule"),
    ],
)
def test_a_map_that_cannot_be_converted_ends_with_two(run, maps, words, said):
    source = maps / "Control_25_03_01.kml"
    done = run("convert", source, "-", "--force-at", "34.2,51.1", *words)
    assert done.exit_code == 2
    assert said in done.stderr
    assert done.stdout == ""


def test_a_table_of_positions_becomes_a_situation_that_can_be_judged(run, tmp_path):
    table = tmp_path / "positions.csv"
    table.write_text(
        "Seite;Breite;Länge;date;quelle\n"
        "UA;51,19;35,27;14.03.2025;https://t.me/1\n"
        "РФ;51°15'N;35°20'E;14.03.2025;https://t.me/2\n"
    )
    done = run("convert", table, "-", "--anchor-at", "34.8,50.9")
    assert done.exit_code == 0
    assert "2 rows: 2 positions, 0 not read" in done.stderr
    judged = run("judge", "-", "--json", input=done.stdout_bytes)
    assert json.loads(judged.stdout)["verdict"] == "not_encircled"


def test_a_row_that_cannot_be_read_ends_with_two_and_its_number(run, tmp_path):
    table = tmp_path / "positions.csv"
    table.write_text("side,lat,lon\nUA,51.19,35.27\nRU,,35.3\n,51.3,35.3\n")
    done = run("convert", table, "-", "--anchor-at", "34.8,50.9", "--as-of", "2025-03-14T12:00Z")
    assert done.exit_code == 2
    assert "row 3" in done.stderr
    assert "row 4" in done.stderr
    assert done.stdout == ""


@pytest.mark.parametrize(
    ("words", "idle"),
    [
        pytest.param(("timeline", KURSK, "--side", "RU"), "--side", id="a side of situations"),
        pytest.param(("timeline", KURSK, "--border", KURSK), "--border", id="their border"),
        pytest.param(("timeline", KURSK, "--force-in", "Sudzha"), "--force-in", id="a piece"),
        pytest.param(("new-scenario", "fixtures/kursk-2025-03-14", "--side", "UA"), "--side",
                     id="the side of a scenario that is there"),
        pytest.param(("new-scenario", "fixtures/kursk-2025-03-14", "--force", "x"), "--force",
                     id="its force"),
        pytest.param(("claims", "publish", "-", "--csv", "x.csv", "--title", "T"), "--title",
                     id="the title of no page"),
        pytest.param(("claims", "publish", "-", "--csv", "x.csv", "--author", "A"), "--author",
                     id="the author of nothing that names one"),
        pytest.param(("claims", "publish", "-", "--csv", "x.csv", "--note", "N"), "--note",
                     id="a note for no log"),
        pytest.param(("convert", KURSK, "-", "--force-in", "Sudzha"), "--force-in", id="convert"),
        pytest.param(("judge", KURSK, "--seed", "3"), "--seed", id="the seed of no draw"),
        pytest.param(("check", KURSK, "--brief"), "--brief", id="words cut short"),
    ],
)  # fmt: skip
def test_an_option_that_would_do_nothing_is_refused_by_its_name(run, words, idle):
    done = run(*words, input=b"[]")
    assert done.exit_code == 2
    [line] = [line for line in done.stderr.splitlines() if line.startswith("error: ")]
    assert idle in line
    assert done.stdout == ""


# -- gzip ----------------------------------------------------------------------------------------

WAYS = {
    "judge": ("judge",), "inspect": ("inspect",), "check": ("check",),
    "timeline": ("timeline", "--force", "kursk-group"),
    "ask": ("ask", "The Ukrainian force in Kursk was encircled on 14 March 2025.", "--side", "UA"),
}  # fmt: skip


@pytest.mark.parametrize("way", WAYS)
def test_a_gzip_is_read_as_what_is_in_it(run, tmp_path, way):
    packed = tmp_path / "situation.geojson.gz"
    packed.write_bytes(gzip.compress(Path(KURSK).read_bytes()))
    done, plain = run(*WAYS[way], packed), run(*WAYS[way], KURSK)
    assert done.exit_code == plain.exit_code, done.stderr
    assert done.stdout.replace(packed.name, Path(KURSK).name).split() == plain.stdout.split()


@pytest.mark.parametrize("way", [*WAYS, "convert"])
def test_a_gzip_cut_short_is_called_so_with_the_remedy(run, tmp_path, way):
    cut = tmp_path / "situation.geojson.gz"
    cut.write_bytes(gzip.compress(Path(KURSK).read_bytes())[:-900])
    more = (tmp_path / "out.geojson",) if way == "convert" else ()
    done = run(*WAYS.get(way, (way,)), cut, *more)
    assert (done.exit_code, done.stdout.strip()) == (2, "")
    assert f"{cut.name}: the gzip is cut short. Download it again" in done.stderr
