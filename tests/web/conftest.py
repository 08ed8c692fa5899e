"""A service of its own, and Chromium; whoever lacks either is told why the page was not tried."""

import contextlib
import shutil
import socket
import threading
import time
from pathlib import Path

import pytest
import uvicorn

from api.main import create_app
from api.settings import Settings

CHROMIUM = next(
    filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None
)
QUIET = ("--no-sandbox", "--no-first-run", "--disable-background-networking",
         "--disable-component-update", "--disable-sync")  # fmt: skip
AXE = Path(__file__).parents[2] / "api" / "web" / "node_modules" / "axe-core" / "axe.min.js"
START_S = 90
WAIT_S = 60
LOOK_MS = 50
WIDE, TABLET, PHONE = (1440, 900), (768, 1024), (390, 844)
FORESEEN = ("GPU stall", "the server responded with a status of 4")
"""What Chromium writes of itself: its drawing without a card, and each refusal of the service."""


@pytest.fixture(scope="session")
def address():
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    app = create_app(Settings(workers=1, timeout_s=120))
    server = uvicorn.Server(uvicorn.Config(app, port=port, log_level="error"))
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    end = time.monotonic() + START_S
    while not server.started:
        assert time.monotonic() < end, "the service did not start"
        time.sleep(0.1)
    yield f"http://127.0.0.1:{port}/"
    server.should_exit = True
    thread.join(START_S)


@pytest.fixture(scope="session")
def chromium():
    if CHROMIUM is None:
        pytest.skip("no Chromium is here: apt-get install chromium")
    api = pytest.importorskip("playwright.sync_api", reason="pip install '.[e2e]'")
    with api.sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=CHROMIUM, args=QUIET)
        yield browser
        browser.close()


@pytest.fixture
def open_page(chromium, address):
    """Open the page in a window of its own; by the end it said and asked nothing it should not."""
    with contextlib.ExitStack() as opened:
        seen = []

        def open_at(path="", size=WIDE, script=None, foreseen=(), **options):
            """`foreseen`: what else Chromium writes of what the test itself does to the network."""
            width, height = size
            context = chromium.new_context(
                viewport={"width": width, "height": height}, locale="en-GB", **options
            )
            opened.callback(context.close)
            page = context.new_page()
            if script:
                page.add_init_script(script)
            page.set_default_timeout(60_000)
            page.on("console", lambda m: _hear(seen, m, foreseen))
            page.on("pageerror", lambda error: seen.append(str(error)))
            page.on("request", lambda r: _follow(seen, r.url, address))
            page.goto(address + path)
            return page

        yield open_at
        assert seen == []


def until(page, told, given=None):
    """Wait until something is so; asked from outside, for the page lets no text be evaluated."""
    end = time.monotonic() + WAIT_S
    while not page.evaluate(told, given):
        assert time.monotonic() < end, f"it never was so: {told}"
        page.wait_for_timeout(LOOK_MS)


def _hear(seen, message, foreseen):
    known = (*FORESEEN, *foreseen)
    if message.type in ("error", "warning") and not any(f in message.text for f in known):
        seen.append(message.text)


def _follow(seen, url, address):
    if not url.startswith((address, "data:", "blob:")):
        seen.append(f"asked {url}")


@pytest.fixture(scope="session")
def axe():
    if not AXE.is_file():
        pytest.skip("axe-core is not installed: npm ci in api/web")
    return AXE.read_text("utf-8")


def list_faults(page):
    """List what axe, already loaded, finds wrong with a screen, and whether it scrolls sideways."""
    found = page.evaluate("axe.run({resultTypes: ['violations']})")["violations"]
    told = [(v["id"], [n["target"] for n in v["nodes"]][:3]) for v in found]
    if page.evaluate("document.documentElement.scrollWidth > innerWidth"):
        told.append(("it scrolls sideways", []))
    return told
