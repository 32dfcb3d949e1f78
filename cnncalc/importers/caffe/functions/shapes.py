"""Layers that join, split, move and drop axes and positions, and dense layers."""

from __future__ import annotations

from math import prod

from ....shape import Shape
from ...axes import batch_first, standard
from ...builder import LayerArguments
from ...errors import InvalidModelFile, Unsupported
from ...operands import aligned, complete
from ...reshaping import reshaped_view
from ..context import Blob, CaffeContext, UnstatedCaffeLayer
from .axes import standard_axis

MAX_PARTS = 10_000
MAX_TILES = 1_000


def unchanged(net: CaffeContext) -> list[Blob]:
    return net.all_blobs()[:1] * max(len(net.layer.tops), 1)


# Dense layers


def inner_product(net: CaffeContext) -> list[Blob]:
    """A matrix applied to all axes from `axis` on as one."""
    param, blob = net.param("inner_product_param"), net.blob()
    axis = param.integer("axis", 1) % max(blob.rank, 1)
    if axis < 1:
        raise Unsupported("a matrix along the batch")
    arguments: LayerArguments = {
        "out": param.integer("num_output"),
        "bias": param.flag("bias_term", default=True),
    }
    sizes = (*blob.sizes[:axis], prod(blob.sizes[axis:]))
    value = standard(net.builder, reshaped(net, blob, sizes).view).value
    if axis > 1:
        arguments["axis"] = axis - 1
    return net.result(net.add("linear", arguments, [value]))


def embedding(net: CaffeContext) -> list[Blob]:
    param, x = net.param("embed_param"), net.value()
    if len(x.shape) != 1 or param.flag("bias_term", default=True):
        raise Unsupported("an embedding with a bias, or of several axes")
    arguments: LayerArguments = {
        "vocab": param.integer("input_dim"),
        "dim": param.integer("num_output"),
    }
    value = net.add("embedding", arguments, [x])
    batch, length = net.blob().sizes
    view = batch_first(value)
    return [Blob(view.permuted((0, 2, 1)), (batch, length, value.shape[0]))]


def parameter(net: CaffeContext) -> list[Blob]:
    """A learned tensor, whose first axis is not a batch."""
    sizes = tuple(net.param("parameter_param").message("shape").integers("dim"))
    value = net.add("weight", {"shape": sizes[1:]}, [])
    if sizes[:1] != (1,):
        raise Unsupported("a learned tensor with a batch")
    return [Blob(batch_first(value), sizes)]


# Sizes and order


def reshaped(net: CaffeContext, blob: Blob, sizes: tuple[int, ...]) -> Blob:
    """A blob with other sizes and the same elements in the same order."""
    if sizes == blob.sizes:
        return blob
    if prod(sizes) != prod(blob.sizes) or min(sizes, default=1) < 1:
        raise InvalidModelFile(f"{net.layer.place}: {blob.sizes} cannot become {sizes}")
    view = reshaped_view(net.builder, blob.view, blob.sizes, sizes, blob.sizes[0])
    return Blob(view, sizes)


def flatten(net: CaffeContext) -> list[Blob]:
    param, blob = net.param("flatten_param"), net.blob()
    first = param.integer("axis", 1) % max(blob.rank, 1)
    last = param.integer("end_axis", -1) % max(blob.rank, 1)
    middle = prod(blob.sizes[first : last + 1])
    return [reshaped(net, blob, (*blob.sizes[:first], middle, *blob.sizes[last + 1 :]))]


def reshape(net: CaffeContext) -> list[Blob]:
    """Other sizes in place of some axes: 0 keeps a size, -1 takes what is left.

    Source: github.com/BVLC/caffe at 9b89154, src/caffe/layers/reshape_layer.cpp.
    """
    param, blob = net.param("reshape_param"), net.blob()
    wanted = param.message("shape").integers("dim")
    first = param.integer("axis")
    first += blob.rank + 1 if first < 0 else 0
    count = param.integer("num_axes", -1)
    end = blob.rank if count < 0 else first + count
    if not 0 <= first <= end <= blob.rank:
        raise param.invalid("axis", f"an axis of {blob.rank}")
    sizes = [*blob.sizes[:first], *wanted, *blob.sizes[end:]]
    for place, size in enumerate(wanted):
        if size == 0:
            if first + place >= blob.rank:
                raise param.invalid("shape", "a shape for these axes")
            sizes[first + place] = blob.sizes[first + place]
    known = prod(size for size in sizes if size != -1)
    if sizes.count(-1) == 1 and known > 0:
        sizes[sizes.index(-1)] = prod(blob.sizes) // known
    return [reshaped(net, blob, tuple(sizes))]


def permute(net: CaffeContext) -> list[Blob]:
    """The axes in another order; those that are not named are after the others."""
    blob = net.blob()
    order = net.param("permute_param").integers("order")
    order += [axis for axis in range(blob.rank) if axis not in order]
    if sorted(order) != list(range(blob.rank)):
        raise InvalidModelFile(f"{net.layer.place} has an invalid order of axes")
    return [Blob(blob.view.permuted(order), tuple(blob.sizes[axis] for axis in order))]


def shuffle(net: CaffeContext) -> list[Blob]:
    groups = net.param("shuffle_channel_param").integer("group", 1)
    return net.result(net.add("channel_shuffle", {"groups": groups}, [net.value()]))


# Parts


def concat(net: CaffeContext) -> list[Blob]:
    """Blobs one after the other along an axis, by default the channels."""
    param, blobs = net.param("concat_param"), net.all_blobs()
    axis = param.integer("axis", param.integer("concat_dim", 1))
    lead = blobs[0]
    if len(blobs) == 1:
        return blobs
    if any(blob.rank != lead.rank for blob in blobs) or not -lead.rank <= axis < lead.rank:
        raise Unsupported("blobs with other numbers of axes")
    axis %= lead.rank
    sizes = (*lead.sizes[:axis], sum(blob.sizes[axis] for blob in blobs), *lead.sizes[axis + 1 :])
    view = complete(net.builder, lead.view, sizes)
    values = [view.value, *(aligned(net.builder, blob.view, view) for blob in blobs[1:])]
    value = net.add("concat", {"axis": view.axis(axis)}, values)
    return [Blob(view.with_value(value), sizes)]


def slices(net: CaffeContext) -> list[Blob]:
    """Parts along an axis, which end at `slice_point`, or are of equal size."""
    param = net.param("slice_param")
    blob, axis = standard_axis(net, param.integer("axis", param.integer("slice_dim", 1)))
    size, count = blob.view.shape[axis], max(len(net.layer.tops), 1)
    points = param.integers("slice_point") or [size // count * k for k in range(1, count)]
    ends = [*points, size]
    parts = [end - start for start, end in zip([0, *points], ends, strict=True)]
    if len(parts) != count or min(parts) < 1 or count > MAX_PARTS:
        raise InvalidModelFile(f"{net.layer.place} has invalid parts of {size}")
    if count == 1:
        return [blob]
    equal = len(set(parts)) == 1
    arguments: LayerArguments = {"parts": count if equal else tuple(parts), "axis": axis}
    values = net.builder.add_parts(arguments, blob.view.value)
    sizes = [
        (*blob.sizes[: axis + 1], value.shape[axis], *blob.sizes[axis + 2 :]) for value in values
    ]
    return [Blob(blob.view.with_value(v), found) for v, found in zip(values, sizes, strict=True)]


def crop(net: CaffeContext) -> list[Blob]:
    """The sizes of a second blob, from `axis` on."""
    param, x = net.param("crop_param"), net.value()
    axis = param.integer("axis", 2)
    sizes = net.blob(1).sizes[1:]
    if axis < 0 or len(sizes) != len(x.shape):
        raise Unsupported("a crop to a blob with another number of axes")
    offsets = param.integers("offset") or [0]
    cropped = list(range(max(axis - 1, 0), len(x.shape)))
    if len(offsets) not in (1, len(cropped)):
        raise param.invalid("offset", "one number for each axis that is cropped")
    starts = offsets * len(cropped) if len(offsets) == 1 else offsets
    if axis == 2 and len(x.shape) > 1:
        arguments: LayerArguments = {"size": sizes[1:], "offset": tuple(starts)}
        return net.result(net.add("crop", arguments, [x]))
    for place, start in zip(cropped, starts, strict=True):
        end = start + sizes[place]
        if (start, end) != (0, x.shape[place]):
            x = net.add("slice", {"range": (start, end), "axis": place}, [x])
    return net.result(x)


def tile(net: CaffeContext) -> list[Blob]:
    """Copies one after the other along an axis."""
    param = net.param("tile_param")
    blob, axis = standard_axis(net, param.integer("axis", 1))
    tiles = param.integer("tiles")
    value = blob.view.value
    if not 1 <= tiles <= MAX_TILES:
        raise param.invalid("tiles", f"a number from 1 to {MAX_TILES:,}")
    if tiles == 1:
        return [blob]
    if value.shape[axis] == 1:
        shape = value.shape.with_axis(axis, tiles)
        return net.result(net.add("expand", {"shape": tuple(shape)}, [value]))
    return net.result(net.add("concat", {"axis": axis}, [value] * tiles))


# Reductions

REDUCTIONS = {"SUM": "reduce_sum", "1": "reduce_sum", "MEAN": "reduce_mean", "4": "reduce_mean"}
BEFORE = {"ASUM": "abs", "2": "abs", "SUMSQ": "square", "3": "square"}


def reduction(net: CaffeContext) -> list[Blob]:
    """One number for all positions from an axis on."""
    param = net.param("reduction_param")
    operation = param.text("operation", "SUM")
    blob, axis = standard_axis(net, param.integer("axis"))
    value = blob.view.value
    if operation in BEFORE:
        function = BEFORE[operation]
        is_abs = function == "abs"
        value = net.add(
            "abs" if is_abs else "elementwise", {} if is_abs else {"function": function}, [value]
        )
    kind = REDUCTIONS.get(operation, "reduce_sum")
    axes = tuple(range(axis, len(value.shape)))
    return net.result(net.add(kind, {"axis": axes}, [value]))


def maximum_places(net: CaffeContext) -> list[Blob]:
    """`ArgMax`: the places of the largest values along an axis, or of all."""
    param, x = net.param("argmax_param"), net.value()
    count = param.integer("top_k", 1)
    shape = Shape((2 if param.flag("out_max_val") else 1, count))
    if param.has("axis"):
        axis = param.integer("axis") % max(net.blob().rank, 1) - 1
        shape = x.shape.with_axis(max(axis, 0), count)
    raise UnstatedCaffeLayer("the places of maxima", shape, [x])


FUNCTIONS = {
    "InnerProduct": inner_product,
    "Embed": embedding,
    "Parameter": parameter,
    "Flatten": flatten,
    "Reshape": reshape,
    "Permute": permute,
    "ShuffleChannel": shuffle,
    "Concat": concat,
    "Slice": slices,
    "Split": unchanged,
    "Crop": crop,
    "Tile": tile,
    "Reduction": reduction,
    "ArgMax": maximum_places,
}
