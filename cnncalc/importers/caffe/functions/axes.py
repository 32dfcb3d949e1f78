"""Axes of blobs: where an axis of a blob is among those of a value."""

from __future__ import annotations

from ...axes import channels_at, separated, standard
from ...errors import Unsupported
from ..context import Blob, CaffeContext


def with_axis(net: CaffeContext, blob: Blob, axis: int, place: int | None) -> Blob:
    """The blob with a value that has an axis of the blob as one of its axes.

    With `place`, that is this axis of the value.  Raises Unsupported if it is the batch.
    """
    if not -blob.rank <= axis < blob.rank:
        raise Unsupported(f"an axis {axis} of {blob.rank}")
    axis %= blob.rank
    view = separated(net.builder, blob.view)
    if not view.axes[axis]:
        view = standard(net.builder, view)
    if place == 0:
        view = channels_at(net.builder, view, axis)
    view.axis(axis)
    return blob._replace(view=view)


def standard_axis(net: CaffeContext, axis: int) -> tuple[Blob, int]:
    """What the layer reads with the axes after the batch in order, and an axis among these."""
    blob = net.blob()
    if not -blob.rank <= axis < blob.rank or axis % blob.rank == 0:
        raise Unsupported("along the batch, or an axis that the blob does not have")
    view = standard(net.builder, blob.view)
    return blob._replace(view=view), axis % blob.rank - 1
