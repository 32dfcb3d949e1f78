"""Functions that no layer states, though the shape of their result is known."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NoReturn

from ..context import LayerCall, UnstatedResult, views_in
from .merging import broadcast_sizes
from .operation_arguments import argument, dims_of, given_operands, whole_number


def elementwise(reason: str) -> Callable[[LayerCall], NoReturn]:
    """A function of the elements at one position of some tensors."""

    def function(call: LayerCall) -> NoReturn:
        views = views_in([*given_operands(call), dict(call.keywords)])
        raise UnstatedResult(reason, broadcast_sizes(call, views))

    return function


def reduction(reason: str) -> Callable[[LayerCall], NoReturn]:
    """One number for all positions of some axes."""

    def function(call: LayerCall) -> NoReturn:
        dims = dims_of(call, call.view, argument(call, ("axis",), 0))
        keeps = bool(argument(call, ("keepdims", "keep_dims"), 1))
        sizes = [
            1 if dim in dims else size
            for dim, size in enumerate(call.sizes(call.view))
            if keeps or dim not in dims
        ]
        raise UnstatedResult(reason, tuple(sizes))

    return function


def one_hot(call: LayerCall) -> NoReturn:
    """One axis more, of so many classes, at the end."""
    classes = whole_number(argument(call, ("depth", "num_classes"), 0), "a number of classes")
    axis = argument(call, ("axis",), 3)
    if axis not in (None, -1) or classes < 1:
        raise UnstatedResult(INDEX, ())
    raise UnstatedResult(INDEX, (*call.sizes(call.view), classes))


# Layers


def encoding(call: LayerCall) -> NoReturn:
    """CategoryEncoding: classes as vectors, one for each element or one for all of a sample."""
    tokens = call.config.integer("num_tokens")
    is_one_hot = call.config.text("output_mode", "multi_hot") == "one_hot"
    raise UnstatedResult(INDEX, encoded_sizes(call, tokens, is_one_hot=is_one_hot))


def bins(call: LayerCall) -> NoReturn:
    """Discretization: the number of the interval that an element is in."""
    mode = call.config.text("output_mode", "int")
    if mode == "int":
        raise UnstatedResult(INDEX, call.sizes(call.view))
    bounds = call.config.values.get("bin_boundaries")
    count = len(bounds) + 1 if isinstance(bounds, list) else call.config.integer("num_bins", 0)
    raise UnstatedResult(INDEX, encoded_sizes(call, count, is_one_hot=mode == "one_hot"))


def encoded_sizes(call: LayerCall, tokens: int, *, is_one_hot: bool) -> tuple[int, ...]:
    """A vector in place of the last axis; of one for each element, an axis of size 1 alone is."""
    sizes = call.sizes(call.view)
    if is_one_hot and sizes[-1] != 1:
        return (*sizes, tokens)
    return (*sizes[:-1], tokens) if len(sizes) > 1 else (*sizes, tokens)


def numbered(call: LayerCall) -> NoReturn:
    """A table that gives each element a number."""
    sizes = call.sizes(call.view) if call.config.text("output_mode", "int") == "int" else ()
    raise UnstatedResult("a table of numbers", sizes)


COMPARISON, INDEX = "a comparison", "a function of whole numbers"
COMPARISONS = (
    *("greater", "greaterequal", "less", "lessequal", "equal", "notequal"),
    *("logicaland", "logicalor", "logicalnot", "logicalxor", "isnan", "isfinite", "isinf"),
)
OPERATIONS: dict[str, Callable[[LayerCall], Any]] = {
    **dict.fromkeys(COMPARISONS, elementwise(COMPARISON)),
    **dict.fromkeys(
        ("where", "wherev2", "select", "selectv2"), elementwise("a choice by elements")
    ),
    **dict.fromkeys(("cumsum", "cumprod"), elementwise("a running total")),
    **dict.fromkeys(("argmax", "argmin"), reduction("the positions of maxima or minima")),
    **dict.fromkeys(("reduceprod", "prod"), reduction("the product of elements")),
    **dict.fromkeys(("any", "all", "reduceany", "reduceall"), reduction(COMPARISON)),
    **dict.fromkeys(("logsumexp", "reducelogsumexp"), reduction("the logarithm of a sum")),
    "onehot": one_hot,
}
"""By the name without underscores, in lower case."""

CLASSES = {
    "CategoryEncoding": encoding,
    "Discretization": bins,
    "AutoContrast": elementwise("it stretches the values of each image"),
    **dict.fromkeys(("Hashing", "IntegerLookup"), numbered),
}
