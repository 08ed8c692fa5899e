"""Where a text's sentences and quotations begin and end, in characters, and in which language."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from encircle.claims.words.lexicon import LANGUAGES, compile_any, detect_language, fold

if TYPE_CHECKING:
    from collections.abc import Iterator

    from encircle.claims.words.lexicon import Code

QUOTED = re.compile(r'„[^“”]*[“”]|“[^”]*(?:”|\Z)|«[^»]*(?:»|\Z)|"[^"]*"')
END = re.compile(r"""[.!?…]+["”»“')\]]*(?=\s|\Z)""")
ABBREVIATIONS = frozenset(
    "gen mr mrs ms dr lt col sgt maj capt st vs e.g i.e approx u.s u.k jan feb aug sept oct nov "
    "dec р г т тис тыс ген ст см ім им г-н полк z.b bzw ca nr hr fr u.a d.h oberst".split()
)
ORDINAL = re.compile(r"(?<!\w)(?:die|der|das|den|dem|des|vom|zum|zur)\s\d{1,3}\Z", re.IGNORECASE)
"""*Die 6. Armee*: no sentence ends there."""
LONGEST_SENTENCE = 1_200
"""No sentence of a report is as long; characters."""
WRAPPED_SHARE = 0.6
"""Lines of a paragraph broken for width are at least so long, as a share of the longest."""


@dataclass(frozen=True, slots=True)
class Span:
    """A piece of a text, from `start` up to `end`."""

    start: int
    end: int

    def holds(self, place: int) -> bool:
        """Tell whether a place in the text lies in the piece."""
        return self.start <= place < self.end

    def meets(self, other: Span) -> bool:
        """Tell whether two pieces share a character."""
        return self.start < other.end and other.start < self.end


@dataclass(frozen=True, slots=True)
class Sentence(Span):
    """One sentence, and where it stands."""

    text: str
    paragraph: int
    language: Code | None


def find_quotes(text: str) -> list[Span]:
    """
    Find quotations: what stands between the marks, paragraph by paragraph.

    Examples
    --------
    >>> [(q.start, q.end) for q in find_quotes("He said: «Yes». She: „Nein“.")]
    [(10, 13), (22, 26)]
    """
    return [
        Span(
            block.start + match.start() + 1,
            block.start + match.end() - (match[0][-1] in '”»“"' and len(match[0]) > 1),
        )
        for block in _find_blocks(text)
        for match in QUOTED.finditer(text[block.start : block.end])
    ]


def split_sentences(text: str) -> list[Sentence]:
    """
    Split a text into sentences, with the language of each.

    A line by itself is a paragraph, unless its paragraph is broken for width.

    Examples
    --------
    >>> [s.text for s in split_sentences("Gen. Ivanov spoke. Am 14. März endete es.")]
    ['Gen. Ivanov spoke.', 'Am 14. März endete es.']
    """
    known: dict[bool, Code | None] = {
        cyrillic: detect_language("".join(re.findall(pattern, text)))
        for cyrillic, pattern in (
            (True, r"[а-яёіїєґА-ЯЁІЇЄҐ'\s]+"),
            (False, r"[A-Za-zÄÖÜäöüß'\s]+"),
        )
    }
    return [
        Sentence(span.start, span.end, piece, number, _tell_language(piece, known))
        for number, block in enumerate(_find_blocks(text))
        for whole in _cut(text, block)
        for span in _shorten(text, whole)
        if (piece := text[span.start : span.end])
    ]


def _tell_language(piece: str, known: dict[bool, Code | None]) -> Code | None:
    cyrillic = len(re.findall("[а-яёіїєґ]", piece.lower()))
    return detect_language(piece, otherwise=known[cyrillic * 2 > len(re.findall(r"\w", piece))])


def _find_blocks(text: str) -> Iterator[Span]:
    """Find the paragraphs."""
    for match in re.finditer(r"\S(?:.*?\S)??(?=\s*\n[ \t\r]*\n|\s*\Z)", text, re.DOTALL):
        block = Span(match.start(), match.end())
        if _is_wrapped(match[0]):
            yield block
        else:
            for line in re.finditer(r"\S(?:[^\n]*\S)?", match[0]):
                yield Span(block.start + line.start(), block.start + line.end())


def _is_wrapped(block: str) -> bool:
    lines = [len(line.rstrip()) for line in block.split("\n")]
    full = [line.rstrip() for line in block.split("\n")][:-1]
    ended = sum(line[-1:] in '.!?…»”"“' for line in full)
    return min(lines[:-1], default=0) >= WRAPPED_SHARE * max(lines) and ended * 2 <= len(full)


def _cut(text: str, block: Span) -> Iterator[Span]:
    start = block.start
    for match in END.finditer(text, block.start, block.end):
        if _ends_sentence(text, match, block.end):
            yield Span(start, match.end())
            start = (
                match.end()
                + len(text[match.end() : block.end])
                - len(text[match.end() : block.end].lstrip())
            )
    if start < block.end:
        yield Span(start, block.end)


def _shorten(text: str, span: Span) -> Iterator[Span]:
    """Cut what is too long for a sentence (a table, a list, noise) between words."""
    start = span.start
    while span.end - start > LONGEST_SENTENCE:
        space = text.rfind(" ", start + 1, start + LONGEST_SENTENCE)
        cut = space if space > start else start + LONGEST_SENTENCE
        yield Span(start, cut)
        start = cut
    yield Span(start, span.end)


def _ends_sentence(text: str, match: re.Match[str], end: int) -> bool:
    rest = text[match.end() : end].lstrip()
    if not rest:
        return False
    opens = rest.lstrip("\"“„«'(—– ")[:1]
    if opens and not (opens.isupper() or opens.isdigit()):
        return False
    if match[0][0] != ".":
        return True
    word = re.search(r"[\w.-]*\Z", text[max(0, match.start() - 20) : match.start()])
    before = word[0] if word else ""
    is_initial = len(before) == 1 and before.isupper()
    is_ordinal = before.isdigit() and len(before) <= 2 and _begins_with_month(rest)  # noqa: PLR2004
    is_ordinal = is_ordinal or bool(ORDINAL.search(text[max(0, match.start() - 9) : match.start()]))
    return not (is_initial or is_ordinal or before.lower() in ABBREVIATIONS)


def _begins_with_month(rest: str) -> bool:
    folded = fold(rest[:20])
    return any(compile_any(language.months).match(folded) for language in LANGUAGES.values())
