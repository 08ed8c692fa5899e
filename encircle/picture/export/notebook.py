"""What a notebook shows of a judgement: the headline, the answers, and the picture."""

from __future__ import annotations

from typing import TYPE_CHECKING

from encircle.picture.canvas import element, escape
from encircle.picture.picture import draw_svg
from encircle.verdict.explain import explain
from encircle.verdict.judgement import WORDINGS

if TYPE_CHECKING:
    from collections.abc import Iterator

    from encircle.verdict.judgement import Judgement

STYLE = (
    "body{font:16px/1.5 system-ui,sans-serif;max-width:60rem;margin:2rem auto;padding:0 1rem}"
    "svg{max-width:100%;height:auto}th{text-align:left;font-weight:normal;padding-right:2rem}"
)


def write_html(judgement: Judgement) -> str:
    """Write a judgement as a piece of HTML, without scripts and without outside references."""
    return element("div", *_write_parts(judgement), class_="encircle-judgement")


def write_page(judgement: Judgement) -> str:
    """Write a judgement as a page of its own, with its reasons in words."""
    title = escape(judgement.title or judgement.headline)
    words = explain(judgement).split("\n\n")
    text = (element("p", "<br>".join(map(escape, part.splitlines()))) for part in words[1:])
    return (
        '<!DOCTYPE html><html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width">'
        f"<title>{title}</title><style>{STYLE}</style></head>"
        f"<body>{write_html(judgement)}{''.join(text)}</body></html>"
    )


def write_svg(judgement: Judgement) -> str | None:
    """Draw a judgement for a page that draws SVG inline; None where its map is not known."""
    if judgement.situation is None:
        return None
    _, _, drawing = draw_svg(judgement, judgement.situation).partition("?>")
    return drawing.strip()


def _write_parts(judgement: Judgement) -> Iterator[str]:
    yield element("p", element("strong", escape(judgement.headline)))
    status = judgement.status
    yield element("p", escape(f"{status.code} · {status.label}, as of {judgement.as_of}"))
    rows = (
        element("tr", element("th", escape(WORDINGS[name].label.capitalize()), scope="row"),
                element("td", escape(answer)))
        for name, answer in judgement.definitions.items()
    )  # fmt: skip
    yield element("table", *rows)
    told = [element("li", escape(notice.statement)) for notice in judgement.notices]
    if told:
        yield element("ul", *told)
    yield write_svg(judgement) or ""
