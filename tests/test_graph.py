"""The graph of a collapsed network, and `cnncalc graph`: numbers and edges are those of `show`."""

from __future__ import annotations

import html
import json
import re
import xml.etree.ElementTree as ET
from collections.abc import Iterator
from pathlib import Path

import pytest

from cnncalc.engine import analyse
from cnncalc.engine.analysis import Analysis
from cnncalc.network import Network, Value
from cnncalc.views.graph.graph import Cluster, Graph, collapsed_graph
from cnncalc.views.graph.mermaid import graph_mermaid

from .support.mermaid import decoded
from .support.networks import NAMES_OF_BUNDLED, bundled, read, report_of
from .support.paths import ROOT, TESTS
from .support.processes import cnncalc

GOOD = sorted((TESTS / "networks" / "good").glob("*.yaml"))
DEPTHS = (1, 2, 3, 9)

BoxKey = tuple[str, int]


# The graph against the network, whose groups are searched one by one


def box_key(network: Network, node: int, depth: int) -> BoxKey:
    """The box of a node at a depth: its collapsed group, itself, or an input."""
    for number, group in enumerate(network.groups):
        if group.depth == depth - 1 and group.start <= node < group.end:
            return "group", number
    return ("input" if node < 0 else "node"), node


def crossings(network: Network, depth: int) -> Iterator[tuple[BoxKey, BoxKey, Value]]:
    """Every value that is read outside of the box that computes it."""
    for index, node in enumerate(network.nodes):
        for value in node.inputs:
            ends = box_key(network, value.node, depth), box_key(network, index, depth)
            if ends[0] != ends[1]:
                yield *ends, value


def drawn_boxes(graph: Graph, report: Analysis) -> dict[int, BoxKey]:
    """The layer or group of each box of the graph, by the identity of the report's values."""
    box_keys: dict[int, BoxKey] = {
        -1 - number: ("input", -1 - number) for number in range(len(graph.inputs))
    }
    nodes = {id(layer): number for number, layer in enumerate(report.layers)}
    groups = {id(group): number for number, group in enumerate(report.groups)}
    for number, row in enumerate(graph.boxes):
        item = id(row.item)
        box_keys[number] = ("node", nodes[item]) if item in nodes else ("group", groups[item])
    return box_keys


def check_graph(report: Analysis, depth: int) -> None:
    graph = collapsed_graph(report, depth)
    box_keys = drawn_boxes(graph, report)
    drawn = [(box_keys[edge.source], box_keys[edge.target], edge.value) for edge in graph.edges]
    assert len(set(drawn)) == len(drawn)
    assert set(drawn) == set(crossings(report.network, depth))
    ends = {name: (box_keys[box], value) for name, box, value in graph.outputs}
    outputs = report.network.outputs
    assert ends == {
        name: (box_key(report.network, value.node, depth), value) for name, value in outputs.items()
    }
    seen = {box_key(report.network, node, depth) for node in range(len(report.layers))}
    assert sorted(box_keys[box] for box in range(len(graph.boxes))) == sorted(seen)
    assert list(check_nesting(graph.content, report, depth, box_keys, ())) == list(
        range(len(graph.boxes))
    )


def check_nesting(
    content: tuple[Cluster | int, ...],
    report: Analysis,
    depth: int,
    box_keys: dict[int, BoxKey],
    around: tuple[int, ...],
) -> Iterator[int]:
    """The boxes in their order, each in exactly the expanded groups that contain it."""
    for part in content:
        if isinstance(part, Cluster):
            number = next(
                number for number, group in enumerate(report.groups) if group is part.row.item
            )
            yield from check_nesting(part.content, report, depth, box_keys, (*around, number))
            continue
        kind, number = box_keys[part]
        start = number if kind == "node" else report.groups[number].group.start
        groups = enumerate(report.network.groups)
        assert around == tuple(
            number
            for number, group in groups
            if group.depth < depth - 1 and group.start <= start < group.end
        )
        yield part


@pytest.mark.parametrize("name", NAMES_OF_BUNDLED[::4])
def test_every_value_that_is_read_is_one_edge_or_inside_a_collapsed_group(name: str) -> None:
    for depth in DEPTHS[:2]:
        check_graph(bundled(name), depth)


@pytest.mark.parametrize("path", GOOD, ids=lambda path: path.stem)
def test_wires_of_everything_the_language_has(path: Path) -> None:
    network = read(path.read_text("utf-8")).network
    assert network is not None
    for depth in DEPTHS:
        check_graph(analyse(network), depth)


def test_a_value_from_inside_a_group_shows_its_shape() -> None:
    """U-Net's skips leave the contracting path before its poolings.

    Source: Ronneberger et al. 2015, Figure 1.
    """
    graph = collapsed_graph(bundled("unet"), 1)
    labels = [graph.shape_text(edge.source, edge.value) for edge in graph.edges]
    assert sorted(filter(None, labels)) == ["128x280x280", "256x136x136", "512x64x64", "64x568x568"]


# The printed numbers: those of `show`, compared with its JSON


def expected_lines(name: str) -> dict[str, set[str]]:
    """The expected text of the box of each layer and group, by path."""
    found = json.loads(cnncalc("show", name, "--format", "json").stdout)
    lines = {}
    for one in (*found["layers"], *found["groups"]):
        shapes = one.get("parts") or one.get("output_shapes") or [one["output_shape"]]
        costs = [
            f"{one[key]:,} {unit}"
            for key, unit in (("params", "params"), ("macs", "MACs"))
            if one[key]
        ]
        shape = " + ".join("x".join(map(str, shape)) for shape in shapes)
        lines[one["path"]] = set(filter(None, (one["path"], shape, ", ".join(costs))))
    return lines


def mermaid_boxes(text: str) -> list[list[str]]:
    return [decoded(label) for label in re.findall(r'^ *n\d+\["(.*)"\]$', text, re.MULTILINE)]


def dot_boxes(text: str) -> list[list[str]]:
    labels = re.findall(r'^ *n\d+ \[label="((?:[^"\\]|\\.)*)", fillcolor', text, re.MULTILINE)
    return [
        [html.unescape(re.sub(r"\\(.)", r"\1", line)) for line in re.split(r"(?<!\\)\\n", label)]
        for label in labels
    ]


def svg_boxes(text: str) -> list[list[str]]:
    titles = [title.text or "" for title in ET.fromstring(text).iterfind(".//{*}g/{*}g/{*}title")]
    return [title.split(" | ") for title in titles]


READERS = {"mermaid": mermaid_boxes, "dot": dot_boxes, "svg": svg_boxes}


@pytest.mark.parametrize("form", READERS)
@pytest.mark.parametrize(
    ("name", "depth"),
    [("googlenet", "2"), ("resnet50", "1"), ("shufflenet_v2_x1_0", "3"), ("unet", "all")],
)
def test_numbers_are_those_of_show(name: str, depth: str, form: str) -> None:
    wanted = expected_lines(name)
    exact = () if form == "svg" else ("--exact",)
    ran = cnncalc("graph", name, "--depth", depth, "--format", form, *exact)
    assert ran.returncode == 0, ran.stderr
    boxes = READERS[form](ran.stdout)
    assert len(boxes) > 5
    for lines in boxes:
        if lines[0] in wanted:
            assert wanted[lines[0]] <= set(lines)
        else:
            assert form == "svg" and lines == [
                "input",
                "x".join(map(str, bundled(name).network.inputs["input"])),
            ]


def test_numbers_of_a_batch() -> None:
    one, many = (
        mermaid_boxes(cnncalc("graph", "alexnet", "--exact", *more).stdout)[0]
        for more in ((), ("--batch", "10"))
    )
    assert "34,944 params, 105,415,200 MACs" in one and "34,944 params, 1,054,152,000 MACs" in many


def test_options_change_the_network() -> None:
    ran = cnncalc("graph", "alexnet", "--set", "classes=7", "--format", "dot")
    assert "classifier" not in ran.stdout and "fc8\\nlinear 7\\n7\\n28.7k params" in ran.stdout


# The command


@pytest.mark.parametrize(
    ("file", "begins"),
    [
        ("a.mmd", "flowchart TD\n"),
        ("a.dot", "digraph "),
        ("a.GV", "digraph "),
        ("a.svg", "<svg "),
        ("a.txt", "flowchart TD\n"),
    ],
)
def test_a_file_is_in_the_format_of_its_name(tmp_path: Path, file: str, begins: str) -> None:
    path = tmp_path / file
    ran = cnncalc("graph", "alexnet", "-o", str(path))
    assert (ran.returncode, ran.stdout, ran.stderr) == (0, "", "")
    assert path.read_text("utf-8").startswith(begins) and list(tmp_path.iterdir()) == [path]
    form = {"flowchart TD\n": "mermaid", "digraph ": "dot", "<svg ": "svg"}[begins]
    assert path.read_text("utf-8") == cnncalc("graph", "alexnet", "--format", form).stdout


def test_a_file_is_unchanged_if_the_network_is_invalid(tmp_path: Path) -> None:
    path = tmp_path / "a.svg"
    path.write_text("before")
    ran = cnncalc("graph", "docs/examples/wrong.yaml", "-o", str(path), cwd=ROOT)
    assert (
        ran.returncode == 1
        and "unknown argument `kernal`" in ran.stderr
        and path.read_text() == "before"
    )


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["--format", "svg", "--direction", "down", "--width", "500"], "--width has no effect"),
        (["--format", "svg", "--caption", ""], "--caption is empty"),
        (["--style", "flat"], "--style is for svg, tikz, pdf and png, not for mermaid"),
        (["--palette", "pink"], "'pink' is not one of 'color', 'gray'"),
        (["-o", "a.dot", "--width", "500"], "--width is for svg, tikz, pdf and png, not for dot"),
        (["--format", "svg", "--exact"], "--exact is for mermaid and dot, not for svg"),
        (["--depth", "0"], "'0' is not a depth"),
        (["--width", "5"], "5 is not in the range"),
        (["-o", "nowhere/a.svg"], "nowhere/a.svg: No such file"),
    ],
)
def test_usage_errors(tmp_path: Path, words: list[str], message: str) -> None:
    ran = cnncalc("graph", "alexnet", *words, cwd=tmp_path)
    assert ran.returncode == 2 and message in ran.stderr and not ran.stdout


def test_directions() -> None:
    for form, words in (
        ("mermaid", ("flowchart TD", "flowchart LR")),
        ("dot", ("rankdir=TB", "rankdir=LR")),
    ):
        for direction, word in zip(("down", "right"), words, strict=True):
            assert (
                word
                in cnncalc("graph", "lenet5", "--format", form, "--direction", direction).stdout
            )


def test_the_same_bytes_whatever_the_order_of_hashes() -> None:
    for form in READERS:
        one, other = (
            cnncalc("graph", "googlenet", "--format", form, PYTHONHASHSEED=seed).stdout
            for seed in "12"
        )
        assert one == other


# Limits of the readers of a format


def chain(layers: int) -> str:
    return "input: 3x8x8\nlayers: [" + "relu, " * layers + "relu]\n"


def long_name(index: int) -> str:
    """A step with a name of 500 characters, the longest that is allowed."""
    return f"{{relu: , name: {index:n>500}}}"


def test_limits_of_mermaid_are_reported(tmp_path: Path) -> None:
    """500 arrows and 50,000 characters: Mermaid's defaults of maxEdges and maxTextSize."""
    path = tmp_path / "net.yaml"
    for layers, remark in (
        (chain(498), ""),
        (chain(499), "cnncalc: 501 arrows exceed Mermaid's default limit of 500"),
        (
            chain(0).replace("relu", ", ".join(map(long_name, range(120)))),
            "characters exceed Mermaid's default limit of 50,000",
        ),
    ):
        path.write_text(layers)
        ran = cnncalc("graph", str(path))
        assert ran.returncode == 0 and ran.stdout.startswith("flowchart") and remark in ran.stderr
        assert ran.stderr.count("\n") == bool(remark)


def test_a_figure_that_is_too_large(tmp_path: Path) -> None:
    path = tmp_path / "net.yaml"
    path.write_text(chain(2000))
    ran = cnncalc("graph", str(path), "--format", "svg")
    assert (
        ran.returncode == 2
        and "the figure would have 2,001 boxes; the limit is 2,000" in ran.stderr
        and not ran.stdout
    )


def test_groups_expand_as_far_as_is_comfortable() -> None:
    report = bundled("resnet50")
    assert len(collapsed_graph(report, None).boxes) <= 40 < len(collapsed_graph(report, 3).boxes)


def test_shapes_of_parts_are_at_their_arrows() -> None:
    text = "input: 6x8x8\nlayers: [{chunk: 2, name: c}, {concat: [{from: c.0}, {from: c.1}]}]\n"
    report = report_of(text)
    assert '-->|"3x8x8"|' in graph_mermaid(collapsed_graph(report, 1), report)
