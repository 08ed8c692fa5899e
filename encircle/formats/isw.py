"""
What do the layers of the Institute for the Study of War say, each on its own basis.

A day's map is several layers: control as assessed, advances as assessed (Russian forces were
there, and do not hold the ground), and what either side merely claims. For Kursk oblast there is a
layer of the ground Russia retook; the ground Ukraine still held is what that leaves, and is drawn
nowhere.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

from shapely.geometry import box

from encircle.formats.layers import read_layer
from encircle.formats.painted import NOBODY, PaintedMap, Zone, is_day, refusal
from encircle.geojson import digest

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from encircle.formats.layers import Layer
    from encircle.formats.painted import Basis

LayerBasis = Literal["assessed", "advance", "claimed", "retaken", "skip"]
BASES: tuple[LayerBasis, ...] = ("assessed", "advance", "claimed", "retaken", "skip")

LEGEND: tuple[tuple[re.Pattern[str], LayerBasis], ...] = (
    (re.compile(r"partisan"), "skip"),
    (re.compile(r"kursk.*advance|advance.*kursk"), "retaken"),
    (re.compile(r"claim"), "claimed"),
    (re.compile(r"advance"), "advance"),
    (re.compile(r"cot(?![a-z])|cotin|control|assessed"), "assessed"),
)
"""On what a layer rests, by its name, first match wins. Source: ISW's layers, 2022-2025."""

ZONE_BASIS: dict[LayerBasis, Basis] = {
    "assessed": "assessed", "advance": "advance", "claimed": "claimed", "retaken": "assessed",
}  # fmt: skip

ABROAD = box(33.8, 50.9, 36.0, 52.0)
"""Round the ground of Kursk oblast fought over from August 2024, degrees. Source: the farthest
either side placed Ukrainian troops was some 35 km past the border."""

SILENCE = (
    "The layer shows what Russia retook in Kursk oblast, not what Ukraine held: what it leaves "
    "unpainted there is unknown, and a way out through it is open on one reading only."
)


@dataclass(frozen=True, slots=True)
class LayerFile:
    """One layer as it was handed in."""

    name: str
    document: Mapping[str, Any]
    basis: str | None = None
    """Stated by whoever hands it in: one of `BASES`; by default its name tells."""


def paint_isw(files: Sequence[LayerFile]) -> PaintedMap:
    """
    Read the layers of one day as a painted map.

    Raises
    ------
    SituationError
        If a layer is no FeatureCollection, its basis is not known, or none paints anything.
    """
    layers = [_read(number, file) for number, file in enumerate(files, 1)]
    zones = [zone for layer in layers for zone in layer.zones()]
    if not zones:
        raise refusal("no layer paints any ground", "Give a layer of control or of advances")
    retaken = any(layer.basis == "retaken" for layer in layers)
    days = {day for layer in layers for day in layer.days()}
    return PaintedMap(
        maker="isw",
        title="ISW",
        zones=tuple(zones),
        sources=tuple(layer.describe() for layer in layers),
        notices=tuple(_tell(layers, retaken=retaken)),
        silent=ABROAD if retaken else NOBODY,
        dated=max(days, default=None),
    )


@dataclass(frozen=True, slots=True)
class _Layer:
    id: str
    file: LayerFile
    basis: LayerBasis
    side: str
    read: Layer

    def zones(self) -> Iterator[Zone]:
        if self.basis == "skip":
            return
        for feature in self.read.features:
            yield Zone(
                id=f"{self.id}-{feature.index}",
                geometry=feature.geometry,
                holder=self.side,
                basis=ZONE_BASIS[self.basis],
                source=self.id,
                name=f"{self.file.name}, {feature.index}",
                said={"layer": self.basis},
            )

    def days(self) -> Iterator[str]:
        for feature in self.read.features:
            day = feature.text("date")[:10]
            if is_day(day):
                yield day

    def describe(self) -> dict[str, Any]:
        return {
            "id": self.id,
            "title": f"Institute for the Study of War, {self.file.name}",
            "url": "https://understandingwar.org/",
            "sha256": digest(self.file.document),
            "origin": "isw",
        }


def _read(number: int, file: LayerFile) -> _Layer:
    layer = read_layer(file.document, file.name)
    names = [file.name, *sorted({f.text("layer_type") for f in layer.features} - {""})]
    said = " ".join(names).lower()
    side = "UA" if "ukrainian" in said else "RU"
    return _Layer(f"isw-{number}", file, _find_basis(file, said), side, layer)


def _find_basis(file: LayerFile, said: str) -> LayerBasis:
    """Take the basis stated, else the one the names tell."""
    if file.basis is not None:
        stated = next((basis for basis in BASES if basis == file.basis), None)
        if stated is None:
            known = ", ".join(BASES)
            raise refusal(f"basis {file.basis!r} is not known", f"Use one of {known}")
        return stated
    for pattern, basis in LEGEND:
        if pattern.search(said):
            return basis
    remedy = f"Give it as BASIS=FILE, with one of {', '.join(BASES)}"
    raise refusal(f"the name of {file.name!r} does not tell its basis", remedy)


def _tell(layers: Sequence[_Layer], *, retaken: bool) -> Iterator[str]:
    for layer in layers:
        what = "left out: no control" if layer.basis == "skip" else f"read as {layer.basis}"
        yield f"{layer.file.name}: {len(layer.read.features)} features {what} ({layer.side})."
        yield from layer.read.notices
    if retaken:
        yield SILENCE
    if not any(layer.basis in {"assessed", "retaken"} for layer in layers):
        yield "No layer of assessed control was given: nobody's hold but the territory is drawn."
    if any(layer.basis == "advance" for layer in layers):
        yield "Ground of assessed advances is unknown: Russian forces were there, without hold."
