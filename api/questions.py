"""What a question's body says: a claim, maps of any known kind, and what a person corrected."""

from __future__ import annotations

import base64
import binascii
import json
from typing import TYPE_CHECKING, Annotated, Any, Literal

import orjson
from pydantic import ConfigDict, Field, StrictBool

from encircle.claims.asking.ask import ask
from encircle.claims.asking.folder import draw_card, write_page, write_review
from encircle.claims.asking.question import Corrections
from encircle.claims.composing.plan import Plan
from encircle.errors import InputFault
from encircle.formats.publishers.presets import MapFile
from encircle.map.door.contract import parse_day_or_instant

from .bodies import parse_body
from .errors import RequestError
from .schemas import EXAMPLE_SITUATION, Closed, Text

if TYPE_CHECKING:
    from datetime import datetime

    from encircle.claims.asking.answer import Answer

Json = dict[str, Any]
MOST_MAPS = 12
"""Maps of one question: each of a whole country takes seconds."""
MOST_ANCHORS = 8
LONLAT = (180.0, 90.0)
"""The furthest longitude and latitude, degrees."""
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
            "JSON; `{name, base64}` of a file that is no text (KMZ, gzip, GeoPackage, XLSX); or "
            "the document itself. Snapshots of DeepStateMap, layers of ISW, Liveuamap, KML of "
            "zones, and situations. Tables of positions, roads, claims and a border are laid over "
            "each of them; positions without a map are one, with `anchor_at`."
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
    rows_side: Text | None = Field(None, description="Side of a table's rows that name none.")
    anchor_at: list[Text] = Field(
        default_factory=list,
        max_length=MOST_ANCHORS,
        description="Ground that counts as reached, where positions come without a map: names, or "
        "LON,LAT.",
    )
    keep_good: StrictBool = Field(
        default=False, description="Leave out rows that cannot be read, and say so in a notice."
    )
    with_maps: StrictBool = Field(
        default=False,
        description="Give what a map shows too: of each map used the `situation` that was judged, "
        "which one is `shown`, the `place`, every notice; of a question back the `ground` and the "
        "`geometry` of each piece.",
    )
    card: Literal["landscape", "portrait"] = Field(
        "landscape", description="Of a picture (`Accept: image/svg+xml`): 1200x675 or 1080x1350."
    )


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
    answer = answer_request(request)
    return answer.to_shown() if request.with_maps else answer.to_dict()


def page_of_question(raw: bytes) -> bytes:
    """Answer the question in a request's body with a page to publish."""
    return write_page(answer_request(parse_body(raw, QuestionRequest))).encode("utf-8", "replace")


def review_of_question(raw: bytes) -> Json:
    """Answer the question in a request's body as a ClaimReview."""
    return write_review(answer_request(parse_body(raw, QuestionRequest)))


def card_of_question(raw: bytes) -> bytes:
    """
    Answer the question in a request's body with a card to post.

    Raises
    ------
    RequestError
        If no map shows anything of it.
    """
    request = parse_body(raw, QuestionRequest)
    answer = answer_request(request)
    if answer.carrier is None:
        raise _fault("/maps", "no map could be used: there is nothing to draw", "Give another map")
    return draw_card(answer, request.card).encode("utf-8", "replace")


def answer_request(request: QuestionRequest) -> Answer:
    """Answer a question as it was asked."""
    corrections = Corrections(
        request.claimant, request.claimant_side, _parse_day(request.made_at, "/made_at"),
        request.definition, request.value, request.number, request.side, request.place,
        request.claim_number,
    )  # fmt: skip
    plan = Plan(
        rows_side=request.rows_side, keep_good=request.keep_good,
        anchor_at=[_read_place(text, n) for n, text in enumerate(request.anchor_at)],
    )  # fmt: skip
    files = [_read_file(entry, number) for number, entry in enumerate(request.maps)]
    return ask(
        request.claim, files, corrections=corrections, force_in=request.force_in,
        as_of=_parse_day(request.as_of, "/as_of"), plan=plan, draws_question=request.with_maps,
    )  # fmt: skip


def _read_file(entry: Json, number: int) -> MapFile:
    """Take one map as a file."""
    pointer = f"/maps/{number}"
    if "base64" in entry:
        return _unpack(entry, pointer)
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
        return MapFile(name, _write(content))
    said = "content that is neither text nor JSON"
    raise _fault(f"{pointer}/content", said, "Give the file's text, or its JSON")


def _write(content: object) -> bytes:
    """Write a map that came parsed as its file has it, its longest numbers, too."""
    try:
        return orjson.dumps(content)
    except TypeError:  # an integer of more than 64 bits, half a surrogate pair
        return json.dumps(content).encode()


def _unpack(entry: Json, pointer: str) -> MapFile:
    """Take a file that is no text."""
    name, packed = entry.get("name"), entry["base64"]
    if entry.keys() != {"name", "base64"} or not isinstance(name, str) or not name:
        raise _fault(pointer, "not just a name and its base64", "Give {name, base64}")
    try:
        return MapFile(name, base64.b64decode(packed, validate=True))
    except (TypeError, ValueError, binascii.Error):
        said = "what is no base64 (RFC 4648, 4)"
        raise _fault(f"{pointer}/base64", said, "Write the file's bytes in base64") from None


def _read_place(text: str, number: int) -> tuple[float, float] | str:
    """Read LON,LAT; the name of a place is looked up where the map is known."""
    try:
        place = [float(part) for part in text.split(",")]
    except ValueError:
        return text
    if len(place) == len(LONLAT) and all(map(_is_within, place, LONLAT)):
        return place[0], place[1]
    raise _fault(f"/anchor_at/{number}", f"{text!r:.80} is no place", "Write LON,LAT or a name")


def _is_within(degrees: float, most: float) -> bool:
    return abs(degrees) <= most  # which no NaN is


def _parse_day(text: str | None, pointer: str) -> datetime | None:
    if text is None:
        return None
    try:
        return parse_day_or_instant(text)
    except ValueError:
        raise _fault(pointer, f"{text!r} is no day", "Write 2025-03-14") from None


def _fault(pointer: str, message: str, remedy: str) -> RequestError:
    return RequestError([InputFault(pointer, message, remedy)])
