"""Is it forces that a sentence speaks of, and how many."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING

from encircle.claims.words.context import WORD, Clause, last_words
from encircle.claims.words.days import find_days
from encircle.claims.words.lexicon import LANGUAGES, compile_any, find_places, fold
from encircle.claims.words.times import list_other_times

if TYPE_CHECKING:
    from encircle.claims.words.lexicon import Code, Language, Use
    from encircle.claims.words.sentences import Sentence

LEFT_WORDS, RIGHT_WORDS = 5, 5
"""How far from a phrase its subject and its object stand; words."""


def is_about_forces(  # noqa: PLR0913 - a phrase, where it stands, and what went before
    text: str,
    sentence: Sentence,
    use: Use,
    clause: Clause,
    language: Language,
    context: str,
    *,
    goes_on: bool = False,
) -> bool:
    """
    Tell whether a phrase is said of forces, and not of a family, a footballer or a pipe.

    What stands right after it decides first (*surrounded by family*), then what stands nearest
    before it (*a road blocked*); then somebody armed or a place much fought over must be named.
    """
    right = fold(text[use.end : clause.near.end])
    left = fold(text[clause.near.start : use.start])
    if _first(language.others, right, RIGHT_WORDS) < _first(language.military, right, RIGHT_WORDS):
        return False
    by = re.search(r"(?<!\w)(?:von|durch)\s+(?!allen)([^,]{1,40})\Z", left[-60:])
    if language.code == "de" and by and compile_any(language.others).search(by[1]):
        return False
    if use.term.sure:
        return True
    named = _first(language.military, right, RIGHT_WORDS) < RIGHT_WORDS
    last_other = _find_last_other(left, language) if use.term.value == "yes" else -1
    is_way = re.search(r"road|route|дорог|трас|straße|weg", fold(text[use.start : use.end]))
    if last_other > _last(language.military, left) and not named and not is_way:
        return False
    armed = goes_on or _names_forces(sentence.text, language.code)
    if armed or _is_collective(left, right, language):
        return True
    pronoun = compile_any(language.they).search(left[-60:] + " " + right[:40])
    earlier = _names_forces(context, language.code)
    return bool((pronoun or clause.whole.start > sentence.start) and earlier) or bool(
        pronoun and pronoun[0] in CITY
    )


@lru_cache(maxsize=256)
def _names_forces(text: str, code: Code) -> bool:
    """Tell whether a text names somebody armed, or a place much fought over."""
    return bool(compile_any(LANGUAGES[code].military).search(fold(text)) or find_places(text))


AROUND = re.compile(r"surround|encircl|umzingelt|umringt|umstellt|окружени|оточенн")
BY = re.compile(
    r"\s+(?:by\s+(?P<by>[^,;:.!?()«»“”„\"—–]{2,60})|(?<=окружении )(?P<ru>\w+(?:ов|ев|ей|их|ых)"
    r"(?:\s+\w+){0,2})|(?<=оточенні )(?P<uk>\w+(?:ів|їв|ей|их)(?:\s+\w+){0,2}))"
)
VON = re.compile(r"(?<!\w)(?:von|durch)\s+(?P<von>(?:[\w'’-]+\s+){1,5})\Z")
"""By whom a phrase says that somebody is surrounded, right beside it; folded."""
SAYS_IS = re.compile(r"(?<!\w)(?:sei|seien|ist|sind|war|waren|wurden?|werden|sitzt|sitzen)(?!\w)")
ARMED = re.compile(
    r"\d|(?<!\w)(?:land|air|sea|water|river|all|both|three|two|sides?|fire|them|him|us|those|noon|"
    r"mid|night|morning|evening|now|then|dusk|dawn|ukrain\w*|russ\w*|german\w*|allen|seiten|"
    r"drei|drohnen|drones?|columns?|kiew\w*|moskau\w*|росси\w*|росій\w*|украин\w*|українськ\w*)(?!\w)"
)
"""Who or what cuts forces off, beside those that the lexicon lists; folded."""


def find_other_sense(text: str, use: Use, clause: Clause, language: Language) -> str | None:
    """
    Find who surrounds somebody where nothing says that they are armed: *by well-wishers*.

    In English a capital letter may be anybody's name, so it is taken for an enemy's.
    """
    folded = fold(text[: clause.whole.end])
    found = BY.match(folded, use.end)
    if language.code == "de":
        found = VON.search(folded[clause.near.start : use.start])
    if language.code == "de" and found:
        last = find_places(text[clause.near.start + found.start("von") : use.start])
        if last or SAYS_IS.search(found["von"]):
            return None  # *die Verteidiger von Lyman umzingelt*
    if found is None or use.term.sure or not AROUND.search(folded[use.start : use.end]):
        return None
    said = found[str(found.lastgroup)]
    shift = clause.near.start if language.code == "de" else 0
    words = text[shift + found.start() : shift + found.end()]
    named = language.code == "en" and re.search(r"[A-Z]", words)
    armed = named or ARMED.search(said) or compile_any(language.military).search(said)
    return None if armed else " ".join(words.split())


CITY = frozenset(
    "city town village settlement cities towns villages місто міста містечко село селище город "
    "города поселок stadt dorf".split()
)
"""What can be besieged without anybody armed being named."""


def _find_last_other(left: str, language: Language) -> int:
    """
    Place the last word of another walk of life before a phrase; -1 where there is none.

    Where somebody armed stands on or behind it, it is terrain: *troops on the right bank are cut
    off* is said of the troops.
    """
    words = list(WORD.finditer(left))[-LEFT_WORDS:]
    placing = re.compile(rf"{compile_any(language.places).pattern}(?:\s+[\w'’-]+){{0,2}}\s+$")
    found = compile_any(language.backward).finditer(left, words[0].start() if words else 0)
    named = [force.span() for force in compile_any(language.military).finditer(left)]
    for other in reversed(list(found)):
        if any(start <= other.start() < end for start, end in named):
            continue  # a company by itself is in trade; a private military company is not
        before = left[: other.start()]
        is_terrain = compile_any(language.terrain).fullmatch(other[0]) is not None
        armed = compile_any(language.military).search(before)
        if not (is_terrain and armed and placing.search(before, armed.end())):
            return other.start()
    return -1


def _is_collective(left: str, right: str, language: Language) -> bool:
    """
    Tell a clause that says nothing but that *the group* is cut off.

    Nothing says who they are, and nothing that they are not armed: a person confirms it.
    """
    that, articles = (compile_any(words).pattern for words in (language.that, language.articles))
    group, copulas = (
        compile_any(words).pattern for words in (language.collectives, language.copulas)
    )
    said = rf"\W*(?:(?:{that})\s+)?(?:(?:{articles})\s+)?(?:{group})(?:\s+(?:{copulas}))*\W*"
    return bool(re.fullmatch(said, left)) and not WORD.search(right)


def _first(phrases: tuple[str, ...], right: str, most: int) -> int:
    """Count the words before the first of some phrases; `most` where there is none."""
    found = compile_any(phrases).search(right)
    return min(most, len(WORD.findall(right[: found.start()]))) if found else most


def _last(phrases: tuple[str, ...], left: str) -> int:
    """Place the last of some phrases among the last words before; -1 where there is none."""
    words = list(WORD.finditer(left))[-LEFT_WORDS:]
    start = words[0].start() if words else 0
    found = list(compile_any(phrases).finditer(left, start))
    return found[-1].start() if found else -1


AT_MOST = re.compile(
    r"(?<!no )(?<!not )(?<!nicht )(?<!не )(?<!\w)(?:(?:fewer|less|no\s+more|not\s+more)\s+than|"
    r"under|at\s+(?:the\s+)?most|a\s+maximum\s+of|weniger\s+als|nicht\s+mehr\s+als|höchstens|"
    r"maximal|unter|менее|меньше|не\s+(?:более|больше)|максимум|менше|не\s+більше|щонайбільше)\s+"
    r"(?:чем\s+|ніж\s+|an?\s+|von\s+)?$"
)
"""A number after these is the most there may be, so that nothing is said of the least; folded."""
ACTIVE = re.compile(
    r"^(?:encircles?|surrounds?)$|^(?:за)?(?:окружил|оточил|блокировал|блокувал)\w*$"
)
HELPED = re.compile(
    r"(?<!\w)(?:have|has|had|haben|hat|hatten?)(?!\w)(?!(?:\s+\w+){0,3}?\s+(?:been|worden)(?!\w))"
)
"""A verb after which whoever surrounds somebody has been named; folded."""
INSTRUMENTAL = re.compile(
    r"\s*(?:тыс\w*|тис\w*)?[ая]ми(?!\w)|\S*\s+(?:\w+\s+){0,2}?\w+[ая]ми(?!\w)"
)
DIGITS = r"\d{1,3}(?:[ ,.\u202f\u00a0]\d{3})+(?!\d)|\d+"


def find_number(text: str, clause: Clause, use: Use, language: Language) -> int | None:
    """
    Find how many people a phrase is said of; the least number the words assert.

    *Thousands* are at least 2,000, *dozens* at least 24; numbers of battalions, prisoners or
    kilometres are no numbers of people surrounded, and neither is a date, nor who is excepted.
    """
    folded = _hide_dates(text[clause.near.start : clause.near.end], language)
    words = sorted(map(re.escape, language.numerals), key=len, reverse=True)
    numeral = rf"(?<![\w.-])(?:{DIGITS}|{'|'.join(words)})(?![\w-])"
    run = rf"{numeral}(?:[\s.\-]+(?:of\s+)?{numeral})*"
    people = compile_any(language.people).pattern
    of_all = rf"(?:(?:out\s+)?(?:of|von|из|з|із)\s+(?:(?:the|den|its|their)\s+)?(?:{run}\s+)?)?"
    pattern = rf"({run})\.?\s*{of_all}(?:[\w'-]+\s+){{0,3}}?(?:{people})"
    found = [
        (abs(m.start() - (use.start - clause.near.start)), m[1])
        for m in re.finditer(pattern, folded)
        if not last_words(language.except_for, folded[: m.start()], 2)
        and not AT_MOST.search(folded[: m.start()])
        and not _is_attackers(folded, m.span(1), use, clause)
    ]
    before = folded[: use.start - clause.near.start]
    if not last_words(language.except_for, before, 4) and not AT_MOST.search(before, 0):
        found += _find_bare_number(folded[: use.start - clause.near.start], run)
    values = [(d, _count(said, language)) for d, said in sorted(found)]
    return next((value for _, value in values if value and value > 1), None)


def _is_attackers(folded: str, number: tuple[int, int], use: Use, clause: Clause) -> bool:
    """
    Tell the number of whoever surrounds somebody: *by 50,000 men*, *50,000 have surrounded them*.

    `folded` is the clause near the phrase, and `number` the place in it.
    """
    start, end = use.start - clause.near.start, use.end - clause.near.start
    if re.search(r"(?<!\w)(?:by|von|durch|силами)\s+(?:[\w-]+\s+){0,2}$", folded[: number[0]]):
        return True
    if number[0] >= end and INSTRUMENTAL.match(folded, number[1]):
        return True
    helped = HELPED.search(folded[:start])
    if not (helped or ACTIVE.match(folded[start:end])) or number[0] >= start:
        return False
    return helped is None or number[0] < helped.start()


def _hide_dates(text: str, language: Language) -> str:
    """Fold a text and put bars where days, months and years stand: no number runs into them."""
    shown = fold(text)
    days = find_days(shown, language.code, None)
    for start, end in [*list_other_times(text, language, None), *((d.start, d.end) for d in days)]:
        shown = shown[:start] + "|" * (end - start) + shown[end:]
    return shown


def _find_bare_number(before: str, run: str) -> list[tuple[int, str]]:
    """Find a number with nobody named: *more than a hundred were surrounded*."""
    verbs = "are|were|is|was|been|have been|sind|waren|wurden|були|были|було|было"
    match = re.search(rf"({run})\s+(?:(?:{verbs})\s+)?\Z", before)
    return [(len(before) - match.start(), match[1])] if match else []


SEVERAL = (200, 2000)
"""What *hundreds* and *thousands* are at least, by themselves."""


def _count(said: str, language: Language) -> int:
    """
    Add up a number written in digits, in words, or both.

    Hundreds and thousands multiply what stands before them.
    """
    total, current = 0, 0
    for part in re.findall(rf"{DIGITS}|[\w']+", said):
        value = (
            int(re.sub(r"\D", "", part)) if part[0].isdigit() else language.numerals.get(part, 0)
        )
        if current and value in SEVERAL:  # *tens of thousands*: times one thousand, not two
            value //= 2
        if value >= 100 and not part[0].isdigit():  # noqa: PLR2004 - hundreds and above multiply
            current = max(current, 1) * value if current < value else current + value
            if value >= 1000:  # noqa: PLR2004
                total, current = total + current, 0
        else:
            current += value
    return total + current
