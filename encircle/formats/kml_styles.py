"""What colour is a placemark: its own style, the one it names, or the one a map of styles names."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator
    from xml.etree.ElementTree import Element

HOPS = 16
"""Styles that name styles: a file with a longer chain goes round in a circle."""

_COLOUR = re.compile(r"#?(?:[0-9a-fA-F]{2})?([0-9a-fA-F]{2})([0-9a-fA-F]{2})([0-9a-fA-F]{2})")
"""aabbggrr, alpha and `#` optional. Source: KML 2.3, kml:colorType."""


@dataclass(frozen=True, slots=True)
class Paint:
    """How a placemark is painted."""

    styles: tuple[str, ...]
    """Ids of the styles it is drawn in, with `#`: the one it names, and those that one leads to."""
    colour: str | None
    """Of its ground, `rrggbb` as on the screen; of its outline where the ground has none."""


def local_name(element: Element) -> str:
    """Give the name of an element without its namespace."""
    return str(element.tag).rpartition("}")[2]


def text_of(element: Element, name: str) -> str:
    """Give the text of a child, white space made plain; empty where there is none."""
    return " ".join((element.findtext(f"{{*}}{name}") or "").split())


class Styles:
    """The styles of one file."""

    def __init__(self, root: Element) -> None:
        self._by_id: dict[str, Element] = {}
        self._elsewhere: set[str] = set()
        self._missing: set[str] = set()
        self._strange: set[str] = set()
        for element in root.iter():
            name = element.get("id")
            if name and local_name(element) in {"Style", "StyleMap"}:
                self._by_id.setdefault(name, element)

    def resolve(self, placemark: Element) -> Paint:
        """Find the styles and the colour of a placemark; its own style wins over a named one."""
        named: list[str] = []
        own = self._follow(placemark, [], HOPS)
        shared = self._find(text_of(placemark, "styleUrl"), named, HOPS)
        return Paint(tuple(named), own or shared)

    def _follow(self, element: Element, named: list[str], hops: int) -> str | None:
        """Find the colour in the styles inside an element."""
        for child in element:
            kind = local_name(child)
            if kind == "Style":
                return self._colour_in(child)
            if kind == "StyleMap":
                return self._normal(child, named, hops - 1)
        return None

    def _find(self, url: str, named: list[str], hops: int) -> str | None:
        """Find the colour of a style by its address."""
        if not url or hops == 0:
            return None
        file, _, name = url.rpartition("#")
        if file:
            self._elsewhere.add(url)
            return None
        named.append(f"#{name}")
        style = self._by_id.get(name)
        if style is None:
            self._missing.add(f"#{name}")
            return None
        if local_name(style) == "StyleMap":
            return self._normal(style, named, hops - 1)
        return self._colour_in(style)

    def _normal(self, style_map: Element, named: list[str], hops: int) -> str | None:
        """Follow the pair of a map of styles that is drawn when nobody points at it."""
        for pair in style_map:
            if local_name(pair) == "Pair" and text_of(pair, "key") == "normal":
                own = self._follow(pair, named, hops) if hops > 0 else None
                return own or self._find(text_of(pair, "styleUrl"), named, max(hops, 0))
        return None

    def _colour_in(self, style: Element) -> str | None:
        ground, outline = (style.find(f"{{*}}{kind}") for kind in ("PolyStyle", "LineStyle"))
        if ground is not None and text_of(ground, "fill") != "0":
            colour = self._read_colour(text_of(ground, "color"))
            if colour:
                return colour
        return self._read_colour(text_of(outline, "color")) if outline is not None else None

    def _read_colour(self, written: str) -> str | None:
        found = _COLOUR.fullmatch(written)
        if found:
            blue, green, red = (part.lower() for part in found.groups())
            return red + green + blue
        if written:
            self._strange.add(written[:20])
        return None

    def notices(self) -> Iterator[str]:
        """Say which styles could not be found or read."""
        for url in sorted(self._elsewhere):
            yield f"Style {url!r} stands in another file, which was not opened."
        for name in sorted(self._missing):
            yield f"Style {name!r} is not in the file: only its name tells whose ground it is."
        for written in sorted(self._strange):
            yield f"Colour {written!r} is not aabbggrr and was not read."
