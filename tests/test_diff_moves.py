"""That the form in which `diff --flat` compares networks calculates what they calculate.

Small random networks are calculated with numpy, before and after.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from math import prod
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cnncalc.difference.equivalent import equivalent
from cnncalc.network import Network, Node
from cnncalc.shape import Shape

from .support.networks import report_of

numpy = pytest.importorskip("numpy")

SHAPE = (4, 6, 2)
Array = Any


# The calculation


def reduced(function: Callable[..., Array]) -> Callable[[Any, Array], Array]:
    return lambda layer, x: function(x, axis=layer.axis, keepdims=layer.keep)


def linear(layer: Any, x: Array) -> Array:
    axis = layer.axis or 0
    if layer.is_on_vector(Shape(x.shape)):
        x = x.reshape(-1)
    size = x.shape[axis]
    weights = numpy.random.default_rng(size * layer.out).normal(size=(layer.out, size))
    return numpy.moveaxis(numpy.tensordot(weights, x, (1, axis)), 0, axis)


def softmax(layer: Any, x: Array) -> Array:
    found = numpy.exp(x - x.max())
    return found / found.sum(axis=layer.axis, keepdims=True)


def layernorm(layer: Any, x: Array) -> Array:
    mean, deviation = (
        function(x, layer.axis, keepdims=True) for function in (numpy.mean, numpy.std)
    )
    return (x - mean) / (deviation + 1e-3)


def glu(layer: Any, x: Array) -> Array:
    first, second = numpy.split(x, 2)
    return first / (1 + numpy.exp(-second))


def element_wise(function: Callable[..., Array]) -> Callable[..., Array]:
    def joined(layer: Any, *operands: Array) -> Array:
        rank = max(one.ndim for one in operands)
        wide = [one.reshape(one.shape + (1,) * (rank - one.ndim)) for one in operands]
        return function(*wide)

    return joined


def sliced(layer: Any, x: Array) -> Array:
    start, end = layer.bounds(Shape(x.shape))
    return numpy.moveaxis(numpy.moveaxis(x, layer.axis, 0)[start : end : layer.step], 0, layer.axis)


def to_shape(x: Array, sizes: Sequence[int]) -> Array:
    return x.reshape(tuple(sizes))


FUNCTIONS: dict[str, Callable[..., Array]] = {
    "relu": lambda layer, x: numpy.maximum(x, 0),
    "permute": lambda layer, x: x.transpose(layer.order),
    "linear": linear,
    "softmax": softmax,
    "layernorm": layernorm,
    "glu": glu,
    "reduce_sum": reduced(numpy.sum),
    "reduce_mean": reduced(numpy.mean),
    "global_avgpool": lambda layer, x: x.mean(tuple(range(1, x.ndim)), keepdims=True),
    "slice": sliced,
    "select": lambda layer, x: numpy.take(x, layer.index, layer.axis),
    "roll": lambda layer, x: numpy.roll(x, layer.shift, layer.axis),
    "concat": lambda layer, *operands: numpy.concatenate(operands, layer.axis),
    "add": element_wise(lambda *operands: sum(operands)),
    "mul": element_wise(numpy.multiply),
}


def calculated(network: Network) -> Array:
    """The output for numbers that are all different."""
    [shape] = network.inputs.values()
    results: dict[tuple[int, int | None], Array] = {}
    results[-1, None] = numpy.cos(numpy.arange(prod(shape)) + 1.0).reshape(shape)
    for index, node in enumerate(network.nodes):
        read = [results[value.node, value.part] for value in node.inputs]
        results |= parts_of(node, index, read)
    [value] = network.outputs.values()
    return results[value.node, value.part]


def parts_of(node: Node, index: int, read: list[Array]) -> dict[tuple[int, int | None], Array]:
    layer: Any = node.layer
    if layer.kind == "chunk":
        sizes = layer.part_sizes(node.input_shapes[0])
        ends = [sum(sizes[:count]) for count in range(1, len(sizes))]
        parts = numpy.split(read[0], ends, layer.axis)
        return {(index, number): part for number, part in enumerate(parts)}
    if layer.kind in ("reshape", "tokens", "flatten"):
        return {(index, None): to_shape(read[0], node.shape)}
    found = FUNCTIONS[layer.kind](layer, *read)
    assert found.shape == tuple(node.shape), (layer, found.shape, node)
    return {(index, None): found}


# Random networks


@st.composite
def sizes(draw: st.DrawFn, count: int) -> list[int]:
    """Sizes with a product."""
    found: list[int] = []
    while count > 1 and len(found) < 3:
        size = draw(st.sampled_from([one for one in range(1, count + 1) if count % one == 0]))
        found.append(size)
        count //= size
    return [*found, count]


@st.composite
def step(draw: st.DrawFn, shape: tuple[int, ...], name: str) -> str:
    """A step on a value of this shape, with a name for what needs one."""
    axes = st.integers(0, len(shape) - 1)
    order = draw(st.permutations(range(len(shape))))
    axis = draw(axes)
    chosen = sorted({axis, draw(axes)})
    listed = draw(sizes(prod(shape)))
    back = [order.index(place) for place in range(len(order))]
    moved = f"{{permute: {order}}}, relu, {{permute: {back}}}"
    split = f"{{reshape: {listed}}}, relu, {{reshape: {list(shape)}}}"
    choices = [
        *[f"{{permute: {order}}}", f"{{reshape: {listed}}}"] * 4,
        *["relu", f"{{softmax: {axis}}}", f"{{linear: {draw(st.integers(2, 4))}, axis: {axis}}}"],
        *[f"{{layernorm: , affine: false, axis: {chosen}}}", f"{{roll: 1, axis: {axis}}}"],
        *[f"{{add: [[{moved}], []]}}", f"{{mul: [[{split}], []]}}"],
        f"{{concat: [[{draw(st.sampled_from((moved, split)))}], []], axis: {axis}}}",
        f"{{reduce_sum: {chosen}, keep: true}}",
        f"{{slice: [0, {(shape[axis] + 1) // 2}], axis: {axis}}}",
    ]
    if shape[axis] > 1:
        parts = f"{{chunk: [1, {shape[axis] - 1}], axis: {axis}, name: {name}}}"
        choices.append(f"{{layers: [{parts}, {{from: '{name}[1]'}}]}}")
    if len(shape) > len(chosen):
        choices.append(f"{{reduce_mean: {chosen}}}")
    if len(shape) > 1:
        choices += [f"{{select: {shape[axis] // 2}, axis: {axis}}}", "global_avgpool", "tokens"]
        choices.append("{mul: [[global_avgpool, flatten, relu], []]}")
    choices += ["glu"] if shape[0] % 2 == 0 else []
    return draw(st.sampled_from(choices))


@st.composite
def networks(draw: st.DrawFn) -> str:
    text = f"input: {list(SHAPE)}\nlayers:\n"
    for index in range(draw(st.integers(2, 7))):
        shape = tuple(next(iter(report_of(text + "  - identity\n").network.nodes[-1:])).shape)
        made = draw(step(shape, f"parts{index}"))
        if made == "tokens" and len(shape) not in (3, 4):
            continue
        text += f"  - {made}\n"
    return text + "  - relu\n"


@settings(max_examples=150, deadline=None)
@given(networks())
def test_what_is_compared_calculates_the_same(text: str) -> None:
    before = report_of(text)
    after = equivalent(before)
    one, other = calculated(before.network), calculated(after.network)
    assert one.shape == other.shape and numpy.allclose(one, other), text
