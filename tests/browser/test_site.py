"""The documentation as a site, in a real browser: from a server in any folder, and as files."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest

from .built_site import PHONE, SITE, missing_site, overflow, served, visited

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

pytestmark = pytest.mark.skipif(bool(missing_site()), reason=missing_site())

PAGES = (
    "index.html",
    "tutorial.ko.html",
    "layers.html",
    "rules.html",
    "show.html",
    "architecture.html",
    "architectures.html",
    "networks/index.html",
    "networks/googlenet.html",
    "architectures/resnet.html",
    "examples/imported/index.html",
)


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    with served() as found:
        yield found


@pytest.mark.parametrize("path", PAGES)
def test_pages_fit_a_phone(browser: Browser, address: str, path: str) -> None:
    with visited(browser, f"{address}/{path}", PHONE) as (page, _):
        assert overflow(page) == 0
        assert not page.locator("nav.pages a").first.is_visible()
        page.locator("details.menu summary").click()
        assert page.locator("nav.pages a").first.is_visible()
        assert overflow(page) == 0


def test_every_page_is_found_by_its_links(browser: Browser, address: str) -> None:
    """From the first page, the pages of networks, files and the playground are all reached."""
    reached, waiting = set(), ["index.html"]
    with visited(browser, f"{address}/index.html") as (page, _):
        while waiting:
            path = waiting.pop()
            if path in reached:
                continue
            reached.add(path)
            assert (SITE / path).is_file(), path
            if path.endswith(".html"):
                waiting += page.evaluate(LINKS, [f"{address}/{path}", f"{address}/"])
    pages = {path.relative_to(SITE).as_posix() for path in SITE.rglob("*.html")}
    assert len(pages) > 350 and pages <= reached


LINKS = """async ([path, top]) => {
  const text = await (await fetch(path)).text();
  const page = new DOMParser().parseFromString(text, "text/html");
  return [...page.querySelectorAll("a[href], img[src]")]
    .map((node) => new URL(node.getAttribute("href") ?? node.getAttribute("src"), path))
    .map((url) => url.origin + url.pathname)
    .filter((url) => url.startsWith(top))
    .map((url) => url.slice(top.length));
}"""


def search(page: Page, words: str) -> list[str]:
    page.locator(".finder input").fill(words)
    page.wait_for_selector(f'.found[data-query="{words}"] li')
    titles: list[str] = page.locator(".found .title").all_inner_texts()
    return titles


@pytest.mark.parametrize("scheme", ["http", "file"])
def test_the_search_opens_a_section(browser: Browser, address: str, scheme: str) -> None:
    start = address if scheme == "http" else SITE.as_uri()
    with visited(browser, f"{start}/networks/alexnet.html") as (page, _):
        page.keyboard.press("/")
        assert search(page, "dense-on-map")[0] == "dense-on-map"
        assert search(page, "conv")[0] == "conv"
        page.keyboard.press("Enter")
        page.wait_for_url("**/layers.html#conv")
        assert "conv" in page.locator(":target").inner_text()
        assert search(page, "zebras and unicorns") == []
        assert "Nothing found" in page.locator(".found").inner_text()


def test_the_theme_is_that_of_the_system_until_it_is_switched(
    browser: Browser, address: str
) -> None:
    ground = "getComputedStyle(document.documentElement).backgroundColor"
    with visited(browser, f"{address}/layers.html", scheme="dark") as (page, _):
        dark = page.evaluate(ground)
        page.locator(".top .theme").click()
        light = page.evaluate(ground)
        assert light == "rgb(255, 255, 255)" != dark
        page.goto(f"{address}/networks/unet.html")
        assert page.evaluate(ground) == light
        page.locator(".top .theme").click()
        assert page.evaluate(ground) == dark


@pytest.mark.parametrize("scheme", ["http", "file"])
def test_diagrams_are_drawn(browser: Browser, address: str, scheme: str) -> None:
    start = address if scheme == "http" else SITE.as_uri()
    for path in ("architecture.html", "graph.html"):
        with visited(browser, f"{start}/{path}") as (page, _):
            page.wait_for_selector("pre.mermaid svg .node")


def test_networks_are_filtered_and_sorted(browser: Browser, address: str) -> None:
    with visited(browser, f"{address}/networks/index.html") as (page, _):
        page.get_by_label("Filter").fill("unet")
        assert 5 < page.locator("tbody tr:visible").count() < 30
        page.get_by_label("Filter").fill("mobilenet classification")
        page.get_by_role("button", name="params").click()
        cells = page.locator("tbody tr:visible td[data-value]:nth-child(6)")
        values = [int(str(cell.get_attribute("data-value"))) for cell in cells.all()]
        assert len(values) > 10 and values == sorted(values)


def test_figures_are_drawn_and_the_skip_link_works(browser: Browser, address: str) -> None:
    with visited(browser, f"{address}/networks/vgg16.html") as (page, _):
        assert page.locator("figure img").evaluate("image => image.naturalWidth") > 500
        page.keyboard.press("Tab")
        page.keyboard.press("Enter")
        assert page.evaluate("document.activeElement.id") == "main"
