"""Where to begin, for whoever asks the root."""

from __future__ import annotations

from fastapi import APIRouter

from encircle import __version__

from ..documentation import document_problems
from ..schemas import WelcomeBody

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
    response_model=WelcomeBody,
    responses=document_problems(),
)
async def get_documentation() -> dict[str, str]:
    """Say where the OpenAPI document is; there is no page that loads scripts from elsewhere."""
    return WELCOME
