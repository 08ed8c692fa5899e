"""How the service and its workers talk: a head of fixed size, then a body."""

from __future__ import annotations

import struct
from typing import Literal

Kind = Literal[
    b"j", b"v", b"p", b"c", b"g", b"h", b"q", b"i", b"s", b"t", b"w", b"r", b"d", b"k", b"l", b"x",
]  # fmt: skip
"""The work: judge, verify, judge and draw a picture, check claims, judge and give layers, judge
and write a page, answer a question, inspect, judge every force briefly, judge a
series; answer a question and write a page, write it as ClaimReview, draw a card of it;
judge and give layers as KML, as a GeoPackage; write a workbook as CSV."""
QUESTION = struct.Struct(">c32sI")
"""Kind of the work, the trace it belongs to, and how many bytes follow."""
ANSWER = struct.Struct(">HHdI")
"""Status, seconds until a retry makes sense (0: none said), seconds worked, bytes that follow."""
