"""
Which claims does a text make: proposed with the sentence they stand in, for a person to confirm.

It proposes and never rates. Every proposal says which phrase it rests on and what turned it round,
so that whoever confirms it sees in a moment where it may be wrong.

Long for one reason: a text is read once, from its first sentence to its last.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Literal

from encircle.claims.words.answers import read_answer
from encircle.claims.words.apart import part
from encircle.claims.words.attribution import Mark, choose_mark, find_marks
from encircle.claims.words.context import WAS, Clause, find_clause, read_assertion
from encircle.claims.words.days import Day, find_days
from encircle.claims.words.denials import find_denial
from encircle.claims.words.doubtful import find_any_denial, find_unread_denial, is_taken_back
from encircle.claims.words.forces import find_number, find_other_sense, is_about_forces
from encircle.claims.words.lexicon import LANGUAGES, compile_any, find_uses, fold
from encircle.claims.words.sentences import Sentence, Span, find_quotes, split_sentences
from encircle.claims.words.speakers import Claimant, Memory
from encircle.claims.words.standing import find_speaking
from encircle.claims.words.times import find_other_time, list_other_times

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from datetime import date

    from encircle.claims.words.apart import Parted
    from encircle.claims.words.context import Assertion
    from encircle.claims.words.lexicon import Definition, Language, Tense, Use

Json = dict[str, Any]
Open = Literal["denial", "place", "time", "speaker", "sense"]
WHY_OPEN: dict[Open, str] = {
    "denial": "may deny it",
    "place": "are several places, and it cannot be told which is meant",
    "time": "is another time than that of the text, and no day that can be read",
    "speaker": "may be said by another, or of another",
    "sense": "may be nobody armed",
}
"""Why words leave a claim to a person, after the words."""
ALSO = " … "
"""What joins words that leave a time or a place open to words that may deny."""
NOT: dict[str, str] = {"yes": "no", "no": "yes"}
NOON = "T12:00:00Z"
"""The hour given to a statement of which only the day is known: half a day wrong at most."""
LEAST_SPEECH = 4
"""A quotation of so many words is a statement of its own; a shorter one is part of a sentence."""
QUOTING = '«“„"”—–-'
"""With what somebody else's answer begins."""
STRIPPED = ' ,;:.—–-\n\t"«»“”„'
"""What a statement neither begins nor ends with."""
SNAPPED = re.compile(r".*[»”\"],?\s*[—–-]\s*(?:відріза|отреза)\w+", re.DOTALL)
"""*«…», — відрізав він*: whoever speaks cuts short, and nobody is cut off; folded."""
BELIEVED = re.compile(
    r"(?<!\w)(?:if\s+(?:you|we|one)\s+believe\w*|если\s+верить|якщо\s+вірити|glaubt\s+man)(?!\w)",
    re.IGNORECASE,
)
"""Words that name a speaker and say nothing by themselves."""
JOINED = 40
"""Two phrases joined by *and*, *or* or a comma stand at most so many characters apart."""


@dataclass(frozen=True, slots=True)
class Proposal:
    """A claim a text seems to make, and where."""

    claimant: str | None
    """None: the text says it in its own voice."""
    claimant_side: str | None
    via: str | None
    """Through whom it is told, where somebody tells what another said."""
    made_on: str | None
    statement: str
    verbatim: bool
    """The statement is a quotation; otherwise it is how the text tells it."""
    definition: Definition
    value: str
    tense: Tense
    hedged: bool
    """Some of the degree is taken back: *almost*."""
    doubt: str | None
    """The word that doubts it, if any: *reportedly*. It changes nothing that is asserted."""
    part: str | None
    """The words that say it of a part of the force only, if any: *some of the*."""
    ended: str | None
    """The words that say it was so and is no longer, if any: *but broke out*."""
    number: int | None
    place: str | None
    also: tuple[Definition, ...]
    phrase: str
    phrase_start: int
    sentence: str
    start: int
    end: int
    language: str
    because: tuple[str, ...]
    """The words that decided polarity, tense, reserve and doubt."""
    unread: str | None = None
    """Words that leave it to a person, if any: *is pure invention*, *In 1943*."""
    unread_as: Open = "denial"
    """What it is that those words leave open."""
    heard: str = ""
    """The sentence as far as it is about the same place: the names of others are hidden."""

    def to_claim(self, number: int, force: str | None) -> Json:
        """
        Write the proposal as one entry of a claims file, with what is to be confirmed beside.

        Where words that may deny it are left over, it asserts nothing until a person has read it.
        """
        reading: Json = {
            "definition": self.definition,
            "value": self.value,
            "tense": self.tense,
            "hedged": self.hedged,
        }
        asserts: Json = {"force": force, **({} if self.unread else reading)}
        if self.number is not None:
            asserts["number"] = self.number
        return {
            "id": f"claim-{number}",
            "claimant": self.claimant,
            "claimant_side": self.claimant_side,
            "made_at": f"{self.made_on}{NOON}" if self.made_on else None,
            "statement": self.statement,
            "url": None,
            "archive_url": None,
            "asserts": asserts,
            "proposed": {
                "sentence": self.sentence,
                "start": self.start,
                "end": self.end,
                "phrase": self.phrase,
                "phrase_start": self.phrase_start,
                "language": self.language,
                "place": self.place,
                "via": self.via,
                "verbatim": self.verbatim,
                "doubt": self.doubt,
                "also": list(self.also),
                "because": list(self.because),
                "unread": self.unread,
                "unread_as": self.unread_as if self.unread else None,
                **({"reading": reading} if self.unread else {}),
            },
        }


def propose_claims(
    text: str,
    written: date | None = None,
    *,
    asking: bool = False,
    on_sentence: Callable[[object], None] = lambda _: None,
) -> list[Proposal]:
    """
    Propose the claims a text makes about forces being cut off, in the text's order.

    Parameters
    ----------
    text
        An article, in one or more of the languages of the lexicon.
    written
        The day it was written, for days without a year and for what is not dated at all.
    asking
        Propose what questions ask about, which nobody claims, and nothing else.

    Examples
    --------
    >>> [claim] = propose_claims("Putin said that the troops in Kursk were not encircled.")
    >>> claim.claimant, claim.definition, claim.value
    ('Vladimir Putin', 'land_cut', 'no')
    """
    return _Reader(text, written, asking=asking).read(on_sentence)


TOO = re.compile(r"(?<!\w)(?:too|auch|тоже|также|теж|також)\W*\Z")
"""The same as of the one before, whatever that is; folded."""


class _Reader:
    """One text, read from beginning to end."""

    def __init__(self, text: str, written: date | None, *, asking: bool) -> None:
        self.text, self.written, self.asking = text, written, asking
        self.sentences = split_sentences(text)
        self.numbers = {sentence: number for number, sentence in enumerate(self.sentences)}
        self.quotes = find_quotes(text)
        self.memory = Memory()
        self.spoken: dict[Span, Claimant | None] = {}
        """Who speaks a quotation, once it is known."""
        self.last_day: Day | None = None
        self.paragraph_day: tuple[int, Day] | None = None
        self.said: tuple[int, Proposal] | None = None
        """What was said last, and in which sentence: *Kyiv denied it* speaks of that."""
        self.past: tuple[int, str] | None = None
        """The paragraph, and the words that put it into another time: *It was November 1950.*"""

    def read(self, on_sentence: Callable[[object], None]) -> list[Proposal]:
        """Read sentence by sentence; a sentence may take back what the one before it said."""
        read: list[Proposal] = []
        last: list[Proposal] = []
        asked: list[Proposal] = []
        for sentence in self.sentences:
            found: list[Proposal] = []
            day = self.last_day
            if sentence.language is not None:
                language = LANGUAGES[sentence.language]
                found = list(self._read_sentence(sentence, language))
                if last and not found and (how := is_taken_back(sentence.text)):
                    read[-len(last) :] = self._take_back(last, sentence, plainly=how == "plainly")
                if not (found or self.asking):
                    found = self._read_answer(asked, sentence, sentence.start, language)
                    asked = [] if found else self._ask(sentence, language, day)
                    if asked:
                        behind = max(p.phrase_start + len(p.phrase) for p in asked)
                        found = self._read_answer(asked, sentence, behind, language)
                else:
                    asked = []
            read += found
            last = found
            on_sentence(sentence)
        return read

    def _ask(self, sentence: Sentence, language: Language, day: Day | None) -> list[Proposal]:
        """Give what a sentence asks about; `day` was named last before it."""
        if not find_uses(sentence.text, language.code):
            return []
        said, self.asking, self.last_day = self.said, True, day
        asked = list(self._read_sentence(sentence, language))
        self.said, self.asking = said, False
        return asked

    def _read_answer(
        self, asked: list[Proposal], sentence: Sentence, start: int, language: Language
    ) -> list[Proposal]:
        """Give what a sentence answers, from `start` on, to what was asked."""
        answer = read_answer(self.text[start : sentence.end], language) if asked else None
        if answer is None:
            return []
        outside = dict(self._mark(sentence, language, []))[None]
        speakers = [self._name(mark, language) for mark in outside if mark.kind == "says"]
        is_quoted = self.text[start : sentence.end].lstrip()[:1] in QUOTING
        who = speakers[-1] if speakers else self.memory.last if is_quoted else None
        begin = min(p.start for p in asked)
        whole = self.text[begin : sentence.end]
        is_plain = answer.value == "no" or len(asked) == 1
        is_plain = is_plain and answer.value is not None
        is_plain = is_plain and find_any_denial(self.text[begin:start]) is None
        return [
            replace(
                p, claimant=who.name if who else None, claimant_side=who.side if who else None,
                value=p.value if answer.value == "yes" else NOT[p.value], verbatim=False,
                statement=" ".join(whole.split()), sentence=whole, start=begin, end=sentence.end,
                because=(fold(answer.words),), number=p.number if answer.value == "yes" else None,
                unread=p.unread if is_plain and not p.hedged else p.unread or answer.words,
                unread_as=p.unread_as if p.unread else "denial",
            )
            for p in asked
        ]  # fmt: skip

    def _take_back(
        self, said: list[Proposal], sentence: Sentence, *, plainly: bool
    ) -> Iterator[Proposal]:
        """Give what a sentence said that the next one calls untrue: what another said stays his."""
        words = " ".join(sentence.text.split())
        for p in said:
            is_open = p.claimant is not None or p.unread is not None
            yield p if is_open else replace(p, unread=words, unread_as="denial")
        if plainly and len(said) == 1 and said[0].claimant and said[0].tense != "conditional":
            yield replace(
                said[0], claimant=None, claimant_side=None, via=None, verbatim=False,
                value=NOT[said[0].value], doubt=None, part=None, ended=None, statement=words,
                because=(fold(words),),
            )  # fmt: skip

    def _read_sentence(self, sentence: Sentence, language: Language) -> Iterator[Proposal]:
        last = self.last_day.when if self.last_day else None
        days = [
            Day(d.start + sentence.start, d.end + sentence.start, d.when)
            for d in find_days(sentence.text, language.code, self.written, last)
        ]
        dated = [Span(d.start, d.end) for d in days]
        times = list_other_times(sentence.text, language, self.written)
        timed = [Span(sentence.start + start, sentence.start + end) for start, end in times]
        kept: dict[tuple[object, ...], tuple[Proposal, Use]] = {}
        earlier: tuple[Use, Assertion] | None = None
        marks = self._mark(sentence, language, [*dated, *timed])
        uses = find_uses(sentence.text, language.code)
        phrases = [Span(use.start, use.end) for use in uses]
        speaking = find_speaking(dict(marks)[None], self.text, sentence, language) if uses else []
        parted = part(sentence.text, language, phrases, speaking) if uses else None
        for use in uses:
            placed = replace(use, start=use.start + sentence.start, end=use.end + sentence.start)
            read = self._read_use(placed, sentence, language, marks, earlier)
            if read is None or parted is None:
                continue
            proposal, assertion = read
            earlier = (placed, assertion)
            dated_at = self._date(proposal, sentence, days, marks)
            proposal = replace(proposal, made_on=dated_at)
            for one in self._settle(proposal, use, parted, days, sentence.paragraph):
                key = (one.claimant, one.definition, one.value, one.tense, one.place)
                kept.setdefault(key, (one, use))
        said = [one for one, _ in kept.values()]
        if kept and parted is not None and not self.asking:
            said = self._answer(list(kept.values()), parted, phrases, language)
        yield from self._deny(said, sentence, language)
        self._remember(sentence, days, marks, language)

    def _settle(
        self, proposal: Proposal, use: Use, parted: Parted, days: list[Day], paragraph: int
    ) -> Iterator[Proposal]:
        """Give a claim its place and its time: one for each place of a list, none where unsure."""
        sites, several = parted.find_sites(use.start, use.end)
        dated = [Span(d.start - proposal.start, d.end - proposal.start) for d in days]
        now = next((d.when for d in days if d.when), self.written)
        time = find_other_time(parted, use.start, dated, now)
        if self.past and self.past[0] == paragraph and not days and WAS.search(fold(parted.text)):
            time = time or self.past[1]
        time = time if proposal.tense == "present" else None
        if (believed := BELIEVED.search(parted.text)) and proposal.unread is None:
            proposal = replace(proposal, unread=believed[0], unread_as="speaker")
        # who denies it may clear a word that may deny, and neither the place nor the time
        beside = f"{ALSO}{proposal.unread}" if proposal.unread else ""
        if several:
            proposal = replace(proposal, unread=f"{several}{beside}", unread_as="place")
        if time:
            proposal = replace(
                proposal, unread=f"{time}{beside}", unread_as="time", made_on=None
            )  # fmt: skip
        for site in sites:
            yield replace(proposal, place=site.name, heard=parted.hear(site))
        if not sites:
            yield replace(proposal, heard=parted.hear(None))

    def _answer(
        self, kept: list[tuple[Proposal, Use]], parted: Parted, phrases: Sequence[Span],
        language: Language,
    ) -> list[Proposal]:  # fmt: skip
        """Add what clauses say of another place or speaker without saying again what."""
        said = [proposal for proposal, _ in kept]
        for answer in parted.find_answers(phrases):
            base, use = next((k for k in reversed(kept) if k[1].end <= answer.start), kept[0])
            who = self._name_denier(answer.who, language) if answer.who else None
            is_read = answer.denies and base.value != use.term.value and not answer.site
            if base.unread or base.tense == "conditional" or is_read:
                continue
            if (answer.who and who is None) or not (answer.site or who):
                words = parted.text[answer.start : answer.end].strip(STRIPPED)
                said = [p if p.unread else replace(p, unread=words, unread_as="speaker")
                        for p in said]  # fmt: skip
                continue
            words = parted.text[answer.start : answer.end].strip(STRIPPED)
            value = NOT[base.value]
            if answer.denies is not None:
                value = NOT[use.term.value] if answer.denies else use.term.value
            if TOO.search(fold(words)):
                value = base.value  # *A is not, and B too*: the same is said of both
            site = answer.site
            at = answer.site.name if answer.site else base.place
            if (who.name if who else base.claimant, at) == (base.claimant, base.place):
                continue
            said = [replace(p, statement=p.statement.removesuffix(words).strip(STRIPPED))
                    if who and not p.verbatim else p for p in said]  # fmt: skip
            said.append(replace(
                base, value=value, place=at, because=(fold(words),),
                claimant=who.name if who else base.claimant,
                claimant_side=who.side if who else base.claimant_side, via=None, verbatim=False,
                statement=words, hedged=False, doubt=None, part=None, ended=None, number=None,
                heard=parted.hear(site) if site else base.heard,
            ))  # fmt: skip
        return said

    def _deny(
        self, said: list[Proposal], sentence: Sentence, language: Language
    ) -> Iterator[Proposal]:
        """Give what a sentence says, and who denies it, or what the one before it says."""
        here = self.numbers[sentence]
        before = self.said[1] if self.said and self.said[0] == here - 1 else None
        denied = said[-1] if said else before
        end = denied.phrase_start + len(denied.phrase) if said and denied else sentence.start
        found = None
        if denied is not None and denied.tense != "conditional" and not self.asking:
            words = self.text[end : sentence.end]
            found = find_denial(words, language.code, alone=not said)
        if denied and found and denied.unread_as == "denial":  # the denier's word, and read now
            denied = replace(denied, unread=None)
        yield from [*said[:-1], denied] if said and denied else said
        if said:
            self.said = (here, said[-1])
        if denied is None or found is None:
            return
        who = self._name_denier(found.who, language)
        if who is not None and who.name != denied.claimant:
            yield replace(
                denied, claimant=who.name, claimant_side=who.side, via=None, verbatim=False,
                value=NOT[denied.value], doubt=None, part=None, ended=None,
                statement=" ".join(self.text[end + found.start : end + found.end].split()),
                because=(fold(self.text[end + found.start : end + found.end]),),
            )  # fmt: skip

    def _name_denier(self, who: str, language: Language) -> Claimant | None:
        return Memory(self.memory.last, list(self.memory.names)).name(who, language)

    def _mark(
        self, sentence: Sentence, language: Language, dated: Sequence[Span]
    ) -> list[tuple[Span | None, list[Mark]]]:
        """Find what attributes, outside quotations and inside each of them."""
        met = [q for q in self.quotes if q.meets(sentence) and self._is_speech(q)]
        host = self._find_host(sentence, met)
        outside = find_marks(self.text, host, language, [*met, *dated])
        found: list[tuple[Span | None, list[Mark]]] = [(None, outside)]
        for quote in met:
            inside = Span(max(quote.start, sentence.start), min(quote.end, sentence.end))
            found.append((quote, find_marks(self.text, inside, language, dated)))
        return found

    def _is_speech(self, quote: Span) -> bool:
        return len(re.findall(r"[\w'’-]+", self.text[quote.start : quote.end])) >= LEAST_SPEECH

    def _find_host(self, sentence: Sentence, quotes: Sequence[Span]) -> Span:
        """Find the sentences through which the quotations of one run."""
        start, end = sentence.start, sentence.end
        for other in self.sentences if quotes else ():
            if other.paragraph == sentence.paragraph and any(q.meets(other) for q in quotes):
                start, end = min(start, other.start), max(end, other.end)
        return Span(start, end)

    def _read_use(
        self,
        use: Use,
        sentence: Sentence,
        language: Language,
        marks: list[tuple[Span | None, list[Mark]]],
        earlier: tuple[Use, Assertion] | None,
    ) -> tuple[Proposal, Assertion] | None:
        quote = next((q for q, _ in marks if q is not None and q.holds(use.start)), None)
        mark, claimant, via = self._attribute(use, quote, marks, language)
        since = earlier[0].end if earlier else 0
        if SNAPPED.fullmatch(fold(self.text[max(0, use.start - 6) : use.end])):
            return None
        clause = find_clause(self.text, sentence, use, quote, mark, language, since)
        context = self._context(sentence)
        if not is_about_forces(
            self.text, sentence, use, clause, language, context, goes_on=earlier is not None
        ):
            return None
        joined = earlier is not None and self._is_joined(earlier[0], use, language)
        assertion = read_assertion(
            self.text, sentence, use, clause, mark, language, asking=self.asking, goes_on=joined
        )
        claimant, via = (None, None) if self.asking else (claimant, via)
        if assertion is None or (mark is not None and mark.negated):
            return None
        if earlier and joined and not assertion.because:
            assertion = replace(
                earlier[1], definition=use.term.definition, hedged=earlier[1].hedged
            )
        unread = None if self.asking else find_unread_denial(sentence, use, assertion, language)
        sense = find_other_sense(self.text, use, clause, language)
        proposal = Proposal(
            claimant=claimant.name if claimant else None,
            claimant_side=claimant.side if claimant else None,
            via=via,
            made_on=None,
            statement=self._write_statement(use, sentence, quote, mark, clause),
            verbatim=quote is not None,
            definition=assertion.definition,
            value=assertion.value,
            tense=assertion.tense,
            hedged=assertion.hedged,
            doubt=assertion.doubt,
            part=assertion.part,
            ended=assertion.ended,
            number=find_number(self.text, clause, use, language),
            place=None,
            unread=unread or sense,
            unread_as="denial" if unread else "sense",
            also=use.term.also,
            phrase=self.text[use.start : use.end],
            phrase_start=use.start,
            sentence=sentence.text,
            start=sentence.start,
            end=sentence.end,
            language=language.code,
            because=assertion.because,
        )
        return proposal, assertion

    def _is_joined(self, first: Use, second: Use, language: Language) -> bool:
        """Tell whether two phrases share what turns them round: *not encircled or cut off*."""
        between = fold(self.text[first.end : second.start])
        words = re.findall(r"[\w']+", between)
        joined = {
            "and",
            "or",
            "nor",
            "та",
            "і",
            "й",
            "або",
            "чи",
            "и",
            "или",
            "und",
            "oder",
            "noch",
        }
        same = first.term.value == second.term.value and not set(words) & set(language.that)
        return same and len(between) <= JOINED and len(words) <= 2 and set(words[:1]) <= joined  # noqa: PLR2004 - *or completely*

    # who

    def _attribute(
        self,
        use: Use,
        quote: Span | None,
        marks: list[tuple[Span | None, list[Mark]]],
        language: Language,
    ) -> tuple[Mark | None, Claimant | None, str | None]:
        by_quote = dict(marks)
        speaker = self._find_speaker(quote, by_quote[None], language) if quote else None
        inside = choose_mark(by_quote[quote], use.start) if quote else None
        chosen = inside or (None if quote else choose_mark(by_quote[None], use.start))
        if chosen is None:
            return None, speaker, None
        mark, outer = chosen
        claimant = self._name(mark, language)
        teller = speaker or (self._name(outer, language) if outer else None)
        told = teller.name if teller and claimant and teller.name != claimant.name else None
        return mark, claimant, told

    def _name(self, mark: Mark, language: Language) -> Claimant | None:
        memory = Memory(self.memory.last, list(self.memory.names))
        return memory.name(mark.subject, language)

    def _find_speaker(
        self, quote: Span, outside: Sequence[Mark], language: Language
    ) -> Claimant | None:
        """Find who speaks a quotation: named just before it, just after it, or last."""
        if quote not in self.spoken:
            near = sorted(
                (m for m in outside if m.kind != "claim"),
                key=lambda m: (
                    abs(quote.start - m.end) if m.end <= quote.start else abs(m.start - quote.end)
                ),
            )
            self.spoken[quote] = self._name(near[0], language) if near else self.memory.last
        return self.spoken[quote]

    def _remember(
        self,
        sentence: Sentence,
        days: list[Day],
        marks: list[tuple[Span | None, list[Mark]]],
        language: Language,
    ) -> None:
        for quote, found in marks:
            for mark in found:
                if quote is None and mark.kind != "claim":
                    self.memory.name(mark.subject, language)
        known = [day for day in days if day.when]
        if known:
            self.last_day = known[-1]
            self.paragraph_day = (sentence.paragraph, known[-1])
            self.past = None
        elif not any(mark.kind != "claim" for mark in dict(marks)[None]):  # else he spoke then
            for start, end in list_other_times(sentence.text, language, self.written):
                self.past = (sentence.paragraph, sentence.text[start:end])

    # when and where

    def _date(
        self,
        proposal: Proposal,
        sentence: Sentence,
        days: list[Day],
        marks: list[tuple[Span | None, list[Mark]]],
    ) -> str | None:
        """Date a statement: the day nearest the words that attribute it, or the paragraph's."""
        known = [day for day in days if day.when]
        chosen = choose_mark(dict(marks)[None], proposal.phrase_start)
        place = chosen[0].start if chosen else proposal.phrase_start
        if known:
            nearest = min(known, key=lambda day: abs(day.start - place))
            return str(nearest.when)
        if self.paragraph_day and self.paragraph_day[0] == sentence.paragraph:
            return str(self.paragraph_day[1].when)
        return str(self.written) if self.written else None

    def _context(self, sentence: Sentence) -> str:
        """Give the sentences just before, for what a pronoun stands for."""
        here = self.numbers[sentence]
        return " ".join(s.text for s in self.sentences[max(0, here - 3) : here])

    def _write_statement(
        self, use: Use, sentence: Sentence, quote: Span | None, mark: Mark | None, clause: Clause
    ) -> str:
        """Write what was said: the quotation, or the words a speaker is told to have said."""
        if quote is not None:
            said = self.text[max(quote.start, sentence.start) : min(quote.end, sentence.end)]
            return said.strip(STRIPPED)
        if mark is None or mark.kind == "denies":  # what is denied is not what was said
            return sentence.text
        start = max(mark.reach.start, sentence.start)
        said, before = self.text[start : clause.whole.end], self.text[start : use.start]
        begins = 0
        if mark.leads and mark.kind != "according" and sentence.language:
            begins = _find_beginning(fold(before), LANGUAGES[sentence.language])
        return said[begins:].strip(STRIPPED) or sentence.text


def _find_beginning(said: str, language: Language) -> int:
    """Find where what was said begins: after *told the press that*, not after *no proof that*."""
    that = re.match(rf"(?:[^;:]{{0,60}}?(?<!\w))?(?:{'|'.join(language.that)})(?!\w)", said)
    turns = compile_any((*language.negations, *language.no_evidence, *language.avoids))
    return that.end() if that and not turns.search(that[0]) else 0
