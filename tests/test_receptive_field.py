"""Receptive fields against the inputs that an output depends on, found by brute force."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cnncalc.engine.receptive_field import AxisField
from cnncalc.explain.receptive_field import field_steps

from .support.networks import bundled, report_of
from .support.paths import TESTS

SIZE = 240
Positions = list[set[int]]


def window(before: Positions, kernel: int, stride: int, padding: int, dilation: int) -> Positions:
    """The inputs that each output of a window depends on."""
    count = (len(before) + 2 * padding - dilation * (kernel - 1) - 1) // stride + 1
    return [
        set().union(
            *(
                before[at]
                for tap in range(kernel)
                if 0 <= (at := place * stride - padding + tap * dilation) < len(before)
            )
        )
        for place in range(count)
    ]


def transposed(before: Positions, kernel: int, stride: int) -> Positions:
    found: Positions = [set() for _ in range((len(before) - 1) * stride + kernel)]
    for place, inputs in enumerate(before):
        for tap in range(kernel):
            found[place * stride + tap] |= inputs
    return found


windows = st.builds(
    lambda kind, kernel, stride, dilation: (kind, kernel, stride, min(1, kernel // 2), dilation),
    st.sampled_from(["conv", "maxpool"]),
    st.integers(1, 5),
    st.integers(1, 2),
    st.integers(1, 3),
)


def text(steps: list[tuple[Any, ...]]) -> str:
    lines = [
        f"  - {{{kind}: {'2, kernel: ' * (kind == 'conv')}{kernel}, "
        f"stride: {s}, padding: {padding}, dilation: {dilation}}}"
        for kind, kernel, s, padding, dilation in steps
    ]
    return f"input: 2x{SIZE}\nlayers:\n" + "\n".join(lines) + "\n"


def follow(steps: list[tuple[Any, ...]], before: Positions) -> Positions:
    for _, kernel, stride, padding, dilation in steps:
        before = window(before, kernel, stride, padding, dilation)
    return before


def inputs() -> Positions:
    return [{place} for place in range(SIZE)]


def interval(field: AxisField, place: int) -> tuple[int, int]:
    first = field.start + place * field.stride
    return int(first), int(first + field.size - 1)


@given(st.lists(windows, min_size=1, max_size=4))
@settings(max_examples=150)
def test_chains(steps: list[tuple[Any, ...]]) -> None:
    found = follow(steps, inputs())
    field = report_of(text(steps)).layers[-1].receptive_field
    assert field is not None and field[0] is not None
    middle = len(found) // 2
    assert (min(found[middle]), max(found[middle])) == interval(field[0], middle)
    for place, dependencies in enumerate(found):
        first, last = interval(field[0], place)
        assert all(first <= one <= last for one in dependencies)


@given(
    st.lists(windows, max_size=2),
    st.lists(st.tuples(st.sampled_from([1, 3, 5]), st.integers(1, 2)), max_size=3),
    st.booleans(),
)
@settings(max_examples=100)
def test_branches(stem: list[tuple[Any, ...]], branch: list[tuple[int, int]], concat: bool) -> None:
    """A join sees what any of its operands sees."""
    steps = [("conv", kernel, 1, dilation * (kernel // 2), dilation) for kernel, dilation in branch]
    before = follow(stem, inputs())
    one = follow(steps, before)
    found = [a | b for a, b in zip(one, before, strict=True)]
    inner = ", ".join(
        f"{{conv: 2, kernel: {k}, padding: {p}, dilation: {d}}}" for _, k, _, p, d in steps
    )
    source = (
        text([*stem, ("conv", 1, 1, 0, 1)])
        + f"  - {'concat' if concat else 'add'}: [[{inner}], []]\n"
    )
    field = report_of(source).layers[-1].receptive_field
    assert field is not None and field[0] is not None
    middle = len(found) // 2
    assert (min(found[middle]), max(found[middle])) == interval(field[0], middle)


@pytest.mark.slow
@given(st.integers(2, 4), st.lists(st.integers(1, 5), max_size=2))
@settings(max_examples=60)
def test_upsampling(factor: int, kernels: list[int]) -> None:
    """The field has as many pixels as the widest output depends on."""
    found = [before for before in inputs() for _ in range(factor)]
    for kernel in kernels:
        found = window(found, kernel, 1, 0, 1)
    source = f"input: 2x{SIZE}\nlayers:\n  - {{upsample: {factor}}}\n"
    source += "".join(f"  - {{conv: 2, kernel: {kernel}}}\n" for kernel in kernels)
    field = report_of(source).layers[-1].receptive_field
    assert field is not None and field[0] is not None
    assert field[0].pixels == max(max(one) - min(one) + 1 for one in found[20:-20])
    assert field[0].stride == Fraction(1, factor)


@given(st.integers(1, 5), st.integers(1, 4))
@settings(max_examples=40)
def test_transposed(kernel: int, stride: int) -> None:
    found = [one for one in transposed(inputs(), kernel, stride)[20:-20] if one]
    source = (
        f"input: 2x{SIZE}\nlayers: [{{conv_transpose: 2, kernel: {kernel}, stride: {stride}}}]\n"
    )
    field = report_of(source).layers[-1].receptive_field
    assert field is not None and field[0] is not None
    assert field[0].pixels == max(max(one) - min(one) + 1 for one in found)


# Gradients of PyTorch


def gradient_cases() -> Iterator[dict[str, Any]]:
    """What tests/generate/receptive_fields.py measured."""
    with open(TESTS / "data" / "receptive_fields.jsonl") as file:
        next(file)
        yield from map(json.loads, file)


def contains(field: AxisField, ends: list[list[int]]) -> bool:
    """Whether the field of each output has all inputs with a gradient."""
    first = [field.start + place * field.stride for place in range(len(ends))]
    return all(
        start <= seen[0] and seen[1] <= start + field.size - 1
        for start, seen in zip(first, ends, strict=True)
        if seen
    )


def test_fields_contain_what_gradients_show() -> None:
    """For every output of random chains; more than half are exact, and few are the whole axis."""
    found: Counter[str] = Counter()
    for case in gradient_cases():
        shape = "x".join(map(str, case["input"]))
        report = report_of(f"input: {shape}\nlayers: [{case['steps']}]\n")
        assert list(report.output.spatial) == [len(ends) for ends in case["axes"]]
        field = report.layers[-1].receptive_field or (None,) * len(case["axes"])
        for axis, ends in zip(field, case["axes"], strict=True):
            if axis is None:
                found["whole"] += 1
                continue
            assert contains(axis, ends), case
            widest = max((seen[1] - seen[0] + 1 for seen in ends if seen), default=0)
            found["exact" if widest == axis.pixels else "wider"] += 1
    assert found.total() > 900
    assert 2 * found["exact"] > found.total() and 5 * found["whole"] < found.total()


def test_a_field_behind_two_upsamplings() -> None:
    """Position 8 sees the columns 5 to 8, by gradients of PyTorch."""
    steps = "{depthwise: [2, 4], stride: 3, padding: 1, dilation: 3}, {upsample: 3}, {upsample: 2}"
    report = report_of(f"input: 2x18x22\nlayers: [{steps}, {{maxpool: 2}}]\n")
    field = report.layers[-1].receptive_field
    assert field is not None and field[0] is not None
    assert contains(field[0], [[]] * 8 + [[5, 8]])


@pytest.mark.parametrize(
    ("step", "shape", "field"),
    [
        # output i of nearest is input floor(i / 3), and i / 3 - 2/3 <= floor(i / 3) <= i / 3
        ("{upsample: 3}", "1x9", (Fraction(5, 3), Fraction(1, 3), Fraction(-2, 3))),
        # bilinear at i / 2 - 1/4: from 3/4 before i / 2 - 1/4 to 3/4 after
        (
            "{upsample: 2, mode: linear}",
            "1x9",
            (Fraction(5, 2), Fraction(1, 2), Fraction(-1)),
        ),
        ("{upsample: 1, mode: linear}", "1x9", (1, 1, 0)),
        ("{upsample: 0.5}", "1x9", (1, 2, 0)),
        ("{adaptive_avgpool: 3}", "1x9", (3, 3, 0)),
        # windows 0-1, 1-3, 3-4 of five inputs
        ("{adaptive_avgpool: 3}", "1x5", (3, Fraction(5, 3), Fraction(-2, 3))),
        ("{conv_transpose: 1, kernel: 3, stride: 2}", "1x9", (2, Fraction(1, 2), -1)),
        ("{conv: 3}, {pixel_shuffle: 3}", "1x9", (Fraction(5, 3), Fraction(1, 3), -Fraction(2, 3))),
    ],
)
def test_by_hand(step: str, shape: str, field: tuple[Fraction, ...]) -> None:
    assert report_of(f"input: {shape}\nlayers: [{step}]\n").layers[-1].receptive_field == (field,)


def test_a_part_of_an_axis_is_elsewhere() -> None:
    for steps in ("{chunk: 2, axis: 1, name: c}, {from: 'c[1]'}", "{concat: [[], []], axis: 1}"):
        report = report_of(f"input: 2x8x8\nlayers: [{{conv: 2, kernel: 3}}, {steps}]\n")
        field = report.layers[-1].receptive_field
        assert field is not None and field[0] is None and field[1] == (3, 1, 0)


# Positions as a series

CONVOLUTION = "{conv: 4, kernel: 3, stride: 2, padding: 1}"
UNFOLDED = "{unfold: 3, stride: 2, padding: 1}"


@pytest.mark.parametrize(
    "steps",
    [
        f"{UNFOLDED}, {{linear: 4}}, {{reshape: 4x6x6}}",
        f"{UNFOLDED}, {{linear: 4}}, relu, {{name: b, bn: }}, {{add: [[], b]}}, {{reshape: 4x6x6}}",
        f"{UNFOLDED}, {{name: u, layernorm: }}, {{name: w, weight: 4x27}}, {{matmul: [w, u]}}, "
        "{reshape: 4x6x6}",
        f"{CONVOLUTION}, tokens, {{linear: 4}}, {{reshape: 4x6x6}}",
        f"{CONVOLUTION}, {{reshape: 4x36}}, relu, {{reshape: 4x6x6}}",
    ],
)
def test_unfold_stands_for_a_convolution(steps: str) -> None:
    """The field is that of the convolution of the same window, before and after a further one."""
    last = "{conv: 4, kernel: 3}"
    for end in ("", f", {last}"):
        text = "input: 3x12x12\nlayers: [{}]\n"
        found = report_of(text.format(steps + end)).layers[-1].receptive_field
        assert found == report_of(text.format(CONVOLUTION + end)).layers[-1].receptive_field
        assert found is not None


@pytest.mark.parametrize(
    "steps",
    [
        "tokens, attention, {reshape: 4x6x6}",  # mixes positions
        "tokens, {roll: 1}, {reshape: 4x6x6}",
        "tokens, {reshape: 4x4x9}",  # other rows
        "tokens, {permute: [1, 0]}, {linear: 4}",
        "tokens, {linear: 9, axis: 1}",
        "{reshape: 2x72}, {reshape: 4x6x6}",  # channels become positions
        "tokens, {name: t, linear: 36}, {matmul: [t, t]}",
    ],
)
def test_a_series_that_is_not_a_map_any_more_sees_the_whole_input(steps: str) -> None:
    report = report_of(f"input: 3x12x12\nlayers: [{CONVOLUTION}, {steps}]\n")
    assert report.layers[-1].receptive_field is None and report.layers[-1].sees_all


def test_a_series_of_positions_has_the_field_of_its_map() -> None:
    report = report_of(f"input: 3x12x12\nlayers: [{CONVOLUTION}, tokens, attention]\n")
    conv, tokens, attention = report.layers
    assert tokens.receptive_field == conv.receptive_field and not tokens.sees_all
    assert attention.sees_all
    [*_, step] = field_steps(report, 2)
    assert (step.path, step.before) == ("attention1", conv.receptive_field)


# Networks as in the table of the paper, whose ResNets have the stride in the last unit of a stage;
# torchvision has it in the first.
RESNET = """
input: 3x224x224
blocks:
  unit:
    params: [planes, stride]
    layers:
      - add:
          -
            - {{conv: planes}}
            - {{conv: planes, kernel: 3, stride: stride, padding: 1}}
            - {{conv: planes * 4}}
          - [{{conv: planes * 4, stride: stride}}]
layers:
  - {{conv: 64, kernel: 7, stride: 2, padding: 3}}
  - {{maxpool: 3, stride: 2, padding: 1}}
  - for: {{planes: [64, 128, 256, 512], depth: {depths}, last: [2, 2, 2, 1]}}
    layers: [{{unit: [planes, last if i == depth - 1 else 1], repeat: depth}}]
"""
MOBILENET = """
input: 3x224x224
layers:
  - {conv: 32, kernel: 3, stride: 2, padding: 1}
  - for: {stride: [1, 2, 1, 2, 1, 2, 1, 1, 1, 1, 1, 2, 1]}
    layers: [{depthwise: 3, stride: stride, padding: 1}, {conv: 64}]
"""
VGG16 = """
input: 3x224x224
layers:
  - for: {out: [64, 128, 256, 512, 512], depth: [2, 2, 3, 3, 3]}
    layers: [{conv: out, kernel: 3, padding: 1, repeat: depth}, {maxpool: 2}]
"""


@pytest.mark.parametrize(
    ("network", "size"),
    [
        (VGG16, 212),
        (MOBILENET, 315),
        (RESNET.format(depths=[3, 4, 6, 3]), 483),
        (RESNET.format(depths=[3, 4, 23, 3]), 1027),
        (RESNET.format(depths=[3, 8, 36, 3]), 1507),
    ],
    ids=["vgg_16", "mobilenet_v1", "resnet_v1_50", "resnet_v1_101", "resnet_v1_152"],
)
def test_published(network: str, size: int) -> None:
    """Source: Araujo et al., Computing Receptive Fields (Distill, 2019), table; all stride 32."""
    field = report_of(network).layers[-1].receptive_field
    assert (
        field is not None
        and [axis and (axis.size, axis.stride) for axis in field] == [(size, 32)] * 2
    )


def test_published_alexnet() -> None:
    """Source: the same table, alexnet_v2."""
    layer = next(layer for layer in bundled("alexnet").layers if layer.node.path == "pool5")
    assert layer.receptive_field is not None
    assert [axis and (axis.size, axis.stride) for axis in layer.receptive_field] == [(195, 32)] * 2


@pytest.mark.parametrize(
    "steps",
    [
        "global_avgpool",
        "flatten, {linear: 3}",
        "{mul: [[], [global_avgpool, sigmoid]]}",
        "tokens, attention",
        "{groupnorm: 1}",
        "instancenorm",
        "{adaptive_avgpool: 1}",
        "{conv: 3}, {mul: [[], {attention: 1}]}",
    ],
)
def test_the_whole_input(steps: str) -> None:
    assert (
        report_of(f"input: 3x8x8\nlayers: [{{conv: 4}}, {steps}]\n").layers[-1].receptive_field
        is None
    )


def test_axes_are_apart() -> None:
    steps = "{conv: 4, kernel: 3x5, stride: 1x2}, {reduce_mean: 2, keep: true}"
    conv, mean = report_of(f"input: 3x32x64\nlayers: [{steps}]\n").layers
    assert conv.receptive_field is not None and mean.receptive_field is not None
    fields = [axis and (axis.size, axis.stride, axis.offset) for axis in conv.receptive_field]
    assert fields == [(3, 1, 1), (5, 2, 2)]
    rows, columns = mean.receptive_field
    assert rows is not None and columns is None


def test_different_strides_are_noted() -> None:
    report = report_of(
        "input: 3x32x32\nlayers: [{add: [[{conv: 3, stride: 2, kernel: 2}], [{crop: 16}]]}]\n"
    )
    assert any("different strides" in note for note in report.layers[-1].notes)
    field = report.layers[-1].receptive_field
    assert field is not None and field[0] is not None
    # the convolution sees 2 i and 2 i + 1, the crop i + 8
    assert contains(field[0], [[min(2 * i, i + 8), max(2 * i + 1, i + 8)] for i in range(16)])
    assert field[0].pixels == 16


def test_a_field_of_many_digits_is_the_whole_axis() -> None:
    """Strides of 10 multiply to 10^15 after 15 layers; the 16th is over the bound, and noted."""
    report = report_of("input: 1x1x8\nlayers: [{conv: 1, kernel: 1, stride: 10x1, repeat: 20}]\n")
    fields = [layer.receptive_field for layer in report.layers]
    assert fields[14] == ((1, 10**15, 0), (1, 1, 0))
    assert fields[15] == fields[19] == (None, (1, 1, 0))
    noted = [index for index, layer in enumerate(report.layers) if layer.notes]
    assert noted == [15] and "10^15" in report.layers[15].notes[0]


def test_fractions_of_many_digits_are_the_whole_axis() -> None:
    """Three positions for two: strides (2/3)^n, whose digits grow while they become small."""
    steps = "{repeat: 33, layers: [{upsample: 3}, {maxpool: 2, stride: 2}]}"
    report = report_of(f"input: 1x4\nlayers: [{steps}]\n")
    for layer in report.layers:
        for axis in layer.receptive_field or ():
            for number in axis or ():
                assert abs(number.numerator) <= 10**15 and number.denominator <= 10**15
    assert report.layers[-1].receptive_field is None
