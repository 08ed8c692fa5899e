"""How four languages leave open what they speak of, and how firmly they answer."""

from __future__ import annotations

import re

UNDECIDED = re.compile(
    r"(?<!\w)(?:"
    r"(?:can\s?not|can't|could\s+not|couldn't|not|(?:nobody|no\s+one)\s+can|impossible\s+to)\s+"
    r"(?:yet\s+|be\s+)*(?:rul\w+\s+out|excluded?|impossible|inconceivable|unthinkable)|"
    r"nicht\s+(?:ausgeschlossen|auszuschließen|ausschließen|unmöglich)|"
    r"(?:не|нельзя|невозможно|неможливо)\s+(?:мо\w+\s+)?(?:исключ\w+|виключ\w+)|"
    r"не\s+(?:невозможно|неможлив\w+)"
    r")(?!\w)"
)
"""What is left open, and so neither said nor denied: *it cannot be ruled out that*."""

FIRMLY = (
    r"(?:not\s+at\s+all|at\s+all|not\s+yet|(?:of\s+course|certainly|absolutely)(?:\s+not)?|sir|"
    r"überhaupt\s+nicht|natürlich(?:\s+nicht)?|ganz\s+und\s+gar\s+nicht|noch\s+nicht|совсем|вовсе|"
    r"конечно|звісно|зовсім|звичайно)"
)
"""What may go with a yes or a no and changes nothing, folded."""
