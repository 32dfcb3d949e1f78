"""Pictures of a page that are saved as SVG and PNG, in a real browser."""

from __future__ import annotations

import struct
import xml.etree.ElementTree as ET
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from ..support.paths import ROOT
from ..support.processes import cnncalc
from .chromium import Scheme, Write, missing, opened

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

pytestmark = pytest.mark.skipif(bool(missing()), reason=missing())

CHARTS = ("Parameters", "MACs", "Feature maps", "Receptive field", "Activation memory")
DEVICE = ("mobilenet_v2", "--device", "raspberry-pi-4")
BOARD = ("visual_wake_words", "--device", "stm32h743")


def saved(page: Page, name: str, form: str) -> bytes:
    """The file that a button saves."""
    with page.expect_download() as waiting:
        page.get_by_role("button", name=f"Save {name} as {form}", exact=True).click()
    path = Path(waiting.value.path())
    assert waiting.value.suggested_filename.endswith(f".{form.lower()}")
    return path.read_bytes()


def size_of(png: bytes) -> tuple[int, int]:
    """The width and height in the header of a PNG (ISO 15948, 11.2.2)."""
    assert png[:8] == b"\x89PNG\r\n\x1a\n"
    width, height = struct.unpack(">II", png[16:24])
    return width, height


def check_pair(page: Page, name: str) -> ET.Element:
    """Both forms of a picture: the PNG has two pixels for each of the SVG."""
    root = ET.fromstring(saved(page, name, "SVG"))
    width, height = (float(root.attrib[key]) for key in ("width", "height"))
    assert size_of(saved(page, name, "PNG")) == (2 * width, 2 * height)
    for node in root.iter():
        assert "class" not in node.attrib and "style" not in node.attrib
        for key in ("fill", "stroke"):
            value = node.attrib.get(key, "none")
            assert value == "none" or value.startswith("#") or value == "transparent", value
    return root


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_graph(browser: Browser, written: Write, scheme: Scheme) -> None:
    with opened(browser, written("lenet5"), scheme=scheme) as page:
        root = check_pair(page, "LeNet-5 graph")
        texts = {one.text for one in root.findall(".//{*}text")}
        assert {"c1", "c5", "f6"} <= texts
        paper = root.find("{*}rect")
        assert paper is not None
        assert paper.attrib["fill"] == {"light": "#ffffff", "dark": "#1a1d21"}[scheme]


def test_charts(browser: Browser, written: Write) -> None:
    with opened(browser, written("resnet18")) as page:
        for name in CHARTS:
            root = check_pair(page, name)
            assert root.findtext("{*}text") == name
            bars = root.findall(".//{*}g/{*}rect")
            assert len(bars) in (0, 68) or name == "Activation memory"
            assert len(root.findall(".//{*}g/{*}text")) > 3


def test_the_memory_plan_and_the_roofline(browser: Browser, written: Write) -> None:
    with opened(browser, written(*BOARD)) as page:
        plan = check_pair(page, "Memory plan")
        assert len(plan.findall("{*}rect")) > 20
    with opened(browser, written(*DEVICE)) as page:
        roofline = check_pair(page, "Roofline")
        assert roofline.findall("{*}circle") and roofline.findall("{*}polyline")


def test_a_plot_of_networks(browser: Browser, tmp_path: Path) -> None:
    words = ("compare", "resnet18", "resnet50", "vgg11", "--plot", "macs,top1")
    path = tmp_path / "nets.html"
    assert cnncalc(*words, "-o", str(path), cwd=ROOT).returncode == 0
    with opened(browser, path, ready=".brush .dot") as page:
        root = check_pair(page, "plot")
        assert len(root.findall(".//{*}circle")) == 3


def test_the_chart_of_several_networks(browser: Browser, written: Write) -> None:
    names = ("resnet18", "vgg11", "squeezenet1_1")
    with opened(browser, written(*names)) as page:
        root = check_pair(page, "MACs against parameters")
        assert len(root.findall(".//{*}circle")) == len(names)
        assert {*names} <= {one.text for one in root.findall(".//{*}text")}
