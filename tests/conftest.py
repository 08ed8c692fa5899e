"""What holds for all tests: what is judged is kept, giants start first, some are the fast loop."""

import gc
import os
import shutil
import tempfile
from pathlib import Path

import pytest

from tests import judged
from tests.order import holds_fast, is_fast, rank

FOLDER = "ENCIRCLE_TESTS_JUDGED"
starts_the_run = FOLDER not in os.environ
"""The workers of a run are told the folder by the process which started them."""
if starts_the_run:
    os.environ[FOLDER] = tempfile.mkdtemp(prefix="encircle-judged-")

# Before any test module is imported: each binds the name of `judge` for itself.
judged.start(Path(os.environ[FOLDER]))


def pytest_configure(config):
    if hasattr(config.option, "loadscopereorder"):  # files in our order, not by their tests' number
        config.option.loadscopereorder = False


def pytest_unconfigure():
    if starts_the_run:
        shutil.rmtree(os.environ[FOLDER], ignore_errors=True)


def pytest_ignore_collect(collection_path, config):
    """Leave out of the fast loop what has none of it: to import it alone takes seconds."""
    if config.option.markexpr == "fast" and not holds_fast(collection_path):
        return True
    return None


@pytest.hookimpl(tryfirst=True)  # before marks are asked for
def pytest_collection_modifyitems(items):
    for item in items:
        if is_fast(item):
            item.add_marker(pytest.mark.fast)
    items.sort(key=lambda item: rank(item.path))  # a file's own tests stay in their order


def pytest_collection_finish():
    """Look no more through the ten thousand tests collected for what may be thrown away."""
    gc.collect()
    gc.freeze()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_protocol(item):
    # A test which changes the engine, or asks whether it does the same again, is to judge anew.
    fixtures = getattr(item, "fixturenames", ())
    judged.kept.is_off = "monkeypatch" in fixtures or item.get_closest_marker("anew") is not None
    return (yield)
