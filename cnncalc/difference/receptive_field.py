"""The receptive field that describes a network in a comparison."""

from __future__ import annotations

from ..engine.analysis import Analysis


def last_partial_field(analysis: Analysis) -> str:
    """The last receptive field that does not cover the whole input, such as `427x427`.

    After a global pooling every position sees the whole input, so this field describes the network
    better than the final one.  `all` if every layer sees the whole input, `-` without layers.
    """
    for layer in reversed(analysis.layers):
        field = layer.receptive_field
        if field and all(field) and not layer.node.training_only:
            return "x".join(str(axis.pixels) if axis else "all" for axis in field)
    return "all" if analysis.layers else "-"
