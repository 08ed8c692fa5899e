"""The library of scenarios judged and held against history, the popular methods beside it."""

from __future__ import annotations

import json
import time
from collections import Counter
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

from encircle.archive.library.baselines import BASELINES
from encircle.archive.library.sensitivity import measure_sensitivity
from encircle.archive.timeline import Moment, Timeline, build_timeline
from encircle.judge import judge
from encircle.verdict.judgement import STATUSES
from encircle.verifier.verify import verify

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from encircle.archive.library.scenarios import Scenario
    from encircle.verdict.judgement import Judgement
    from encircle.verifier.verify import Verification

Json = dict[str, Any]
OURS = "encircle"
READINGS = ("optimistic", "pessimistic")


@dataclass(frozen=True)
class Record:
    """One scenario: what history says, what is judged, and what each popular method says."""

    scenario: Scenario
    judgement: Judgement
    verification: Verification
    said: dict[str, bool | None]
    """Answers to *encircled?* by method; None: the method has nothing to look at."""
    seconds: float

    @cached_property
    def differences(self) -> list[str]:
        """Say where the judgement strays from what history allows."""
        return list(find_differences(self.scenario.expected, json.loads(self.judgement.to_json())))

    @property
    def is_right(self) -> bool:
        """Tell whether the judgement is inside what history allows, and proven."""
        return not self.differences and self.verification.holds

    def to_dict(self) -> Json:
        """Give the record as one line of the report."""
        return {
            "id": self.scenario.id,
            "as_of": self.judgement.as_of,
            "acceptable": list(self.scenario.acceptable),
            "truth": self.scenario.truth,
            "code": self.judgement.status.code,
            "verdict": self.judgement.verdict,
            "right": self.is_right,
            "differences": self.differences,
            "proof_holds": self.verification.holds,
            "said": self.said,
            "seconds": round(self.seconds, 3),
        }


@dataclass(frozen=True, slots=True)
class Score:
    """How one method fares where history leaves no doubt whether a force was encircled."""

    method: str
    right: int
    false_positives: int
    """Forces called encircled that were not."""
    false_negatives: int
    """Encircled forces called free."""
    silent: int
    """States on which the method has no answer."""
    of: int


@dataclass(frozen=True)
class History:
    """All records, scored."""

    records: tuple[Record, ...]

    @property
    def seconds(self) -> float:
        """Time spent judging and verifying, all states together."""
        return sum(record.seconds for record in self.records)

    @property
    def wrong(self) -> list[Record]:
        """The records on which the judgement strays from history or is not proven."""
        return [record for record in self.records if not record.is_right]

    def score(self, method: str) -> Score:
        """Score a method by name on all states on which history is of one mind."""
        decided = [r for r in self.records if r.scenario.truth is not None]
        pairs = [(r.said[method], r.scenario.truth) for r in decided]
        return Score(
            method,
            right=sum(said is truth for said, truth in pairs),
            false_positives=sum(said is True and not truth for said, truth in pairs),
            false_negatives=sum(said is False and bool(truth) for said, truth in pairs),
            silent=sum(said is None for said, _ in pairs),
            of=len(pairs),
        )

    @cached_property
    def scores(self) -> list[Score]:
        """Every method's score, ours first."""
        return [self.score(method) for method in (OURS, *BASELINES)]

    @cached_property
    def timelines(self) -> dict[str, Timeline]:
        """Cases with several dates, each as one series, by place; a series is of one force."""
        cases: dict[tuple[str, str], list[Record]] = {}
        for record in self.records:
            scenario = record.scenario
            cases.setdefault((scenario.place, scenario.situation.force), []).append(record)
        forces = Counter(place for place, _ in cases)
        return {
            place if forces[place] == 1 else f"{place}, {force}": build_timeline(
                [Moment(r.scenario.situation, r.judgement) for r in records]
            )
            for (place, force), records in cases.items()
            if len(records) > 1
        }

    def to_dict(self) -> Json:
        """Give the whole report as one document."""
        return {
            "states": [record.to_dict() for record in self.records],
            "scores": [
                {name: getattr(score, name) for name in Score.__dataclass_fields__}
                for score in self.scores
            ],
            "timelines": {place: t.to_dict() for place, t in self.timelines.items()},
            "seconds": round(self.seconds, 1),
        }


def judge_library(
    scenarios: Sequence[Scenario], *, on_judged: Callable[[Record], None] = lambda _: None
) -> History:
    """
    Judge every dated scenario, verify its proof, and ask the popular methods.

    Parameters
    ----------
    scenarios
        Traps and counterfactuals among them are left out: no record says what was true there.
    """
    records = []
    for scenario in scenarios:
        if scenario.is_history and not scenario.error:
            records.append(judge_scenario(scenario))
            on_judged(records[-1])
    return History(tuple(records))


def judge_scenario(scenario: Scenario) -> Record:
    """Judge one scenario, verify its proof, and ask the popular methods."""
    began = time.perf_counter()
    situation = scenario.situation
    judgement = judge(situation)
    verification = verify(json.loads(judgement.to_json()), situation)
    seconds = time.perf_counter() - began
    said = {name: method(situation) for name, method in BASELINES.items()}
    return Record(scenario, judgement, verification, {OURS: judgement.encircled, **said}, seconds)


def measure_all(
    scenarios: Iterable[Scenario], *, on_measured: Callable[[Scenario], None] = lambda _: None
) -> dict[str, Json]:
    """Judge every scenario again, drawn otherwise; give the shares that held, by id."""
    measured = {}
    for scenario in scenarios:
        measured[scenario.id] = measure_sensitivity(scenario.situation).to_dict()
        on_measured(scenario)
    return measured


def find_differences(expected: Json, judgement: Json) -> Iterator[str]:
    """Say where a judgement strays from what a scenario expects; nothing where it does not."""
    verdicts = {STATUSES[code].verdict for code in expected["acceptable"]}
    if len(verdicts) == 1:
        yield from _differ("verdict", judgement["verdict"], [expected["verdict"]])
    yield from _differ("status", judgement["status"]["code"], expected["acceptable"])
    yield from _differ("force", judgement["force"], [expected["force"]])
    yield from _differ("as_of", judgement["as_of"], [expected["as_of"]])
    for name, answer in expected.get("definitions", {}).items():
        yield from _differ(name, judgement["definitions"][name], [answer])
    codes = {unit["id"]: unit["status"]["code"] for unit in judgement["units"]}
    for name, unit in expected.get("units", {}).items():
        yield from _differ(name, codes.get(name), unit["acceptable"])
    for name, (least, most) in expected.get("margins", {}).items():
        for reading in READINGS:
            found = judgement["margins"][name][reading]
            if found is None or not least <= found <= most:
                yield f"{name} on the {reading} reading is {found}, not {least} to {most}"


def _differ(where: str, found: object, allowed: Iterable[object]) -> Iterator[str]:
    if found not in allowed:
        yield f"{where} is {found}, not {' or '.join(str(a) for a in allowed)}"
