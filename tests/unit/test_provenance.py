"""Laws of SOURCES.md: take away what a reader needs, and it is told."""

import json
import shutil
from pathlib import Path

import pytest
from shapely import LineString

from encircle.archive.library.drafting import draft_scenario, find_mistakes
from encircle.archive.library.provenance import (
    AUTHORS,
    KIND_OF_REACHED,
    KINDS,
    Provenance,
    find_faults_of_features,
    find_faults_of_text,
)
from encircle.archive.library.provenance_counts import count_provenance
from encircle.archive.library.scenarios import SOURCES, read_scenario
from encircle.claims.words.agreement import find_disagreement
from encircle.map.situation import Claim, Route, Source

ROAD = "`road` | Author's judgement: ? [source-a] | C3"
GOOD = """# Sources: somewhere

| feature | where it comes from | how sure |
|---|---|---|
| `ground` | the front of the day [atlas] | B2; ±1 km |
| `stand`, `road` | Author's judgement: the village lies there [press] | C3; ±2 km |

## Claims

- `claim-a`: “Wir sind eingeschlossen” (German), “We are cut off” [press].
- `claim-b`: a paraphrase [press].

## Disputes

Nobody says otherwise [atlas].

## References

- [atlas] A. Author, *An Atlas*, 1950, p. 12. Not reached.
- [press] A Paper, *A headline*, 2 May 1944.
  <https://example.org/1944/05/02/headline> Read.
"""
CLAIMS = ("claim-a", "claim-b")


def faults_of(text):
    return [fault for fault, _ in find_faults_of_text(Provenance(text), claims=CLAIMS)]


def test_a_text_in_its_form_has_no_fault():
    assert faults_of(GOOD) == []


@pytest.mark.parametrize(
    ("there", "instead", "told"),
    [
        (" [atlas] |", " |", "no reference"),
        ("Author's judgement: the village lies there [press]", "Author's judgement:", "reason"),
        ("C3; ±2 km", "B3; ±2 km", "C3 at best"),
        ("B2; ±1 km", "high", "grade"),
        ("C3; ±2 km", "±2 km, C3", "grade"),
        (" [press] |", " [paper] |", "cited and not listed"),
        ("otherwise [atlas]", "otherwise", None),
        ("\n- [press] A Paper", "\n- [other] A Paper", "[press] is cited and not listed"),
        ("headline> Read.", "headline> Seen.", "ends in none"),
        ("/1944/05/02/headline>", ">", "no address of a page"),
        ("<https://example.org/1944/05/02/headline>", "https://example.org/1", "angle brackets"),
        ("1950, p. 12", "1950", "neither an address"),
        ("“We are cut off”", '"We are cut off"', "quoted words"),
        (" (German)", "", "neither quoted"),
        ("a paraphrase", "he said so", "neither quoted"),
        ("## Disputes\n\nNobody says otherwise [atlas].\n\n", "", "## Disputes"),
        ("the front of the day", "the front, from memory", "from memory"),
        ("the front of the day", "the truth table", "truth table"),
        ("the front of the day", "F3 follows from C2", "follows from C2"),
    ],
)
def test_what_a_reader_cannot_follow_is_told(there, instead, told):
    assert there in GOOD
    faults = faults_of(GOOD.replace(there, instead))
    assert any(told in fault for fault in faults) if told else faults == []


def test_a_reference_nobody_cites_is_told():
    assert faults_of(GOOD + "- [idle] B. Author, *A Book*, 1951, ch. 2. Not reached.\n") == [
        "[idle] is listed and not cited"
    ]


def test_a_reference_listed_twice_is_told():
    assert "[press] is listed more than once" in faults_of(
        GOOD + "- [press] B. Author, *A Book*, 1951, ch. 2. Not reached.\n"
    )


# -- the map ---------------------------------------------------------------------------------


@pytest.fixture
def faults(tmp_path):
    """Draft a state in the right form, change map and expectation, and give what is told."""

    def find(change, row="", road=ROAD):
        name = "somewhere-1999-01-02"
        folder = tmp_path / name
        if folder.exists():
            shutil.rmtree(folder)
        folder.mkdir()
        files = draft_scenario(
            name, side="AA", enemy="BB", force="f", at=(20, 44), anchor_at=(20.5, 44)
        )
        document = json.loads(files["situation.geojson"])
        expected = json.loads(files["expected.json"]) | {"acceptable": ["C1"]}
        text = files[SOURCES].replace("<https://?>", "<https://example.org/a>")
        text = text.replace("\n\n## Dates", f"{row}\n\n## Dates").replace(ROAD, road)
        document["situation"]["sources"][0]["url"] = "https://example.org/a"
        change(document, expected)
        (folder / "situation.geojson").write_text(json.dumps(document), "utf-8")
        (folder / "expected.json").write_text(json.dumps(expected), "utf-8")
        (folder / SOURCES).write_text(text, "utf-8")
        return [m.statement for m in find_mistakes(folder) if m.name == "provenance"]

    return find


def feature_of(document, name):
    return next(f for f in document["features"] if f["id"] == name)


def feature(document, name):
    return feature_of(document, name)["properties"]


def claim(made_at):
    asserts = {"definition": "land_cut", "value": "yes"}
    said = {"statement": "They are cut off.", "made_at": made_at, "asserts": asserts}
    properties = {"kind": "claim", "claimant": "A", **said}
    return {"type": "Feature", "id": "c", "geometry": None, "properties": properties}


def test_a_draft_holds_nothing_but_its_gaps(faults):
    assert faults(lambda *_: None) == []


@pytest.mark.parametrize(
    ("change", "told"),
    [
        (lambda d, _: feature(d, "position").update(basis="geolocated"), "geolocated"),
        (lambda d, _: feature(d, "road").update(fire="F3"), "shows fire"),
        (lambda d, _: feature(d, "position").update(sources=[]), "no source of the map"),
        (lambda d, _: feature(d, "road").update(sources=["who"]), "cites no source"),
        (lambda d, _: feature(d, "road").update(observed_at="1999-01-03"), "observed after"),
        (lambda d, _: d["features"].append(claim("1999-01-04")), "after the day"),
        (lambda d, _: d["features"].append(claim("1998-12-20")), "13 days before"),
        (lambda d, _: d["situation"]["sources"][0].update(id="b"), "is no reference"),
        (lambda d, _: d["situation"]["sources"][0].update(url="https://a.org/b"), "another addr"),
        (lambda d, _: d["situation"]["sources"][1].update(credibility=2), "C3 at best"),
        (lambda d, _: feature_of(d, "road").update(id="byway"), "no row says"),
        (lambda _, e: e["history"].update(confidence="high"), "confidence high"),
        (
            lambda d, e: (
                feature(d, "road").update(fire="F3", sources=["authors"]),
                e.update(definitions={"fire_control": "yes"}),
            ),
            "fire_control is not settled",
        ),
    ],
)
def test_what_a_map_says_beyond_its_sources_is_told(faults, change, told):
    assert any(told in fault for fault in faults(change))


@pytest.mark.parametrize(
    ("row", "told"),
    [
        ("| `road`, `bridge` | [press] |", None),
        ("| F3 on `r*` | Author's judgement: by [press] |", None),
        ("| `r*` | by hand [atlas] |\n| `road` cut | [press] |", None),
        ("| `road` | by hand [atlas] |", "cites press, and no row of it does"),
        ("| `road` | Author's judgement: by hand |", "cites press, and no row of it does"),
        ("| `roads`, road | [press] |", "no row says where it comes from"),
    ],
)
def test_a_feature_cites_what_its_rows_cite_and_no_more(row, told):
    """Whichever row names it, by its id or by a pattern; the author's judgement needs no key."""
    table = f"| feature | where it comes from | how sure |\n|---|---|---|\n{row} B2 |\n"
    cited = tuple(Source(name, name) for name in ("press", AUTHORS))
    road = Route(id="road", geometry=LineString([(0, 0), (1, 1)]), sources=cited)
    claims = Claim(id="claim-a", geometry=None, sources=cited)
    faults = find_faults_of_features([road, claims], Provenance(table))
    assert list(faults) == ([(told, ("road",))] if told else [])


def test_fire_nobody_reported_does_not_part_c2_from_c1(faults):
    def burn(document, expected):
        zone = {"kind": "fire", "side": "BB", "grade": "F3", "sources": ["authors"]}
        ground = next(f for f in document["features"] if f["id"] == "own-ground")
        document["features"].append({**ground, "id": "fire", "properties": zone})
        expected["acceptable"] = ["C2"]

    row = "\n| `fire` | guns are told of [source-a] | C3 |"
    assert "nobody reported the fire: C2 is expected and C1 is not" in faults(burn, row)

    def report(document, expected):
        burn(document, expected)
        told = {"shows": ["fire"], "reliability": "B", "credibility": 3}
        document["situation"]["sources"][0].update(told)
        feature(document, "fire")["sources"] = ["source-a"]

    assert faults(report, row) == []


@pytest.mark.parametrize(
    ("grade", "by_one", "by_two"),
    [("A2", 1, 1), ("B1", 1, 0), ("B2", 0, 0), ("C1", 1, 0), ("C3", 0, 0), ("A1", 1, 1)],
)
def test_a_row_is_no_better_than_its_sources_and_only_agreement_bears_a_thing_out(
    faults, grade, by_one, by_two
):
    row = f"`ro*` | told [source-a] [source-b] | {grade}"

    def told(*others):
        def cite(document, _):
            first = document["situation"]["sources"][0]
            first.update(reliability="B", credibility=2)
            more = [first | {"id": f"source-{i}", "origin": origin} for i, origin in others]
            document["situation"]["sources"] += more
            feature(document, "road")["sources"] += [source["id"] for source in more]

        return sum("its sources bear out" in fault for fault in faults(cite, road=row))

    assert told() == told(("b", "source-a")) == told(("b", "geonames")) == by_one
    assert told(("b", "somebody else")) == by_two


@pytest.mark.parametrize(
    ("sureness", "stated"),
    [
        ("C3; ±500 m", 500),
        ("C3; ±1.5 km", 1500),
        ("C3; ±300 m, the group ±1 km", 300),
        ("C3; ±5 to 10 km", 10_000),
        ("B2 (closed), C3 (line), ±5-15 km", 15_000),
        ("C3; decides nothing", 0),
        ("C3", 0),
    ],
)
@pytest.mark.parametrize("drawn", [0, 300, 500, 1500, 10_000])
def test_ground_is_drawn_with_the_error_its_row_states(faults, sureness, stated, drawn):
    """The first of several is the line's, and the larger of a range; none is drawn unsaid."""

    def draw(document, _):
        feature(document, "own-ground").update(location_error_m=drawn)

    row = f"\n| `own-ground` | Author's judgement: by hand [source-a] | {sureness} |"
    told = f"drawn ±{drawn} m, and its row says ±{stated} m"
    assert (told in faults(draw, row)) == (drawn != stated)


def test_patterns_for_positions_do_not_speak_for_the_ground_named_before_them(faults):
    def draw(document, _):
        feature(document, "own-ground").update(location_error_m=300)

    ground = "| `own-ground` | Author's judgement: by hand [source-a] | C3; ±300 m |"
    positions = "| `own-*` | Author's judgement: by hand [source-a] | C3; ±2 km |"
    assert faults(draw, f"\n{ground}\n{positions}") == []
    assert any("drawn ±300 m" in fault for fault in faults(draw, f"\n{positions}\n{ground}"))


# -- words and counts ------------------------------------------------------------------------


@pytest.mark.parametrize("claimant", ["A", "B"])
def test_the_same_words_fall_under_the_same_definition_whoever_says_them(claimant):
    said = {"claimant": claimant, "statement": "The garrison is surrounded."}
    assert find_disagreement({**said, "asserts": {"definition": "land_cut"}}) is None
    assert "land_cut" in find_disagreement({**said, "asserts": {"definition": "surrounded"}})


def test_words_no_phrase_is_in_need_one():
    said = {"statement": "The fate of the army is sealed.", "asserts": {"definition": "land_cut"}}
    assert "no phrase" in find_disagreement(said)
    assert "is not in its words" in find_disagreement({**said, "lexicon": "encircled"})
    assert "no phrase of the lexicon" in find_disagreement({**said, "lexicon": "sealed"})
    assert find_disagreement({**said, "original": "Die Armee ist eingekesselt."}) is None


@pytest.mark.parametrize(("reached", "kind"), KIND_OF_REACHED.items())
def test_a_row_is_as_good_as_the_best_reading_of_a_text_it_cites(reached, kind):
    known = GOOD.replace("p. 12. Not reached.", f"p. 12. {reached}")
    provenance = Provenance(known)
    assert faults_of(known) == []
    assert provenance.references["atlas"].reached == reached
    assert provenance.kind_of(provenance.rows[0]) == kind
    better = known.replace("the day [atlas]", "the day [atlas], [press]").replace(
        "> Read.", "> Read by two."
    )
    assert Provenance(better).kind_of(Provenance(better).rows[0]) == "read by two"


def test_every_row_is_counted_once_and_under_one_kind():
    scenario = read_scenario(Path("fixtures/kursk-counterfactual-k2a"))
    counts = count_provenance([(scenario, GOOD)])
    assert counts["rows"] == {"not reached": 1, "author's judgement": 1}
    assert set(counts["rows"]) <= set(KINDS)
    old = "| a | b | c |\n|---|---|---|\n| `x` | truth table | high |\n| `y` | from memory | ? |\n"
    assert count_provenance([(scenario, old)])["rows"] == {"internal table": 1, "memory": 1}
