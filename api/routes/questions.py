"""Ask maps whether they bear a claim out."""

from __future__ import annotations

from fastapi import APIRouter, Request, Response

from ..content import choose_type
from ..documentation import document_body, document_problems
from ..questions import QuestionBody, QuestionRequest
from ..service import ServiceDep, pass_on
from ..wire import Kind  # noqa: TC001 - it types a table

TYPES: dict[str, Kind] = {
    "application/json": b"q", "application/ld+json": b"r", "image/svg+xml": b"d",
    "text/html": b"w",
}  # fmt: skip
"""What an answer is given as, by `Accept`: the document, a ClaimReview, a card, a page."""
router = APIRouter(prefix="/v1/questions", tags=["questions"])


@router.post(
    "",
    summary="Ask maps whether they bear a claim out",
    response_class=Response,
    responses={
        200: {
            "model": QuestionBody,
            "content": {name: {"schema": {}} for name in TYPES if name != "application/json"},
        },
        **document_problems(400, 406, 409, 413, 415, 422, 503),
    },
    openapi_extra=document_body(QuestionRequest),
)
async def ask_maps(request: Request, service: ServiceDep) -> Response:
    """Answer a claim from maps; 409 with the question where it is not one thing that is asked."""
    media_type = choose_type(request.headers.get("accept"), tuple(TYPES))
    answer = await service.ask(TYPES[media_type], await service.read_body(request))
    response = pass_on(answer, media_type)
    response.headers["Vary"] = "Accept"
    return response
