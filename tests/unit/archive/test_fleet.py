"""Whatever the work is spread over, the answers are those of one process, in order."""

import json
import os
import signal
from collections import deque
from concurrent.futures import Future
from concurrent.futures.process import BrokenProcessPool
from functools import partial
from pathlib import Path

import pytest
from distributed import LocalCluster
from typer.testing import CliRunner

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
from encircle.cli.main import app
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
                      dashboard_address=None) as found:  # fmt: skip
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
    monkeypatch.setattr(encircle.archive.fleet, "WAIT_S", 0.5)
    with pytest.raises(FleetError, match=r"no Dask scheduler answers.*dask scheduler"):
        next(iter(work_through(mild, loads(), scheduler="tcp://127.0.0.1:9")))


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
