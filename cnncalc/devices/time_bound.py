"""The bound on time: a network takes at least this long on a device, operator by operator.

Source: Williams, Waterman and Patterson, Roofline, Communications of the ACM 52 (2009).  The bound
is for an execution layer by layer with the MACs that the layers state: several layers in one pass
over memory, and algorithms with fewer products such as Winograd's, may be faster.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

from ..dtype import BITS
from ..engine.analysis import CountedNetwork
from ..named_tuple import NamedTuple
from .device import Device
from .fusion import FusedOperator, fused_operators

Limiter = Literal["compute", "memory"]


class OperatorTime(NamedTuple):
    """The minimum time of an operator, in seconds: of its MACs at the peak, and of its bytes."""

    operator: FusedOperator
    compute: float
    memory: float

    @property
    def seconds(self) -> float:
        return max(self.compute, self.memory)

    @property
    def bound(self) -> Limiter:
        """What takes longer."""
        return "compute" if self.compute >= self.memory else "memory"

    @property
    def intensity(self) -> float:
        """MACs per byte."""
        return self.operator.macs / self.operator.bytes if self.operator.bytes else 0.0


class TimeBound(NamedTuple):
    """The minimum time of a network for the batch that is counted, in seconds.

    `by_path` has each operator under the path of its first layer.
    """

    operators: tuple[OperatorTime, ...]
    by_path: Mapping[str, OperatorTime]

    @property
    def seconds(self) -> float:
        return sum(one.seconds for one in self.operators)


def time_bound(counted: CountedNetwork, device: Device) -> TimeBound:
    """The bound of a network on a device.  Raises NoPeak if its type has no stated speed."""
    peak = peak_of(counted, device)
    operators = tuple(
        OperatorTime(operator, operator.macs / peak, memory_time(operator, device))
        for operator in fused_operators(counted)
    )
    nodes = counted.network.nodes
    return TimeBound(operators, {nodes[one.operator.layers[0]].path: one for one in operators})


def peak_of(counted: CountedNetwork, device: Device) -> float:
    """The most MACs a second in the wider type of weights and activations.  Raises NoPeak."""
    return device.peak(max(counted.network.types, key=BITS.__getitem__))


def memory_time(operator: FusedOperator, device: Device) -> float:
    """The time of the bytes of an operator; weights in a flash of its own are read meanwhile."""
    ram, flash = device.bandwidth.get("ram"), device.bandwidth.get("flash")
    if flash is None:
        return operator.bytes / ram if ram else 0.0
    return max(operator.value_bytes / ram if ram else 0.0, operator.weight_bytes / flash)
