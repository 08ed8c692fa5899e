"""What was given beside the maps of a question: tables, roads, claims, a border; GIS files."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from pathlib import PurePath
from typing import TYPE_CHECKING, Any

import orjson

from encircle.claims.composing.compose import compose, lay_over
from encircle.claims.composing.plan import Plan, check_plan
from encircle.errors import InputFault, SituationError, refusal
from encircle.formats.publishers.guests import GIS, MAPS, ROLES, Given, Taken, take_in
from encircle.formats.publishers.presets import MapFile
from encircle.map.door.compressed import unwrap
from encircle.map.door.reader import parse_document
from encircle.map.notices import Notice
from encircle.map.recognise import recognise

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

Json = dict[str, Any]
MARKED = frozenset({"kml", "kmz"})
"""Kinds that hold zones, which are a map, or marked places, which are a table."""
OPENED = GIS | MARKED | {"zip", "geojson_lines"} | (ROLES.keys() - MAPS.keys() - {"situation"})
"""Kinds of file that are looked into; every other is a map, or is refused as one."""


@dataclass(frozen=True, slots=True)
class Brought:
    """The files of a question, sorted."""

    maps: tuple[MapFile, ...]
    numbers: tuple[int, ...]
    """Which of the files given each map is."""
    beside: tuple[Taken, ...] = ()
    """Tables, roads and claims."""
    names: tuple[str, ...] = ()
    """Of all files given, in their order."""
    border: Mapping[str, Any] | None = None
    notices: tuple[Notice, ...] = ()
    plan: Plan = field(default_factory=Plan)

    def lay(self, document: Json) -> Json:
        """Lay what was given beside the maps over one of them."""
        whole = document["situation"]
        sides = {p.get("side") for f in document["features"] if (p := f["properties"]).get("force")
                 == whole.get("force") and p.get("kind") == "position"}  # fmt: skip
        side = sides.pop() if len(sides) == 1 else None
        try:
            return lay_over(document, self.beside, replace(self.plan, side=side, anchor_at=()))
        except SituationError as error:
            raise SituationError([_place(fault, self.names) for fault in error.faults]) from None


def bring(files: Sequence[MapFile], plan: Plan) -> Brought:
    """
    Sort the files of a question: maps, and what is laid over each of them.

    A GIS file whose layers are a situation is one map. Where no map is given, positions, roads and
    claims make one, as `compose` makes it.

    Parameters
    ----------
    plan
        What is said of rows and of the rear (`rows_side`, `keep_good`, `anchor_at`), the day of
        files that tell none, and whose force is asked about.

    Raises
    ------
    SituationError
        With every file that cannot be read, each fault naming its file; or where something is said
        that no file is about.
    """
    maps: list[tuple[int, MapFile]] = []
    beside: list[Taken] = []
    whole: list[Given] = []
    borders: list[Taken] = []
    faults: list[InputFault] = []
    told: list[str] = []
    notices: list[Notice] = []
    for number, file in enumerate(files):
        if not _is_opened(file):
            maps.append((number, file))
            continue
        given = Given(file.name, file.raw)
        try:
            taken = take_in([given], None, told.append)
            maps += [(number, one) for one in _list_maps(file, taken, plan)]
        except SituationError as error:
            faults += [_name(fault, number, file.name) for fault in error.faults]
            continue
        if any(one.role == "situation" for one in taken):
            continue  # its roads and tables are in it
        rest = [one for one in taken if one.role not in ("control", "border")]
        notices += [n for one in taken if one not in rest for n in one.notices]
        borders += [one for one in taken if one.role == "border"]
        beside += rest
        whole += [given] if rest else []
    if faults:
        raise SituationError(faults)
    _check(plan, beside, borders, is_mapped=bool(maps))
    names = tuple(PurePath(file.name).name for file in files)
    if whole and not maps:
        document = _compose(whole, beside, plan, names)
        made = MapFile(f"{PurePath(whole[0].name).stem}.geojson", orjson.dumps(document))
        return Brought((made,), (0,), plan=plan)
    if beside:
        said = f"Laid over each map: {'; '.join(told)}."
        notices.append(Notice("laid_over_each_map", "info", said))
    border = parse_document(borders[0].given.raw) if borders else plan.border
    numbers = tuple(number for number, _ in maps)
    return Brought(tuple(m for _, m in maps), numbers, tuple(beside), names, border,
                   tuple(notices), plan)  # fmt: skip


def _compose(
    whole: Sequence[Given], beside: Sequence[Taken], plan: Plan, names: Sequence[str]
) -> Json:
    """Make a situation of positions without a map."""
    if all(one.role == "roads" for one in beside):
        plan = Plan()  # nobody stands on them, which is told, and nothing else
    try:
        return compose(whole, plan)
    except SituationError as error:
        raise SituationError([_place(fault, names) for fault in error.faults]) from None


def _is_opened(file: MapFile) -> bool:
    """Tell whether a file has to be looked into; one that is broken is told by who reads maps."""
    if file.basis is not None:
        return False
    try:
        raw = unwrap(file.raw)
    except SituationError:
        return False
    kind = recognise(raw, file.name).kind
    if kind not in OPENED:
        return False
    if kind not in MARKED:
        return True
    try:
        return any(one.role == "table" for one in _look(file))
    except SituationError:
        return False


def _look(file: MapFile) -> list[Taken]:
    return take_in([Given(file.name, file.raw)], None, lambda _: None)


def _list_maps(file: MapFile, taken: Sequence[Taken], plan: Plan) -> Iterator[MapFile]:
    """List the maps in a file: each painted layer, and the situation its layers make."""
    for one in taken:
        if one.role == "control":
            yield MapFile(PurePath(one.given.name).name, one.given.raw)
    parts = [one for one in taken if one.role == "situation"]
    if not parts:
        return
    if len(taken) == 1 and isinstance(_whole_of(parts[0]), dict):
        yield MapFile(PurePath(parts[0].given.name).name, parts[0].given.raw)
        return
    document = compose([Given(file.name, file.raw)], Plan(as_of=plan.as_of))
    _choose_force(document, plan.side)
    document["situation"].setdefault("title", PurePath(file.name).stem)
    yield MapFile(PurePath(file.name).name, orjson.dumps(document))


def _choose_force(document: Json, side: str | None) -> None:
    """Take the one force of the side asked about, where layers of a GIS have lost which it is."""
    drawn = [f["properties"] for f in document["features"]]
    theirs = {p.get("force") for p in drawn
              if p.get("kind") == "position" and p.get("side") == side} - {None, ""}  # fmt: skip
    if "force" not in document["situation"] and len(theirs) == 1:
        document["situation"]["force"] = theirs.pop()


def _whole_of(taken: Taken) -> Mapping[str, Any] | None:
    """Give what a document says of its map as a whole, which layers of a GIS have lost."""
    return parse_document(taken.given.raw).get("situation")


def _check(
    plan: Plan, beside: Sequence[Taken], borders: Sequence[Taken], *, is_mapped: bool
) -> None:
    """Refuse what would do nothing, in silence."""
    said = Plan(rows_side=plan.rows_side, keep_good=plan.keep_good)
    check_plan(said, [*beside])
    if len(borders) + (plan.border is not None) > 1:
        raise refusal("two borders are given", "Give one")
    if plan.anchor_at and (is_mapped or not beside):
        told = "--anchor-at does nothing here: a map says itself what counts as reached"
        raise SituationError([InputFault("/anchor_at", told, "Leave out --anchor-at")])


def _place(fault: InputFault, names: Sequence[str]) -> InputFault:
    """Say which of the files a fault is of, where it tells only by the file's name."""
    said = f"{fault.feature or ''} {fault.message}"
    at = next((f"/maps/{n}" for n, name in enumerate(names) if name in said), "/maps")
    return replace(fault, pointer=f"{at}{fault.pointer}")


def _name(fault: InputFault, number: int, name: str) -> InputFault:
    plain = PurePath(name).name
    message = fault.message if plain in fault.message else f"{plain}: {fault.message}"
    return InputFault(f"/maps/{number}{fault.pointer}", message, fault.remedy, fault.feature)
