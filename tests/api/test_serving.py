"""Which addresses `encircle serve` serves: a case file that nobody has a key to, to nobody else."""

import pytest
import uvicorn
from typer.testing import CliRunner

from encircle.cli.main import app


@pytest.fixture
def serve(monkeypatch):
    """Begin to serve, no further than where the server would listen."""
    monkeypatch.setattr(uvicorn, "run", lambda _app, **said: served.append(said["host"]))
    for name, value in {"DATABASE": "", "FAIR_REQUESTS": "300"}.items():
        monkeypatch.setenv(f"ENCIRCLE_{name}", value)  # which the command sets for the service
    served = []

    def run(*words):
        done = CliRunner().invoke(app, ["serve", *words])
        return done, served

    return run


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.0.2.1"])  # noqa: S104 - none is opened
def test_others_are_served_a_case_file_only_when_somebody_has_a_key(serve, tmp_path, host):
    store = str(tmp_path / "x.sqlite")
    done, served = serve("--host", host, "--store", store)
    assert (done.exit_code, served) == (2, [])
    assert f"encircle keys new NAME --role admin --store {store}" in done.stderr
    made = CliRunner().invoke(app, ["keys", "new", "anna", "--role", "admin", "--store", store])
    assert made.exit_code == 0
    done, served = serve("--host", host, "--store", store)
    assert (done.exit_code, served) == (0, [host])


@pytest.mark.parametrize("words", [("--store", "x.sqlite"), ("--host", "0.0.0.0")])  # noqa: S104
def test_this_machine_needs_no_key_and_what_nobody_keeps_neither(
    serve, words, tmp_path, monkeypatch
):
    monkeypatch.chdir(tmp_path)
    done, _ = serve(*words)
    assert done.exit_code == 0, done.stderr


def test_a_key_to_a_file_that_is_not_there_says_that_one_is_made(tmp_path):
    where = str(tmp_path / "typo.sqlite")
    made = [CliRunner().invoke(app, ["keys", "new", who, "--store", where]) for who in "ab"]
    assert ["a new case file is made" in one.stderr for one in made] == [True, False]
    assert all(one.stdout.startswith("enc_") for one in made)
