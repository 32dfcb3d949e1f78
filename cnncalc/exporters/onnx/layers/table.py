"""The table of all kinds."""

from __future__ import annotations

from collections.abc import Callable

from ..layer_writer import LayerWriter, NoOperator
from . import (
    activation,
    attention,
    convolution,
    dense,
    joins,
    normalization,
    pooling,
    resizing,
    shapes,
)

FAMILIES = (
    activation,
    attention,
    convolution,
    dense,
    joins,
    normalization,
    pooling,
    resizing,
    shapes,
)
WRITERS: dict[str, Callable[..., str | tuple[str, ...]]] = {
    kind: writer for family in FAMILIES for kind, writer in family.WRITERS.items()
}


def written(w: LayerWriter) -> tuple[str, ...]:
    """Write a layer; the names of its outputs.  Raises NoOperator."""
    writer = WRITERS.get(w.layer.kind)
    if writer is None:
        raise NoOperator("ONNX has no such layer")
    found = writer(w, w.layer, *w.shapes)
    return (found,) if isinstance(found, str) else found
