"""Where to begin, for whoever asks the root."""

from __future__ import annotations

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, JSONResponse, Response

from encircle import __version__

from ..content import choose_type
from ..documentation import document_problems
from ..reference import write_reference
from ..schemas import WelcomeBody
from ..service import NO_SCRIPTS

router = APIRouter(tags=["welcome"])
WELCOME = {
    "service": "encircle",
    "version": __version__,
    "description": "Given a map, is this force cut off, and how do you know?",
    "openapi": "/openapi.json",
    "try": "/v1/scenarios",
}


@router.get("/", summary="Begin here", response_model=WelcomeBody, responses=document_problems())
async def welcome() -> dict[str, str]:
    """Say where the OpenAPI document and the scenarios are."""
    return WELCOME


@router.get(
    "/docs",
    summary="Documentation",
    response_model=None,
    responses={
        200: {"model": WelcomeBody, "content": {"text/html": {}}, "description": "Where to begin."},
        **document_problems(),
    },
)
async def get_documentation(request: Request) -> Response:
    """Give a page of every operation, which runs no script; as JSON, where the contract is."""
    kind = choose_type(request.headers.get("accept"), ("application/json", "text/html"))
    if kind == "application/json":
        return JSONResponse(WELCOME, headers={"Vary": "Accept"})
    said = {"Vary": "Accept", "Content-Security-Policy": NO_SCRIPTS}
    return HTMLResponse(write_reference(request.app.openapi()), headers=said)
