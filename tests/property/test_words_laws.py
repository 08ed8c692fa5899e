"""Laws of reading claims out of words and writing them out again."""

import csv
import io
import json
from datetime import date
from html.parser import HTMLParser
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from encircle.claims.publishing.checked import RATINGS, parse_checked
from encircle.claims.publishing.claimreview import Publisher, write_claim_reviews
from encircle.claims.publishing.corrections import Log, read_log
from encircle.claims.publishing.report import write_report
from encircle.claims.publishing.table import FORMULA, build_rows, write_csv
from encircle.claims.words.extraction import propose_claims
from encircle.claims.words.lexicon import LANGUAGES, fold
from tests.unit.checked_claims import check

pytestmark = pytest.mark.property
SETTINGS = settings(max_examples=60, deadline=None)
TEXTS = Path(__file__).parents[1] / "texts"
WORDS = sorted(
    {
        word.replace("*", "").replace("…", "")
        for language in LANGUAGES.values()
        for group in (language.says, language.negations, language.military, language.conditions,
                      language.that, [term.phrase for term in language.terms])
        for word in group
    }
)  # fmt: skip
MARKS = [".", ",", ":", ";", "?", "«", "»", "“", "”", '"', "—", "\n", "\n\n", "Putin", "2,000"]
SAID = st.lists(st.sampled_from(WORDS + MARKS * 6), max_size=40).map(" ".join)
DAYS = st.none() | st.dates()
ANY_CLAIM = st.builds(
    check,
    st.sampled_from(sorted(RATINGS)),
    folder=st.none(),
    claim=st.fixed_dictionaries({"claimant": st.text(max_size=20), "statement": st.text()}),
    quote=st.text(),
)


@SETTINGS
@given(text=st.text() | SAID, written=DAYS)
def test_extraction_never_raises(text, written):
    """Any text whatever gives proposals, each of which stands in it where it says."""
    for proposal in propose_claims(text, written):
        assert text[proposal.start : proposal.end] == proposal.sentence
        assert text[proposal.phrase_start :].startswith(proposal.phrase)
        json.dumps(proposal.to_claim(1, None), allow_nan=False)


@SETTINGS
@given(text=SAID)
def test_reading_twice_reads_the_same(text):
    """What is proposed depends on the text alone."""
    assert propose_claims(text) == propose_claims(text)


@SETTINGS
@given(text=st.text())
def test_folding_moves_no_letter(text):
    """Folded text has every character where it was, and is folded already."""
    assert len(fold(text)) == len(text)
    assert fold(fold(text)) == fold(text)


@pytest.mark.parametrize("name", ["kursk.en.txt", "kursk.uk.txt", "kursk.ru.txt", "kursk.de.txt"])
@pytest.mark.parametrize("before", ["\n", "Der Herbst kam.\n\n", "It rained all day.\n\n"])
def test_a_paragraph_before_moves_the_proposals_and_changes_none(name, before):
    """Proposals move with the text; what was said stays what was said."""
    text = (TEXTS / name).read_text("utf-8")
    day = date(2025, 3, 21)

    def list_said(whole, shift):
        return [(p.start - shift, p.claimant, p.definition, p.value, p.tense, p.made_on)
                for p in propose_claims(whole, day)]  # fmt: skip

    assert list_said(before + text, len(before)) == list_said(text, 0)


class _Tags(HTMLParser):
    def __init__(self, page):
        super().__init__()
        self.seen = []
        self.feed(page)

    def handle_starttag(self, tag, attrs):
        self.seen.append((tag, tuple(name for name, _ in attrs)))


@SETTINGS
@given(entry=ANY_CLAIM, title=st.text(min_size=1))
def test_the_page_escapes_whatever_was_said(entry, title):
    """No words put into a page add an element or an attribute to it."""
    claims = parse_checked([entry])
    plain = parse_checked([{**entry, "claim": {**entry["claim"], "claimant": "A", "statement": "B"},
                            "quote": "C" if entry["quote"] else ""}])  # fmt: skip
    publisher = Publisher("A newsroom", None, None, "2025-04-01")
    has_words = bool(entry["claim"]["statement"])
    page = write_report(claims, publisher=publisher, title=title)
    if has_words:
        other = write_report(plain, publisher=publisher, title="T")
        marks = ("span", ("lang",))  # of the language of what was said, put there by the page
        seen = [[tag for tag in _Tags(one).seen if tag != marks] for one in (page, other)]
        assert seen[0] == seen[1]
    assert page.count("<script") == 1
    assert page.count("</script>") == 1


@SETTINGS
@given(entries=st.lists(ANY_CLAIM, max_size=5))
def test_a_table_keeps_every_row_and_starts_no_formula(entries):
    """Whatever was said, a row is a row and a cell begins no formula."""
    raw = write_csv(build_rows(parse_checked(entries)))
    rows = list(csv.reader(io.StringIO(raw.decode("utf-8"), newline="")))
    assert len(rows) == len(entries) + 1
    assert len({len(row) for row in rows}) == 1
    assert not [cell for row in rows[1:] for cell in row if cell.startswith(FORMULA)]


@SETTINGS
@given(batches=st.lists(st.lists(ANY_CLAIM, max_size=3), max_size=4))
def test_the_log_only_grows_and_replays(batches):
    """Each recording keeps every line before it; read back, the log says what it said."""
    log = Log()
    for number, batch in enumerate(batches):
        claims = parse_checked(batch)
        grown = log.record(claims, f"2025-04-{number + 1:02}T00:00:00Z")
        assert grown.to_lines().startswith(log.to_lines())
        assert all(grown.ratings[claim.key] for claim in claims)
        log = grown
    assert read_log(log.to_lines()) == log
    assert set(log.ratings) == {c.key for batch in batches for c in parse_checked(batch)}


@SETTINGS
@given(entries=st.lists(ANY_CLAIM, max_size=6))
def test_a_claim_has_one_review(entries):
    """Claimant, statement, day and definition together are reviewed once."""
    claims = parse_checked(entries)
    reviews = write_claim_reviews(claims, Publisher("A newsroom"))
    assert len(reviews) == len({claim.key for claim in claims})
    assert all("-1" not in json.dumps(r["reviewRating"].get("ratingValue", "")) for r in reviews)
