"""Write the parts of the documentation that the code knows best: `python docs/refresh.py`."""  # noqa: INP001

from __future__ import annotations

import json
import re
import sys
from pathlib import Path
from typing import Any

from encircle import explain, judge, read
from encircle.archive.library.scenarios import Scenario, read_library
from encircle.claims.composing.compose import compose
from encircle.claims.composing.plan import Plan
from encircle.claims.rating.rating import list_claim_rules
from encircle.claims.words.lexicon import LANGUAGES, PLACES, list_lexicon
from encircle.formats.publishers.guests import Given
from encircle.map.door.contract import input_schema
from encircle.verdict.judgement import STATUSES
from encircle.verdict.rules import list_rules

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT), str(ROOT / "docs")]

from reference_pages import write_commands, write_http, write_python  # noqa: E402 - beside this page

FIXTURES = ROOT / "fixtures"
SHOWN = "kursk-2025-03-14"
"""The fixture whose judgement the README prints."""
LEFT_OUT = ("Position by position",)
"""Paragraphs of it that the README leaves out, by how they begin."""
LEXICON_HEAD = """\
# Lexicon

Which definition a phrase is taken for, and from where. `*` stands for any ending, `(a|b)` for
either, `[x]` for a word that may be missing, `…` for at most six words, `!x` for one that must not
come next. *Says* is the answer the phrase asserts by itself; negation, reserve, future and
condition round it are read apart, as
[docs/words.md](words.md) tells. Written by `docs/refresh.py`.
"""
EXAMPLES = ROOT / "docs" / "examples.md"
EXAMPLES_HEAD = """\
# Twenty judgements in words

What `encircle judge` prints, word for word: for reading aloud before anything is published. A name
in quotation marks is the map's own; what has no name is called by what it is. `--ids` gives the ids
of the features behind each line, and so does `--json`. Written by `docs/refresh.py`.
"""
HISTORY = {
    "Six states of history": (
        "stalingrad-1942-11-24", "sarajevo-1993-07-15", "deir-ez-zor-2017-09-06",
        "bakhmut-2023-05-15", "dunkirk-1940-05-25", "avdiivka-2024-02-17",
    ),
    "Four contested": (
        "mosul-2017-03-02", "chernihiv-2022-03-25", "imphal-1944-04-15",
        "donetsk-airport-2015-01-18",
    ),
    "Four of positions only": (
        "bastogne-1944-12-22", "trap-ring-of-positions-reported", "trap-ring-of-positions-gap",
        "trap-group-outpost-cut",
    ),
}  # fmt: skip
"""Fixtures whose words are printed, by what they are an example of."""
SHARED = ROOT.parent / "shared" / "data"
DEEPSTATE = "DeepStateMap (deepstatemap.live)"
PUBLISHED = (
    (DEEPSTATE, "24 October 2024", "deepstate/samples/2024-10-24_1729802322.geojson"),
    (DEEPSTATE, "14 March 2025", "deepstate/samples/2025-03-14_1741941622.geojson"),
    (DEEPSTATE, "20 March 2025", "deepstate/samples/2025-03-20_1742507523.geojson"),
    ("the public daily mirror of DeepStateMap", "14 March 2025",
     "deepstate-mirror/deepstatemap_data_20250314.geojson"),
    ("the Institute for the Study of War (understandingwar.org), ground retaken by Russia",
     "12 March 2025", "isw-kursk/2025-03-12.geojson"),
    ("Liveuamap (liveuamap.com), as a newspaper republished it", "14 March 2025",
     "liveuamap/2025-03-14.json"),
)  # fmt: skip
"""Maps other people published: whose, of when, and where one lies beside the project."""
ASKED = "Guyevo"
"""The piece of held ground these are asked about is the one nearest to this place."""


def write_schema() -> str:
    """Write the JSON Schema of a situation."""
    return json.dumps(input_schema(), indent=1, ensure_ascii=False) + "\n"


def write_rules() -> str:
    """Write the table of rules, in the order they are asked."""
    rows = ["| rule | what it asserts | decides | reference |", "|---|---|---|---|"]
    for rule in list_rules():
        status = rule["status"]
        decides = f"**{status['code']}** {rule['verdict']}" if status else ""
        rows.append(f"| `{rule['rule']}` | {rule['statement']} | {decides} | {rule['reference']} |")
    return "\n".join(rows)


def write_claim_rules() -> str:
    """Write the table of rules for claims, in the order they are asked."""
    rows = ["| rule | what it asserts | rates | reference |", "|---|---|---|---|"]
    for rule in list_claim_rules():
        rates = f"**{rule['rating'].replace('_', ' ')}**" if rule["rating"] else ""
        rows.append(f"| `{rule['rule']}` | {rule['statement']} | {rates} | {rule['reference']} |")
    return "\n".join(rows)


def write_lexicon() -> str:
    """Write the tables of the lexicon: a language each, then places and speakers."""
    parts = [LEXICON_HEAD]
    for code, language in LANGUAGES.items():
        parts.append(f"## {language.name}\n")
        parts.append(
            "| phrase | definition | says | also used for | source |\n|---|---|---|---|---|"
        )
        parts += [_write_entry(entry) for entry in list_lexicon() if entry["language"] == code]
        parts.append("")
    parts.append("## Places\n\n| place | called |\n|---|---|")
    parts += [f"| {place.name} | {', '.join(dict.fromkeys(place.stems))} |" for place in PLACES]
    return "\n".join(parts) + "\n"


def _write_entry(entry: dict[str, Any]) -> str:
    says = [f"`{entry['value']}`"]
    says += [entry["tense"]] if entry["tense"] != "present" else []
    says += ["with a reserve"] if entry["hedged"] else []
    phrase = entry["phrase"].replace("|", "\\|")
    also = ", ".join(f"`{name}`" for name in entry["also"])
    return (
        f"| {phrase} | `{entry['definition']}` | {', '.join(says)} | {also} | {entry['source']} |"
    )


def write_judgement() -> str:
    """Write the judgement the README shows, in words; what is left out is marked."""
    text = explain(judge(read(FIXTURES / SHOWN / "situation.geojson")))
    paragraphs = ["[…]" if p.startswith(LEFT_OUT) else p for p in text.split("\n\n")]
    return "\n".join(["```text", "\n\n".join(paragraphs), "```"])


def write_examples(page: str) -> str:
    """Write the words of the fixtures; those of published maps stay as they are on the page."""
    for number, (title, folders) in enumerate(HISTORY.items()):
        parts = [f"## {title}"]
        for folder in folders:
            judgement = judge(read(FIXTURES / folder / "situation.geojson"))
            link = f"[{folder}](../fixtures/{folder}/SOURCES.md)"
            parts.append(f"### {judgement.title}\n\n{link}\n\n{_print(explain(judgement))}")
        page = fill(page, f"examples-{number}", "\n\n".join(parts))
    return page


def write_published(page: str) -> str:
    """
    Write the words of maps published by others; only where those maps lie beside the project.

    Raises
    ------
    FileNotFoundError
        If they do not.
    """
    parts = ["## Six maps published by others"]
    for whose, day, place in PUBLISHED:
        path = SHARED / place
        given = Given(path.name, path.read_bytes(), None, path)
        document = compose([given], Plan(force_in=ASKED), lambda _: None, lambda _: None)
        judgement = judge(read(json.dumps(document)))
        parts.append(f"### {day}, after {whose}\n\n{_print(explain(judgement))}")
    return fill(page, "examples-published", "\n\n".join(parts))


def _print(text: str) -> str:
    return f"```text\n{text}\n```"


def write_blank() -> str:
    """Write the page of examples with nothing between its markers."""
    names = [f"examples-{number}" for number in range(len(HISTORY))]
    blank = "\n".join(f"<!-- {n}:begin -->\n<!-- {n}:end -->\n" for n in names)
    credits_ = (
        "The maps are not ours and not shipped; the words are made from them, on the day named, "
        "with the piece of ground\nnearest to Guyevo asked about. Border: © OpenStreetMap "
        "contributors, ODbL 1.0. Names of places: GeoNames, CC BY 4.0.\nWhere the maps lie "
        "beside the project, `python docs/refresh.py --published` writes this part anew.\n"
    )
    markers = "<!-- examples-published:begin -->\n<!-- examples-published:end -->\n"
    return f"{EXAMPLES_HEAD}\n{blank}\n{markers}\n{credits_}"


def write_fixtures() -> str:
    """Write the table of historical fixtures: place, dated statuses, source."""
    rows = ["| case | judged | source |", "|---|---|---|"]
    library = read_library(FIXTURES)
    cases: dict[str, list[Scenario]] = {}
    for scenario in (s for s in library if s.is_history):
        cases.setdefault(scenario.place, []).append(scenario)
    for place, states in cases.items():
        judged = " · ".join(f"{s.day} {'/'.join(s.acceptable)}" for s in states)
        name = " ".join(word.capitalize() for word in place.split("-"))
        source = f"[{_name_first(states[0].heading)}](../fixtures/{states[0].id}/SOURCES.md)"
        rows.append(f"| {name} | {judged} | {source} |")
    labels = ", ".join(f"{s.code} {s.label.lower()}" for s in STATUSES.values())
    traps = sum(s.id.startswith("trap-") for s in library)
    states = sum(s.is_history for s in library)
    more = (
        f"{states} dated states in all, with a map of each in [history.md](history.md). "
        f"Beside these, three counterfactuals, and {traps} small drawn maps, each for one mistake "
        "a judge could make."
    )
    return "\n".join([*rows, "", f"Statuses: {labels}.", "", more])


def _name_first(situation: dict[str, Any]) -> str:
    sources = situation.get("sources", [])
    more = f" and {len(sources) - 1} more" if len(sources) > 1 else ""
    return f"{sources[0].get('title') or sources[0]['id']}{more}" if sources else "notes"


def fill(page: str, name: str, content: str) -> str:
    """Put content between a page's markers `<!-- name:begin -->` and `<!-- name:end -->`."""
    between = re.compile(f"(<!-- {name}:begin -->\n).*?(<!-- {name}:end -->)", re.DOTALL)
    filled, times = between.subn(lambda m: f"{m[1]}{content}\n{m[2]}", page)
    if times != 1:
        message = f"the markers of {name!r} must stand on the page once"
        raise ValueError(message)
    return filled


def write_pages() -> dict[Path, str]:
    """Write every generated page as it should be, by its place."""
    method, readme = ROOT / "docs" / "method.md", ROOT / "README.md"
    cases = ROOT / "docs" / "fixtures.md"
    return {
        ROOT / "docs" / "contract.schema.json": write_schema(),
        method: fill(
            fill(method.read_text("utf-8"), "rules", write_rules()),
            "claim-rules",
            write_claim_rules(),
        ),
        ROOT / "docs" / "lexicon.md": write_lexicon(),
        ROOT / "docs" / "commands.md": write_commands(),
        ROOT / "docs" / "http.md": write_http(),
        ROOT / "docs" / "api.md": write_python(),
        EXAMPLES: write_examples(_read_examples()),
        cases: fill(cases.read_text("utf-8"), "fixtures", write_fixtures()),
        readme: fill(readme.read_text("utf-8"), "judgement", write_judgement()),
    }


def _read_examples() -> str:
    return EXAMPLES.read_text("utf-8") if EXAMPLES.exists() else write_blank()


def find_stale() -> list[str]:
    """Name the pages that are not as they should be."""
    return [
        path.relative_to(ROOT).as_posix()
        for path, text in write_pages().items()
        if not path.exists() or path.read_text("utf-8") != text
    ]


if __name__ == "__main__":
    for place, text in write_pages().items():
        place.write_text(text, "utf-8")
    if "--published" in sys.argv[1:]:
        EXAMPLES.write_text(write_published(_read_examples()), "utf-8")
