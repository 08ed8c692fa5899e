"""
What is the ground on one reading: what is painted, how far positions reach, and seams.

Long for one reason: the rules of the ground are asked in one order, each of what the others leave.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import shapely
from shapely.geometry import box

from encircle.map.situation import Anchor, Control, Position
from encircle.verifier.regions import (
    GRID_M,
    NOTHING,
    areas_of,
    common,
    join,
    look_round,
    minus,
    with_slivers,
)

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from shapely.geometry.base import BaseGeometry

    from encircle.verifier.ground import Survey
    from encircle.verifier.reading.said import Reading
    from encircle.verifier.regions import Region

Corners = Literal["round", "mitre"]
Lean = Literal["open", "closed"]
"""Where drawing leaves room (a disc is drawn with corners, a seam has a mouth), which certificate
gets the benefit of the doubt: `open` draws passable ground large, `closed` draws it small."""
LEANS: tuple[Lean, Lean] = ("open", "closed")
Holder = Literal["friendly", "hostile", "neutral", "grey"]
BEYOND_M = 50_000.0
"""Ground looked at beyond the edge of the map, where nobody knows anything; metres."""
SEAM_SLACK = 0.1
"""Share of the seam width within which two ways of measuring a thin part may differ."""
OFFSET_ERROR = 0.01
"""Share of a distance by which GEOS, smoothing, misses the outline it moves by it."""
RIGHT_ANGLE = 1.5
"""Ratio of mitre to width up to which a corner is one, and past which it is a spike."""
DISC_SEGS = 8
"""Chords in a quarter of the circle round a place. Source: convention of the judgement."""


@dataclass(frozen=True, slots=True)
class Ground:
    """The ground on one reading, as areas that do not overlap; metres."""

    friendly: BaseGeometry
    open: BaseGeometry
    grey: BaseGeometry
    neutral: BaseGeometry
    hostile: BaseGeometry
    water: BaseGeometry
    """Water of a sea anchor, where no control polygon speaks."""
    nobody: BaseGeometry
    """Grey because no polygon covers it, or because the map ends."""
    seam_open: BaseGeometry
    seam_closed: BaseGeometry
    passable: BaseGeometry
    """What may be entered if no barrier stands in the way."""

    @property
    def seam(self) -> Region:
        """Thin ground that takes its neighbours' state."""
        return (self.seam_open, self.seam_closed)


def _may_be_swallowed(area: BaseGeometry) -> bool:
    """Tell an area nowhere as wide as two steps of the grid: what is left of it there is chance."""
    return bool(area.area <= GRID_M * area.length and area.buffer(-GRID_M).is_empty)


@dataclass
class Drawing:
    """The rules of the ground on one reading, one after another."""

    survey: Survey
    reading: Reading
    lean: Lean

    def draw(self) -> Ground:
        """Draw the ground."""
        once = self.survey.outlines.once
        frame, inside = self._frame()
        spoken = self._assessed()
        spoken = {name: once(common, area, inside) for name, area in spoken.items()}
        rest = once(minus, inside, *spoken.values())
        silent, nobody = self._silent(rest)
        water = common(self._water(), rest)
        silent = {name: minus(area, water) for name, area in silent.items()}
        seam_open, seam_closed = self._all_seams(minus(self._bare(inside), water), silent)
        merged = {name: join(spoken[name], silent[name]) for name in spoken}
        for name in ("hostile", "neutral"):  # thin territory that lets through is no longer theirs
            merged[name] = minus(merged[name], seam_open)
        passable = self._passable(merged, silent["open"], seam_open, seam_closed)
        beyond = minus(frame, inside)
        if self.lean == "closed":
            passable = self._end_of_map(passable, beyond)
        return Ground(
            **merged,
            open=silent["open"],
            water=water,
            nobody=join(nobody, beyond),
            seam_open=seam_open,
            seam_closed=seam_closed,
            passable=passable,
        )

    def _frame(self) -> tuple[BaseGeometry, BaseGeometry]:
        inside = self.survey.extent()
        return box(*inside.buffer(BEYOND_M, join_style="mitre").bounds), inside

    def _controls(
        self, holder: Holder, *, territory: bool | None = None, slivers: bool = True
    ) -> BaseGeometry:
        """Unite the control polygons of a holder; with `territory`, of one layer."""
        thick = self._favours(holder)
        theirs = [
            c
            for c in self.survey.each(Control)
            if self.survey.holder(c) == holder and territory in (None, c.basis == "territory")
        ]
        if not slivers:
            drawn = ((c, self.survey.drawn(c, self.reading, self.lean)) for c in theirs)
            theirs = [c for c, area in drawn if not _may_be_swallowed(area)]
        as_drawn = () if not any(map(self.survey.moves, theirs)) else (self.reading, self.lean)
        key = (thick, as_drawn, tuple(c.id for c in theirs))  # apart: ids are the map's own
        united = self.survey.outlines.united
        if key not in united:
            draw = self.survey.drawn_thick if thick else self.survey.drawn
            united[key] = join(*(draw(c, self.reading, self.lean) for c in theirs))
        return united[key]

    def _bare(self, inside: BaseGeometry) -> BaseGeometry:
        """Draw what nothing is painted on: a sliver that the grid swallows parts no ground."""
        survey, once = self.survey, self.survey.outlines.once
        painted = [
            areas_of(survey.drawn(c, self.reading, self.lean))
            for c in survey.each(Control)
            if c.basis != "territory" or survey.holder(c) == "grey"
        ]
        kept = (area for area in painted if not _may_be_swallowed(area))
        return once(minus, inside, once(join, *kept))

    def _reaches(self, *, friendly: bool, sure: bool, bare: bool | None = None) -> BaseGeometry:
        """Unite the reaches of one party, certain or uncertain, those of bare words apart."""
        chosen = [
            p
            for p in self.survey.known.values()
            if isinstance(p, Position)
            and (p.side in self.survey.friends) == friendly
            and p.present != "withdrawn"
            and (p.basis != "reported" and self.survey.stands(p)) == sure
            and bare in (None, self.survey.is_bare(p))
        ]
        return join(*(self.survey.held(p, self.reading, self.lean) for p in chosen))

    def _anchors(self) -> BaseGeometry:
        """A friendly anchor's polygon says what a friendly word does; the sea is water."""
        keep = with_slivers if self.lean == "open" else areas_of
        return join(
            *(
                keep(areas_of(self.survey.shape(a)))
                for a in self.survey.known.values()
                if isinstance(a, Anchor)
                and a.side in self.survey.friends
                and a.access != "sea"
                and self.survey.counts(a, self.reading)
            )
        )

    def _assessed(self) -> dict[str, BaseGeometry]:
        """Where polygons speak: grey over all, then who is assessed to hold it."""
        once = self.survey.outlines.once
        grey = self._controls("grey")
        ours, theirs, neutral = (
            once(minus, self._controls(holder, territory=False), grey)
            for holder in ("friendly", "hostile", "neutral")
        )
        theirs_reach = join(*(self._reaches(friendly=False, sure=sure) for sure in (True, False)))
        ours_reach = join(
            *(self._reaches(friendly=True, sure=sure, bare=False) for sure in (True, False))
        )
        friendly, hostile = once(minus, ours, theirs, neutral), once(minus, theirs, ours)
        torn = once(common, ours, once(join, theirs, neutral))
        if self.lean == "closed":  # whether a reach greys hostile ground that is also called
            ours_reach = minus(ours_reach, neutral)  # neutral, the contract leaves open
        ours_reach = minus(ours_reach, self._seas())  # nobody walks out over a sea
        reached = join(common(friendly, theirs_reach), common(hostile, ours_reach))
        return {
            "friendly": minus(friendly, theirs_reach),
            "hostile": minus(hostile, ours_reach),
            "neutral": once(minus, neutral, ours, theirs),
            "grey": join(grey, torn, reached),
        }

    def _silent(self, rest: BaseGeometry) -> tuple[dict[str, BaseGeometry], BaseGeometry]:
        """Where no polygon speaks: reaches, then territory, then what uncovered ground is."""
        foreign = self._controls("hostile", territory=True)
        words = minus(
            join(self._reaches(friendly=True, sure=True, bare=True), self._anchors()), foreign
        )
        ours = join(self._reaches(friendly=True, sure=True, bare=False), words)
        theirs = self._reaches(friendly=False, sure=True)
        below = minus(rest, ours, theirs)
        home, neutral = (
            self._controls(holder, territory=True) for holder in ("friendly", "neutral")
        )
        bare = minus(below, home, foreign, neutral)
        unknown = self.survey.situation.uncovered == "unknown"
        once = self.survey.outlines.once
        friendly = join(
            common(rest, minus(ours, theirs)), common(below, once(minus, home, foreign, neutral))
        )
        hostile = join(common(rest, minus(theirs, ours)), common(below, once(minus, foreign, home)))
        grey = join(
            common(rest, common(ours, theirs)),
            *(common(below, once(common, home, other)) for other in (foreign, neutral)),
            bare if unknown else NOTHING,
        )
        silent = {
            "friendly": friendly,
            "hostile": hostile,
            "neutral": common(below, minus(neutral, home, foreign)),
            "grey": grey,
            "open": NOTHING if unknown else bare,
        }
        return self._greyed(silent), bare if unknown else NOTHING

    def _greyed(self, silent: dict[str, BaseGeometry]) -> dict[str, BaseGeometry]:
        """An uncertain position only ever makes grey."""
        theirs = self._reaches(friendly=False, sure=False)
        words = self._reaches(friendly=True, sure=False, bare=True)
        words = minus(words, self._controls("hostile", territory=True))
        ours = join(self._reaches(friendly=True, sure=False, bare=False), words)
        doubted = join(
            common(join(silent["friendly"], silent["open"]), theirs),
            common(silent["hostile"], ours),
        )
        kept = {name: minus(area, doubted) for name, area in silent.items()}
        return {**kept, "grey": join(silent["grey"], doubted)}

    def _seas(self) -> BaseGeometry:
        """Unite the polygons of the force's sea anchors."""
        seas = [
            areas_of(self.survey.shape(a))
            for a in self.survey.known.values()
            if isinstance(a, Anchor)
            and a.access == "sea"
            and (a.side in self.survey.friends or self.lean == "closed")
        ]
        return join(*seas) if seas else NOTHING

    def _water(self) -> BaseGeometry:
        """Where no polygon speaks, a sea anchor's is water, but for friendly territory."""
        seas = self._seas()
        home = NOTHING if seas.is_empty else self._controls("friendly", territory=True)
        return minus(seas, home)

    def _all_seams(
        self, rest: BaseGeometry, silent: dict[str, BaseGeometry]
    ) -> tuple[BaseGeometry, BaseGeometry]:
        """Seams run between polygons, and between a polygon and somebody's bare territory."""
        once = self.survey.outlines.once
        if self.survey.focus is not None:
            rest = once(common, rest, self.survey.focus)
        holders: tuple[Holder, ...] = ("friendly", "hostile", "neutral")
        bare = {h: once(common, rest, self._controls(h, territory=True)) for h in holders}
        nobody = once(minus, rest, *bare.values())
        width = self.survey.parameters.seam_m
        large, small = (
            {h: _firm(once(minus, area, merge(*self._thin_either_way(area, width * share))))
             for h, area in bare.items()}
            for merge, share in ((common, 1 - SEAM_SLACK), (join, 1 + SEAM_SLACK))
        )  # fmt: skip
        free = join(silent["friendly"], silent["open"], silent["grey"])
        assessed = self._assessed_alone()
        beside = _Beside(assessed, large, small)
        found = [self._seams_of_nobody(nobody, beside, free)]
        for area in bare.values():
            # its own wide ground goes on past a seam, it lies not beside it
            apart = [
                {h: once(minus, a, area) for h, a in lands.items()} for lands in (large, small)
            ]
            found.append(self._seams(area, _Beside(assessed, *apart), free))
        return join(*(let for let, _ in found)), join(*(stopped for _, stopped in found))

    def _seams_of_nobody(
        self, nobody: BaseGeometry, beside: _Beside, free: BaseGeometry
    ) -> tuple[BaseGeometry, BaseGeometry]:
        """
        Find seams in nobody's ground, the front of the force's side taken back or not.

        Where it is taken back from ground that may have been kept, nobody's begins there, and is
        wide; where it is not, what is thin before it is a seam. For a ring it is one if it is on
        either drawing, for a path if it is on both.
        """
        let, stopped = self._seams(nobody, beside, free)
        most, least = self._ours_that_moves("open"), self._ours_that_moves("closed")
        kept = _firm(minus(most, least)) if self.reading == "pessimistic" else NOTHING
        if kept.is_empty:
            return let, stopped
        width = self.survey.parameters.seam_m * (1 + SEAM_SLACK)
        around = kept.buffer(3 * width, quad_segs=2)  # wide where it is cut off
        ring = self.lean == "closed"
        other = minus(common(nobody, around), kept) if ring else common(join(nobody, kept), around)
        _, may_stop = self._seams(other, beside, free)
        near = kept.buffer(width)
        if ring:
            return let, join(stopped, common(may_stop, near))
        return let, minus(stopped, minus(near, may_stop))

    def _ours_that_moves(self, lean: Lean) -> BaseGeometry:
        """Draw the ground of the force's side whose front an error moves."""
        moved = [c for c in self.survey.each(Control) if self.survey.moves(c)]
        ours = [c for c in moved if self.survey.holder(c) == "friendly"]
        return join(*(self.survey.drawn(c, self.reading, lean) for c in ours))

    def _assessed_alone(self) -> dict[Holder, BaseGeometry]:
        """Draw what assessed and grey polygons say, reaches left aside; slivers lie beside none."""
        drawn = (
            self._controls("grey", slivers=False),
            *(self._controls(holder, territory=False, slivers=False)
              for holder in ("friendly", "hostile", "neutral")),
        )  # fmt: skip
        assessed = self.survey.outlines.assessed
        if drawn not in assessed:  # most maps draw the same on either reading
            assessed[drawn] = self._lay_over(*drawn)
        return assessed[drawn]

    def _lay_over(self, grey: BaseGeometry, *others: BaseGeometry) -> dict[Holder, BaseGeometry]:
        once = self.survey.outlines.once
        ours, theirs, neutral = (once(minus, area, grey) for area in others)
        return {
            "friendly": once(minus, ours, theirs, neutral),
            "hostile": once(minus, theirs, ours),
            "neutral": once(minus, neutral, ours, theirs),
            "grey": join(grey, once(common, ours, once(join, theirs, neutral))),
        }

    def _part_by_reach(self, thin: BaseGeometry) -> Iterator[tuple[BaseGeometry, frozenset[str]]]:
        """Part thin ground by what positions and anchors say of it."""
        words = join(self._reaches(friendly=True, sure=True, bare=True), self._anchors())
        said = {
            "words": words,
            "doubtful words": self._reaches(friendly=True, sure=False, bare=True),
            "ours": self._reaches(friendly=True, sure=True, bare=False),
            "perhaps ours": self._reaches(friendly=True, sure=False, bare=False),
            "theirs": self._reaches(friendly=False, sure=True),
            "perhaps theirs": self._reaches(friendly=False, sure=False),
        }
        once, parts = self.survey.outlines.once, [(thin, frozenset[str]())]
        for name, reach in said.items():
            cut = [
                (once(common, part, reach), once(minus, part, reach), heard)
                for part, heard in parts
            ]
            parts = [(within, heard | {name}) for within, _, heard in cut if not within.is_empty]
            parts += [(outside, heard) for _, outside, heard in cut if not outside.is_empty]
        yield from parts

    def _favours(self, state: str) -> bool:
        """Tell whether more ground of a state suits the leaning."""
        lets = state == "friendly" or (state == "grey" and self.reading == "optimistic")
        return lets == (self.lean == "open")

    def _seams(
        self, rest: BaseGeometry, beside: _Beside, free: BaseGeometry
    ) -> tuple[BaseGeometry, BaseGeometry]:
        """
        Thin ground between polygons takes their worse state, or their better one.

        It lies within the same reaches as they do, and they grey it as they grey them (ADR 0008):
        of a crack that runs out of a reach, what lies outside is beside ground that is not grey.
        Where it is hard to say whether ground is thin, what is `free` lets through if it is not.
        """
        width = self.survey.parameters.seam_m
        if width <= 0 or beside.is_nothing:
            return NOTHING, NOTHING
        once = self.survey.outlines.once
        rounded, wide = self._thin_either_way(rest, width * (1 + SEAM_SLACK))
        if self.lean == "closed":  # a corner is no seam: none may let anybody pass from tip to tip
            wide = once(join, rounded, wide)
        if wide.is_empty:
            return NOTHING, NOTHING
        # What is thin by a narrow measure is thin by a wide one; at the rim rounding differs.
        narrow = once(common, wide, self._surely_thin(rest, width))
        # With mitred corners a narrower disc may find thin what the stated one does not.
        mitred = once(_thin, rest, width, width * OFFSET_ERROR, "mitre")
        if self.lean == "closed":  # nor may one whose disc has other corners
            chords = once(_thin, rest, width, width * OFFSET_ERROR, "mitre", DISC_SEGS)
            narrow = once(common, narrow, once(common, mitred, chords))
        thin = once(join, once(common, narrow, mitred), common(wide, free))
        found = [
            self._seams_within(part, narrow, thin, self._as_in(heard, beside))
            for part, heard in self._part_by_reach(wide)
        ]
        return join(*(let for let, _ in found)), join(*(stopped for _, stopped in found))

    def _thin_either_way(
        self, area: BaseGeometry, width_m: float
    ) -> tuple[BaseGeometry, BaseGeometry]:
        """Find what a disc of some width cannot enter, its corners included, and without them."""
        room_m, once = width_m * OFFSET_ERROR, self.survey.outlines.once
        return (
            once(_thin, area, width_m, room_m, "round"),
            once(_thin, area, width_m, room_m, "mitre"),
        )

    def _surely_thin(self, area: BaseGeometry, width_m: float) -> BaseGeometry:
        """Find what a disc smaller than some width, and drawn with few corners, cannot enter."""
        room_m = width_m * OFFSET_ERROR  # of the width itself: at a gap in a wall it decides
        less_m, once = width_m * (1 - SEAM_SLACK), self.survey.outlines.once
        ways: tuple[Corners, Corners] = ("round", "mitre")
        thin = (once(_thin, area, less_m, room_m, corners, DISC_SEGS) for corners in ways)
        return once(common, *thin)

    def _as_in(self, heard: frozenset[str], beside: _Beside) -> dict[str, BaseGeometry]:
        """Say what lies beside a seam, as it would be within the seam's own reaches."""
        states: dict[str, list[BaseGeometry]] = {}
        for holder, area in beside.assessed.items():
            states.setdefault(_find_assessed(holder, heard), []).append(area)
        for holder in beside.large:
            state = _find_territory(holder, heard)
            lands = beside.large if self._favours(state) else beside.small
            states.setdefault(state, []).append(lands[holder])
        once = self.survey.outlines.once
        return {state: once(join, *areas) for state, areas in states.items()}

    def _seams_within(
        self,
        wide: BaseGeometry,
        narrow: BaseGeometry,
        thin: BaseGeometry,
        around: Mapping[str, BaseGeometry],
    ) -> tuple[BaseGeometry, BaseGeometry]:
        """Tell the seams that let through and those that stop, of thin ground within one reach."""
        width, once = self.survey.parameters.seam_m, self.survey.outlines.once
        optimistic = self.reading == "optimistic"
        narrow, thin = once(common, narrow, wide), once(common, thin, wide)
        window = once(look_round, wide, 2 * width)  # only what lies beside thin ground matters
        spoken = {state: once(common, area, window) for state, area in around.items()}
        letting = ("friendly", "grey") if optimistic else ("friendly",)
        ways = join(*(area for state, area in spoken.items() if state in letting))
        walls = join(*(area for state, area in spoken.items() if state not in letting))
        walls = minus(walls, ways) if optimistic else walls
        open_thin, closed_thin = (wide, narrow) if self.lean == "open" else (narrow, wide)
        let, stopped = _beside(open_thin, ways, width), _beside(closed_thin, walls, width)
        if self.lean == "open":
            if not optimistic:  # any wall beside it is the worse state, but for a rim
                let = minus(let, _beside(wide, walls, width * (1 - SEAM_SLACK)))
            return let, minus(stopped, let)
        if optimistic:  # a way beside it lets through, whatever wall lies there too, but at a rim
            stopped = minus(stopped, _beside(thin, ways, width * (1 - SEAM_SLACK)))
        return minus(let, stopped), stopped

    def _passable(
        self,
        merged: dict[str, BaseGeometry],
        uncovered: BaseGeometry,
        seam_open: BaseGeometry,
        seam_closed: BaseGeometry,
    ) -> BaseGeometry:
        grey = merged["grey"] if self.reading == "optimistic" else NOTHING
        ground = minus(join(merged["friendly"], uncovered, grey), seam_closed)
        return join(ground, seam_open)

    def _end_of_map(self, passable: BaseGeometry, beyond: BaseGeometry) -> BaseGeometry:
        """The map's edge is never a wall: past it the ground is grey."""
        if self.reading == "optimistic":
            return join(passable, beyond)
        return passable


@dataclass(frozen=True, slots=True)
class _Beside:
    """What may lie beside a seam: painted ground, and wide territory drawn large and small."""

    assessed: dict[Holder, BaseGeometry]
    large: dict[Holder, BaseGeometry]
    small: dict[Holder, BaseGeometry]

    @property
    def is_nothing(self) -> bool:
        """Tell whether nothing at all is drawn."""
        parts = (*self.assessed.values(), *self.large.values(), *self.small.values())
        return all(area.is_empty for area in parts)


def _find_assessed(holder: Holder, heard: frozenset[str]) -> Holder:
    """Say what ground assessed as a holder's is within reaches."""
    against = {"friendly": "theirs", "hostile": "ours"}.get(holder)
    doubted = against is not None and heard & {against, f"perhaps {against}"}
    return "grey" if doubted else holder


def _find_territory(holder: Holder, heard: frozenset[str]) -> Holder:
    """Say what bare territory of a holder is within reaches; a word is not heard on hostile one."""
    if holder != "hostile":
        renamed = {"words": "ours", "doubtful words": "perhaps ours"}
        heard = frozenset(renamed.get(said, said) for said in heard)
    ours, theirs = "ours" in heard, "theirs" in heard
    state: Holder = "friendly" if ours else "hostile" if theirs else holder
    against = {"friendly": "perhaps theirs", "hostile": "perhaps ours"}.get(state)
    return "grey" if (ours and theirs) or against in heard else state


def _thin(
    area: BaseGeometry, width_m: float, room_m: float, corners: Corners, quad_segs: int = 16
) -> BaseGeometry:
    """Find the parts of an area too thin for some width, with its corners or without."""
    half = width_m / 2
    # round, whichever corners: before a spike of a wall there is room
    core = area.buffer(-half, quad_segs=quad_segs)
    wide = core.buffer(half + room_m, join_style=corners, mitre_limit=RIGHT_ANGLE)
    return minus(area, wide)


def _firm(area: BaseGeometry) -> BaseGeometry:
    """Leave out the cracks that snapping to the grid opens along shared boundaries."""
    kept = [p for p in shapely.get_parts(area) if not p.buffer(-2 * GRID_M).is_empty]
    return areas_of(shapely.union_all(kept)) if kept else NOTHING


def _beside(thin: BaseGeometry, area: BaseGeometry, width_m: float) -> BaseGeometry:
    """Find the part of thin ground that lies within a width of an area near by."""
    if thin.is_empty or area.is_empty:
        return NOTHING
    return common(thin, area.buffer(width_m))
