"""How four languages leave open what they speak of."""

from __future__ import annotations

import re

UNDECIDED = re.compile(
    r"(?<!\w)(?:(?:can\s?not|can't|could\s+not|couldn't|not|nobody\s+can|no\s+one\s+can|nicht|не|"
    r"нельзя|невозможно|не\s+можна|неможливо|не\s+можу?т?ь?)\s+(?:yet\s+|be\s+|been\s+)*"
    r"(?:rul\w+\s+out|ruled\s+out|excluded?|impossible|inconceivable|unthinkable|"
    r"ausgeschlossen|auszuschließen|ausschließen|ausgeschlossen\s+werden|unmöglich|"
    r"исключ\w+|виключ\w+|невозможно|неможлив\w+))(?!\w)"
)
"""What is left open, and so neither said nor denied: *it cannot be ruled out that*."""
