"""The names of functions that need no more than a name: PyTorch's, as ATen and `torch` have them.

An in-place function (`relu_`, `__iadd__`) has the name of the plain one.
"""

from __future__ import annotations

from functools import cache

from ...layers.aliases import PYTORCH_FUNCTIONS

PLAIN_FUNCTIONS = PYTORCH_FUNCTIONS
"""Functions that are one layer without arguments, by name."""

ALIASES = frozenset(
    (
        *("contiguous", "clone", "detach", "alias", "positive", "lift_fresh_copy", "lift"),
        *("to", "type", "type_as", "_to_copy", "float", "half", "double", "bfloat16", "int"),
        *("long", "bool", "cpu", "cuda", "requires_grad", "data", "real", "view_as_real"),
        *("checkpoint", "_assert", "alias_copy", "detach_copy", "quantize_per_tensor"),
    )
)
"""Functions that return the same values, perhaps of another type or in another place."""

ELEMENT_WISE = {
    "add": "add",
    "mul": "mul",
    "multiply": "mul",
    "sub": "sub",
    "subtract": "sub",
    "rsub": "rsub",
    "div": "div",
    "divide": "div",
    "true_divide": "div",
    "truediv": "div",
    "rdiv": "rdiv",
    "rtruediv": "rdiv",
    "radd": "add",
    "rmul": "mul",
    "iadd": "add",
    "imul": "mul",
    "isub": "sub",
    "itruediv": "div",
    "idiv": "div",
    "maximum": "max",
}
"""Functions of two operands, by the kind of join; those with an r take them in reverse."""


@cache
def plain(function: str) -> str:
    """The name of a function without the marks of operators and in-place functions.

    >>> plain("relu_"), plain("__iadd__"), plain("__radd__"), plain("conv2d")
    ('relu', 'iadd', 'radd', 'conv2d')
    """
    return function.strip("_") if function.startswith("__") else function.rstrip("_")
