"""
What do the layers of the Institute for the Study of War say, each on its own basis.

A day's map is several layers: control as assessed, advances as assessed (Russian forces were
there, and do not hold the ground), infiltration (small groups were), and what either side merely
claims. They come one layer a file, or all in one with the layer named by each feature. For Kursk
oblast there is a layer of the ground Russia retook; the ground Ukraine still held is what that
leaves, and is drawn nowhere.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from shapely.geometry import box

from encircle.errors import InputFault, SituationError, refusal
from encircle.formats.painted.layers import EMPTY, Layer, Painted, read_layer
from encircle.formats.painted.painted import NOBODY, PaintedMap, Zone, count_once, is_day
from encircle.formats.publishers.isw_legend import BASES, STATED, LayerBasis, Meaning, read_words
from encircle.map.counting import number_of
from encircle.map.door.reader import digest
from encircle.map.notices import Notice

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from encircle.formats.painted.painted import Basis
    from encircle.formats.publishers.isw_legend import Side

__all__ = ["BASES", "LayerFile", "draws_control", "paint_isw"]

LAYER_MEMBERS = ("layer_type", "layertype", "layer", "layer_name", "layername")
"""Properties that name the layer of a feature. What they say and the legend does not know is
refused: the file's name speaks for other ground."""

OTHER_MEMBERS = ("type", "category", "classification", "status", "control", "legend", "name",
                 "title")  # fmt: skip
"""Properties that may say it too, and often say something else."""

ZONE_BASIS: dict[LayerBasis, Basis] = {
    "assessed": "assessed", "advance": "advance", "claimed": "claimed", "retaken": "assessed",
    "infiltration": "infiltration", "contested": "contested",
}  # fmt: skip

GREY = frozenset({"advance", "infiltration", "contested"})

ABROAD = box(33.8, 50.9, 36.0, 52.0)
"""Round the ground of Kursk oblast fought over from August 2024, degrees. Source: the farthest
either side placed Ukrainian troops was some 35 km past the border."""

LOCATION_ERROR_M = 500.0
"""How far off a boundary may be drawn, metres. Source: a quarter of the front lies within 210 to
530 m of DeepStateMap's and of Liveuamap's, 15 August 2022."""

SILENCE = Notice(
    "silent_abroad",
    "caution",
    "The layer shows what Russia retook in Kursk oblast, not what Ukraine held: what it leaves "
    "unpainted there is unknown, and a way out through it is open on one reading only.",
)
NO_CONTROL = Notice(
    "no_assessed_control",
    "caution",
    "No layer of assessed control was given: nobody's hold but the territory is drawn.",
)
WITHOUT_HOLD = Notice(
    "advances_are_grey",
    "info",
    "Ground of assessed advances and of infiltration is unknown: forces were there, without hold.",
)
STATE_IT = f"State it as BASIS=FILE, with one of {', '.join(BASES)}"


@dataclass(frozen=True, slots=True)
class LayerFile:
    """One layer as it was handed in."""

    name: str
    document: Mapping[str, Any]
    basis: str | None = None
    """Stated by whoever hands it in: one of `BASES`; by default features and name tell."""


def paint_isw(files: Sequence[LayerFile]) -> PaintedMap:
    """
    Read the layers of one day as a painted map.

    Raises
    ------
    SituationError
        If a layer cannot be read (see `read_layer`), what a feature says is not known, or nothing
        is painted.

    Notes
    -----
    What a feature says of itself counts; where it says nothing the basis stated counts, else the
    name of the file. Whose the ground is, is read from the same words. What is not told is
    refused, feature by feature: a side guessed is a map turned round.
    """
    readings = [_Reading(f"isw-{number}", file) for number, file in enumerate(files, 1)]
    drawn = [zone for reading in readings for zone in reading.read()]
    faults = [fault for reading in readings for fault in reading.faults]
    if faults:
        raise SituationError(faults)
    if not drawn:
        because = next((r.layer.empty_because for r in readings if not r.layer.features), EMPTY)
        said = f"no layer paints any ground: {because}"
        raise refusal(said, "Give a layer of control or of advances")
    zones, twice = count_once(drawn)
    given: Counter[LayerBasis] = sum((r.counts() for r in readings), Counter())
    return PaintedMap(
        maker="isw",
        title="ISW",
        zones=zones,
        sources=tuple(reading.describe() for reading in readings),
        notices=(*(n for r in readings for n in r.notices()), *twice, *_tell(given)),
        silent=ABROAD if "retaken" in given else NOBODY,
        location_error_m=LOCATION_ERROR_M,
        dated=max((day for r in readings for day in r.days()), default=None),
    )


def draws_control(painted: PaintedMap) -> bool:
    """Tell a map of assessed control, which is of the whole war, from layers that are of parts."""
    return any(zone.said.get("layer") == "assessed" for zone in painted.zones)


@dataclass
class _Reading:
    """Reads one file feature by feature, and remembers what each was taken for."""

    id: str
    file: LayerFile
    faults: list[InputFault] = field(default_factory=list)
    taken: Counter[tuple[LayerBasis, Side]] = field(default_factory=Counter)
    overruled: list[str] = field(default_factory=list)
    layer: Layer = field(init=False)
    whole: Meaning = field(init=False)
    """What is said of all the file."""

    def __post_init__(self) -> None:
        self.layer = read_layer(self.file.document, self.file.name)
        named = read_words(self.file.name)
        if named.basis is None:
            named = read_words(f"{self.layer.name} {self.file.name}")
        self.whole = named
        if self.file.basis is not None:
            stated = STATED.get(self.file.basis)
            if stated is None:
                said = f"basis {self.file.basis!r} is not known"
                raise refusal(said, f"Use one of {', '.join(BASES)}")
            self.whole = Meaning(stated.basis, stated.side or named.side)

    def read(self) -> Iterator[Zone]:
        for feature in self.layer.features:
            meaning = self._find_meaning(feature)
            if meaning.basis is None:
                continue
            side = self._find_side(feature, meaning)
            if side is None:
                continue
            self.taken[meaning.basis, side] += 1
            if meaning.basis != "skip":
                yield self._zone(feature, meaning.basis, side)

    def _find_meaning(self, feature: Painted) -> Meaning:
        """Take what the feature says of itself, else what is said of the file."""
        if self.file.basis == "skip":
            return self.whole
        layer, other = (_read_members(feature, m) for m in (LAYER_MEMBERS, OTHER_MEMBERS))
        own = next((meaning for _, meaning in (*layer, *other) if meaning.basis), None)
        if own is not None:
            side = own.side or (self.whole.side if own.basis == self.whole.basis else None)
            if self.file.basis is not None and own.basis != self.whole.basis:
                self.overruled.append(feature.label)
            return Meaning(own.basis, side)
        if layer and self.file.basis is None:
            self._fault(feature, f"its layer {layer[0][0]!r} is not in the legend", STATE_IT)
            return Meaning(None, None)
        if self.whole.basis is None:
            said = f"neither it nor the name of {self.file.name!r} tells its basis"
            self._fault(feature, said, STATE_IT)
        return self.whole

    def _find_side(self, feature: Painted, meaning: Meaning) -> Side | None:
        """Find whose it is; ISW assesses Russian control, and draws the claims of both."""
        if meaning.side is not None:
            return meaning.side
        if meaning.basis == "claimed" and self.file.basis is None:
            said = "whose claim it is, is not told"
            self._fault(feature, said, "State it as claimed-ru=FILE or claimed-ua=FILE")
            return None
        return "RU"

    def _zone(self, feature: Painted, basis: LayerBasis, side: Side) -> Zone:
        return Zone(
            id=f"{self.id}-{feature.index}",
            geometry=feature.geometry,
            holder=side,
            basis=ZONE_BASIS[basis],
            source=self.id,
            name=f"{self.file.name}, {feature.index}",
            said={"layer": basis},
        )

    def _fault(self, feature: Painted, said: str, remedy: str) -> None:
        pointer = f"/features/{feature.index}/properties"
        message = f"{self.file.name}, {feature.label}: {said}"
        self.faults.append(InputFault(pointer, message, remedy))

    def counts(self) -> Counter[LayerBasis]:
        kinds: Counter[LayerBasis] = Counter()
        for (basis, _), number in self.taken.items():
            kinds[basis] += number
        return kinds

    def days(self) -> Iterator[str]:
        for feature in self.layer.features:
            day = feature.text("date")[:10]
            if is_day(day):
                yield day

    def notices(self) -> Iterator[Notice]:
        for (basis, side), number in self.taken.items():
            what = "left out: no control" if basis == "skip" else f"read as {basis}"
            said = f"{self.file.name}: {number_of(number, 'feature')} {what} ({side})."
            yield Notice("layer_read_as", "info", said)
        if self.overruled:
            shown = ", ".join(self.overruled[:10])
            said = f"{self.file.name}: what features say of themselves counts, not the basis stated"
            yield Notice("basis_overruled", "caution", f"{said}: {shown}.")
        yield from self.layer.notices

    def describe(self) -> dict[str, Any]:
        return {
            "id": self.id,
            "title": f"Institute for the Study of War, {self.file.name}",
            "url": "https://understandingwar.org/",
            "sha256": digest(self.file.document),
            "origin": "isw",
        }


def _read_members(feature: Painted, members: Sequence[str]) -> list[tuple[str, Meaning]]:
    """Read what properties of these names say, in that order."""
    said = {str(key).lower(): feature.text(key) for key in feature.properties}
    return [(said[m], read_words(said[m])) for m in members if said.get(m)]


def _tell(given: Mapping[LayerBasis, int]) -> Iterator[Notice]:
    if "retaken" in given:
        yield SILENCE
    if not {"assessed", "retaken"} & set(given):
        yield NO_CONTROL
    if GREY & set(given):
        yield WITHOUT_HOLD
