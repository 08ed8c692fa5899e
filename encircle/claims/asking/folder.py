"""An answer as files: a page, cards to share, and per map what `verify` checks."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from encircle.claims.asking.names import name_features, name_judgement
from encircle.claims.asking.telling import LEAN_WORDS, tell_verdict
from encircle.claims.publishing.checked import RATINGS, parse_checked
from encircle.claims.publishing.claimreview import Publisher, write_claim_review
from encircle.claims.publishing.report import Extras, SourceLine, write_report
from encircle.claims.rating.answer import name_rating
from encircle.map.days import say_day, write_instant
from encircle.picture.export.png import render_png
from encircle.picture.scene import Town
from encircle.picture.sheet import LAYOUTS, Words, draw_page_map, draw_sheet
from encircle.places import places_within, read_outline
from encircle.places.borders import CREDIT
from encircle.verdict.judgement import write_json

if TYPE_CHECKING:
    from collections.abc import Iterator

    from shapely.geometry.base import BaseGeometry

    from encircle.claims.asking.answer import Answer, AskedMap
    from encircle.map.situation import Situation
    from encircle.picture.colours import Colours
    from encircle.picture.sheet import Shape
    from encircle.verdict.judgement import Judgement

Json = dict[str, Any]
MOST_TOWNS = 60
OUTLINE_DETAIL_DEG = 0.02
"""A country in a corner is no finer, degrees."""
CARDS: tuple[Shape, ...] = ("landscape", "portrait")
CREDITS = (
    SourceLine(
        f"Outlines of countries: {CREDIT} (openstreetmap.org/copyright), Open Database License 1.0"
    ),
    SourceLine("Names of places: GeoNames (geonames.org), CC BY 4.0"),
)
"""Whose data every page is made with, as their licences want it told; no links, as all else."""
CARD_CREDITS = f"{CREDIT}, GeoNames (CC BY)"


def build_files(answer: Answer, colours: Colours = "judged") -> dict[str, bytes]:
    """Build the files of an answer but its PNGs, by name; pictures in the colours asked for."""
    files = {"answer.json": write_json(answer.to_dict())}
    for number, told in enumerate(answer.maps, 1):
        if told.judgement is not None and told.document is not None:
            name = f"map-{number}-{slug(told.name)}"
            files[f"{name}.geojson"] = write_json(told.document)
            files[f"{name}.judgement.json"] = write_json(told.judgement)
    files["index.html"] = write_page(answer, colours).encode("utf-8", "backslashreplace")
    shown = _find_shown(answer)
    if shown:
        card = draw_card(answer, "landscape", colours)
        files["map.svg"] = card.encode("utf-8", "backslashreplace")
    return files


def build_pngs(answer: Answer, colours: Colours = "judged") -> dict[str, bytes]:
    """
    Build the cards as PNG, by name.

    Raises
    ------
    PictureError
        If nothing is installed that renders.
    """
    if _find_shown(answer) is None:
        return {}
    files = {}
    for shape in CARDS:
        name, width, height = _name_card(shape)
        files[name] = render_png(draw_card(answer, shape, colours), width, height)
    return files


def _name_card(shape: Shape) -> tuple[str, int, int]:
    """Name the file of a card, with its width and height in pixels."""
    width, height = (int(side) for side in LAYOUTS[shape].size)
    return f"map-{width}x{height}.png", width, height


def slug(name: str) -> str:
    """
    Write a name so that it can be a file's.

    Examples
    --------
    >>> slug("2025-03-14 (a)/карта.geojson")
    '2025-03-14-a-карта'
    """
    bare = re.sub(r"\.(geojson|json|kml|kmz)(\.gz)*(?=$| )", "", name)
    return re.sub(r"[^\w.-]+", "-", bare).strip("-.")[:60] or "map"


def _find_shown(answer: Answer) -> tuple[Judgement, Situation] | None:
    """Find the map that carries the rating, and what was judged on it."""
    carrier = answer.carrier
    if carrier is None or carrier.situation is None or carrier.rated is None:
        return None
    ruling = carrier.rated.ruling
    return (ruling.judgement, carrier.situation) if ruling else None


def draw_card(answer: Answer, shape: Shape, colours: Colours = "judged") -> str:
    """Draw the answer as a card of an exact size."""
    shown = _find_shown(answer)
    assert shown is not None  # noqa: S101 - asked only where a map carries the rating
    return draw_sheet(
        *shown, _write_words(answer), shape, towns=list_towns(answer), country=_draw_country(),
        colours=colours,
    )  # fmt: skip


def _write_words(answer: Answer) -> Words:
    rated = name_rating(answer.rating)
    _, headline, agreement = tell_verdict(answer)
    rows = tuple((m.dated, m.lean or "not used") for m in answer.maps)
    told = _list_grave(answer)
    statement = answer.asked.claim.statement or answer.asked.told.get("sentence") or ""
    return Words(
        title=" ".join(str(statement).split()),
        verdict=f"{rated[:1].upper()}{rated[1:]}",
        told=f"{headline} {agreement}",
        rows=rows,
        notices=told,
        source=_write_source(answer),
    )


def _list_grave(answer: Answer) -> tuple[str, ...]:
    """List what a card must say: every doubt, then the cautions about the map shown."""
    doubts = [n.statement for n in answer.notices if n.severity == "doubt"]
    carrier = answer.carrier
    shown = [n for n in (carrier.notices if carrier else ()) if n.severity == "caution"]
    shown.sort(key=lambda notice: notice.code != "water_not_drawn")
    return (*doubts, *(n.statement for n in shown))


def _write_source(answer: Answer) -> str:
    carrier = answer.carrier
    if carrier is None or carrier.judgement is None:
        return ""
    digest = str(carrier.judgement["provenance"].get("input_sha256", ""))[:12]
    return (
        f"Map: {carrier.title}, {say_day(carrier.as_of)} {carrier.as_of:%H:%M} UTC · "
        f"{carrier.judgement['provenance'].get('engine', 'encircle')} · input {digest} · "
        f"{CARD_CREDITS}"
    )


def list_towns(answer: Answer) -> list[Town]:
    """List what may be named on the map: the place asked about first, then the largest."""
    towns: list[Town] = []
    place = answer.place
    if place is not None and place.name:
        towns.append(Town(place.name, place.lon, place.lat, must=True))
    shown = _find_shown(answer)
    if shown is None or shown[1].area is None:
        return towns
    found = places_within(shown[1].area.bounds, MOST_TOWNS)
    known = {town.name for town in towns}
    towns += [Town(p.name, p.lon, p.lat) for p in found if p.name not in known]
    return towns


def _draw_country() -> BaseGeometry:
    return read_outline("UA").simplify(OUTLINE_DETAIL_DEG)


# -- the page ------------------------------------------------------------------------------------


def write_page(answer: Answer, colours: Colours = "judged") -> str:
    """Write the answer as one page: nothing runs, nothing is fetched."""
    [claim] = parse_checked({"claims": [_write_entry(answer)]})
    shown = _find_shown(answer)
    picture = None
    if shown:
        picture = draw_page_map(
            *shown, towns=list_towns(answer), country=_draw_country(), colours=colours
        )
    lines = tell_verdict(answer)
    extras = Extras(
        picture=picture,
        shown=answer.carrier.dated if answer.carrier else "",
        lead=(lines[1], lines[2]),
        notices=tuple((n.severity, n.statement) for n in answer.notices),
        sources=(*_list_sources(answer), *CREDITS),
        card=_name_card("landscape") if picture else None,
    )
    situations = [m.situation for m in answer.maps if m.situation is not None]
    statement = claim.statement or "the claim"
    return write_report(
        [claim],
        situations,
        publisher=Publisher("Encircle", None, None, None),
        title=f"{RATINGS[answer.rating]}: " + (f"“{statement}”" if claim.verbatim else statement),
        extras=extras,
    )


def write_review(answer: Answer) -> Json:
    """Write the answer as a ClaimReview, the form in which fact checks are exchanged."""
    [claim] = parse_checked({"claims": [_write_entry(answer)]})
    return write_claim_review(claim, Publisher("Encircle", None, None, None))


def _write_entry(answer: Answer) -> Json:
    """Write the claim as `check --json` does, with every map that was given."""
    entry = answer.checked.to_dict()
    where = answer.place.at if answer.place else "that the map names"
    asserts = {**entry["claim"]["asserts"], "force": f"The force {where}"}
    maps = [
        {
            "map": m.name, "as_of": write_instant(m.as_of), "mapper": m.mapper,
            "mapper_side": m.mapper_side, "rating": m.rated.rating if m.rated else "",
            "title": m.title, "used": m.used, "use": m.because,
            "says": LEAN_WORDS[m.lean] if m.lean else "not used",
        }
        for m in answer.maps
    ]  # fmt: skip
    carrier = answer.carrier
    names = name_features(carrier) if carrier else {}
    judgement = name_judgement(entry["judgement"], names) if entry.get("judgement") else None
    return {
        **entry, "claim": {**entry["claim"], "asserts": asserts}, "maps": maps,
        "quote": answer.quote, "judgement": judgement,
    }  # fmt: skip


def _list_sources(answer: Answer) -> Iterator[SourceLine]:
    """List what the maps used rest on, each once."""
    seen: set[str] = set()
    for told in answer.maps:
        for source in _find_sources(told):
            key = str(source.get("sha256") or source.get("title") or source.get("id"))
            if key not in seen:
                seen.add(key)
                yield SourceLine(
                    str(source.get("title") or source.get("id")),
                    str(source.get("origin") or ""),
                    str(source.get("url") or ""),
                    str(source.get("sha256") or ""),
                )


def _find_sources(told: AskedMap) -> list[Json]:
    if not told.used or told.document is None:
        return []
    sources = (told.document.get("situation") or {}).get("sources") or []
    return [s for s in sources if isinstance(s, dict)]
