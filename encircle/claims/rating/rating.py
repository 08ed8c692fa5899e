"""The rating of a claim on one map: one ordered table, each rule's docstring what it asserts."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from encircle.claims.rating.facts import DEFINITIONS
from encircle.claims.rating.rules import RULES
from encircle.verdict.facts import ask_in_order

if TYPE_CHECKING:
    from encircle.claims.rating.facts import Facts
    from encircle.claims.rating.rules import Rating
    from encircle.verdict.judgement import Finding


Json = dict[str, Any]


# -- rules that explain ----------------------------------------------------------------------


def rate(facts: Facts) -> tuple[Rating, tuple[Finding, ...]]:
    """Ask the rules in order: the rating, and everything found, what decides first."""
    return ask_in_order(RULES, facts)


def rate_by_each(facts: Facts) -> dict[str, Rating]:
    """Rate the same words by every definition, as if each were the one they use."""
    if facts.ruling is None:
        return {}
    return {
        definition: rate(replace(facts, asserted=replace(facts.asserted, definition=definition)))[0]
        for definition in DEFINITIONS
    }


def list_claim_rules() -> list[Json]:
    """Give the table of rules, for the documentation."""
    return [
        {"rule": r.name, "statement": r.sentence, "reference": r.reference, "rating": r.says}
        for r in RULES
    ]
