"""The roofline of a network on a device: its points and its figure."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET

import pytest

from cnncalc.devices.catalogue import bundled_device
from cnncalc.devices.device import Device
from cnncalc.devices.reading import read_device
from cnncalc.devices.roofline import NoBandwidth, roofline
from cnncalc.devices.time_bound import time_bound
from cnncalc.engine import analyse
from cnncalc.engine.analysis import Analysis
from cnncalc.views.graph.roofline import LISTED, roofline_svg

from .support.networks import NAMES_OF_BUNDLED, bundled, read

SVG = "{http://www.w3.org/2000/svg}"
BOARD = "macs: {float32: 1000}\nbandwidth: {ram: 100}"


def device(text: str = BOARD) -> Device:
    found = read_device(text.encode(), "board").device
    assert found is not None
    return found


def analysis(layers: str, input: str) -> Analysis:
    steps = "\n".join(f"  - {line}" for line in layers.splitlines())
    parsed = read(f"input: {input}\nlayers:\n{steps}\n")
    assert parsed.network is not None
    return analyse(parsed.network)


def drawn(found: Analysis, on: Device, width: float = 760) -> ET.Element:
    return ET.fromstring(roofline_svg(roofline(found, on), found, on.name, width))


def texts(svg: ET.Element) -> list[str]:
    return [one.text or "" for one in svg.iter(f"{SVG}text")]


def titles(svg: ET.Element) -> list[str]:
    """What the dots show when hovering over them."""
    return [title.text or "" for one in svg.iter(f"{SVG}circle") for title in one]


# The points


def test_points_of_two_layers() -> None:
    """The ridge of the board is at 10 MACs a byte.

    The dense layer has 100 MACs and 4 x 120 B; the convolution 64 x 100 x 9 x 64 MACs, and reads
    and writes 4 x 64 x 100 B with 4 x 64 x 64 x 9 B of weights.
    """
    dense = roofline(analysis("{linear: 10, bias: false}", "10"), device())
    [point] = dense.points
    assert dense.ridge == 10
    assert point.intensity == pytest.approx(100 / 480)
    assert point.rate == pytest.approx(100 * 100 / 480)
    assert point.seconds == pytest.approx(4.8)
    layer = "{conv: 64, kernel: 3, padding: 1, bias: false}"
    [point] = roofline(analysis(layer, "64x10x10"), device()).points
    assert point.intensity == pytest.approx(3_686_400 / (2 * 25_600 + 147_456))
    assert point.rate == pytest.approx(1000)
    assert point.seconds == pytest.approx(3686.4)


def test_operators_without_products_take_time_but_are_no_points() -> None:
    found = roofline(analysis("{maxpool: 2}\n{conv: 10}", "10x10x10"), device())
    assert [point.layer for point in found.points] == [1]
    assert found.seconds > found.points[0].seconds


@pytest.mark.parametrize("name", NAMES_OF_BUNDLED[::12])
def test_points_are_below_both_limits(name: str) -> None:
    on = bundled_device("raspberry-pi-4")
    found = roofline(bundled(name), on)
    for point in found.points:
        assert point.rate <= min(found.peak, point.intensity * found.bandwidth) * 1.000001
    assert found.seconds == time_bound(bundled(name), on).seconds


def test_a_device_without_bandwidth() -> None:
    with pytest.raises(NoBandwidth, match="the bandwidth of the RAM of board is not stated"):
        roofline(analysis("{linear: 10}", "10"), device("macs: {float32: 1000}"))


# The figure


def test_figure_of_a_network() -> None:
    found = bundled("resnet50")
    svg = drawn(found, bundled_device("rtx-4090"))
    on = roofline(found, bundled_device("rtx-4090"))
    more = [re.search(r" and (\d+) more: ", title) for title in titles(svg)]
    assert sum(int(found[1]) for found in more if found) + len(more) == len(on.points)
    words = texts(svg)
    bold = [one for one in svg.iter(f"{SVG}text") if "font-weight" in one.attrib]
    listed = [one.text for one in bold if one.text and one.text.isdigit()]
    assert listed[:LISTED] == sorted(listed[LISTED:]) == list("12345678")
    assert "41.3T MACs/s" in words and "1.01T B/s" in words
    assert sum("of the minimum time" in word for word in words) == LISTED + 1


@pytest.mark.parametrize("name", ["lenet5", "mobilenet_v2", "deep_autoencoder", "unet"])
@pytest.mark.parametrize("on", ["raspberry-pi-4", "a100", "i7-12700h"])
def test_everything_is_inside_of_the_figure(name: str, on: str) -> None:
    svg = drawn(bundled(name), bundled_device(on))
    width, height = (float(svg.attrib[key]) for key in ("width", "height"))
    for one in svg.iter(f"{SVG}circle"):
        assert 0 <= float(one.attrib["cx"]) <= width
        assert 0 <= float(one.attrib["cy"]) <= height
    for line in svg.iter(f"{SVG}polyline"):
        for pair in line.attrib["points"].split():
            x, y = map(float, pair.split(","))
            assert 0 <= x <= width and 0 <= y <= height
    for one in svg.iter(f"{SVG}text"):
        assert 0 <= float(one.attrib["x"]) <= width and 8 <= float(one.attrib["y"]) <= height


def test_equal_layers_are_one_dot() -> None:
    layers = "\n".join(["{conv: 8, kernel: 3, padding: 1}"] * 50)
    svg = drawn(analysis(layers, "8x16x16"), device())
    [title] = titles(svg)
    assert title.startswith("conv1 and 49 more: ")


def test_a_network_without_products() -> None:
    assert texts(drawn(analysis("relu", "8x4x4"), device()))[0].endswith("board, float32")
