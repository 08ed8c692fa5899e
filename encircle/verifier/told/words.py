"""Do the words of a judgement agree: its status, its definitions, its axes and its proofs."""

from __future__ import annotations

from typing import TYPE_CHECKING

from encircle.verifier.path.case import Fault
from encircle.verifier.reading.parsing import ACCESS, ANSWERS, LAND_MODES, rank_of_fire

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from encircle.verifier.reading.said import Leg, Ruling

STATUSES = {
    "C0": ("connected", "not_encircled"),
    "C1": ("salient", "not_encircled"),
    "C2": ("interdicted", "not_encircled"),
    "C3": ("contested", "contested"),
    "U": ("indeterminate", "indeterminate"),
    "E1": ("encircled_with_access", "encircled"),
    "E2": ("isolated", "encircled"),
    "N": ("no_force", "no_force"),
}
"""Code to name and verdict, best-off first. Source: contract, section 2."""
LABELS = {
    "C0": "Connected",
    "C1": "Open, in a salient",
    "C2": "Open but interdicted",
    "C3": "Closure contested",
    "U": "Cannot be told",
    "E1": "Encircled by land, with access",
    "E2": "Encircled and isolated",
    "N": "Nobody there any more",
}
"""Code to the words for it that people are shown."""
UNTOLD = ("indeterminate", "no_force")
ENCIRCLED: dict[str, bool | None] = {"encircled": True, "not_encircled": False}
LAND_CUT = {"encircled": "yes", "not_encircled": "no", "contested": "contested"}
WAY_OUT = {
    "land_cut": ("no",), "vehicle_cut": ("no",), "fire_control": ("no", "unknown"),
    "isolation": ("no",),
}  # fmt: skip
IMPLIED: dict[str, dict[str, tuple[str, ...]]] = {
    "C0": WAY_OUT,
    "C1": WAY_OUT,
    "C2": {"land_cut": ("no",), "isolation": ("no",)},
    "C3": {
        "land_cut": ("contested",), "vehicle_cut": ("contested", "yes"),
        "isolation": ("contested", "no"),
    },
    "E1": {
        "land_cut": ("yes",), "vehicle_cut": ("yes",), "fire_control": ("yes",),
        "isolation": ("no", "contested"),
    },
    "E2": dict.fromkeys(("land_cut", "vehicle_cut", "fire_control", "isolation"), ("yes",)),
}  # fmt: skip
"""Code to the answers it leaves open to each definition. Source: contract, Definitions."""
DEMANDS: dict[str, tuple[str | None, str | None]] = {
    "not_encircled": ("pessimistic", None),
    "encircled": (None, "optimistic"),
    "contested": ("optimistic", "pessimistic"),
}
"""Verdict to the readings its open path and its closed ring must be drawn on."""
F3 = rank_of_fire("F3")


def words_agree(ruling: Ruling) -> Iterator[Fault]:
    """Status, verdict and definitions say the same thing."""
    name, verdict = STATUSES.get(ruling.code, (None, None))
    if ruling.verdict != verdict or ruling.name not in (None, name):
        yield Fault(f"status {ruling.code} {ruling.name or ''} is not {ruling.verdict}")
    if ruling.label not in (None, "", LABELS.get(ruling.code)):
        yield Fault(f"status {ruling.code} is not {ruling.label!r}")
    if ruling.encircled is not ENCIRCLED.get(ruling.verdict):
        yield Fault(f"{ruling.verdict} and encircled {ruling.encircled} contradict each other")
    due = _answers_due(ruling)
    for definition, answer in ruling.definitions.items():
        if answer not in due.get(definition, (answer,)):
            yield Fault(f"{ruling.code} and {definition} {answer} contradict each other")


def find_unsaid(code: str, definitions: Mapping[str, str]) -> Iterator[Fault]:
    """Find answers that the status itself rules out."""
    for name, due in IMPLIED.get(code, {}).items():
        if definitions.get(name, due[0]) not in due:
            yield Fault(f"{code} and {name} {definitions[name]} contradict each other")


def _answers_due(ruling: Ruling) -> dict[str, tuple[str, ...]]:
    """Give the answers that verdict and axes leave to each definition; all to *surrounded*."""
    told = ("land_cut", "vehicle_cut", "fire_control", "isolation")
    if ruling.verdict in UNTOLD:
        more = ("surrounded",) if ruling.verdict == "no_force" else ()
        return dict.fromkeys((*told, *more), ("unknown",))
    cut = LAND_CUT.get(ruling.verdict, "")
    due = {"land_cut": (cut,), "fire_control": _fire_control_due(ruling)}
    if len(ruling.land) == len(LAND_MODES):
        vehicles = (ruling.land["wheeled"], ruling.land["tracked"])
        some = next((answer for answer in ("open", "contested") if answer in vehicles), "closed")
        due["vehicle_cut"] = ({"open": "no", "closed": "yes"}.get(some, some),)
    if len(ruling.access) == len(ACCESS):
        due["isolation"] = _isolation_due(cut, {*ruling.access.values()})
    return due


def _isolation_due(cut: str, access: set[str]) -> tuple[str, ...]:
    """On a reading it is isolated where the land is cut and nothing else is open."""
    # What is contested is open on one of them: a special way on the less kind one, maybe, where
    # on the other it is a way by land.
    alone = {"open": (False,), "contested": (False, True)}
    some = next((alone[answer] for answer in alone if answer in access), (True,))
    hopeful = some if cut == "yes" else (False,)
    fearful = some if cut in ("yes", "contested") else (False,)
    agreed = {(True, True): "yes", (False, False): "no"}
    return tuple(agreed.get((h, f), "contested") for h in hopeful for f in fearful)


def _fire_control_due(ruling: Ruling) -> tuple[str, ...]:
    """On the kinder reading another way, or ground mapped otherwise, may be the best."""
    if ruling.verdict == "encircled":
        return ("yes",)
    if not ruling.best_fire:
        return ("unknown",) if ruling.best_fire is None else ANSWERS
    under_fire = rank_of_fire(ruling.best_fire) >= F3
    if ruling.verdict == "contested":
        return ("yes",) if under_fire else ("contested",)
    return ("yes", "contested", "unknown") if under_fire else ("no", "unknown")


def axes_agree(ruling: Ruling) -> Iterator[Fault]:
    """The axes bear the status out."""
    land, access = set(ruling.land.values()), set(ruling.access.values())
    if ruling.verdict in UNTOLD and land - {"unknown"}:
        yield Fault("the force cannot be told of, and a mode is")
    if ruling.verdict == "not_encircled" and land and "open" not in land:
        yield Fault("the force is not encircled and no mode is open")
    if ruling.verdict == "encircled" and land & {"open", "contested"}:
        yield Fault("the force is encircled and a mode is open")
    if ruling.verdict == "contested" and land and ("open" in land or "contested" not in land):
        yield Fault("the force is contested and no mode is")
    if ruling.code == "E1" and access and not access & {"open", "contested"}:
        yield Fault("access is claimed and no axis has any")
    if ruling.code == "E2" and access & {"open", "contested"}:
        yield Fault("the force is isolated and an axis is open")


def best_fire_is_that_of_the_path(ruling: Ruling) -> Iterator[Fault]:
    """The fire said to be on the best way is the worst on the path that proves it."""
    if ruling.open is None:
        if ruling.verdict == "encircled" and (ruling.best_fire or ruling.fires):
            yield Fault("no way is open, and fire is told of one")
        return
    if ruling.best_fire == "":
        return
    legs = ruling.open.legs
    worst = max((leg.fire for leg in legs), key=rank_of_fire)
    # To the road the force goes over ground of its own: unmapped there, it takes nothing away.
    own = count_bare(legs)
    on_way = max((leg.fire for leg in legs[own:]), key=rank_of_fire, default="F0")
    # Wholly within its own reach the force joins the anchor by a road there, whose fire is told.
    at_hand = own == len(legs) and rank_of_fire(ruling.best_fire) < rank_of_fire("F2")
    if ruling.best_fire not in (worst, on_way) and not at_hand:
        said = f"the best way is said to be under {ruling.best_fire or 'unmapped fire'}"
        yield Fault(f"{said}, its path is under {worst or 'unmapped fire'}")


def count_bare(legs: Sequence[Leg]) -> int:
    """Count the legs over unmapped ground with which a path comes to its first road, if to any."""
    bare = [leg.by == "ground" and leg.fire is None for leg in legs]
    if all(bare):  # whoever keeps to roads has not left the force's own ground
        return len(legs) if legs[0].mode in ("wheeled", "rail") else 0
    first = bare.index(False)
    return first if legs[first].by == "route" else 0


def fire_is_told_of_every_way(ruling: Ruling) -> Iterator[Fault]:
    """Fire is told of each mode that is open, and of no other, and the best of it is the least."""
    if ruling.open is None or ruling.fires is None or len(ruling.land) < len(LAND_MODES):
        return
    due = "open" if ruling.verdict == "not_encircled" else "contested"
    modes = {mode for mode, answer in ruling.land.items() if answer == due}
    if modes != ruling.fires.keys():
        told = ", ".join(sorted(ruling.fires)) or "no mode"
        open_ = ", ".join(sorted(modes)) or "no modes"
        yield Fault(f"{open_} are open, and fire is told of {told}")
    elif ruling.open.mode not in modes:
        yield Fault(f"the path goes by {ruling.open.mode}, which is not told as {due}")
    elif modes and rank_of_fire(ruling.best_fire) != min(map(rank_of_fire, ruling.fires.values())):
        yield Fault(f"the best way is under {ruling.best_fire}, and a mode is told of under less")


def certificates_are_those_demanded(ruling: Ruling) -> Iterator[Fault]:
    """The verdict comes with the proofs it demands, each on its own reading."""
    demanded = DEMANDS.get(ruling.verdict, (None, None))
    given = (ruling.open, ruling.closed)
    for what, reading, proof in zip(("open path", "closed ring"), demanded, given, strict=True):
        if reading is None and proof is not None:
            yield Fault(f"{ruling.verdict} comes with no {what}, and one is given")
        elif reading is not None and proof is None:
            article = "an" if what == "open path" else "a"
            yield Fault(f"{ruling.verdict} needs {article} {what} on the {reading} reading")
        elif proof is not None and proof.reading != reading:
            yield Fault(f"the {what} is on the {proof.reading} reading, not the {reading}")


RULING_RULES = (
    words_agree,
    axes_agree,
    best_fire_is_that_of_the_path,
    fire_is_told_of_every_way,
    certificates_are_those_demanded,
)
"""Everything asked of the words for the force, or a position, in the order it is asked."""
