"""
Who says it: the words that attribute, whose they are, and what of a sentence they govern.

Long for one reason: who speaks is found by one reading of a sentence, from left to right.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import TYPE_CHECKING, Literal

from encircle.claims.words.joining import AND, is_gainsaid, leaves_open_what
from encircle.claims.words.lexicon import compile_any, find_speakers, find_uses, fold
from encircle.claims.words.sentences import Span

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from encircle.claims.words.lexicon import Language

Kind = Literal["says", "denies", "according", "claim", "headline"]

TOKEN = re.compile(r"[^\W_][\w'’.\-]*[\w]|[^\W_]|[^\w\s]")
CLOSING_SO = re.compile(r"(?<=, )so(?= (?:der|die|das|ein|eine|[A-ZÄÖÜ]))")
"""*…, so der Sprecher.*"""
SAYING = re.compile(r"(?<=, )(?:saying|adding|claiming|writing|insisting|stating|arguing)(?= )")
COMMA = re.compile(r",(?!\d)")
LONGEST_NAME = 12
"""A speaker's name and office are at most so long; words."""
NEARBY = 300
"""A speaker stands at most so far from the verb; characters."""
LONGEST_TAIL = 8
"""An attribution at the end of a sentence has at most so many words after its verb."""
LONGEST_APPOSITION = 14
"""What stands between the commas after a name is at most so long; words."""
AMBIGUOUS = frozenset("claim claims report reports states notes".split())
"""Forms that are a noun as often as a verb."""
PASSIVE = frozenset("be is are was were been being to".split())
"""*Is said to be*: nobody is named who says it."""
NOUN_BEFORE = frozenset(
    "the these such all any despite of to no and repeated or their his her its by latest false "
    "encirclement previous earlier".split()
)
NOUN_AFTER = frozenset(
    "by of about on are were is was have has had from as , . that’s been and or".split()
)
ENDORSING = ("(reiterat*|repeat*|echo*|повтори*|wiederhol*)",)
"""Verbs that make another's claim one's own."""
OF_WORDS = frozenset("von des der by of".split())
RETOLD = (("со", "слов"), ("зі", "слів"), ("із", "слів"))
"""*On the word of*, between a speaker and the verb: the speaker is whoever stands before it."""
STOPS = frozenset(';:()[]{}“”«»„"–—!?')


@dataclass(frozen=True, slots=True)
class Mark(Span):
    """Words that attribute: what kind, whose, and what they govern."""

    kind: Kind
    subject: str
    reach: Span
    """The part of the text that is attributed."""
    leads: bool
    """The words stand before what they govern."""
    negated: bool = False
    """Said not to have been said."""
    endorsed: bool = False
    """Another's claim, taken over by the speaker of the sentence."""


PUT_IN_AFTER = re.compile(r"\s*(?:\w+\s+){0,2},")
_NAME = r"[^\W\d_a-zа-яіїєґёäöüß][\w'’ʼ-]+"
_CITIES = re.compile(
    r"(?:ky[iї]v|kiev|kiew|ки[еєї]в|moscow|moskau|москв|london|лондон|washington|вашингтон|berlin|"
    r"берлин|берлін|paris|париж|brussels|brüssel|брюссел|warsaw|warschau|варшав|ankara|анкар|"
    r"minsk|минск|мінськ|beijing|peking|пекин|пекін|tehran|teheran|tel aviv|damascus|baghdad|"
    r"khartoum|geneva|genf|женев|vienna|wien)[\w'’]{0,3}"
)
"""Cities that are named for those who govern or report there, folded."""


def hide_speaking_places(text: str, language: Language) -> str:
    """
    Put spaces where a city stands for who speaks there: *Kyiv denies*, *заявили в Москве*.

    Examples
    --------
    >>> from encircle.claims.words.lexicon import LANGUAGES
    >>> hide_speaking_places("Moscow says that Sudzha is encircled.", LANGUAGES["en"]).split()
    ['says', 'that', 'Sudzha', 'is', 'encircled.']
    """
    folded = fold(text)
    says = compile_any((*language.says, *language.denies)).pattern
    adverbs = compile_any(language.adverbs).pattern
    claims = compile_any(language.claims).pattern
    according = compile_any(language.according).pattern
    near = compile_any(language.places).pattern
    shown = list(text)
    for found in re.finditer(_NAME, text):
        before, after = folded[: found.start()], folded[found.end() :]
        is_city = _CITIES.fullmatch(folded, found.start(), found.end()) is not None
        is_placed = re.search(rf"(?:{near})\s+$", before) is not None
        is_of = re.search(r"[^\W\dA-ZА-Я][^\W\d]*\s+$", text[: found.start()])  # *the mayor of*
        verb_follows = re.match(rf"\s+(?:(?:{adverbs})\s+){{0,3}}(?:{says})", after)
        speaks = (
            (verb_follows and (is_city or not (is_placed or is_of)))
            or (re.match(r"\s*:\s", after) and not before.strip())
            or (re.search(rf"(?:{according})\s+$", before))
            or (is_city and re.search(rf"(?:{says})\s+(?:(?:in|в|у|aus)\s+)?$", before))
            or (
                is_city
                and re.search(rf"(?:{claims})\s+(?:(?:by|of|from|von|aus|з|из)\s+)?$", before)
            )
            or (is_city and re.match(rf"(?:['’]s)?\s+(?:[\w'-]+\s+)?(?:{claims})", after))
        )
        if speaks:
            shown[found.start() : found.end()] = " " * (found.end() - found.start())
    return "".join(shown)


def find_marks(text: str, span: Span, language: Language, hidden: Sequence[Span]) -> list[Mark]:
    """
    Find everything in a sentence that attributes.

    Parameters
    ----------
    span
        The sentence, or the sentences a quotation runs through.
    hidden
        Pieces of it to look past: quotations, and dates.
    """
    shown = list(text[span.start : span.end])
    for piece in hidden:
        for place in range(max(piece.start, span.start), min(piece.end, span.end)):
            shown[place - span.start] = " "
    finder = _Finder(" " * span.start + "".join(shown), span, language)
    return sorted(finder.find(), key=lambda mark: (mark.start, mark.end))


@dataclass
class _Finder:
    """One sentence, looked through for what attributes."""

    text: str
    span: Span
    language: Language
    folded: str = ""

    def __post_init__(self) -> None:
        self.folded = " " * self.span.start + fold(self.text[self.span.start :])
        self.starters = {w.split()[0] for w in self.language.that}

    def find(self) -> Iterator[Mark]:
        """Find marks of every kind."""
        claims = list(self._find_claims())
        yield from claims
        for kind, words in (("says", self.language.says), ("denies", self.language.denies)):
            for match in self._finditer(words):
                if not any(c.start <= match.start() < c.end for c in claims):
                    yield from self._read_verb(match, "says" if kind == "says" else "denies")
        yield from self._find_according()
        yield from self._find_participles()
        yield from self._find_headline()

    def _finditer(self, words: tuple[str, ...]) -> Iterator[re.Match[str]]:
        return compile_any(words).finditer(self.folded, self.span.start, self.span.end)

    # verbs

    def _read_verb(self, match: re.Match[str], kind: Kind) -> Iterator[Mark]:
        before = self._drop_retold(self._tokens_before(match.start()))
        after = self._tokens_after(match.end())
        if before and before[-1][0].endswith(("'s", "s'")):  # Trump's repeated claim
            return
        if match[0] == "called" and after and after[0][0] in ("on", "for", "off", "up"):
            return
        if match[0] in AMBIGUOUS and self._is_noun(before, after):
            return
        left = before[-1][0] if before else ""
        taken_over = left == "to" and compile_any(ENDORSING).match(match[0])
        if (left in PASSIVE and not taken_over) or is_gainsaid(self._around(match), self.language):
            return
        subject, start = self._subject_before(before)
        stands_after = self._subject_after(after)
        subject, start = self._add_place(before, subject, start)
        if not subject or self._prefers_after(before, stands_after, after):
            subject, start = (stands_after, match.start()) if stands_after else (subject, start)
        if before and AND.fullmatch(before[-1][0]) and self.language.code in ("en", "de"):
            known = find_speakers(self.text[self.span.start : match.start()])
            subject = known[-1][2].name if known else ""  # *he flew to Kursk and said that*
            start = match.start()
        if not subject or leaves_open_what(self.folded[self.span.start : start]):
            return
        beside = before[-1:] if before and before[-1][0] in {",", *STOPS} else before[-2:]
        negated = any(compile_any(self.language.negations).fullmatch(word) for word, _ in beside)
        if self.language.code == "de":  # the verb comes first: *bestreitet nicht, dass*
            negated = negated or bool(after and after[0][0] == "nicht")
        head = self.text[self.span.start : start]
        mark = self._place(match, kind, subject, head, negated=negated)
        missed = [
            m.start() for m in self._finditer(self.language.no_evidence) if m.end() > match.start()
        ]
        if negated and missed and missed[0] < match.start():  # has not observed evidence that
            mark = replace(mark, negated=False, reach=Span(missed[0], mark.reach.end))
        yield mark

    def _around(self, match: re.Match[str]) -> tuple[str, str]:
        return (
            self.folded[self.span.start : match.start()], self.folded[match.end() : self.span.end]
        )  # fmt: skip

    def _drop_retold(self, tokens: list[tuple[str, int]]) -> list[tuple[str, int]]:
        """Leave *on the word of Putin* out of *Trump on the word of Putin repeated*."""
        pairs = [(one[0], other[0]) for one, other in pairwise(tokens)]
        places = [i for i in range(1, len(pairs)) if pairs[i] in RETOLD]
        near = places and len(tokens) - places[-1] <= LONGEST_NAME + len(RETOLD[0])
        return tokens[: places[-1]] if near and tokens[places[-1] - 1][0] != "," else tokens

    def _is_noun(self, before: list[tuple[str, int]], after: list[tuple[str, int]]) -> bool:
        left = before[-1][0] if before else ""
        right = after[0][0] if after else ""
        return left in NOUN_BEFORE or left.endswith(("'s", "s'")) or right in NOUN_AFTER or not left

    def _place(
        self, match: re.Match[str], kind: Kind, subject: str, head: str, *, negated: bool
    ) -> Mark:
        """Decide what a verb governs: what follows, or what went before a closing attribution."""
        rest = self.folded[match.end() : self.span.end]
        words = re.findall(r"[\w'’-]+", re.split(r"[,;.]", rest, maxsplit=1)[0])
        that = "|".join(self.language.that)
        opens = re.match(rf"\s*(?:[:«“„\"]|,?\s*(?:{that})(?!\w))", rest) or self.starters & set(
            words[:LONGEST_NAME]
        )
        closing = bool(re.search(r"[,”»“\"]", head)) and not opens
        if closing and self._opens(match, head, rest):
            closing = False
        leads = not (closing and len(words) <= LONGEST_TAIL and self._ends_soon(rest))
        end = match.end()
        if self.language.code == "de" and " " in match[0]:  # wies … zurück
            end = match.start() + match[0].index(" ")
        start = self._skip(subject, end) if len(head) == match.start() - self.span.start else end
        reach = Span(start, self._find_limit(match.start(), end, kind))
        if not leads:
            reach = Span(self.span.start, self.span.start + len(head))
        return Mark(match.start(), end, kind, subject, reach, leads, negated)

    def _opens(self, match: re.Match[str], head: str, rest: str) -> bool:
        """Tell *speaking in Sumy, he said that*: nothing is said before the speaker."""
        begun = self.span.start + len(head)
        if begun == match.start() or not head.rstrip().endswith(",") or PUT_IN_AFTER.match(rest):
            return False
        said, follows = self.text[self.span.start : begun], self.text[match.end() : self.span.end]
        code = self.language.code
        return not find_uses(said, code) and bool(find_uses(follows, code))

    def _skip(self, subject: str, start: int) -> int:
        """Find where a name ends that stands just after its verb."""
        found = self.text.find(subject, start, min(self.span.end, start + NEARBY))
        return found + len(subject) if found >= 0 else start

    def _ends_soon(self, rest: str) -> bool:
        return len(re.findall(r"[\w'’-]+", rest)) <= LONGEST_TAIL or "," in rest

    def _find_limit(self, verb: int, start: int, kind: Kind) -> int:
        """Find where what is said ends: *although X said A, B* does not make B said."""
        head = self.folded[self.span.start : verb]
        clause = re.split(r"[,;:]", head)[-1]
        first = re.match(r"\W*([\w']+)", clause)
        breaks = r"\w[^;:]*([;:])"
        if first and first[1] in self.language.subordinators:
            breaks = r"(,(?!\d)|[;:])"
        elif kind == "denies":
            that = "|".join(self.language.that)
            breaks = rf"\w[^;:,]*((?:,(?!\d)(?!\s*(?:{that}|die|der|das)(?!\w))|[;:]))"
        found = re.compile(breaks).search(self.folded, start, self.span.end)
        return found.start(1) if found else self.span.end

    def _tokens_before(self, end: int) -> list[tuple[str, int]]:
        return [
            (fold(m[0]), m.start())
            for m in TOKEN.finditer(self.text, max(self.span.start, end - NEARBY), end)
        ]

    def _tokens_after(self, start: int) -> list[tuple[str, int]]:
        return [
            (fold(m[0]), m.start())
            for m in TOKEN.finditer(self.text, start, min(self.span.end, start + NEARBY))
        ]

    def _subject_before(self, tokens: list[tuple[str, int]]) -> tuple[str, int]:
        """Read a name and its place leftwards from a verb, past what stands between commas."""
        kept: list[int] = []
        i, passed = len(tokens) - 1, False
        while i >= 0 and len(kept) < LONGEST_NAME:
            word, place = tokens[i]
            if word == "," and not kept and not passed:
                commas = [j for j in range(i) if tokens[j][0] == ","]
                if not commas or i - commas[-1] > LONGEST_APPOSITION:
                    break
                named = self.text[tokens[commas[-1]][1] + 1 : place]
                if len(find_speakers(named)) == 1 and "'" not in fold(named):
                    _, start = self._subject_before(tokens[: commas[-1]])
                    return named.strip(), start
                i, passed = commas[-1] - 1, True
                continue
            if word == "," or word in STOPS or self._ends_name(tokens, i, bool(kept)):
                break
            if not (word in self.language.adverbs and not kept):
                kept.append(place)
            i -= 1
        return self._write_name(tokens, sorted(kept)), min(kept, default=self.span.start)

    def _ends_name(self, tokens: list[tuple[str, int]], i: int, begun: bool) -> bool:  # noqa: FBT001
        word, place = tokens[i]
        if word in ("and", "та", "і", "и", "und", "й"):
            joined = begun and i > 0 and self._is_capital(tokens[i - 1][1])
            return not (joined and i + 1 < len(tokens) and self._goes_on(*tokens[i + 1]))
        says = compile_any((*self.language.says, *self.language.denies))
        if says.fullmatch(word) and word not in AMBIGUOUS:
            return not (self._is_capital(place) and begun)
        if word in self.language.boundaries:
            return not (self._is_capital(place) and begun)
        if self.language.code == "en" and word.endswith("ing") and not self._is_capital(place):
            return True
        return not any(letter.isalnum() for letter in word) and word not in ("-", "'", "’", ".")

    def _goes_on(self, word: str, place: int) -> bool:
        return self._is_capital(place) or word == "other"

    def _is_capital(self, place: int) -> bool:
        return self.text[place : place + 1].isupper()

    def _subject_after(self, tokens: list[tuple[str, int]]) -> str:
        """Read a name rightwards from a verb: *said Putin*, *заявил Путин*."""
        known = self._known_at(tokens)
        if known:
            return known
        kept: list[int] = []
        for i, (word, place) in enumerate(tokens[: LONGEST_TAIL + 1]):
            if not kept and word in self.language.articles:
                kept.append(place)
                continue
            if not kept and (word in self.language.adverbs or word in ("в", "у", "im")):
                continue
            if (
                word == ","
                or word in STOPS
                or word == "."
                or self._ends_name(tokens, i, bool(kept))
            ):
                break
            if kept and word in self.language.prepositions and word not in OF_WORDS:
                break
            if kept and self.language.code == "en" and word in ("the", "its", "their", "our"):
                break  # *according to Moscow the troops are*
            kept.append(place)
        return self._write_name(tokens, kept)

    def _known_at(self, tokens: list[tuple[str, int]]) -> str:
        """Read a well-known speaker's whole name, whatever words it is made of."""
        rest = [(w, p) for w, p in tokens[:2] if w not in self.language.articles]
        if not rest:
            return ""
        text = self.text[rest[0][1] : self.span.end]
        known = [(start, end) for start, end, _ in find_speakers(text) if start == 0]
        end = known[0][1] if known else 0
        owned = re.match(r"['’]s?(?!\w)|\s+(?:and|та|і|и|und)(?!\w)", text[end:])
        return text[:end] if end and not owned else ""

    def _write_name(self, tokens: list[tuple[str, int]], places: list[int]) -> str:
        """Write a name as it stands, without the preposition and the verb it may drag along."""
        ends = {place: place + len(word) for word, place in tokens}
        words = [self.text[place : ends[place]] for place in places]
        idle = {*self.language.prepositions, *self.language.adverbs}
        while words and fold(words[0]) in idle and words[0].islower():
            words.pop(0)
        articles = self.language.articles
        if not any(w[:1].isalpha() and fold(w) not in articles for w in words):
            return ""
        name = " ".join(words)
        pronoun = compile_any(self.language.pronouns).fullmatch(fold(name))
        has_capital = any(word[:1].isupper() for word in words)
        article = fold(words[0]) in articles
        cyrillic = self.language.code in ("uk", "ru") and len(words) > 0
        plural = words[-1].endswith("s")
        return name if pronoun or has_capital or article or cyrillic or plural else ""

    def _prefers_after(
        self, before: list[tuple[str, int]], name: str, after: list[tuple[str, int]]
    ) -> bool:
        """Tell *…, said Putin.* from *Putin, the president, said …*."""
        if not name or not before or before[-1][0] != ",":
            return self.language.code in ("uk", "ru", "de") and (
                not before or bool(name and self._begins_with_place(before))
            )
        begun = self.text[self.span.start : before[-1][1]]
        if (
            self.language.code == "en"
            and self._subject_before(before)[0]
            and not re.search(r"[”»“\"]", begun)
            and not find_uses(begun, "en")
        ):
            return False  # *Zelensky, who rejects it, said the troops in Sudzha …*
        words = len(name.split())
        following = after[words][0] if len(after) > words else "."
        return (
            following in (".", ",") or following in STOPS or following in self.language.prepositions
        )

    def _add_place(
        self, before: list[tuple[str, int]], subject: str, start: int
    ) -> tuple[str, int]:
        """Take *soldiers in Sudzha* for who speaks, where only *Sudzha* was read."""
        words = [(word, place) for word, place in before if place < start]
        if len(words) > 1 and subject and words[-1][0] in self.language.places:
            who, begin = words[-2]
            if compile_any(self.language.military).fullmatch(who):
                return self.text[begin : start + len(subject)], begin
        return subject, start

    def _begins_with_place(self, before: list[tuple[str, int]]) -> bool:
        """Tell *bei einem Besuch in Kursk sagte Putin*: the speaker is named after the verb."""
        commas = [i for i, (word, _) in enumerate(before) if word in {",", *STOPS}]
        first = before[commas[-1] + 1 if commas else 0][0]
        return self.language.code == "de" and first in (*self.language.places, "nach", "während")

    # phrases

    def _find_according(self) -> Iterator[Mark]:
        found = list(self._finditer(self.language.according))
        if self.language.code == "de":
            found += CLOSING_SO.finditer(self.text, self.span.start, self.span.end)
        named = False
        for match in found:
            if self.language.code == "de" and match[0] == "zufolge":
                subject, first = self._subject_before(self._tokens_before(match.start()))
                end = match.end()
            else:
                subject = self._subject_after(self._tokens_after(match.end()))
                end = self._skip(subject, match.end())
            first = first if match[0] == "zufolge" else match.start()
            head = self.text[self.span.start : first]
            said = self.folded[self.span.start : self._after_as(match)]
            if self._is_retold(match, head) or leaves_open_what(said):
                continue
            leads = not re.search(r"\w", re.split(r"[;:]", head)[-1])
            if named and re.search(r"[,—–-]\s*(?:\w{1,2}\s+)?\Z", head):
                leads = True  # *по версии Москвы, …, по версии Киева, не …*
            named = True
            reach = Span(end, self.span.end) if leads else Span(self.span.start, match.start())
            if subject:
                yield Mark(match.start(), end, "according", subject, reach, leads)

    def _after_as(self, match: re.Match[str]) -> int:
        """Find where *как* ends in *как заявил*, and else where the words of attribution begin."""
        first = re.match(r"(?:как|як)\s", match[0])
        return match.start() + (first.end() if first else 0)

    def _is_retold(self, match: re.Match[str], head: str) -> bool:
        """Tell *Trump on the word of Putin repeated* from *on the word of Putin, they are …*."""
        if tuple(match[0].split()) not in RETOLD or not re.search(r"\w\s*\Z", head):
            return False
        clause = re.split(r"[,;:.]", self.folded[match.end() : self.span.end], maxsplit=1)[0]
        verb = compile_any(self.language.says).search(clause)
        return verb is not None and len(clause[: verb.start()].split()) <= LONGEST_NAME

    def _find_claims(self) -> Iterator[Mark]:
        """Find *X's claim that*, *claims by X that*, *заявление X о том, что*."""
        for match in self._finditer(self.language.claims):
            before, after = self._tokens_before(match.start()), self._tokens_after(match.end())
            subject, end = self._owner_before(before), match.end()
            if not subject and after:
                subject, end = self._owner_after(after, match.end())
            rest = self.folded[end : self.span.end]
            opens = re.match(rf",?\s*(?:{'|'.join(self.language.that)}|of|über|zu|від)(?!\w)", rest)
            if subject and opens:
                limit = COMMA.search(self.folded, end + opens.end(), self.span.end)
                reach = Span(end, limit.start() if limit else self.span.end)
                taken = bool(
                    re.search(
                        compile_any(ENDORSING).pattern + r"[^,;]{0,60}\Z",
                        self.folded[self.span.start : match.start()],
                    )
                )
                yield Mark(match.start(), end, "claim", subject, reach, leads=True, endorsed=taken)

    def _owner_before(self, tokens: list[tuple[str, int]]) -> str:
        for i in range(len(tokens) - 1, max(-1, len(tokens) - 5), -1):
            word, place = tokens[i]
            if compile_any(self.language.denies).fullmatch(word):
                return ""  # *Ukraine's army dismissed claims that*: nobody owns them
            owned = word.endswith(("'s", "s'")) or word in ("his", "her", "its", "their")
            german = self.language.code == "de" and word.endswith("s") and self._is_capital(place)
            if word in ("his", "her", "its", "their"):
                return {"his": "he", "her": "she", "its": "it", "their": "they"}[word]
            if owned or (german and i == len(tokens) - 1):
                name, _ = self._subject_before(tokens[: i + 1])
                return re.sub(r"['’]s?\Z", "", name) if owned else name
        return ""

    def _owner_after(self, tokens: list[tuple[str, int]], start: int) -> tuple[str, int]:
        by = tokens[0][0] in OF_WORDS
        if not by and self.language.code not in ("uk", "ru"):
            return "", start
        rest = tokens[1:] if by else tokens
        if rest and rest[0][0] == "both":
            rest = rest[1:]
        if not rest or (rest[0][0] in self.starters) or rest[0][0] in ("of", "про", "о", "об"):
            return "", start
        subject = self._subject_after(rest)
        return subject, rest[0][1] + len(subject) if subject else start

    def _find_participles(self) -> Iterator[Mark]:
        """Find *rejected the report, saying that*: who spoke before goes on speaking."""
        for match in SAYING.finditer(self.folded, self.span.start, self.span.end):
            for verb in reversed(
                list(self._finditer((*self.language.says, *self.language.denies)))
            ):
                spoken = list(self._read_verb(verb, "says")) if verb.end() < match.start() else []
                if spoken:
                    reach = Span(match.end(), self.span.end)
                    yield Mark(
                        match.start(), match.end(), "says", spoken[0].subject, reach, leads=True
                    )
                    break

    def _find_headline(self) -> Iterator[Mark]:
        """Find *Putin: troops surrounded*."""
        head = re.match(r"\s*([^\W\d_][^:;,.!?«»“”\"]{1,60}):\s", self.text[self.span.start :])
        if not head:
            return
        words = head[1].split()
        if len(words) <= 6 and words[0][0].isupper():  # noqa: PLR2004 - a headline's speaker is short
            start = self.span.start
            reach = Span(start + head.end(), self.span.end)
            verb = compile_any((*self.language.says, *self.language.denies)).search(fold(head[1]))
            who = head[1][: verb.start() if verb else None].strip()
            if who:
                yield Mark(start, start + head.end(1), "headline", who, reach, leads=True)


def choose_mark(marks: Sequence[Mark], place: int) -> tuple[Mark, Mark | None] | None:
    """
    Choose who governs a place in a sentence, and through whom it is told.

    Whoever stands nearest before it; else who closes the sentence; else whom it is according to.
    """
    before = [m for m in marks if m.leads and m.start < place and m.reach.holds(place)]
    closing = [m for m in marks if not m.leads and m.start >= place and m.reach.holds(place)]
    order = [
        *sorted((m for m in before if m.kind not in ("according", "headline")),
                key=lambda m: -m.start),
        *sorted((m for m in closing if m.kind != "according"), key=lambda m: m.start),
        *sorted((m for m in before if m.kind == "according"), key=lambda m: -m.start),
        *sorted((m for m in closing if m.kind == "according"), key=lambda m: m.start),
        *(m for m in before if m.kind == "headline"),
    ]  # fmt: skip
    if not order:
        return None
    if order[0].endorsed and len(order) > 1:
        order.pop(0)
    return order[0], (order[1] if len(order) > 1 else None)
