"""What the features of a drawn map mean to a reader who has never seen their ids."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from encircle.map.situation import GREY_BASES, NEUTRAL

if TYPE_CHECKING:
    from collections.abc import Mapping

    from encircle.claims.asking.answer import AskedMap

Json = dict[str, Any]
COUNTRIES = {"UA": "Ukraine", "RU": "Russia"}


def name_features(told: AskedMap) -> dict[str, str]:
    """
    Name every feature that was drawn for the question; what people drew keeps its own ids.

    Returns
    -------
    names
        For each id what it is: the force, its rear, ground by its holder and its mapper.
    """
    if told.document is None or not told.is_drawn:
        return {}
    names = {}
    for feature in told.document.get("features") or ():
        name = _name(feature.get("properties") or {}, told.title)
        if name:
            names[str(feature.get("id"))] = name
    return names


def _name(properties: Mapping[str, Any], mapper: str) -> str | None:
    kind, basis = properties.get("kind"), properties.get("basis")
    side = str(properties.get("side") or properties.get("holder") or "")
    country = COUNTRIES.get(side, side)
    if kind == "position":
        return "the force"
    if kind == "anchor":
        return f"the rear of {country}"
    if kind != "control" or side == NEUTRAL:
        return None
    if basis in GREY_BASES or not side:
        return f"ground that {mapper} leaves unclear"
    if basis == "territory":
        return f"unpainted ground in {country}"
    return f"ground that {mapper} gives to {country}"


def name_judgement(judgement: Json, names: Mapping[str, str]) -> Json:
    """
    Call features of a judgement by other names than their map gives them.

    Examples
    --------
    >>> name_judgement({"names": {"a": "unclear ground"}}, {"a": "ground left bare"})["names"]
    {'a': 'ground left bare'}
    """
    return {**judgement, "names": {**(judgement.get("names") or {}), **names}}
