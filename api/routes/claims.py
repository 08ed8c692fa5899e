"""Hold claims against maps."""

from __future__ import annotations

from fastapi import APIRouter, Request, Response

from ..documentation import document_body, document_problems
from ..schemas import ClaimChecksBody, ClaimChecksRequest
from ..service import ServiceDep, pass_on

router = APIRouter(prefix="/v1/claim-checks", tags=["claims"])


@router.post(
    "",
    summary="Rate claims against maps",
    response_class=Response,
    responses={200: {"model": ClaimChecksBody}, **document_problems(400, 413, 415, 422, 503)},
    openapi_extra=document_body(ClaimChecksRequest),
)
async def check_claims(request: Request, service: ServiceDep) -> Response:
    """Rate each claim on every map; one that cannot be read has its errors and spoils no other."""
    return pass_on(await service.ask(b"c", await service.read_body(request)))
