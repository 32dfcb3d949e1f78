"""Layers whose weights are normalized, with a learned gain for each output channel."""

from __future__ import annotations

from typing import Any

from ....sketch import SketchValue
from ...axes import TensorView
from ...builder import Owned
from ...errors import Unsupported
from ..context import LoweringContext


def with_gain(
    low: LoweringContext,
    kind: str,
    arguments: dict[str, Any],
    view: TensorView,
    owned: Owned,
    macs: int,
    stored: int,
) -> SketchValue:
    """The layer, and a `scale` if its weights are computed from one more vector.

    So do normalized weights with a gain for each channel (Brock et al., arXiv:2102.06171).
    """
    gain = owned.params - stored
    if gain <= 0:
        return low.add(kind, arguments, [view.value], owned, macs)
    value = low.add(kind, arguments, [view.value], owned._replace(params=stored), macs)
    if gain != value.shape.channels:
        raise Unsupported("weights that are computed from more parameters than they have")
    return low.add("scale", {}, [value], Owned((f"{owned.weights[0]} (gain)",), gain))
