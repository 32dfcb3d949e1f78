"""What can go wrong in an export."""

from __future__ import annotations

from collections.abc import Sequence

from ..network import Node
from ..problem import Error, Span, count

MOST_REASONS = 10
"""The reasons that a message states."""


class ExportError(Error, ValueError):
    """A network that a format cannot state; `span` is the position of the layer, if it is one.

    `layer` is what the format does not have, of which the message then states the `reason`.
    """

    def __init__(
        self, message: str, span: Span | None = None, layer: str = "", reason: str = ""
    ) -> None:
        super().__init__(message)
        self.span = span
        self.layer = layer
        self.reason = reason


class UnusableName(ExportError):
    """A name that the class or the function of a network cannot have."""


class NotStated(Error):
    """A part of a file that cannot be translated as it is written.

    The part is written layer by layer instead.
    """


def unstated_layer(node: Node, reason: str) -> ExportError:
    """The error of a layer that a format does not have."""
    layer = f"`{node.path}` ({node.layer.kind})"
    return ExportError(f"{layer}: {reason}", node.span, layer, reason)


def all_errors(errors: Sequence[ExportError]) -> ExportError:
    """The errors of several layers as one: each reason with the first layer that has it."""
    groups: dict[str, list[ExportError]] = {}
    for error in errors:
        groups.setdefault(error.reason or str(error), []).append(error)
    reasons = [group_text(group) for group in groups.values()]
    more = len(reasons) - MOST_REASONS
    if more > 0:
        reasons[MOST_REASONS:] = [f"and {count(more, 'reason')} more"]
    return ExportError("; ".join(reasons), errors[0].span)


def group_text(errors: Sequence[ExportError]) -> str:
    """The errors of layers that have one reason."""
    start, *others = errors
    if not others or not start.layer:
        return str(start)
    return f"{start.layer} and {count(len(others), 'other layer')}: {start.reason}"
