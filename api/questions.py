"""What a question's body says: a claim, maps of any known kind, and what a person corrected."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any, Literal

import orjson
from pydantic import ConfigDict, Field

from encircle.claims.asking.ask import ask
from encircle.claims.asking.question import Corrections
from encircle.errors import InputFault
from encircle.formats.publishers.presets import MapFile
from encircle.map.door.contract import parse_day_or_instant

from .bodies import parse_body
from .errors import RequestError
from .schemas import EXAMPLE_SITUATION, Closed, Text

if TYPE_CHECKING:
    from datetime import datetime

Json = dict[str, Any]
MOST_MAPS = 12
"""Maps of one question: each of a whole country takes seconds."""
EXAMPLE_QUESTION: Json = {
    "claim": "The force is surrounded.",
    "maps": [{"name": "map-2025-03-14.geojson", "content": EXAMPLE_SITUATION}],
    "side": "A",
}


class QuestionRequest(Closed):
    """A claim that a force is cut off, and maps to hold it against."""

    model_config = ConfigDict(json_schema_extra={"examples": [EXAMPLE_QUESTION]})

    claim: Text | Json = Field(description="A sentence or a text, or a claim already written down.")
    maps: list[Json] = Field(
        min_length=1,
        max_length=MOST_MAPS,
        description=(
            "Each `{name, content}`: the file's name, which may tell its day, and its text or its "
            "JSON; or the document itself. Snapshots of DeepStateMap, layers of ISW, Liveuamap, "
            "KML of zones, and situations."
        ),
    )
    place: Text | None = Field(None, description="Where: a name, or LON,LAT.")
    force_in: Text | None = Field(
        None, description="The piece of ground that is meant: its id of the 409, or a place."
    )
    side: Text | None = Field(None, description="Whose force it is.")
    made_at: Text | None = Field(None, description="Day or instant of the claim, RFC 3339.")
    claimant: Text | None = None
    claimant_side: Text | None = None
    definition: Text | None = Field(None, description="What the words mean, as in the contract.")
    value: Literal["yes", "no"] | None = Field(None, description="no: the claim denies it.")
    number: Annotated[float, Field(strict=True, gt=0, lt=1e9)] | None = Field(
        None, description="Head count claimed."
    )
    claim_number: Annotated[int, Field(strict=True, ge=1)] | None = Field(
        None, description="Which of several claims of the text."
    )
    as_of: Text | None = Field(None, description="Instant of maps that tell none.")


class QuestionBody(Closed):
    """The answer: every map given, used or not, and how they agree."""

    model_config = ConfigDict(extra="allow")

    claim: Json | None
    question: Json | None = Field(description="What is asked back; then nothing is judged.")
    maps: list[Json]
    rating: str | None
    agreement: dict[str, int] | None
    quote: str | None


def question_body(raw: bytes) -> Json:
    """Answer the question in a request's body."""
    request = parse_body(raw, QuestionRequest)
    corrections = Corrections(
        request.claimant, request.claimant_side, _parse_day(request.made_at, "/made_at"),
        request.definition, request.value, request.number, request.side, request.place,
        request.claim_number,
    )  # fmt: skip
    files = [_read_file(entry, number) for number, entry in enumerate(request.maps)]
    answer = ask(
        request.claim, files, corrections=corrections, force_in=request.force_in,
        as_of=_parse_day(request.as_of, "/as_of"),
    )  # fmt: skip
    return answer.to_dict()


def _read_file(entry: Json, number: int) -> MapFile:
    """Take one map as a file."""
    pointer = f"/maps/{number}"
    if "content" in entry or "document" in entry:
        unknown = sorted(entry.keys() - {"name", "content" if "content" in entry else "document"})
        if unknown:
            said = f"{unknown[0]!r:.80} says nothing of a map that is read"
            raise _fault(pointer, said, "Give {name, content}: what a map is, its content tells")
    if entry.get("type") in ("FeatureCollection", "Feature") or "content" not in entry:
        content: object = entry.get("document", entry)
        name: object = entry.get("name", f"map-{number + 1}") if "document" in entry else None
    else:
        content, name = entry["content"], entry.get("name")
    if name is not None and not isinstance(name, str):
        raise _fault(f"{pointer}/name", "a name that is no text", "Write the file's name")
    name = name or f"map-{number + 1}"
    if isinstance(content, str):
        return MapFile(name, content.encode("utf-8", "replace"))
    if isinstance(content, dict | list):
        return MapFile(name, orjson.dumps(content))
    said = "content that is neither text nor JSON"
    raise _fault(f"{pointer}/content", said, "Give the file's text, or its JSON")


def _parse_day(text: str | None, pointer: str) -> datetime | None:
    if text is None:
        return None
    try:
        return parse_day_or_instant(text)
    except ValueError:
        raise _fault(pointer, f"{text!r} is no day", "Write 2025-03-14") from None


def _fault(pointer: str, message: str, remedy: str) -> RequestError:
    return RequestError([InputFault(pointer, message, remedy)])
