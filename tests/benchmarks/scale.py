"""An archive of a million maps over a hundred workers, as a simulation: what breaks first.

    python -m tests.benchmarks.scale

What is simulated is what `encircle.archive.fleet` does: one process reads maps and hands them out,
so that each worker has one to do and one to do next; the scheduler takes its time for each; what
is done is held until all before it are, and no more than so much. What one map takes is drawn from
a lognormal distribution, as the real ones have it. Measured figures are given in docs/scale.md.
"""

from __future__ import annotations

import heapq
import math
import random
import sys
from dataclasses import dataclass

from encircle.archive.fleet import AHEAD, HELD

HOUR_S = 3600.0


@dataclass(frozen=True)
class Cluster:
    """What the work costs: seconds, and bytes a second."""

    maps: int = 1_000_000
    workers: int = 100
    map_s: float = 5.5
    """Median of the processor time of one map of 500 KB, both sides, found anew."""
    spread: float = 0.5
    """Of its logarithm: one map in a hundred takes three times as long as the median."""
    read_s: float = 0.006
    """To read one map out of a compressed archive: 500 KB at 80 MB/s."""
    send_s: float = 500e3 / 125e6
    """To send 500 KB over a network of 1 Gbit/s, to the scheduler; it sends it on as fast."""
    schedule_s: float = 2.6e-3
    """Of the scheduler, for one thing. Measured beside: 2.2 to 3.1 ms."""
    ahead: int = AHEAD
    held: int = HELD


@dataclass(frozen=True)
class Outcome:
    """How long it took, how much of the workers was used, and how much was held at most."""

    hours: float
    efficiency: float
    most_held: int
    handing_out: float
    """Share of the time in which the one process that hands out was busy."""


def simulate(cluster: Cluster, seed: int = 0) -> Outcome:
    """Let every map be handed out, worked on and taken in, in order."""
    chance = random.Random(seed)  # noqa: S311
    mu = math.log(cluster.map_s)
    hand_s = cluster.read_s + cluster.send_s + cluster.schedule_s
    free = [0.0] * cluster.workers  # when each worker is free
    heapq.heapify(free)
    busy: list[float] = []  # when what is handed out will be done
    done: list[float] = []  # of each map in order, from the first not taken in
    first = 0
    most_held, now, worked, handed, end = 0, 0.0, 0.0, 0.0, 0.0
    for _ in range(cluster.maps):
        while True:
            while busy and busy[0] <= now:
                heapq.heappop(busy)
            while first < len(done) and done[first] <= now:
                first += 1
            held = len(done) - first
            if (
                len(busy) < cluster.ahead * cluster.workers
                and held < cluster.held * cluster.workers
            ):
                break
            now = done[first] if held >= cluster.held * cluster.workers else busy[0]
        if first > 100_000:
            done, first = done[first:], 0
        now += hand_s
        handed += hand_s
        took = chance.lognormvariate(mu, cluster.spread)
        start = max(now, heapq.heappop(free))
        heapq.heappush(free, start + took)
        heapq.heappush(busy, start + took)
        done.append(start + took)
        worked += took
        end = max(end, start + took)
        most_held = max(most_held, len(done) - first)
    return Outcome(end / HOUR_S, worked / (end * cluster.workers), most_held, handed / end)


def main() -> int:
    """Print what comes of a hundred workers, of more, and of a narrower hold."""
    cases = {
        "100 workers": Cluster(),
        "100 workers, nothing held past two for each": Cluster(held=AHEAD),
        "200 workers": Cluster(workers=200),
        "400 workers": Cluster(workers=400),
        "100 workers, maps found again (2 ms)": Cluster(map_s=0.002),
    }
    for name, cluster in cases.items():
        got = simulate(cluster)
        sys.stdout.write(
            f"{name}: {got.hours:.1f} h, efficiency {got.efficiency:.2f}, at most "
            f"{got.most_held} answers held, handing out {got.handing_out:.0%} of the time\n"
        )
        sys.stdout.flush()
    return 0


if __name__ == "__main__":
    sys.exit(main())
