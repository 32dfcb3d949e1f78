"""The part of the document of `cnncalc show` on the memory of a training step."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Self

from ..devices.training_memory import Training
from ..engine.analysis import Analysis
from ..named_tuple import NamedTuple


class TrainingReport(NamedTuple):
    """The memory of a training step for the batch, in bytes.

    `saved_bytes` is what autograd keeps for the backward pass, `peak_bytes` the most that is needed
    at once, in the backward pass of `peak_layer`, or in the step of the optimizer if that is empty.
    `not_known` are the kinds of layers of which nothing is counted as kept: with these, the numbers
    are at least these.  `assumed_kinds` are kinds of which PyTorch has several implementations; one
    of them is counted.  `largest_batch` is the largest one whose peak is within the RAM of the
    device, 0 if there is none, and `largest_batch_bytes` its peak; None without such a device.
    """

    saved_bytes: int
    gradient_bytes: int
    optimizer_bytes: int
    peak_bytes: int
    optimizer: str
    amp: bool
    dtype: str
    peak_layer: str = ""
    not_known: tuple[str, ...] = ()
    assumed_kinds: tuple[str, ...] = ()
    largest_batch: int | None = None
    largest_batch_bytes: int | None = None

    @classmethod
    def of(cls, analysis: Analysis) -> Self | None:
        """None if nobody asked for it."""
        found = analysis.supplement(Training)
        if found is None:
            return None
        memory, largest = found.memory, found.largest
        has_ram = found.device is not None and found.device.ram is not None
        return cls(
            memory.saved_bytes,
            memory.gradient_bytes,
            memory.optimizer_bytes,
            memory.peak_bytes,
            memory.optimizer,
            memory.amp,
            memory.dtype,
            memory.peak_layer,
            memory.not_known,
            memory.assumed_kinds,
            (largest.batch if largest else 0) if has_ram else None,
            largest.peak_bytes if largest else None,
        )

    @classmethod
    def from_object(cls, entry: Mapping[str, Any]) -> Self:
        lists = ("not_known", "assumed_kinds")
        return cls(**{**entry, **{key: tuple(entry.get(key, ())) for key in lists}})
