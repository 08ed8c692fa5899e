"""What the OpenAPI document says beyond what FastAPI finds out by itself."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from fastapi.openapi.utils import get_openapi
from pydantic.json_schema import models_json_schema

from . import case_schemas, schemas
from .errors import PROBLEM_JSON
from .questions import QuestionRequest
from .schemas import ProblemBody

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
    408: "The body did not come in time.",
    409: "What is asked is not one thing: `question` asks back, and nothing is judged.",
    410: "It was taken back: nothing follows that.",
    413: "The body is too large, or needs too much memory.",
    415: "The body is neither JSON nor GeoJSON, or packed otherwise than by gzip.",
    422: "The body is JSON, and wrong: `errors` has every fault.",
    428: "`If-Match` does not say which revision is corrected.",
    429: "More than one caller's part: come again later.",
    503: "Busy, not ready, or stopped because it took too long.",
}


KEYED = ("/v1/cases", "/ogc/collections")
KEY = "key"
"""The one way to say who asks: a bearer key. Whether one is needed, the service decides."""


def document_problems(*statuses: int) -> dict[int | str, Json]:
    """
    Document the problems a route may answer with.

    Any may be asked wrongly (405) or too often (429); one that reads a body (415) may wait for it
    in vain (408).
    """
    more = (405, 408, 429) if 415 in statuses else (405, 429)  # noqa: PLR2004
    return {status: _document_problem(status) for status in (*statuses, *more)}


def _document_problem(status: int) -> Json:
    reference = {"$ref": REFERENCE.format(model=ProblemBody.__name__)}
    said: Json = {"description": SAYINGS[status], "content": {PROBLEM_JSON: {"schema": reference}}}
    return {**said, "headers": RETRY_AFTER} if status in (429, 503) else said


def document_body(*models: type[BaseModel], also: Json | None = None) -> Json:
    """
    Document a body that the route reads by itself.

    Parameters
    ----------
    models
        What it may be; the example is the first's.
    also
        Content of other types, by type.
    """
    content = {"application/json": _show(*models), **(also or {})}
    return {"requestBody": {"required": True, "content": content}}


def document_answer(
    model: type[BaseModel], *media_types: str, description: str = "As asked.",
    also: Json | None = None,
) -> Json:  # fmt: skip
    """Document an answer that the route writes by itself; JSON unless it says otherwise."""
    content = {name: _show(model) for name in media_types or ("application/json",)}
    content.update(also or {})
    return {"description": description, "content": content}


UNCHANGED: dict[int | str, Json] = {304: {"description": "It is what `If-None-Match` names."}}


def _show(*models: type[BaseModel]) -> Json:
    references = [{"$ref": REFERENCE.format(model=model.__name__)} for model in models]
    return {"schema": references[0] if len(models) == 1 else {"anyOf": references}}


def write_openapi(app: FastAPI) -> Json:
    """Write the OpenAPI document once, with the models FastAPI does not see."""
    if not app.openapi_schema:
        document = get_openapi(
            title=app.title, version=app.version, description=app.description, routes=app.routes
        )
        models = [QuestionRequest] + [
            value
            for name, value in (vars(schemas) | vars(case_schemas)).items()
            if name.endswith(("Body", "Request"))
        ]
        _, found = models_json_schema(
            [(model, "validation") for model in models], ref_template=REFERENCE
        )
        parts = document.setdefault("components", {})
        parts.setdefault("schemas", {}).update(found["$defs"])
        parts["securitySchemes"] = {KEY: {"type": "http", "scheme": "bearer"}}
        _mend(document)
        app.openapi_schema = document
    return app.openapi_schema


def _mend(document: Json) -> None:
    """Take out the 422 that FastAPI adds and no route gives; say where a key may be shown."""
    named = document["components"]["schemas"]
    for name in ("HTTPValidationError", "ValidationError"):
        named.pop(name, None)
    for path, operations in document["paths"].items():
        for operation in operations.values():
            told = operation["responses"].get("422", {}).get("content", {})
            if "HTTPValidationError" in str(told):
                del operation["responses"]["422"]
            if path.startswith(KEYED):
                operation["security"] = [{}, {KEY: []}]
            for part in (operation.get("requestBody", {}), *operation["responses"].values()):
                for content in part.get("content", {}).values():
                    example = _find_example(content.get("schema", {}), named)
                    if example is not None:
                        content.setdefault("example", example)


def _find_example(schema: Json, named: Json) -> Any:  # noqa: ANN401 - any JSON
    """Find the example of a schema: FastAPI would drop every null of one that it is given."""
    if "items" in schema:
        one = _find_example(schema["items"], named)
        return None if one is None else [one]
    for part in schema.get("anyOf", ()):
        return _find_example(part, named)
    name = schema.get("$ref", "").rpartition("/")[2]
    return next(iter(named.get(name, {}).get("examples", ())), None)


def write_older(document: Json, prefix: str) -> Json:
    """
    Write the part of an OpenAPI 3.1 document under a prefix as OpenAPI 3.0, which has no null.

    Only what a request says is kept of schemas, and of answers their types: who reads 3.0 here
    wants to know what may be asked.
    """
    paths: Json = {}
    for path, operations in document["paths"].items():
        if not path.startswith(prefix):
            continue
        paths[path] = {
            method: {
                **{name: told[name] for name in ("summary", "operationId", "tags")},
                "parameters": [_age(one) for one in told.get("parameters", ())],
                "responses": {
                    status: {
                        "description": answer["description"],
                        "content": {kind: {} for kind in answer.get("content", ())},
                    }
                    for status, answer in told["responses"].items()
                },
            }
            for method, told in operations.items()
        }
    return {"openapi": "3.0.3", "info": document["info"], "paths": paths}


def _age(parameter: Json) -> Json:
    """Say of a parameter what 3.0 has words for."""
    schema = dict(parameter["schema"])
    kinds = [one for one in schema.pop("anyOf", ()) if one.get("type") != "null"]
    schema |= kinds[0] if kinds else {}
    examples = schema.pop("examples", None)
    shown = {"example": examples[0]} if examples else {}
    kept = ("name", "in", "required", "description")
    return {**{name: parameter[name] for name in kept if name in parameter}, **shown,
            "schema": schema}  # fmt: skip
