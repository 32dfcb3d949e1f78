"""Plots in a terminal and as SVG: where the points are, what the axes say, and what is cut."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET
from bisect import bisect_right
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cnncalc.sweep.objectives import usual_objectives
from cnncalc.sweep.reducers import front_positions
from cnncalc.views.plot.labels import LabelBox, placed_labels
from cnncalc.views.plot.plot import (
    Plot,
    PlotAxis,
    PlotPoint,
    axis_of,
    distribution,
    scatter,
    stairs,
)
from cnncalc.views.plot.svg import plot_svg
from cnncalc.views.plot.terminal import HEIGHT, plot_text
from cnncalc.views.plot.ticks import tick_text, ticks_of
from cnncalc.views.style import Style
from cnncalc.views.values import Kind

from .support.processes import bare

NUMBERS = st.floats(1e-6, 1e15)
PAIRS = st.lists(st.tuples(st.integers(0, 30), st.integers(0, 30)), min_size=1, max_size=40)
KINDS: tuple[Kind, ...] = ("count", "bytes", "seconds")


def on_front(pairs: list[tuple[int, int]]) -> set[int]:
    """The positions of the pairs on the front of less x and more y."""
    return front_positions([(x, -y) for x, y in pairs])


def plot_of(pairs: list[tuple[int, int]], front: str = "") -> Plot:
    chosen = on_front(pairs) if front else set()
    points = [
        PlotPoint(x, y, f"variant {index}", index in chosen) for index, (x, y) in enumerate(pairs)
    ]
    return scatter(("MACs", "count"), ("top-1", "count"), points, front)


# The model


@given(PAIRS)
def test_the_front_is_what_no_point_dominates(pairs: list[tuple[int, int]]) -> None:
    def dominates(one: tuple[int, int], other: tuple[int, int]) -> bool:
        return one != other and one[0] <= other[0] and one[1] >= other[1]

    expected = {
        index
        for index, pair in enumerate(pairs)
        if not any(dominates(other, pair) for other in pairs)
    }
    assert on_front(pairs) == expected


@pytest.mark.parametrize(
    ("columns", "directions"),
    [
        ("macs params", "min max"),
        ("macs top1", "min max"),
        ("top1 macs", "max min"),
        ("top1 top5", "max max"),
        ("latency_ms score", "min max"),
        ("params peak_bytes", "min min"),
        ("peak_bytes depth", "min max"),
        ("macs at_least_s", "min min"),
    ],
)
def test_the_usual_front_has_less_of_a_price_and_more_of_what_it_buys(
    columns: str, directions: str
) -> None:
    across, up = columns.split()
    assert " ".join(one.direction for one in usual_objectives(across, up)) == directions


@given(st.lists(st.integers(0, 9), min_size=1, max_size=30))
def test_a_distribution_is_the_share_of_numbers_up_to_each(values: list[int]) -> None:
    points = distribution("MACs", "count", values).points
    ordered = sorted(values)
    reached = {point.x: point.y for point in points}
    assert reached == {value: bisect_right(ordered, value) / len(values) for value in values}
    assert points[0].y == 0 and points[-1].y == 1
    for one, other in pairwise(points):  # steps: one of the two changes
        assert (one.x == other.x) != (one.y == other.y)


@given(st.lists(NUMBERS, min_size=1, max_size=9))
def test_an_axis_has_all_numbers(values: list[float]) -> None:
    axis = axis_of("MACs", "count", values)
    assert all(-1e-9 <= axis.share(value) <= 1 + 1e-9 for value in values)


# Ticks


@given(st.sampled_from(KINDS), NUMBERS, st.floats(1.01, 1e6), st.integers(1, 12), st.booleans())
def test_ticks_are_few_and_on_the_axis(
    kind: Kind, low: float, ratio: float, most: int, is_logarithmic: bool
) -> None:
    axis = PlotAxis("MACs", kind, low, low * ratio, is_logarithmic)
    found = ticks_of(axis, most)
    assert len(found) <= most + 1
    assert all(low * (1 - 1e-6) <= value <= low * ratio * (1 + 1e-6) for value in found)
    assert found == sorted(set(found))


@pytest.mark.parametrize(
    ("axis", "texts"),
    [
        (PlotAxis("MACs", "count", 0, 600e6, False), "0 100M 200M 300M 400M 500M 600M"),
        (PlotAxis("MACs", "count", 3e6, 5e9, True), "10M 100M 1G"),
        (PlotAxis("MACs", "count", 1e6, 1e7, True), "1M 2M 5M 10M"),
        (
            PlotAxis("RAM", "bytes", 96 * 1024, 500 * 1024, False),
            "100KiB 200KiB 300KiB 400KiB 500KiB",
        ),
        (PlotAxis("RAM", "bytes", 1000, 3e6, True), "1KiB 4KiB 16KiB 64KiB 256KiB 1MiB"),
        (PlotAxis("time", "seconds", 0.0, 0.05, False), "0s 10ms 20ms 30ms 40ms 50ms"),
        (PlotAxis("share", "share", 0, 1, False), "0% 20% 40% 60% 80% 100%"),
        (PlotAxis("top-1", "count", 68.1, 69.9, False), "68.5 69 69.5"),
    ],
)
def test_ticks(axis: PlotAxis, texts: str) -> None:
    found = [tick_text(value, axis.kind).replace(" ", "") for value in ticks_of(axis, 6)]
    assert found == texts.split()


# Labels

BOXES = st.builds(LabelBox, *(st.integers(0, 60), st.integers(0, 30)), st.just(1), st.just(1))
SIZES = st.one_of(st.none(), st.tuples(st.integers(1, 14), st.integers(1, 3)))


@given(
    st.lists(st.tuples(BOXES, SIZES), max_size=40),
    st.lists(BOXES, max_size=9),
    st.lists(st.integers(0, 5), max_size=3),
)
def test_no_label_covers_another_one_or_a_point(
    entries: list[tuple[LabelBox, tuple[float, float] | None]],
    obstacles: list[LabelBox],
    distances: list[int],
) -> None:
    marks, sizes = [mark for mark, _ in entries], [size for _, size in entries]
    bounds = LabelBox(0, 0, 61, 31)
    found = placed_labels(marks, sizes, bounds, distances, obstacles)
    placed = [box for box in found if box is not None]
    assert len(found) == len(entries)
    for box, size in zip(found, sizes, strict=True):
        assert box is None or (box.width, box.height) == size
    columns_and_rows = [squares(box) for box in placed]
    taken = set().union(*map(squares, (*marks, *obstacles)))
    for index, covered in enumerate(columns_and_rows):
        assert not covered & taken
        taken |= covered
        box = placed[index]
        assert box.left >= 0 and box.left + box.width <= 61
        assert box.top >= 0 and box.top + box.height <= 31


def squares(box: LabelBox) -> set[tuple[int, int]]:
    """The squares of a grid that a box of integers covers."""
    across = range(int(box.left), int(box.left + box.width))
    down = range(int(box.top), int(box.top + box.height))
    return {(x, y) for x in across for y in down}


def test_a_label_with_space_is_next_to_its_point() -> None:
    mark = LabelBox(10, 10, 1, 1)
    [box] = placed_labels([mark], [(5, 1)], LabelBox(0, 0, 40, 40), [0])
    assert box == LabelBox(11, 10, 5, 1)


def named(pairs: list[tuple[int, int]], front: str) -> Plot:
    return plot_of(pairs, front)._replace(is_labelled=True)


@given(PAIRS, st.integers(30, 120), st.booleans())
def test_names_in_a_terminal_do_not_hide_points(
    pairs: list[tuple[int, int]], width: int, has_unicode: bool
) -> None:
    """As many points can be seen as without names, and no line is longer than the terminal."""
    style = Style(width, unicode=has_unicode)
    bare_plot, plot = plot_of(pairs, "the front"), named(pairs, "the front")
    without, found = canvas_of(plot_text(bare_plot, style)), canvas_of(plot_text(plot, style))
    for row, line in zip(without, found, strict=True):
        assert all(line[column] == one for column, one in enumerate(row) if one != " ")
        assert len(line) <= width
    names = re.findall(r"variant (\d+)", " ".join(found))
    assert len(names) == len(set(names)) and {int(name) for name in names} <= set(range(len(pairs)))
    left = re.search(r"\((\d+) points? without space", plot_text(plot, style))
    assert len(names) + (int(left[1]) if left else 0) == len(pairs)


BEFORE = {"start": 0, "middle": 0.5, "end": 1}
"""The share of a text that is before its x (SVG 2, section 11.10.2.1)."""


@given(PAIRS)
def test_names_in_a_figure_do_not_overlap(pairs: list[tuple[int, int]]) -> None:
    """A character is at most 0.62 of the size of the font wide, on average."""
    root = ET.fromstring(plot_svg(named(pairs, "the front")))
    texts = [one for one in root.findall(".//{*}text") if (one.text or "").startswith("variant")]
    boxes = []
    for one in texts:
        x, bottom, width = float(one.attrib["x"]), float(one.attrib["y"]), 6.1 * len(one.text or "")
        left = x - BEFORE[one.attrib.get("text-anchor", "start")] * width
        boxes.append((left, bottom - 9, left + width, bottom + 2))
    circles = [one for one in root.findall(".//{*}g/{*}circle") if one.find("{*}title") is not None]
    points = [(float(one.attrib["cx"]), float(one.attrib["cy"])) for one in circles]
    assert len(points) == len(pairs) and (texts or len(pairs) > 5)
    for index, (left, top, right, bottom) in enumerate(boxes):
        assert not any(left < x < right and top < y < bottom for x, y in points)
        for other in boxes[:index]:
            apart = left >= other[2] or other[0] >= right
            assert apart or top >= other[3] or other[1] >= bottom


@given(PAIRS)
def test_no_point_is_beyond_the_line_through_the_front(pairs: list[tuple[int, int]]) -> None:
    corners = stairs(plot_of(pairs, "the front").points, "min")
    front = sorted({pairs[index] for index in on_front(pairs)})
    assert [(one.x, one.y) for one in corners if one.is_front][:1] == front[:1]
    for one, other in pairwise(corners):  # to the right, then up
        assert (one.x == other.x or one.y == other.y) and one.x <= other.x and one.y <= other.y
    for x, y in pairs:
        reached = [corner.y for corner in corners if corner.x <= x]
        assert y <= max(reached)


# The terminal


def canvas_of(text: str) -> list[str]:
    """The lines of the plot between the vertical axis and the end, without the heading."""
    lines = [line for line in bare(text).splitlines() if re.search("[│|]", line)]
    return [re.split("[│|]", line, maxsplit=1)[1] for line in lines][-HEIGHT:]


@given(PAIRS, st.sampled_from([20, 40, 80, 200]))
def test_every_point_is_a_dot(pairs: list[tuple[int, int]], width: int) -> None:
    """Dots are read back from the bits of the Braille patterns (Unicode 6.0, block 2800)."""
    rows = canvas_of(plot_text(plot_of(pairs), Style(width)))
    bits = {0: (0, 0), 1: (0, 1), 2: (0, 2), 3: (1, 0), 4: (1, 1), 5: (1, 2), 6: (0, 3), 7: (1, 3)}
    dots = set()
    for row, line in enumerate(rows):
        for column, character in enumerate(line):
            pattern = ord(character) - 0x2800 if character != " " else 0
            found = [bits[bit] for bit in range(8) if pattern >> bit & 1]
            dots |= {(2 * column + right, 4 * row + down) for right, down in found}
    assert 0 < len(dots) <= len(set(pairs))
    xs, ys = {x for x, _ in pairs}, {y for _, y in pairs}
    if len(xs) > 1:  # the smallest number is at the axis, and the largest at the other end
        assert min(x for x, _ in dots) == 0
        assert max(x for x, _ in dots) > 2 * (max(map(len, rows)) - 1) - 1
    if len(ys) > 1:
        assert {y for _, y in dots} >= {0, 4 * HEIGHT - 1}


@given(PAIRS, st.integers(20, 120), st.booleans(), st.booleans())
def test_a_plot_fits_the_terminal(
    pairs: list[tuple[int, int]], width: int, color: bool, has_unicode: bool
) -> None:
    text = plot_text(plot_of(pairs, "the front"), Style(width, color, unicode=has_unicode))
    assert all(len(line) <= width for line in bare(text).splitlines())
    assert has_unicode or text.isascii()
    assert color == ("\x1b[" in text)
    marks = bare(text).count("●" if has_unicode else "*") - 1  # one is in the heading
    assert 1 <= marks <= len(on_front(pairs))


def test_the_front_is_marked_without_color() -> None:
    text = plot_text(plot_of([(0, 0), (1, 9), (2, 5)], "the front"), Style(40, unicode=False))
    assert text.splitlines()[0] == "top-1 over MACs; * the front"
    assert canvas_of(text)[0].strip() == "*"


def test_a_distribution_is_one_line() -> None:
    text = plot_text(distribution("RAM", "bytes", [1024, 2048, 2048, 4096]), Style(40))
    rows = canvas_of(text)
    assert text.startswith("share of the variants over RAM\n100 % │")
    assert all(row.strip() for row in rows)  # it is connected from 0 to 100 %
    assert text.splitlines()[-1].split("  ")[-1].strip() == "4 KiB"


# SVG


@given(PAIRS)
def test_the_figure_has_every_point(pairs: list[tuple[int, int]]) -> None:
    text = plot_svg(plot_of(pairs, "the front"), "a <title> & more")
    root = ET.fromstring(text)
    assert text.isascii()
    circles = root.findall(".//{*}g/{*}circle")
    named = [one for one in circles if one.find("{*}title") is not None]
    assert len(named) == len(pairs)
    assert all(72 <= float(one.attrib["cx"]) <= 620 for one in named)
    assert all(36 <= float(one.attrib["cy"]) <= 368 for one in named)
    assert root.findtext("{*}title") == "a <title> & more"
    # A larger x is further to the right, and a larger y further up.
    places = {
        int(one.findtext("{*}title", "").removeprefix("variant ")): one.attrib for one in named
    }
    for one, other in pairwise(range(len(pairs))):
        if pairs[one][0] < pairs[other][0]:
            assert float(places[one]["cx"]) < float(places[other]["cx"])
        if pairs[one][1] < pairs[other][1]:
            assert float(places[one]["cy"]) > float(places[other]["cy"])
