"""Whatever the work is spread over, the answers are those of one process, in order."""

import json
import logging
import os
import platform
import signal
from collections import deque
from concurrent.futures import Future
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from functools import partial
from pathlib import Path

import distributed
import pytest
from distributed import Client, LocalCluster
from typer.testing import CliRunner

import encircle.archive.cluster
import encircle.archive.fleet
from encircle.archive.fleet import (
    LOST,
    Failed,
    FleetError,
    _Crew,
    _make_room,
    _UnderWay,
    work_through,
)
from encircle.archive.keeping import OWN, open_kept
from encircle.cli.main import app
from encircle.version import __version__
from tests.unit.archive.drawn_maps import BORDER, CORRIDOR, RING, draw, second
from tests.unit.archive.fleet_work import (
    BAD,
    COUNT,
    DEADLY,
    UNREADABLE,
    give_half,
    load,
    mild,
    slow,
    square,
    wait_for_file,
)


def loads(count=COUNT):
    return [partial(load, number) for number in range(count)]


@pytest.fixture(scope="module")
def cluster():
    with LocalCluster(n_workers=2, threads_per_worker=1, host="127.0.0.1",
                      dashboard_address="127.0.0.1:0") as found:  # fmt: skip
        yield found


EXPECTED = [n * n for n in range(COUNT)]
EXPECTED[BAD] = Failed(("at /: three is no number. Take another",))
EXPECTED[UNREADABLE] = Failed(("no such file",))


def test_answers_are_those_of_one_process_in_order():
    alone = [*work_through(mild, loads())]
    expected = [*EXPECTED]
    expected[DEADLY] = None
    assert alone == expected
    assert [*work_through(mild, loads(), workers=2)] == alone


def test_a_process_that_dies_takes_nobody_else_s_work_with_it():
    expected = [*work_through(mild, loads())]
    expected[DEADLY] = LOST
    assert [*work_through(square, loads(), workers=2)] == expected


def test_a_cluster_answers_the_same_and_gives_a_dead_one_s_work_to_others(cluster):
    expected = [*work_through(mild, loads())]
    assert [*work_through(mild, loads(), scheduler=cluster.scheduler_address)] == expected
    answers = []
    for answer in work_through(slow, loads(6), scheduler=cluster.scheduler_address):
        answers.append(answer)
        if len(answers) == 2:
            os.kill(answer[1], signal.SIGKILL)
    assert [number for number, _ in answers] == [*range(6)]


def test_one_that_takes_long_holds_up_only_the_answers_after_it(tmp_path):
    """All others are done before it is, and no more are loaded than are worked on and held."""
    first, count = tmp_path / "go", 30

    def release(number):
        if number == count - 1:
            first.touch()  # all before the last were handed out while the first still waited
        return number, str(first)

    things = (partial(release, number) for number in range(count))
    assert [*work_through(wait_for_file, things, workers=2)] == [*range(count)]


def test_a_scheduler_that_is_not_there_is_told_with_a_remedy(monkeypatch):
    monkeypatch.setattr(encircle.archive.cluster, "WAIT_S", 0.5)
    with pytest.raises(FleetError, match=r"no Dask scheduler answers.*dask scheduler"):
        next(iter(work_through(mild, loads(), scheduler="tcp://127.0.0.1:9")))


@pytest.mark.parametrize("address", ["foo://x", "tcp://127.0.0.1:9x", "tcp://host"])
def test_what_is_no_address_is_refused_at_once(address, monkeypatch):
    """Dask's client of no address waits 20 s when it is let go, and then prints its own fault."""
    monkeypatch.setattr(distributed.Client, "__init__", lambda *_, **__: pytest.fail("was made"))
    with pytest.raises(FleetError, match=r"no Dask scheduler answers.*dask scheduler"):
        next(iter(work_through(mild, loads(), scheduler=address)))


@pytest.fixture
def lonely(monkeypatch):
    monkeypatch.setattr(encircle.archive.cluster, "WORKERS_S", 1.0)
    monkeypatch.setattr(encircle.archive.cluster, "LOOK_S", 0.2)
    with LocalCluster(n_workers=0, threads_per_worker=1, host="127.0.0.1",
                      dashboard_address="127.0.0.1:0") as found:  # fmt: skip
        yield found


def test_a_worker_is_waited_for_with_a_word_and_not_for_ever(lonely):
    told = []
    with pytest.raises(FleetError, match=r"no worker for 1 s; start one with `dask worker tcp"):
        next(work_through(mild, loads(), scheduler=lonely.scheduler_address, on_told=told.append))
    assert len(told) == 1
    assert "has no worker; one is waited for, 1 s at most" in told[0]


def test_workers_that_all_leave_are_not_waited_for_for_ever(lonely):
    lonely.scale(1)
    lonely.wait_for_workers(1)
    answers = work_through(slow, loads(40), scheduler=lonely.scheduler_address)
    assert next(answers)[0] == 0
    lonely.scale(0)
    with pytest.raises(FleetError, match="no worker for 1 s"):
        list(answers)


@pytest.fixture
def complaints():
    """Collect what Dask's client logs of itself, which by default goes to standard error."""
    said, handler = [], logging.Handler()
    handler.emit = said.append
    logger = logging.getLogger("distributed.client")
    logger.addHandler(handler)
    yield said
    logger.removeHandler(handler)


def test_a_scheduler_that_ends_is_told_with_a_remedy_and_nothing_else(lonely, complaints):
    lonely.scale(1)
    lonely.wait_for_workers(1)
    answers = work_through(slow, loads(40), scheduler=lonely.scheduler_address)
    assert next(answers)[0] == 0
    lonely.close()
    with pytest.raises(FleetError, match="answers no more; start it"):
        list(answers)
    assert not complaints


@contextmanager
def of_version(cluster, version):
    """Have the workers be of a version."""

    def set_version(to):
        import encircle.version

        encircle.version.__version__ = to

    with Client(cluster.scheduler_address, set_as_default=False) as client:
        client.run(set_version, version)
        yield
        client.run(set_version, __version__)


def test_a_worker_of_another_version_is_refused(cluster):
    with of_version(cluster, "0.1.9"), pytest.raises(
        FleetError, match=rf"worker at tcp\S+ has Encircle 0\.1\.9, and here is {__version__}"
    ):  # fmt: skip
        next(work_through(mild, loads(), scheduler=cluster.scheduler_address))
    assert next(work_through(mild, loads(), scheduler=cluster.scheduler_address)) == 0


def test_a_worker_without_the_library_is_refused(cluster):
    def hide():
        """Have nothing of the library be there: what asks a worker must come with all it needs."""
        import sys

        hidden = {name: sys.modules.pop(name) for name in [*sys.modules]
                  if name.split(".")[0] == "encircle"}  # fmt: skip
        sys.modules["encircle"] = None
        sys.hidden = hidden

    def show():
        import sys

        sys.modules.update(sys.hidden)
        if sys.modules["encircle"] is None:
            del sys.modules["encircle"]

    with Client(cluster.scheduler_address, set_as_default=False) as client:
        client.run(hide)
        try:
            with pytest.raises(FleetError, match=r"worker at tcp\S+ cannot load Encircle \("):
                next(work_through(mild, loads(), scheduler=cluster.scheduler_address))
        finally:
            client.run(show)


# -- the command -----------------------------------------------------------------------------


@pytest.fixture
def maps(tmp_path):
    days = {"2024-12-01": RING.difference(CORRIDOR), "2024-12-03": RING}
    for day, shape in days.items():
        name = tmp_path / "maps" / f"{second(day)}.geojson"
        name.parent.mkdir(exist_ok=True)
        name.write_text(json.dumps(draw((shape, "RU"))))
    (tmp_path / "maps" / f"{second('2024-12-02')}.geojson").write_text('{"type": "nothing"}')
    (tmp_path / "border.geojson").write_text(json.dumps(BORDER))
    return tmp_path


def scan(maps, *options):
    said = ["scan", str(maps / "maps"), "--border", str(maps / "border.geojson"), "--json",
            "--fresh", *options]  # fmt: skip
    return CliRunner().invoke(app, said)


def test_scanning_on_two_processes_prints_the_same_and_writes_the_same_proofs(maps):
    alone = scan(maps, "--workers", "1", "--proofs", str(maps / "one"))
    spread = scan(maps, "--workers", "2", "--proofs", str(maps / "two"))
    assert (alone.exit_code, spread.exit_code) == (2, 2)  # one map is none
    assert spread.stdout == alone.stdout
    proofs = [{p.name: p.read_bytes() for p in Path(maps / name).iterdir()}
              for name in ("one", "two")]  # fmt: skip
    assert proofs[0].keys() == proofs[1].keys()
    assert proofs[0]


def test_workers_beside_a_scheduler_are_refused(maps):
    done = scan(maps, "--workers", "2", "--scheduler", "tcp://127.0.0.1:9")
    assert done.exit_code == 2
    assert "--workers would do nothing" in done.stderr


def test_workers_that_cannot_keep_answers_go_on_without_and_it_is_told_once(
    maps, cluster, monkeypatch
):
    """Each keeps what it found in a folder of its own machine, and not in that of the command."""
    (maps / "file").write_text("no folder")

    def set_cache(to):
        os.environ["XDG_CACHE_HOME"] = to

    monkeypatch.setenv("XDG_CACHE_HOME", str(maps / "ours"))
    said = ["scan", str(maps / "maps"), "--border", str(maps / "border.geojson"), "--json",
            "--scheduler", cluster.scheduler_address]  # fmt: skip
    alone = scan(maps)
    with Client(cluster.scheduler_address, set_as_default=False) as client:
        client.run(set_cache, str(maps / "file"))
        spread = CliRunner().invoke(app, said)
        assert spread.stdout == alone.stdout
        told = f"nothing more is kept in {maps / 'file' / 'encircle' / 'scan'}"
        assert spread.stderr.count(told) == 1
        assert f"Notice: on {platform.node()} {told}" in spread.stderr
        client.run(set_cache, str(maps / "theirs"))
        assert "nothing more is kept" not in CliRunner().invoke(app, said).stderr
    assert [*(maps / "theirs").rglob("*.kept")]
    assert not (maps / "ours").exists()


def test_a_machine_without_a_home_keeps_nothing_and_says_so(monkeypatch):
    monkeypatch.delenv("XDG_CACHE_HOME", raising=False)
    monkeypatch.setattr(Path, "home", lambda: (_ for _ in ()).throw(RuntimeError("no home")))
    kept = open_kept(OWN)
    kept.put("a" * 64, {"x": 1})
    assert kept.get("a" * 64) is None
    assert "there is no home; set XDG_CACHE_HOME" in kept.fault


def test_a_process_that_dies_while_it_gives_its_answer_is_found_dead(monkeypatch):
    monkeypatch.setattr(encircle.archive.fleet, "LOOK_S", 0.5)
    answers = [*work_through(give_half, loads(4), workers=2)]
    assert answers == [0, 1, LOST, 3]


def test_what_is_under_way_when_the_pool_breaks_is_still_at_hand():
    """All that waits is done then, and is done again by what it was: that is not let go."""
    lost, other = _UnderWay("first", Future()), _UnderWay("other", Future())
    other.future.set_exception(BrokenProcessPool())
    crew = _Crew(lambda: 1, None, lambda _: lost.future.set_exception(BrokenProcessPool()))
    crowded = deque([lost, other, _UnderWay("third", Future())])
    with pytest.raises(BrokenProcessPool):
        [*_make_room(crowded, crew)]
    assert [one.thing for one in crowded] == ["first", "other", "third"]
