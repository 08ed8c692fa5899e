"""
OGC API - Features, part 1: every case as layers that QGIS and GDAL read.

One collection a case and a shape, for QGIS shows only the first shape of a mixed one; each shape is
written as its multiple, for the same reason.

References
----------
.. [1] OGC 17-069r4, OGC API - Features, Part 1: Core, 1.0.1.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Annotated, Any
from urllib.parse import quote

import orjson
from fastapi import APIRouter, Path, Query, Request, Response
from fastapi.exceptions import RequestValidationError

from encircle.store.revisions import NotKeptError
from encircle.store.settings import list_cases, read_settings

from ..case_answers import search_shown
from ..case_parameters import Between  # noqa: TC001 - the framework reads it
from ..case_schemas import (
    CASE,
    FEATURE,
    ConformanceBody,
    LandingBody,
    OgcCollectionBody,
    OgcCollectionsBody,
    OgcFeatureBody,
    OgcFeaturesBody,
)
from ..cases import LARGEST, CallerDep, is_shown, look, read_kept, read_wanted
from ..documentation import document_answer, document_problems, write_older
from ..errors import QueryError, RequestError, tell_parameter
from ..service import ServiceDep  # noqa: TC001 - the framework reads it
from ..strict import Strict

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine

    from sqlalchemy import Connection

    from encircle.store.publishing import View
    from encircle.store.revisions import Revision

    from ..cases import Caller

Json = dict[str, Any]


class Standard(Strict):
    """Answers 400 to what the address asks wrongly, as the standard has it (17-069r4, 7.5)."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        """Look at the names before, and at what becomes of the values."""
        handle = super().get_route_handler()

        async def look(request: Request) -> Response:
            try:
                return await handle(request)
            except RequestValidationError as error:
                raise QueryError([tell_parameter(one) for one in error.errors()]) from None
            except RequestError as error:
                raise QueryError(error.faults) from None

        return look


router = APIRouter(prefix="/ogc", tags=["ogc"], route_class=Standard)
READING = document_problems(400, 401, 403, 404)
PLAIN = document_problems(400)
OPENAPI = "application/vnd.oai.openapi+json;version=3.0"
Collection = Annotated[
    str, Path(description="Case and layer, as listed.", examples=[f"{CASE}.positions"])
]
Name = Annotated[str, Path(description="Id of a feature.", examples=[FEATURE["id"]])]
GEOJSON = "application/geo+json"
CRS84 = "http://www.opengis.net/def/crs/OGC/1.3/CRS84"
IN_CRS84 = {"Content-Crs": f"<{CRS84}>"}
CLASSES = [
    f"http://www.opengis.net/spec/ogcapi-features-1/1.0/conf/{name}"
    for name in ("core", "geojson", "oas30")
]
LAYERS = {"positions": "point", "routes": "line", "ground": "area"}
"""Collection of a case to the shape drawn in it."""
TITLES = {
    "positions": "positions, anchors, crossings and claims at a place",
    "routes": "routes, crossings and barriers",
    "ground": "ground held, areas of positions and of fire",
}
OBSERVED = (
    "of what was posted as observations; what was laid under the case is on its map, "
    "/v1/cases/{case}/situation"
)
MOST = 10_000


@router.get("", summary="The landing page of OGC API - Features", response_class=Response,
            responses={**PLAIN, 200: document_answer(LandingBody)})  # fmt: skip
async def show_landing(request: Request) -> Response:
    """Say where everything is."""
    base = _base(request)
    return _answer({
        "title": "Encircle: cases", "description": "What analysts posted, case by case",
        "links": [
            _link(base, "self", "This page"),
            _link(f"{base}/api", "service-desc", "The API", OPENAPI),
            _link(f"{base}/conformance", "conformance", "What of the standard is answered"),
            _link(f"{base}/collections", "data", "The collections"),
        ],
    })  # fmt: skip


@router.get("/api", summary="These resources in OpenAPI 3.0", response_class=Response,
            responses={**PLAIN, 200: {
    "description": "An OpenAPI document.", "content": {OPENAPI: {"schema": {"type": "object"}}},
}})  # fmt: skip
async def describe_api(request: Request) -> Response:
    """Describe what lies under /ogc as the standard's class `oas30` wants it."""
    document = write_older(request.app.openapi(), router.prefix)
    return Response(orjson.dumps(document), media_type=OPENAPI)


@router.get("/conformance", summary="What of the standard is answered", response_class=Response,
            responses={**PLAIN, 200: document_answer(ConformanceBody)})  # fmt: skip
async def show_conformance() -> Response:
    """List the classes of the standard."""
    return _answer({"conformsTo": CLASSES})


@router.get("/collections", summary="List the collections", response_class=Response,
            responses={**READING, 200: document_answer(OgcCollectionsBody)})  # fmt: skip
async def list_collections(request: Request, service: ServiceDep, caller: CallerDep) -> Response:
    """Give one collection a shape of every case that the caller may read."""
    found = await read_kept(service.store, _list, caller)
    base = _base(request)
    return _answer({
        "links": [_link(f"{base}/collections", "self", "The collections")],
        "collections": [_describe(base, case, layer, title)
                        for case, title in found for layer in LAYERS],
    })  # fmt: skip


@router.get("/collections/{collection}", summary="One collection", response_class=Response,
            responses={**READING, 200: document_answer(OgcCollectionBody)})  # fmt: skip
async def read_collection(
    collection: Collection, request: Request, service: ServiceDep, caller: CallerDep
) -> Response:
    """Describe a collection."""
    case, layer = _split(collection)
    view = await look(service, caller, case)
    title = await read_kept(service.store, _title, case, view)
    return _answer(_describe(_base(request), case, layer, title))


@router.get("/collections/{collection}/items", summary="Its features", response_class=Response,
            responses={**READING, 200: document_answer(OgcFeaturesBody, GEOJSON)})  # fmt: skip
async def read_items(  # noqa: PLR0913 - the parts of a request
    collection: Collection, request: Request, service: ServiceDep, caller: CallerDep,
    bbox: Annotated[str | None, Query(description="west,south,east,north, degrees")] = None,
    between: Between = None,
    limit: Annotated[int, Query(ge=1, json_schema_extra={"maximum": MOST})] = 1000,
    offset: Annotated[int, Query(ge=0, lt=LARGEST)] = 0,
) -> Response:  # fmt: skip
    """Give features page by page, `next` linked; no more than 10,000, whatever is asked."""
    case, layer = _split(collection)
    limit = min(limit, MOST)  # 17-069r4, 7.15.3 C: more is not refused
    view = await look(service, caller, case)
    wanted = read_wanted(bbox, between, shape=LAYERS[layer])
    found = await read_kept(
        service.store, search_shown, case, wanted, view, skip=offset, most=limit + 1
    )
    at = f"{_address(request, collection)}/items"
    here = f"{at}?{request.url.query}" if request.url.query else at
    links = [_link(here, "self", "This page", GEOJSON)]
    if len(found) > limit:
        asked = request.url.include_query_params(offset=offset + limit, limit=limit)
        following = f"{at}?{asked.query}"
        links.append(_link(following, "next", "The next page", GEOJSON))
    features = [_flatten(revision, view) for revision in found[:limit]]
    document = {"type": "FeatureCollection", "features": features, "links": links,
                "numberReturned": len(features), "timeStamp": _now()}  # fmt: skip
    return Response(orjson.dumps(document), headers=IN_CRS84, media_type=GEOJSON)


@router.get("/collections/{collection}/items/{name}", summary="One feature",
            response_class=Response,
            responses={**READING, 200: document_answer(OgcFeatureBody, GEOJSON)})  # fmt: skip
async def read_item(
    collection: Collection, name: Name, request: Request, service: ServiceDep, caller: CallerDep
) -> Response:
    """Give one feature."""
    case, layer = _split(collection)
    view = await look(service, caller, case)
    wanted = read_wanted(None, None, shape=LAYERS[layer], subject=name)
    found = await read_kept(service.store, search_shown, case, wanted, view)
    if not found:
        raise NotKeptError(f"there is no feature {name!r} in {collection!r}")
    at = _address(request, collection)
    here = f"{at}/items/{quote(name, safe='')}"
    links = [_link(here, "self", "This feature", GEOJSON),
             _link(at, "collection", "The layer it is of")]  # fmt: skip
    document = {**_flatten(found[0], view), "links": links}
    return Response(orjson.dumps(document), headers=IN_CRS84, media_type=GEOJSON)


# -- parts -----------------------------------------------------------------------------------


def _list(connection: Connection, caller: Caller) -> list[tuple[str, str]]:
    names = [row["id"] for row in list_cases(connection)]
    return [
        (name, _title(connection, name, caller.look(connection, name)))
        for name in names if is_shown(connection, caller, name)
    ]  # fmt: skip


def _title(connection: Connection, case: str, view: View) -> str:
    return str(read_settings(connection, case, view.until).get("title") or case)


def _split(collection: str) -> tuple[str, str]:
    """Read the case and the layer of a collection's id."""
    case, _, layer = collection.rpartition(".")
    if layer not in LAYERS or not case:
        raise NotKeptError(f"there is no collection {collection!r}; /ogc/collections lists them")
    return case, layer


def _describe(base: str, case: str, layer: str, title: str) -> Json:
    name = f"{case}.{layer}"
    at = f"{base}/collections/{quote(name, safe='')}"
    return {
        "id": name, "title": f"{title}: {layer}",
        "description": f"{TITLES[layer]}: {OBSERVED.format(case=quote(case, safe=''))}",
        "itemType": "feature", "crs": [CRS84],
        "extent": {"spatial": {"bbox": [[-180, -90, 180, 90]], "crs": CRS84}},
        "links": [_link(at, "self", title), _link(f"{at}/items", "items", title, GEOJSON)],
    }  # fmt: skip


def _flatten(revision: Revision, view: View) -> Json:
    """Write a feature as a table can hold it: nothing nested, and its shape the multiple one."""
    feature = revision.document or {}
    geometry = feature.get("geometry")
    if geometry and not geometry["type"].startswith("Multi"):
        geometry = {"type": f"Multi{geometry['type']}", "coordinates": [geometry["coordinates"]]}
    said = {
        name: value if isinstance(value, str | int | float | bool) else orjson.dumps(value).decode()
        for name, value in (feature.get("properties") or {}).items()
        if value is not None
    }
    told = {"revision": revision.number, "recorded_at": revision.recorded_at,
            **({"by": revision.actor} if view.is_whole else {})}  # fmt: skip
    return {"type": "Feature", "id": revision.subject, "geometry": geometry,
            "properties": {"id": revision.subject, **said, **told}}  # fmt: skip


def _now() -> str:
    return datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _base(request: Request) -> str:
    return f"{request.base_url}ogc"


def _address(request: Request, collection: str) -> str:
    return f"{_base(request)}/collections/{quote(collection, safe='')}"


def _link(href: str, rel: str, title: str, media_type: str = "application/json") -> Json:
    return {"href": href, "rel": rel, "type": media_type, "title": title}


def _answer(document: Json) -> Response:
    return Response(orjson.dumps(document), media_type="application/json")
