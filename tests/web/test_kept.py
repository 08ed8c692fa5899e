"""A case file on the page: whole, whoever said what; nothing posted twice, nothing typed lost."""

import base64

import pytest

from tests.web.conftest import until
from tests.web.test_brought import workbook
from tests.web.test_worked import get, kept, send

__all__ = ["kept"]
pytestmark = pytest.mark.browser
MANY = 230
LOST, BUSY = "net::ERR_FAILED", "status of 503"
"""What Chromium writes of an answer that a test takes away, or makes a refusal."""
ROWS = "name,lat,lon,side,date\nZulu,48.6,35.9,RED,2024-05-09\n"
POSTED = {"post-name": "Yankee", "post-seen": "2024-05-09", "post-source": "https://example.org/1",
          "post-at": "35.9,48.6"}  # fmt: skip


def claim(number):
    said = {"kind": "claim", "claimant": "A", "statement": f"They hold {number}.",
            "made_at": "2024-05-09"}  # fmt: skip
    return {"type": "Feature", "id": f"said-{number}", "geometry": None, "properties": said}


def open_case(open_page, case, *, foreseen=()):
    page = open_page(f"#/file/{case[0]}", foreseen=foreseen)
    page.wait_for_selector(".verdict")
    return page


def settled(page):
    page.wait_for_selector(".waiting", state="detached")


def names_in(at):
    found = get(f"{at}/observations?limit=1000").json()["features"]
    return [one["properties"].get("name") for one in found]


def write_sighting(page):
    page.click("#post > summary")
    for name, value in POSTED.items():
        page.fill(f"#{name}", value)
    page.select_option("#post-side", "RED")


def lose_answer(route):
    """Let a request arrive, and its answer not."""
    route.fetch()
    route.abort()


def refuse(route):
    problem = {"type": "", "title": "Busy", "status": 503, "detail": "No worker has time now."}
    route.fulfill(status=503, json=problem, content_type="application/problem+json")


def test_of_a_long_case_the_newest_comes_first_and_rows_name_who_said_it(open_page, kept):
    _, at = kept
    claims = {"type": "FeatureCollection", "features": [claim(n) for n in range(MANY)]}
    assert send("POST", f"{at}/observations", json=claims).json()["refused"] == []
    put = {"feature": claim(0), "why": "read anew"}
    head = {"If-Match": '"1"'}
    assert send("PUT", f"{at}/observations/said-0", json=put, headers=head).is_success
    page = open_case(open_page, kept)
    page.click("#log > summary")
    lines = page.locator("#log-list li")
    assert "said-0" in lines.first.inner_text()
    assert "read anew" in lines.first.inner_text()
    shown, whole = lines.count(), len(get(f"{at}/audit?limit=1000").json()["revisions"])
    assert shown < MANY < whole
    assert str(whole - shown) in page.inner_text("#log-list-more")
    page.click("#log-list-more")
    until(page, "n => document.querySelectorAll('#log-list li').length === n", whole)
    page.click("#observations > summary")
    first = page.locator("#observations-list .row").first.inner_text()
    assert "revision 2" in first
    assert "said-0" in first


@pytest.mark.parametrize("tries", [["same"], ["same", "changed"]], ids=["again", "then changed"])
def test_a_post_whose_answer_was_lost_is_not_posted_twice(open_page, kept, tries):
    _, at = kept
    page = open_case(open_page, kept, foreseen=(LOST,))
    write_sighting(page)
    page.route("**/observations", lose_answer, times=1)
    page.click("#send")
    page.wait_for_selector(".trouble")
    assert {name: page.input_value(f"#{name}") for name in POSTED} == POSTED
    if "changed" in tries:
        page.fill("#post-name", "Yankee the second")
    page.click("#send")
    page.wait_for_selector("#told")
    settled(page)
    assert [name for name in names_in(at) if name and "Yankee" in name] == ["Yankee"]
    assert ("already" in page.inner_text("#told")) == ("changed" in tries)


def test_a_table_whose_answer_was_lost_is_not_posted_twice_and_later_is(open_page, kept):
    _, at = kept
    page = open_case(open_page, kept, foreseen=(LOST,))
    page.click("#table > summary")
    table = [{"name": "t.csv", "mimeType": "text/csv", "buffer": ROWS.encode()}]
    page.route("**/observations?*", lose_answer, times=1)
    page.set_input_files("#post-table", table)
    page.wait_for_selector(".trouble")
    for times in (1, 2):  # whoever posts a table again, after an answer, means it
        page.set_input_files("#post-table", table)
        until(page, "n => document.querySelectorAll('#observations-list .row b').length && "
              "[...document.querySelectorAll('#observations-list .row b')]"
              ".filter(b => b.textContent === 'Zulu').length === n", times)  # fmt: skip
        settled(page)
        assert names_in(at).count("Zulu") == times


def test_what_was_typed_outlasts_a_refusal_and_another_key(open_page, kept):
    _, at = kept
    page = open_case(open_page, kept, foreseen=(BUSY,))
    page.click("#observations > summary")
    row = page.locator("#take-back-red-strip")
    row.locator("summary").click()
    row.locator("input").fill("it was another unit")
    page.click("#publication > summary")
    page.fill("#delay_h", "72")
    page.fill("#publish-why", "the paper wants it so")
    write_sighting(page)
    for path, button in (("**/observations/*", row.locator("button")),
                         ("**/publication", page.locator("#publish-send")),
                         ("**/observations", page.locator("#send"))):  # fmt: skip
        page.route(path, refuse, times=1)
        button.click()
        page.wait_for_selector(".trouble:has-text('No worker has time')")
        settled(page)
    home = page.url
    page.goto(home.split("#")[0] + "#/files")
    page.fill("#key", "another")
    page.click("#sign-in")
    page.click(f"a[href='{home[home.index('#') :]}']")
    page.wait_for_selector(".verdict")
    page.click("#observations > summary")
    row.locator("summary").click()
    assert row.locator("input").input_value() == "it was another unit"
    assert page.input_value("#delay_h") == "72"
    assert page.input_value("#publish-why") == "the paper wants it so"
    assert {name: page.input_value(f"#{name}") for name in POSTED} == POSTED
    before = len(names_in(at))
    row.locator("button").click()
    row.wait_for(state="detached")
    settled(page)
    assert len(names_in(at)) == before - 1


def test_a_post_that_is_refused_says_why_and_stays(open_page, kept):
    page = open_case(open_page, kept)
    write_sighting(page)
    refused = {"row": 0, "detail": "It is nowhere.", "remedy": "Say where."}
    told = {"accepted": [], "changes": [], "refused": [refused]}
    page.route("**/observations", lambda r: r.fulfill(status=422, json=told), times=1)
    page.click("#send")
    page.wait_for_selector("#told")
    assert "It is nowhere. Say where." in page.inner_text("#told")
    assert {name: page.input_value(f"#{name}") for name in POSTED} == POSTED


DROP = """files => {
  const carried = new DataTransfer();
  for (const [name, base64] of files) {
    carried.items.add(new File([Uint8Array.from(atob(base64), c => c.charCodeAt(0))], name));
  }
  dispatchEvent(new DragEvent('drop', { dataTransfer: carried, cancelable: true }));
}"""


def drop(page, *files):
    page.evaluate(DROP, [[name, base64.b64encode(raw).decode()] for name, raw in files])


def test_tables_dropped_on_a_case_file_are_taken_and_what_is_none_is_refused(open_page, kept):
    _, at = kept
    page = open_case(open_page, kept)
    before = page.url
    book = workbook(ROWS.replace("Zulu", "Of a workbook"))
    drop(page, ("a.xlsx", book), ("b.csv", ROWS.encode()), ("map.geojson", b'{"type": "x"}'))
    page.wait_for_selector("#told")
    settled(page)
    assert {"Of a workbook", "Zulu"} <= {*names_in(at)}
    said = page.text_content("#told")
    assert "map.geojson was not taken" in said
    assert "drop it under Ask" in said
    assert page.url == before
