"""What colour is a placemark: its own style over the one it names, in the scope of its document."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from encircle.map.notices import Notice

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from xml.etree.ElementTree import Element

    from encircle.map.notices import Severity

HOPS = 16
"""Styles that name styles: a file with a longer chain goes round in a circle."""

SHARED = frozenset({"Style", "StyleMap", "CascadingStyle"})
"""What a `styleUrl` may name; `gx:CascadingStyle` is what Google Earth for the web writes."""

_COLOUR = re.compile(r"#?(?:[0-9a-fA-F]{2})?([0-9a-fA-F]{2})([0-9a-fA-F]{2})([0-9a-fA-F]{2})")
"""aabbggrr, alpha and `#` optional. Source: KML 2.3, kml:colorType."""


@dataclass(frozen=True, slots=True)
class Paint:
    """How a placemark is painted."""

    styles: tuple[str, ...]
    """Ids of the styles it is drawn in, with `#`: the one it names, and those that one leads to."""
    colour: str | None
    """Of its ground, `rrggbb` as on the screen; of its outline where the ground has none."""


@dataclass(frozen=True, slots=True)
class Look:
    """What a style says of a polygon; None where it says nothing."""

    ground: str | None = None
    filled: bool | None = None
    outline: str | None = None

    def over(self, other: Look) -> Look:
        """Lay this style over another: what it does not say is the other's."""
        return Look(
            self.ground or other.ground,
            other.filled if self.filled is None else self.filled,
            self.outline or other.outline,
        )

    @property
    def colour(self) -> str | None:
        """The colour the eye takes for the polygon's."""
        hollow = self.filled is False
        return (None if hollow else self.ground) or self.outline or self.ground


def local_name(element: Element) -> str:
    """Give the name of an element without its namespace."""
    return str(element.tag).rpartition("}")[2]


def text_of(element: Element, name: str) -> str:
    """Give the text of a child, white space made plain; empty where there is none."""
    return " ".join((element.findtext(f"{{*}}{name}") or "").split())


def id_of(element: Element) -> str | None:
    """Give the id of an element; Google Earth writes `kml:id` into what is its own."""
    own = element.get("id")
    return own or next((v for k, v in element.items() if k.rpartition("}")[2] == "id"), None)


@dataclass
class Scope:
    """The shared styles of one Document, inside that of the one round it."""

    outer: Scope | None = None
    shared: dict[str, list[Element]] = field(default_factory=dict)

    def find(self, name: str) -> list[Element]:
        """Find the styles of a name in the nearest document that has it."""
        found = self.shared.get(name, [])
        return found or (self.outer.find(name) if self.outer else [])


class Styles:
    """The styles of one file, each in the scope of its document; `#poly` is that document's."""

    def __init__(
        self, root: Element, file: str = "", others: Mapping[str, Styles] | None = None
    ) -> None:
        self.file, self.others = file, {} if others is None else others
        self.all: dict[str, list[Element]] = {}
        self._scopes: dict[Element, Scope] = {}
        self._elsewhere: set[str] = set()
        self._missing: set[str] = set()
        self._strange: set[str] = set()
        self._random: set[str] = set()
        self._borrowed: set[str] = set()
        self._torn: set[str] = set()
        self.root = Scope()
        self._gather(root)

    def _gather(self, root: Element) -> None:
        """Write down where each style stands, and which document each placemark is in."""
        stack = [(root, self.root)]
        while stack:
            element, scope = stack.pop()
            kind = local_name(element)
            if kind == "Document":
                scope = Scope(scope)
            name = id_of(element)
            if name and kind in SHARED:
                scope.shared.setdefault(name, []).append(element)
                self.all.setdefault(name, []).append(element)
            if kind == "Placemark":
                self._scopes[element] = scope
            stack += [(child, scope) for child in reversed(element)]

    def resolve(self, placemark: Element) -> Paint:
        """Find the styles and the colour of a placemark; its own style lies over a named one."""
        scope = self._scopes.get(placemark, self.root)
        named: list[str] = []
        own = self._inside(placemark, scope, [], HOPS)
        shared = self._find(text_of(placemark, "styleUrl"), scope, named, HOPS)
        return Paint(tuple(named), own.over(shared).colour)

    def _inside(self, element: Element, scope: Scope, named: list[str], hops: int) -> Look:
        """Read the styles inside an element."""
        look = Look()
        for child in element:
            kind = local_name(child)
            if kind == "Style":
                look = self._read(child).over(look)
            elif kind == "StyleMap" and hops > 0:
                look = self._normal(child, scope, named, hops - 1).over(look)
        return look

    def _find(self, url: str, scope: Scope, named: list[str], hops: int) -> Look:
        """Read the style at an address."""
        if not url or hops <= 0:
            return Look()
        file, sharp, name = url.rpartition("#")
        if not sharp:
            file, name = "", url
        if file and file.removeprefix("./") != self.file:
            return self._look_elsewhere(file.removeprefix("./"), url, name, named, hops)
        named.append(f"#{name}")
        found = scope.find(name) or self._borrow(name)
        looks = {self._read_shared(e, scope, named, hops) for e in found}
        if len(looks) > 1:
            self._torn.add(f"#{name}")
            return Look()
        return looks.pop() if looks else Look()

    def _borrow(self, name: str) -> list[Element]:
        """Take a style of another document of the file, where its own has none of that name."""
        found = self.all.get(name, [])
        (self._borrowed if found else self._missing).add(f"#{name}")
        return found

    def _look_elsewhere(self, file: str, url: str, name: str, named: list[str], hops: int) -> Look:
        other = self.others.get(file)
        if other is None or other is self:
            self._elsewhere.add(url)
            return Look()
        return other._find(f"#{name}", other.root, named, hops - 1)  # noqa: SLF001 - its own kind

    def _read_shared(self, style: Element, scope: Scope, named: list[str], hops: int) -> Look:
        kind = local_name(style)
        if kind == "StyleMap":
            return self._normal(style, scope, named, hops - 1)
        if kind == "CascadingStyle":
            below = self._find(text_of(style, "styleUrl"), scope, named, hops - 1)
            return self._inside(style, scope, named, hops - 1).over(below)
        return self._read(style)

    def _normal(self, style_map: Element, scope: Scope, named: list[str], hops: int) -> Look:
        """Follow the pair of a map of styles that is drawn when nobody points at it."""
        for pair in style_map:
            if local_name(pair) == "Pair" and text_of(pair, "key") == "normal":
                own = self._inside(pair, scope, named, hops)
                return own.over(self._find(text_of(pair, "styleUrl"), scope, named, hops))
        return Look()

    def _read(self, style: Element) -> Look:
        ground, outline = (style.find(f"{{*}}{kind}") for kind in ("PolyStyle", "LineStyle"))
        fill = text_of(ground, "fill").lower() if ground is not None else ""
        filled = {"": None, "0": False, "false": False}.get(fill, True)
        return Look(self._colour_of(ground), filled, self._colour_of(outline))

    def _colour_of(self, style: Element | None) -> str | None:
        if style is None:
            return None
        written = text_of(style, "color")
        if text_of(style, "colorMode") == "random":
            self._random.add(written[:20])
            return None
        found = _COLOUR.fullmatch(written)
        if found:
            blue, green, red = (part.lower() for part in found.groups())
            return red + green + blue
        if written:
            self._strange.add(written[:20])
        return None

    def notices(self) -> Iterator[Notice]:
        """Say which styles could not be found or read."""
        said: tuple[tuple[set[str], str, Severity, str], ...] = (
            (self._elsewhere, "style_elsewhere", "caution",
             "Style {!r} stands in another file, which was not opened."),
            (self._missing, "style_missing", "caution",
             "Style {!r} is not in the file: only its name tells whose ground it is."),
            (self._borrowed, "style_of_another_document", "caution",
             "Style {!r} stands in another Document of the file than a placemark that names it."),
            (self._torn, "style_twice", "doubt",
             "Style {!r} is there twice with two colours: the colour was not read."),
            (self._random, "colour_random", "caution",
             "Colour {!r} is in mode random, which draws another one: it was not read."),
            (self._strange, "colour_unreadable", "caution",
             "Colour {!r} is not aabbggrr and was not read."),
        )  # fmt: skip
        for found, code, severity, statement in said:
            for written in sorted(found):
                yield Notice(code, severity, statement.format(written))
