"""Is a piece of held ground cut off: verdict, margins and proof, once for what is drawn."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import orjson

from encircle.archive.keeping import Kept, key_of
from encircle.formats.painted.ground import HALF_WIDTHS_KM
from encircle.formats.painted.shapes import box_round
from encircle.formats.painted.situation import draw_situation
from encircle.judge import judge, judge_briefly
from encircle.map.door.reader import read_situation
from encircle.version import __version__

if TYPE_CHECKING:
    from encircle.formats.painted.force import ForceFinder
    from encircle.formats.pieces import Piece
    from encircle.formats.publishers.presets import DatedMap
    from encircle.verdict.judgement import Judgement

Json = dict[str, Any]

NEAR_KM = 30.0
"""Half the width of the ground a piece is judged on, km, where that holds a rear: twice the depth
(15 km) that a rear keeps from ground not held. What lies farther off decides nothing of whether a
way is open; it costs four times the work. Wider, as `convert` draws it, where it holds none."""

FORCE = "force"
"""Id of the force a piece is judged as."""

NOT_SAID = frozenset({"name", "note", "sources", "observed_at", "fill", "style", "layer", "type"})
"""What of a feature may differ from map to map while it says the same of the ground."""


@dataclass(frozen=True, slots=True)
class Proved:
    """What was judged of a piece, and the proof."""

    verdict: str
    status: Json
    definitions: dict[str, str]
    neck_width_m: Json | None
    closing_distance_m: Json | None
    certificate: Json | None
    half_km: float | None
    """Half the width of the ground it was judged on; None where no rear was found."""

    def to_dict(self) -> Json:
        """Give it as the contract writes it."""
        return {
            "verdict": self.verdict,
            "status": self.status,
            "definitions": self.definitions,
            "neck_width_m": self.neck_width_m,
            "closing_distance_m": self.closing_distance_m,
            "certificate": self.certificate,
            "judged_on_km": self.half_km,
        }

    @classmethod
    def from_dict(cls, value: Json) -> Proved:
        """Read it back."""
        given = {**value, "half_km": value["judged_on_km"]}
        del given["judged_on_km"]
        return cls(**given)


NO_REAR = Proved(
    "indeterminate",
    {"code": "U", "name": "indeterminate", "label": "The map ends before the answer"},
    {}, None, None, None, None,
)  # fmt: skip
"""Of a piece with no rear of its side within the widest area."""


def draw_piece(piece: Piece, finder: ForceFinder, dated: DatedMap) -> tuple[Json, float] | None:
    """Draw a piece as a situation on the least area that holds a rear; None where none does."""
    meant = finder.draw_piece(piece)
    for half_km in (NEAR_KM, *HALF_WIDTHS_KM):
        if finder.ground.find_rear(box_round(meant.corners, half_km)):
            drawn = draw_situation(finder.ground, dated.border, meant, dated.as_of, FORCE, half_km)
            return drawn, half_km
    return None


def prove(piece: Piece, finder: ForceFinder, dated: DatedMap, kept: Kept) -> Proved:
    """Judge a piece, or take what was found of the same drawing on another map."""
    drawn = draw_piece(piece, finder, dated)
    if drawn is None:
        return NO_REAR
    document, half_km = drawn
    key, names = digest_drawing(document)
    known = kept.get(key)
    if known is not None:
        return Proved.from_dict(rename(known["proved"], known["names"], names))
    proved = _sum_up(judge_briefly(read_situation(document)), half_km)
    kept.put(key, {"proved": proved.to_dict(), "names": names})
    return proved


def judge_drawn(document: Json) -> Judgement:
    """Judge a piece as it is drawn, with all that is said of any force."""
    return judge(read_situation(document))


def _sum_up(judgement: Judgement, half_km: float) -> Proved:
    margins = judgement.margins or {}
    return Proved(
        verdict=judgement.verdict,
        status=judgement.status.to_dict(),
        definitions=dict(judgement.definitions),
        neck_width_m=margins.get("neck_width_m"),
        closing_distance_m=margins.get("closing_distance_m"),
        certificate=judgement.certificates,
        half_km=half_km,
    )


# -- the same drawing on another day -------------------------------------------------------------


def digest_drawing(document: Json) -> tuple[str, list[str]]:
    """
    Digest what a situation draws, whatever its features are called and whenever they were seen.

    Returns
    -------
    key, names
        The digest, and the ids of the features in the order they are drawn in.

    Notes
    -----
    All features of a drawn map are seen at the instant judged, so the day decides nothing.
    """
    whole, features = document["situation"], document["features"]
    said = [
        [{k: v for k, v in f["properties"].items() if k not in NOT_SAID}, f["geometry"]]
        for f in features
    ]
    frame = [whole["area"], whole["uncovered"], whole["sides"], whole["force"]]
    raw = orjson.dumps([frame, said], option=orjson.OPT_SORT_KEYS)
    return key_of("proved", __version__, raw), [f["id"] for f in features]


def rename(value: Any, before: list[str], now: list[str]) -> Any:  # noqa: ANN401 - any JSON value
    """
    Call the features of a proof as another map calls them.

    Examples
    --------
    >>> rename({"evidence": ["zone-7", "area"]}, ["zone-7"], ["zone-9"])
    {'evidence': ['zone-9', 'area']}
    """
    called = dict(zip(before, now, strict=True))

    def walk(one: Any) -> Any:  # noqa: ANN401 - any JSON value
        if isinstance(one, dict):
            return {key: walk(held) for key, held in one.items()}
        if isinstance(one, list):
            return [walk(held) for held in one]
        return called.get(one, one) if isinstance(one, str) else one

    return walk(value)
