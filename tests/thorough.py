"""What runs in `.ci/run` and by `-m thorough` only: more of the same, which takes minutes."""

from collections.abc import Iterable
from typing import Any

import pytest

thorough = pytest.mark.thorough


def every(step: int, cases: Iterable[Any]) -> list[Any]:
    """
    Mark all but every `step`-th of some cases as thorough.

    The first is always kept, so a test always runs.
    """
    return [
        case
        if number % step == 0
        else pytest.param(*case.values, id=case.id, marks=[*case.marks, thorough])
        if isinstance(case, type(pytest.param()))
        else pytest.param(case, marks=thorough)
        for number, case in enumerate(cases)
    ]
