"""Is the service alive, is it ready, and how is it doing."""

from __future__ import annotations

from fastapi import APIRouter, Response
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest

from ..documentation import document_problems
from ..errors import UnavailableError
from ..schemas import ReadyBody, StateBody
from ..service import ServiceDep  # noqa: TC001 - FastAPI reads it

router = APIRouter(tags=["health"])


@router.get("/healthz", summary="Alive?", response_model=StateBody, responses=document_problems())
async def check_alive() -> dict[str, str]:
    """Answer as soon as the server runs."""
    return {"status": "ok"}


@router.get("/readyz", summary="Ready?", response_model=ReadyBody, responses=document_problems(503))
async def check_ready(service: ServiceDep) -> dict[str, str]:
    """Answer 200 once a worker has judged its first situation, and say what cases are kept in."""
    if not service.pool.is_ready:
        raise UnavailableError("no worker is ready yet")
    return {"status": "ok", "store": service.store.kind}


@router.get(
    "/metrics",
    summary="Measure",
    response_class=Response,
    responses={
        200: {"description": "Prometheus text.", "content": {"text/plain": {}}},
        **document_problems(),
    },
)
async def get_metrics(service: ServiceDep) -> Response:
    """Give the counts in Prometheus's text format."""
    return Response(generate_latest(service.metrics.registry), media_type=CONTENT_TYPE_LATEST)
