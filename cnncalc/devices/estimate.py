"""The estimate of time: the work of a network at speeds that were fitted to measured times.

Unlike the bound, it is a sum: products and transfers rarely overlap completely.  It is as good as
its calibration, whose error was found on families of networks that it was not fitted to.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from ..dtype import DataTypes
from ..engine.analysis import CountedNetwork
from ..named_tuple import NamedTuple
from ..network import Node
from .calibration import Calibration, Execution
from .device import Device
from .fusion import fused_operators, layer_operators

if TYPE_CHECKING:
    from ..layers.convolution import Convolution


class Work(NamedTuple):
    """What a network has to do for a batch: `macs` are those without depthwise convolutions."""

    macs: int
    depthwise: int
    bytes: int
    operators: int


class TimeEstimate(NamedTuple):
    """The estimated time of a network for the batch that is counted, in seconds.

    `energy` is that of the device at its active power during this time, in joules; None if the
    power is not stated.
    """

    seconds: float
    energy: float | None
    calibration: Calibration

    @property
    def within(self) -> float:
        """The relative error that nine of ten estimates for other families did not exceed."""
        return self.calibration.within


def time_estimate(counted: CountedNetwork, device: Device) -> TimeEstimate | None:
    """The time by the first calibration of a device that applies to a network and its batch."""
    for calibration in device.calibrations:
        if applies(calibration, counted):
            seconds = seconds_of(work_of(counted, calibration.execution), calibration)
            power = device.active_power
            return TimeEstimate(seconds, None if power is None else seconds * power, calibration)
    return None


def conditions(device: Device) -> str:
    """What a network needs for an estimate on a device, in words; empty without calibrations."""
    return " or ".join([f"{one.dtype} and {batches(one)}" for one in device.calibrations])


def batches(calibration: Calibration) -> str:
    """The batches that a calibration covers, in words."""
    least, most = calibration.batch
    return f"a batch of {least:,}" if least == most else f"a batch of {least:,} to {most:,}"


def applies(calibration: Calibration, counted: CountedNetwork) -> bool:
    """Whether all layers have the type of a calibration, and the batch is one that it covers."""
    dtype = DataTypes(calibration.dtype, calibration.dtype)
    nodes = counted.network.nodes
    batch = calibration.batch
    return batch.least <= counted.batch <= batch.most and all(node.dtype == dtype for node in nodes)


def work_of(counted: CountedNetwork, execution: Execution) -> Work:
    """What a network has to do when it is executed layer by layer, or with fused operators."""
    by_layer = execution == "layers"
    operators = layer_operators(counted) if by_layer else fused_operators(counted)
    macs = sum(operator.macs for operator in operators)
    steps = (step for operator in operators for step in operator.layers)
    layers = (counted.layers[step] for step in steps)
    depthwise = sum(layer.macs for layer in layers if is_depthwise(layer.node))
    moved = sum(operator.bytes for operator in operators)
    return Work(macs - depthwise, depthwise, moved, len(operators))


def is_depthwise(node: Node) -> bool:
    """Whether a layer is a convolution of each channel on its own."""
    if node.layer.kind not in ("conv", "depthwise"):
        return False
    [source] = node.input_shapes
    return cast("Convolution", node.layer).group_count(source) == source.channels > 1


def seconds_of(work: Work, calibration: Calibration) -> float:
    """The time of some work at fitted speeds.

    >>> from cnncalc.devices.calibration import Batches
    >>> speeds = {"macs": 100e6, "depthwise": 20e6, "bandwidth": 50e6, "operator": 0.0025}
    >>> fit = Calibration("", "", "fused", "int8", Batches(1, 1), *speeds.values(), 9, 6, 0.1, 0.2)
    >>> seconds_of(Work(30_000_000, 2_000_000, 5_000_000, 40), fit)
    0.6
    """
    seconds = work.macs / calibration.macs + work.operators * calibration.operator
    seconds += work.depthwise / (calibration.depthwise or calibration.macs)
    return seconds + (work.bytes / calibration.bandwidth if calibration.bandwidth else 0.0)
