"""What does a request's body say: strict JSON, checked, every fault with its place."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING, Any, TypeVar, cast

from pydantic import BaseModel, ValidationError

from encircle.claims.claims_file import read_rows
from encircle.errors import InputFault, SituationError
from encircle.map.door.reader import parse_document, read_situation

from .errors import RequestError, UnreadableError
from .schemas import BareRequest

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from encircle import Situation
    from encircle.claims.rating.answer import FaultyClaim, Statement

    from .schemas import ClaimChecksRequest, JudgementRequest, VerificationRequest

    Request = JudgementRequest | VerificationRequest
    Fault = dict[str, Any]

Model = TypeVar("Model", bound=BaseModel)
STANDS_IN = {"/situation/force": "/force", "/situation/as_of": "/as_of"}
"""Place in a situation to the request's member that may stand in for it."""


def parse_body(raw: bytes, model: type[Model]) -> Model:
    """
    Parse a request's body as the library parses a file, then check its members.

    Raises
    ------
    UnreadableError
        If it is not JSON.
    RequestError
        If it is, and not what the model asks for.
    """
    document = _parse_object(raw, model)
    is_bare = document.get("type") == "FeatureCollection"
    if is_bare and issubclass(BareRequest, model):
        return cast("Model", BareRequest(situation=document))
    if is_bare:
        raise RequestError([_BARE])
    try:
        return model.model_validate(document)
    except ValidationError as error:
        found = error.errors(include_url=False, include_input=False, include_context=False)
        faults = [_tell(dict(fault), model) for fault in found]
        raise RequestError([*faults, *_find_more(document)]) from None


def parse_plain(raw: bytes) -> dict[str, Any]:
    """
    Parse a body that is an object of any kind.

    Raises
    ------
    UnreadableError, RequestError
        If it is no JSON, or no object.
    """
    return _parse_object(raw, BaseModel)


def _parse_object(raw: bytes, model: type[BaseModel]) -> dict[str, Any]:
    """Parse a body strictly; tell one that is no JSON from one that is not taken here."""
    try:
        return parse_document(raw)
    except SituationError as error:
        faults = error.faults
    try:
        value = json.loads(raw.decode("utf-8-sig"), parse_constant=_refuse)
    except (UnicodeDecodeError, json.JSONDecodeError, _NotJsonError):
        raise UnreadableError(faults) from None
    except (ValueError, RecursionError):  # numbers too long, nesting too deep
        value = {}
    raise RequestError(faults if isinstance(value, dict) else [_say_no_object(model)])


def _find_more(document: dict[str, Any]) -> tuple[InputFault, ...]:
    """Find what is wrong with the situation of a request that is wrong already."""
    situation = document.get("situation")
    if not isinstance(situation, dict):
        return ()
    stand_in = {name: document.get(name) for name in ("force", "as_of")}
    given = {name: text for name, text in stand_in.items() if isinstance(text, str)}
    try:
        _read(situation, **given)
    except SituationError as error:
        return error.faults
    return ()


def read_wrapped(request: Request) -> Situation:
    """
    Read the situation a request holds.

    Raises
    ------
    SituationError
        Its pointers lead from the top of the request.
    """
    if isinstance(request, BareRequest):
        return read_situation(request.situation)
    return _read(request.situation, as_of=request.as_of, force=request.force)


def read_batch(
    request: ClaimChecksRequest,
) -> tuple[list[Situation], list[Statement | FaultyClaim] | None]:
    """
    Read the maps and the claims a request holds; no claims: those that stand on the maps.

    Raises
    ------
    RequestError
        If it holds no map, or one both ways, or claims of which none can be read.
    SituationError
        With what is wrong with every map; pointers lead from the top of the request.
    """
    if (request.situation is None) == (request.situations is None):
        raise RequestError([_NO_MAP])
    situations = list(_read_all(request))
    if request.claims is None:
        return situations, None
    claims = read_rows((f"/claims/{n}", row) for n, row in enumerate(request.claims))
    faulty = [fault for entry in claims for fault in getattr(entry, "faults", ())]
    if claims and not any(hasattr(entry, "claim") for entry in claims):
        raise RequestError(faulty)
    return situations, claims


def _read_all(request: ClaimChecksRequest) -> Iterator[Situation]:
    """Read every map; once one is wrong, only the faults of all matter."""
    single = {"/situation": request.situation} if request.situation is not None else {}
    several = {f"/situations/{n}": s for n, s in enumerate(request.situations or ())}
    faults: list[InputFault] = []
    for pointer, situation in {**single, **several}.items():
        try:
            yield read_situation(situation)
        except SituationError as error:
            faults += [replace(fault, pointer=pointer + fault.pointer) for fault in error.faults]
    if faults:
        raise SituationError(faults)


def _read(
    situation: dict[str, Any], as_of: str | None = None, force: str | None = None
) -> Situation:
    stand_in = {"/force": force, "/as_of": as_of}
    given = {pointer for pointer, text in stand_in.items() if text is not None}
    try:
        return read_situation(situation, as_of=as_of, force=force)
    except SituationError as error:
        raise SituationError([_rebase(fault, given) for fault in error.faults]) from None


_NO_MAP = InputFault(
    "/situations", "not just one of `situation` and `situations`", "Give one map, or a list of maps"
)
_BARE = InputFault(
    "",
    "a bare FeatureCollection",
    'Wrap it: {"situation": <the FeatureCollection>}; force, as_of and options stand beside it',
)


def _rebase(fault: InputFault, given: set[str]) -> InputFault:
    stand_in = STANDS_IN.get(fault.pointer)
    pointer = stand_in if stand_in in given else f"/situation{fault.pointer}"
    return InputFault(str(pointer), fault.message, fault.remedy, fault.feature)


class _NotJsonError(Exception):
    """NaN and the infinities are no JSON numbers."""


def _refuse(name: str) -> None:
    raise _NotJsonError(name)


def _tell(fault: Fault, model: type[BaseModel]) -> InputFault:
    """Tell a member that is missing, unknown or wrong."""
    place = "".join(f"/{_escape(str(part))}" for part in fault["loc"])
    say, remedy = _SAYINGS.get(fault["type"], (None, None))
    known = ", ".join(model.model_fields) if len(fault["loc"]) == 1 else ""
    return InputFault(
        place,
        say or _lower(fault["msg"]),
        remedy(known) if remedy else "Mend it there; /openapi.json has the schema",
    )


def _say_known(known: str) -> str:
    return f"Drop it, or use one of: {known}" if known else "Drop it, or mend its name"


def _say_no_object(model: type[BaseModel]) -> InputFault:
    """Say which object is wanted: what must stand in it, else its first member."""
    fields = model.model_fields
    wanted = [name for name, field in fields.items() if field.is_required()] or [*fields][:1]
    members = ", ".join(f'"{name}": ...' for name in wanted)
    return InputFault("", "the body is not an object", f"Give {{{members}}}")


def _say_missing(_: str) -> str:
    return "Add it; /openapi.json has the schema and an example"


_SAYINGS: dict[str, tuple[str, Callable[[str], str]]] = {
    "extra_forbidden": ("an unknown member", _say_known),
    "missing": ("missing", _say_missing),
}


def _lower(text: str) -> str:
    return text[:1].lower() + text[1:]


def _escape(part: str) -> str:
    return part.replace("~", "~0").replace("/", "~1")
