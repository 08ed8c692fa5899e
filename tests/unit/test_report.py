import re
from html.parser import HTMLParser
from itertools import pairwise

import pytest

import encircle
from encircle.claims.publishing.checked import RATINGS, parse_checked
from encircle.claims.publishing.claimreview import Publisher
from encircle.claims.publishing.corrections import Log
from encircle.claims.publishing.report import write_report
from tests.unit.checked_claims import check, situation_path

PUBLISHER = Publisher("A newsroom", "https://example.org", None, "2025-04-01")
VOID = {"meta", "br", "img", "hr", "input", "link"}
EVIL = "</script><script>alert('x')</script><img src=x onerror=alert(1)>\"&"


class Outline(HTMLParser):
    """What stands on a page: tags in order, attributes, text."""

    def __init__(self, page):
        super().__init__(convert_charrefs=True)
        self.tags, self.attributes, self.open, self.text, self.crossed = [], [], [], [], []
        self.feed(page)

    def handle_starttag(self, tag, attrs):
        self.tags.append(tag)
        self.attributes += [(tag, *pair) for pair in attrs]
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag, attrs):
        self.tags.append(tag)
        self.attributes += [(tag, *pair) for pair in attrs]

    def handle_endtag(self, tag):
        if not self.open or self.open.pop() != tag:
            self.crossed.append(tag)

    def handle_data(self, data):
        self.text.append(data)

    def list_values(self, name):
        return [value for _, key, value in self.attributes if key == name]


def write(*entries, situations=(), log=None, **options):
    return write_report(
        parse_checked(list(entries)), situations, publisher=PUBLISHER, log=log, **options
    )


@pytest.fixture(scope="module")
def kursk():
    return encircle.read(situation_path("kursk-2025-03-14"))


@pytest.fixture(scope="module")
def page(kursk):
    return write(check(), situations=[kursk])


def test_the_page_is_well_formed_and_says_its_language(page):
    outline = Outline(page)
    assert outline.crossed == []
    assert outline.open == []
    assert ("html", "lang", "en") in outline.attributes
    assert outline.tags.count("h1") == 1
    assert outline.tags.count("main") == 1


def test_no_heading_skips_a_level(page):
    levels = [int(tag[1]) for tag in Outline(page).tags if re.fullmatch("h[1-6]", tag)]
    assert levels[0] == 1
    assert all(after <= before + 1 for before, after in pairwise(levels))


def test_every_id_is_used_once_even_if_a_map_is_drawn_twice(kursk):
    twice = write(check(), check(definition="isolation"), situations=[kursk])
    ids = Outline(twice).list_values("id")
    assert len(set(ids)) == len(ids)
    for reference in re.findall(r'url\(#([^)]+)\)|aria-labelledby="([^"]+)"', twice):
        for name in "".join(reference).split():
            assert name in ids


def test_the_page_runs_nothing_and_fetches_nothing(page):
    outline = Outline(page)
    scripts = re.findall(r"<script\b[^>]*>", page)
    assert scripts == ['<script type="application/ld+json">']
    assert not [a for a in outline.attributes if a[1].startswith("on")]
    assert not outline.list_values("src")
    assert not re.search(r"@import|url\((?!#)", page)
    assert all(
        value.startswith(("#", "https://")) for value in outline.list_values("href") if value
    )


def test_the_page_tells_everything_a_reader_needs(page):
    words = " ".join(" ".join(Outline(page).text).split())
    for said in (
        "Thousands of Ukrainian troops are completely surrounded.",
        "Contradicted", "Donald Trump", "14 March 2025", "A line to quote",
        "cut off by land", "(used by the claim)", "The map shows a way out.",
            "“R1, Yunakivka to Sumy”",
        "a way that was open", "“Group at Rubanshchina, north lobe” to “Sumy”", "it holds",
        "What would have to be wrong", "5.6 km of new front", "Map by map",
        "A map counts no heads.",
    ):  # fmt: skip
        assert said in words, said
    assert "https://archive.example.org/post" in page
    assert "<svg" in page


def test_the_picture_has_a_title_and_the_table_headers_a_scope(page):
    assert re.search(r'<svg[^>]*role="img"[^>]*aria-labelledby=', page)
    assert all("scope=" in th for th in re.findall(r"<th\b[^>]*>", page))


@pytest.mark.parametrize("rating", RATINGS)
def test_every_rating_is_told_in_words_and_not_by_colour_alone(rating):
    words = " ".join(Outline(write(check(rating, folder=None))).text)
    assert RATINGS[rating] in words


def test_a_closed_ring_is_told():
    ring = encircle.read(situation_path("stalingrad-1942-11-24"))
    words = write(check("supported", folder="stalingrad-1942-11-24"), situations=[ring])
    assert "a ring that was closed" in words
    assert "its weakest stretch" in words


def test_without_its_map_a_claim_has_no_picture_and_says_so():
    page = write(check())
    assert "<svg" not in page
    assert "The map that was judged was not given to this page." in page
    assert "No map carries this rating." in write(check(folder=None))


def test_a_map_that_no_longer_gives_the_same_answer_is_not_drawn(kursk):
    entry = check()
    entry["judgement"]["status"]["code"] = "E2"
    page = write(entry, situations=[kursk])
    assert "<svg" not in page
    assert "gives another answer" in page


def test_what_was_said_before_is_kept_on_the_page():
    log = Log().record(parse_checked([check()]), "2025-04-01T10:00:00Z")
    log = log.record(parse_checked([check("overstated")]), "2025-04-03T10:00:00Z")
    words = " ".join(Outline(write(check("overstated"), log=log)).text)
    assert "Corrected on 3 April 2025: rated overstated, before that contradicted" in words
    assert "First published on 1 April 2025: rated contradicted" in words


def test_what_others_wrote_is_never_markup():
    entry = check(
        claim={"claimant": EVIL, "statement": EVIL, "url": "javascript:alert(1)",
               "asserts": {"force": EVIL, "value": "yes"}},
        quote=EVIL, matrix={"land_cut": EVIL},
    )  # fmt: skip
    entry["because"][0].update(statement=EVIL, evidence=[EVIL])
    entry["judgement"]["headline"] = EVIL
    entry["maps"] = [{"map": EVIL, "as_of": EVIL, "rating": EVIL, "mapper_side": EVIL}] * 2
    outline = Outline(write(entry, title=EVIL))
    assert outline.tags.count("script") == 1
    assert "img" not in outline.tags
    assert not [a for a in outline.attributes if a[1].startswith("on")]
    assert not [v for v in outline.list_values("href") if v.startswith("javascript")]


def test_the_same_checks_give_the_same_page(kursk, page):
    assert write(check(), situations=[kursk]) == page


def test_no_row_is_rated_supported_where_the_map_gives_the_other_answer():
    weaker = "supported_weaker_definition"
    entry = check(weaker, matrix={"land_cut": weaker, "fire_control": "supported"})
    rows = re.findall(r"<tr[^>]*><th scope=\"row\">(.*?)</td></tr>", write(entry), re.DOTALL)
    said = [re.sub(r"<[^>]+>", " ", row).lower() for row in rows if "cut off by land" in row]
    assert said
    assert all("supported" not in row for row in said)
    assert "a weaker definition does" in said[0]


@pytest.mark.parametrize(
    ("statement", "language"),
    [
        ("Украинские войска под Суджей окружены.", "ru"),
        ("Українські війська під Суджею оточені.", "uk"),
        ("Die ukrainischen Truppen bei Sudscha sind eingekesselt.", "de"),
        ("Les troupes ukrainiennes à Soudja sont encerclées.", "fr"),
    ],
)
def test_words_of_another_language_are_marked_wherever_they_stand(statement, language):
    entry = check("contradicted", claim={"statement": statement}, quote=f"He: {statement} Rated.")
    page = write(entry)
    shown = page.partition("<body>")[2]
    marked = f'<span lang="{language}">{statement}</span>'
    assert shown.count(statement) == shown.count(marked) >= 2
    assert "<span lang" not in write(check("contradicted")).partition("<body>")[2]


def test_indirect_speech_stands_in_no_quotation_marks():
    said = check("contradicted", claim={"statement": "they are surrounded", "verbatim": False})
    assert "“they are surrounded”" not in write(said)
    assert "“they are surrounded”" in write(check(claim={"statement": "they are surrounded"}))


def test_words_that_stand_in_the_marks_of_others_break_no_mark():
    entries = [
        check("contradicted", claim={"statement": said}, id=f"c-{n}")
        for n, said in enumerate(["Украинские войска окружены.", "lan ist", "an <b> nicht & das"])
    ]
    page = write_report(parse_checked({"claims": entries}), publisher=PUBLISHER,
                        title="an <b> nicht & das: Украинские войска окружены.")  # fmt: skip
    assert '<h1><span lang="de">an &lt;b&gt; nicht &amp; das</span>: <span lang="ru">' in page
    assert "<b>" not in page
