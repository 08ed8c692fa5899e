"""
The application.

`encircle serve` runs it; so does `uvicorn api.main:create_app --factory` in a checkout, and with
`encircle_api.main`, as a wheel calls it, anywhere.
"""

from __future__ import annotations

import asyncio
import gc
from contextlib import asynccontextmanager
from functools import partial
from http import HTTPStatus
from typing import TYPE_CHECKING

from fastapi import FastAPI
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.middleware.cors import CORSMiddleware
from starlette.routing import Match, Route

from encircle import __version__
from encircle.store.opening import open_store

from . import errors
from .access import Access, describe_as_response
from .cases import name_actor
from .catalogue import read_catalogue
from .documentation import write_openapi
from .fairness import Fairness
from .manners import Addressed, HeadAsGet, Packed
from .memory import keep_giving_back
from .metrics import Metrics
from .patience import HangUp, Intake
from .pool import Pool, check_system
from .routes import (
    base,
    case_claims,
    cases,
    claims,
    forces,
    health,
    inspections,
    judgements,
    observations,
    ogc,
    questions,
    rules,
    scenarios,
    watches,
    welcome,
)
from .sender import Sender
from .service import Service
from .settings import Settings, read_settings
from .telling import Teller
from .tracing import NOT_OF_OUR_FRAMEWORK, Spans, open_spans

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from fastapi import Request, Response

RESOURCES = (
    judgements, inspections, cases, observations, forces, case_claims, watches, ogc, claims,
    questions, scenarios, rules, base, health, welcome,
)  # fmt: skip
DESCRIPTION = "Given a map, is this force cut off, and how do you know?"


def create_app(settings: Settings | None = None, spans: Spans | None = None) -> FastAPI:
    """
    Build the service.

    Parameters
    ----------
    settings
        None: as the environment says.
    spans
        What traces are told to; None: as the environment says.

    Returns
    -------
    app
        Starts its workers with the server, and stops them with it.

    Raises
    ------
    StartError
        If the environment or the system does not let it.
    ScenarioError
        If the folder of scenarios cannot be read.
    """
    check_system()
    service = _build_service(settings or read_settings(), spans or open_spans())
    app = FastAPI(
        title="Encircle",
        version=__version__,
        description=DESCRIPTION,
        lifespan=_live,
        docs_url=None,  # its pages load scripts from elsewhere
        redoc_url=None,
        redirect_slashes=False,
        generate_unique_id_function=lambda route: route.name,  # what clients call it by
        telemetry=NOT_OF_OUR_FRAMEWORK,
    )
    app.state.service = service
    for resource in RESOURCES:
        app.include_router(resource.router)
    _tell_errors(app)
    app.add_middleware(HangUp)
    app.add_middleware(
        Fairness, settings=service.settings, whose=partial(name_actor, service.store)
    )
    app.add_middleware(Packed)
    app.add_middleware(HeadAsGet)
    if service.settings.cors_origins:
        app.add_middleware(
            CORSMiddleware,
            allow_origins=service.settings.cors_origins,
            allow_methods=["DELETE", "GET", "HEAD", "POST", "PUT"],
            allow_headers=[
                "Authorization",
                "Content-Type",
                "Content-Encoding",
                "Idempotency-Key",
                "If-Match",
                "If-None-Match",
                "traceparent",
            ],
            expose_headers=[
                "ETag",
                "Idempotent-Replayed",
                "Link",
                "Location",
                "RateLimit",
                "RateLimit-Policy",
                "Retry-After",
                "Server-Timing",
                "X-Request-Id",
            ],
        )
    settings = service.settings
    app.add_middleware(Addressed, hosts=settings.hosts, origins=settings.cors_origins)
    app.add_middleware(Access, metrics=service.metrics, spans=service.spans)
    app.openapi = lambda: write_openapi(app)  # type: ignore[method-assign]
    return app


def _build_service(settings: Settings, spans: Spans) -> Service:
    metrics = Metrics()
    intake = Intake(settings.intake_bytes, settings.body_timeout_s)
    pool, catalogue = Pool(settings, metrics), read_catalogue(settings.fixtures)
    store = open_store(settings.database)
    return Service(settings, metrics, pool, catalogue, store, intake, spans)


@asynccontextmanager
async def _live(app: FastAPI) -> AsyncIterator[None]:
    """Keep the workers while the server runs; what is loaded by then is never collected."""
    pool = app.state.service.pool
    pool.open()
    sender = app.state.sender = Sender(app.state.service)
    sender.open()
    teller = app.state.teller = Teller(app.state.service)
    teller.open()
    tidying = asyncio.create_task(keep_giving_back())
    gc.collect()
    gc.freeze()
    try:
        yield
    finally:
        tidying.cancel()
        await sender.close()
        await teller.close()
        await pool.close()
        app.state.service.store.close()
        app.state.service.spans.close()
        gc.unfreeze()


def _tell_errors(app: FastAPI) -> None:
    """Tell every error of the table as a problem document."""
    expected = (cls for cls in errors.RULES if cls is not BaseException)
    for cls in (*expected, HTTPException):
        app.add_exception_handler(cls, _tell)
    app.add_exception_handler(RequestValidationError, _tell_wrong)


async def _tell(request: Request, error: Exception) -> Response:
    if isinstance(error, HTTPException) and error.status_code == HTTPStatus.METHOD_NOT_ALLOWED:
        told = {"Allow": _list_methods(request)}
        error = HTTPException(error.status_code, headers=told if told["Allow"] else error.headers)
    return describe_as_response(error)


def _list_methods(request: Request) -> str:
    """List what a resource may be asked by: each way is a route of its own (RFC 9110, 10.2.1)."""
    routes = [route for resource in RESOURCES for route in resource.router.routes]
    here = [
        route.methods
        for route in routes
        if isinstance(route, Route) and route.matches(request.scope)[0] is not Match.NONE
    ]
    methods = {method for each in here for method in each or ()}
    return ", ".join(sorted(methods | {"HEAD"} if "GET" in methods else methods))


async def _tell_wrong(_: Request, error: Exception) -> Response:
    """Tell what is wrong with the address or a header as what is wrong with a body is told."""
    assert isinstance(error, RequestValidationError)  # noqa: S101 - narrows the type
    return describe_as_response(
        errors.RequestError([errors.tell_parameter(one) for one in error.errors()])
    )
