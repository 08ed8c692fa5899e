"""The scenarios that come with the service, and their judgements."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Path, Response

from ..documentation import document_problems
from ..schemas import SITUATION_SCHEMA, JudgementBody, ScenarioBody
from ..service import ServiceDep, pass_on

router = APIRouter(prefix="/v1/scenarios", tags=["scenarios"])
GEOJSON = "application/geo+json"
SVG = "image/svg+xml"
JUDGING_PROBLEMS = document_problems(404, 413, 422, 503)
Name = Annotated[str, Path(description="Id of a scenario.", examples=["kursk-2025-03-14"])]


@router.get(
    "",
    summary="List the scenarios",
    response_model=list[ScenarioBody],
    responses=document_problems(),
)
async def list_scenarios(service: ServiceDep) -> list[dict[str, Any]]:
    """Give each scenario's id, title, instant, force, and what is expected of a judgement."""
    return service.catalogue.list()


@router.get(
    "/{name}",
    summary="Get a scenario's situation",
    response_class=Response,
    responses={
        200: {"description": "The situation.", "content": {GEOJSON: {"schema": SITUATION_SCHEMA}}},
        **document_problems(404),
    },
)
async def get_scenario(name: Name, service: ServiceDep) -> Response:
    """Give the map, as it can be put into POST /v1/judgements."""
    return Response(service.catalogue.find(name).raw, media_type=GEOJSON)


@router.get(
    "/{name}/judgement",
    summary="Judge a scenario",
    response_class=Response,
    responses={200: {"model": JudgementBody}, **JUDGING_PROBLEMS},
)
async def get_scenario_judgement(name: Name, service: ServiceDep) -> Response:
    """Judge it when first asked for, and keep the answer; one that is no situation is a 422."""
    return pass_on(await service.judge_scenario(name))


@router.get(
    "/{name}/judgement.svg",
    summary="Draw a scenario's judgement",
    response_class=Response,
    responses={
        200: {"description": "The picture.", "content": {SVG: {"schema": {"type": "string"}}}},
        **JUDGING_PROBLEMS,
    },
)
async def get_scenario_picture(name: Name, service: ServiceDep) -> Response:
    """Draw map, proof and verdict when first asked for, and keep the picture."""
    return pass_on(await service.judge_scenario(name, b"p"), SVG)
