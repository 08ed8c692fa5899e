"""Denials are read as well as affirmations, and words of one meaning as one claim."""

import json
from collections import Counter
from pathlib import Path

import pytest

from encircle.claims.words.extraction import ALSO, propose_claims

TEXTS = Path(__file__).parents[1] / "texts"
LABELLED = json.loads((TEXTS / "denials.json").read_text("utf-8"))
LATER = json.loads((TEXTS / "denials-later.json").read_text("utf-8"))
MEANT = json.loads((TEXTS / "paraphrases.json").read_text("utf-8"))
HELD_OUT = json.loads((TEXTS / "held-out.json").read_text("utf-8"))
HOSTILE = json.loads((TEXTS / "hostile.json").read_text("utf-8"))
INNOCENT = json.loads((TEXTS / "innocent-denials.json").read_text("utf-8"))
LANGUAGES = ("en", "uk", "ru", "de")
LEAST_RIGHT = {"affirmation": 55, "denial": 54}
"""Of 60 each, answer alone."""
ONE_MEANING = (
    "fully encircled", "not encircled", "no threat of encirclement", "2000 men trapped",
)  # fmt: skip
"""Meanings of which all ten wordings are read as one."""


def is_open(claim):
    """The answer is left to a person, and not only of when or where it is told."""
    is_told = claim.unread_as in ("time", "place") and ALSO not in (claim.unread or "")
    return claim.unread is not None and not is_told


def read(entry):
    want = [claim["value"] for claim in entry.get("claims") or [entry]]
    got = [None if is_open(claim) else claim.value for claim in propose_claims(entry["text"])]
    if got == want:
        return "right"
    if not got or None in got:
        return "not read"
    return "part" if got[-1] == want[-1] else "inverted"


@pytest.mark.parametrize("kind", LEAST_RIGHT)
def test_denials_are_read_as_well_as_affirmations_and_none_is_turned_round(kind):
    read_as = Counter(read(entry) for entry in LABELLED if entry["kind"] == kind)
    assert read_as["right"] >= LEAST_RIGHT[kind]
    assert read_as["inverted"] == 0


@pytest.mark.parametrize("kind", LEAST_RIGHT)
def test_what_is_not_read_of_the_hardest_is_left_and_not_turned_round(kind):
    """Of the second set a third is in words that are not read."""
    read_as = Counter(read(entry) for entry in LATER if entry["kind"] == kind)
    assert read_as["right"] >= 33
    assert read_as["inverted"] == 0


@pytest.mark.parametrize(("kind", "least"), [("denial", 35), ("affirmation", 41)])
def test_what_nobody_had_tuned_to_is_not_read_worse_and_none_is_asserted_turned_round(kind, least):
    """A quarter to a third of each is left to a person."""
    read_as = Counter(read(entry) for entry in HELD_OUT if entry["kind"] == kind)
    assert read_as["right"] >= least
    for entry in HELD_OUT:
        said = {claim["value"] for claim in entry.get("claims") or [entry]}
        asserted = [c for c in propose_claims(entry["text"]) if not c.unread]
        assert {claim.value for claim in asserted} <= said, entry["text"]


@pytest.mark.parametrize(("kind", "most"), [("denial", 18), ("affirmation", 12)])
def test_what_was_written_to_be_turned_round_is_seldom_turned_round(kind, most):
    """Of 311 denials and 185 affirmations: every answer read is the wrong one, none is left."""
    wrong = {"denial": "yes", "affirmation": "no"}[kind]
    turned = [
        entry["text"]
        for entry in HOSTILE
        if entry["kind"] == kind
        and (claims := [c for c in propose_claims(entry["text"]) if not c.unread])
        and all(c.value == wrong and not (c.doubt or c.hedged) for c in claims)
    ]
    assert len(turned) <= most


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_language_reads_one_kind_far_better_than_the_other(language):
    right = Counter(
        entry["kind"]
        for entry in LABELLED
        if entry["language"] == language and read(entry) == "right"
    )
    assert abs(right["denial"] - right["affirmation"]) <= 2


@pytest.mark.parametrize("meaning", ONE_MEANING)
def test_ten_wordings_of_one_meaning_are_one_claim(meaning):
    said = [entry for entry in MEANT if entry["meaning"] == meaning]
    assert len(said) == 10
    for entry in said:
        [claim] = propose_claims(entry["text"])
        read_as = claim.definition, claim.value, claim.tense, claim.hedged
        assert read_as == tuple(entry[n] for n in ("definition", "value", "tense", "hedged"))


def test_what_claims_nothing_is_seldom_read_as_a_claim():
    alarms = [
        entry["text"]
        for entry in INNOCENT
        if any(c.tense == "present" and not c.unread for c in propose_claims(entry["text"]))
    ]
    assert len(alarms) <= 3


AFFIRMED = {
    "en": "The garrison of Pokrovsk is {}.",
    "de": "Die Garnison von Pokrowsk ist {}.",
    "ru": "Гарнизон Покровска {}.",
    "uk": "Гарнізон Покровська {}.",
}
STATES = {
    "en": ("encircled", "surrounded", "cut off", "trapped", "isolated", "blocked"),
    "de": ("eingekesselt", "umzingelt", "abgeschnitten", "isoliert", "eingeschlossen"),
    "ru": ("окружён", "отрезан", "блокирован", "изолирован"),
    "uk": ("оточений", "відрізаний", "заблокований", "ізольований"),
}
NOT = {"en": "not {}", "de": "nicht {}", "ru": "не {}", "uk": "не {}"}
SAID = {"en": "Kyiv said: {}", "de": "Kiew teilte mit: {}", "ru": "Киев заявил: {}",
        "uk": "Київ заявив: {}"}  # fmt: skip


@pytest.mark.parametrize(
    ("language", "state"), [(code, state) for code in LANGUAGES for state in STATES[code]]
)
def test_a_denial_is_its_affirmation_with_the_answer_turned(language, state):
    """Whoever says it: what differs is the answer and the word that turned it."""
    for frame in ("{}", SAID[language]):
        yes, no = (
            propose_claims(frame.format(AFFIRMED[language].format(said)))
            for said in (state, NOT[language].format(state))
        )
        assert [(c.claimant, c.definition, c.tense, c.hedged) for c in yes] == [
            (c.claimant, c.definition, c.tense, c.hedged) for c in no
        ]
        assert ([c.value for c in yes], [c.value for c in no]) == (["yes"], ["no"])


@pytest.mark.parametrize("text", json.loads((TEXTS / "unread-denials.json").read_text("utf-8")))
def test_what_undoes_a_ring_in_words_that_are_not_read_asserts_none(text):
    """Parted by what was put in, by a list, by its speaker; or undone by a verb: each was read."""
    asserted = [c for c in propose_claims(text) if not (c.unread or c.hedged)]
    assert all(c.value == "no" or c.tense != "present" for c in asserted)
