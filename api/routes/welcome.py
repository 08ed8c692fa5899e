"""Where to begin, for whoever asks the root: a person the page, a program the contract."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Path, Request
from fastapi.responses import HTMLResponse, JSONResponse, Response
from starlette.exceptions import HTTPException

from encircle import __version__

from ..content import choose_type
from ..documentation import document_problems
from ..manners import names
from ..page import INDEX, POLICY, File, read_files
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
TWO_FORMS = ("application/json", "text/html")


@router.get(
    "/",
    summary="Begin here",
    response_model=None,
    responses={
        200: {"model": WelcomeBody, "content": {"text/html": {}}, "description": "Where to begin."},
        **document_problems(),
    },
)
async def welcome(request: Request) -> Response:
    """Give the page where a browser asks; as JSON, where the contract and the scenarios are."""
    page = read_files().get(INDEX)
    if page is None or choose_type(request.headers.get("accept"), TWO_FORMS) != "text/html":
        return JSONResponse(WELCOME, headers={"Vary": "Accept"})
    return _give(request, page)


@router.get("/page/{name:path}", include_in_schema=False)
async def get_page_file(name: Annotated[str, Path()], request: Request) -> Response:
    """Give a file of the page."""
    file = read_files().get(name)
    if file is None:
        raise HTTPException(404, f"the page has no file {name[:80]!r}")
    return _give(request, file)


def _give(request: Request, file: File) -> Response:
    """Give a file with what it may do, or say that the one at hand is still the same."""
    told = {
        "Cache-Control": file.kept,
        "Content-Security-Policy": POLICY,
        "Cross-Origin-Opener-Policy": "same-origin",
        "ETag": file.tag,
        "Referrer-Policy": "no-referrer",
        "Vary": "Accept",
    }
    if names(request.headers.get("if-none-match"), file.tag):
        return Response(status_code=304, headers=told)
    return Response(file.raw, headers=told, media_type=file.media_type)


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
    if choose_type(request.headers.get("accept"), TWO_FORMS) == "application/json":
        return JSONResponse(WELCOME, headers={"Vary": "Accept"})
    said = {"Vary": "Accept", "Content-Security-Policy": NO_SCRIPTS}
    return HTMLResponse(write_reference(request.app.openapi()), headers=said)
