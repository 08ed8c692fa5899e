"""What is asked of everything that is put into a case: the door's own questions, row by row."""

from __future__ import annotations

import re
import uuid
from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import orjson

from encircle.errors import InputFault, SituationError
from encircle.map.door.contract import AS_RFC_3339, parse_end
from encircle.map.door.crs import check_crs
from encircle.map.door.document import find_cut
from encircle.map.door.reader import find_faults
from encircle.map.door.spelling import is_absent
from encircle.store.fitting import find_whole_misfits, list_layers
from encircle.store.geometry import unpack
from encircle.store.revisions import find_current, find_known

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from sqlalchemy import Connection

Json = dict[str, Any]

ID = re.compile(r"[\w.~:-]{1,120}")
"""What a case or a layer may be called: it is part of an address."""
SPOKEN_OF = ("sides", "sources", "forces", "mapper_side")
"""Members of the settings that a feature is checked against."""
MOST_NAME = 200
"""Characters of an id, a force, a track: as many as every store keeps. Source: tables.NAME."""
CONTROL = re.compile(r"[\x00-\x1f\x7f]")
MOST_DEEP = 40
"""Levels of one feature: a map of it stays below the door's 64."""
AT_ROW = re.compile(r"/features/(\d+)")


def check_collection(document: Mapping[str, Any]) -> None:
    """
    Refuse a collection that is no whole one, or not in degrees of WGS 84, as a file is refused.

    Raises
    ------
    SituationError
        If it says so of itself.
    """
    faults = []
    if foreign := check_crs(document.get("crs")):
        remedy = "Reproject to CRS84 / EPSG:4326 and drop `crs`"
        faults.append(InputFault("/crs", f"not WGS 84: {foreign}", remedy))
    if cut := find_cut(dict(document)):
        remedy = "Fetch all pages, join them, and drop the mark"
        faults.append(InputFault("", f"a page cut short ({cut}), not the whole map", remedy))
    if faults:
        raise SituationError(faults)


def check_fits(connection: Connection, case_id: str, settings: Json) -> None:
    """Hold all that stands in a case against settings it is to have."""
    rows = [orjson.loads(r.body) for r in find_current(connection, case_id, "feature") if r.body]
    for layer in find_current(connection, case_id, "layer"):
        rows += orjson.loads(layer.body)["features"] if layer.body else []
    whole = {name: settings[name] for name in SPOKEN_OF if name in settings}
    faults = list(find_faults(rows, whole))
    for said in find_whole_misfits(settings, dict(enumerate(rows))).values():
        faults += said
    if faults:
        raise SituationError(faults)


def check_name(name: str, pointer: str) -> None:
    """Refuse the name of a case or a layer that cannot stand in an address."""
    if not ID.fullmatch(name) or name in (".", ".."):
        said = f"{name!r:.80} cannot stand in an address"
        remedy = "Use up to 120 letters, digits and . _ ~ : -, like kursk-2025"
        raise SituationError([InputFault(pointer, said, remedy)])


def give_id(feature: object, name: str | None = None) -> Json:
    """Name a feature that has no name: it is found by it again; and unpack its geometry."""
    row = dict(feature) if isinstance(feature, Mapping) else {"type": type(feature).__name__}
    properties = row.get("properties")
    own = row.get("id")
    if own in (None, "") and isinstance(properties, Mapping):
        own = properties.get("id")
    row["id"] = own if own not in (None, "") else name or f"o-{uuid.uuid4().hex[:16]}"
    if isinstance(row["id"], float | int) and not isinstance(row["id"], bool):
        row["id"] = str(int(row["id"])) if float(row["id"]).is_integer() else str(row["id"])
    return dict(unpack(row))


def check_settings(settings: object) -> None:
    """Refuse what is no member `situation` of a map."""
    if not isinstance(settings, Mapping):
        said = "settings that are no object"
        raise SituationError(
            [InputFault("/situation", said, 'Give {"title": ..., "sides": [...]}')]
        )
    faults = [
        *find_faults([], settings),
        *_find_no_instant(settings.get("as_of")),
        *_find_long("/situation/force", settings.get("force")),
    ]
    if faults:
        raise SituationError(faults)


def _find_no_instant(as_of: object) -> Iterator[InputFault]:
    """Find an instant at which no map of the case could ever be judged."""
    if not isinstance(as_of, str) or is_absent(as_of):  # what is no text the door tells itself
        return
    try:
        parse_end(as_of)
    except ValueError:
        fault = f"{as_of!r:.80} is not an instant"
        remedy = f"{AS_RFC_3339}, or leave it out: the case is judged as of now"
        yield InputFault("/situation/as_of", fault, remedy)


def find_row_faults(
    settings: Json, rows: Sequence[Json], *, posted: bool = True
) -> dict[int, list[InputFault]]:
    """
    Find what the door says of each row: first all that is plain, then what that hid.

    Before that, what would make a row that is `posted` unfindable, and the case unreadable.
    """
    whole = {name: settings[name] for name in SPOKEN_OF if name in settings}
    found: dict[int, list[InputFault]] = {}
    for number, row in enumerate(rows):
        own = [*(_find_unnamed(row) if posted else ()), *_find_unasked(row), *_find_depth(row)]
        if own:
            found[number] = [replace(f, pointer=f"/features/{number}{f.pointer}") for f in own]
    left = [number for number in range(len(rows)) if number not in found]
    while left and (faults := find_faults([rows[number] for number in left], whole)):
        faulty = _sort(faults, left)
        found.update(faulty)
        left = [number for number in left if number not in faulty]
    return found


def _find_unnamed(row: Json) -> Iterator[InputFault]:
    """Find names that cannot stand in an address, or are longer than a store keeps."""
    name = str(row.get("id", ""))
    if "/" in name or name in (".", "..") or not name.isprintable():
        fault = f"the id {name!r:.80} cannot stand in an address"
        yield InputFault("/id", fault, "Take out slashes and what cannot be printed")
    said = row.get("properties")
    texts: dict[str, object] = {"/id": name}
    if isinstance(said, Mapping):
        texts |= {f"/properties/{key}": said.get(key) for key in ("kind", "side", "track")}
    for at, text in texts.items():
        if isinstance(text, Mapping | list):
            yield InputFault(at, "this is no text", "Write one word")
        else:
            yield from _find_long(at, text)


def _find_unasked(row: Json) -> Iterator[InputFault]:
    """Find a force of which nobody could ask or be told: no address leads to it, or it is cut."""
    said = row.get("properties")
    force = said.get("force") if isinstance(said, Mapping) else None
    if isinstance(force, str) and (force in (".", "..") or CONTROL.search(force)):
        fault = f"the force {force!r:.80} cannot stand in an address"
        yield InputFault("/properties/force", fault, "Write it in letters, on one line")
    else:
        yield from _find_long("/properties/force", force)


def _find_long(at: str, text: object) -> Iterator[InputFault]:
    if len(str(text)) > MOST_NAME:
        fault = f"this has {len(str(text))} characters"
        yield InputFault(at, fault, f"Use no more than {MOST_NAME}")


def _find_depth(row: Json) -> Iterator[InputFault]:
    if _is_deep(row, MOST_DEEP):
        fault = f"nested deeper than {MOST_DEEP} levels"
        yield InputFault("", fault, "Write what is deep as a text")


def _is_deep(value: object, left: int) -> bool:
    if not isinstance(value, Mapping | list):
        return False
    parts = value.values() if isinstance(value, Mapping) else value
    return left == 0 or any(_is_deep(part, left - 1) for part in parts)


def _sort(faults: Iterable[InputFault], rows: Sequence[int]) -> dict[int, list[InputFault]]:
    """Sort faults by the row they stand at; what is said of the whole is said of each row."""
    found: dict[int, list[InputFault]] = {}
    for fault in faults:
        at = AT_ROW.match(fault.pointer)
        for number in [rows[int(at[1])]] if at else rows:
            pointer = f"/features/{number}{fault.pointer[at.end() :]}" if at else fault.pointer
            moved = InputFault(pointer, fault.message, fault.remedy, fault.feature)
            found.setdefault(number, []).append(moved)
    return found


def lift(fault: InputFault) -> InputFault:
    """Point into the one feature that was sent."""
    pointer = fault.pointer.removeprefix("/features/0")
    return InputFault(pointer, fault.message, fault.remedy, fault.feature)


def find_taken(
    connection: Connection, case_id: str, rows: Sequence[Json], faults: Mapping[int, object]
) -> dict[int, InputFault]:
    """Find rows whose id the case has already; what was taken back may be posted again."""
    names = [str(row["id"]) for number, row in enumerate(rows) if number not in faults]
    known = find_known(connection, case_id, "feature", names)
    laid = frozenset().union(*(said.ids for _, said in list_layers(connection, case_id)))
    found = {}
    for number, row in enumerate(rows):
        name = str(row["id"])
        act = known.get(name)
        if number in faults or (name not in laid and act in (None, "retract")):
            continue
        said = f"there is an observation {name!r} in this case already"
        remedy = "Correct it (PUT), or give this one another id"
        if name in laid:
            said = f"there is a feature {name!r} in a layer of this case already"
            remedy = "Lay the layer anew, or give this one another id"
        elif act == "redact":
            said, remedy = f"the observation {name!r} was redacted", "Give this one another id"
        found[number] = InputFault(f"/features/{number}/id", said, remedy, name)
    return found
