"""The memory of a training step of PyTorch: values only."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from ..named_tuple import NamedTuple
from .device import Device

if TYPE_CHECKING:
    from .autograd import KeptForBackward


class StepMemory(NamedTuple):
    """What a moment of a training step needs in addition to what is always there, in bytes.

    `kept` is what autograd keeps for the layers to come, `weight_gradients` are those so far,
    `value_gradients` those of outputs of layers, and `temporaries` are of the optimizer.  `layer`
    is the path of the layer whose backward pass it is; empty in the step of the optimizer.
    """

    kept: int
    weight_gradients: int
    value_gradients: int
    temporaries: int = 0
    layer: str = ""

    @property
    def total(self) -> int:
        return self.kept + self.weight_gradients + self.value_gradients + self.temporaries


class TrainingMemory(NamedTuple):
    """The memory of a training step, in bytes, for the whole batch.

    `gradient_bytes` are the gradients of all trained parameters, `optimizer_bytes` the state of the
    optimizer, and `at_peak` is what the moment of the peak needs in addition to the parameters,
    buffers, state and inputs.  `kept` is what autograd keeps for the backward pass; `saved` has the
    bytes of each layer, by its path, where a tensor counts for the first layer that keeps it.
    `not_known` are the kinds of layers of which nothing is counted, because it is not known what is
    kept.  `assumed_kinds` are those of which PyTorch has several implementations, one of which is
    counted: attention in a fused kernel, recurrent layers step by step.
    """

    dtype: str
    batch: int
    optimizer: str
    amp: bool
    parameter_bytes: int
    buffer_bytes: int
    input_bytes: int
    gradient_bytes: int
    optimizer_bytes: int
    at_peak: StepMemory
    kept: KeptForBackward
    saved: Mapping[str, int]
    not_known: tuple[str, ...]
    assumed_kinds: tuple[str, ...]

    @property
    def saved_bytes(self) -> int:
        """What is kept for the backward pass."""
        return self.kept.total

    @property
    def peak_bytes(self) -> int:
        """The most that is needed at once."""
        always = self.parameter_bytes + self.buffer_bytes + self.input_bytes + self.optimizer_bytes
        return always + self.at_peak.total

    @property
    def peak_layer(self) -> str:
        return self.at_peak.layer


class Training(NamedTuple):
    """What a training step of a network needs.

    `unmixed` is the memory without mixed precision, if `memory` is with it.  On a device with a
    stated RAM, `largest` is the memory with the largest batch whose peak is within it; None if not
    even that of one sample is.
    """

    memory: TrainingMemory
    unmixed: TrainingMemory | None = None
    device: Device | None = None
    largest: TrainingMemory | None = None

    @property
    def numbers(self) -> Mapping[str, int | float]:
        """The quantities of the table."""
        return {"training_bytes": self.memory.peak_bytes, "saved_bytes": self.memory.saved_bytes}
