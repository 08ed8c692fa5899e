"""
Checked claims as one page a newsroom can publish: self-contained HTML, no script, no request.

Long for one reason: the page is one document, written from the top to the bottom.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from functools import lru_cache
from typing import TYPE_CHECKING, Any, cast
from urllib.parse import urljoin

import orjson
from jinja2 import Environment, PackageLoader, select_autoescape
from markupsafe import Markup, escape

from encircle.claims.publishing.checked import MEANINGS, RATINGS, say_day_of
from encircle.claims.publishing.claimreview import Publisher, write_claim_reviews
from encircle.claims.publishing.entry import choose_options
from encircle.errors import EncircleError, OptionsError
from encircle.judge import judge
from encircle.map.counting import number_of
from encircle.map.door.contract import parse_instant
from encircle.map.naming import list_names
from encircle.picture.picture import draw_svg
from encircle.picture.tokens import TOKENS
from encircle.verdict.contradiction import say_area, say_distance
from encircle.verdict.explain import HELD_BY, MODES
from encircle.verdict.judgement import WORDINGS, name_hold, say_definition
from encircle.verifier.verify import verify

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence
    from datetime import datetime

    from encircle.claims.publishing.checked import CheckedClaim
    from encircle.claims.publishing.corrections import Entry, Log
    from encircle.map.situation import Situation

    Row = Mapping[str, str]

Json = dict[str, Any]
Names = dict[str, str]
"""What a reader calls each feature, by id."""
PICTURE_PX = 760
"""Width the map is drawn at; the page scales it to the width of the screen."""


@dataclass(frozen=True, slots=True)
class Proof:
    """A certificate as a table."""

    title: str
    told: str
    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


@dataclass(frozen=True, slots=True)
class Defined:
    """One line of the definition matrix."""

    words: str
    answer: str | None
    rating: str | None
    used: bool


@dataclass(frozen=True, slots=True)
class Sheet:
    """A map judged again: the status, its picture, and whether the proof holds."""

    code: str
    svg: str
    holds: bool


@dataclass(frozen=True, slots=True)
class SourceLine:
    """One source that a map rests on."""

    title: str
    origin: str = ""
    url: str = ""
    sha256: str = ""

    @property
    def link(self) -> str:
        """Give the address, if it is one a browser may follow."""
        return self.url if self.url.lower().startswith(("https://", "http://")) else ""


@dataclass(frozen=True, slots=True)
class Extras:
    """What is printed of an answer beside the claim itself."""

    picture: str | None = None
    """A map that can be read at the width of a telephone, in place of the usual one."""
    shown: str = ""
    """Which map that is."""
    lead: tuple[str, ...] = ()
    """Sentences under the heading."""
    notices: tuple[tuple[str, str], ...] = ()
    """Severity and statement."""
    sources: tuple[SourceLine, ...] = ()
    card: tuple[str, int, int] | None = None
    """File beside the page that others show where it is linked, its width and height, pixels."""

    @property
    def doubts(self) -> tuple[str, ...]:
        """Sentences without which the rating must not be told."""
        return tuple(said for severity, said in self.notices if severity == "doubt")


@dataclass(frozen=True)
class Page:
    """One claim with everything that is printed of it."""

    claim: CheckedClaim
    history: tuple[Entry, ...] = ()
    picture: Markup | None = None
    no_picture: str = ""
    verified: str = ""
    proofs: tuple[Proof, ...] = ()
    definitions: tuple[Defined, ...] = ()
    doubts: tuple[str, ...] = field(default_factory=tuple)
    fits: bool = False
    """The picture can be read at any width."""

    @property
    def asserted(self) -> str:
        """What the claim asserts, in words."""
        asserts = self.claim.asserts
        given = asserts.get("force") or self.claim.judgement.get("force") or "the force"
        force = _list_called(self.claim.judgement).get(given, given)
        what = say_definition(self.claim.definition, "nothing a map could answer")
        denied = "not " if self.claim.denies else ""
        tense = {"future": " (said of the future)", "conditional": " (said on a condition)"}
        hedged = ", with a reserve" if asserts.get("hedged") else ""
        number = asserts.get("number")
        counted = f", {number:,.0f} people" if isinstance(number, (int, float)) else ""
        return f"{force}: {denied}{what}{counted}{hedged}{tense.get(str(asserts.get('tense')), '')}"

    @property
    def headline(self) -> str:
        """What the map showed, in a sentence."""
        return str(self.claim.judgement.get("headline") or "")

    @property
    def provenance(self) -> str:
        """What judged, on which input."""
        if not self.claim.judgement:
            return ""
        return (
            f"Judged by {self.claim.engine or 'an unnamed engine'}; input "
            f"{self.claim.input_sha256[:16] or 'unknown'}; map of "
            f"{self.claim.judgement.get('as_of', 'an unknown date')}."
        )


def write_report(  # noqa: PLR0913 - all but two by name
    claims: Sequence[CheckedClaim],
    situations: Iterable[Situation] = (),
    *,
    publisher: Publisher,
    log: Log | None = None,
    title: str | None = None,
    extras: Extras | None = None,
    on_claim: Callable[[object], None] = lambda _: None,
) -> str:
    """
    Write checked claims as one HTML page.

    Parameters
    ----------
    claims
        The checks, in the order they are to be printed.
    situations
        The maps they were judged on. A claim whose map is among them is judged again for its
        picture, and its proof is verified anew; the others are printed without a picture.
    publisher
        Who publishes.
    log
        What was said of the claims before.
    title
        Heading of the page; from the claims if there is none.
    extras
        What else is printed, of an answer to one question.
    on_claim
        Called after each claim.

    Returns
    -------
    html
        The page, to be written as UTF-8. It runs nothing and fetches nothing.
    """
    atlas = Atlas({situation.sha256: situation for situation in situations})
    pages = []
    for number, claim in enumerate(claims):
        page = _build_page(claim, atlas, log, number)
        if extras and extras.picture:
            page = replace(
                page, picture=_embed_svg(extras.picture, number), no_picture="", fits=True
            )
        pages.append(page)
        on_claim(claim)
    reviews = write_claim_reviews(claims, publisher, log)
    return _environment().get_template("claims.html").render(
        title=title or _write_title(claims),
        tongue=_mark_language,
        pages=pages,
        publisher=publisher,
        meanings=MEANINGS,
        extras=extras or Extras(),
        page_at=publisher.page or "",
        join=urljoin,
        json_ld=embed_json(reviews[0] if len(reviews) == 1 else reviews) if reviews else "",
    )  # fmt: skip


def embed_json(value: object) -> Markup:
    r"""
    Write JSON so that it can stand inside a script element whatever it holds.

    Examples
    --------
    >>> str(embed_json(["</script>"]))
    '["\\u003c/script\\u003e"]'
    """
    text = orjson.dumps(value).decode()
    for letter in "<>&\u2028\u2029":
        text = text.replace(letter, f"\\u{ord(letter):04x}")
    return Markup(text)  # noqa: S704 - no letter is left that could end the element


def _write_colours(base: Row, tones: Row, page: Row) -> str:
    """Write colours of the table as variables of the page's styles."""
    told = {
        "ink": base["ink"], "soft": page["ink2"], "paper": base["paper"], "panel": page["sunk"],
        "line": page["line"], "link": page["link"], "contested": tones["contested"],
    }  # fmt: skip
    return ";".join(f"--{name}:{colour}" for name, colour in told.items())


@lru_cache(maxsize=1)
def _environment() -> Environment:
    environment = Environment(
        loader=PackageLoader("encircle.claims.publishing"),
        autoescape=select_autoescape(default=True, default_for_string=True),
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.globals.update(tokens=TOKENS, write_colours=_write_colours)
    environment.filters.update(
        day=say_day_of,
        rating=lambda name: RATINGS.get(name, name),
        meaning=lambda name: MEANINGS.get(name, ""),
        called=_call_in,
        trim_stop=lambda text: text.rstrip("."),
    )
    return environment


def _mark_language(text: str, claims: Sequence[CheckedClaim]) -> Markup:
    """Mark the words of claims in a text by their language, for whoever reads it aloud."""
    tongues = {
        str(escape(c.statement)): c.language for c in claims
        if c.statement and c.language not in (None, "en")
    }  # fmt: skip
    if not tongues:
        return escape(text)
    said = re.compile("|".join(re.escape(words) for words in sorted(tongues, key=len)[::-1]))
    span = '<span lang="{}">{}</span>'
    marked = said.sub(lambda m: span.format(tongues[m[0]], m[0]), str(escape(text)))
    return Markup(marked)  # noqa: S704 - words are escaped, and codes are ours


def _write_title(claims: Sequence[CheckedClaim]) -> str:
    if len(claims) == 1:
        return f"Checked: {claims[0].claimant} on {_name_force(claims[0])}"
    return f"{number_of(len(claims), 'claim')} checked"


def _name_force(claim: CheckedClaim) -> str:
    return str(
        claim.judgement.get("title")
        or claim.asserts.get("force")
        or claim.judgement.get("force")
        or "a force"
    )


# -- one claim -------------------------------------------------------------------------------


@dataclass(frozen=True)
class Atlas:
    """The maps given to a page, each judged and verified once however many claims it carries."""

    situations: Mapping[str, Situation]
    seen: dict[str, Sheet] = field(default_factory=dict)

    def open(self, judgement: Json) -> Sheet | None:
        """Judge again what was judged; None where its map, or the force on it, is not at hand."""
        provenance = judgement.get("provenance") or {}
        situation = self.situations.get(str(provenance.get("input_sha256")))
        asked = _ask_again(situation, judgement) if situation else None
        if asked is None:
            return None
        try:
            options = choose_options(provenance.get("parameters") or {})
        except OptionsError:
            return None
        key = f"{asked.sha256} {asked.force} {asked.as_of} {options}"
        if key not in self.seen:
            try:
                again = judge(asked, options)
            except EncircleError:  # parameters that name what is not on this map
                return None
            holds = verify(again.to_dict(), asked).holds
            svg = draw_svg(again, asked, width_px=PICTURE_PX)
            self.seen[key] = Sheet(again.status.code, svg, holds)
        return self.seen[key]


def _build_page(claim: CheckedClaim, atlas: Atlas, log: Log | None, number: int) -> Page:
    picture, no_picture, verified = _draw(claim, atlas, number)
    return Page(
        claim=claim,
        history=log.of(claim.key) if log else (),
        picture=picture,
        no_picture=no_picture,
        verified=verified,
        proofs=tuple(_list_proofs(claim.judgement)),
        definitions=tuple(_list_definitions(claim)),
        doubts=tuple(list_doubts(claim.judgement)),
    )


def _draw(claim: CheckedClaim, atlas: Atlas, number: int) -> tuple[Markup | None, str, str]:
    """Take the picture of the map that was judged, only if it gives the same answer again."""
    if not claim.judgement:
        return None, "No map carries this rating.", ""
    sheet = atlas.open(claim.judgement)
    if sheet is None:
        return None, "The map that was judged was not given to this page.", ""
    if sheet.code != (claim.judgement.get("status") or {}).get("code"):
        return None, "The map, judged again, gives another answer; no picture is shown.", ""
    held = "holds" if sheet.holds else "does not hold"
    verified = f"The proof was checked again for this page, apart from the engine: it {held}."
    return _embed_svg(sheet.svg, number), "", verified


def _ask_again(situation: Situation, judgement: Json) -> Situation | None:
    """Put to a map the question that was judged: the same force at the same instant."""
    force, as_of = judgement.get("force"), judgement.get("as_of")
    if force and not situation.positions_of(force):
        return None
    instant = cast("datetime", parse_instant(str(as_of))) if as_of else situation.as_of
    return replace(situation, force=force or situation.force, as_of=instant)


def _embed_svg(svg: str, number: int) -> Markup:
    """Take a picture into the page: without its declaration, its ids unlike any other's."""
    body = re.sub(r"\A<\?xml[^>]*\?>\s*", "", svg)
    prefixes = set(re.findall(r'\bid="(e[0-9a-f]+-)', body))
    for prefix in prefixes:
        body = body.replace(prefix, f"c{number}{prefix}")
    return Markup(body)  # noqa: S704 - drawn by picture.py, which escapes what it writes


def _list_definitions(claim: CheckedClaim) -> Iterable[Defined]:
    answers = claim.judgement.get("definitions") or {}
    for name, words in WORDINGS.items():
        if name in answers or name in claim.matrix or name == claim.definition:
            is_used = name == claim.definition
            yield Defined(words.full, answers.get(name), claim.rate_by(name), is_used)


def _list_proofs(judgement: Json) -> Iterable[Proof]:
    certificates = judgement.get("certificates") or {}
    names = _list_called(judgement)
    if path := certificates.get("open"):
        yield _tell_path(path, names)
    if ring := certificates.get("closed"):
        yield _tell_ring(ring, names)


def _tell_path(path: Json, names: Names) -> Proof:
    rows = tuple(
        (
            say_distance(leg["length_m"]),
            _say_along(leg),
            leg["fire"] or "unmapped",
            _call(leg["evidence"], names),
        )
        for leg in path["legs"]
    )
    told = (
        f"On the {path['reading']} reading a way led {path['length_m'] / 1000:.1f} km from "
        f"{_call([path['unit']], names)} to {_call([path['anchor']], names)} "
        f"{MODES.get(path['mode'], path['mode'])}. Separate "
        f"routes and crossings out from there: {path['disjoint']['count']}."
    )
    return Proof(
        "The proof: a way that was open", told, ("Length", "Along", "Fire", "Evidence"), rows
    )


def _say_along(leg: Json) -> str:
    return "crossing" if leg["by"] == "crossing" else f"{leg['by']}, {leg['control']} ground"


def _call(ids: Iterable[str], names: Names) -> str:
    """Call features by their names; without any it is ground that nobody drew."""
    return list_names(ids, names) or "ground nobody drew"


def _tell_ring(ring: Json, names: Names) -> Proof:
    held: dict[str, tuple[float, list[str]]] = {}
    for segment in ring["segments"]:
        by = name_hold(segment)
        length, ids = held.get(by, (0.0, []))
        ids += [name for name in segment["evidence"] if name not in ids]
        held[by] = (length + segment["length_m"], ids)
    rows = tuple(
        (say_distance(length), HELD_BY.get(by, by), _call(ids, names) if ids else _say_nobody(by))
        for by, (length, ids) in held.items()
    )
    told = (
        f"On the {ring['reading']} reading a closed ring ran round {_call(ring['units'], names)}, "
        f"{say_area(ring['area_km2'])} inside, with no way out across it."
    )
    return Proof("The proof: a ring that was closed", told, ("Length", "Held by", "Evidence"), rows)


def _call_in(ids: object, judgement: object) -> str:
    """Call features as a judgement does, both of a document that may say anything there."""
    told = [name for name in ids if isinstance(name, str)] if isinstance(ids, list | tuple) else ()
    return _call(told, _list_called(judgement) if isinstance(judgement, dict) else {})


def _list_called(judgement: Json) -> dict[str, str]:
    """List what features are called, of a document that may say anything there."""
    given = judgement.get("names")
    named = given.items() if isinstance(given, dict) else ()
    return {name: words for name, words in named if isinstance(words, str)}


def _say_nobody(by: str) -> str:
    return "no wall: the map ends there" if by == "edge" else "ground nobody drew"


def list_doubts(judgement: Json) -> Iterable[str]:
    """Say what would have to be wrong for the other answer to be true."""
    for pivot in judgement.get("pivots") or ():
        if statement := pivot.get("statement"):
            yield str(statement)
    certificates, names = judgement.get("certificates") or {}, _list_called(judgement)
    path, ring = certificates.get("open"), certificates.get("closed")
    if path and not ring:
        ids = [n for leg in path["legs"] for n in leg["evidence"]]
        yield (
            "For the way shown to have been closed, some of what it rests on must be wrong: "
            f"{_call(ids, names)}; and every other way must have been closed too."
        )
        closing = (judgement.get("margins") or {}).get("closing_distance_m") or {}
        if least := closing.get("pessimistic"):
            yield (
                f"For the ring to have been closed, at least {least / 1000:.1f} km of new front "
                "must have been there that no source on this map shows."
            )
    if ring and not path:
        weakest = ring["segments"][ring["weakest"]] if ring.get("segments") else {}
        by = name_hold(weakest) if weakest else ""
        ids = weakest.get("evidence", [])
        yield (
            "For a way to have been open, the ring must be wrong somewhere; its weakest stretch is "
            f"{weakest.get('length_m', 0) / 1000:.1f} km of {HELD_BY.get(by, 'ground')} "
            f"({_call(ids, names) if ids else _say_nobody(by)})."
        )
    for reason in (judgement.get("confidence") or {}).get("because") or ():
        yield f"Confidence {judgement['confidence'].get('level', 'unknown')}: {reason}"
