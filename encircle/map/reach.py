"""How much ground does a position hold around it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from shapely.geometry.base import BaseGeometry

    from encircle.map.situation import Position

Reading = Literal["optimistic", "pessimistic"]
READINGS: tuple[Reading, Reading] = ("optimistic", "pessimistic")

REACH_BY_ECHELON_M: dict[str, float] = {
    "squad": 50.0,
    "section": 50.0,
    "platoon": 200.0,
    "company": 500.0,
    "battalion": 1_500.0,
    "regiment": 3_000.0,
    "brigade": 4_000.0,
    "division": 8_000.0,
    "corps": 15_000.0,
    "army": 30_000.0,
}
"""Half the frontage such a formation holds in defence, metres, rounded down. Source: FM 100-2-1
(1990), The Soviet Army: Operations and Tactics, ch. 6 (platoon up to 400 m, company 1-1.5 km,
battalion 3-5 km, division 15-25 km); between and above, interpolated."""

REACH_UNSTATED_M = REACH_BY_ECHELON_M["company"]
"""Where neither reach nor echelon is stated, metres. Source: convention of this project."""

QUARTER_SEGMENTS = 8
"""Corners of a quarter of a circle of reach: it errs inward by at most 0.5 % of its radius."""


def is_bare(position: Position) -> bool:
    """
    Tell whether nothing but a word vouches for a position: it does not outvote the map.

    It is only reported, or has neither a source nor a stated reach; a stated reach of 0 says that
    it holds nothing.

    Examples
    --------
    >>> from encircle.map.situation import Position
    >>> is_bare(Position(id="p", geometry=None, side="BLUE", basis="reported", reach_m=500.0))
    True
    >>> is_bare(Position(id="p", geometry=None, side="BLUE", reach_m=500.0))
    False
    """
    return position.basis == "reported" or not (position.sources or position.reach_m)


def measure_reach(position: Position, reading: Reading, *, hostile: bool) -> float:
    """
    Measure how far from its place a position holds ground, in metres; never below zero.

    A stated reach is taken as given. One that follows from the echelon is a guess, so each
    reading leans its own way: the optimistic halves a hostile one and takes a friendly one half
    as large again, the pessimistic the other way round. A hostile position's location error
    leans the same way.

    Examples
    --------
    >>> from encircle.map.situation import Position
    >>> post = Position(id="p", geometry=None, side="RED", echelon="company")
    >>> [measure_reach(post, reading, hostile=True) for reading in READINGS]
    [250.0, 750.0]
    """
    larger = (reading == "pessimistic") == hostile
    if position.reach_m is not None:
        reach = position.reach_m
    elif position.geometry is not None and position.geometry.geom_type == "Polygon":
        reach = 0.0  # the polygon says what it holds
    else:
        stated = REACH_BY_ECHELON_M.get(position.echelon or "", REACH_UNSTATED_M)
        reach = stated * (1.5 if larger else 0.5)
    error = position.location_error_m if hostile else 0.0
    return max(0.0, reach + (error if larger else -error))


def build_reach(
    position: Position, place_m: BaseGeometry, reading: Reading, *, hostile: bool
) -> BaseGeometry:
    """
    Draw the ground a position holds, in metres; empty where it holds none.

    `place_m` is the position's own geometry on the plane. A hostile polygon whose location
    error exceeds its reach shrinks on the optimistic reading.
    """
    reach = measure_reach(position, reading, hostile=hostile)
    if place_m.geom_type == "Polygon" and hostile and reading == "optimistic":
        reach = (position.reach_m or 0.0) - position.location_error_m
    return place_m.buffer(reach, quad_segs=QUARTER_SEGMENTS)
