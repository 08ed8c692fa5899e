"""Look a map over for slips of drawing, nothing judged."""

from __future__ import annotations

from fastapi import APIRouter, Request, Response

from ..documentation import document_body, document_problems
from ..schemas import InspectionBody, JudgementRequest
from ..service import ServiceDep, pass_on

router = APIRouter(prefix="/v1/inspections", tags=["inspections"])


@router.post(
    "",
    summary="Find lines that do not do what their drawer meant",
    response_class=Response,
    responses={200: {"model": InspectionBody}, **document_problems(400, 413, 415, 422, 503)},
    openapi_extra=document_body(JudgementRequest),
)
async def inspect_situation(request: Request, service: ServiceDep) -> Response:
    """Give what the map's own makers noted, and the slips found on it; nothing is judged."""
    return pass_on(await service.ask(b"i", await service.read_body(request)))
