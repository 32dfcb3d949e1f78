"""Activations, which are an option of most sections.

Source: github.com/AlexeyAB/darknet at 59596d7, src/activations.h.
"""

from __future__ import annotations

from ...sketch import SketchArgument, SketchValue
from .context import DarknetContext, UnstatedLayer
from .sections import CfgSection

LAYERS: dict[str, tuple[str, dict[str, SketchArgument]]] = {
    "logistic": ("sigmoid", {}),
    "relu": ("relu", {}),
    "relu6": ("relu6", {}),
    "leaky": ("leaky_relu", {"slope": 0.1}),
    "revleaky": ("leaky_relu", {"slope": 0.1}),
    "relie": ("leaky_relu", {"slope": 0.01}),
    "elu": ("elu", {}),
    "selu": ("selu", {}),
    "gelu": ("gelu", {"approximate": "tanh"}),
    "swish": ("silu", {}),
    "mish": ("mish", {}),
    "tanh": ("tanh", {}),
    "hardtan": ("hardtanh", {}),
    "normalize_channels_softmax": ("softmax", {}),
    "normalize_channels_softmax_maxval": ("softmax", {}),
}
"""Activations that are one layer."""

UNSTATED = frozenset(("plse", "lhtan", "stair", "hard_mish", "normalize_channels"))


def activated(
    net: DarknetContext, section: CfgSection, value: SketchValue, default: str = "logistic"
) -> SketchValue:
    """A value after the activation of a section.

    Raises UnstatedLayer for one that the catalogue does not have.
    """
    name = section.text("activation", default)
    if name == "linear":
        return value
    if name == "ramp":  # x where it is positive, and a tenth of x everywhere
        return net.add("add", {}, [net.add("relu", {}, [value]), tenth_of(net, value)])
    if name == "loggy":
        doubled = net.add("mul", {}, [net.add("sigmoid", {}, [value]), 2])
        return net.add("sub", {}, [doubled, 1])
    if name in UNSTATED:
        raise UnstatedLayer(f"the activation {name}", value.shape, [value])
    if name not in LAYERS:
        net.notes["Darknet takes relu for an activation that it does not know, which one is"] = None
        name = "relu"
    kind, arguments = LAYERS[name]
    return net.add(kind, arguments, [value])


def tenth_of(net: DarknetContext, value: SketchValue) -> SketchValue:
    return net.add("mul", {}, [value, 0.1])
