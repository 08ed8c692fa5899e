"""The base map and the names of places, from the library's own data."""

from __future__ import annotations

from typing import Annotated, Any

import orjson
from fastapi import APIRouter, Path, Query, Response
from starlette.exceptions import HTTPException

from encircle.places import find_places, suggest_places

from ..base_map import STEPS_DEG, has_square, write_square
from ..documentation import document_problems
from ..schemas import PlaceBody

router = APIRouter(prefix="/v1", tags=["base"])
GEOJSON = "application/geo+json"
FOR_A_DAY = {"Cache-Control": "public, max-age=86400"}
"""It changes with a version of the library and with nothing else."""
MOST_FOUND = 12
LONGEST_NAME = 120
Level = Annotated[
    int, Path(ge=0, lt=len(STEPS_DEG), description="Squares of 8, 2 or 0.5 degrees.", examples=[1])
]
Column = Annotated[
    int, Path(ge=0, lt=720, description="Squares east of 180° west.", examples=[107])
]
Row = Annotated[
    int, Path(ge=0, lt=360, description="Squares north of the south pole.", examples=[70])
]


@router.get(
    "/base/{level}/{column}/{row}",
    summary="Get a square of the base map",
    response_class=Response,
    responses={
        200: {"description": "Sea, borders, places.", "content": {GEOJSON: {"schema": {}}}},
        **document_problems(404),
    },
)
def get_base_square(level: Level, column: Column, row: Row) -> Response:
    """Give the sea, the borders of states and the largest places of a square."""
    if not has_square(level, column, row):
        raise HTTPException(404, f"level {level} has no square {column}, {row}")
    return Response(write_square(level, column, row), headers=FOR_A_DAY, media_type=GEOJSON)


@router.get(
    "/places",
    summary="Find places by name",
    response_model=list[PlaceBody],
    responses=document_problems(),
)
def find_places_called(
    called: Annotated[
        str,
        Query(
            min_length=1,
            max_length=LONGEST_NAME,
            description="A name, in any alphabet.",
            examples=["Суджа"],
        ),
    ],
) -> Response:
    """Give the places of that name, the largest first; where nothing is called so, the nearest."""
    found = find_places(called) or suggest_places(called)
    told: list[dict[str, Any]] = [{**p.to_dict(), "label": p.label} for p in found[:MOST_FOUND]]
    return Response(orjson.dumps(told), headers=FOR_A_DAY, media_type="application/json")
