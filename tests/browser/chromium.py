"""A browser for pages on disk, which must report no error and make no request."""

from __future__ import annotations

import importlib.util
import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from ..support.processes import PATIENCE

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Dialog, Page, Request

Scheme = Literal["light", "dark"]
Write = Callable[..., Path]
"""The fixture `written`: from words of `cnncalc report` to the page."""

ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


def executable() -> str | None:
    """The path of Chromium: CNNCALC_BROWSER, or the one that is installed."""
    names = ("chromium", "chromium-browser", "google-chrome")
    return os.environ.get("CNNCALC_BROWSER") or next(filter(None, map(shutil.which, names)), None)


def missing() -> str:
    """The reason why the tests of pages cannot run; empty if they can."""
    if importlib.util.find_spec("playwright") is None:
        return "there is no playwright: pip install -e '.[browser]'"
    return (
        ""
        if executable()
        else "there is no Chromium: apt-get install chromium, or set CNNCALC_BROWSER"
    )


@contextmanager
def running() -> Iterator[Browser]:
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=executable(), args=ARGUMENTS)
        yield browser
        browser.close()


@contextmanager
def opened(
    browser: Browser,
    path: Path,
    width: int = 1400,
    scheme: Scheme = "light",
    ready: str = ".picture [data-id]",
) -> Iterator[Page]:
    """A page in its own window, which must write nothing to the console and request nothing.

    It is complete when it has what `ready` selects.
    """
    context = browser.new_context(viewport={"width": width, "height": 900}, color_scheme=scheme)
    context.set_default_timeout(PATIENCE * 1000)  # milliseconds
    context.grant_permissions(["clipboard-read", "clipboard-write"])
    page = context.new_page()
    complaints: list[str] = []

    def refuse(dialog: Dialog) -> None:
        complaints.append(dialog.message)
        dialog.dismiss()

    def note_request(request: Request) -> None:
        is_made_by_the_page = request.url.startswith("blob:")
        if request.url != path.as_uri() and not is_made_by_the_page:
            complaints.append(request.url)

    page.on("console", lambda message: complaints.append(message.text))
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on("dialog", refuse)
    page.on("request", note_request)
    page.goto(path.as_uri())
    page.wait_for_selector(ready)
    yield page
    assert complaints == []
    context.close()
