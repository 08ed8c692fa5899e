"""
The story: a situation goes in, a proven judgement comes out. Read this first.

Long for one reason: the whole story is here, from a situation to a judgement.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC
from typing import TYPE_CHECKING, Any

import shapely

from encircle.calling import make_callable
from encircle.likelihood.leaving_out import leave_out_origins, suspect_all
from encircle.likelihood.likelihood import Told, tell_likelihood
from encircle.map.deadline import Deadline
from encircle.map.evidence import Origin, admit, list_witnesses
from encircle.map.naming import begin, call_features, list_names
from encircle.map.notices import Notice, gather
from encircle.map.options import Options
from encircle.map.reach import READINGS, Reading, measure_reach
from encircle.map.situation import Control, Crossing, Position, Route, Situation
from encircle.map.slips.slips import inspect_situation
from encircle.map.supposition import suppose
from encircle.network.isolation import Outlook, Searcher, find_depots, look_out
from encircle.network.sheet import Sheet, draw_sheet, find_positions
from encircle.verdict.confidence import assess_confidence, hold_down, reconcile
from encircle.verdict.contradiction import describe_apart, find_contradiction
from encircle.verdict.definitions import answer_definitions, measure_axes
from encircle.verdict.explain import write_headline
from encircle.verdict.facts import Facts
from encircle.verdict.group import (
    close_round_all,
    count_cut_off,
    find_speaking,
    rank_among_units,
    standings_of,
    tell_barriers_alone,
)
from encircle.verdict.judgement import (
    BEST_OFF_FIRST,
    STATUSES,
    Judged,
    Judgement,
    PositionJudged,
    Status,
)
from encircle.verdict.margins.exposure import measure_bearings, measure_margins, tell_strips
from encircle.verdict.proof.path import certify_open
from encircle.verdict.proof.ring import certify_closed
from encircle.verdict.rules import decide
from encircle.version import __version__

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from encircle.likelihood.worlds.atlas import Atlas
    from encircle.map.evidence import Evidence
    from encircle.network.network import Standing

Json = dict[str, Any]
LEAST_GREY_KM = 0.05
"""Less grey on a way than this is a boundary's error and no ground, kilometres: a seam."""
MOST_MENDED = 6
"""As many lines reported cut are tried as if they were not."""
NO_PROOF: Json = {"open": None, "closed": None}
NOT_LOOKED_INTO: Json = {
    "level": "low", "because": ["There was no time to look into it."],
    "holds_without": None, "holds_moved_m": None,
}  # fmt: skip
"""Confidence where there was no time for it."""


def judge(
    situation: Situation, options: Options | None = None, *, deadline_s: float | None = None
) -> Judgement:
    """
    Judge whether a force is cut off, with the proof.

    Parameters
    ----------
    situation
        The map; its `force` is judged at its `as_of`.
    options
        Parameters, printed in the judgement's provenance.
    deadline_s
        Seconds after which what is not begun is left out, and told: first the likelihood, then
        what would turn the verdict, confidence and margins. Verdict and proof are always there.

    Raises
    ------
    UnknownForceError
        If no position belongs to the force.
    UnknownFeatureError
        If the options leave out or assume a feature that is not there.

    References
    ----------
    .. [1] docs/contract.md, The judgement.
    """
    _refuse_what_is_not_read(situation)
    options, deadline = options or Options(), Deadline(deadline_s)
    supposed = suppose(situation, options.without, options.assume)
    judgement = replace(_judge(supposed, options, deadline), situation=situation)
    if supposed is situation:
        return judgement
    base = judge(situation, _plainly(options), deadline_s=deadline.left_s)
    return replace(judgement, what_if=_compare(base, judgement))


def _refuse_what_is_not_read(given: object) -> None:
    """Tell who hands in a path or a document what to do with it first."""
    if not isinstance(given, Situation):
        name = type(given).__name__
        raise TypeError(f"judge() takes a Situation, not {name}; encircle.read(...) makes it one")


def _judge(situation: Situation, options: Options, deadline: Deadline) -> Judgement:
    sheet, searcher, all_facts = _look(situation, options)
    judged = [_judge_position(facts, searcher) for facts in all_facts]
    suspects = suspect_all(sheet, options)
    judgement = _judge_group(
        situation, options, sheet, suspects, searcher, all_facts, judged, deadline
    )
    strips = tell_strips(sheet.network, judgement.margins, options.seam_m, call_features(situation))
    slips = (*inspect_situation(situation, options), *_tell_open_edge(searcher, all_facts))
    if deadline.allows("the likelihood"):
        judgement = _weigh(judgement, sheet, suspects, all_facts, options, deadline)
    notices = gather((*judgement.notices, *slips, *strips, *deadline.tell()))
    confidence = hold_down(judgement.confidence, notices)
    judgement = reconcile(replace(judgement, notices=notices, confidence=confidence))
    return replace(judgement, headline=write_headline(judgement))


def find_status(situation: Situation, options: Options | None = None) -> Status:
    """
    Find a force's status and no more: no proof, no margins.

    The same network and the same rules as `judge`, for the many maps that are only compared.

    Examples
    --------
    >>> from encircle import read
    >>> find_status(read("fixtures/trap-tunnel-open/situation.geojson")).code
    'E1'
    """
    options = options or Options()
    return _find_status(suppose(situation, options.without, options.assume), options)


def _find_status(supposed: Situation, options: Options) -> Status:
    _, _, all_facts = _look(supposed, options)
    codes = [decide(all_facts[i])[0] for i in find_speaking(all_facts)]
    return STATUSES[min(codes, key=BEST_OFF_FIRST.index)]


def inspect_whole(situation: Situation, options: Options | None = None) -> tuple[Notice, ...]:
    """
    Find the slips of drawing on a map, and whether only the map's edge closes the force in.

    The last takes the network of a judgement; nothing is judged.

    Examples
    --------
    >>> from encircle import read
    >>> inspect_whole(read("fixtures/trap-tunnel-open/situation.geojson"))
    ()
    """
    options = options or Options()
    slips = inspect_situation(situation, options)
    if not situation.positions_of(situation.force):
        return slips
    _, searcher, all_facts = _look(situation, options)
    return gather((*slips, *_tell_open_edge(searcher, all_facts)))


def _tell_open_edge(searcher: Searcher, all_facts: Sequence[Facts]) -> Iterator[Notice]:
    """Tell a force whose ground runs off the map: what closes it in there is the map's edge."""
    early = [f for f in all_facts if f.ends_early and f.position.present != "withdrawn"]
    if not early or not searcher.land_anchors():
        return  # without an anchor nothing could be reached: that is told
    ground = searcher.network.ground
    faces = [v for v in sorted(early[0].optimistic.reached) if searcher.network.is_face(v)]
    rim = shapely.intersection(ground.unite(faces), ground.drawing.area.boundary)
    point = shapely.get_coordinates(rim if rim.is_empty else rim.representative_point())
    at = ""
    if len(point):
        lon, lat = ground.drawing.plane.points_to_degrees(point)[0]
        at = f" at {lon:.4f}, {lat:.4f}"
    ids = tuple(f.position.id for f in early)
    named = list_names(ids, call_features(early[0].evidence.situation))
    yield Notice(
        "ring_closed_by_the_edge", "caution",
        f"The ground of {named} runs off the map{at} before an anchor is reached: only the map's "
        "edge closes the ring there, and an edge is no wall. Widen the area, or draw what lies "
        "beyond.", ids,
    )  # fmt: skip


def _look(situation: Situation, options: Options) -> tuple[Sheet, Searcher, list[Facts]]:
    """Draw the map as a network, and gather what the rules ask of each position."""
    evidence = admit(situation, options)
    positions = find_positions(situation, evidence)
    sheet = draw_sheet(evidence, positions, options)
    searcher = Searcher(sheet.network)
    return sheet, searcher, [_gather(p, evidence, searcher, options) for p in positions]


def _gather(position: Position, evidence: Evidence, searcher: Searcher, options: Options) -> Facts:
    """Ask the network everything the rules need to know of one position."""
    standings = standings_of(searcher.network, position)
    outlooks = {r: look_out(searcher, standings, r) for r in READINGS}
    return Facts(
        position=position,
        certain=position.id not in evidence.stale,
        evidence=evidence,
        network=searcher.network,
        options=options,
        outlooks=outlooks,
        bearings=measure_bearings(searcher.network, standings),
        lost=find_contradiction(searcher, standings),
        depots=find_depots(searcher, _read_strictly(outlooks)),
        apart=describe_apart(searcher, standings),
    )


def _read_strictly(outlooks: dict[Reading, Outlook]) -> Outlook:
    """Give the outlook an open verdict rests on: the pessimistic one where that is open."""
    return outlooks["pessimistic" if outlooks["pessimistic"].is_open else "optimistic"]


def _judge_position(facts: Facts, searcher: Searcher) -> Judged:
    code, findings = decide(facts)
    standings = standings_of(searcher.network, facts.position)
    return Judged(
        status=STATUSES[code],
        definitions=answer_definitions(facts),
        axes=measure_axes(facts),
        certificates=_certify(code, facts.outlooks, standings, searcher),
        findings=findings,
    )


def _certify(
    code: str,
    outlooks: dict[Reading, Outlook],
    standings: Sequence[Standing],
    searcher: Searcher,
) -> Json:
    """Prove a verdict: a path on the reading least kind to it, a ring on the one kindest."""
    strict, kind = outlooks["pessimistic"], outlooks["optimistic"]
    if code.startswith("E"):
        return {"open": None, "closed": certify_closed(searcher, [kind], standings)}
    if code == "C3":
        path = certify_open(searcher, kind, standings)
        return {"open": path, "closed": certify_closed(searcher, [strict], standings)}
    if code.startswith("C"):
        return {"open": certify_open(searcher, strict, standings), "closed": None}
    return dict(NO_PROOF)


# -- how likely, and what if -----------------------------------------------------------------


def _weigh(  # noqa: PLR0913 - the parts of a map
    judgement: Judgement,
    sheet: Sheet,
    suspects: Atlas,
    all_facts: Sequence[Facts],
    options: Options,
    deadline: Deadline,
) -> Judgement:
    """Say how likely it is, and what would have to be wrong."""
    speaking = [all_facts[i] for i in find_speaking(all_facts)]
    told: Told = tell_likelihood(sheet, suspects, judgement, all_facts, speaking, options, deadline)
    positions = tuple(replace(p, likelihood=told.positions.get(p.id)) for p in judgement.positions)
    pivots = (*judgement.pivots, *told.pivots)
    return replace(judgement, positions=positions, pivots=pivots, likelihood=told.group)


def _plainly(options: Options) -> Options:
    return replace(options, without=(), assume={})


def _compare(base: Judgement, now: Judgement) -> Json:
    """Say what the map as drawn gave, and what is otherwise now."""
    chances = [one.likelihood["p_encircled"] if one.likelihood else None for one in (base, now)]
    before = {
        "status": base.status.code,
        "verdict": base.verdict,
        "definitions": dict(base.judged.definitions),
        "p_encircled": chances[0],
    }
    after = {
        "status": now.status.code,
        "verdict": now.verdict,
        **now.judged.definitions,
        "p_encircled": chances[1],
    }
    flat = {**{k: v for k, v in before.items() if k != "definitions"}, **base.judged.definitions}
    changed = [
        {"member": name, "from": flat[name], "to": value}
        for name, value in after.items()
        if flat[name] != value
    ]
    return {"base": before, "changed": changed}


# -- the group -------------------------------------------------------------------------------


def _judge_group(  # noqa: PLR0913 - the parts of a map, and what is known of each position
    situation: Situation,
    options: Options,
    sheet: Sheet,
    suspects: Atlas,
    searcher: Searcher,
    all_facts: Sequence[Facts],
    judged: Sequence[Judged],
    deadline: Deadline,
) -> Judgement:
    """Let the best-off position that is there speak for the group."""
    sure = [i for i, f in enumerate(all_facts) if not f.is_gone and not f.is_doubtful]
    placed = [i for i in sure if not all_facts[i].is_untold]
    best = min(
        find_speaking(all_facts),
        key=lambda i: rank_among_units(all_facts[i], judged[i], searcher),
    )
    whole = close_round_all(judged, placed, best, all_facts, searcher)
    facts = all_facts[best]
    group = [all_facts[i] for i in placed or [best]]
    margins: Json = {}
    if deadline.allows("the margins"):
        margins = _measure_margins(facts, whole, searcher, group)
    confidence = NOT_LOOKED_INTO
    if deadline.allows("the confidence"):
        confidence = _assess(situation, options, sheet, suspects, all_facts, facts, whole, margins)
    pivots: tuple[Json, ...] = ()
    if deadline.allows("what would turn the verdict"):
        pivots = (
            *_find_pivots(whole, situation, options),
            *_find_mended(whole, situation, options),
        )
    judgement = Judgement(
        force=situation.force,
        side=facts.position.side,
        side_name=situation.side_name(facts.position.side),
        as_of=_instant(situation),
        title=situation.title,
        force_name=situation.name_of(situation.force),
        judged=whole,
        positions=tuple(
            PositionJudged(f.position.id, f.position.name, f.position.weight, f.position.present, j)
            for f, j in zip(all_facts, judged, strict=True)
        ),
        cut_off=count_cut_off(all_facts, judged, sure),
        margins=margins,
        confidence=confidence,
        pivots=pivots,
        provenance=_say_provenance(situation, options, all_facts),
        notices=gather(situation.notices),
    )
    whole = tell_barriers_alone(_point_out_neck(whole, judgement.margins), facts)
    return replace(judgement, judged=whole)


def _assess(  # noqa: PLR0913 - as above
    situation: Situation,
    options: Options,
    sheet: Sheet,
    suspects: Atlas,
    all_facts: Sequence[Facts],
    facts: Facts,
    whole: Judged,
    margins: Json,
) -> Json:
    """Say how firmly the verdict stands: with an origin left out, and with boundaries out."""
    speaking = [all_facts[i] for i in find_speaking(all_facts)]
    asked = [f.position for f in speaking if not f.is_untold]
    origins: tuple[Origin, ...] | None = None
    if whole.status.code == "N":
        origins = list_witnesses([f.position for f in all_facts])
    elif asked:
        origins = leave_out_origins(sheet, suspects, asked)

    def holds_moved(error_m: float) -> bool:
        out = tuple(
            replace(f, location_error_m=f.location_error_m + error_m)
            if isinstance(f, Control | Position) else f
            for f in situation.features
        )  # fmt: skip
        status = _find_status(replace(situation, features=out), options)
        return status.verdict == whole.status.verdict

    return assess_confidence(facts, whole, margins, origins, holds_moved)


def _measure_margins(
    facts: Facts, judged: Judged, searcher: Searcher, group: Sequence[Facts]
) -> Json:
    """Measure the margins of the best-off position; none for a force that is not there."""
    if judged.status.code == "N" or facts.contradiction is not None:
        return {}
    standings = standings_of(searcher.network, facts.position)
    together = {r: [f.outlooks[r] for f in group] for r in READINGS}
    return measure_margins(searcher, facts.outlooks, standings, facts.bearings, together)


def _point_out_neck(judged: Judged, margins: Json) -> Judged:
    """Write the neck into the open path as its bottleneck."""
    path = judged.certificates["open"]
    if not path or not margins:
        return judged
    neck = margins["neck_width_m"]
    bottleneck = {
        "leg": None,
        "width_m": neck[path["reading"]],
        "at": neck["at"],
        "evidence": neck["evidence"],
    }
    certificates = {**judged.certificates, "open": {**path, "bottleneck": bottleneck}}
    return replace(judged, certificates=certificates)


def _find_pivots(judged: Judged, situation: Situation, options: Options) -> Iterator[Json]:
    """Name the grey ground a contested verdict hangs on, or the errors it is made of."""
    path = judged.certificates["open"]
    if judged.status.code != "C3" or not path:
        return
    by_error = list(_find_error(situation, options))
    if by_error:
        yield from by_error
        return
    grey = [leg for leg in path["legs"] if leg["control"] == "grey"]
    ids = list(dict.fromkeys(i for leg in grey for i in leg["evidence"]))
    km = sum(leg["length_m"] for leg in grey) / 1000
    if km < LEAST_GREY_KM:
        return
    over = list_names(ids, call_features(situation)) or "ground nobody drew"
    yield {
        "evidence": ids, "would_make": "not_encircled", "probability": None,
        "statement":
            f"The best way out crosses {km:.1f} km of ground nobody is sure of ({over}): were it "
            "known to be passable, the force would not be encircled; were it hostile, this way "
            "would close.",
    }  # fmt: skip


def _find_error(situation: Situation, options: Options) -> Iterator[Json]:
    """Say what holds without the errors stated for boundaries and places, where they decide."""
    erring = [
        f for f in situation.features
        if f.location_error_m > 0 and isinstance(f, Control | Position)
    ]  # fmt: skip
    if not erring:
        return
    exact = tuple(replace(f, location_error_m=0.0) for f in situation.features)
    status = _find_status(replace(situation, features=exact), options)
    outcome = {
        "encircled": "the force is encircled", "not_encircled": "a way out is open",
    }.get(status.verdict)  # fmt: skip
    if outcome is None:
        return
    ids = [f.id for f in erring]
    yield {
        "evidence": ids, "would_make": status.verdict, "probability": None,
        "statement":
            f"It hangs on the errors stated for {list_names(ids, call_features(situation))}: "
            f"drawn exactly where it is, {outcome}.",
        "as_drawn": True,
    }  # fmt: skip


def _find_mended(judged: Judged, situation: Situation, options: Options) -> Iterator[Json]:
    """Say of each line a ring stops because it is reported cut what would be, were it not."""
    ring = judged.certificates["closed"]
    if not ring or not judged.encircled:
        return
    cut = dict.fromkeys(
        entry["id"] for rows in ring["cut_set"].values() for entry in rows
        if entry["because"] == "cut"
    )  # fmt: skip
    names = call_features(situation)
    for name in list(cut)[:MOST_MENDED]:
        features = tuple(
            replace(f, state="open") if isinstance(f, Route | Crossing) and f.id == name else f
            for f in situation.features
        )
        verdict = _find_status(replace(situation, features=features), options).verdict
        if verdict in ("not_encircled", "contested"):
            would = "a way out would be open" if verdict == "not_encircled" else (
                "it would hang on unknown ground whether a way out is open"
            )  # fmt: skip
            yield {
                "evidence": [name], "would_make": verdict, "probability": None,
                "statement": f"{begin(names[name])} is reported cut: were it passable, {would}.",
            }  # fmt: skip


def _instant(situation: Situation) -> str:
    return situation.as_of.astimezone(UTC).isoformat().replace("+00:00", "Z")


def _say_provenance(situation: Situation, options: Options, all_facts: Sequence[Facts]) -> Json:
    positions = [p for p, _ in all_facts[0].evidence.of_kind(Position)]
    friends = all_facts[0].network.ground.drawing.friends
    guessed = {
        p.id: [measure_reach(p, r, hostile=p.side not in friends) for r in READINGS]
        for p in positions
        if p.reach_m is None and p.geometry is not None and p.geometry.geom_type != "Polygon"
    }
    return {
        "engine": f"encircle {__version__}",
        "situation": situation.id,
        "input_sha256": situation.sha256,
        "parameters": {**options.as_dict(), "uncovered": situation.uncovered},
        "default_reach_m": guessed,
        "notices": [notice.statement for notice in situation.notices],
    }


make_callable(__name__)
