"""
What answers a question: *Are they cut off? No.*, *asked whether they were, he said no*.

Nothing but a plain yes or no is read; what else begins with one is left to a person.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Literal, NamedTuple

from encircle.claims.words.lexicon import compile_any, fold
from encircle.claims.words.lexicon.reserve import FIRMLY

if TYPE_CHECKING:
    from encircle.claims.words.lexicon import Language

NO = (
    r"(?:no|nope|never|false|untrue|wrong|not\s+(?:yet|at\s+all|true|so)|by\s+no\s+means|fake|"
    r"a\s+lie|nonsense|rubbish|nein|falsch|stimmt\s+nicht|nicht\s+wahr|noch\s+nicht|keineswegs|"
    r"mitnichten|unsinn|quatsch|нет|никак\s+нет|(?:пока|еще)\s+нет|не\s+(?:так|правда)|неправда|"
    r"ложь|фейк|вранье|чушь|ерунда|ні|(?:поки(?:\s+що)?|ще)\s+ні|аж\s+ніяк|брехня|нісенітниця|"
    r"маячня)(?!\w)"
)
YES = r"(?:yes|true|correct|ja|jawohl|stimmt|да|так\s+точно|правда|так)(?!\w)"
PLAIN = rf"(?P<said>(?:(?P<no>{NO})|(?P<yes>{YES}))(?:[\s,.!]+{FIRMLY})*)"
ANSWERED = (
    r"(?:(?:(?:the|die)\s+)?(?:a|answer|antwort|ответ|відповідь)\s*"
    r"(?:is|was|ist|lautete?|war|[—–:])[\s:«“„\"]*)?"
)
"""*The answer is*, *Antwort:*, folded."""
MARKS = r",.!?—–\-»”“„\""
"""What parts an answer from who gives it."""
IN_WORDS = (
    r"(?P<denied>in\s+the\s+negative|(?<!\w)verneint\w*|отрицательно|заперечн\w|негативно|"
    r"(?:he|she|они|он|она|він|вона)\s+(?:denied\s+it|заперечи\w+|отрица\w+))|"
    r"(?P<affirmed>in\s+the\s+affirmative|(?<!\w)bejaht\w*|утвердительно|ствердно)"
)
"""*He answered in the negative*, folded."""
LONGEST_WHO = 60
"""Who answers is told in so few characters."""


class Answer(NamedTuple):
    """What is answered; `value` is None where it is no plain yes or no."""

    value: Literal["yes", "no"] | None
    words: str


def read_answer(text: str, language: Language) -> Answer | None:
    """
    Read the answer that a sentence gives to the one before it, or the end of one to its beginning.

    Parameters
    ----------
    text
        A sentence, or what of it stands behind what is asked.

    Examples
    --------
    >>> from encircle.claims.words.lexicon import LANGUAGES
    >>> said = ("“No,” he said.", ", the general said no.", "No, worse.", "They fight on.")
    >>> [found and found.value for found in (read_answer(s, LANGUAGES["en"]) for s in said)]
    ['no', 'no', None, None]
    """
    folded = fold(text)
    told = compile_any((*language.says, *language.denies, "reply", "so")).pattern
    that = compile_any(language.that).pattern
    says = rf"(?<!\w)(?:{told})(?!\w)"
    who = rf"(?=[^.!?]{{0,{LONGEST_WHO}}}{says})[^.!?«“„\"]{{2,{LONGEST_WHO}}}"
    plain = re.fullmatch(rf"\W*{ANSWERED}{PLAIN}\s*(?:[{MARKS}][\s{MARKS}]*{who})?\W*", folded)
    closes = rf"{says}(?:\s+[\w'’-]+){{0,2}}?[\s:«{MARKS}]*(?:(?:{that})\s+)?{PLAIN}\W*\Z"
    plain = plain or re.search(closes, folded)
    if plain:
        return Answer("no" if plain["no"] else "yes", text[slice(*plain.span("said"))])
    if words := re.search(IN_WORDS, folded):
        return Answer("no" if words["denied"] else "yes", text[slice(*words.span())])
    begins = re.match(rf"\W*(?P<said>{NO}|{YES})(?=\s*[,;:.!?—–»”“\"])", folded)
    return Answer(None, text[slice(*begins.span("said"))]) if begins else None
