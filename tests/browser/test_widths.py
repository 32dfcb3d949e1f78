"""The page of `cnncalc report` in windows of every width: nothing is cut off or out of reach."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import pytest

from .chromium import Scheme, Write, missing, opened

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

pytestmark = pytest.mark.skipif(bool(missing()), reason=missing())

WIDTHS: dict[int, Scheme] = {320: "light", 360: "dark", 768: "dark", 1280: "light"}
PAGES = {
    "resnet50": ("resnet50",),
    "googlenet": ("googlenet",),
    "lenet5": ("lenet5",),
    "a difference": ("resnet18", "resnet34"),
    "four networks": ("alexnet", "vgg16", "googlenet", "resnet50"),
    "a device": ("visual_wake_words", "--device", "stm32h743", "--training"),
    "a roofline": ("resnet50", "--device", "rtx-4090"),
    "long names": ("LONG",),
    "a difference of long names": ("LONG", "alexnet"),
}
LONG = """\
name: "A {name}"
source: "https://example.org/{source}"
input: {{{input}: 3x64x64, other: 8}}
blocks:
  {block}:
    layers:
      - {{conv: 4, kernel: 3, padding: 1, name: {inner}}}
layers:
  - {{conv: 4, kernel: 3, padding: 1, name: {first}, from: {input}}}
  - {{{block}: , name: {call}}}
  - concat:
      {left}: [relu, {{conv: 8, kernel: 1}}]
      {right}: [relu]
  - {{output: [global_avgpool, {{linear: 2}}], name: {head}}}
  - {{conv: 4, kernel: 3}}
expect: {{params: 1}}
"""


@pytest.fixture(scope="module")
def long_names(tmp_path_factory: pytest.TempPathFactory) -> str:
    """A file in which all names have 100 characters without a place to break, and one 500."""
    words = set(re.findall(r"(?<!{){(\w+)}", LONG))
    names = {word: f"{word:_<{500 if word == 'first' else 100}}" for word in words}
    path = tmp_path_factory.mktemp("long") / "net.yaml"
    path.write_text(LONG.format(**names))
    return str(path)


@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("name", PAGES)
def test_the_page_fits_its_window(
    browser: Browser, written: Write, long_names: str, name: str, width: int
) -> None:
    words = [long_names if word == "LONG" else word for word in PAGES[name]]
    with opened(browser, written(*words), width, WIDTHS[width]) as page:
        assert flaws(page) == {"width": width, **NONE}
        show_all(page)
        assert flaws(page) == {"width": width, **NONE}
        assert page.evaluate(COVERED) == []


def show_all(page: Page) -> None:
    """Expand all groups, rows and details, and select a layer."""
    expand = page.get_by_role("button", name="Expand all groups")
    if expand.count():
        expand.click()
        page.locator(".table select").select_option(label="all layers")
    page.locator(".layers tbody tr:not(.heading)").nth(1).click()
    page.evaluate("document.querySelectorAll('details').forEach(one => one.open = true)")


def flaws(page: Page) -> dict[str, Any]:
    found: dict[str, Any] = page.evaluate(FLAWS)
    return found


NONE: dict[str, list[str]] = {"outside": [], "cut": [], "overlapping": [], "broken": []}
FLAWS = """() => {
  const width = document.documentElement.clientWidth;
  const name = (one) => `${one.tagName} ${one.className}: ${one.textContent.slice(0, 40)}`;
  const shown = (one) =>
    one.checkVisibility({ opacityProperty: true }) &&
    !one.closest(".offscreen, .skip, .picture *, script, style");
  const clips = (one) => getComputedStyle(one).overflowX !== "visible";
  const scrolls = (one) => ["auto", "scroll"].includes(getComputedStyle(one).overflowX);
  const around = (one, is) => {
    const found = [];
    for (let next = one; next && next !== document.body; next = next.parentElement)
      if (is(next)) found.push(next);
    return found;
  };
  const all = [...document.body.querySelectorAll("*")].filter(shown);
  // A page in a window must not scroll sideways; a table in it may.
  const outside = all.filter((one) => {
    const { left, right, width: own } = one.getBoundingClientRect();
    const isOut = own && (left < -0.5 || right > width + 0.5);
    return isOut && !around(one.parentElement, scrolls).length;
  });
  // The path above a chart is short, on one line, and in full in its tooltip and the panel.
  const cut = all.filter((one) =>
    clips(one) && !scrolls(one) && one.scrollWidth > one.clientWidth + 1 &&
    !(one.matches(".description .path") && `${one.title}: ` === one.textContent));
  const texts = [];
  const broken = [];
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) {
    const node = walker.currentNode;
    const parent = node.parentElement;
    if (!node.data.trim() || !shown(parent)) continue;
    const range = document.createRange();
    // Sticky cells cover those that scroll below them, and search results the graph.
    if (!parent.closest(".layers thead, .layers tfoot, .layers tbody th, .found")) {
      const bounds = around(parent, clips).map((one) => one.getBoundingClientRect());
      const half = parseFloat(getComputedStyle(parent).fontSize) * 0.4;
      range.selectNodeContents(node);
      for (const rect of range.getClientRects()) {
        const left = Math.max(rect.left, ...bounds.map((one) => one.left));
        const right = Math.min(rect.right, ...bounds.map((one) => one.right));
        const middle = (rect.top + rect.bottom) / 2;
        const inside = bounds.every((one) => middle > one.top && middle < one.bottom);
        if (right - left > 1 && inside)
          texts.push({ node, left, right, top: middle - half, bottom: middle + half });
      }
    }
    if (parent.closest("footer")) continue;
    for (const { 0: word, index } of node.data.matchAll(/[\\w.,]+/g)) {
      const most = parent.closest(".tiles dd:not(.remark), .number") ? 20 : 10;
      if (word.length > most) continue;
      range.setStart(node, index);
      range.setEnd(node, index + word.length);
      const tops = new Set([...range.getClientRects()].map((rect) => Math.round(rect.top)));
      if (tops.size > 1) broken.push(`${word} in ${name(parent)}`);
    }
  }
  const overlapping = [];
  texts.sort((a, b) => a.top - b.top);
  texts.forEach((a, place) => {
    for (let next = place + 1; next < texts.length && texts[next].top < a.bottom - 1; next++) {
      const b = texts[next];
      if (a.node !== b.node && Math.min(a.right, b.right) - Math.max(a.left, b.left) > 1)
        overlapping.push(`${a.node.data} / ${b.node.data}`);
    }
  });
  return {
    width: document.scrollingElement.scrollWidth,
    outside: outside.map(name),
    cut: cut.map(name),
    overlapping,
    broken,
  };
}"""
"""The width of the content, and elements and texts that do not have the room that they need."""

COVERED = """() => {
  const controls = [...document.querySelectorAll("button, input, select, summary")];
  const few = controls.filter((one) => {
    const row = one.closest("tbody tr, .line");
    return one.checkVisibility() && (!row || row.sectionRowIndex < 3);
  });
  return few.filter((one) => {
    one.scrollIntoView({ block: "center", inline: "center" });
    const { left, right, top, bottom } = one.getClientRects()[0];
    const found = document.elementFromPoint((left + right) / 2, (top + bottom) / 2);
    return !found || !(one.contains(found) || found.contains(one));
  }).map((one) => `${one.tagName} ${one.className}: ${one.textContent}`);
}"""
"""Controls that something else covers when the page is scrolled to them."""
