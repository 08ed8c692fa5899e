import struct
import sys

import pytest

from encircle.picture.export.png import MOST_PX, PictureError, render_png

pytest.importorskip("resvg_py", reason="the extra `png` is not installed")

SVG = (
    '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 40 20" font-family="Helvetica">'
    '<rect width="40" height="20" fill="#000"/>{}</svg>'
)


def size_of(png: bytes) -> tuple[int, int]:
    assert png[:8] == b"\x89PNG\r\n\x1a\n"
    return struct.unpack(">II", png[16:24])


@pytest.mark.parametrize("size", [(1200, 675), (1080, 1350), (7, 300)])
def test_a_png_has_the_size_asked_for_whatever_the_shape_of_the_picture(size):
    assert size_of(render_png(SVG.format(""), *size)) == size


def test_without_a_height_the_picture_keeps_its_shape():
    assert size_of(render_png(SVG.format(""), 400)) == (400, 200)


@pytest.mark.parametrize("words", ["Sudzha", "Суджа", "Судежа Ґ", "غزة", "Αθήνα"])
def test_words_are_drawn_where_a_machine_has_no_fonts(words, monkeypatch):
    resvg_py = pytest.importorskip("resvg_py")
    plain = resvg_py.svg_to_bytes
    monkeypatch.setattr(
        resvg_py, "svg_to_bytes", lambda **asked: plain(skip_system_fonts=True, **asked)
    )
    with_words = render_png(SVG.format(f'<text x="2" y="15" fill="#fff">{words}</text>'), 200)
    assert with_words != render_png(SVG.format(""), 200)


@pytest.mark.parametrize(
    "svg",
    ["", "<svg", "<p/>", "<svg/>", '<svg xmlns="http://www.w3.org/2000/svg"/>',
     '<!DOCTYPE s [<!ENTITY a "b">]><svg xmlns="http://www.w3.org/2000/svg">&a;</svg>'],
)  # fmt: skip
def test_what_is_no_picture_is_refused(svg):
    with pytest.raises(PictureError):
        render_png(svg, 10)


@pytest.mark.parametrize("size", [(0, 10), (10, 0), (-1, None), (MOST_PX + 1, 10)])
def test_a_size_that_is_none_is_refused(size):
    with pytest.raises(PictureError, match="pixels"):
        render_png(SVG.format(""), *size)


def test_without_the_extra_a_png_is_refused_with_the_remedy(monkeypatch):
    monkeypatch.setitem(sys.modules, "resvg_py", None)
    with pytest.raises(PictureError, match="pip install resvg_py"):
        render_png(SVG.format(""), 10)
