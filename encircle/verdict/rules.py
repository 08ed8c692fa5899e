"""The rules of judgement: one ordered table, each rule's docstring the sentence it asserts."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import shapely

from encircle.map.naming import call_features
from encircle.map.situation import Control, Crossing, Route
from encircle.network.ground.states import FIRE_RANKS, UNMAPPED
from encircle.network.lines.values import LAND_BITS, SPECIAL
from encircle.verdict.facts import F2, F3, Facts, Rule, Seen, ask_in_order, rule
from encircle.verdict.judgement import STATUSES, Code, Finding

if TYPE_CHECKING:
    from encircle.network.isolation import Way
    from encircle.network.network import Edge


CONTRACT = "docs/contract.md, The judgement"
FM = "FM 3-90 (2001), App. D"

# -- rules that decide, in the order they are asked ------------------------------------------


@rule(CONTRACT, "N")
def no_force(facts: Facts) -> Seen | None:
    """Nobody of the force is there any more."""
    return Seen((facts.position.id,)) if facts.is_gone else None


@rule(CONTRACT, "U")
def presence_unknown(facts: Facts) -> Seen | None:
    """Whether the force is still there cannot be told."""
    stale = "" if facts.certain else "Its position is too old to rely on."
    return Seen((facts.position.id,), stale) if facts.is_doubtful else None


@rule(CONTRACT, "U")
def off_the_map(facts: Facts) -> Seen | None:
    """The force stands outside the area of the map."""
    return Seen((facts.position.id,)) if facts.is_off_map else None


@rule("A dot is not a force: docs/decisions/0022", "U")
def position_contradicts_map(facts: Facts) -> Seen | None:
    """The map gives the place to the enemy, and only a word says that anybody is there: the
    position and the map contradict each other.
    """
    found = facts.contradiction
    return Seen((facts.position.id, *found.evidence), found.say()) if found else None


@rule(CONTRACT, "U")
def map_ends_first(facts: Facts) -> Seen | None:
    """Open ground or a road runs off the map before an anchor is reached: the map ends before
    the answer.
    """
    return Seen((facts.position.id,)) if facts.ends_early else None


@rule(f"{FM}; isolation on every axis", "E2")
def isolated(facts: Facts) -> Seen | None:
    """Every way by land is closed on both readings, and neither sea, landing air nor a special
    way is open.
    """
    return Seen() if not facts.optimistic.is_open and not facts.has_access else None


@rule(f"{FM}; sea and air are axes of their own", "E1")
def encircled_with_access(facts: Facts) -> Seen | None:
    """Every way by land is closed on both readings; sea, landing air or a special way is open."""
    access = (*facts.optimistic.sea, *facts.optimistic.air, *facts.optimistic.special)
    return Seen(access) if not facts.optimistic.is_open else None


@rule("Unknown is not enemy: docs/method.md", "C3")
def contested(facts: Facts) -> Seen | None:
    """A way by land is open if the ground nobody knows about is passable, and none is if it is
    hostile.
    """
    return Seen() if not facts.pessimistic.is_open else None


@rule("Operational encirclement is not encirclement: docs/method.md", "C2")
def interdicted(facts: Facts) -> Seen | None:
    """A way by land is open even if all unknown ground is hostile, but every way for wheels and
    tracks is under fire of grade F3 or worse, or cut.
    """
    vehicle = facts.pessimistic.best_vehicle
    if vehicle is None:
        return Seen(detail="Only feet and boats, or rails, get through.")
    return Seen(_under_fire(facts, vehicle, F3)) if vehicle.fire >= F3 else None


@rule(CONTRACT, "C0")
def connected(facts: Facts) -> Seen | None:
    """A way by land is open even if all unknown ground is hostile, at no more than harassing fire
    as far as fire is mapped, and hostile ground lies on at most half the compass.
    """
    way = facts.pessimistic.best
    calm = way is not None and way.fire < F2
    return Seen() if calm and facts.bearings["optimistic"] <= facts.options.salient_share else None


@rule(CONTRACT, "C1")
def salient(facts: Facts) -> Seen | None:
    """A way by land is open even if all unknown ground is hostile, but hostile ground lies on more
    than half the compass, or the best way is under observed fire.
    """
    share = facts.bearings["optimistic"]
    return Seen(detail=f"Hostile ground lies on {share:.0%} of the compass.")


# -- rules that explain ----------------------------------------------------------------------


@rule(CONTRACT)
def evidence_after_as_of(facts: Facts) -> Seen | None:
    """Evidence observed after the instant judged was left out."""
    return _seen(f.id for f in facts.evidence.later)


@rule(CONTRACT)
def evidence_of_another_time(facts: Facts) -> Seen | None:
    """Evidence valid only at another time was left out."""
    return _seen(f.id for f in facts.evidence.expired)


@rule(CONTRACT)
def stale_evidence(facts: Facts) -> Seen | None:
    """Evidence too old to rely on counts as unknown."""
    days = f"It is dated more than {facts.options.stale_after_days:g} days before."
    seen = _seen(sorted(facts.evidence.stale))
    return Seen(seen.evidence, days) if seen else None


@rule(CONTRACT)
def places_apart(facts: Facts) -> Seen | None:
    """A position at several places, or drawn as a polygon, is as well off as its best place."""
    return Seen((facts.position.id,), facts.apart) if facts.apart else None


@rule("Claims never change the map judged: docs/contract.md")
def claims_not_counted(facts: Facts) -> Seen | None:
    """Ground that is only claimed was not counted as held."""
    controls = facts.evidence.situation.of_kind(Control)
    return _seen(c.id for c in controls if c.basis == "claimed")


@rule("Fire unmapped is not F0: docs/contract.md")
def fire_unmapped(facts: Facts) -> Seen | None:
    """No fire is mapped on the best way: that is not the same as no fire."""
    way = facts.pessimistic.best or facts.optimistic.best
    if way is None or way.fire != UNMAPPED:
        return None
    drawn = _find_drawn_under_fire(facts, way)
    called = call_features(facts.evidence.situation)
    told = ", ".join(f"{called[name]} is under fire {grade}" for name, grade in drawn.items())
    beside = (
        f"Of the ways drawn from there, {told}; the best way runs beside, where none is mapped."
    )
    return Seen(tuple(drawn), beside) if drawn else Seen()


@rule("Fire never cuts land by itself: docs/contract.md")
def fire_on_the_way(facts: Facts) -> Seen | None:
    """Fire makes the best way costly; it does not close it."""
    way = facts.pessimistic.best or facts.optimistic.best
    if way is None or way.fire < F2:
        return None
    grade = FIRE_RANKS[way.fire]
    under = _under_fire(facts, way, F2)
    return Seen(under, f"The best way out is under fire of grade {grade}.")


@rule("Passage by the enemy's leave is permission, not access: docs/contract.md")
def enemy_leave(facts: Facts) -> Seen | None:
    """A crossing by the enemy's leave does not count as access."""
    crossings = facts.evidence.of_kind(Crossing)
    return _seen(c.id for c, _ in crossings if c.permission == "enemy")


@rule("A tunnel is special access, not land: docs/contract.md")
def special_ways(facts: Facts) -> Seen | None:
    """A tunnel, a neutral strip or a third party's leave is special access: the ring on the ground
    stays closed.
    """
    ids = [s.crossing.id for s in facts.network.lines.spans if s.carries["optimistic"] & SPECIAL]
    return _seen(dict.fromkeys(ids))


@rule("Widths do not decide: docs/method.md")
def routes_out(facts: Facts) -> Seen | None:
    """The best way out follows routes."""
    way = facts.pessimistic.best or facts.optimistic.best
    if way is None:
        return None
    edges = (facts.network.edges[e] for e in way.edges)
    refs = [e.ref for e in edges if e.by == "route" and e.ref >= 0]
    ids = dict.fromkeys(r.id for ref in refs for r in facts.network.lines.pieces[ref].routes)
    return _seen(ids)


@rule("Widths do not decide: docs/method.md")
def routes_cut(facts: Facts) -> Seen | None:
    """Some routes are reported cut."""
    return _seen(r.id for r in facts.evidence.situation.of_kind(Route) if r.state == "cut")


@rule("Widths do not decide: docs/method.md")
def crossings_cut(facts: Facts) -> Seen | None:
    """Some crossings are reported cut."""
    return _seen(c.id for c, _ in facts.evidence.of_kind(Crossing) if c.state == "cut")


@rule(f"{CONTRACT}; an anchor is where its drawer puts it")
def anchor_inside_ring(facts: Facts) -> Seen | None:
    """The anchor reached lies inside a ring that shuts out the other anchors of the side: if it is
    only a depot in the pocket, the force is encircled.
    """
    return _seen(facts.depots)


@rule("The edge of a map is no wall: docs/contract.md")
def edge_of_the_map(facts: Facts) -> Seen | None:
    """On the pessimistic reading the edge of the map is part of what closes the ring, and an edge
    is no wall: the map ends there.
    """
    runs_off = facts.optimistic.is_open and not facts.pessimistic.is_open
    return Seen((facts.position.id,)) if runs_off and facts.pessimistic.runs_off else None


RULES: tuple[Rule, ...] = (
    no_force,
    presence_unknown,
    off_the_map,
    position_contradicts_map,
    map_ends_first,
    isolated,
    encircled_with_access,
    contested,
    interdicted,
    connected,
    salient,
    fire_on_the_way,
    fire_unmapped,
    routes_out,
    routes_cut,
    crossings_cut,
    anchor_inside_ring,
    edge_of_the_map,
    special_ways,
    places_apart,
    enemy_leave,
    claims_not_counted,
    stale_evidence,
    evidence_after_as_of,
    evidence_of_another_time,
)
"""The whole method in order. The first rule with a code that applies decides; all others that
apply are printed as findings."""


def decide(facts: Facts) -> tuple[Code, tuple[Finding, ...]]:
    """Ask the rules in order: the status, and everything found."""
    return ask_in_order(RULES, facts)


def list_rules() -> list[dict[str, Any]]:
    """Give the table of rules, for `GET /v1/rules` and for the documentation."""
    return [
        {
            "rule": one.name,
            "statement": one.sentence,
            "reference": one.reference,
            "decides": one.says is not None,
            "status": STATUSES[one.says].to_dict() if one.says else None,
            "verdict": STATUSES[one.says].verdict if one.says else None,
        }
        for one in RULES
    ]


def _seen(ids: Any) -> Seen | None:  # noqa: ANN401 - any iterable of ids
    evidence = tuple(ids)
    return Seen(evidence) if evidence else None


def _under_fire(facts: Facts, way: Way, least: int) -> tuple[str, ...]:
    """Name what puts a way under fire of a grade or worse, where it runs and nowhere else."""
    network = facts.network
    modes = {"foot", "boat"} if way.mode == "boat" else {way.mode}
    faces: set[int] = set()
    stated: list[Route | Crossing] = []
    for edge in (network.edges[number] for number in way.edges):
        faces |= {v for v in (edge.u, edge.v) if network.is_face(v)}
        if edge.by == "crossing" and edge.ref >= 0:
            span = network.lines.spans[edge.ref]
            stated.append(span.crossing)
            faces |= set(network.ground.faces_under(span.line))
        for piece in (network.lines.pieces[n] for n in _pieces_of(edge)):
            stated += piece.routes
            faces |= set(piece.faces)
    points = network.ground.points[sorted(faces)]
    zones = [
        zone.fire.id
        for zone in network.ground.drawing.zones
        if way.reading in zone.readings
        and modes & set(zone.fire.modes)
        and FIRE_RANKS.index(zone.fire.grade) >= least
        and shapely.intersects(zone.shape, points).any()
    ]
    lines = [one.id for one in stated if one.fire and FIRE_RANKS.index(one.fire) >= least]
    return tuple(dict.fromkeys(zones + lines))


def _find_drawn_under_fire(facts: Facts, way: Way) -> dict[str, str]:
    """
    Find the routes that lead from the force and are under mapped fire, with the worst grade on it.

    Ground beside a road carries who walks, and where nobody mapped its fire it ranks before a road
    under fire: by the rules, and unlike what its drawer tells of who uses the road.
    """
    network = facts.network
    discs = [s.discs[way.reading] for s in network.standings if s.position.id == facts.position.id]
    found: dict[str, int] = {}
    leaving: set[str] = set()
    for piece in network.lines.pieces:
        worst = max(piece.fire[way.reading])
        for name in piece.carriers(way.reading, LAND_BITS):
            found[name] = max(worst, found.get(name, 0))
            if any(shapely.dwithin(piece.line, d, facts.options.join_m) for d in discs):
                leaving.add(name)
    return {name: FIRE_RANKS[rank] or "" for name, rank in found.items()
            if name in leaving and rank >= F2}  # fmt: skip


def _pieces_of(edge: Edge) -> tuple[int, ...]:
    """Number the pieces of route that a step travels."""
    return (edge.ref,) if edge.by == "route" and edge.ref >= 0 else ()
