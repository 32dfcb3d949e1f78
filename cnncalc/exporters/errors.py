"""What can go wrong in an export."""

from __future__ import annotations

from collections.abc import Sequence

from ..network import Node
from ..problem import Error, Span, count

MOST_REASONS = 10
"""The layers that a message names."""


class ExportError(Error, ValueError):
    """A network that a format cannot state; `span` is the position of the layer, if it is one."""

    def __init__(self, message: str, span: Span | None = None) -> None:
        super().__init__(message)
        self.span = span


class NotStated(Error):
    """A part of a file that cannot be translated as it is written.

    The part is written layer by layer instead.
    """


def unstated_layer(node: Node, reason: str) -> ExportError:
    """The error of a layer that a format does not have."""
    return ExportError(f"`{node.path}` ({node.layer.kind}): {reason}", node.span)


def all_errors(errors: Sequence[ExportError]) -> ExportError:
    """The errors of several layers as one, with the first reasons and the number of the others."""
    more = len(errors) - MOST_REASONS
    reasons = [str(error) for error in errors[:MOST_REASONS]]
    if more > 0:
        reasons.append(f"and {count(more, 'layer')} more")
    return ExportError("; ".join(reasons), errors[0].span)
