"""
Of which place does a clause speak, and which clause answers for another.

A sentence is parted at its commas, contrasts and joints. Where two places or two speakers cannot be
told apart so, a person reads it and nothing is rated.

Long for one reason: clauses are found by their places, and places by their clauses.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from itertools import pairwise
from typing import TYPE_CHECKING

from encircle.claims.words.attribution import hide_speaking_places
from encircle.claims.words.doubtful import TAKEN_BACK
from encircle.claims.words.joining import AND
from encircle.claims.words.lexicon import compile_any, find_places, find_speakers, fold
from encircle.claims.words.sentences import Span
from encircle.claims.words.standing import find_stood

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from encircle.claims.words.lexicon import Language
    from encircle.claims.words.standing import Speaking

COUNTRIES = ("UA", "RU")
"""Where a place is looked up that is not among those much claimed about."""
BARE_NO = (
    r"(?:(?:is|are|was|were|does|do|did|has|have|had)\s+not|\w+n't|not|no|nicht|nein|нет|ні|"
    r"не\s+так|немає|неправда)(?:\s+(?:so|true|the\s+case|yet|at\s+all|der\s+fall))?"
)
BREAK = re.compile(
    rf"(?:[,;:](?!\d)|\s[—–-]\s|[()])(?!\s*(?:{BARE_NO}|так|да)\W*(?:\Z|[,;:]))|(?<!\w)(?:while|whereas|"
    r"but|although|though|unlike|that|which|rather\s+than|instead\s+of|(?<!nicht\s)aber|während|"
    r"doch|jedoch|sondern|dass|anders\s+als|(?:an)?statt|а|но|однако|что|тогда\s+как|вместо|але|"
    r"проте|тоді\s+як|натомість|замість|що)(?!\w)"
)
"""Where one clause ends and another begins, folded; not before a *no* that answers for a clause."""
ENDS_SO = re.compile(
    rf"(?P<no>(?<!or\s)(?<!oder\s)(?<!или\s)(?<!чи\s)(?<!\w){BARE_NO})\W*\Z|"
    r"(?<!\w)(?:(?:is|are|was|were)(?:\s+too)?|too|auch|schon|тоже|також|теж|да|так)\W*\Z|"
    r"^(?P<so>\W*(?:and\s+)?so\s+(?:is|are|was|were)(?!\w).*)"
)
"""What a clause has that says of another what was said before: *those in Vovchansk are not*."""
NOT_THERE = re.compile(
    r"\W*(?:and\s+|und\s+|и\s+|і\s+|й\s+|та\s+)?(?:\w+ly\s+|вовсе\s+|совсем\s+|зовсім\s+|аж\s+)?"
    r"(?:not|nicht|не)(?!\w)(?!\s+(?:even|einmal))"
)
"""*But not those in Vovchansk*."""
HELPING = re.compile(
    r"(?<!\w)(?:those|these|one|ones|garrison|dagegen|hingegen|jedoch|die|der|те|ті|же|уже|еще|ще|"
    r"пока|поки|still|yet|however|also|auch|and|und|и|і|й|та|town|city|село|місто|город|stadt)(?!\w)"
)
"""Words of a clause that answers for another, beside its place and whoever is there; folded."""
OF_ANOTHER = re.compile(
    r"\W*(?:and\s+|und\s+|и\s+|і\s+)?(?:nach|laut|according|по|за)(?!\w)|(?<!\w)zufolge(?!\w)|"
    r"(?:(?<!\w)(?:is|are|was|were|does|do|did|has|have|had)\s+not|n't)\W*\Z|"
    r"(?:\s[—–-]|,)\s*(?:нет|ні)\W*\Z"
)
"""A clause that says *not* after another speaker, or in place of a verb, folded."""
UNLIKE = re.compile(
    r"(?<!\w)(?:unlike|rather\s+than|instead\s+of|(?:an)?statt|вместо|замість|anders\s+als|"
    r"(?:im\s+)?gegensatz\s+zu\w*|в\s+отличие\s+от|на\s+відміну\s+від)(?!\w)"
)
LONGEST_LEAD = 20
"""*In contrast to* and its like stand so near before a place, characters."""
ALTERNATIVE = re.compile(r"(?<!\w)(?:or|oder|или|або|чи|либо)(?!\w)")
BETWEEN = re.compile(
    r"(?:\s*,)?(?:\s*(?:and|as well as|n?or|und|sowie|oder|noch|и|или|та|і|й|або|чи|ні|ни))?\s*"
)
"""What stands between places of one list, but for a preposition and an article."""
IN_REGION = (
    r"the|of|der|des|region|oblast|province|gebiet|raum|област\w*|район\w*|town|city|village|"
    r"stadt|город\w*|міст\w+|сел\w+|(?:north|south|east|west)\w*|russia(?:n|['’]s)?|"
    r"ukraine(?:['’]s)?|region['’]s"
)
"""What stands between a town and its region beside prepositions: *Sudzha, in the Kursk region*."""
REGION_AFTER = re.compile(
    r"['’s]*\s+(?:oblast|region|province|district|area|gebiet|област\w*|обл\.|район\w*)(?!\w)"
)
"""What makes of a town's name that of the country round it, folded."""
OWNS = re.compile(r"['’]s\Z")
CAPITALS = ("Kyiv", "Minsk")
"""Cities that own troops as often as they hold some: *Kyiv's forces*."""
GOES_ON = (
    r"is|are|was|were|has|have|had|sind|waren|haben|with|since|after|before|as|regions?|oblasts?|"
    r"област\w*|areas?|directions?|напрям\w*|направлени\w*"
)
"""What may stand after the last place of a list, beside a preposition, folded."""
OF_TWO = re.compile(r"(?<!\w)(?:between|zwischen|между|між)\s+(?:\w+\s+)?$")
"""Two places that bound one ground, folded."""
WAY = re.compile(
    r"road|route|highway|corridor|railway|дорог|трас|шлях|коридор|straße|autobahn|(?<!\w)weg(?!\w)"
)
NO_PLACE = re.compile(
    r"(?:ukrain|russ|росі|росс|украин|україн|german|deutsch|march|may|putin|trump|kreml|кремл|зсу|всу|"
    r"kyiv['’]s|moscow['’]s)[\w'’ ]*|"
    r"(?:the|a|der|die|das|all|thousands|experts|they|he|she|it)(?: .*)?"
)
"""Words written like names that are none of a town's, folded."""
NAMED = r"[^\W\d_a-zа-яіїєґёäöüß][\w'’ʼ-]{2,}"
NO_VERB = re.compile(
    r"(?<!\w)(?:of|von|des|der|the|region|oblast\w*|province|gebiet\w*|raum|област\w*|район\w*|town|city|village|"
    r"stadt|город\w*|міст\w+|сел\w+|towns|cities|villages|both|beide\w*|north\w*|south\w*|east\w*|west\w*|"
    r"und|and|и|і|й|та|between|zwischen|между|між)(?!\w)"
)
"""Words beside the name of a place that tell nothing of it, folded."""
ONE = re.compile(
    r"\s+(?:(?:now|still|also|already|jetzt|уже|вже|теперь|тепер|не|полностью|повністю)\s+)*"
    r"(?:is|was|has|stands|remains|ist|war|wurde|wird|steht|bleibt|\w+(?:[еёа]н[ао]?|[еа]ний))(?!\w)"
)
"""What is said of one place and not of several, folded."""
IS = r"(?:is|are|was|were|ist|sind|war|wurde)"
LONGEST_ANSWER = 9
"""A clause that answers for another without saying it again has at most so many words."""


@dataclass(frozen=True, slots=True)
class Site(Span):
    """A place of a sentence, under its present name or, where it has no other, as it is written."""

    name: str
    region: bool = False


@dataclass(frozen=True, slots=True)
class Answer(Span):
    """A clause that says of another place or speaker what was said, or that it is not so."""

    denies: bool | None
    """None: the contrary of what was said."""
    site: Site | None
    who: str | None


@dataclass(frozen=True)
class Parted:
    """A sentence in its clauses, with the places of each."""

    text: str
    language: Language
    sites: tuple[Site, ...]
    stood: tuple[Site, ...] = ()
    """Where somebody stood who speaks, and nobody else is said to be."""
    clauses: tuple[Span, ...] = field(default=())

    def clause_of(self, place: int) -> Span:
        """Give the clause that holds a place of the sentence."""
        return next((c for c in self.clauses if c.holds(place)), Span(0, len(self.text)))

    def find_sites(self, start: int, end: int) -> tuple[list[Site], str | None]:
        """
        Find of which places a phrase is said: of none or one, or of every one of a list.

        Returns
        -------
        sites, unread
            No place, and the names, where it cannot be told which of several is meant.
        """
        if len({s.name for s in self.sites}) < 2:  # noqa: PLR2004 - one place is that of every clause
            return list(self.sites[:1]), None
        own = [s for s in self.sites if self.clause_of(start).meets(s)]
        if len({s.name for s in own}) == 1:
            return own[:1], None
        said = fold(self.text)
        if (
            own
            and self._is_list(own, start)
            and not ALTERNATIVE.search(said, own[0].start, own[-1].end)
        ):
            return own, None
        if own and WAY.search(said, self.clause_of(start).start, end):
            return [min(own, key=lambda s: (s.region, abs(s.start - start)))], None
        return [], " / ".join(dict.fromkeys(self.text[s.start : s.end] for s in self.sites))

    def _is_list(self, sites: Sequence[Site], phrase: int) -> bool:
        """
        Tell *in Sudzha, Guevo and Hornal* from places that different things are said of.

        In *are surrounded in Kursk, and Sumy helps* the second begins a clause.
        """
        near = compile_any((*self.language.places, *self.language.articles)).pattern
        goes_on = rf"\s*(?:[^\w\s]|\Z|(?:{near}|{GOES_ON})(?!\w))"
        is_over = phrase > sites[-1].start or re.match(goes_on, fold(self.text[sites[-1].end :]))
        last = fold(self.text[sites[-2].end : sites[-1].start])
        is_one = re.search(r"\w", last) or len(sites) > 2  # noqa: PLR2004 - *Sudzha, Guevo*: what of which
        if not (is_over and is_one) or OF_TWO.search(fold(self.text[: sites[0].start])):
            return False
        return all(
            re.fullmatch(rf"{BETWEEN.pattern}(?:(?:{near})\s+){{0,2}}",
                         fold(self.text[one.end : other.start]))
            for one, other in pairwise(sites)
        )  # fmt: skip

    def hear(self, site: Site | None) -> str:
        """
        Give the sentence with the names of its other places hidden; its letters keep theirs.

        A road has two ends, and both are shown.
        """
        shown = list(self.text)
        for other in self.stood:
            shown[other.start : other.end] = " " * (other.end - other.start)
        if site is None:
            return "".join(shown)
        own = self.clause_of(site.start)
        is_way = WAY.search(fold(self.text[own.start : own.end])) is not None
        for other in self.sites:
            if other.name != site.name and not (is_way and own.meets(other)):
                shown[other.start : other.end] = " " * (other.end - other.start)
        return "".join(shown)

    def find_answers(self, phrases: Sequence[Span]) -> Iterator[Answer]:
        """Find the clauses that speak of a phrase without saying it again."""
        first = min(p.start for p in phrases)
        for clause in self.clauses:
            if not any(clause.meets(p) for p in phrases):
                yield from self._read_answer(clause, is_behind=clause.start > first)

    def _read_answer(self, clause: Span, *, is_behind: bool) -> Iterator[Answer]:
        said = fold(self.text)
        words = said[clause.start : clause.end]
        if not 0 < len(re.findall(r"\w+", words)) <= LONGEST_ANSWER:
            return
        site = next((s for s in self.sites if clause.meets(s)), None)
        lead = said[max(0, clause.start - LONGEST_LEAD) : clause.start]
        unlike = rf"(?:{UNLIKE.pattern})"
        if site and (re.search(rf"{unlike}\s*\Z", lead) or re.match(rf"\W*{unlike}", words)):
            yield Answer(clause.start, clause.end, None, site, None)
        elif site and NOT_THERE.match(words):
            yield Answer(clause.start, clause.end, True, site, None)  # noqa: FBT003
        elif is_behind and (ends := ENDS_SO.search(words)):
            who = self._find_who(clause.start, clause.start + ends.start())
            bare = ends["no"] and (TAKEN_BACK.fullmatch(words) or OF_ANOTHER.search(words))
            of_site = site and (ends["so"] or self._is_elliptic(clause, site, ends))
            if who or of_site or (bare and not site):
                yield Answer(clause.start, clause.end, bool(ends["no"]), site, who)

    def _is_elliptic(self, clause: Span, site: Site, ends: re.Match[str]) -> bool:
        """Tell *those in Vovchansk are not* from *there is no relief in Vovchansk*."""
        said = fold(self.text)
        left = said[clause.start : site.start] + said[site.end : clause.start + ends.start()]
        known = (*self.language.places, *self.language.articles, *self.language.military)
        rest = HELPING.sub(" ", compile_any(known).sub(" ", left))
        return len(re.findall(r"\w+", rest)) <= (self.language.code in ("en", "de"))

    def _find_who(self, start: int, end: int) -> str | None:
        """Find who is said to say so: *according to Kyiv*, *Kyiv says they*."""
        words, said = self.text[start:end], fold(self.text[start:end])
        according = compile_any(self.language.according).search(said)
        if according and according[0] == "zufolge":
            return words[: according.start()].strip(" ,—–-") or None
        if according:
            return words[according.end() :].strip(" ,—–-") or None
        says = compile_any((*self.language.says, *self.language.denies)).search(said)
        return words[: says.start()].strip(" ,—–-") or None if says else None


def part(
    text: str, language: Language, phrases: Sequence[Span], speaking: Sequence[Speaking] = ()
) -> Parted:
    """
    Part a sentence into clauses, and find the places of each.

    Where somebody stood while `speaking` is no place of what he says.

    *And* parts only what a phrase stands in from what follows: before it there may be no more than
    another of those of whom the phrase is said.

    Examples
    --------
    >>> from encircle.claims.words.lexicon import LANGUAGES
    >>> said = "Troops in Sudzha are surrounded and those in Guevo are not."
    >>> parted = part(said, LANGUAGES["en"], [Span(21, 31)])
    >>> [said[c.start : c.end].strip() for c in parted.clauses]
    ['Troops in Sudzha are surrounded', 'and those in Guevo are not.']
    """
    found = tuple(_find_sites(text, language))
    stood = find_stood(text, found, language, speaking)
    sites = tuple(site for site in found if site not in stood)
    said = fold(text)
    cuts = {0}
    marks = [*BREAK.finditer(said), *AND.finditer(said)]
    for mark in sorted(marks, key=lambda m: m.start()):
        is_and = AND.match(said, mark.start()) is not None
        if is_and or re.match(rf"\s*{AND.pattern}", said[mark.end() :]):
            has_said = any(max(cuts) <= p.start < mark.start() for p in phrases)
            has_both = any(s.end <= mark.start() for s in sites) and sites[-1].start >= mark.end()
            tells = has_said or _goes_on(said, (max(cuts), mark), sites, phrases, language)
            if not (has_both and tells):
                continue
        if not _joins(said, mark, sites, phrases, language):
            cuts.add(mark.start() if is_and else mark.end())
    edges = [0, *sorted(c for c in cuts if 0 < c < len(text)), len(text)]
    clauses = tuple(Span(a, b) for a, b in pairwise(edges))
    return Parted(text, language, sites, tuple(s for s in found if s in stood), clauses)


def _goes_on(
    said: str, cut: tuple[int, re.Match[str]], sites: Sequence[Site], phrases: Sequence[Span],
    language: Language,
) -> bool:  # fmt: skip
    """Tell whether something is told before *and*: *Bakhmut fell and Soledar is cut off*."""
    start, mark = cut
    behind = [p for p in phrases if p.start >= mark.end()]
    head = [s for s in sites if start <= s.start < mark.start()]
    if not behind or not head:
        return False
    after = NO_VERB.sub(" ", said[head[-1].end : mark.start()])
    if re.search(r"\w", after) or _is_object(said, head[0], start, language):
        return True
    last = next((s for s in sites if s.start >= mark.end()), head[-1])
    return _opens_clause(said[start : head[0].start], said[last.end :], language)


def _opens_clause(before: str, after: str, language: Language) -> bool:
    """Tell *they fight in Toretsk and in Pokrovsk troops are cut off* from a list of places."""
    armed = compile_any(language.military).pattern
    be = rf"{IS}|are|were|sind|waren|wurden"
    subject = rf"\s+(?!(?:{be})\s)(?:\w+\s+)?(?!encircle)(?:{armed})"
    return bool(re.match(subject, after) and re.search(r"\w+\s+\w+\s+$", before))


def _is_object(said: str, site: Site, start: int, language: Language) -> bool:
    """Tell *we hold Sudzha* from *troops in Sudzha* and a clause that begins with the place."""
    lead = re.split(r"[,;:—–]", said[start : site.start])[-1]
    word = re.search(r"([\w'’-]+)\s+$", lead)
    if word is None:
        return False
    known = (*language.places, *language.articles, *language.military, *language.says)
    return not (compile_any(known).fullmatch(word[1]) or NO_VERB.fullmatch(word[1]))


def _joins(
    said: str, cut: re.Match[str], sites: Sequence[Site], phrases: Sequence[Span],
    language: Language,
) -> bool:  # fmt: skip
    """
    Tell a comma or *and* that joins places of one list from one that parts clauses.

    Of whom a list is said is many: in *we hold Sudzha, and Guevo is cut off* one is.
    """
    before = [s for s in sites if s.end <= cut.start()]
    after = [s for s in sites if s.start >= cut.end()]
    if not before or not after or UNLIKE.search(said[: before[-1].start][-LONGEST_LEAD:]):
        return False
    near = compile_any((*language.places, *language.articles)).pattern
    between = rf"{BETWEEN.pattern}(?:(?:{near})\s+){{0,2}}"
    goes_on = bool(re.match(rf"\s+{IS}(?:\s+not|n't|\s+nicht)", said[after[0].end :]))
    if any(p.start >= after[0].end for p in phrases):  # not *they surround Sudzha and Guevo*
        listed = [s for s in before if re.fullmatch(between, said[s.end : after[0].start])]
        first = listed[0] if listed else before[-1]
        start = max((m.end() for m in AND.finditer(said, 0, first.start)), default=0)
        armed = compile_any(language.military).pattern
        governed = re.search(
            rf"(?:{near}|of|von)\s+(?:[\w'’-]+\s+)?$|(?:{armed})\s+$", said[: first.start]
        )
        is_one = ONE.match(said, after[0].end)
        ends = said[start : first.start], said[after[0].end :]
        goes_on = goes_on or _opens_clause(*ends, language)
        goes_on = goes_on or _is_object(said, first, start, language)
        goes_on = goes_on or bool(is_one and not governed)
    return bool(re.fullmatch(between, said[before[-1].end : after[0].start])) and not goes_on


def _find_sites(text: str, language: Language) -> Iterator[Site]:
    """Find the places of a sentence; a region beside its town is no other place."""
    shown = hide_speaking_places(text, language)
    sites = [
        Site(m.start, m.end, m.place.name,
             m.place.region or REGION_AFTER.match(fold(shown[m.end :])) is not None)
        for m in find_places(shown)
    ]  # fmt: skip
    near = compile_any(language.places).pattern
    placed = {s.start for s in sites if re.search(rf"(?:{near})\s+$", fold(shown[: s.start]))}
    listed = {
        s.start for one, other in pairwise(sites) for s in (one, other)
        if BETWEEN.fullmatch(fold(text[one.end : other.start]))
        and re.match(rf"\s*(?:[^\w\s]|\Z|(?:{GOES_ON}|{AND.pattern}))", fold(text[s.end :]))
    }  # fmt: skip
    sites = [s for s in sites if s.name not in CAPITALS or not OWNS.search(text, s.start, s.end)]
    if len(sites) > 1:
        sites = [s for s in sites if s.name not in CAPITALS or s.start in placed | listed]
    sites = sorted([*sites, *_look_up(shown, language, sites)], key=lambda s: s.start)
    for site in sites:
        towns = [s for s in sites if not s.region]
        beside = (text[min(site.end, t.end) : max(site.start, t.start)] for t in towns)
        joint = rf"[\s,(]*(?:['’]s\s+)?(?:(?:{near}|{IN_REGION})[\s,]+){{0,4}}"
        if not (site.region and any(re.fullmatch(joint, fold(words)) for words in beside)):
            yield site


def _look_up(shown: str, language: Language, known: Sequence[Site]) -> Iterator[Site]:
    """Look up what else is named like a place: after a preposition, or as what a clause is of."""
    armed = compile_any(language.military).pattern  # *the garrison of*
    near = rf"{compile_any(language.places).pattern}|(?:{armed})(?:\s+(?:of|von))?"
    found = [
        m for m in re.finditer(rf"(?<![\w-]){NAMED}(?:\s{NAMED})?(?![\w-])", shown)
        if not m[0].endswith(("'s", "’s"))
        and not any(s.start <= m.start() < s.end or m.start() <= s.start < m.end() for s in known)
        and (re.search(rf"(?:{near})\s+$", fold(shown[: m.start()]))
             or (re.search(r"(?:^|[,;]\s*)$", shown[: m.start()])
                 and re.match(rf"\s+{IS}\s", shown[m.end() :])))
    ]  # fmt: skip
    if len(found) + len(known) < 2:  # noqa: PLR2004 - one place need not be told from another
        return
    from encircle.places import find_places as look_up  # noqa: PLC0415 - takes a second to load

    for match in found:
        placed = re.search(rf"(?:{near})\s+$", fold(shown[: match.start()]))
        for name in dict.fromkeys((match[0], match[0].split()[0] if placed else match[0])):
            words = (*language.months, *language.according, *language.military)
            other = compile_any(words).fullmatch(fold(name))
            if other or NO_PLACE.fullmatch(fold(name)) or find_speakers(name):
                continue
            if look_up(name, countries=COUNTRIES):
                yield Site(match.start(), match.start() + len(name), name)
                break
