"""The figure for papers: its contents and scale, and that nothing overlaps."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET
from itertools import pairwise
from math import sqrt

import pytest

from cnncalc.engine.analysis import Analysis
from cnncalc.shape import Shape
from cnncalc.views.graph.figure.assembly import WIDTH
from cnncalc.views.graph.figure.items import Drawing, figure
from cnncalc.views.graph.figure.layout import LETTER, MARGIN, FigureLayout, figure_layout, middle
from cnncalc.views.graph.figure.solids import Solid, scale_of, solid_of
from cnncalc.views.graph.figure.svg import graph_svg
from cnncalc.views.graph.graph import folded_graph

from .support.networks import NAMES_OF_BUNDLED, bundled, report_of


def figure_of(report: Analysis, depth: int = 1) -> Drawing:
    return figure(folded_graph(report, depth), report)


def written(report: Analysis, depth: int = 1, width: float = WIDTH) -> list[ET.Element]:
    """The texts of a picture, in the order of the file."""
    root = ET.fromstring(graph_svg(folded_graph(report, depth), report, width))
    return list(root.iter("{http://www.w3.org/2000/svg}text"))


def described(figure: Drawing) -> list[str]:
    """Every item with its operation, shape, in-place operations and outputs."""
    return [
        " ".join((item.name, *item.operation, "->", str(item.shape), *item.after, *item.ends))
        for item in figure.items
    ]


# Contents


def test_alexnet() -> None:
    """The maps of Krizhevsky et al. 2012, Drawing 2, with its pooling between them."""
    drawn = figure_of(bundled("alexnet"))
    assert described(drawn) == [
        "input -> 3x227x227",
        "conv1 conv 11x11 /4 -> 96x55x55 relu lrn",
        "pool1 maxpool 3x3 /2 -> 96x27x27",
        "conv2 conv 5x5 groups 2 -> 256x27x27 relu lrn",
        "pool2 maxpool 3x3 /2 -> 256x13x13",
        "conv3 conv 3x3 -> 384x13x13 relu",
        "conv4 conv 3x3 groups 2 -> 384x13x13 relu",
        "conv5 conv 3x3 groups 2 -> 256x13x13 relu",
        "pool5 maxpool 3x3 /2 -> 256x6x6",
        "fc6 linear -> 4096 relu dropout",
        "fc7 linear -> 4096 relu dropout",
        "fc8 linear -> 1000",
    ]
    assert [(link.source, link.target) for link in drawn.links] == list(pairwise(range(12)))
    assert [link.words for link in drawn.links if link.words] == [("flatten",)]


def test_skips_of_unet() -> None:
    """Four, each over the next (Ronneberger et al. 2015, Drawing 1)."""
    drawn = figure_layout(figure_of(bundled("unet")), WIDTH)
    (row,) = drawn.rows
    names = [item.item.name for item in drawn.placed]
    skips = [(names[arc.link.source], names[arc.link.target], arc.level) for arc in row.arcs]
    assert skips == [
        ("down.3", "up.0", 1),
        ("down.2", "up.1", 2),
        ("down.1", "up.2", 3),
        ("down.0", "up.3", 4),
    ]
    assert [link.words for link in figure_of(bundled("unet"), 2).links if "crop" in link.words] == [
        ("crop",)
    ] * 4


def test_side_chains_are_named_where_they_leave() -> None:
    """The auxiliary classifiers of GoogLeNet read 4a and 4d (Szegedy et al. 2015, section 5)."""
    ends = {item.name: item.ends for item in figure_of(bundled("googlenet")).items if item.ends}
    assert ends == {"4a": ("aux1: 1000",), "4d": ("aux2: 1000",)}


@pytest.mark.parametrize(
    ("steps", "items", "links"),
    [
        # An operation on a map that two layers read belongs to the path to one of them.
        (
            "{conv: 4, name: a}, bn, relu, {conv: 4, name: b}, {add: [a, []]}",
            ["input", "a", "b", "add1"],
            [(0, 1, ()), (1, 2, ("bn", "relu")), (2, 3, ()), (1, 3, ())],
        ),
        ("relu, {conv: 4}", ["input relu", "conv1"], [(0, 1, ())]),
        (
            "flatten",
            ["input", "flatten1"],
            [(0, 1, ())],
        ),  # nothing reads it: the arrow has nowhere to go
        ("flatten, relu, {linear: 3}", ["input", "linear1"], [(0, 1, ("flatten", "relu"))]),
        ("{chunk: 3, name: c}, {from: c.0}", ["input", "c"], [(0, 1, ())]),
    ],
)
def test_layers_without_a_map(
    steps: str, items: list[str], links: list[tuple[int, int, tuple[str, ...]]]
) -> None:
    drawn = figure_of(report_of(f"input: 3x8x8\nlayers: [{steps}]\n"))
    assert [" ".join((item.name, *item.after)) for item in drawn.items] == items
    assert sorted(drawn.links) == sorted(links)


def test_inputs_are_before_their_readers() -> None:
    text = "input: {a: 3x8x8, b: 5x8x8}\nlayers: [{conv: 4, from: a}, {concat: [b, []]}]\n"
    assert [item.name for item in figure_of(report_of(text)).items] == [
        "a",
        "conv1",
        "b",
        "concat1",
    ]


# To scale


@pytest.mark.parametrize(
    ("shape", "labels", "flat"),
    [
        ("3x224x112", ("224", "112", "3"), False),
        ("8x16x56x28", ("56", "28", "8x16"), False),
        ("64x200", ("200", "", "64"), True),
        ("64", ("", "", "64"), False),
    ],
)
def test_shapes_of_all_kinds(shape: str, labels: tuple[str, str, str], flat: bool) -> None:
    drawn = figure_of(report_of(f"input: {shape}\nlayers: [relu]\n"))
    solid = solid_of(drawn.items[0], scale_of(drawn))
    assert (solid.left, solid.edge, solid.below) == labels and (solid.slant == 0) == flat


def test_sides_are_proportional_to_square_roots() -> None:
    drawn = figure_of(bundled("alexnet"))
    solids = {item.name: solid_of(item, scale_of(drawn)) for item in drawn.items}
    first, second = solids["conv1"], solids["conv3"]
    assert second.height / first.height == pytest.approx(sqrt(13 / 55))
    assert second.slant / first.slant == pytest.approx(sqrt(13 / 55))
    assert second.width / first.width == pytest.approx(sqrt(384 / 96))
    assert solids["fc8"].height / solids["fc6"].height == pytest.approx(sqrt(1000 / 4096))


Corners = list[tuple[float, float]]


def faces(text: str) -> list[list[Corners]]:
    """The faces of each box, in the order of the file: front, top and right."""
    boxes = re.findall(r"<title>.*</title>\n((?:<polygon .*\n)+)", text)
    found = [[corners(points) for points in re.findall(r'points="(.*?)"', box)] for box in boxes]
    return found


def corners(points: str) -> Corners:
    return [(float(x), float(y)) for x, y in (point.split(",") for point in points.split())]


@pytest.mark.parametrize(
    "text", ["input: 3x224x112\nlayers: [{conv: 16, kernel: 3, stride: 2}, flatten, {linear: 9}]\n"]
)
def test_faces_are_those_of_the_solids(text: str) -> None:
    """The corners of each box in the file are those of its solid around the axis."""
    report = report_of(text)
    drawn = figure_of(report)
    placed = figure_layout(drawn, WIDTH)
    found = faces(graph_svg(folded_graph(report, 1), report))
    assert len(found) == len(drawn.items) == 3
    for one, (front, top, right) in zip(placed.placed, found, strict=True):
        solid: Solid = one.solid
        axis = placed.rows[0].axis
        low, high = axis + solid.half, axis - solid.half + solid.slant
        assert front == near(
            (one.x, high), (one.x + solid.width, high), (one.x + solid.width, low), (one.x, low)
        )
        back = [(x + solid.slant, y - solid.slant) for x, y in front]
        assert top == near(front[0], back[0], back[1], front[1])
        assert right == near(front[1], back[1], back[2], front[2])
    image = placed.placed[0].solid
    assert image.slant / image.height == pytest.approx(
        sqrt(112 / 224) / sqrt(8)
    )  # half the length, at 45 degrees


def near(*points: tuple[float, float]) -> list[object]:
    """Points to the tenth of a pixel to which the file has them, twice where one is of another."""
    return [pytest.approx(point, abs=0.11) for point in points]


def test_an_arrow_meets_the_edge_of_a_wide_box() -> None:
    """The front of a very wide map is below the axis: the arrow ends at its slanted edge."""
    report = report_of("input: 3x8x800\nlayers: [{conv: 4, padding: 1, kernel: 3}]\n")
    text = graph_svg(folded_graph(report, 1), report)
    _, (front, top, _) = faces(text)
    (end_x, end_y), *_ = corners(re.findall(r'<polygon points="(\S+ \S+ \S+)" fill', text)[-1])
    assert front[0][1] > end_y and end_x - front[0][0] == pytest.approx(
        front[0][1] - end_y, abs=0.21
    )
    assert top[0][0] < end_x < top[1][0]


# Everything is drawn, and apart


def check_plan(drawn: Drawing, placed: FigureLayout) -> None:
    arcs = [arc for row in placed.rows for arc in row.arcs]
    leaving = [tag for tag in placed.tags if not tag.arrives]
    known = {
        (link.source, link.target, link.words)
        for link in (*placed.straight, *(arc.link for arc in arcs))
    }
    left = [link for link in drawn.links if (link.source, link.target, link.words) not in known]
    assert {link.source for link in left} == {tag.item for tag in leaving}
    assert {link.target for link in left} == {tag.item for tag in placed.tags if tag.arrives}
    assert [index for row in placed.rows for index in row.items] == list(range(len(drawn.items)))
    for row in placed.rows:
        for one, other in pairwise(row.items):
            assert placed.placed[one].right < placed.placed[other].x
        for arc, neighbor in (
            (arc, neighbor) for arc in row.arcs for neighbor in row.arcs if arc is not neighbor
        ):
            meet = arc.link.source < neighbor.link.target and neighbor.link.source < arc.link.target
            assert not meet or arc.level != neighbor.level
    for above, below in pairwise(placed.rows):
        assert above.bottom < below.ceiling


def boxes_of(texts: list[ET.Element]) -> list[tuple[float, float, float, float, str]]:
    """The boxes of texts: left, top, right, bottom, by the usual width of a letter."""
    found = []
    for one in texts:
        words, size = one.text or "", float(one.get("font-size", "10"))
        width = len(words) * LETTER * size / 10
        left = (
            float(one.get("x", ""))
            - {"end": width, "middle": width / 2, "start": 0}[one.get("text-anchor", "start")]
        )
        bottom = float(one.get("y", ""))
        found.append((left, bottom - 0.7 * size, left + width, bottom, words))
    return found


@pytest.mark.slow
@pytest.mark.parametrize("name", NAMES_OF_BUNDLED[::3])
def test_everything_is_drawn_and_no_text_on_another(name: str) -> None:
    report = bundled(name)
    for width in (WIDTH, 500):
        drawn = figure_of(report)
        check_plan(drawn, figure_layout(drawn, width))
        check_page(graph_svg(folded_graph(report, 1), report, width))
        texts = sorted(boxes_of(written(report, 1, width)))
        for number, one in enumerate(texts):
            for other in texts[number + 1 :]:
                apart = other[0] >= one[2] or other[1] >= one[3] - 0.5 or one[1] >= other[3] - 0.5
                assert apart, (one[4], other[4])


@pytest.mark.parametrize(
    ("name", "depth"),
    [("googlenet", 2), ("resnet18", 3), ("unet", 9), ("dpn68", 3), ("densenet121", 3)],
)
def test_everything_is_drawn_of_expanded_groups(name: str, depth: int) -> None:
    drawn = figure_of(bundled(name), depth)
    check_plan(drawn, figure_layout(drawn, WIDTH))
    check_page(graph_svg(folded_graph(bundled(name), depth), bundled(name)))


def check_page(text: str) -> None:
    """Every line and face is on the page, and so is every text, by the usual width of a letter."""
    root = ET.fromstring(text)
    width, height = float(root.get("width", "")), float(root.get("height", ""))
    points = [point for found in re.findall(r'points="(.*?)"', text) for point in corners(found)]
    boxes = boxes_of(list(root.iter("{http://www.w3.org/2000/svg}text")))
    points += [
        corner for left, top, right, bottom, _ in boxes for corner in ((left, top), (right, bottom))
    ]
    assert all(-0.01 <= x <= width + 0.01 and -0.01 <= y <= height + 0.01 for x, y in points)


def test_rows_are_as_narrow_as_their_number_allows() -> None:
    drawn = figure_of(bundled("alexnet"))
    (row,) = figure_layout(drawn, WIDTH).rows
    assert len(row.items) == 12
    two = figure_layout(drawn, 800)
    assert len(two.rows) == 2 and two.width < 800
    assert len(two.rows[1].items) > 3
    assert len(figure_layout(drawn, 100).rows) == 12


def test_sizes_are_labeled() -> None:
    """Channels are below each map, height and width at its edges.

    Vectors and maps of one position have all sizes below.
    """
    report = bundled("lenet5")
    words = [one.text for one in written(report)]
    for item in figure_of(report).items:
        position = words.index(item.name)
        sizes = [str(size) for size in (*item.shape[1:], item.shape.channels)]
        if item.shape[1:] == (1, 1):
            sizes = [str(item.shape)]
        assert words[position - len(sizes) : position] == sizes


def test_captions_are_centered_below_boxes() -> None:
    placed = figure_layout(figure_of(bundled("lenet5")), WIDTH)
    positions = {one.text: float(one.get("x", "")) for one in written(bundled("lenet5"))}
    for one in placed.placed:
        assert positions[one.item.name] == pytest.approx(middle(one), abs=0.06) and one.x > MARGIN


def test_the_legend_names_the_classes_that_occur() -> None:
    assert [one.text for one in written(bundled("alexnet"))][-3:] == [
        "convolution",
        "dense",
        "pooling",
    ]
    assert "convolution" not in [
        one.text for one in written(report_of("input: 3x8x8\nlayers: [{conv: 4}]\n"))
    ]


def test_a_volume_keeps_its_depth() -> None:
    (first, *_) = figure_of(bundled("s3d")).items
    assert first.shape == Shape((3, 16, 224, 224)) and "3x16" in [
        one.text for one in written(bundled("s3d"))
    ]
