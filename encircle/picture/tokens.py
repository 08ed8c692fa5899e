"""The one table of colours, lines and dashes that pictures and the page are drawn from."""

from __future__ import annotations

from importlib import resources
from typing import Any

import orjson

TOKENS: dict[str, Any] = orjson.loads((resources.files(__package__) / "tokens.json").read_bytes())
LIGHT: dict[str, str] = TOKENS["light"]
"""Colour of what is not a party's own, by what it is."""
INK = LIGHT["ink"]
TONES: dict[str, str] = TOKENS["tones"]
"""Colour of a verdict: open, contested, closed, and neither."""
CHROME: dict[str, str] = TOKENS["page"]["light"]
"""Colour of what stands round a map: words, rules, panels."""
LINES_PX: dict[str, float] = TOKENS["lines_px"]
"""Widths of lines, and steps along them, pixels."""
DASHES_PX: dict[str, list[float]] = TOKENS["dashes_px"]
"""Dash, gap and so on, pixels."""


def write_dash(name: str) -> str:
    """
    Write a dash of the table as SVG has it.

    Examples
    --------
    >>> write_dash("core")
    '7 4'
    """
    return " ".join(f"{length:g}" for length in DASHES_PX[name])
