"""The arguments that a model, and each of its functions, is run with."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from .errors import Json

INDICES = {"embedding": 0, "one_hot": 0, "__getitem__": 1, "index_select": 2, "gather": 2}
"""The argument that holds indices, of functions that refuse other numbers."""


def nested(tensors: Mapping[str, Any]) -> Json:
    """Tensors by the argument of `forward` that they are in.

    `batch.image` is an entry of a mapping, `levels.0` one of a list.
    """
    found: Json = {}
    for path, tensor in tensors.items():
        *parents, last = path.split(".")
        place = found
        for word in parents:
            place = place.setdefault(word, {})
        place[last] = tensor
    return {name: with_lists(entry) for name, entry in found.items()}


def with_lists(entry: Any) -> Any:
    """A mapping whose keys are numbers as a list."""
    if not isinstance(entry, dict):
        return entry
    values = [with_lists(value) for value in entry.values()]
    return values if all(key.isdigit() for key in entry) else dict(zip(entry, values, strict=True))


def runnable(name: str, args: Any, kwargs: Json) -> tuple[Any, Json]:
    """The arguments with which a function runs without data.

    If one of the tensors has no data, none has: what the model's code computes itself, such as a
    grid, is on the CPU.  Indices are integers, though all inputs are real numbers.
    """
    place = INDICES.get(name)
    if place is not None and place < len(args):
        args = (*args[:place], mapped(as_integers, args[place]), *args[place + 1 :])
    tensors = tensors_in((args, kwargs))
    if not any(tensor.is_meta for tensor in tensors):
        return args, kwargs
    args, kwargs = mapped(without_data, (args, kwargs))
    return args, kwargs


def tensors_in(values: Any) -> list[Any]:
    import torch
    from torch.utils._pytree import tree_flatten

    return [value for value in tree_flatten(values)[0] if isinstance(value, torch.Tensor)]


def mapped(change: Callable[[Any], Any], values: Any) -> Any:
    """The values with each tensor changed."""
    import torch
    from torch.utils._pytree import tree_map_only

    return tree_map_only(torch.Tensor, change, values)


def as_integers(tensor: Any) -> Any:
    return tensor.long() if tensor.is_floating_point() else tensor


def without_data(tensor: Any) -> Any:
    return tensor if tensor.is_meta else tensor.to("meta")
