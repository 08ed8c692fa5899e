"""
A map that was judged is not judged again in the same run, and one that was verified not surveyed.

Some nine hundred maps are judged by the tests, and each again by many of them. A judgement is a
value: the same map under the same options gives the same, which `test_judged` holds. What is kept
is its pickle, in a folder which all workers of a run share, so whoever spoils a judgement spoils
his own. Verifiers are kept too, a few, by the map they are of: fresh or used they say the same,
which `test_verifier` holds.
"""

import functools
import hashlib
import os
import pickle
from pathlib import Path

import encircle.judge as judging
from encircle import Situation
from encircle.verifier import verify as verifying
from encircle.verifier.verify import Verifier

engine = judging.judge
"""The engine's own, which always judges."""
checker = verifying.verify
"""The verifier's own, which always surveys the map anew."""
MOST_VERIFIERS = 32
"""Maps of which a verifier is kept, the last used. No table of maps that is gone through twice has
more, and each takes about a megabyte."""


class Kept:
    """What was judged in this run."""

    def __init__(self) -> None:
        self.folder: Path | None = None
        self.is_off = False
        self.hits = 0
        self.owner = os.getpid()
        self.verifiers: dict[str, Verifier] = {}

    def verifier(self, situation: Situation) -> Verifier:
        """Give the verifier that was used for the very same map, if there is one."""
        if self.is_off:
            return Verifier(situation)
        name = _digest(situation)
        found = self.verifiers.pop(name, None) or Verifier(situation)
        self.verifiers[name] = found
        if len(self.verifiers) > MOST_VERIFIERS:
            del self.verifiers[next(iter(self.verifiers))]
        return found

    def judge(self, situation, options=None, *, deadline_s=None):
        """Judge, or give what was judged of the very same map under the same options."""
        # A process forked to judge must judge: that its answer is the same is what tests ask.
        if self.folder is None or self.is_off or self.owner != os.getpid():
            return engine(situation, options, deadline_s=deadline_s)
        if not isinstance(situation, Situation):
            return engine(situation, options)
        if deadline_s is not None:  # what there is time for differs from run to run
            return engine(situation, options, deadline_s=deadline_s)
        options = options or judging.Options()
        name = _digest((situation, options))
        place = self.folder / name
        if place.exists():
            self.hits += 1
            return pickle.loads(place.read_bytes())  # noqa: S301 - written by this run
        judgement = engine(situation, options)
        half = self.folder / f"{name}.{self.owner}"
        half.write_bytes(pickle.dumps(judgement))
        half.replace(place)  # another worker never reads half of it
        return judgement


def _digest(value: object) -> str:
    """
    Name a value by all of it.

    A situation changed in Python keeps the digest of the document it was read from.
    """
    return hashlib.sha256(pickle.dumps(value)).hexdigest()


kept = Kept()


def start(folder: Path) -> None:
    """From now on keep what is judged, for all that call `judge` or `verify` by whatever name."""
    folder.mkdir(exist_ok=True)
    kept.folder = folder

    @functools.wraps(engine)
    def judge(situation, options=None, *, deadline_s=None):
        return kept.judge(situation, options, deadline_s=deadline_s)

    @functools.wraps(checker)
    def verify(judgement, situation, **asked):
        if not isinstance(situation, Situation):
            return checker(judgement, situation, **asked)
        return kept.verifier(situation).verify(judgement, **asked)

    judging.judge = judge
    verifying.verify = verify
