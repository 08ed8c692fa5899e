"""What stands in the line to print beside a rating: the way by name, the maps, what they hide."""

from __future__ import annotations

from typing import TYPE_CHECKING

from encircle.map.days import say_day
from encircle.map.naming import list_names
from encircle.map.situation import Control, Route

if TYPE_CHECKING:
    from collections.abc import Sequence

    from encircle.claims.rating.answer import MapRating
    from encircle.claims.rating.facts import Ruling

CANNOT_SAY = "A map of control counts no people, and shows no fire or crossing that nobody drew."
MOST_CITED = 3
"""As many maps are cited in one line; the page lists all."""


def name_way(ruling: Ruling) -> str:
    """Name the roads of the way that was open on both readings, and where it led; else nothing."""
    path, situation = ruling.proof.path, ruling.judgement.situation
    if path is None or situation is None or path.reading != "pessimistic":
        return ""
    names, routes = ruling.judgement.names, {route.id for route in situation.of_kind(Route)}
    roads = [name for name in path.evidence if name in routes]
    by = f"by {list_names(roads, names)}" if roads else "over ground, by no road that is drawn,"
    return f"The way that was open led {by} to {names.get(path.anchor, path.anchor)}."


def cite_maps(maps: Sequence[MapRating]) -> str:
    """Cite the maps of the day by what their makers call them, with day and address."""
    cited = list(dict.fromkeys(_cite(rated) for rated in maps if rated.is_of_day and rated.ruling))
    more = [f"{len(cited) - MOST_CITED} more"] if len(cited) > MOST_CITED else []
    told = "; ".join([*cited[:MOST_CITED], *more])
    return f"{'Maps' if len(cited) > 1 else 'Map'}: {told}." if told else ""


def _cite(rated: MapRating) -> str:
    situation = rated.ruling.judgement.situation if rated.ruling else None
    if situation is None:
        return rated.name
    sources = [
        source for control in situation.of_kind(Control) for source in control.sources
        if (source.origin or source.id) == rated.mapper.name and (source.title or source.url)
    ]  # fmt: skip
    source = next((s for s in sources if s.url), sources[0] if sources else None)
    title = (source and source.title) or situation.title or rated.name
    title = title.split("; ")[0].split(". ")[0].rstrip(".")
    day = say_day(situation.as_of)
    link = f" ({source.url})" if source and source.url else ""
    return f"{title}{link}" if day in title else f"{title}, {day}{link}"
