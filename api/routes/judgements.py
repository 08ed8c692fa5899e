"""Judge a situation, and check a judgement."""

from __future__ import annotations

from fastapi import APIRouter, Request, Response

from api.documentation import document_body, document_problems
from api.schemas import JudgementBody, JudgementRequest, VerificationBody, VerificationRequest
from api.service import ServiceDep, pass_on

router = APIRouter(prefix="/v1/judgements", tags=["judgements"])
PROBLEMS = document_problems(400, 413, 422, 503)


@router.post(
    "",
    summary="Judge whether a force is cut off",
    response_class=Response,
    responses={200: {"model": JudgementBody}, **PROBLEMS},
    openapi_extra=document_body(JudgementRequest),
)
async def judge_situation(request: Request, service: ServiceDep) -> Response:
    """Judge the situation in the body, with reasons and proof."""
    return pass_on(await service.ask(b"j", await service.read_body(request)))


@router.post(
    "/verify",
    summary="Check a judgement's certificates against its situation",
    response_class=Response,
    responses={200: {"model": VerificationBody}, **PROBLEMS},
    openapi_extra=document_body(VerificationRequest),
)
async def verify_judgement(request: Request, service: ServiceDep) -> Response:
    """Check without the engine that made it; a judgement that does not hold is a 200 too."""
    return pass_on(await service.ask(b"v", await service.read_body(request)))
