"""
What is asked: a claim as a text makes it, with what a person corrected.

Long for one reason: a question is read in one sequence, from its text to what is asked.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, time, timedelta
from typing import TYPE_CHECKING, Any, cast, get_args

from encircle.claims.asking.places import find_place, name_region
from encircle.claims.asking.whose.named import Named, find_named, means_speakers
from encircle.claims.asking.whose.whose import OTHER, find_mentions, find_side, names_side
from encircle.claims.claims_file import read_rows
from encircle.claims.rating.answer import FaultyClaim
from encircle.claims.words.attribution import hide_speaking_places
from encircle.claims.words.days import Day, find_days
from encircle.claims.words.extraction import WHY_OPEN, propose_claims
from encircle.claims.words.lexicon import LANGUAGES, detect_language, find_uses
from encircle.claims.words.lexicon import find_places as find_mentions_of_places
from encircle.claims.words.sentences import split_sentences
from encircle.claims.words.speakers import recognise
from encircle.claims.words.unread import find_unread_languages, say_unread
from encircle.errors import InputFault, QuestionError, SituationError
from encircle.map.days import say_day, write_instant
from encircle.map.notices import Notice
from encircle.map.options import Options
from encircle.map.situation import Claim, Definition
from encircle.places import find_known
from encircle.places.letters import fold
from encircle.verdict.judgement import WORDINGS

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from encircle.claims.words.extraction import Proposal
    from encircle.claims.words.lexicon.entry import Code

Json = dict[str, Any]
FORCE = "force"
"""Id of the force asked about, on every map made for the question."""
MOST_TEXT = 200_000
"""Characters of a text that is searched for a claim; a long article has 50,000."""
NOON = time(12, tzinfo=UTC)
MOST_LISTED = 9
_ASKS_WHICH = re.compile(
    r"\W*((?:by\s+)?(?:who|whom|whose|which|what|when|where|why|how)|хто|кого|чиї|коли|де|чому|як|"
    r"скільки|як(?:а|і|ий|их)|кто|чьи|когда|где|почему|как|сколько|как(?:ие|ой|ая|их)|wer|wen|"
    r"wessen|wann|wo|warum|wieso|wie|welche[rsnm]?)(?!\w)"
)
"""A question that no yes or no answers, folded."""
_SINCE = re.compile(r"(?<!\w)(?:since|from|seit|с|со|з|від|ab)\s+(?:the\s+|dem\s+)?$")
DEFINITIONS = get_args(Definition)
REMEDIES = (
    ("/place", "Give the part that is meant, or --place NAME with --value yes or no"),
    ("/made_at", "Give a day of that time (--date YYYY-MM-DD), without words counted from another"),
    ("/value", "Read the claim, and say with --value yes or --value no what it asserts"),
)
"""What a person can say of a claim that leaves open where, when or what: pointer and remedy."""


@dataclass(frozen=True, slots=True)
class Corrections:
    """What a person says of the claim, over whatever the text was understood to say."""

    claimant: str | None = None
    claimant_side: str | None = None
    made_at: datetime | None = None
    definition: str | None = None
    value: str | None = None
    number: float | None = None
    side: str | None = None
    place: str | None = None
    claim: int | None = None
    """Which of several claims, counted from 1."""


@dataclass(frozen=True, slots=True)
class Asked:
    """One claim about one force, somewhere."""

    claim: Claim
    side: str | None
    """Whose force; None: the claim does not say."""
    place: str | None
    """Where, as the claim or the person says it."""
    notices: tuple[Notice, ...] = ()
    told: Json = field(default_factory=dict)
    """What else the text was understood to say: language, phrase, sentence."""
    heard: str = ""
    """The sentence as far as it is about that place."""
    named: Named | None = None
    """The force cut off, where the claim names it by words that tell no side of themselves."""

    @property
    def is_verbatim(self) -> bool:
        """Tell whether the words are the claimant's own: of nobody named they are those typed."""
        return self.claim.claimant is None or self.told.get("verbatim") is not False

    def to_dict(self) -> Json:
        """Write the claim as it was understood."""
        made_at = self.claim.made_at
        return {
            "claimant": self.claim.claimant,
            "claimant_side": self.claim.claimant_side,
            "made_at": write_instant(made_at) if made_at else None,
            "statement": self.claim.statement,
            "url": self.claim.url,
            "archive_url": self.claim.archive_url,
            "asserts": {**self.claim.asserts, "force": None},
            "side": self.side,
            "place": self.place,
            **({"proposed": self.told} if self.told else {}),
        }


def read_question(said: str | Mapping[str, Any], corrections: Corrections | None = None) -> Asked:
    """
    Understand what is asked.

    Parameters
    ----------
    said
        A sentence or a text, or a claim as `claims extract --json` writes one.

    Raises
    ------
    SituationError
        If no claim is found in the text, or a correction is none.
    QuestionError
        If the text makes several claims.
    """
    given = corrections or Corrections()
    _check(given)
    if not isinstance(said, str):
        return _read_written(said, given)
    text = said.strip()
    if not text:
        raise _fault("/claim", "the claim is empty", "Give a sentence, or a file with one")
    if len(text) > MOST_TEXT:
        raise _fault("/claim", f"a text of {len(text)} characters", "Give the part with the claim")
    written = given.made_at.date() if given.made_at else None
    proposals = propose_claims(text, written)
    questions = [] if proposals else propose_claims(text, written, asking=True)
    chosen = _choose(proposals or questions, given)
    if chosen is None:
        return _from_definition(text, given)
    if questions and (which := _ASKS_WHICH.match(fold(chosen.sentence))):
        raise _fault("/claim", f"a question of {which[1]!r} has no yes or no, and claims nothing",
                     "Ask whether they are, or say as a statement that they are")  # fmt: skip
    return _from_proposal(chosen, text, given, is_question=bool(questions))


def _check(given: Corrections) -> None:
    if given.definition is not None and given.definition not in DEFINITIONS:
        raise _fault(
            "/definition", f"{given.definition!r} is no definition",
            f"Give one of {', '.join(DEFINITIONS)}",
        )  # fmt: skip
    if given.value not in (None, "yes", "no"):
        raise _fault("/value", f"{given.value!r} is neither yes nor no",
                     "Give yes, or no where the claim denies it")  # fmt: skip
    if given.number is not None and not 0 < given.number < 1e9:  # noqa: PLR2004 - people on Earth
        raise _fault("/number", f"{given.number:g} is no head count", "Give a number of people")


def _choose(proposals: Sequence[Proposal], given: Corrections) -> Proposal | None:
    """Choose the claim meant; the same said twice in one text is one claim."""
    kept: dict[tuple[object, ...], Proposal] = {}
    for p in proposals:
        key = (p.claimant, p.definition, p.value, p.tense, p.place, p.number)
        kept.setdefault(key, p)
    distinct = list(kept.values())
    if given.place and len({p.place for p in distinct}) > 1:  # each place has a claim of its own
        meant = {known.name for known in find_known(given.place)} | {given.place}
        distinct = [p for p in distinct if p.place in meant] or distinct
    if not distinct:
        if given.claim not in (None, 1):
            raise _fault("/claim_number", "the text makes no such claim", "Leave it out")
        return None
    if given.claim is not None:
        if not 1 <= given.claim <= len(distinct):
            raise _fault("/claim_number", f"there is no claim {given.claim}",
                         f"Give 1 to {len(distinct)} (--claim)")  # fmt: skip
        return distinct[given.claim - 1]
    if len(distinct) > 1:
        raise _ask_which_claim(distinct)
    return distinct[0]


def _ask_which_claim(proposals: Sequence[Proposal]) -> QuestionError:
    listed = [
        {"claim": n, "claimant": p.claimant, "made_on": p.made_on, "definition": p.definition,
         "value": p.value, "place": p.place, "number": p.number,
         "sentence": _tell_apart(p, proposals)}
        for n, p in enumerate(proposals, 1)
    ]  # fmt: skip
    document = {"question": "which_claim", "claims": listed, "answer_with": "--claim 1"}
    lines = [f"The text makes {len(listed)} claims. Which one is asked about?"]
    for row in listed[:MOST_LISTED]:
        who = row["claimant"] or "the text itself"
        lines.append(f"  --claim {row['claim']}  {who}: {row['sentence']}")
    if len(listed) > MOST_LISTED:
        lines.append(f"  and {len(listed) - MOST_LISTED} more; `encircle claims extract` lists all")
    return QuestionError(document, "\n".join(lines))


def _tell_apart(proposal: Proposal, others: Sequence[Proposal]) -> str:
    """Give a sentence; where it makes several claims, with which of its places this is of."""
    sentence = " ".join(proposal.sentence.split())
    if [p.sentence for p in others].count(proposal.sentence) == 1:
        return sentence
    told = [proposal.place or "", "denied" if proposal.value == "no" else ""]
    return f"{sentence} [{', '.join(filter(None, told)) or 'asserted'}]"


def _from_proposal(
    proposal: Proposal, text: str, given: Corrections, *, is_question: bool
) -> Asked:
    _refuse_open(proposal, given)
    at = proposal.phrase_start - proposal.start
    side = find_side(proposal.heard, at, at + len(proposal.phrase))
    own_words = proposal.statement
    if proposal.phrase not in own_words and names_side(
        fold(own_words)
    ):  # *the Russians there are not*
        side = find_side(own_words, len(own_words), len(own_words))
    made_at = _date(proposal.made_on)
    if own := _find_own_time(proposal, given):
        made_at, given = own, replace(given, made_at=own)
    asserts: Json = {
        "definition": proposal.definition, "value": proposal.value, "tense": proposal.tense,
        "hedged": proposal.hedged,
    }  # fmt: skip
    if proposal.number is not None:
        asserts["number"] = proposal.number
    claim = Claim(
        id="claim-1", geometry=None, claimant=proposal.claimant,
        claimant_side=proposal.claimant_side, made_at=made_at, statement=proposal.statement,
        asserts=asserts,
    )  # fmt: skip
    told = {
        "sentence": proposal.sentence, "phrase": proposal.phrase, "language": proposal.language,
        "via": proposal.via, "verbatim": proposal.verbatim, "doubt": proposal.doubt,
        "also": list(proposal.also),
    }  # fmt: skip
    begin, end = proposal.start, proposal.start + len(proposal.heard)
    shown = _hide_speakers(proposal.heard)
    rest = _hide_speakers(text[:begin] + proposal.heard + text[end:])
    region = _find_region(shown, proposal.place)
    place = region or proposal.place or find_place(shown) or find_place(rest)
    where = region or name_region(place, proposal.heard)
    if proposal.unread_as == "place" and proposal.unread:
        side = None  # the side at one of the places is not that at the other
    asked = Asked(claim, side, where, told=told, heard=proposal.heard)
    place_of = at, at + len(proposal.phrase)
    language = cast("Code", proposal.language)
    asked = _correct(_name_force(asked, proposal.heard, place_of, language, given), given)
    notices = (
        *(_tell_question(asked.claim.asserts) if is_question else ()),
        *_tell_ended(proposal.ended, asked.claim.asserts),
        *_tell_part(proposal.part, asked.place),
        *_tell_other_day(proposal, given, is_own=own is not None),
    )
    return replace(asked, notices=notices)


def _refuse_open(proposal: Proposal, given: Corrections) -> None:
    """Refuse what is left to a person, unless he has said what it asserts, and of which place."""
    if proposal.unread is None:
        return
    why, says_where = proposal.unread_as, given.place is not None
    if why != "time" and given.value is not None and (why != "place" or says_where):
        return
    pointer, remedy = {"place": REMEDIES[0], "time": REMEDIES[1]}.get(why, REMEDIES[2])
    raise _fault(pointer, f"{proposal.unread!r} {WHY_OPEN[why]}", remedy)


def _find_own_time(proposal: Proposal, given: Corrections) -> datetime | None:
    """Find the day a claim speaks of where that is long before the day it is said to be made."""
    own = _date(proposal.made_on)
    if own is None or given.made_at is None or own not in {
        _date(str(d.when)) for d in _list_days(proposal, given.made_at)
    }:  # fmt: skip
        return None
    return own if given.made_at - own > timedelta(days=Options().stale_after_days) else None


def _list_days(proposal: Proposal, said_at: datetime) -> list[Day]:
    """List the days a claim names, but for that since which it was so."""
    days = find_days(proposal.sentence, cast("Code", proposal.language), said_at.date(),
                     said_at.date())  # fmt: skip
    return [d for d in days if d.when and not _SINCE.search(fold(proposal.sentence[: d.start]))]


def _name_force(
    asked: Asked, sentence: str, place: tuple[int, int], code: Code | None, given: Corrections
) -> Asked:
    """
    Say whose force is cut off where its words depend on who speaks: *the enemy*, *our troops*.

    Of a speaker whose side is not known, and of a name that is neither side's, the words are kept:
    a map may know them, and nobody else's force is taken for it.
    """
    if given.side or code is None:
        return asked
    speaker = given.claimant_side or asked.claim.claimant_side
    named = find_named(sentence, *place, code)
    if named is None and asked.side is None and speaker and means_speakers(sentence, *place, code):
        named = Named("we", "own")
    if named is None:
        return replace(asked, named=_name_by_side(sentence, asked.side))
    if named.relation != "name" and speaker in OTHER:
        return replace(asked, side=speaker if named.relation == "own" else OTHER[speaker])
    return replace(asked, side=None, named=named)


def _name_by_side(sentence: str, side: str | None) -> Named | None:
    """Give the words by which a side's force is named, for a map of another war."""
    told = [m for m in find_mentions(fold(sentence)) if m.side == side and not m.is_agent]
    return Named(sentence[told[0].start : told[0].end], "name") if told else None


def _from_definition(text: str, given: Corrections) -> Asked:
    """Take the text as the claim where a person says which definition it uses."""
    if given.definition is None:
        raise _fault(
            "/claim",
            _say_why_none(text),
            "Say which definition it uses (--definition land_cut for encircled, surrounded, cut "
            f"off; one of {', '.join(DEFINITIONS)}), and --value no where it denies it",
        )
    start = len(text)
    asserts: Json = {"definition": given.definition, "value": given.value or "yes"}
    claim = Claim(id="claim-1", geometry=None, statement=text[:2000], asserts=asserts)
    shown = _hide_speakers(text)
    place = _find_region(shown, None) or name_region(find_place(shown), text)
    asked = Asked(claim, find_side(text, start, start), place)
    asked = _name_force(asked, text, (start, start), detect_language(text), given)
    return _correct(asked, given)


def _say_why_none(text: str) -> str:
    """Say why a text gives no claim: it has no words for one, or they claim nothing there."""
    found = [
        sentence.text[use.start : use.end]
        for sentence in split_sentences(text) if sentence.language is not None
        for use in find_uses(sentence.text, sentence.language)
    ]  # fmt: skip
    if not found:
        unread = find_unread_languages(text)
        if unread:
            return say_unread(unread)
        return "no words for a force being cut off were found in the claim"
    return (
        f"{found[0]!r:.80} was found in the claim, but nothing is plainly claimed with it: it is "
        "asked, mentioned, left open or denied twice over, or it is said of something else than a "
        "force"
    )


def _read_written(said: Mapping[str, Any], given: Corrections) -> Asked:
    """Take a claim that is already written down, by its members."""
    [entry] = read_rows([("/claim", dict(said))])
    if isinstance(entry, FaultyClaim):
        raise SituationError(entry.faults)
    claim = entry.claim
    asserts = {k: v for k, v in claim.asserts.items() if k != "force"}
    if asserts.get("definition") is None and claim.statement:
        read = read_question(claim.statement, replace(given, made_at=given.made_at))
        merged = {**read.claim.asserts, **{k: v for k, v in asserts.items() if v is not None}}
        known = {
            name: value for name in ("claimant", "claimant_side", "made_at", "url", "archive_url")
            if (value := getattr(claim, name)) is not None
        }  # fmt: skip
        asked = replace(read, claim=replace(read.claim, **known, asserts=merged))
        return _correct(asked, given)
    if given.claim not in (None, 1):
        told = f"there is no claim {given.claim}: one claim is given, already written down"
        raise _fault("/claim_number", told, "Leave it out (--claim)")
    proposed = said.get("proposed") if isinstance(said.get("proposed"), dict) else {}
    place = said.get("place") or (proposed or {}).get("place")
    statement = claim.statement or ""
    side = said.get("side") or find_side(statement, len(statement), len(statement))
    if not isinstance(place, str | None) or not isinstance(side, str | None):
        raise _fault("/claim", "place and side are texts", "Write them as text")
    asked = Asked(
        replace(claim, asserts=asserts), side,
        name_region(place or find_place(statement), statement),
    )  # fmt: skip
    if statement and not said.get("side"):
        code = detect_language(statement)
        uses = find_uses(statement, code) if code else []
        at = (uses[0].start, uses[0].end) if uses else (len(statement), len(statement))
        asked = _name_force(asked, statement, at, code, given)
    return _correct(asked, given)


def _correct(asked: Asked, given: Corrections) -> Asked:
    """Lay what a person says over what was understood."""
    asserts = dict(asked.claim.asserts)
    for name in ("definition", "value", "number"):
        if (value := getattr(given, name)) is not None:
            asserts[name] = value
    told = {
        name: value for name in ("claimant", "claimant_side", "made_at")
        if (value := getattr(given, name)) is not None
    }  # fmt: skip
    if given.claimant and given.claimant != asked.claim.claimant:
        known = recognise(given.claimant).side
        told.setdefault("claimant_side", known)  # not that of whom the text names
    return replace(
        asked,
        claim=replace(asked.claim, **told, asserts=asserts),
        side=given.side or asked.side,
        place=given.place or asked.place,
    )


def date_by(asked: Asked, latest: datetime) -> Asked:
    """Take an undated claim as of the day of the latest map, and tell that."""
    if asked.claim.made_at is not None:
        return asked
    said = (
        f"The claim is undated: it was taken as of the latest map's day, {say_day(latest)} "
        "(--date gives another)."
    )
    notice = Notice("claim_undated", "caution", said)
    claim = replace(asked.claim, made_at=datetime.combine(latest.date(), NOON))
    return replace(asked, claim=claim, notices=(*asked.notices, notice))


# -- small readings of the text ----------------------------------------------------------------


def _hide_speakers(text: str) -> str:
    """Hide the cities that only speak in a text: *Moscow says*."""
    code = detect_language(text)
    return hide_speaking_places(text, LANGUAGES[code]) if code else text


def _find_region(sentence: str, taken: str | None) -> str | None:
    """Find what is meant where a region is named: it, *в Сумській області*, or a town in it."""
    from encircle.places import find_regions  # noqa: PLC0415 - read only when needed

    found = find_regions(sentence)
    if not found:
        return None
    spans = [(start, end) for start, end, _ in found]
    towns = [
        m.place.name for m in find_mentions_of_places(sentence)
        if not m.place.region and not any(a <= m.start < b for a, b in spans)
    ]  # fmt: skip
    hidden = sentence
    for start, end in spans:
        hidden = hidden[:start] + " " * (end - start) + hidden[end:]
    if taken in towns:
        return None
    return next(iter(towns), None) or find_place(hidden, anywhere=False) or found[0][2].name


def _tell_part(part: str | None, place: str | None) -> Iterator[Notice]:
    """Tell that a claim is about a part of a force: a map shows ground, and no shares of men."""
    if part:
        where = f" at {place}" if place else ""
        said = (
            f"The claim is about a part of the force only ({part!r}): a map tells no part of it "
            f"from another, so what was judged is all of the ground it held{where}."
        )
        yield Notice("part_of_the_force", "caution", said)


def _tell_ended(ended: str | None, asserts: Json) -> Iterator[Notice]:
    """Tell that a claim of what has ended was judged as a denial of the day."""
    if ended and asserts["value"] == "no":
        said = (
            f"The claim says that it was so and is no longer ({ended!r}): judged as the claim that "
            f"the force is not {WORDINGS[asserts['definition']].full} (--value yes with the "
            "--date of before judges the rest)."
        )
        yield Notice("ended_by_then", "caution", said)


def _tell_question(asserts: Json) -> Iterator[Notice]:
    """Tell what a question was judged as."""
    denies = "" if asserts["value"] == "yes" else "not "
    said = (
        f"A question: judged as the claim that the force is {denies}"
        f"{WORDINGS[asserts['definition']].full}, which nobody is named to make (--value "
        f"{'no' if not denies else 'yes'} judges the contrary)."
    )
    yield Notice("question_judged", "info", said)


def _tell_other_day(proposal: Proposal, given: Corrections, *, is_own: bool) -> Iterator[Notice]:
    """Tell that the day given is none of those the claim speaks of."""
    if given.made_at is None:
        return
    said_on = given.made_at.date()
    named = {d.when for d in _list_days(proposal, given.made_at) if d.when}
    if is_own:
        said = (
            f"The claim speaks of {say_day(said_on)}: it was judged as of that day, and not of the "
            "day given (--date), when it was said."
        )
    elif not named or said_on in named:
        return
    else:
        said = (
            f"The claim speaks of {' and '.join(say_day(day) for day in sorted(named))}; it was "
            f"judged as of {say_day(given.made_at)}, the day given (--date)."
        )
    yield Notice("other_day", "caution", said)


def _date(day: str | None) -> datetime | None:
    return datetime.combine(datetime.fromisoformat(day).date(), NOON) if day else None


def _fault(pointer: str, message: str, remedy: str) -> SituationError:
    return SituationError([InputFault(pointer, message, remedy)])
