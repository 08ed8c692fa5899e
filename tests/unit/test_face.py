"""What `import encircle` gives: names, modules that can be called, and a judgement at a glance."""

import importlib.metadata
import inspect
import json
import pickle
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest

import encircle
from encircle.errors import CertificateError

KURSK = Path("fixtures/kursk-2025-03-14/situation.geojson")


@pytest.fixture(scope="module")
def situation():
    return encircle.read(KURSK)


@pytest.fixture(scope="module")
def judgement(situation):
    return encircle.judge(situation)


def test_the_version_is_the_one_that_is_installed():
    assert encircle.__version__ == importlib.metadata.version("encircle")


def test_every_name_of_the_package_is_there_and_told_by_dir():
    for name in encircle.__all__:
        assert getattr(encircle, name) is not None
        assert name in dir(encircle)
    with pytest.raises(AttributeError, match="encirle"):
        _ = encircle.encirle


@pytest.mark.parametrize(
    "first", ["import encircle", "import encircle.judge", "from encircle.judge import judge"]
)
def test_a_module_is_called_by_its_name_whatever_was_imported_first(first):
    code = (
        f"{first}\nimport encircle, inspect\n"
        "from encircle import judge as one\n"
        "assert one is encircle.judge and callable(one) and callable(encircle.judge.judge)\n"
        "assert inspect.signature(one) == inspect.signature(one.judge)\n"
    )
    subprocess.run([sys.executable, "-c", code], check=True)  # noqa: S603 - our own words


def test_a_module_that_is_called_can_be_handed_to_another_process(situation):
    assert pickle.loads(pickle.dumps(encircle.judge)) is encircle.judge  # noqa: S301
    assert inspect.ismodule(encircle.judge)
    assert encircle.judge.judge(situation).verdict == "not_encircled"


def test_to_import_the_package_loads_neither_the_engine_nor_a_compiler():
    code = (
        "import sys, encircle; encircle.__version__\n"
        "sys.exit(bool({'numpy', 'shapely', 'scipy', 'networkx', 'pydantic'} & set(sys.modules)))"
    )
    subprocess.run([sys.executable, "-c", code], check=True)  # noqa: S603 - our own words


def test_to_verify_loads_nothing_of_the_engine():
    code = (
        "import sys, encircle; encircle.verify\n"
        "engine = {'encircle.judge', 'encircle.network', 'encircle.verdict', 'networkx'}\n"
        "sys.exit(bool(engine & set(sys.modules)))"
    )
    subprocess.run([sys.executable, "-c", code], check=True)  # noqa: S603 - our own words


@pytest.mark.parametrize(
    "shape",
    [
        pytest.param(lambda j: j, id="itself"),
        pytest.param(lambda j: j.to_dict(), id="document"),
        pytest.param(lambda j: json.loads(j.to_json()), id="read back"),
    ],
)
def test_verify_takes_a_judgement_and_its_document(judgement, situation, shape):
    assert encircle.verify(shape(judgement), situation).holds


@pytest.mark.parametrize("given", ["{}", 3, None, b"[]", []])
def test_verify_says_what_it_was_given_instead_of_a_judgement(given, situation):
    with pytest.raises(CertificateError, match=type(given).__name__):
        encircle.verify(given, situation)


@pytest.mark.parametrize("given", [str(KURSK), KURSK, {"type": "FeatureCollection"}, None])
def test_judge_says_that_a_situation_is_read_first(given):
    with pytest.raises(TypeError, match=r"encircle\.read"):
        encircle.judge(given)


@pytest.mark.parametrize("given", [123, None, [], object()])
def test_read_says_what_it_takes(given):
    with pytest.raises(TypeError, match="path"):
        encircle.read(given)


def test_read_takes_what_shows_itself_as_a_map(situation):
    class Frame:
        __geo_interface__ = json.loads(KURSK.read_text())

    for source in (KURSK, str(KURSK), KURSK.read_text(), KURSK.read_bytes(), Frame()):
        assert encircle.read(source).sha256 == situation.sha256


def test_what_is_at_the_top_of_the_document_is_at_the_top_of_the_value(judgement):
    document = judgement.to_dict()
    assert judgement.definitions == document["definitions"]
    assert judgement.certificates == document["certificates"]
    assert judgement.axes == document["axes"]
    assert judgement.margins == document["margins"]
    assert [one.to_dict() for one in judgement.units] == document["units"]
    assert judgement.instant == datetime(2025, 3, 14, 18, tzinfo=UTC)
    assert "situation" not in document


def test_a_judgement_is_shown_in_one_line(judgement):
    assert repr(judgement) == "<Judgement C2 not_encircled: kursk-group on 2025-03-14>"


def test_a_notebook_shows_headline_answers_and_picture(judgement):
    page = judgement._repr_html_()
    assert "was not encircled" in page
    assert page.count("<tr>") == 5
    assert "<svg" in page
    assert "<?xml" not in page
    assert judgement._repr_svg_().startswith("<svg")


def test_a_judgement_without_its_map_is_shown_without_a_picture(judgement):
    from dataclasses import replace

    alone = replace(judgement, situation=None)
    assert alone._repr_svg_() is None
    assert "<svg" not in alone._repr_html_()
    assert alone == judgement


def test_the_words_of_a_map_cannot_become_markup_in_a_notebook(judgement):
    from dataclasses import replace

    forged = replace(judgement, headline="<script>alert(1)</script>")
    assert "<script" not in forged._repr_html_()


def test_the_package_runs_as_a_module():
    said = subprocess.run(
        [sys.executable, "-m", "encircle", "--version"], check=True, capture_output=True, text=True
    )
    assert said.stdout == f"encircle {encircle.__version__}\n"
