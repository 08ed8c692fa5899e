"""Probabilities in words, as people write shares: nothing is called impossible or certain."""

from __future__ import annotations

import math

RARE = 1e-6
"""Probabilities below this are written out, not as powers of ten."""
NEARLY_ALL = 0.9995
"""From here on, and as near to 0, an interval that ends at 1 or 0 is told by its other end."""


def say_chance(term: str, low: float, high: float, more: str = "") -> str:
    """
    Say a probability as its term and the numbers; 0 and 1 are what is stated, and no share.

    Parameters
    ----------
    more
        What is told behind the numbers.

    Examples
    --------
    >>> say_chance("likely", 0.73, 0.73), say_chance("almost certain", 0.999999, 1.0)
    ('likely (73 %)', 'almost certain (over 99.9999 %)')
    >>> say_chance("almost certain", 1.0, 1.0)
    'almost certain'
    """
    if low == high and low in (0.0, 1.0):
        return term
    lower, higher = say_share(low), say_share(high)
    numbers = lower if lower == higher else f"{lower} to {higher}"
    if high == 1.0 and low >= NEARLY_ALL:
        numbers = f"over {lower}"
    if low == 0.0 and high <= 1 - NEARLY_ALL:
        numbers = f"under {higher}"
    return f"{term} ({numbers} %{more})"


def say_share(p: float) -> str:
    """
    Say a share in percent, two digits of it; more where it is nearly all.

    Examples
    --------
    >>> say_share(0.126), say_share(0.9968), say_share(0.999999), say_share(1.0)
    ('13', '99.68', '99.9999', '100')
    """
    if 0 < p < RARE:
        return f"{p * 100:.{1 - math.floor(math.log10(p * 100))}f}"
    if NEARLY_ALL <= p < 1:
        return f"{p * 100:.{max(2, -math.floor(math.log10((1 - p) * 100)))}f}"
    return f"{p * 100:.2g}" if p < 0.995 else f"{p * 100:.4g}"  # noqa: PLR2004 - 99.5 is not 1e+02
