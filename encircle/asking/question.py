"""What is asked: a claim as a text makes it, with what a person corrected."""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, time
from typing import TYPE_CHECKING, Any, cast, get_args

from encircle.asking.whose import find_side
from encircle.claims.answer import FaultyClaim
from encircle.errors import InputFault, QuestionError, SituationError
from encircle.formats.claims_file import read_rows
from encircle.notices import Notice
from encircle.places.letters import fold
from encircle.situation import Claim, Definition
from encircle.words.days import find_days
from encircle.words.extraction import propose_claims

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from encircle.words.extraction import Proposal
    from encircle.words.lexicon.entry import Code

Json = dict[str, Any]
FORCE = "force"
"""Id of the force asked about, on every map made for the question."""
MOST_TEXT = 200_000
"""Characters of a text that is searched for a claim; a long article has 50,000."""
NOON = time(12, tzinfo=UTC)
MOST_LISTED = 9
COUNTRIES = ("UA", "RU")
"""Where a town is looked for that a text names; the lexicon has the places of other wars."""
_NAME = r"(?P<name>[^\W\d_a-zа-яіїєґёäöüß][\w'’ʼ-]+(?:[ ][^\W\d_a-zа-яіїєґёäöüß][\w'’ʼ-]+){0,2})"
_AT_NAME = re.compile(
    r"(?<!\w)(?:[Aa]t|[Ii]n|[Nn]ear|[Aa]round|[Oo]utside|[Oo]f|[Bb]ei|[Uu]m|[Nn]ahe|[Уу]|[Вв]|[Пп]ід|[Бб]іля"
    rf"|[Пп]од|[Вв]озле|[Оо]коло|[Рр]айоне|[Рр]айоні)\s+{_NAME}"
)
_ANY_NAME = re.compile(rf"(?<!\w){_NAME}")
_BARE_YEAR = re.compile(
    r"(?<!\w)(?:in|im|у|в)\s+(?:(?:early|late|mid|jahr)[\s-]+)?(?:[^\W\d]{3,10}\s+)?"
    r"((?:19|20)\d\d)(?=\s*(?:$|[.,;:!?»”\"]|"
    r"році|году|(?:[^\W\d]+\s+){1,6}?(?:are|were|was|is|had|have|has)(?!\w)))"
)
"""A year after *in*, with or without a month, folded."""
_JOINED_NAMES = re.compile(
    r"(?<!\w)(?P<one>[^\W\d_a-zа-яіїєґёäöüß][\w'’-]+)\s+(?:and|und|и|та|і|й)\s+"
    r"(?:(?:at|in|near|around|bei|um|під|біля|у|в|под|около)\s+)?"
    r"(?=(?P<other>[^\W\d_a-zа-яіїєґёäöüß][\w'’-]+))"
)
"""Two names that *and* joins: *at Sudzha and Pokrovsk*."""
_NO_PLACE = re.compile(
    r"(?:ukrain|russ|росі|росс|украин|україн|march|may|putin|trump|зсу|всу|kyiv's|moscow's)[\w'’ ]*"
    r"|(?:the|a|der|die|das|all|thousands|experts|they|he|she|it)(?: .*)?"
)
"""Words written like names that are none of a town's, folded."""
DEFINITIONS = get_args(Definition)


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

    def to_dict(self) -> Json:
        """Write the claim as it was understood."""
        made_at = self.claim.made_at
        return {
            "claimant": self.claim.claimant,
            "claimant_side": self.claim.claimant_side,
            "made_at": f"{made_at:%Y-%m-%dT%H:%M:%SZ}" if made_at else None,
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
    corrections
        What a person says of it.

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
    proposals = propose_claims(text, given.made_at.date() if given.made_at else None)
    chosen = _choose(proposals, given)
    return _from_proposal(chosen, text, given) if chosen else _from_definition(text, given)


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
         "sentence": " ".join(p.sentence.split())}
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


def _from_proposal(proposal: Proposal, text: str, given: Corrections) -> Asked:
    at = proposal.phrase_start - proposal.start
    side = find_side(proposal.sentence, at, at + len(proposal.phrase))
    made_at = _date(proposal.made_on)
    number = proposal.number
    year = _find_bare_year(proposal.sentence)
    if number is not None and (number == year or _is_year(number, proposal)):
        number = None
    if year and given.made_at is None and (made_at is None or made_at.year != year):
        raise _fault("/made_at", f"the claim speaks of {year}, and of no day that can be read",
                     f"Give the day (--date {year}-MM-DD)")  # fmt: skip
    asserts: Json = {
        "definition": proposal.definition, "value": proposal.value, "tense": proposal.tense,
        "hedged": proposal.hedged,
    }  # fmt: skip
    if number is not None:
        asserts["number"] = number
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
    place = proposal.place or _find_place(proposal.sentence) or _find_place(text)
    notices = () if given.place else tuple(_tell_joined_places(proposal.sentence, place))
    return _correct(Asked(claim, side, place, notices, told), given)


def _from_definition(text: str, given: Corrections) -> Asked:
    """Take the text as the claim where a person says which definition it uses."""
    if given.definition is None:
        raise _fault(
            "/claim",
            "no words for a force being cut off were found in the claim",
            "Say which definition it uses (--definition land_cut for encircled, surrounded, cut "
            f"off; one of {', '.join(DEFINITIONS)}), and --value no where it denies it",
        )
    start = len(text)
    asserts: Json = {"definition": given.definition, "value": given.value or "yes"}
    claim = Claim(id="claim-1", geometry=None, statement=text[:2000], asserts=asserts)
    return _correct(Asked(claim, find_side(text, start, start), _find_place(text)), given)


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
        replace(claim, asserts=asserts), side, place or (_find_place(statement) or None)
    )  # fmt: skip
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
        f"The claim is undated: it was taken as of the latest map's day, {latest.day} "
        f"{latest:%B %Y} (--date gives another)."
    )
    notice = Notice("claim_undated", "caution", said)
    claim = replace(asked.claim, made_at=datetime.combine(latest.date(), NOON))
    return replace(asked, claim=claim, notices=(*asked.notices, notice))


# -- small readings of the text ----------------------------------------------------------------


def _find_place(text: str) -> str | None:
    """Find the town a text names, in any alphabet: after *at* and the like, else anywhere."""
    from encircle.places import find_places  # noqa: PLC0415 - read only when needed

    for pattern in (_AT_NAME, _ANY_NAME):
        for found in pattern.finditer(text):
            words = found["name"].split()
            for count in range(len(words), 0, -1):
                name = " ".join(words[:count]).strip(".,;:!?\"'»”")
                if not _NO_PLACE.fullmatch(fold(name)) and find_places(name, countries=COUNTRIES):
                    return name
    unknown = _AT_NAME.search(text)  # misspelt, perhaps: whoever looks it up says what is near
    if unknown is None or _NO_PLACE.fullmatch(fold(unknown["name"])):
        return None
    return unknown["name"].split()[0]


def _tell_joined_places(sentence: str, taken: str | None) -> Iterator[Notice]:
    """Tell that a claim is about two towns in one breath: a piece of ground is of one of them."""
    from encircle.places import find_places  # noqa: PLC0415 - read only when needed

    for found in _JOINED_NAMES.finditer(sentence):
        names = (found["one"], found["other"])
        read = [
            [] if _NO_PLACE.fullmatch(fold(name)) else find_places(name, countries=COUNTRIES)
            for name in names
        ]
        if all(read) and read[0][0] != read[1][0]:
            said = (
                f"The claim names {names[0]} and {names[1]}; it was held against one force only, "
                f"that at {taken}. Ask of the other apart (--place NAME)."
            )
            yield Notice("several_places", "caution", said)


def _find_bare_year(sentence: str) -> int | None:
    """Find a year that no day stands with: *in August 2024*, *in 1943*."""
    found = _BARE_YEAR.search(fold(sentence))
    return int(found[1]) if found else None


def _is_year(number: float, proposal: Proposal) -> bool:
    """Tell a head count from the year of a date."""
    days = find_days(proposal.sentence, cast("Code", proposal.language), None, None)
    inside = (proposal.sentence[d.start : d.end] for d in days)
    return any(re.search(rf"(?<!\d){number:g}(?!\d)", part) for part in inside)


def _date(day: str | None) -> datetime | None:
    return datetime.combine(datetime.fromisoformat(day).date(), NOON) if day else None


def _fault(pointer: str, message: str, remedy: str) -> SituationError:
    return SituationError([InputFault(pointer, message, remedy)])
