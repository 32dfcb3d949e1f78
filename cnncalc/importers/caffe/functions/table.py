"""The function of each type of layer."""

from __future__ import annotations

from collections.abc import Callable

from ..context import Blob, CaffeContext
from . import detection, elementwise, norms, shapes, windows

LayerHandler = Callable[[CaffeContext], list[Blob]]
"""The outputs of the layer of the context, after adding its layers.

Raises Unsupported and InvalidModelFile.
"""

HANDLERS: dict[str, LayerHandler] = {
    **windows.FUNCTIONS,
    **elementwise.FUNCTIONS,
    **norms.FUNCTIONS,
    **shapes.FUNCTIONS,
    **detection.FUNCTIONS,
}
