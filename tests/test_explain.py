"""`cnncalc explain`: terms add up to the numbers of every layer, and the command prints them."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest

from cnncalc.conventions import CONVENTIONS, load, recount
from cnncalc.engine import analyse
from cnncalc.explain import LayerExplanation, explain_group, explain_layers, explain_network
from cnncalc.explain.convention import differences
from cnncalc.layers.layer import Layer, axis_names
from cnncalc.parser import parse
from cnncalc.parser.expansion.instantiate import instantiate
from cnncalc.problem import Refusal
from cnncalc.shape import Shape
from cnncalc.views.explain.formats import FORMATS, ExplainRequest, render
from cnncalc.views.explain.group import group_text
from cnncalc.views.explain.markdown import group_markdown, layer_markdown
from cnncalc.views.explain.overview import overview_text
from cnncalc.views.explain.text import NUMBERS, layer_text
from cnncalc.views.layout import width_of
from cnncalc.views.style import Style

from .support.layer_cases import CASES, KERAS_CASES, value
from .support.networks import ONE_OF_EACH, bundled, report_of
from .support.paths import TESTS
from .support.processes import cnncalc, terminal

# Terms


def results(terms: Any) -> list[int]:
    return [term.result for term in terms.values()]


def check_terms(layer: Layer, inputs: tuple[Shape, ...]) -> None:
    """Every number of a layer is the sum of its terms, each of which is what its formula makes."""
    out = (layer.outputs(*inputs) or (layer.output(*inputs),))[0]
    shape = layer.shape_terms(*inputs)
    assert (list(shape), results(shape)) == (axis_names(out), list(out))
    weights = {name: weight.elements for name, weight in layer.weights(*inputs).items()}
    assert {name: term.result for name, term in layer.weight_terms(*inputs).items()} == weights
    assert sum(results(layer.buffer_terms(*inputs))) == layer.buffers(*inputs)
    assert sum(results(layer.macs_terms(*inputs))) == layer.macs(*inputs)
    assert sum(results(layer.flops_terms(*inputs))) == layer.other_flops(*inputs)


@pytest.mark.slow
@pytest.mark.parametrize("kind", sorted(CASES))
def test_terms_of_every_kind(kind: str) -> None:
    """On the cases of PyTorch, whose numbers test_layers.py checks."""
    checked = 0
    for case in CASES[kind]:
        inputs = tuple(Shape(shape) for shape in case["inputs"])
        try:
            made = instantiate(
                kind, {name: value(entry) for name, entry in case["arguments"].items()}, inputs
            )
        except Refusal:
            continue
        check_terms(made.layer, inputs)
        checked += 1
    assert checked


@pytest.mark.slow
def test_terms_of_the_cases_of_keras() -> None:
    for case in KERAS_CASES:
        x = Shape(case["input"])
        arguments = {name: value(entry) for name, entry in case["arguments"].items()}
        check_terms(instantiate(case["kind"], arguments, (x,)).layer, (x,))


FILES = sorted(
    [
        *(TESTS / "networks" / "good").glob("*.yaml"),
        *(TESTS / "networks" / "unusual").glob("*.yaml"),
    ]
)


@pytest.mark.slow
@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_terms_of_every_file(path: Path) -> None:
    """Of every construct of the language and of unusual networks; all of them can be printed."""
    parsed = parse(path.read_bytes(), path.name)
    assert parsed.network is not None
    report = analyse(parsed.network)
    for node in report.network.nodes:
        check_terms(node.layer, node.input_shapes)
    for explained in explain_layers(
        report, range(0, len(report.layers), -(-len(report.layers) // 20) or 1)
    ):
        for style in (Style(60), Style(None, unicode=False)):
            assert explained.layer.node.path in layer_text(explained, report, style).replace(
                "\n", ""
            )
        assert layer_markdown(explained, report).startswith("### ")
    assert overview_text(explain_network(report), path.name, Style(60))


@pytest.mark.slow
@pytest.mark.parametrize("name", ONE_OF_EACH)
def test_parts_add_up_in_every_layer(name: str) -> None:
    """What `explain` prints of a layer adds up to what `show` prints of it."""
    report = bundled(name)
    known = set()
    for layer in report.layers:
        key = (layer.node.layer, layer.node.input_shapes)
        if key not in known:
            known.add(key)
            check_terms(*key)
    for layer, explained in zip(
        report.layers, explain_layers(report, range(len(report.layers))), strict=True
    ):
        totals = {section.number: section.total for section in explained.sections}
        assert {"buffers": 0, **totals} == {
            "params": layer.params,
            "buffers": layer.buffers,
            "macs": layer.macs,
            "flops": layer.flops,
            "weight_bytes": 4 * (layer.params + layer.buffers),
            "activation_bytes": layer.activation_bytes,
        }
        for section in explained.sections:
            assert sum(results(section.terms)) == section.total
        assert layer.alive_bytes in (None, sum(value.bytes for value in explained.live))
        if explained.field and layer.receptive_field:
            assert explained.field[-1].after == layer.receptive_field
    for place, group in enumerate(report.groups):
        parts = explain_group(report, place)
        assert sum(part.macs for part in parts.parts) == group.macs
        assert sum(part.params for part in parts.parts) - parts.counted_twice == group.params
        assert sum(part.layers for part in parts.parts) == group.group.end - group.group.start


@pytest.mark.slow
@pytest.mark.parametrize("name", ONE_OF_EACH)
def test_overview_matches_the_totals(name: str) -> None:
    report = bundled(name)
    overview = explain_network(report)
    assert sum(tensor.bytes for tensor in overview.live_at_peak) == report.totals.peak_bytes
    for parts, number in ((overview.params, "params"), (overview.macs, "macs")):
        amounts = [getattr(part, number) for part in parts]
        assert amounts == sorted(amounts, reverse=True)
        assert sum(amounts) <= getattr(report.totals, number) or any(
            layer.shares for layer in report.layers
        )


def test_fields_grow_by_the_recurrence() -> None:
    """Each step's numbers lead to the next: the last pooling of VGG-16 has a field of 212 pixels.

    Source: Araujo et al., Distill, 2019.
    """
    report = bundled("vgg16")
    last = max(
        index for index, layer in enumerate(report.layers) if layer.node.layer.kind == "maxpool"
    )
    steps = next(iter(explain_layers(report, [last]))).field
    size, jump = Fraction(1), Fraction(1)
    for step in steps:
        view = step.footprints[0]
        assert view is not None and step.after[0] is not None
        size, jump = size + (view.features - 1) * jump, jump * view.step
        assert (step.after[0].size, step.after[0].stride) == (size, jump)
        assert (step.after[0].size, step.after[0].stride) == (size, jump)


# Words of a command line


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        (("alexnet", "conv1"), ["conv1"]),
        (("googlenet", "3a.5x5.unit2.conv1"), ["3a.5x5.unit2.conv1"]),
        (("googlenet", "5x5.unit2.conv1"), None),
        (("alexnet", "conv?"), ["conv1", "conv2", "conv3", "conv4", "conv5"]),
        (("resnet50", "stage.3.block.2.add1"), ["stage.3.block.2.add1"]),
        (("resnet50", "3.block.2.add1"), ["stage.3.block.2.add1"]),
        (("alexnet", "fc6", "fc8"), ["fc6", "fc8"]),
        (("alexnet", "nothing"), None),
    ],
)
def test_choice(words: tuple[str, ...], expected: list[str] | None) -> None:
    ran = cnncalc("explain", *words, "--format", "json")
    if expected is None:
        assert (ran.returncode, ran.stdout) == (2, "")
        return
    found = json.loads(ran.stdout)
    assert (found["schema"], [layer["path"] for layer in found["layers"]]) == (
        "cnncalc/explain/2",
        expected,
    )


def test_unclear_words() -> None:
    several = cnncalc("explain", "googlenet", "5x5.unit2.conv1")
    assert "could be 3a.5x5.unit2.conv1, 3b.5x5.unit2.conv1" in several.stderr
    assert "and 5 more" in several.stderr
    assert "did you mean conv1" in cnncalc("explain", "alexnet", "conv11").stderr
    assert "\x1b" not in cnncalc("explain", "alexnet", "\x1b[31m").stderr


def test_group() -> None:
    """GoogLeNet's 3a: 163,696 parameters, branch by branch (Szegedy et al., Table 1: 159 Ki)."""
    ran = cnncalc("explain", "googlenet", "3a")
    rows = dict(re.findall(r"^(\w+) +(?:\w+ +)?([\d,]+)", ran.stdout, re.MULTILINE))
    assert rows["sum"] == "163,696"
    assert (
        sum(int(rows[part].replace(",", "")) for part in ("1x1", "3x3", "5x5", "pool")) == 163_696
    )
    found = json.loads(cnncalc("explain", "googlenet", "3a", "--format", "json").stdout)["groups"][
        0
    ]
    assert sum(part["params"] for part in found["parts"]) == found["params"] == 163_696


# How it is printed


def test_numbers_of_alexnet() -> None:
    """Krizhevsky et al., section 3.5: 96 kernels of 11x11x3 at stride 4 on 227 pixels give 55."""
    out = cnncalc("explain", "alexnet", "conv1").stdout
    assert "floor((227 + 2 x 0 - 11) / 4) + 1 = 55" in out
    assert "out x C x kernel = 96 x 3 x 11 x 11 = 34,848" in out
    assert "out x S' x C x kernel = 96 x 55 x 55 x 3 x 11 x 11 = 105,415,200" in out


def test_a_map_before_a_dense_layer() -> None:
    out = cnncalc("explain", "alexnet", "fc6").stdout
    assert "a flattened map of 256x6x6" in out
    assert "256 inputs and 1,048,576 weights" in out


def test_batch() -> None:
    found = json.loads(
        cnncalc("explain", "alexnet", "conv1", "--batch", "32", "--format", "json").stdout
    )
    assert found["batch"] == 32
    assert (
        "105,415,200 x 32 samples = 3,373,286,400"
        in cnncalc("explain", "alexnet", "conv1", "--batch", "32").stdout
    )
    assert sum(entry["bytes"] for entry in found["layers"][0]["live"]) == 32 * 1_779_948


@pytest.mark.parametrize("columns", [48, 60, 100])
@pytest.mark.parametrize(
    "words",
    [
        ["alexnet"],
        ["resnet50", "--convention", "ptflops"],
        ["alexnet", "conv1", "fc6"],
        ["googlenet", "3a"],
        ["resnet50", "stage.2.block.1.add1"],
    ],
)
def test_fits_the_terminal(columns: int, words: list[str]) -> None:
    lines = re.sub(r"\x1b\[[\d;]*m", "", terminal("explain", *words, columns=columns)).splitlines()
    assert not [line for line in lines if len(line) > columns]


def test_markdown_is_tables() -> None:
    out = cnncalc("explain", "alexnet", "conv1", "--format", "markdown").stdout
    rows = [line for line in out.splitlines() if line.startswith("|")]
    assert {line.count(" | ") for line in rows} == {5}
    assert "| parameters | weight | out x C x kernel | 96 x 3 x 11 x 11 | 34,848 |" in out


HOSTILE = 'name: "\\e[31m<i>"\ninput: 3x8x8\nlayers:\n  - {conv: 4, name: "a|<b>`x`"}\n'


@pytest.mark.parametrize("form", ["text", "markdown", "json"])
def test_hostile_names(form: str) -> None:
    for words in ([], ["a*"]):
        ran = cnncalc("explain", "-", *words, "--format", form, data=HOSTILE.encode())
        assert ran.returncode == 0
        assert "\x1b" not in ran.stdout
        if form == "markdown":
            assert "<b>" not in ran.stdout
            assert "\\|" in ran.stdout


def test_broken_file() -> None:
    ran = cnncalc("explain", "-", data=b"input: 3x8x8\nlayers: [{conv: 4, kernal: 3}]\n")
    assert (ran.returncode, ran.stdout) == (1, "")
    assert "did you mean `kernel`?" in ran.stderr


SHARED = """\
input: 8x8x8
layers:
  - {conv: 8, shared: a}
  - {conv: 8, shared: a}
  - flatten
  - {linear: 2, trainable: false}
"""


def test_remarks() -> None:
    one, two, _, dense = list(explain_layers(report_of(SHARED), range(4)))
    assert one.sections[0].remarks == (
        "the weights are shared with conv2: the totals count them once",
    )
    assert two.sections[0].remarks == (
        "the weights are shared with conv1: the totals count them once",
    )
    assert dense.sections[0].remarks[0] == "they are frozen: stored, but not trained"
    assert "a flattened map of 8x8x8" in dense.sections[0].remarks[1]


# Conventions


@pytest.mark.parametrize(
    "name",
    ["alexnet", "googlenet_bn", "resnet50", "mobilenet_v2", "efficientnet_b0", "unet", "yolov3"],
)
@pytest.mark.parametrize("tool", CONVENTIONS)
def test_differences_add_up(name: str, tool: str) -> None:
    """The differences of the kinds of layers add up to the whole difference."""
    report = bundled(name)
    report = report._replace(measures=(recount(load(tool), report),))
    measure = report.measure("convention")
    assert measure is not None
    found = differences(report)
    assert sum(one.theirs - one.ours for one in found) == measure.total - getattr(
        report.totals, measure.quantity
    )
    assert all(one.rule and one.theirs != one.ours for one in found)


def test_conventions_are_explained() -> None:
    """torchinfo 1.8.0: 4,089,238,376 of resnet50, with 53,120 parameters of norms, 1,000 biases."""
    printed = " ".join(cnncalc("explain", "resnet50", "--convention", "torchinfo").stdout.split())
    assert "4,089,238,376 mult-adds, 54,120 more than our 4,089,184,256 MACs (+0.00 %)" in printed
    assert "bn, 53 layers: +53,120; 1 per parameter" in printed
    assert "linear, 1 layer: +1,000" in printed
    out = cnncalc("explain", "alexnet", "conv1", "--convention", "thop", "--only", "macs").stdout
    assert "105,415,200 MACs, the same as our MACs" in out
    found = json.loads(
        cnncalc("explain", "resnet50", "--convention", "torchinfo", "--format", "json").stdout
    )["convention"]
    assert (found["total"], found["ours"]) == (4_089_238_376, 4_089_184_256)
    assert (
        "As counted by torchinfo 1.8.0: "
        in cnncalc(
            "explain", "alexnet", "conv1", "--convention", "torchinfo", "--format", "markdown"
        ).stdout
    )


def test_very_many_layers() -> None:
    """All at once: the time grows linearly, since the steps of their fields are omitted."""
    data = b"input: 8x8x8\nlayers:\n  - {conv: 8, kernel: 3, padding: 1, repeat: 9000, name: c}\n"
    found = json.loads(cnncalc("explain", "-", "c.*", "--format", "json", data=data).stdout)[
        "layers"
    ]
    assert len(found) == 9000
    assert not any(layer["receptive_field_steps"] for layer in found)
    assert {sum(value["bytes"] for value in layer["live"]) for layer in found} == {
        2 * 8 * 8 * 8 * 4
    }
    assert found[-1]["receptive_field"]["size"] == [18_001, 18_001]


# What a file makes long


def test_a_long_axis_is_drawn_at_its_ends() -> None:
    """Both ends of an axis of 10^12 positions, none of which is ever made."""
    report = report_of("input: 1x1000000000000\nlayers: [{conv: 1, kernel: 3, padding: 1}]\n")
    text = layer_text(next(explain_layers(report, [0])), report, Style(None))
    assert "    .ooooooooooooooooooooooooooo   ooooooooooooooooooooooooooo." in text
    assert "###  position 1000000000000" in text


def test_an_empty_group() -> None:
    report = report_of("input: 8\nlayers: [{layers: [{from: input}], name: g}, relu]\n")
    explained = explain_group(report, 0)
    assert explained.parts == ()
    assert "sum        0     0" in group_text(explained, report, "x.yaml", NUMBERS, Style(None))
    assert "| sum |" in group_markdown(explained)


def test_live_tensors_of_many_layers(monkeypatch: pytest.MonkeyPatch) -> None:
    """2 live at each of 6 layers: the input of each and its output."""
    report = report_of("input: 8x4\nlayers: [{relu: , repeat: 6}]\n")
    indices = range(len(report.layers))
    monkeypatch.setattr("cnncalc.explain.layer.MAX_LIVE_TENSORS", 12)
    assert [len(one.live) for one in explain_layers(report, indices)] == [2] * 6
    monkeypatch.setattr("cnncalc.explain.layer.MAX_LIVE_TENSORS", 11)
    assert [len(one.live) for one in explain_layers(report, indices)] == [0] * 6


@pytest.mark.parametrize("form", FORMATS)
def test_layers_are_explained_one_at_a_time(form: str) -> None:
    """The text of a layer is made when the one before it is written."""
    report = report_of("input: 8x4\nlayers: [{relu: , repeat: 6}]\n")
    explained: list[int] = []

    def layers() -> Iterator[LayerExplanation]:
        for index, one in enumerate(explain_layers(report, range(6))):
            explained.append(index)
            yield one

    request = ExplainRequest(report, "x.yaml", None, [], layers(), NUMBERS, Style(None))
    parts = iter(render(form, request))
    while not explained:
        next(parts)
    assert len(explained) <= 2
    rest = "".join(parts)
    assert explained == list(range(6)) and "relu1.5" in rest


@pytest.mark.parametrize("columns", [40, 60])
@pytest.mark.parametrize(
    "words", [["alexnet"], ["alexnet", "conv2"], ["googlenet", "3a"], ["resnet50", "classifier"]]
)
def test_it_fits_a_narrow_terminal(words: list[str], columns: int) -> None:
    text = terminal("explain", *words, "--color", "never", columns=columns)
    assert max(map(width_of, text.splitlines())) <= columns
    if words[-1] == "3a" and columns == 40:
        assert "too narrow for: type, share of MACs" in " ".join(text.split())


def test_names_of_weights_are_no_markup(tmp_path: Path) -> None:
    path = tmp_path / "net.yaml"
    path.write_text(
        "input: 3x8x8\nlayers:\n"
        "  - {custom: mine, name: mine, shape: 4x8x8, weights: {__w__: 4x3x3}}\n"
    )
    assert "__w__" in cnncalc("explain", str(path), "mine").stdout
    printed = cnncalc("explain", str(path), "mine", "--format", "markdown").stdout
    assert r"\_\_w\_\_" in printed and "__w__" not in printed
