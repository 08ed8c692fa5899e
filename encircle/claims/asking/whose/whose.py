"""Whose force does a claim speak of: the side that is cut off, not the one that cuts it off."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from encircle.places.letters import fold

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

_SIDES = {
    "UA": (
        r"ukrain\w*(?:'s)?|kyiv\w*(?:'s)?|kiev\w*(?:'s)?|kiew\w*|україн\w*|украин\w*|київ\w*"
        r"|киев\w*"
    ),
    "RU": (
        r"russia\w*(?:'s)?|russisch\w*|russland\w*|moscow\w*(?:'s)?|moskau\w*|kremlin\w*"
        r"|putin\w*(?:'s)?|росі\w*|россий\w*|русск\w*|руськ\w*|москв\w*|московськ\w*|кремл\w*"
        r"|путін\w*|путин\w*"
    ),
}
"""Beginnings of the words for a side, folded."""
FORCES = (
    r"soldier\w*|troop\w*|force|forces|men|fighter\w*|unit|units|brigade\w*|battalion\w*|division\w*|"
    r"regiment\w*|army|armies|garrison\w*|group|grouping|groups|contingent\w*|personnel|servicem[ae]n|"
    r"marines|paratrooper\w*|conscript\w*|defenders|invaders|occupiers|military|corps|militants|"
    r"soldat\w*|fallschirmj\w*|truppe\w*|streitkr\w*|einheit\w*|brigade\w*|armee\w*|verb[aä]nd\w*|kr[aä]fte\w*|k[aä]mpfer|"
    r"солдат\w*|військ\w*|войск\w*|військов\w*|военн\w*|сил\w{0,3}|бійц\w*|боец|бойц\w*|бригад\w*|"
    r"підрозділ\w*|подразделен\w*|армі\w*|арми\w*|угрупован\w*|группировк\w*|захисник\w*|"
    r"батальйон\w*|батальон\w*|полк\w{0,3}|гарнізон\w*|гарнизон\w*|десантник\w*|окупант\w*|оккупант\w*"
)
"""Words for a force, folded."""
_NAMES = {
    "UA": r"(?<!\.)ua|зсу|всу|afu|ukrainians|ukrainer\w{0,1}|українц\w*|украинц\w*|хохл\w*",
    "RU": r"(?<!\.)ru|рф|russians|russen|росіян\w*|россиян\w*|русские|русских|вс рф|зс рф",
}
"""What names a side's force by itself, folded."""
_GAP = r"(?:[\s-]+[\w'.,-]+){0,3}?[\s-]+"
BY = re.compile(
    r"(?<!niemand )(?<!keiner )(?<!tausende )(?<!einige )(?<!\w)(?:by|von|vom|durch|from)"
    r"(?:\s+(?:the|den|der|dem|die))?\s*$"
)
_ENDS_PLURAL_TOOL = re.compile(r"(?:ами|ями|ими|іми|ою|єю|ією|ией|иями|ой)$")
_ACTIVE = re.compile(
    r"(?<!\w)(?:have|has|had|haben|hat|hatten|hatte)(?:\s+(?:now|already|fully|completely|"
    r"vollständig|völlig|bereits))*\s*$"
)
_PASSIVE = re.compile(r"(?<!\w)(?:are|is|was|were|been|being|be|remain\w*|get|got|stay\w*|sind|ist|"
                      r"wurden?|waren?|worden|sitzen|sehen)(?!\w)")  # fmt: skip
OTHER = {"UA": "RU", "RU": "UA"}
"""Whose force a side cuts off."""
_ACTIVE_VERB = re.compile(
    r"(?:окруж|оточ|(?:за)?блок|отрез|відріз|(?:вз|уз)я|замкн|зажа|затис|изолир|ізолюв)\w*"
    r"(?:л|ла|ли|в)(?!\w)"
)
"""A Slavic past tense that somebody does to somebody; a participle has other endings."""
_GERMAN_ACTIVE = re.compile(
    r"(?<!\w)(?:haben|hat|hatten|hatte)(?!\w)(?!.*(?:,|(?<!\w)worden(?!\w)))"
)
_COMPLETES = re.compile(
    r"(?<!\w)(?:(?:complet|clos|achiev)(?:e|es|ed|ing)|(?:finish|tighten)(?:s|ed|ing)"
    r"|(?:заверш|замкн|закончи|закінчи|vollende)\w*)"
    r"(?:\s+(?:the|an|its|their|die|ihre))?\s*$"
)
_ADVERBS = re.compile(
    r"\s*(?:(?:now|already|fully|completely|nearly|almost|have|has|had|are|is|were|was)\s+)*"
)
_OBJECT = re.compile(r"\s+(?:(?:the|all(?:\s+of)?)\s+)?[^\W\d_a-zа-яіїєґёäöüß]")
"""What is done it to, directly after the verb: a name."""
SLAVIC_STATE = re.compile(
    r"(?:[её]н|ан|ят|ут|ит)(?:а|о|ы|і|ий|ый|ая|ые|ими|их|ою|ой)?$|(?<!\w)(?:в|у)\s+(?:\w+\s+)?"
    r"(?:окруж|оточ|кольц|кільц|котл|блокад|ізоляц|изоляц)\w*$"
)
"""What is done to somebody, or where he is: *окружены*, *в окружении*."""
_LEADS_AWAY = re.compile(
    r"[,;:–—]|(?<!\w)(?:as|near|at|in|around|outside|while|after|before|and|but|because|since|"
    r"bei|nahe|während|und|aber|weil|nachdem)(?!\w)"
)
"""What stands between a verb and those it does not speak of."""
_NOT = re.compile(
    r"(?<!\w)(?:not|rather than|instead of|nicht|не|а не)(?:\s+(?:the|die|der|by))?\s*$"
)
_COMMON = frozenset(
    "state states union army forces force united republic democratic people peoples kingdom "
    "government held north south east west front national armed group party allied allies rebels "
    "rebel islamic militia coalition".split()
)
"""Words in the names of sides that are said of many, folded."""
_JOIN = r"\s+(?:and|or|as\s+well\s+as|und|oder|sowie|и|или|і|й|та|або|чи)\s+(?:(?:the|die)\s+)?"


@dataclass(frozen=True, slots=True)
class Mention:
    """A force named with its side."""

    side: str
    start: int
    end: int
    is_agent: bool
    """It is told as the one that does the cutting off."""


def find_side(sentence: str, phrase_start: int, phrase_end: int) -> str | None:
    """
    Find the side whose force a sentence says is cut off; None: it does not say.

    Parameters
    ----------
    phrase_start, phrase_end
        Where the words for being cut off stand in it.

    Examples
    --------
    >>> said = "Ukrainian soldiers at Sudzha are surrounded by the Russian army."
    >>> find_side(said, said.index("surrounded"), said.index(" by"))
    'UA'
    """
    folded = fold(sentence)
    mentions = [m for m in find_mentions(folded) if not m.is_agent]
    mentions = [m for m in mentions if not _NOT.search(folded[: m.start])] or mentions
    sides = {m.side for m in mentions}
    before = [m for m in mentions if m.end <= phrase_start]
    after = [m for m in mentions if m.start >= phrase_end]
    doers = [m for m in before if does_it(sentence, folded, m.end, phrase_start, phrase_end)]
    if doers and doers[-1] is before[-1] and not after:  # *Russian troops encircled Pokrovsk*
        return OTHER[doers[-1].side]
    if not sides:  # *Pokrovsk is encircled by Russian troops*, *Russia has encircled Pokrovsk*
        agents = {m.side for m in find_mentions(folded)}
        agents = agents or set(_list_subjects(sentence, folded, phrase_start, phrase_end))
        return OTHER[agents.pop()] if len(agents) == 1 else None
    if _joins_both(folded):
        return None
    if len(sides) < 2:  # noqa: PLR2004 - the one
        return sides.pop()
    return _choose_of_both(folded, before, after, phrase_start, phrase_end)


def find_named_side(
    sentence: str, phrase_start: int, phrase_end: int, names: Mapping[str, str]
) -> str | None:
    """
    Find which of a map's sides a sentence says is cut off, by what the map calls them.

    Only what is said plainly counts: a force named before the words for being cut off, that has it
    done to it. None: it does not say.

    Parameters
    ----------
    names
        Id of a side to its name.

    Examples
    --------
    >>> said = "Soviet troops at Stalingrad are encircled."
    >>> sides = {"DE": "Germany", "SU": "Soviet Union"}
    >>> find_named_side(said, said.index("encircled"), len(said) - 1, sides)
    'SU'
    """
    folded = fold(sentence)
    found = [
        (mention.end(), side)
        for side, name in names.items()
        for stem in _list_stems(name)
        for mention in re.finditer(rf"(?<!\w){re.escape(stem)}\w*", folded[:phrase_start])
        if not (BY.search(folded[: mention.start()]) or _NOT.search(folded[: mention.start()]))
    ]
    if not found:
        return None
    end, side = max(found)
    is_patient = is_done_to(folded[end:phrase_start])
    return (
        side
        if is_patient and not does_it(sentence, folded, end, phrase_start, phrase_end)
        else None
    )


def _list_stems(name: str) -> Iterator[str]:
    """List what the words for a side begin with: *German* of *Germany*, *Soviet*, *Israel*."""
    for word in re.findall(r"[^\W\d_]{4,}", fold(name)):
        if word not in _COMMON:
            yield word[:-1] if len(word) > 5 and word[-1] in "aye" else word  # noqa: PLR2004


def _choose_of_both(
    folded: str, before: list[Mention], after: list[Mention], phrase_start: int, phrase_end: int
) -> str | None:
    """Choose between forces of both sides, neither of them told as the one that does it."""
    if not (before and after):
        return (before[-1] if before else after[0]).side
    if SLAVIC_STATE.search(folded[phrase_start:phrase_end]):
        return before[-1].side  # *русские войска окружены ВСУ*: the last word bears no case
    if not _is_active(folded, before, phrase_start):
        return before[-1].side
    if _LEADS_AWAY.search(folded[phrase_end : after[0].start]):
        return None  # *Russian troops encircled near Sudzha, Ukrainian forces say*
    return after[0].side


def _joins_both(folded: str) -> bool:
    """Tell whether forces of both sides are named in one breath: *Ukrainians and Russians*."""
    for side, other in OTHER.items():
        first = rf"(?<!\w)(?:{_SIDES[side]}|{_NAMES[side]})(?:\s+(?:{FORCES}))?"
        second = rf"(?:(?:{_SIDES[other]})\s+(?:{FORCES})|{_NAMES[other]})(?!\w)"
        if re.search(first + _JOIN + second, folded):
            return True
    return False


def is_side(word: str) -> bool:
    """Tell whether a folded word is one for Ukraine's or Russia's, or begins with one."""
    return any(
        re.match(rf"(?:{_SIDES[side]}|(?:{_NAMES[side]})(?!\w))", word) for side in OTHER
    )  # fmt: skip


def is_done_to(between: str) -> bool:
    """Tell whether words between a force and a phrase make it one that has it done to it."""
    return _PASSIVE.search(between) is not None


def names_side(folded: str) -> bool:
    """Tell whether words name a side, with a force or without one: *the Russian ones*."""
    words = "|".join((*_SIDES.values(), *_NAMES.values()))
    return re.search(rf"(?<!\w)(?:{words})(?!\w)", folded) is not None


def find_mentions(folded: str) -> list[Mention]:
    """Find every force that is named with its side, in the text's order."""
    return sorted(set(_list_mentions(folded)), key=lambda m: (m.start, -m.end))


def _list_mentions(folded: str) -> Iterator[Mention]:
    for side, stems in _SIDES.items():
        for found in re.finditer(rf"(?<!\w)(?:{stems})(?:{_GAP}|\s+)(?:{FORCES})(?!\w)", folded):
            if not any(re.search(rf"(?<!\w)(?:{other})", found[0]) for name, other in _SIDES.items()
                       if name != side):  # fmt: skip
                yield _mention(folded, side, found)
        turned = rf"(?<!\w)(?:{FORCES})\s+(?:of\s+|der\s+)?(?:{stems})(?!\w)"
        for found in re.finditer(turned, folded):
            yield _mention(folded, side, found)
        for found in re.finditer(rf"(?<!\w)(?:{_NAMES[side]})(?!\w)", folded):
            yield _mention(folded, side, found)


def _mention(folded: str, side: str, found: re.Match[str]) -> Mention:
    """Tell whether the force is told as the one that does it: *by the ...*, an instrumental."""
    words = re.findall(r"[\w']+", found[0])
    slavic = re.search(r"[а-яіїєґ]", found[0]) is not None
    tool = slavic and len(words) > 1 and all(
        _ENDS_PLURAL_TOOL.search(w) for w in (words[0], words[-1])
    )  # fmt: skip
    tool = tool or (slavic and len(words) == 1 and words[0].endswith(("ами", "ями")))
    is_agent = bool(BY.search(folded[: found.start()])) or tool
    return Mention(side, found.start(), found.end(), is_agent)


def _is_active(folded: str, before: list[Mention], phrase_start: int) -> bool:
    """Tell whether those named before do the cutting off."""
    between = folded[before[-1].end if before else 0 : phrase_start]
    return bool(_ACTIVE.search(between)) or not _PASSIVE.search(between)


def does_it(
    sentence: str, folded: str, subject_end: int, phrase_start: int, phrase_end: int
) -> bool:
    """Tell whether a subject before the phrase is who cuts off, and not who is cut off."""
    between, phrase = folded[subject_end:phrase_start], folded[phrase_start:phrase_end]
    if _ACTIVE_VERB.match(phrase) or _ACTIVE.search(between) or _COMPLETES.search(between):
        return True
    if SLAVIC_STATE.search(phrase):
        return False
    if _GERMAN_ACTIVE.search(between):
        return True
    is_aimed = _OBJECT.match(sentence[phrase_end:]) is not None and _ADVERBS.fullmatch(between)
    if phrase.endswith("ing"):
        return bool(is_aimed)
    return bool(is_aimed) and not _PASSIVE.search(between)


def _list_subjects(sentence: str, folded: str, phrase_start: int, phrase_end: int) -> Iterator[str]:
    """List the countries named as who cuts off: *Russia has encircled ...*."""
    for side, stems in _SIDES.items():
        for found in re.finditer(rf"(?<!\w)(?:{stems})(?!\w)", folded[:phrase_start]):
            if does_it(sentence, folded, found.end(), phrase_start, phrase_end):
                yield side
