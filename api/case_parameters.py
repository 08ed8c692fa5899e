"""What addresses of the case file are made of, and what each may answer."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import Header, Path, Query

from .case_schemas import (
    CASE,
    FEATURE,
    KEPT,
    WATCHED,
)
from .documentation import document_problems
from .schemas import EXAMPLE_CLAIM

Json = dict[str, Any]
GEOJSON, CSV = "application/geo+json", "text/csv"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
CaseId = Annotated[str, Path(description="Id of a case.", examples=[CASE])]
Name = Annotated[str, Path(description="Id of an observation.", examples=[FEATURE["id"]])]
ClaimName = Annotated[str, Path(description="Id of a claim.", examples=[EXAMPLE_CLAIM["id"]])]
Layer = Annotated[str, Path(description="What the layer is called.", examples=["control"])]
LayerDay = Annotated[
    str | None,
    Query(
        description="Its day; without one, the layer that is for every day.",
        examples=["2025-03-14"],
    ),
]
Force = Annotated[
    str,
    Path(description="Id of a force; a slash in it is written %2F.", min_length=1,
         examples=["group"]),
]  # fmt: skip
KeptName = Annotated[str, Path(description="Digest of a judgement.", examples=[KEPT["id"]])]
WatchName = Annotated[str, Path(description="Id of a watch.", examples=[WATCHED["id"]])]
TEXT: Json = {"schema": {"type": "string"}}
TABLE = "name,lat,lon,side,date\nAlpha,51.02,35.06,A,2025-03-13\n"
AsOf = Annotated[str | None, Query(description="The instant that is judged; now by default.")]
Between = Annotated[
    str | None,
    Query(
        alias="datetime",
        description="An instant, a day, or from/to; .. is open. Finds what is valid for a part of "
        "it, and what says no time.",
    ),
]
Why = Annotated[
    str | None,
    Query(description="The reason, where no body says it.", examples=["it was read wrongly"]),
]
IfMatch = Annotated[
    str | None,
    Header(alias="If-Match", description="The `ETag` of what is corrected.", examples=['"1"']),
]
IfStill = Annotated[
    str | None,
    Header(alias="If-Match", description="The `ETag` it was read with: else nothing is done."),
]
IfNoneMatch = Annotated[
    str | None, Header(alias="If-None-Match", description="The `ETag` of what is known.")
]
IdempotencyKey = Annotated[
    str | None,
    Header(
        alias="Idempotency-Key",
        max_length=200,
        description="Sent again under it, a post is not done again.",
    ),
]
KnownAt = Annotated[str | None, Query(description="What was known by then; all by default.")]
READING = document_problems(401, 403, 404, 422)
WRITING = document_problems(400, 401, 403, 404, 409, 410, 413, 415, 422, 503)
CORRECTING = {**WRITING, **document_problems(428)}
