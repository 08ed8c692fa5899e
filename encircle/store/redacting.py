"""Of what was told with words that are redacted later the sentences go; that it was stays."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import orjson
import sqlalchemy as sa

from encircle.store.tables import changes, ratings

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from sqlalchemy import Connection

__all__ = ["TOLD_NO_MORE", "empty_told"]

TOLD_NO_MORE = '["What was said here was redacted."]'
"""What stands in the place of such reasons; the triggers let nothing else be written there."""
SAID_IN = ("id", "name", "claimant", "statement", "title", "note", "notes", "label")
"""Members whose words a sentence may repeat. What a force, a side or a track is called is none of
them: the log and its feed say it elsewhere, as they say ids."""


SHORT = 2
"""Letters of what is too short for a name that stands by itself."""


def empty_told(
    connection: Connection, case_id: str, subject: str, bodies: Iterable[str | None],
    still: Iterable[str | None] = (),
) -> None:  # fmt: skip
    """
    Take out why a verdict or a rating changed, where it is told with what is redacted.

    Parameters
    ----------
    subject
        What it is called: that stays.
    bodies
        What was said of it, while it can be read.
    still
        What is said of it in their place: these words stay.
    """
    said, kept = (
        {word for body in some if body for word in _list_words(orjson.loads(body))}
        for some in (bodies, still)
    )
    if not (said := said - kept - {subject}):  # under what it is called it stays in the log
        return
    words = re.compile("|".join(map(_seek, sorted(said))))
    for table in (changes, ratings):
        told = sa.select(table.c.seq, table.c.because).where(table.c.case_id == case_id)
        gone = [
            seq for seq, because in connection.execute(told)
            if any(map(words.search, orjson.loads(because)))
        ]  # fmt: skip
        for seq in gone:
            which = table.update().where(table.c.seq == seq)
            connection.execute(which.values(because=TOLD_NO_MORE))


def _seek(word: str) -> str:
    """Seek a word as one; what is no proper name, such as *road*, between quotation marks."""
    if len(word) > SHORT and (word.lower() != word or not word.isalnum()):
        return rf"(?<!\w){re.escape(word)}(?!\w)"
    return rf"['\"‘“«]{re.escape(word)}['\"’”»]"


def _list_words(said: object) -> Iterator[str]:
    """Go through the words of a feature, of a whole layer or of settings, at any depth."""
    if isinstance(said, list):
        for part in said:
            yield from _list_words(part)
    elif isinstance(said, dict):
        for name, part in said.items():
            if isinstance(part, dict | list):
                yield from _list_words(part)
            elif name in SAID_IN and str(part).strip():
                yield str(part)
