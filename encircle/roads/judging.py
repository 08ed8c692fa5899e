"""Is a place cut off by road, how likely is that, and which roads does it hang on."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from encircle.errors import InputFault, SituationError
from encircle.reliability.flow import certify_cut, find_cut_faults
from encircle.reliability.sampling.sampling import sample_vertices
from encircle.reliability.solving import solve_graph, solve_rare, solve_shared

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from numpy.typing import NDArray

    from encircle.reliability.counting.shared import Evidence
    from encircle.reliability.flow import CutCertificate
    from encircle.reliability.graph import Graph
    from encircle.reliability.solving import CutOff
    from encircle.roads.road_network import RoadNetwork

    Floats = NDArray[np.float64]

FAR_M = 1_000.0
"""A place further than this from the nearest road is pointed out, metres."""
RARE = 0.001
"""Probabilities below this keep four digits."""
Json = dict[str, Any]


@dataclass(frozen=True, slots=True)
class RoadJudgement:
    """Whether a place is cut off on a road network."""

    network: RoadNetwork
    graph: Graph
    likelihood: CutOff
    certificate: CutCertificate
    faults: tuple[str, ...]
    """What an independent check finds wrong with the certificate."""
    closed: int
    """Stretches closed because they touch hostile ground."""

    @property
    def is_reachable(self) -> bool:
        """Whether any way is left over roads that may be open."""
        return self.certificate.count > 0

    def to_dict(self) -> Json:
        """Give the judgement as one JSON document."""
        network, chance = self.network, self.likelihood
        parts, share = network.count_parts()
        return {
            "reachable": self.is_reachable,
            "likelihood_cut_off": {
                "p": _round(chance.p),
                "interval": [_round(chance.low), _round(chance.high)],
                "level": chance.level,
                "method": chance.method,
                "worlds": chance.worlds,
                "seed": chance.seed,
            },
            "disjoint_ways": self.certificate.count,
            "ways": [self._describe_way(way) for way in self.certificate.ways],
            "cut": [self._describe_stretch(edge) for edge in self.certificate.cut.tolist()],
            "certificate_faults": list(self.faults),
            "network": {
                "junctions": len(network.lonlat),
                "stretches": len(network.u),
                "length_km": round(float(network.length_m.sum()) / 1000, 1),
                "parts": parts,
                "largest_part_share": round(share, 4),
                "tolerance_m": network.tolerance_m,
                "loose_ends_joined": network.joined,
                "closed_by_ground": self.closed,
            },
            "landings": [
                {"junction": network.lonlat[landing.vertex].round(6).tolist(),
                 "distance_m": round(landing.distance_m, 1)}
                for landing in network.landings
            ],
            "notices": list(network.lines.notices) + self._list_notices(parts, share),
        }  # fmt: skip

    def _describe_way(self, way: NDArray[np.int64]) -> Json:
        names = [self.network.lines.names[line] for line in self.network.line[way].tolist()]
        return {
            "length_km": round(float(self.network.length_m[way].sum()) / 1000, 1),
            "roads": list(dict.fromkeys(names)),
        }

    def _describe_stretch(self, edge: int) -> Json:
        network = self.network
        ends = network.lonlat[[network.u[edge], network.v[edge]]].round(6).tolist()
        return {
            "road": network.lines.names[network.line[edge]],
            "between": ends,
            "length_m": round(float(network.length_m[edge])),
            "p_open": round(float(self.graph.p_open[edge]), 6),
        }

    def _list_notices(self, parts: int, share: float) -> list[str]:
        far = [landing for landing in self.network.landings if landing.distance_m > FAR_M]
        notices = [
            f"a place lies {one.distance_m / 1000:.1f} km from the nearest road" for one in far
        ]
        if share < 0.9:  # noqa: PLR2004 - a network in pieces
            notices.append(
                f"the roads fall into {parts} parts, the largest with {share:.0%} of the "
                "junctions; where they should meet, give a larger tolerance"
            )
        return notices


def judge_roads(  # noqa: PLR0913 - the parts of the question
    network: RoadNetwork,
    p_open: Floats,
    sources: Sequence[int],
    targets: Sequence[int],
    *,
    worlds: int = 10_000,
    seed: int = 0,
    closed: NDArray[np.bool_] | None = None,
    shared: Evidence | None = None,
    on_step: Callable[[int], object] | None = None,
) -> RoadJudgement:
    """
    Judge whether any of some junctions is cut off from all of others.

    Parameters
    ----------
    p_open
        Probability that each stretch is open, shape (m,), each by itself.
    sources, targets
        Junctions of the place, and of what it must reach.
    worlds, seed
        As in `solve_graph`: where it is too wide to be counted, worlds are drawn.
    closed
        Stretches that are closed for sure, shape (m,).
    shared
        What several stretches rest on together, in place of a probability each of its own.

    Raises
    ------
    SituationError
        If the place and what it must reach are one junction, or evidence is shared on a network
        too wide to be counted.
    """
    alone = p_open if shared is None else np.where(shared.labels >= 0, 1.0, p_open)
    if shared is not None:
        p_open = np.where(shared.labels >= 0, shared.p_true[shared.labels], p_open)
    if closed is not None:
        p_open, alone = (np.where(closed, 0.0, one) for one in (p_open, alone))
    graph = network.to_graph(p_open, sources, targets)
    if np.isin(graph.sources, graph.targets).any():
        fault = "the place and what it must reach meet the roads at one junction"
        raise SituationError([InputFault("", fault, "Give places further apart")])
    if shared is not None:
        likelihood = solve_shared(replace(graph, p_open=alone), shared)
    elif (likelihood := solve_graph(graph, max(worlds, 1), seed, on_step=on_step)) is not None:
        likelihood = solve_rare(graph, likelihood)
    if likelihood is None:  # only of shared evidence no worlds are drawn
        fault = "the roads between the places are too many to be counted with shared evidence"
        remedy = "Leave out --shared, or give a smaller map"
        raise SituationError([InputFault("", fault, remedy)])
    certificate = certify_cut(graph)
    return RoadJudgement(
        network=network,
        graph=graph,
        likelihood=likelihood,
        certificate=certificate,
        faults=tuple(find_cut_faults(graph, certificate)),
        closed=int(closed.sum()) if closed is not None else 0,
    )


def _round(p: float) -> float:
    """Round to six decimals, what is rarer than one in a thousand to four digits."""
    return float(f"{p:.4g}") if p < RARE else round(p, 6)


def map_everywhere(
    judgement: RoadJudgement,
    worlds: int = 10_000,
    seed: int = 0,
    on_step: Callable[[int], object] | None = None,
) -> Json:
    """
    Map how likely each junction is cut off from what the place must reach, all in the same worlds.

    Parameters are those of `judge_roads`. Gives GeoJSON points with `p_cut_off` and the ends of its
    interval, `low` and `high`, each by itself.
    """
    drawn = sample_vertices(judgement.graph, worlds, seed, on_step=on_step)
    low, high = drawn.interval
    columns = (1 - drawn.p_connected, 1 - high, 1 - low)
    places = judgement.network.lonlat.round(6).tolist()
    rows = zip(places, *(one.tolist() for one in columns), strict=True)
    features = [
        {
            "type": "Feature",
            "geometry": {"type": "Point", "coordinates": place},
            "properties": {"p_cut_off": _round(p), "low": _round(least), "high": _round(most)},
        }
        for place, p, least, most in rows
    ]
    return {"type": "FeatureCollection", "features": features}
