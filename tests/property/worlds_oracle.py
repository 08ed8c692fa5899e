"""The slow oracle of likelihood: every world drawn afresh and judged by itself."""

from __future__ import annotations

import importlib
import itertools
import random
from dataclasses import replace

from encircle.likelihood.measure import Asked, Likelihood
from encircle.likelihood.worlds.atlas import Atlas
from encircle.map.evidence import admit, find_doubts
from encircle.map.plane.projection import Plane
from encircle.map.situation import Position
from encircle.network.ground.drawing import draw
from encircle.network.sheet import draw_sheet, find_positions
from encircle.verdict.definitions import answer_definitions

judging = importlib.import_module("encircle.judge")
"""The module; the package gives the function of that name."""
look = judging._look  # noqa: SLF001 - the engine's own part

GRADES = (("A", 1), ("B", 2), ("C", 3), ("D", 4), ("F", 6), ("B", 6), ("E", 1))


def doubted(document, seed, most=4):
    """Give some features of a document sources of graded origins, and some a probability."""
    rng = random.Random(seed)  # noqa: S311
    grades = [rng.choice(GRADES[:4] if rng.random() < 0.8 else GRADES) for _ in range(3)]
    sources = [
        {"id": f"s{i}", "reliability": a, "credibility": n, "origin": f"o{i % 3}"}
        for i, (a, n) in enumerate([*grades, grades[0]])
    ]
    stated = 0
    features = []
    for feature in document["features"]:
        extra = {}
        draw_ = rng.random()
        if draw_ < 0.25 and stated < most - 2:
            stated += 1
            extra["probability"] = rng.choice((0.1, 0.35, 0.5, 0.8, 0.95, 1.0, 0.0))
        elif draw_ < 0.75:
            extra["sources"] = rng.sample([s["id"] for s in sources], rng.choice((1, 1, 2)))
        kept = dict(feature["properties"])
        if kept["kind"] == "control":
            kept.pop("location_error_m", None)
        features.append({**feature, "properties": {**kept, **extra}})
    whole = {**document["situation"], "sources": sources}
    return {**document, "situation": whole, "features": features}


def build_atlas(situation, options):
    evidence = admit(situation, options)
    sheet = draw_sheet(evidence, find_positions(situation, evidence), options)
    doubts = find_doubts(evidence, situation.force, sheet.ground.drawing.friends, options)
    return Atlas(
        evidence, doubts, sheet.ground, sheet.shapes, sheet.outline, sheet.stops, options,
        sheet.network.lines,
    )  # fmt: skip


def judge_fast(situation, options):
    """Give an interval per position and definition, by factoring."""
    atlas = build_atlas(situation, options)
    _, _, facts = look(situation, options)
    told = [f.position for f in facts if not f.is_untold]
    untold = [f.position.id for f in facts if f.position not in told]
    asked = Asked(tuple(told), tuple(untold), tuple(p.id for p in told))
    return Likelihood(atlas, asked, options), told


def judge_slowly(situation, options):
    """Give the same by enumerating every world, each drawn and judged afresh."""
    evidence = admit(situation, options)
    positions = find_positions(situation, evidence)
    plane = Plane(situation.origin)
    drawing = draw(evidence, plane, positions[0].side, options)
    doubts = find_doubts(evidence, situation.force, drawing.friends, options)
    framed = replace(situation, area=plane.to_degrees(drawing.area))
    outcomes = []
    for values in itertools.product((True, False), repeat=len(doubts.items)):
        gone = {
            name for name, numbers in doubts.rests_on.items() if not any(values[n] for n in numbers)
        }
        kept = tuple(f for f in framed.features if f.id not in gone)
        world = replace(framed, features=kept)
        outcomes += [
            (values, levels, _answer(world, doubts, levels, options))
            for levels in itertools.product(range(3), repeat=len(doubts.shifts))
        ]
    return doubts, outcomes


def _answer(situation, doubts, levels, options):
    """Answer all definitions in one world; its shifts give each reading its own drawing."""
    optimistic, pessimistic = (
        look(_moved(situation, doubts, factors), options)[2] for factors in _factors(levels)
    )
    merged = {}
    for one, other in zip(optimistic, pessimistic, strict=True):
        outlooks = {
            "optimistic": one.outlooks["optimistic"], "pessimistic": other.outlooks["pessimistic"],
        }  # fmt: skip
        bearings = {
            "optimistic": one.bearings["optimistic"], "pessimistic": other.bearings["pessimistic"],
        }  # fmt: skip
        facts = replace(one, outlooks=outlooks, bearings=bearings)
        merged[one.position.id] = answer_definitions(facts)
    return merged


def _factors(levels):
    """Give the times to take each shift's error so that a reading is drawn at its level."""
    optimistic = [{0: 1.0, 1: 0.0, 2: -1.0}[level] for level in levels]
    pessimistic = [{0: -1.0, 1: 0.0, 2: 1.0}[level] for level in levels]
    return optimistic, pessimistic


def _moved(situation, doubts, factors):
    def move(feature):
        number = doubts.shifted_by.get(feature.id)
        if number is None:
            return feature
        assert isinstance(feature, Position)
        return replace(feature, location_error_m=factors[number] * feature.location_error_m)

    return replace(situation, features=tuple(map(move, situation.features)))


def bracket_slowly(doubts, outcomes, positions, definition):
    """Give the interval for some positions, all of whom must be cut off, over all worlds."""
    wide = [i for i, item in enumerate(doubts.items) if item.low < item.high]
    lowers, uppers = [], []
    for corner in itertools.product((0, 1), repeat=len(wide)):
        chosen = dict(zip(wide, corner, strict=True))
        lower = upper = 0.0
        for values, levels, answers in outcomes:
            mass = 1.0
            for i, (value, item) in enumerate(zip(values, doubts.items, strict=True)):
                p = item.high if chosen.get(i) else item.low
                mass *= p if value else 1 - p
            for level, shift in zip(levels, doubts.shifts, strict=True):
                mass *= shift.weights[level]
            lower += mass * all(answers[p][definition] == "yes" for p in positions)
            upper += mass * all(answers[p][definition] != "no" for p in positions)
        lowers.append(lower)
        uppers.append(upper)
    return min(lowers), max(uppers)
