"""How a picture becomes pixels, with words on a machine that has no fonts."""

from __future__ import annotations

from importlib import resources
from typing import TYPE_CHECKING
from xml.etree.ElementTree import ParseError, register_namespace, tostring

from defusedxml.ElementTree import fromstring

from encircle.errors import EncircleError, say_install

if TYPE_CHECKING:
    from xml.etree.ElementTree import Element

SVG = "http://www.w3.org/2000/svg"
FONTS = ("DejaVuSans.ttf", "DejaVuSans-Bold.ttf")
"""Shipped beside this module, so that words are drawn where nothing is installed. They hold Latin,
Greek, Cyrillic, Hebrew, Arabic, Georgian and Armenian; other writing needs a font of the machine's.
Source: DejaVu 2.37, encircle/picture/export/fonts/LICENSE."""
FAMILY = "DejaVu Sans"
PAPER = "#ffffff"
MOST_PX = 16_384
"""Longest side of a picture, pixels: 1 GiB of memory; beyond that a printer wants the SVG."""


class PictureError(EncircleError, ValueError):
    """A picture cannot be turned into pixels."""


def render_png(svg: str, width_px: int, height_px: int | None = None) -> bytes:
    r"""
    Render an SVG as a PNG of exactly that size, on white.

    Parameters
    ----------
    width_px, height_px
        The size of the PNG. Without a height, the picture's own shape gives it. A picture of
        another shape is centred whole, never stretched or cropped.

    Raises
    ------
    PictureError
        If the text is no SVG, the size is none, or nothing is installed that renders.

    Examples
    --------
    >>> square = '<svg xmlns="http://www.w3.org/2000/svg" width="8" height="8"/>'
    >>> render_png(square, 16)[:4]
    b'\x89PNG'
    """
    for side in (width_px, height_px if height_px is not None else 1):
        if not 1 <= side <= MOST_PX:
            raise PictureError(f"a PNG {side} pixels long; give 1 to {MOST_PX}")
    picture = _parse(svg)
    wide, high = _measure(picture)
    if height_px is None:
        height_px = min(MOST_PX, max(1, round(width_px * high / wide)))
    return _rasterise(_frame(picture, wide, high, width_px, height_px))


def _parse(svg: str) -> Element:
    try:
        picture: Element = fromstring(svg.encode("utf-8", "replace"))
    except (ParseError, ValueError) as error:
        raise PictureError(f"the picture is no SVG: {error}") from None
    if picture.tag != f"{{{SVG}}}svg":
        raise PictureError(f"the picture is no SVG: its root is {picture.tag}")
    return picture


def _measure(picture: Element) -> tuple[float, float]:
    """Give the picture's own width and height, in its own units."""
    box = (picture.get("viewBox") or "").replace(",", " ").split()
    sides = box[2:] or [
        (picture.get(name) or "").removesuffix("px") for name in ("width", "height")
    ]
    try:
        wide, high = map(float, sides)
    except ValueError:
        wide = high = 0.0
    if not (0 < wide < float("inf") and 0 < high < float("inf")):
        raise PictureError("the picture has no size; give its root a viewBox")
    return wide, high


def _frame(picture: Element, wide: float, high: float, width_px: int, height_px: int) -> str:
    """Set the picture on a sheet of paper of the size asked for."""
    scale = min(width_px / wide, height_px / high)
    picture.attrib.setdefault("viewBox", f"0 0 {wide:g} {high:g}")
    placed = {
        "x": (width_px - wide * scale) / 2, "y": (height_px - high * scale) / 2,
        "width": wide * scale, "height": high * scale,
    }  # fmt: skip
    picture.attrib.update({name: f"{value:.3f}" for name, value in placed.items()})
    register_namespace("", SVG)
    inside = tostring(picture, encoding="unicode")
    return (
        f'<svg xmlns="{SVG}" width="{width_px}" height="{height_px}" '
        f'viewBox="0 0 {width_px} {height_px}">{inside}</svg>'
    )


def _rasterise(svg: str) -> bytes:
    try:
        import resvg_py  # noqa: PLC0415 - an extra: only who asks for a PNG needs it
    except ImportError:
        raise PictureError(
            "a PNG needs resvg_py, which is not installed: "
            f"{say_install('png', 'resvg_py')}; the SVG needs nothing"
        ) from None
    with resources.as_file(resources.files("encircle.picture.export") / "fonts") as folder:
        return resvg_py.svg_to_bytes(
            svg_string=svg,
            background=PAPER,
            font_files=[str(folder / name) for name in FONTS],
            font_family=FAMILY,
            serif_family=FAMILY,  # the renderer's last resort where no font asked for is there
            sans_serif_family=FAMILY,
        )
