"""Given a map, is this force cut off, and how do you know."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from encircle.claims.checks import check_claims
from encircle.errors import EncircleError, InputFault, SituationError, UnknownForceError
from encircle.explain import explain
from encircle.geojson import read_situation
from encircle.judge import judge
from encircle.judgement import Judgement
from encircle.options import Options
from encircle.rules import list_rules
from encircle.situation import Situation
from encircle.verify import Verification, verify

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = [
    "EncircleError",
    "InputFault",
    "Judgement",
    "Options",
    "Situation",
    "SituationError",
    "UnknownForceError",
    "Verification",
    "check_claims",
    "explain",
    "judge",
    "list_rules",
    "read",
    "verify",
]


def read(
    source: Path | str | bytes | Mapping[str, Any],
    *,
    as_of: str | None = None,
    force: str | None = None,
) -> Situation:
    """
    Read a situation from a path, GeoJSON text, or a parsed document.

    Parameters
    ----------
    source
        A path; text or bytes of GeoJSON (text that begins with a brace); or a mapping.
    as_of, force
        Stand in for the members of `situation` of the same names.

    Raises
    ------
    SituationError
        With everything that is wrong with the input.
    """
    if isinstance(source, Path) or (isinstance(source, str) and source.lstrip()[:1] not in "{["):
        source = Path(source).read_bytes()
    return read_situation(source, as_of=as_of, force=force)
