"""
Who denies what another said: *Kyiv denied it*, *something Kyiv denies*, *в Киеве это опровергли*.

The words deny without saying again what: it is what was said last.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from encircle.claims.words.lexicon import fold

if TYPE_CHECKING:
    from encircle.claims.words.lexicon import Code

LONGEST_WHO = 70
"""Whoever denies is named in so few characters."""


class Denial(NamedTuple):
    """Words that deny what was said last."""

    who: str
    start: int
    end: int


_WHO = rf"(?P<who>[^.,;:!?«»“”„\"()—–]{{2,{LONGEST_WHO}}}?)"
_EN_VERB = (
    r"(?:(?:has|have|had|also|later|strongly|flatly|categorically|promptly|quickly|firmly|"
    r"immediately|publicly|repeatedly|vehemently)\s+){0,3}"
    r"(?:denied|denies|deny|rejected|rejects|dismissed|dismisses|refuted|refutes|disputed|"
    r"disputes|rebutted|debunked)"
)
_EN_IT = (
    r"(?:it|this|that|both|such\s+(?:claims|reports|statements)|(?:the|these|those|his|its|their|"
    r"all\s+such)\s+(?:\w+\s+){0,2}(?:claim|report|statement|assertion|allegation|suggestion|"
    r"information|account|version)s?)(?!\w)"
)
_DE_VERB = (
    r"(?:bestritt(?:en)?|bestreite(?:t|n)|dementier(?:te|ten|t|en)|verneinte?n?|widersprach(?:en)?|"
    r"widerspr(?:icht|echen)|weist|wies(?:en)?|zurückweis(?:t|en))"
)
_DE_IT = (
    r"(?:das|dies|es|dem|diese[smn]?\s+\w+|(?:die|der|den)\s+(?:\w+\s+)?(?:angaben|meldung(?:en)?|"
    r"behauptung(?:en)?|darstellung(?:en)?|bericht(?:e|en)?|aussagen?))(?!\w)"
)
_RU_VERB = (
    r"(?:опроверг(?:л[аио])?|опроверга(?:ет|ют)|отрица(?:ет|ют|л[аио]?)|отверг(?:л[аио])?|"
    r"отверга(?:ет|ют))"
)
_RU_IT = (
    r"(?:это|эт[уои]\w*\s+\w+|так(?:ую|ие)\s+\w+|(?:данную\s+)?информацию|сообщения|заявлени[ея])"
)
_UK_VERB = (
    r"(?:спростува(?:в|ла|ли|ло)|спростову(?:є|ють)|запереч(?:ив|ила|или|ило)|запереч(?:ує|ують)|"
    r"відкину(?:в|ла|ли)|відкида(?:є|ють))"
)
_UK_IT = r"(?:це|цю\s+\w+|ці\s+\w+|так[іу]\s+\w+|(?:дану\s+)?інформацію|повідомлення|заяв[уи])"
_LIE = (
    r"(?:(?:a\s+|pure\s+|complete\s+|utter\s+)*(?:lies?|nonsense|fakes?|fabrications?|untrue|false|"
    r"rubbish|propaganda|disinformation|fiction|invention))"
)
_EN_CALLS = rf"(?:called|calls|branded|labelled)\s+(?:it|this|that|{_EN_IT})\s+{_LIE}"
_DE_LIE = (
    r"(?:(?:eine[rn]?\s+)?(?:reine[rn]?\s+)?(?:unsinn|lügen?|fake|falschmeldung(?:en)?|erfindung|"
    r"propaganda|desinformation|märchen|frei\s+erfunden|falsch|unwahr))"
)
_DE_CALLS = rf"(?:spr(?:icht|ach|echen|achen)\s+von|(?:nannten?|nennt)(?:\s+{_DE_IT})?)\s+{_DE_LIE}"
_RU_LIE = (
    r"(?:[\w]+\s+)?(?:ложь\w*|фейк\w*|выдумк\w*|вымысл\w*|неправд\w*|бред\w*|"
    r"дезинформаци\w*|вранье\w*)"
)
_RU_CALLS = rf"(?:назвал[аи]?|называ(?:ет|ют))\s+(?:{_RU_IT}\s+)?{_RU_LIE}"
_UK_LIE = r"(?:[\w]+\s+)?(?:брехн\w+|фейк\w*|вигадк\w+|неправд\w+|маячн\w+|дезінформаці\w+)"
_UK_CALLS = rf"(?:назва(?:в|ла|ли)|назива(?:є|ють))\s+(?:{_UK_IT}\s+)?{_UK_LIE}"
_RU_SAYS = r"(?:сказал\w*|заявил\w*|отвеча\w+|ответил\w*|говорит|пишет|считает)"
_UK_SAYS = r"(?:сказа\w+|заяви\w+|відповіда\w+|відпові\w+|каже|пише|вважає)"
_STOP = r"(?=\s*(?:[.,;:!?—–]|\Z))"


def _write_slavic(
    it: str, verb: str, calls: str, lie_says: str, joints: tuple[str, str]
) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Write the patterns of a language in which *it* stands before the verb or behind it."""
    that, but = joints
    return (
        (
            rf"{_WHO}\s+(?:{it}\s+)?(?:\w+о\s+)?{verb}(?:\s+{it})?{_STOP}",
            rf"{it}\s+{verb}\s+{_WHO}{_STOP}",
            rf"{_WHO}\s+{calls}",
            rf"{lie_says}\s+{_WHO}{_STOP}",
        ),
        (
            rf",\s*{that}\s+{_WHO}\s+(?:\w+о\s+)?{verb}{_STOP}",
            (
                rf"(?:;|,?\s+(?:{but}))\s+{_WHO}\s+(?:{calls}|(?:{it}\s+)?{verb}"
                rf"(?:\s+{it})?){_STOP}"
            ),
        ),
    )


PATTERNS: dict[Code, tuple[tuple[str, ...], tuple[str, ...]]] = {
    "en": (
        (
            rf"{_WHO}\s+{_EN_VERB}\s+{_EN_IT}",
            rf"{_WHO}\s+{_EN_VERB}{_STOP}",
            rf"{_WHO}\s+{_EN_CALLS}",
            (
                rf"[“\"]?(?:not\s+true|no|{_LIE})[,.!]?[”\"]?,?\s+{_WHO}\s+"
                rf"(?:replied|said|says|answered|responded)"
            ),
            rf"(?:that\s+is\s+|it\s+is\s+)?{_LIE},\s+(?:says|said|replied|replies)\s+{_WHO}{_STOP}",
        ),
        (
            (
                rf",?\s+(?:something|which|a\s+(?:claim|charge|report|statement)(?:\s+(?:that|which))?)"
                rf"\s+{_WHO}\s+{_EN_VERB}{_STOP}"
            ),
            (
                rf"(?:;|,?\s+(?:but|while|and|though|although))\s+{_WHO}\s+"
                rf"(?:{_EN_VERB}\s+{_EN_IT}|{_EN_CALLS})"
            ),
        ),
    ),
    "de": (
        (
            (
                rf"{_WHO}\s+{_DE_VERB}(?:\s+{_DE_IT})?(?:\s+(?:umgehend|entschieden|sofort|später|"
                rf"zurück|als\s+\w+\s+zurück)){{0,2}}{_STOP}"
            ),
            rf"{_WHO}\s+{_DE_CALLS}",
            rf"{_WHO}\s+(?:tut|tun|tat|taten)\s+{_DE_IT}\s+als\s+\w+\s+ab",
        ),
        (
            rf",\s*was\s+{_WHO}\s+(?:(?:umgehend|entschieden|sofort|später)\s+)?{_DE_VERB}",
            (
                rf"(?:;|,?\s+(?:doch|aber|und))\s+{_WHO}\s+(?:{_DE_CALLS}|{_DE_VERB}(?:\s+{_DE_IT})?"
                rf"(?:\s+zurück)?){_STOP}"
            ),
        ),
    ),
    "ru": _write_slavic(_RU_IT, _RU_VERB, _RU_CALLS, rf"(?:это\s+)?{_RU_LIE},\s+{_RU_SAYS}",
                        ("что", "но|а|однако")),
    "uk": _write_slavic(_UK_IT, _UK_VERB, _UK_CALLS, rf"(?:це\s+)?{_UK_LIE},\s+{_UK_SAYS}",
                        ("що", "але|а|проте|однак")),
}  # fmt: skip
"""By language: how a sentence of its own denies, and how the tail of one does; folded."""
LEADS = re.compile(
    r"^(?:(?:but|however|yet|later|meanwhile|in|from|на|в|во|у|из|з|із|aus|in|doch|но|однако|але|"
    r"проте|позже|пізніше|однак|auch|das)[\s,]+)+",
)
"""What stands before the name of whoever denies, folded: *in Kyiv*, *но в Киеве*."""
NOBODY = re.compile(r"(?:nobody|no\s+one|niemand|никто|ніхто|not|nicht|не)(?!\w)")
"""Who denies nothing, folded."""
ANSWER = re.compile(r"\s+(?:это|це|das|dies|es)$")
"""*В Киеве это*: what is denied, and no part of the name."""


def find_denial(sentence: str, language: Code, *, alone: bool) -> Denial | None:
    """
    Find words that deny what was said last.

    Parameters
    ----------
    sentence
        A sentence that says nothing of its own, or the end of one.
    language
        In which it is written.
    alone
        The sentence denies what the one before it says; else its end denies its own beginning.

    Examples
    --------
    >>> find_denial("Kyiv flatly denied it.", "en", alone=True).who
    'Kyiv'
    >>> find_denial(", something officials in Kyiv deny.", "en", alone=False).who
    'officials in Kyiv'
    >>> find_denial("В Киеве это опровергли.", "ru", alone=True).who
    'Киеве'
    >>> find_denial("Kyiv denied them entry.", "en", alone=True)
    """
    folded = fold(sentence)
    for pattern in PATTERNS[language][0 if alone else 1]:
        found = re.match(pattern, folded) if alone else re.search(pattern, folded)
        if found is None:
            continue
        start, end = found.span("who")
        lead = LEADS.match(folded[start:end])
        start += lead.end() if lead else 0
        tail = ANSWER.search(folded[start:end])
        end = start + tail.start() if tail else end
        who = sentence[start:end].strip()
        if who and not NOBODY.match(fold(who)):
            return Denial(who, start, found.end())
    return None
