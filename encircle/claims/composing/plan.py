"""What is asked of a composition, and whether all of it has a use."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import PurePath
from typing import TYPE_CHECKING, Any

from encircle.errors import SituationError, refusal
from encircle.formats.publishers.guests import FORCED, Taken
from encircle.formats.tables.columns import Wording

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence
    from datetime import datetime

    from encircle.errors import InputFault
    from encircle.formats.tables.presets import Yield
    from encircle.map.notices import Notice

Json = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Plan:
    """What whoever converts says of the situation to be made."""

    preset: str | None = None
    border: Mapping[str, Any] | None = None
    force_at: Sequence[Any] = ()
    force_in: str | None = None
    anchor_at: Sequence[Any] = ()
    """`(lon, lat)`, or the names of places."""
    force: str | None = None
    side: str | None = None
    as_of: datetime | None = None
    area_km: float | None = None
    holders: Sequence[str] = ()
    mapper_side: str | None = None
    wording: Wording = field(default_factory=Wording)
    rows_side: str | None = None
    rows_as: Yield | None = None
    basis: str | None = None
    swap: frozenset[int] = frozenset()
    sheet: str | None = None
    keep_good: bool = False
    within_km: float | None = None
    """How far from the force roads are taken, km; by default `routes.WITHIN_KM`."""


@dataclass(frozen=True, slots=True)
class _Need:
    """What an option speaks of: without it the option would do nothing, and is refused."""

    option: str
    member: str
    roles: frozenset[str]
    what: str


def _need(options: str, roles: str, what: str) -> list[_Need]:
    """Write one row for each `--option:member` of a text."""
    pairs = [text.partition(":") for text in options.split()]
    return [_Need(option, member or option.strip("-").replace("-", "_"),
                  frozenset(roles.split()), what) for option, _, member in pairs]  # fmt: skip


NEEDS = (
    *_need("--force-in", "control", "names a piece of held ground on a map of who holds what"),
    *_need("--border", "control", "parts the sides where a map of who holds what leaves that out"),
    *_need("--area-km", "control", "says how much of a map of who holds what is kept"),
    *_need("--holder:holders", "control", "says whose the zones of a KML are"),
    *_need("--mapper-side", "control", "says whose cause the maker of a map serves"),
    *_need("--side", "control table claims", "says whose force is looked for on a map or in a "
           "table, or placed by --force-at or --anchor-at"),
    *_need("--column:wording --side-as:wording --rows-side --rows-as --basis --swap-row:swap "
           "--sheet --keep-good", "table", "speaks of the rows of a table"),
    *_need("--within-km", "roads", "says how far from the force roads are taken"),
)  # fmt: skip
"""What each option speaks of, by the roles of files."""


@dataclass
class Draft:
    """A situation as it grows."""

    document: Json
    is_painted: bool
    notices: list[Notice] = field(default_factory=list)

    @property
    def whole(self) -> Json:
        """What is said of the situation as a whole."""
        return self.document["situation"]  # type: ignore[no-any-return]

    @property
    def features(self) -> list[Json]:
        """What is drawn on it so far."""
        return self.document["features"]  # type: ignore[no-any-return]


def check_plan(plan: Plan, taken: Sequence[Taken]) -> None:
    """Refuse whatever was said that no file given is about: it would do nothing, in silence."""
    roles = {one.role for one in taken}
    faults: list[InputFault] = []
    for need in NEEDS:
        if need.roles & roles or not _is_said(plan, need):
            continue
        said = f"{need.option} does nothing here: it {need.what}, and no such file is given"
        faults += refusal(said, _remedy(need, roles)).faults
    faults += _find_idle_preset(plan.preset, taken)
    for one in taken:
        name = PurePath(one.given.name).name
        if one.given.basis is not None and one.role == "situation":
            said = f"{one.given.basis}= before {name} does nothing: a situation says itself what "
            remedy = f"Give {name} without {one.given.basis}="
            faults += refusal(said + "its ground rests on", remedy).faults
        if one.role == "border" and "control" not in roles:
            said = f"{name} is a border, which does nothing here: no map of who holds what is given"
            faults += refusal(said, f"Leave out {name}, or give the map that it belongs to").faults
    if faults:
        raise SituationError(faults)


def _is_said(plan: Plan, need: _Need) -> bool:
    """Tell whether an option was given, and for itself."""
    if need.option == "--side" and (plan.force_at or plan.anchor_at):
        return False
    if need.member == "wording":
        return bool(plan.wording.columns if need.option == "--column" else plan.wording.sides)
    return getattr(plan, need.member) not in (None, False, (), [], frozenset())


def _remedy(need: _Need, roles: Collection[str]) -> str:
    """Say what to do with an option that does nothing."""
    if roles == {"situation"} and need.option in ("--force-in", "--side"):
        remedy = f"Leave out {need.option}: a situation draws its forces itself (--force names one)"
    elif need.option == "--force-in":
        remedy = "Give the map it belongs to, or say where the force stands: --force-at LON,LAT"
    else:
        remedy = f"Leave out {need.option}, or give the file it belongs to"
    return remedy


def _find_idle_preset(preset: str | None, taken: Sequence[Taken]) -> Sequence[InputFault]:
    """Find a preset that no file was read by."""
    if preset is None or any(preset == one.preset or _plays(preset, one.role) for one in taken):
        return ()
    labels = "; ".join(dict.fromkeys(one.guest.label for one in taken))
    said = f"--preset {preset} does nothing here: what is given is {labels}"
    return refusal(said, "Leave out --preset, or give the file it belongs to").faults


def _plays(preset: str, role: str) -> bool:
    """Tell whether a preset asks for the role."""
    return preset in FORCED and FORCED[preset][0] == role
