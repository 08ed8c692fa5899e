"""Links: read whole, or said where they cannot be; what is shown is what they name."""

import json

import httpx2
import pytest

from tests.web.conftest import until
from tests.web.test_browser import CLAIM, KURSK, PATIENCE_S, ask, settle
from tests.web.test_worked import SMALL, SPY

pytestmark = pytest.mark.browser
BROKEN = ["#/case/%D0", "#/case/", "#/file/%E0%A4", "#/nowhere", "#/case/a/b/c", "#/archive/x"]
LEFT = "#/case/trap-grey-held?view=x&map=9&beside=none&at=nobody&swipe=500&colour=red&without=%D0"
COLOURS = """() => maps.map(one => one.getSource('ground').serialize().data.features
  .map(({ properties: { holder, fill, order } }) => [holder, fill, order])
  .filter(([holder]) => holder && holder !== 'neutral'))"""


def test_a_broken_link_says_so_and_what_to_do(open_page):
    page = open_page()
    page.wait_for_selector("h1")
    for hash_ in BROKEN:
        page.evaluate("location.hash = '#/how'")
        page.wait_for_selector("[data-screen='how'] h1")
        page.evaluate("hash => { location.hash = hash }", hash_)
        page.wait_for_selector("#link-note")
        assert "Copy it again" in page.inner_text("#link-note"), hash_
        assert page.locator("#check").is_visible(), hash_
    page.reload()
    page.wait_for_selector("#link-note")
    assert page.locator("#check").is_visible()


def test_of_a_link_read_in_part_it_is_said_which_part_was_not(open_page):
    page = open_page(LEFT)
    page.wait_for_selector(".verdict")
    said = page.inner_text("#link-note")
    assert all(part in said for part in ("view=x", "map=9", "beside=none", "at=nobody"))
    assert all(part in said for part in ("swipe=500", "colour=red", "without="))
    assert page.locator("#what-if-bar").count() == 0


def test_a_case_file_called_as_a_library_case_shows_its_own_map(open_page, address):
    situation = json.loads(SMALL.read_bytes())
    settings = {k: situation["situation"][k] for k in ("as_of", "force", "sides", "area")}
    body = {"id": "trap-grey-held", "situation": {**settings, "title": "Of the team"}}
    for path, told in (("", body), ("/trap-grey-held/observations", situation)):
        sent = httpx2.post(f"{address}v1/cases{path}", json=told, timeout=PATIENCE_S)
        assert sent.status_code == 201
    page = open_page("#/case/trap-grey-held")
    page.wait_for_selector(".verdict")
    library = page.inner_text(".band")
    page.evaluate("location.hash = '#/file/trap-grey-held'")
    page.wait_for_selector("#observations")
    assert "Of the team" in page.inner_text(".band")
    page.evaluate("location.hash = '#/case/trap-grey-held'")
    page.wait_for_selector("#observations", state="detached")
    assert page.inner_text(".band") == library


def test_the_link_to_copy_says_what_is_shown_after_the_map_was_moved(open_page):
    page = open_page("#/case/trap-grey-held")
    page.wait_for_selector(".verdict")
    settle(page)
    page.click("#share summary")
    before = page.input_value("#link")
    page.click("#zoom-in")
    until(page, "location.hash.includes('view=')")
    assert page.input_value("#link") == page.url != before
    assert "view=" in page.get_attribute("#to-doubt", "href")
    page.click("#fit")
    until(page, "!location.hash.includes('view=')")
    assert page.input_value("#link") == page.url
    page.click("#reading-optimistic")
    assert page.input_value("#link") == page.url
    assert "unclear=passable" in page.url


def test_faults_for_which_there_is_no_room_are_counted(open_page):
    page = open_page()
    faults = [{"pointer": "", "detail": f"fault {n}", "remedy": "", "feature": None}
              for n in range(15)]  # fmt: skip
    problem = {"type": "", "title": "Not a map", "status": 422, "detail": "", "errors": faults}
    page.route("**/v1/questions", lambda r: r.fulfill(status=422, json=problem))
    ask(page, CLAIM, [str(KURSK)])
    page.wait_for_selector(".trouble")
    assert page.locator(".trouble li").count() == 12
    assert "3 more" in page.inner_text("#more-faults")


def test_of_two_maps_compared_a_side_has_one_colour_and_a_colour_one_side(open_page):
    plain = SMALL.read_text("utf-8")
    other = plain.replace('"RED"', '"AMBER"')
    assert other != plain
    page = open_page(script=SPY)
    files = [{"name": name, "mimeType": "", "buffer": raw.encode()}
             for name, raw in (("one.geojson", plain), ("other.geojson", other))]  # fmt: skip
    ask(page, "The force is completely surrounded.", files)
    page.wait_for_selector("#beside")
    page.select_option("#beside", "other.geojson")
    page.wait_for_selector("#swipe")
    until(page, f"maps.length === 2 && ({COLOURS})().every(one => one.length)")
    told = page.evaluate(COLOURS)
    seen = {(holder, fill) for drawn in told for holder, fill, order in drawn if order > 1}
    holders, fills = {holder for holder, _ in seen}, {fill for _, fill in seen}
    assert {"RED", "AMBER"} <= holders
    assert len(seen) == len(holders) == len(fills)
