"""The arguments of calls, as Keras 3 and Keras 2 write them."""

from __future__ import annotations

from collections.abc import Mapping

from ..bounded_json import JsonValue
from ..errors import InvalidModelFile
from .config import whole
from .model import (
    CallArgument,
    KerasCall,
    KerasEllipsis,
    KerasShape,
    KerasSlice,
    KerasTensor,
)

CONSTANT = "_CONSTANT_VALUE"
"""What Keras 2 has in place of the name of a layer for an argument that is not a tensor."""


def call_of(node: JsonValue, place: str) -> KerasCall:
    """One entry of `inbound_nodes`.  Raises InvalidModelFile."""
    if isinstance(node, Mapping):
        given, named = node.get("args"), node.get("kwargs")
        if not isinstance(given, list) or not isinstance(named, dict):
            raise InvalidModelFile(f"malformed at {place}: a call without arguments")
        keywords = {key: argument_of(entry, place) for key, entry in named.items()}
        arguments = tuple([argument_of(entry, place) for entry in given])
        return KerasCall(arguments, without_masks(keywords))
    return call_of_keras_2(node, place)


def argument_of(value: JsonValue, place: str) -> CallArgument:
    """An argument of Keras 3: objects with a class are tensors, slices, tuples and arrays."""
    if isinstance(value, list):
        return [argument_of(entry, place) for entry in value]
    if not isinstance(value, dict):
        return value
    config = value.get("config")
    kind = value.get("class_name")
    if not isinstance(kind, str) or not isinstance(config, dict):
        return {key: argument_of(entry, place) for key, entry in value.items()}
    if kind == "__keras_tensor__":
        return tensor_of(config.get("keras_history"), place, shape_of(config.get("shape")))
    if kind == "__slice__":
        return slice_of(config)
    if kind == "__ellipsis__":
        return KerasEllipsis()
    return argument_of(config.get("value"), place)


SLICE = {"start", "stop", "step"}


def slice_of(value: Mapping[str, JsonValue]) -> KerasSlice:
    start, stop, step = (whole(value.get(key)) for key in ("start", "stop", "step"))
    return KerasSlice(start, stop, step)


def tensor_of(history: JsonValue, place: str, shape: KerasShape = None) -> KerasTensor:
    """[layer, call, result].  Raises InvalidModelFile."""
    if isinstance(history, list) and len(history) >= 3:
        name, call, part = history[0], whole(history[1]), whole(history[2])
        if isinstance(name, str) and call is not None and part is not None:
            return KerasTensor(name, call, part, shape)
    raise InvalidModelFile(f"malformed at {place}: a tensor without its history")


def shape_of(value: JsonValue) -> KerasShape:
    """A shape with the batch; None for what is not one."""
    if not isinstance(value, list) or not value:
        return None
    sizes = tuple(map(whole, value))
    is_shape = sizes.count(None) == value.count(None)
    return sizes if is_shape and all(size is None or size > 0 for size in sizes) else None


# Keras 2


def call_of_keras_2(node: JsonValue, place: str) -> KerasCall:
    """A list of [layer, call, result, keywords], or one of these.

    Several are one argument, which is a list.
    """
    if isinstance(node, list) and node and isinstance(node[0], str):
        node = [node]
    if isinstance(node, dict):
        node = list(node.values())
    if not isinstance(node, list):
        raise InvalidModelFile(f"malformed at {place}: a call without arguments")
    arguments: list[CallArgument] = []
    keywords: dict[str, CallArgument] = {}
    for entry in node:
        arguments.append(operand_of(entry, keywords, place))
    given = (arguments,) if len(arguments) > 1 else tuple(arguments)
    return KerasCall(given, without_masks(keywords))


def operand_of(entry: JsonValue, keywords: dict[str, CallArgument], place: str) -> CallArgument:
    """A tensor, a constant, or a list of these; each of them may have the keywords of the call."""
    if isinstance(entry, list) and entry and isinstance(entry[0], list):
        return [operand_of(inner, keywords, place) for inner in entry]
    if not isinstance(entry, list) or len(entry) < 3:
        raise InvalidModelFile(f"malformed at {place}: a tensor without its history")
    if len(entry) > 3 and isinstance(entry[3], dict):
        keywords |= {key: keyword_of(value, place) for key, value in entry[3].items()}
    return entry[2] if entry[0] == CONSTANT else tensor_of(entry, place)


def without_masks(keywords: dict[str, CallArgument]) -> dict[str, CallArgument]:
    """The keywords without masks, which leave values out and change no number."""
    return {key: value for key, value in keywords.items() if not key.endswith("mask")}


def keyword_of(value: JsonValue, place: str) -> CallArgument:
    """A keyword: lists of the form [layer, call, result] are tensors."""
    if is_history(value):
        return tensor_of(value, place)
    if isinstance(value, list):
        if len(value) >= 3 and value[0] == CONSTANT:
            return value[2]
        return [keyword_of(entry, place) for entry in value]
    if isinstance(value, dict):
        if value.get("class_name") == "__ellipsis__":
            return KerasEllipsis()
        if set(value) == SLICE:
            return slice_of(value)
        return {key: keyword_of(entry, place) for key, entry in value.items()}
    return value


def is_history(value: JsonValue) -> bool:
    """True for [layer, call, result] and perhaps keywords."""
    if not isinstance(value, list) or not 3 <= len(value) <= 4 or value[0] == CONSTANT:
        return False
    return isinstance(value[0], str) and all(whole(entry) is not None for entry in value[1:3])
