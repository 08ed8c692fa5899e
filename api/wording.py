"""What is told in the words of the command line is told in those of HTTP."""

from __future__ import annotations

import re

__all__ = ["say_over_http"]

RULES = tuple((re.compile(pattern), written) for pattern, written in (
    (r",? or say so \(--swap-row \d+\)", ""),
    (r", say so \(--side-as '[^']*'\)", ", write that side's id"),
    (r"Say which it is: --side-as '.*'", "Write the id of a side of the case"),
    (r", say so \(--basis reported\)", ", write reported in a column basis"),
    (r"Say which: --column lat=\.\.\. lon=\.\.\.", "Call the columns lat and lon"),
    (r"Say which column \(--column side=HEADING\)", "Call the column side"),
    (r", whose all rows are \(--rows-side RU\)", ", say whose all rows are (?rows_side=)"),
    (r",? or that they are reports and not positions \(--rows-as claims\)", ""),
    (r" \(or --as-of\)", ""),
    (r"Say which \(--sheet NAME\), or save each as CSV", "Save the one that is meant as CSV"),
    (r"\(--date gives another\)", "(`made_at` gives another)"),
    (r"--rows-side\b", "?rows_side="),
    (r": --keep-good$", ": `keep_good`"),
    (r"--date\b", "`made_at`"),
    (r"--claim\b(?!-)", "`claim_number`"),
    (r"--(place|force-in|side|definition|value|claimant-side|as-of|anchor-at)\b",
     lambda found: f"`{found[1].replace('-', '_')}`"),
))  # fmt: skip
"""Option of the command line to the member or parameter that says the same; those that have none
go with their half of the sentence. Commands named in full, `encircle convert ...`, stay as they
are: what they read is not read here."""
COMMAND = "encircle "


def say_over_http(text: str) -> str:
    """
    Say a remedy or a notice as whoever asks over HTTP can follow it.

    Examples
    --------
    >>> say_over_http("Fill it in, or say whose such rows are (--rows-side)")
    'Fill it in, or say whose such rows are (?rows_side=)'
    >>> say_over_http("Say where (--place NAME or LON,LAT)")
    'Say where (`place` NAME or LON,LAT)'
    """
    if COMMAND in text:
        return text
    for pattern, written in RULES:
        text = pattern.sub(written, text)
    return text
