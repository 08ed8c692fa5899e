"""What a judgement is: verdict, reasons, margins and proofs, as frozen values."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any, Literal

import orjson

from encircle.map.naming import call_features

if TYPE_CHECKING:
    from collections.abc import Iterator

    from encircle.map.notices import Notice
    from encircle.map.situation import Situation
    from encircle.verdict.values import (
        Axes,
        Confidence,
        Interval,
        Margins,
        Pivot,
        Proof,
        Weighed,
    )

Verdict = Literal["encircled", "not_encircled", "contested", "indeterminate", "no_force"]
Answer = Literal["yes", "no", "contested", "unknown"]
Code = Literal["C0", "C1", "C2", "C3", "E1", "E2", "N", "U"]
Json = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Status:
    """One of the eight statuses of the contract."""

    code: Code
    name: str
    label: str
    verdict: Verdict

    def to_dict(self) -> Json:
        """Give code, name and label."""
        return {"code": self.code, "name": self.name, "label": self.label}


STATUSES: dict[Code, Status] = {
    status.code: status
    for status in (
        Status("C0", "connected", "Connected", "not_encircled"),
        Status("C1", "salient", "Open, in a salient", "not_encircled"),
        Status("C2", "interdicted", "Open but interdicted", "not_encircled"),
        Status("C3", "contested", "Closure contested", "contested"),
        Status("E1", "encircled_with_access", "Encircled by land, with access", "encircled"),
        Status("E2", "isolated", "Encircled and isolated", "encircled"),
        Status("N", "no_force", "Nobody there any more", "no_force"),
        Status("U", "indeterminate", "Cannot be told", "indeterminate"),
    )
}
BEST_OFF_FIRST: tuple[Code, ...] = ("C0", "C1", "C2", "C3", "U", "E1", "E2", "N")
"""A group takes the status of its best-off unit; one that cannot be told ranks before a ring,
since a group is encircled only if every unit is known to be."""


@dataclass(frozen=True, slots=True)
class Wording:
    """What a definition is called: its meaning in full, in a sentence, and on a picture."""

    full: str
    short: str
    label: str


WORDINGS: dict[str, Wording] = {
    "land_cut": Wording(
        "cut off by land (the usual meaning of encircled)", "cut off by land", "cut off by land"
    ),
    "vehicle_cut": Wording(
        "cut off for wheels and tracks", "cut off for wheels and tracks", "cut off for vehicles"
    ),
    "fire_control": Wording(
        'every way left under fire control ("operational encirclement")',
        "every way out under fire control",
        "every way under fire control",
    ),
    "isolation": Wording(*3 * ("isolated by land, sea and air",)),
    "surrounded": Wording(
        'hostile ground on nearly all sides ("surrounded" in common speech)',
        *2 * ("hostile ground on nearly all sides",),
    ),
    "no_force": Wording(*3 * ("nobody there any more",)),
}


def say_definition(name: str | None, otherwise: str) -> str:
    """Say in full what a definition asks; something else where it is none."""
    return WORDINGS[name].full if name in WORDINGS else otherwise


BARRIERS_ALONE = "ring_of_barriers_alone"
"""The finding that nobody holds a ring: water and cliffs do."""
CONTRADICTION = "position_contradicts_map"
"""The finding that a bare position stands on ground of the enemy."""

ENCIRCLED: dict[Verdict, bool | None] = {
    "encircled": True,
    "not_encircled": False,
    "no_force": None,
    "contested": None,
    "indeterminate": None,
}


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing found, with the features it rests on and the rule that says it."""

    rule: str
    statement: str
    evidence: tuple[str, ...] = ()
    decides: bool = False
    reference: str = ""

    def to_dict(self) -> Json:
        """Give the finding as the contract writes it."""
        return {**asdict(self), "evidence": list(self.evidence)}


@dataclass(frozen=True, slots=True)
class Judged:
    """What is said alike of one position and of the group."""

    status: Status
    definitions: dict[str, Answer]
    axes: Axes
    proof: Proof
    findings: tuple[Finding, ...]

    @property
    def encircled(self) -> bool | None:
        """True, false, or None where it is neither."""
        return ENCIRCLED[self.status.verdict]

    @property
    def certificates(self) -> Json:
        """The proofs as the contract writes them."""
        return self.proof.to_dict()

    @property
    def reason(self) -> Finding | None:
        """The finding that decides."""
        return next((finding for finding in self.findings if finding.decides), None)

    def to_dict(self) -> Json:
        """Give verdict, status, definitions and axes."""
        return {
            "verdict": self.status.verdict,
            "encircled": self.encircled,
            "status": self.status.to_dict(),
            "definitions": dict(self.definitions),
            "axes": self.axes.to_dict(),
        }


@dataclass(frozen=True, slots=True)
class PositionJudged:
    """One position of the force, judged by itself."""

    id: str
    name: str | None
    weight: float
    present: str
    judged: Judged
    weighed: dict[str, Interval] | None = None
    """An interval for each definition; None where nobody is there."""

    @property
    def likelihood(self) -> Json | None:
        """The intervals as the contract writes them."""
        weighed = self.weighed
        return None if weighed is None else {name: one.to_dict() for name, one in weighed.items()}

    def to_dict(self) -> Json:
        """Give the position's entry in `units`."""
        return {
            "id": self.id,
            "name": self.name,
            "weight": self.weight,
            "present": self.present,
            **self.judged.to_dict(),
            "because": self.judged.reason.to_dict() if self.judged.reason else None,
            "likelihood": self.likelihood,
            "certificates": self.judged.certificates,
        }


@dataclass(frozen=True, slots=True, repr=False)
class Judgement:
    """The answer to one question about one force, with its reasons and its proof."""

    force: str
    side: str
    as_of: str
    judged: Judged
    positions: tuple[PositionJudged, ...]
    cut_off: Json
    measured: Margins | None
    """None where nobody is there, his place contradicts the map, or there was no time."""
    graded: Confidence
    pivots: tuple[Pivot, ...]
    provenance: Json
    title: str | None = None
    side_name: str = ""
    force_name: str | None = None
    """What a newspaper would call the force, where the map says."""
    headline: str = ""
    weighed: Weighed | None = None
    """The probability of encirclement; None where nobody is there, or it was not asked for."""
    notices: tuple[Notice, ...] = ()
    """The map's own, its importer's and the inspection's: told wherever the verdict is."""
    what_if: Json | None = None
    """What the map gave as drawn, where evidence was left out or assumed; else None."""
    situation: Situation | None = field(default=None, compare=False)
    """The map it was judged on, so that it can be drawn; no part of the judgement's document."""

    @property
    def verdict(self) -> Verdict:
        """The verdict in one word."""
        return self.judged.status.verdict

    @property
    def encircled(self) -> bool | None:
        """True, false, or None where it is neither."""
        return self.judged.encircled

    @property
    def status(self) -> Status:
        """The status, finer than the verdict."""
        return self.judged.status

    @property
    def findings(self) -> tuple[Finding, ...]:
        """Everything found, in the order of the rules."""
        return self.judged.findings

    @property
    def definitions(self) -> dict[str, Answer]:
        """The answer to each definition of encirclement."""
        return self.judged.definitions

    @property
    def axes(self) -> Json:
        """What is open: by land for each mode, by sea, by air, and under which fire."""
        return self.judged.axes.to_dict()

    @property
    def certificates(self) -> Json:
        """The proofs: `open`, a way out; `closed`, a ring; both where it is contested."""
        return self.judged.certificates

    @property
    def margins(self) -> Json:
        """How narrow it is, and how little would change it; nothing where it was not measured."""
        return self.measured.to_dict() if self.measured else {}

    @property
    def confidence(self) -> Json:
        """How good the evidence is, and why no better."""
        return self.graded.to_dict()

    @property
    def likelihood(self) -> Json | None:
        """How likely the force is cut off; None where nobody is there, or it was not asked for."""
        return self.weighed.to_dict() if self.weighed else None

    @property
    def units(self) -> tuple[PositionJudged, ...]:
        """The positions of the force, each judged by itself; `units` in the document."""
        return self.positions

    @property
    def instant(self) -> datetime:
        """The instant judged, as a datetime; `as_of` is the same as text."""
        return datetime.fromisoformat(self.as_of)

    @property
    def names(self) -> dict[str, str]:
        """What a reader calls the features, by id; empty where the map is not at hand."""
        return call_features(self.situation) if self.situation else {}

    def __repr__(self) -> str:
        return f"<Judgement {self.status.code} {self.verdict}: {self.force} on {self.as_of[:10]}>"

    def _repr_html_(self) -> str:
        from encircle.picture.export.notebook import write_html

        return write_html(self)

    def _repr_svg_(self) -> str | None:
        from encircle.picture.export.notebook import write_svg

        return write_svg(self)

    @property
    def __geo_interface__(self) -> Json:
        return self.to_geojson()

    def to_geojson(self, situation: Situation | None = None) -> Json:
        """
        Give the judgement as layers of a map: proof, margins, and the ground it was judged on.

        Returns
        -------
        collection
            A FeatureCollection with flat properties; `layer` says which layer a feature is of.
        """
        from encircle.picture.export.layers import draw_layers

        return draw_layers(self, situation or self.situation)

    def to_dict(self) -> Json:
        """Give the judgement as the contract writes it."""
        judged = self.judged.to_dict()
        said: Json = {
            "force": self.force,
            "side": self.side,
            "as_of": self.as_of,
            "title": self.title,
            "verdict": judged["verdict"],
            "encircled": judged["encircled"],
            "status": judged["status"],
            "headline": self.headline,
            "definitions": judged["definitions"],
            "axes": judged["axes"],
            "cut_off": self.cut_off,
            "units": [position.to_dict() for position in self.positions],
            "margins": self.margins,
            "likelihood": self.likelihood,
            "confidence": self.confidence,
            "certificates": self.judged.certificates,
            "pivots": [pivot.to_dict() for pivot in self.pivots],
            "findings": [finding.to_dict() for finding in self.findings],
            "notices": [notice.to_dict() for notice in self.notices],
            "what_if": self.what_if,
            "provenance": self.provenance,
        }
        told = set(_list_texts(said))
        called = {self.force: self.force_name, **self.names}
        said["names"] = {name: words for name, words in called.items() if words and name in told}
        return said

    def to_json(self) -> bytes:
        """Give the judgement as one JSON document."""
        return write_json(self.to_dict())


def name_hold(segment: Json) -> str:
    """
    Name what holds a stretch of a ring: the edge of the map apart from grey ground on it.

    Examples
    --------
    >>> name_hold({"by": "grey", "edge_of_the_map": True}), name_hold({"by": "grey"})
    ('edge', 'grey')
    """
    return "edge" if segment.get("edge_of_the_map") else str(segment["by"])


def _list_texts(value: object) -> Iterator[str]:
    """List every text in a document that may be an id."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for key, item in value.items():
            yield key
            yield from _list_texts(item)
    elif isinstance(value, list | tuple):
        for item in value:
            if not isinstance(item, float):
                yield from _list_texts(item)


def write_json(value: object) -> bytes:
    r"""
    Write JSON that any client can read, half surrogate pairs spelt out.

    Examples
    --------
    >>> write_json(["a", "\ud83d"])
    b'[\n  "a",\n  "\\\\ud83d"\n]'
    """
    try:
        return orjson.dumps(value, option=orjson.OPT_INDENT_2)
    except TypeError:
        return json.dumps(spell_out(value), ensure_ascii=False, allow_nan=False, indent=2).encode()


def spell_out(value: Any) -> Any:  # noqa: ANN401 - any JSON value
    """Spell out what UTF-8 cannot hold."""
    if isinstance(value, str):
        return value.encode("utf-8", "backslashreplace").decode()
    if isinstance(value, dict):
        return {spell_out(key): spell_out(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [spell_out(item) for item in value]
    return value
