"""
A case against a plain model of it: whatever is posted, corrected, taken back, whenever.

The model is a list of everything that happened. The laws: what stands is what the list says; what
was known at an instant never changes afterwards; the log is one whole chain.
"""

import itertools
from datetime import UTC, datetime, time, timedelta

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from encircle.store.assembling import assemble
from encircle.store.casefile import post, retract, revise
from encircle.store.opening import open_store
from encircle.store.revisions import (
    ConflictError,
    GoneError,
    NotKeptError,
    check_log,
    list_revisions,
)
from encircle.store.settings import make_case
from tests.thorough import thorough

NOON = datetime(2025, 3, 14, 12, tzinfo=UTC)
NAMES = st.sampled_from([f"p{number}" for number in range(6)])
TRACKS = st.sampled_from([None, "u1", "u2"])
COUNTED = itertools.count()
HOURS = st.integers(-100, 100)
SETTINGS = {"title": "T", "sides": [{"id": "A"}, {"id": "B"}]}


def sighting(name, track, hours, reach):
    said = {"kind": "position", "side": "A", "force": "g", "reach_m": reach, "sources": [name],
            "observed_at": (NOON + timedelta(hours=hours)).isoformat()}  # fmt: skip
    if track:
        said["track"] = track
    return {"type": "Feature", "id": name, "properties": said,
            "geometry": {"type": "Point", "coordinates": [35.0, 51.0]}}  # fmt: skip


class Case(RuleBasedStateMachine):
    url = "sqlite://"

    def __init__(self):
        super().__init__()
        self.store = open_store(self.url)
        self.name = f"c{next(COUNTED)}"
        self.clock = NOON
        self.happened = []  # (recorded at, name, act, feature)
        self.then = []  # (known at, as of, what was answered)
        make_case(self.store, self.name, SETTINGS, "anna", self.clock)
        self.least = self.clock

    def teardown(self):
        self.store.close()

    def record(self, name, act, feature):
        self.least = max(self.least, self.clock)
        self.happened.append((self.least, name, act, feature))

    def latest(self, name):
        acts = [(act, number) for number, (_, of, act, _) in enumerate(self.happened) if of == name]
        return (acts[-1][0] if acts else None, len(acts))

    @rule(hours=st.integers(-5, 20))
    def wait(self, hours):
        """The server's clock goes on, and sometimes back."""
        self.clock += timedelta(hours=hours)

    @rule(name=NAMES, track=TRACKS, hours=HOURS, reach=st.integers(0, 5))
    def post(self, name, track, hours, reach):
        feature = sighting(name, track, hours, reach)
        act, _ = self.latest(name)
        posted = post(self.store, self.name, [feature], "ben", now=self.clock)
        may_be_posted = act in (None, "retract")
        assert bool(posted.refused) != may_be_posted
        if may_be_posted:
            self.record(name, "correct" if act else "post", feature)

    @rule(name=NAMES, track=TRACKS, hours=HOURS, reach=st.integers(0, 5), late=st.booleans())
    def correct(self, name, track, hours, reach, late):
        feature = sighting(name, track, hours, reach)
        act, count = self.latest(name)
        wanted = {None: NotKeptError, "retract": GoneError, "redact": GoneError}.get(act)
        if wanted is None and late:
            wanted = ConflictError
        expected = count - 1 if late else count

        def attempt():
            revise(self.store, self.name, name, feature, "cem", "it moved", expected, self.clock)

        if wanted:
            with pytest.raises(wanted):
                attempt()
        else:
            attempt()
            self.record(name, "correct", feature)

    @rule(name=NAMES, redact=st.booleans())
    def take_back(self, name, redact):
        act, _ = self.latest(name)
        is_gone = act == "redact" or (act == "retract" and not redact)
        wanted = NotKeptError if act is None else GoneError if is_gone else None

        def attempt():
            retract(self.store, self.name, name, "dora", "wrong", redact=redact, now=self.clock)

        if wanted:
            with pytest.raises(wanted):
                attempt()
            return
        attempt()
        self.record(name, "redact" if redact else "retract", None)
        if redact:  # it is gone from every answer, also of before
            self.happened = [
                (at, of, what, None if of == name else feature)
                for at, of, what, feature in self.happened
            ]
            self.then = []

    @precondition(lambda self: self.happened)
    @rule(hours=HOURS, known=st.none() | st.integers(0, 200))
    def ask(self, hours, known):
        as_of = NOON + timedelta(hours=hours)
        known_at = None if known is None else NOON + timedelta(hours=known)
        answered = self.answer(as_of, known_at)
        assert answered == self.expect(as_of, known_at)
        if known_at is not None and known_at < self.least:
            self.then.append((as_of, known_at, answered))

    def answer(self, as_of, known_at):
        with self.store.reading() as connection:
            document = assemble(connection, self.name, as_of, known_at).document
        return [(f["id"], f["properties"]) for f in document["features"]]

    def expect(self, as_of, known_at):
        standing = {}
        for at, name, act, feature in self.happened:
            if known_at is None or at <= known_at:
                standing[name] = (at, act, feature)
        seen = []
        for name, (_, act, feature) in standing.items():
            if act in ("post", "correct") and feature is not None:
                at = datetime.fromisoformat(feature["properties"]["observed_at"])
                if at <= as_of:
                    order = [
                        number
                        for number, (then, of, _, _) in enumerate(self.happened)
                        if of == name and (known_at is None or then <= known_at)
                    ]
                    # At midnight to the second it may name the day alone: then the day's last.
                    rank = at.date(), at.time() == time.min, at
                    seen.append((rank, order[-1], name, feature))
        told = [(name, f["properties"]) for *_, name, f in seen if "track" not in f["properties"]]
        for track in ("u1", "u2"):
            of = sorted(s for s in seen if s[3]["properties"].get("track") == track)
            if of:
                *_, name, last = of[-1]
                others = [s[2] for s in of[:-1] if s[0][0] == of[-1][0][0]]
                cited = {"sources": [name, *others]}
                told.append((name, {**last["properties"], **cited}))
        return sorted(told, key=lambda one: one[0])

    @invariant()
    def what_was_known_stays_known(self):
        for as_of, known_at, answered in self.then[-2:]:
            assert self.answer(as_of, known_at) == answered

    @invariant()
    def the_log_is_whole(self):
        with self.store.reading() as connection:
            log = list_revisions(connection, self.name)
        assert check_log(log) == []
        assert [(line.subject, line.act) for line in log[1:]] == [
            (name, act) for _, name, act, _ in self.happened
        ]


@pytest.mark.parametrize("examples", [8, pytest.param(200, marks=thorough)])
def test_a_case_is_what_was_done_to_it(url, examples):
    machine = type("Here", (Case,), {"url": url})
    run_state_machine_as_test(
        machine,
        settings=settings(
            max_examples=examples, stateful_step_count=25, deadline=None, print_blob=True,
            suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture],
        ),
    )  # fmt: skip
