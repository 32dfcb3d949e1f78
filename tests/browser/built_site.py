"""The site as it was built, on a server of this machine and as files."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import TYPE_CHECKING, Any

from website.build import MARK

from ..support.paths import ROOT
from ..support.processes import PATIENCE
from .chromium import Scheme, missing

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

SITE = Path(os.environ.get("CNNCALC_SITE") or ROOT / "site")
FOLDER = "somewhere/below"
"""The folder of the server that the site is in: no page may need to be at the top."""
WIDE, PHONE = 1400, 390


def missing_site() -> str:
    """The reason why the tests of the site cannot run; empty if they can."""
    built = "" if (SITE / MARK).exists() else f"there is no site in {SITE}: python -m website"
    return missing() or built


@contextmanager
def served(site: Path = SITE) -> Iterator[str]:
    """The address of the site, as a plain static server has it."""
    handler = partial(QuietHandler, directory=str(site))
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}/{FOLDER}"
        server.shutdown()


class QuietHandler(SimpleHTTPRequestHandler):
    def translate_path(self, path: str) -> str:
        return super().translate_path(path.removeprefix(f"/{FOLDER}"))

    def log_message(self, format: str, *arguments: Any) -> None:
        pass


@contextmanager
def visited(
    browser: Browser, address: str, width: int = WIDE, scheme: Scheme = "light"
) -> Iterator[tuple[Page, list[str]]]:
    """A page of the site, and the addresses that it requests.

    It must write nothing to the console, open no dialog, and request nothing from elsewhere.
    """
    context = browser.new_context(viewport={"width": width, "height": 900}, color_scheme=scheme)
    context.set_default_timeout(PATIENCE * 1000)  # milliseconds
    page = context.new_page()
    complaints: list[str] = []
    requests: list[str] = []
    page.on("console", lambda message: complaints.append(message.text))
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on("dialog", lambda dialog: complaints.append(dialog.message))
    context.on("request", lambda request: requests.append(request.url))
    page.goto(address)
    yield page, requests
    assert not complaints, complaints
    start = "/".join(address.split("/")[:3])
    assert [url for url in requests if not url.startswith((start, "data:", "blob:"))] == []
    context.close()


def settled(page: Page) -> str:
    """Which edit of the playground was calculated last, and looked at by the rules."""
    return page.locator("html").get_attribute("data-settled") or ""


def wait(page: Page, before: str) -> None:
    """Until the playground has calculated a later edit."""
    page.wait_for_selector(f'html[data-settled]:not([data-settled="{before}"])', state="attached")


def typed(page: Page, times: int, measured: str) -> list[float]:
    """The durations that the playground measured as somebody typed that many characters."""
    wait(page, "")
    editor = page.locator(".cm-content")
    editor.press("Control+Home")
    editor.press("End")
    for _ in range(times):
        before = settled(page)
        page.keyboard.type("x")
        wait(page, before)
    found: list[float] = page.evaluate(measured)
    return found


def overflow(page: Page) -> int:
    """By how many pixels the page is wider than its window."""
    found: int = page.evaluate("document.documentElement.scrollWidth - innerWidth")
    return max(0, found)
