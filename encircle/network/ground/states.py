"""The rules of the ground: what is said of a place, and who may pass there."""

from __future__ import annotations

from enum import IntEnum, IntFlag
from functools import reduce
from operator import or_
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from encircle.map.reach import Reading

MODE_BITS = {"rail": 1, "wheeled": 2, "tracked": 4, "foot": 8, "boat": 16, "air": 32}
GROUND_BITS = MODE_BITS["tracked"] | MODE_BITS["foot"]
"""Modes that open ground carries."""
FIRE_RANKS = ("F0", "F1", None, "F2", "F3", "F4")
"""Fire grades from best to worst; unmapped (None) stands between F1 and F2: it is not F0."""
UNMAPPED = FIRE_RANKS.index(None)
FIRE_MODES = ("rail", "wheeled", "tracked", "foot", "boat")


class State(IntEnum):
    """Who holds a face, on one reading."""

    FRIENDLY = 0
    OPEN = 1
    GREY = 2
    HOSTILE = 3
    NEUTRAL = 4
    WATER = 5


COUNTED_HOSTILE: dict[Reading, tuple[State, ...]] = {
    "optimistic": (State.HOSTILE,), "pessimistic": (State.HOSTILE, State.GREY),
}  # fmt: skip
"""What counts as hostile on the compass, on each reading."""


class Role(IntFlag):
    """What a polygon says of the ground it covers, seen from the force's side."""

    GREY = 1
    ASSESSED_FRIENDLY = 2
    ASSESSED_HOSTILE = 4
    ASSESSED_NEUTRAL = 8
    REACH_FRIENDLY = 16
    REACH_HOSTILE = 32
    DOUBT_FRIENDLY = 64
    DOUBT_HOSTILE = 128
    TERRITORY_FRIENDLY = 256
    TERRITORY_HOSTILE = 512
    TERRITORY_NEUTRAL = 1024
    WATER = 2048
    SEAM = 4096
    SEAM_FRIENDLY = 8192
    SEAM_HOSTILE = 16384
    SEAM_GREY = 32768
    SEAM_NEUTRAL = 65536
    SEAM_HOME = 131072
    SEAM_FOREIGN = 262144
    SEAM_NEUTRAL_LAND = 524288
    BARE_REACH = 1048576
    BARE_DOUBT = 2097152


PAINTED = Role.GREY | Role.ASSESSED_FRIENDLY | Role.ASSESSED_HOSTILE | Role.ASSESSED_NEUTRAL
FRIENDLY = (
    Role.ASSESSED_FRIENDLY | Role.REACH_FRIENDLY | Role.DOUBT_FRIENDLY | Role.TERRITORY_FRIENDLY
)
HOSTILE_GROUND = Role.ASSESSED_HOSTILE | Role.TERRITORY_HOSTILE
NEUTRAL_GROUND = Role.ASSESSED_NEUTRAL | Role.TERRITORY_NEUTRAL
BARE = Role.BARE_REACH | Role.BARE_DOUBT
"""What a friendly position says that nothing but a word vouches for, and what an anchor's polygon
says: as much as any other, but nothing where control polygons give the ground to the enemy. A dot
is not a force, nor are two; an anchor on hostile ground does not count."""
REACHES = Role.REACH_FRIENDLY | Role.REACH_HOSTILE | Role.DOUBT_FRIENDLY | Role.DOUBT_HOSTILE | BARE
SEAM_OF = {
    Role.ASSESSED_FRIENDLY: Role.SEAM_FRIENDLY,
    Role.ASSESSED_HOSTILE: Role.SEAM_HOSTILE,
    Role.GREY: Role.SEAM_GREY,
    Role.ASSESSED_NEUTRAL: Role.SEAM_NEUTRAL,
    Role.TERRITORY_FRIENDLY: Role.SEAM_HOME,
    Role.TERRITORY_HOSTILE: Role.SEAM_FOREIGN,
    Role.TERRITORY_NEUTRAL: Role.SEAM_NEUTRAL_LAND,
}
"""What a polygon says of the seams beside it."""
BESIDE_SEAM = reduce(or_, SEAM_OF.values())
_TERRITORY_OF = {
    State.FRIENDLY: Role.TERRITORY_FRIENDLY,
    State.HOSTILE: Role.TERRITORY_HOSTILE,
    State.NEUTRAL: Role.TERRITORY_NEUTRAL,
}


def find_state(said: Role, reading: Reading, uncovered: State) -> State:
    """
    Decide who holds ground of which polygons say `said`: the rules of the ground.

    Examples
    --------
    >>> find_state(Role.TERRITORY_FRIENDLY | Role.REACH_HOSTILE, "optimistic", State.GREY).name
    'HOSTILE'
    >>> find_state(Role.ASSESSED_FRIENDLY | Role.REACH_HOSTILE, "optimistic", State.GREY).name
    'GREY'
    """
    if said & BARE:
        said = _hear_bare(said)
    if said & Role.GREY:
        return State.GREY
    if said & PAINTED:
        return _find_assessed(said)
    if said & Role.WATER and not said & Role.TERRITORY_FRIENDLY:
        return State.WATER
    if said & Role.SEAM and said & BESIDE_SEAM:
        return _find_seam(said, reading, uncovered)
    return _find_unassessed(said, uncovered)


def _hear_bare(said: Role) -> Role:
    """Let a bare position speak as any other, but not against the map."""
    if said & Role.SEAM and said & BESIDE_SEAM and not said & (PAINTED | Role.WATER):
        return said  # heard beside each of the seam's neighbours
    heard = said & ~BARE
    if said & HOSTILE_GROUND:
        return heard
    heard |= Role.REACH_FRIENDLY if said & Role.BARE_REACH else Role(0)
    return heard | (Role.DOUBT_FRIENDLY if said & Role.BARE_DOUBT else Role(0))


def _find_assessed(said: Role) -> State:
    friendly = bool(said & Role.ASSESSED_FRIENDLY)
    hostile = bool(said & Role.ASSESSED_HOSTILE)
    neutral = bool(said & Role.ASSESSED_NEUTRAL)
    if friendly:
        doubted = hostile or neutral or said & (Role.REACH_HOSTILE | Role.DOUBT_HOSTILE)
        return State.GREY if doubted else State.FRIENDLY
    if hostile:
        settled = neutral or said & Role.WATER  # more hostile ground must never open any
        doubted = said & (Role.REACH_FRIENDLY | Role.DOUBT_FRIENDLY)
        return State.GREY if doubted and not settled else State.HOSTILE
    return State.NEUTRAL


def _find_seam(said: Role, reading: Reading, uncovered: State) -> State:
    """
    Give a seam the better state beside it, or the worse one on the pessimistic reading.

    What lies beside it lies within the same reaches: hostile ground that they grey is grey there.
    """
    reached = said & REACHES
    beside = [
        find_state(role | reached, reading, uncovered)
        for role, seam in SEAM_OF.items()
        if said & seam
    ]
    if reading == "optimistic":
        return min(beside)
    return State.HOSTILE if State.HOSTILE in beside else max(beside)


def _find_unassessed(said: Role, uncovered: State) -> State:
    friendly, hostile = bool(said & Role.REACH_FRIENDLY), bool(said & Role.REACH_HOSTILE)
    if friendly and hostile:
        return State.GREY
    if hostile:
        state = State.HOSTILE
    elif friendly:
        state = State.FRIENDLY
    else:
        state = _find_territory(said, uncovered)
    if said & Role.DOUBT_HOSTILE and state in (State.FRIENDLY, State.OPEN):
        return State.GREY
    if said & Role.DOUBT_FRIENDLY and state == State.HOSTILE:
        return State.GREY
    return state


def _find_territory(said: Role, uncovered: State) -> State:
    friendly = bool(said & Role.TERRITORY_FRIENDLY)
    hostile = bool(said & Role.TERRITORY_HOSTILE)
    neutral = bool(said & Role.TERRITORY_NEUTRAL)
    if friendly:
        return State.GREY if hostile or neutral else State.FRIENDLY
    if hostile:
        return State.HOSTILE
    return State.NEUTRAL if neutral else uncovered


def is_passable(state: int, reading: Reading) -> bool:
    """Tell whether ground in a state can be passed; grey only on the optimistic reading."""
    return state <= (State.GREY if reading == "optimistic" else State.OPEN)


def find_decisive(said: Role, state: State) -> Role:
    """Give the roles whose word decided a state, as far as they were spoken."""
    if said & HOSTILE_GROUND and not _hear_bare(said) & BARE:
        said &= ~BARE  # not heard against the map, whoever else is heard there
    if said & Role.GREY:
        return Role.GREY
    if said & PAINTED:
        reaches = Role.REACH_FRIENDLY | Role.REACH_HOSTILE | Role.BARE_REACH
        doubts = Role.DOUBT_FRIENDLY | Role.DOUBT_HOSTILE | Role.BARE_DOUBT
        return PAINTED | (reaches | doubts if state == State.GREY else Role(0))
    if state == State.WATER:
        return Role.WATER
    if said & Role.SEAM and said & BESIDE_SEAM:
        reached = Role(0) if state == State.NEUTRAL else REACHES
        return BESIDE_SEAM | reached | _TERRITORY_OF.get(state, Role(0))
    reaches = Role.REACH_FRIENDLY | Role.REACH_HOSTILE | Role.BARE_REACH
    doubts = Role.DOUBT_FRIENDLY | Role.DOUBT_HOSTILE | Role.BARE_DOUBT
    territory = Role.TERRITORY_FRIENDLY | Role.TERRITORY_HOSTILE | Role.TERRITORY_NEUTRAL
    if state == State.GREY:
        return reaches | doubts | territory
    return reaches if said & reaches else territory
