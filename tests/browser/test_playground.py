"""The playground in a real browser: cnncalc runs in it, and nothing that a link holds does."""

from __future__ import annotations

import json
import zlib
from base64 import urlsafe_b64encode
from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest

from ..support.paths import ROOT
from ..support.processes import cnncalc
from .built_site import PHONE, missing_site, overflow, served, settled, visited, wait

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

pytestmark = pytest.mark.skipif(bool(missing_site()), reason=missing_site())

NETWORK = "input: 3x32x32\nlayers:\n  - {conv: 8, kernel: 3}\n  - flatten\n  - {linear: 10}\n"
HOSTILE = '"</script><script>alert(1)</script><img src=x onerror=alert(2)>"'
TILES = ".tiles > div:first-child dd"


def link(text: bytes, level: int = 9) -> str:
    """The fragment of a file, as share.js writes it."""
    packer = zlib.compressobj(level, zlib.DEFLATED, -15)
    packed = packer.compress(text) + packer.flush()
    return f"#file={urlsafe_b64encode(packed).decode().rstrip('=')}"


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    with served() as found:
        yield f"{found}/playground/index.html"


Opened = tuple["Page", list[str]]


@pytest.fixture(scope="module")
def opened(browser: Browser, address: str) -> Iterator[Opened]:
    """The playground, in which Python has started: that takes seconds, so tests share it."""
    with visited(browser, address) as found:
        found[0].wait_for_selector("html[data-settled]", state="attached")
        yield found


@pytest.fixture
def page(opened: Opened) -> Page:
    go(opened[0], "#net=alexnet")
    opened[0].get_by_role("tab", name="Table").click()
    return opened[0]


OPEN = "fragment => { history.replaceState(null, '', '#'); location.hash = fragment; }"


def go(page: Page, fragment: str) -> None:
    """Open a link in the same window."""
    before = settled(page)
    page.evaluate(OPEN, fragment)
    wait(page, before)


def write(page: Page, text: str) -> None:
    """Replace the file as a person who pastes."""
    before = settled(page)
    editor = page.locator(".cm-content")
    editor.press("Control+a")
    page.keyboard.insert_text(text)
    wait(page, before)


def test_the_numbers_are_those_of_show(page: Page) -> None:
    shown = json.loads(cnncalc("show", "alexnet", "--format", "json").stdout)
    assert page.locator(TILES).inner_text().startswith(f"{shown['totals']['params']:,}")
    paths = page.locator(".layers tbody th").all_inner_texts()
    assert [path.strip() for path in paths] == [layer["path"] for layer in shown["layers"]]


def test_typing_changes_the_numbers(page: Page) -> None:
    write(page, NETWORK)
    params = 8 * 3 * 9 + 8 + 8 * 30 * 30 * 10 + 10
    assert page.locator(TILES).inner_text().startswith(f"{params:,}")
    before = settled(page)
    page.locator(".cm-line", has_text="linear").click()
    page.keyboard.press("End")
    page.keyboard.press("Enter")
    page.keyboard.type("- {linear: 3}", delay=5)
    wait(page, before)
    assert page.locator(TILES).inner_text().startswith(f"{params + 33:,}")
    assert "Expand" not in page.locator(".result").inner_text()


def test_each_step_has_its_shape_at_the_end_of_its_line(page: Page) -> None:
    write(page, NETWORK)
    line = page.locator(".cm-line", has_text="conv")
    assert line.locator(".cm-hint").inner_text() == "→ 8x30x30  224"
    write(page, NETWORK.replace("flatten", "flaten"))
    assert page.locator(".cm-hint").count() > 0


def test_an_error_is_shown_at_its_place_and_the_numbers_stay(page: Page) -> None:
    write(page, NETWORK)
    write(page, NETWORK.replace("kernel", "kernal"))
    messages = page.locator(".messages")
    assert "1 error" in messages.inner_text() and "did you mean `kernel`?" in messages.inner_text()
    assert page.locator(".cm-lintRange-error").inner_text() == "kernal"
    assert page.locator("#outdated").is_visible() and page.locator(".layers").is_visible()
    messages.get_by_role("button", name="3:15").click()
    page.keyboard.type("kernel")
    for _ in range(6):
        page.keyboard.press("Delete")
    page.wait_for_selector("#outdated", state="hidden")


def test_a_finding_links_to_its_rule(page: Page) -> None:
    write(page, NETWORK.replace(", kernel: 3", ""))
    (href,) = [
        rule.get_attribute("href")
        for rule in page.locator(".messages a.rule").all()
        if rule.inner_text() == "implicit-kernel"
    ]
    assert href == "../rules.html#implicit-kernel"


def test_positions_count_characters_as_the_editor_does(page: Page) -> None:
    """A character outside of the basic plane is one in Python, and two in JavaScript."""
    write(page, NETWORK.replace("- {conv: 8,", '- {name: "\U0001f642", conv: 8,'))
    assert page.locator(".cm-lintRange-error").first.inner_text() == '"\U0001f642"'


def test_examples_and_variants(page: Page) -> None:
    before = settled(page)
    page.locator("#examples").select_option("resnet101")
    wait(page, before)
    assert page.locator("#variants").input_value() == "resnet101"
    assert page.url.endswith("#net=resnet101")
    numbers = page.locator(TILES).inner_text()
    before = settled(page)
    page.locator("#variants").select_option("resnet18")
    wait(page, before)
    assert page.locator(TILES).inner_text() != numbers and page.url.endswith("#net=resnet18")


def test_a_selected_layer_is_explained_and_stays_selected(page: Page) -> None:
    page.locator(".layers tbody tr", has_text="conv1").click()
    assert "34,944" in page.locator(".panel").inner_text()
    text = (ROOT / "architectures" / "alexnet.yaml").read_text("utf-8")
    write(page, text.replace("[96, 256", "[64, 256"))
    assert page.locator(".panel h3").inner_text() == "conv1"
    assert f"{64 * 3 * 11 * 11 + 64:,}" in page.locator(".panel").inner_text()


def test_the_graph_and_the_source_follow_the_file(page: Page) -> None:
    page.get_by_role("tab", name="Graph").click()
    assert page.locator('.picture [aria-label^="conv5, "]').count() == 1
    write(page, NETWORK)
    assert page.locator('.picture [aria-label^="linear1, "]').count() == 1
    page.get_by_role("tab", name="Graph").press("ArrowRight")
    page.wait_for_selector(".exported code:has-text('nn.Linear(8 * 30 * 30, 10)')")


def test_a_link_shares_the_file(page: Page, browser: Browser, address: str) -> None:
    write(page, NETWORK)
    fragment = page.url.partition("#")[2]
    assert f"#{fragment}".startswith("#file=") and "input" not in fragment
    with visited(browser, f"{address}#{fragment}", PHONE, "dark") as (other, _):
        other.wait_for_selector(".layers")
        lines = other.locator(".cm-line").all_inner_texts()
        assert [line.partition("→")[0].rstrip() for line in lines] == NETWORK.split("\n")
        assert overflow(other) == 0
        ground = other.evaluate("getComputedStyle(document.documentElement).backgroundColor")
        assert ground == "rgb(19, 21, 24)"


@pytest.mark.parametrize(
    "text",
    [
        f"name: {HOSTILE}\nsource: {HOSTILE}\n{NETWORK}",
        NETWORK.replace("conv: 8", f"conv: 8, name: {HOSTILE}"),
        NETWORK.replace("conv: 8", f"{HOSTILE}: 8"),
        f"{NETWORK}variants:\n  {HOSTILE}: {{}}\n  b: {{}}\n",
        HOSTILE,
        "!!python/object/apply:os.system ['echo 1']",
        "input: 3\nlayers: [{linear: \"__import__('js').alert(1)\"}]\n",
        "\u202e\u0000\u001b[31m\ufeff" + NETWORK,
    ],
    ids=["texts", "name", "key", "variant", "no network", "tag", "expression", "characters"],
)
def test_what_a_link_holds_is_text(page: Page, text: str) -> None:
    """Whatever runs would open a dialog, write to the console or request an address."""
    go(page, link(text.encode()))
    assert page.locator("img:not(.cm-widgetBuffer), iframe, object").count() == 0
    assert page.locator("script").count() == 3  # its own
    for name in ("Graph", "PyTorch", "Keras"):
        page.get_by_role("tab", name=name).click()
    page.wait_for_timeout(200)


@pytest.mark.parametrize(
    ("fragment", "message"),
    [
        ("#file=***", "not in base64"),
        ("#file=AAAA", "cannot be unpacked"),
        (link(b"\xff\xfe\xfd"), "not text"),
        (link(b" " * 6_000_000), "too large"),
        ("#net=nothing", "there is no network nothing"),
        ("#net=../../etc/passwd", "there is no network"),
    ],
)
def test_a_damaged_link_has_a_message(page: Page, fragment: str, message: str) -> None:
    go(page, fragment)
    page.wait_for_selector(f"#status:has-text('{message}')")
    assert page.locator(".layers").is_visible()


def test_nothing_is_requested_once_it_is_loaded(opened: Opened, page: Page) -> None:
    requests = opened[1]
    loaded = len(requests)
    write(page, NETWORK)
    for name in ("Graph", "PyTorch", "Keras", "Table"):
        page.get_by_role("tab", name=name).click()
    before = settled(page)
    page.locator("#examples").select_option("unet")
    wait(page, before)
    assert requests[loaded:] == []


def test_a_calculation_that_takes_long_can_be_stopped(page: Page) -> None:
    """A file at the bounds of the language: the page waits for it, or for its reader."""
    steps = "\n".join(f"  - {{conv: {8 + index % 8}, kernel: 1}}" for index in range(60_000))
    page.evaluate(
        "fragment => { location.hash = fragment }", link(f"input: 3x8x8\nlayers:\n{steps}".encode())
    )
    page.get_by_role("button", name="Stop").click()
    page.wait_for_selector("#status.busy", state="attached")
    go(page, "#net=lenet5")
    assert page.locator(".layers").is_visible()
