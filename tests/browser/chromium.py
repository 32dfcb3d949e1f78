"""A browser for pages from disk, which must neither complain nor ask anybody for anything."""

from __future__ import annotations

import importlib.util
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

ARGUMENTS = [
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync",
]  # fmt: skip


def executable() -> str | None:
    """Chromium as the system has it, or what CNNCALC_BROWSER names."""
    names = ("chromium", "chromium-browser", "google-chrome")
    return os.environ.get("CNNCALC_BROWSER") or next(filter(None, map(shutil.which, names)), None)


def missing() -> str:
    """What a test of a page lacks; nothing where it can run."""
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
    browser: Browser, path: Path, width: int = 1400, scheme: str = "light"
) -> Iterator[Page]:
    """A page in a window of its own; at the end there was no word on the console, no error and no request."""
    context = browser.new_context(viewport={"width": width, "height": 900}, color_scheme=scheme)  # type: ignore[arg-type]
    context.grant_permissions(["clipboard-read", "clipboard-write"])
    page = context.new_page()
    complaints: list[str] = []
    page.on("console", lambda message: complaints.append(message.text))
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on("dialog", lambda dialog: (complaints.append(dialog.message), dialog.dismiss()))
    page.on(
        "request",
        lambda request: complaints.append(request.url) if request.url != path.as_uri() else None,
    )
    page.goto(path.as_uri())
    page.wait_for_selector(".picture [data-id]")
    yield page
    assert complaints == []
    context.close()
