"""
The rules that rate a claim, one sentence each.

Long for one reason: it is a table, and the order of its rules is part of their meaning.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal, get_args

from encircle.claims.rating.facts import DEFINITIONS, SPAN, cite, name_positions, prove
from encircle.map.days import say_day
from encircle.verdict.facts import Rule, Seen, rule
from encircle.verdict.judgement import CONTRADICTION, WORDINGS

if TYPE_CHECKING:
    from collections.abc import Iterator

    from encircle.claims.rating.facts import Facts, Ruling
    from encircle.map.situation import Definition

Json = dict[str, Any]
Rating = Literal[
    "supported", "supported_weaker_definition", "premature", "overstated", "misattributed",
    "contradicted", "unsupported", "unverifiable",
]  # fmt: skip
RATINGS: tuple[Rating, ...] = get_args(Rating)
WEAKER: dict[Definition, tuple[Definition, ...]] = {
    "isolation": ("land_cut",),
    "surrounded": ("land_cut", "fire_control"),
}
"""What may carry a claim whose own definition does not hold. Fire carries no plain claim of a ring:
it never cuts land by itself."""


CLAIMS = "docs/contract.md, Claims"
UNREAD = (
    "If its words do, say by which definition (a column `definition`: land_cut, surrounded, …); "
    "`encircle claims extract` proposes one."
)


@rule(CLAIMS, "unverifiable")
def asserts_nothing(facts: Facts) -> Seen | None:
    """The claim asserts nothing that a map of control could answer."""
    if facts.asserted.definition is not None:
        return None
    # a table of posts has words and no reading of them; a map is not held against a guess
    return Seen(detail=UNREAD if facts.claim.statement else "")


@rule(CLAIMS, "unverifiable")
def force_unknown(facts: Facts) -> Seen | None:
    """No map in hand knows the force that the claim names."""
    return None if facts.is_known else Seen(detail=facts.missing)


@rule(CLAIMS, "unverifiable")
def no_map_of_the_time(facts: Facts) -> Seen | None:
    """No map in hand speaks of the force at the time of the claim."""
    return Seen(detail=facts.missing) if facts.ruling is None else None


@rule("A condition is not a fact: docs/method.md", "unverifiable")
def states_a_condition(facts: Facts) -> Seen | None:
    """The claim says what would follow if something happened; it does not say that it has."""
    if facts.asserted.tense != "conditional":
        return None
    later = facts.find_later()
    true = [r for r in (facts.shown, *later) if facts.was_true(r)]
    if true:
        return Seen(detail=f"The condition held on the map of {say_day(true[0].as_of)}.")
    if later or facts.is_before_its_map:
        last = (facts.shown, *later)[-1]
        return Seen(detail=f"Up to the map of {say_day(last.as_of)} it did not hold.")
    return Seen(detail="No map in hand is of the days that follow.")


@rule("A forecast is rated by what came: docs/method.md", "supported")
def forecast_came_true(facts: Facts) -> Seen | None:
    """The claim was a forecast, and within 14 days the maps bear it out."""
    came = find_fulfilment(facts)
    if came is None:
        return None
    evidence = prove(facts.definition, holds=facts.asserted.holds, ruling=came)
    detail = f"It was true on the map of {say_day(came.as_of)}."
    return None if evidence is None else Seen(evidence, detail)


@rule("A forecast is rated by what came: docs/method.md", "unsupported")
def forecast_did_not_come_true(facts: Facts) -> Seen | None:
    """The claim was a forecast, and the maps of the 14 days that follow do not bear it out."""
    if facts.asserted.tense != "future" or not facts.find_later():
        return None
    return Seen(detail=f"The last is of {say_day(facts.find_later()[-1].as_of)}.")


@rule("A forecast is rated by what came: docs/method.md", "unverifiable")
def forecast_not_due(facts: Facts) -> Seen | None:
    """The claim was a forecast, and no map in hand is of the 14 days that follow."""
    return Seen() if facts.asserted.tense == "future" else None


def find_fulfilment(facts: Facts) -> Ruling | None:
    """
    Find the map that bears a forecast out.

    What is to happen has come true on the first map that shows it. What is not to happen has not
    happened as long as every map of the days that follow says so: the last of them.
    """
    if facts.ruling is None or facts.asserted.tense != "future":
        return None
    later = facts.find_later()
    if facts.asserted.holds:
        return next((r for r in (facts.shown, *later) if facts.was_true(r)), None)
    return later[-1] if later and all(facts.was_true(r) for r in later) else None


@rule(CLAIMS, "supported")
def left_unringed(facts: Facts) -> Seen | None:
    """Nobody of the force is there any more, and on every map of the days before it was not cut
    off: it left, and was not taken in a ring.
    """
    if not facts.shown.is_gone or facts.asserted.holds or facts.definition == "no_force":
        return None
    before = list(_find_before(facts))
    if not before or any(r.answer(facts.definition) != "no" for r in before):
        return None
    evidence = prove(facts.definition, holds=False, ruling=before[-1])
    day = f"The last is of {say_day(before[-1].as_of)}."
    return None if evidence is None else Seen(evidence, day)


@rule(CLAIMS, "misattributed")
def ring_is_over(facts: Facts) -> Seen | None:
    """Nobody of the force is there any more; that it was cut off is true of an earlier date."""
    if not facts.shown.is_gone or not facts.asserted.holds or facts.definition == "no_force":
        return None
    before = [r for r in _find_before(facts) if facts.was_true(r)]
    return Seen((), f"The last is {say_day(before[-1].as_of)}.") if before else None


@rule(CLAIMS, "unsupported")
def left_before(facts: Facts) -> Seen | None:
    """Nobody of the force is there any more, and the last map before it left shows the opposite."""
    before = list(_find_before(facts))
    if not facts.shown.is_gone or facts.definition == "no_force" or not before:
        return None
    day = f"It is of {say_day(before[-1].as_of)}."
    opposite = "no" if facts.asserted.holds else "yes"
    return Seen((), day) if before[-1].answer(facts.definition) == opposite else None


@rule(CLAIMS, "unverifiable")
def nobody_to_cut_off(facts: Facts) -> Seen | None:
    """Nobody of the force is there any more, and no map of the days before settles how it was."""
    if not facts.shown.is_gone or facts.definition == "no_force":
        return None
    return Seen(name_positions(facts.shown))


@rule(CLAIMS, "unverifiable")
def cannot_be_told(facts: Facts) -> Seen | None:
    """The map cannot tell."""
    if facts.answer != "unknown":
        return None
    if facts.definition == "fire_control" and facts.shown.judged.status.verdict != "indeterminate":
        return Seen(detail="No fire is mapped on the best way out.")
    reason = facts.shown.judged.reason
    if reason is not None and reason.rule == CONTRADICTION:
        return Seen(reason.evidence, reason.statement)
    return Seen(name_positions(facts.shown), f"{facts.shown.judged.status.label}.")


@rule(CLAIMS, "supported")
def holds(facts: Facts) -> Seen | None:
    """By the definition the words use, the map shows what the claim says."""
    if facts.answer != facts.said:
        return None
    evidence = prove(facts.definition, holds=facts.asserted.holds, ruling=facts.shown)
    return None if evidence is None else Seen(evidence)


@rule(CLAIMS, "premature")
def said_too_early(facts: Facts) -> Seen | None:
    """It was not shown when it was said, a way out being open or unsettled, and came true within
    14 days.
    """
    unsettled = facts.is_refuted or facts.answer == "contested"
    if not (unsettled and facts.asserted.holds) or facts.is_after_its_map:
        return None
    true = [r for r in facts.find_later() if facts.was_true(r)]
    if not true:
        return None
    evidence = prove(facts.definition, holds=True, ruling=true[0])
    came = f"It was true on the map of {say_day(true[0].as_of)}."
    return None if evidence is None else Seen(evidence, came)


@rule(CLAIMS, "unsupported")
def turned_meanwhile(facts: Facts) -> Seen | None:
    """The last map before it was said shows the opposite and the next map bears it out: which of
    the two held on the day is not shown.
    """
    later = facts.find_later()
    if not facts.is_refuted or not facts.is_after_its_map or not later:
        return None
    day = f"The next is of {say_day(later[0].as_of)}."
    return Seen((), day) if facts.was_true(later[0]) else None


@rule(CLAIMS, "supported_weaker_definition")
def holds_by_a_weaker_definition(facts: Facts) -> Seen | None:
    """By the definition the words use it does not hold; by a weaker one that they leave room for
    it does.
    """
    if not facts.asserted.holds:
        return None
    for weaker in _list_weaker(facts):
        evidence = prove(weaker, holds=True, ruling=facts.shown)
        if facts.shown.answer(weaker) == "yes" and evidence is not None:
            return Seen(evidence, f"It holds as: {WORDINGS[weaker].short}.")
    return None


def _list_weaker(facts: Facts) -> tuple[Definition, ...]:
    """
    List the definitions that may carry a claim instead of its own.

    Fire control carries *surrounded*, hedged words, and ground nobody is sure of. It carries no
    plain claim of a ring against a way that is open on both readings.
    """
    weaker = WEAKER.get(facts.definition, ())
    by_ground = facts.definition in ("land_cut", "isolation", "vehicle_cut")
    if by_ground and facts.shown.answer("vehicle_cut") == "yes" and not facts.is_refuted:
        return weaker
    if by_ground and (facts.asserted.hedged or facts.answer == "contested"):
        return (*weaker, "fire_control")
    return weaker


@rule(CLAIMS, "misattributed")
def true_of_another(facts: Facts) -> Seen | None:
    """It is false of the force it names, and true of a part of it or of another force."""
    if not (facts.is_refuted and facts.asserted.holds) or facts.definition == "no_force":
        return None
    names = facts.find_like(facts.definition)
    return Seen(names, f"It is true of {', '.join(names)}.") if names else None


@rule(CLAIMS, "overstated")
def true_in_a_lesser_degree(facts: Facts) -> Seen | None:
    """The claim points at the right place and says too much: no vehicle gets out and men on foot
    or by boat may, or hostile ground lies on most sides and a way out is open.
    """
    if not facts.asserted.holds or facts.definition in ("no_force", "fire_control"):
        return None
    shown = facts.shown
    if shown.answer("vehicle_cut") == "yes" and facts.definition != "vehicle_cut":
        return Seen(cite(shown.proof.path), "No way is left for wheels and tracks.")
    loose = facts.definition == "surrounded" or facts.asserted.hedged
    if loose and facts.is_refuted and shown.is_pressed:
        return Seen(cite(shown.proof.path), "The force stood in a salient.")
    return None


@rule(CLAIMS, "overstated")
def denies_too_much(facts: Facts) -> Seen | None:
    """No ring is closed, but the claim denies more than that, and the map shows it."""
    if facts.asserted.holds or not facts.is_refuted or facts.shown.proof.ring:
        return None
    evidence = prove(facts.definition, holds=True, ruling=facts.shown)
    return None if evidence is None or facts.definition == "no_force" else Seen(evidence)


@rule(CLAIMS, "misattributed")
def overtaken(facts: Facts) -> Seen | None:
    """It was true of an earlier date: the last map before it was said shows it so, and the map
    that refutes it is later.
    """
    before = facts.find_last_before()
    if not facts.is_refuted or before is None or not facts.is_before_its_map:
        return None
    day = f"It was true on the map of {say_day(before.as_of)}."
    return Seen((), day) if facts.was_true(before) else None


@rule(CLAIMS, "misattributed")
def out_of_date(facts: Facts) -> Seen | None:
    """It was true of an earlier date, and when it was said a map showed that it no longer was."""
    if not (facts.is_refuted and facts.asserted.holds) or facts.is_before_its_map:
        return None
    true = [r for r in facts.others if r.as_of < facts.shown.as_of and facts.was_true(r)]
    if not true or facts.definition == "no_force":
        return None
    return Seen((), f"It was last true on the map of {say_day(true[-1].as_of)}.")


@rule("Unknown is not enemy: docs/method.md", "unsupported")
def grey_ground_decides(facts: Facts) -> Seen | None:
    """Ground nobody is sure of decides: the claim is neither shown nor refuted."""
    if facts.answer != "contested":
        return None
    grey = [i for pivot in facts.shown.judgement.pivots for i in pivot.evidence]
    return Seen(tuple(grey))


@rule(CLAIMS, "contradicted")
def refuted(facts: Facts) -> Seen | None:
    """On both readings the map shows the opposite."""
    if not facts.is_refuted:
        return None
    evidence = prove(facts.definition, holds=not facts.asserted.holds, ruling=facts.shown)
    rings = facts.asserted.holds and facts.definition != "no_force"
    if evidence is None or (rings and not facts.shown.proof.path):
        return None
    return Seen(evidence)


@rule(CLAIMS, "unsupported")
def unproven(facts: Facts) -> Seen | None:
    """What the map shows neither bears the claim out nor refutes it."""
    return Seen(name_positions(facts.shown))


@rule(CLAIMS)
def words_are_hedged(facts: Facts) -> Seen | None:
    """The words themselves take something back."""
    return Seen() if facts.asserted.hedged else None


@rule(CLAIMS)
def holds_otherwise(facts: Facts) -> Seen | None:
    """By another definition the same words would hold."""
    if facts.ruling is None or facts.asserted.definition is None or not facts.asserted.holds:
        return None
    if facts.asserted.tense != "present":  # nothing was said of how it stood
        return None
    if facts.answer == "yes" or facts.definition == "no_force":
        return None
    true = [d for d in DEFINITIONS if d != facts.definition and facts.shown.answer(d) == "yes"]
    return Seen(detail=f"As: {'; '.join(WORDINGS[d].short for d in true)}.") if true else None


@rule("A wrong baseline on its own: docs/contract.md, Definitions")
def surrounded_and_open(facts: Facts) -> Seen | None:
    """Hostile ground on nearly all sides is not a ring: a way out was open."""
    if facts.ruling is None or facts.asserted.definition != "surrounded":
        return None
    path = facts.shown.proof.path
    return Seen(cite(path)) if facts.answer == "yes" and path else None


@rule(CLAIMS)
def some_were_cut_off(facts: Facts) -> Seen | None:
    """A part of the force was cut off, and a part was not."""
    if facts.ruling is None or facts.ruling.is_part:
        return None
    cut = [p.id for p in facts.ruling.judgement.positions if p.judged.encircled]
    counts = facts.ruling.judgement.cut_off
    if not cut or counts["units"] == counts["of"]:
        return None
    return Seen(tuple(cut), f"{counts['units']} of {counts['of']} positions.")


@rule(CLAIMS)
def came_true_later(facts: Facts) -> Seen | None:
    """What the map of the day does not show, a later map does."""
    if facts.ruling is None or facts.asserted.definition is None or facts.answer == facts.said:
        return None
    true = [r for r in facts.others if r.as_of > facts.shown.as_of and facts.was_true(r)]
    return Seen(detail=f"It is true on the map of {say_day(true[0].as_of)}.") if true else None


@rule("Claims never change the map judged: docs/contract.md")
def open_on_own_claims(facts: Facts) -> Seen | None:
    """The claim is contradicted even where everything its own side claims is taken as held."""
    own = _see_own_layer(facts)
    if own is None or facts.was_true(own) or own.answer(facts.definition) != "no":
        return None
    return Seen(cite(own.proof.path)) if own.proof.path else None


@rule("Claims never change the map judged: docs/contract.md")
def rests_on_own_claims(facts: Facts) -> Seen | None:
    """The claim would hold only if ground that its own side merely claims were taken as held."""
    own = _see_own_layer(facts)
    return Seen() if own is not None and facts.was_true(own) else None


def _see_own_layer(facts: Facts) -> Ruling | None:
    if facts.ruling is None or facts.asserted.definition is None or not facts.asserted.holds:
        return None
    return facts.own_layer() if facts.answer in ("no", "contested") else None


def _find_before(facts: Facts) -> Iterator[Ruling]:
    """Give the maps of the same span before the one that is asked."""
    as_of = facts.shown.as_of
    return (r for r in facts.others if r.as_of < as_of and as_of - r.as_of <= SPAN)


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
