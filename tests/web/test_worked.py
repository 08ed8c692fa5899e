"""Two maps compared, a case file worked on, labels whole, and links that show the same again."""

import json

import httpx2
import pytest

from tests.web.conftest import PHONE, TABLET, WIDE, list_faults, until
from tests.web.test_browser import FIXTURES, HOSTILE, PATIENCE_S, TROOPS, ask, painted, settle

pytestmark = pytest.mark.browser
AT = "2026-01-01T10:00:00Z"
SMALL = FIXTURES / "trap-grey-held" / "situation.geojson"
TWO_DAYS = "#/case/korsun-1944-02-05?beside=korsun-1944-01-27"


def get(url):
    return httpx2.get(url, timeout=PATIENCE_S)


def send(method, url, **more):
    return httpx2.request(method, url, timeout=PATIENCE_S, **more)


def share(page):
    return int(page.get_attribute("#swipe", "aria-valuenow"))


def test_two_days_are_compared_by_a_divider_dragged_and_by_key(open_page):
    page = open_page("#/case/korsun-1944-02-05")
    page.wait_for_selector("#beside")
    page.select_option("#beside", "korsun-1944-01-27")
    page.wait_for_selector("#swipe")
    assert page.locator("#compared .row").count() == 2
    assert "27 January 1944" in page.inner_text(".tag-right")
    until(page, "document.querySelectorAll('.twin canvas').length === 1")
    page.focus("#swipe")
    page.keyboard.press("ArrowLeft")
    assert share(page) == 48
    page.keyboard.press("End")
    assert share(page) == 100
    page.keyboard.press("Home")
    box = page.locator(".map").bounding_box()
    page.mouse.move(box["x"], box["y"] + box["height"] / 2)
    page.mouse.down()
    page.mouse.move(box["x"] + box["width"] * 0.3, box["y"] + 200, steps=4)
    page.mouse.up()
    assert 28 <= share(page) <= 32
    clip = page.evaluate("document.querySelector('.twin').style.clipPath")
    assert 28 <= float(clip.split()[-1].rstrip("%)")) <= 32
    assert page.evaluate("document.title.startsWith('On 5 February 1944')")
    before = share(page), page.url
    page.reload()
    page.wait_for_selector("#swipe")
    assert (share(page), page.url) == before


def test_two_mappers_of_one_day_are_compared(open_page):
    page = open_page()
    other = json.loads(SMALL.read_bytes())
    for source in other["situation"]["sources"]:
        source["origin"] = "another-map"
    two = {"name": "other.geojson", "mimeType": "", "buffer": json.dumps(other).encode()}
    one = {**two, "name": "one.geojson", "buffer": SMALL.read_bytes()}
    ask(page, "The force is completely surrounded.", [one, two])
    page.wait_for_selector("#beside")
    page.select_option("#beside", "other.geojson")
    page.wait_for_selector("#swipe")
    assert "another-map" in page.inner_text(".tag-right")


@pytest.fixture
def kept(address, request):
    """A case of its own, and where its observations lie."""
    name = f"case-{abs(hash(request.node.name)) % 10**8}"
    situation = json.loads(SMALL.read_bytes())
    settings = {k: situation["situation"][k] for k in ("title", "as_of", "force", "sides", "area")}
    for path, body in (
        ("", {"id": name, "situation": settings}),
        (f"/{name}/observations", situation),
    ):
        assert send("POST", f"{address}v1/cases{path}", json=body).status_code == 201
    return name, f"{address}v1/cases/{name}"


def begin_correction(page, kept):
    name, at = kept
    page.goto(page.url.split("#")[0] + f"#/file/{name}")
    page.wait_for_selector(".verdict")
    page.click("#observations > summary")
    told = get(f"{at}/observations?kind=position&limit=1").json()["features"][0]
    page.click(f"[id='correct-it-{told['id']}']")
    page.wait_for_selector("#correcting")
    return told, f"{at}/observations/{told['id']}"


def test_an_observation_is_corrected_in_its_row_with_a_reason(open_page, kept):
    page = open_page()
    told, at = begin_correction(page, kept)
    page.fill("#correct-name", f"Renamed {HOSTILE}")
    page.click("#correct-send")
    assert page.inner_text("#correct-told") == "Give a reason."
    page.fill("#correct-at", "nowhere")
    page.fill("#correct-why", "a better picture")
    page.click("#correct-send")
    assert "LON,LAT" in page.inner_text("#correct-told")
    page.fill("#correct-at", "35.91,48.76")
    page.click("#correct-send")
    page.wait_for_selector("#file-told")
    now = get(at).json()
    assert (now["revision"], now["why"]) == (2, "a better picture")
    assert now["body"]["properties"]["name"] == f"Renamed {HOSTILE}"
    assert now["body"]["geometry"]["coordinates"] == [35.91, 48.76]
    assert now["body"]["properties"]["side"] == told["properties"]["side"]
    assert page.evaluate("window.hurt") is None


def test_whoever_comes_second_is_told_so_plainly_and_loses_nothing(open_page, kept):
    page = open_page()
    told, at = begin_correction(page, kept)
    page.fill("#correct-name", "Mine")
    page.fill("#correct-why", "I know better")
    theirs = {**told, "properties": {**told["properties"], "name": "Theirs", "note": "moved"}}
    first = send("PUT", at, json={"feature": theirs, "why": "first"}, headers={"If-Match": '"1"'})
    assert first.status_code == 200
    page.click("#correct-send")
    page.wait_for_selector("#correct-told")
    said = page.inner_text("#correct-told")
    assert "Not sent" in said
    assert "revision 2" in said
    assert "Theirs" in said
    assert page.input_value("#correct-name") == "Mine"
    assert get(at).json()["body"]["properties"]["name"] == "Theirs"
    page.click("#correct-send")
    page.wait_for_selector("#file-told")
    kept_said = get(at).json()["body"]["properties"]
    assert kept_said["name"] == "Mine"
    assert kept_said["note"] == "moved"  # what only the other changed stays


def test_watches_are_listed_added_and_removed_and_what_they_told_is_shown(open_page, kept):
    name, at = kept
    page = open_page(f"#/file/{name}")
    page.click("#watches > summary")
    for on, value in (("neck", "9000000"), ("verdict", "encircled"), ("status", "C3")):
        page.select_option("#watch-on", on)
        (page.fill if on == "neck" else page.select_option)("#watch-value", value)
        with page.expect_response(lambda r: r.request.method == "POST" and "watches" in r.url):
            page.click("#watch-send")
        page.wait_for_selector(".waiting", state="detached")
    asked = [w["condition"] for w in get(f"{at}/watches").json()["watches"]]
    assert sorted(asked) == ["neck_width_m < 9000000", "status == C3", "verdict == encircled"]
    page.locator("[id^='end-']").nth(2).wait_for()
    told = get(f"{at}/watches").json()["watches"]
    sent = {"status": "sent", "attempts": 2, "next_at": None, "error": HOSTILE, "recorded_at": AT,
            "body": {"condition": HOSTILE, "holds": True}}  # fmt: skip
    told[0]["deliveries"] = [sent]
    page.route(
        "**/watches",
        lambda route: route.fulfill(json={"watches": told}),
        times=1,
    )
    page.reload()
    page.click("#watches > summary")
    page.click("#watches details > summary")
    assert f"{HOSTILE} began to hold" in page.inner_text("#watches")
    assert page.evaluate("window.hurt") is None
    page.locator("[id^='end-']").first.click()
    page.locator("[id^='end-']").nth(2).wait_for(state="detached")
    left = get(f"{at}/watches").json()["watches"]
    assert [w["ended_at"] is None for w in left].count(True) == 2


def test_rows_of_a_table_are_posted_and_a_bad_one_is_refused_by_its_number(open_page, kept):
    name, at = kept
    page = open_page(f"#/file/{name}")
    page.click("#table > summary")
    rows = "name,lat,lon,side,date\nZulu,48.6,35.9,RED,2024-05-09\nBad,x,35.9,RED,2024-05-09\n"
    page.set_input_files(
        "#post-table", [{"name": "t.csv", "mimeType": "text/csv", "buffer": rows.encode()}]
    )
    page.wait_for_selector("#told")
    assert "Row 3" in page.text_content("#told")
    found = get(f"{at}/observations?limit=100").json()["features"]
    assert "Zulu" in [f["properties"].get("name") for f in found]


def test_an_emptied_field_publishes_nothing(open_page, kept):
    name, at = kept
    page = open_page(f"#/file/{name}")
    page.click("#publication > summary")
    before = get(at).json()["publication"]
    page.fill("#delay_h", "")
    page.click("#publish-send")
    page.wait_for_selector("#file-told")
    assert get(at).json()["publication"] == before


def test_what_readers_without_a_key_are_given_is_said_and_changed(open_page, kept):
    name, at = kept
    page = open_page(f"#/file/{name}")
    page.click("#publication > summary")
    page.fill("#delay_h", "72")
    page.fill("#coarsen_m", "5000")
    page.click("#publish-send")
    until(page, "document.getElementById('terms').textContent.includes('72')")
    told = {"open": True, "delay_h": 72, "coarsen_m": 5000, "revision": 1}
    assert get(at).json()["publication"] == told


SPY = """
let real; window.maps = [];
const spied = (Kind) => new Proxy(Kind, { construct: (M, given) => {
  const made = new M(...given); maps.push(made); return made;
} });
Object.defineProperty(window, 'maplibregl', { configurable: true, get: () => real, set: (all) => {
  real = new Proxy(all, { get: (from, name) => name === 'Map' ? spied(from.Map) : from[name] });
} });
"""
"""Keeps the map that the page makes, so that a test may ask where its labels lie."""
LABELS = """() => {
  const grid = window.maps[0]?.style?.placement?.collisionIndex?.grid, found = [];
  if (!grid || !maps[0].loaded()) return null;
  grid.boxKeys.forEach((key, i) => {
    const box = [...grid.bboxes.slice(4 * i, 4 * i + 4)].map((v) => v - 100);
    if (key.overlapMode === 'never') found.push(box);
  });
  const at = document.querySelector('.canvas').getBoundingClientRect();
  const over = [...document.querySelectorAll('.legend, .controls, .switch, .scale, .credit')]
    .map((one) => one.getBoundingClientRect())
    .map((b) => [b.left - at.left, b.top - at.top, b.right - at.left, b.bottom - at.top]);
  return { found, over, width: at.width, height: at.height };
}"""
"""Boxes of the labels that are placed, in pixels of the map, whose index begins 100 outside it; and
what lies over the map."""
SETTLED_MS = 700
MOST_LOOKS = 80
LEAST_LABELS = 3


def read_labels(page):
    """Read where labels lie, once there are some and they are placed anew no more."""
    before = None
    for _ in range(MOST_LOOKS):
        page.wait_for_timeout(SETTLED_MS)
        told = page.evaluate(LABELS)
        if told and len(told["found"]) >= LEAST_LABELS and told == before:
            return told
        before = told
    pytest.fail("the labels did not settle")


@pytest.mark.parametrize("size", [WIDE, PHONE], ids=["desktop", "phone"])
@pytest.mark.parametrize("path", ["", "#/case/kursk-2025-03-14"], ids=["ask", "verdict"])
def test_no_label_is_cut_by_the_edge_or_lies_under_what_covers_the_map(open_page, size, path):
    page = open_page(path, size, script=SPY, reduced_motion="reduce")
    told = read_labels(page)
    wide, high = told["width"], told["height"]
    seen = [b for b in told["found"] if b[2] > 0 and b[3] > 0 and b[0] < wide and b[1] < high]
    cut = [b for b in seen if b[0] < -1 or b[1] < -1 or b[2] > wide + 1 or b[3] > high + 1]
    under = [(box, over) for box in seen for over in told["over"] if overlap(box, over) > 4]
    assert len(seen) >= LEAST_LABELS
    assert (cut, under) == ([], [])


def overlap(one, other):
    """How far two boxes reach into each other, pixels."""
    return min(min(one[2 + a], other[2 + a]) - max(one[a], other[a]) for a in (0, 1))


def test_a_link_to_a_question_back_asks_the_same_again(open_page):
    page = open_page()
    map_, place = painted("34.2,51.25")
    ask(page, TROOPS, [map_], place=place, made_at="2025-03-01")
    page.wait_for_selector(".choices")
    before = page.inner_text("h1"), page.locator(".choice").count(), page.url
    page.reload()
    page.wait_for_selector(".choices")
    assert (page.inner_text("h1"), page.locator(".choice").count(), page.url) == before


def test_a_link_holds_the_view_the_feature_doubted_and_what_was_looked_for(open_page):
    page = open_page("#/case/trap-grey-held/doubt")
    page.wait_for_selector("#features")
    page.locator("#features button").nth(1).click()
    page.wait_for_selector("#card")
    settle(page)
    page.click("#zoom-in")
    until(page, "location.hash.includes('view=')")
    before = page.inner_text("#card-title"), page.inner_text(".scale b"), page.url
    page.reload()
    page.wait_for_selector("#card")
    page.wait_for_selector(".scale b")
    page.wait_for_timeout(500)
    assert (page.inner_text("#card-title"), page.inner_text(".scale b"), page.url) == before
    page.goto(page.url.split("#")[0] + "#/archive")
    page.fill("#find", "korsun")
    found = page.locator("#cases li").count()
    page.reload()
    until(page, "n => document.querySelectorAll('#cases li').length === n", found)
    assert page.input_value("#find") == "korsun"


FOLDED = ("#watches", "#publication", "#table", "#observations")


@pytest.mark.parametrize("size", [WIDE, TABLET, PHONE], ids=["desktop", "tablet", "phone"])
def test_the_new_screens_are_for_everybody(open_page, axe, size, kept):
    name, _ = kept
    page = open_page(TWO_DAYS, size, reduced_motion="reduce")
    page.evaluate(axe)
    screens = {
        "compare": (TWO_DAYS, "#swipe", ()),
        "case file": (f"#/file/{name}", "#watches", FOLDED),
        "ask": ("#/", "#more", ("#more",)),
    }  # fmt: skip
    wrong = {}
    for screen, (path, there, opened) in screens.items():
        page.evaluate("path => { location.hash = path }", path)
        page.wait_for_selector(there)
        page.wait_for_selector(".waiting", state="detached")
        for part in opened:
            page.click(f"{part} > summary")
        if screen == "case file":
            page.locator("[id^='correct-it-']").first.click()
            page.wait_for_selector("#correcting")
        if told := list_faults(page):
            wrong[screen] = told
    assert wrong == {}
