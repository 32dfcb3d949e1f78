"""The page of `cnncalc sweep --format html` in a real browser: the plot, what is selected, rows."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from ..support.paths import ROOT
from ..support.processes import cnncalc
from .chromium import missing, opened

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

pytestmark = pytest.mark.skipif(bool(missing()), reason=missing())

WORDS = (
    *("sweep", "mobilenet_v2", "--over", "width=0.35,0.5,0.75,1,1.3,1.4"),
    *("--over", "resolution=96..224:32", "--join", "docs/examples/mobilenet_v2_top1.csv"),
)
BOXES = """selector => [...document.querySelectorAll(selector)].map((one) => {
  const { x, y, width, height } = one.getBBox();
  return [x, y + 2, x + width, y + height - 2];
})"""
"""The left, top, right and bottom of elements of a picture, without the space around letters."""
HOSTILE = "<img src=x onerror=alert(1)>"


@cache
def rows() -> list[dict[str, str]]:
    ran = cnncalc(*WORDS, "--format", "csv", cwd=ROOT)
    return list(csv.DictReader(io.StringIO(ran.stdout)))


@pytest.fixture(scope="module")
def path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    found = tmp_path_factory.mktemp("sweep") / "sweep.html"
    ran = cnncalc(*WORDS, "--plot", "macs,top1", "-o", str(found), cwd=ROOT)
    assert (ran.returncode, ran.stdout) == (0, ""), ran.stderr
    return found


@contextmanager
def shown(browser: Browser, path: Path, width: int = 1400) -> Iterator[Page]:
    with opened(browser, path, width, ready=".brush .dot") as page:
        yield page


def cells(page: Page, column: int) -> list[str]:
    texts: list[str] = page.locator(f".sweep tbody tr td:nth-child({column})").all_inner_texts()
    return texts


def drag(page: Page, low: tuple[float, float], high: tuple[float, float]) -> None:
    """From one point of the picture to another, in shares of its width and height."""
    box = page.locator(".brush").bounding_box()
    assert box is not None
    (x1, y1), (x2, y2) = (
        (box["x"] + x * box["width"], box["y"] + y * box["height"]) for x, y in (low, high)
    )
    page.mouse.move(x1, y1)
    page.mouse.down()
    page.mouse.move(x2, y2, steps=3)
    page.mouse.up()


def test_rows_are_those_of_the_sweep(browser: Browser, path: Path) -> None:
    with shown(browser, path) as page:
        assert page.locator(".brush .dot").count() == len(rows()) == 22
        assert cells(page, 1) == [one["n"] for one in rows()]
        assert cells(page, 4) == [one["top1"] for one in rows()]
        assert page.locator(".status").inner_text() == "22 rows"
        assert page.locator("h1").inner_text() == "architectures/mobilenet_v2.yaml: top1 over MACs"
        assert page.locator(".brush text", has_text="20M").count() == 1


def test_a_drag_selects_rows(browser: Browser, path: Path) -> None:
    """All with an accuracy above the middle of the plot; Escape and a click select all again."""
    numbers = [float(one["top1"]) for one in rows()]
    # The plot is from pixel 12 to 376 of 420 for the accuracies from 45.5 to 75.
    middle = 45.5 + (75 - 45.5) * (376 - 210) / (376 - 12)
    expected = [one["n"] for one, top1 in zip(rows(), numbers, strict=True) if top1 >= middle]
    with shown(browser, path) as page:
        drag(page, (0.01, 0.01), (0.99, 0.5))
        assert 0 < len(expected) < 22
        assert cells(page, 1) == expected
        assert page.locator(".status").inner_text() == f"{len(expected)} of 22 rows selected"
        assert page.locator(".brush .faint").count() == 22 - len(expected)
        page.keyboard.press("Escape")
        assert len(cells(page, 1)) == 22
        drag(page, (0.99, 0.5), (0.01, 0.01))  # backwards
        assert cells(page, 1) == expected
        page.get_by_role("button", name="Select all").click()
        assert len(cells(page, 1)) == 22
        drag(page, (0.3, 0.95), (0.31, 0.96))  # a rectangle without points
        assert cells(page, 1) == []


def test_other_columns_can_be_drawn(browser: Browser, path: Path) -> None:
    with shown(browser, path) as page:
        page.get_by_label("Vertical").select_option(label="pixel1_ms")
        places = page.locator(".brush .dot").evaluate_all(
            "dots => dots.map(dot => [dot.textContent, Number(dot.getAttribute('cy'))])"
        )
        # Slower networks are further up.
        slowest = min(places, key=lambda place: place[1])[0]
        assert "pixel1_ms=138.0" in slowest


def test_the_selected_rows_are_copied(browser: Browser, path: Path) -> None:
    with shown(browser, path) as page:
        drag(page, (0.01, 0.01), (0.99, 0.3))
        selected = cells(page, 1)
        page.get_by_role("button", name="Copy cells").click()
        page.get_by_role("button", name="Copied").wait_for()
        lines = page.evaluate("navigator.clipboard.readText()").splitlines()
        assert [line.split("\t")[0] for line in lines[1:]] == selected
        exact = {one["n"]: one["params"] for one in rows()}
        column = lines[0].split("\t").index("params")
        assert [line.split("\t")[column] for line in lines[1:]] == [exact[n] for n in selected]


@pytest.mark.parametrize("width", [320, 700])
def test_the_page_fits_a_narrow_window(browser: Browser, path: Path, width: int) -> None:
    with shown(browser, path, width) as page:
        assert page.evaluate("document.documentElement.scrollWidth") <= width


def test_text_of_a_table_is_text(browser: Browser, tmp_path: Path) -> None:
    (tmp_path / "net.yaml").write_text("input: 3x8x8\nvars: {n: 4}\nlayers: [{conv: n}]\n")
    lines = f'n,"{HOSTILE}",top1\n4,"{HOSTILE}",50\n8,</script>,60\n'
    (tmp_path / "results.csv").write_text(lines)
    words = ("sweep", "net.yaml", "--over", "n=4,8", "--join", "results.csv")
    ran = cnncalc(*words, "--plot", "macs,top1", "-o", "page.html", cwd=tmp_path)
    assert ran.returncode == 0, ran.stderr
    with shown(browser, tmp_path / "page.html") as page:
        assert cells(page, 3) == [HOSTILE, "</script>"]
        assert page.locator("img").count() == 0


@pytest.mark.parametrize("width", [320, 1400])
def test_names_of_networks_do_not_overlap(browser: Browser, tmp_path: Path, width: int) -> None:
    """On the page of a comparison, names are next to the points; none covers another or a point."""
    words = ("compare", "resnet@*", "mobilenet_v2@*", "--plot", "macs,top1", "-o", "nets.html")
    assert cnncalc(*words, cwd=tmp_path).returncode == 0
    with shown(browser, tmp_path / "nets.html", width) as page:
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        names, dots = (page.evaluate(BOXES, f".brush .{look}") for look in ("name", "dot"))
        assert "mobilenet_v2" in page.locator(".brush .name").all_text_contents()
        assert 8 < len(names) <= len(dots)
        for index, one in enumerate(names):
            for other in (*names[:index], *dots):
                apart = one[0] >= other[2] or other[0] >= one[2]
                assert apart or one[1] >= other[3] or other[1] >= one[3]
