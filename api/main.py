"""
The application.

`encircle serve` runs it; so does `uvicorn api.main:create_app --factory` in a checkout, and with
`encircle_api.main`, as a wheel calls it, anywhere.
"""

from __future__ import annotations

import gc
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

from fastapi import FastAPI
from starlette.exceptions import HTTPException
from starlette.middleware.cors import CORSMiddleware

from encircle import __version__
from encircle.store.opening import open_store

from . import errors
from .access import Access, describe_as_response
from .catalogue import read_catalogue
from .documentation import write_openapi
from .fairness import Fairness
from .manners import HeadAsGet
from .metrics import Metrics
from .patience import HangUp, Intake
from .pool import Pool, check_system
from .routes import (
    cases,
    claims,
    health,
    inspections,
    judgements,
    ogc,
    questions,
    rules,
    scenarios,
    welcome,
)
from .sender import Sender
from .service import Service
from .settings import Settings, read_settings
from .tracing import NOT_OF_OUR_FRAMEWORK, Spans, open_spans

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from fastapi import Request, Response

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
        telemetry=NOT_OF_OUR_FRAMEWORK,
    )
    app.state.service = service
    for resource in (
        judgements,
        inspections,
        cases,
        ogc,
        claims,
        questions,
        scenarios,
        rules,
        health,
        welcome,
    ):
        app.include_router(resource.router)
    _tell_errors(app)
    app.add_middleware(HangUp)
    app.add_middleware(Fairness, settings=service.settings)
    app.add_middleware(HeadAsGet)
    if service.settings.cors_origins:
        app.add_middleware(
            CORSMiddleware,
            allow_origins=service.settings.cors_origins,
            allow_methods=["DELETE", "GET", "HEAD", "POST", "PUT"],
            allow_headers=["Content-Type", "Content-Encoding"],
            expose_headers=["Retry-After", "Server-Timing"],
        )
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
    gc.collect()
    gc.freeze()
    try:
        yield
    finally:
        await sender.close()
        await pool.close()
        app.state.service.store.close()
        app.state.service.spans.close()
        gc.unfreeze()


def _tell_errors(app: FastAPI) -> None:
    """Tell every error of the table as a problem document."""
    expected = (cls for cls in errors.RULES if cls is not BaseException)
    for cls in (*expected, HTTPException):
        app.add_exception_handler(cls, _tell)


async def _tell(_: Request, error: Exception) -> Response:
    return describe_as_response(error)
