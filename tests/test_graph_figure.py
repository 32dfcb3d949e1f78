"""The figure for papers: its contents and scale, and that nothing overlaps."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET
from itertools import combinations, pairwise
from math import sqrt
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cnncalc.engine.analysis import Analysis
from cnncalc.shape import Shape
from cnncalc.views.graph.figure.assembly import figure_geometry
from cnncalc.views.graph.figure.blocks import Spot
from cnncalc.views.graph.figure.cells import LETTER
from cnncalc.views.graph.figure.details import figure_graph
from cnncalc.views.graph.figure.geometry import FigureGeometry, FigureText
from cnncalc.views.graph.figure.items import Drawing, drawing_of
from cnncalc.views.graph.figure.layout import FigureLayout, figure_layout
from cnncalc.views.graph.figure.repeats import with_repeats
from cnncalc.views.graph.figure.solids import VECTOR, scale_of, solid_of
from cnncalc.views.graph.figure.structure import Mesh, Parallel, links_of, structure
from cnncalc.views.graph.figure.styles import (
    DEFAULTS,
    FLOWS,
    STYLES,
    FigureFlow,
    FigureOptions,
    FigureStyle,
)
from cnncalc.views.graph.figure.svg import graph_svg
from cnncalc.views.graph.graph import collapsed_graph

from .support.networks import NAMES_OF_BUNDLED, bundled, report_of
from .support.paths import ROOT


def figure_of(report: Analysis, depth: int = 1) -> Drawing:
    return drawing_of(collapsed_graph(report, depth), report).main


def layout_of(report: Analysis, options: FigureOptions = DEFAULTS) -> FigureLayout:
    return figure_layout(drawing_of(figure_graph(report), report), options)


def geometry_of(report: Analysis, options: FigureOptions = DEFAULTS) -> FigureGeometry:
    return figure_geometry(figure_graph(report), report, options)


def written(report: Analysis, options: FigureOptions = DEFAULTS) -> list[ET.Element]:
    """The texts of a picture, in the order of the file."""
    root = ET.fromstring(graph_svg(figure_graph(report), report, options))
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


def test_a_group_of_one_block_is_that_block() -> None:
    """The four stages of ResNet-50: He et al. 2016, Table 1."""
    drawn = figure_of(bundled("resnet50"))
    stages = [item.operation for item in drawn.items if item.name.startswith("stage")]
    assert stages == [(f"bottleneck \u00d7{times}",) for times in (3, 4, 6, 3)]


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
    spots = layout_of(report).block.spots
    found = faces(graph_svg(collapsed_graph(report, 1), report))
    assert len(found) == len(spots) == 3
    for (_, one), (front, top, right) in zip(sorted(spots.items()), found, strict=True):
        solid, left = one.cell.solid, one.along
        low, high = one.across + solid.half, one.across - solid.half + solid.slant
        assert front == near(
            (left, high), (left + solid.width, high), (left + solid.width, low), (left, low)
        )
        back = [(x + solid.slant, y - solid.slant) for x, y in front]
        assert top == near(front[0], back[0], back[1], front[1])
        assert right == near(front[1], back[1], back[2], front[2])
    image = spots[0].cell.solid
    assert image.slant / image.height == pytest.approx(
        sqrt(112 / 224) / sqrt(8)
    )  # half the length, at 45 degrees


def near(*points: tuple[float, float]) -> list[object]:
    """Points to the tenth of a pixel to which the file has them, twice where one is of another."""
    return [pytest.approx(point, abs=0.11) for point in points]


def test_an_arrow_meets_the_edge_of_a_wide_box() -> None:
    """The front of a very wide map is below the axis: the arrow ends at its slanted edge."""
    report = report_of("input: 3x8x800\nlayers: [{conv: 4, padding: 1, kernel: 3}]\n")
    text = graph_svg(collapsed_graph(report, 1), report)
    _, (front, top, _) = faces(text)
    (end_x, end_y), *_ = corners(re.findall(r'<polygon points="(\S+ \S+ \S+)" fill', text)[-1])
    assert front[0][1] > end_y and end_x - front[0][0] == pytest.approx(
        front[0][1] - end_y, abs=0.21
    )
    assert top[0][0] < end_x < top[1][0]


# Structure


def shape_of(text: str) -> list[object]:
    """The structure of a drawing, with the names of its items."""
    drawn = figure_of(report_of(text), 9)

    def named(element: object) -> object:
        if isinstance(element, Parallel):
            branches = [[named(one) for one in branch.elements] for branch in element.branches]
            return {"branches": branches, "direct": element.direct is not None}
        if isinstance(element, Mesh):
            return {drawn.items[item].name for item in element.items}
        assert isinstance(element, int)
        return drawn.items[element].name

    return [named(element) for element in structure(drawn)]


def test_branches_are_between_their_split_and_their_join() -> None:
    text = "input: 4x8x8\nlayers: [{conv: 4, name: a}, {add: [[{conv: 4, name: b}], []], name: c}]"
    assert shape_of(text) == ["input", "a", {"branches": [["b"]], "direct": True}, "c"]
    inception = Path(ROOT / "docs" / "examples" / "inception.yaml").read_text("utf-8")
    branches = [["conv1"], ["conv2", "conv3"], ["conv4", "conv5"], ["maxpool1", "conv6"]]
    assert shape_of(inception) == ["input", {"branches": branches, "direct": False}, "concat1"]


def test_branches_in_branches() -> None:
    text = """\
input: 4x8x8
layers:
  - concat:
      - - {conv: 4, name: a}
        - {add: [[{conv: 4, name: b}], []], name: c}
      - [{conv: 4, name: d}]
    name: e
"""
    inner = ["a", {"branches": [["b"]], "direct": True}, "c"]
    assert shape_of(text) == ["input", {"branches": [inner, ["d"]], "direct": False}, "e"]


def test_two_inputs_are_branches() -> None:
    text = "input: {a: 4x8x8, b: 4x8x8}\nlayers: [{conv: 4, from: b, name: c}, {add: [a, []]}]"
    assert shape_of(text) == [{"branches": [["b", "c"], ["a"]], "direct": False}, "add1"]


def test_what_is_not_side_by_side_is_a_mesh() -> None:
    """Each cell of NASNet reads the two before it: none of them is a branch of another."""
    text = """\
input: 4x8x8
layers:
  - {conv: 4, name: a}
  - {conv: 4, name: b}
  - {add: [a, b], name: c}
  - {add: [b, c], name: d}
  - {conv: 4, name: e}
"""
    assert shape_of(text) == ["input", {"a", "b", "c", "d"}, "e"]


# Repetitions


def test_equal_items_in_a_row_are_one() -> None:
    drawn = with_repeats(figure_of(bundled("convmixer_1536_20")))
    assert [(item.name, item.times) for item in drawn.items if item.times > 1] == [
        ("layer.0 ... 19", 20)
    ]
    assert [link[:2] for link in drawn.links] == list(pairwise(range(len(drawn.items))))


def test_a_value_that_all_equal_items_give_is_one_arrow() -> None:
    """The 40 blocks of WaveNet are added (van den Oord et al. 2016, Figure 4)."""
    drawn = with_repeats(figure_of(bundled("wavenet")))
    names = [item.name for item in drawn.items]
    (block,) = [number for number, item in enumerate(drawn.items) if item.times == 40]
    assert [link.target for link in drawn.links if link.source == block] == [names.index("add1")]


@pytest.mark.parametrize(
    "steps",
    [
        "{conv: 4}, {conv: 4}",  # two are drawn
        "{conv: 4, kernel: 1}, {conv: 4, kernel: 3, padding: 1}, {conv: 4, kernel: 1}",
        "{conv: 4, name: a}, {conv: 4, name: b}, {conv: 4, name: c}, {add: [b, []]}",
    ],
)
def test_different_items_are_apart(steps: str) -> None:
    drawn = figure_of(report_of(f"input: 4x8x8\nlayers: [{steps}]\n"))
    assert with_repeats(drawn).items == drawn.items


def test_shared_weights_are_marked() -> None:
    text = Path(ROOT / "docs" / "examples" / "siamese.yaml").read_text("utf-8")
    drawn = figure_of(report_of(text))
    assert [item.name for item in drawn.items if item.shared == ("tower",)] == ["first", "second"]
    words = [one.text for one in written(report_of(text))]
    assert words.count("shared: tower") == 2
    expanded = figure_of(report_of(text), 2)
    weighted = [
        item.name for item in expanded.items if item.operation[:1] in (("conv",), ("linear",))
    ]
    assert [item.name for item in expanded.items if item.shared] == weighted[:-1]


# A U


def lanes(name: str) -> list[list[str]]:
    """The names of the items at each height, from the top, each from left to right."""
    found: dict[float, list[Spot]] = {}
    for spot in layout_of(bundled(name)).block.spots.values():
        found.setdefault(round(spot.across, 3), []).append(spot)
    rows = [found[across] for across in sorted(found)]
    return [[one.cell.item.name for one in sorted(row, key=lambda one: one.along)] for row in rows]


def test_unet_is_a_u() -> None:
    """Ronneberger et al. 2015, Figure 1: five sizes of maps, with four copies between them."""
    upper = [
        [f"down.{level}.features", f"up.{3 - level}.concat1", f"up.{3 - level}.features"]
        for level in range(4)
    ]
    assert lanes("unet") == [
        ["input", *upper[0], "classifier"],
        *([f"down.{level}.pool", *upper[level + 1]] for level in range(3)),
        ["down.3.pool", "bottom"],
    ]
    found = layout_of(bundled("unet"))
    crops = [wire for wire in found.block.wires if "crop" in wire.words]
    assert len(crops) == 4 and all(len({y for _, y in wire.points}) == 1 for wire in crops)


@pytest.mark.parametrize("name", ["unet_padded", "unet3d", "vnet", "fpn_resnet18", "yolov3"])
def test_encoders_and_decoders_are_a_u(name: str) -> None:
    rows = [len(row) for row in lanes(name)]
    assert len(rows) >= 3 and rows[0] > rows[-1] > 0


@pytest.mark.parametrize(
    "name", ["resnet18", "densenet121", "googlenet", "ssd300", "slowfast_r50_8x8"]
)
def test_classifiers_are_not(name: str) -> None:
    drawn = drawing_of(figure_graph(bundled(name)), bundled(name))
    assert layout_of(bundled(name)).drawing == with_repeats(drawn.main)


def test_pathways_are_lanes() -> None:
    """The slow and the fast pathway (Feichtenhofer et al. 2019, Figure 1); results are in one."""
    slow, fast = lanes("slowfast_r50_8x8")
    assert fast[:6] == ["fast", "fast0", "fast1", "fast2", "fast3", "fast4"]
    assert slow[:4] == ["slow", "slow_stem", "slow0", "slow_stage1"] and "classifier" in slow


def test_outputs_of_a_u_are_drawn() -> None:
    """The pyramid of maps that FPN puts out (Lin et al. 2017, Figure 3)."""
    ends = [item.ends for item in layout_of(bundled("fpn_resnet18")).drawing.items]
    assert {("p2",), ("p3",), ("p4",), ("p6",)} <= set(ends)


# Everything is drawn, and apart


Box = tuple[float, float, float, float]


def text_box(text: FigureText) -> Box:
    """The box of a text: left, top, right, bottom, by the usual width of a letter."""
    width = len(text.words) * LETTER * text.size / 10
    left = text.x - {"end": width, "middle": width / 2, "start": 0}[text.anchor]
    return left, text.y - 0.7 * text.size, left + width, text.y


def overlap(one: Box, other: Box, by: float = 0.5) -> bool:
    return (
        one[0] < other[2] - by
        and other[0] < one[2] - by
        and one[1] < other[3] - by
        and other[1] < one[3] - by
    )


def texts_of(found: FigureGeometry) -> list[FigureText]:
    texts = [text for box in found.boxes for text in box.texts]
    texts += [text for arrow in found.arrows for text in arrow.texts]
    return [*texts, *(swatch.text for swatch in found.swatches), *found.caption]


def fronts_of(found: FigureGeometry) -> list[Box]:
    """The fronts of the boxes, and the discs of joins."""
    fronts = []
    for box in found.boxes:
        if box.radius:
            (x, y), radius = box.center, box.radius
            fronts.append((x - radius, y - radius, x + radius, y + radius))
        for face in box.faces[:1]:
            xs, ys = zip(*face.points, strict=True)
            fronts.append((min(xs), min(ys), max(xs), max(ys)))
    return fronts


def check_geometry(found: FigureGeometry) -> None:
    """No text is on another or on a box, and everything is on the page."""
    signs = {box.texts[0] for box in found.boxes if box.radius}
    texts = [(text_box(text), text.words) for text in texts_of(found) if text not in signs]
    for (one, word), (other, others) in combinations(sorted(texts), 2):
        assert not overlap(one, other), (word, others)
    fronts = fronts_of(found)
    for front in fronts:
        for box, words in texts:
            assert not overlap(front, box), words
    for front, other in combinations(fronts, 2):
        assert not overlap(front, other)
    points = [point for box in found.boxes for face in box.faces for point in face.points]
    points += [point for arrow in found.arrows for point in arrow.points]
    points += [
        point for (left, top, right, low), _ in texts for point in ((left, top), (right, low))
    ]
    assert all(-0.01 <= x <= found.width + 0.01 for x, _ in points)
    assert all(-0.01 <= y <= found.height + 0.01 for _, y in points)


def check_links(layout: FigureLayout) -> None:
    """Every item has a place, and arrows end at every item that reads another."""
    assert sorted(layout.block.spots) == list(range(len(layout.drawing.items)))
    ends = {(round(x, 3), round(y, 3)) for wire in layout.block.wires for x, y in wire.points[-1:]}
    for number, spot in layout.block.spots.items():
        if links_of(layout.drawing).sources.get(number):
            x, y = spot.entry
            top = spot.across - spot.cell.top
            found = (round(x, 3), round(y, 3)) in ends
            assert found or any(abs(y - top) < 0.01 for _, y in ends), layout.drawing.items[number]


FAMILIES = sorted({name.partition("_")[0]: name for name in NAMES_OF_BUNDLED}.values())


@pytest.mark.slow
@pytest.mark.parametrize("name", NAMES_OF_BUNDLED)
def test_no_text_is_on_another(name: str) -> None:
    for flow in (None, "down"):
        check_geometry(geometry_of(bundled(name), FigureOptions(flow=flow)))


@pytest.mark.parametrize("style", STYLES)
@pytest.mark.parametrize("name", FAMILIES[::4])
def test_everything_is_drawn_and_no_text_is_on_another(name: str, style: FigureStyle) -> None:
    for flow in (None, *FLOWS):
        for width in (1100, 500):
            options = FigureOptions(width, flow, style, "gray", "A caption. " * 9)
            check_geometry(geometry_of(bundled(name), options))
            check_links(layout_of(bundled(name), options))


@pytest.mark.parametrize(
    ("name", "depth"),
    [("googlenet", 2), ("resnet18", 3), ("unet", 9), ("dpn68", 3), ("densenet121", 3)],
)
def test_everything_is_drawn_of_expanded_groups(name: str, depth: int) -> None:
    report = bundled(name)
    graph = collapsed_graph(report, depth)
    for flow in (None, *FLOWS):
        options = FigureOptions(flow=flow)
        check_geometry(figure_geometry(graph, report, options))
        check_links(figure_layout(drawing_of(graph, report), options))


STEPS = st.lists(
    st.tuples(st.sampled_from(["conv", "pool", "up", "add"]), st.integers(0, 30)), max_size=12
)


@settings(max_examples=60, deadline=None)
@given(STEPS, st.sampled_from([None, *FLOWS]), st.sampled_from(STYLES))
def test_any_graph_is_drawn_apart(
    steps: list[tuple[str, int]], flow: FigureFlow | None, style: FigureStyle
) -> None:
    """Chains, skips and joins at random: layers that keep 4x16x16, read from any before."""
    lines = ["input: 4x16x16", "layers:", "  - {conv: 4, kernel: 1, name: s0}"]
    for number, (kind, back) in enumerate(steps, 1):
        source = f"s{back % number}"
        lines.append(
            {
                "conv": f"  - {{conv: 4, kernel: 1, name: s{number}, from: {source}}}",
                "pool": f"  - {{layers: [{{maxpool: 2}}, {{upsample: 2}}], name: s{number}}}",
                "up": f"  - {{conv: 4, kernel: 3, padding: 1, name: s{number}}}",
                "add": f"  - {{add: [{source}, []], name: s{number}}}",
            }[kind]
        )
    report = report_of("\n".join(lines) + "\n")
    options = FigureOptions(flow=flow, style=style)
    check_geometry(figure_geometry(collapsed_graph(report, 9), report, options))


# Rows, labels, the legend


def test_rows_are_as_narrow_as_their_number_allows() -> None:
    def rows(width: float) -> list[int]:
        axes = [
            spot.across for spot in layout_of(report, FigureOptions(width)).block.spots.values()
        ]
        return [axes.count(axis) for axis in sorted(set(axes))]

    report = bundled("alexnet")
    assert rows(1100) == [12]
    first, second = rows(800)
    assert first + second == 12 and second > 3
    assert rows(100) == [1] * 12
    assert layout_of(report, FigureOptions(800)).length < 800


@pytest.mark.parametrize("name", ["unet", "nasnetamobile", "sd_v1_unet"])
def test_what_cannot_be_in_rows_is_made_smaller(name: str) -> None:
    wide, narrow = (geometry_of(bundled(name), FigureOptions(width)) for width in (9000, 500))
    assert narrow.width == 500 < wide.width < 9000
    by = narrow.width / wide.width
    assert narrow.height == pytest.approx(wide.height * by)
    sizes = [[text.size for text in texts_of(found)] for found in (wide, narrow)]
    assert sizes[1] == pytest.approx([size * by for size in sizes[0]])


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


@pytest.mark.parametrize("options", [FigureOptions(style="flat"), FigureOptions(flow="down")])
def test_flat_and_lying_maps_have_their_whole_shape(options: FigureOptions) -> None:
    words = [one.text for one in written(bundled("alexnet"), options)]
    for item in figure_of(bundled("alexnet")).items:
        assert str(item.shape) in words


def test_a_vector_is_not_as_tall_as_a_map() -> None:
    drawn = figure_of(bundled("alexnet"))
    heights = {item.name: solid_of(item, scale_of(drawn)).height for item in drawn.items}
    assert heights["fc6"] == VECTOR < heights["input"] * 0.6
    assert heights["fc8"] < heights["fc6"]


def test_captions_are_centered_below_boxes() -> None:
    positions = {one.text: float(one.get("x", "")) for one in written(bundled("lenet5"))}
    for spot in layout_of(bundled("lenet5")).block.spots.values():
        middle = spot.along + spot.cell.solid.width / 2
        assert positions[spot.cell.item.name] == pytest.approx(middle, abs=0.06)


def test_the_legend_names_the_classes_that_occur() -> None:
    assert [one.text for one in written(bundled("alexnet"))][-3:] == [
        "convolution",
        "dense",
        "pooling",
    ]
    assert "convolution" not in [
        one.text for one in written(report_of("input: 3x8x8\nlayers: [{conv: 4}]\n"))
    ]


def test_a_caption_is_below_in_lines() -> None:
    words = "Feature maps of AlexNet, " * 12
    found = geometry_of(bundled("alexnet"), FigureOptions(caption=words))
    assert " ".join(line.words for line in found.caption) == words.strip()
    assert len(found.caption) > 1
    assert min(line.y for line in found.caption) > max(one.text.y for one in found.swatches)


def test_gray_has_no_colors_and_differs_by_lines() -> None:
    """The frames of arrows are those of every figure."""
    text = graph_svg(figure_graph(bundled("alexnet")), bundled("alexnet"), GRAY)
    boxes = "".join(re.findall(r"<g><title>.*?</g>", text, re.DOTALL))
    colors = set(re.findall(r'(?:fill|stroke)="#(\w{2})(\w{2})(\w{2})"', boxes))
    assert all(red == green == blue for red, green, blue in colors - {("57", "60", "6a")})
    found: dict[str, set[tuple[bool, bool]]] = {}
    for box in geometry_of(bundled("alexnet"), GRAY).boxes:
        found[box.kind] = {is_even(*stroke.points) for stroke in box.strokes}
    slope, level = (False, False), (False, True)
    assert found == {"other": set(), "conv": set(), "pool": {slope}, "dense": {level}}


def is_even(start: tuple[float, float], end: tuple[float, float]) -> tuple[bool, bool]:
    """Whether a line is upright, and whether it is level."""
    return start[0] == end[0], start[1] == end[1]


GRAY = FigureOptions(palette="gray")


def test_a_volume_keeps_its_depth() -> None:
    (first, *_) = figure_of(bundled("s3d")).items
    assert first.shape == Shape((3, 16, 224, 224)) and "3x16" in [
        one.text for one in written(bundled("s3d"))
    ]
