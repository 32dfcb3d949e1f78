"""The Python interface: load a network, calculate its report, compare two networks.

The values have the names of the JSON documents of the command line.

>>> import cnncalc
>>> network = cnncalc.load("alexnet")
>>> network
<Network AlexNet: 3x227x227 -> 1000, 23 layers>
>>> report = cnncalc.analyse(network)
>>> report.totals.params, report.totals.macs
(60965224, 724406816)
>>> report.layers[0].output_shape, report.layers[0].weights["weight"]
((96, 55, 55), (96, 3, 11, 11))
>>> cnncalc.load("resnet50", input="3x320x320", vars={"classes": 10}).outputs["output"].shape
(10,)
>>> cnncalc.diff(network, cnncalc.load("alexnet", vars={"classes": 10})).delta["params"]
-4056030
"""

from ..documents.diff import Change, Difference, DifferenceRow
from ..documents.show import Report
from ..documents.show_parts import FieldReport, GroupReport, LayerReport, MeasureReport
from ..engine.analysis import Share, Totals, TrainingTotals
from ..network import Network
from ..parser import RequestError
from ..problem import Error, Problem
from .analysis import analyse, diff
from .exporting import to_pytorch
from .importing import MissingTorch, from_pytorch
from .loading import NetworkError, load
from .planning import NetworkPlan as Plan

__all__ = [
    "Change",
    "Difference",
    "DifferenceRow",
    "Error",
    "FieldReport",
    "GroupReport",
    "LayerReport",
    "MeasureReport",
    "MissingTorch",
    "Network",
    "NetworkError",
    "Plan",
    "Problem",
    "Report",
    "RequestError",
    "Share",
    "Totals",
    "TrainingTotals",
    "analyse",
    "diff",
    "from_pytorch",
    "load",
    "to_pytorch",
]
