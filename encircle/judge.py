"""
The story: a situation goes in, a proven judgement comes out. Read this first.

Long for one reason: the whole story is here, from a situation to a judgement.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC
from typing import TYPE_CHECKING, Any

import shapely

from encircle.calling import make_callable
from encircle.likelihood.leaving_out import leave_out_origins, suspect_all
from encircle.likelihood.likelihood import Case, Told, tell_likelihood
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
from encircle.verdict.confidence import assess_confidence, hold_down, reconcile, speaks_against
from encircle.verdict.contradiction import describe_apart, find_contradiction
from encircle.verdict.definitions import answer_definitions, measure_axes
from encircle.verdict.explain import name_force, write_headline
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
from encircle.verdict.values import Bottleneck, Confidence, Margins, Pivot, Proof, Weighed
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
NOT_LOOKED_INTO = Confidence("low", ("There was no time to look into it.",))
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

    Returns
    -------
    judgement
        Verdict on both readings, definitions, axes, margins, certificates, findings.

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
    found = _measure(_look_closely(supposed, options), deadline)
    what_if = None
    if supposed is not situation:
        plainly = replace(options, without=(), assume={})
        what_if = _compare(judge(situation, plainly, deadline_s=deadline.left_s), found)
    return _write(found, drawn=situation, what_if=what_if)


def judge_briefly(situation: Situation, options: Options | None = None) -> Judgement:
    """
    Judge verdict, proof and margins, and leave out confidence, likelihood and what would turn it.

    The same verdict, proof and margins as `judge` gives, for the many pieces of a whole archive.

    Examples
    --------
    >>> from encircle import read
    >>> judge_briefly(read("fixtures/trap-tunnel-open/situation.geojson")).status.code
    'E1'
    """
    case = _look_closely(situation, options or Options())
    brief = Deadline(0, whatever=frozenset({"the margins"}))
    return _write(_measure(case, brief), drawn=situation, what_if=None)


def _refuse_what_is_not_read(given: object) -> None:
    """Tell who hands in a path or a document what to do with it first."""
    if not isinstance(given, Situation):
        name = type(given).__name__
        raise TypeError(f"judge() takes a Situation, not {name}; encircle.read(...) makes it one")


@dataclass(frozen=True, slots=True)
class _Case:
    """A map that is judged: what is drawn of it, and what is known of each position."""

    situation: Situation
    options: Options
    sheet: Sheet
    searcher: Searcher
    suspects: Atlas
    """The chart on which every feature may be wrong."""
    all_facts: list[Facts]
    judged: list[Judged]
    """Each position by itself."""

    @property
    def sure(self) -> list[int]:
        """Who is there for certain, by number."""
        return [i for i, f in enumerate(self.all_facts) if not (f.is_gone or f.is_doubtful)]

    @property
    def speaking(self) -> list[Facts]:
        """What is known of those that speak for the group."""
        return [self.all_facts[i] for i in find_speaking(self.all_facts)]


@dataclass(frozen=True, slots=True)
class _Found:
    """All that was found of a group, before a word of it is written."""

    case: _Case
    side: str
    judged: Judged
    margins: Margins | None
    confidence: Confidence
    told: Told
    """Likelihoods, and what would turn the verdict by them."""
    pivots: tuple[Pivot, ...]
    notices: tuple[Notice, ...]


def _look_closely(situation: Situation, options: Options) -> _Case:
    sheet, searcher, all_facts = _look(situation, options)
    judged = [_judge_position(facts, searcher) for facts in all_facts]
    suspects = suspect_all(sheet, options)
    return _Case(situation, options, sheet, searcher, suspects, all_facts, judged)


def _measure(case: _Case, deadline: Deadline) -> _Found:
    """Let the best-off position that is there speak for the group; measure what is told of it."""
    situation, options, all_facts = case.situation, case.options, case.all_facts
    placed = [i for i in case.sure if not all_facts[i].is_untold]
    best = min(
        find_speaking(all_facts),
        key=lambda i: rank_among_units(all_facts[i], case.judged[i], case.searcher),
    )
    whole = close_round_all(case.judged, placed, best, all_facts, case.searcher)
    facts = all_facts[best]
    margins = None
    if deadline.allows("the margins"):
        group = [all_facts[i] for i in placed or [best]]
        margins = _measure_margins(facts, whole, case.searcher, group)
    confidence = NOT_LOOKED_INTO
    if deadline.allows("the confidence"):
        confidence = _assess(case, facts, whole, margins)
    pivots: tuple[Pivot, ...] = ()
    if deadline.allows("what would turn the verdict"):
        pivots = (
            *_find_pivots(whole, situation, options),
            *_find_mended(whole, situation, options),
        )
    proof = _point_out_neck(whole.proof, margins)
    barriers = tell_barriers_alone(whole, facts)
    whole = replace(whole, proof=proof, findings=(*whole.findings, *barriers))
    strips = tell_strips(case.sheet.network, margins, options.seam_m, call_features(situation))
    slips = (*inspect_situation(situation, options), *_tell_open_edge(case.searcher, all_facts))
    told = Told()
    if deadline.allows("the likelihood"):
        told = tell_likelihood(
            case.sheet, case.suspects, Case(whole, margins, pivots), all_facts, case.speaking,
            options, deadline,
        )  # fmt: skip
    notices = gather((*gather(situation.notices), *slips, *strips, *deadline.tell()))
    held = hold_down(confidence, notices)
    confidence, parting = reconcile(whole.status.verdict, told.group, held)
    return _Found(
        case=case,
        side=facts.position.side,
        judged=whole,
        margins=margins,
        confidence=confidence,
        told=told,
        pivots=(*pivots, *told.pivots),
        notices=gather((*parting, *notices)) if parting else notices,
    )


def _write(found: _Found, *, drawn: Situation, what_if: Json | None) -> Judgement:
    """Write the judgement: of the map as supposed, on the map as drawn."""
    case, judged = found.case, found.judged
    situation, likelihoods = case.situation, found.told.positions
    positions = tuple(
        PositionJudged(p.id, p.name, p.weight, p.present, one, likelihoods.get(p.id))
        for p, one in zip((f.position for f in case.all_facts), case.judged, strict=True)
    )
    cut_off = count_cut_off(case.all_facts, case.judged, case.sure)
    as_of, title = _instant(situation), situation.title
    side_name, force_name = situation.side_name(found.side), situation.name_of(situation.force)
    headline = write_headline(
        name_force(force_name, side_name or found.side, title), as_of, judged, positions, cut_off,
        found.notices, is_gainsaid=speaks_against(judged.status.verdict, found.told.group),
    )  # fmt: skip
    return Judgement(
        force=situation.force,
        side=found.side,
        side_name=side_name,
        as_of=as_of,
        title=title,
        force_name=force_name,
        headline=headline,
        judged=judged,
        positions=positions,
        cut_off=cut_off,
        measured=found.margins,
        graded=found.confidence,
        weighed=found.told.group,
        pivots=found.pivots,
        notices=found.notices,
        what_if=what_if,
        provenance=_say_provenance(situation, case.options, case.all_facts),
        situation=drawn,
    )


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
        proof=_certify(code, facts.outlooks, standings, searcher),
        findings=findings,
    )


def _certify(
    code: str,
    outlooks: dict[Reading, Outlook],
    standings: Sequence[Standing],
    searcher: Searcher,
) -> Proof:
    """Prove a verdict: a path on the reading least kind to it, a ring on the one kindest."""
    strict, kind = outlooks["pessimistic"], outlooks["optimistic"]
    if code.startswith("E"):
        return Proof(ring=certify_closed(searcher, [kind], standings))
    if code == "C3":
        path = certify_open(searcher, kind, standings)
        return Proof(path, certify_closed(searcher, [strict], standings))
    return Proof(certify_open(searcher, strict, standings)) if code.startswith("C") else Proof()


# -- what if --------------------------------------------------------------------------------


def _compare(base: Judgement, now: _Found) -> Json:
    """Say what the map as drawn gave, and what is otherwise now."""
    before, after = _sum_up(base.judged, base.weighed), _sum_up(now.judged, now.told.group)
    named = ("status", "verdict", *now.judged.definitions, "p_encircled")
    was, is_now = ({**one, **one["definitions"]} for one in (before, after))
    changed = [
        {"member": name, "from": was[name], "to": is_now[name]}
        for name in named
        if was[name] != is_now[name]
    ]
    return {"base": before, "changed": changed}


def _sum_up(judged: Judged, weighed: Weighed | None) -> Json:
    return {
        "status": judged.status.code,
        "verdict": judged.status.verdict,
        "definitions": dict(judged.definitions),
        "p_encircled": [weighed.interval.low, weighed.interval.high] if weighed else None,
    }


# -- the group -------------------------------------------------------------------------------


def _assess(case: _Case, facts: Facts, whole: Judged, margins: Margins | None) -> Confidence:
    situation = case.situation
    asked = [f.position for f in case.speaking if not f.is_untold]
    origins: tuple[Origin, ...] | None = None
    if whole.status.code == "N":
        origins = list_witnesses([f.position for f in case.all_facts])
    elif asked:
        origins = leave_out_origins(case.sheet, case.suspects, asked)

    def holds_moved(error_m: float) -> bool:
        out = tuple(
            replace(f, location_error_m=f.location_error_m + error_m)
            if isinstance(f, Control | Position) else f
            for f in situation.features
        )  # fmt: skip
        status = _find_status(replace(situation, features=out), case.options)
        return status.verdict == whole.status.verdict

    return assess_confidence(facts, whole, margins, origins, holds_moved)


def _measure_margins(
    facts: Facts, judged: Judged, searcher: Searcher, group: Sequence[Facts]
) -> Margins | None:
    """Measure the margins of the best-off position; none for a force that is not there."""
    if judged.status.code == "N" or facts.contradiction is not None:
        return None
    standings = standings_of(searcher.network, facts.position)
    together = {r: [f.outlooks[r] for f in group] for r in READINGS}
    return measure_margins(searcher, facts.outlooks, standings, facts.bearings, together)


def _point_out_neck(proof: Proof, margins: Margins | None) -> Proof:
    """Give the open path the neck as its bottleneck."""
    if not proof.path or not margins:
        return proof
    width_m = margins.necks_m[proof.path.reading]
    bottleneck = Bottleneck(width_m, margins.neck_at, margins.neck_evidence)
    return replace(proof, path=replace(proof.path, bottleneck=bottleneck))


def _find_pivots(judged: Judged, situation: Situation, options: Options) -> Iterator[Pivot]:
    """Name the grey ground a contested verdict hangs on, or the errors it is made of."""
    path = judged.proof.path
    if judged.status.code != "C3" or not path:
        return
    by_error = list(_find_error(situation, options))
    if by_error:
        yield from by_error
        return
    grey = [leg for leg in path.legs if leg.control == "grey"]
    ids = tuple(dict.fromkeys(i for leg in grey for i in leg.evidence))
    km = sum(leg.length_m for leg in grey) / 1000
    if km < LEAST_GREY_KM:
        return
    over = list_names(ids, call_features(situation)) or "ground nobody drew"
    said = (
        f"The best way out crosses {km:.1f} km of ground nobody is sure of ({over}): were it known "
        "to be passable, the force would not be encircled; were it hostile, this way would close."
    )
    yield Pivot(ids, "not_encircled", said)


def _find_error(situation: Situation, options: Options) -> Iterator[Pivot]:
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
    ids = tuple(f.id for f in erring)
    said = (
        f"It hangs on the errors stated for {list_names(ids, call_features(situation))}: drawn "
        f"exactly where it is, {outcome}."
    )
    yield Pivot(ids, status.verdict, said, as_drawn=True)


def _find_mended(judged: Judged, situation: Situation, options: Options) -> Iterator[Pivot]:
    """Say of each line a ring stops because it is reported cut what would be, were it not."""
    ring = judged.proof.ring
    if not ring or not judged.encircled:
        return
    cut = dict.fromkeys(one.id for one in ring.cut_set if one.because == "cut")
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
            said = f"{begin(names[name])} is reported cut: were it passable, {would}."
            yield Pivot((name,), verdict, said)


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
