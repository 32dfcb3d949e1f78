"""The function of each operator."""

from __future__ import annotations

from collections.abc import Callable

from ...axes import TensorView
from ..context import TfliteContext
from . import dense, elementwise, norms, shaping, windows

OperatorHandler = Callable[[TfliteContext], list[TensorView]]
"""The outputs of the operator of the context, after adding its layers.

Raises Unsupported and InvalidModelFile.
"""

HANDLERS: dict[str, OperatorHandler] = {
    **windows.FUNCTIONS,
    **elementwise.FUNCTIONS,
    **shaping.FUNCTIONS,
    **dense.FUNCTIONS,
    **norms.FUNCTIONS,
}
