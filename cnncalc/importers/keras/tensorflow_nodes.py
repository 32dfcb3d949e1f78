"""Nodes of TensorFlow graphs, the operations in files of TensorFlow 2.3, as functions.

A TensorFlowOpLayer has the operation, its attributes, and those of its operands that are constants;
a TFOpLambda of later versions has the name of a function, and its arguments.
"""

from __future__ import annotations

import base64
import binascii
from collections.abc import Callable, Mapping

from ..bounded_json import JsonValue
from .config import LayerConfig, whole
from .model import CallArgument, KerasCall, KerasEllipsis, KerasLayer, KerasSlice

NODE = "TensorFlowOpLayer"
FUNCTION = "TFOpLambda"

NodeOperands = list[CallArgument]
NodeAttributes = dict[str, CallArgument]

NAMES = {
    "AddV2": "add",
    "RealDiv": "truediv",
    "ConcatV2": "concat",
    "Pack": "stack",
    "Unpack": "unstack",
    "SplitV": "split",
    "PadV2": "pad",
    "StridedSlice": "getitem",
    **dict.fromkeys(("ResizeBilinear", "ResizeNearestNeighbor"), "resize"),
    **dict.fromkeys(("BatchMatMul", "BatchMatMulV2"), "matmul"),
    **{name: f"reduce_{name.lower()}" for name in ("Mean", "Sum", "Max", "Min", "Prod")},
}
"""The functions whose names are not those of their operations."""

KEYWORDS = {
    "keep_dims": "keepdims",
    "squeeze_dims": "axis",
    "adj_x": "transpose_a",
    "adj_y": "transpose_b",
    "DstT": "dtype",
    **{
        name: name
        for name in (
            *("axis", "alpha", "block_size", "data_format", "ksize", "strides", "padding"),
            *("transpose_a", "transpose_b", "depth_radius", "bias", "beta", "equation"),
        )
    },
}
"""The arguments by those attributes that have a meaning here."""


def as_function(layer: KerasLayer) -> KerasLayer:
    """A node as a function; any other layer, and a node that cannot be one, is equal."""
    node, constants = (layer.config.values.get(key) for key in ("node_def", "constants"))
    if layer.kind != NODE or not isinstance(node, Mapping) or not isinstance(constants, Mapping):
        return layer
    operation, given = node.get("op"), node.get("attr")
    if not isinstance(operation, str) or not isinstance(given, Mapping):
        return layer
    attributes = {key: attribute(value) for key, value in given.items()}
    calls = tuple([call_of_node(operation, attributes, constants, c) for c in layer.calls])
    function = NAMES.get(operation, operation)
    config = LayerConfig({"function": function}, f"layer {layer.name} ({operation})")
    return layer._replace(kind=FUNCTION, config=config, calls=calls)


def call_of_node(
    operation: str, attributes: NodeAttributes, constants: Mapping[str, JsonValue], call: KerasCall
) -> KerasCall:
    """The call of a function with the operands of a node in their order."""
    tensors: NodeOperands = list(call.tensors())
    places = {int(key): constants[key] for key in constants if key.isdecimal() and len(key) < 3}
    for place, value in sorted(places.items()):
        tensors.insert(place, value)
    arrange = ARRANGED.get(operation)
    keywords = {
        KEYWORDS[key]: value
        for key, value in attributes.items()
        if key in KEYWORDS and value is not None
    }
    return KerasCall(tuple(arrange(tensors, attributes) if arrange else tensors), keywords)


def attribute(value: JsonValue) -> CallArgument:
    """An attribute, {"i": "2"}; None for one without a meaning here, or an empty list."""
    if not isinstance(value, Mapping):
        return None
    several = value.get("list")
    if isinstance(several, Mapping):
        entries = several.get("i")
        if not isinstance(entries, list):
            return None
        numbers: list[CallArgument] = [number(entry) for entry in entries]
        return numbers
    if "i" in value:
        return number(value["i"])
    if isinstance(value.get("s"), str):
        return text_of(str(value["s"]))
    return next((value[key] for key in ("b", "f", "type") if key in value), None)


def number(value: JsonValue) -> int | None:
    """A whole number, which JSON has as a text if it may have 64 bits."""
    if isinstance(value, str):
        return int(value) if value.removeprefix("-").isdecimal() and len(value) < 21 else None
    return whole(value)


def text_of(encoded: str) -> str | None:
    try:
        return base64.b64decode(encoded, validate=True).decode("ascii")
    except (binascii.Error, UnicodeDecodeError):
        return None


# Operands in another order


def as_list(operands: NodeOperands, _attributes: NodeAttributes) -> NodeOperands:
    return [operands]


def concatenated(operands: NodeOperands, _attributes: NodeAttributes) -> NodeOperands:
    """The axis is the last operand."""
    return [operands[:-1], *operands[-1:]]


def split(operands: NodeOperands, attributes: NodeAttributes) -> NodeOperands:
    """The axis is the first operand."""
    return [*operands[1:], attributes.get("num_split"), *operands[:1]]


def nearest(operands: NodeOperands, _attributes: NodeAttributes) -> NodeOperands:
    return [*operands, "nearest"]


def index(operands: NodeOperands, attributes: NodeAttributes) -> NodeOperands:
    """The tensor, and an entry for each axis of its index, from three lists and bits for them."""
    tensor, *lists = operands
    if len(lists) != 3 or not all(isinstance(entries, list) for entries in lists):
        return [tensor, NOT_WRITTEN]
    found: list[CallArgument] = []
    for place, (begin, end, step) in enumerate(zip(*lists, strict=False)):
        if is_set(attributes, "ellipsis_mask", place):
            found.append(KerasEllipsis())
        elif is_set(attributes, "new_axis_mask", place):
            found.append(None)
        elif is_set(attributes, "shrink_axis_mask", place):
            found.append(begin)
        else:
            start = None if is_set(attributes, "begin_mask", place) else whole(begin)
            stop = None if is_set(attributes, "end_mask", place) else whole(end)
            found.append(KerasSlice(start, stop, whole(step)))
    return [tensor, found]


NOT_WRITTEN = "?"
"""An index that is not written in the file."""


def is_set(attributes: NodeAttributes, name: str, bit: int) -> bool:
    value = attributes.get(name)
    return isinstance(value, int) and bool(value >> bit & 1)


ARRANGED: dict[str, Callable[[NodeOperands, NodeAttributes], NodeOperands]] = {
    **dict.fromkeys(("Pack", "AddN"), as_list),
    "ConcatV2": concatenated,
    "Split": split,
    "StridedSlice": index,
    "ResizeNearestNeighbor": nearest,
}
