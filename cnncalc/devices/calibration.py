"""Calibrations: speeds that were fitted to measured times of networks on a device."""

from __future__ import annotations

from typing import Literal

from ..named_tuple import NamedTuple

Execution = Literal["layers", "fused"]
EXECUTIONS: tuple[Execution, ...] = ("layers", "fused")


class Batches(NamedTuple):
    """The sizes of the batches that were measured."""

    least: int
    most: int


class Calibration(NamedTuple):
    """Speeds with which the measured times of networks are closest to a sum of their work.

    - `source`: who measured, and where it is published; `runtime`: what ran the networks;
    - `execution`: whether it runs layer by layer, or fuses operations on each element;
    - `dtype`: the type of weights and activations; `batch`: the sizes of batches;
    - `macs`: MACs a second; `depthwise`: the same of depthwise convolutions, if it differs;
    - `bandwidth`: bytes a second, None if they take no time; `operator`: seconds of each operator;
    - `networks`, `families`: how many were measured, None if that is not known of the families;
    - `median`, `within`: the relative error that half and nine tenths of the estimates do not
      exceed, each made without the family of its network.
    """

    source: str
    runtime: str
    execution: Execution
    dtype: str
    batch: Batches
    macs: float
    depthwise: float | None
    bandwidth: float | None
    operator: float
    networks: int
    families: int | None
    median: float
    within: float
