"""EinsumDense: a matrix over some axes of its input, as a `linear` layer."""

from __future__ import annotations

from math import prod

from ...axes import TensorView
from ...errors import Unsupported
from ...operands import joined
from ...reshaping import reshaped_view
from ..context import LayerCall
from .activation import with_activation
from .dense import dense_of


def einsum_dense(call: LayerCall) -> TensorView:
    """The contracted axes as one, a `linear` layer, and its axis as the new ones."""
    view = call.view
    inputs, weights, outputs = letters(call.config.text("equation", ""), view.rank)
    contracted = [letter for letter in inputs if letter not in outputs]
    new = [letter for letter in outputs if letter not in inputs]
    if sorted(weights) != sorted([*contracted, *new]) or not contracted or not new:
        raise Unsupported("a product that is not one matrix at all positions")
    kept = [letter for letter in inputs if letter in outputs]
    sizes = dict(zip(inputs, call.sizes(view), strict=True))
    sizes |= new_sizes(call, outputs, new)
    view = view.permuted([inputs.index(letter) for letter in (*kept, *contracted)])
    view = resized(call, view, [*(sizes[k] for k in kept), prod(sizes[c] for c in contracted)])
    bias = call.config.text("bias_axes", "")
    is_usual = sorted(bias) == sorted(new)
    view = dense_of(call, view, prod(sizes[letter] for letter in new), is_usual)
    view = resized(call, view, [sizes[letter] for letter in (*kept, *new)])
    view = view.permuted([[*kept, *new].index(letter) for letter in outputs])
    if bias and not is_usual:
        view = with_bias(call, view, [sizes[o] if o in bias else 1 for o in outputs])
    return with_activation(call, view)


def letters(equation: str, rank: int) -> tuple[str, str, str]:
    """The axes of the input, of the weights and of the output; those of `...` are capitals."""
    left, _, outputs = equation.replace(" ", "").partition("->")
    inputs, _, weights = left.partition(",")
    count = rank - len(inputs.replace("...", ""))
    open_axes = "ABCDEFGH"[: max(count, 0)] if "..." in inputs else ""
    inputs, outputs = (text.replace("...", open_axes) for text in (inputs, outputs))
    parts = (inputs, weights, outputs)
    are_axes = all(part.isalpha() and len(set(part)) == len(part) for part in parts)
    if not are_axes or len(inputs) != rank or equation != equation.lower():
        raise Unsupported(f"the equation {equation}")
    return parts


def new_sizes(call: LayerCall, outputs: str, new: list[str]) -> dict[str, int]:
    """The sizes of new axes: `output_shape` has those that the equation names, after the batch."""
    given = call.config.values.get("output_shape")
    entries = given if isinstance(given, list) else [given]
    stated = [letter for letter in outputs if letter.islower()]
    stated = stated if outputs[0].isupper() else stated[1:]
    if len(stated) != len(entries):
        raise Unsupported("an output shape of other axes than its equation has")
    sizes = dict(zip(stated, entries, strict=True))
    found = {letter: size for letter in new if isinstance(size := sizes.get(letter), int)}
    if len(found) != len(new) or min(found.values()) < 1:
        raise call.config.wrong("output_shape", "the sizes of its output")
    return found


def resized(call: LayerCall, view: TensorView, sizes: list[int]) -> TensorView:
    return reshaped_view(call.builder, view, call.sizes(view), tuple(sizes), call.state.batch)


def with_bias(call: LayerCall, view: TensorView, sizes: list[int]) -> TensorView:
    """A learned summand of other axes than the new ones."""
    axes = [axis for axis, size in enumerate(sizes) if size != 1 and axis]
    value = call.add("weight", {"shape": tuple(sizes[axis] for axis in axes)}, [], "bias")
    places = {axis: (place,) for place, axis in enumerate(axes)}
    bias = TensorView(value, tuple(places.get(axis, ()) for axis in range(len(sizes))))
    return joined(call.builder, "add", [view, bias], call.sizes(view))


CLASSES = {"EinsumDense": einsum_dense}
