"""Layers of several tensors."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from ...axes import TensorView
from ...errors import Unsupported
from ...operands import concatenated, joined
from ...products import product
from ..context import LayerCall


def broadcast_sizes(call: LayerCall, views: Sequence[TensorView]) -> tuple[int, ...]:
    """The sizes of a result whose operands are broadcast.  Raises Unsupported."""
    rank = max(view.rank for view in views)
    sizes = [(1,) * (rank - view.rank) + call.sizes(view) for view in views]
    found = tuple(max(entries) for entries in zip(*sizes, strict=True))
    for own in sizes:
        if any(size not in (1, wanted) for size, wanted in zip(own, found, strict=True)):
            raise Unsupported("operands of different sizes")
    return found


def of_one_rank(views: Sequence[TensorView]) -> list[TensorView]:
    """Tensors of the highest rank: Keras puts axes of size 1 after the batch of the others."""
    rank = max(view.rank for view in views)
    return [
        view._replace(axes=(view.axes[0], *((),) * (rank - view.rank), *view.axes[1:]))
        for view in views
    ]


def operands_of(call: LayerCall) -> list[TensorView]:
    views = call.views
    if not views:
        raise Unsupported("called without a tensor")
    return of_one_rank(views)


def join(kind: str) -> Callable[[LayerCall], TensorView]:
    """The function of a merging layer."""

    def function(call: LayerCall) -> TensorView:
        views = operands_of(call)
        if len(views) == 1:
            return views[0]
        return joined(call.builder, kind, views, broadcast_sizes(call, views))

    return function


def average(call: LayerCall) -> TensorView:
    total = join("add")(call)
    count = len(call.views)
    return total.with_value(call.add("div", {}, [total.value, float(count)]))


def minimum(call: LayerCall) -> TensorView:
    return minimum_of(call, operands_of(call))


def minimum_of(call: LayerCall, operands: Sequence[TensorView]) -> TensorView:
    """The maximum of the negatives, as a negative."""
    views = [negative(call, view) for view in operands]
    largest = joined(call.builder, "max", views, broadcast_sizes(call, views))
    return negative(call, largest)


def negative(call: LayerCall, view: TensorView) -> TensorView:
    return call.apply("elementwise", {"function": "neg"}, view)


def concatenate(call: LayerCall) -> TensorView:
    return concatenation(call, call.views, call.config.integer("axis", -1))


def concatenation(call: LayerCall, views: Sequence[TensorView], axis: int) -> TensorView:
    rank = views[0].rank if views else 0
    if any(view.rank != rank for view in views) or not -rank <= axis < rank:
        raise Unsupported("tensors of different ranks")
    return concatenated(call.builder, views, axis % rank)


def dot(call: LayerCall) -> TensorView:
    """Dot: the sum of products along one axis of each."""
    if len(call.views) != 2:
        raise Unsupported("not of two tensors")
    first, second = call.views
    left, right = call.config.sizes("axes", 2)
    if call.config.flag("normalize", False):
        first, second = (call.apply("l2norm", {}, view) for view in (first, second))
    if first.rank == second.rank == 2:
        return dot_of_vectors(call, first, second)
    if first.rank != 3 or second.rank != 3:
        raise Unsupported("of tensors that are not matrices or vectors")
    rows = first if left % 3 == 2 else first.permuted([0, 2, 1])
    columns = second if right % 3 == 1 else second.permuted([0, 2, 1])
    sizes = (call.sizes(rows)[0], call.sizes(rows)[1], call.sizes(columns)[2])
    return product(call.builder, rows, columns, sizes)


def dot_of_vectors(call: LayerCall, first: TensorView, second: TensorView) -> TensorView:
    both = joined(call.builder, "mul", [first, second], broadcast_sizes(call, [first, second]))
    return call.apply("reduce_sum", {"axis": 0, "keep": True}, both)


def scaled_sum(call: LayerCall) -> TensorView:
    """CustomScaleLayer of keras.applications.inception_resnet_v2: the first and a scaled second.

    Before Keras 2.12, it is a Lambda with `arguments`.
    """
    first, second = operands_of(call)
    config = call.config.inner("arguments") if call.config.has("arguments") else call.config
    scale = config.number("scale", 1.0)
    scaled = second.with_value(call.add("mul", {}, [second.value, scale]))
    return joined(call.builder, "add", [first, scaled], broadcast_sizes(call, [first, second]))


KINDS = {
    "concat": concatenate,
    **{kind: join(kind) for kind in ("add", "sub", "mul", "max")},
    "matmul": dot,
}
CLASSES = {
    "Average": average,
    "Minimum": minimum,
    **dict.fromkeys(("CustomScaleLayer", "Custom>CustomScaleLayer"), scaled_sum),
}
