"""Locks hold every package that is asked for, each by its hashes, and no address."""

import re
import tomllib
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).resolve().parents[2]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
FILES = sorted(path.stem for path in (ROOT / "locks").glob("*.txt"))
LOCKS = {"test": {"test", "lint"}, "service": {"service", "otel", "postgres", "png"}}


def read_lock(name):
    """Give the requirements of a lock, each with its hashes."""
    text = (ROOT / "locks" / f"{name}.txt").read_text("utf-8").replace("\\\n", "")
    lines = [line.split("--hash=") for line in text.splitlines() if not line.startswith("#")]
    return {Requirement(first.strip()): {each.strip() for each in rest} for first, *rest in lines}


def list_wanted(extras):
    """List what the project asks for with these extras, and with the extras those name."""
    for line in (*PROJECT["dependencies"], *_list_lines(extras)):
        wanted = Requirement(line)
        if wanted.name == PROJECT["name"]:
            yield from list_wanted(wanted.extras)
        else:
            yield wanted


def _list_lines(extras):
    return (line for extra in extras for line in PROJECT["optional-dependencies"][extra])


@pytest.mark.parametrize("name", LOCKS)
def test_a_lock_pins_all_that_is_asked_for_within_its_bounds(name):
    locked = {}
    for pin in read_lock(name):
        version = str(pin.specifier).removeprefix("==")
        locked.setdefault(canonicalize_name(pin.name), []).append(version)
    for wanted in list_wanted(LOCKS[name]):
        versions = locked.get(canonicalize_name(wanted.name))
        assert versions, f"{wanted.name} is not locked: run scripts/renew_locks.sh"
        assert all(map(wanted.specifier.contains, versions)), wanted


@pytest.mark.parametrize("name", FILES)
def test_a_lock_names_hashes_and_no_address(name):
    for pin, hashes in read_lock(name).items():
        assert re.fullmatch(r"==[^,*]+", str(pin.specifier)), pin
        assert pin.url is None
        assert hashes
        assert all(re.fullmatch("sha256:[0-9a-f]{64}", each) for each in hashes), pin
    assert "//" not in (ROOT / "locks" / f"{name}.txt").read_text("utf-8")


def test_the_container_holds_what_was_tested():
    tested = {(str(pin), frozenset(hashes)) for pin, hashes in read_lock("test").items()}
    alone = {str(pin) for pin, hashes in read_lock("service").items()
             if (str(pin), frozenset(hashes)) not in tested}  # fmt: skip
    assert alone == set(), "pinned otherwise than in locks/test.txt"


def test_the_container_is_made_from_its_lock():
    steps = (ROOT / "Dockerfile").read_text("utf-8")
    words = [step.strip() for step in re.split(r"\\\n|&&|\n", steps.replace("\\\n        ", ""))]
    installed = [each for each in words if re.search(r"-m pip .*\b(install|wheel)\b", each)]
    assert len(installed) == 4
    assert all(" -r locks/" in each or "--no-deps" in each for each in installed)
    assert all("--require-hashes" in each for each in installed if " -r " in each)
    assert [re.findall(r" -r (\S+)", each) for each in installed[:2]] == [
        ["locks/build.txt"], ["locks/service.txt"],
    ]  # fmt: skip
