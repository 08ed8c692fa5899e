"""Measure one performance goal: python -m tests.benchmarks P8."""

from __future__ import annotations

import sys
from importlib import import_module
from pathlib import Path


def main() -> int:
    """Run the benchmark named on the command line; 0 if it was correct."""
    here = Path(__file__).parent
    known = sorted(path.stem.upper() for path in here.glob("[!_n]*.py"))
    goals = [goal.upper() for goal in sys.argv[1:]]
    if not goals or set(goals) - set(known):
        print(f"usage: python -m tests.benchmarks {'|'.join(known)}", file=sys.stderr)
        return 2
    return max(import_module(f"tests.benchmarks.{goal.lower()}").main() for goal in goals)


sys.exit(main())
