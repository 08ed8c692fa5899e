"""The rating of a claim on one map: one ordered table, each rule's docstring what it asserts."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from encircle.claims.rating.facts import DEFINITIONS
from encircle.claims.rating.rules import (
    Rating,
    Rule,
    asserts_nothing,
    came_true_later,
    cannot_be_told,
    denies_too_much,
    force_unknown,
    forecast_came_true,
    forecast_did_not_come_true,
    forecast_not_due,
    grey_ground_decides,
    holds,
    holds_by_a_weaker_definition,
    holds_otherwise,
    left_before,
    left_unringed,
    no_map_of_the_time,
    nobody_to_cut_off,
    open_on_own_claims,
    out_of_date,
    overtaken,
    refuted,
    rests_on_own_claims,
    ring_is_over,
    said_too_early,
    some_were_cut_off,
    states_a_condition,
    surrounded_and_open,
    true_in_a_lesser_degree,
    true_of_another,
    turned_meanwhile,
    unproven,
    words_are_hedged,
)
from encircle.verdict.judgement import Finding

if TYPE_CHECKING:
    from encircle.claims.rating.facts import Facts


Json = dict[str, Any]


# -- rules that explain ----------------------------------------------------------------------


RULES: tuple[Rule, ...] = (
    asserts_nothing,
    force_unknown,
    no_map_of_the_time,
    states_a_condition,
    forecast_came_true,
    forecast_did_not_come_true,
    forecast_not_due,
    left_unringed,
    ring_is_over,
    left_before,
    nobody_to_cut_off,
    cannot_be_told,
    holds,
    said_too_early,
    turned_meanwhile,
    holds_by_a_weaker_definition,
    true_of_another,
    true_in_a_lesser_degree,
    denies_too_much,
    overtaken,
    out_of_date,
    grey_ground_decides,
    refuted,
    unproven,
    words_are_hedged,
    holds_otherwise,
    surrounded_and_open,
    some_were_cut_off,
    came_true_later,
    open_on_own_claims,
    rests_on_own_claims,
)
"""The whole rating in order. The first rule with a rating that applies decides; of the rest, those
without a rating that apply are printed as findings."""


def rate(facts: Facts) -> tuple[Rating, tuple[Finding, ...]]:
    """Ask the rules in order: the rating, and everything found, what decides first."""
    rating: Rating | None = None
    findings: list[Finding] = []
    for rule in RULES:
        if rule.rating and rating:
            continue
        seen = rule.see(facts)
        if seen is None:
            continue
        statement = f"{rule.sentence} {seen.detail}".strip()
        decides = rule.rating is not None
        findings.append(Finding(rule.name, statement, seen.evidence, decides, rule.reference))
        rating = rating or rule.rating
    if rating is None:
        message = "the rules leave no claim out"
        raise AssertionError(message)
    return rating, tuple(findings)


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
    return [rule.to_dict() for rule in RULES]
