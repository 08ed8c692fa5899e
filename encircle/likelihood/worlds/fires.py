"""Under what fire is each step, at the least and at the most that the evidence allows."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from encircle.likelihood.worlds.labels import BEST, CASES, Lists
from encircle.likelihood.worlds.world import OPEN, TRUE
from encircle.network.ground.states import FIRE_MODES, FIRE_RANKS, UNMAPPED
from encircle.network.lines.values import combine_fire

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from encircle.likelihood.worlds.chart import Chart
    from encircle.likelihood.worlds.labels import Labeller, Labelling
    from encircle.likelihood.worlds.world import End
    from encircle.map.reach import Reading
    from encircle.network.network import Step

    Ranks = NDArray[np.int64]
    Fire = tuple[str, int]
    """A feature that says there is fire, or is one, and the rank of its grade."""

RANKS = range(len(FIRE_RANKS))
COMBINED = np.array([[combine_fire(mapped, stated) for stated in RANKS] for mapped in RANKS])


class Fires:
    """Ranks the fire on the steps of one chart; remembers what it has ranked."""

    def __init__(self, chart: Chart, labeller: Labeller) -> None:
        self.chart = chart
        over: dict[tuple[int, ...], int] = {}
        stated: dict[tuple[Fire, ...], int] = {}
        different: dict[tuple[tuple[int, ...], int], int] = {}
        which = []
        for step in chart.steps:
            zones = dict.fromkeys(chart.zones[face] for face in step.fire_faces)
            mapped = tuple(over.setdefault(one, len(over)) for one in zones)
            told = stated.setdefault(self._list_stated(step), len(stated))
            which.append(different.setdefault((mapped, told), len(different)))
        self._over, self._stated, self._which = list(over), list(stated), np.array(which, np.intp)
        self._zones = Lists(mapped for mapped, _ in different)
        self._told = np.array([told for _, told in different], dtype=np.intp)
        self._spared = np.array([step.kind in ("over", "moor") for step in chart.steps], dtype=bool)
        firing = [zone.fire.id for zone in chart.ground.drawing.zones]
        firing += [name for some in stated for name, _ in some]
        self._firing = dict(zip(firing, labeller.number(firing).tolist(), strict=True))
        self._ranks: dict[bytes, Ranks] = {}

    def _list_stated(self, step: Step) -> tuple[Fire, ...]:
        """List the fires that the routes and crossings of a step state."""
        lines = self.chart.lines
        routes = [route for n in step.fire_pieces for route in lines.pieces[n].routes]
        crossed = [lines.spans[n].crossing for n in step.fire_spans]
        stating = [*((r.id, r.fire) for r in routes), *((c.id, c.fire) for c in crossed)]
        return tuple((name, FIRE_RANKS.index(fire)) for name, fire in stating if fire)

    def rank_steps(self, labelling: Labelling) -> Ranks:
        """
        Rank the fire on every step for every mode: the least possible, or the most.

        Returns
        -------
        ranks
            (4, modes, steps), a row a case.
        """
        said = [TRUE if n < 0 else labelling.features[n] for n in self._firing.values()]
        if (key := bytes(said)) not in self._ranks:
            self._ranks[key] = self._rank(dict(zip(self._firing, said, strict=True)))
        return self._ranks[key]

    def _rank(self, said: dict[str, int]) -> Ranks:
        zones = [
            [[self._weigh_zones(over, mode, case, said) for over in self._over]
             for mode in FIRE_MODES]
            for case in CASES
        ]  # fmt: skip
        stated = [
            [[_weigh([(rank, said[name]) for name, rank in fires], end) for fires in self._stated]]
            for _, end in CASES
        ]
        drawn, told = np.array(zones), np.array(stated)[:, :, self._told]
        mapped = self._zones.join_words(np.maximum, drawn[..., 0], UNMAPPED)
        doubtful = self._zones.join_words(np.logical_or, drawn[..., 1] > 0, 0)
        doubtful |= told[..., 1] > 0
        least, most = np.minimum(mapped, told[..., 0]), np.maximum(mapped, told[..., 0])
        either = np.where(BEST[:, None], least, most)
        ranks = np.where(doubtful, either, COMBINED[mapped, told[..., 0]])[..., self._which]
        return np.where(self._spared, 0, ranks)

    def _weigh_zones(
        self, zones: tuple[int, ...], mode: str, case: tuple[Reading, End], said: dict[str, int]
    ) -> tuple[int, int]:
        """Weigh the fires of zones that bear on a mode, in a case."""
        reading, end = case
        drawn = [self.chart.ground.drawing.zones[n] for n in zones]
        fires = [
            (FIRE_RANKS.index(zone.fire.grade), said[zone.fire.id])
            for zone in drawn
            if mode in zone.fire.modes and reading in zone.readings
        ]
        return _weigh(fires, end)


def _weigh(fires: Sequence[tuple[int, int]], end: End) -> tuple[int, int]:
    """
    Give the worst of several fires, and whether any is in doubt.

    Where some are, it is the least or the most it may be.
    """
    surely = [rank for rank, there in fires if there == TRUE]
    maybe = [rank for rank, there in fires if there == OPEN]
    least = max(surely) if surely else min([UNMAPPED, *maybe])
    most = max([*surely, *maybe] if surely else [UNMAPPED, *maybe])
    return (least if end == "best" else most), bool(maybe)
