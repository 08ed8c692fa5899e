"""What is known of a claim on one map when the rules are asked, and what proves what."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, get_args

from encircle.map.situation import Definition

if TYPE_CHECKING:
    from collections.abc import Callable

    from encircle.map.situation import Assertion, Claim
    from encircle.verdict.judgement import Answer, Judged, Judgement
    from encircle.verdict.values import ClosedRing, OpenPath, Proof

Json = dict[str, Any]
DEFINITIONS: tuple[Definition, ...] = get_args(Definition)
PREMATURE_DAYS = 14
"""What was false when it was said and true within this was said too early; days. Source: ratings of
docs/method.md."""
SPAN = timedelta(days=PREMATURE_DAYS)
HEAVY_FIRE = ("F3", "F4")
"""Grades at which fire controls a way. Source: docs/contract.md, Definitions."""


@dataclass(frozen=True, slots=True)
class Ruling:
    """What one map shows of the force, or the position, that a claim is about."""

    map_id: str
    as_of: datetime
    judgement: Judgement
    judged: Judged
    is_part: bool = False
    """It is about one position of the force judged."""
    salient_share: float = 0.5

    def answer(self, definition: Definition) -> Answer:
        """Answer a definition; that nobody is there is one of them."""
        if definition != "no_force":
            return self.judged.definitions[definition]
        verdict = self.judged.status.verdict
        return {"no_force": "yes", "indeterminate": "unknown"}.get(verdict, "no")  # type: ignore[return-value]

    @property
    def is_gone(self) -> bool:
        """Tell whether nobody is there any more."""
        return self.judged.status.code == "N"

    @property
    def proof(self) -> Proof:
        """An open path, a closed ring."""
        return self.judged.proof

    @property
    def is_pressed(self) -> bool:
        """Tell whether hostile ground lies on more than half the compass."""
        margins = {} if self.is_part else self.judgement.margins
        share = margins.get("hostile_bearings", {}).get("optimistic")
        return self.judged.status.code == "C1" if share is None else share > self.salient_share


@dataclass(frozen=True, slots=True)
class Facts:
    """What is known of one claim on one map when the rules are asked."""

    claim: Claim
    asserted: Assertion
    ruling: Ruling | None
    """None: no map in hand knows the force at that time."""
    missing: str = ""
    """Why there is no ruling, in words."""
    is_known: bool = True
    """Some map in hand knows the force."""
    spoken_at: datetime | None = None
    """When it was said, or the instant of its own map where that is earlier."""
    others: tuple[Ruling, ...] = ()
    """The same force on other maps of the same mapper, in order of time."""
    find_like: Callable[[Definition], tuple[str, ...]] = lambda _: ()
    """Names the sub-units and other forces of that side for which a definition holds."""
    own_layer: Callable[[], Ruling | None] = lambda: None
    """Judges the map anew with the ground the claimant's side claims."""

    @property
    def definition(self) -> Definition:
        """The definition the claim uses."""
        assert self.asserted.definition is not None  # noqa: S101 - asked after asserts_nothing
        return self.asserted.definition

    @property
    def shown(self) -> Ruling:
        """What the map shows."""
        assert self.ruling is not None  # noqa: S101 - asked after no_map
        return self.ruling

    @property
    def answer(self) -> Answer:
        """The map's answer to the claim's definition."""
        return self.shown.answer(self.definition)

    @property
    def said(self) -> Answer:
        """The answer that the claim gives."""
        return "yes" if self.asserted.holds else "no"

    @property
    def is_refuted(self) -> bool:
        """Tell whether the map gives the other answer, on both readings."""
        return self.answer == ("no" if self.asserted.holds else "yes")

    @property
    def is_after_its_map(self) -> bool:
        """Tell whether the map is of an earlier day than the claim."""
        return self.spoken_at is not None and self.shown.as_of.date() < self.spoken_at.date()

    @property
    def is_before_its_map(self) -> bool:
        """Tell whether the map is of a later day than the claim."""
        return self.spoken_at is not None and self.shown.as_of.date() > self.spoken_at.date()

    def was_true(self, ruling: Ruling) -> bool:
        """Tell whether another date's map gives the claim's answer."""
        return ruling.answer(self.definition) == self.said

    def find_later(self) -> list[Ruling]:
        """List the maps of the days in which a claim said too early comes true."""
        since, day = self.spoken_at or self.shown.as_of, self.shown.as_of.date()
        after = [r for r in self.others if r.as_of.date() > day and r.as_of > since]
        return [r for r in after if r.as_of - since <= SPAN]

    def find_last_before(self) -> Ruling | None:
        """Find the last map before the claim was made, no older than the same span."""
        spoken = self.spoken_at
        if spoken is None:
            return None
        before = [r for r in self.others if r.as_of <= spoken and spoken - r.as_of <= SPAN]
        return before[-1] if before else None


# -- proofs ----------------------------------------------------------------------------------


def prove(definition: Definition, *, holds: bool, ruling: Ruling) -> tuple[str, ...] | None:
    """
    Find what proves that a definition holds, or does not; None: nothing the map came with.

    A ring proves that land, or everything, is cut. A path proves that it is not; it is the best
    one, which may be for feet, so for vehicles their own axis must be open too. Fire control is
    proved by a path with its legs under heavy fire, a cut for vehicles by the best path being one
    for feet or boats; a closed ring proves both.
    """
    path, ring = ruling.proof.path, ruling.proof.ring
    if definition == "no_force":
        is_shown = ruling.is_gone if holds else bool(path or ring)
        return name_positions(ruling) if is_shown else None
    if definition == "surrounded":
        return cite(ring) or cite(path)
    if holds:
        return _prove_cut(definition, path, ring)
    return _prove_open(definition, path, ruling)


def _prove_cut(
    definition: Definition, path: OpenPath | None, ring: ClosedRing | None
) -> tuple[str, ...] | None:
    if ring and not path:
        return cite(ring)
    if definition == "fire_control" and path:
        fire = [leg for leg in path.legs if leg.fire in HEAVY_FIRE]
        return tuple(dict.fromkeys(i for leg in fire for i in leg.evidence)) if fire else None
    if definition == "vehicle_cut" and path and path.mode in ("foot", "boat", "rail"):
        return cite(path)
    return None


def _prove_open(
    definition: Definition, path: OpenPath | None, ruling: Ruling
) -> tuple[str, ...] | None:
    if definition == "isolation" and not path:
        reached = "open" in ruling.judged.axes.access.values()
        return name_positions(ruling) if reached else None
    if not path or path.reading != "pessimistic":
        return None
    if definition == "fire_control" and any(leg.fire in HEAVY_FIRE for leg in path.legs):
        return None
    by_vehicle = (ruling.judged.axes.land[mode] for mode in ("wheeled", "tracked"))
    if definition == "vehicle_cut" and "open" not in by_vehicle:
        return None
    return cite(path)


def cite(proof: OpenPath | ClosedRing | None) -> tuple[str, ...]:
    """List the features a certificate rests on."""
    return proof.evidence if proof else ()


def name_positions(ruling: Ruling) -> tuple[str, ...]:
    """Name the positions of the force."""
    return tuple(p.id for p in ruling.judgement.positions)
