"""The roofline of a network on a device: what each operator can do at most by its intensity.

Source: Williams, Waterman and Patterson, Roofline, Communications of the ACM 52 (2009).
"""

from __future__ import annotations

from ..engine.analysis import Analysis
from ..named_tuple import NamedTuple
from ..problem import Error
from .device import Device
from .time_bound import OperatorTime, peak_of, time_bound


class NoBandwidth(Error):
    """A device that does not state how many bytes a second its RAM moves."""


class RooflinePoint(NamedTuple):
    """An operator: its first layer with MACs, MACs per byte, and at most so many MACs a second.

    `seconds` is the minimum time that it takes.
    """

    layer: int
    intensity: float
    rate: float
    seconds: float


class Roofline(NamedTuple):
    """The points of a network, and the two limits of a device, in MACs and bytes a second.

    `seconds` is the bound of the network; operators without MACs are in it, but are not points.
    """

    peak: float
    bandwidth: float
    points: tuple[RooflinePoint, ...]
    seconds: float

    @property
    def ridge(self) -> float:
        """The intensity from which on the peak is the limit, in MACs per byte."""
        return self.peak / self.bandwidth


def roofline(analysis: Analysis, device: Device) -> Roofline:
    """The roofline of a network.  Raises NoPeak and NoBandwidth."""
    bandwidth = device.bandwidth.get("ram")
    if bandwidth is None:
        raise NoBandwidth(f"the bandwidth of the RAM of {device.name} is not stated")
    bound = time_bound(analysis, device)
    points = [point(one, analysis) for one in bound.operators if one.operator.macs]
    return Roofline(peak_of(analysis, device), bandwidth, tuple(points), bound.seconds)


def point(one: OperatorTime, analysis: Analysis) -> RooflinePoint:
    """The point of an operator that has MACs."""
    layer = next(step for step in one.operator.layers if analysis.layers[step].macs)
    return RooflinePoint(layer, one.intensity, one.operator.macs / one.seconds, one.seconds)
