"""Attention as its products: ONNX 20 has no operator for it."""

from __future__ import annotations

from itertools import chain, product
from math import prod
from typing import Any

from ....named_tuple import NamedTuple
from ....shape import Shape
from ..layer_writer import LayerWriter, NoOperator


class PositionAxes(NamedTuple):
    """The spatial axes of a value, each of those that are windows as two.

    `outer` are those at whose positions attention is separate, `inner` those that are attended to.
    """

    sizes: tuple[int, ...]
    outer: tuple[int, ...]
    inner: tuple[int, ...]

    @property
    def outer_sizes(self) -> tuple[int, ...]:
        return tuple(self.sizes[axis] for axis in self.outer)

    @property
    def inner_sizes(self) -> tuple[int, ...]:
        return tuple(self.sizes[axis] for axis in self.inner)


def position_axes(layer: Any, x: Shape) -> PositionAxes:
    """How attention takes the positions of a value apart.  Raises NoOperator."""
    axes = range(len(x.spatial))
    if layer.window:
        return window_axes(layer.window, x)
    attended = set(axes) if layer.axes == "all" else {axis - 1 for axis in layer.axes}
    outer = tuple(axis for axis in axes if axis not in attended)
    return PositionAxes(x.spatial, outer, tuple(sorted(attended)))


def window_axes(window: tuple[int, ...], x: Shape) -> PositionAxes:
    """Each axis as windows, and the positions in one."""
    pairs = list(zip(x.spatial, window, strict=True))
    if any(size % part for size, part in pairs):
        raise NoOperator("its windows do not divide the map")
    sizes = chain.from_iterable((size // part, part) for size, part in pairs)
    axes = range(2 * len(pairs))
    return PositionAxes(tuple(sizes), tuple(axes[::2]), tuple(axes[1::2]))


def attention(w: LayerWriter, layer: Any, x: Shape, source: Shape | None = None) -> str:
    """Products of queries with keys, and of their softmax with values, for each head."""
    shape = source or x
    axes, others = position_axes(layer, x), position_axes(layer, shape)
    if axes.outer_sizes != others.outer_sizes:
        raise NoOperator(
            "its keys have other windows, or positions along axes that it is not along"
        )
    bias = offset_bias(w, layer, others) if layer.rel_bias else ""
    tokens = as_tokens(w, w.x, x)
    keys = tokens if source is None else as_tokens(w, w.inputs[1], shape)
    shared = head_axes(layer, 1) if layer.kv_heads != layer.heads else head_axes(layer)
    query = heads(w, projected(w, "query", tokens), head_axes(layer), layer.dim, axes)
    key = heads(w, projected(w, "key", keys), shared, layer.key_size, others)
    value = heads(w, projected(w, "value", keys), shared, layer.value_size, others)
    rank = bool(axes.outer) + len(shared) + 2
    order = *range(rank - 2), rank - 1, rank - 2
    scores = w.op("MatMul", query, w.transposed(key, order))
    scores = w.op("Mul", scores, w.number((layer.dim // layer.heads) ** -0.5))
    scores = w.op("Add", scores, bias) if bias else scores
    found = w.op("MatMul", w.op("Softmax", scores, axis=-1), value)
    joined = together(w, found, layer, axes)
    return w.reshaped(w.transposed(projected(w, "out", joined), (1, 0)), *x)


def as_tokens(w: LayerWriter, value: str, shape: Shape) -> str:
    """A row of channels for each position."""
    series = value if len(shape) == 2 else w.reshaped(value, shape.channels, shape.positions)
    return w.transposed(series, (1, 0))


def projected(w: LayerWriter, name: str, tokens: str) -> str:
    """The channels of every position times a matrix."""
    matrix = w.op("Transpose", w.weight(name), perm=(1, 0))
    found = w.op("MatMul", tokens, matrix)
    return w.op("Add", found, w.weight(f"{name}_bias")) if w.has(f"{name}_bias") else found


def head_axes(layer: Any, members: int = 0) -> tuple[int, ...]:
    """The heads as one axis, or as those that have keys and values and those that share them."""
    if layer.kv_heads == layer.heads:
        return (layer.heads,)
    return layer.kv_heads, members or layer.heads // layer.kv_heads


def heads(
    w: LayerWriter, tokens: str, apart: tuple[int, ...], size: int, axes: PositionAxes
) -> str:
    """Matrices of positions and channels, for each head and each outer position."""
    whole = w.reshaped(tokens, *axes.sizes, *apart, size // prod(apart))
    moved = w.transposed(whole, matrix_order(axes, len(apart)))
    outer = (prod(axes.outer_sizes),) if axes.outer else ()
    if len(axes.outer) <= 1 == len(axes.inner):
        return moved
    return w.reshaped(moved, *outer, *apart, prod(axes.inner_sizes), size // prod(apart))


def matrix_order(axes: PositionAxes, count: int) -> tuple[int, ...]:
    """The outer positions, so many axes of heads, the inner positions, and the channels."""
    rank = len(axes.sizes)
    return (*axes.outer, *range(rank, rank + count), *axes.inner, rank + count)


def together(w: LayerWriter, found: str, layer: Any, axes: PositionAxes) -> str:
    """The channels of all heads, for each position in its order."""
    apart = head_axes(layer)
    whole = found
    if not len(axes.outer) <= 1 == len(axes.inner):
        depth = layer.value_dim // layer.heads
        whole = w.reshaped(found, *axes.outer_sizes, *apart, *axes.inner_sizes, depth)
    order = matrix_order(axes, len(apart))
    moved = w.transposed(whole, [order.index(axis) for axis in range(len(order))])
    return w.reshaped(moved, prod(axes.sizes), layer.value_dim)


def offset_bias(w: LayerWriter, layer: Any, axes: PositionAxes) -> str:
    """What is added to the scores of queries and keys, by the offset between their positions."""
    sizes = axes.inner_sizes
    positions = list(product(*map(range, sizes)))
    entries = [offset_entry(one, other, sizes) for one in positions for other in positions]
    table = w.op("Reshape", w.weight("rel_bias"), w.wholes(layer.heads, -1))
    bias = w.op("Gather", table, w.wholes(*entries), axis=1)
    return w.op("Reshape", bias, w.wholes(*head_axes(layer), len(positions), len(positions)))


def offset_entry(one: tuple[int, ...], other: tuple[int, ...], sizes: tuple[int, ...]) -> int:
    """The place of an offset in the table of all offsets.

    >>> offset_entry((0, 0), (0, 0), (7, 7)), offset_entry((6, 6), (0, 0), (7, 7))
    (84, 0)
    """
    entry = 0
    for first, second, size in zip(one, other, sizes, strict=True):
        entry = entry * (2 * size - 1) + second - first + size - 1
    return entry


WRITERS = {"attention": attention}
