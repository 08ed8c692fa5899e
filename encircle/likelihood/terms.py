"""The words of ICD 203 for how likely something is."""

from __future__ import annotations

TERMS: tuple[tuple[float, str], ...] = (
    (0.05, "almost no chance"),
    (0.20, "very unlikely"),
    (0.45, "unlikely"),
    (0.55, "roughly even chance"),
    (0.80, "likely"),
    (0.95, "very likely"),
    (1.00, "almost certain"),
)
"""Each term with the probability up to which it is used. Source: ICD 203, Analytic Standards,
which names 1 to 99 %; what lies beyond takes the outermost term."""


def find_term(p: float) -> str:
    """
    Find the term for a probability.

    Examples
    --------
    >>> find_term(0.04), find_term(0.5), find_term(0.97)
    ('almost no chance', 'roughly even chance', 'almost certain')
    """
    return next(term for most, term in TERMS if p < most or most == 1.0)


def say_term(lower: float, upper: float) -> str:
    """
    Say an interval in the terms of its ends: ICD 203's seven and nothing else, never *certain*.

    Examples
    --------
    >>> say_term(0.01, 0.04), say_term(0.04, 0.07)
    ('almost no chance', 'almost no chance to very unlikely')
    >>> say_term(0.0, 1.0), say_term(1.0, 1.0)
    ('almost no chance to almost certain', 'almost certain')
    """
    one, other = find_term(lower), find_term(upper)
    return one if one == other else f"{one} to {other}"
