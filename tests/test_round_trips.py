"""Random networks of the catalogue survive an export to ONNX and the import of that file."""

from __future__ import annotations

import re

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from cnncalc.exporters.errors import ExportError
from cnncalc.exporters.formats import FORMATS, ExportOptions
from cnncalc.network import Node
from cnncalc.parser import build_traced, read_document

from .support.round_trips import differences, read_back

ACTIVATIONS = (
    *("relu", "relu6", "leaky_relu", "elu", "selu", "sigmoid", "hardsigmoid", "tanh", "hardswish"),
    *("silu", "gelu", "mish", "softplus", "softmax", "abs", "squash", "{elementwise: exp}"),
)
NORMS = ("bn", "layernorm", "{groupnorm: 2}", "instancenorm", "rmsnorm", "grn", "lrn", "l2norm")
KEEPING = (
    *("{conv: 8, kernel: 3, padding: 1}", "{conv: 8, kernel: 1, bias: false}", "{attention: 2}"),
    *("{depthwise: 3, padding: 1}", "{linear: 8, axis: 0}", "{roll: [1, -2], axis: [1, 2]}"),
    *("scale", "{dropout: 0.1}", "{droppath: 0.1}", "{prelu: , per_channel: true}"),
    *("{maxpool: 3, stride: 1, padding: 1}", "{channel_shuffle: 2}"),
)
"""Layers that keep the sizes of a map of 8 channels."""

OTHERS = (
    *("{maxpool: 2}", "{avgpool: 2}", "{adaptive_avgpool: 4}", "{upsample: 2}", "{pad: 1}"),
    *("{slice: [1, 3]}", "{crop: 4}", "{permute: [0, 2, 1]}", "{linear: 8, axis: 2}"),
    *("{pixel_shuffle: 2}", "{pixel_unshuffle: 2}"),
)
ENDS = (
    *("[global_avgpool, flatten, {linear: 10}]", "[flatten, {linear: 10}]", "[tokens, {lstm: 6}]"),
    *(
        "[tokens, layernorm, {attention: 2}]",
        "[{unfold: 2}, {reduce_mean: 1}]",
        "[{conv: 3, kernel: 1}]",
    ),
    *("[tokens, {gru: 6, layers: 2, bidirectional: true}]", "[{reduce_std: 1}, {linear: 5}]"),
)


@st.composite
def convolutions(draw: st.DrawFn) -> str:
    kernel, stride = draw(st.integers(1, 3)), draw(st.integers(1, 2))
    padding, dilation = draw(st.integers(0, 2)), draw(st.integers(1, 2))
    bias = str(draw(st.booleans())).lower()
    window = f"kernel: {kernel}, stride: {stride}, padding: {padding}"
    return draw(
        st.sampled_from(
            (
                f"{{conv: 8, {window}, dilation: {dilation}, bias: {bias}}}",
                f"{{conv: 8, {window}, groups: 2, bias: {bias}}}",
                f"{{depthwise: {kernel}, stride: {stride}, padding: {padding}, bias: {bias}}}",
                f"{{conv_transpose: 8, {window}, bias: {bias}}}",
            )
        )
    )


PLAIN = st.sampled_from((*ACTIVATIONS, *NORMS, *KEEPING))
STEPS = st.one_of(convolutions(), PLAIN, st.sampled_from(OTHERS))
CHAINS = st.lists(PLAIN, min_size=2, max_size=4).map(lambda steps: f"[{', '.join(steps)}]")
BRANCHES = st.sampled_from(("{add: [%s, []]}", "{mul: [%s, []]}", "{concat: [%s, []]}"))


@st.composite
def networks(draw: st.DrawFn) -> str:
    """A file of a few layers after each other, some of them in branches."""
    lines = ["input: 8x8x8", "layers:"]
    for _ in range(draw(st.integers(1, 4))):
        if draw(st.booleans()):
            lines.append(f"- {draw(STEPS)}")
        else:
            lines.append(f"- {draw(BRANCHES) % draw(CHAINS)}")
    lines.append(f"- layers: {draw(st.sampled_from(ENDS))}")
    return "\n".join(lines) + "\n"


def divides_by_zero(node: Node) -> bool:
    """Whether a layer is the deviation of single elements, which is not a number."""
    x, kind = node.input_shapes[0], node.layer.kind
    return kind == "reduce_std" and x.elements == node.shape.elements


def is_activation(text: str) -> bool:
    """Whether a product is silu, hardswish or mish in a file, which has no dropout."""
    plain = re.sub(r"\{drop(out|path): 0\.1\}, |, \{drop(out|path): 0\.1\}", "", text)
    chains = ("sigmoid", "hardsigmoid", "softplus, tanh")
    return any(f"{{mul: [[{chain}], []]}}" in plain for chain in chains)


def onnx_differences(text: str) -> str | None:
    """What differs in the file that is read again; None for a network that is not exported so."""
    _, traced = build_traced(read_document(text.encode(), "net.yaml"))
    if traced is None or any(map(divides_by_zero, traced.network.nodes)) or is_activation(text):
        return None
    try:
        data = FORMATS["onnx"].write(traced, ExportOptions()).data
    except ExportError:
        return None
    return differences(traced.network, read_back(data, ".onnx"), has_training=False)


@settings(max_examples=60, deadline=None, derandomize=True)
@given(networks())
def test_random_networks_survive_onnx(text: str) -> None:
    """The same networks in every run."""
    found = onnx_differences(text)
    assume(found is not None)
    assert found == "", text


STEPS_OF_FILES = (
    "{concat: [[{attention: 2}, instancenorm, {attention: 2}], []]}",
    "{pixel_unshuffle: 8}, {attention: 2}, relu, instancenorm",
    "{conv: 8, kernel: 8}, {mul: [[gelu, l2norm], []]}, tokens, layernorm, {attention: 2}",
    "{permute: [0, 2, 1]}, {pixel_unshuffle: 2}, {mul: [[relu6, elu], []]}, {conv: 4}",
    "{permute: [0, 2, 1]}, relu, {pad: 1}, {permute: [0, 2, 1]}, {unfold: 2}",
    "{pad: [1, 0]}, {permute: [0, 2, 1]}, {pad: 1}, {conv: 8, kernel: 3}",
    "{permute: [0, 2, 1]}, {pad: 1}, global_avgpool, flatten",
    "{pad: 1}, {pad: 1}, {adaptive_avgpool: 4}, {conv: 8}",
    "{pad: 1}, {droppath: 0.1}, {unfold: 2}, {reduce_mean: 1}",
    "{concat: [[relu], []]}, {pixel_shuffle: 4}, {add: [[{prelu: , per_channel: true}], []]}",
)
"""Steps that a file does not have as they are: some are moved, others are of one position."""


@pytest.mark.parametrize("steps", STEPS_OF_FILES)
def test_steps_survive_onnx(steps: str) -> None:
    assert onnx_differences(f"input: 8x8x8\nlayers: [{steps}]\n") == ""
