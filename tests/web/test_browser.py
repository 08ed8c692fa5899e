"""The page in a browser: asked, asked back, seen, doubted, checked, taken away, by anybody."""

import gzip
import json
from pathlib import Path

import httpx2
import pytest

from tests.unit.formats.test_control_kml import two_sided
from tests.web.conftest import PHONE, TABLET, WIDE, list_faults, until

pytestmark = pytest.mark.browser
FIXTURES = Path(__file__).parents[2] / "fixtures"
DATA = Path(__file__).parents[3] / "shared" / "data"
KURSK = FIXTURES / "kursk-2025-03-14" / "situation.geojson"
TROOPS = "The Ukrainian troops are completely surrounded."
CLAIM = "5,000 Ukrainian soldiers are completely surrounded at Sudzha."
SCREENS = {
    "ask": "", "archive": "#/archive", "case files": "#/files", "how it works": "#/how",
    "verdict": "#/case/trap-grey-held", "proof": "#/case/trap-grey-held/proof",
    "doubt": "#/case/trap-grey-held/doubt",
}  # fmt: skip
HOSTILE = '<img src=x onerror="window.hurt=1"><script>window.hurt=1</script>'
PAINT_MS = 1000
PATIENCE_S = 60
"""A case is judged before and after a post."""
LONG_MS = 50
MOVES = 30


def ask(page, claim, files, **more):
    page.fill("#claim", claim)
    page.set_input_files("#files", files)
    if more:
        page.click(".more summary")
    for name, value in more.items():
        page.fill(f"#{name}", value)
    page.click("#check")


def painted(place):
    """Give a small map that two sides paint, and a question about it."""
    return {"name": "Control_25_03_01.kml", "mimeType": "text/xml", "buffer": two_sided()}, place


def settle(page):
    until(page, "document.querySelector('canvas')?.getAttribute('aria-label')?.length > 20")


def test_the_flagship_question_from_an_empty_page_to_a_checked_proof(open_page):
    page = open_page()
    ask(page, CLAIM, [str(KURSK)])
    page.wait_for_selector(".verdict")
    assert page.inner_text(".chip-solid").strip() == "Contradicted"
    assert "not encircled" in page.inner_text("h1")
    assert page.locator(".map-line").count() == 1
    assert "surrounded" in page.inner_text("blockquote")
    page.click("#to-proof")
    assert page.locator(".step").count() >= 3
    page.click("#verify")
    page.wait_for_selector("#checks")
    assert "The proof holds" in page.inner_text("h1")
    assert page.locator("#not-checked li").count() > 5


def test_the_page_asks_back_and_judges_the_piece_that_is_chosen(open_page):
    page = open_page()
    map_, place = painted("34.2,51.25")
    ask(
        page,
        TROOPS,
        [map_],
        place=place,
        made_at="2025-03-01",
    )
    page.wait_for_selector(".choices")
    assert page.inner_text(".chip-solid").strip() == "One question first"
    assert page.is_disabled("#judge")
    page.locator(".choice input").first.check()
    assert page.inner_text("#judge") == "Judge A"
    page.click("#judge")
    page.wait_for_selector(".verdict")
    assert page.locator(".map-line").count() == 1


def test_a_link_shows_the_same_again(open_page):
    page = open_page()
    map_, place = painted("34.2,51.1")
    ask(
        page,
        TROOPS,
        [map_],
        place=place,
        made_at="2025-03-01",
    )
    page.wait_for_selector(".verdict")
    page.click("#reading-optimistic")
    before = page.inner_text(".band"), page.url
    page.reload()
    page.wait_for_selector(".verdict")
    assert (page.inner_text(".band"), page.url) == before
    assert page.get_attribute("#reading-optimistic", "aria-pressed") == "true"


def test_a_link_to_what_another_browser_keeps_says_what_to_do(open_page):
    page = open_page("#/asked/0123456789abcdef")
    page.wait_for_selector("#note")
    assert "Drop the same files" in page.inner_text("#note")


def test_doubt_answers_in_place_is_marked_everywhere_and_undone(open_page):
    page = open_page("#/case/trap-grey-held/doubt")
    page.wait_for_selector("#features")
    before = page.inner_text("h1")
    page.locator("#features button").first.click()
    page.click("#not-there")
    page.wait_for_selector("#what-if-bar")
    page.wait_for_selector(".waiting", state="detached")
    assert "What if" in page.inner_text("#what-if-bar").capitalize()
    assert "without=" in page.url
    page.click("#to-verdict")
    page.click("#export summary")
    assert page.locator("#get-review, #get-landscape").count() == 0
    with page.expect_download() as started:
        page.click("#get-judgement")
    assert "what-if" in started.value.suggested_filename
    told = json.loads(Path(started.value.path()).read_bytes())
    assert told["what_if"] or told["provenance"]["parameters"]["without"]
    page.click("#undo")
    page.wait_for_selector("#what-if-bar", state="detached")
    assert page.inner_text("h1") == before


def test_time_is_moved_through_by_button_key_and_slider(open_page):
    page = open_page("#/case/korsun-1944-01-27")
    page.wait_for_selector("#time")
    first = page.inner_text("h1")
    page.click("#time-next")
    until(page, "old => document.querySelector('h1').textContent !== old", first)
    assert "1944-02-05" in page.url
    page.keyboard.press("ArrowLeft")
    until(page, "old => document.querySelector('h1').textContent === old", first)


def test_a_case_file_shows_who_said_what_takes_one_position_more_and_one_back(open_page, address):
    situation = json.loads(KURSK.read_bytes())
    settings = {k: situation["situation"][k] for k in ("title", "as_of", "force", "sides", "area")}
    post(f"{address}v1/cases", {"id": "of-a-test", "situation": settings})
    post(f"{address}v1/cases/of-a-test/observations", situation)
    page = open_page("#/files")
    page.click("a[href='#/file/of-a-test']")
    page.wait_for_selector(".verdict")
    assert "not encircled" in page.inner_text("h1")
    page.click("#post > summary")
    page.fill("#post-name", f"A group {HOSTILE}")
    page.select_option("#post-side", "RU")
    page.fill("#post-seen", "2025-03-14")
    page.fill("#post-source", "https://example.org/1")
    page.locator("canvas").click(position={"x": 300, "y": 300})
    until(page, "document.getElementById('post-at').value.includes(',')")
    page.click("#send")
    page.wait_for_selector("#told")
    page.click("#observations > summary")
    row = page.locator("#observations .row", has_text="A group <img")
    assert "by local" in row.inner_text()
    row.locator("summary").click()
    row.locator("input").fill("another unit")
    row.locator("form button").click()
    row.wait_for(state="detached")
    assert page.evaluate("window.hurt") is None


def post(url, body):
    assert httpx2.post(url, json=body, timeout=PATIENCE_S).status_code == 201


TAKEN = {
    "get-page": b"<!doctype html", "get-svg": b"<?xml", "get-png": b"\x89png",
    "get-layers": b'{"type":"featurecollection"', "get-situation": b'{"type":"featurecoll',
    "get-review": b'{"@context"', "get-landscape": b"\x89png", "get-portrait": b"\x89png",
    "get-judgement": b'{"force"',
}  # fmt: skip
"""Button to how the file begins."""


def test_everything_can_be_taken_away(open_page):
    page = open_page()
    map_, place = painted("34.2,51.1")
    ask(page, TROOPS, [map_], place=place, made_at="2025-03-01")
    page.wait_for_selector(".verdict")
    page.click("#export summary")
    sizes = {}
    for button, begins in TAKEN.items():
        with page.expect_download() as started:
            page.click(f"#{button}")
        raw = Path(started.value.path()).read_bytes()
        assert raw[:40].lower().startswith(begins), button
        sizes[button] = [int.from_bytes(raw[at : at + 4]) for at in (16, 20)]
    assert sizes["get-landscape"] == [1200, 675]
    assert sizes["get-portrait"] == [1080, 1350]


@pytest.mark.parametrize("size", [WIDE, TABLET, PHONE], ids=["desktop", "tablet", "phone"])
def test_every_screen_is_for_everybody(open_page, axe, size):
    page = open_page("", size, reduced_motion="reduce")
    page.evaluate(axe)
    wrong = {}
    for screen, path in SCREENS.items():
        page.evaluate("path => { location.hash = path }", path or "#/")
        page.wait_for_timeout(300)
        page.wait_for_selector(".waiting", state="detached")
        page.wait_for_selector("h1")
        if told := list_faults(page):
            wrong[screen] = told
    assert wrong == {}


@pytest.mark.parametrize("theme", ["dark", "contrast"])
def test_the_dark_page_and_the_palettes_are_for_everybody_too(open_page, axe, theme):
    page = open_page("#/case/trap-grey-held")
    page.wait_for_selector(".verdict")
    page.click(".nav summary")
    page.select_option("#theme" if theme == "dark" else "#palette", theme)
    page.wait_for_timeout(500)
    page.evaluate(axe)
    found = page.evaluate("axe.run({resultTypes: ['violations']})")["violations"]
    assert [(v["id"], [n["target"] for n in v["nodes"]][:3]) for v in found] == []


def test_the_keyboard_is_enough(open_page):
    page = open_page("#/case/trap-grey-held")
    page.wait_for_selector("#to-proof")
    for _ in range(60):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.id") == "to-proof":
            break
    page.keyboard.press("Enter")
    page.wait_for_selector("#verify")
    assert page.evaluate("document.activeElement.tagName") == "H1"


def hostile_situation():
    situation = json.loads((FIXTURES / "trap-grey-held" / "situation.geojson").read_bytes())
    situation["situation"]["title"] = HOSTILE
    for source in situation["situation"].get("sources", []):
        source |= {"title": HOSTILE, "url": "javascript:window.hurt=1"}
    for feature in situation["features"]:
        feature["properties"] |= {"name": f"{HOSTILE} {feature['id']}", "note": HOSTILE * 3}
    return situation


def test_hostile_names_and_notes_are_text(open_page):
    page = open_page()
    file = {"name": f"{HOSTILE}.geojson", "mimeType": "application/json",
            "buffer": json.dumps(hostile_situation()).encode()}  # fmt: skip
    ask(page, "The force is completely surrounded.", [file], claimant=HOSTILE)
    page.wait_for_selector(".verdict")
    assert HOSTILE in page.inner_text(".band")
    page.click("#to-doubt")
    page.locator("#features button").first.click()
    page.wait_for_selector("#card")
    assert HOSTILE in page.inner_text("#card")
    page.click("#card details summary")
    assert page.evaluate("window.hurt") is None
    assert page.locator("img[src='x']").count() == 0
    assert page.locator("a[href^='javascript']").count() == 0


NO_MAPS = {
    "nothing.geojson": b"", "binary.kmz": bytes(range(256)) * 40, "half.geojson": b'{"type":',
    "deep.json": b"[" * 20_000, "long.txt": b"x" * 5_000_000,
    "bomb.geojson.gz": gzip.compress(b" " * 50_000_000), "huge.geojson": b" " * 7_000_000,
}  # fmt: skip


def test_a_file_that_is_no_map_is_told_and_breaks_nothing(open_page):
    page = open_page()
    for name, raw in NO_MAPS.items():
        ask(page, CLAIM, [{"name": name, "mimeType": "application/octet-stream", "buffer": raw}])
        page.wait_for_selector(".waiting", state="detached")
        page.wait_for_selector(".trouble, #note")
        assert page.inner_text(".trouble, #note").strip(), name
        assert page.input_value("#claim") == CLAIM
        for each in page.locator(".files button").all():
            each.click()
        page.reload()
        page.wait_for_selector("#claim")


def many_polygons(count):
    situation = json.loads((FIXTURES / "trap-grey-held" / "situation.geojson").read_bytes())
    west, south = 30.0, 50.0
    for n in range(count):
        x, y = west + (n % 40) * 0.02, south + (n // 40) * 0.02
        ring = [[x, y], [x + 0.019, y], [x + 0.019, y + 0.019], [x, y + 0.019], [x, y]]
        situation["features"].append({
            "type": "Feature", "id": f"many-{n}",
            "geometry": {"type": "Polygon", "coordinates": [ring]},
            "properties": {"kind": "control", "holder": "AB"[n % 2], "basis": "assessed"},
        })  # fmt: skip
    return situation


def pan(page):
    """Drag the map about, and give the page's own work for each move, ms."""
    profiler = page.context.new_cdp_session(page)
    box = page.locator("canvas").bounding_box()
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    profiler.send("Profiler.enable")
    profiler.send("Profiler.start")
    page.mouse.move(x, y)
    page.mouse.down()
    for step in range(MOVES):
        page.mouse.move(x + 4 * step, y + 2 * step)
        page.wait_for_timeout(16)
    page.mouse.up()
    page.wait_for_timeout(500)
    told = profiler.send("Profiler.stop")["profile"]
    names = {node["id"]: node["callFrame"]["functionName"] for node in told["nodes"]}
    spent = zip(told["samples"], told["timeDeltas"], strict=True)
    # (program) is Chromium: without a card it draws in software, an empty map takes it as long.
    return (
        sum(us for node, us in spent if names[node] not in ("(program)", "(idle)")) / 1000 / MOVES
    )


def test_a_thousand_polygons_are_panned_without_a_long_task(open_page):
    page = open_page()
    raw = json.dumps(many_polygons(1000)).encode()
    page.wait_for_selector("canvas")
    page.route(
        "**/v1/scenarios/trap-grey-held",
        lambda r: r.fulfill(body=raw, content_type="application/geo+json"),
    )
    page.goto(page.url.split("#")[0] + "#/case/trap-grey-held")
    page.wait_for_selector(".verdict")
    page.wait_for_timeout(2000)
    assert pan(page) < LONG_MS


def test_the_first_paint_comes_within_a_second(open_page):
    page = open_page()
    page.wait_for_selector("h1")
    paints = page.evaluate(
        "performance.getEntriesByType('paint').map(({name, startTime}) => [name, startTime])"
    )
    assert dict(paints)["first-contentful-paint"] <= PAINT_MS


def test_without_webgl_the_services_picture_stands_in(chromium, address):
    context = chromium.new_context()
    page = context.new_page()
    page.add_init_script("HTMLCanvasElement.prototype.getContext = () => null")
    page.goto(f"{address}#/case/trap-grey-held")
    page.wait_for_selector(".no-map img")
    assert "encircled" in page.get_attribute(".no-map img", "alt")
    context.close()


@pytest.mark.real
@pytest.mark.skipif(not DATA.is_dir(), reason="../shared/data is not here")
def test_real_maps_of_the_day_are_asked_back_about_and_judged(open_page):
    page = open_page()
    files = [DATA / "deepstate/samples/2025-03-14_1741941622.geojson",
             DATA / "liveuamap/2025-03-14.json"]  # fmt: skip
    ask(page, "Russia's army has completely surrounded the Ukrainian troops at Sudzha.",
        [str(f) for f in files], made_at="2025-03-14")  # fmt: skip
    page.wait_for_selector(".choices", timeout=120_000)
    assert "Sudzha was held by Russia" in page.inner_text("h1")
    page.locator(".choice input").first.check()
    page.click("#judge")
    page.wait_for_selector(".verdict", timeout=120_000)
    assert page.inner_text(".chip-solid").strip() == "Contradicted"
    assert page.locator(".map-line").count() == 2


def test_ground_can_be_supposed_to_be_the_enemys(open_page):
    page = open_page("#/case/kursk-2025-03-14/doubt")
    page.wait_for_selector("#features")
    page.click("#feature-ua-salient")
    page.click("#hostile")
    page.wait_for_selector("#what-if-bar")
    page.wait_for_selector(".waiting", state="detached")
    assert "hostile=ua-salient" in page.url
    assert "enemy-held" in page.inner_text("#what-if-bar")
    assert page.locator(".row.changed").count() > 0
    page.click("#feature-ua-rubanshchina")
    assert page.locator("#hostile").count() == 0
