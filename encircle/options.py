"""What the caller may choose; every judgement prints what was chosen."""

from __future__ import annotations

from dataclasses import asdict, dataclass


@dataclass(frozen=True, slots=True)
class Options:
    """Parameters of a judgement, each with its unit."""

    stale_after_days: float = 30.0
    """Evidence dated longer than this before `as_of` is uncertain; days. Source: contract."""
    join_m: float = 30.0
    """A route or crossing end joins what lies within this; metres. Source: contract."""
    seam_m: float = 50.0
    """Unpainted ground thinner than this is a seam between drawings; metres."""
    surrounded_share: float = 0.95
    """Share of the compass on which hostile ground means *surrounded*. Source: contract."""
    salient_share: float = 0.5
    """Share of the compass past which an open force stands in a salient. Source: contract."""

    def as_dict(self) -> dict[str, float]:
        """Print the parameters for a judgement's provenance."""
        return asdict(self)
