"""How many of a thing there are, in words that agree."""

from __future__ import annotations

VERBS = {"was": "were", "is": "are", "has": "have", "does": "do"}


def number_of(number: int, noun: str, verb: str = "") -> str:
    """
    Say how many of a thing there are; noun and verb are given in the singular.

    Examples
    --------
    >>> number_of(1, "feature"), number_of(3, "feature"), number_of(2, "boundary")
    ('1 feature', '3 features', '2 boundaries')
    >>> number_of(2, "stretch"), number_of(2, "day")
    ('2 stretches', '2 days')
    >>> number_of(1, "zone", "was"), number_of(0, "zone", "was"), number_of(2, "road", "runs")
    ('1 zone was', '0 zones were', '2 roads run')
    """
    if number == 1:
        return f"1 {noun} {verb}".rstrip()
    if noun.endswith("y") and noun[-2] not in "aeo":
        many = f"{noun[:-1]}ies"
    else:
        many = f"{noun}es" if noun.endswith(("ch", "sh", "s", "x")) else f"{noun}s"
    return f"{number:,} {many} {VERBS.get(verb, verb.removesuffix('s'))}".rstrip()
