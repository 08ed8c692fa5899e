"""What the features of a drawn map mean to a reader who has never seen their ids."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from encircle.situation import GREY_BASES, NEUTRAL

if TYPE_CHECKING:
    from collections.abc import Mapping

    from encircle.asking.answer import AskedMap

Json = dict[str, Any]
COUNTRIES = {"UA": "Ukraine", "RU": "Russia"}
NAMED = ("certificates", "confidence", "pivots", "margins")
"""Members of a judgement whose words and evidence readers meet."""


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
    Write a judgement with names in place of ids, for reading only: no proof can be checked by it.

    Examples
    --------
    >>> said = {"pivots": [{"statement": "It rests on a-1 alone.", "evidence": ["a-1", "a-2"]}]}
    >>> name_judgement(said, {"a-1": "the ridge", "a-2": "the ridge"})["pivots"]
    [{'statement': 'It rests on the ridge alone.', 'evidence': ['the ridge']}]
    """
    if not names:
        return judgement
    every = "|".join(sorted(map(re.escape, names), key=len, reverse=True))
    ids = re.compile(rf"(?<![\w-])(?:{every})(?![\w-])")
    named = {member: _walk(judgement.get(member), ids, names) for member in NAMED}
    return {**judgement, **{member: said for member, said in named.items() if member in judgement}}


def _walk(value: Any, ids: re.Pattern[str], names: Mapping[str, str]) -> Any:  # noqa: ANN401 - JSON
    if isinstance(value, str):
        return ids.sub(lambda found: names[found[0]], value)
    if isinstance(value, dict):
        return {key: _walk(inner, ids, names) for key, inner in value.items()}
    if isinstance(value, list):
        walked = [_walk(inner, ids, names) for inner in value]
        texts = walked and all(isinstance(inner, str) for inner in walked)
        return list(dict.fromkeys(walked)) if texts else walked
    return value


def name_finding(finding: Json, names: Mapping[str, str]) -> Json:
    """Write a finding with names in place of the ids of its evidence, each once."""
    evidence = [names.get(name, name) for name in finding.get("evidence") or ()]
    return {**finding, "evidence": list(dict.fromkeys(evidence))}
