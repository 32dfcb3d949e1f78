"""`diff --flat`: layers are compared whatever their names, groups and positions in the file are."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from random import Random

import pytest
from hypothesis import assume, example, given, settings
from hypothesis import strategies as st

import cnncalc
from cnncalc.difference import Comparison, compare
from cnncalc.difference.comparison import ChangeKind
from cnncalc.engine import analyse
from cnncalc.engine.analysis import Analysis, LayerAnalysis
from cnncalc.importers.importing import import_sketch
from cnncalc.importers.pytorch.lowering import lower
from cnncalc.layers import LAYERS
from cnncalc.network import Network, Node, Value
from cnncalc.views.diff.table import diff_table
from cnncalc.views.style import Style

from .support.differences import sums_hold
from .support.networks import NAMES_OF_BUNDLED, ONE_OF_EACH, bundled, example_text, report_of
from .support.processes import cnncalc as run
from .support.programs import MODELS, imported, program
from .support.work import lines_executed


def flat(before: Analysis, after: Analysis) -> Comparison:
    return compare(before, after, is_flat=True)


def changes(found: Comparison) -> list[tuple[str, tuple[str, ...]]]:
    """The layers that changed, and how."""
    return [(entry.path or entry.path_before, entry.what) for entry in found.layers() if entry.what]


# Equal networks


@pytest.mark.parametrize("name", MODELS)
def test_a_folded_file_and_its_flat_form(name: str) -> None:
    """They have other groups, other names and other orders of branches."""
    written = import_sketch(lower(program(name), "flat", ""), is_flat=True)
    before, after = analyse(imported(name).network), analyse(written.network)
    assert flat(before, after).is_empty and flat(after, before).is_empty


IMPORTED_AND_BUNDLED = (
    "vgg11_bn",
    "resnet18",
    "resnet50",
    "densenet121",
    "squeezenet1_0",
    "mobilenet_v2",
    "mobilenet_v3_large",
    "mnasnet1_0",
    "shufflenet_v2_x1_0",
    "efficientnet_b0",
    "regnet_y_400mf",
    "inception_v3",
)


@pytest.mark.parametrize("name", IMPORTED_AND_BUNDLED)
def test_an_imported_file_and_the_one_written_by_hand(name: str) -> None:
    assert flat(bundled(name), analyse(imported(name).network)).is_empty


@pytest.mark.parametrize("name", ONE_OF_EACH)
def test_other_names_and_another_order(name: str) -> None:
    """Every layer is called otherwise, and executed at any time after those that it reads."""
    before = bundled(name)
    after = analyse(shuffled(before.network, Random(name)))
    assert [node.path for node in after.network.nodes] != [
        node.path for node in before.network.nodes
    ]
    found = flat(before, after)
    assert found.is_empty and found.calculates_the_same and flat(after, before).is_empty


def shuffled(network: Network, random: Random) -> Network:
    """The same network without groups, with other names, and its layers in another order."""
    order = random_order(network, random)
    positions = {index: position for position, index in enumerate(order)}
    names = random.sample(range(10**6), len(order))
    tags = {node.weight_key: f"t{random.random()}" for node in network.nodes if node.weight_key}
    nodes = []
    for position, index in enumerate(order):
        node = network.nodes[index]
        read = [
            (at(value, positions), shape)
            for value, shape in zip(node.inputs, node.input_shapes, strict=True)
        ]
        if node.layer.kind in ("add", "mul", "max"):
            random.shuffle(read)
        nodes.append(
            node._replace(
                path=f"n{names[position]}",
                inputs=tuple(value for value, _ in read),
                input_shapes=tuple(shape for _, shape in read),
                start=position,
                shared=tags[node.weight_key] if node.shared and node.weight_key else None,
                weight_key=tags[node.weight_key] if node.weight_key else None,
            )
        )
    outputs = {name: at(value, positions) for name, value in network.outputs.items()}
    return network._replace(name="other", nodes=tuple(nodes), groups=(), outputs=outputs)


def random_order(network: Network, random: Random) -> list[int]:
    """Any order of execution."""
    missing = [
        len({value.node for value in node.inputs if value.node >= 0}) for node in network.nodes
    ]
    readers: list[list[int]] = [[] for _ in network.nodes]
    for index, node in enumerate(network.nodes):
        for source in {value.node for value in node.inputs if value.node >= 0}:
            readers[source].append(index)
    ready = [index for index, number in enumerate(missing) if not number]
    order = []
    while ready:
        index = ready.pop(random.randrange(len(ready)))
        order.append(index)
        for reader in readers[index]:
            missing[reader] -= 1
            if not missing[reader]:
                ready.append(reader)
    return order


def at(value: Value, positions: dict[int, int]) -> Value:
    return value._replace(node=positions[value.node]) if value.node >= 0 else value


# Any graph, against a search of all assignments of its layers

Graph = list[tuple[str, tuple[int, ...]]]
"""Layers by kind and the layers that they read; -1 is the input.  The last one is the output."""

OPERANDS = {"relu": 1, "conv": 1, "add": 2, "sub": 2}


@st.composite
def graphs(draw: st.DrawFn) -> Graph:
    found: Graph = []
    for index in range(draw(st.integers(2, 9))):
        kind = draw(st.sampled_from(sorted(OPERANDS)))
        reads = st.integers(-1, index - 1)
        found.append((kind, tuple(draw(reads) for _ in range(OPERANDS[kind]))))
    return found


def network_of(graph: Graph) -> Analysis:
    return report_of("input: 3x4x4\nlayers:\n" + "".join(map(step, graph, range(len(graph)))))


def step(layer: tuple[str, tuple[int, ...]], index: int) -> str:
    kind, reads = layer
    names = ["input" if source < 0 else f"n{source}" for source in reads]
    if len(names) > 1:
        return f"  - {{{kind}: [{', '.join(names)}], name: n{index}}}\n"
    return f"  - {{{kind}: {'3' if kind == 'conv' else ''}, from: {names[0]}, name: n{index}}}\n"


def is_isomorphic(one: Graph, other: Graph) -> bool:
    """Whether the layers of two graphs correspond in any way, found by trying all."""
    matched = {-1: -1}

    def search(index: int) -> bool:
        if index == len(one):
            return matched[index - 1] == index - 1
        kind, reads = one[index]
        wanted = [matched[source] for source in reads]
        for candidate in set(range(len(other))).difference(matched.values()):
            found = list(other[candidate][1])
            if kind == "add":
                wanted, found = sorted(wanted), sorted(found)
            if other[candidate][0] == kind and wanted == found:
                matched[index] = candidate
                if search(index + 1):
                    return True
                del matched[index]
        return False

    return len(one) == len(other) and search(0)


@settings(max_examples=300, deadline=None)
@given(graphs(), st.randoms(use_true_random=False), st.integers(0, 2))
def test_equal_means_isomorphic(graph: Graph, random: Random, edits: int) -> None:
    before = network_of(graph)
    other = list(graph)
    for _ in range(edits):
        index = random.randrange(len(other))
        kind, reads = other[index]
        other[index] = (kind, tuple(random.randrange(-1, index) for _ in reads))
    edited = network_of(other)
    after = analyse(shuffled(edited.network, random))
    there, back = flat(before, after), flat(after, before)
    assert there.is_empty == back.is_empty == is_isomorphic(graph, other)
    sums_hold(there)
    sums_hold(back)


# What is different is found

CHAIN = """\
input: 3x16x16
layers:
  - {conv: 8, kernel: 3, padding: 1, name: stem}
  - relu
  - concat:
      - [{conv: 8, kernel: 1, name: left}, bn, relu]
      - [{conv: 8, kernel: 1, name: right}, bn, sigmoid]
  - {add: [{conv: 4}, {conv: 4, kernel: 3, padding: 1}]}
  - global_avgpool
  - {linear: 5}
"""


def edited(before: str, after: str) -> Comparison:
    assert before in CHAIN
    other = CHAIN.replace(before, after).replace("stem", "first").replace("right", "r")
    return flat(report_of(CHAIN), report_of(other))


def test_a_changed_argument() -> None:
    found = edited("{conv: 8, kernel: 1, name: right}", "{conv: 8, bias: false, name: right}")
    assert changes(found) == [("r", ("changed",))]
    (entry,) = [entry for entry in found.layers() if entry.what]
    assert [change[:] for change in entry.changes] == [("bias", "true", "false")]


def test_a_missing_activation() -> None:
    found = edited("bn, sigmoid]", "bn]")
    assert changes(found) == [("sigmoid1", ("removed",))]


def test_a_changed_connection() -> None:
    """Two equal layers read each other's values; the file calls all layers otherwise."""
    before = report_of(
        "input: 3x8x8\nlayers:\n"
        "  - {conv: 4, from: input, name: a}\n  - {relu: , name: b}\n"
        "  - {conv: 4, from: a, name: c}\n  - {conv: 4, from: b, name: d}\n  - {sub: [c, d]}\n"
    )
    after = report_of(
        "input: 3x8x8\nlayers:\n"
        "  - {conv: 4, from: input, name: k}\n  - {relu: , name: l}\n"
        "  - {conv: 4, from: l, name: m}\n  - {conv: 4, from: k, name: n}\n  - {sub: [m, n]}\n"
    )
    found = flat(before, after)
    assert not found.is_empty and not found.calculates_the_same
    (entry,) = [entry for entry in found.layers() if entry.what]
    (change,) = entry.changes
    assert change.name == "inputs" and {change.before, change.after} == {"m, n", "n, m"}


def test_another_output() -> None:
    text = "input: 3x8x8\nlayers:\n  - {conv: 3, name: a}\n  - {conv: 3, name: b}\n"
    before = report_of(text + "  - from: a\n  - {output: [{from: b}], name: other}\n")
    after = report_of(text + "  - {output: [{from: a}], name: other, training_only: true}\n")
    assert not flat(before, after).is_empty
    assert "network" in flat(before, after).declarations
    assert flat(before, before).is_empty and flat(after, after).is_empty


def test_other_shared_weights() -> None:
    """Which layers share weights counts, and not what the weights are called."""
    conv = "  - {{conv: 3, name: {}, shared: {}}}\n"
    head = "input: 3x8x8\nlayers:\n"
    one = head + conv.format("a", "w") + conv.format("b", "v") + conv.format("c", "w")
    one += conv.format("d", "v")
    renamed = one.replace("shared: w", "shared: x")
    other = one.replace("name: c, shared: w", "name: c, shared: v").replace(
        "name: d, shared: v", "name: d, shared: w"
    )
    assert flat(report_of(one), report_of(renamed)).is_empty
    found = flat(report_of(one), report_of(other))
    assert changes(found) == [("c", ("changed",)), ("d", ("changed",))]


JOINED = "axis: 1, name: c}\n  - {concat: [c.1, c.0], axis: 1"
"""The end of a `chunk` and the step after it."""

SPELLINGS = [
    ("reshape: [-1, 8]", "reshape: 96x8"),
    ("slice: [0, -1], axis: 1", "slice: [0, 15], axis: 1"),
    ("select: -1, axis: 1", "select: 15, axis: 1"),
    ("select: [3, 4, 5], axis: 1", "slice: [3, 6], axis: 1"),
    ("select: [1, 4, -9], axis: 1", "slice: [1, 8], axis: 1, step: 3"),
    ("slice: [0, 16], axis: 2, step: 4", "slice: [0, 13], axis: 2, step: 4"),
    ("reduce_mean: [1, 2]", "global_avgpool: }\n  - {flatten: "),
    ("reduce_mean: [2, 1], keep: true", "global_avgpool: "),
    ("reduce_max: [1, 2], keep: true", "global_maxpool: "),
    ("upsample: 2", "upsample: , size: 32"),
    ("add: [[], 1]", "add: [1, []]"),
    ("avgpool: 16", "global_avgpool: "),
    ("adaptive_avgpool: 4", "avgpool: 4, count_include_pad: false"),
    ("adaptive_avgpool: 16", "avgpool: 1"),
    ("conv: 6, kernel: 5, padding: 2, groups: 3", "depthwise: 5, padding: 2, multiplier: 2"),
    (f"chunk: 2, {JOINED}", f"chunk: [8, 8], {JOINED}"),
    ("hardtanh: , min: -1, max: 1", "hardtanh: "),
    ("instancenorm: ", "groupnorm: 3, affine: false"),
    ("instancenorm: , affine: true", "groupnorm: 3"),
    ("layernorm: , affine: false", "layernorm: , scale: false, shift: false"),
    ("reshape: [768]", "flatten: "),
    ("reshape: 3x256", "tokens: "),
    ("reshape: 3x16x4x4}\n  - {reshape: 6x8x16", "reshape: 6x8x16"),
    ("permute: [1, 0, 2]}\n  - {permute: [0, 2, 1]", "permute: [1, 2, 0]"),
    ("permute: [1, 2, 0]}\n  - {permute: [2, 0, 1]}\n  - {relu: ", "relu: "),
    ("tokens: }\n  - {permute: [1, 0]", "permute: [1, 2, 0]}\n  - {reshape: [256, 3]"),
    (
        "reshape: 3x4x4x16}\n  - {permute: [1, 0, 2, 3]}\n  - {reshape: [4, -1]",
        "reshape: [3, 4, 64]}\n  - {permute: [1, 0, 2]}\n  - {reshape: [4, -1]",
    ),
    ("attention: 3, window: 16", "attention: 3"),
    ("attention: 3, axes: [1, 2]", "attention: 3"),
    (
        "mul: [[], [global_avgpool, flatten, {reshape: [3, 1, 1]}]]",
        "mul: [[], [global_avgpool, flatten]]",
    ),
    ("tokens: }\n  - {layernorm: }\n  - {relu: ", "layernorm: }\n  - {relu: }\n  - {tokens: "),
    (
        "tokens: }\n  - {permute: [1, 0]}\n  - {linear: 5}\n  - {permute: [1, 0]",
        "reshape: [3, 256]}\n  - {linear: 5, axis: 1",
    ),
    (
        "reshape: [1, 3, 256]}\n  - {softmax: 2",
        "tokens: }\n  - {softmax: 1}\n  - {reshape: [1, 3, 256]",
    ),
    (
        "permute: [1, 2, 0]}\n  - {linear: 5, axis: 2",
        "linear: 5, axis: 0}\n  - {permute: [1, 2, 0]",
    ),
    (
        "add: [[tokens, relu], [{permute: [0, 2, 1]}, tokens]]",
        "permute: [0, 2, 1], name: p}\n  - {add: [p, [{from: input}, relu]]}\n  - {tokens: ",
    ),
    ("add: [[tokens], [tokens, relu]]", "add: [[], [relu]]}\n  - {tokens: "),
    ("concat: [[tokens], [tokens]]", "concat: [[], []]}\n  - {tokens: "),
    ("tokens: }\n  - {reduce_sum: 1", "reduce_sum: [1, 2]"),
    ("tokens: }\n  - {linear: 5, axis: 0", "tokens: }\n  - {linear: 5"),
    (
        "global_avgpool: }\n  - {linear: 5",
        "global_avgpool: }\n  - {linear: 5, axis: 0}\n  - {flatten: ",
    ),
    ("permute: [1, 2, 0]}\n  - {select: 1, axis: 2", "select: 1, axis: 0"),
    ("tokens: }\n  - {attention: 3", "attention: 3}\n  - {tokens: "),
    (
        "reshape: [3, 4, 4, 16]}\n  - {attention: 3, axes: [1, 3]}\n  - {reshape: 3x16x16",
        "reshape: [3, 4, 4, 16]}\n  - {permute: [0, 2, 1, 3]}\n  - {reshape: [3, 4, -1]}\n"
        "  - {attention: 3, axes: 2}\n  - {reshape: [3, 4, 4, 16]}\n  - {permute: [0, 2, 1, 3]}\n"
        "  - {reshape: 3x16x16",
    ),
    (
        "conv: 6}\n  - {reshape: [2, 3, 16, 16]}\n  - {permute: [1, 0, 2, 3]}\n"
        "  - {reshape: [6, 16, 16]}\n  - {relu: ",
        "conv: 6}\n  - {channel_shuffle: 2}\n  - {relu: ",
    ),
    ("permute: [0, 2, 1]}\n  - {roll: 1, axis: 1", "roll: 1, axis: 2}\n  - {permute: [0, 2, 1]"),
    ("chunk: 1, name: c}\n  - {from: 'c[0]', relu: ", "relu: "),
    (
        "permute: [0, 2, 1]}\n  - {crop: 4x6",
        "crop: 6x4}\n  - {permute: [0, 2, 1]",
    ),
    (
        "conv: 1}\n  - {permute: [0, 2, 1]}\n  - {pixel_unshuffle: 2}\n  - {permute: [0, 2, 1]",
        "conv: 1}\n  - {reshape: [8, 2, 8, 2]}\n  - {permute: [3, 1, 0, 2]}\n  - {reshape: 4x8x8",
    ),
    ("pixel_unshuffle: 4}\n  - {relu: }\n  - {pixel_shuffle: 4", "relu: "),
    ("permute: [0, 2, 1]}\n  - {pixel_unshuffle: 16", "permute: [0, 2, 1]}\n  - {reshape: 768x1x1"),
    ("pixel_unshuffle: 16", "flatten: }\n  - {reshape: [768, 1, 1]"),
    (
        "conv: 12}\n  - {global_avgpool: }\n  - {pixel_shuffle: 2",
        "conv: 12}\n  - {global_avgpool: }\n  - {reshape: [3, 2, 2]",
    ),
    (
        "reduce_max: 0, keep: true}\n  - {prelu: , per_channel: true",
        "reduce_max: 0, keep: true}\n  - {prelu: ",
    ),
    (
        "conv: 4}\n  - {pixel_shuffle: 2}\n  - {prelu: , per_channel: true",
        "conv: 4}\n  - {pixel_shuffle: 2}\n  - {prelu: ",
    ),
    ("flatten: }\n  - {prelu: , per_element: true", "flatten: }\n  - {prelu: , per_channel: true"),
    ("pad: 1}\n  - {conv: 6, kernel: 3", "conv: 6, kernel: 3, padding: 1"),
    ("pad: 1}\n  - {conv: 6, kernel: 1, padding: 0", "conv: 6, padding: 1"),
    ("pad: 1}\n  - {depthwise: 3, padding: 1", "depthwise: 3, padding: 2"),
    (
        "pad: [0, 1], end: 1}\n  - {conv: 6, kernel: 3",
        "conv: 6, kernel: 3, padding: [0, 1], padding_end: 1",
    ),
    ("relu: }\n  - {pad: 1}\n  - {maxpool: 3", "relu: }\n  - {maxpool: 3, padding: 1"),
    ("pad: 1}\n  - {avgpool: 3, count_include_pad: false", "avgpool: 3, padding: 1"),
    ("pad: 1}\n  - {pad: [0, 2]}\n  - {conv: 6, kernel: 3", "conv: 6, kernel: 3, padding: [1, 3]"),
    ("pad: 1}\n  - {unfold: 2, padding: [0, 1]", "unfold: 2, padding: [1, 2]"),
    (
        "pad: [1, 0]}\n  - {permute: [0, 2, 1]}\n  - {relu: }\n  - {permute: [0, 2, 1]",
        "pad: 1, axis: 1}\n  - {relu: ",
    ),
    (
        "pad: [1, 0]}\n  - {permute: [0, 2, 1]}\n  - {pad: 1}\n  - {conv: 6, kernel: 3",
        "permute: [0, 2, 1]}\n  - {conv: 6, kernel: 3, padding: [1, 2]",
    ),
    (
        "pad: 1, axis: 0}\n  - {permute: [1, 0, 2]}\n  - {pad: 2",
        "permute: [1, 0, 2]}\n  - {pad: [3, 2]",
    ),
    (
        "pad: 1}\n  - {permute: [2, 0, 1]}\n  - {pad: 1, axis: 1",
        "permute: [2, 0, 1]}\n  - {pad: 1, axis: [0, 1, 2]",
    ),
    (
        "permute: [0, 2, 1]}\n  - {lstm: 5, axis: 1}\n  - {permute: [0, 2, 1]",
        "lstm: 5, axis: 2",
    ),
    (
        "permute: [0, 2, 1]}\n  - {attention: 3, window: [4, 8]}\n  - {permute: [0, 2, 1]",
        "attention: 3, window: [8, 4]",
    ),
    ("pad: 1}\n  - {adaptive_avgpool: 6", "avgpool: 3, padding: 1"),
    ("pad: 1}\n  - {avgpool: 18", "avgpool: 18, padding: 1"),
    (
        "add: [[{pad: 1}, {conv: 6, kernel: 3}], [{pad: 1}, {conv: 6, kernel: 3}]]",
        "pad: 1}\n  - {add: [[{conv: 6, kernel: 3}], [{conv: 6, kernel: 3}]]",
    ),
]


@pytest.mark.parametrize(("one", "other"), SPELLINGS)
def test_arguments_with_which_a_layer_calculates_the_same(one: str, other: str) -> None:
    before, after = (
        report_of(f"input: 3x16x16\nlayers:\n  - {{{step}}}\n") for step in (one, other)
    )
    assert flat(before, after).is_empty and not compare(before, after).is_empty


DIFFERENT = [
    ("avgpool: 16, padding: 1", "global_avgpool: "),
    ("adaptive_avgpool: 5", "avgpool: 4, stride: 3"),
    ("avgpool: 4, padding: 1, count_include_pad: false", "avgpool: 4, padding: 1"),
    ("conv: 6, kernel: 5, groups: 3", "depthwise: 3, multiplier: 2"),
    (f"chunk: 2, {JOINED}", f"chunk: [7, 9], {JOINED}"),
    ("hardtanh: , min: -1, max: 2", "hardtanh: "),
    ("instancenorm: ", "groupnorm: 3"),
    ("instancenorm: , affine: true", "groupnorm: 1"),
    ("slice: 1, axis: 1", "slice: 0, axis: 1"),
    ("select: [3, 5, 4], axis: 1", "slice: [3, 6], axis: 1"),
    ("select: [3], axis: 1", "select: 3, axis: 1"),
    ("reduce_mean: 1", "global_avgpool: "),
    ("reduce_sum: [1, 2], keep: true", "global_avgpool: "),
    ("reduce_mean: [1, 2]", "global_avgpool: "),
    ("reshape: [256, 3]", "permute: [1, 2, 0]}\n  - {reshape: [256, 3]"),
    ("reshape: 3x4x64}\n  - {permute: [1, 0, 2]", "reshape: 4x3x64"),
    ("attention: 3, window: 8", "attention: 3"),
    ("tokens: , name: t}\n  - {add: [[relu], t]", "tokens: }\n  - {relu: "),
    ("tokens: }\n  - {softmax: 1", "softmax: 2}\n  - {tokens: "),
    (
        "permute: [0, 2, 1]}\n  - {linear: 5, axis: 1",
        "linear: 5, axis: 1}\n  - {permute: [0, 2, 1]",
    ),
    ("add: [[tokens], [{permute: [0, 2, 1]}, tokens]]", "add: [[], []]}\n  - {tokens: "),
    ("concat: [[tokens], [tokens]], axis: 1", "concat: [[], []], axis: 1}\n  - {tokens: "),
    (
        "permute: [0, 2, 1]}\n  - {prelu: , per_element: true",
        "prelu: , per_element: true}\n  - {permute: [0, 2, 1]",
    ),
    ("permute: [0, 2, 1]}\n  - {roll: 1, axis: 1}\n  - {permute: [0, 2, 1]", "roll: 1, axis: 1"),
    ("tokens: }\n  - {roll: 1, axis: 1", "roll: 1, axis: 2}\n  - {tokens: "),
    ("pad: 1}\n  - {maxpool: 3", "maxpool: 3, padding: 1"),
    ("pad: 1, axis: 0}\n  - {conv: 6", "conv: 6, padding: 1"),
    ("pad: 2}\n  - {conv: 6, kernel: 3", "conv: 6, kernel: 3, padding: 1"),
    ("pad: 1}\n  - {avgpool: 3", "avgpool: 3, padding: 1, count_include_pad: false"),
    ("pad: 1, end: -1}\n  - {conv: 6", "conv: 6"),
    (
        "conv: 4}\n  - {pixel_shuffle: 2}\n  - {prelu: ",
        "conv: 4}\n  - {prelu: , per_channel: true}\n  - {pixel_shuffle: 2",
    ),
    ("permute: [0, 2, 1]}\n  - {gru: 5, axis: 1", "gru: 5, axis: 1}\n  - {permute: [0, 2, 1]"),
    ("tokens: }\n  - {gru: 3", "gru: 3, axis: 1}\n  - {tokens: "),
    (
        "permute: [0, 2, 1]}\n  - {attention: 3, window: [4, 8]",
        "attention: 3, window: [4, 8]}\n  - {permute: [0, 2, 1]",
    ),
    ("pad: 1}\n  - {pad: -1", "pad: 0"),
    ("pad: -1}\n  - {pad: 1", "pad: 0"),
    (
        "pad: [1, 0]}\n  - {permute: [0, 2, 1]}\n  - {relu: ",
        "pad: [0, 1]}\n  - {permute: [0, 2, 1]}\n  - {relu: ",
    ),
]


@pytest.mark.parametrize(("one", "other"), DIFFERENT)
def test_arguments_with_which_a_layer_calculates_something_else(one: str, other: str) -> None:
    before, after = (
        report_of(f"input: 3x16x16\nlayers:\n  - {{{step}}}\n") for step in (one, other)
    )
    assert not flat(before, after).is_empty


@pytest.mark.parametrize("kind", LAYERS)
def test_the_canonical_form_has_the_same_numbers(kind: str) -> None:
    """The shapes, weights and costs of a layer are those of the form that it is compared in."""
    for node in report_of(example_text(kind)).network.nodes:
        found, read = node.layer.canonical(*node.input_shapes), node.input_shapes
        assert found.output(*read) == node.layer.output(*read)
        assert sorted(found.weights(*read).values()) == sorted(node.layer.weights(*read).values())
        for number in ("buffers", "macs", "other_flops"):
            assert getattr(found, number)(*read) == getattr(node.layer, number)(*read), number
        assert found.canonical(*read) == found


NOTHING = [
    *("identity", "{dropout: 0}", "{droppath: 0}", "{add: [[]]}", "{mul: [[]]}", "{concat: [[]]}"),
    *("{slice: [0, 8], axis: 1}", "{select: [0, 1, 2, 3, 4, 5, 6, 7], axis: 2}"),
    *("{layers: [{chunk: 1, name: part}, {from: 'part[0]'}]}",),
    *("{crop: 8}", "{pad: 0}", "{roll: 8, axis: 1}", "{channel_shuffle: 1}"),
    *("{pixel_shuffle: 1}", "{pixel_unshuffle: 1}"),
]


@pytest.mark.parametrize("step", NOTHING)
@pytest.mark.parametrize("place", [0, 2, 4])
def test_layers_that_do_nothing_do_not_count(step: str, place: int) -> None:
    """At the start, between layers and at the end, also as the only operand of a branch."""
    steps = ["{conv: 4, name: a}", "relu", "{conv: 4, name: b}", "{add: [[], a]}"]
    longer = [*steps[:place], step, *steps[place:]]
    before, after = (
        report_of(f"input: 3x8x8\nlayers: [{', '.join(listed)}]\n").network
        for listed in (steps, longer)
    )
    found = flat(analyse(before), analyse(after))
    assert found.is_empty
    sums_hold(found)
    assert flat(analyse(after), analyse(after)).is_empty


def test_a_network_that_does_nothing() -> None:
    nothing, something = (
        report_of(f"input: 3x8x8\nlayers: [{step}]\n") for step in ("identity", "relu")
    )
    assert flat(nothing, nothing).is_empty
    assert not flat(nothing, something).is_empty and not flat(something, nothing).is_empty


SUMS = """\
input: 3x8x8
layers:
  - {{conv: 4, name: a}}
  - {{conv: 4, kernel: 3, padding: 1, from: input, name: b}}
  - {{conv: 4, kernel: 5, padding: 2, from: input, name: c}}
  - {steps}
"""


def summed(steps: str) -> Analysis:
    return report_of(SUMS.format(steps=steps))


def test_a_sum_of_sums_is_a_sum() -> None:
    at_once = summed("{add: [a, b, c]}")
    for steps in ("{add: [c, {add: [a, b]}]}", "{add: [{add: [{add: [c, b]}]}, a]}"):
        found = flat(at_once, summed(steps))
        assert found.is_empty, steps
        sums_hold(found)
    twice = "{add: [a, b], name: s}\n  - {add: [s, {mul: [s, c]}]}"
    assert not flat(summed(twice), summed("{add: [a, b, {mul: [a, c]}]}")).is_empty
    assert not flat(at_once, summed("{add: [a, b, b, c]}")).is_empty
    assert not flat(at_once, summed("{add: [c, {mul: [a, b]}]}")).is_empty


def test_a_factor_at_other_points_is_another() -> None:
    """torch.nn.Upsample samples by the factor that is given, not by that of the rounded size."""
    before, after = (
        report_of(f"input: 3x5x5\nlayers:\n  - {{upsample: {argument}}}\n")
        for argument in ("1.5", ", size: 7")
    )
    assert not flat(before, after).is_empty


@settings(max_examples=60, deadline=None)
@given(st.sampled_from(NAMES_OF_BUNDLED), st.randoms(use_true_random=False))
def test_a_removed_activation_of_any_network(name: str, random: Random) -> None:
    """But not of one between two sums, which are one sum without it."""
    before = bundled(name)
    network = before.network
    summed = {
        value.node for node in network.nodes if node.layer.kind == "add" for value in node.inputs
    }
    candidates = [
        index
        for index, node in enumerate(network.nodes)
        if node.layer.kind in ("relu", "relu6", "silu", "gelu", "hardswish", "sigmoid")
        and not (index in summed and network.nodes[node.inputs[0].node].layer.kind == "add")
    ]
    assume(candidates)
    after = analyse(without(network, random.choice(candidates)))
    found = flat(before, after)
    assert [what for _, what in changes(found) if what != ("consequence",)] == [("removed",)]
    sums_hold(found)


def without(network: Network, removed: int) -> Network:
    """The network without one layer of one input: what read it reads its input."""
    source = network.nodes[removed].inputs[0]

    def kept(value: Value) -> Value:
        if value.node == removed:
            value = source
        return value._replace(node=value.node - (value.node > removed))

    nodes: Sequence[Node] = [
        node._replace(
            inputs=tuple(map(kept, node.inputs)),
            start=node.start - (node.start > removed),
        )
        for index, node in enumerate(network.nodes)
        if index != removed
    ]
    outputs = {name: kept(value) for name, value in network.outputs.items()}
    return network._replace(nodes=tuple(nodes), groups=(), outputs=outputs)


@settings(max_examples=40, deadline=None)
@given(st.sampled_from(NAMES_OF_BUNDLED), st.randoms(use_true_random=False))
def test_a_changed_argument_of_any_network(name: str, random: Random) -> None:
    """A bias that a convolution has or not, which changes no shape.

    Of layers that read the same value and make the same shape, nothing says which has changed.
    """
    network = bundled(name).network
    places = Counter([(node.layer.kind, node.inputs, node.shape) for node in network.nodes])
    indices = [
        index
        for index, node in enumerate(network.nodes)
        if node.layer.kind in ("conv", "linear")
        and node.weight_key is None
        and places[node.layer.kind, node.inputs, node.shape] == 1
    ]
    assume(indices)
    only_the_bias_changed(name, random.choice(indices), random)


def test_a_pooling_next_to_a_changed_layer_does_not_move() -> None:
    network = bundled("pnasnet5large").network
    [index] = [
        index for index, node in enumerate(network.nodes) if node.path == "stage1.2.fit1.conv1"
    ]
    only_the_bias_changed("pnasnet5large", index, Random(0))


def only_the_bias_changed(name: str, index: int, random: Random) -> None:
    """`diff --flat` reports the changed bias of one layer, and nothing else but consequences."""
    before = bundled(name)
    nodes = list(before.network.nodes)
    layer = nodes[index].layer
    other = layer.with_arguments(bias=not layer.__dict__["bias"])
    nodes[index] = nodes[index]._replace(layer=other)
    after = analyse(shuffled(before.network._replace(nodes=tuple(nodes)), random))
    found = flat(before, after)
    (entry,) = [entry for entry in found.layers() if set(entry.what) - {"consequence"}]
    assert [change.name for change in entry.changes] == ["bias"]
    assert isinstance(entry.before, LayerAnalysis)
    assert entry.before.node.path == before.network.nodes[index].path


@settings(max_examples=30, deadline=None)
@given(st.sampled_from(NAMES_OF_BUNDLED), st.sampled_from(NAMES_OF_BUNDLED))
@example("alexnet", "slowfast_r50_8x8")  # of one input and of two
@example("deeplabv3_mobilenet_v3_large", "dpn92")  # sums whose operands correspond in one order
def test_any_two(one: str, other: str) -> None:
    before, after = bundled(one), bundled(other)
    there = flat(before, after)
    sums_hold(there)
    back = flat(after, before)
    sums_hold(back)
    assert kinds_of_changes(there, {}) == kinds_of_changes(back, MIRRORED)


MIRRORED: dict[str, ChangeKind] = {"added": "removed", "removed": "added"}


def kinds_of_changes(found: Comparison, turned: Mapping[str, ChangeKind]) -> Counter[object]:
    """How many layers changed in which ways, and by how much."""
    deltas = [entry.delta.params if not turned else -entry.delta.params for entry in found.layers()]
    return Counter(
        (delta, tuple(turned.get(what, what) for what in entry.what))
        for entry, delta in zip(found.layers(), deltas, strict=True)
    )


# Output


def test_every_format(tmp_path: Path) -> None:
    (tmp_path / "a.yaml").write_text(CHAIN)
    text = CHAIN.replace("stem", "first")
    (tmp_path / "b.yaml").write_text(text)
    (tmp_path / "c.yaml").write_text(text.replace("relu\n", "tanh\n"))
    ran = run("diff", "--flat", "a.yaml", "b.yaml", "--exit-code", cwd=tmp_path)
    assert (ran.returncode, ran.stdout.splitlines()[1]) == (0, "the layers are equal")
    assert run("diff", "a.yaml", "b.yaml", "--exit-code", cwd=tmp_path).returncode == 1
    for form in ("table", "markdown"):
        words = ["diff", "--flat", "a.yaml", "c.yaml", "--format", form, "--exit-code"]
        ran = run(*words, cwd=tmp_path)
        assert ran.returncode == 1 and "relu -> tanh" in ran.stdout
        assert "first" not in ran.stdout and "stem" not in ran.stdout
    ran = run("diff", "--flat", "a.yaml", "c.yaml", "--format", "json", cwd=tmp_path)
    (found,) = json.loads(ran.stdout)["differences"]
    assert (found["flat"], found["equal"], found["groups"]) == (True, False, [])
    assert [row["path"] for row in found["layers"] if row["what"] != ["same"]] == ["tanh1"]
    ran = run("diff", "--flat", "a.yaml", "c.yaml", "--fail-on", "params > +0", cwd=tmp_path)
    assert ran.returncode == 0
    ran = run("diff", "--flat", "a.yaml", "c.yaml", "--depth", "2", cwd=tmp_path)
    assert ran.returncode == 2 and "--flat compares layers without groups" in ran.stderr


def test_in_python() -> None:
    resnet = cnncalc.load("resnet18")
    assert cnncalc.diff(resnet, imported("resnet18").network, flat=True).equal
    assert not cnncalc.diff(resnet, imported("resnet18").network).equal


def test_rows_are_layers() -> None:
    found = flat(bundled("resnet50"), bundled("resnext50_32x4d"))
    assert all(entry.is_layer for entry in found.everything())
    text = diff_table([found], Style())
    assert "stage.3.block.2.conv_bn2.conv1" in text and "(80 layers follow)" in text


# Work


def branches(n: int) -> str:
    step = f"{{relu: , from: input, repeat: {n}, name: s}}"
    return f"input: 3x8x8\nlayers:\n  - {step}\n  - add: [s.*]\n"


def dense(n: int) -> str:
    """Layers that all read the same values, and are read by no other."""
    steps = "".join(f"  - {{sigmoid: , from: s, name: e{index}}}\n" for index in range(n))
    return f"input: 3x8x8\nlayers:\n  - {{relu: , name: s}}\n{steps}"


def chain(n: int) -> str:
    return f"input: 3x8x8\nlayers:\n  - {{layers: [{{conv: 4, kernel: 1}}, relu], repeat: {n}}}\n"


@pytest.mark.parametrize("text", [branches, dense, chain])
def test_work_grows_with_the_networks(text: Callable[[int], str]) -> None:
    def work(n: int) -> int:
        before, after = report_of(text(n)), report_of(text(n).replace("relu", "tanh"))
        return lines_executed(lambda: flat(before, after))

    work(50)
    assert work(400) / work(200) <= 2.2
