"""The rules of judgement."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter

from encircle import list_rules

from ..documentation import document_problems
from ..schemas import RuleBody

router = APIRouter(prefix="/v1/rules", tags=["rules"])


@router.get(
    "",
    summary="List the rules",
    response_model=list[RuleBody],
    responses=document_problems(),
)
async def get_rules() -> list[dict[str, Any]]:
    """Give the rules in the order they are asked, each with the sentence it asserts."""
    return list_rules()
