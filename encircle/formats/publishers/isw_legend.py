"""What do the names of ISW's layers say: on what basis is ground painted, and whose is it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

LayerBasis = Literal[
    "assessed", "advance", "infiltration", "contested", "claimed", "retaken", "skip"
]
Side = Literal["UA", "RU"]


@dataclass(frozen=True, slots=True)
class Meaning:
    """What is said of some ground; None where it is not."""

    basis: LayerBasis | None
    side: Side | None


STATED: dict[str, Meaning] = {
    "assessed": Meaning("assessed", None),
    "advance": Meaning("advance", None),
    "infiltration": Meaning("infiltration", None),
    "contested": Meaning("contested", None),
    "claimed": Meaning("claimed", None),
    "retaken": Meaning("retaken", "RU"),
    "skip": Meaning("skip", None),
    "assessed-ua": Meaning("assessed", "UA"),
    "advance-ua": Meaning("advance", "UA"),
    "claimed-ua": Meaning("claimed", "UA"),
    "claimed-ru": Meaning("claimed", "RU"),
}
"""What whoever hands a layer in may state of it: a basis, and where need be whose it is."""

BASES = tuple(STATED)

LEGEND: tuple[tuple[re.Pattern[str], LayerBasis], ...] = (
    (re.compile(r"partisan|fortif"), "skip"),
    (re.compile(r"infiltrat"), "infiltration"),
    (re.compile(r"claim|counteroffensive"), "claimed"),
    (re.compile(r"kursk.*russian?advance|russian?advance.*kursk"), "retaken"),
    (re.compile(r"advance|gain"), "advance"),
    (re.compile(r"fighting|contested"), "contested"),
    (re.compile(r"cot|control|assessed|annexed|occupied|held|liberated|recaptured"), "assessed"),
)
"""On what a layer rests, by its name run together, first match wins. Source: ISW's layers,
2022-2025: AssessedCoTinUkraine, UkraineControlMapAO30JAN2023, AssessedAdvanceinUkraine,
ClaimedCoTinUkraine, ClaimedCounterOffensives, ReportedPartisanWarfare, kursk_russian_advances,
AssessedRussianInfiltrationAreasinUkraine, VIEW_RussiaCoTinUkraine_V3, VIEW_Claimed…"""

_WHERE = re.compile(r"(?:in|inside|into|within|of|from)(?:ukraine(?!ian)|russia(?!n))")
"""A country named as the place: control of terrain *in Ukraine*."""

_WHOSE_LAND = re.compile(r"(?:ukrainian|russian)(?:sovereign)?(?:territor(?:y|ies)|land|soil)")
"""*Ukrainian territory*: whose land it is by law, not who holds it, where somebody is said to."""

_RUSSIAN = re.compile(r"russia|byrussia")
_UKRAINIAN = re.compile(r"ukrainian|byukraine")
"""A side: the adjective, or *by Ukraine*. The noun alone is the place: Ukraine control map."""


def read_words(text: str) -> Meaning:
    """
    Read what a name says.

    Examples
    --------
    >>> read_words("Assessed Russian-controlled Ukrainian Territory")
    Meaning(basis='assessed', side='RU')
    >>> read_words("VIEW_ClaimedUkrainianCounteroffensives_V2")
    Meaning(basis='claimed', side='UA')
    >>> read_words("Ukrainian territory under Russian control").side
    'RU'
    >>> read_words("kursk_russian_advances").basis
    'retaken'
    >>> read_words("Bakhmut")
    Meaning(basis=None, side=None)
    """
    run = re.sub(r"[^a-z]", "", text.lower())
    basis = next((basis for pattern, basis in LEGEND if pattern.search(run)), None)
    return Meaning(basis, _side_of(run))


def _side_of(run: str) -> Side | None:
    """Find the side that holds, advances or claims; None where neither or both may be meant."""
    actors = _WHERE.sub("", run)
    without_land = _WHOSE_LAND.sub("", actors)
    for words in (without_land, actors):
        russian, ukrainian = _RUSSIAN.search(words), _UKRAINIAN.search(words)
        if russian and ukrainian:
            return None
        if russian:
            return "RU"
        if ukrainian:
            return "UA"
    return None
