"""The page: who is given it, what it may do, what it is made of."""

import gzip
import re

import pytest

from api.page import FOR_EVER, INDEX, STATIC, read_files
from encircle.picture.frame import CHIPS
from encircle.picture.tokens import DASHES_PX, LIGHT, LINES_PX, TOKENS, TONES

BROWSER = {"Accept": "text/html,application/xhtml+xml,*/*;q=0.8"}
MOST_PACKED_BYTES = 450 * 1024
SOURCE = STATIC.parent / "web"


@pytest.fixture
def index(client):
    return client.get("/", headers=BROWSER)


def test_a_browser_is_given_the_page_and_a_program_the_contract(client, index):
    assert index.headers["content-type"] == "text/html; charset=utf-8"
    assert client.get("/").json()["openapi"] == "/openapi.json"
    assert index.headers["vary"] == "Accept"


def test_the_page_may_load_nothing_of_anybody_elses(index):
    policy = dict(
        part.split(" ", 1) for part in index.headers["content-security-policy"].split("; ")
    )
    assert policy["default-src"] == "'none'"
    assert policy["script-src"] == policy["style-src"] == policy["connect-src"] == "'self'"
    assert "unsafe" not in index.headers["content-security-policy"]
    assert policy["frame-ancestors"] == "'none'"


def test_whatever_the_page_names_is_served_and_kept(client, index):
    named = re.findall(r'(?:src|href)="(/page/[^"]+)"', index.text)
    assert len(named) >= 3
    for path in named:
        answer = client.get(path)
        assert answer.status_code == 200
        stamped = re.search(r"-[\w-]{8}\.\w+$", path)
        assert answer.headers["cache-control"] == (FOR_EVER if stamped else "no-cache")
        assert answer.headers["x-content-type-options"] == "nosniff"
    assert index.headers["cache-control"] == "no-cache"


def test_what_is_at_hand_is_not_sent_again(client, index):
    again = client.get("/", headers=BROWSER | {"If-None-Match": index.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")


@pytest.mark.parametrize(
    "name",
    ["nothing.js", "../page.py", "..%2fpage.py", "%2e%2e/main.py", "/etc/passwd", "a" * 9000],
)
def test_nothing_but_the_page_s_own_files_is_served(client, name):
    assert client.get(f"/page/{name}").status_code == 404


def test_the_page_runs_no_script_of_its_own_text_and_names_no_other_host(index):
    files = {n: f.raw.decode() for n, f in read_files().items() if n.endswith((".html", ".css"))}
    for text in files.values():
        assert (
            re.findall(r"(?:https?:)?//[a-z0-9.-]+\.[a-z]{2,}/[^\s)]*\.(?:js|css|woff2?)", text)
            == []
        )
    assert re.findall(r"<script(?![^>]*\bsrc=)|<style|\bon\w+=|\bstyle=", index.text) == []


def test_the_page_is_small_enough_to_be_fetched_at_once():
    packed = sum(
        len(gzip.compress(file.raw, 9)) for name, file in read_files().items()
        if name.endswith((".js", ".css", ".html"))
    )  # fmt: skip
    fonts = sum(len(f.raw) for n, f in read_files().items() if n.endswith("woff2") and "latin" in n)
    assert packed + fonts <= MOST_PACKED_BYTES


def test_every_built_file_comes_with_its_licence():
    said = read_files()["licences.txt"].raw.decode()
    for name in ("MapLibre GL JS", "Inter", "Source Serif 4", "SIL OPEN FONT LICENSE"):
        assert name in said


def test_the_map_and_the_pictures_are_drawn_from_one_table():
    palette = (SOURCE / "src" / "map" / "palette.ts").read_text("utf-8")
    style = (SOURCE / "src" / "map" / "style.ts").read_text("utf-8")
    assert 'from "../../../../encircle/picture/tokens.json"' in palette
    assert {*re.findall(r"\brow\.(\w+)", palette)} >= {*LIGHT} == {*TOKENS["dark"]}
    assert {*re.findall(r"LINES\.(\w+)", style)} <= {*LINES_PX}
    assert {*re.findall(r'dashOf\("(\w+)"', style)} == {*DASHES_PX}


OWN_COLOUR = re.compile(r"#(?:[0-9a-f]{6}|[0-9a-f]{3})\b(?![\w/-])", re.IGNORECASE)


def test_the_page_has_no_colour_of_its_own():
    sources = [*(SOURCE / "src").rglob("*.ts"), *(SOURCE / "src").rglob("*.css")]
    assert len(sources) > 20
    found = {path.name: OWN_COLOUR.findall(path.read_text("utf-8")) for path in sources}
    assert {name: told for name, told in found.items() if told} == {}


VARIABLE = re.compile(r"--([\w-]+): ?(#[0-9a-f]{3,6})")


@pytest.mark.parametrize(("theme", "tones"), [("light", TONES), ("dark", TOKENS["tones_dark"])])
def test_the_built_styles_have_the_colours_of_the_table_and_no_others(theme, tones):
    (styles,) = [f.raw.decode() for name, f in read_files().items() if name.endswith(".css")]
    light, dark = styles.split(":root[data-theme=dark]", 1)
    base = {name: TOKENS[theme][name] for name in ("ink", "paper", "fire", "what_if")}
    built = dict(VARIABLE.findall({"light": light, "dark": dark}[theme]))
    told = {**base, **tones, **TOKENS["page"][theme]}
    assert built == {name.replace("_", "-"): shorten(colour) for name, colour in told.items()}


def shorten(colour):
    """Write a colour as styles are built: in three letters where that says the same."""
    return "#fff" if colour == "#ffffff" else colour


def test_a_verdict_has_one_tone_on_the_page_and_in_the_pictures():
    by_letter = {"C": "open", "E": "closed", "N": "none", "U": "none"}
    assert {code: by_letter[code[0]] for code in CHIPS} | {"C3": "contested"} == CHIPS


def test_nothing_a_map_says_can_become_markup():
    forbidden = (
        r"\b(innerHTML|outerHTML|insertAdjacentHTML|document\.write|eval\(|new Function|setHTML)\b"
    )
    sources = [*(SOURCE / "src").rglob("*.ts")]
    assert len(sources) > 20
    assert [path.name for path in sources if re.search(forbidden, path.read_text("utf-8"))] == []


def test_a_page_that_was_not_built_leaves_the_contract(client, monkeypatch):
    monkeypatch.setattr("api.routes.welcome.read_files", dict)
    assert client.get("/", headers=BROWSER).json()["try"] == "/v1/scenarios"
    assert client.get(f"/page/{INDEX}").status_code == 404
