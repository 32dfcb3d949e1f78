"""Peak memory against brute force: at each step, every value is checked for liveness."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cnncalc.engine import analyse
from cnncalc.network import Network, Value

from .support.networks import bundled, report_of

ALIASES = {"flatten", "reshape", "tokens", "identity", "dropout", "droppath"}


def brute_force(network: Network) -> tuple[int, str]:
    """The peak in elements and the path of the first step that has it, by the definition alone."""
    steps = [index for index, node in enumerate(network.nodes) if not node.training_only]

    def source(value: Value) -> tuple[int, int]:
        """The value in memory: that of which this one is an alias."""
        while value.node >= 0 and network.nodes[value.node].layer.kind in ALIASES:
            value = network.nodes[value.node].inputs[0]
        return value.node, value.part or 0

    made = {
        (-1 - index, 0): (-1, shape.elements) for index, shape in enumerate(network.inputs.values())
    }
    for index in steps:
        node = network.nodes[index]
        if node.layer.kind not in ALIASES:
            for part, shape in enumerate(node.outputs or (node.shape,)):
                made[(index, part)] = (index, shape.elements)
    outputs = {
        source(value)
        for name, value in network.outputs.items()
        if name not in network.training_outputs
    }
    best, path = -1, ""
    for step in steps:
        live = 0
        for key, (born, elements) in made.items():
            readers = [index for index in steps if key in map(source, network.nodes[index].inputs)]
            last = max(steps) if key in outputs else max([max(born, steps[0]), *readers])
            if born <= step <= last:
                live += elements
        if live > best:
            best, path = live, network.nodes[step].path
    return best, path


STEPS = {
    "relu": ["{{relu: , from: {one}, name: {name}}}"],
    "dropout": ["{{dropout: , from: {one}, name: {name}}}"],
    "identity": ["{{identity: , from: {one}, name: {name}}}"],
    "conv": ["{{conv: 4, from: {one}, name: {name}}}"],
    "wide": ["{{layers: [{{conv: 16, from: {one}}}, relu, {{conv: 4}}], name: {name}}}"],
    "add": ["{{add: [{one}, {other}], name: {name}}}"],
    "chunk": [
        "{{concat: [{one}, {other}], name: {name}_joined}}",
        "{{chunk: 2, name: {name}}}",
        "{{from: {name}.0}}",
    ],
    "output": ["{{output: [{{conv: 8}}, dropout], from: {one}, name: {name}}}"],
    "training": [
        "{{output: [{{conv: 8}}, dropout], from: {one}, name: {name}, training_only: true}}"
    ],
    "weight": ["{{weight: [4, 6], name: {name}}}"],
}
"""Steps that read one or two earlier ones."""

READABLE = {"chunk": ["{name}.0", "{name}.1"], "output": [], "training": []}
"""What later steps can read of these; of the others, their name."""


@st.composite
def graphs(draw: st.DrawFn) -> str:
    """Networks of steps that read any earlier ones."""
    steps: list[str] = []
    readable = ["input"]
    for index in range(draw(st.integers(1, 12))):
        one, other = draw(st.sampled_from(readable)), draw(st.sampled_from(readable))
        kind = draw(st.sampled_from(list(STEPS)))
        name = f"s{index}"
        steps += [step.format(one=one, other=other, name=name) for step in STEPS[kind]]
        readable += [value.format(name=name) for value in READABLE.get(kind, ["{name}"])]
    steps.append(f"{{conv: 2, from: {draw(st.sampled_from(readable))}}}")
    return "\n".join(["input: 4x6", "layers:", *(f"  - {step}" for step in steps)]) + "\n"


@pytest.mark.slow
@given(graphs())
@settings(max_examples=200)
def test_against_brute_force(text: str) -> None:
    report = report_of(text)
    assert (report.totals.peak_bytes // 4, report.totals.peak_layer) == brute_force(report.network)


def test_a_residual_keeps_its_input() -> None:
    """8x10 floats: the input, and what each step reads and makes."""
    report = report_of(
        "input: 8x10\nlayers: [{add: [[{conv: 8, name: a}, {relu: , name: b}], []]}]\n"
    )
    assert (report.totals.peak_bytes, report.totals.peak_layer) == (3 * 80 * 4, "b")


def test_reshaping_makes_no_value() -> None:
    report = report_of("input: 8x10\nlayers: [flatten, {dropout: 0.5}, {linear: 20}]\n")
    assert (report.totals.peak_bytes, report.totals.peak_layer) == ((80 + 20) * 4, "linear1")


# The sum of all activations


def test_activations_of_vgg16() -> None:
    """Configuration D at 224x224: the image, 13 convolutions, 5 poolings, 3 linear layers."""
    maps = {224: (64, 2), 112: (128, 2), 56: (256, 3), 28: (512, 3), 14: (512, 3)}
    convolutions = sum(count * channels * size**2 for size, (channels, count) in maps.items())
    poolings = sum(channels * (size // 2) ** 2 for size, (channels, _) in maps.items())
    by_hand = 3 * 224 * 224 + convolutions + poolings + 4096 + 4096 + 1000
    assert by_hand == 15_237_608
    vgg16 = bundled("vgg16")
    assert vgg16.totals.activations == by_hand
    assert analyse(vgg16.network, batch=3).totals.activations == 3 * by_hand


ACTIVATIONS = {
    "relu overwrites the conv": ("[{conv: 5}, relu]", 80 + 50),
    "another reads its input": ("[{conv: 8, name: a}, {add: [[relu], a]}]", 80 + 3 * 80),
    "it is an output": ("[{conv: 5}, {output: [identity], name: b}, relu]", 80 + 2 * 50),
    "two in place": ("[{conv: 5}, relu, {dropout: 0.5}, tanh, flatten]", 80 + 50),
    "through an alias": ("[{conv: 5}, flatten, relu]", 80 + 50),
    "read before and after an alias": (
        "[{conv: 5, name: a}, identity, relu, {concat: [[], a]}]",
        80 + 50 + 50 + 100,
    ),
    "softmax needs all": ("[{conv: 5}, softmax]", 80 + 2 * 50),
    "glu halves": ("[{conv: 6}, glu]", 80 + 60 + 30),
    "an adaptive pooling that changes nothing": ("[{adaptive_avgpool: 10}]", 80),
    "and one that does": ("[{adaptive_avgpool: 5}]", 80 + 40),
    "only in training": ("[{output: [{conv: 9}], training_only: true}, {conv: 1}]", 80 + 10),
    "several outputs": ("[{chunk: 2, name: c}, {add: [c.0, c.1]}]", 80 + 80 + 40),
    "the input is overwritten": ("[relu]", 80),
}
"""Steps on 8x10, and the elements by hand."""


@pytest.mark.parametrize("case", ACTIVATIONS)
def test_activations(case: str) -> None:
    steps, elements = ACTIVATIONS[case]
    assert report_of(f"input: 8x10\nlayers: {steps}\n").totals.activations == elements
