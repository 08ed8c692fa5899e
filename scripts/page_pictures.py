"""Take the pictures of the page anew: `python scripts/page_pictures.py` (needs the extra e2e).

The page is served from this checkout on loopback, and looked at in Chromium: five screens, as
docs/page.md and the README show them.
"""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import socket
import sys
import threading
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import httpx2
import uvicorn
from playwright.sync_api import sync_playwright

from api.main import create_app
from api.settings import Settings
from encircle.cli.terminal import show_progress

if TYPE_CHECKING:
    from collections.abc import Callable

ROOT = Path(__file__).resolve().parents[1]
IMAGES = ROOT / "docs" / "images"
SITUATION = ROOT / "fixtures" / "kursk-2025-03-14" / "situation.geojson"
SIZE = {"width": 1440, "height": 900}
QUIET = ("--no-sandbox", "--no-first-run", "--disable-background-networking")
START_S = 120
WHOLE = ".canvas:not([hidden])[data-whole]"
"""A map of which all that is under the view has come, in its squares, and is drawn."""
STILL_MS = 1000
"""Labels are placed anew for so long after a map was last moved, or given something to draw."""
LEFT_OUT = "claim"


def serve() -> str:
    """Serve the page on loopback, and give its address."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    app = create_app(Settings(workers=1, timeout_s=START_S))
    server = uvicorn.Server(uvicorn.Config(app, port=port, log_level="error"))
    threading.Thread(target=server.run, daemon=True).start()
    address = f"http://127.0.0.1:{port}/"
    end = time.monotonic() + START_S
    while not _is_ready(address):
        if time.monotonic() > end:
            sys.exit("the service did not start")
        time.sleep(0.2)
    return address


def _is_ready(address: str) -> bool:
    try:
        return httpx2.get(f"{address}readyz").status_code == httpx2.codes.OK
    except httpx2.TransportError:
        return False


def begin_case(address: str) -> None:
    """Begin the case that the picture of a case file shows."""
    situation = json.loads(SITUATION.read_bytes())
    told = situation["situation"]
    settings = {name: told[name] for name in ("title", "as_of", "force", "forces", "sides", "area")
                if name in told}  # fmt: skip
    drawn = [f for f in situation["features"] if f["properties"]["kind"] != LEFT_OUT]
    case = {"id": "kursk", "situation": settings}
    httpx2.post(f"{address}v1/cases", json=case).raise_for_status()
    whole = {**situation, "features": drawn}
    httpx2.post(f"{address}v1/cases/kursk/observations", json=whole).raise_for_status()


def show_verdict(page: Any) -> None:
    """Show the verdict."""
    page.wait_for_selector(".verdict")


def show_proof(page: Any) -> None:
    """Show a proof that was checked."""
    page.click("#verify")
    page.wait_for_selector("#checks")


def show_doubt(page: Any) -> None:
    """Show what is only supposed."""
    page.wait_for_selector("#what-if-bar")


def show_compared(page: Any) -> None:
    """Show two days under one divider."""
    page.wait_for_selector("#swipe")


def show_case(page: Any) -> None:
    """Show an observation being corrected."""
    page.click("#observations > summary")
    row = page.locator("#observations .row", has_text="Group at Rubanshchina")
    row.locator("button").first.click()
    page.wait_for_selector("#correcting")
    page.fill("#correct-why", "a second picture, from the north")
    row.evaluate("row => row.scrollIntoView()")


SCREENS: dict[str, tuple[str, Callable[[Any], None]]] = {
    "page-verdict": ("#/case/kursk-2025-03-14", show_verdict),
    "page-proof": ("#/case/kursk-2025-03-14/proof", show_proof),
    "page-doubt": ("#/case/kursk-2025-03-14/doubt?without=ua-rubanshchina", show_doubt),
    "page-compare": ("#/case/korsun-1944-02-05?beside=korsun-1944-01-27", show_compared),
    "page-case": ("#/file/kursk", show_case),
}
"""Picture to the address of its screen, and what is done there."""


def main() -> int:
    """Take every picture."""
    with Path(os.devnull).open("w") as nowhere, contextlib.redirect_stdout(nowhere):
        look()  # the service tells each request on its standard output
    return 0


def look() -> None:
    """Look at every screen."""
    address = serve()
    begin_case(address)
    program = next(filter(None, map(shutil.which, ("chromium", "chromium-browser"))), None)
    with sync_playwright() as driver, show_progress("Looking", len(SCREENS)) as step:
        browser = driver.chromium.launch(executable_path=program, args=QUIET)
        for name, (path, act) in SCREENS.items():
            context = browser.new_context(
                viewport=SIZE, locale="en-GB", color_scheme="light", reduced_motion="reduce"
            )
            page = context.new_page()
            page.set_default_timeout(1000 * START_S)
            page.goto(address + path)
            act(page)
            page.wait_for_selector(".waiting", state="detached")
            await_map(page)
            page.screenshot(path=IMAGES / f"{name}.png")
            shrink(IMAGES / f"{name}.png")
            context.close()
            step(name)
        browser.close()


def await_map(page: Any) -> None:
    """Wait until every map on the page is drawn, its base and all, and nothing moves any more."""
    maps = page.locator(".canvas:not([hidden])").count()
    page.locator(WHOLE).nth(maps - 1).wait_for()
    page.wait_for_timeout(STILL_MS)
    page.locator(WHOLE).nth(maps - 1).wait_for()


def shrink(path: Path) -> None:
    """Write a picture in 256 colours, which takes a third of the room, where Pillow is there."""
    with contextlib.suppress(ImportError):
        from PIL import Image  # noqa: PLC0415 - nothing else here needs it

        with Image.open(path) as picture:
            few = picture.quantize(256, dither=Image.Dither.NONE)
        few.save(path, optimize=True)


if __name__ == "__main__":
    sys.exit(main())
