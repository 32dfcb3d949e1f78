"""Operators: a network as a runtime executes it, after layers were fused, split and removed."""

from __future__ import annotations

from ..named_tuple import NamedTuple


class DeviceTensor(NamedTuple):
    """A value that an operator reads or makes: its name, and its bytes for one sample."""

    name: str
    bytes: int


class DeviceOperator(NamedTuple):
    """One operator: its name in the runtime, and the nodes of the network that it executes.

    `inputs` and `outputs` are indices of tensors; constants, such as weights, are not among them
    but counted: `constants`.  `scratch` are the bytes of each buffer that it needs only while it
    runs, `channels` the output channels for which it keeps quantization parameters.
    """

    name: str
    layers: tuple[int, ...]
    inputs: tuple[int, ...]
    outputs: tuple[int, ...]
    constants: int = 0
    scratch: tuple[int, ...] = ()
    channels: int = 0


class DeviceProgram(NamedTuple):
    """The operators in the order in which they run.

    The first `inputs` of the tensors are those of the network; `outputs` are the tensors that are
    read after the last operator.
    """

    tensors: tuple[DeviceTensor, ...]
    inputs: int
    operators: tuple[DeviceOperator, ...]
    outputs: frozenset[int]
