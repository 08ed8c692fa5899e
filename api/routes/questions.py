"""Ask maps whether they bear a claim out."""

from __future__ import annotations

from fastapi import APIRouter, Request, Response

from ..documentation import document_body, document_problems
from ..questions import QuestionBody, QuestionRequest
from ..service import ServiceDep, pass_on

router = APIRouter(prefix="/v1/questions", tags=["questions"])


@router.post(
    "",
    summary="Ask maps whether they bear a claim out",
    response_class=Response,
    responses={
        200: {"model": QuestionBody},
        **document_problems(400, 409, 413, 415, 422, 503),
    },
    openapi_extra=document_body(QuestionRequest),
)
async def ask_maps(request: Request, service: ServiceDep) -> Response:
    """Answer a claim from maps; 409 with the question where it is not one thing that is asked."""
    return pass_on(await service.ask(b"q", await service.read_body(request)))
