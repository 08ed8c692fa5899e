"""Judge a situation, and check a judgement."""

from __future__ import annotations

from fastapi import APIRouter, Request, Response

from ..content import choose_type
from ..documentation import document_body, document_problems
from ..schemas import JudgementBody, JudgementRequest, VerificationBody, VerificationRequest
from ..service import ServiceDep, pass_on
from ..wire import Kind  # noqa: TC001 - it types a table

TYPES: dict[str, Kind] = {
    "application/json": b"j", "application/geo+json": b"g", "image/svg+xml": b"p",
    "text/html": b"h", "application/vnd.google-earth.kml+xml": b"k",
    "application/geopackage+sqlite3": b"l",
}  # fmt: skip
"""What a judgement is answered as, by `Accept`: the document, layers (GeoJSON, KML, GeoPackage),
the picture, a page."""
router = APIRouter(prefix="/v1/judgements", tags=["judgements"])
PROBLEMS = document_problems(400, 413, 415, 422, 503)


@router.post(
    "",
    summary="Judge whether a force is cut off",
    response_class=Response,
    responses={
        200: {
            "model": JudgementBody,
            "content": {name: {"schema": {}} for name in TYPES if name != "application/json"},
        },
        **document_problems(406),
        **PROBLEMS,
    },
    openapi_extra=document_body(JudgementRequest),
)
async def judge_situation(request: Request, service: ServiceDep) -> Response:
    """Judge the situation in the body, with reasons and proof; as JSON, layers, SVG or a page."""
    media_type = choose_type(request.headers.get("accept"), tuple(TYPES))
    answer = await service.ask(TYPES[media_type], await service.read_body(request))
    response = pass_on(answer, media_type)
    response.headers["Vary"] = "Accept"
    return response


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
