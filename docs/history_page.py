"""Write the page of the library of history, with a small map of every state.

`python docs/history_page.py` judges and measures everything anew; `--check` only compares, and
`--pictures` only draws the maps anew.
"""  # noqa: INP001

from __future__ import annotations

import sys
from concurrent.futures import ProcessPoolExecutor
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

from encircle.archive.library.history import OURS, History, Record, judge_scenario
from encircle.archive.library.provenance import KINDS as ORIGINS
from encircle.archive.library.provenance_counts import count_provenance
from encircle.archive.library.scenarios import (
    ALTERNATIVE,
    SOURCES,
    Scenario,
    read_library,
    read_scenario,
)
from encircle.archive.library.sensitivity import (
    BOUNDARY_ERROR_M,
    JITTERS,
    KINDS,
    PARAMETERS,
    measure_sensitivity,
)
from encircle.cli.terminal import show_progress
from encircle.judge import judge
from encircle.map.door.reader import read_situation
from encircle.map.options import Options
from encircle.picture.picture import draw_svg

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from encircle.archive.timeline import Timeline
    from encircle.verdict.judgement import Judgement

ROOT = Path(__file__).resolve().parents[1]
FIXTURES = ROOT / "fixtures"
PAGE = ROOT / "docs" / "history.md"
PICTURES = ROOT / "docs" / "images" / "history"
WIDTH_PX = 560
METHODS = {
    OURS: "Encircle",
    "convex_hull": "convex hull",
    "angular_gap": "angular gap",
    "all_neighbours_hostile": "all neighbours hostile",
    "grey_as_enemy": "grey as enemy",
}
WARNINGS = ("km out could", "does not settle")
"""Words with which a confidence says that a verdict may turn."""
BEFORE_COMMIT = "1b547c0"
"""The library before its sources were redone; its figures are counted by the same functions."""
BEFORE = {
    "rows": {"internal table": 312, "memory": 136, "no reference": 610},
    "positions": {"geolocated": 844, "reported": 24},
    "fire": {"a source not known to show fire": 228},
    "states": {"high": 94, "moderate": 15},
    "answers": {"closed": 42, "contested, or nobody left": 18, "open": 49},
    "claims": {
        "RU denies: refuted or overstated": 1,
        "RU denies: supported": 1,
        "RU affirms: open": 9,
        "RU affirms: refuted or overstated": 11,
        "RU affirms: supported": 8,
        "UA denies: open": 2,
        "UA denies: refuted or overstated": 2,
        "UA denies: supported": 17,
        "UA affirms: open": 5,
        "UA affirms: refuted or overstated": 4,
        "UA affirms: supported": 6,
        "an outsider denies: supported": 7,
        "an outsider affirms: open": 7,
        "an outsider affirms: refuted or overstated": 7,
        "an outsider affirms: supported": 11,
        "an outsider says neither: open": 4,
        "another party denies: open": 2,
        "another party denies: refuted or overstated": 3,
        "another party denies: supported": 5,
        "another party affirms: open": 4,
        "another party affirms: refuted or overstated": 2,
        "another party affirms: supported": 16,
        "another party says neither: open": 4,
    },
}
SUBJECTS = {
    "rows": "rows of SOURCES.md, by where they come from",
    "positions": "positions, by what placed them",
    "fire": "fire graded F3 or F4, by what bears it out",
    "states": "states, by confidence in the record",
    "answers": "states, by what the record allows",
    "claims": "claims on maps, by who makes them and what the record allows",
}
ANSWERS = {True: "yes", False: "no", None: "–"}


def study(name: str) -> tuple[Record, str, dict[str, Any]]:
    """Judge one scenario, draw it, and judge it again drawn otherwise."""
    scenario = read_scenario(FIXTURES / name)
    record = judge_scenario(scenario)
    picture = draw_svg(record.judgement, scenario.situation, width_px=WIDTH_PX, bare=True)
    return record, picture, measure_sensitivity(scenario.situation).to_dict()


def draw(name: str) -> tuple[str, str]:
    """Draw one scenario, and measure nothing."""
    scenario = read_scenario(FIXTURES / name)
    judgement = judge(scenario.situation, Options(most_worlds=0))
    return name, draw_svg(judgement, scenario.situation, width_px=WIDTH_PX, bare=True)


def draw_all() -> dict[str, str]:
    """Draw the whole library, a process for each core."""
    names = [s.id for s in read_library(FIXTURES) if s.is_history]
    drawn = {}
    with ProcessPoolExecutor() as pool, show_progress("Drawing", len(names)) as step:
        for name, picture in pool.map(draw, names):
            drawn[name] = picture
            step(name)
    return drawn


def study_all() -> tuple[History, dict[str, str], dict[str, dict[str, Any]]]:
    """Study the whole library, a process for each core."""
    names = [s.id for s in read_library(FIXTURES) if s.is_history]
    with ProcessPoolExecutor() as pool, show_progress("Studying", len(names)) as step:
        studied = []
        for found in pool.map(study, names):
            studied.append(found)
            step(found)
    records = tuple(record for record, _, _ in studied)
    pictures = {record.scenario.id: picture for record, picture, _ in studied}
    firmness = {record.scenario.id: measured for record, _, measured in studied}
    return History(records), pictures, firmness


# -- the page --------------------------------------------------------------------------------


def write_page(history: History, firmness: dict[str, dict[str, Any]]) -> str:
    """Write the page."""
    cases = group(history)
    return "\n".join(
        [
            *_write_head(history, cases),
            *_write_scores(history),
            *_write_table(history, firmness),
            *_write_provenance(history),
            *_write_firmness(history, firmness),
            *_write_redrawn(history),
            *_write_cases(history, cases, firmness),
        ]
    )


def group(history: History) -> dict[str, list[Record]]:
    """Group the records by case."""
    cases: dict[str, list[Record]] = {}
    for record in history.records:
        cases.setdefault(record.scenario.place, []).append(record)
    return cases


def _write_head(history: History, cases: dict[str, list[Record]]) -> Iterator[str]:
    yield "# The library of history"
    yield ""
    yield "<!-- Generated by `python docs/history_page.py`; do not edit. -->"
    yield ""
    yield (
        f"{len(history.records)} dated states of {len(cases)} cases, drawn by hand from facts. "
        "History decides what each must say, in its `expected.json`; `SOURCES.md` says where "
        "every number comes from. What is judged is the drawing: its lines are as good as its "
        "sources, and each page says how good that is. Names of towns on the pictures: GeoNames, "
        "CC BY 4.0."
    )
    yield ""


def _write_scores(history: History) -> Iterator[str]:
    of = history.scores[0].of
    rest = len(history.records) - of
    yield "## Who is right"
    yield ""
    yield (
        f"On the {of} states on which history leaves no doubt whether the force was encircled. "
        f"The other {rest} are states where the record allows both, or where nobody was left."
    )
    yield ""
    yield "| method | right | encircled, it says; it was not | free, it says; it was not | silent |"
    yield "|---|---|---|---|---|"
    for s in history.scores:
        yield (
            f"| {METHODS[s.method]} | {s.right} of {s.of} | {s.false_positives} | "
            f"{s.false_negatives} | {s.silent} |"
        )
    yield ""
    inside = len(history.records) - len(history.wrong)
    yield (
        f"Finer than yes and no: {inside} of {len(history.records)} judgements are inside the "
        "status codes, definitions, positions and margins that the record allows, each with "
        "proofs that the verifier accepts."
    )
    yield ""
    for record in history.wrong:
        yield f"- **{record.scenario.id}**: {'; '.join(record.differences) or 'proof refused'}"
    yield ""


def _write_table(history: History, firmness: dict[str, dict[str, Any]]) -> Iterator[str]:
    yield "## Every state"
    yield ""
    yield (
        "*History* lists the status codes the record allows; *held* is the share of redrawn maps "
        "on which our verdict stood. An answer that history contradicts is **bold**."
    )
    yield ""
    methods = [name for name in METHODS if name != OURS]
    heads = " | ".join(METHODS[name] for name in methods)
    yield f"| state | history | Encircle | {heads} | held |"
    yield "|---|---|---|" + "---|" * (len(methods) + 1)
    for record in history.records:
        truth = record.scenario.truth
        said = " | ".join(_answer(record.said[name], truth) for name in methods)
        name = record.scenario.id
        code = record.judgement.status.code
        ours = code if record.is_right else f"**{code}**"
        yield (
            f"| [{name}](#{name}) | {' '.join(record.scenario.acceptable)} | {ours} | {said} | "
            f"{firmness[name]['share_held']:.0%} |"
        )
    yield ""


def _answer(said: bool | None, truth: bool | None) -> str:  # noqa: FBT001 - the two answers
    wrong = truth is not None and said is not None and said is not truth
    return f"**{ANSWERS[said]}**" if wrong else ANSWERS[said]


def _write_firmness(history: History, firmness: dict[str, dict[str, Any]]) -> Iterator[str]:
    trials = sum(measured["held"][kind][1] for measured in firmness.values() for kind in KINDS)
    named = ", ".join(f"`{name}` {low:g} and {high:g}" for name, (low, high) in PARAMETERS.items())
    yield "## How firmly the verdicts stand"
    yield ""
    yield (
        f"Every state was judged again on {JITTERS} maps with every vertex of every boundary moved "
        f"by up to {BOUNDARY_ERROR_M / 1000:g} km, on two with boundaries rounded to 500 m and "
        f"1 km, and with each parameter halved and doubled ({named}): {trials} judgements. Where "
        "a verdict turned, its confidence says that boundaries a kilometre out could turn it."
    )
    yield ""
    yield "| state | verdict | moved | rounded | parameters | instead |"
    yield "|---|---|---|---|---|---|"
    steady = 0
    for record in history.records:
        measured = firmness[record.scenario.id]
        if measured["share_held"] == 1.0:
            steady += 1
            continue
        held = " | ".join(f"{a} of {b}" for a, b in (measured["held"][kind] for kind in KINDS))
        instead = ", ".join(f"{v.replace('_', ' ')} {n}" for v, n in measured["others"].items())
        verdict = measured["verdict"].replace("_", " ")
        yield f"| {record.scenario.id} | {verdict} | {held} | {instead} |"
    yield ""
    yield f"On the other {steady} states every trial gave the same verdict."
    yield ""


def _write_provenance(history: History) -> Iterator[str]:
    yield "## Where it comes from"
    yield ""
    yield (
        f"Counted over every state; *before* is the library at {BEFORE_COMMIT}, whose sources were "
        "an internal table and memory. A row that cites several texts counts by the best reached. "
        "A share stands for how even the library is, not for how the battles went."
    )
    yield ""
    yield "| | before | now |"
    yield "|---|---|---|"
    now = count_provenance(
        (r.scenario, (FIXTURES / r.scenario.id / SOURCES).read_text("utf-8"))
        for r in history.records
    )
    for subject, words in SUBJECTS.items():
        before, after = BEFORE[subject], now[subject]
        yield f"| **{words}** | {sum(before.values())} | {sum(after.values())} |"
        order = ORIGINS if subject == "rows" else sorted({*before, *after})
        for kind in order:
            yield f"| {kind} | {_share(before, kind)} | {_share(after, kind)} |"
    yield ""


def _share(counts: Mapping[str, int], kind: str) -> str:
    count, of = counts.get(kind, 0), sum(counts.values())
    return f"{count} ({count / of:.0%})" if count else "–"


def _write_redrawn(history: History) -> Iterator[str]:
    yield "## Drawn twice"
    yield ""
    yield (
        "These states were drawn a second time from the text of the sources alone, by somebody who "
        f"had not seen our drawing (`{ALTERNATIVE}`). A ring is measured by the least advance that "
        "would open it, an open force by the least new front that would close it; between two "
        "readings the smaller is told."
    )
    yield ""
    yield "| state | first drawing | second drawing |"
    yield "|---|---|---|"
    for record in history.records:
        if record.scenario.alternative is not None:
            again = judge(read_situation(record.scenario.alternative))
            first, second = (_tell_margin(j) for j in (record.judgement, again))
            yield f"| {record.scenario.id} | {first} | {second} |"
    yield ""


def _tell_margin(judgement: Judgement) -> str:
    """Write a status with the figure that says how far it is from turning."""
    code, margins = judgement.status.code, judgement.to_dict()["margins"]
    opening, closing = margins["opening_distance_m"], margins["closing_distance_m"]
    if judgement.encircled:
        told = f"{opening['distance_m'] / 1000:.1f} km would open it" if opening else ""
    elif lengths := [length for length in closing.values() if length]:
        told = f"{min(lengths) / 1000:.1f} km would close it"
    else:
        told = "only crossings lead out"
    return f"{code}, {told}" if told else str(code)


def _write_cases(
    history: History, cases: dict[str, list[Record]], firmness: dict[str, dict[str, Any]]
) -> Iterator[str]:
    yield "## Case by case"
    yield ""
    for place, records in cases.items():
        yield f"### {name_place(place)}"
        yield ""
        if place in history.timelines:
            yield from _write_series(history.timelines[place])
        for record in records:
            yield from _write_state(record, firmness[record.scenario.id])


def _write_series(series: Timeline) -> Iterator[str]:
    spans = series.spans_of("encircled")
    when = "; ".join(f"{a[:10]} to {b[:10]}" if a != b else a[:10] for a, b in spans)
    yield f"Encircled on these maps: {when or 'never'}."
    yield ""
    for turn in series.turns:
        yield f"- {turn.statement}"
    yield ""


def _write_state(record: Record, measured: dict[str, Any]) -> Iterator[str]:
    scenario, judgement = record.scenario, record.judgement
    history = scenario.expected["history"]
    status = f"{judgement.status.code}, {judgement.status.label.lower()}"
    yield f'#### <a id="{scenario.id}"></a>{say_day(scenario)}: {status}'
    yield ""
    yield f"![{judgement.headline}](images/history/{scenario.id}.svg)"
    yield ""
    yield f"{judgement.headline} {history['note']}"
    yield ""
    fooled = [
        METHODS[name]
        for name, said in record.said.items()
        if scenario.truth is not None and said is not None and said is not scenario.truth
    ]
    traps = history.get("traps", [])
    facts = [
        f"History allows {' or '.join(scenario.acceptable)} (confidence {history['confidence']})",
        f"wrong here: {', '.join(fooled)}" if fooled else "",
        f"traps: {', '.join(traps)}" if traps else "",
        f"verdict held on {measured['share_held']:.0%} of redrawn maps",
        f"[sources](../fixtures/{scenario.id}/SOURCES.md)",
    ]
    yield "; ".join(fact for fact in facts if fact) + "."
    yield ""


def find_silent(history: History, firmness: dict[str, dict[str, Any]]) -> list[str]:
    """Name the states whose verdict turned on a redrawn map, and whose confidence is silent."""
    turned = [r for r in history.records if firmness[r.scenario.id]["share_held"] < 1.0]
    warned = {
        r.scenario.id
        for r in turned
        if any(w in reason for reason in r.judgement.confidence["because"] for w in WARNINGS)
    }
    return [r.scenario.id for r in turned if r.scenario.id not in warned]


def name_place(place: str) -> str:
    """Write a place as a title."""
    return " ".join(word.capitalize() for word in place.split("-"))


def say_day(scenario: Scenario) -> str:
    """Write a scenario's date."""
    day = date.fromisoformat(str(scenario.day))
    return f"{day.day} {day:%B %Y}"


def main(words: list[str]) -> int:
    """Write the page and its pictures, or compare them."""
    if "--pictures" in words:
        for name, picture in draw_all().items():
            (PICTURES / f"{name}.svg").write_text(picture, "utf-8")
        return 0
    history, pictures, firmness = study_all()
    silent = find_silent(history, firmness)
    if silent:
        sys.stderr.write(f"turned by a redrawing, and say nothing of it: {', '.join(silent)}\n")
        return 1
    wanted = {PAGE: write_page(history, firmness).rstrip() + "\n"}
    wanted |= {PICTURES / f"{name}.svg": picture for name, picture in pictures.items()}
    if "--check" in words:
        stale = [p for p, text in wanted.items() if not p.exists() or p.read_text("utf-8") != text]
        for path in stale:
            sys.stderr.write(f"out of date: {path.relative_to(ROOT)}\n")
        return 1 if stale else 0
    PICTURES.mkdir(parents=True, exist_ok=True)
    for old in set(PICTURES.glob("*.svg")) - set(wanted):
        old.unlink()
    for path, text in wanted.items():
        path.write_text(text, "utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
