"""Sketches that say the same with fewer or more usual layers.

Each function takes a Sketch and returns one with equal parameters and multiply-accumulates.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any

from ..shape import Shape, same_padding
from ..sketch import Sketch, SketchLayer, SketchValue
from .rewrite import Rewrite, without_unread
from .shuffling import shuffles

WINDOWED = frozenset(("conv", "depthwise", "maxpool", "avgpool"))
NOT_NEGATIVE = frozenset(("relu", "relu6", "sigmoid", "hardsigmoid", "softmax"))
"""The layers whose outputs are not negative."""
MAX_CHUNK = 10_000  # of a part whose size a list states


def simplified(sketch: Sketch) -> Sketch:
    """All rewrites, in an order in which each finds what the others leave."""
    kinds = {layer.kind for layer in sketch.layers}
    sketch = merged_pads(without_unread(sketch))
    for kind, rewrite in REWRITES:
        if kind in kinds:
            sketch = rewrite(sketch)
    return sketch


# Padding


def merged_pads(sketch: Sketch) -> Sketch:
    """A `pad` before a convolution or pooling is its padding; TensorFlow's is `same`.

    If one is `same`, so is every other padding that keeps the size.
    """
    rewrite = Rewrite(sketch)
    rewrite.layers = list(map(with_same_padding, rewrite.layers))
    has_same = any(layer.arguments.get("padding") == "same" for layer in rewrite.layers)
    for index, layer in enumerate(sketch.layers):
        pad = rewrite.source(layer.inputs[0]) if layer.kind in WINDOWED else None
        if pad is None or pad.kind != "pad" or not rewrite.is_read_once(layer.values[0].layer):
            continue
        before = rewrite.source(pad.inputs[0])
        is_positive = before is not None and before.kind in NOT_NEGATIVE
        arguments = with_padding(layer, pad, is_positive=is_positive)
        if arguments is not None:
            has_same = has_same or arguments["padding"] == "same"
            rewrite.removed.add(layer.values[0].layer)
            rewrite.layers[index] = layer._replace(arguments=arguments, inputs=pad.inputs)
    if has_same:
        for index, layer in enumerate(rewrite.layers):
            if layer.kind in ("conv", "depthwise") and keeps_size(layer):
                rewrite.layers[index] = layer._replace(
                    arguments={**layer.arguments, "padding": "same"}
                )
    return rewrite.result()


def with_padding(
    layer: SketchLayer, pad: SketchLayer, *, is_positive: bool
) -> dict[str, Any] | None:
    """The arguments of a window with the padding of a `pad`; None if it cannot have it.

    The zeros around a value that `is_positive`, without negative elements, are never larger than
    what the pooling finds.
    """
    x = pad.values[0].shape
    axes = len(x.spatial)
    if isinstance(layer.arguments.get("padding"), str):
        return None
    given = pad.arguments.get("axis")
    if given is not None or any(per_axis(layer, "padding", axes)):
        return None
    before = sizes_of(pad.arguments["begin"], axes)
    after = sizes_of(pad.arguments.get("end", pad.arguments["begin"]), axes)
    if min(before + after) < 0 or not counts_padding(layer):
        return None
    if (before, after) == same_paddings(layer, x):
        return {**layer.arguments, "padding": "same"}
    if layer.kind == "maxpool" and not is_positive:
        return None  # pads with zeros, which the pooling would ignore
    if not any(after) and before == causal_paddings(layer, axes):
        return {**layer.arguments, "padding": "causal"}
    arguments = {**layer.arguments, "padding": compact(before)}
    return arguments if before == after else {**arguments, "padding_end": compact(after)}


def counts_padding(layer: SketchLayer) -> bool:
    """Whether zeros around the input are the same as the padding of a window, if it is a mean."""
    is_whole = bool(layer.arguments.get("count_include_pad", True))
    return layer.kind != "avgpool" or (is_whole and not layer.arguments.get("ceil"))


def with_same_padding(layer: SketchLayer) -> SketchLayer:
    """A window whose two paddings are those of `same`, with that word."""
    if layer.kind not in WINDOWED or "padding_end" not in layer.arguments:
        return layer
    x = layer.values[0].shape
    axes = len(x.spatial)
    paddings = (per_axis(layer, "padding", axes), per_axis(layer, "padding_end", axes))
    if paddings != same_paddings(layer, x):
        return layer
    kept = {key: value for key, value in layer.arguments.items() if key != "padding_end"}
    return layer._replace(arguments={**kept, "padding": "same"})


def same_paddings(layer: SketchLayer, x: Shape) -> tuple[tuple[int, ...], tuple[int, ...]]:
    """What `same` pads before and after each axis."""
    axes = len(x.spatial)
    windows = [per_axis(layer, name, axes) for name in ("kernel", "stride", "dilation")]
    pairs = [same_padding(size, *window) for size, *window in zip(x.spatial, *windows, strict=True)]
    return tuple(before for before, _ in pairs), tuple(after for _, after in pairs)


def causal_paddings(layer: SketchLayer, axes: int) -> tuple[int, ...]:
    """What `causal` pads before each axis."""
    windows = zip(per_axis(layer, "kernel", axes), per_axis(layer, "dilation", axes), strict=True)
    return tuple(dilation * (kernel - 1) for kernel, dilation in windows)


def keeps_size(layer: SketchLayer) -> bool:
    """True if the padding of a window with stride 1 keeps the size of its input."""
    if isinstance(layer.arguments.get("padding"), str) or "padding_end" in layer.arguments:
        return False
    axes = len(layer.shape.spatial)
    windows = zip(
        *(per_axis(layer, name, axes) for name in ("kernel", "stride", "dilation", "padding")),
        strict=True,
    )
    is_same = all(s == 1 and 2 * p == d * (k - 1) for k, s, d, p in windows)
    return is_same and max(per_axis(layer, "kernel", axes)) > 1


def per_axis(layer: SketchLayer, argument: str, axes: int) -> tuple[int, ...]:
    default = 0 if argument == "padding" else 1
    return sizes_of(layer.arguments.get(argument, default), axes)


def sizes_of(value: Any, axes: int) -> tuple[int, ...]:
    """One number for each axis."""
    return tuple(value) if isinstance(value, tuple) else (int(value),) * axes


def compact(sizes: tuple[int, ...]) -> int | tuple[int, ...]:
    """One number if all are equal, else all of them."""
    return sizes[0] if len(set(sizes)) == 1 else sizes


# Biases


BIASED = {"linear": True, "scale": False}
"""The layers that may get their bias from a sum, and whether they have one by default."""


def merged_biases(sketch: Sketch) -> Sketch:
    """A learned vector that is added to the channels of such a layer without a bias is that."""
    rewrite = Rewrite(sketch)
    for index, layer in enumerate(sketch.layers):
        product = rewrite.source(layer.inputs[0]) if layer.kind == "add" else None
        vector = rewrite.source(layer.inputs[-1]) if product is not None else None
        if product is None or vector is None or not is_bias(product, vector, layer):
            continue
        if not all(rewrite.is_read_once(value.layer) for value in layer.values):
            continue
        rewrite.removed |= {value.layer for value in layer.values}
        rewrite.layers[index] = product._replace(
            arguments={**product.arguments, "bias": True},
            weights=(*product.weights, *vector.weights),
            params=product.params + vector.params,
        )
    return rewrite.result()


def is_bias(product: SketchLayer, vector: SketchLayer, total: SketchLayer) -> bool:
    """True for a learned value with one element for each channel after a layer without a bias."""
    has_bias = product.arguments.get("bias", BIASED.get(product.kind, True))
    if has_bias or vector.kind != "weight":
        return False
    axis: Any = product.arguments.get("axis") or 0
    wanted = [1] * len(product.shape)
    wanted[axis] = product.shape[axis]
    has_equal_state = product.is_trainable == vector.is_trainable
    is_vector = len(total.inputs) == 2 and list(vector.shape) == wanted
    return is_vector and has_equal_state and total.shape == product.shape


# Copies


def merged_copies(sketch: Sketch) -> Sketch:
    """An `expand` that only another one reads is part of that."""
    rewrite = Rewrite(sketch)
    for index, layer in enumerate(sketch.layers):
        inner = rewrite.source(layer.inputs[0]) if layer.kind == "expand" else None
        if inner is None or inner.kind != "expand":
            continue
        if rewrite.is_read_once(layer.values[0].layer):
            rewrite.removed.add(layer.values[0].layer)
            rewrite.layers[index] = layer._replace(inputs=inner.inputs)
    return rewrite.result()


# Parts


def chunks(sketch: Sketch) -> Sketch:
    """Slices in one module that are all of an axis, one after the other, are a `chunk`."""
    rewrite = Rewrite(sketch)
    groups: dict[Any, list[int]] = {}
    for index, layer in enumerate(sketch.layers):
        if layer.kind == "slice":
            key = (layer.values[0].key, layer.arguments.get("axis", 0), layer.scope)
            groups.setdefault(key, []).append(index)
    for group in groups.values():
        ordered = sorted(group, key=lambda index: slice_range(sketch.layers[index]))
        ranges = [slice_range(sketch.layers[index]) for index in ordered]
        if len(group) > 1 and is_partition(ranges, sketch.layers[group[0]]):
            replace_by_chunk(rewrite, ordered, min(group))
    return rewrite.result()


def slice_range(layer: SketchLayer) -> tuple[int, int]:
    """The first position of a slice, and the one after the last."""
    given: Any = layer.arguments["range"]
    axis: Any = layer.arguments.get("axis", 0)
    return tuple(given) if isinstance(given, tuple) else (given, layer.values[0].shape[axis])


def is_partition(ranges: Sequence[tuple[int, int]], layer: SketchLayer) -> bool:
    axis: Any = layer.arguments.get("axis", 0)
    starts = [start for start, _ in ranges] + [layer.values[0].shape[axis]]
    ends = [0] + [end for _, end in ranges]
    return starts == ends and max(end - start for start, end in ranges) <= MAX_CHUNK


def replace_by_chunk(rewrite: Rewrite, slices: Sequence[int], first: int) -> None:
    """Make the first of some slices a `chunk`, and the others its parts."""
    layer = rewrite.layers[first]
    shapes = tuple(rewrite.layers[index].shape for index in slices)
    axis: Any = layer.arguments.get("axis", 0)
    sizes = tuple(shape[axis] for shape in shapes)
    parts = len(sizes) if len(set(sizes)) == 1 else sizes
    rewrite.layers[first] = layer._replace(
        kind="chunk",
        arguments={"parts": parts, "axis": axis},
        shape=layer.values[0].shape,
        parts=shapes,
        name="part",
    )
    rewrite.removed |= {index for index in slices if index != first}
    for part, index in enumerate(slices):
        rewrite.moved[index, None] = SketchValue(first, shapes[part], part)


def crops(sketch: Sketch) -> Sketch:
    """Slices of all spatial axes, one of the other, are a `crop`."""
    rewrite = Rewrite(sketch)
    for index, last in enumerate(sketch.layers):
        chain = sliced_axes(rewrite, last)
        x = chain[0].values[0].shape if chain else Shape(())
        if len(chain) < 2 or len(chain) != len(x.spatial):
            continue
        starts = {layer.arguments.get("axis", 0): slice_range(layer)[0] for layer in chain}
        offset = tuple([start for _, start in sorted(starts.items())])
        size = tuple(last.shape.spatial)
        arguments = {"size": compact(size), "offset": compact(offset)}
        sizes = zip(x.spatial, size, strict=True)
        if offset == tuple([(full - part) // 2 for full, part in sizes]):
            del arguments["offset"]
        rewrite.removed |= {value.layer for layer in chain[1:] for value in layer.values}
        crop = last._replace(kind="crop", arguments=arguments, inputs=chain[0].inputs)
        rewrite.layers[index] = crop
    return rewrite.result()


def sliced_axes(rewrite: Rewrite, last: SketchLayer) -> list[SketchLayer]:
    """Slices of different spatial axes, each read by the next one alone, up to the last one."""
    chain: list[SketchLayer] = []
    axes: set[object] = set()
    layer: SketchLayer | None = last
    while layer is not None and is_range(layer) and layer.arguments["axis"] not in axes:
        axes.add(layer.arguments["axis"])
        chain.insert(0, layer)
        value = layer.values[0]
        layer = rewrite.source(value) if rewrite.is_read_once(value.layer) else None
    return chain


def is_range(layer: SketchLayer) -> bool:
    """Whether a layer takes a range of a spatial axis, without steps."""
    is_spatial = layer.kind == "slice" and layer.arguments.get("axis", 0) != 0
    return is_spatial and layer.arguments.get("step", 1) == 1


# Joins


def prefix_concats(sketch: Sketch) -> Sketch:
    """`concat` of a, b and c reads that of a and b, if there is one: as DenseNet is described."""
    rewrite = Rewrite(sketch)
    prefixes: dict[Any, int] = {}  # numbers of sequences, by that of the sequence without its end
    made: dict[Any, int] = {}
    for index, layer in enumerate(sketch.layers):
        if layer.kind != "concat":
            continue
        longest = None
        number: Any = ("axis", layer.arguments.get("axis", 0))
        for length, value in enumerate(layer.values, 1):
            number = prefixes.setdefault((number, value.key), len(prefixes))
            if 1 < length < len(layer.values) and number in made:
                longest = (length, made[number])
        if longest is not None:
            length, found = longest
            value = SketchValue(found, sketch.layers[found].shape)
            inputs = (value, *layer.inputs[length:])
            rewrite.layers[index] = layer._replace(inputs=inputs)
        made.setdefault(number, index)
    return rewrite.result()


def merged_sums(sketch: Sketch) -> Sketch:
    """A sum that one other sum of the same module reads is part of that."""
    rewrite = Rewrite(sketch)
    for index in reversed(range(len(sketch.layers))):
        layer = sketch.layers[index]
        if layer.kind == "add" and index not in rewrite.removed:
            inputs = tuple(summands(rewrite, layer))
            if inputs != layer.inputs:
                rewrite.layers[index] = layer._replace(inputs=inputs)
    return rewrite.result()


def summands(rewrite: Rewrite, layer: SketchLayer) -> Iterator[SketchValue | float]:
    """The operands of a sum, those of inner sums among them."""
    waiting = list(reversed(layer.inputs))
    while waiting:
        value = waiting.pop()
        inner = rewrite.source(value)
        if inner is None or not isinstance(value, SketchValue):
            yield value
        elif is_part_of_sum(inner, layer) and rewrite.is_read_once(value.layer):
            rewrite.removed.add(value.layer)
            waiting += reversed(inner.inputs)
        else:
            yield value


def is_part_of_sum(inner: SketchLayer, layer: SketchLayer) -> bool:
    """True for a sum of the same module and shape, without numbers or operands to be broadcast."""
    if (inner.kind, inner.shape, inner.scope) != ("add", layer.shape, layer.scope):
        return False
    return all(isinstance(v, SketchValue) and v.shape == layer.shape for v in inner.inputs)


REWRITES: tuple[tuple[str, Callable[[Sketch], Sketch]], ...] = (
    ("weight", merged_biases),
    ("expand", merged_copies),
    ("reshape", shuffles),
    ("slice", chunks),
    ("slice", crops),
    ("concat", prefix_concats),
    ("add", merged_sums),
)
"""The rewrites of models that have a layer of this kind."""
