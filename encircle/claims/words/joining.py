"""Two things in one breath: how far *not* goes behind *and*, and which *as he says* speaks of."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from encircle.claims.words.lexicon import compile_any

if TYPE_CHECKING:
    from encircle.claims.words.lexicon import Language

AND = re.compile(r"(?<!\w)(?:and|und|и|і|й|та)(?!\w)")
STATE = re.compile(
    r"^(?:in|im|в|у)\s|(?:ed|cut\s+off|bottled\s+up)$|(?:[еёая]н|т|жен)(?:а|о|ы|і|и)?$|"
    r"(?<!\w)(?:ein|ab|um)?ge\w+|umzingelt|umstellt|umringt|umschlossen|isoliert"
)
"""Phrases that say what somebody is, and not what is done: *encircled*, *окружены*; folded."""
INNER = re.compile(
    r"(?<!\w)(?:now|jetzt|nun|теперь|тепер|зараз|is|are|was|were|has|have|had|remain(?:s|ed)?|"
    r"stay(?:s|ed)?|finds?|found|ist|sind|hat|haben|hatten?|war|waren|wurden?|bleib(?:t|en)|blieb(?:en)?|befind\w+|sitzen|находят?\w+|оказал\w+|"
    r"оста\w+|попал\w+|стоят|перебува\w+|опинил\w+|залиша\w+|лиша\w+|потрап\w+)(?!\w)"
)
"""The verb of a clause of its own behind *and*: *and are encircled*."""
SUBJECT_NOT = re.compile(
    r"(?<!\w)(?:no|none|nobody|no[ -]one|neither|never|kein\w*|niemand|никто|ничто|ніхто|ніщо|ни|"
    r"ні)(?!\w)"
)
"""What denies of whoever is spoken of, and so all that is told of them."""
DONE = re.compile(r"(?:[еёая]н|т)(?:а|о|ы|і|и)$|^(?:был\w*|бул\w*|быть|бути|в|во|у|на)$")
"""What follows a *не* that may go on behind *and*: participles, *были*, prepositions; folded."""
NOT_SO = re.compile(
    r"(?<!\w)(?:(?:and|but)\s+(?:\w+\s+){0,3}?(?:not|never|\w+n't)|(?<=,\s)not|rather\s+than|"
    r"instead\s+of|(?:а|и|но|і|й|та|але)\s+(?:\w+\s+){0,2}?не|(?<=,\s)не|вместо|замість|"
    r"(?:und|aber|doch|sondern)\s+(?:\w+\s+){0,3}?(?:nicht|kein\w*)|(?<=,\s)(?:nicht|kein\w*)|"
    r"(?:an)?statt)(?!\w)[^.;:!?]*[\s,](?:as|как|як|wie)\s*\Z"
)
"""*Encircled and not free, as*: whether Kyiv says the first or the second is left open."""
NOT_AS = re.compile(r"(?<!\w)(?:not|never|\w+n't)(?!\w)[^.,;:!?]*\sas\s*\Z")
"""*Not encircled as*, without a comma."""
WHATEVER = re.compile(
    r"(?<!\w)(?:(?:contrary\s+to|despite|in\s+spite\s+of|unlike|regardless\s+of|no\s+matter)\s+"
    r"(?:what|whatever|how)|whatever|(?:вопреки|наперекор)\s+тому,?\s+что|что\s+бы\s+ни|"
    r"не\s+так,?\s+как|всупереч\s+тому,?\s+що|що\s+б\s+не|попри\s+те,?\s+що|не\s+так,?\s+як|"
    r"entgegen\s+dem,?\s+was|anders\s+als|was\s+auch\s+immer|nicht\s+so,?\s+wie|"
    r"im\s+gegensatz\s+zu\s+dem,?\s+was)(?:\s+[\w'’-]+){0,5}?\s*\Z"
)
"""*Contrary to what Kyiv*: nobody claims there what stands beside it."""


def leaves_open_what(head: str) -> bool:
    """
    Tell whether it is open what somebody says, by the folded text before his name.

    Examples
    --------
    >>> leaves_open_what("they are encircled and not free, as ")
    True
    >>> leaves_open_what("they are encircled, as ")
    False
    """
    return bool(NOT_SO.search(head) or NOT_AS.search(head))


def is_gainsaid(around: tuple[str, str], language: Language) -> bool:
    """
    Tell *contrary to what Kyiv says*, and not *whatever Kyiv says: that they are encircled*.

    Parameters
    ----------
    around
        The folded text before and after the verb.
    """
    before, after = around
    that = "|".join(language.that)
    told = re.match(rf"\s*,?\s*(?:{that})(?!\w)", after)
    return not told and WHATEVER.search(before) is not None


def find_own_clause(before: str, phrase: str, language: Language) -> int | None:
    """
    Find where a phrase's own clause begins behind *and*: *not retreating and are encircled*.

    Parameters
    ----------
    before, phrase
        The folded text of the clause before a phrase, and the phrase.

    Returns
    -------
    start
        Place in `before`; 0 where what is denied before *and* is denied of the phrase too; None
        where that is open.

    Examples
    --------
    >>> from encircle.claims.words.lexicon import LANGUAGES
    >>> [
    ...     find_own_clause(said, "encircled", LANGUAGES["en"])
    ...     for said in ("not retreating and are ", "not beaten and ", "untrue that it fled and ")
    ... ]
    [18, None, 0]
    """
    joints = list(AND.finditer(before))
    denied = list(compile_any((*language.negations, *language.avoids)).finditer(before))
    if not joints or not denied or denied[-1].start() >= joints[-1].end():
        return 0
    own, that = joints[-1].end(), "|".join(language.that)
    if re.search(rf"(?<!\w)(?:{that})(?!\w)", before[denied[-1].start() :]):
        return 0
    return _part(before[: joints[-1].start()], before[own:], phrase, own, language)


def _part(head: str, rest: str, phrase: str, own: int, language: Language) -> int | None:
    """Part what is denied before *and* from what stands behind it, if it can be told."""
    verb, subject = INNER.search(rest), SUBJECT_NOT.search(head)
    if not STATE.search(phrase) or (not verb and compile_any(language.avoids).search(head)):
        return 0
    if subject and not INNER.search(head[: subject.start()]):
        return None if verb else 0
    no = re.search(r"(?<!\w)не\s+([\w'’]+)[^,]*$", head)
    if no and not DONE.search(no[1]):
        return own
    return own if verb else None
