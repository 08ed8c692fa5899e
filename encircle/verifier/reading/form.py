"""Which members a judgement has by the contract, and which of them one leaves away or empty."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

EMPTY: tuple[object, ...] = (None, "", [], (), {})
"""What says nothing where something is to be said."""
DRAWN = ("coordinates", "geometry", "ring")
"""Members in which no id stands, and most of a judgement's numbers do."""


@dataclass(frozen=True, slots=True)
class Form:
    """What stands at one place of a judgement."""

    members: Mapping[str, Form] = field(default_factory=dict)
    """The members that an object there has."""
    each: Form | None = None
    """What each item is of a list, or each member of an object that has names for members."""
    or_else: tuple[object, ...] = ()
    """What may stand there instead, null or empty: it says something, which rules look into."""


FILLED, MAYBE, LIST, OBJECT = (
    Form(),
    Form(or_else=(None,)),
    Form(or_else=([],)),
    Form(or_else=({},)),
)


def _object(
    *filled: str,
    maybe: tuple[str, ...] = (),
    lists: tuple[str, ...] = (),
    or_else: tuple[object, ...] = (),
    **more: Form,
) -> Form:
    kinds = ((filled, FILLED), (maybe, MAYBE), (lists, LIST))
    plain = {name: form for names, form in kinds for name in names}
    return Form({**plain, **more}, or_else=or_else)


def _each(form: Form, *or_else: object) -> Form:
    return Form(each=form, or_else=or_else)


DEFINED = ("land_cut", "vehicle_cut", "fire_control", "isolation", "surrounded")
MODES = ("rail", "wheeled", "tracked", "foot", "boat")
BOTH = ("optimistic", "pessimistic")
GRADES = tuple(f"{letter}{number}" for letter in "ABCDE" for number in range(1, 6))
ANSWERS = _object(*DEFINED)
LIKELY = {name: _object("p", "term", "method") for name in DEFINED}
PATH = _object(
    "reading", "unit", "anchor", "mode", "length_m", or_else=(None,),
    legs=_each(_object("geometry", "by", "mode", "control", "length_m",
                       maybe=("fire",), lists=("evidence",))),
    bottleneck=_object(maybe=("leg", "width_m", "at"), lists=("evidence",)),
    disjoint=_object("count", lists=("ways", "cut")),
)  # fmt: skip
RING = _object(
    "reading", "units", "ring", "weakest", "area_km2", or_else=(None,),
    segments=_each(_object("ring", "part", "geometry", "by", "length_m", lists=("evidence",))),
    cut_set=Form(dict.fromkeys(MODES, _each(_object("id", "at", "because"), []))),
)  # fmt: skip
FINDING = _object("rule", "statement", "decides", "reference", lists=("evidence",))
JUDGED = {
    "verdict": FILLED,
    "encircled": MAYBE,
    "status": _object("code", "name", "label"),
    "definitions": ANSWERS,
    "axes": _object("sea", "air", "special", land=_object(*MODES),
                    fire=_object(maybe=("best",), by_mode=OBJECT)),
    "certificates": _object(open=PATH, closed=RING),
}  # fmt: skip
"""What is said alike of the force and of each of its positions."""
UNIT = Form({
    "id": FILLED, "name": MAYBE, "weight": FILLED, "present": FILLED, **JUDGED,
    "because": FINDING, "likelihood": Form(LIKELY, or_else=(None,)),
})  # fmt: skip
MARGINS = _object(
    or_else=({},),
    neck_width_m=_object(maybe=(*BOTH, "at"), lists=("evidence",)),
    closing_distance_m=_object(maybe=BOTH),
    disjoint_routes=_object(*BOTH),
    hostile_bearings=_object(*BOTH),
    opening_distance_m=_object("distance_m", "between", or_else=(None,)),
)
LIKELIHOOD = _object(
    "p_encircled", "term", "scale", "method", "worlds", or_else=(None,),
    by_definition=Form(LIKELY),
    importance=_each(_object("evidence", "item", "importance", "statement"), []),
)  # fmt: skip
PROVENANCE = _object(
    "engine", "input_sha256", maybe=("situation",), lists=("notices",),
    default_reach_m=_each(FILLED, {}),
    parameters=_object(
        "stale_after_days", "join_m", "seam_m", "surrounded_share", "salient_share",
        "location_weights", "most_worlds", "samples", "seed", "uncovered",
        lists=("without",), assume=OBJECT, grades=_object(*GRADES),
    ),
)  # fmt: skip
JUDGEMENT = Form({
    "force": FILLED, "side": FILLED, "as_of": FILLED, "title": MAYBE, "headline": FILLED, **JUDGED,
    "cut_off": _object("units", "of", maybe=("weight_share",)),
    "units": _each(UNIT),
    "margins": MARGINS,
    "likelihood": LIKELIHOOD,
    "confidence": _object("level", "because", maybe=("holds_moved_m",),
                          holds_without=_object("origins", "of", or_else=(None,))),
    "pivots": _each(_object("would_make", "statement", maybe=("probability",),
                            lists=("evidence",)), []),
    "findings": _each(FINDING),
    "notices": _each(_object("code", "severity", "statement"), []),
    "what_if": _object(
        or_else=(None,), changed=_each(_object("member", maybe=("from", "to")), []),
        base=_object("status", "verdict", maybe=("p_encircled",), definitions=ANSWERS),
    ),
    "names": OBJECT,
    "provenance": PROVENANCE,
})  # fmt: skip
"""Every member that a judgement always has. Source: contract, The judgement."""


def find_left_away(value: object, form: Form = JUDGEMENT, at: str = "") -> Iterator[str]:
    """
    Find the members that are not there, or are empty where a judgement always says something.

    Examples
    --------
    >>> list(find_left_away({"code": "C0", "label": ""}, _object("code", "name", "label")))
    ['name', 'label']
    >>> list(find_left_away([{"rule": "isolated"}, {"by": 1}], _each(_object("rule"))))
    ['[].rule']
    """
    if value in EMPTY:
        if value not in form.or_else:
            yield at
        return
    members = value if isinstance(value, Mapping) else {}
    for name, its in form.members.items():
        where = f"{at}.{name}" if at else name
        if name in members:
            yield from find_left_away(members[name], its, where)
        else:
            yield where
    if form.each is not None:
        items = members.values() if members else value if isinstance(value, (list, tuple)) else ()
        yield from dict.fromkeys(
            where for item in items for where in find_left_away(item, form.each, f"{at}[]")
        )


def list_texts(document: object) -> Iterator[str]:
    """List every text in a document that may be an id, what is drawn left aside."""
    left = [document]
    while left:
        value = left.pop()
        if isinstance(value, str):
            yield value
        elif isinstance(value, Mapping):
            left += [*value, *(member for name, member in value.items() if name not in DRAWN)]
        elif isinstance(value, (list, tuple)):
            left += value
