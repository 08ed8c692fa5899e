"""Read back by readers of others: extruct out of the page, rdflib out of the JSON-LD."""

import json

import extruct
import pytest
import rdflib

from encircle.claims.publishing.checked import RATINGS, parse_checked
from encircle.claims.publishing.claimreview import (
    BEST,
    SCORES,
    WORST,
    Publisher,
    write_claim_reviews,
    write_json_ld,
)
from encircle.claims.publishing.corrections import Log
from encircle.claims.publishing.report import write_report
from tests.unit.checked_claims import check

SCHEMA = rdflib.Namespace("https://schema.org/")
DATES = ("datePublished", "dateModified", "sdDatePublished")
LINKS = ("url",)
RDFLIB = pytest.mark.filterwarnings("ignore:ConjunctiveGraph is deprecated:DeprecationWarning")
"""The reader's own parser still uses what it deprecates."""
CONTEXT = {
    "@vocab": "https://schema.org/",
    **{name: {"@type": "https://schema.org/Date"} for name in DATES},
    **{name: {"@type": "@id"} for name in LINKS},
}
"""The part of the schema.org context that a ClaimReview needs; the whole of it is on the web."""
PUBLISHER = Publisher("A newsroom", "https://example.org", "https://example.org/checks",
                      "2025-04-01")  # fmt: skip


def review(entry=None, log=None, **options):
    return write_claim_reviews(parse_checked([entry or check(**options)]), PUBLISHER, log)[0]


def read_graph(reviews):
    document = json.loads(write_json_ld(reviews))
    for node in document if isinstance(document, list) else [document]:
        node["@context"] = CONTEXT
    graph = rdflib.Graph()
    graph.parse(data=json.dumps(document), format="json-ld")
    return graph


def test_an_independent_reader_finds_the_review_in_the_page():
    page = write_report(parse_checked([check()]), publisher=PUBLISHER)
    [found] = extruct.extract(page, syntaxes=["json-ld"])["json-ld"]
    assert found["@type"] == "ClaimReview"
    assert found["itemReviewed"]["author"]["name"] == "Donald Trump"
    assert found["reviewRating"]["ratingValue"] == 1
    assert found == review()


def test_an_independent_reader_finds_every_review_of_a_page_of_many():
    entries = [check(), check("supported", claim={"claimant": "General Staff"})]
    page = write_report(parse_checked(entries), publisher=PUBLISHER)
    found = extruct.extract(page, syntaxes=["json-ld"])["json-ld"]
    assert [f["reviewRating"]["alternateName"] for f in found] == ["Contradicted", "Supported"]


@RDFLIB
def test_the_graph_says_who_reviewed_which_claim_by_whom():
    graph = read_graph([review()])
    [(node, _, _)] = graph.triples((None, rdflib.RDF.type, SCHEMA.ClaimReview))
    item = graph.value(node, SCHEMA.itemReviewed)
    rating = graph.value(node, SCHEMA.reviewRating)
    assert graph.value(item, rdflib.RDF.type) == SCHEMA.Claim
    assert str(graph.value(graph.value(item, SCHEMA.author), SCHEMA.name)) == "Donald Trump"
    assert str(graph.value(graph.value(node, SCHEMA.author), SCHEMA.name)) == "A newsroom"
    assert str(graph.value(item, SCHEMA.datePublished)) == "2025-03-14"
    assert str(graph.value(node, SCHEMA.datePublished)) == "2025-04-01"
    assert int(graph.value(rating, SCHEMA.ratingValue)) == 1
    urls = {str(graph.value(work, SCHEMA.url)) for work in graph.objects(item, SCHEMA.appearance)}
    assert urls == {"https://example.org/post", "https://archive.example.org/post"}


@RDFLIB
def test_no_term_of_the_review_is_foreign_to_the_vocabulary():
    used = {str(p).removeprefix(str(SCHEMA)) for _, p, _ in read_graph([review()])}
    assert used - {str(rdflib.RDF.type)} <= {
        "claimReviewed", "itemReviewed", "reviewRating", "author", "datePublished", "url", "text",
        "name", "appearance", "ratingValue", "bestRating", "worstRating", "alternateName",
        "ratingExplanation", "reviewBody", "sdPublisher", "sdDatePublished", "dateModified",
        "correction", "inLanguage",
    }  # fmt: skip


@pytest.mark.parametrize("rating", RATINGS)
def test_a_rating_is_a_number_on_the_scale_or_words_only(rating):
    written = review(rating=rating)["reviewRating"]
    assert written["alternateName"] == RATINGS[rating]
    if rating in ("unsupported", "unverifiable"):
        assert not {"ratingValue", "bestRating", "worstRating"} & set(written)
    else:
        assert WORST <= written["ratingValue"] <= BEST
        assert (written["bestRating"], written["worstRating"]) == (BEST, WORST)


def test_more_of_a_claim_standing_never_has_the_lower_number():
    order = ["contradicted", "misattributed", "overstated", "supported_weaker_definition",
             "supported"]  # fmt: skip
    assert [SCORES[name] for name in order] == sorted(SCORES[name] for name in order)


def test_the_explanation_names_the_definition_and_the_others():
    told = review()["reviewRating"]["ratingExplanation"]
    assert "cut off by land" in told
    assert "under fire control" in told
    assert "number claimed is rated apart: unverifiable" in told


def test_one_review_for_each_claimant_statement_day_and_definition():
    entries = [check(), check(), check(definition="isolation")]
    entries.append(check(claim={"made_at": "2025-03-17T14:00:00Z"}))
    assert len(write_claim_reviews(parse_checked(entries), PUBLISHER)) == 3


def test_a_correction_is_told_and_dated():
    claims = parse_checked([check("overstated")])
    log = Log().record(parse_checked([check()]), "2025-04-01T10:00:00Z")
    log = log.record(claims, "2025-04-03T10:00:00Z", "A reader wrote.")
    [written] = write_claim_reviews(claims, PUBLISHER, log)
    assert (written["datePublished"], written["dateModified"]) == ("2025-04-01", "2025-04-03")
    [correction] = written["correction"]
    assert correction["@type"] == "CorrectionComment"
    assert "overstated, before that contradicted" in correction["text"]
    assert "A reader wrote." in correction["text"]


def test_what_is_not_known_is_left_out():
    bare = check(claim={"url": None, "archive_url": None, "made_at": None}, folder=None)
    written = write_claim_reviews(parse_checked([bare]), Publisher("A newsroom"))[0]
    assert "url" not in written
    assert "datePublished" not in written["itemReviewed"]
    assert None not in written.values()


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("Vladimir Putin", "Person"),
        ("General Staff of Ukraine", "Organization"),
        ("Institute for the Study of War", "Organization"),
        ("ISW", "Organization"),
        ("Kyiv", "Organization"),
        ("Moscow's defence ministry", "Organization"),
        ("Two Ukrainian units", "Organization"),
        ("RIA Novosti", "Organization"),
        ("Министерство обороны", "Organization"),
        ("Генштаб ЗСУ", "Organization"),
        ("das Verteidigungsministerium", "Organization"),
        ("Chief of the General Staff", "Person"),
        ("a Ukrainian soldier", "Person"),
        ("Volodymyr Zelensky", "Person"),
        ("Президент України", "Person"),
    ],
)
def test_a_person_is_told_from_a_body(name, kind):
    assert review(claim={"claimant": name})["itemReviewed"]["author"]["@type"] == kind
