"""The page of `cnncalc report` in a real browser: its contents, controls and keys."""

from __future__ import annotations

import json
import re
from functools import cache
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from cnncalc.views.report.page import module, page_files
from cnncalc.views.text import percent, short, short_bytes

from ..support.paths import ROOT
from ..support.processes import cnncalc
from .chromium import Scheme, Write, missing, opened

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

pytestmark = pytest.mark.skipif(bool(missing()), reason=missing())


@cache
def show(*words: str) -> Any:
    return json.loads(cnncalc("show", *words, "--format", "json").stdout)


def box(path: str) -> str:
    return f'[role="treeitem"][aria-label^="{path}, "]'


def boxes(page: Page) -> int:
    count: int = page.locator(".picture [data-id]").count()
    return count


# Numbers


NUMBERS = sorted(
    {
        *range(0, 1100, 7),
        *(
            10**power + change
            for power in range(1, 25)
            for change in (-1, 0, 1, 5 * 10 ** max(0, power - 4))
        ),
        *(2**power + change for power in range(1, 70) for change in (-1, 0, 1)),
        999_499,
        999_500,
        9_995_000,
        99_950_000,
        1_047_552,
    }
)


@pytest.mark.slow
def test_numbers_are_written_as_show_writes_them(browser: Browser) -> None:
    page = browser.new_page()
    code = module("numbers", page_files()["numbers.js"])
    texts = [str(number) for number in NUMBERS]
    found = page.evaluate(
        f"texts => {{ {code}; const {{ short, shortBytes, exact, percent }} = numbers;"
        "return texts.map(n => [short(n), shortBytes(n), exact(n), "
        "percent(n, '1000003'), percent('7', n)]); }",
        texts,
    )
    expected = [
        [short(n), short_bytes(n), f"{n:,}", percent(n, 1_000_003), percent(7, n)] for n in NUMBERS
    ]
    assert found == expected
    page.close()


@pytest.mark.parametrize("batch", ["3", "1000000000"], ids=["few", "more than JavaScript counts"])
def test_layers_have_the_numbers_of_show(browser: Browser, written: Write, batch: str) -> None:
    words = ("alexnet", "--batch", batch)
    document = show(*words)
    with opened(browser, written(*words)) as page:
        found = page.evaluate(PANELS)
    assert len(found) == len(document["layers"])
    for panel, layer in zip(found, document["layers"], strict=True):
        assert panel["path"] == layer["path"]
        for number in ("params", "macs", "flops"):
            assert panel[number].split()[0] == (f"{layer[number]:,}" if layer[number] else "none")
        assert panel["activation_bytes"] == f"{layer['activation_bytes']:,} B"


PANELS = """() => [...document.querySelectorAll(".layers tbody tr")].map((row) => {
  row.click();
  const panel = document.querySelector(".panel");
  const found = { path: panel.querySelector("h3").innerText };
  for (const number of panel.querySelectorAll("[data-number]")) {
    const amount = number.querySelector(".amount");
    found[number.dataset.number] = amount.querySelector("[title]")?.title ?? amount.innerText;
  }
  return found;
})"""
"""The numbers of each layer as the page shows them when it is chosen."""


def test_rows_have_the_numbers_of_show(browser: Browser, written: Write) -> None:
    document = show("googlenet")
    with opened(browser, written("googlenet")) as page:
        page.locator(".table select").select_option(label="all layers")
        head = page.locator(".layers thead th").all_inner_texts()
        rows = page.locator(".layers tbody tr:not(.heading)").evaluate_all(
            "rows => rows.map(row => [...row.cells].map(cell => [cell.innerText, cell.title]))"
        )
        assert len(rows) == len(document["layers"])
        for row, layer in zip(rows, document["layers"], strict=True):
            cells = dict(zip(head, row, strict=True))
            assert cells["layer"][0] == layer["path"]
            assert cells["output"][0] == "x".join(map(str, layer["output_shape"]))
            for title, number in (("params", "params"), ("MACs", "macs"), ("FLOPs", "flops")):
                text, full = cells[title]
                assert text == (short(layer[number]) if layer[number] else "")
                assert (full or text).replace(",", "") == (
                    str(layer[number]) if layer[number] else ""
                )
            assert cells["live"][0] == (
                short_bytes(layer["alive_bytes"]) if layer["alive_bytes"] else ""
            )


def test_live_tensors_at_the_peak_add_up(browser: Browser, written: Write) -> None:
    totals = show("unet")["totals"]
    with opened(browser, written("unet")) as page:
        assert totals["peak_layer"] in page.locator(".live h4").inner_text()
        amounts = page.locator(".live .amount span")
        full = [(amount.get_attribute("title") or amount.inner_text()) for amount in amounts.all()]
        assert (
            sum(int(text.removesuffix(" B").replace(",", "")) for text in full)
            == totals["peak_bytes"]
        )


# The graph


def test_the_memory_plan_has_every_buffer(browser: Browser, written: Write) -> None:
    """Rectangles that overlap in time do not overlap in space."""
    with opened(browser, written("visual_wake_words", "--device", "stm32h743")) as page:
        titles = page.locator(".plan title").all_text_contents()
        plan = "data => JSON.parse(data.textContent).networks[0].plan"
        data = page.locator("#data").evaluate(plan)
        assert len(titles) == len(data["buffers"])
        for (role, name, offset, size, *_), title in zip(data["buffers"], titles, strict=True):
            assert title.startswith(f"{name}: ") and f" {size:,} B at {offset:,}, " in title, role


def test_a_point_of_the_roofline_selects_its_layer(browser: Browser, written: Write) -> None:
    with opened(browser, written("lenet5", "--device", "rtx-4090", "--training")) as page:
        point = page.locator(".point").last
        path = (point.locator("title").text_content() or "").partition(":")[0]
        point.dispatch_event("click")
        assert path in (page.locator(".panel h3").first.text_content() or "")
        assert "Training in PyTorch" in (page.locator(".device").text_content() or "")


def test_groups_expand_and_collapse_on_a_click(browser: Browser, written: Write) -> None:
    with opened(browser, written("googlenet")) as page:
        closed = boxes(page)
        group = page.locator(box("3a"))
        assert group.get_attribute("aria-expanded") == "false"
        group.click()
        assert page.locator(box("3a")).get_attribute("aria-expanded") == "true"
        assert (
            page.locator(box("3a.3x3.unit2")).count()
            == page.locator(box("3a.concat1")).count()
            == 1
        )
        left = [
            page.locator(box(f"3a.{branch}")).bounding_box()
            for branch in ("1x1", "3x3", "5x5", "pool")
        ]
        edges = [(one["x"], one["x"] + one["width"]) for one in left if one]
        assert all(end < start for (_, end), (start, _) in pairwise(edges)), (
            "branches are side by side"
        )
        page.locator(f"{box('3a')} .title").click()
        assert boxes(page) == closed
        page.get_by_role("button", name="Expand all groups").click()
        assert boxes(page) >= len(show("googlenet")["layers"])
        page.get_by_role("button", name="Collapse all groups").click()
        assert boxes(page) == closed


@pytest.mark.parametrize("name", ["googlenet", "unet", "yolov3", "densenet121"])
def test_boxes_do_not_touch_and_lines_pass_them(
    browser: Browser, written: Write, name: str
) -> None:
    """With everything expanded, boxes contain each other or are apart, and lines cross no layer."""
    with opened(browser, written(name)) as page:
        page.get_by_role("button", name="Expand all groups").click()
        touching, crossed = page.evaluate(GEOMETRY)
        assert touching == [] and crossed == []


GEOMETRY = """() => {
  const rect = (node) => {
    const { e, f } = node.transform.baseVal.consolidate().matrix;
    const body = node.querySelector(".body");
    const [width, height] = [body.width.baseVal.value, body.height.baseVal.value];
    const name = node.getAttribute("aria-label");
    return { name, left: e, top: f, right: e + width, bottom: f + height };
  };
  const rects = [...document.querySelectorAll(".picture [data-id]")].map(rect);
  const inside = (a, b) =>
    a.left >= b.left && a.right <= b.right && a.top >= b.top && a.bottom <= b.bottom;
  const apart = (a, b) =>
    a.right <= b.left || b.right <= a.left || a.bottom <= b.top || b.bottom <= a.top;
  const touching = [];
  rects.forEach((a, place) => rects.slice(place + 1).forEach((b) => {
    if (!inside(a, b) && !inside(b, a) && !apart(a, b)) touching.push([a.name, b.name]);
  }));
  const leaves = [...document.querySelectorAll(".picture [data-id]:not(.open)")].map(rect);
  const crossed = [];
  for (const line of document.querySelectorAll(".line .stroke")) {
    const length = line.getTotalLength();
    for (let at = 0; at <= length; at += 4) {
      const { x, y } = line.getPointAtLength(at);
      const hit = leaves.find((leaf) =>
        x > leaf.left + 1 && x < leaf.right - 1 && y > leaf.top + 1 && y < leaf.bottom - 1);
      if (!hit) continue;
      crossed.push([hit.name, line.parentNode.querySelector("title").textContent]);
      break;
    }
  }
  return [touching, crossed];
}"""


def test_the_selected_item_stays_in_the_window(browser: Browser, written: Write) -> None:
    """Even if groups around it expand or collapse, and however wide the picture becomes."""
    with opened(browser, written("googlenet")) as page:
        window = page.locator(".scroller").bounding_box()
        assert window is not None
        for button in ("Expand all groups", "Collapse all groups", "Expand groups by one level"):
            page.get_by_role("button", name=button).click()
            found = page.locator("[data-id]").first.bounding_box()
            assert found is not None
            assert (
                window["x"] <= found["x"]
                and found["x"] + found["width"] <= window["x"] + window["width"]
            ), button
            assert window["y"] <= found["y"] <= window["y"] + window["height"], button


def test_keys_move_expand_and_select(browser: Browser, written: Write) -> None:
    with opened(browser, written("googlenet")) as page:
        page.locator(box("conv1")).focus()
        for key in ("ArrowRight", "ArrowRight"):
            page.keyboard.press(key)
        assert page.evaluate("document.activeElement.getAttribute('aria-label')").startswith(
            "conv1.conv1, "
        )
        page.keyboard.press("Enter")
        assert page.locator(".panel h3").inner_text() == "conv1.conv1"
        page.keyboard.press("ArrowLeft")
        page.keyboard.press("ArrowLeft")
        assert page.locator(box("conv1")).get_attribute("aria-expanded") == "false"
        page.keyboard.press("End")
        assert page.evaluate("document.activeElement.getAttribute('aria-label')").startswith(
            "aux2, output"
        )
        page.keyboard.press("Escape")
        assert page.locator(".panel h3").count() == 0


def test_search_selects_groups_and_shows_what_they_add(browser: Browser, written: Write) -> None:
    """The numbers are those of `cnncalc show resnet50 --layers 'stage.3.*'`."""
    with opened(browser, written("resnet50")) as page:
        boxes = page.locator(".picture [data-id]")
        before = boxes.count()
        page.locator(".search input").fill("stage.3")
        assert page.locator(".found-totals").inner_text() == (
            "Found: 14 groups and 32 layers, 32 layers in all; 15.0M params, 58.6 %;"
            " 809M MACs, 19.8 %"
        )
        assert boxes.count() > before and page.locator(".box.hit").count() > 32
        page.locator(".search input").press("Enter")  # the group, and not its first layer
        assert page.locator(".panel h3").inner_text() == "stage.3"
        page.locator(".search input").fill("")
        assert page.locator(".found-totals").inner_text() == ""
        assert page.locator(".box.hit").count() == 0 and boxes.count() == before


def test_search_finds_collapsed_layers(browser: Browser, written: Write) -> None:
    with opened(browser, written("googlenet")) as page:
        page.keyboard.press("/")
        page.keyboard.type("5b.5x5")
        inside = [
            layer for layer in show("googlenet")["layers"] if layer["path"].startswith("5b.5x5")
        ]
        assert page.locator(".found li").count() >= len(inside)
        page.keyboard.type(".unit2.conv1")
        page.keyboard.press("ArrowDown")
        page.keyboard.press("Enter")
        assert page.locator(".panel h3").inner_text() == "5b.5x5.unit2.conv1"
        assert page.locator(f"{box('5b.5x5.unit2.conv1')}.chosen").is_visible()


@pytest.mark.parametrize("measure", ["params", "macs", "memory"])
def test_boxes_show_the_share_of_the_selected_number(
    browser: Browser, written: Write, measure: str
) -> None:
    document = show("alexnet")
    totals = document["totals"]
    with opened(browser, written("alexnet")) as page:
        page.locator(f'.switch input[value="{measure}"]').check()
        found = page.locator(".picture [data-id^='l'] .share").all_text_contents()
    whole = totals["peak_bytes"] if measure == "memory" else totals[measure]
    parts = [
        layer["alive_bytes"] if measure == "memory" else layer[measure]
        for layer in document["layers"]
    ]
    assert found == [percent(part, whole) if part else "" for part in parts]


def test_a_thousand_layers_stay_few_boxes(browser: Browser, written: Write, tmp_path: Path) -> None:
    path = tmp_path / "thousand.yaml"
    path.write_text(
        "input: 8x32x32\nlayers:\n" + "  - {conv: 8, kernel: 3, padding: 1}\n  - relu\n" * 500
    )
    with opened(browser, written(str(path))) as page:
        assert boxes(page) < 50
        page.keyboard.press("/")
        page.keyboard.type("conv321")
        page.keyboard.press("Enter")
        assert page.locator(f"{box('conv321')}.chosen").is_visible() and boxes(page) < 120
        page.get_by_role("button", name="Expand all groups").click()
        assert boxes(page) > 1000


# Table and file


def test_rows_sort_as_show_sorts_them(browser: Browser, written: Write) -> None:
    with opened(browser, written("googlenet")) as page:
        button = page.locator('.layers th[data-column="MACs"] button')
        paths = page.locator(".layers tbody th")
        before = paths.all_inner_texts()
        button.click()
        assert page.locator('.layers th[aria-sort="descending"]').count() == 1
        printed = cnncalc(
            "show", "googlenet", "--sort", "macs", "--depth", "1", "--format", "csv"
        ).stdout
        assert paths.all_inner_texts() == [
            line.partition(",")[0] for line in printed.splitlines()[1:]
        ]
        button.click()
        assert page.locator('.layers th[aria-sort="ascending"]').count() == 1
        button.click()
        assert paths.all_inner_texts() == before


def test_weights_that_two_layers_share_count_once(
    browser: Browser, written: Write, tmp_path: Path
) -> None:
    """3 x 8 + 8 = 32 parameters, all in the first of two towers; 32 more are not shared."""
    path = tmp_path / "towers.yaml"
    path.write_text(
        "input: {a: 3x4x4, b: 3x4x4}\nlayers:\n"
        "  - {conv: 8, kernel: 1, from: a, shared: tower, name: left}\n"
        "  - {conv: 8, kernel: 1, from: b, shared: tower, name: right}\n"
        "  - {conv: 8, kernel: 1, from: a, name: own}\n"
        "  - {add: [left, right, own], name: sum}\n"
    )
    with opened(browser, written(str(path))) as page:
        shares = [
            page.locator(".layers tbody tr", has_text=name).locator("td.params-part")
            for name in ("left", "right", "own", "sum")
        ]
        assert [cell.all_inner_texts() for cell in shares] == [["50.0 %"], [], ["50.0 %"], []]
        page.locator('.switch input[value="params"]').check()
        assert page.locator(".picture [data-id^='l'] .share").all_text_contents() == [
            "50.0 %",
            "",
            "50.0 %",
            "",
        ]
        page.locator(".layers tbody tr", has_text="right").click()
        assert page.locator('.panel [data-number="params"] .part').count() == 0


def test_rows_are_filtered_and_copied(browser: Browser, written: Write) -> None:
    with opened(browser, written("googlenet")) as page:
        page.locator(".table input").fill("linear")
        dense = [layer for layer in show("googlenet")["layers"] if layer["type"] == "linear"]
        assert page.locator(".layers tbody tr").count() == len(dense)
        page.get_by_role("button", name="Copy cells").click()
        page.get_by_text("Copied").wait_for()
        lines = page.evaluate("navigator.clipboard.readText()").splitlines()
        assert len(lines) == len(dense) + 1
        cells = dict(zip(lines[0].split("\t"), lines[1].split("\t"), strict=True))
        assert (cells["layer"], cells["params"]) == (dense[0]["path"], str(dense[0]["params"]))


def test_the_step_of_the_selected_layer_is_marked(browser: Browser, written: Write) -> None:
    layers = {layer["path"]: layer["line"] for layer in show("alexnet")["layers"]}
    with opened(browser, written("alexnet")) as page:
        for path in ("conv1", "fc6"):
            page.locator(box(path)).click()
            assert page.locator(".source .step .place").all_inner_texts() == [str(layers[path])]
        lines = page.locator(".source code").all_text_contents()
        assert (
            lines
            == (ROOT / "architectures" / "alexnet.yaml")
            .read_text("utf-8")
            .split("\n")[: len(lines)]
        )


# Several networks


def test_two_networks_have_their_difference(browser: Browser, written: Write) -> None:
    with opened(browser, written("resnet18", "resnet34")) as page:
        found = page.locator(".difference").inner_text()
        for line in cnncalc("diff", "resnet18", "resnet34").stdout.splitlines()[:6]:
            assert all(word in found for word in line.split())
        assert page.locator(".scatter canvas").count() == 1
        page.get_by_role("tab", name="resnet34").click()
        assert page.locator(".variant").inner_text() == "resnet34"


def test_three_networks_are_compared(browser: Browser, written: Write) -> None:
    with opened(browser, written("alexnet", "vgg16", "googlenet")) as page:
        rows = page.locator(".comparison tbody tr")
        assert rows.count() == 3 and page.locator(".difference").count() == 0
        totals = [show(name)["totals"] for name in ("alexnet", "vgg16", "googlenet")]
        for row, total in zip(rows.all(), totals, strict=True):
            assert row.locator("td").nth(3).inner_text().removeprefix("★ ") == short(
                total["params"]
            )
        assert rows.nth(2).locator("td.best").count() > 0
        # The published accuracy of VGG-16 has its source.
        assert rows.nth(1).locator("td").nth(2).inner_text().removeprefix("★ ") == "71.592"
        about = page.locator(".comparison .about").first.inner_text()
        assert about == "accuracy of vgg16: ImageNet-1K, torchvision VGG16_Weights.IMAGENET1K_V1"


# Looks


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_theme_is_that_of_the_system_until_it_is_chosen(
    browser: Browser, written: Write, scheme: Scheme
) -> None:
    with opened(browser, written("googlenet"), scheme=scheme) as page:
        assert page.evaluate("document.documentElement.dataset.theme") == scheme
        page.locator(".theme").click()
        assert page.evaluate("document.documentElement.dataset.theme") != scheme
        page.emulate_media(media="print")
        page.locator('html[data-theme="light"]').wait_for(state="attached")


def test_a_network_of_one_layer(browser: Browser, written: Write, tmp_path: Path) -> None:
    path = tmp_path / "one.yaml"
    path.write_text("input: 3x8x8\nlayers:\n  - {conv: 4, kernel: 3}\n")
    with opened(browser, written(str(path))) as page:
        assert boxes(page) == 3 and page.locator(".layers tbody tr").count() == 1


# Text from a file stays text


PLACES = {
    "the heading": ".overview h2",
    "the source": ".origin",
    "the line below the title": ".lead",
    "the title": ".top h1",
    "a box": ".picture .name",
    "a tooltip": ".picture title",
    "the list of search results": ".found li",
    "the selected layer": ".panel h3",
    "what it reads": ".panel .facts",
    "its arguments and marks": ".panel",
    "the table": ".layers tbody",
    "the live tensors": ".live",
    "a chart": ".description",
    "the file": ".source",
    "the comparison": ".comparison",
    "the difference": ".difference",
}


@pytest.fixture(scope="module")
def hostile(
    browser: Browser, written: Write, tmp_path_factory: pytest.TempPathFactory
) -> dict[str, str]:
    """All text on the page of a hostile file with a hostile name, shown next to AlexNet."""
    path = tmp_path_factory.mktemp("hostile") / "<img src=x onerror=alert`file`>.yaml"
    path.write_bytes((ROOT / "tests" / "browser" / "hostile.yaml").read_bytes())
    with opened(browser, written(str(path), "alexnet")) as page:
        page.locator(".search input").fill("onerror")
        page.locator(".layers tbody tr", has_text="onerror").first.click()
        assert page.locator("img, iframe, a[href^='javascript']").count() == 0
        assert page.title().startswith("<img src=x onerror=")
        texts = {
            place: "\n".join(page.locator(selector).all_text_contents())
            for place, selector in PLACES.items()
        }
        return {**texts, "the whole page": page.locator("body").inner_text()}


@pytest.mark.parametrize("place", PLACES)
def test_markup_of_a_file_is_text(hostile: dict[str, str], place: str) -> None:
    assert "<img src=x onerror=" in hostile[place]


def test_control_characters_are_made_visible(hostile: dict[str, str]) -> None:
    whole = hostile["the whole page"]
    assert r"\x1b[31m" in whole and r"\u202eright to left" in whole
    assert not re.search("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]", whole)


def test_cells_that_a_spreadsheet_would_run_are_copied_as_text(
    browser: Browser, written: Write
) -> None:
    with opened(browser, written(str(ROOT / "tests" / "browser" / "hostile.yaml"))) as page:
        page.locator(".table input").fill("=cmd")
        page.get_by_role("button", name="Copy cells").click()
        page.get_by_text("Copied").wait_for()
        copied = page.evaluate("navigator.clipboard.readText()").splitlines()[1]
        assert copied.startswith("'=cmd")
