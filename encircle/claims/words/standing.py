"""Where did whoever speaks stand: *speaking in Moscow, he said* names no place of what he said."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from encircle.claims.words.attribution import PUT_IN_AFTER
from encircle.claims.words.joining import AND
from encircle.claims.words.lexicon import compile_any, find_uses, fold
from encircle.claims.words.sentences import Span

if TYPE_CHECKING:
    from collections.abc import Sequence

    from encircle.claims.words.attribution import Mark
    from encircle.claims.words.lexicon import Language

PUT_IN = re.compile(r"^(?!\W*\w+ing\s).*,[^,]*$")
"""What stands before a speaker who is put in: *in Sudzha, Putin said, they are surrounded*."""
OF_TOPIC = re.compile(
    r"(?<!\w)(?:about|on|as\s+(?:for|to)|regarding|concerning|zu|über|о|об|про|щодо|по|насчет)\s+$"
)
"""What leads to the place that is spoken of, folded: *as for Sudzha, he said*."""
HERE = re.compile(
    r"(?<!\w)(?:here|(?:the|this|our)\s+(?:city|town|village)|hier|"
    r"(?:der|die|dieser?|unserer?)\s+(?:stadt|ort)|здесь|тут|город[аеу]?|сел[аоеу]|міст[аоіу]|"
    r"селі)(?!\w)"
)
"""What means the place where whoever speaks stands, folded."""
FROM = ("from", "to", "до", "nach", "из", "з", "із")
"""What leads to where somebody speaks, beside the prepositions of place."""
_UPPER = r"[^\W\d_a-zа-яіїєґёäöüß]"
DATELINE = re.compile(
    rf"\W*(?:{_UPPER}{{4,}}(?:,\s[^—–\n]{{2,40}}?)?|{_UPPER}[\w'’-]+(?:,\s[\w.]+){{0,2}}"
    r"(?:\s\([^)]{2,20}\)|,\s(?:\w+\s)?\d{1,2}\.?(?:\s\w+)?))(?:\s\([^)]{2,20}\))?\s[-—–]\s"
)
"""Where and by whom a report was written: *SUMY, Ukraine —*, *Sumy (dpa) -*."""
OPENS = r"(?:[^;:,«“„\"]{{0,60}}?(?:,?\s+(?:{that})(?!\w)|[,:«“„\"]))?"
"""What leads from a verb to what is said."""


class Speaking(NamedTuple):
    """What of a sentence tells of who speaks and where, and is no part of what is said."""

    whole: Span
    who: Span
    """The speaker himself, as he is named."""


def find_speaking(
    marks: Sequence[Mark], text: str, span: Span, language: Language
) -> list[Speaking]:
    """
    Find what of a sentence tells of who speaks and where, in places of the sentence.

    Parameters
    ----------
    marks
        What attributes, outside of quotations.
    span
        The sentence.
    """
    said = text[span.start : span.end]
    folded, phrases = fold(said), [Span(u.start, u.end) for u in find_uses(said, language.code)]
    found = []
    for mark in marks:
        if mark.kind not in ("says", "denies") or not span.holds(mark.start):
            continue
        start, end = mark.start - span.start, mark.end - span.start
        reach = Span(mark.reach.start - span.start, mark.reach.end - span.start)
        named = said.rfind(mark.subject, 0, start)
        named = named if named >= 0 else max(0, said.find(mark.subject, end))
        if not mark.leads:  # who closes a sentence, as far as a comma
            rest = re.match(r"[^,;:«“„\"]*", folded[end:])
            whole = Span(max(0, reach.end), end + len(rest[0] if rest else ""))
        elif any(end <= p.start < reach.end for p in phrases):
            is_after = named > start or language.code != "de"
            whole = _find_lead(folded, Span(start, end), phrases, language, may_be_in=is_after)
        else:
            continue
        found.append(Speaking(whole, Span(named, named + len(mark.subject))))
    that = compile_any(language.that).search(folded)
    tells = compile_any(language.says).search(folded, 0, that.start() if that else 0)
    if that and tells and not found and phrases and phrases[0].start > that.end():
        found.append(Speaking(Span(0, that.end()), Span(0, 0)))  # *they were told in Kursk that*
    return found


def _find_lead(
    folded: str, verb: Span, phrases: Sequence[Span], language: Language, *, may_be_in: bool
) -> Span:
    """
    Find who says what follows, and where: from his clause on, as far as what he says.

    In German, where commas stand behind every *said*, he who `may_be_in` is named after the verb.
    """
    that, contrasts = compile_any(language.that).pattern, "|".join(language.contrasts)
    before, after = folded[: verb.start], folded[verb.end :]
    breaks = [
        *re.finditer(rf"[;:]|[,—–]\s(?:{contrasts})(?!\w)|(?<!\w)(?:{that})(?!\w)", before),
        *(m for m in AND.finditer(before) if re.search(r"\w", before[m.end() :])),
    ]
    ends = (*(m.end() for m in breaks), *(p.end for p in phrases if p.end <= verb.start))
    start = max(ends, default=0)
    put_in = PUT_IN.search(before[start:]) and PUT_IN_AFTER.match(after)
    if put_in and may_be_in and not re.match(rf"\s*,\s*(?:{that})(?!\w)", after):
        start = verb.start
    opens = re.match(OPENS.format(that=that), after)
    end = verb.end + (opens.end() if opens else 0)
    return Span(start, verb.end if any(verb.end <= p.start < end for p in phrases) else end)


def find_stood(
    text: str, sites: Sequence[Span], language: Language, speaking: Sequence[Speaking]
) -> set[Span]:
    """
    Find which places are where somebody stood who speaks: *in Sumy he said*, *SUMY (Reuters) —*.

    Troops who speak of themselves stay where they are: *soldiers in Sudzha say they are cut off*.

    Examples
    --------
    >>> from encircle.claims.words.lexicon import LANGUAGES
    >>> said = "KYIV — Speaking in Sumy, he said they were cut off."
    >>> speaking = [Speaking(Span(7, 32), Span(25, 27))]
    >>> len(find_stood(said, [Span(0, 4), Span(19, 23)], LANGUAGES["en"], speaking))
    2
    """
    said = fold(text)
    if len(sites) == 1 and HERE.search(said):
        return set()
    near = compile_any((*language.places, *FROM)).pattern
    dateline = DATELINE.match(text)
    stood = {s for s in sites if dateline and s.start < dateline.end()}
    is_said = any(not any(s.meets(one.whole) for one in speaking) for s in sites)
    for site in sites:
        before = said[: site.start]
        for one in (one for one in speaking if site.meets(one.whole)):
            stays = OF_TOPIC.search(before) is not None
            if one.who.holds(site.start):  # *the mayor of Sudzha*, *soldiers in Sudzha*
                is_placed = re.search(rf"(?<!\w)(?:{near})\s+(?:[\w'’-]+\s+){{0,2}}$", before)
                armed = compile_any(language.military).search(said, one.who.start, one.who.end)
                stays = not is_placed or (armed is not None and not is_said)
            if not stays:
                stood.add(site)
    return stood
