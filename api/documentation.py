"""What the OpenAPI document says beyond what FastAPI finds out by itself."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from fastapi.openapi.utils import get_openapi
from pydantic.json_schema import models_json_schema

from .errors import PROBLEM_JSON
from .schemas import ClaimChecksRequest, JudgementRequest, ProblemBody, VerificationRequest

if TYPE_CHECKING:
    from fastapi import FastAPI
    from pydantic import BaseModel

Json = dict[str, Any]
REFERENCE = "#/components/schemas/{model}"
RETRY_AFTER: Json = {
    "Retry-After": {
        "description": "Seconds until asking again makes sense.",
        "schema": {"type": "integer"},
    }
}
SAYINGS = {
    400: "The body is not JSON.",
    401: "A key is needed: `Authorization: Bearer KEY`.",
    403: "The key may not do this.",
    404: "There is nothing of that name.",
    405: "This resource is not asked in this way; `Allow` says how.",
    406: "There is no answer of a type that `Accept` names.",
    409: "What is asked is not one thing: `question` asks back, and nothing is judged.",
    410: "It was taken back: nothing follows that.",
    413: "The body is too large, or needs too much memory.",
    415: "The body is neither JSON nor GeoJSON, or packed otherwise than by gzip.",
    422: "The body is JSON, and wrong: `errors` has every fault.",
    503: "Busy, not ready, or stopped because it took too long.",
}


def document_problems(*statuses: int) -> dict[int | str, Json]:
    """Document the problems a route may answer with; any route may be asked in the wrong way."""
    return {status: _document_problem(status) for status in (*statuses, 405)}


def _document_problem(status: int) -> Json:
    reference = {"$ref": REFERENCE.format(model=ProblemBody.__name__)}
    said: Json = {"description": SAYINGS[status], "content": {PROBLEM_JSON: {"schema": reference}}}
    return {**said, "headers": RETRY_AFTER} if status == 503 else said  # noqa: PLR2004


def document_body(model: type[BaseModel]) -> Json:
    """Document a body that the route reads by itself."""
    schema = {"$ref": REFERENCE.format(model=model.__name__)}
    content: Json = {"schema": schema}
    examples = model.model_config.get("json_schema_extra")
    if isinstance(examples, dict):
        content["example"] = examples["examples"][0]  # type: ignore[index]
    return {"requestBody": {"required": True, "content": {"application/json": content}}}


def write_openapi(app: FastAPI) -> Json:
    """Write the OpenAPI document once, with the models FastAPI does not see."""
    if not app.openapi_schema:
        document = get_openapi(
            title=app.title, version=app.version, description=app.description, routes=app.routes
        )
        models = (JudgementRequest, VerificationRequest, ClaimChecksRequest, ProblemBody)
        _, schemas = models_json_schema(
            [(model, "validation") for model in models], ref_template=REFERENCE
        )
        document.setdefault("components", {}).setdefault("schemas", {}).update(schemas["$defs"])
        app.openapi_schema = document
    return app.openapi_schema
